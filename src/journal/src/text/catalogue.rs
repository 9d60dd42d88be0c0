//! The texts themselves: English, then Bulgarian.

use kapia_language::Entry;

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

pub(super) const ENTRIES: &[Entry] = &[
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
