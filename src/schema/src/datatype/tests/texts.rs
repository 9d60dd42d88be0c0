//! What people read.

use super::*;

const LANGUAGES: [Language; 2] = [Language::English, Language::Bulgarian];

/// Types that break every rule, each with a literal that does.
fn broken() -> Vec<(Arc<SimpleType>, &'static str, ValueRule)> {
    use ValueRule as R;
    let text = |list: &[(&str, &str)]| derived(Builtin::String, list);
    let number = |list: &[(&str, &str)]| derived(Builtin::Decimal, list);
    vec![
        (built_in(Builtin::Date), "8001014509", R::Lexical),
        (text(&[("length", "3")]), "8001014509", R::Length),
        (text(&[("minLength", "30")]), "8001014509", R::MinLength),
        (text(&[("maxLength", "3")]), "8001014509", R::MaxLength),
        (text(&[("pattern", "[a-z]+")]), "8001014509", R::Pattern),
        (text(&[("enumeration", "a")]), "8001014509", R::Enumeration),
        (number(&[("minInclusive", "9000000000")]), "8001014509", R::MinInclusive),
        (number(&[("minExclusive", "9000000000")]), "8001014509", R::MinExclusive),
        (number(&[("maxInclusive", "9")]), "8001014509", R::MaxInclusive),
        (number(&[("maxExclusive", "9")]), "8001014509", R::MaxExclusive),
        (number(&[("totalDigits", "3")]), "8001014509", R::TotalDigits),
        (number(&[("fractionDigits", "1")]), "0.8001014509", R::FractionDigits),
        (union_of(&[Builtin::Date, Builtin::Byte]), "8001014509", R::Union),
        (list_of(&built_in(Builtin::Date)), "8001014509", R::Item),
        (built_in(Builtin::QName), "n8001014509:a", R::Prefix),
        (built_in(Builtin::Duration), "P800101450980010145098001014509D", R::Limit),
        (text(&[("pattern", r"((\p{L}|\c){1,60000}x){1,60000}")]), "8001014509", R::PatternTooLarge),
    ]
}

#[test]
fn no_text_holds_the_value() {
    for (simple, literal, expected) in broken() {
        let error = simple.check(literal, &()).unwrap_err();
        assert_eq!(error.rule, expected);
        let mut texts = vec![format!("{error:?}"), error.to_string()];
        texts.extend(error.expected());
        texts.extend(LANGUAGES.map(|language| error.message(language)));
        texts.extend(LANGUAGES.map(|language| error.hint(language)));
        for text in texts {
            assert!(!text.contains("8001014509") && !text.is_empty(), "{expected:?}: {text}");
        }
        assert!(error.rule.code().starts_with("cvc-"));
    }
}

#[test]
fn messages_name_type_rule_limit_and_count() {
    let simple =
        SimpleType::restrict(&built_in(Builtin::String), facets(&[("maxLength", "10")]), Some("EGNType".into()));
    let error = simple.unwrap().check("12345678901", &()).unwrap_err();
    assert_eq!(error.message(Language::English), "the value has 11 characters; EGNType (xs:string) has at most 10");
    assert_eq!(error.message(Language::Bulgarian), "стойността има 11 знака; EGNType (xs:string) има най-много 10");
    assert_eq!(error.expected(), ["≤ 10"]);
    let error = built_in(Builtin::Date).check("31.03.2024", &()).unwrap_err();
    assert_eq!(error.message(Language::English), "the value (10 characters) is no xs:date");
    assert_eq!(error.hint(Language::English), "write YYYY-MM-DD, such as 2024-03-31");
    let error = built_in(Builtin::Date).check("", &()).unwrap_err();
    assert_eq!(error.message(Language::Bulgarian), "празна стойност не е xs:date");
    let error = derived(Builtin::String, &[("enumeration", "M"), ("enumeration", "F")]).check("X", &()).unwrap_err();
    assert_eq!(error.expected(), ["M", "F"]);
    assert_eq!(error.hint(Language::Bulgarian), "използвайте една от: M | F");
    let error = derived(Builtin::Decimal, &[("totalDigits", "1")]).check("12", &()).unwrap_err();
    assert_eq!(error.message(Language::Bulgarian), "стойността има 2 цифри; xs:decimal има най-много 1 цифра");
}

#[test]
fn a_type_describes_itself() {
    let code = derived(Builtin::String, &[("maxLength", "10"), ("pattern", "[0-9]{10}")]);
    assert_eq!(code.describe(Language::English), "string, at most 10 characters, pattern [0-9]{10}");
    assert_eq!(code.describe(Language::Bulgarian), "низ, най-много 10 знака, шаблон [0-9]{10}");
    let money = derived(Builtin::Decimal, &[("minInclusive", "0"), ("totalDigits", "12"), ("fractionDigits", "2")]);
    assert_eq!(
        money.describe(Language::Bulgarian),
        "десетично число, от 0, най-много 12 цифри, най-много 2 цифри след точката"
    );
    let byte = derived(Builtin::Byte, &[("maxExclusive", "100")]);
    assert_eq!(byte.describe(Language::English), "integer from -128 to 127, below 100");
    let list = restrict(&list_of(&built_in(Builtin::Date)), &[("length", "1")]).unwrap();
    assert_eq!(list.describe(Language::English), "list of (date (YYYY-MM-DD)), exactly 1 item");
    let union = union_of(&[Builtin::Date, Builtin::GYear]);
    assert_eq!(union.describe(Language::Bulgarian), "дата (ГГГГ-ММ-ДД); или година (ГГГГ)");
    let many: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    let many: Vec<_> = many.iter().map(|literal| ("enumeration", literal.as_str())).collect();
    assert!(derived(Builtin::String, &many).describe(Language::English).ends_with("| 11 | … 8 more"));
}

#[test]
fn every_built_in_type_has_words_in_both_languages() {
    for builtin in Builtin::all() {
        let simple = builtin.simple_type();
        assert_ne!(simple.describe(Language::English), simple.describe(Language::Bulgarian));
        assert!(!describe::form(builtin, Language::Bulgarian).is_empty());
    }
}

#[test]
fn a_type_that_cannot_be_made_says_why() {
    let error = restrict(&built_in(Builtin::Byte), &[("maxInclusive", "200")]).unwrap_err();
    assert_eq!(error.code(), "maxInclusive-valid-restriction");
    assert_eq!(error.to_string(), "the facet maxInclusive allows what the base type forbids");
    let error = restrict(&built_in(Builtin::String), &[("pattern", r"a\b")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the pattern is no regular expression of XML Schema: XML Schema has no such escape at character 3"
    );
    assert_eq!(
        error.message(Language::Bulgarian),
        "шаблонът не е регулярен израз на XML Schema: в XML Schema няма такъв знак с „\\“ (знак 3)"
    );
    let error = restrict(&built_in(Builtin::String), &[("minLength", "3"), ("maxLength", "2")]).unwrap_err();
    assert_eq!(error.message(Language::Bulgarian), "ограниченията minLength и maxLength си противоречат");
}
