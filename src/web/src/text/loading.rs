//! What is wrong with a package.

use kapia_language::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "web-address",
        ["`{key}` is not the address of a service", "`{key}` не е адрес на услуга"],
        [
            "write https://host/path, without a user and a fragment; `base` without a query too",
            "напишете https://host/path, без потребител и фрагмент; `base` и без заявка",
        ],
    ),
    entry(
        "web-tls-off",
        [
            "what is sent to `{key}` crosses the network in the clear",
            "изпратеното към `{key}` минава по мрежата открито",
        ],
        ["use an https address", "използвайте адрес с https"],
    ),
    entry(
        "web-identity",
        [
            "`certificate`, `key` or `authorities` cannot be used",
            "`certificate`, `key` или `authorities` не може да се използва",
        ],
        [
            "give PEM files: certificate with its chain, its private key (PKCS #8, PKCS #1 or SEC 1), authorities",
            "дайте PEM файлове: удостоверение с веригата му, личния му ключ (PKCS #8, PKCS #1 или SEC 1), издатели",
        ],
    ),
    entry(
        "web-identity-half",
        ["of `certificate` and `key` only one is there", "от `certificate` и `key` има само едно"],
        ["give both, or neither", "дайте и двете или нито едно"],
    ),
    entry(
        "web-file-unreadable",
        ["the file of `{key}` cannot be read: {cause}", "файлът на `{key}` не може да се прочете: {cause}"],
        ["check the path and who may read the file", "проверете пътя и кой може да чете файла"],
    ),
    entry(
        "web-key-useless",
        ["`{key}` means nothing with auth = \"{auth}\"", "`{key}` не означава нищо с auth = \"{auth}\""],
        ["remove it, or choose another `auth`", "махнете го или изберете друг `auth`"],
    ),
    entry(
        "web-key-needed",
        ["auth = \"{auth}\" needs `{key}`", "auth = \"{auth}\" има нужда от `{key}`"],
        ["add it; a secret as …_env or …_file", "добавете го; тайна като …_env или …_file"],
    ),
    entry(
        "web-basic",
        ["the user or the password cannot be sent", "потребителят или паролата не може да се изпрати"],
        ["a user holds no colon (RFC 7617)", "в потребителя няма двоеточие (RFC 7617)"],
    ),
    entry(
        "web-hmac",
        ["`{key}` cannot be used for a signature", "`{key}` не може да се използва за подпис"],
        [
            "places are {method}, {target}, {host}, {timestamp}, {nonce}, {id}, {body_sha256}; the text needs a timestamp or a nonce, the value {signature}, and {nonce} if the text has it",
            "местата са {method}, {target}, {host}, {timestamp}, {nonce}, {id}, {body_sha256}; в текста трябва да има време или nonce, в стойността {signature} и {nonce}, ако е в текста",
        ],
    ),
    entry(
        "web-secret-clear",
        ["`{key}` stands in the clear in adapter.toml", "`{key}` стои открито в adapter.toml"],
        ["use `{key}_env` or `{key}_file`", "използвайте `{key}_env` или `{key}_file`"],
    ),
    entry(
        "web-secret-several",
        ["`{key}` is given more than once", "`{key}` е дадено повече от веднъж"],
        ["keep one of `{key}_env` and `{key}_file`", "оставете едно от `{key}_env` и `{key}_file`"],
    ),
    entry(
        "web-secret-unset",
        ["the variable {name} is not set", "променливата {name} не е зададена"],
        ["set it in the environment of the gate", "задайте я в средата на шлюза"],
    ),
    entry(
        "web-table-missing",
        ["the operation has no table {table}", "операцията няма таблица {table}"],
        ["add it below the operation", "добавете я под операцията"],
    ),
    entry(
        "web-path",
        ["the path is none", "пътят не е път"],
        [
            "begin with a slash; no query, no fragment, no blanks outside {{ … }}; the query stands in its own table",
            "започнете с наклонена черта; без заявка, фрагмент и интервали извън {{ … }}; заявката е в собствена таблица",
        ],
    ),
    entry(
        "web-header-name",
        ["a header of this name cannot be set", "заглавка с това име не може да се зададе"],
        [
            "use a name of RFC 9110; those of the connection and Authorization are set by the gate",
            "използвайте име по RFC 9110; тези на връзката и Authorization задава шлюзът",
        ],
    ),
    entry(
        "web-ending",
        [
            "a status or fault is none, or its meaning is not known",
            "статусът или грешката не е такава или значението ѝ не е познато",
        ],
        [
            "write 404 or 5xx for a status; \"no-data\", \"error\" or \"retry\", for a status also \"answer\"",
            "напишете 404 или 5xx за статус; \"no-data\", \"error\" или \"retry\", за статус и \"answer\"",
        ],
    ),
    entry(
        "web-expression",
        ["an expression of `{key}` cannot be used: {cause}", "израз в `{key}` не може да се използва: {cause}"],
        ["correct it: {advice}", "поправете го: {advice}"],
    ),
    entry(
        "web-no-data-useless",
        ["`no_data` is never answered with", "с `no_data` никога не се отговаря"],
        [
            "add `no_data_when`, or a status or fault that means \"no-data\"",
            "добавете `no_data_when` или статус или грешка със значение \"no-data\"",
        ],
    ),
    entry(
        "web-wsdl",
        ["the WSDL is not XML", "WSDL файлът не е XML"],
        ["give the WSDL 1.1 of the service as a file of the package", "дайте WSDL 1.1 на услугата като файл на пакета"],
    ),
    entry(
        "web-wsdl-port",
        ["the WSDL has no such port over SOAP; there is: {known}", "в WSDL няма такъв порт по SOAP; има: {known}"],
        [
            "correct `port`; what a WSDL imports is not read, so put everything into one",
            "поправете `port`; внесените файлове не се четат, затова съберете всичко в един",
        ],
    ),
    entry(
        "web-soap-operation",
        ["the WSDL has no operation {name}; there is: {known}", "в WSDL няма операция {name}; има: {known}"],
        ["correct `operation` in [operation.soap]", "поправете `operation` в [operation.soap]"],
    ),
    entry(
        "web-soap-action",
        ["the action that the WSDL gives cannot stand in a header", "действието от WSDL не може да стои в заглавка"],
        ["correct `soapAction` in the WSDL", "поправете `soapAction` в WSDL"],
    ),
    entry(
        "web-user-token",
        [
            "a user token needs `username` and a secret, and nothing else makes use of `token`",
            "токенът с потребител има нужда от `username` и тайна, а `token` без тях е безполезен",
        ],
        [
            "give `username` with `secret_env` or `secret_file`, or none of them",
            "дайте `username` със `secret_env` или `secret_file` или нито едно от тях",
        ],
    ),
];
