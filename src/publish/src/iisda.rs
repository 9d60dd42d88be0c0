//! Taking descriptions from the services API of the administrative register, ИИСДА (horizontal-systems §2.2).
//!
//! Two operations are used over SOAP 1.1: `SearchAdmServices` for the descriptions of one administration, and
//! `SearchAdmServiceMainData` for what belongs to a service whoever provides it. What the register does not say stays out
//! of the drafts and is named in [`Taken::gaps`]; nothing is invented.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kapia_http::{Client, Read, Settings};
use kapia_portal::names::TYPES;
use kapia_xml::{Document, Element, Event, Limits, Writer};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use time::OffsetDateTime;

use crate::source::{Draft, Origin};

const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SERVICES: &str = "http://iisda.government.bg/AdmServices/IntegrationServices";

/// The services API at some address.
pub struct Iisda {
    client: Client,
    url: Url,
    patience: Duration,
}

/// What was taken.
#[derive(Debug, Default)]
pub struct Taken {
    /// One record for each service; the file of its origin is a name to keep it under.
    pub drafts: Vec<Draft>,
    /// Paths of required elements that the register does not say, with the number of the service.
    pub gaps: Vec<(String, &'static str)>,
}

/// Why nothing was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IisdaError {
    /// The address or the authorities cannot be used.
    #[error("the address or the authorities cannot be used")]
    Settings,
    /// No connection, or none in time.
    #[error("no answer: {0}")]
    NoAnswer(&'static str),
    /// The answer is a fault or none of this API; HTTP status.
    #[error("the answer (HTTP {0}) is none of the services API")]
    NotAnAnswer(u16),
}

impl Iisda {
    /// Prepares to ask; opens no connection yet.
    pub fn new(url: &str, authorities: Option<Vec<u8>>, patience: Duration) -> Result<Iisda, IisdaError> {
        let url = Url::parse(url).map_err(|_| IisdaError::Settings)?;
        let connect = Duration::from_secs(10).min(patience);
        let settings = Settings { identity: None, authorities, connect, answer_bytes: 256 << 20 };
        let client = Client::new(&settings).map_err(|_| IisdaError::Settings)?;
        Ok(Iisda { client, url, patience })
    }

    /// The descriptions that an administration has published, by its ЕИК.
    pub async fn take(&self, eik: &str) -> Result<Taken, IisdaError> {
        let answer = self.ask("SearchAdmServices", &[("batchUIC", eik)]).await?;
        let main = self.main_data(&answer).await?;
        let mut taken = Taken::default();
        for found in elements(answer.root(), "AdmServiceBatchDataType") {
            let (Some(data), Some(info)) = (below(found, "AdmServiceData"), below(found, "AdmServiceBatchInfo")) else {
                continue;
            };
            let number = attribute(data, "ServiceNumber").or_else(|| attribute(info, "ServiceNumber"));
            let Some(number) = number else { continue };
            let shared = main.get(&number).map(Document::root);
            let mut mapping = Mapping { eik, number: &number, data, info, shared, gaps: &mut taken.gaps };
            let record = mapping.record();
            let origin = Origin { file: PathBuf::from(format!("{eik}-{number}.xml")), line: 1 };
            taken.drafts.push(Draft { origin, record });
        }
        Ok(taken)
    }

    /// What belongs to each service of the answer, by number: one question each, or one for all when they are many.
    async fn main_data(&self, answer: &Document) -> Result<BTreeMap<String, Document>, IisdaError> {
        const FEW: usize = 20;
        let numbers: Vec<String> = elements(answer.root(), "AdmServiceData")
            .into_iter()
            .filter_map(|data| attribute(data, "ServiceNumber"))
            .collect();
        let mut answers = Vec::new();
        if numbers.len() > FEW {
            answers.push(self.ask("SearchAdmServiceMainData", &[]).await?);
        } else {
            for number in &numbers {
                answers.push(self.ask("SearchAdmServiceMainData", &[("serviceNumber", number)]).await?);
            }
        }
        let mut main = BTreeMap::new();
        for answer in &answers {
            for found in elements(answer.root(), "AdmServiceMainDataType") {
                let Some(number) = attribute(found, "ServiceNumber").filter(|number| numbers.contains(number)) else {
                    continue;
                };
                let mut writer = Writer::new();
                writer.copy(found, &mut kapia_xml::KeepAll);
                if let Ok(alone) = Document::read(writer.into_bytes(), &Limits::default()) {
                    main.insert(number, alone);
                }
            }
        }
        Ok(main)
    }

