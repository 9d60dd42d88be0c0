//! The portal: its configuration, its commands, and their help.

use kapia_records::{Action, Key, Status};
use kapia_soap::Bilingual;

texts! {
    no_portal() { en: "the configuration has no [portal]", bg: "в конфигурацията няма [portal]" }
    no_portal_hint() {
        en: "add [portal] to the configuration; docs/operators.md shows how",
        bg: "добавете [portal] в конфигурацията; в docs/operators.md е показано как",
    }
    no_environment(environment) {
        en: "the configuration has no environment {environment}",
        bg: "в конфигурацията няма среда {environment}",
    }
    no_environment_hint(known) {
        en: "it has {known}; staging stands in [portal.staging]",
        bg: "има {known}; средата за проби стои в [portal.staging]",
    }
    staging_twice() {
        en: "[portal] is staging already, and there is a [portal.staging] besides",
        bg: "[portal] вече е среда за проби (staging), а има и [portal.staging]",
    }
    staging_twice_hint() {
        en: "remove environment = \"staging\", or [portal.staging]",
        bg: "премахнете environment = \"staging\" или [portal.staging]",
    }
    staging_same() {
        en: "[portal.staging] has the store or the address of [portal]",
        bg: "[portal.staging] е със същото хранилище или същия адрес като [portal]",
    }
    staging_same_hint() {
        en: "give it records of its own, and a path, hosts or listen of its own",
        bg: "задайте собствени records и собствени path, hosts или listen",
    }
    portal_path() { en: "the path of the portal is none", bg: "пътят на портала не е път" }
    portal_path_hint() {
        en: "write it with a slash before and letters, digits, hyphens and dots, such as /portal",
        bg: "напишете го с наклонена черта отпред и с букви, цифри, тирета и точки, например /portal",
    }
    portal_unusable(cause) {
        en: "the portal cannot be served: {cause}",
        bg: "порталът не може да се обслужва: {cause}",
    }
    portal_unusable_hint() {
        en: "correct [portal] of the configuration, or the file that it names",
        bg: "поправете [portal] в конфигурацията или файла, който е посочен там",
    }
    portal_waits(what) {
        en: "reloaded, but these changes of the portal are not in force before the next start: {what}",
        bg: "презаредено, но тези промени на портала ще важат едва след рестарт: {what}",
    }
    portal_waits_hint() {
        en: "restart the program, or put them back as they were",
        bg: "рестартирайте програмата или върнете предишните стойности",
    }
    page_portal(environment) {
        en: "This is EgovService ({environment}), answered by Kapia: systems of administrations send SOAP here, over TLS with user and password.",
        bg: "Това е EgovService ({environment}), обслужвана от Капия: системите на администрациите изпращат SOAP тук, по TLS с име и парола.",
    }

    push_no_target(name) {
        en: "the configuration has no [[portal.push]] of the name {name}",
        bg: "в конфигурацията няма [[portal.push]] с име {name}",
    }
    push_no_target_hint(known) { en: "it has: {known}", bg: "има: {known}" }
    push_environment_hint() {
        en: "correct environment of [[portal.push]]",
        bg: "поправете environment на [[portal.push]]",
    }
    push_password(file) { en: "{file} holds no password in UTF-8", bg: "в {file} няма парола в UTF-8" }
    push_password_hint() {
        en: "write the password alone into the file, on one line",
        bg: "запишете във файла само паролата, на един ред",
    }
    push_left_out(path, records) {
        en: "left out, since the service has no place for it: {path} ({records} records)",
        bg: "не е изпратено, защото услугата няма място за него: {path} ({records} записа)",
    }
    import_there(file) {
        en: "{file} is there already and was left as it is; --replace replaces it",
        bg: "{file} вече съществува и остана както беше; --replace го заменя",
    }
    import_taken(kept, all, folder) {
        en: "{kept} of {all} records are in {folder}",
        bg: "{kept} от {all} записа са в {folder}",
    }
    import_gaps(gaps) {
        en: "the register does not say these, which the contract requires: {gaps}; write them into the files, check with kapia portal push --dry-run",
        bg: "регистърът не съдържа следното, което договорът изисква: {gaps}; допишете го във файловете и проверете с kapia portal push --dry-run",
    }
    import_skipped(path, times) {
        en: "of the answer, this is in no record: {path} ({times} times)",
        bg: "от отговора това не е в никой запис: {path} ({times} пъти)",
    }
    template_there(file) {
        en: "{file} is there already and was left as it is",
        bg: "{file} вече съществува и остана както беше",
    }
    template_made(folder) {
        en: "{folder} has records.csv with all columns, the required ones first, and record.xml.example; check with kapia portal push --dry-run {folder}",
        bg: "в {folder} има records.csv с всички колони, задължителните отпред, и record.xml.example; проверете с kapia portal push --dry-run {folder}",
    }
    portal_nothing() { en: "nothing", bg: "няма" }
    portal_eik_checksum(eik) {
        en: "the check digit of the EIK {eik} is wrong",
        bg: "контролната цифра на ЕИК {eik} е грешна",
    }
    portal_supplier_missing(eik) {
        en: "there is no supplier {eik} yet; add it with kapia portal supplier set {eik} --title TEXT",
        bg: "още няма доставчик {eik}; добавете го с kapia portal supplier set {eik} --title ТЕКСТ",
    }
    portal_user_added(name, environment) {
        en: "{name} may push to {environment}; the password:",
        bg: "{name} може да изпраща към {environment}; паролата:",
    }
    portal_rotated(name, until) {
        en: "{name} has a new password; the old one is right until {until}:",
        bg: "{name} има нова парола; старата важи до {until}:",
    }
    portal_rotated_at_once(name) {
        en: "{name} has a new password; the old one is wrong from now on:",
        bg: "{name} има нова парола; старата вече не важи:",
    }
    portal_password_once() {
        en: "It is shown only now. Hand it over on a safe way; a new one: kapia portal user rotate.",
        bg: "Показва се само сега. Предайте я по сигурен път; за нова: kapia portal user rotate.",
    }
    portal_locked(name) { en: "{name} is locked", bg: "{name} е спрян" }
    portal_unlocked(name) { en: "{name} may push again", bg: "{name} може отново да изпраща" }
    portal_state_active() { en: "active", bg: "активен" }
    portal_state_locked() { en: "locked", bg: "спрян" }
    portal_state_over(end) { en: "over since {end}", bg: "изтекъл на {end}" }
    portal_state_until(end) { en: "active until {end}", bg: "активен до {end}" }
    portal_word_user() { en: "user", bg: "име" }
    portal_word_status() { en: "status", bg: "статус" }
    portal_word_administration() { en: "administration", bg: "администрация" }
    portal_word_suppliers() { en: "suppliers", bg: "доставчици" }
    portal_word_networks() { en: "networks", bg: "мрежи" }
    portal_word_certificate() { en: "certificate", bg: "удостоверение" }

    portal_no_title(eik) { en: "the supplier {eik} has no name", bg: "доставчик {eik} няма име" }
    portal_no_title_hint() { en: "give it with --title", bg: "задайте го с --title" }
    portal_supplier_set(eik, environment) {
        en: "{eik} is a supplier of {environment}",
        bg: "{eik} е доставчик в {environment}",
    }

    portal_word_record() { en: "record", bg: "запис" }
    portal_word_name() { en: "name", bg: "наименование" }
    portal_word_name_en() { en: "English name", bg: "на английски" }
    portal_word_version() { en: "version", bg: "версия" }
    portal_word_public() { en: "public version", bg: "публична версия" }
    portal_word_changed() { en: "changed", bg: "променен" }
    portal_word_push() { en: "last push", bg: "последно изпращане" }
    portal_word_level() { en: "security level", bg: "ниво на осигуреност" }
    portal_word_section() { en: "section", bg: "раздел" }
    portal_word_valid() { en: "valid from", bg: "в сила от" }
    portal_effective(moment) { en: "from {moment}", bg: "от {moment}" }
    portal_more(shown, total) {
        en: "{shown} of {total}; --lines shows more",
        bg: "{shown} от {total}; --lines показва повече",
    }
    portal_diff(before, after) { en: "version {before} → version {after}", bg: "версия {before} → версия {after}" }
    portal_diff_none() { en: "the same content", bg: "същото съдържание" }
    portal_no_record(key) { en: "there is no record {key}", bg: "няма запис {key}" }
    portal_no_record_hint() {
        en: "kapia portal list shows all records; staging is an environment of its own",
        bg: "kapia portal list показва всички записи; средата за проби е отделна",
    }
    portal_no_version(key, version) {
        en: "the record {key} has no version {version}",
        bg: "записът {key} няма версия {version}",
    }
    portal_no_version_hint(key) {
        en: "kapia portal history {key} shows all versions",
        bg: "kapia portal history {key} показва всички версии",
    }
    portal_no_xml(key) { en: "the record {key} cannot be read", bg: "записът {key} не може да се прочете" }
    portal_inactive(key) { en: "the service {key} is inactive", bg: "услугата {key} е неактивна" }
    portal_inactive_hint() {
        en: "kapia portal reactivate brings it back",
        bg: "kapia portal reactivate я връща",
    }
    portal_transition_hint() {
        en: "the way is draft, developed, validated, approved, published; back to draft until it is published; out of published leads deactivate",
        bg: "пътят е draft, developed, validated, approved, published; обратно към draft, докато не е публикуван; от published се излиза с deactivate",
    }
    portal_conflict(key) { en: "somebody changed {key} meanwhile", bg: "някой междувременно промени {key}" }

    demo_portal() { en: "portal", bg: "портал" }
    demo_portal_user(user, password) {
        en: "EgovService user {user}, password {password}",
        bg: "EgovService: име {user}, парола {password}",
    }
    demo_portal_kept(user) {
        en: "EgovService user {user}, with the password it had",
        bg: "EgovService: име {user}, с паролата, която имаше",
    }
    next_portal_push() {
        en: "push the description of a service to the portal",
        bg: "изпратете описание на услуга към портала",
    }
    next_portal_list() { en: "what was pushed, and every version of it", bg: "изпратеното и всичките му версии" }
    next_portal_page() { en: "the page of the service", bg: "страницата на услугата" }
}

