//! Schema validation of a request, told in faults (horizontal-systems §3.4: EGS-1002, EGS-4001 to 4004).

use kapia_schema::{Options, Violation};
use kapia_xml::Element;

use crate::fault::{Code, ELIDED, Fault};
use crate::names::{Contract, Shape};
use crate::places;

/// How many places one fault names at most.
const MOST_FIELDS: usize = 20;

/// What the schema has against a request.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Faults of the request outside its records, or of a record that cannot even be named.
    pub whole: Option<Fault>,
    /// Faults of single records: index from 0, in order, at most one for each.
    pub records: Vec<(usize, Fault)>,
}

/// Checks a request; `batch` attributes violations to its records where that can be done.
pub(crate) fn check(contract: &Contract, request: Element<'_>, batch: bool) -> Verdict {
    let nothing = Shape::default();
    let shape = contract.shape(request.local()).unwrap_or(&nothing);
    let options = Options { max_violations: if batch { 2000 } else { MOST_FIELDS } };
    let report = contract.schema.validate(request, &options);
    let reader = Reader { request, shape };
    let found: Vec<(String, &Violation)> =
        report.violations.iter().map(|violation| (places::normal(&violation.path, shape), violation)).collect();
    if found.is_empty() {
        return Verdict { whole: None, records: Vec::new() };
    }
    if !batch || report.truncated {
        return Verdict { whole: reader.fault(&found), records: Vec::new() };
    }
    let (mut outside, mut inside) = (Vec::new(), Vec::<(usize, Vec<(String, &Violation)>)>::new());
    for (path, violation) in found {
        match record_of(&path) {
            Some(index) => match inside.last_mut() {
                Some((last, list)) if *last == index => list.push((path, violation)),
                _ => inside.push((index, vec![(path, violation)])),
            },
            None => outside.push((path, violation)),
        }
    }
    inside.sort_by_key(|(index, _)| *index);
    Verdict {
        whole: if outside.is_empty() { None } else { reader.fault(&outside) },
        records: inside.into_iter().filter_map(|(index, list)| Some((index, reader.fault(&list)?))).collect(),
    }
}

/// Which record a path lies inside of, and not in its key: without a key there is nobody to whom to tell the fault.
fn record_of(path: &str) -> Option<usize> {
    let rest = path.strip_prefix("/ServiceRecord[")?;
    let (index, inside) = rest.split_once(']')?;
    let inside = inside.strip_prefix('/')?;
    if inside.starts_with("ServiceKey") {
        return None;
    }
    index.parse::<usize>().ok()?.checked_sub(1)
}

struct Reader<'d> {
    request: Element<'d>,
    shape: &'d Shape,
}

impl Reader<'_> {
    /// One fault for a list of violations: the first decides, others of its kind add their places.
    fn fault(&self, found: &[(String, &Violation)]) -> Option<Fault> {
        let faults: Vec<Fault> = found.iter().map(|(path, violation)| self.one(path, violation)).collect();
        let mut first = faults.first()?.clone();
        for other in faults.into_iter().skip(1).filter(|other| other.code == first.code) {
            for field in other.fields {
                if first.fields.len() < MOST_FIELDS && !first.fields.contains(&field) {
                    first.fields.push(field);
                }
            }
        }
        Some(first)
    }

    fn one(&self, path: &str, violation: &Violation) -> Fault {
        let local = path.rsplit('/').next().unwrap_or_default();
        let local = local.split_once('[').map_or(local, |(name, _)| name);
        match violation.code {
            "cvc-complex-type.2.4.a" => {
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                self.missing(parent).unwrap_or_else(|| Fault::new(Code::SchemaViolation).at(path))
            }
            "cvc-complex-type.2.4.b" => {
                let parent = if path == "/" { "" } else { path };
                self.missing(parent)
                    .or_else(|| {
                        let expected = violation.expected.first()?;
                        Some(Fault::new(Code::FieldMissing).at(format!("{parent}/{expected}")))
                    })
                    .unwrap_or_else(|| Fault::new(Code::SchemaViolation).at(path))
            }
            code if code.starts_with("cvc-complex-type") || code.starts_with("cvc-elt") => {
                Fault::new(Code::SchemaViolation).at(path)
            }
            "cvc-enumeration-valid" => Fault::new(Code::UnknownCode).with("value", ELIDED).with("list", local).at(path),
            _ if matches!(local, "SupplierEIK" | "EIK") => Fault::new(Code::EikInvalid).with("eik", ELIDED).at(path),
            _ if local.ends_with("OID") => Fault::new(Code::OidInvalid).with("oid", ELIDED).at(path),
            _ => Fault::new(Code::SchemaViolation).at(path),
        }
    }

    /// The required children that an element goes without, as one fault.
    fn missing(&self, parent: &str) -> Option<Fault> {
        let element = places::find(self.request, parent)?;
        let children = self.shape.children.get(&places::plain(parent))?;
        let mut fault = Fault::new(Code::FieldMissing);
        for (local, _) in children.iter().filter(|(_, required)| *required) {
            if !element.children().any(|child| child.local() == local) {
                fault.fields.push(format!("{parent}/{local}"));
            }
        }
        (!fault.fields.is_empty()).then_some(fault)
    }
}