    async fn ask(&self, operation: &str, arguments: &[(&str, &str)]) -> Result<Document, IisdaError> {
        let mut writer = Writer::new();
        writer.start("s", SOAP_11, "Envelope", &[], &[]);
        writer.start("s", SOAP_11, "Body", &[], &[]);
        writer.start("", SERVICES, operation, &[], &[]);
        arguments.iter().for_each(|(name, value)| writer.leaf("", SERVICES, name, value));
        writer.end();
        writer.end();
        writer.end();
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
        if let Ok(action) = HeaderValue::from_str(&format!("\"{SERVICES}/IAdmServicesService/{operation}\"")) {
            request.headers_mut().insert("SOAPAction", action);
        }
        *request.body_mut() = Some(writer.into_bytes().into());
        let answer = self.client.send(request, Instant::now() + self.patience, |_| Read::Whole).await;
        let answer = answer.map_err(|trouble| {
            IisdaError::NoAnswer(match trouble {
                kapia_http::Trouble::Unreachable => "no connection",
                kapia_http::Trouble::Deadline => "not in time",
                kapia_http::Trouble::Broken => "the connection ended",
                kapia_http::Trouble::TooLarge { .. } => "too large",
            })
        })?;
        let strange = || IisdaError::NotAnAnswer(answer.head.status);
        let limits = Limits { bytes: 256 << 20, tokens: 40_000_000, ..Limits::default() };
        let document = Document::read(answer.octets.clone(), &limits).map_err(|_| strange())?;
        let said = document.root().child(SOAP_11, "Body").and_then(|body| body.children().next());
        let good = said.is_some_and(|said| said.is(SERVICES, &format!("{operation}Response")));
        if good { Ok(document) } else { Err(strange()) }
    }
}

/// One description on its way to a record, in the order of the contract.
struct Mapping<'m> {
    eik: &'m str,
    number: &'m str,
    data: Element<'m>,
    info: Element<'m>,
    shared: Option<Element<'m>>,
    gaps: &'m mut Vec<(String, &'static str)>,
}

