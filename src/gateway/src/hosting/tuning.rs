//! What a core can set of the host itself, for all its adapters at once.

use crate::settings::{Settings, Validation};
use kapia_adapter::{Message, Parameter, ParameterValue};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

const TIMEOUT: &str = "RegisterTimeoutSeconds";
const VALIDATION: &str = "Validation";
const LONGEST_TIMEOUT: u64 = 3600;

/// The parameters of the host itself, in force until it ends.
#[derive(Debug)]
pub(super) struct Tuning {
    timeout_seconds: AtomicU64,
    strict: AtomicBool,
}

impl Tuning {
    pub(super) fn new(settings: &Settings) -> Tuning {
        Tuning {
            timeout_seconds: AtomicU64::new(settings.register_timeout.as_secs().max(1)),
            strict: AtomicBool::new(settings.validation == Validation::Strict),
        }
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.load(Ordering::Relaxed))
    }

    pub(super) fn validation(&self) -> Validation {
        if self.strict.load(Ordering::Relaxed) { Validation::Strict } else { Validation::Report }
    }

    pub(super) fn parameters(&self) -> Vec<Parameter> {
        let parameter = |key: &str, description: &str, value: String| Parameter {
            key: key.to_owned(),
            description: description.to_owned(),
            value: ParameterValue::Shown(value),
        };
        let validation = if self.validation() == Validation::Strict { "strict" } else { "report" };
        vec![
            parameter(TIMEOUT, "Колко секунди се чака регистърът", self.timeout().as_secs().to_string()),
            parameter(
                VALIDATION,
                "Какво става с документ, който не отговаря на схемата си: strict или report",
                validation.to_owned(),
            ),
        ]
    }

    /// Sets a parameter of the host; `None` if it has none of this key.
    pub(super) fn set(&self, key: &str, value: &str) -> Option<Result<(), Message>> {
        let value = value.trim();
        match key {
            TIMEOUT => Some(match value.parse::<u64>() {
                Ok(seconds @ 1..=LONGEST_TIMEOUT) => {
                    self.timeout_seconds.store(seconds, Ordering::Relaxed);
                    Ok(())
                }
                _ => Err(Message::new(
                    format!("{TIMEOUT} is a whole number from 1 to {LONGEST_TIMEOUT}"),
                    format!("{TIMEOUT} е цяло число от 1 до {LONGEST_TIMEOUT}"),
                )),
            }),
            VALIDATION => Some(match value {
                "strict" | "report" => {
                    self.strict.store(value == "strict", Ordering::Relaxed);
                    Ok(())
                }
                _ => Err(Message::new(
                    format!("{VALIDATION} is strict or report"),
                    format!("{VALIDATION} е strict или report"),
                )),
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_kind_changes_nothing() {
        let tuning = Tuning::new(&Settings::default());
        assert_eq!(tuning.set(TIMEOUT, "5"), Some(Ok(())));
        for wrong in ["0", "5s", "-1", "999999"] {
            assert!(tuning.set(TIMEOUT, wrong).unwrap().is_err(), "{wrong}");
        }
        assert_eq!(tuning.timeout(), Duration::from_secs(5));
        assert!(tuning.set(VALIDATION, "none").unwrap().is_err());
        assert_eq!(tuning.set(VALIDATION, "report"), Some(Ok(())));
        assert_eq!(tuning.validation(), Validation::Report);
        assert_eq!(tuning.set("ConnectionString", "x"), None);
    }
}
