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
        ["the service cannot be reached", "няма връзка с услугата"],
        ["check the address and the network; nothing was sent", "проверете адреса и мрежата; нищо не е изпратено"],
    ),
    entry(
        "push-certificate-name",
        [
            "the certificate of the service is for another name than the one in the address",
            "сертификатът на услугата е за друго име, а не за това в адреса",
        ],
        [
            "use the name that the certificate has; if that is the right address, somebody else answers there; nothing was sent",
            "използвайте името от сертификата; ако адресът е верен, там отговаря някой друг; нищо не е изпратено",
        ],
    ),
    entry(
        "push-certificate-issuer",
        [
            "the certificate of the service was issued by nobody who is trusted here",
            "сертификатът на услугата не е издаден от доверен издател",
        ],
        [
            "name the authority of the service with --ca (ca in [[portal.push]]); nothing was sent",
            "посочете издателя на услугата с --ca (ca в [[portal.push]]); нищо не е изпратено",
        ],
    ),
    entry(
        "push-certificate-time",
        [
            "the certificate of the service has expired or is not valid yet",
            "сертификатът на услугата е изтекъл или още не е валиден",
        ],
        [
            "check the clock here; if it is right, tell the operators of the service; nothing was sent",
            "проверете часовника тук; ако е верен, съобщете на поддържащите услугата; нищо не е изпратено",
        ],
    ),
    entry(
        "push-certificate",
        ["the certificate of the service cannot be trusted", "на сертификата на услугата не може да се вярва"],
        [
            "it is revoked or not for servers: tell the operators of the service; nothing was sent",
            "отменен е или не е за сървъри: съобщете на поддържащите услугата; нищо не е изпратено",
        ],
    ),
    entry(
        "push-redirected",
        ["the address leads elsewhere: {to} (HTTP {status})", "адресът препраща другаде: {to} (HTTP {status})"],
        [
            "ask the operators for the address of the service; the password was not sent on",
            "попитайте поддържащите за адреса на услугата; паролата не е изпратена нататък",
        ],
    ),
    entry(
        "push-too-large",
        [
            "the message is too large for the service or a proxy",
            "съобщението е твърде голямо за услугата или междинен сървър",
        ],
        ["push in smaller batches (--batch)", "изпратете на по-малки партиди (--batch)"],
    ),
    entry(
        "push-web-page",
        [
            "a web page came back (HTTP {status}), no answer of a service",
            "върна се уеб страница (HTTP {status}), а не отговор на услуга",
        ],
        [
            "check the address; a login page or a proxy may stand before the service",
            "проверете адреса; пред услугата може да стои страница за вход или междинен сървър",
        ],
    ),
    entry(
        "push-other-answer",
        [
            "the answer is a SOAP message, but not of this operation",
            "отговорът е SOAP съобщение, но не на тази операция",
        ],
        [
            "check the address and the profile: another service may listen there",
            "проверете адреса и профила: там може да слуша друга услуга",
        ],
    ),
    entry(
        "push-fault",
        ["the service refuses: {reason}", "услугата отказва: {reason}"],
        [
            "the contract does not have this fault: ask the operators of the service what it means",
            "договорът не съдържа тази грешка: попитайте поддържащите услугата какво означава",
        ],
    ),
    entry(
        "push-not-offered",
        ["the service does not have the operation {operation}", "услугата няма операция {operation}"],
        ["tell it there by hand, or check the profile", "направете го там на ръка или проверете профила"],
    ),
    entry(
        "push-left-out",
        [
            "the service has no place for some of the record, which was left out",
            "услугата няма място за част от записа и тя не е изпратена",
        ],
        ["the record here has it still", "записът тук я съдържа"],
    ),
    entry(
        "push-their-schema",
        [
            "in the names of the service the record breaks its schema: {cause}",
            "с имената на услугата записът нарушава нейната схема: {cause}",
        ],
        ["complete the record, or the profile", "допълнете записа или профила"],
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
            "push again: what it has taken will be unchanged; with more time (--timeout) or smaller batches (--batch) if it happens often",
            "изпратете отново: приетото ще остане без промяна; с повече време (--timeout) или на по-малки партиди (--batch), ако се случва често",
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
        "settings-address",
        [
            "nothing can be pushed: the address is not an https address",
            "не може да се изпраща: адресът не е https адрес",
        ],
        [
            "write it as https://host/path, without user and password in it",
            "напишете го като https://хост/път, без потребител и парола в него",
        ],
    ),
    entry(
        "settings-user",
        [
            "nothing can be pushed: the user holds a colon or characters that a header cannot hold",
            "не може да се изпраща: в потребителя има двоеточие или знаци, които не могат да стоят в заглавие",
        ],
        ["use the user name as you were given it", "използвайте потребителското име, както ви е дадено"],
    ),
    entry(
        "settings-authorities",
        [
            "nothing can be pushed: the authorities are not certificates in PEM",
            "не може да се изпраща: издателите не са удостоверения в PEM",
        ],
        ["name a file with BEGIN CERTIFICATE in it", "посочете файл, в който има BEGIN CERTIFICATE"],
    ),
    entry(
        "settings-contract",
        ["the contract in the program cannot be used", "договорът в програмата не може да се използва"],
        ["tell the authors of the program", "съобщете на авторите на програмата"],
    ),
    entry(
        "iisda-settings",
        [
            "the address or the authorities of the administrative register cannot be used",
            "адресът или издателите на Административния регистър не могат да се използват",
        ],
        ["check --url and --ca", "проверете --url и --ca"],
    ),
    entry(
        "iisda-trouble",
        [
            "the administrative register cannot be read: {cause}",
            "Административният регистър не може да се прочете: {cause}",
        ],
        ["check --url and --ca, and try again later", "проверете --url и --ca и опитайте по-късно"],
    ),
    entry(
        "iisda-unreadable",
        [
            "the administrative register has answered in a way that its contract does not have: {cause}",
            "Административният регистър е отговорил, както договорът му не предвижда: {cause}",
        ],
        [
            "check --url; if it is right, tell the authors of the program what has changed",
            "проверете --url; ако е верен, съобщете на авторите на програмата какво се е променило",
        ],
    ),
];
