use kapia_xml::Writer;

/// The access matrix of an answer: which fields the consumer may see (regix-contract §7.4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccessMatrix {
    /// Name of the type of the answer's root, without namespace.
    pub name: String,
    /// The fields, a parent before its children, alphabetical on each level.
    pub fields: Vec<MatrixField>,
}

/// One field of an access matrix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MatrixField {
    /// The path below the root, joined with dots.
    pub path: String,
    /// Whether the consumer may see it.
    pub has_access: bool,
}

impl AccessMatrix {
    pub(crate) fn write(&self, writer: &mut Writer, namespace: &str) {
        writer.start("", namespace, "Matrix", &[], &[("", "", "id", "AccessMatrix")]);
        writer.leaf("", namespace, "HasAccess", "true");
        writer.leaf("", namespace, "Name", &self.name);
        writer.start("", namespace, "Properties", &[], &[]);
        for field in &self.fields {
            writer.start("", namespace, "Property", &[], &[]);
            writer.leaf("", namespace, "HasAccess", if field.has_access { "true" } else { "false" });
            writer.leaf("", namespace, "Name", &field.path);
            writer.end();
        }
        writer.end();
        writer.end();
    }
}
