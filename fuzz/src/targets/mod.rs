//! One target per parser: seeds, words, and what must hold for any octets at all.
//!
//! The same functions are driven by `tests/fuzz.rs` in every run of the tests, and by libFuzzer (`fuzz/README.md`).

mod framing;
mod generated;
mod host;
mod keys;
mod messages;
mod names;
mod packages;
mod portal;
mod schemas;
mod signatures;
mod templates;
mod token;
mod typed;
mod xml;

/// A parser under attack.
pub struct Target {
    /// The name of the libFuzzer target, too.
    pub name: &'static str,
    /// Inputs to begin with, made by code.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Pieces that mean something to the parser.
    pub words: &'static [&'static str],
    /// Panics if something does not hold; gives back a word for what became of the input, so that a driver without
    /// coverage knows what is new.
    pub run: fn(&[u8]) -> String,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    xml::READER,
    schemas::LOADING,
    schemas::VALIDATION,
    schemas::PATTERN,
    messages::ENVELOPE,
    messages::REQUEST,
    messages::REPLY,
    host::HOST,
    token::TOKEN,
    signatures::VERIFIER,
    packages::MANIFEST,
    packages::RECORD,
    framing::FRAMING,
    keys::CERTIFICATE,
    names::NAMES,
    templates::TEMPLATE,
    templates::UPSTREAM,
    portal::PORTAL,
    portal::MARKUP,
    typed::TYPES,
    typed::SERVICE,
    generated::CODEGEN,
    generated::CONTRACT,
    generated::FACE,
];

/// The target of this name.
pub fn target(name: &str) -> &'static Target {
    match TARGETS.iter().find(|target| target.name == name) {
        Some(target) => target,
        None => panic!("there is no target {name}"),
    }
}

const XML_WORDS: &[&str] = &[
    "<a>",
    "</a>",
    "<a/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?p ",
    "?>",
    "&amp;",
    "&#65;",
    "&#x",
    ";",
    " xmlns=\"\"",
    " xmlns:p=\"u\"",
    "p:",
    " xml:lang=\"bg\"",
    " xsi:type=\"",
    " xsi:nil=\"true\"",
    "\u{FEFF}",
    "<!DOCTYPE",
    "&#xD;",
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
    " id=\"data\"",
    "\r\n",
    "Ж",
    "\u{FFFE}",
    "\0",
    "'",
    "\"",
    "=",
];