impl Mapping<'_> {
    fn record(&mut self) -> Bytes {
        let mut writer = Writer::new();
        writer.start("", TYPES, "ServiceRecord", &[], &[]);
        writer.start("", TYPES, "ServiceKey", &[], &[]);
        writer.leaf("", TYPES, "ServiceNumber", self.number);
        writer.leaf("", TYPES, "SupplierEIK", self.eik);
        writer.end();
        optional(&mut writer, "IisdaServiceId", attribute(self.info, "ServiceID"));
        let name = attribute(self.info, "Name").or_else(|| attribute(self.data, "Name"));
        self.required(&mut writer, "Name", name);
        optional(&mut writer, "Description", text(self.data, "Description"));
        optional(&mut writer, "Section", attribute(self.data, "SectionName"));
        optional(&mut writer, "Subsection", attribute(self.data, "SubsectionName"));
        let shared = |name: &str| self.shared.and_then(|shared| attribute(shared, name));
        let (internal, regime, regime_name) =
            (shared("IsInternalAdminService"), shared("IsRegime"), shared("RegimeName"));
        let (activity, from_eu) = (shared("BusinessActivityName"), shared("IsFromEU"));
        self.required(&mut writer, "IsInternalAdminService", internal);
        optional(&mut writer, "IsRegime", regime);
        optional(&mut writer, "RegimeName", regime_name);
        optional(&mut writer, "BusinessActivityName", activity);
        optional(&mut writer, "IsFromEU", from_eu);
        self.required(&mut writer, "HasCivilPurpose", attribute(self.info, "HasCivilPurpose"));
        self.required(&mut writer, "HasBusinessPurpose", attribute(self.info, "HasBusinessPurpose"));
        self.legal_basis(&mut writer);
        let provision = text(self.info, "ProvisionGovBodyName").or_else(|| attribute(self.info, "BatchName"));
        self.required(&mut writer, "ProvisionBody", provision);
        optional(&mut writer, "ControlBody", text(self.info, "ControlGovBodyName"));
        optional(&mut writer, "AppealBody", text(self.info, "AppealGovBodyName"));
        optional(&mut writer, "OrderAndAppealTerms", markup(self.info, "OrderAndAppealTerms"));
        optional(&mut writer, "Limitations", markup(self.info, "Limitations"));
        optional(&mut writer, "GrantTermText", text(self.info, "GrantTerm"));
        optional(&mut writer, "ValidityTermText", text(self.info, "OperationTerm"));
        self.required(&mut writer, "ProvisionLevel", attribute(self.info, "ServiceProvisionLevel"));
        self.gap("SecurityLevel");
        let methods = texts(self.info, "ServiceApplicationMethods");
        if methods.is_empty() {
            self.gap("ApplicationMethod");
        }
        methods.iter().for_each(|method| writer.leaf("", TYPES, "ApplicationMethod", method));
        optional(&mut writer, "ServiceURL", attribute(self.info, "ProvisionEAddress"));
        optional(&mut writer, "SuggestionsAddress", attribute(self.info, "SuggestionsEAddress"));
        let register = (attribute(self.info, "PublicRegisterName"), attribute(self.info, "PublicRegisterWebAddress"));
        if let (Some(name), Some(url)) = register {
            writer.start("", TYPES, "PublicRegister", &[], &[]);
            writer.leaf("", TYPES, "Name", &name);
            writer.leaf("", TYPES, "URL", &url);
            writer.end();
        }
        // Of how a result is handed over the register says nothing.
        self.gap("Channel");
        self.payment(&mut writer);
        self.stages(&mut writer);
        documents(&mut writer, self.info, "ModelDocuments", "ModelDocument");
        documents(&mut writer, self.info, "RegulatoryRegimeDocuments", "RegulatoryDocument");
        units(&mut writer, self.info);
        let today = OffsetDateTime::now_utc().date();
        writer.leaf("", TYPES, "ValidFrom", &format!("{today}T00:00:00Z"));
        writer.end();
        Bytes::from(writer.into_bytes())
    }

    fn required(&mut self, writer: &mut Writer, name: &'static str, value: Option<String>) {
        match value {
            Some(value) => writer.leaf("", TYPES, name, &value),
            None => self.gap(name),
        }
    }

    fn gap(&mut self, name: &'static str) {
        self.gaps.push((self.number.to_owned(), name));
    }

    fn legal_basis(&mut self, writer: &mut Writer) {
        const PLACES: [&str; 6] = ["Article", "SubParagraph", "Point", "Letter", "Paragraph", "Text"];
        let mut any = false;
        for act in items(self.data, "LegalBasis") {
            let Some(name) = attribute(act, "RegulatoryActName") else { continue };
            let places = items(act, "StructuredData");
            let entries: Vec<Option<Element<'_>>> =
                if places.is_empty() { vec![None] } else { places.into_iter().map(Some).collect() };
            for place in entries {
                writer.start("", TYPES, "LegalBasis", &[], &[]);
                writer.leaf("", TYPES, "ActName", &name);
                for part in PLACES {
                    optional(writer, part, place.and_then(|place| attribute(place, part)));
                }
                writer.end();
                any = true;
            }
        }
        if !any {
            self.gap("LegalBasis");
        }
    }

    fn payment(&self, writer: &mut Writer) {
        let Some(payment) = below(self.info, "PaymentInfo") else { return };
        let Some(kind) = attribute(payment, "PaymentKind") else { return };
        writer.start("", TYPES, "Payment", &[], &[]);
        writer.leaf("", TYPES, "Kind", &kind);
        let generation = attribute(payment, "PaymentGenerationKind");
        writer.leaf("", TYPES, "Generation", generation.as_deref().unwrap_or("Fixed"));
        texts(payment, "PaymentMethods").iter().for_each(|method| writer.leaf("", TYPES, "Method", method));
        optional(writer, "Explanations", markup(payment, "Explanations"));
        writer.end();
    }

    fn stages(&self, writer: &mut Writer) {
        for stage in items(self.info, "Stages") {
            let Some(name) = attribute(stage, "Name") else { continue };
            writer.start("", TYPES, "Stage", &[], &[]);
            writer.leaf("", TYPES, "Name", &name);
            writer.leaf("", TYPES, "Description", &markup(stage, "Description").unwrap_or_default());
            for document in elements(stage, "Document") {
                let name = attribute(document, "Name").or_else(|| Some(document.text().trim().to_owned()));
                if let Some(name) = name.filter(|name| !name.is_empty()) {
                    writer.start("", TYPES, "Document", &[], &[]);
                    writer.leaf("", TYPES, "Name", &name);
                    optional(writer, "URL", attribute(document, "DocumentDownloadUrl"));
                    writer.end();
                }
            }
            writer.end();
        }
    }
}

fn documents(writer: &mut Writer, info: Element<'_>, list: &str, name: &str) {
    for document in items(info, list) {
        let Some(title) = attribute(document, "Name") else { continue };
        writer.start("", TYPES, name, &[], &[]);
        writer.leaf("", TYPES, "Name", &title);
        optional(writer, "URL", attribute(document, "DocumentDownloadUrl"));
        writer.end();
    }
}

