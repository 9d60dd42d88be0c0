//! Parameters of adapters.

texts! {
    no_adapter(name) { en: "there is no adapter {name}", bg: "няма адаптер {name}" }
    see_list() {
        en: "`kapia adapter parameter list` shows the adapters that have parameters",
        bg: "`kapia adapter parameter list` показва адаптерите, които имат параметри",
    }
    no_parameter(adapter, name) {
        en: "adapter {adapter} has no parameter {name}",
        bg: "адаптерът {adapter} няма параметър {name}",
    }
    no_parameters(adapter) {
        en: "{adapter} has none: declare them in [parameters] of its adapter.toml",
        bg: "{adapter} няма никакви: опишете ги в [parameters] на неговия adapter.toml",
    }
    no_parameters_at_all() { en: "there are no parameters", bg: "няма параметри" }
    parameter_set(adapter, name, version) {
        en: "{adapter}: {name} is set, version {version}; a running gate takes it over within a second",
        bg: "{adapter}: {name} е зададен, версия {version}; работещ шлюз го поема до секунда",
    }
    parameter_unset(adapter, name) {
        en: "{adapter}: {name} is no longer set",
        bg: "{adapter}: {name} вече не е зададен",
    }
    parameter_rolled_back(adapter, name, version) {
        en: "{adapter}: {name} is again what it was in version {version}",
        bg: "{adapter}: {name} отново е както във версия {version}",
    }
    parameter_none() { en: "(no value: the register cannot be asked)", bg: "(няма стойност: регистърът не може да се пита)" }
    parameter_of_settings() { en: "(as configured)", bg: "(според настройките)" }
    parameter_of_package() { en: "(not set: the package's own value)", bg: "(не е зададен: стойността от пакета)" }
    parameter_never_set(name) { en: "{name} was never set", bg: "{name} никога не е задаван" }
    parameter_change(version, at, actor) {
        en: "version {version}, {at} UTC, {actor}",
        bg: "версия {version}, {at} UTC, {actor}",
    }
    parameter_wrong(name, kind) {
        en: "the value is not one of {name}, which is of type {kind}",
        bg: "стойността не е за {name}, който е от тип {kind}",
    }
    parameter_secret_argument(name) {
        en: "{name} is a secret, and others can read the command line",
        bg: "{name} е тайна, а командният ред може да се чете от други",
    }
    parameter_secret_argument_hint() {
        en: "give the value in a file with --value-file FILE, or through standard input with --value-file -",
        bg: "дайте стойността във файл с --value-file ФАЙЛ или през стандартния вход с --value-file -",
    }
    parameter_no_value() { en: "there is no value", bg: "няма стойност" }
    parameter_not_text() { en: "the value is not text in UTF-8", bg: "стойността не е текст в UTF-8" }
    parameter_not_text_hint() { en: "save it as UTF-8", bg: "запишете я в UTF-8" }
    parameter_no_version(name, version) {
        en: "{name} has no version {version}",
        bg: "{name} няма версия {version}",
    }
    remark_parameters(count, first) {
        en: "{count} parameters lack a value, so their registers cannot be asked; `kapia adapter parameter list` shows them: {first}",
        bg: "{count} параметъра нямат стойност и регистрите им не могат да се питат; `kapia adapter parameter list` ги показва: {first}",
    }
}
