//! From an id to the one element that it names, and whether that element stands where it must.

use kapia_xml::{Document, Element, ElementId, Event};

use crate::algorithm::DSIG_NAMESPACE;
use crate::refusal::{Refusal, VerifyError};
use crate::structure::Reference;
use crate::verify::{Placement, Policy};

/// Every `ds:Signature` of a document, but no more than two: a third changes nothing.
pub(crate) fn signatures(document: &Document) -> Vec<Element<'_>> {
    elements(document.root()).filter(|element| element.is(DSIG_NAMESPACE, "Signature")).take(2).collect()
}

/// The one element with this id.
///
/// It carries the value in an attribute `id`, `Id` or `ID` without prefix. No other attribute of that name in any case
/// and any namespace, `xml:id` and `wsu:Id` included, may hold the same value anywhere: readers differ in what they
/// take for an id, and an attacker would show each of them another element.
pub(crate) fn resolve<'d>(document: &'d Document, reference: &Reference<'d>) -> Result<Element<'d>, VerifyError> {
    let mut found = None;
    for element in elements(document.root()) {
        for attribute in element.attributes() {
            if !attribute.local().eq_ignore_ascii_case("id") || attribute.value() != reference.id {
                continue;
            }
            if found.is_some() {
                return Err(VerifyError::at(Refusal::DuplicateId, element));
            }
            let resolvable = attribute.namespace().is_empty() && matches!(attribute.local(), "id" | "Id" | "ID");
            found = Some((element, resolvable));
        }
    }
    match found {
        Some((element, true)) => Ok(element),
        _ => Err(VerifyError::at(Refusal::ReferenceUnresolved, reference.element)),
    }
}

/// Refuses a covered element that does not stand where the policy says.
pub(crate) fn check_place(covered: Element<'_>, signature: Element<'_>, policy: &Policy) -> Result<(), VerifyError> {
    let in_place = match policy.placement() {
        Placement::SiblingBefore => element_before(signature).map(Element::id) == Some(covered.id()),
        Placement::Parent => signature.parent().map(Element::id) == Some(covered.id()),
        Placement::DocumentElement => covered.parent().is_none(),
        Placement::Object => {
            covered.is(DSIG_NAMESPACE, "Object") && covered.parent().map(Element::id) == Some(signature.id())
        }
    };
    if !in_place {
        return Err(VerifyError::at(Refusal::Position, covered));
    }
    if policy.placement() == Placement::SiblingBefore {
        let siblings = covered.parent().into_iter().flat_map(Element::children);
        let mut twins =
            siblings.filter(|other| other.id() != covered.id() && other.is(covered.namespace(), covered.local()));
        if let Some(twin) = twins.next() {
            return Err(VerifyError::at(Refusal::Forged, twin));
        }
    }
    match policy.expected() {
        Some(expected) if expected != covered.id() => Err(VerifyError::at(Refusal::Unexpected, covered)),
        _ => Ok(()),
    }
}

/// Whether an element lies below another one.
pub(crate) fn is_below(element: Element<'_>, ancestor: ElementId) -> bool {
    std::iter::successors(element.parent(), |parent| parent.parent()).any(|parent| parent.id() == ancestor)
}

fn element_before(element: Element<'_>) -> Option<Element<'_>> {
    element.parent()?.children().take_while(|sibling| sibling.id() != element.id()).last()
}

fn elements(root: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    root.events().filter_map(|event| match event {
        Event::Start(element) => Some(element),
        _ => None,
    })
}
