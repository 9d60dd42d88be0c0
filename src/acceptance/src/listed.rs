//! What a manifest describes, read leniently: the checks look at every operation, also at those that cannot be served.

use serde::Deserialize;
use toml::Spanned;

/// The parts of `adapter.toml` that the checks look at; keys that are missing or strange are those of [`kapia_adapter`] to judge.
#[derive(Default)]
pub(crate) struct Listed {
    pub name: Option<(String, u32)>,
    pub operations: Vec<Entry>,
}

/// One `[[operation]]`.
pub(crate) struct Entry {
    pub line: u32,
    pub name: String,
    pub request: Option<(String, u32)>,
    pub response: Option<(String, u32)>,
    pub request_root: Option<(String, u32)>,
    pub response_root: Option<(String, u32)>,
    pub sample_request: Option<(String, u32)>,
    pub sample_response: Option<(String, u32)>,
}

#[derive(Deserialize)]
struct Written {
    name: Option<Spanned<toml::Value>>,
    #[serde(default)]
    operation: Vec<Spanned<WrittenEntry>>,
}

#[derive(Deserialize)]
struct WrittenEntry {
    name: Option<Spanned<toml::Value>>,
    request: Option<Spanned<toml::Value>>,
    response: Option<Spanned<toml::Value>>,
    request_root: Option<Spanned<toml::Value>>,
    response_root: Option<Spanned<toml::Value>>,
    sample_request: Option<Spanned<toml::Value>>,
    sample_response: Option<Spanned<toml::Value>>,
}

impl Listed {
    /// What can be made out; nothing if it is not TOML of this form.
    pub fn read(bytes: &[u8]) -> Listed {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let Ok(text) = std::str::from_utf8(bytes) else { return Listed::default() };
        let Ok(written) = toml::from_str::<Written>(text) else { return Listed::default() };
        let line = |offset: usize| {
            let before = text.as_bytes().get(..offset).unwrap_or_default();
            u32::try_from(before.iter().filter(|octet| **octet == b'\n').count() + 1).unwrap_or(u32::MAX)
        };
        let located = |value: &Option<Spanned<toml::Value>>| {
            let value = value.as_ref()?;
            let text = value.get_ref().as_str()?.trim();
            (!text.is_empty()).then(|| (text.to_owned(), line(value.span().start)))
        };
        let entry = |entry: &Spanned<WrittenEntry>| {
            let (at, entry) = (line(entry.span().start), entry.get_ref());
            Some(Entry {
                line: at,
                name: located(&entry.name)?.0,
                request: located(&entry.request),
                response: located(&entry.response),
                request_root: located(&entry.request_root),
                response_root: located(&entry.response_root),
                sample_request: located(&entry.sample_request),
                sample_response: located(&entry.sample_response),
            })
        };
        Listed { name: located(&written.name), operations: written.operation.iter().filter_map(entry).collect() }
    }
}
