use super::values::boolean;
use super::{HostMessageError, MATRIX};
use kapia_xml::{Element, Writer};
use std::collections::HashSet;

/// The access matrix in the form that a core hands to an adapter (regix-contract §7.4): what may be seen of a property,
/// and of the properties below it.
///
/// Keys are names of .NET properties. A property that stands on no line is hidden.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Access {
    /// Whether the property may be seen.
    pub has_access: bool,
    below: Vec<(Box<str>, Access)>,
}

/// A matrix as octets that can be written into many messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RenderedAccess(Vec<u8>);

impl Access {
    /// A property that may be seen, with nothing below it yet.
    pub fn granted() -> Access {
        Access { has_access: true, below: Vec::new() }
    }

    /// The properties below, in their order.
    pub fn below(&self) -> impl Iterator<Item = (&str, &Access)> {
        self.below.iter().map(|(key, access)| (&**key, access))
    }

    /// What is said of one property below; `None` means hidden.
    pub fn property(&self, key: &str) -> Option<&Access> {
        self.below.iter().find(|(known, _)| &**known == key).map(|(_, access)| access)
    }

    /// A property below, which becomes visible; what is said of it already stays.
    pub fn grant(&mut self, key: &str) -> &mut Access {
        let at = match self.below.iter().position(|(known, _)| &**known == key) {
            Some(at) => at,
            None => {
                self.below.push((key.into(), Access::default()));
                self.below.len() - 1
            }
        };
        let access = &mut self.below[at].1;
        access.has_access = true;
        access
    }

    /// Everything that another matrix grants below its root.
    pub fn merge(&mut self, other: &Access) {
        for (key, access) in other.below().filter(|(_, access)| access.has_access) {
            self.grant(key).merge(access);
        }
    }

    /// How many properties it names.
    pub fn len(&self) -> usize {
        self.below.iter().map(|(_, access)| 1 + access.len()).sum()
    }

    /// Whether it names no property, so that everything is hidden.
    pub fn is_empty(&self) -> bool {
        self.below.is_empty()
    }

    /// The matrix as the element `AMEntry`, complete in itself.
    pub fn render(&self) -> RenderedAccess {
        let mut writer = Writer::with_capacity(128 + self.len() * 96);
        writer.start_part("", MATRIX, "AMEntry", &[], &[]);
        self.write_members(&mut writer);
        writer.end();
        RenderedAccess(writer.into_bytes())
    }

    /// Reads what stands in `AMEntry` or `Value`.
    pub(super) fn read(entry: Element<'_>) -> Result<Access, HostMessageError> {
        let mut access = Access::default();
        if let Some(has_access) = entry.child(MATRIX, "HasAccess") {
            access.has_access = boolean(has_access, "HasAccess")?;
        }
        let mut seen = HashSet::new();
        for line in entry.children().filter(|child| child.is(MATRIX, "AccessMatrixElement")) {
            let key = line.child(MATRIX, "Key").ok_or(HostMessageError::Missing("Key"))?.text();
            let value = line.child(MATRIX, "Value").ok_or(HostMessageError::Missing("Value"))?;
            access.below.push((key.as_ref().into(), Access::read(value)?));
            if !seen.insert(key) {
                return Err(HostMessageError::Twice);
            }
        }
        Ok(access)
    }

    fn write_members(&self, writer: &mut Writer) {
        writer.leaf("", MATRIX, "HasAccess", if self.has_access { "true" } else { "false" });
        for (key, access) in &self.below {
            writer.start("", MATRIX, "AccessMatrixElement", &[], &[]);
            writer.leaf("", MATRIX, "Key", key);
            writer.start("", MATRIX, "Value", &[], &[]);
            access.write_members(writer);
            writer.end();
            writer.end();
        }
    }
}

impl RenderedAccess {
    /// The octets of `AMEntry`.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}
