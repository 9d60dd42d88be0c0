//! Which literals are valid.

use super::*;

fn good(builtin: Builtin, literals: &[&str]) {
    for literal in literals {
        assert_eq!(rule(&built_in(builtin), literal), None, "{builtin:?} {literal:?}");
    }
}

fn bad(builtin: Builtin, literals: &[&str]) {
    for literal in literals {
        assert!(rule(&built_in(builtin), literal).is_some(), "{builtin:?} {literal:?}");
    }
}

#[test]
fn built_in_types_keep_their_lexical_spaces() {
    good(Builtin::Boolean, &["true", "false", "1", "0", " true\n"]);
    bad(Builtin::Boolean, &["TRUE", "yes", "", "10"]);
    good(Builtin::Integer, &["0", "-0", "+007", "12678967543233000000000000000000000000000001"]);
    bad(Builtin::Integer, &["1.0", "", "1e3", "1 2", "-"]);
    good(Builtin::Token, &["", " a  b\n"]);
    good(Builtin::Name, &["a:b", ":"]);
    bad(Builtin::NcName, &["a:b", "1a", ""]);
    good(Builtin::Id, &[" id1 "]);
    good(Builtin::Nmtokens, &["a 1 -", "a"]);
    bad(Builtin::Nmtokens, &["", " ", "a ;"]);
    good(Builtin::Language, &["bg", "bg-BG"]);
    good(Builtin::AnyUri, &["", "http://пример.бг/а б", "urn:x"]);
    bad(Builtin::AnyUri, &["%zz", "a#b#c", ":"]);
    good(Builtin::HexBinary, &["", "0fb7"]);
    bad(Builtin::HexBinary, &["0", "0g"]);
    good(Builtin::Base64Binary, &["", " Zm9v\r\n Zg== "]);
    bad(Builtin::Base64Binary, &["Zm9", "Zh=="]);
    good(Builtin::AnySimpleType, &["", "anything at all"]);
}

#[test]
fn derived_integers_keep_their_ranges() {
    for (builtin, least, below, most, above) in [
        (Builtin::Byte, "-128", "-129", "127", "128"),
        (Builtin::Short, "-32768", "-32769", "32767", "32768"),
        (Builtin::Int, "-2147483648", "-2147483649", "2147483647", "2147483648"),
        (Builtin::Long, "-9223372036854775808", "-9223372036854775809", "9223372036854775807", "9223372036854775808"),
        (Builtin::UnsignedByte, "0", "-1", "255", "256"),
        (Builtin::UnsignedShort, "0", "-1", "65535", "65536"),
        (Builtin::UnsignedInt, "0", "-1", "4294967295", "4294967296"),
        (Builtin::UnsignedLong, "0", "-1", "18446744073709551615", "18446744073709551616"),
    ] {
        let simple = built_in(builtin);
        assert_eq!([least, most].map(|literal| rule(&simple, literal)), [None, None], "{builtin:?}");
        assert_eq!(rule(&simple, below), Some(ValueRule::MinInclusive), "{builtin:?}");
        assert_eq!(rule(&simple, above), Some(ValueRule::MaxInclusive), "{builtin:?}");
    }
    bad(Builtin::NonNegativeInteger, &["-1"]);
    bad(Builtin::PositiveInteger, &["0"]);
    bad(Builtin::NonPositiveInteger, &["1"]);
    bad(Builtin::NegativeInteger, &["0"]);
    good(Builtin::NonNegativeInteger, &["-0", "99999999999999999999999999"]);
}

#[test]
fn lengths_count_characters_octets_or_items() {
    let text = derived(Builtin::String, &[("maxLength", "3")]);
    assert_eq!(rule(&text, "ЕГН"), None);
    assert_eq!(rule(&text, "\u{10000}\u{10001}\u{10002}"), None);
    assert_eq!(rule(&text, "ЕГН "), Some(ValueRule::MaxLength));
    let hex = derived(Builtin::HexBinary, &[("length", "2")]);
    assert_eq!(rule(&hex, "0fb7"), None);
    assert_eq!(rule(&hex, "0f"), Some(ValueRule::Length));
    let base64 = derived(Builtin::Base64Binary, &[("minLength", "4")]);
    assert_eq!(rule(&base64, "Zm9v Yg=="), None);
    assert_eq!(rule(&base64, "Zm9v"), Some(ValueRule::MinLength));
    let items = restrict(&list_of(&built_in(Builtin::Int)), &[("maxLength", "2")]).unwrap();
    assert_eq!(rule(&items, " 1\n2 "), None);
    assert_eq!(rule(&items, "1 2 3"), Some(ValueRule::MaxLength));
    let name = derived(Builtin::QName, &[("maxLength", "1")]);
    assert_eq!(rule(&name, "name"), None);
}

