//! The list of checks.

use crate::report::Level;

/// One check: what it looks at, and how much it weighs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Check {
    /// The stable code.
    pub code: &'static str,
    /// The number and name of the check of the standard that it answers to (adapter-standard §14); `None`: ours.
    pub standard: Option<(u8, &'static str)>,
    /// The gravest level of what it finds: only [`Level::Error`] makes a package red.
    pub level: Level,
    /// What holds when nothing is found, English and Bulgarian.
    pub claim: [&'static str; 2],
}

macro_rules! checks {
    ($($name:ident = $code:literal, $standard:expr, $level:ident, $english:literal | $bulgarian:literal;)*) => {
        $(pub(crate) const $name: &Check =
            &Check { code: $code, standard: $standard, level: Level::$level, claim: [$english, $bulgarian] };)*

        /// All checks, those of the standard first and in its order.
        pub const CHECKS: &[&Check] = &[$($name),*];
    };
}

checks! {
    OPENS = "package-opens", Some((1, "CheckIAdapterServiceExported")), Error,
        "the folder is one adapter: its adapter.toml is right and its backend opens"
        | "папката е един адаптер: неговият adapter.toml е правилен и източникът му се отваря";
    NAME_ONCE = "package-name-once", Some((2, "CheckAdapterSimpleNameExported")), Error,
        "no other package beside it has its name" | "няма друг пакет до него със същото име";
    OPERATION_ONCE = "operation-once", Some((3, "CheckExportFullNameExported")), Error,
        "every operation is described once, here and in the packages beside it"
        | "всяка операция е описана веднъж, тук и в пакетите до него";
    INTERFACE = "one-interface", Some((4, "CheckAdapterServiceInterface")), Warning,
        "all operations belong to one interface" | "всички операции са от един интерфейс";
    NAME_FITS = "package-name-fits", Some((5, "CheckAdapterServiceName")), Note,
        "the package is named after its adapter" | "пакетът носи името на своя адаптер";
    SERVED = "operations-served", Some((6, "CheckAdapterServiceType")), Error,
        "every operation that is described can be served" | "всяка описана операция може да се обслужва";
    REQUEST_SCHEMA = "request-schema", Some((7, "GetRequestXSDTest")), Error,
        "the request schema is there and not empty" | "схемата на заявката я има и не е празна";
    RESPONSE_SCHEMA = "response-schema", Some((8, "GetResponseXSDTest")), Error,
        "the response schema is there and not empty" | "схемата на отговора я има и не е празна";
    FORM = "form", Some((9, "GetMetaDataXMLTest")), Warning,
        "the form of the operation is described and can be read" | "формата на операцията е описана и се чете";
    REQUEST_SAMPLE = "request-sample", Some((10, "GetSampleRequestTest")), Error,
        "there is a sample request" | "има примерна заявка";
    RESPONSE_SAMPLE = "response-sample", Some((11, "GetSampleResponseTest")), Error,
        "there is a sample response" | "има примерен отговор";
    REQUEST_TRANSFORMATION = "request-transformation", Some((12, "GetRequestXsltTest")), Warning,
        "a transformation of the request, if there is one, is a stylesheet"
        | "преобразуването на заявката, ако има такова, е XSLT";
    RESPONSE_TRANSFORMATION = "response-transformation", Some((13, "GetResponseXsltTest")), Warning,
        "a transformation of the response, if there is one, is a stylesheet"
        | "преобразуването на отговора, ако има такова, е XSLT";
    REQUEST_SAMPLE_VALID = "request-sample-valid", Some((14, "MatchSampleRequestAndXSDTest")), Error,
        "the sample request follows its schema" | "примерната заявка отговаря на схемата си";
    RESPONSE_SAMPLE_VALID = "response-sample-valid", Some((15, "MatchSampleResponseAndXSDTest")), Error,
        "the sample response follows its schema" | "примерният отговор отговаря на схемата си";
    FORM_REBUILDS = "form-rebuilds-request", Some((16, "CreateSampleRequestUsingMetadataTest")), Warning,
        "the form can express the sample request" | "формата може да изрази примерната заявка";
    ANSWERS = "operation-answers", Some((17, "MockTest")), Error,
        "every operation answers its sample request" | "всяка операция отговаря на примерната си заявка";

    SCHEMA_COMPILES = "schema-compiles", None, Error,
        "every schema can be used and declares the root that adapter.toml names"
        | "всяка схема може да се използва и описва корена, посочен в adapter.toml";
    ANSWER_VALID = "answer-valid", None, Error,
        "what an operation answers follows its schema" | "отговорът на операцията отговаря на схемата си";
    DATA_VALID = "data-valid", None, Error,
        "every document that may become an answer follows its schema; the others are warned about"
        | "всеки документ, който може да стане отговор, отговаря на схемата си; за останалите има предупреждение";
    TEMPLATES = "templates", None, Error,
        "every template compiles and fits its document" | "всеки шаблон е правилен и отговаря на документа си";
    FILTER = "filter", None, Error,
        "every field of the answer can be hidden alone: the document stays well-formed and the field is gone"
        | "всяко поле на отговора може да се скрие само: документът остава правилен, а полето го няма";
    FORM_FITS = "form-fits", None, Warning,
        "the fields of the form are those of the request" | "полетата на формата са тези на заявката";
    REACHABLE = "backend-reachable", None, Error,
        "the backend can be asked" | "източникът може да се пита";
    LETTERS = "letters", None, Error,
        "no name mixes letters of two alphabets that look alike; in schemas that is warned about"
        | "в никое име няма еднакви на вид букви от две азбуки; за схемите има предупреждение";
    ENCODING = "encoding", None, Error,
        "every document is UTF-8 without a byte order mark; a mark alone is noted"
        | "всеки документ е в UTF-8 без BOM; само за BOM има бележка";
    PACKAGE_NOTES = "remarks", None, Warning,
        "reading the package gave nothing to remark" | "при четенето на пакета няма забележки";
    UNUSED = "unused-files", None, Warning,
        "every file is used; for files beside the documents a note is enough"
        | "всеки файл се използва; за файловете извън документите стига бележка";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seventeen_checks_of_the_standard_are_there_in_its_order() {
        let numbers: Vec<u8> = CHECKS.iter().filter_map(|check| Some(check.standard?.0)).collect();
        assert_eq!(numbers, (1..=17).collect::<Vec<u8>>());
    }

    #[test]
    fn every_code_stands_for_one_check() {
        for (at, check) in CHECKS.iter().enumerate() {
            assert!(CHECKS[..at].iter().all(|other| other.code != check.code), "{}", check.code);
            assert!(check.code.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", check.code);
            assert!(check.claim[1].chars().any(|c| ('а'..='я').contains(&c)), "{}", check.code);
        }
    }
}
