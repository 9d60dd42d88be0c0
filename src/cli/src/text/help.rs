//! The help of the command line. English stands where the options are defined; here is the Bulgarian, and clap's own words.

use crate::failure::Exit;
use crate::language::Language;
use crate::paint;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use std::process::ExitCode;

/// The command line with its help in a language.
pub(crate) fn in_language(command: Command, language: Language) -> Command {
    match language {
        Language::En => command,
        Language::Bg => bulgarian(command, ""),
    }
}

/// Tells what clap says, and with which code the program ends.
pub(crate) fn refuse(error: &clap::Error, language: Language) -> ExitCode {
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    match (language, asked) {
        (Language::Bg, false) => {
            let (red, plain) = if paint::stderr() { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
            eprintln!("{red}грешка:{plain} {}\nсъвет: --help показва всички команди и опции", wrong(error));
        }
        _ => {
            let _ = error.print();
        }
    }
    // clap ends with 2 for mistakes, and with 0 for what was asked for.
    ExitCode::from(if error.exit_code() == 0 { Exit::Done as u8 } else { Exit::Usage as u8 })
}

fn wrong(error: &clap::Error) -> String {
    let told = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(" "),
        _ => String::new(),
    };
    match error.kind() {
        ErrorKind::UnknownArgument => format!("непозната опция {}", told(ContextKind::InvalidArg)),
        ErrorKind::InvalidSubcommand => format!("непозната команда {}", told(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("липсва {}", told(ContextKind::InvalidArg)),
        ErrorKind::MissingSubcommand => "липсва команда".to_owned(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("неподходяща стойност „{}“ за {}", told(ContextKind::InvalidValue), told(ContextKind::InvalidArg))
        }
        ErrorKind::ArgumentConflict => {
            format!("{} и {} не могат да са заедно", told(ContextKind::InvalidArg), told(ContextKind::PriorArg))
        }
        _ => error.kind().to_string(),
    }
}

/// The path of a command and the identifier of an argument, or the path alone for the command itself.
#[cfg(test)]
pub(crate) fn missing(command: &Command) -> Vec<String> {
    fn look(command: &Command, path: &str, missing: &mut Vec<String>) {
        missing.extend((find(path, "").is_none()).then(|| path.to_owned()));
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            missing.extend(find(path, id).is_none().then(|| format!("{path} {id}")));
        }
        for below in command.get_subcommands() {
            look(below, &join(path, below.get_name()), missing);
        }
    }
    let mut all = Vec::new();
    look(command, "", &mut all);
    all
}

fn bulgarian(command: Command, path: &str) -> Command {
    let ids: Vec<(String, bool)> =
        command.get_arguments().map(|argument| (argument.get_id().to_string(), argument.is_positional())).collect();
    let mut command = command
        .subcommand_help_heading("Команди")
        .help_template("{about}\n\nУпотреба: {usage}\n\n{all-args}{after-help}")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(flag("help", 'h', "Показва тази помощ").action(ArgAction::Help));
    if path.is_empty() {
        command = command.arg(flag("version", 'V', "Показва версията").action(ArgAction::Version));
    }
    if let Some(about) = find(path, "") {
        command = command.about(about);
    }
    if let Some(after) = find(path, AFTER).filter(|_| command.get_after_help().is_some()) {
        command = command.after_help(after);
    }
    for (id, positional) in ids {
        command = command.mut_arg(&id, |argument| {
            let argument = argument.help_heading(if positional { "Аргументи" } else { "Опции" });
            match find(path, &id) {
                Some(help) => argument.help(help),
                None => argument,
            }
        });
    }
    let names: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    for name in names {
        let path = join(path, &name);
        command = command.mut_subcommand(&name, |below| bulgarian(below, &path));
    }
    command
}

fn flag(name: &'static str, short: char, help: &'static str) -> Arg {
    Arg::new(name).short(short).long(name).help(help).help_heading("Опции")
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

/// In place of an argument: what stands below the options.
const AFTER: &str = "(after)";

/// The text of an argument of a command, or of an argument of that name in every command.
fn find(path: &str, argument: &str) -> Option<&'static str> {
    let all = || HELP.iter().chain(super::portal::HELP);
    let of = |path: &str| all().find(|(p, a, _)| *p == path && *a == argument).map(|(.., text)| *text);
    of(path).or_else(|| if argument.is_empty() { None } else { of("*") })
}

const HELP: &[(&str, &str, &str)] = &[
    ("", "", "Капия: шлюз, който отговаря на консуматорите на RegiX"),
    ("*", "lang", "Език на всичко, което човек чете; по подразбиране този на системата"),
    ("*", "config", "Конфигурация; по подразбиране $KAPIA_CONFIG, ./kapia.toml или ./kapia-demo/kapia.toml"),
    ("*", "json", "Като JSON, за програми"),
    ("*", "comment", "Защо; остава в списъка на промените"),
    ("*", "operation", "Име на операцията или последната му част"),
    ("*", "name", "Име на консуматора"),
    ("*", "from", "Първи ден, например 2026-01-31, или момент (RFC 3339)"),
    ("*", "to", "Последен ден включително или момент (RFC 3339)"),
    ("*", "holder", "Име на консуматора"),
    ("*", "role", "ИМЕ е роля"),
    ("*", "certificate", "ИМЕ е едно удостоверение на консуматор: PEM файл или отпечатък SHA-1 или SHA-256"),
    ("demo", "", "Създава цяла тестова среда в папка, пуска я и прави една подписана заявка"),
    ("demo", "dir", "Къде се създава всичко; каквото е там, се запазва"),
    ("demo", "port", "Порт за консуматори; 0 взема свободен. По подразбиране този от конфигурацията, 8443 в нова"),
    ("demo", "adapters", "Папка с адаптерни пакети в допълнение към примерните; по-късна папка замества по-ранна"),
    ("demo", "once", "Край след първата заявка"),
    ("serve", "", "Обслужва до SIGTERM; SIGHUP чете наново удостоверенията и пакетите"),
    ("list", "", "Показва операциите"),
    ("describe", "", "Показва полетата на операция: видове, описания, права"),
    ("describe", "consumer", "Чии права се показват; по подразбиране тези на удостоверението в [client]"),
    ("call", "", "Вика операция като консуматор"),
    ("call", "set", "Задава поле на примерната заявка: път под корена, например Person/Names[2]/@lang"),
    ("call", "argument", "Аргументът от файл вместо примерната заявка; - е стандартният вход"),
    ("call", "sign", "Иска подписан отговор и проверява подписа"),
    ("call", "later", "Иска отговора по-късно, взема го, когато е готов, и го потвърждава"),
    ("call", "explain", "Показва стъпките на решението за достъп, проверката на аргумента и скритите полета"),
    ("call", "raw", "Показва отговора, както е получен"),
    ("call", "v1", "През първата входна точка вместо втората"),
    ("call", "soap12", "Със SOAP 1.2 и WS-Addressing вместо SOAP 1.1"),
    ("call", "url", "Основен адрес на шлюза"),
    ("call", "cert", "Транспортно удостоверение, PEM"),
    ("call", "key", "Личният му ключ, PEM"),
    ("call", "no_cert", "Без транспортно удостоверение"),
    ("call", "ca", "Органът, издал удостоверението на шлюза, PEM"),
    ("call", "law_reason", "Правно основание на заявката"),
    ("call", "timeout", "Колко да се чака, в секунди"),
    ("consumer", "", "Консуматори, техните удостоверения и роли"),
    ("consumer add", "", "Добавя консуматор"),
    ("consumer add", "oid", "Обектен идентификатор"),
    ("consumer add", "administration", "Администрация, към която е"),
    ("consumer add", "certificate", "Транспортното му удостоверение, PEM"),
    ("consumer list", "", "Показва всички консуматори"),
    ("consumer show", "", "Показва един консуматор с удостоверенията, ролите и правата му"),
    ("consumer activate", "", "Включва консуматор"),
    ("consumer deactivate", "", "Изключва консуматор"),
    ("consumer certificate", "", "Транспортните му удостоверения"),
    ("consumer certificate add", "", "Добавя удостоверение към консуматор"),
    ("consumer certificate add", "file", "Удостоверението, PEM"),
    ("consumer certificate activate", "", "Включва удостоверение"),
    ("consumer certificate activate", "certificate", "PEM файл или отпечатък SHA-1 или SHA-256"),
    ("consumer certificate deactivate", "", "Изключва удостоверение"),
    ("consumer certificate deactivate", "certificate", "PEM файл или отпечатък SHA-1 или SHA-256"),
    ("consumer callback", "", "Хостове, до които може да се изпращат отговорите му"),
    ("consumer callback add", "", "Позволява отговорите да се изпращат до хостове"),
    (
        "consumer callback add",
        "hosts",
        "hooks.example.bg или *.example.bg за всички под него; с друг порт освен 443: hooks.example.bg:8443",
    ),
    ("consumer callback remove", "", "Вече не го позволява"),
    ("consumer callback remove", "hosts", "Както са показани от `kapia consumer show`"),
    ("consumer role", "", "Роли и кой е в тях"),
    ("consumer role add", "", "Добавя роля"),
    ("consumer role add", "role", "Име на ролята"),
    ("consumer role list", "", "Показва всички роли с членовете и правата им"),
    ("consumer role assign", "", "Включва консуматор в роля"),
    ("consumer role assign", "role", "Име на ролята"),
    ("consumer role assign", "consumer", "Име на консуматора"),
    ("consumer role unassign", "", "Изважда консуматор от роля"),
    ("consumer role unassign", "role", "Име на ролята"),
    ("consumer role unassign", "consumer", "Име на консуматора"),
    ("grant", "", "Права на операции и на полета от отговорите"),
    ("grant add", "", "Позволява операция и полета от отговора ѝ"),
    (
        "grant add",
        "fields",
        "Поле от отговора: път под корена; `A/**` е A с всичко под него. Отварят се и полетата над него",
    ),
    ("grant add", "all_fields", "Всички полета от отговора"),
    ("grant deny", "", "Забранява операция или полета от отговора ѝ; забраната е над позволеното от роли"),
    ("grant deny", "fields", "Поле от отговора; без него се забранява цялата операция"),
    ("grant revoke", "", "Отнема каквото е позволено или забранено"),
    ("grant revoke", "fields", "Право на поле, точно както е записано; без него се отнемат всички права на операцията"),
    ("grant show", "", "Показва правата на консуматор или на всички"),
    ("grant show", "consumer", "Само този консуматор"),
    ("operation", "", "Включва и изключва операции"),
    ("operation enable", "", "Включва операция"),
    ("operation disable", "", "Изключва операция за всички"),
    ("codegen", "", "Създава типове на Rust за схеми, WSDL и адаптерни пакети"),
    ("codegen", "wsdl", "WSDL: типовете от схемите в него, клиент и сървър; може да се повтаря"),
    ("codegen", "xsd", "Схема или папка: всяка схема в нея, която друга там не включва и не внася; може да се повтаря"),
    ("codegen", "package", "Папка на адаптерен пакет: модул за всяка схема, тип за всяка операция; може да се повтаря"),
    ("codegen", "out", "Папка за резултата, чийто mod.rs обявява останалото. Заместват се само създадени файлове"),
    ("codegen", "no_services", "Само типовете от WSDL, без клиент и сървър"),
    ("codegen", "derive", "Създава структури за yaserde вместо за kapia-types: само типове"),
    ("codegen", "check", "Само проверява дали в папката е това, което би се създало; ако не е, кодът на изход е 2"),
    ("verify", "", "Казва какво е подписал доверен ключ в съобщение или документ"),
    ("verify", "file", "Съобщението или документът; - чете от стандартния вход"),
    ("verify", "signer", "Удостоверение, което може да е подписало, PEM; по подразбиране това от настройките"),
    ("verify", "legacy", "Приема и SHA-1, както подписва RegiX"),
    ("adapter", "", "Адаптерни пакети: за доставчиците им"),
    ("adapter host", "", "Обслужва пакетите като хост на адаптери по досегашния стандарт, зад ядрото на друг шлюз"),
    (
        "adapter host",
        "listen",
        "Къде се свързват ядрата с TLS; може да се повтаря. Без --plain по подразбиране 127.0.0.1:8445",
    ),
    (
        "adapter host",
        "plain",
        "Къде се свързват ядрата без TLS, както към досегашните хостове; мрежата трябва да го пази",
    ),
    ("adapter host", "adapters", "Още една папка с адаптерни пакети; може да се повтаря"),
    (
        "adapter host",
        "signature",
        "Как се подписват резултатите: както винаги са подписвали адаптерите, или със SHA-256",
    ),
    ("adapter host", "require_certificate", "Обслужва само който покаже удостоверение от органите в настройките"),
    ("adapter host", "set_parameters", "Ядрата могат да задават параметри; самият протокол не казва кои са те"),
    ("adapter host", "journal", "Дневникът на поисканото от ядрата; по подразбиране host-journal.db до настройките"),
    ("adapter new", "", "Прави пакет от схеми, примери или WSDL"),
    ("adapter new", "name", "Име на пакета, например Company.RegiX.VehicleAdapter"),
    ("adapter new", "from_xsd", "Двойки схеми: на заявка и на нейния отговор"),
    ("adapter new", "from_samples", "Двойки примери: на заявка и на нейния отговор; схемите се правят от тях"),
    ("adapter new", "from_wsdl", "WSDL 1.1 със схемите в него"),
    ("adapter new", "backend", "Вид на източника"),
    (
        "adapter new",
        "engine",
        "Вид на базата данни, с --backend sql; sqlite се прави от скрипт в пакета и отговаря веднага",
    ),
    ("adapter new", "wsdl", "WSDL на услугата зад регистъра, с --backend soap; по подразбиране този от --from-wsdl"),
    ("adapter new", "out", "Папка за пакета, нова или празна; по подразбиране името му"),
    ("adapter new", "operations", "Име на операция, пълно или последната му част; по едно за двойка, в техния ред"),
    ("adapter new", "roots", "Корен в схема, която описва няколко елемента; може да се повтаря"),
    ("adapter check", "", "Проверява пакети: всички приемни проверки, с място и съвет"),
    ("adapter check", "folders", "Папка на пакет или папка с такива папки"),
    ("adapter check", "offline", "Не пита източници, за които е нужна мрежа"),
    ("adapter check", "strict", "И предупрежденията са червени"),
    ("adapter check", "notes", "Показва и бележките"),
    ("adapter check", "wait", "Колко да се чака един отговор, в секунди"),
    ("adapter import", "", "Прави пакет от адаптер в досегашния вид: папка или файл .nupkg"),
    ("adapter import", "source", "Папката на проекта или файлът .nupkg"),
    ("adapter import", "out", "Папка за пакета, нова или празна"),
    ("adapter import", "operations", "Пълно име на операция, която източникът не описва; може да се повтаря"),
    (
        "adapter import",
        "set",
        "Каквото източникът не казва: name, administration, register, contract или ОПЕРАЦИЯ.КЛЮЧ, например GetThing.response_root",
    ),
    ("adapter export", "", "Слага схемите и примерите на пакет в архив за каталога"),
    ("adapter export", "folder", "Папка на пакета"),
    ("adapter export", "out", "Архивът"),
    ("adapter parameter", "", "Показва и задава това, което адаптерите позволяват да се променя, докато работят"),
    ("*", "adapter", "Име на адаптерния пакет"),
    ("*", "parameter", "Име на параметъра"),
    ("adapter parameter list", "", "Показва параметрите със стойностите им; тайните са скрити"),
    ("adapter parameter list", "adapter", "Име на адаптерния пакет; @host за параметрите на `kapia adapter host`"),
    ("adapter parameter set", "", "Задава параметър; работещ шлюз го поема до секунда"),
    ("adapter parameter set", "value", "Стойността; не и на тайна, защото командният ред се чете и от други"),
    ("adapter parameter set", "value_file", "Стойността от файл, без края на реда след нея; - е стандартният вход"),
    ("adapter parameter unset", "", "Маха зададеното: отново важи стойността от пакета"),
    ("adapter parameter history", "", "Показва всяка стойност на параметър, кой я е задал, кога и защо"),
    ("adapter parameter rollback", "", "Връща параметър към стойност, която е имал"),
    ("adapter parameter rollback", "version", "Версията, към която да се върне, както я показва историята"),
    ("adapter run", "", "Пита една операция на пакет, без шлюз"),
    ("adapter run", "folder", "Папка на пакета или папка с пакети, които си отговарят"),
    ("adapter run", "set", "Задава поле на примерната заявка: път под корена, например Person/Names[2]/@lang"),
    ("adapter run", "argument", "Аргументът от файл вместо примерната заявка; - е стандартният вход"),
    ("adapter run", "raw", "Показва отговора, както е получен"),
    ("adapter run", "wait", "Колко да се чака отговорът, в секунди"),
    ("adapter status", "", "Показва как са адаптерите на работещ шлюз или хост: версии, заявки, откази, прекъсвачи"),
    ("adapter status", "adapter", "Име на пакет; без него се показват всички"),
    ("adapter status", "health", "Пита всеки регистър дали може да отговаря сега"),
    ("adapter status", "admin", "Адрес за състояние и метрики; по подразбиране този на шлюза от конфигурацията"),
    (
        "adapter host",
        "admin",
        "Адрес за състояние, метрики и състоянието на адаптерите, без TLS, както [admin] при шлюза",
    ),
    ("journal", "", "Дневникът на заявките"),
    ("journal tail", "", "Показва последните записи"),
    ("journal tail", "count", "Колко записа"),
    ("journal tail", "follow", "Продължава с всеки нов запис"),
    ("journal tail", "consumer", "Само този консуматор"),
    ("journal tail", "operation", "Само тази операция: името ѝ или последната му част"),
    ("journal tail", "call", "Само тази заявка"),
    ("journal tail", "outcome", "Само заявки с такъв край: answered, no-data, denied, fault, …"),
    ("journal tail", "since", "От този ден или момент нататък"),
    ("journal tail", "until", "До този ден или момент"),
    ("journal verify", "", "Доказва, че дневникът е това, което е записано"),
    (
        "journal verify",
        "head",
        "Край, пазен другаде, както го е показала по-ранна проверка: дневникът трябва още да го съдържа",
    ),
];
