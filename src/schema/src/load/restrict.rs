//! Whether one content is a restriction of another (§3.9.6 "Particle Valid (Restriction)").

use crate::model::*;

/// Compares two particles; a fault names what is wrong in words of the specification.
pub(super) fn is_restriction(schema: &Schema, derived: &Particle, base: &Particle) -> Result<(), &'static str> {
    let mut comparer = Comparer { schema, work: 0 };
    let (derived, base) = (comparer.normal(derived, 0), comparer.normal(base, 0));
    if comparer.work > MOST_WORK {
        return Ok(());
    }
    match (derived, base) {
        (None, None) => Ok(()),
        (None, Some(base)) if comparer.is_emptiable(&base) => Ok(()),
        (None, Some(_)) => Err("cos-particle-restrict.a"),
        (Some(_), None) => Err("cos-particle-restrict.b"),
        (Some(derived), Some(base)) => comparer.compare(&derived, &base),
    }
}

/// A particle without pointless groups.
#[derive(Clone)]
struct Normal {
    min: u32,
    max: u32,
    term: NormalTerm,
}

#[derive(Clone)]
enum NormalTerm {
    Element(ElementIx),
    /// A member of a substitution group, standing for itself only.
    Single(ElementIx),
    Wildcard(WildcardIx),
    Group(Compositor, Vec<Normal>),
}

use NormalTerm::{Element, Group, Single, Wildcard};

struct Comparer<'s> {
    schema: &'s Schema,
    work: usize,
}

/// Comparing nested choices can take exponential time; past this the derived content counts as a restriction, for the
/// content itself is checked in documents all the same.
const MOST_WORK: usize = 1_000_000;
/// The comparison is recursive, too.
const DEEPEST: usize = 200;

