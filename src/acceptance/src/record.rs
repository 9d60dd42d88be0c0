//! What the checks write down while they look.

use std::collections::BTreeMap;

use crate::check::Check;
use crate::report::Finding;

/// The findings so far, and at how many things each check has looked.
#[derive(Default)]
pub(crate) struct Record {
    pub findings: Vec<Finding>,
    looked: BTreeMap<&'static str, usize>,
}

impl Record {
    /// Says that a check looks at one thing more.
    pub fn look(&mut self, check: &'static Check) {
        *self.looked.entry(check.code).or_default() += 1;
    }

    /// Writes a finding down.
    pub fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// At how many things a check has looked.
    pub fn looked_at(&self, code: &str) -> usize {
        self.looked.get(code).copied().unwrap_or(0)
    }
}
