//! What is wrong with the templates and files of a site, by code.

use super::words::said;
use kapia_language::{Catalogue, Entry};

pub(crate) const PROBLEMS: Catalogue = Catalogue(&[
    said("site-problem", "site {host}:{place} {told}", "сайт {host}:{place} {told}"),
    Entry {
        code: "site-folder",
        message: ["the folder cannot be read: {why}", "папката не може да се прочете: {why}"],
        hint: [
            "correct templates of the site, or the rights of the folder; the templates of the program serve instead",
            "поправете templates на сайта или правата на папката; дотогава се използват шаблоните на програмата",
        ],
    },
    Entry {
        code: "site-file-unreadable",
        message: ["the file cannot be read: {why}", "файлът не може да се прочете: {why}"],
        hint: [
            "give the gate the right to read it; it is left out until then",
            "дайте право на програмата да го чете; дотогава той се пропуска",
        ],
    },
    Entry {
        code: "site-file-large",
        message: [
            "the file is left out: it has {octets} octets and {most} are admitted",
            "файлът е пропуснат: има {octets} октета, а са позволени {most}",
        ],
        hint: [
            "make it smaller; one file may have 4 MiB, all together 32, a template 1",
            "намалете го; един файл може да е до 4 MiB, всички заедно до 32, шаблон до 1",
        ],
    },
    Entry {
        code: "site-template-encoding",
        message: ["the template is not UTF-8", "шаблонът не е в UTF-8"],
        hint: [
            "save it in UTF-8; the template of the program serves instead",
            "запишете го в UTF-8; дотогава се използва шаблонът на програмата",
        ],
    },
    Entry {
        code: "site-file-link",
        message: ["left out: it is a link or no file", "пропуснат: той е връзка или не е файл"],
        hint: ["put the file itself into the folder", "сложете самия файл в папката"],
    },
    Entry {
        code: "site-file-name",
        message: ["left out: the name cannot stand in an address", "пропуснат: името не може да стои в адрес"],
        hint: [
            "names are of Latin letters, digits, dots, hyphens and underlines, and begin with no dot",
            "имената са от латински букви, цифри, точки, тирета и долни черти и не започват с точка",
        ],
    },
    Entry {
        code: "site-file-kind",
        message: ["left out: files of this kind are not served", "пропуснат: файлове от този вид не се предоставят"],
        hint: [
            "style sheets, pictures, fonts, PDF and plain text are; scripts and HTML are not",
            "предоставят се стилове, изображения, шрифтове, PDF и чист текст, но не скриптове и HTML",
        ],
    },
    Entry {
        code: "site-template-unknown",
        message: ["no page uses a template of this name", "никоя страница не използва шаблон с това име"],
        hint: [
            "templates have the names of those of the program, such as service.html",
            "шаблоните са с имената на тези на програмата, например service.html",
        ],
    },
    Entry {
        code: "site-template-near",
        message: ["no page uses a template of this name", "никоя страница не използва шаблон с това име"],
        hint: ["did you mean {near}?", "може би {near}?"],
    },
    Entry {
        code: "site-template-fails",
        message: ["the template fails: {why}", "шаблонът не работи: {why}"],
        hint: ["the template of the program serves instead", "дотогава се използва шаблонът на програмата"],
    },
    Entry {
        code: "site-template-together",
        message: [
            "the pages do not fit together with it: {file}: {why}",
            "страниците не могат да се съчетаят с него: {file}: {why}",
        ],
        hint: ["the template of the program serves instead", "дотогава се използва шаблонът на програмата"],
    },
    Entry {
        code: "site-contrast-light",
        message: [
            "--{front} on --{back} has a contrast of {ratio}:1 in the light colours and needs {least}:1",
            "--{front} върху --{back} е с контраст {ratio}:1 в светлите цветове, а е нужен {least}:1",
        ],
        hint: [
            "some readers will not see it; choose a darker or a lighter colour",
            "част от читателите няма да го виждат; изберете по-тъмен или по-светъл цвят",
        ],
    },
    Entry {
        code: "site-contrast-dark",
        message: [
            "--{front} on --{back} has a contrast of {ratio}:1 in the dark colours and needs {least}:1",
            "--{front} върху --{back} е с контраст {ratio}:1 в тъмните цветове, а е нужен {least}:1",
        ],
        hint: [
            "some readers will not see it; choose another colour for prefers-color-scheme: dark",
            "част от читателите няма да го виждат; изберете друг цвят за prefers-color-scheme: dark",
        ],
    },
    // Why a template fails
    said("engine-syntax", "the template is not well written", "шаблонът не е правилно написан"),
    said("engine-undefined", "undefined value", "неопределена стойност"),
    said("engine-template", "there is no such template", "няма такъв шаблон"),
    said(
        "engine-unknown",
        "there is no such function, filter, test or block",
        "няма такава функция, филтър, проверка или блок",
    ),
    said(
        "engine-arguments",
        "a function has too many or too few values",
        "функция е с твърде много или твърде малко стойности",
    ),
    said("engine-fuel", "the page takes too many steps", "страницата изисква твърде много стъпки"),
    said("engine-operation", "this cannot be done with the value", "това не може да се направи със стойността"),
    said("engine-value", "the value is not there", "стойността липсва"),
    said("engine-text", "there is no text “{key}”", "няма текст „{key}“"),
    said("engine-text-near", "there is no text “{key}”; near: {near}", "няма текст „{key}“; подобни: {near}"),
    said("engine-language", "the page has no language", "страницата няма език"),
    // Why a file cannot be read
    said("cause-missing", "it is not there", "липсва"),
    said("cause-denied", "there is no right to read it", "няма право за четене"),
    said("cause-no-folder", "it is no folder", "не е папка"),
    said("cause-other", "the system says “{kind}”", "системата съобщава „{kind}“"),
]);
