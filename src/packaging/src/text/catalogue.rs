use kapia_language::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "source-unreadable",
        message: ["{path} cannot be read: {cause}", "{path} не може да се прочете: {cause}"],
        hint: [
            "give a folder of the existing layout, or a .nupkg file",
            "посочете папка в досегашния вид или файл .nupkg",
        ],
    },
    Entry {
        code: "source-empty",
        message: ["{path} holds neither XMLSchemas nor XMLSamples", "в {path} няма нито XMLSchemas, нито XMLSamples"],
        hint: [
            "give the folder of the project, or the package that was built from it",
            "посочете папката на проекта или построения от него пакет",
        ],
    },
    Entry {
        code: "source-several",
        message: ["{path} holds several adapters: {names}", "в {path} има няколко адаптера: {names}"],
        hint: ["choose one with --set name=NAME", "изберете един с --set name=ИМЕ"],
    },
    Entry {
        code: "source-twice",
        message: ["{path} stands in the source twice", "{path} стои в източника два пъти"],
        hint: ["give the folder of one project", "посочете папката на един проект"],
    },
    Entry {
        code: "source-too-large",
        message: ["the source holds more than {limit}", "източникът съдържа повече от {limit}"],
        hint: ["give the folder of one adapter", "посочете папката на един адаптер"],
    },
    Entry {
        code: "archive-broken",
        message: ["the archive cannot be read: {cause}", "архивът не може да се прочете: {cause}"],
        hint: ["fetch or build it anew", "изтеглете го или го постройте наново"],
    },
    Entry {
        code: "archive-path",
        message: ["entry {number} of the archive leads out of it", "елемент {number} на архива води извън него"],
        hint: ["do not trust this archive", "не се доверявайте на този архив"],
    },
    Entry {
        code: "archive-link",
        message: ["entry {number} of the archive is a link", "елемент {number} на архива е връзка"],
        hint: [
            "do not trust this archive; packages hold plain files",
            "не се доверявайте на този архив; в пакетите има обикновени файлове",
        ],
    },
    Entry {
        code: "archive-bomb",
        message: [
            "the archive grows to more than {limit} when it is unpacked",
            "архивът нараства над {limit} при разопаковане",
        ],
        hint: ["do not trust this archive", "не се доверявайте на този архив"],
    },
    Entry {
        code: "archive-encrypted",
        message: ["entry {number} of the archive is encrypted", "елемент {number} на архива е шифрован"],
        hint: ["unpack it with its password and give the folder", "разопаковайте го с паролата му и посочете папката"],
    },
    Entry {
        code: "no-operations",
        message: ["the source describes no operation", "източникът не описва операция"],
        hint: ["name operations with --operation FULL.NAME", "посочете операции с --operation ПЪЛНО.ИМЕ"],
    },
    Entry {
        code: "operation-name",
        message: ["{name} is not the full name of an operation", "{name} не е пълно име на операция"],
        hint: [
            "as consumers call it, such as Company.RegiX.ThingAdapter.APIService.IThingAPI.GetThing",
            "както я извикват потребителите, например Company.RegiX.ThingAdapter.APIService.IThingAPI.GetThing",
        ],
    },
    Entry {
        code: "wish-unknown",
        message: ["--set {key}: there is no such key", "--set {key}: няма такъв ключ"],
        hint: ["keys: {known}", "ключове: {known}"],
    },
    Entry {
        code: "file-unknown",
        message: ["{key}: there is no file {file}", "{key}: няма файл {file}"],
        hint: ["name a file of the source, without its folder", "посочете файл от източника, без папката му"],
    },
    Entry {
        code: "schema-unusable",
        message: ["the schema {file} cannot be used: {cause}", "схемата {file} не може да се ползва: {cause}"],
        hint: ["correct the schema", "поправете схемата"],
    },
    Entry {
        code: "root-several",
        message: ["{file} declares several elements: {roots}", "{file} описва няколко елемента: {roots}"],
        hint: ["choose with {option}", "изберете с {option}"],
    },
    Entry {
        code: "root-none",
        message: ["{file} declares no element", "{file} не описва елемент"],
        hint: [
            "a document begins with a global element of its schema",
            "документът започва с глобален елемент на схемата си",
        ],
    },
    Entry {
        code: "example-impossible",
        message: [
            "no example of {root} could be made out of its schema: {cause}",
            "от схемата не може да се направи пример за {root}: {cause}",
        ],
        hint: [
            "give examples with --from-samples, or with --sample-request and --sample-response",
            "дайте примери с --from-samples или с --sample-request и --sample-response",
        ],
    },
    Entry {
        code: "sample-unusable",
        message: ["{file} cannot be used: {cause}", "{file} не може да се ползва: {cause}"],
        hint: ["give a well-formed document in UTF-8", "дайте правилен документ в UTF-8"],
    },
    Entry {
        code: "wsdl-unusable",
        message: [
            "{file} is not a WSDL 1.1 that can be used: {cause}",
            "{file} не е WSDL 1.1, който може да се ползва: {cause}",
        ],
        hint: [
            "a document/literal WSDL with its schemas in it is needed",
            "нужен е document/literal WSDL със схемите в него",
        ],
    },
    Entry {
        code: "package-name",
        message: ["{name} is not the name of a package", "{name} не е име на пакет"],
        hint: [
            "at most 128 letters, digits, dots, hyphens and underscores",
            "най-много 128 букви, цифри, точки, тирета и долни черти",
        ],
    },
    Entry {
        code: "target-unwritable",
        message: ["{path} cannot be written: {cause}", "{path} не може да се запише: {cause}"],
        hint: ["choose a folder in which you may write", "изберете папка, в която имате право да пишете"],
    },
    Entry {
        code: "package-unreadable",
        message: ["the package cannot be exported: {cause}", "пакетът не може да се изнесе: {cause}"],
        hint: ["kapia adapter check says what is wrong with it", "kapia adapter check казва какво не е наред"],
    },
    // What an import asks for.
    Entry {
        code: "ask-contract",
        message: [
            "the interface of the operations {names}, as consumers call it: the full name up to the last dot",
            "интерфейсът на операциите {names}, както го извикват потребителите: пълното име до последната точка",
        ],
        hint: ["", ""],
    },
    Entry {
        code: "ask-schema",
        message: ["the schema of the {side} of {operation}", "схемата на {side} на {operation}"],
        hint: ["", ""],
    },
    Entry {
        code: "ask-root",
        message: ["the root element of the {side} of {operation}", "коренът на {side} на {operation}"],
        hint: ["", ""],
    },
    // What an import remarks.
    Entry {
        code: "remark-form",
        message: ["{file} describes no form and is passed over", "{file} не описва форма и се пропуска"],
        hint: ["", ""],
    },
    Entry {
        code: "remark-form-twice",
        message: [
            "{file} describes {operation} a second time and is passed over",
            "{file} описва {operation} втори път и се пропуска",
        ],
        hint: ["", ""],
    },
    Entry {
        code: "remark-no-form",
        message: [
            "{operation} has no form: it was found by its samples",
            "{operation} няма форма: намерена е по примерите си",
        ],
        hint: ["", ""],
    },
    Entry {
        code: "remark-no-sample",
        message: ["{operation} has no sample {side}", "{operation} няма пример за {side}"],
        hint: ["", ""],
    },
    Entry {
        code: "remark-answers",
        message: [
            "{operation}: {count} answers are chosen by {key}",
            "{operation}: отговори, избирани по {key}: {count}",
        ],
        hint: ["", ""],
    },
    Entry {
        code: "remark-answer-invalid",
        message: [
            "{file} does not follow the schema of {operation} and answers nothing",
            "{file} не отговаря на схемата на {operation} и не отговаря на нищо",
        ],
        hint: ["", ""],
    },
];
