use super::values::{boolean, nillable, number, own_text};
use super::{HostMessageError, Parameter};
use crate::context::FIELDS;
use crate::request::is_nil;
use crate::{CallContext, Personal, Processing, SIGNED_DATA};
use kapia_xml::{Element, Writer};

/// What a core tells an adapter about a call: `AdapterAdditionalParameters` (adapter-standard §2.5, regix-contract §6.4).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallParameters {
    /// Who calls and why.
    pub context: CallContext,
    /// The ЕГН of the citizen whose data is asked for.
    pub citizen_egn: Option<Personal>,
    /// Where the consumer called from.
    pub client_address: Option<String>,
    /// The thumbprint of the consumer's certificate.
    pub certificate_thumbprint: Option<String>,
    /// The token of an electronic identification.
    pub eid_token: Option<Personal>,
    /// The ЕГН of the employee for whom the call is made.
    pub employee_egn: Option<Personal>,
    /// The object identifier of the consumer, under the name `OrganizationEIK` that has always held it.
    pub consumer_oid: Option<String>,
    /// The name of the consumer.
    pub consumer_name: Option<String>,
    /// Whether the result shall hold the access matrix.
    pub return_access_matrix: bool,
    /// Whether the result shall be signed.
    pub sign_result: bool,
    /// The number of the call at the core.
    pub service_call_id: i64,
    /// Where the core pushes an asynchronous result.
    pub callback_url: Option<String>,
    /// Processing flags.
    pub processing: Processing,
    /// Further texts by key.
    pub processing_data: Vec<Parameter>,
}

impl CallParameters {
    /// Writes the members in their order; all of them take the namespace of what they stand in.
    pub(super) fn write_members(&self, writer: &mut Writer, namespace: &str) {
        let optional = |writer: &mut Writer, local: &str, text: Option<&str>| {
            if let Some(text) = text {
                writer.leaf("", namespace, local, text);
            }
        };
        write_context(writer, namespace, &self.context);
        optional(writer, "CitizenEGN", self.citizen_egn.as_ref().map(Personal::reveal));
        optional(writer, "ClientIPAddress", self.client_address.as_deref());
        optional(writer, "ConsumerCertificateThumbprint", self.certificate_thumbprint.as_deref());
        optional(writer, "EIDToken", self.eid_token.as_ref().map(Personal::reveal));
        optional(writer, "EmployeeEGN", self.employee_egn.as_ref().map(Personal::reveal));
        optional(writer, "OrganizationEIK", self.consumer_oid.as_deref());
        optional(writer, "OrganizationUnit", self.consumer_name.as_deref());
        writer.leaf("", namespace, "ReturnAccessMatrix", truth(self.return_access_matrix));
        writer.leaf("", namespace, "SignResult", truth(self.sign_result));
        writer.leaf("", namespace, "ApiServiceCallId", &self.service_call_id.to_string());
        optional(writer, "CallbackURL", self.callback_url.as_deref());
        writer.leaf("", namespace, "RequestProcessing", &self.processing.request_flags());
        writer.leaf("", namespace, "ResponseProcessing", &self.processing.response_flags());
        writer.start("", namespace, "ProcessingData", &[], &[]);
        for entry in &self.processing_data {
            writer.start("", namespace, "ProcessingDataEntry", &[], &[]);
            writer.leaf("", namespace, "Key", &entry.key);
            writer.start("", namespace, "Value", &[], &[]);
            writer.leaf("", "", "string", entry.value.as_deref().unwrap_or_default());
            writer.end();
            writer.end();
        }
        writer.end();
    }

