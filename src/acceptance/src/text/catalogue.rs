use kapia_language::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "package-name-twice",
        message: ["the package {other} has the same name", "пакетът {other} има същото име"],
        hint: ["give one of the two another `name`", "дайте друго `name` на един от двата"],
    },
    Entry {
        code: "operation-twice",
        message: [
            "the package {other} describes the operation {name} too",
            "пакетът {other} също описва операцията {name}",
        ],
        hint: [
            "a gate serves the later of two folders; remove one of them",
            "шлюзът обслужва по-късната от две папки; махнете едната",
        ],
    },
    Entry {
        code: "operation-look-alike",
        message: [
            "the operation looks like {other} but is written with other letters",
            "операцията изглежда като {other}, но е написана с други букви",
        ],
        hint: ["give them names that people can tell apart", "дайте им имена, които човек може да различи"],
    },
    Entry {
        code: "interfaces",
        message: [
            "the operations belong to {count} interfaces, such as {one} and {other}",
            "операциите са от {count} интерфейса, например {one} и {other}",
        ],
        hint: [
            "an adapter host serves one interface; make one package of each",
            "един хост на адаптер обслужва един интерфейс; направете отделен пакет за всеки",
        ],
    },
    Entry {
        code: "name-elsewhere",
        message: [
            "the operations are those of {adapter}, the package is named otherwise",
            "операциите са на {adapter}, а пакетът се казва другояче",
        ],
        hint: [
            "name the package after its adapter, so that people find it",
            "наречете пакета като адаптера, за да се намира лесно",
        ],
    },
    Entry {
        code: "file-empty",
        message: ["the file is empty", "файлът е празен"],
        hint: ["put the document into it", "сложете документа в него"],
    },
    Entry {
        code: "not-named",
        message: ["{key} is not named", "{key} не е посочено"],
        hint: ["add `{key} = \"…\"` to the operation", "добавете `{key} = \"…\"` към операцията"],
    },
    Entry {
        code: "form-missing",
        message: ["the operation has no description of its form", "операцията няма описание на формата си"],
        hint: [
            "name one in `metadata`, so that form clients can ask; `kapia adapter new` makes one out of the request schema",
            "посочете го в `metadata`, за да могат да питат клиентите с форми; `kapia adapter new` го прави от схемата на заявката",
        ],
    },
    Entry {
        code: "form-unreadable",
        message: [
            "the description of the form cannot be used: {detail}",
            "описанието на формата не може да се ползва: {detail}",
        ],
        hint: ["correct the file", "поправете файла"],
    },
    Entry {
        code: "form-operation",
        message: ["the form belongs to another operation: {found}", "формата е на друга операция: {found}"],
        hint: [
            "write the full name of the operation in OperationName",
            "напишете пълното име на операцията в OperationName",
        ],
    },
    Entry {
        code: "form-root",
        message: [
            "the form makes {found}, the request is {expected}",
            "формата прави {found}, а заявката е {expected}",
        ],
        hint: ["correct RequestObjectName and Namespace", "поправете RequestObjectName и Namespace"],
    },
    Entry {
        code: "form-field-unknown",
        message: [
            "the form has a field {path} that the request does not know",
            "формата има поле {path}, което заявката не познава",
        ],
        hint: ["correct the field, or mark it as no element", "поправете полето или го отбележете като неелемент"],
    },
    Entry {
        code: "form-field-missing",
        message: [
            "the form has no field for {path}, which the request requires",
            "във формата няма поле за {path}, което заявката изисква",
        ],
        hint: ["add it to the form", "добавете го във формата"],
    },
    Entry {
        code: "form-order",
        message: [
            "the form writes {path} in another place than the schema has it",
            "формата пише {path} на друго място, отколкото е в схемата",
        ],
        hint: ["correct OrderNumber", "поправете OrderNumber"],
    },
    Entry {
        code: "form-cannot-express",
        message: [
            "with this form the sample request cannot be made: {path} is missing or elsewhere",
            "с тази форма примерната заявка не може да се направи: {path} липсва или е другаде",
        ],
        hint: [
            "add the field to the form, or give it its place with OrderNumber",
            "добавете полето във формата или му дайте място с OrderNumber",
        ],
    },
    Entry {
        code: "transformation-unusable",
        message: ["the transformation is not a stylesheet", "преобразуването не е XSLT"],
        hint: [
            "correct the file or remove it: Kapia itself does not need it",
            "поправете файла или го махнете: на самата Капия не ѝ трябва",
        ],
    },
    Entry {
        code: "document-malformed",
        message: ["the document cannot be read: {detail}", "документът не може да се прочете: {detail}"],
        hint: [
            "correct the file; check it with any XML tool",
            "поправете файла; проверете го с произволен XML инструмент",
        ],
    },
    Entry {
        code: "document-encoding",
        message: ["the document cannot be decoded: {detail}", "документът не може да се разчете: {detail}"],
        hint: [
            "save the file as UTF-8 and remove an encoding of the XML declaration that says otherwise",
            "запишете файла в UTF-8 и махнете от XML декларацията друго кодиране",
        ],
    },
    Entry {
        code: "document-root",
        message: ["the root is {found}, not {expected}", "коренът е {found}, а не {expected}"],
        hint: ["correct the file, or the root in adapter.toml", "поправете файла или корена в adapter.toml"],
    },
    Entry { code: "document-invalid", message: ["at {path}: {detail}", "при {path}: {detail}"], hint: ["", ""] },
    Entry {
        code: "data-root-unknown",
        message: [
            "the root {found} is not that of any answer of the package",
            "коренът {found} не е на никой отговор от пакета",
        ],
        hint: ["remove the file, or correct its root", "махнете файла или поправете корена му"],
    },
    Entry {
        code: "byte-order-mark",
        message: ["the file begins with a byte order mark", "файлът започва с BOM"],
        hint: [
            "it does no harm here; other readers may stumble over it",
            "тук не пречи; други четци може да се спънат в него",
        ],
    },
    Entry {
        code: "operation-failed",
        message: [
            "asked with its sample request, the operation gives an error: {detail} [{code}]",
            "на примерната си заявка операцията отговаря с грешка: {detail} [{code}]",
        ],
        hint: ["", ""],
    },
    Entry {
        code: "operation-silent",
        message: [
            "the operation did not answer its sample request within {seconds} s",
            "операцията не отговори на примерната си заявка за {seconds} s",
        ],
        hint: ["look at the register, or wait longer with --wait", "вижте регистъра или чакайте по-дълго с --wait"],
    },
    Entry {
        code: "answer-invalid",
        message: [
            "the answer to the sample request does not follow its schema, at {path}: {detail}",
            "отговорът на примерната заявка не отговаря на схемата си, при {path}: {detail}",
        ],
        hint: ["correct the template or the document that answers", "поправете шаблона или документа, който отговаря"],
    },
    Entry {
        code: "backend-down",
        message: ["the backend cannot be asked: {detail}", "източникът не може да се пита: {detail}"],
        hint: [
            "correct the settings under [backend], or check without it with --offline",
            "поправете настройките в [backend] или проверете без него с --offline",
        ],
    },
    Entry {
        code: "backend-degraded",
        message: [
            "the backend can be asked, but not everything is well: {detail}",
            "източникът може да се пита, но не всичко е наред: {detail}",
        ],
        hint: ["look at what it says", "вижте какво казва"],
    },
    Entry {
        code: "field-stays",
        message: [
            "the field {path} stays in the answer when it is hidden",
            "полето {path} остава в отговора, когато е скрито",
        ],
        hint: ["this is a defect of the gate: tell its authors", "това е дефект на шлюза: съобщете на авторите му"],
    },
    Entry {
        code: "field-breaks",
        message: [
            "without the field {path} the answer is no longer well-formed",
            "без полето {path} отговорът вече не е правилен XML",
        ],
        hint: ["this is a defect of the gate: tell its authors", "това е дефект на шлюза: съобщете на авторите му"],
    },
    Entry {
        code: "field-unnamed",
        message: ["rights cannot name the field {path}", "правата не могат да назоват полето {path}"],
        hint: [
            "give the element a name without * and without a dot at its end",
            "дайте на елемента име без * и без точка накрая",
        ],
    },
    Entry {
        code: "letters-mixed",
        message: [
            "the name {name} mixes letters of two alphabets: {letter} is {alphabet}",
            "в името {name} има букви от две азбуки: {letter} е {alphabet}",
        ],
        hint: ["write the name with letters of one alphabet", "напишете името с букви от една азбука"],
    },
    Entry {
        code: "file-unused",
        message: ["nothing in the package uses the file", "нищо в пакета не ползва файла"],
        hint: ["name it in adapter.toml, or remove it", "посочете го в adapter.toml или го махнете"],
    },
];
