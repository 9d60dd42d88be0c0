//! Why a question got no answer.

use kapia_language::{Entry, entry};

const LATER: [&str; 2] = ["try again later", "опитайте отново по-късно"];
const STATE: [&str; 2] = [
    "the log of the gate has what the database says; look up the state in its documentation",
    "в дневника на шлюза е казаното от базата данни; вижте състоянието в документацията ѝ",
];

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "sql-unreachable",
        ["the database of the register cannot be reached", "няма връзка с базата данни на регистъра"],
        [
            "check that the database runs, and host, port and TLS in adapter.toml",
            "проверете дали базата данни работи и хоста, порта и TLS в adapter.toml",
        ],
    ),
    entry(
        "sql-script",
        ["the script that makes the database fails", "скриптът, който прави базата данни, не успява"],
        [
            "the log of the gate has what SQLite says; try the script with the program sqlite3",
            "в дневника на шлюза е казаното от SQLite; пробвайте скрипта с програмата sqlite3",
        ],
    ),
    entry(
        "sql-script-statement",
        [
            "the script that makes the database holds a statement that does not write into it",
            "скриптът, който прави базата данни, съдържа команда, която не пише в нея",
        ],
        [
            "write only CREATE, INSERT, UPDATE and DELETE; the gate begins and ends the transaction",
            "пишете само CREATE, INSERT, UPDATE и DELETE; шлюзът започва и завършва транзакцията",
        ],
    ),
    entry(
        "sql-login",
        ["the database refuses the user of the package", "базата данни отказва достъп на потребителя на пакета"],
        [
            "check user, password and database, and that the user may connect from here",
            "проверете потребителя, паролата и базата и дали потребителят може да се свързва оттук",
        ],
    ),
    entry("sql-lost", ["the connection to the database was lost", "връзката с базата данни прекъсна"], LATER),
    entry(
        "sql-busy",
        [
            "all {size} connections to the database were busy for {time} ms",
            "всичките {size} връзки с базата данни бяха заети в продължение на {time} ms",
        ],
        [
            "try again later; if it happens often, raise `pool` in adapter.toml",
            "опитайте отново по-късно; ако се случва често, увеличете `pool` в adapter.toml",
        ],
    ),
    entry(
        "sql-statement-timeout",
        ["query {query} was stopped after {time} ms", "заявката {query} беше спряна след {time} ms"],
        [
            "try again later; if it happens often, make the query faster or raise `statement_timeout_ms`",
            "опитайте отново по-късно; ако се случва често, ускорете заявката или увеличете `statement_timeout_ms`",
        ],
    ),
    entry("sql-deadline", ["the register did not answer in time", "регистърът не отговори навреме"], LATER),
    entry(
        "sql-row-cap",
        [
            "query {query} gives more rows than one answer may have ({cap})",
            "заявката {query} дава повече редове, отколкото може да има един отговор ({cap})",
        ],
        [
            "ask for less, or raise `row_cap` in adapter.toml",
            "поискайте по-малко или увеличете `row_cap` в adapter.toml",
        ],
    ),
    entry(
        "sql-refused",
        [
            "the database refuses query {query} (state {state})",
            "базата данни отказва заявката {query} (състояние {state})",
        ],
        STATE,
    ),
    entry(
        "sql-read-only",
        ["query {query} tries to change the register", "заявката {query} се опитва да промени регистъра"],
        ["a package only reads; write a SELECT", "пакетът само чете; напишете SELECT"],
    ),
    entry(
        "sql-data",
        [
            "query {query} fails on the data that it meets (state {state})",
            "заявката {query} не се справя с данните, на които попада (състояние {state})",
        ],
        [
            "look for a division by zero, a cast of a text or a value that is too long",
            "потърсете деление на нула, преобразуване на текст или твърде дълга стойност",
        ],
    ),
    entry(
        "sql-passing",
        [
            "the database cannot answer query {query} now (state {state})",
            "базата данни не може сега да отговори на заявката {query} (състояние {state})",
        ],
        LATER,
    ),
    entry(
        "sql-type",
        [
            "query {query} gives column {column} of type {type}, which has no form in a document",
            "заявката {query} дава колона {column} от тип {type}, който няма вид в документ",
        ],
        [
            "turn it into a text in the query, or an array into rows",
            "превърнете я в текст в заявката, а масив – в редове",
        ],
    ),
    entry(
        "sql-character",
        [
            "query {query}, column {column}, row {row}: the text holds {character}, which no XML document can hold",
            "заявка {query}, колона {column}, ред {row}: текстът съдържа {character}, който не може да стои в XML документ",
        ],
        [
            "correct the row in the register, or remove the character in the query",
            "поправете реда в регистъра или махнете знака в заявката",
        ],
    ),
    entry(
        "sql-encoding",
        [
            "query {query}, column {column}, row {row}: the text is not UTF-8",
            "заявка {query}, колона {column}, ред {row}: текстът не е в UTF-8",
        ],
        ["correct the row, or the encoding of the column", "поправете реда или кодировката на колоната"],
    ),
    entry(
        "sql-value",
        [
            "query {query}, column {column}, row {row}: the value has no form in a document ({rule})",
            "заявка {query}, колона {column}, ред {row}: стойността няма вид в документ ({rule})",
        ],
        [
            "correct the row in the register, or turn it into NULL or a text in the query",
            "поправете реда в регистъра или го превърнете в NULL или текст в заявката",
        ],
    ),
    entry(
        "sql-column-twice",
        ["query {query} gives two columns {column}", "заявката {query} дава две колони {column}"],
        ["give one of them another name with AS", "дайте на едната друго име с AS"],
    ),
    entry(
        "sql-column-missing",
        ["query {query} gives no column {column}", "заявката {query} не дава колона {column}"],
        ["it gives: {known}", "тя дава: {known}"],
    ),
    entry(
        "sql-parameter",
        [
            "the value for parameter {parameter} is not of type {type}",
            "стойността за параметър {parameter} не е от тип {type}",
        ],
        ["correct the request", "поправете заявката"],
    ),
    entry(
        "sql-parameter-several",
        [
            "the request has several values for parameter {parameter}",
            "в заявката има няколко стойности за параметър {parameter}",
        ],
        ["ask for one, or give the parameter a `join`", "попитайте за една или дайте `join` на параметъра"],
    ),
    entry(
        "sql-parameter-conversion",
        [
            "the value for parameter {parameter} cannot be converted: {cause}",
            "стойността за параметър {parameter} не може да се преобразува: {cause}",
        ],
        ["correct the request", "поправете заявката"],
    ),
    entry(
        "sql-group-order",
        [
            "query {query} is not ordered by {column}, by which its rows are grouped",
            "заявката {query} не е подредена по {column}, по която се групират редовете ѝ",
        ],
        ["add ORDER BY {column}", "добавете ORDER BY {column}"],
    ),
    entry(
        "sql-rows-spent",
        ["the template goes through query {query} a second time", "шаблонът минава през заявката {query} втори път"],
        [
            "go through it once, or ask for it under a second name",
            "минете през нея веднъж или я поискайте и под второ име",
        ],
    ),
    entry(
        "sql-template",
        [
            "the answer cannot be written: {file}, line {line}: {cause}",
            "отговорът не може да се напише: {file}, ред {line}: {cause}",
        ],
        ["in the template: {advice}", "в шаблона: {advice}"],
    ),
    entry(
        "sql-no-rows",
        ["the register does not know what was asked for", "регистърът не познава търсеното"],
        ["check the request", "проверете заявката"],
    ),
    entry(
        "sql-elsewhere",
        ["the operation was asked of a package that does not have it", "операцията е поискана от пакет, който я няма"],
        ["report this: it is a defect of Kapia", "съобщете за това: дефект на Капия"],
    ),
    entry(
        "sql-internal",
        ["the gate failed while it asked the database", "шлюзът се провали, докато питаше базата данни"],
        ["report this: it is a defect of Kapia", "съобщете за това: дефект на Капия"],
    ),
];