fn units(writer: &mut Writer, info: Element<'_>) {
    for unit in items(info, "ServicingUnitContactData") {
        let (Some(name), Some(address)) = (attribute(unit, "Name"), below(unit, "Address")) else { continue };
        let Some(place) = below(address, "EkatteAddress") else { continue };
        // Code and name of a place are attributes that begin with its kind.
        let part = |kind: &str, what: &str| {
            let found = place.attributes().find(|attribute| {
                let local = attribute.local();
                local.starts_with(kind) && local.ends_with(what)
            });
            found.map(|attribute| attribute.value().trim().to_owned()).filter(|value| !value.is_empty())
        };
        let Some(settlement) = part("Settlement", "Code") else { continue };
        writer.start("", TYPES, "ServicingUnit", &[], &[]);
        optional(writer, "UnitId", attribute(unit, "UnitID"));
        writer.leaf("", TYPES, "Name", &name);
        writer.start("", TYPES, "Address", &[], &[]);
        for kind in ["District", "Municipality", "Settlement", "Area"] {
            let code = if kind == "Settlement" { Some(settlement.clone()) } else { part(kind, "Code") };
            let Some(code) = code else { continue };
            writer.start("", TYPES, kind, &[], &[]);
            writer.leaf("", TYPES, "Code", &code);
            optional(writer, "Name", part(kind, "Name"));
            writer.end();
        }
        optional(writer, "PostCode", attribute(address, "PostCode"));
        optional(writer, "AddressText", attribute(address, "AddressText"));
        writer.end();
        if let Some(reached) = below(unit, "CorrespondenceData") {
            let calling = attribute(reached, "InterSettlementCallingCode").unwrap_or_default();
            for phone in items(reached, "Phone").into_iter().filter(|phone| phone.is_leaf()) {
                let number = attribute(phone, "PhoneNumber").unwrap_or_else(|| phone.text().trim().to_owned());
                optional(writer, "Phone", Some(format!("{calling} {number}").trim().to_owned()));
            }
            optional(writer, "Fax", attribute(reached, "FaxNumber"));
            optional(writer, "Email", attribute(reached, "Email"));
            optional(writer, "Web", attribute(reached, "WebSiteUrl"));
        }
        optional(writer, "WorkTime", text(unit, "WorkTime"));
        writer.end();
    }
}

fn optional(writer: &mut Writer, name: &str, value: Option<String>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        writer.leaf("", TYPES, name, &value);
    }
}

/// The value of an attribute, trimmed; an empty one is none.
fn attribute(element: Element<'_>, name: &str) -> Option<String> {
    element.attribute("", name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The first child of this local name: the types of the API stand in several namespaces.
fn below<'d>(element: Element<'d>, name: &str) -> Option<Element<'d>> {
    element.children().find(|child| child.local() == name)
}

fn text(element: Element<'_>, name: &str) -> Option<String> {
    below(element, name).map(|child| child.text().trim().to_owned()).filter(|text| !text.is_empty())
}

/// Markup as text: the API escapes it, and some of it may stand there as elements.
fn markup(element: Element<'_>, name: &str) -> Option<String> {
    let child = below(element, name)?;
    if child.is_leaf() {
        return text(element, name);
    }
    let source = child.document().source().get(child.span())?;
    let inner = source.get(source.find('>')? + 1..source.rfind("</")?)?;
    Some(inner.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The items of a list: children of the element of this name, or the repeated elements themselves.
fn items<'d>(element: Element<'d>, name: &str) -> Vec<Element<'d>> {
    let named: Vec<Element<'d>> = element.children().filter(|child| child.local() == name).collect();
    match named.as_slice() {
        [list] if list.attributes().next().is_none() && !list.is_leaf() => list.children().collect(),
        _ => named,
    }
}

/// The texts of a list of simple values.
fn texts(element: Element<'_>, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for child in element.children().filter(|child| child.local() == name) {
        let leaves: Vec<Element<'_>> = if child.is_leaf() { vec![child] } else { child.children().collect() };
        found.extend(leaves.iter().map(|leaf| leaf.text().trim().to_owned()).filter(|text| !text.is_empty()));
    }
    found
}

/// All elements of this local name.
fn elements<'d>(element: Element<'d>, name: &str) -> Vec<Element<'d>> {
    let starts = element.events().filter_map(|event| match event {
        Event::Start(element) if element.local() == name => Some(element),
        _ => None,
    });
    starts.collect()
}
