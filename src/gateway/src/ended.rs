//! How a call ends without an answer.

use kapia_journal::Outcome;
use kapia_regix::Condition;
use kapia_soap::{Bilingual, Place};
use std::borrow::Cow;

/// Why a call ended, in every form that somebody needs.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub outcome: Outcome,
    pub condition: Condition,
    pub code: Cow<'static, str>,
    pub hint: Bilingual,
    pub places: Vec<Place>,
    /// The cause in both languages, where the condition has it in one only.
    pub told: Option<Bilingual>,
    /// Whether the same call can succeed later without anybody changing anything.
    pub passing: bool,
}

/// What somebody should know about a call that ended well.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub code: Cow<'static, str>,
    pub hint: Bilingual,
}

impl Ended {
    /// Boxed, so that the good way of a call carries a pointer only.
    pub fn new(
        outcome: Outcome,
        condition: Condition,
        code: impl Into<Cow<'static, str>>,
        hint: Bilingual,
    ) -> Box<Ended> {
        let code = code.into();
        Box::new(Ended { outcome, condition, code, hint, places: Vec::new(), told: None, passing: false })
    }
}