/// A status as people say it.
pub(crate) fn portal_status(status: Status) -> Bilingual {
    let bulgarian = match status {
        Status::Draft => "чернова",
        Status::Developed => "разработен",
        Status::Validated => "проверен",
        Status::Approved => "одобрен",
        Status::Published => "публикуван",
        Status::Inactive => "неактивен",
    };
    Bilingual::new(status.as_str(), bulgarian)
}

/// A record has another status, or other content.
pub(crate) fn portal_now(key: &Key, status: Status, version: u64) -> Bilingual {
    let Bilingual { en, bg } = portal_status(status);
    Bilingual::new(format!("{key} is {en}, version {version}"), format!("{key}: {bg}, версия {version}"))
}

/// A record had the status already.
pub(crate) fn portal_unchanged(key: &Key, status: Status) -> Bilingual {
    let Bilingual { en, bg } = portal_status(status);
    Bilingual::new(format!("{key} was {en} already"), format!("{key}: вече е {bg}"))
}

/// A status does not lead to another.
pub(crate) fn portal_transition(key: &Key, from: Status, to: Status) -> Bilingual {
    let (from, to) = (portal_status(from), portal_status(to));
    Bilingual::new(
        format!("{key} is {} and cannot become {}", from.en, to.en),
        format!("{key} е със статус „{}“ и не може да стане „{}“", from.bg, to.bg),
    )
}

