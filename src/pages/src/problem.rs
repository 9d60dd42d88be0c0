//! What is wrong with templates and files of a site, for whoever looks after it.

use crate::text::PROBLEMS;
use kapia_language::Language;
use std::fmt;
use std::io::ErrorKind;

/// Something of a site that is not as it was meant; the site serves nevertheless. `Display` is English, for logs.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteProblem {
    host: String,
    /// The file, below the folder of the site; empty for the folder itself.
    file: String,
    line: Option<usize>,
    trouble: Trouble,
}

/// What it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Trouble {
    /// The folder cannot be read.
    Folder(ErrorKind),
    /// A file cannot be read.
    Unreadable(ErrorKind),
    /// A file has more octets than are admitted.
    Large { octets: u64, most: u64 },
    /// A template is not UTF-8.
    Encoding,
    /// A link, or something that is no file.
    Link,
    /// The name of a file has other characters than an address may have.
    Name,
    /// Files of its kind are not served.
    Kind,
    /// No page uses a template of this name; names that are like it.
    Unknown { near: String },
    /// A template fails.
    Fails(Reason),
    /// The others fail together with it, in this file.
    Together { file: String, reason: Reason },
    /// Two colours that stand on each other cannot be read.
    Contrast(Faint),
}

/// Why a template fails.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reason {
    /// Something of ours that it asked for.
    Ours(Fault),
    /// What the engine found, and its own words about it.
    Engine { kind: minijinja::ErrorKind, detail: Option<String> },
}

/// What a template can ask of us in a wrong way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// A value that this page does not have.
    #[error("the value is not there")]
    Value,
    /// A text that does not exist; names that are like it.
    #[error("there is no text {key:?}")]
    Text { key: String, near: String },
    /// The language of the page is neither.
    #[error("the page has no language")]
    Language,
}

/// Two colours with too little contrast.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Faint {
    /// The variable of what stands in front.
    pub front: &'static str,
    /// The variable of what is behind it.
    pub back: &'static str,
    /// 1 to 21.
    pub ratio: f64,
    /// How much is needed.
    pub least: f64,
    /// Whether in the dark colours.
    pub dark: bool,
}

impl SiteProblem {
    pub(crate) fn new(host: &str, file: &str, line: Option<usize>, trouble: Trouble) -> SiteProblem {
        SiteProblem { host: host.to_owned(), file: file.to_owned(), line, trouble }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.trouble.code()
    }

    /// The host name of the site.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The site, the file, its line if it is known, and what is wrong.
    pub fn message(&self, language: Language) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = if self.file.is_empty() { String::new() } else { format!(" {}{line}:", self.file) };
        let told = self.trouble.message(language);
        PROBLEMS.message("site-problem", language, &[("host", &self.host), ("place", &place), ("told", &told)])
    }

    /// What to do, or what happens meanwhile.
    pub fn hint(&self, language: Language) -> String {
        self.trouble.hint(language)
    }
}

impl fmt::Display for SiteProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; hint: {}", self.message(Language::English), self.hint(Language::English))
    }
}

impl Trouble {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Folder(_) => "site-folder",
            Self::Unreadable(_) => "site-file-unreadable",
            Self::Large { .. } => "site-file-large",
            Self::Encoding => "site-template-encoding",
            Self::Link => "site-file-link",
            Self::Name => "site-file-name",
            Self::Kind => "site-file-kind",
            Self::Unknown { near } if near.is_empty() => "site-template-unknown",
            Self::Unknown { .. } => "site-template-near",
            Self::Fails(_) => "site-template-fails",
            Self::Together { .. } => "site-template-together",
            Self::Contrast(Faint { dark: false, .. }) => "site-contrast-light",
            Self::Contrast(Faint { dark: true, .. }) => "site-contrast-dark",
        }
    }

    /// What is wrong.
    pub fn message(&self, language: Language) -> String {
        PROBLEMS.message(
            self.code(),
            language,
            &self.values(language).each_ref().map(|(name, value)| (*name, value.as_str())),
        )
    }

    /// What to do, or what happens meanwhile.
    pub fn hint(&self, language: Language) -> String {
        PROBLEMS.hint(
            self.code(),
            language,
            &self.values(language).each_ref().map(|(name, value)| (*name, value.as_str())),
        )
    }

    /// The values of the text; unused ones are empty.
    fn values(&self, language: Language) -> [(&'static str, String); 4] {
        let none = || ("", String::new());
        match self {
            Self::Folder(kind) | Self::Unreadable(kind) => [("why", cause(*kind, language)), none(), none(), none()],
            Self::Large { octets, most } => {
                [("octets", octets.to_string()), ("most", most.to_string()), none(), none()]
            }
            Self::Unknown { near } => [("near", near.clone()), none(), none(), none()],
            Self::Fails(reason) => [("why", reason.text(language)), none(), none(), none()],
            Self::Together { file, reason } => [("file", file.clone()), ("why", reason.text(language)), none(), none()],
            Self::Contrast(Faint { front, back, ratio, least, .. }) => [
                ("front", (*front).to_owned()),
                ("back", (*back).to_owned()),
                ("ratio", decimal(*ratio, 2, language)),
                ("least", decimal(*least, 1, language)),
            ],
            Self::Encoding | Self::Link | Self::Name | Self::Kind => [none(), none(), none(), none()],
        }
    }
}

