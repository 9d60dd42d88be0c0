//! Where things stand in a token.

use std::borrow::Cow;

use kapia_xml::{Element, Node};

use crate::refusal::Refusal;

/// The namespace of SAML 2.0 assertions (saml-core-2.0-os §1.2).
pub const SAML2: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// The namespace of SAML 1.0 and 1.1 assertions.
const SAML1: &str = "urn:oasis:names:tc:SAML:1.0:assertion";

/// The assertion in the security blocks of a message, a direct child of one of them; `None` if there is none.
///
/// # Errors
/// There are several, or one that is encrypted or of SAML 1: nobody could say which was meant.
pub fn assertion<'d>(blocks: impl IntoIterator<Item = Element<'d>>) -> Result<Option<Element<'d>>, Refusal> {
    let mut found = None;
    for child in blocks.into_iter().flat_map(Element::children) {
        if child.is(SAML2, "EncryptedAssertion") {
            return Err(Refusal::Encrypted);
        } else if child.is(SAML1, "Assertion") {
            return Err(Refusal::Version);
        } else if child.is(SAML2, "Assertion") && found.replace(child).is_some() {
            return Err(Refusal::Several);
        }
    }
    Ok(found)
}

/// The one child of a name; `None` if there is none.
pub(crate) fn optional<'d>(parent: Element<'d>, local: &str) -> Result<Option<Element<'d>>, Refusal> {
    let mut children = parent.children().filter(|child| child.is(SAML2, local));
    match (children.next(), children.next()) {
        (_, Some(_)) => Err(Refusal::Structure),
        (only, None) => Ok(only),
    }
}

/// The text of an element that holds nothing but text. No signature covers a comment, and a comment splits what some
/// readers see.
pub(crate) fn text(element: Element<'_>) -> Result<Cow<'_, str>, Refusal> {
    if element.nodes().all(|node| matches!(node, Node::Text(_))) { Ok(element.text()) } else { Err(Refusal::Structure) }
}
