//! What the schema says about the elements, attributes and values of a template.

/// Everything that is numbered in the marks of a template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    pub elements: Vec<ElementRule>,
    pub attributes: Vec<AttributeRule>,
    pub expressions: Vec<Expression>,
}

/// What becomes of an element that turns out empty.
#[derive(Clone, Debug)]
pub(crate) struct ElementRule {
    /// Its path below the root, for errors; the root's own name for the root.
    pub path: String,
    /// Whether its parent may go without it.
    pub optional: bool,
    /// Whether `xsi:nil` may stand in for its value.
    pub nillable: bool,
    /// Whether the empty text is a value of its type.
    pub accepts_empty: bool,
    /// Whether its start tag declares the prefix `xsi` itself.
    pub declares_xsi: bool,
}

/// What becomes of an attribute that turns out empty.
#[derive(Clone, Debug)]
pub(crate) struct AttributeRule {
    /// Its path below the root, for errors.
    pub path: String,
    /// Whether its element may go without it.
    pub optional: bool,
    /// Whether the empty text is a value of its type.
    pub accepts_empty: bool,
    /// Whether it holds text beside its values.
    pub literal: bool,
}

/// A value of the template as its author wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub text: String,
    pub line: u32,
}
