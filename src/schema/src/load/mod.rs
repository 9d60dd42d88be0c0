//! From schema documents to components.
//!
//! The stages: find and read the documents, register global names, read every component into a draft that refers to others by
//! index, finish types from their bases upwards, then substitution groups, values and content models, and last the constraints
//! on schemas that instance validation does not need.

mod attributes;
mod builder;
mod check;
mod documents;
mod elements;
mod encoding;
mod finish;
mod grammar;
mod lexical;
mod particles;
mod register;
mod restrict;
mod simple;
mod types;
mod values;
mod xpath;

use crate::error::SchemaError;
use crate::model::Schema;
use crate::set::SchemaDocument;
use crate::source::SchemaSource;

pub(crate) fn load(mains: &[&str], source: &dyn SchemaSource) -> Result<(Schema, Vec<SchemaDocument>), SchemaError> {
    let (files, absent) = documents::collect(mains, source)?;
    let mut builder = builder::Builder::new(&files);
    let built = builder.register().and_then(|()| builder.read_components()).and_then(|()| builder.finish());
    let schema = built.map_err(|error| absent.cause_of(error))?;
    let read = |file: documents::File| SchemaDocument {
        name: file.name,
        namespace: file.target,
        is_chameleon: file.chameleon,
        document: file.document,
    };
    Ok((schema, files.into_iter().map(read).collect()))
}
