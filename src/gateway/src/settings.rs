use kapia_adapter::Room;
use kapia_saml::Judge;
use kapia_xml::Limits;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// What happens to a document that breaks its schema.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Validation {
    /// It goes no further: an argument is a fault, an answer is withheld.
    #[default]
    Strict,
    /// It is let through, counted and written down. A wrong root is refused even so.
    Report,
}

/// The language of the texts that have room for one language only, such as `Error` of a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextLanguage {
    /// English.
    #[default]
    En,
    /// Bulgarian.
    Bg,
}

/// How the gateway behaves where a rule leaves a choice.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Limits of every message and of every answer of a register.
    pub limits: Limits,
    /// How much of an answer of a register may be in memory; what is longer is told window by window.
    pub room: Room,
    /// What happens to documents that break their schema.
    pub validation: Validation,
    /// How long a register may take.
    pub register_timeout: Duration,
    /// Language of texts that cannot be bilingual.
    pub language: TextLanguage,
    /// How many violations a fault tells.
    pub told_violations: usize,
    /// Who judges tokens about consumers; without it tokens are passed over, and the service bus is refused.
    pub tokens: Option<Arc<Judge>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            limits: Limits::default(),
            room: Room::default(),
            validation: Validation::default(),
            register_timeout: Duration::from_secs(60),
            language: TextLanguage::default(),
            told_violations: 5,
            tokens: None,
        }
    }
}

impl TextLanguage {
    /// The text in this language.
    pub(crate) fn of<'t>(self, en: &'t str, bg: &'t str) -> &'t str {
        match self {
            TextLanguage::En => en,
            TextLanguage::Bg => bg,
        }
    }
}
