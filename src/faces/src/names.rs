//! Names that every stack takes: of services, operations and types.

use std::collections::HashSet;

/// Names that are taken; a name that is taken gets a number.
#[derive(Default)]
pub(crate) struct Taken(HashSet<String>);

impl Taken {
    /// Takes the first of `wanted`, `wanted2`, `wanted3`… for which all of `family` are free.
    pub fn take(&mut self, wanted: &str, family: impl Fn(&str) -> Vec<String>) -> String {
        let numbered = |number: usize| if number == 1 { wanted.to_owned() } else { format!("{wanted}{number}") };
        let free = |name: &String| family(name).iter().all(|name| !self.0.contains(&name.to_lowercase()));
        let name = (1..).map(numbered).find(free).unwrap_or_default();
        self.0.extend(family(&name).iter().map(|name| name.to_lowercase()));
        name
    }

    /// The same for a name that stands alone.
    pub fn take_one(&mut self, wanted: &str) -> String {
        self.take(wanted, |name| vec![name.to_owned()])
    }
}

/// A text as an identifier: letters, digits and `_`, not beginning with a digit.
pub(crate) fn identifier(text: &str) -> String {
    let mut name: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        name.insert(0, '_');
    }
    name
}

/// A text as part of a URI (RFC 3986 §2.3: unreserved characters stand, all others are percent-encoded).
pub(crate) fn in_uri(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(octet.into()),
            octet => out.push_str(&format!("%{octet:02X}")),
        }
    }
    out
}

/// The text that a part of a URI stands for; `None` if it is not percent-encoded UTF-8.
pub(crate) fn of_uri(part: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits =
            std::str::from_utf8(&digits).ok().filter(|digits| digits.bytes().all(|d| d.is_ascii_hexdigit()))?;
        octets.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut taken = Taken::default();
        let family = |name: &str| vec![format!("{name}Request"), format!("{name}Response")];
        assert_eq!(taken.take("Get", family), "Get");
        assert_eq!(taken.take("get", family), "get2");
        assert_eq!(taken.take_one("GetRequest"), "GetRequest2");
    }

    #[test]
    fn identifiers_hold_letters_digits_and_the_low_line() {
        assert_eq!(identifier("RegiX.A-1"), "RegiX_A_1");
        assert_eq!(identifier("2Справки"), "_2Справки");
    }

    #[test]
    fn a_part_of_a_uri_comes_back() {
        for text in ["RegiX.MVRBDSAdapter", "Регистър-1", "a b%"] {
            let part = in_uri(text);
            assert!(part.is_ascii());
            assert_eq!(of_uri(&part).as_deref(), Some(text));
        }
        assert_eq!((of_uri("%4"), of_uri("%FF"), of_uri("%+1")), (None, None, None));
    }
}
