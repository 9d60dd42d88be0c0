//! Typed faces: for each adapter package a strongly typed WSDL, one operation per report, and what its messages mean.
//!
//! RegiX's own contract takes any document (`xs:any`), so a stack that generates code learns nothing of the registers. A
//! [`Face`] says it all: the schemas of a package stand in its WSDL, merged so that generators digest them ([`Face::wsdl`]),
//! and a message of it is a call of one operation ([`Face::find`]). The gateway takes such a call the way of every call.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod check;
mod components;
mod emit;
mod face;
mod faces;
mod markup;
mod merge;
mod names;
mod shape;
mod wsdl;

pub use check::Unwritten;
pub use face::{Asked, Face, FaceOperation};
pub use faces::{FaceRoute, Faces};
