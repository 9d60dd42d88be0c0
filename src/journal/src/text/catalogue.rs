//! The texts themselves: English, then Bulgarian.

use kapia_language::Entry;

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "journal-in-use",
        ["another process writes journal {path}", "друг процес пише в дневника {path}"],
        [
            "one process writes a journal: stop the other gateway, or give this one a file of its own",
            "само един процес пише в дневник: спрете другия шлюз или дайте на този собствен файл",
        ],
    ),
    entry(
        "journal-foreign",
        ["file {path} is not a journal of Kapia", "файлът {path} не е дневник на Капия"],
        ["check the path in the configuration", "проверете пътя в настройките"],
    ),
    entry(
        "journal-newer",
        [
            "journal {path} has tables of version {found}, this program knows {known}",
            "дневникът {path} е с таблици от версия {found}, тази програма познава {known}",
        ],
        [
            "use the newer program; tables are never changed back",
            "използвайте по-новата програма; таблиците не се връщат назад",
        ],
    ),
    entry(
        "journal-file",
        ["journal {path} cannot be opened: {cause}", "дневникът {path} не може да се отвори: {cause}"],
        [
            "check that the folder exists and that this user may read and write there",
            "проверете дали папката съществува и дали този потребител може да чете и пише в нея",
        ],
    ),
    entry(
        "journal-full",
        ["no space is left for the journal", "няма място за дневника"],
        [
            "free space on its disk or move it to a larger one; calls are refused until then",
            "освободете място на диска или го преместете на по-голям; дотогава повикванията се отказват",
        ],
    ),
    entry(
        "journal-io",
        ["the journal cannot be written: {cause}", "дневникът не може да се запише: {cause}"],
        [
            "check the disk and the rights of the file; calls are refused until it can be written",
            "проверете диска и правата върху файла; повикванията се отказват, докато записът стане възможен",
        ],
    ),
    entry(
        "journal-busy",
        ["another process keeps the journal locked", "друг процес държи дневника заключен"],
        [
            "close other programs that write to the file; reading does no harm",
            "затворете други програми, които пишат във файла; четенето не пречи",
        ],
    ),
    entry(
        "journal-storage",
        ["the journal's database refused: {cause}", "базата на дневника отказа: {cause}"],
        ["check the file with `kapia journal verify`", "проверете файла с `kapia journal verify`"],
    ),
    entry(
        "journal-damaged",
        [
            "row {sequence} of the journal is not what was written there",
            "ред {sequence} на дневника не е това, което е било записано",
        ],
        [
            "keep the file as evidence, check it with `kapia journal verify`, and begin a new one under another name",
            "запазете файла като доказателство, проверете го с `kapia journal verify` и започнете нов под друго име",
        ],
    ),
    entry(
        "journal-closed",
        ["the journal is closed", "дневникът е затворен"],
        ["the gateway is stopping; send the call again", "шлюзът спира; изпратете повикването отново"],
    ),
    entry(
        "journal-ids",
        ["no call numbers are left", "няма повече номера за повиквания"],
        ["begin a new journal", "започнете нов дневник"],
    ),
    entry(
        "journal-head",
        ["the text is not a head of a journal", "текстът не е връх на дневник"],
        [
            "write it as `kapia journal verify` prints it: a number, a colon, 64 hexadecimal digits",
            "напишете го както го показва `kapia journal verify`: число, двоеточие, 64 шестнадесетични цифри",
        ],
    ),
    // What verify finds.
    entry(
        "broken-genesis",
        [
            "row {sequence}: the journal does not begin with the row that names it",
            "ред {sequence}: дневникът не започва с реда, който го назовава",
        ],
        [
            "rows were taken from the beginning, or the file never was a journal",
            "от началото са взети редове или файлът никога не е бил дневник",
        ],
    ),
    entry(
        "broken-gap",
        [
            "row {sequence} is missing: {found} follows the row before it",
            "ред {sequence} липсва: след предишния следва {found}",
        ],
        ["rows were removed here", "тук са премахнати редове"],
    ),
    entry(
        "broken-extra",
        [
            "row {sequence}: expected number {expected}, found {found}",
            "ред {sequence}: очакван номер {expected}, намерен {found}",
        ],
        ["a row was inserted or repeated here", "тук е вмъкнат или повторен ред"],
    ),
    entry(
        "broken-previous",
        [
            "row {sequence} follows a row with hash {found}, the row before it has {expected}",
            "ред {sequence} следва ред с хеш {found}, а предишният е с {expected}",
        ],
        [
            "this row or the one before it was exchanged, moved, or comes from another journal",
            "този ред или предишният е подменен, преместен или е от друг дневник",
        ],
    ),
    entry(
        "broken-text",
        [
            "row {sequence}: the text has hash {found}, sealed was {expected}",
            "ред {sequence}: текстът е с хеш {found}, запечатан е {expected}",
        ],
        ["the text of this row was changed after it was written", "текстът на този ред е променен след записването"],
    ),
    entry(
        "broken-hash",
        [
            "row {sequence}: stored hash {found}, the text has {expected}",
            "ред {sequence}: записан хеш {found}, текстът е с {expected}",
        ],
        [
            "the stored hash of this row was changed; the row after it still knows the right one",
            "записаният хеш на този ред е променен; следващият ред още знае верния",
        ],
    ),
    entry(
        "broken-column",
        [
            "row {sequence}: column {column} does not say what the text says",
            "ред {sequence}: колона {column} не казва това, което казва текстът",
        ],
        [
            "the column was changed, so that a search would miss this row",
            "колоната е променена, така че търсенето да пропусне този ред",
        ],
    ),
    entry(
        "broken-unreadable",
        ["row {sequence} cannot be read: {found}", "ред {sequence} не може да се прочете: {found}"],
        ["the file is damaged here; compare it with a copy", "файлът е повреден тук; сравнете го с копие"],
    ),
    entry(
        "broken-truncated",
        [
            "the journal ends at row {found}, and row {sequence} was known to exist",
            "дневникът свършва на ред {found}, а е известно, че ред {sequence} е съществувал",
        ],
        ["rows were removed from the end", "от края са премахнати редове"],
    ),
    entry(
        "broken-head",
        [
            "row {sequence} has hash {found}, known from elsewhere is {expected}",
            "ред {sequence} е с хеш {found}, отвън е известен {expected}",
        ],
        [
            "the chain was computed anew at or before this row, or this is another journal",
            "веригата е изчислена наново на този ред или преди него или това е друг дневник",
        ],
    ),
];