impl Comparer<'_> {
    /// Takes pointless groups away; `None` is a particle that can only be empty.
    fn normal(&mut self, particle: &Particle, depth: usize) -> Option<Normal> {
        self.work += 1;
        if depth > DEEPEST {
            self.work = MOST_WORK + 1;
        }
        if particle.max == 0 || self.work > MOST_WORK {
            return None;
        }
        let Particle { min, max, term } = *particle;
        let (compositor, group) = match term {
            Term::Element(ix) => return Some(Normal { min, max, term: Element(ix) }),
            Term::Wildcard(ix) => return Some(Normal { min, max, term: Wildcard(ix) }),
            Term::Group(ix) => (self.schema.group(ix).compositor, &self.schema.group(ix).particles),
        };
        let mut children: Vec<Normal> = Vec::new();
        for inner in group {
            match self.normal(inner, depth + 1) {
                Some(Normal { min: 1, max: 1, term: Group(inner, grand) }) if inner == compositor => {
                    children.extend(grand)
                }
                Some(child) => children.push(child),
                None => {}
            }
        }
        if children.is_empty() && (compositor != Compositor::Choice || min == 0) {
            return None;
        }
        if children.len() == 1 && min == 1 && max == 1 {
            return children.pop();
        }
        Some(Normal { min, max, term: Group(compositor, children) })
    }

    fn compare(&mut self, derived: &Normal, base: &Normal) -> Result<(), &'static str> {
        self.work += 1;
        if self.work > MOST_WORK {
            return Ok(());
        }
        if let (Element(one) | Single(one), Element(other) | Single(other)) = (&derived.term, &base.term)
            && self.schema.element(*one).name == self.schema.element(*other).name
        {
            return self.name_and_type(derived, *one, base, *other);
        }
        // An element with a substitution group is a choice among its members.
        if let Some(choice) = self.substitution(derived) {
            return self.compare(&choice, base);
        }
        if let Some(choice) = self.substitution(base) {
            return self.compare(derived, &choice);
        }
        use Compositor::{All, Choice, Sequence};
        match (&derived.term, &base.term) {
            (Element(_) | Single(_), Element(_) | Single(_)) => Err("rcase-NameAndTypeOK.1"),
            (Element(ix) | Single(ix), Wildcard(wildcard)) => {
                let name = self.schema.element(*ix).name;
                let allowed = self.schema.wildcard(*wildcard).namespaces.allow(Some(self.schema.names.ns_of(name)));
                ok(allowed, "rcase-NSCompat.1")?;
                ok(fits(derived, base), "rcase-NSCompat.2")
            }
            (Element(_) | Single(_), Group(compositor, members)) => {
                // §3.9.6 "RecurseAsIfGroup".
                let alone = [derived.clone()];
                let group = Normal { min: 1, max: 1, term: Wildcard(WildcardIx(0)) };
                ok(fits(&group, base), "rcase-RecurseAsIfGroup")?;
                match compositor {
                    Choice => self.lax(&alone, members),
                    All => self.unordered(&alone, members),
                    Sequence => self.recurse(&alone, members),
                }
            }
            (Wildcard(one), Wildcard(other)) => {
                ok(fits(derived, base), "rcase-NSSubset.1")?;
                let (one, other) = (self.schema.wildcard(*one), self.schema.wildcard(*other));
                ok(one.namespaces.is_subset(&other.namespaces), "rcase-NSSubset.2")?;
                ok(one.process >= other.process, "rcase-NSSubset.3")
            }
            (Wildcard(_), _) => Err("cos-particle-restrict.2"),
            (Group(_, members), Wildcard(_)) => {
                let any = Normal { min: 0, max: UNBOUNDED, term: base.term.clone() };
                for member in members {
                    self.compare(member, &any)?;
                }
                let (min, max) = total_range(derived);
                ok(within(min, max, base), "rcase-NSRecurseCheckCardinality.2")
            }
            (Group(Sequence, one), Group(Sequence, other)) => {
                ok(fits(derived, base), "rcase-Recurse.1")?;
                self.recurse(one, other)
            }
            (Group(All, one), Group(All, other)) => {
                ok(fits(derived, base), "rcase-Recurse.1")?;
                self.recurse(one, other)
            }
            (Group(Choice, one), Group(Choice, other)) => {
                ok(fits(derived, base), "rcase-RecurseLax.1")?;
                self.lax(one, other)
            }
            (Group(Sequence, one), Group(All, other)) => {
                ok(fits(derived, base), "rcase-RecurseUnordered.1")?;
                self.unordered(one, other)
            }
            (Group(Sequence, one), Group(Choice, other)) => {
                for member in one {
                    let mut fault = Err("rcase-MapAndSum.1");
                    for candidate in other {
                        fault = self.compare(member, candidate);
                        if fault.is_ok() {
                            break;
                        }
                    }
                    ok(fault.is_ok(), "rcase-MapAndSum.1")?;
                }
                let count = one.len() as u32;
                ok(within(times(derived.min, count), times(derived.max, count), base), "rcase-MapAndSum.2")
            }
            (Group(..), _) => Err("cos-particle-restrict.2"),
        }
    }

    /// Every derived particle takes the next base particle that it restricts; what is passed over must be emptiable.
    fn recurse(&mut self, derived: &[Normal], base: &[Normal]) -> Result<(), &'static str> {
        let mut rest = base.iter();
        for particle in derived {
            loop {
                let Some(candidate) = rest.next() else { return Err("rcase-Recurse.2") };
                if self.compare(particle, candidate).is_ok() {
                    break;
                }
                ok(self.is_emptiable(candidate), "rcase-Recurse.2")?;
            }
        }
        ok(rest.all(|particle| self.is_emptiable(particle)), "rcase-Recurse.2")
    }

    fn lax(&mut self, derived: &[Normal], base: &[Normal]) -> Result<(), &'static str> {
        // The members of a substitution group have no order.
        if base.iter().all(|particle| matches!(particle.term, Single(_))) {
            let all =
                derived.iter().all(|particle| base.iter().any(|candidate| self.compare(particle, candidate).is_ok()));
            return ok(all, "rcase-RecurseLax.2");
        }
        let mut rest = base.iter();
        for particle in derived {
            loop {
                let Some(candidate) = rest.next() else { return Err("rcase-RecurseLax.2") };
                if self.compare(particle, candidate).is_ok() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn unordered(&mut self, derived: &[Normal], base: &[Normal]) -> Result<(), &'static str> {
        let mut taken = vec![false; base.len()];
        for particle in derived {
            let found = (0..base.len()).find(|&at| !taken[at] && self.compare(particle, &base[at]).is_ok());
            match found {
                Some(at) => taken[at] = true,
                None => return Err("rcase-RecurseUnordered.2"),
            }
        }
        ok(
            base.iter().zip(taken).all(|(particle, taken)| taken || self.is_emptiable(particle)),
            "rcase-RecurseUnordered.2",
        )
    }

    /// §3.9.6 "Particle Restriction OK (Elt:Elt -- NameAndTypeOK)".
    fn name_and_type(
        &self,
        derived: &Normal,
        one: ElementIx,
        base: &Normal,
        other: ElementIx,
    ) -> Result<(), &'static str> {
        ok(fits(derived, base), "rcase-NameAndTypeOK.3")?;
        if one == other {
            return Ok(());
        }
        let (d, b) = (self.schema.element(one), self.schema.element(other));
        ok(b.nillable || !d.nillable, "rcase-NameAndTypeOK.2")?;
        if let Some(fixed) = b.value.as_ref().filter(|value| value.fixed) {
            let same = d.value.as_ref().is_some_and(|value| {
                value.fixed
                    && (if fixed.value.is_some() { value.value == fixed.value } else { value.text == fixed.text })
            });
            ok(same, "rcase-NameAndTypeOK.4")?;
        }
        ok(d.constraints.len() <= b.constraints.len(), "rcase-NameAndTypeOK.5")?;
        ok(d.block.has(b.block), "rcase-NameAndTypeOK.6")?;
        let forbidden = Methods::EXTENSION.with(Methods::LIST).with(Methods::UNION);
        let derivation = self.schema.derivation(d.type_, b.type_);
        ok(derivation.is_some_and(|methods| !methods.meets(forbidden)), "rcase-NameAndTypeOK.7")
    }

    fn substitution(&self, particle: &Normal) -> Option<Normal> {
        let Element(ix) = particle.term else { return None };
        let members = self.schema.substitutes.get(&ix)?;
        let branches = std::iter::once(ix).chain(members.iter().copied());
        let branches = branches.map(|ix| Normal { min: 1, max: 1, term: Single(ix) }).collect();
        Some(Normal { min: particle.min, max: particle.max, term: Group(Compositor::Choice, branches) })
    }

    fn is_emptiable(&self, particle: &Normal) -> bool {
        total_range(particle).0 == 0
    }
}

