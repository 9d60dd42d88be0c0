//! One description of the register as a draft of a record, in the order of our contract.

use std::fmt::Display;

use bytes::Bytes;
use kapia_portal::names::TYPES;
use kapia_types::{Number, RawContent};
use kapia_xml::Writer;
use time::OffsetDateTime;

use super::client::{
    AdmServiceBatchDataType, AdmServiceDataType, AdmServiceInfoDocumentType, AdmServiceInfoType,
    AdmServiceMainDataType, AdmServiceStageType, PaymentInfoType, RegulatoryActStructuredDataType, UnitContactType,
};
use super::fitting::Skipped;

/// The number of a service: the register says it in two places.
pub(super) fn number(service: &AdmServiceBatchDataType) -> Option<i64> {
    let of_data = service.adm_service_data.as_ref().and_then(|data| data.service_number.as_ref());
    let of_info = service.adm_service_batch_info.as_ref().and_then(|info| info.service_number.as_ref());
    of_data.or(of_info).map(Number::get).filter(|number| *number > 0)
}

/// A description on its way.
pub(super) struct Drafting<'d> {
    pub eik: &'d str,
    pub number: String,
    pub service: &'d AdmServiceBatchDataType,
    pub main: Option<&'d AdmServiceMainDataType>,
    pub gaps: &'d mut Vec<(String, &'static str)>,
    pub skipped: &'d mut Skipped,
}