/// What a version did, as people say it.
pub(crate) fn portal_action(action: Action) -> Bilingual {
    let (english, bulgarian) = match action {
        Action::Created => ("created", "създаден"),
        Action::Updated => ("updated", "променен"),
        Action::StatusChanged => ("status changed", "нов статус"),
        Action::Deactivated => ("deactivated", "деактивиран"),
        Action::Reactivated => ("reactivated", "активиран"),
        Action::Ending => ("end announced", "обявен край"),
    };
    Bilingual::new(english, bulgarian)
}

/// The help of `kapia portal`.
pub(super) const HELP: &[(&str, &str, &str)] = &[
    ("portal", "", "Описания на услуги: кой може да ги изпраща и какво е изпратено"),
    ("*", "environment", "Среда; по подразбиране тази на самата [portal]"),
    ("*", "record", "Записът: ЕИК/НОМЕР"),
    ("*", "records", "Записи: ЕИК/НОМЕР"),
    ("*", "user", "Име"),
    ("portal push", "", "Изпраща записи към EgovService"),
    ("portal push", "sources", "Файлове (.xml, .csv) или папки с такива"),
    (
        "portal push",
        "target",
        "[[portal.push]] от конфигурацията, по име: там са адресът, потребителят, паролата и профилът",
    ),
    ("portal push", "url", "Адрес на услугата, https"),
    ("portal push", "login", "Потребител при услугата"),
    ("portal push", "password_file", "Файл с паролата; - е стандартният вход"),
    ("portal push", "ca", "Кой може да е издал удостоверението на услугата, PEM"),
    ("portal push", "profile", "Имената, с които услугата слуша: own, look-alike или файл, който съпоставя друг WSDL"),
    ("portal push", "dry_run", "Проверява всичко и не изпраща нищо"),
    ("portal push", "batch", "Записи в едно съобщение, от 1 до 50"),
    ("portal push", "one_by_one", "Запис по запис, с AddService и UpdateService, и където се приемат партиди"),
    ("portal push", "attempts", "Колко пъти най-много се изпраща едно съобщение"),
    ("portal push", "timeout", "Колко секунди може да отнеме на услугата едно съобщение"),
    ("portal push", "json", "Целият отчет като JSON, за програми, и без хода на работата"),
    (
        "portal push",
        "(after)",
        "Код на изход: 0 всичко е там или би било изпратено; 1 нещо е отхвърлено; 2 командата или конфигурацията е грешна; \
         3 нещо не е изпратено, изпратете отново. Прекъснато изпращане просто се повтаря: приетото остава без промяна.",
    ),
    ("portal import", "", "Взема записи от Административния регистър"),
    ("portal import", "eik", "ЕИК на администрацията"),
    ("portal import", "out", "Папка за записите; създава се, ако я няма"),
    ("portal import", "url", "Адрес на услугите на Административния регистър (SOAP 1.1)"),
    ("portal import", "ca", "Кой може да е издал удостоверението му, PEM"),
    ("portal import", "replace", "Заменя файлове, които вече съществуват"),
    ("portal template", "", "Отпечатва първия ред на таблица със записи или създава папка за начало"),
    ("portal template", "xml", "Запис като XML с всички елементи вместо таблица"),
    ("portal template", "out", "Папка за начало: records.csv с колоните и record.xml.example; създава се, ако я няма"),
    ("portal user", "", "Кой може да изпраща: по един достъп за администрация и среда"),
    ("portal user add", "", "Добавя достъп и показва паролата му, веднъж"),
    ("portal user add", "administration", "Администрацията, чийто е"),
    ("portal user add", "suppliers", "ЕИК на доставчик, чиито услуги може да записва; може да се повтаря"),
    ("portal user add", "networks", "Адрес или мрежа, откъдето важи; може да се повтаря. Без това важи отвсякъде"),
    ("portal user add", "certificate", "Клиентско удостоверение, което също е нужно, PEM"),
    ("portal user add", "expires", "Последен ден, в който важи, или момент (RFC 3339)"),
    ("*", "password_file", "Взема паролата от файл, вместо да я създава; - е стандартният вход"),
    ("portal user rotate", "", "Създава нова парола; старата важи още известно време"),
    ("portal user rotate", "overlap", "Колко дни още важи старата парола"),
    ("portal user rotate", "at_once", "Старата парола спира веднага: известна е на другиго"),
    ("portal user lock", "", "Спира достъп, веднага и навсякъде"),
    ("portal user unlock", "", "Пуска отново спрян достъп"),
    ("portal user list", "", "Показва достъпите"),
    ("portal user show", "", "Показва достъп и какво се е случвало с него"),
    ("portal supplier", "", "Администрации, които предоставят услуги"),
    ("portal supplier set", "", "Добавя доставчик или променя данните му; незададеното остава"),
    ("portal supplier set", "eik", "ЕИК"),
    ("portal supplier set", "title", "Име на български"),
    ("portal supplier set", "title_en", "Име на английски"),
    ("portal supplier set", "code", "Код в портала; по подразбиране ЕИК"),
    ("portal supplier set", "oid", "Обектен идентификатор"),
    ("portal supplier set", "url", "Начална страница"),
    ("portal supplier set", "logo", "Адрес на знака"),
    ("portal supplier set", "contacts", "Как се намира"),
    ("portal supplier set", "kind", "Вид доставчик"),
    ("portal supplier set", "status", "published, active, inactive или draft"),
    ("portal supplier list", "", "Показва доставчиците"),
    ("portal list", "", "Показва записите с последните им версии"),
    ("*", "supplier", "На доставчика с този ЕИК"),
    (
        "portal list",
        "statuses",
        "В този статус: draft, developed, validated, approved, published или inactive; може да се повтаря",
    ),
    ("portal list", "since", "Променени от този ден или момент (RFC 3339) нататък; по реда на промените"),
    ("portal list", "count", "Най-много колко"),
    ("portal show", "", "Показва един запис"),
    ("portal show", "version", "Тази версия вместо последната"),
    ("portal show", "raw", "Самият запис, както се пази"),
    ("portal history", "", "Показва всяка версия на запис: какво, кой, кога и защо"),
    ("portal diff", "", "Показва разликите между две версии на запис"),
    ("portal diff", "from_version", "По-старата версия; по подразбиране предишната"),
    ("portal diff", "to_version", "По-новата версия; по подразбиране последната"),
    ("portal publish", "", "Публикува записи или задава друг статус по пътя дотам"),
    ("portal publish", "status", "Друг статус по пътя: draft, developed, validated или approved"),
    ("portal deactivate", "", "Обявява, че услуги вече не се предоставят"),
    ("portal deactivate", "from", "Първи ден без услугата или момент (RFC 3339); по подразбиране сега"),
    ("portal reactivate", "", "Обявява, че услуги отново се предоставят"),
    ("portal search", "", "Търси в това, което вижда обществото"),
    ("portal search", "words", "Думи на български или английски, или номера"),
];

