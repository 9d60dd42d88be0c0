//! The catalogue: every kind of problem that a package can have, with its texts in both languages.

use crate::advice::Advice;
use crate::message::{Bilingual, Message, fill};
use crate::names::NameError;
use crate::problem::Problem;

/// Declares the catalogue: one entry holds the code, the cause and the hint of one kind of problem.
macro_rules! catalogue {
    ($( $(#[$doc:meta])* $variant:ident { $($field:ident : $kind:ty),* } $code:literal
        cause $cause_en:literal | $cause_bg:literal
        hint $hint_en:literal | $hint_bg:literal )*) => {
        /// A kind of problem with what is particular to this case.
        #[derive(Clone, Debug)]
        pub(crate) enum Trouble { $( $(#[$doc])* $variant { $($field: $kind),* }, )* }

        impl From<Trouble> for Problem {
            fn from(trouble: Trouble) -> Problem {
                match trouble { $( Trouble::$variant { $($field),* } => Problem {
                    code: $code,
                    file: None,
                    line: None,
                    cause: fill($cause_en, $cause_bg, &[$((stringify!($field), &$field as &dyn Bilingual)),*]),
                    hint: fill($hint_en, $hint_bg, &[$((stringify!($field), &$field as &dyn Bilingual)),*]),
                }, )* }
            }
        }

        /// All codes of the catalogue, for the test that they are unique.
        #[cfg(test)]
        pub(crate) const CODES: &[&str] = &[$($code),*];
    };
}

catalogue! {
    ManifestMissing {} "manifest-missing"
        cause "the folder has no adapter.toml" | "в папката няма adapter.toml"
        hint "a package is a folder with an adapter.toml in it" | "пакет е папка, в която има adapter.toml"
    ManifestNotUtf8 { line: u32 } "manifest-encoding"
        cause "the file is not UTF-8 from line {line} on" | "файлът не е в UTF-8 от ред {line} нататък"
        hint "save adapter.toml as UTF-8" | "запишете adapter.toml в UTF-8"
    ManifestSyntax { detail: String } "manifest-syntax"
        cause "not TOML: {detail}" | "не е TOML: {detail}"
        hint "a text stands in quotes, a table in [name], one of several operations in [[operation]]"
            | "текст се пише в кавички, таблица като [име], всяка операция като [[operation]]"
    KeyMissing { section: String, key: &'static str } "manifest-key-missing"
        cause "{section} has no `{key}`" | "в {section} няма `{key}`"
        hint "add `{key} = …`" | "добавете `{key} = …`"
    KeyUnknown { section: String, key: String, advice: Advice } "manifest-key-unknown"
        cause "{section} has a key `{key}` that is not known here" | "в {section} има непознат ключ `{key}`"
        hint "{advice}" | "{advice}"
    KeyType { section: String, key: &'static str, expected: Message, found: Message } "manifest-type"
        cause "`{key}` in {section} is {found}, not {expected}" | "`{key}` в {section} е {found}, а не {expected}"
        hint "write {expected}" | "напишете {expected}"
    KeyEmpty { section: String, key: String } "manifest-empty"
        cause "`{key}` in {section} is empty" | "`{key}` в {section} е празен"
        hint "give it a value or leave it out where it is optional" | "дайте му стойност или го махнете, ако не е задължителен"
    KeyValue { section: String, key: &'static str, allowed: String } "manifest-value"
        cause "`{key}` in {section} has a value that is not allowed" | "`{key}` в {section} има непозволена стойност"
        hint "allowed: {allowed}" | "позволени: {allowed}"
    KeyUseless { section: String, key: &'static str, needs: &'static str } "manifest-key-useless"
        cause "`{key}` in {section} means nothing without `{needs}`" | "`{key}` в {section} не означава нищо без `{needs}`"
        hint "add `{needs}` or remove `{key}`" | "добавете `{needs}` или махнете `{key}`"
    PackageName { } "manifest-package-name"
        cause "`name` is not the name of a package" | "`name` не е име на пакет"
        hint "at most 128 letters, digits, dots, hyphens and underscores" | "най-много 128 букви, цифри, точки, тирета и долни черти"
    NoOperations {} "manifest-no-operations"
        cause "the package has no operations" | "пакетът няма операции"
        hint "add at least one [[operation]]" | "добавете поне един [[operation]]"
    OperationName { error: NameError } "manifest-operation-name"
        cause "`name` is not the full name of an operation: {error}" | "`name` не е пълно име на операция: {error}"
        hint "as consumers call it, such as Company.RegiX.ThingAdapter.APIService.IThingAPI.GetThing"
            | "както я извикват потребителите, например Company.RegiX.ThingAdapter.APIService.IThingAPI.GetThing"
    OperationTwice { name: String, first: u32 } "manifest-operation-twice"
        cause "operation {name} stands here a second time, first at line {first}" | "операция {name} е описана втори път, първия път на ред {first}"
        hint "remove one of the two" | "махнете едната от двете"
    RootShape { key: &'static str } "manifest-root"
        cause "`{key}` is not the name of an element" | "`{key}` не е име на елемент"
        hint "write {namespace}local, or only local where the schema has no target namespace"
            | "напишете {namespace}local, или само local, ако схемата няма целево пространство"
    BackendUnknown { kind: String, known: String } "backend-unknown"
        cause "there is no backend of kind `{kind}`" | "няма доставчик на отговори от вид `{kind}`"
        hint "kinds that this build knows: {known}" | "видове, които тази версия познава: {known}"

    ParameterName {} "parameter-name"
        cause "this is not the name of a parameter" | "това не е име на параметър"
        hint "ASCII letters, digits, `_`, `-` and `.`, at most 100, a letter first"
            | "латински букви, цифри, `_`, `-` и `.`, най-много 100, отпред буква"
    ParameterRange {} "parameter-range"
        cause "`min` and `max` are no bounds of this type" | "`min` и `max` не са граници от този тип"
        hint "give values of the type of the parameter, `min` not above `max`" | "дайте стойности от типа на параметъра, `min` не повече от `max`"
    ParameterValues {} "parameter-values"
        cause "a parameter of type code needs its codes" | "на параметър от тип code са нужни кодовете му"
        hint "give either `values = [\"a\", \"b\"]` or the name of a table: `codes = \"…\"` for [codes.…]"
            | "дайте или `values = [\"a\", \"b\"]`, или името на таблица: `codes = \"…\"` за [codes.…]"
    ParameterCodes { name: String, advice: Advice } "parameter-codes"
        cause "there is no table [codes.{name}]" | "няма таблица [codes.{name}]"
        hint "{advice}" | "{advice}"
    ParameterDefault { rule: Message } "parameter-default"
        cause "`default` is not a value of the parameter" | "`default` не е стойност на параметъра"
        hint "write {rule}" | "напишете {rule}"
    ParameterDefaultSecret {} "parameter-default-secret"
        cause "a secret has a `default` that everybody can read" | "тайна има `default`, който всеки може да прочете"
        hint "remove it; set the value with `kapia adapter parameter set`" | "махнете го; задайте стойността с `kapia adapter parameter set`"
    ParameterUnknown { name: String, advice: Advice } "parameter-undeclared"
        cause "the package declares no parameter {name}" | "пакетът не описва параметър {name}"
        hint "{advice}; declare it in [parameters.{name}]" | "{advice}; опишете го в [parameters.{name}]"
    ParameterExpression { section: String, key: &'static str } "parameter-expression"
        cause "`{key}` in {section} has an expression about a parameter" | "`{key}` в {section} има израз за параметър"
        hint "here only the name can stand between the braces, a letter, digits, `_`, `-` and `.` in it"
            | "тук между скобите може да стои само името, с букви, цифри, `_`, `-` и `.`"
    ParameterSecretPlace { section: String, key: &'static str } "parameter-secret-place"
        cause "`{key}` in {section} is no place for a secret: its value can be shown" | "`{key}` в {section} не е място за тайна: стойността може да се покаже"
        hint "use a parameter that is not secret, or put this one where passwords and keys stand"
            | "използвайте параметър, който не е тайна, или сложете този там, където са паролите и ключовете"
    ParameterUnset { name: String } "parameter-unset"
        cause "parameter {name} has no value, so the register cannot be asked" | "параметърът {name} няма стойност, затова регистърът не може да се пита"
        hint "set it with `kapia adapter parameter set`" | "задайте я с `kapia adapter parameter set`"
    ParameterUnfit { name: String, rule: Message } "parameter-unfit"
        cause "the value of parameter {name} no longer follows its rule: {rule}" | "стойността на параметъра {name} вече не отговаря на правилото си: {rule}"
        hint "set it anew with `kapia adapter parameter set`" | "задайте я наново с `kapia adapter parameter set`"

    FileMissing { path: String, advice: Advice } "file-missing"
        cause "{path} is not in the package" | "{path} го няма в пакета"
        hint "{advice}" | "{advice}"
    FolderMissing { path: String } "folder-missing"
        cause "there is no folder {path}" | "няма папка {path}"
        hint "check the name of the folder and that it may be read" | "проверете името на папката и дали може да се чете"
    PathAbsolute {} "file-path-absolute"
        cause "the path of a file is absolute" | "пътят до файл е абсолютен"
        hint "name a file of the package, relative to its folder" | "посочете файл от пакета, спрямо неговата папка"
    PathOutside {} "file-path-outside"
        cause "the path of a file leads out of the package" | "пътят до файл излиза извън пакета"
        hint "a package may use its own files only; put a copy of the file into it" | "пакетът ползва само собствените си файлове; сложете копие на файла в него"
    PathRemote {} "file-path-remote"
        cause "an address on a network stands where a file of the package is needed" | "посочен е адрес в мрежата вместо файл от пакета"
        hint "nothing is ever fetched for a package; put the file into it and name it" | "за пакет нищо не се изтегля; сложете файла в него и го посочете"
    PathCharacter {} "file-path-character"
        cause "the path of a file is empty, too long, or has a control character in it" | "пътят до файл е празен, твърде дълъг или с управляващ знак"
        hint "name a file of the package" | "посочете файл от пакета"
    FileEscapes { path: String } "file-escapes"
        cause "{path} is a link that leads out of the package" | "{path} е връзка, която излиза извън пакета"
        hint "put the file itself into the package" | "сложете самия файл в пакета"
    FileAmbiguous { path: String, candidates: String } "file-ambiguous"
        cause "{path} matches more than one file: {candidates}" | "{path} съвпада с повече от един файл: {candidates}"
        hint "write the name with the same case as the file" | "напишете името със същите главни и малки букви като файла"
    FileNotPlain { path: String } "file-not-plain"
        cause "{path} is not a plain file" | "{path} не е обикновен файл"
        hint "only plain files are read" | "четат се само обикновени файлове"
    FileTooLarge { path: String, limit: u64 } "file-too-large"
        cause "{path} is larger than {limit} bytes" | "{path} е по-голям от {limit} байта"
        hint "split it or make it smaller" | "разделете го или го намалете"
    FileUnreadable { path: String, error: String } "file-unreadable"
        cause "{path} cannot be read: {error}" | "{path} не може да се прочете: {error}"
        hint "check that the file may be read by the user that runs Kapia" | "проверете дали потребителят, с който работи Капия, може да чете файла"

    SchemaBroken { detail: Message, advice: Message } "schema-broken"
        cause "the schema cannot be used: {detail}" | "схемата не може да се използва: {detail}"
        hint "{advice}" | "{advice}"
    SchemaAbsent { location: String, advice: Message } "schema-absent"
        cause "the schema names {location}, which is not in the package; nothing of it is needed so far" | "схемата посочва {location}, който го няма в пакета; засега нищо от него не е нужно"
        hint "remove the include or import, or put the file into the package: {advice}" | "махнете include или import, или сложете файла в пакета: {advice}"
    RootUnknown { root: String, advice: Advice } "root-unknown"
        cause "the schema declares no element {root}" | "схемата не описва елемент {root}"
        hint "{advice}" | "{advice}"

    SampleNone {} "sample-none"
        cause "the operation has nothing to answer with" | "операцията няма с какво да отговори"
        hint "name a `sample_response`, or a `key` with `answers` and `unknown` other than \"sample\""
            | "посочете `sample_response`, или `key` с `answers` и `unknown`, различно от \"sample\""
    SampleMalformed { detail: Message } "sample-malformed"
        cause "the sample cannot be read: {detail}" | "примерът не може да се прочете: {detail}"
        hint "correct the file; check it with any XML tool" | "поправете файла; проверете го с произволен XML инструмент"
    SampleEncoding { line: u32 } "sample-encoding"
        cause "the sample is not UTF-8 from line {line} on" | "примерът не е в UTF-8 от ред {line} нататък"
        hint "the file is probably windows-1251 and does not say so; save it as UTF-8"
            | "файлът вероятно е в windows-1251, без да го казва; запишете го в UTF-8"
    SampleRoot { expected: String, found: String } "sample-root"
        cause "the root of the sample is {found}, not {expected}" | "коренът на примера е {found}, а не {expected}"
        hint "correct the file, or the root in adapter.toml" | "поправете файла или корена в adapter.toml"
    SampleInvalid { path: String, code: &'static str, count: usize } "sample-invalid"
        cause "the sample does not follow its schema: {count} violations, the first at {path} ({code})"
            | "примерът не отговаря на схемата си: {count} нарушения, първото при {path} ({code})"
        hint "correct the file" | "поправете файла"
    KeyPathShape {} "sample-key-shape"
        cause "`key` is not the path of an element or attribute" | "`key` не е път до елемент или атрибут"
        hint "write local names below the root, such as EGN, Person/EGN or Person/@id"
            | "напишете местни имена под корена, например EGN, Person/EGN или Person/@id"
    KeyPathUnknown { path: String, advice: Advice } "sample-key-unknown"
        cause "the request has no {path}" | "в заявката няма {path}"
        hint "{advice}" | "{advice}"
    KeyPathNoValue { path: String } "sample-key-no-value"
        cause "{path} of the request holds elements, not a value" | "{path} от заявката съдържа елементи, а не стойност"
        hint "name one of the elements in it" | "посочете един от елементите в него"
    AnswerTwice { first: u32 } "sample-answer-twice"
        cause "this value equals that of line {first} once white space is collapsed" | "тази стойност е равна на тази от ред {first} след свиване на интервалите"
        hint "remove one of the two" | "махнете едната от двете"
    NoDataImpossible {} "sample-no-data"
        cause "the schema does not allow the empty root that would say \"no data\"" | "схемата не позволява празния корен, който би казал „няма данни“"
        hint "name a document for it in `no_data`; without it an unknown key gives an error"
            | "посочете документ за това в `no_data`; без него непознат ключ дава грешка"
    NoDataNone {} "no-data-impossible"
        cause "the schema does not allow the empty root that would say \"no data\"" | "схемата не позволява празния корен, който би казал „няма данни“"
        hint "name a document for it in `no_data`" | "посочете документ за това в `no_data`"
    NoDataInvalid { cause: Message } "no-data-invalid"
        cause "the document that says \"no data\" is no answer of the operation: {cause}" | "документът, който казва „няма данни“, не е отговор на операцията: {cause}"
        hint "correct the file" | "поправете файла"
    TextEncoding { line: u32 } "text-encoding"
        cause "the file is not UTF-8 from line {line} on" | "файлът не е в UTF-8 от ред {line} нататък"
        hint "save the file as UTF-8" | "запишете файла в UTF-8"
    TemplateEncoding { line: u32 } "template-encoding"
        cause "the template is not UTF-8 from line {line} on" | "шаблонът не е в UTF-8 от ред {line} нататък"
        hint "save the file as UTF-8" | "запишете файла в UTF-8"
    TemplateBroken { detail: Message, advice: Message } "template-broken"
        cause "the template cannot be used: {detail}" | "шаблонът не може да се използва: {detail}"
        hint "{advice}" | "{advice}"
    DateShape { section: String, key: &'static str } "manifest-date"
        cause "`{key}` in {section} is not a date" | "`{key}` в {section} не е дата"
        hint "write it as \"2027-01-31\"" | "напишете я като \"2027-01-31\""
    SuccessorDates {} "successor-dates"
        cause "the old name ends before its successor begins" | "старото име спира, преди наследникът да започне"
        hint "`until` is the last day of the old name, `since` the first day of the successor" | "`until` е последният ден на старото име, `since` е първият ден на наследника"
    SuccessorBackend { kind: &'static str } "successor-backend"
        cause "an old name has a table [operation.{kind}], but its successor answers" | "старо име има таблица [operation.{kind}], но отговаря наследникът му"
        hint "move the table to the successor, or remove [operation.successor]" | "преместете таблицата при наследника или махнете [operation.successor]"
    SuccessorCycle { names: String } "successor-cycle"
        cause "old names lead in a circle: {names}" | "старите имена водят в кръг: {names}"
        hint "the last successor must be an operation that a register answers" | "последният наследник трябва да е операция, на която отговаря регистър"
    SuccessorDeep { limit: usize } "successor-deep"
        cause "more than {limit} steps lead from the old name to a register" | "от старото име до регистър има повече от {limit} стъпки"
        hint "name a later successor" | "посочете по-късен наследник"
    SuccessorMissing { name: String, advice: Advice } "successor-missing"
        cause "the successor {name} is not served" | "наследникът {name} не се обслужва"
        hint "{advice}" | "{advice}"
    SuccessorRefused { name: String } "successor-refused"
        cause "the successor {name} is refused itself" | "наследникът {name} сам е отказан"
        hint "correct the successor" | "поправете наследника"
    SuccessorMapping { key: &'static str, from: String, to: String } "successor-mapping"
        cause "there is no `{key}` template, but the documents differ: {from} and {to}" | "няма шаблон `{key}`, а документите се различават: {from} и {to}"
        hint "write a template in the folder successors and name it in [operation.successor]" | "напишете шаблон в папка successors и го посочете в [operation.successor]"
    Kept { package: String } "operation-kept"
        cause "the operation is refused here, so package {package} goes on serving it" | "операцията е отказана тук, затова я обслужва пакет {package}"
        hint "correct this package" | "поправете този пакет"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_names_one_kind_of_problem() {
        let mut codes = CODES.to_vec();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CODES.len());
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let problem =
            Problem::from(Trouble::RootUnknown { root: "{advice}{root}".into(), advice: Advice::about("x", []) });
        assert_eq!(&*problem.cause.en, "the schema declares no element {advice}{root}");
        assert_eq!(&*problem.hint.bg, "тук няма нищо");
    }
}