fn ok(holds: bool, fault: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(fault) }
}

/// §3.9.6 "Occurrence Range OK".
fn fits(derived: &Normal, base: &Normal) -> bool {
    within(derived.min, derived.max, base)
}

fn within(min: u32, max: u32, base: &Normal) -> bool {
    min >= base.min && (base.max == UNBOUNDED || (max != UNBOUNDED && max <= base.max))
}

/// §3.8.6 "Effective Total Range".
fn total_range(particle: &Normal) -> (u32, u32) {
    let (min, max) = match &particle.term {
        Group(Compositor::Choice, members) => {
            members.iter().map(total_range).fold((u32::MAX, 0), |all, one| (all.0.min(one.0), all.1.max(one.1)))
        }
        Group(_, members) => {
            members.iter().map(total_range).fold((0, 0), |all, one| (plus(all.0, one.0), plus(all.1, one.1)))
        }
        _ => (1, 1),
    };
    let min = if min == u32::MAX { 0 } else { min };
    (times(particle.min, min), times(particle.max, max))
}

fn plus(a: u32, b: u32) -> u32 {
    if a == UNBOUNDED || b == UNBOUNDED { UNBOUNDED } else { a.saturating_add(b).min(UNBOUNDED - 1) }
}

fn times(a: u32, b: u32) -> u32 {
    if a == 0 || b == 0 {
        0
    } else if a == UNBOUNDED || b == UNBOUNDED {
        UNBOUNDED
    } else {
        a.saturating_mul(b).min(UNBOUNDED - 1)
    }
}
