//! Where a record is on its way to the public, and in which world.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::FormError;

/// The two worlds; nothing goes from one to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// For the public.
    #[default]
    Production,
    /// For trying out.
    Staging,
}

/// The publication status of a record (horizontal-systems §1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Just arrived.
    Draft,
    /// Written to the end.
    Developed,
    /// Found right.
    Validated,
    /// Somebody answers for it.
    Approved,
    /// The public sees it.
    Published,
    /// The service is not provided.
    Inactive,
}

impl Status {
    /// All of them, in the order of the way.
    pub const ALL: [Status; 6] =
        [Self::Draft, Self::Developed, Self::Validated, Self::Approved, Self::Published, Self::Inactive];

    /// Its name on the wire, such as `draft`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Developed => "developed",
            Self::Validated => "validated",
            Self::Approved => "approved",
            Self::Published => "published",
            Self::Inactive => "inactive",
        }
    }

    /// Whether somebody may set `to` after this one: forward, published only after somebody found it right, and back to draft
    /// as long as it is not published. Into inactive and out of it lead ways of their own.
    pub fn may_become(self, to: Status) -> bool {
        use Status::{Approved, Draft, Inactive, Published, Validated};
        match (self, to) {
            (Inactive, _) | (_, Inactive) | (Published, _) => false,
            (Validated | Approved, Published) => true,
            (_, Published) => false,
            (from, Draft) => from != Draft,
            (from, to) => from < to,
        }
    }

    pub(crate) fn column(self) -> u8 {
        self as u8
    }

    pub(crate) fn of_column(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

impl Environment {
    /// Its name, such as `production`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
        }
    }
}

macro_rules! named {
    ($type:ty, $all:expr, $code:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl FromStr for $type {
            type Err = FormError;
            fn from_str(text: &str) -> Result<Self, FormError> {
                $all.into_iter().find(|known| known.as_str() == text).ok_or(FormError::of($code))
            }
        }
    };
}
pub(crate) use named;

named!(Status, Status::ALL, "form-status");
named!(Environment, [Environment::Production, Environment::Staging], "form-environment");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_published_that_nobody_found_right() {
        let ways: Vec<String> = Status::ALL
            .into_iter()
            .flat_map(|from| Status::ALL.into_iter().filter(move |to| from.may_become(*to)).map(move |to| (from, to)))
            .map(|(from, to)| format!("{from}→{to}"))
            .collect();
        assert_eq!(
            ways,
            [
                "draft→developed",
                "draft→validated",
                "draft→approved",
                "developed→draft",
                "developed→validated",
                "developed→approved",
                "validated→draft",
                "validated→approved",
                "validated→published",
                "approved→draft",
                "approved→published",
            ]
        );
    }

    #[test]
    fn a_status_is_read_as_it_is_written_and_kept_as_it_was() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(Status::of_column(status.column()), Some(status));
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{status}\""));
        }
        assert!("Published".parse::<Status>().is_err());
        assert_eq!(Status::of_column(6), None);
    }
}
