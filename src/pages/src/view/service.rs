//! One service, as its page shows it.

use crate::dates;
use crate::record::{Part, Record, code};
use crate::text::{label, say};
use crate::together;
use crate::view::fees::{self, Channel, coded};
use crate::view::law::{self, Basis};
use crate::xhtml;
use kapia_language::Language;
use minijinja::Value;
use serde::Serialize;
use time::OffsetDateTime;

/// Everything that a page says about a service; empty strings and lists are what is not said.
#[derive(Serialize)]
pub(crate) struct Service {
    pub number: String,
    pub eik: String,
    pub name: Said,
    pub short_name: Option<Said>,
    pub description: Value,
    pub description_lang: Option<String>,
    /// The first words of the description, without markup.
    pub lead: String,
    pub administration: String,
    pub civil: bool,
    pub business: bool,
    pub internal: bool,
    pub regime: bool,
    pub from_eu: bool,
    pub online: bool,
    pub url: Option<String>,
    pub url_host: Option<String>,
    pub fee: Option<String>,
    pub term: Option<String>,
    pub security: Option<String>,
    pub level: Option<String>,
    pub methods: Vec<String>,
    pub identification: Vec<Named>,
    pub languages: Vec<Named>,
    pub form_code: Option<String>,
    pub evidence: Vec<Document>,
    pub forms: Vec<Document>,
    pub regulatory: Vec<Document>,
    pub channels: Vec<Channel>,
    pub has_fees: bool,
    pub payment: Option<Payment>,
    pub grant_term: Value,
    pub validity_term: Value,
    pub stages: Vec<Stage>,
    pub outputs: Vec<Document>,
    pub units: Vec<Unit>,
    pub law: Vec<Basis>,
    pub provision_body: Option<String>,
    pub control_body: Option<String>,
    pub appeal_body: Option<String>,
    pub appeal_terms: Value,
    pub suggestions: Option<Link>,
    pub limitations: Value,
    pub section: Option<String>,
    pub subsection: Option<String>,
    pub regime_name: Option<String>,
    pub business_activity: Option<String>,
    pub register: Option<Link>,
    pub oid: Option<String>,
    pub categories: Vec<Named>,
    pub life_events: Vec<Named>,
    pub keywords: Vec<String>,
    pub valid_from: Option<Moment>,
    pub valid_to: Option<Moment>,
}

/// A text, and its language if it is not that of the page.
#[derive(Serialize, Clone)]
pub(crate) struct Said {
    pub text: String,
    pub lang: Option<String>,
}

/// A name, and whether it is Bulgarian on a page that is not.
#[derive(Serialize)]
pub(crate) struct Named {
    pub text: String,
    pub foreign: bool,
}

/// A text that leads somewhere, if its address may be followed.
#[derive(Serialize)]
pub(crate) struct Link {
    pub text: String,
    pub href: Option<String>,
}

/// A document: its name, what is said about it, where a model of it is.
#[derive(Serialize)]
pub(crate) struct Document {
    pub name: String,
    pub kind: String,
    pub text: Value,
    pub href: Option<String>,
}

/// How a service is paid.
#[derive(Serialize)]
pub(crate) struct Payment {
    pub kind: Option<String>,
    pub generation: Option<String>,
    pub methods: Vec<String>,
    pub explanations: Value,
    pub code: Option<String>,
    pub bic: Option<String>,
    pub iban: Option<String>,
}

/// A step of the procedure.
#[derive(Serialize)]
pub(crate) struct Stage {
    pub name: String,
    pub text: Value,
    pub documents: Vec<Document>,
}

/// Where people are served.
#[derive(Serialize)]
pub(crate) struct Unit {
    pub name: String,
    pub address: String,
    pub settlement: String,
    pub post_code: Option<String>,
    pub street: Option<String>,
    pub phones: Vec<Link>,
    pub fax: Option<String>,
    pub email: Option<Link>,
    pub web: Option<Link>,
    pub hours: Option<String>,
    pub e_delivery: Option<String>,
}

/// A moment for people and for machines.
#[derive(Serialize, Clone)]
pub(crate) struct Moment {
    pub text: String,
    pub iso: String,
}

impl Moment {
    pub fn day(moment: OffsetDateTime, language: Language) -> Moment {
        Moment { text: dates::day(moment, language), iso: dates::iso_day(moment) }
    }
}

/// The level of headings in markup of records: below the headings of sections.
const INNER: u8 = 3;

/// How many characters of the description a list shows.
const LEAD: usize = 280;

