//! Reading particles and model groups (§3.7.2, §3.8.2, §3.9.2, §3.10.2).

use crate::catalogue as rules;
use crate::error::SchemaError;
use crate::model::*;
use crate::names::NsId;

use super::builder::{At, Builder, Space};

impl<'f> Builder<'f> {
    /// A particle, or `None` if it occurs never.
    pub(super) fn read_particle(&mut self, at: At<'f>) -> Result<Option<Particle>, SchemaError> {
        let (min, max) = self.occurrences(at)?;
        let term = match at.element.local() {
            "element" => Term::Element(self.read_local_element(at)?),
            "any" => Term::Wildcard(self.read_wildcard(at)),
            "group" => {
                let name = self.value(at, "ref").unwrap_or_default();
                let ix = GroupIx(self.lookup(at, Space::Group, &name)?);
                self.group_refs.push((ix, Particle { min, max, term: Term::Group(ix) }, at));
                Term::Group(ix)
            }
            _ => {
                let ix = GroupIx(self.schema.groups.len() as u32);
                self.schema.groups.push(ModelGroup { compositor: Compositor::Sequence, particles: Vec::new() });
                self.fill_group(at, ix)?;
                Term::Group(ix)
            }
        };
        Ok((max > 0).then_some(Particle { min, max, term }))
    }

    /// The model group of a named group.
    pub(super) fn read_group(&mut self, at: At<'f>, ix: GroupIx) -> Result<(), SchemaError> {
        match self.children(at).next() {
            Some(inner) => self.fill_group(inner, ix),
            None => Err(self.error(at, &rules::ELEMENT_MISSING, &["all, choice, sequence", "group"])),
        }
    }

    fn fill_group(&mut self, at: At<'f>, ix: GroupIx) -> Result<(), SchemaError> {
        let compositor = match at.element.local() {
            "all" => Compositor::All,
            "choice" => Compositor::Choice,
            _ => Compositor::Sequence,
        };
        let mut particles = Vec::new();
        for child in self.children(at) {
            let particle = self.read_particle(child)?;
            // §3.8.6 "All Group Limited" clause 2.
            if compositor == Compositor::All && particle.is_some_and(|particle| particle.max > 1) {
                return Err(self.error(child, &rules::ALL_OCCURS_ONCE, &[]));
            }
            particles.extend(particle);
        }
        self.group_nodes.insert(ix, at);
        self.schema.groups[ix.at()] = ModelGroup { compositor, particles };
        Ok(())
    }

    pub(super) fn occurrences(&self, at: At<'f>) -> Result<(u32, u32), SchemaError> {
        let count = |name: &str| match self.value(at, name).as_deref() {
            None => 1,
            Some("unbounded") => UNBOUNDED,
            // A count that no document can reach is as good as the largest one.
            Some(digits) => digits.trim_start_matches(['+', '-']).parse().unwrap_or(UNBOUNDED - 1),
        };
        let (min, max) = (count("minOccurs"), count("maxOccurs"));
        // §3.9.6 "Particle Correct" clause 2.1.
        if min > max {
            return Err(self.error(at, &rules::MIN_ABOVE_MAX, &["minOccurs", "maxOccurs"]));
        }
        Ok((min, max))
    }

    pub(super) fn read_wildcard(&mut self, at: At<'f>) -> WildcardIx {
        let target = self.target(at);
        let namespaces = match self.value(at, "namespace").as_deref() {
            None | Some("##any") => Namespaces::Any,
            Some("##other") => Namespaces::Not(target),
            Some(list) => {
                let mut namespaces: Vec<NsId> = Vec::new();
                for word in list.split_ascii_whitespace() {
                    namespaces.push(match word {
                        "##targetNamespace" => target,
                        "##local" => NsId::ABSENT,
                        uri => self.schema.names.add_namespace(uri),
                    });
                }
                namespaces.sort();
                namespaces.dedup();
                Namespaces::Only(namespaces)
            }
        };
        let process = match self.value(at, "processContents").as_deref() {
            Some("skip") => Process::Skip,
            Some("lax") => Process::Lax,
            _ => Process::Strict,
        };
        self.add_wildcard(Wildcard { namespaces, process })
    }

    pub(super) fn add_wildcard(&mut self, wildcard: Wildcard) -> WildcardIx {
        let ix = WildcardIx(self.schema.wildcards.len() as u32);
        self.schema.wildcards.push(wildcard);
        ix
    }
}
