//! What stands after the question mark.

/// The longest value that is looked at, in characters.
const LONGEST: usize = 200;

/// The value of a parameter, decoded (application/x-www-form-urlencoded), without outer blanks; none if it is empty.
pub(crate) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let found = query?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key) == name).then(|| decoded(value))
    })?;
    let text: String = found.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn decoded(text: &str) -> String {
    let octets = text.as_bytes();
    let mut out = Vec::with_capacity(octets.len());
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        let escaped = (octet == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        let escaped = escaped.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match (octet, escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (_, Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', None) => out.push(b' '),
            (other, None) => out.push(other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A value as it stands in a query.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(octet)),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_parameter_is_found_by_its_name() {
        let query = Some("page=2&q=%D0%BF%D0%BE%D1%80%D1%82%D0%B0+1&empty=");
        assert_eq!(parameter(query, "q").as_deref(), Some("порта 1"));
        assert_eq!(parameter(query, "page").as_deref(), Some("2"));
        assert_eq!((parameter(query, "empty"), parameter(query, "none"), parameter(None, "q")), (None, None, None));
    }

    #[test]
    fn broken_escapes_break_nothing() {
        assert_eq!(parameter(Some("q=100%"), "q").as_deref(), Some("100%"));
        assert_eq!(parameter(Some("q=%zz%ff"), "q").as_deref(), Some("%zz\u{fffd}"));
        assert_eq!(parameter(Some("q=a%00b%0Ac"), "q").as_deref(), Some("abc"));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(text in "\\PC{1,60}") {
            let read = parameter(Some(&format!("q={}", encoded(&text))), "q").unwrap_or_default();
            prop_assert_eq!(read, text.trim());
        }

        #[test]
        fn no_query_panics(query in ".*") {
            parameter(Some(&query), "q");
        }
    }
}