impl Drafting<'_> {
    /// The record, with what the register says of it.
    pub fn record(&mut self) -> Bytes {
        let (no_data, no_info) = (AdmServiceDataType::default(), AdmServiceInfoType::default());
        let data = self.service.adm_service_data.as_ref().unwrap_or(&no_data);
        let info = self.service.adm_service_batch_info.as_ref().unwrap_or(&no_info);
        let no_main = AdmServiceMainDataType::default();
        let main = self.main.unwrap_or(&no_main);
        let mut writer = Writer::new();
        let out = &mut writer;
        out.start("", TYPES, "ServiceRecord", &[], &[]);
        out.start("", TYPES, "ServiceKey", &[], &[]);
        out.leaf("", TYPES, "ServiceNumber", &self.number);
        out.leaf("", TYPES, "SupplierEIK", self.eik);
        out.end();
        optional(out, "IisdaServiceId", info.service_id.as_ref());
        self.required(out, "Name", first([&info.name, &data.name, &main.name]));
        optional(out, "Description", first([&data.description, &main.description]));
        optional(out, "Section", first([&data.section_name, &main.section_name]));
        optional(out, "Subsection", data.subsection_name.as_ref());
        self.required(out, "IsInternalAdminService", main.is_internal_admin_service.as_ref());
        optional(out, "IsRegime", main.is_regime.as_ref());
        optional(out, "RegimeName", main.regime_name.as_ref());
        optional(out, "BusinessActivityName", main.business_activity_name.as_ref());
        optional(out, "IsFromEU", main.is_from_eu.as_ref());
        self.required(out, "HasCivilPurpose", info.has_civil_purpose.as_ref());
        self.required(out, "HasBusinessPurpose", info.has_business_purpose.as_ref());
        self.legal_basis(out, data, main);
        self.required(out, "ProvisionBody", first([&info.provision_gov_body_name, &info.batch_name]));
        optional(out, "ControlBody", info.control_gov_body_name.as_ref());
        optional(out, "AppealBody", info.appeal_gov_body_name.as_ref());
        optional(out, "OrderAndAppealTerms", markup(info.order_and_appeal_terms.as_ref()).as_ref());
        optional(out, "Limitations", markup(info.limitations.as_ref()).as_ref());
        optional(out, "GrantTermText", info.grant_term.as_ref());
        optional(out, "ValidityTermText", info.operation_term.as_ref());
        self.required(out, "ProvisionLevel", info.service_provision_level.as_ref());
        self.gap("SecurityLevel");
        let methods = info.service_application_methods.as_ref().map(|methods| methods.method.as_slice());
        let methods = methods.unwrap_or_default();
        if methods.is_empty() {
            self.gap("ApplicationMethod");
        }
        methods.iter().for_each(|method| out.leaf("", TYPES, "ApplicationMethod", method.as_str()));
        optional(out, "ServiceURL", info.provision_e_address.as_ref());
        optional(out, "SuggestionsAddress", info.suggestions_e_address.as_ref());
        let register = (given(&info.public_register_name), given(&info.public_register_web_address));
        if let (Some(name), Some(url)) = register {
            out.start("", TYPES, "PublicRegister", &[], &[]);
            out.leaf("", TYPES, "Name", name);
            out.leaf("", TYPES, "URL", url);
            out.end();
        }
        // Of how a result is handed over the register says nothing.
        self.gap("Channel");
        if let Some(paid) = &info.payment_info {
            self.payment(out, paid);
        }
        info.stages.iter().flat_map(|stages| &stages.stage).for_each(|one| stage(out, one));
        let of_info = [
            (info.model_documents.as_ref().map(|list| list.document.as_slice()), "ModelDocument"),
            (info.regulatory_regime_documents.as_ref().map(|list| list.document.as_slice()), "RegulatoryDocument"),
        ];
        for (list, name) in of_info {
            list.unwrap_or_default().iter().for_each(|one| document(out, name, one));
        }
        for unit in &info.servicing_unit_contact_data {
            if !servicing_unit(out, unit) {
                self.skip("AdmServiceBatchInfo/ServicingUnitContactData");
            }
        }
        let today = OffsetDateTime::now_utc().date();
        out.leaf("", TYPES, "ValidFrom", &format!("{today}T00:00:00Z"));
        out.end();
        Bytes::from(writer.into_bytes())
    }

    fn required(&mut self, out: &mut Writer, name: &'static str, value: Option<&impl Display>) {
        if !optional(out, name, value) {
            self.gap(name);
        }
    }

    fn gap(&mut self, name: &'static str) {
        self.gaps.push((self.number.clone(), name));
    }

    fn skip(&mut self, path: &str) {
        *self.skipped.entry(format!("{}/{path}", super::SERVICE)).or_default() += 1;
    }

    fn legal_basis(&mut self, out: &mut Writer, data: &AdmServiceDataType, main: &AdmServiceMainDataType) {
        let acts = if data.legal_basis.is_empty() { &main.legal_basis } else { &data.legal_basis };
        let mut any = false;
        for act in acts {
            let Some(name) = given(&act.regulatory_act_name) else { continue };
            let nowhere = [RegulatoryActStructuredDataType::default()];
            let places = if act.structured_data.is_empty() { nowhere.as_slice() } else { &act.structured_data };
            for place in places {
                out.start("", TYPES, "LegalBasis", &[], &[]);
                out.leaf("", TYPES, "ActName", name);
                optional(out, "Article", place.article.as_ref());
                optional(out, "SubParagraph", place.sub_paragraph.as_ref());
                optional(out, "Point", place.point.as_ref());
                optional(out, "Letter", place.letter.as_ref());
                optional(out, "Paragraph", place.paragraph.as_ref());
                optional(out, "Text", place.text.as_ref());
                out.end();
                any = true;
            }
        }
        if !any {
            self.gap("LegalBasis");
        }
    }

    fn payment(&mut self, out: &mut Writer, paid: &PaymentInfoType) {
        // Amounts without a currency are no charges.
        let costs =
            [(&paid.normal_cost, "NormalCost"), (&paid.fast_cost, "FastCost"), (&paid.express_cost, "ExpressCost")];
        for (_, name) in costs.iter().filter(|(cost, _)| cost.is_some()) {
            self.skip(&format!("AdmServiceBatchInfo/PaymentInfo/@{name}"));
        }
        let Some(kind) = &paid.payment_kind else { return };
        out.start("", TYPES, "Payment", &[], &[]);
        out.leaf("", TYPES, "Kind", kind.as_str());
        let generation = paid.payment_generation_kind.as_ref().map(|generation| generation.as_str());
        out.leaf("", TYPES, "Generation", generation.unwrap_or("Fixed"));
        paid.payment_methods.iter().for_each(|method| out.leaf("", TYPES, "Method", method.as_str()));
        optional(out, "Explanations", markup(paid.explanations.as_ref()).as_ref());
        out.end();
    }
}

