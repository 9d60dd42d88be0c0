//! The texts themselves: English, then Bulgarian.

use kapia_language::Entry;

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "push-unauthorized",
        ["the service does not accept the user or the password", "услугата не приема потребителя или паролата"],
        [
            "check both, and that they are of this environment: staging and production have different ones",
            "проверете ги, както и дали са за тази среда: тестовата и работната имат различни",
        ],
    ),
    entry(
        "push-come-again",
        [
            "the service takes nothing now; it wants to be asked again after {seconds} seconds",
            "услугата не приема нищо сега; иска нов опит след {seconds} секунди",
        ],
        [
            "push again then; after wrong passwords check the password first",
            "изпратете отново тогава; ако паролата е била грешна, първо я проверете",
        ],
    ),
    entry(
        "push-unreachable",
        [
            "the service cannot be reached, or its certificate is not trusted",
            "няма връзка с услугата или сертификатът ѝ не е доверен",
        ],
        [
            "check the address, the network and --ca; nothing was sent",
            "проверете адреса, мрежата и --ca; нищо не е изпратено",
        ],
    ),
    entry(
        "push-broken",
        ["the connection ended before the answer came", "връзката прекъсна, преди да дойде отговорът"],
        [
            "push again: what the service has already taken will be unchanged",
            "изпратете отново: което услугата вече е приела, ще остане без промяна",
        ],
    ),
    entry(
        "push-deadline",
        ["the service did not answer in time", "услугата не отговори навреме"],
        [
            "push again, with smaller batches (--batch) if it happens often",
            "изпратете отново, с по-малки партиди (--batch), ако се случва често",
        ],
    ),
    entry(
        "push-not-soap",
        ["the answer (HTTP {status}) is not one of EgovService", "отговорът (HTTP {status}) не е от EgovService"],
        [
            "check the address; a proxy on the way may have answered instead",
            "проверете адреса; вместо услугата може да е отговорил междинен сървър",
        ],
    ),
    entry(
        "push-twice",
        ["the same service stands at {other} too", "същата услуга стои и на {other}"],
        ["remove one of the two", "махнете единия от двата записа"],
    ),
    entry(
        "source-missing",
        ["there is no such file or folder", "няма такъв файл или папка"],
        ["check the path", "проверете пътя"],
    ),
    entry(
        "source-kind",
        ["the file is neither .xml nor .csv", "файлът не е нито .xml, нито .csv"],
        ["name a file of one of these kinds, or a folder of them", "посочете файл от такъв вид или папка с такива"],
    ),
    entry(
        "source-unreadable",
        ["the file cannot be read: {cause}", "файлът не може да се прочете: {cause}"],
        ["check its rights", "проверете правата му"],
    ),
    entry(
        "source-xml",
        ["the file is not well-formed XML: {cause}", "файлът не е правилно съставен XML: {cause}"],
        ["mend it at this line", "поправете го на този ред"],
    ),
    entry(
        "source-no-record",
        ["the file holds no ServiceRecord of the contract", "във файла няма ServiceRecord по договора"],
        [
            "check the namespace: urn:egov-gateway:portal:service-record:1",
            "проверете пространството от имена: urn:egov-gateway:portal:service-record:1",
        ],
    ),
    entry(
        "table-column",
        ["the column {column} is no path of the contract", "колоната {column} не е път от договора"],
        ["see all columns with `kapia portal template`", "вижте всички колони с `kapia portal template`"],
    ),
    entry(
        "table-column-near",
        ["the column {column} is no path of the contract", "колоната {column} не е път от договора"],
        ["did you mean {near}?", "може би {near}?"],
    ),
    entry(
        "table-column-twice",
        ["the column {column} stands twice in the table", "колоната {column} се среща два пъти в таблицата"],
        ["remove one, or number them: Name[1], Name[2]", "махнете едната или ги номерирайте: Name[1], Name[2]"],
    ),
    entry(
        "table-cells",
        ["the line has another number of cells than the first line", "редът има друг брой клетки от първия"],
        ["put cells that hold the divider into quotation marks", "сложете в кавички клетките, в които има разделител"],
    ),
    entry(
        "table-encoding",
        ["the table is not in UTF-8", "таблицата не е в UTF-8"],
        ["save it as CSV UTF-8", "запишете я като CSV UTF-8 (разделени със запетая)"],
    ),
    entry(
        "table-unreadable",
        ["the table cannot be read from this line on", "таблицата не може да се прочете от този ред нататък"],
        ["check quotation marks", "проверете кавичките"],
    ),
    entry(
        "iisda-trouble",
        [
            "the administrative register gave no answer that can be read: {cause}",
            "Административният регистър не даде четим отговор: {cause}",
        ],
        ["check the address, and try again later", "проверете адреса и опитайте по-късно"],
    ),
];
