//! The elements of answers, in the names of our contract.

use kapia_records::{Key, SecurityLevel, Status, Summary, Supplier};
use kapia_xml::Writer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::dictionaries::Dictionary;
use crate::fault::{Detail, Fault};
use crate::names::{Operation, TYPES};

/// What became of one record.
pub(crate) struct Outcome {
    pub key: Key,
    pub result: &'static str,
    pub version: u64,
    pub status: Status,
    pub at: OffsetDateTime,
    pub warnings: Vec<Fault>,
    pub fault: Option<Detail>,
}

/// What is known of the state of one record.
pub(crate) struct State {
    pub status: Status,
    pub version: u64,
    pub pushed_at: Option<OffsetDateTime>,
    pub push_result: Option<&'static str>,
    pub fault: Option<Detail>,
}

/// The element of an answer, written by `fill`.
pub(crate) fn response(operation: Operation, fill: impl FnOnce(&mut Out)) -> Vec<u8> {
    let mut out = Out(Writer::with_capacity(1024));
    out.within(&format!("{}Response", operation.name()), fill);
    out.0.into_bytes()
}

/// The declared element of a fault's detail.
pub(crate) fn fault_element(detail: &Detail) -> Vec<u8> {
    let mut out = Out(Writer::with_capacity(512));
    out.fault("EgovServiceFault", detail);
    out.0.into_bytes()
}

/// A moment as it is written, in whole milliseconds.
pub(crate) fn written(moment: OffsetDateTime) -> String {
    let moment = moment.replace_nanosecond(moment.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(moment);
    moment.format(&Rfc3339).unwrap_or_default()
}

/// Writes elements of the contract.
pub(crate) struct Out(Writer);

impl Out {
    pub fn leaf(&mut self, local: &str, text: &str) {
        self.0.leaf("", TYPES, local, text);
    }

    pub fn raw(&mut self, element: &[u8]) {
        self.0.raw(element);
    }

    fn maybe(&mut self, local: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.leaf(local, text);
        }
    }

    pub fn within(&mut self, local: &str, fill: impl FnOnce(&mut Out)) {
        self.0.start("", TYPES, local, &[], &[]);
        fill(self);
        self.0.end();
    }

    fn text(&mut self, local: &str, language: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.0.start("", TYPES, local, &[], &[("", "", "lang", language)]);
            self.0.text(text);
            self.0.end();
        }
    }

    fn key(&mut self, key: &Key, code: Option<&str>) {
        self.within("ServiceKey", |out| {
            out.leaf("ServiceNumber", &key.service.to_string());
            out.leaf("SupplierEIK", key.supplier.as_str());
            out.maybe("SupplierCode", code);
        });
    }

    pub fn outcome(&mut self, request: &str, outcome: &Outcome) {
        self.within("OperationResult", |out| {
            out.leaf("RequestId", request);
            out.key(&outcome.key, None);
            out.leaf("Result", outcome.result);
            out.leaf("Version", &outcome.version.to_string());
            out.leaf("PublicationStatus", outcome.status.as_str());
            out.leaf("Timestamp", &written(outcome.at));
            for warning in &outcome.warnings {
                let detail = warning.detail("");
                out.within("Warning", |out| out.fault_texts(&detail));
            }
            if let Some(fault) = &outcome.fault {
                out.fault("Fault", fault);
            }
        });
    }

    pub fn fault(&mut self, local: &str, detail: &Detail) {
        self.within(local, |out| {
            out.fault_texts(detail);
            out.leaf("CorrelationId", &detail.correlation);
            out.leaf("Retryable", truth(detail.retryable));
        });
    }

    fn fault_texts(&mut self, detail: &Detail) {
        self.leaf("Code", &detail.code);
        self.leaf("MessageBg", &detail.bg);
        self.leaf("MessageEn", &detail.en);
        for field in &detail.fields {
            self.leaf("Field", field);
        }
    }

    pub fn state(&mut self, state: &State) {
        self.within("ServiceState", |out| {
            out.leaf("PublicationStatus", state.status.as_str());
            out.leaf("Version", &state.version.to_string());
            out.maybe("LastPushAt", state.pushed_at.map(written).as_deref());
            out.maybe("LastPushResult", state.push_result);
            if let Some(fault) = &state.fault {
                out.fault("LastFault", fault);
            }
        });
    }

    pub fn summary(&mut self, summary: &Summary) {
        self.within("ServiceSummary", |out| {
            out.key(&summary.key, summary.supplier_code.as_deref());
            out.maybe("ServiceOID", summary.oid.as_deref());
            out.text("Name", "bg", Some(&summary.name_bg));
            out.text("Name", "en", summary.name_en.as_deref());
            out.text("ShortName", "bg", summary.short_name_bg.as_deref());
            out.leaf("IsInternalAdminService", truth(summary.internal));
            out.leaf("SecurityLevel", level(summary.security_level));
            out.leaf("PublicationStatus", summary.status.as_str());
            out.leaf("Version", &summary.version.to_string());
            out.leaf("ModifiedAt", &written(summary.modified_at));
        });
    }

    pub fn counted(&mut self, total: u64, more: bool) {
        self.leaf("TotalCount", &total.to_string());
        self.leaf("HasMore", truth(more));
    }

    pub fn supplier(&mut self, supplier: &Supplier) {
        self.within("Supplier", |out| {
            out.maybe("Code", Some(&supplier.code));
            out.leaf("EIK", supplier.eik.as_str());
            out.text("Title", "bg", Some(&supplier.title_bg));
            out.text("Title", "en", supplier.title_en.as_deref());
            out.leaf("AutSystem", truth(supplier.automated));
            out.maybe("ProviderOID", supplier.oid.as_deref());
            out.maybe("URL", supplier.url.as_deref());
            out.maybe("Logo", supplier.logo.as_deref());
            out.maybe("Contacts", supplier.contacts.as_deref());
            out.maybe("ServiceProviderType", supplier.kind.as_deref());
            out.leaf("Status", supplier.status.as_str());
        });
    }

    pub fn dictionary(&mut self, dictionary: &Dictionary) {
        self.leaf("DictionaryName", &dictionary.name);
        self.leaf("Version", &dictionary.version);
        for entry in &dictionary.codes {
            self.within("Code", |out| {
                out.leaf("Code", &entry.code);
                out.text("Name", "bg", Some(&entry.bg));
                out.text("Name", "en", Some(&entry.en));
            });
        }
    }
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn level(level: SecurityLevel) -> &'static str {
    match level {
        SecurityLevel::None => "None",
        SecurityLevel::Low => "Low",
        SecurityLevel::Substantial => "Substantial",
        SecurityLevel::High => "High",
    }
}