/// Why nothing can be pushed to a place.
pub(crate) fn push_settings(error: kapia_publish::SettingsError) -> Bilingual {
    use kapia_language::Language::{Bulgarian, English};
    Bilingual::new(error.message(English), error.message(Bulgarian))
}

/// What to do about it.
pub(crate) fn push_settings_hint(error: kapia_publish::SettingsError) -> Bilingual {
    use kapia_language::Language::{Bulgarian, English};
    Bilingual::new(error.hint(English), error.hint(Bulgarian))
}

/// Why nothing was taken from the administrative register, and what to do about it.
pub(crate) fn import_failed(error: &kapia_publish::IisdaError) -> (Bilingual, Bilingual) {
    use kapia_language::Language::{Bulgarian, English};
    let cause = Bilingual::new(error.message(English), error.message(Bulgarian));
    (cause, Bilingual::new(error.hint(English), error.hint(Bulgarian)))
}

/// A source that gives no record.
pub(crate) fn push_problem(problem: &kapia_publish::Problem) -> Bilingual {
    use kapia_language::Language::{Bulgarian, English};
    let text = |language, hint| {
        format!("{}: {}; {hint}: {}", problem.origin, problem.message(language), problem.hint(language))
    };
    Bilingual::new(text(English, "hint"), text(Bulgarian, "съвет"))
}

