//! The structure tree of a tagged PDF (ISO 32000-1 §14.7): what every piece of a page is to a reader who cannot see it.

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// The place of a node in [`Tags`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct TagId(usize);

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Section,
    Heading(u16),
    Paragraph,
    Table,
    TableRow,
    RowHeader,
    ColumnHeader,
    Cell,
}

/// A tree that grows in reading order.
pub(crate) struct Tags {
    nodes: Vec<Grown>,
    /// The nodes that are still open, outermost first.
    open: Vec<TagId>,
    tops: Vec<TagId>,
}

struct Grown {
    role: Role,
    children: Vec<TagId>,
    pieces: Vec<Identifier>,
}

impl Tags {
    pub(crate) fn new() -> Tags {
        Tags { nodes: Vec::new(), open: Vec::new(), tops: Vec::new() }
    }

    /// Opens a node inside the innermost open one.
    pub(crate) fn open(&mut self, role: Role) -> TagId {
        let id = self.leaf(role);
        self.open.push(id);
        id
    }

    /// Closes the innermost open node.
    pub(crate) fn close(&mut self) {
        self.open.pop();
    }

    /// A node that holds pieces of pages only.
    pub(crate) fn leaf(&mut self, role: Role) -> TagId {
        let id = TagId(self.nodes.len());
        self.nodes.push(Grown { role, children: Vec::new(), pieces: Vec::new() });
        match self.open.last().copied().and_then(|parent| self.nodes.get_mut(parent.0)) {
            Some(parent) => parent.children.push(id),
            None => self.tops.push(id),
        }
        id
    }

    /// Adds a piece of a page to a node.
    pub(crate) fn attach(&mut self, id: TagId, piece: Identifier) {
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.pieces.push(piece);
        }
    }

    pub(crate) fn into_tree(mut self) -> TagTree {
        let tops = std::mem::take(&mut self.tops);
        let nodes: Vec<Node> = tops.into_iter().filter_map(|id| self.group(id)).map(Node::Group).collect();
        TagTree::from(nodes).with_lang(Some(crate::paint::LANGUAGE.to_owned()))
    }

    fn group(&mut self, id: TagId) -> Option<TagGroup> {
        let node = self.nodes.get_mut(id.0)?;
        let mut group = TagGroup::new(kind(&node.role));
        let children = std::mem::take(&mut node.children);
        for piece in std::mem::take(&mut node.pieces) {
            group.push(piece);
        }
        for child in children {
            if let Some(child) = self.group(child) {
                group.push(child);
            }
        }
        Some(group)
    }
}

fn kind(role: &Role) -> TagKind {
    match role {
        Role::Section => Tag::Section.into(),
        Role::Heading(level) => Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), None).into(),
        Role::Paragraph => Tag::P.into(),
        Role::Table => Tag::Table.into(),
        Role::TableRow => Tag::TR.into(),
        Role::RowHeader => Tag::TH(TableHeaderScope::Row).into(),
        Role::ColumnHeader => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
    }
}