impl Service {
    /// What a record says to a reader of `language` at a moment; `number` and `eik` are those under which it is kept.
    pub fn read(record: &Record, number: &str, eik: &str, now: OffsetDateTime, language: Language) -> Service {
        let root = record.root();
        let today = dates::in_bulgaria(now).date();
        let channels = fees::channels(root, today, language);
        let summary = fees::summary(root, &channels, language);
        let description = root.best("Description", language);
        let level = root.text("ProvisionLevel").unwrap_or_default();
        let online = matches!(level.as_str(), "ApplicationEnabled" | "RequestAndPayService");
        let url = root.text("ServiceURL").and_then(|url| web(&url));
        let security = root.text("SecurityLevel").and_then(|level| label("security", &level, language));
        Service {
            number: number.to_owned(),
            eik: eik.to_owned(),
            name: said(root, "Name", language).unwrap_or_else(|| Said { text: number.to_owned(), lang: None }),
            short_name: said(root, "ShortName", language).filter(|short| short.lang.is_none()),
            description: safe(description.map(|part| xhtml::of_element(part.0, INNER)).unwrap_or_default()),
            description_lang: description.and_then(|part| foreign_language(part, language)),
            lead: description.map(|part| shortened(&xhtml::plain(part.0), LEAD)).unwrap_or_default(),
            administration: String::new(),
            civil: root.flag("HasCivilPurpose").unwrap_or(false),
            business: root.flag("HasBusinessPurpose").unwrap_or(false),
            internal: root.flag("IsInternalAdminService").unwrap_or(false),
            regime: root.flag("IsRegime").unwrap_or(false),
            from_eu: root.flag("IsFromEU").unwrap_or(false),
            online,
            url_host: url.as_deref().and_then(host).map(str::to_owned),
            url,
            fee: summary.fee,
            term: summary.term,
            security,
            level: label("level", &level, language),
            methods: labels(root.texts("ApplicationMethod"), "method", language),
            identification: named(root, "IdentificationMethod", "identification", language),
            languages: root.texts("Language").into_iter().map(|tag| spoken(tag, language)).collect(),
            form_code: root.text("FormCode"),
            evidence: root.parts("Evidence").map(|part| evidence(part, language)).collect(),
            forms: documents(root, "ModelDocument"),
            regulatory: documents(root, "RegulatoryDocument"),
            has_fees: channels.iter().any(|channel| !channel.lines.is_empty()),
            channels,
            payment: root.part("Payment").map(|part| payment(part, language)),
            grant_term: text(root, "GrantTermText"),
            validity_term: text(root, "ValidityTermText"),
            stages: root.parts("Stage").map(stage).collect(),
            outputs: root.parts("Output").map(|part| output(part, language)).collect(),
            units: root.parts("ServicingUnit").map(|part| unit(part, language)).collect(),
            law: law::bases(root),
            provision_body: root.text("ProvisionBody"),
            control_body: root.text("ControlBody"),
            appeal_body: root.text("AppealBody"),
            appeal_terms: markup(root, "OrderAndAppealTerms"),
            suggestions: root.text("SuggestionsAddress").map(|text| Link { href: address(&text), text }),
            limitations: markup(root, "Limitations"),
            section: root.text("Section"),
            subsection: root.text("Subsection"),
            regime_name: root.text("RegimeName"),
            business_activity: root.text("BusinessActivityName"),
            register: root.part("PublicRegister").and_then(register),
            oid: root.text("ServiceOID"),
            categories: named(root, "Category", "category", language),
            life_events: named(root, "LifeEvent", "life-event", language),
            keywords: root.texts("Keyword"),
            valid_from: root.moment("ValidFrom").map(|moment| Moment::day(moment, language)),
            valid_to: root.moment("ValidTo").map(|moment| Moment::day(moment, language)),
        }
    }
}

/// The text of a field in the language of the reader, or in the next best with its name.
pub(crate) fn said(root: Part<'_>, field: &str, language: Language) -> Option<Said> {
    let part = root.best(field, language)?;
    Some(Said { text: part.own_text()?, lang: foreign_language(part, language) })
}

fn foreign_language(part: Part<'_>, language: Language) -> Option<String> {
    let tag = part.language();
    let same = tag.split('-').next().is_some_and(|main| main.eq_ignore_ascii_case(code(language)));
    (!same).then(|| xhtml::language_tag(&tag).map(str::to_owned)).flatten()
}

fn safe(html: String) -> Value {
    if html.is_empty() { Value::from("") } else { Value::from_safe_string(html) }
}

fn markup(root: Part<'_>, field: &str) -> Value {
    safe(root.part(field).map(|part| xhtml::of_element(part.0, INNER)).unwrap_or_default())
}

/// A field of plain paragraphs.
fn text(root: Part<'_>, field: &str) -> Value {
    safe(root.text(field).map(|text| xhtml::paragraphs(&text)).unwrap_or_default())
}

fn labels(codes: Vec<String>, list: &str, language: Language) -> Vec<String> {
    codes.into_iter().map(|code| label(list, &code, language).unwrap_or(code)).collect()
}

