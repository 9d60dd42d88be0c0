//! The fuzz targets of Kapia; see the README beside this crate.
#![forbid(unsafe_code)]

pub mod targets;
