//! The schema set as its users see it.

use std::sync::Arc;

use kapia_xml::{Document, Element, Name, QName, Window, WindowError, Windows};

use crate::error::SchemaError;
use crate::fields::FieldTree;
use crate::load;
use crate::model::{ElementIx, Schema};
use crate::source::SchemaSource;
use crate::validate::{self, Validator};
use crate::violation::{Options, Report};

/// A loaded schema set: immutable, `Send + Sync`, cheap to clone.
#[derive(Clone)]
pub struct SchemaSet {
    schema: Arc<Schema>,
    documents: Arc<[SchemaDocument]>,
}

/// One schema document of a set, as it was read.
#[derive(Clone)]
pub struct SchemaDocument {
    /// The file, relative to the folder of the main document.
    pub name: String,
    /// The target namespace that its declarations have in this set; empty when there is none.
    pub namespace: String,
    /// Whether that is the namespace of the document that includes it, as it has none of its own.
    pub is_chameleon: bool,
    /// The document.
    pub document: Document,
}

/// A global element declaration: a possible root of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The name of the element.
    pub name: QName,
    /// Whether only a member of its substitution group may stand in a document.
    pub is_abstract: bool,
    /// Its documentation, Bulgarian if there are several.
    pub documentation: Option<String>,
}

impl SchemaSet {
    /// Loads the document `main` and all that it includes, imports and redefines, through the source only.
    ///
    /// An imported document that is not there, or on the network, is an error only when something of it is needed
    /// (XML Schema part 1 §4.2.3); an included one must be there.
    pub fn load(main: &str, source: &dyn SchemaSource) -> Result<SchemaSet, SchemaError> {
        SchemaSet::load_all(&[main], source)
    }

    /// Loads several main documents as one set.
    pub fn load_all(mains: &[&str], source: &dyn SchemaSource) -> Result<SchemaSet, SchemaError> {
        let (schema, documents) = load::load(mains, source)?;
        Ok(SchemaSet { schema: Arc::new(schema), documents: documents.into() })
    }

    /// Validates an element and all below it; the element must have a global declaration. Elements above it count only
    /// for the prefixes that they declare, and paths start at the element.
    pub fn validate(&self, element: Element<'_>, options: &Options) -> Report {
        validate::walk(Validator::new(&self.schema, options), element)
    }

    /// As [`SchemaSet::validate`], but a root that has no declaration may name its type with `xsi:type` (XML Schema part 1
    /// §5.2 lets a processor begin so; a gate, which knows the root that it expects, does not).
    pub fn assess(&self, element: Element<'_>, options: &Options) -> Report {
        validate::walk(Validator::new(&self.schema, options).with_typed_root(), element)
    }

    /// Validates a document that is read window by window, as [`SchemaSet::validate`] does a whole one; `read` begins to
    /// read it anew, which is done a second time to tell where violations are. Memory does not grow with its length but
    /// for IDs and identity constraints.
    ///
    /// `seen` is shown every window once, for those who want to know something else of the document too.
    pub fn validate_windows<R: std::io::Read>(
        &self,
        read: impl Fn() -> Windows<R>,
        options: &Options,
        seen: impl FnMut(&Window),
    ) -> Result<Report, WindowError> {
        validate::walk_windows(Validator::new(&self.schema, options), read, seen)
    }

    /// A validator that is driven by events, for callers that hold no whole document.
    pub fn validator<M: Clone>(&self, options: &Options) -> Validator<'_, M> {
        Validator::new(&self.schema, options)
    }

    /// The global element of this name.
    pub fn root(&self, name: Name<'_>) -> Option<Root> {
        self.find(name).map(|ix| self.root_of(ix))
    }

    /// The global elements of the main document and what it includes, in document order; imported ones are left out.
    pub fn roots(&self) -> Vec<Root> {
        self.schema.main_elements.iter().map(|&ix| self.root_of(ix)).collect()
    }

    /// The elements and attributes that a document with this root can hold.
    pub fn fields(&self, root: &QName) -> Option<FieldTree> {
        let ix = self.find(root.as_name())?;
        Some(FieldTree::new(Arc::clone(&self.schema), ix))
    }

    /// The documents of the set, main ones first.
    pub fn files(&self) -> &[String] {
        &self.schema.files
    }

    /// The same with what they hold; one that is included into two namespaces stands here twice.
    pub fn documents(&self) -> &[SchemaDocument] {
        &self.documents
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    fn find(&self, name: Name<'_>) -> Option<ElementIx> {
        let id = self.schema.names.find(name.namespace, name.local)?;
        self.schema.global_elements.get(&id).copied()
    }

    fn root_of(&self, ix: ElementIx) -> Root {
        let decl = self.schema.element(ix);
        let names = &self.schema.names;
        Root {
            name: QName::new(names.namespace_of(decl.name), names.local(decl.name)),
            is_abstract: decl.abstract_,
            documentation: decl.documentation.as_deref().map(str::to_owned),
        }
    }
}

impl std::fmt::Debug for SchemaSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SchemaSet").field("files", &self.schema.files).finish_non_exhaustive()
    }
}