fn named(root: Part<'_>, field: &str, list: &str, language: Language) -> Vec<Named> {
    let coded = root.parts(field).map(|part| coded(Some(part), list, language));
    coded.filter(|(text, _)| !text.is_empty()).map(|(text, foreign)| Named { text, foreign }).collect()
}

fn spoken(tag: String, language: Language) -> Named {
    Named { text: label("language", &tag, language).unwrap_or(tag), foreign: false }
}

fn documents(root: Part<'_>, field: &str) -> Vec<Document> {
    root.parts(field).map(document).collect()
}

fn document(part: Part<'_>) -> Document {
    Document {
        name: part.text("Name").unwrap_or_default(),
        kind: String::new(),
        text: safe(String::new()),
        href: part.text("URL").and_then(|url| web(&url)),
    }
}

fn evidence(part: Part<'_>, language: Language) -> Document {
    Document {
        name: part.text("Name").unwrap_or_default(),
        kind: coded(part.part("Type"), "evidence", language).0,
        text: text(part, "Description"),
        href: part.text("TemplateURL").and_then(|url| web(&url)),
    }
}

fn output(part: Part<'_>, language: Language) -> Document {
    Document { kind: coded(part.part("Type"), "output", language).0, ..document(part) }
}

fn payment(part: Part<'_>, language: Language) -> Payment {
    let named = |field: &str, list: &str| part.text(field).and_then(|code| label(list, &code, language));
    Payment {
        kind: named("Kind", "kind"),
        generation: named("Generation", "generation").filter(|_| part.text("Kind").as_deref() != Some("Free")),
        methods: labels(part.texts("Method"), "pay", language),
        explanations: markup(part, "Explanations"),
        code: part.text("PaymentTypeCode"),
        bic: part.text("BIC"),
        iban: part.text("IBAN").map(|iban| in_fours(&iban)),
    }
}

fn stage(part: Part<'_>) -> Stage {
    let text = part.part("Description").map(|part| xhtml::of_element(part.0, INNER + 1)).unwrap_or_default();
    Stage { name: part.text("Name").unwrap_or_default(), text: safe(text), documents: documents(part, "Document") }
}

fn unit(part: Part<'_>, language: Language) -> Unit {
    let address_part = part.part("Address");
    let field = |name: &str| address_part.and_then(|address| address.text(name));
    let place = |name: &str| address_part.and_then(|address| address.part(name)?.text("Name"));
    let post_code = field("PostCode");
    let code = post_code.as_deref().map(|code| say("post-code", language, &[("code", code)]));
    let street = field("AddressText");
    let steps = [place("Settlement"), place("Area"), code, street.clone()];
    Unit {
        name: part.text("Name").unwrap_or_default(),
        address: together::kept(&steps.into_iter().flatten().collect::<Vec<_>>().join(", ")),
        settlement: place("Settlement").unwrap_or_default(),
        post_code,
        street,
        phones: part.texts("Phone").into_iter().map(phone).collect(),
        fax: part.text("Fax"),
        email: part.text("Email").map(|text| Link { href: xhtml::link(&format!("mailto:{text}")), text }),
        web: part.text("Web").map(|text| Link { href: web(&text), text }),
        hours: part.text("WorkTime").map(|hours| together::kept(&hours)),
        e_delivery: part.text("EDeliveryProfileIdentifier"),
    }
}

fn phone(text: String) -> Link {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let sane = (5..=16).contains(&digits.len()) && !digits.get(1..).unwrap_or("").contains('+');
    Link { href: sane.then(|| format!("tel:{digits}")), text: together::kept(&text) }
}

fn register(part: Part<'_>) -> Option<Link> {
    Some(Link { text: part.text("Name")?, href: part.text("URL").and_then(|url| web(&url)) })
}

/// An address of the web.
pub(crate) fn web(address: &str) -> Option<String> {
    xhtml::link(address).filter(|link| host(link).is_some())
}

/// An address of the web or of mail, the latter with or without its scheme.
pub(crate) fn address(text: &str) -> Option<String> {
    xhtml::link(text).or_else(|| text.contains('@').then(|| xhtml::link(&format!("mailto:{text}"))).flatten())
}

/// The host of an address of the web.
pub(crate) fn host(url: &str) -> Option<&str> {
    let scheme_end = url.find("://")?;
    if !matches!(url.get(..scheme_end)?.to_ascii_lowercase().as_str(), "http" | "https") {
        return None;
    }
    let rest = url.get(scheme_end + 3..)?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // What stands before an @ looks like a host and is none.
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then_some(host)
}

/// An account number as people read it.
fn in_fours(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().filter(|c| !c.is_whitespace()).collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("\u{a0}")
}

/// At most so many characters, cut between words.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let cut: String = text.chars().take(longest).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", cut.trim_end_matches([',', ';', ':', '.', ' ', '–', '-']))
}
