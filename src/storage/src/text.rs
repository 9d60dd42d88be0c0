//! Texts for people: English, then Bulgarian.

use kapia_language::{Catalogue, Entry};

pub(crate) const CATALOGUE: Catalogue = Catalogue(ENTRIES);

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

const ENTRIES: &[Entry] = &[
    entry(
        "in-use",
        ["another process has {object} {path} open", "друг процес използва {object} {path}"],
        [
            "one process at a time: stop the other gateway, or give this one a file of its own",
            "само един процес наведнъж: спрете другия шлюз или дайте на този собствен файл",
        ],
    ),
    entry(
        "foreign",
        ["file {path} is not {kind} of Kapia", "файлът {path} не е {kind} на Капия"],
        ["check the path in the configuration", "проверете пътя в настройките"],
    ),
    entry(
        "newer",
        [
            "{subject} {path} has tables of version {found}, this program knows {known}",
            "{subject} {path} е с таблици от версия {found}, тази програма познава {known}",
        ],
        [
            "use the newer program; tables are never changed back",
            "използвайте по-новата програма; таблиците не се връщат назад",
        ],
    ),
    entry(
        "file",
        ["{subject} {path} cannot be opened: {cause}", "{subject} {path} не може да се отвори: {cause}"],
        [
            "check that the folder exists and that this user may read and write there",
            "проверете дали папката съществува и дали този потребител може да чете и пише в нея",
        ],
    ),
    entry(
        "full",
        ["no space is left for {object}", "няма място за {object}"],
        [
            "free space on its disk or move it to a larger one; {consequence}",
            "освободете място на диска или преместете файла на по-голям; {consequence}",
        ],
    ),
    entry(
        "io",
        ["{subject} cannot be written: {cause}", "{subject} не може да се запише: {cause}"],
        [
            "check the disk and the rights of the file; {consequence}",
            "проверете диска и правата върху файла; {consequence}",
        ],
    ),
    entry(
        "busy",
        ["another program keeps {object} locked", "друга програма е заключила {object}"],
        [
            "try again; if it stays so, find the program that writes to the file, such as a backup; reading does no harm",
            "опитайте отново; ако остане така, намерете програмата, която пише във файла, например резервно копиране; четенето не пречи",
        ],
    ),
    entry(
        "storage",
        ["the database of {object} refused: {cause}", "базата на {object} отказа: {cause}"],
        ["{check}", "{check}"],
    ),
    entry(
        "sealing-key-file",
        [
            "key file {path} cannot be made or read: {cause}",
            "файлът с ключ {path} не може да се създаде или прочете: {cause}",
        ],
        [
            "check that the folder exists and that this user may read and write there",
            "проверете дали папката съществува и дали този потребител може да чете и пише в нея",
        ],
    ),
    entry(
        "sealing-key-malformed",
        ["file {path} is not a sealing key of Kapia", "файлът {path} не е ключ за запечатване на Капия"],
        [
            "check the path in the configuration; if the file was damaged, restore it from its backup",
            "проверете пътя в настройките; ако файлът е повреден, възстановете го от резервно копие",
        ],
    ),
    entry(
        "sealing-key-exposed",
        [
            "key file {path} can be read or changed by others (mode {mode})",
            "файлът с ключ {path} може да се чете или променя от други (права {mode})",
        ],
        ["set its mode to 0600 (chmod 600)", "задайте права 0600 (chmod 600)"],
    ),
    entry(
        "sealing",
        ["nothing could be sealed", "нищо не можа да се запечата"],
        [
            "the cryptographic library refused; restart the program and report this",
            "криптографската библиотека отказа; рестартирайте програмата и съобщете за това",
        ],
    ),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        // How to check a file is said by the store.
        let defects: Vec<String> = super::CATALOGUE.defects();
        assert_eq!(defects, ["storage: a text is in the wrong language"]);
    }
}
