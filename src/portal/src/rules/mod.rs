//! What the schema cannot say of a record: check digits, code lists, languages, markup, addresses, terms and charges.

mod money;
pub(crate) mod values;

use kapia_xml::Element;

use crate::dictionaries::Dictionaries;
use crate::fault::{Code, Fault};
use crate::names::{Shape, TYPES};
use crate::places;

/// How strict the rules are where an installation may choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strictness {
    /// Refuse an address of a service that is http, instead of only remarking it (EGS-4007).
    pub https_only: bool,
}

/// What the rules found in one record.
#[derive(Debug, Default)]
pub struct Found {
    /// Why it is not accepted, in document order; of every code one.
    pub faults: Vec<Fault>,
    /// What it may be accepted with.
    pub warnings: Vec<Fault>,
}

/// Checks one `ServiceRecord` of a valid request; paths start below the request.
pub fn check(
    record: Element<'_>,
    request: Element<'_>,
    shape: &Shape,
    dictionaries: &Dictionaries,
    strictness: Strictness,
) -> Found {
    let mut findings = Findings { request, shape, dictionaries, strictness, found: Found::default() };
    values::check_key(record, &mut findings);
    values::check_languages(record, &mut findings);
    values::check_codes(record, &mut findings);
    values::check_markup(record, &mut findings);
    values::check_addresses(record, &mut findings);
    values::check_validity(record, &mut findings);
    for channel in all(record, "Channel") {
        money::check_channel(channel, &mut findings);
    }
    if let Some(payment) = one(record, "Payment") {
        money::check_payment(record, payment, &mut findings);
    }
    findings.found
}

/// Collects what the rules find.
pub(crate) struct Findings<'d> {
    request: Element<'d>,
    shape: &'d Shape,
    dictionaries: &'d Dictionaries,
    strictness: Strictness,
    found: Found,
}

/// How many places of one code are told.
const MOST_FIELDS: usize = 20;

impl Findings<'_> {
    fn fault(&mut self, code: Code, element: Element<'_>) {
        self.add(Fault::new(code), element, "");
    }

    /// A fault at an element, or at what `below` names in it. Places beyond the first ones are not even computed: a message
    /// may hold very many.
    fn add(&mut self, fault: Fault, element: Element<'_>, below: &str) {
        if !is_full(&self.found.faults, fault.code) {
            let path = self.path(element);
            let path = if path == "/" { String::new() } else { path };
            merge(&mut self.found.faults, fault.at(format!("{path}{below}")));
        }
    }

    fn warn(&mut self, code: Code, element: Element<'_>) {
        let path = self.path(element);
        merge(&mut self.found.warnings, Fault::new(code).at(path));
    }

    fn path(&self, element: Element<'_>) -> String {
        // The request and its records are of one document, whatever their lifetimes are called.
        places::path_of(element, element.document().element(self.request.id()), self.shape)
    }
}

fn is_full(list: &[Fault], code: Code) -> bool {
    list.iter().any(|known| known.code == code && known.fields.len() >= MOST_FIELDS)
}

/// A fault of a code that is there already adds its places to it; its text stays that of the first.
fn merge(list: &mut Vec<Fault>, fault: Fault) {
    match list.iter_mut().find(|known| known.code == fault.code) {
        Some(known) => known.fields.extend(fault.fields),
        None => list.push(fault),
    }
}

/// The one child of this name.
pub(crate) fn one<'d>(parent: Element<'d>, local: &str) -> Option<Element<'d>> {
    parent.child(TYPES, local)
}

/// All children of this name.
pub(crate) fn all<'d>(parent: Element<'d>, local: &str) -> impl Iterator<Item = Element<'d>> {
    parent.children().filter(move |child| child.is(TYPES, local))
}

/// The text of the one child of this name, without outer blanks.
pub(crate) fn text(parent: Element<'_>, local: &str) -> Option<String> {
    one(parent, local).map(|child| child.text().trim().to_owned())
}
