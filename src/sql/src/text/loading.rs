//! What is wrong with a package.

use kapia_language::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "sql-odbc-absent",
        ["this build of Kapia does not speak ODBC", "тази версия на Капия не говори ODBC"],
        ["use one that is built with the feature `odbc`", "използвайте версия, построена с функцията `odbc`"],
    ),
    entry(
        "sql-key-useless",
        ["`{key}` means nothing for engine \"{engine}\"", "`{key}` не означава нищо за \"{engine}\""],
        ["remove it", "махнете го"],
    ),
    entry(
        "sql-key-needed",
        ["engine \"{engine}\" needs `{key}`", "\"{engine}\" изисква `{key}`"],
        ["add `{key} = …` to [backend]", "добавете `{key} = …` в [backend]"],
    ),
    entry(
        "sql-password-clear",
        [
            "the password of the database stands in adapter.toml in clear",
            "паролата за базата данни стои в adapter.toml в явен вид",
        ],
        [
            "put it into a secret parameter of the package, a file (`password_file`) or a variable (`password_env`)",
            "сложете я в таен параметър на пакета, във файл (`password_file`) или в променлива (`password_env`)",
        ],
    ),
    entry(
        "sql-password-several",
        ["the password is given in more than one way", "паролата е дадена по повече от един начин"],
        [
            "keep one of `password_file`, `password_env`, `password`",
            "оставете едно от `password_file`, `password_env`, `password`",
        ],
    ),
    entry(
        "sql-password-unset",
        ["there is no variable {name} in the environment", "в средата няма променлива {name}"],
        ["set it for the process of Kapia", "задайте я за процеса на Капия"],
    ),
    entry(
        "sql-file-unreadable",
        [
            "the file named by `{key}` cannot be read: {cause}",
            "файлът, посочен от `{key}`, не може да се прочете: {cause}",
        ],
        ["check the path and who may read the file", "проверете пътя и кой може да чете файла"],
    ),
    entry(
        "sql-database-embedded",
        [
            "a package inside the program cannot hold a database",
            "пакет в самата програма не може да съдържа база данни",
        ],
        [
            "put the package into a folder, or make the database by a `script`",
            "сложете пакета в папка или направете базата данни със `script`",
        ],
    ),
    entry(
        "sql-file-and-script",
        [
            "the database is named by `file` and made by `script`",
            "базата данни е посочена с `file` и се прави от `script`",
        ],
        ["keep one of the two", "оставете едното от двете"],
    ),
    entry(
        "sql-script-encoding",
        ["the script is not UTF-8", "скриптът не е в UTF-8"],
        ["save it as UTF-8", "запишете го като UTF-8"],
    ),
    entry(
        "sql-authorities",
        ["`authorities` holds no certificate", "в `authorities` няма удостоверение"],
        ["give a PEM file with the certificates of the issuers", "дайте PEM файл с удостоверенията на издателите"],
    ),
    entry(
        "sql-tls-off",
        [
            "what the database answers crosses the network unencrypted",
            "отговорите на базата данни минават през мрежата нешифровани",
        ],
        ["write tls = \"verify\"", "напишете tls = \"verify\""],
    ),
    entry(
        "sql-time-zone",
        ["`time_zone` is not an offset from UTC", "`time_zone` не е отместване от UTC"],
        ["write it as \"+00:00\"", "напишете го като \"+00:00\""],
    ),
    entry(
        "sql-odbc-writes",
        [
            "nothing but the rights of its user keeps this connection from changing the register",
            "само правата на потребителя пречат на тази връзка да промени регистъра",
        ],
        [
            "give the user the right to read only, and name a `begin` such as \"SET TRANSACTION READ ONLY\" if the database has one",
            "дайте на потребителя само право за четене и посочете `begin`, например \"SET TRANSACTION READ ONLY\", ако базата го има",
        ],
    ),
    entry(
        "sql-table-missing",
        ["the operation has no table [operation.sql]", "операцията няма таблица [operation.sql]"],
        ["add it, with at least one [[operation.sql.query]]", "добавете я, с поне един [[operation.sql.query]]"],
    ),
    entry(
        "sql-query-none",
        ["the operation asks nothing", "операцията не пита нищо"],
        ["add at least one [[operation.sql.query]]", "добавете поне един [[operation.sql.query]]"],
    ),
    entry(
        "sql-query-name",
        ["{name} cannot be the name of a query", "{name} не може да е име на заявка"],
        [
            "write letters, digits and underscores, not `request` or `call`",
            "напишете букви, цифри и долни черти, но не `request` или `call`",
        ],
    ),
    entry(
        "sql-query-twice",
        ["there are two queries {name}", "има две заявки {name}"],
        ["give one of them another name", "дайте на едната друго име"],
    ),
    entry(
        "sql-query-text",
        ["query {query} needs either `sql` or `file`", "заявката {query} трябва да има или `sql`, или `file`"],
        [
            "write the text in `sql`, or name a file of the folder queries in `file`",
            "напишете текста в `sql` или посочете файл от папка queries във `file`",
        ],
    ),
    entry(
        "sql-query-encoding",
        ["the text of the query is not UTF-8", "текстът на заявката не е в UTF-8"],
        ["save the file as UTF-8", "запишете файла в UTF-8"],
    ),
    entry(
        "sql-query-unknown",
        ["there is no query {name} above", "няма заявка {name} по-горе"],
        ["there are: {known}", "има: {known}"],
    ),
    entry(
        "sql-statement-empty",
        ["the text of query {query} is empty", "текстът на заявката {query} е празен"],
        ["write a SELECT", "напишете SELECT"],
    ),
    entry(
        "sql-statement-kind",
        [
            "query {query} does not begin with SELECT, WITH, VALUES or TABLE",
            "заявката {query} не започва със SELECT, WITH, VALUES или TABLE",
        ],
        ["a package only reads: write a SELECT", "пакетът само чете: напишете SELECT"],
    ),
    entry(
        "sql-statement-several",
        ["query {query} holds more than one statement", "заявката {query} съдържа повече от една команда"],
        ["make each of them a query of its own", "направете от всяка отделна заявка"],
    ),
    entry(
        "sql-statement-open",
        ["query {query} ends inside {what}", "заявката {query} свършва насред {what}"],
        ["close it", "затворете го"],
    ),
    entry(
        "sql-statement-positional",
        ["query {query} has a placeholder without a name: {sign}", "заявката {query} има място без име: {sign}"],
        ["write :name, and name it in `parameters`", "напишете :име и го посочете в `parameters`"],
    ),
    entry(
        "sql-parameter-unbound",
        [
            "query {query} uses :{parameter}, which `parameters` does not have",
            "заявката {query} ползва :{parameter}, а го няма в `parameters`",
        ],
        [
            "add {parameter} = \"…\" to its `parameters`; there are: {known}",
            "добавете {parameter} = \"…\" в нейните `parameters`; има: {known}",
        ],
    ),
    entry(
        "sql-parameter-unused",
        [
            "query {query} does not use its parameter {parameter}",
            "заявката {query} не ползва параметъра си {parameter}",
        ],
        [
            "write :{parameter} where its value belongs, or remove it",
            "напишете :{parameter} на мястото на стойността или го махнете",
        ],
    ),
    entry(
        "sql-parameter-source",
        [
            "parameter {parameter} needs one of `path`, `call`, `column`, `parameter`",
            "параметърът {parameter} трябва да има едно от `path`, `call`, `column`, `parameter`",
        ],
        ["say where its value comes from, in one way", "кажете откъде идва стойността му, по един начин"],
    ),
    entry(
        "sql-parameter-package",
        ["the package declares no parameter {name}", "пакетът не описва параметър {name}"],
        ["there are: {known}; declare it in [parameters]", "има: {known}; опишете го в [parameters]"],
    ),
    entry(
        "sql-parameter-spliced",
        [
            "query {query} holds the place of a parameter of the package, but nothing is spliced into a query",
            "заявката {query} съдържа място за параметър на пакета, а в заявка нищо не се вмъква като текст",
        ],
        [
            "bind it: write :name in the query and `parameters.name` with `parameter` in it",
            "свържете го: напишете :name в заявката и `parameters.name` с `parameter` в него",
        ],
    ),
    entry(
        "sql-parameter-column",
        [
            "parameter {parameter} takes a column, but query {query} has no parent",
            "параметърът {parameter} взима колона, а заявката {query} няма родител",
        ],
        ["add `parent = …` to the query", "добавете `parent = …` към заявката"],
    ),
    entry(
        "sql-path-shape",
        ["{path} is not the path of an element or attribute", "{path} не е път до елемент или атрибут"],
        [
            "write local names below the root, such as EGN, Person/EGN or Person/@id",
            "напишете местни имена под корена, например EGN, Person/EGN или Person/@id",
        ],
    ),
    entry(
        "sql-path-unknown",
        ["the request has no {path}", "в заявката няма {path}"],
        ["there are: {known}", "има: {known}"],
    ),
    entry(
        "sql-path-no-value",
        ["{path} of the request holds elements, not a value", "{path} от заявката съдържа елементи, а не стойност"],
        ["name one of the elements in it", "посочете един от елементите в него"],
    ),
    entry(
        "sql-convert-broken",
        [
            "the conversion of parameter {parameter} cannot be used: {cause}",
            "преобразуването на параметъра {parameter} не може да се използва: {cause}",
        ],
        ["in `convert`: {advice}", "в `convert`: {advice}"],
    ),
    entry(
        "sql-no-data-useless",
        ["`{key}` means nothing without no_rows = \"{needs}\"", "`{key}` не означава нищо без no_rows = \"{needs}\""],
        ["add it, or remove `{key}`", "добавете го или махнете `{key}`"],
    ),
];
