//! Why a command did not do its work, and what to do about it.

texts! {
    error_word() { en: "error", bg: "грешка" }
    hint_word() { en: "hint", bg: "съвет" }
    warning_word() { en: "warning", bg: "внимание" }

    did_you_mean(near) { en: "did you mean {near}", bg: "може би имахте предвид {near}" }
    one_of(known) { en: "one of: {known}", bg: "едно от: {known}" }
    holds_a_value(name) { en: "{name} holds a value and no elements", bg: "в {name} има стойност, а не елементи" }
    try_later() { en: "try again later", bg: "опитайте по-късно" }
    tell_operator() { en: "tell the operator of the gateway", bg: "уведомете оператора на шлюза" }

    unreadable(file, cause) { en: "{file} cannot be read: {cause}", bg: "{file} не може да се прочете: {cause}" }
    unreadable_hint() {
        en: "check the path and who may read the file; paths in a configuration are relative to its folder",
        bg: "проверете пътя и кой може да чете файла; пътищата в конфигурация са спрямо нейната папка",
    }
    unwritable(file, cause) { en: "{file} cannot be written: {cause}", bg: "{file} не може да се запише: {cause}" }
    unwritable_hint() {
        en: "choose a folder in which you may write",
        bg: "изберете папка, в която имате право да пишете",
    }
    no_folder(folder, cause) {
        en: "the folder {folder} cannot be opened: {cause}",
        bg: "папката {folder} не може да се отвори: {cause}",
    }
    no_folder_hint() {
        en: "give the folder that holds the package folders, or one package",
        bg: "посочете папката, в която са папките на пакетите, или един пакет",
    }
    no_runtime(cause) { en: "the program cannot start its work: {cause}", bg: "програмата не може да започне работа: {cause}" }
    no_json(cause) { en: "the result cannot be written as JSON: {cause}", bg: "резултатът не може да се запише като JSON: {cause}" }

    no_config() { en: "there is no configuration here", bg: "тук няма конфигурация" }
    no_config_hint() {
        en: "run `kapia demo` first, or name a configuration with --config FILE or KAPIA_CONFIG",
        bg: "първо изпълнете `kapia demo` или посочете конфигурация с --config ФАЙЛ или KAPIA_CONFIG",
    }
    config_line(file, line, cause) { en: "{file}:{line}: {cause}", bg: "{file}:{line}: {cause}" }
    config_keys_hint(known) { en: "the keys here are {known}", bg: "ключовете тук са {known}" }
    config_form_hint() {
        en: "correct the line; docs/operators.md shows a complete file",
        bg: "поправете реда; в docs/operators.md има цял примерен файл",
    }
    service_bus_without_sts() {
        en: "[service_bus] is set, but no [sts] whose tokens say who the consumer is",
        bg: "зададена е [service_bus], но няма [sts], чиито токени казват кой е консуматорът",
    }
    service_bus_without_sts_hint() {
        en: "add [sts] with the certificates that sign the tokens, or remove [service_bus]",
        bg: "добавете [sts] с удостоверенията, които подписват токените, или премахнете [service_bus]",
    }
    sts_without_certificate() { en: "[sts] names no certificate", bg: "[sts] не посочва удостоверение" }
    sts_without_certificate_hint() {
        en: "give certificates = [\"certs/sts.pem\"], or remove [sts]: then tokens are passed over",
        bg: "задайте certificates = [\"certs/sts.pem\"] или премахнете [sts]: тогава токените се пренебрегват",
    }
    no_registry(file) { en: "there is no registry of rights at {file}", bg: "няма регистър на правата в {file}" }
    no_registry_hint() {
        en: "start the gateway once with `kapia demo` or `kapia serve`: it makes the databases",
        bg: "пуснете веднъж шлюза с `kapia demo` или `kapia serve`: той създава базите данни",
    }
    no_journal(file) { en: "there is no journal at {file}", bg: "няма дневник в {file}" }

    operation_unknown(asked) { en: "there is no operation {asked}", bg: "няма операция {asked}" }
    operation_unknown_hint() { en: "`kapia list` shows all operations", bg: "`kapia list` показва всички операции" }
    operation_ambiguous(asked) {
        en: "more than one operation ends with {asked}",
        bg: "повече от една операция завършва на {asked}",
    }
    operation_refused(asked) {
        en: "the operation {asked} is not served: its package has a defect",
        bg: "операцията {asked} не се обслужва: пакетът ѝ има дефект",
    }

    bad_date() { en: "a date is neither a day nor a moment", bg: "дата не е нито ден, нито момент" }
    bad_date_hint() { en: "write 2026-01-31 or 2026-01-31T12:00:00Z", bg: "напишете 2026-01-31 или 2026-01-31T12:00:00Z" }
    no_certificate(file) { en: "{file} holds no certificate", bg: "в {file} няма удостоверение" }
    field_unknown(pattern, above, step) {
        en: "there is no field {pattern}: {above} has no {step}",
        bg: "няма поле {pattern}: в {above} няма {step}",
    }
    consumer_without_certificate(name) { en: "{name} has no certificate, so it cannot call", bg: "{name} няма удостоверение и не може да прави заявки" }
    add_certificate_hint() {
        en: "add one with `kapia consumer certificate add NAME FILE`",
        bg: "добавете с `kapia consumer certificate add ИМЕ ФАЙЛ`",
    }

    set_bad_step(path, step) { en: "--set {path}: {step} cannot be set", bg: "--set {path}: {step} не може да се зададе" }
    set_bad_step_hint() {
        en: "elements that repeat are counted from 1 without gaps, such as Name[2] after Name[1]",
        bg: "повтарящите се елементи се броят от 1 подред, например Name[2] след Name[1]",
    }
    set_unknown(path, above, name) {
        en: "--set {path}: {above} has no {name}",
        bg: "--set {path}: в {above} няма {name}",
    }
    set_not_a_value(path) { en: "--set {path}: it holds elements, not a value", bg: "--set {path}: в него има елементи, а не стойност" }
    bad_argument(name, cause_en, cause_bg) {
        en: "{name} is not a document that can be sent: {cause_en}",
        bg: "{name} не е документ, който може да се изпрати: {cause_bg}",
    }
    no_sample(name) { en: "the operation {name} has no sample request", bg: "операцията {name} няма примерна заявка" }
    no_sample_hint() {
        en: "leave the folder with this package out, or name `sample_request` in its adapter.toml",
        bg: "пуснете без папката с този пакет или посочете `sample_request` в неговия adapter.toml",
    }

    no_url() { en: "it is not known where the gateway is", bg: "не е известно къде е шлюзът" }
    url_hint() {
        en: "give --url https://HOST:PORT, or set url under [client]",
        bg: "посочете --url https://ХОСТ:ПОРТ или задайте url в [client]",
    }
    unreachable(url, cause) { en: "{url} cannot be reached: {cause}", bg: "няма връзка с {url}: {cause}" }
    unreachable_hint() {
        en: "start the gateway with `kapia demo` or `kapia serve`, or give another --url",
        bg: "пуснете шлюза с `kapia demo` или `kapia serve` или посочете друг --url",
    }
    timeout_hint() { en: "wait longer with --timeout SECONDS", bg: "изчакайте повече с --timeout СЕКУНДИ" }
    server_certificate_hint() {
        en: "give the authority that issued the gateway's certificate with --ca FILE",
        bg: "посочете с --ca ФАЙЛ органа, издал удостоверението на шлюза",
    }
    bad_identity(file, cause) { en: "{file} cannot be used: {cause}", bg: "{file} не може да се използва: {cause}" }
    bad_identity_hint() {
        en: "--cert and --key are PEM files; the key must not be encrypted",
        bg: "--cert и --key са PEM файлове; ключът не бива да е шифрован",
    }
    bad_ca_hint() { en: "--ca is a PEM file with certificates", bg: "--ca е PEM файл с удостоверения" }
    bad_client(cause) { en: "the connection cannot be set up: {cause}", bg: "връзката не може да се подготви: {cause}" }

    not_soap(status) { en: "the answer is not SOAP (HTTP {status})", bg: "отговорът не е SOAP (HTTP {status})" }
    not_a_result() { en: "the answer holds neither a document nor an error", bg: "в отговора няма нито документ, нито грешка" }
    not_soap_hint() {
        en: "check the address; --raw shows what came",
        bg: "проверете адреса; --raw показва какво е получено",
    }
    refused(error, code) { en: "the gateway refused: {error}{code}", bg: "шлюзът отказа: {error}{code}" }
    fault(reason, code, places) { en: "{reason}{code}{places}", bg: "{reason}{code}{places}" }
    fault_hint() { en: "--raw shows the whole fault", bg: "--raw показва цялата грешка" }
    not_signed() { en: "the answer is not signed", bg: "отговорът не е подписан" }
    not_signed_hint() { en: "the gateway needs a section [signer]", bg: "на шлюза е нужен раздел [signer]" }
    no_trusted_key() { en: "no certificate to trust is named", bg: "не е посочено удостоверение, на което да се вярва" }
    no_trusted_key_hint() {
        en: "name it with --signer FILE, or configure [signer]",
        bg: "посочете го със --signer ФАЙЛ или настройте [signer]",
    }
    signature_invalid(cause_en, cause_bg) {
        en: "the signature is not valid: {cause_en}",
        bg: "подписът не е валиден: {cause_bg}",
    }

    port_taken(address) { en: "{address} is taken by another program", bg: "{address} е зает от друга програма" }
    port_taken_hint() {
        en: "choose another port: `kapia demo --port 8553`, or --port 0 for any that is free",
        bg: "изберете друг порт: `kapia demo --port 8553` или --port 0 за някой свободен",
    }
}
