//! Files inside the program: templates, the style sheet, the mark.

use crate::reply::tag_of;
use std::sync::LazyLock;

/// The style sheet.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");
/// The mark of the site: a gate.
const MARK: &str = include_str!("../assets/mark.svg");
/// What stands behind the first words of the first page.
const ARCH: &str = include_str!("../assets/arch.svg");
/// A record that says everything a record can say: templates of sites are tried with it.
pub(crate) const SPECIMEN: &str = include_str!("../assets/specimen.xml");

/// The templates, by name.
pub(crate) const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("../templates/layout.html")),
    ("parts.html", include_str!("../templates/parts.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("services.html", include_str!("../templates/services.html")),
    ("service.html", include_str!("../templates/service.html")),
    ("providers.html", include_str!("../templates/providers.html")),
    ("versions.html", include_str!("../templates/versions.html")),
    ("administrations.html", include_str!("../templates/administrations.html")),
    ("administration.html", include_str!("../templates/administration.html")),
    ("gone.html", include_str!("../templates/gone.html")),
    ("missing.html", include_str!("../templates/missing.html")),
    ("fragment.html", include_str!("../templates/fragment.html")),
];

/// A file as it is served.
pub(crate) struct Asset {
    /// Its type.
    pub content_type: &'static str,
    /// Its content.
    pub body: bytes::Bytes,
    /// A digest of it, for addresses that may be kept for ever.
    pub tag: String,
}

impl Asset {
    /// A file with its digest.
    pub fn new(content_type: &'static str, body: impl Into<bytes::Bytes>) -> Asset {
        let body = body.into();
        Asset { content_type, tag: tag_of(&body), body }
    }
}

/// The files at `/assets/…`.
static ASSETS: LazyLock<[(&str, Asset); 3]> = LazyLock::new(|| {
    [
        ("style.css", Asset::new("text/css; charset=utf-8", STYLE.as_bytes())),
        ("mark.svg", Asset::new("image/svg+xml", MARK.as_bytes())),
        ("arch.svg", Asset::new("image/svg+xml", ARCH.as_bytes())),
    ]
});

/// The file of that name.
pub(crate) fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|(known, _)| *known == name).map(|(_, asset)| asset)
}

/// The address of a file, with its digest.
pub(crate) fn address(name: &str) -> String {
    match asset(name) {
        Some(asset) => format!("/assets/{name}?v={}", asset.tag.get(..12).unwrap_or_default()),
        None => format!("/assets/{name}"),
    }
}
