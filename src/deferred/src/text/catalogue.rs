//! The texts themselves: English, then Bulgarian.

use kapia_language::Entry;

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "deferred-wrong-key",
        ["what waits in {path} was sealed with another key", "чакащото в {path} е запечатано с друг ключ"],
        [
            "put back the key file that belongs to this store; without it its calls cannot be read: move the store away to begin anew",
            "върнете файла с ключа на това хранилище; без него повикванията не могат да се прочетат: преместете хранилището, за да започнете ново",
        ],
    ),
    entry(
        "deferred-damaged",
        [
            "what was sealed for call {call} is not what is in the store now",
            "запечатаното за повикване {call} не съвпада с това, което е в хранилището сега",
        ],
        [
            "somebody changed the file or the disk is failing: the call cannot be answered, its consumer should ask again",
            "файлът е променян или дискът отказва: на повикването не може да се отговори и потребителят трябва да подаде нова заявка",
        ],
    ),
    entry(
        "deferred-conflict",
        ["another call was accepted under number {call}", "под номер {call} вече е прието друго повикване"],
        [
            "call numbers must never repeat: check that journal and store belong to each other",
            "номерата на повикванията не бива да се повтарят: проверете дали дневникът и хранилището са от една и съща инсталация",
        ],
    ),
    entry(
        "deferred-too-many",
        [
            "the consumer has {allowed} unanswered calls, no more are allowed",
            "потребителят има {allowed} повиквания без отговор, повече не са позволени",
        ],
        ["wait until some of them are answered", "изчакайте някои от тях да получат отговор"],
    ),
    entry(
        "deferred-panicked",
        [
            "a change of deferred calls ended in an error of the program and was undone",
            "промяна в отложените повиквания завърши с грешка в програмата и е отменена",
        ],
        ["the technical log says where", "техническият журнал показва къде"],
    ),
    entry(
        "deferred-closed",
        ["the store of deferred calls is closed", "хранилището за отложени повиквания е затворено"],
        ["the program is ending; ask again after its restart", "програмата спира; опитайте отново след рестарта ѝ"],
    ),
];
