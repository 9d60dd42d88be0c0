//! Checks 9 and 16 and ours: the description of the form is there, fits the request, and can express the sample.

use kapia_adapter::{Message, Operation};
use kapia_regix::form::{Form, FormField, NO_FORM};
use kapia_schema::Field;
use kapia_xml::{Document, Element, Limits};

use crate::check;
use crate::record::Record;
use crate::report::{Finding, Level};
use crate::text::{finding, finding_in_both};

pub(crate) fn look(operation: &Operation, sample: Option<&Document>, record: &mut Record) {
    record.look(check::FORM);
    let name = operation.name.as_str();
    let Some(attachment) = &operation.metadata else {
        record.find(finding(check::FORM, "form-missing", &[]).level(Level::Note).of_operation(name));
        return;
    };
    if attachment.bytes.trim_ascii() == NO_FORM.as_bytes() {
        return;
    }
    let form = Document::read(attachment.bytes.clone(), &Limits::default())
        .map_err(|error| (error.line(), Message::new(error.kind().to_string(), error.message_bg())))
        .and_then(|document| {
            Form::read(&document).map_err(|error| (1, Message::new(error.to_string(), in_bulgarian(error))))
        });
    let form = match form {
        Ok(form) => form,
        Err((line, detail)) => {
            let told = finding_in_both(check::FORM, "form-unreadable", &[("detail", detail)]).level(Level::Error);
            record.find(told.at(&attachment.file, line).of_operation(name));
            return;
        }
    };
    record.look(check::FORM_FITS);
    let mut found = fits(&form, operation);
    if let Some(sample) = sample {
        record.look(check::FORM_REBUILDS);
        if let Some(path) = not_expressed(&form, sample) {
            found.push(finding(check::FORM_REBUILDS, "form-cannot-express", &[("path", &path)]));
        }
    }
    for finding in found {
        let line = finding.line;
        record.find(finding.at(&attachment.file, line).of_operation(name));
    }
}

fn in_bulgarian(error: kapia_regix::form::FormError) -> String {
    use kapia_regix::form::FormError;
    match error {
        FormError::Root => "коренът не е описание на форма".to_owned(),
        FormError::Missing(name) => format!("в описанието няма {name}"),
        FormError::Depth => "полетата са вложени на повече от 32 нива".to_owned(),
    }
}

fn fits(form: &Form, operation: &Operation) -> Vec<Finding> {
    let mut found = Vec::new();
    if form.operation != operation.name.as_str() {
        found.push(finding(check::FORM_FITS, "form-operation", &[("found", &form.operation)]));
    }
    let root = &operation.request.root;
    if form.root != *root.local || form.namespace != *root.namespace {
        let made = format!("{{{}}}{}", form.namespace, form.root);
        let values = [("found", made.as_str()), ("expected", &root.to_string())];
        found.push(finding(check::FORM_FITS, "form-root", &values));
        return found;
    }
    compare(&form.fields, &operation.request.fields.root(), &form.namespace, 0, &mut found);
    found
}

/// The fields of a form beside the children of an element of the request.
fn compare(fields: &[FormField], parent: &Field, namespace: &str, depth: usize, found: &mut Vec<Finding>) {
    let children: Vec<Field> = parent.children().into_iter().filter(|child| !child.is_attribute()).collect();
    let path = |name: &str| match parent.path() {
        "" => name.to_owned(),
        above => format!("{above}/{name}"),
    };
    let mut last = None;
    for field in sorted(fields) {
        let own = field.namespace.as_deref().unwrap_or(namespace);
        let place = children.iter().position(|child| {
            let name = child.name();
            *name.local == field.name && (*name.namespace == *own || name.namespace.is_empty())
        });
        let line = Some(field.line).filter(|line| *line > 0);
        match place {
            None if parent.has_open_content() => {}
            None => {
                let told = finding(check::FORM_FITS, "form-field-unknown", &[("path", &path(&field.name))]);
                found.push(Finding { line, ..told });
            }
            Some(place) => {
                if last.is_some_and(|last| place < last) {
                    let told = finding(check::FORM_FITS, "form-order", &[("path", &path(&field.name))]);
                    found.push(Finding { line, ..told });
                }
                last = last.max(Some(place));
                if let (false, true, Some(child)) = (field.fields.is_empty(), depth < 16, children.get(place)) {
                    compare(&field.fields, child, own, depth + 1, found);
                }
            }
        }
    }
    for child in children.iter().filter(|child| child.is_required() && child.default_value().is_none()) {
        if !fields.iter().any(|field| field.name == child.local()) {
            found.push(finding(check::FORM_FITS, "form-field-missing", &[("path", &path(child.local()))]));
        }
    }
}

/// The fields that become elements, in the order in which they are written.
fn sorted(fields: &[FormField]) -> Vec<&FormField> {
    let mut fields: Vec<&FormField> = fields.iter().filter(|field| field.is_element).collect();
    fields.sort_by_key(|field| field.order.unwrap_or(0));
    fields
}

/// The first place of the sample that the form would not write there (adapter-standard §12: a leaf with a value, a
/// container always, an array once for each item).
fn not_expressed(form: &Form, sample: &Document) -> Option<String> {
    difference(&form.fields, sample.root(), &form.namespace, "")
}

fn difference(fields: &[FormField], element: Element<'_>, namespace: &str, above: &str) -> Option<String> {
    let path = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
    let fields = sorted(fields);
    let mut at = 0;
    let mut written: Vec<(&FormField, Element<'_>)> = Vec::new();
    for child in element.children() {
        // A leaf without a value is not written, and its absence cannot be told from its emptiness in a form.
        if child.children().next().is_none() && child.text().trim().is_empty() && child.attributes().next().is_none() {
            continue;
        }
        let place = fields.iter().enumerate().skip(at).find(|(_, field)| {
            let own = field.namespace.as_deref().unwrap_or(namespace);
            field.name == child.local() && (own == child.namespace() || child.namespace().is_empty())
        });
        match place {
            Some((place, field)) => {
                at = place;
                written.push((field, child));
            }
            None => return Some(path(child.local())),
        }
    }
    written.into_iter().find_map(|(field, child)| {
        let own = field.namespace.as_deref().unwrap_or(namespace);
        match (field.fields.is_empty(), child.children().next()) {
            (true, Some(inner)) => Some(path(&format!("{}/{}", child.local(), inner.local()))),
            (true, None) => None,
            (false, _) => difference(&field.fields, child, own, &path(child.local())),
        }
    })
}