fn stage(out: &mut Writer, stage: &AdmServiceStageType) {
    let Some(name) = given(&stage.name) else { return };
    out.start("", TYPES, "Stage", &[], &[]);
    out.leaf("", TYPES, "Name", name);
    out.leaf("", TYPES, "Description", &markup(stage.description.as_ref()).unwrap_or_default());
    stage.document.iter().for_each(|one| document(out, "Document", one));
    out.end();
}

fn document(out: &mut Writer, name: &str, document: &AdmServiceInfoDocumentType) {
    let Some(title) = given(&document.name) else { return };
    out.start("", TYPES, name, &[], &[]);
    out.leaf("", TYPES, "Name", title);
    optional(out, "URL", document.document_download_url.as_ref());
    out.end();
}

/// A unit; one without a name or a settlement is none for our contract.
fn servicing_unit(out: &mut Writer, unit: &UnitContactType) -> bool {
    let (Some(name), Some(address)) = (given(&unit.name), &unit.address) else { return false };
    let Some(place) = &address.ekatte_address else { return false };
    let parts = [
        ("District", &place.district_ekatte_code, &place.district_name),
        ("Municipality", &place.municipality_ekatte_code, &place.municipality_name),
        ("Settlement", &place.settlement_ekatte_code, &place.settlement_name),
        ("Area", &place.area_ekatte_code, &place.area_name),
    ];
    if given(&place.settlement_ekatte_code).is_none() {
        return false;
    }
    out.start("", TYPES, "ServicingUnit", &[], &[]);
    optional(out, "UnitId", unit.unit_id.as_ref());
    out.leaf("", TYPES, "Name", name);
    out.start("", TYPES, "Address", &[], &[]);
    for (kind, code, name) in parts {
        let Some(code) = given(code) else { continue };
        out.start("", TYPES, kind, &[], &[]);
        out.leaf("", TYPES, "Code", code);
        optional(out, "Name", name.as_ref());
        out.end();
    }
    optional(out, "PostCode", address.post_code.as_ref());
    optional(out, "AddressText", address.address_text.as_ref());
    out.end();
    if let Some(reached) = &unit.correspondence_data {
        let calling = given(&reached.inter_settlement_calling_code).unwrap_or_default();
        let whole = |number: &str, has_code: Option<bool>| match has_code {
            Some(true) => number.to_owned(),
            _ => format!("{calling} {number}").trim().to_owned(),
        };
        for phone in &reached.phone {
            let has_code = phone.includes_settlement_call_code.as_ref().map(|has| has.get());
            optional(out, "Phone", given(&phone.phone_number).map(|number| whole(number, has_code)).as_ref());
        }
        let has_code = reached.fax_includes_settlement_call_code.as_ref().map(|has| has.get()).or(Some(true));
        optional(out, "Fax", given(&reached.fax_number).map(|number| whole(number, has_code)).as_ref());
        optional(out, "Email", reached.email.as_ref());
        optional(out, "Web", reached.web_site_url.as_ref());
    }
    optional(out, "WorkTime", unit.work_time.as_ref());
    out.end();
    true
}

/// A text that says something.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// The first text that says something.
fn first<const N: usize>(texts: [&Option<String>; N]) -> Option<&String> {
    texts.into_iter().find(|text| given(text).is_some())?.as_ref()
}

/// Fitted markup is a text.
fn markup(content: Option<&RawContent>) -> Option<String> {
    content.and_then(RawContent::text)
}

/// Writes an element unless there is nothing to write; whether it did.
fn optional(out: &mut Writer, name: &str, value: Option<&impl Display>) -> bool {
    let text = value.map(ToString::to_string).unwrap_or_default();
    let text = text.trim();
    if text.is_empty() {
        return false;
    }
    out.leaf("", TYPES, name, text);
    true
}
