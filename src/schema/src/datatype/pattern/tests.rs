use super::*;

fn matches(pattern: &str, literal: &str) -> bool {
    let pattern = Pattern::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let answer = pattern.matches(literal).unwrap();
    // Both matchers must say the same, where the general one has room.
    let branches = syntax::parse(pattern.source()).unwrap();
    if let Some(general) = compile(&translate(&branches)) {
        assert_eq!(general.is_match(literal), answer, "{pattern:?} on {literal:?}");
    }
    answer
}

fn accepts(pattern: &str, literals: &[&str]) {
    for literal in literals {
        assert!(matches(pattern, literal), "{pattern} should match {literal:?}");
    }
}

fn refuses(pattern: &str, literals: &[&str]) {
    for literal in literals {
        assert!(!matches(pattern, literal), "{pattern} should not match {literal:?}");
    }
}

#[test]
fn a_pattern_matches_the_whole_literal_or_nothing() {
    accepts("abc", &["abc"]);
    refuses("abc", &["xabc", "abcx", "ab", "", "abc\n", "\nabc"]);
    accepts("a|bc", &["a", "bc"]);
    refuses("a|bc", &["ac", "abc", "xa", "bcx"]);
    accepts("", &[""]);
    refuses("", &[" ", "a"]);
    accepts("|a", &["", "a"]);
}

#[test]
fn circumflex_and_dollar_are_characters() {
    accepts("^a$", &["^a$"]);
    refuses("^a$", &["a"]);
    accepts(r"\^[$^]", &["^$", "^^"]);
}

#[test]
fn the_dot_is_anything_but_a_line_end() {
    accepts("a.b", &["axb", "aжb", "a\tb", "a\u{10000}b", "a\u{2028}b"]);
    refuses("a.b", &["a\nb", "a\rb", "ab"]);
}

#[test]
fn quantities_may_be_large() {
    accepts("[0-9]{1,5000}", &["1", &"9".repeat(5000)]);
    refuses("[0-9]{1,5000}", &["", &"9".repeat(5001), "12a"]);
    accepts("([0-9]{1,3000}|x)", &["7", "x", &"7".repeat(3000)]);
    accepts("a{0}b{2}c{1,}d{0,1}", &["bbc", "bbcccd"]);
    refuses("a{0}b{2}c{1,}d{0,1}", &["abbc", "bbb", "bbcdd"]);
    accepts(r"[\p{L} ]{0,4000}", &[&"ж ".repeat(2000)]);
}

#[test]
fn a_pattern_that_outgrows_its_memory_is_a_named_error() {
    let pattern = Pattern::new(r"((\p{L}|\c){1,60000}x){1,60000}").unwrap();
    assert_eq!(pattern.matches("a"), Err(TooLarge));
    let (fault, _) = fault("a{99999999999}");
    assert_eq!(fault, PatternFault::TooMany);
}

#[test]
fn a_walk_over_fixed_pieces_finds_the_only_way() {
    accepts(r"[A-Z]{2}\d{1,8}[A-Z]|X", &["AB1C", "AB12345678C", "X"]);
    refuses(r"[A-Z]{2}\d{1,8}[A-Z]|X", &["ABC", "AB123456789C", "XX", "AB1", "aB1C", "AБ1C"]);
    accepts("[А-Я0-9]*", &["", "СА1234ВВ"]);
    refuses("[А-Я0-9]*", &["са1234вв", "CA1234BB"]);
    accepts("aa*a", &["aa", "aaaa"]);
    refuses("aa*a", &["a"]);
}

#[test]
fn digits_are_those_of_all_scripts_and_spaces_those_of_xml() {
    accepts(r"\d{3}", &["123", "٣٤٥", "1\u{1d7ce}\u{96f}"]);
    refuses(r"\d{3}", &["12a", "12²", "12½"]);
    accepts(r"\s", &[" ", "\t", "\n", "\r"]);
    refuses(r"\s", &["\u{a0}", "\u{2003}", "\u{b}", ""]);
    accepts(r"\S\D", &["aб", "\u{a0}²"]);
    accepts(r"\w+", &["aЖ1", "\u{300}$+^~"]);
    refuses(r"\w", &["-", ".", "_", " ", "\u{ad}", "«"]);
    accepts(r"\W+", &["-. _«"]);
    accepts(r"\W\p{C}\p{Cn}", &["\u{fdd0}\u{fdd0}\u{fdd0}"]);
    accepts(r"(\d|x)+", &["1x٣"]);
}

#[test]
fn the_tables_of_digits_and_of_the_regex_crate_agree() {
    let decimal = Regex::new(r"\A\p{Nd}\z").unwrap();
    for &(first, last) in blocks::DECIMAL_DIGITS {
        for c in [first, last] {
            assert!(decimal.is_match(c.encode_utf8(&mut [0; 4])), "{c:?}");
        }
    }
}

#[test]
fn name_escapes_are_characters_of_xml_names() {
    accepts(r"\i\c*", &["a-1", "име", ":x", "_", "a\u{b7}"]);
    refuses(r"\i\c*", &["1a", "-a", "", "a b"]);
    accepts(r"\I\C", &["1 ", "- "]);
    accepts(r"[\i-[:]][\c-[:]]*", &["a.b-c"]);
    refuses(r"[\i-[:]][\c-[:]]*", &["a:b", ":"]);
}

