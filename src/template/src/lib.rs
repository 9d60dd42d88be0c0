//! Documents written as templates: XML with values in it, checked before the first call.
//!
//! A [`Template`] is an XML document in which `{{ … }}` stands for a value and `{% for … %}`, `{% if … %}` repeat or
//! choose parts, in the syntax of Jinja. It is looked through once, when a package is loaded: its tags must nest whatever
//! is chosen and however often something is repeated, its elements must be in the schema of the document, its names and
//! functions must be known. Values are always escaped, for text and for attributes alike, so that no value can become
//! markup. [`Template::render`] writes into any [`std::io::Write`], within [`Bounds`].
//!
//! ```
//! use kapia_template::{Bounds, Template, Value, Values};
//!
//! let template = Template::compile("person.xml", r#"<Person id="{{ id }}">{{ name|trim }}</Person>"#)?;
//! let values = Values::new().with("id", Value::from(7)).with("name", Value::from(" A & B "));
//! let mut out = Vec::new();
//! template.render(&values, &Bounds::default(), &mut out)?;
//! assert_eq!(String::from_utf8_lossy(&out), r#"<Person id="7">A &amp; B</Person>"#);
//! # Ok::<(), kapia_template::TemplateError>(())
//! ```
//!
//! # What is not there vanishes
//!
//! With the schema of the document ([`Setting::document`]) an element or attribute whose value is missing (`none`, or an
//! empty text) vanishes where the schema lets it, and with it the elements around it that would hold nothing else. Where
//! the schema requires it, a nillable element becomes nil; anything else is an error that names the expression.
//!
//! `docs/templates.md` is the page for those who write templates.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod codes;
mod error;
mod escape;
mod fault;
mod functions;
mod lexer;
mod marks;
mod nodes;
mod prune;
mod rows;
mod scan;
mod template;
mod text;
mod values;

pub use codes::{CodeList, CodeLists};
pub use error::TemplateError;
pub use functions::{Definition, Kind, definitions};
pub use minijinja::value::Value;
pub use nodes::element;
pub use rows::{Columns, RowError, record, rows};
pub use template::{Bounds, Outcome, Setting, Template};
pub use values::Values;
