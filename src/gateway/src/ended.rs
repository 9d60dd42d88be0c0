//! How a call ends without an answer.

use kapia_journal::Outcome;
use kapia_regix::Condition;
use kapia_soap::{Bilingual, Place};

/// Why a call ended, in every form that somebody needs.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub outcome: Outcome,
    pub condition: Condition,
    pub code: &'static str,
    pub hint: Bilingual,
    pub places: Vec<Place>,
}

impl Ended {
    /// Boxed, so that the good way of a call carries a pointer only.
    pub fn new(outcome: Outcome, condition: Condition, code: &'static str, hint: Bilingual) -> Box<Ended> {
        Box::new(Ended { outcome, condition, code, hint, places: Vec::new() })
    }
}
