//! Moments as SAML writes them.

use kapia_xml::Element;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::refusal::Refusal;

/// The moment in an attribute; `None` if it is not there. SAML writes UTC, with a `Z` or with no zone at all
/// (saml-core-2.0-os §1.3.3).
pub(crate) fn attribute(element: Element<'_>, local: &str) -> Result<Option<OffsetDateTime>, Refusal> {
    let Some(text) = element.attribute("", local) else { return Ok(None) };
    let text = text.trim();
    let parsed =
        OffsetDateTime::parse(text, &Rfc3339).or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339));
    parsed.map(Some).map_err(|_| Refusal::Moment)
}
