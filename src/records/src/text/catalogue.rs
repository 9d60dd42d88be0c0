//! The texts themselves: English, then Bulgarian.

use kapia_language::Entry;

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "form-eik",
        ["an EIK has 9 or 13 digits", "ЕИК е от 9 или 13 цифри"],
        ["write the digits alone, without letters or spaces", "напишете само цифрите, без букви и интервали"],
    ),
    entry(
        "form-service",
        ["a service number is a whole number from 1 on", "номерът на услуга е цяло число, поне 1"],
        [
            "write the number of the administrative register, such as 2835",
            "напишете номера от Административния регистър, например 2835",
        ],
    ),
    entry(
        "form-key",
        ["a record is named by EIK and service number", "записът се посочва с ЕИК и номер на услуга"],
        ["write EIK/NUMBER, such as 123456786/2835", "напишете ЕИК/НОМЕР, например 123456786/2835"],
    ),
    entry(
        "form-request",
        [
            "a request id has 1 to 64 visible ASCII characters",
            "идентификаторът на заявка е от 1 до 64 видими знака на ASCII",
        ],
        ["use a UUID", "използвайте UUID"],
    ),
    entry(
        "form-credential",
        [
            "the name of a credential has 1 to 64 letters, digits, dots, hyphens, underscores or @",
            "името за достъп е от 1 до 64 букви, цифри, точки, тирета, долни черти или @",
        ],
        ["choose a name such as obshtina-primer", "изберете име като obshtina-primer"],
    ),
    entry(
        "form-status",
        ["there is no such status", "няма такъв статус"],
        [
            "known are draft, developed, validated, approved, published, inactive",
            "познати са draft, developed, validated, approved, published, inactive",
        ],
    ),
    entry(
        "form-environment",
        ["there is no such environment", "няма такава среда"],
        ["known are production and staging", "познати са production и staging"],
    ),
    entry(
        "form-level",
        ["there is no such security level", "няма такова ниво на осигуреност"],
        ["known are none, low, substantial and high", "познати са none, low, substantial и high"],
    ),
    entry(
        "form-supplier-status",
        ["there is no such status of a supplier", "няма такъв статус на доставчик"],
        ["known are published, active, inactive and draft", "познати са published, active, inactive и draft"],
    ),
    entry(
        "form-network",
        ["this is no network", "това не е мрежа"],
        [
            "write an address or a network such as 192.0.2.0/24 or 2001:db8::/48",
            "напишете адрес или мрежа като 192.0.2.0/24 или 2001:db8::/48",
        ],
    ),
    entry(
        "form-password",
        [
            "a password has 12 to 256 characters and no control characters",
            "паролата е от 12 до 256 знака, без управляващи знаци",
        ],
        ["let the program make one", "оставете програмата да създаде парола"],
    ),
    entry(
        "records-other-environment",
        [
            "the store of records {path} is for {found}, not for {wanted}",
            "хранилището за описания {path} е за среда {found}, а не за {wanted}",
        ],
        [
            "each environment has a file of its own: check the paths in the configuration",
            "всяка среда има собствен файл: проверете пътищата в настройките",
        ],
    ),
    entry(
        "records-damaged",
        [
            "the store of records holds something that was not written so ({place})",
            "в хранилището за описания има нещо, което не е записано така ({place})",
        ],
        [
            "check the file with sqlite3 and pragma integrity_check, and restore a copy if it is damaged",
            "проверете файла със sqlite3 и pragma integrity_check и възстановете копие, ако е повреден",
        ],
    ),
    entry(
        "records-request-reused",
        [
            "another process answered a request with the same id for other content",
            "друг процес е отговорил на заявка със същия идентификатор за друго съдържание",
        ],
        ["use a new request id", "използвайте нов идентификатор на заявка"],
    ),
    entry(
        "records-no-credential",
        ["there is no credential {name}", "няма достъп с име {name}"],
        ["list them with kapia portal user list", "вижте ги с kapia portal user list"],
    ),
    entry(
        "records-near-credential",
        ["there is no credential {name}", "няма достъп с име {name}"],
        ["did you mean {near}", "може би {near}"],
    ),
    entry(
        "records-credential-exists",
        ["there is a credential {name} already", "вече има достъп с име {name}"],
        ["a new password: kapia portal user rotate {name}", "за нова парола: kapia portal user rotate {name}"],
    ),
    entry(
        "records-supplier-code",
        ["the code {code} belongs to another supplier", "код {code} е на друг доставчик"],
        ["each supplier has a code of its own", "всеки доставчик има собствен код"],
    ),
    entry(
        "records-no-target",
        ["nothing is pushed to {name}", "към {name} не се изпраща нищо"],
        ["add the target first", "първо добавете получателя"],
    ),
    entry(
        "records-cost",
        ["the cost of the password hash cannot be used", "параметрите на хеша на паролите са неизползваеми"],
        [
            "at least 8 KiB of memory for each lane, one pass, one lane; 19456 KiB and 2 passes by default",
            "поне 8 KiB памет за всяка нишка, едно преминаване, една нишка; по подразбиране 19456 KiB и 2 преминавания",
        ],
    ),
    entry(
        "records-cryptography",
        ["the cryptographic library refused", "криптографската библиотека отказа"],
        ["check the random source of the system", "проверете източника на случайност на системата"],
    ),
    entry(
        "records-panicked",
        [
            "a change ended in an error of the program and was undone",
            "промяна завърши с грешка в програмата и е отменена",
        ],
        ["the technical log says where", "техническият журнал показва къде"],
    ),
    entry(
        "records-closed",
        ["the store of records is closed", "хранилището за описания е затворено"],
        ["the program is stopping", "програмата спира"],
    ),
];
