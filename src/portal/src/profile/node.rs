//! An element on its way from the names of one contract to those of another.

use std::collections::BTreeMap;

use kapia_xml::Writer;

use crate::names::Shape;

#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub local: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Node>,
    /// Path of the element that it was; empty for one that nobody sent.
    pub origin: String,
    /// The name that it had.
    pub was: String,
}

/// From the paths of one message to those of another; empty when they are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(BTreeMap<String, String>);

impl Node {
    /// Puts children into an order of names by path; those of one name keep theirs, unknown ones go last.
    pub fn order(&mut self, path: &str, shape: &Shape) {
        if let Some(known) = shape.children.get(path) {
            let rank = |child: &Node| known.iter().position(|(local, _)| *local == child.local).unwrap_or(known.len());
            self.children.sort_by_key(rank);
        }
        for child in &mut self.children {
            let below = below(path, &child.local);
            child.order(&below, shape);
        }
    }

    /// The same by lists of names: parent, and its children in order.
    pub fn order_by(&mut self, lists: &BTreeMap<String, Vec<String>>) {
        if let Some(known) = lists.get(&self.local) {
            let rank = |child: &Node| known.iter().position(|local| *local == child.local).unwrap_or(known.len());
            self.children.sort_by_key(rank);
        }
        self.children.iter_mut().for_each(|child| child.order_by(lists));
    }

    /// From where elements are now to where they were. An index stands at elements that may occur several times.
    pub fn places(&self, shape: &Shape) -> Places {
        let mut places = BTreeMap::new();
        self.note_places("", "", &|plain: &str| shape.repeatable.contains(plain), &mut places);
        Places(places)
    }

    /// The same with an index at every step: see [`Places::of_any`].
    pub fn indexed_places(&self) -> Places {
        let mut places = BTreeMap::new();
        self.note_places("", "", &|_: &str| true, &mut places);
        Places(places)
    }

    fn note_places(
        &self,
        path: &str,
        plain: &str,
        indexed: &dyn Fn(&str) -> bool,
        places: &mut BTreeMap<String, String>,
    ) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for child in &self.children {
            let count = counts.entry(&child.local).or_default();
            *count += 1;
            let plain = below(plain, &child.local);
            let index = if indexed(&plain) { format!("[{count}]") } else { String::new() };
            let path = format!("{path}/{}{index}", child.local);
            if !child.origin.is_empty() {
                places.insert(path.clone(), child.origin.clone());
            }
            child.note_places(&path, &plain, indexed, places);
        }
    }

    /// Writes it; `inside` gives the namespace of the children of an element, or leaves that of the element itself.
    pub fn write(&self, namespace: &str, inside: &BTreeMap<String, String>, writer: &mut Writer) {
        let attributes: Vec<(&str, &str, &str, &str)> =
            self.attributes.iter().map(|(local, value)| ("", "", local.as_str(), value.as_str())).collect();
        writer.start("", namespace, &self.local, &[], &attributes);
        if !self.text.is_empty() {
            writer.text(&self.text);
        }
        let namespace = inside.get(&self.local).map_or(namespace, String::as_str);
        for child in &self.children {
            child.write(namespace, inside, writer);
        }
        writer.end();
    }
}

impl Places {
    /// Where an element was; what did not come has the path of the nearest element that came, and its name now.
    pub fn of(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let mut at = path;
        while let Some((parent, _)) = at.rsplit_once('/') {
            if let Some(was) = self.0.get(at) {
                return format!("{was}{}", path.get(at.len()..).unwrap_or_default());
            }
            at = parent;
        }
        path.to_owned()
    }

    /// The same for a path as somebody else writes it: with prefixes, from the envelope or the root on, with or without
    /// indices. `root` is the name of the root.
    pub fn of_any(&self, path: &str, root: &str) -> String {
        let mut steps: Vec<String> = Vec::new();
        for step in path.split('/').map(str::trim).filter(|step| !step.is_empty()) {
            let step = step.rsplit_once(':').map_or(step, |(_, local)| local);
            let outer = ["Envelope", "Body", root].contains(&step.split('[').next().unwrap_or(step));
            if outer && steps.is_empty() {
                continue;
            }
            steps.push(if step.ends_with(']') || step.starts_with('@') {
                step.to_owned()
            } else {
                format!("{step}[1]")
            });
        }
        let whole = format!("/{}", steps.join("/"));
        match self.of(&whole) {
            same if same == whole => path.to_owned(),
            found => found,
        }
    }
}

/// A path without a slash at its beginning.
pub(super) fn below(path: &str, local: &str) -> String {
    if path.is_empty() { local.to_owned() } else { format!("{path}/{local}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_however_it_is_written() {
        let leaf = |local: &str, origin: &str| Node { local: local.into(), origin: origin.into(), ..Node::default() };
        let mut service = leaf("service", "/ServiceRecord");
        service.children.extend([leaf("title", "/ServiceRecord/Name[1]"), leaf("title", "/ServiceRecord/Name[2]")]);
        let root = Node { local: "Add".into(), children: vec![service], ..Node::default() };
        let places = root.indexed_places();
        for path in ["/service/title[2]", "/s:Envelope/s:Body/Add/service/title[2]", "t:service[1]/t:title[2]"] {
            assert_eq!(places.of_any(path, "Add"), "/ServiceRecord/Name[2]", "{path}");
        }
        assert_eq!(places.of_any("/service/title", "Add"), "/ServiceRecord/Name[1]");
        assert_eq!(places.of_any("/service/level", "Add"), "/ServiceRecord/level[1]");
        assert_eq!(places.of_any("somewhere", "Add"), "somewhere");
    }
}
