//! The language in which a person is spoken to.

use clap::ValueEnum;
use kapia_soap::Bilingual;

/// Bulgarian or English.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Language {
    /// Български.
    Bg,
    /// English.
    #[default]
    En,
}

impl Language {
    /// What `--lang` says, wherever it stands on the command line, or else the locale: clap's own texts are needed
    /// before clap has read anything.
    pub fn of(arguments: impl IntoIterator<Item = String>, variable: impl Fn(&str) -> Option<String>) -> Language {
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let value = match argument.strip_prefix("--lang") {
                Some("") => arguments.next(),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            match value.as_deref() {
                Some("bg") => return Language::Bg,
                Some("en") => return Language::En,
                _ => {}
            }
        }
        // LC_ALL beats LANG (POSIX.1-2017, XBD 8.2).
        let locale = ["LC_ALL", "LANG"].into_iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
        match locale {
            Some(locale) if locale.to_ascii_lowercase().starts_with("bg") => Language::Bg,
            _ => Language::En,
        }
    }

    /// The text in this language.
    pub fn of_text(self, text: &Bilingual) -> &str {
        match self {
            Language::Bg => &text.bg,
            Language::En => &text.en,
        }
    }

    /// The same of a text that is not needed afterwards.
    pub fn pick(self, text: Bilingual) -> String {
        match self {
            Language::Bg => text.bg,
            Language::En => text.en,
        }
    }

    /// The same as the crates name it.
    pub fn named(self) -> kapia_language::Language {
        match self {
            Language::Bg => kapia_language::Language::Bulgarian,
            Language::En => kapia_language::Language::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(arguments: &[&str], locale: &[(&str, &str)]) -> Language {
        Language::of(arguments.iter().map(|argument| (*argument).to_owned()), |name| {
            locale.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_option_beats_the_locale_and_lc_all_beats_lang() {
        assert_eq!(language(&["list"], &[]), Language::En);
        assert_eq!(language(&["list"], &[("LANG", "bg_BG.UTF-8")]), Language::Bg);
        assert_eq!(language(&["list"], &[("LANG", "bg_BG.UTF-8"), ("LC_ALL", "C")]), Language::En);
        assert_eq!(language(&["list"], &[("LANG", "bg_BG.UTF-8"), ("LC_ALL", "")]), Language::Bg);
        assert_eq!(language(&["list", "--lang", "en"], &[("LANG", "bg_BG.UTF-8")]), Language::En);
        assert_eq!(language(&["--lang=bg", "list"], &[]), Language::Bg);
    }
}
