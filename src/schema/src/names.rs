//! Interned names: a schema set knows its names once, so an element of a document costs two lookups and no allocation.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// An interned namespace; [`NsId::ABSENT`] is "no namespace".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct NsId(u32);

impl NsId {
    pub(crate) const ABSENT: NsId = NsId(0);
}

/// An interned expanded name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct NameId(u32);

/// The table of names of one schema set.
#[derive(Default, Clone)]
pub(crate) struct Names {
    namespaces: Map<Box<str>, NsId>,
    spaces: Vec<Space>,
    names: Vec<(NsId, Box<str>)>,
}

#[derive(Default, Clone)]
struct Space {
    uri: Box<str>,
    locals: Map<Box<str>, NameId>,
}

impl Names {
    pub(crate) fn new() -> Names {
        let mut names = Names::default();
        names.add_namespace("");
        names
    }

    pub(crate) fn add_namespace(&mut self, uri: &str) -> NsId {
        if let Some(&id) = self.namespaces.get(uri) {
            return id;
        }
        let id = NsId(self.spaces.len() as u32);
        self.spaces.push(Space { uri: uri.into(), locals: Map::default() });
        self.namespaces.insert(uri.into(), id);
        id
    }

    pub(crate) fn add(&mut self, namespace: &str, local: &str) -> NameId {
        let ns = self.add_namespace(namespace);
        self.add_in(ns, local)
    }

    pub(crate) fn add_in(&mut self, ns: NsId, local: &str) -> NameId {
        let next = NameId(self.names.len() as u32);
        let space = &mut self.spaces[ns.0 as usize];
        if let Some(&id) = space.locals.get(local) {
            return id;
        }
        space.locals.insert(local.into(), next);
        self.names.push((ns, local.into()));
        next
    }

    pub(crate) fn namespace(&self, uri: &str) -> Option<NsId> {
        self.namespaces.get(uri).copied()
    }

    pub(crate) fn find(&self, namespace: &str, local: &str) -> Option<NameId> {
        self.find_in(self.namespace(namespace)?, local)
    }

    pub(crate) fn find_in(&self, ns: NsId, local: &str) -> Option<NameId> {
        self.spaces.get(ns.0 as usize)?.locals.get(local).copied()
    }

    pub(crate) fn ns_of(&self, name: NameId) -> NsId {
        self.names[name.0 as usize].0
    }

    pub(crate) fn local(&self, name: NameId) -> &str {
        &self.names[name.0 as usize].1
    }

    pub(crate) fn uri(&self, ns: NsId) -> &str {
        &self.spaces[ns.0 as usize].uri
    }

    pub(crate) fn namespace_of(&self, name: NameId) -> &str {
        self.uri(self.ns_of(name))
    }

    /// `{namespace}local`, or the local name alone when there is no namespace.
    pub(crate) fn display(&self, name: NameId) -> String {
        match self.namespace_of(name) {
            "" => self.local(name).to_owned(),
            uri => format!("{{{uri}}}{}", self.local(name)),
        }
    }
}

/// A map whose keys come from schemas, never from callers, so that a fast hash without a secret is enough.
pub(crate) type Map<K, V> = HashMap<K, V, BuildHasherDefault<FxHasher>>;

/// The multiply-and-rotate hash of the Firefox code base.
#[derive(Default, Clone, Copy)]
pub(crate) struct FxHasher(u64);

impl FxHasher {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }
}

impl Hasher for FxHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut tail = [0u8; 8];
        tail[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(tail));
    }

    fn write_u8(&mut self, n: u8) {
        self.mix(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.mix(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.mix(n);
    }

    fn write_usize(&mut self, n: usize) {
        self.mix(n as u64);
    }

    fn finish(&self) -> u64 {
        // The table takes its index from the low and its tag from the high bits; a multiply leaves the low ones weak.
        self.0 ^ (self.0 >> 32)
    }
}