/// How far a push has come.
pub(crate) fn push_progress(progress: &kapia_publish::Progress) -> Bilingual {
    use kapia_language::Language::{Bulgarian, English};
    match progress {
        kapia_publish::Progress::Ended { done, all } => {
            Bilingual::new(format!("{done} of {all}"), format!("{done} от {all}"))
        }
        kapia_publish::Progress::OneByOne => Bilingual::new(
            "the service takes no batches: record by record",
            "услугата не приема партиди: запис по запис",
        ),
        kapia_publish::Progress::Again { trouble, seconds, attempt } => Bilingual::new(
            format!("{}; attempt {attempt} in {seconds} s", trouble.message(English)),
            format!("{}; опит {attempt} след {seconds} сек.", trouble.message(Bulgarian)),
        ),
    }
}

/// What became of one record.
pub(crate) fn push_line(line: &kapia_publish::Line) -> Bilingual {
    use kapia_publish::Ended;
    let (en, bg) = match line.ended {
        Ended::Created => ("created", "създаден"),
        Ended::Updated => ("updated", "променен"),
        Ended::Unchanged => ("unchanged", "без промяна"),
        Ended::WouldBeSent => ("would be sent", "би бил изпратен"),
        Ended::Rejected => ("rejected", "отхвърлен"),
        Ended::NotSent => ("not sent", "неизпратен"),
    };
    let text = |ended| format!("{} {} {ended}", line.origin, line.key);
    Bilingual::new(text(en), text(bg))
}

/// A fault or a remark below the line of its record.
pub(crate) fn push_told(told: &kapia_publish::Told) -> Bilingual {
    let places = if told.fields.is_empty() { String::new() } else { format!(" ({})", told.fields.join(", ")) };
    let text = |text: &str| format!("    {} {text}{places}", told.code);
    Bilingual::new(text(&told.en), text(&told.bg))
}

/// How many records ended how.
pub(crate) fn push_counts(counts: &kapia_publish::Counts, messages: u32) -> Bilingual {
    let named = [
        (counts.created, "created", "създадени"),
        (counts.updated, "updated", "променени"),
        (counts.unchanged, "unchanged", "без промяна"),
        (counts.would_be_sent, "would be sent", "биха били изпратени"),
        (counts.rejected, "rejected", "отхвърлени"),
        (counts.not_sent, "not sent", "неизпратени"),
    ];
    let some: Vec<_> = named.into_iter().filter(|(count, ..)| *count > 0).collect();
    let en: Vec<String> = some.iter().map(|(count, en, _)| format!("{count} {en}")).collect();
    let bg: Vec<String> = some.iter().map(|(count, _, bg)| format!("{count} {bg}")).collect();
    let or = |texts: Vec<String>, none: &str| if texts.is_empty() { none.to_owned() } else { texts.join(", ") };
    Bilingual::new(
        format!("{} ({messages} messages)", or(en, "no records")),
        format!("{} ({messages} съобщения)", or(bg, "няма записи")),
    )
}