impl Reason {
    /// In words; what the engine says in detail exists in English only.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Ours(fault) => fault.text(language),
            Self::Engine { kind, detail } => {
                let told = PROBLEMS.message(engine_code(*kind), language, &[]);
                detail.as_ref().map_or_else(|| told.clone(), |detail| format!("{told}: {detail}"))
            }
        }
    }
}

impl Fault {
    fn text(&self, language: Language) -> String {
        match self {
            Self::Value => PROBLEMS.message("engine-value", language, &[]),
            Self::Text { key, near } if near.is_empty() => PROBLEMS.message("engine-text", language, &[("key", key)]),
            Self::Text { key, near } => PROBLEMS.message("engine-text-near", language, &[("key", key), ("near", near)]),
            Self::Language => PROBLEMS.message("engine-language", language, &[]),
        }
    }
}

fn engine_code(kind: minijinja::ErrorKind) -> &'static str {
    use minijinja::ErrorKind::*;
    match kind {
        SyntaxError | BadEscape | InvalidDelimiter => "engine-syntax",
        UndefinedError => "engine-undefined",
        TemplateNotFound | BadInclude => "engine-template",
        UnknownFilter | UnknownTest | UnknownFunction | UnknownMethod | UnknownBlock => "engine-unknown",
        TooManyArguments | MissingArgument => "engine-arguments",
        OutOfFuel => "engine-fuel",
        _ => "engine-operation",
    }
}

fn cause(kind: ErrorKind, language: Language) -> String {
    match kind {
        ErrorKind::NotFound => PROBLEMS.message("cause-missing", language, &[]),
        ErrorKind::PermissionDenied => PROBLEMS.message("cause-denied", language, &[]),
        ErrorKind::NotADirectory => PROBLEMS.message("cause-no-folder", language, &[]),
        other => PROBLEMS.message("cause-other", language, &[("kind", &other.to_string())]),
    }
}

fn decimal(number: f64, places: usize, language: Language) -> String {
    let text = format!("{number:.places$}");
    language.pick(text.clone(), text.replace('.', ","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn every_trouble() -> Vec<Trouble> {
        use minijinja::ErrorKind as Engine;
        let faint = |dark| Trouble::Contrast(Faint { front: "link", back: "paper", ratio: 1.5, least: 4.5, dark });
        let engine = |kind| Trouble::Fails(Reason::Engine { kind, detail: Some("in detail".to_owned()) });
        let text = |near: &str| Fault::Text { key: "home-titel".to_owned(), near: near.to_owned() };
        let ours = |fault| Trouble::Fails(Reason::Ours(fault));
        vec![
            Trouble::Folder(ErrorKind::NotFound),
            Trouble::Folder(ErrorKind::NotADirectory),
            Trouble::Unreadable(ErrorKind::PermissionDenied),
            Trouble::Unreadable(ErrorKind::Interrupted),
            Trouble::Large { octets: 5, most: 4 },
            Trouble::Encoding,
            Trouble::Link,
            Trouble::Name,
            Trouble::Kind,
            Trouble::Unknown { near: String::new() },
            Trouble::Unknown { near: "service.html".to_owned() },
            engine(Engine::SyntaxError),
            engine(Engine::UndefinedError),
            engine(Engine::TemplateNotFound),
            engine(Engine::UnknownFilter),
            engine(Engine::MissingArgument),
            engine(Engine::OutOfFuel),
            engine(Engine::CannotUnpack),
            ours(Fault::Value),
            ours(text("")),
            ours(text("home-title")),
            ours(Fault::Language),
            Trouble::Together { file: "home.html".to_owned(), reason: Reason::Ours(Fault::Value) },
            faint(false),
            faint(true),
        ]
    }

    #[test]
    fn every_problem_is_told_in_both_languages_with_a_hint_and_no_text_is_idle() {
        let cyrillic = |text: &str| text.chars().any(|c| ('а'..='я').contains(&c));
        let mut told = [String::new(), String::new()];
        let mut codes = BTreeSet::from(["site-problem"]);
        for trouble in every_trouble() {
            let problem = SiteProblem::new("a.bg", "home.html", Some(3), trouble);
            codes.insert(problem.code());
            for (at, language) in Language::ALL.into_iter().enumerate() {
                let (message, hint) = (problem.message(language), problem.hint(language));
                assert!(message.contains("a.bg: home.html:3: ") && !hint.is_empty(), "{message}; {hint}");
                assert!(!message.contains('{') && !hint.contains('{'), "{message}; {hint}");
                assert_eq!((cyrillic(&message), cyrillic(&hint)), (at == 1, at == 1), "{message}; {hint}");
                told[at].push_str(&format!("{message}\n"));
            }
            assert!(problem.to_string().contains("; hint: "));
        }
        for entry in PROBLEMS.0.iter().filter(|entry| !codes.contains(entry.code)) {
            // Parts of others: found by their words.
            for (text, told) in entry.message.iter().zip(&told) {
                let part = text.split(['{', '}']).next().unwrap_or_default();
                assert!(told.contains(part), "{} is said nowhere: {text}", entry.code);
            }
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let faint = Trouble::Contrast(Faint { front: "link", back: "paper", ratio: 1.5, least: 4.5, dark: false });
        assert!(
            faint.message(Language::English).contains("1.50:1")
                && faint.message(Language::Bulgarian).contains("1,50:1")
        );
    }
}