#[test]
fn white_space_is_processed_before_a_literal_is_judged() {
    let kept = derived(Builtin::String, &[("enumeration", "a b")]);
    assert_eq!(rule(&kept, " a b"), Some(ValueRule::Enumeration));
    let token = derived(Builtin::Token, &[("enumeration", "a b"), ("pattern", "a b")]);
    assert_eq!(rule(&token, " a\t b\n"), None);
    let collapsed = derived(Builtin::String, &[("whiteSpace", "collapse"), ("maxLength", "3")]);
    assert_eq!(rule(&collapsed, "   a  b  "), None);
    let normalized = derived(Builtin::NormalizedString, &[("pattern", "a  b")]);
    assert_eq!(rule(&normalized, "a\t\nb"), None);
}

#[test]
fn patterns_of_one_step_are_alternatives_and_steps_add_up() {
    let step = derived(Builtin::String, &[("pattern", "[0-9]+"), ("pattern", "[a-z]+")]);
    assert_eq!([rule(&step, "12"), rule(&step, "ab")], [None, None]);
    assert_eq!(rule(&step, "1a"), Some(ValueRule::Pattern));
    let below = restrict(&step, &[("pattern", ".{3}")]).unwrap();
    assert_eq!([rule(&below, "123"), rule(&below, "abc")], [None, None]);
    assert_eq!([rule(&below, "12"), rule(&below, "1ab")], [Some(ValueRule::Pattern); 2]);
}

#[test]
fn a_pattern_looks_at_the_literal_and_not_at_the_value() {
    let cents = derived(Builtin::Decimal, &[("pattern", r"[0-9]+\.[0-9]{2}")]);
    assert_eq!(rule(&cents, " 1.50 "), None);
    assert_eq!(rule(&cents, "1.5"), Some(ValueRule::Pattern));
}

#[test]
fn digits_and_bounds_look_at_the_value() {
    let money = derived(Builtin::Decimal, &[("totalDigits", "5"), ("fractionDigits", "2"), ("minExclusive", "0")]);
    assert_eq!([rule(&money, "00123.4500"), rule(&money, "0.01")], [None, None]);
    assert_eq!(rule(&money, "123456"), Some(ValueRule::TotalDigits));
    assert_eq!(rule(&money, "1.001"), Some(ValueRule::FractionDigits));
    assert_eq!(rule(&money, "-0.00"), Some(ValueRule::MinExclusive));
    let long = derived(Builtin::Decimal, &[("maxInclusive", "99999999999999999999999999999.5")]);
    assert_eq!(rule(&long, "99999999999999999999999999999.50"), None);
    assert_eq!(rule(&long, "99999999999999999999999999999.51"), Some(ValueRule::MaxInclusive));
    let narrow = derived(Builtin::Float, &[("maxExclusive", "INF")]);
    assert_eq!([rule(&narrow, "INF"), rule(&narrow, "NaN")], [Some(ValueRule::MaxExclusive); 2]);
}

#[test]
fn a_value_beside_a_bound_is_outside() {
    let zoned = derived(Builtin::DateTime, &[("minInclusive", "2000-01-01T12:00:00Z")]);
    assert_eq!(rule(&zoned, "2000-01-03T00:00:00"), None);
    assert_eq!(rule(&zoned, "2000-01-01T13:00:00"), Some(ValueRule::MinInclusive));
    let month = derived(Builtin::Duration, &[("maxInclusive", "P1M")]);
    assert_eq!(rule(&month, "P27D"), None);
    assert_eq!(rule(&month, "P30D"), Some(ValueRule::MaxInclusive));
}

#[test]
fn an_enumeration_compares_values() {
    let decimal = derived(Builtin::Decimal, &[("enumeration", "1.0"), ("enumeration", "2")]);
    assert_eq!([rule(&decimal, "1.00"), rule(&decimal, "+2")], [None, None]);
    assert_eq!(rule(&decimal, "1.01"), Some(ValueRule::Enumeration));
    let instant = derived(Builtin::DateTime, &[("enumeration", "2000-01-01T00:00:00Z")]);
    assert_eq!(rule(&instant, "2000-01-01T02:00:00+02:00"), None);
    assert_eq!(rule(&instant, "2000-01-01T00:00:00"), Some(ValueRule::Enumeration));
    let hex = derived(Builtin::HexBinary, &[("enumeration", "0fB7")]);
    assert_eq!(rule(&hex, "0Fb7"), None);
    let base64 = derived(Builtin::Base64Binary, &[("enumeration", "Zm 9v")]);
    assert_eq!([rule(&base64, "Zm9v"), rule(&base64, "Zm9w")], [None, Some(ValueRule::Enumeration)]);
    let list = restrict(&list_of(&built_in(Builtin::Decimal)), &[("enumeration", "1 2.0")]).unwrap();
    assert_eq!([rule(&list, " 1.0\n2 "), rule(&list, "2 1")], [None, Some(ValueRule::Enumeration)]);
}

