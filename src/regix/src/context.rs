use kapia_xml::Element;

/// The names of the fields of a call context in wire order (regix-contract §2.3), misspelling included.
pub(crate) const FIELDS: [&str; 11] = [
    "ServiceURI",
    "ServiceType",
    "EmployeeIdentifier",
    "EmployeeNames",
    "EmployeeAditionalIdentifier",
    "EmployeePosition",
    "AdministrationOId",
    "AdministrationName",
    "ResponsiblePersonIdentifier",
    "LawReason",
    "Remark",
];

/// Who calls and on what legal ground, as the consumer says it; every field may be missing (regix-contract §2.3).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallContext {
    values: [Option<String>; FIELDS.len()],
}

impl CallContext {
    /// Reads the children of `CallContext` that lie in its own namespace, in any order; the first of a name counts.
    pub(crate) fn read(element: Element<'_>) -> CallContext {
        let mut context = CallContext::default();
        for child in element.children().filter(|child| child.namespace() == element.namespace()) {
            if let Some(index) = FIELDS.iter().position(|name| *name == child.local()) {
                let slot = &mut context.values[index];
                if slot.is_none() && !crate::request::is_nil(child) {
                    *slot = Some(child.text().into_owned());
                }
            }
        }
        context
    }

    /// Whether the children are fields, each at most once.
    pub(crate) fn is_exact(element: Element<'_>) -> bool {
        let mut seen = [false; FIELDS.len()];
        element.children().all(|child| {
            let known = FIELDS.iter().position(|name| child.is(element.namespace(), name));
            known.and_then(|at| seen.get_mut(at)).is_some_and(|seen| !std::mem::replace(seen, true))
        })
    }

    /// A context of fields by wire name; names that are none are passed over, the first of a name counts.
    pub fn of_fields<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> CallContext {
        let mut context = CallContext::default();
        for (name, value) in fields {
            let slot = FIELDS.iter().position(|field| *field == name).and_then(|at| context.values.get_mut(at));
            if let Some(slot @ None) = slot {
                *slot = Some(value.to_owned());
            }
        }
        context
    }

    /// The context of the oldest contract: one text, kept as `Remark`.
    pub(crate) fn of_remark(remark: Option<String>) -> CallContext {
        let mut context = CallContext::default();
        if let Some(last) = context.values.last_mut() {
            *last = remark;
        }
        context
    }

    /// The fields that were sent, by wire name, in wire order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        FIELDS.iter().zip(&self.values).filter_map(|(name, value)| Some((*name, value.as_deref()?)))
    }

    /// One field by its wire name; `None` when it was not sent or there is no such field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }
}
