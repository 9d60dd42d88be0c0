//! The steps of a decision, told to a person.

use crate::denial::Denial;
use crate::text;
use kapia_language::Language;

/// Every step of one decision and how it ended; made by [`crate::Registry::explain`] with the code that decides real calls.
#[derive(Debug)]
pub struct Explanation {
    /// The steps in the order in which they were taken.
    pub steps: Vec<Step>,
    /// The permit or the denial that the same call would have met.
    pub outcome: Result<crate::Permit, Denial>,
}

/// One step of a decision.
#[derive(Debug, Clone)]
pub struct Step {
    kind: StepKind,
    code: &'static str,
    values: Vec<(&'static str, String)>,
}

/// What a step means for the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// A condition that holds.
    Passed,
    /// Something that was found and weighed.
    Note,
    /// The condition at which the call was refused; always the last step.
    Refused,
}

impl Step {
    pub(crate) fn refused(denial: &Denial) -> Self {
        Self {
            kind: StepKind::Refused,
            code: "step-refused",
            values: vec![
                ("cause", denial.message(Language::English)),
                ("cause-bg", denial.message(Language::Bulgarian)),
            ],
        }
    }

    /// What the step means for the decision.
    pub fn kind(&self) -> StepKind {
        self.kind
    }

    /// Stable code, such as `step-allow`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The step in words.
    pub fn message(&self, language: Language) -> String {
        let values: Vec<(&str, &str)> = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text::message(self.code, language, &values)
    }
}

/// Sees the steps of a decision; the values are made only for an observer that wants them.
pub(crate) trait Observer {
    fn step(&mut self, kind: StepKind, code: &'static str, values: impl FnOnce() -> Vec<(&'static str, String)>);
}

/// The observer of real calls: sees nothing, costs nothing.
pub(crate) struct Nobody;

impl Observer for Nobody {
    fn step(&mut self, _: StepKind, _: &'static str, _: impl FnOnce() -> Vec<(&'static str, String)>) {}
}

impl Observer for Vec<Step> {
    fn step(&mut self, kind: StepKind, code: &'static str, values: impl FnOnce() -> Vec<(&'static str, String)>) {
        self.push(Step { kind, code, values: values() });
    }
}