#[test]
fn the_first_member_that_accepts_gives_the_value() {
    let union = union_of(&[Builtin::Integer, Builtin::Boolean, Builtin::Date]);
    assert_eq!(value(&union, " 1 "), value(&built_in(Builtin::Integer), "1"));
    assert_eq!(value(&union, "true"), Value::Boolean(true));
    assert_eq!(rule(&union, "maybe"), Some(ValueRule::Union));
    let narrow = restrict(&union, &[("enumeration", "1"), ("enumeration", "false")]).unwrap();
    assert_eq!([rule(&narrow, "01"), rule(&narrow, "false")], [None, None]);
    assert_eq!([rule(&narrow, "true"), rule(&narrow, "0")], [Some(ValueRule::Enumeration); 2]);
    let shaped = restrict(&union, &[("pattern", "[0-9]+")]).unwrap();
    assert_eq!([rule(&shaped, " 7\n"), rule(&shaped, "+7")], [None, Some(ValueRule::Pattern)]);
    let either = restrict(&union_of(&[Builtin::Integer, Builtin::String]), &[("enumeration", "1")]).unwrap();
    assert_eq!([rule(&either, "+1"), rule(&either, "one")], [None, Some(ValueRule::Enumeration)]);
}

#[test]
fn items_are_judged_one_by_one_and_named_by_number() {
    let list = list_of(&derived(Builtin::Int, &[("maxInclusive", "9")]));
    assert_eq!(rule(&list, ""), None);
    let error = list.check("1 2 30", &()).unwrap_err();
    assert_eq!((error.rule, error.position()), (ValueRule::Item, Some(3)));
    assert_eq!(error.inner().map(|inner| inner.rule), Some(ValueRule::MaxInclusive));
}

#[test]
fn qualified_names_are_values_by_namespace() {
    let namespaces = Namespaces(&[("a", "urn:x"), ("b", "urn:x"), ("", "urn:default")]);
    let qname = built_in(Builtin::QName);
    let name = |literal| qname.validate(literal, &namespaces).unwrap();
    assert_eq!(name("a:n"), name(" b:n "));
    assert_ne!(name("a:n"), name("n"));
    assert_eq!(name("n"), Value::QName { namespace: "urn:default".into(), local: "n".into() });
    assert_eq!(qname.check("c:n", &namespaces).unwrap_err().rule, ValueRule::Prefix);
    assert_eq!(value(&qname, "n"), Value::QName { namespace: "".into(), local: "n".into() });
}

#[test]
fn notations_are_enumerated_by_namespace() {
    let scope: Scope = [("p", "urn:x")].into_iter().collect();
    let jpeg = Facet { scope, ..Facet::new(FacetKind::Enumeration, "p:jpeg") };
    let notation = built_in(Builtin::Notation);
    let images = SimpleType::restrict(&notation, vec![jpeg], None).unwrap();
    assert!(notation.is_bare_notation() && !images.is_bare_notation());
    let namespaces = Namespaces(&[("q", "urn:x"), ("r", "urn:y")]);
    assert_eq!(images.check("q:jpeg", &namespaces), Ok(()));
    assert_eq!(images.check("r:jpeg", &namespaces).unwrap_err().rule, ValueRule::Enumeration);
}

#[test]
fn emptiness_is_accepted_where_the_type_says_so() {
    assert!(built_in(Builtin::String).accepts_empty());
    assert!(list_of(&built_in(Builtin::Int)).accepts_empty());
    assert!(!built_in(Builtin::Date).accepts_empty());
    assert!(!derived(Builtin::String, &[("minLength", "1")]).accepts_empty());
    assert!(!derived(Builtin::String, &[("pattern", r"\d+")]).accepts_empty());
    assert!(union_of(&[Builtin::Int, Builtin::String]).accepts_empty());
}

#[test]
fn numbers_beyond_the_arithmetic_are_a_named_limit() {
    assert_eq!(rule(&built_in(Builtin::GYear), "1234567890123456789"), Some(ValueRule::Limit));
    assert_eq!(rule(&built_in(Builtin::Duration), "P1234567890123456789D"), Some(ValueRule::Limit));
    assert_eq!(rule(&built_in(Builtin::GYear), "123456789012345678"), None);
}

#[test]
fn a_pattern_without_room_is_a_fault_of_the_schema() {
    let greedy = derived(Builtin::String, &[("pattern", r"((\p{L}|\c){1,60000}x){1,60000}")]);
    assert_eq!(rule(&greedy, "a"), Some(ValueRule::PatternTooLarge));
}