    /// Reads the members of the element, in its own namespace; a call context in the namespace of requests is taken too.
    pub(super) fn read(element: Element<'_>) -> Result<CallParameters, HostMessageError> {
        let namespace = element.children().next().map_or(element.namespace(), Element::namespace);
        let child = |local: &str| element.child(namespace, local);
        let text = |local: &str| child(local).and_then(super::values::text);
        let flag = |local: &'static str| child(local).map_or(Ok(false), |element| boolean(element, local));
        let context = child("CallContext").or_else(|| element.child(SIGNED_DATA, "CallContext"));
        let mut processing = Processing::default();
        for (local, set) in [
            ("RequestProcessing", Processing::set_request_flag as fn(&mut Processing, &str) -> bool),
            ("ResponseProcessing", Processing::set_response_flag),
        ] {
            let listed = text(local).unwrap_or_default();
            if !listed.split_ascii_whitespace().all(|flag| set(&mut processing, flag)) {
                return Err(HostMessageError::Flag(local));
            }
        }
        Ok(CallParameters {
            context: context.filter(|context| !is_nil(*context)).map(CallContext::read).unwrap_or_default(),
            citizen_egn: text("CitizenEGN").map(Personal::new),
            client_address: text("ClientIPAddress"),
            certificate_thumbprint: text("ConsumerCertificateThumbprint"),
            eid_token: text("EIDToken").map(Personal::new),
            employee_egn: text("EmployeeEGN").map(Personal::new),
            consumer_oid: text("OrganizationEIK"),
            consumer_name: text("OrganizationUnit"),
            return_access_matrix: flag("ReturnAccessMatrix")?,
            sign_result: flag("SignResult")?,
            service_call_id: child("ApiServiceCallId").map_or(Ok(0), |element| number(element, "ApiServiceCallId"))?,
            callback_url: text("CallbackURL"),
            processing,
            processing_data: child("ProcessingData").map(read_processing_data).unwrap_or_default(),
        })
    }
}

fn read_processing_data(list: Element<'_>) -> Vec<Parameter> {
    let entries = list.children().filter(|entry| entry.local() == "ProcessingDataEntry");
    let read = |entry: Element<'_>| Parameter {
        description: None,
        key: own_text(entry, "Key").unwrap_or_default(),
        value: entry
            .child(entry.namespace(), "Value")
            .and_then(|value| value.children().next())
            .map(|value| value.text().into_owned()),
    };
    entries.map(read).collect()
}

/// Writes the context; the texts that XmlSerializer may leave out are left out, the others are nil.
fn write_context(writer: &mut Writer, namespace: &str, context: &CallContext) {
    const NOT_NILLABLE: [&str; 3] = ["ServiceURI", "ServiceType", "LawReason"];
    writer.start("", namespace, "CallContext", &[], &[]);
    for name in FIELDS {
        match context.get(name) {
            None if NOT_NILLABLE.contains(&name) => {}
            text => nillable(writer, namespace, name, text),
        }
    }
    writer.end();
}

impl Processing {
    /// `RequestProcessing` as a list, in the order of the flags' values (regix-contract §2.1).
    pub(super) fn request_flags(&self) -> String {
        let flags = [
            (self.verify, "Verify"),
            (self.decrypt, "Decrypt"),
            (self.transform_from_pdf, "TransformFromPDF"),
            (self.asynchronous, "Asynchronous"),
        ];
        listed(&flags)
    }

    /// `ResponseProcessing` as a list.
    pub(super) fn response_flags(&self) -> String {
        listed(&[(self.encrypt, "Encrypt"), (self.transform_to_pdf, "TransformToPDF")])
    }

    /// Sets a flag of `RequestProcessing`; `false` if there is none of that name.
    pub(super) fn set_request_flag(&mut self, name: &str) -> bool {
        match name {
            "Verify" => self.verify = true,
            "Decrypt" => self.decrypt = true,
            "TransformFromPDF" => self.transform_from_pdf = true,
            "Asynchronous" => self.asynchronous = true,
            _ => return false,
        }
        true
    }

    /// Sets a flag of `ResponseProcessing`; `false` if there is none of that name.
    pub(super) fn set_response_flag(&mut self, name: &str) -> bool {
        match name {
            "Encrypt" => self.encrypt = true,
            "TransformToPDF" => self.transform_to_pdf = true,
            _ => return false,
        }
        true
    }
}

fn listed(flags: &[(bool, &str)]) -> String {
    let set: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
    set.join(" ")
}

pub(super) fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
