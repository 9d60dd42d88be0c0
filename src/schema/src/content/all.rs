use crate::model::ElementIx;
use crate::names::NameId;

use super::{Child, Clash, Match};

/// An `all` group: every element at most once, in any order (§3.8.6 "All Group Limited").
pub(crate) struct All {
    pub(super) members: Vec<Member>,
    /// Sorted by name: the member that a name matches, and as which declaration.
    pub(super) by_name: Vec<(NameId, u32, ElementIx)>,
    /// Whether the group as a whole may be left out.
    pub(super) optional: bool,
}

pub(super) struct Member {
    pub(super) element: ElementIx,
    pub(super) required: bool,
}

impl All {
    pub(super) fn begin(&self, states: &mut Vec<u32>) {
        states.extend(std::iter::repeat_n(0, self.members.len().div_ceil(32)));
    }

    pub(super) fn step(&self, seen: &mut [u32], child: Child) -> Option<Match> {
        let name = child.name?;
        let start = self.by_name.partition_point(|named| named.0 < name);
        let fits =
            self.by_name[start..].iter().take_while(|named| named.0 == name).find(|named| !has(seen, named.1))?;
        seen[fits.1 as usize / 32] |= 1 << (fits.1 % 32);
        Some(Match::Element(fits.2))
    }

    pub(super) fn may_end(&self, seen: &[u32]) -> bool {
        if self.optional && seen.iter().all(|&word| word == 0) {
            return true;
        }
        self.members.iter().enumerate().all(|(at, member)| !member.required || has(seen, at as u32))
    }

    pub(super) fn expected(&self, seen: &[u32]) -> Vec<Match> {
        let unseen = self.members.iter().enumerate().filter(|&(at, _)| !has(seen, at as u32));
        unseen.map(|(_, member)| Match::Element(member.element)).collect()
    }

    pub(super) fn declared(&self, name: NameId) -> Option<ElementIx> {
        let at = self.by_name.binary_search_by_key(&name, |named| named.0).ok()?;
        Some(self.by_name[at].2)
    }

    pub(super) fn ambiguity(&self) -> Option<Clash> {
        let twice = self.by_name.windows(2).find(|pair| pair[0].0 == pair[1].0)?;
        Some(Clash(Match::Element(twice[0].2), Match::Element(twice[1].2)))
    }
}

fn has(seen: &[u32], at: u32) -> bool {
    seen[at as usize / 32] & (1 << (at % 32)) != 0
}
