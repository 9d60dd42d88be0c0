//! Lexical forms of the attributes of schema documents.

/// Removes the white space around a name: such attributes have `whiteSpace="collapse"`, so `name="X "` declares `X`.
pub(super) fn collapsed(value: &str) -> &str {
    value.trim_matches([' ', '\t', '\r', '\n'])
}

pub(super) use crate::datatype::{is_language, is_ncname as is_nc_name, is_uri as is_any_uri};

pub(super) fn is_qname(value: &str) -> bool {
    crate::datatype::qname(value).is_some()
}

pub(super) fn is_boolean(value: &str) -> bool {
    matches!(value, "true" | "false" | "1" | "0")
}

/// A number that is not negative.
pub(super) fn is_integer(value: &str) -> bool {
    let digits = value.strip_prefix('+').unwrap_or(value);
    let digits = if value.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b == b'0')) {
        "0"
    } else {
        digits
    };
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}
