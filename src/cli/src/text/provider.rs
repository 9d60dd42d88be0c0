//! What the tools for providers of packages say.

texts! {
    level_error() { en: "error", bg: "грешка" }
    level_warning() { en: "warning", bg: "внимание" }
    level_note() { en: "note", bg: "бележка" }
    checked_package(name, backend, operations) {
        en: "{name} ({backend}, operations: {operations})",
        bg: "{name} ({backend}, операции: {operations})",
    }
    checked_nothing() { en: "no backend", bg: "без източник" }
    checked_counts(errors, warnings, notes) {
        en: "errors {errors}, warnings {warnings}, notes {notes}",
        bg: "грешки {errors}, предупреждения {warnings}, бележки {notes}",
    }
    checked_all(packages, green, red) {
        en: "packages {packages}: green {green}, red {red}",
        bg: "пакети {packages}: зелени {green}, червени {red}",
    }
    notes_hidden(count) { en: "notes that are not shown: {count} (--notes)", bg: "непоказани бележки: {count} (--notes)" }
    no_packages(folder) { en: "{folder} is not a folder", bg: "{folder} не е папка" }
    no_packages_hint() {
        en: "give the folder of a package, or one that holds such folders",
        bg: "посочете папката на пакет или папка с такива папки",
    }

    argument_invalid(count, first) {
        en: "the argument does not follow its schema, {count} violations, the first: {first}",
        bg: "аргументът не отговаря на схемата си, нарушения {count}, първото: {first}",
    }
    answer_invalid(count, first) {
        en: "the answer does not follow its schema, {count} violations, the first: {first}",
        bg: "отговорът не отговаря на схемата си, нарушения {count}, първото: {first}",
    }
    answer_invalid_hint() {
        en: "correct the template or the document that answers; --raw shows the answer",
        bg: "поправете шаблона или документа, който отговаря; --raw показва отговора",
    }
    generated_file(file) { en: "written: {file}", bg: "записан: {file}" }
    generated_nothing() { en: "up to date", bg: "всичко е както трябва" }

    register_silent(seconds) { en: "no answer within {seconds} s", bg: "няма отговор за {seconds} s" }
    register_silent_hint() { en: "wait longer with --wait SECONDS", bg: "изчакайте повече с --wait СЕКУНДИ" }
    ran(outcome, milliseconds, octets) {
        en: "{outcome}, {milliseconds} ms, {octets} octets, valid",
        bg: "{outcome}, {milliseconds} ms, {octets} октета, валиден",
    }
    ran_data() { en: "data", bg: "данни" }
    ran_no_data() { en: "no data", bg: "няма данни" }

    wrote_package(folder, files) { en: "{folder}: {files} files written", bg: "{folder}: записани файлове {files}" }
    wrote_operation(name, request, response) {
        en: "  {name}: {request} → {response}",
        bg: "  {name}: {request} → {response}",
    }
    package_next(folder) { en: "next: kapia adapter check {folder}", bg: "следва: kapia adapter check {folder}" }
    fill_in() { en: "fill in before it can be asked:", bg: "попълнете, преди да може да се пита:" }
    odd_files(count) { en: "{count} files are no pairs", bg: "{count} файла не са двойки" }
    odd_files_hint() {
        en: "give a request and its response, and again, as often as there are operations",
        bg: "посочете заявка и нейния отговор, и пак, колкото операции има",
    }
    soap_without_wsdl() {
        en: "a SOAP service is known by its WSDL, and none is named",
        bg: "една услуга SOAP се познава по нейния WSDL, а такъв не е посочен",
    }
    soap_without_wsdl_hint() { en: "name it with --wsdl FILE", bg: "посочете го с --wsdl ФАЙЛ" }
    import_lacks(count) {
        en: "the source does not say everything: {count} values are missing",
        bg: "източникът не казва всичко: липсващи стойности: {count}",
    }
    import_lacks_hint() {
        en: "give them on the command line, or answer on a terminal; nothing was written",
        bg: "задайте ги на командния ред или отговорете на терминал; нищо не е записано",
    }
    out_taken(folder) { en: "{folder} is there already and is not empty", bg: "{folder} вече съществува и не е празна" }
    out_taken_hint() { en: "choose another folder with --out", bg: "изберете друга папка с --out" }
    exported(file, files, octets) {
        en: "{file}: {files} files, {octets} octets",
        bg: "{file}: файлове {files}, октети {octets}",
    }
    set_shape() { en: "KEY=VALUE is needed", bg: "нужно е КЛЮЧ=СТОЙНОСТ" }
    ask_value(what) { en: "{what}: ", bg: "{what}: " }

    adapter_unknown(name) { en: "no package {name} is served", bg: "няма обслужван пакет {name}" }
    adapter_unknown_hint() { en: "see the names with `kapia adapter status`", bg: "вижте имената с `kapia adapter status`" }
    no_admin() {
        en: "no address of health and metrics is known",
        bg: "не е известен адресът за състояние и метрики",
    }
    no_admin_hint() {
        en: "start the gateway with an address in [admin], or give one with --admin",
        bg: "пуснете шлюза с адрес в [admin] или посочете адрес с --admin",
    }
    adapter_serving(backend) { en: "serves ({backend})", bg: "обслужва ({backend})" }
    adapter_draining() { en: "an old version answers its last calls", bg: "стара версия довършва последните си заявки" }
    adapter_refused() { en: "is not served", bg: "не се обслужва" }
    adapter_version(version, since, place) {
        en: "version {version} since {since}, {place}",
        bg: "версия {version} от {since}, {place}",
    }
    adapter_under_way(count, calls) {
        en: "calls under way: {count}, at most {calls} at the same time",
        bg: "заявки в момента: {count}, най-много {calls} едновременно",
    }
    adapter_last_calls(count) { en: "calls under way: {count}", bg: "заявки в момента: {count}" }
    register_up() { en: "the register can be asked", bg: "регистърът може да се пита" }
    register_degraded() { en: "some answers of the register will be errors", bg: "част от отговорите на регистъра ще са грешки" }
    register_down() { en: "the register cannot be asked", bg: "регистърът не може да се пита" }
    version_refused(version, at, code) {
        en: "version {version}, read {at}, is refused ({code}):",
        bg: "версия {version}, прочетена {at}, е отказана ({code}):",
    }
    no_calls() { en: "no calls yet", bg: "още няма заявки" }
    mean_time(milliseconds) { en: "mean {milliseconds} ms", bg: "средно {milliseconds} ms" }
    most_within(milliseconds) { en: "95 of 100 within {milliseconds} ms", bg: "95 от 100 до {milliseconds} ms" }
    further_attempts(count) { en: "further attempts {count}", bg: "повторни опити {count}" }
    calls_waiting(count) { en: "waiting {count}", bg: "чакащи {count}" }
    last_success(at) { en: "last success {at}", bg: "последен успех {at}" }
    last_failure(at, code) { en: "last failure {at}: {code}", bg: "последен отказ {at}: {code}" }
    breaker_closed() { en: "breaker closed", bg: "прекъсвачът е затворен" }
    breaker_open(seconds) {
        en: "breaker open: the register is left alone, a call may try in {seconds} s",
        bg: "прекъсвачът е отворен: регистърът не се пита, опит след {seconds} s",
    }
    breaker_half_open() { en: "breaker half-open: the next call tries", bg: "прекъсвачът е полуотворен: следващата заявка опитва" }
}
