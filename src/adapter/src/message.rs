//! A text for people, in both languages of the house.

use std::fmt;

/// One text in English and in Bulgarian; `Display` gives the English one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// The text in English: lower case, no full stop.
    pub en: Box<str>,
    /// The same text in Bulgarian.
    pub bg: Box<str>,
}

impl Message {
    /// Joins the two versions of one text.
    pub fn new(en: impl Into<Box<str>>, bg: impl Into<Box<str>>) -> Message {
        Message { en: en.into(), bg: bg.into() }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.en)
    }
}

/// A value that can stand in a text of either language.
pub(crate) trait Bilingual {
    fn message(&self) -> Message;
}

/// Fills the `{name}` places of both templates, once: what is filled in is not looked at again, unknown names stay as they are.
pub(crate) fn fill(en: &str, bg: &str, values: &[(&str, &dyn Bilingual)]) -> Message {
    let filled: Vec<(&str, Message)> = values.iter().map(|(name, value)| (*name, value.message())).collect();
    Message::new(fill_one(en, &filled, |text| &text.en), fill_one(bg, &filled, |text| &text.bg))
}

fn fill_one(template: &str, values: &[(&str, Message)], version: impl Fn(&Message) -> &str) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, place)) = rest.split_once('{') {
        out.push_str(before);
        let found = place
            .split_once('}')
            .and_then(|(name, after)| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (value, after)));
        match found {
            Some((value, after)) => {
                out.push_str(version(value));
                rest = after;
            }
            None => {
                out.push('{');
                rest = place;
            }
        }
    }
    out.push_str(rest);
    out
}

impl Bilingual for Message {
    fn message(&self) -> Message {
        self.clone()
    }
}

macro_rules! same_in_both_languages {
    ($($kind:ty),*) => { $(
        impl Bilingual for $kind {
            fn message(&self) -> Message {
                Message::new(self.to_string(), self.to_string())
            }
        }
    )* };
}

same_in_both_languages!(String, &'static str, u32, u64, usize);
