//! A rule that a schema or a document can break: a stable code and its texts in two languages.

use crate::Language;

/// One entry of the catalogues in [`crate::catalogue`]: `{0}`, `{1}`… stand for names (never values of a document).
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) code: &'static str,
    pub(crate) english: Text,
    pub(crate) bulgarian: Text,
}

/// What is wrong, and what to do about it.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) message: &'static str,
    pub(crate) hint: &'static str,
}

impl Rule {
    pub(crate) fn message(&self, language: Language, names: &[String]) -> String {
        fill(self.text(language).message, names)
    }

    pub(crate) fn hint(&self, language: Language, names: &[String]) -> String {
        fill(self.text(language).hint, names)
    }

    fn text(&self, language: Language) -> &Text {
        match language {
            Language::English => &self.english,
            Language::Bulgarian => &self.bulgarian,
        }
    }
}

fn fill(pattern: &str, names: &[String]) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else { break };
        let number = rest[open + 1..open + close].parse::<usize>().ok();
        match number.and_then(|n| names.get(n)) {
            Some(name) => out.push_str(name),
            None => out.push('…'),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

/// Declares rules under the name of their list: `NAME "code": "English cause" / "English hint"; "българска причина" / "българска подсказка";`.
macro_rules! rules {
    ($list:ident; $($name:ident $code:literal: $en:literal / $en_hint:literal; $bg:literal / $bg_hint:literal;)*) => {
        $(pub(crate) static $name: $crate::rule::Rule = $crate::rule::Rule {
            code: $code,
            english: $crate::rule::Text { message: $en, hint: $en_hint },
            bulgarian: $crate::rule::Text { message: $bg, hint: $bg_hint },
        };)*
        #[cfg(test)]
        static $list: &[&$crate::rule::Rule] = &[$(&$name),*];
    };
}
pub(crate) use rules;