#[test]
fn categories_and_blocks_have_their_characters() {
    accepts(r"\p{Lu}\p{Ll}+", &["Иван", "Ivan"]);
    refuses(r"\p{Lu}\p{Ll}+", &["иван", "ИВАН"]);
    accepts(r"\P{L}", &["1", "-"]);
    accepts(r"\p{IsCyrillic}+", &["Ѐӿ"]);
    refuses(r"\p{IsCyrillic}+", &["a", "\u{500}"]);
    accepts(r"\P{IsBasicLatin}", &["ж", "\u{10ffff}"]);
    accepts(r"\p{IsLatin-1Supplement}[\p{IsGreek}\P{Lu}]", &["éα", "é1"]);
    refuses(r"\p{IsHighSurrogates}", &["a", "\u{10000}"]);
    accepts(r"\P{IsHighSurrogates}", &["a", "\u{10000}"]);
    accepts(r"\p{IsPrivateUse}{3}", &["\u{e000}\u{f0000}\u{10fffd}"]);
}

#[test]
fn classes_subtract_and_negate() {
    accepts("[a-z-[aeiou]]+", &["xyz"]);
    refuses("[a-z-[aeiou]]+", &["xaz"]);
    accepts("[^a-z-[0-9]]", &["A", "-"]);
    refuses("[^a-z-[0-9]]", &["a", "5"]);
    accepts("[a-z-[b-y-[m]]]", &["a", "m", "z"]);
    refuses("[a-z-[b-y-[m]]]", &["b", "n"]);
    accepts("[a-z--[b-z]]", &["a", "-"]);
    accepts(r"[\w-[\d_]]+", &["абв"]);
    refuses(r"[\w-[\d_]]+", &["аб1"]);
    refuses("[a-[a]]", &["a", "b", ""]);
}

#[test]
fn a_dash_stands_for_itself_at_the_ends_of_a_class() {
    accepts("[-a]+", &["-a-"]);
    accepts("[a-]+", &["-a-"]);
    accepts(r"[a\-z]+", &["-az"]);
    refuses(r"[a\-z]+", &["b"]);
    accepts("[^-a]", &["b"]);
    refuses("[^-a]", &["-", "a"]);
    accepts(r"[\d-]+", &["1-2"]);
    accepts(r"[+-]", &["+", "-"]);
}

#[test]
fn what_the_regex_crate_finds_special_is_not_special_here() {
    accepts("a&&b~~c--d", &["a&&b~~c--d"]);
    accepts("[a&&b]+", &["a&b"]);
    accepts("[~~#]+ #x", &["~#~ #x"]);
    accepts("/<>\"'!,;:=@_`%", &["/<>\"'!,;:=@_`%"]);
    accepts(r"\n\r\t\\\|\.\?\*\+\(\)\{\}\-\[\]\^", &["\n\r\t\\|.?*+(){}-[]^"]);
}

fn fault(pattern: &str) -> (PatternFault, usize) {
    match Pattern::new(pattern) {
        Err(PatternError { fault, character }) => (fault, character),
        Ok(_) => panic!("{pattern} should be refused"),
    }
}

#[test]
fn every_fault_has_its_name_and_place() {
    use PatternFault as F;
    for (pattern, expected, character) in [
        ("(a", F::OpenGroup, 3),
        ("a)", F::StrayParenthesis, 2),
        ("[a", F::OpenClass, 3),
        ("[]", F::OpenClass, 2),
        ("a]", F::StrayBracket, 2),
        ("{5", F::StrayBracket, 1),
        ("а}", F::StrayBracket, 2),
        ("[[a]", F::StrayBracket, 2),
        ("*a", F::StrayQuantifier, 1),
        ("a+?", F::StrayQuantifier, 3),
        ("a{1}{2}", F::StrayBracket, 5),
        ("a{,2}", F::Quantity, 3),
        ("a{1,2", F::Quantity, 6),
        ("a{2,1}", F::QuantityOrder, 7),
        (r"\b", F::Escape, 2),
        (r"(a)\1", F::Escape, 5),
        (r"\x41", F::Escape, 2),
        (r"\$", F::Escape, 2),
        (r"a\", F::Escape, 3),
        (r"\p{Xx}", F::Category, 6),
        (r"\p{Cs}", F::Category, 6),
        (r"\pL", F::Category, 3),
        (r"\p{IsKlingon}", F::Block, 13),
        ("[z-a]", F::RangeOrder, 5),
        ("[a-b-c]", F::Range, 5),
        (r"[a-\d]", F::Range, 6),
        ("[a--b]", F::Range, 4),
        ("(?:a)", F::GroupOption, 2),
        ("(?=a)", F::GroupOption, 2),
    ] {
        assert_eq!(fault(pattern), (expected, character), "{pattern}");
    }
}

#[test]
fn deep_nesting_ends_in_an_error_and_not_in_a_crash() {
    assert_eq!(fault(&"(".repeat(100_000)).0, PatternFault::TooDeep);
    assert_eq!(fault(&format!("[a{}", "-[a".repeat(100_000))).0, PatternFault::TooDeep);
    let deep = format!("{}a{}", "(".repeat(150), ")*".repeat(150));
    accepts(&deep, &["aaa", ""]);
    let classes = format!("[a-z{}{}]", "-[a-z".repeat(40), "]".repeat(40));
    refuses(&classes, &["A"]);
    accepts(&classes, &["a"]);
}

#[test]
fn hostile_repetition_is_answered_at_once() {
    let literal = format!("{}!", "a".repeat(20_000));
    refuses("(a*)*", &[&literal]);
    refuses("(a|aa)+", &[&literal]);
    refuses("(a+a+)+b", &[&literal]);
}
