//! The types of parameters.

use std::fmt::Write as _;

use crate::message::Message;

/// What the values of a parameter look like; no error about a value repeats it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// 1 to 16384 characters.
    Text,
    /// A whole number within bounds, if there are any.
    Integer {
        /// The least.
        least: Option<i64>,
        /// The most.
        most: Option<i64>,
    },
    /// `true` or `false`.
    Boolean,
    /// A time span such as `1500ms`, `30s`, `5m`, `2h`, `7d`, within bounds in milliseconds, if there are any.
    Duration {
        /// The least.
        least: Option<u64>,
        /// The most.
        most: Option<u64>,
    },
    /// An `http` or `https` address without a user, a password or a fragment.
    Url,
    /// One of these.
    Code(Vec<String>),
}

const LONGEST_TEXT: usize = 16_384;
const LONGEST_URL: usize = 2_000;
/// Units of time spans, in milliseconds.
const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl ParameterKind {
    /// The name of the type in `adapter.toml`.
    pub fn name(&self) -> &'static str {
        match self {
            ParameterKind::Text => "text",
            ParameterKind::Integer { .. } => "integer",
            ParameterKind::Boolean => "boolean",
            ParameterKind::Duration { .. } => "duration",
            ParameterKind::Url => "url",
            ParameterKind::Code(_) => "code",
        }
    }

    /// The rule that values follow, for people.
    pub fn rule(&self) -> Message {
        match self {
            ParameterKind::Text => Message::new(
                format!("a text of 1 to {LONGEST_TEXT} characters"),
                format!("текст от 1 до {LONGEST_TEXT} знака"),
            ),
            ParameterKind::Integer { least, most } => {
                let (en, bg) = bounds(least.map(|it| it.to_string()), most.map(|it| it.to_string()));
                Message::new(format!("a whole number{en}"), format!("цяло число{bg}"))
            }
            ParameterKind::Boolean => Message::new("true or false", "true или false"),
            ParameterKind::Duration { least, most } => {
                let (en, bg) = bounds(least.map(|it| format!("{it}ms")), most.map(|it| format!("{it}ms")));
                Message::new(
                    format!("a time span such as 1500ms, 30s, 5m, 2h or 7d{en}"),
                    format!("времетраене, например 1500ms, 30s, 5m, 2h или 7d{bg}"),
                )
            }
            ParameterKind::Url => Message::new(
                "an http:// or https:// address without a user, a password or a fragment",
                "адрес с http:// или https:// без потребител, парола и фрагмент",
            ),
            ParameterKind::Code(codes) => {
                let codes = codes.join(", ");
                Message::new(format!("one of: {codes}"), format!("една от стойностите: {codes}"))
            }
        }
    }

    /// The value in the form in which it is kept, or the rule that it breaks.
    pub fn check(&self, written: &str) -> Result<String, Message> {
        let trimmed = written.trim();
        let kept = match self {
            // White space may be part of a password.
            ParameterKind::Text => {
                let fits = !written.is_empty() && !written.contains('\0') && written.chars().count() <= LONGEST_TEXT;
                fits.then(|| written.to_owned())
            }
            ParameterKind::Integer { least, most } => trimmed
                .parse::<i64>()
                .ok()
                .filter(|it| least.is_none_or(|least| least <= *it) && most.is_none_or(|most| *it <= most))
                .map(|it| it.to_string()),
            ParameterKind::Boolean => matches!(trimmed, "true" | "false").then(|| trimmed.to_owned()),
            ParameterKind::Duration { least, most } => ParameterKind::milliseconds(trimmed)
                .filter(|it| least.is_none_or(|least| least <= *it) && most.is_none_or(|most| *it <= most))
                .map(|_| trimmed.to_owned()),
            ParameterKind::Url => is_url(trimmed).then(|| trimmed.to_owned()),
            ParameterKind::Code(codes) => codes.iter().find(|code| *code == trimmed).cloned(),
        };
        kept.ok_or_else(|| self.rule())
    }

    /// A time span in milliseconds.
    pub fn milliseconds(written: &str) -> Option<u64> {
        let written = written.trim();
        let digits = written.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = written.split_at_checked(digits)?;
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit)?;
        number.parse::<u64>().ok()?.checked_mul(*unit)
    }
}

fn bounds(least: Option<String>, most: Option<String>) -> (String, String) {
    let (mut en, mut bg) = (String::new(), String::new());
    // Writing into a text cannot fail.
    if let Some(least) = least {
        let _ = write!(en, ", at least {least}");
        let _ = write!(bg, ", най-малко {least}");
    }
    if let Some(most) = most {
        let _ = write!(en, ", at most {most}");
        let _ = write!(bg, ", най-много {most}");
    }
    (en, bg)
}

/// Whether a text looks like the address of a service; whoever asks there looks closer.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once(':').map_or(authority, |(host, port)| {
            if port.bytes().all(|octet| octet.is_ascii_digit()) { host } else { authority }
        });
        !host.is_empty()
            && !authority.contains('@')
            && !rest.contains(['#', '\\'])
            && text.len() <= LONGEST_URL
            && text.chars().all(|c| !c.is_whitespace() && !c.is_control())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_if_it_is_of_its_type_and_refused_without_being_repeated() {
        let small = ParameterKind::Integer { least: Some(1), most: Some(9) };
        let span = ParameterKind::Duration { least: Some(100), most: Some(60_000) };
        let code = ParameterKind::Code(vec!["a".into(), "b".into()]);
        for (kind, good, kept, bad) in [
            (&ParameterKind::Text, " pa ss ", " pa ss ", ""),
            (&small, " 9 ", "9", "10"),
            (&small, "1", "1", "0"),
            (&small, "+5", "5", "5s"),
            (&ParameterKind::Integer { least: None, most: None }, "-7", "-7", "7.0"),
            (&ParameterKind::Boolean, "true", "true", "yes"),
            (&span, "30s", "30s", "30"),
            (&span, "1m", "1m", "2m"),
            (&span, "100ms", "100ms", "99ms"),
            (
                &ParameterKind::Url,
                "https://register.example.bg:8443/a?b=c",
                "https://register.example.bg:8443/a?b=c",
                "register.example.bg",
            ),
            (&ParameterKind::Url, "http://[::1]:80/", "http://[::1]:80/", "https://user:word@example.bg/"),
            (&ParameterKind::Url, "https://a", "https://a", "https:///path"),
            (&code, "b", "b", "c"),
        ] {
            assert_eq!(kind.check(good).as_deref(), Ok(kept), "{good}");
            let rule = kind.check(bad).unwrap_err();
            assert_eq!(rule, kind.rule());
            assert!(bad.len() < 4 || !rule.en.contains(bad) && !rule.bg.contains(bad));
        }
        assert!(ParameterKind::Text.check("a\0b").is_err());
        assert!(ParameterKind::Text.check(&"ж".repeat(16_385)).is_err());
        assert_eq!(ParameterKind::milliseconds("99999999999999999d"), None);
    }
}
