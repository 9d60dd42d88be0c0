//! Invented administrations and services: enough to fill every page.

use kapia_pages::{Ask, FacadeConfig, Page, Pages, PagesConfig, SiteConfig};
use kapia_records::{
    Answer, Batch, Change, Content, Eik, Environment, Facts, Key, Mode, Records, SecurityLevel, ServiceNumber, Status,
    Supplier, SupplierStatus, What,
};
use std::path::Path;
use time::OffsetDateTime;
use time::macros::datetime;

/// A record that says everything a record can say.
pub const SPECIMEN: &str = include_str!("../../assets/specimen.xml");
/// The administration of the specimen.
pub const AGENCY: &str = "000695388";
pub const MUNICIPALITY: &str = "000696327";
pub const MINISTRY: &str = "000695114";
/// The moment at which the pages of tests are read.
pub const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

/// A record as the portal would write it, and the facts that it would take from it.
pub struct Draft {
    pub number: u64,
    pub supplier: &'static str,
    pub name_bg: String,
    pub name_en: Option<String>,
    pub description: String,
    pub online: bool,
    pub fee: Option<&'static str>,
    pub days: u32,
    /// Elements that stand at the end of the record.
    pub more: String,
}

pub fn key(supplier: &str, number: u64) -> Key {
    Key { supplier: Eik::parse(supplier).unwrap(), service: ServiceNumber::new(number).unwrap() }
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\r', "&#13;")
}

impl Draft {
    pub fn xml(&self) -> String {
        let english = self.name_en.as_ref().map(|name| format!("<Name lang=\"en\">{}</Name>", escaped(name)));
        let level = if self.online { "ApplicationEnabled" } else { "SiteInfoAndDocModel" };
        let method = if self.online { "<ApplicationMethod>ApplicationByEPortal</ApplicationMethod>" } else { "" };
        let url = if self.online {
            format!("<ServiceURL>https://e.example.bg/{}</ServiceURL>", self.number)
        } else {
            String::new()
        };
        let tax = self.fee.map(|fee| {
            format!("<Tax><Amount>{fee}</Amount><Currency>EUR</Currency><ValidFrom>2026-01-01</ValidFrom></Tax>")
        });
        let kind = if self.fee.is_some() { "Charge" } else { "Free" };
        format!(
            "<ServiceRecord xmlns=\"urn:egov-gateway:portal:service-record:1\"><ServiceKey><ServiceNumber>{}</ServiceNumber>\
             <SupplierEIK>{}</SupplierEIK></ServiceKey><Name lang=\"bg\">{}</Name>{}<Description lang=\"bg\">{}</Description>\
             <IsInternalAdminService>false</IsInternalAdminService><HasCivilPurpose>true</HasCivilPurpose>\
             <HasBusinessPurpose>{}</HasBusinessPurpose><LegalBasis><ActName>Закон за портите</ActName><Article>{}</Article></LegalBasis>\
             <ProvisionBody>Ръководителят на администрацията</ProvisionBody><ProvisionLevel>{level}</ProvisionLevel>\
             <SecurityLevel>Low</SecurityLevel><ApplicationMethod>ApplicationAtDesk</ApplicationMethod>{method}{url}\
             <Channel><ChannelType><Code>0006-000077</Code></ChannelType><ProcessTime><TermType>normalService</TermType>\
             <Unit>workDays</Unit><Value>{}</Value>{}</ProcessTime></Channel><Payment><Kind>{kind}</Kind><Generation>Fixed</Generation></Payment>\
             {}<ValidFrom>2024-01-15T00:00:00+02:00</ValidFrom></ServiceRecord>",
            self.number,
            self.supplier,
            escaped(&self.name_bg),
            english.unwrap_or_default(),
            escaped(&self.description),
            self.online,
            self.number % 90 + 1,
            self.days,
            tax.unwrap_or_default(),
            self.more,
        )
    }

    pub fn content(&self) -> Content {
        let mut facts = Facts::named(self.name_bg.clone(), datetime!(2024-01-15 00:00 +2));
        facts.name_en = self.name_en.clone();
        facts.description_bg = plain(&self.description);
        facts.security_level = SecurityLevel::Low;
        Content { octets: self.xml().into(), facts, status: Status::Published }
    }
}

fn plain(markup: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    for character in markup.chars() {
        match character {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                out.push(' ');
            }
            other if !in_tag => out.push(other),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The specimen with the facts that stand in it.
pub fn specimen() -> Content {
    let mut facts = Facts::named(
        "Издаване на удостоверение за вписване в регистъра на пазителите на порти",
        datetime!(2024-01-15 00:00 +2),
    );
    facts.name_en = Some("Certificate of entry in the register of gatekeepers".to_owned());
    facts.short_name_bg = Some("Удостоверение за пазител".to_owned());
    facts.description_bg = "Удостоверението доказва, че лицето е вписано в регистъра. Издава се на всеки, който е вписан. Кога е необходимо при кандидатстване за работа; при участие в обществена поръчка. Вижте и самия регистър.".to_owned();
    facts.description_en = Some("The certificate proves that a person is entered in the register.".to_owned());
    facts.oid = Some("2.16.100.1.1.1.1.42".to_owned());
    facts.supplier_code = Some("814".to_owned());
    facts.section = Some("Административни услуги, предоставяни от централни администрации".to_owned());
    facts.security_level = SecurityLevel::Substantial;
    facts.valid_to = Some(datetime!(2098-12-31 23:59:59 +2));
    Content { octets: SPECIMEN.as_bytes().into(), facts, status: Status::Published }
}

pub async fn apply(records: &Records, at: OffsetDateTime, changes: Vec<Change>) {
    let batch = Batch { by: "agency".to_owned(), at, mode: Mode::AllOrNothing, changes, ticket: None };
    let answer = |applied: &[kapia_records::Applied]| {
        assert!(applied.iter().all(Result::is_ok), "{applied:?}");
        Answer { octets: Default::default(), notes: Vec::new() }
    };
    records.apply(batch, answer).await.unwrap();
}

pub fn put(supplier: &str, number: u64, content: Content) -> Change {
    Change { key: key(supplier, number), expected: None, why: None, what: What::Put(content) }
}

pub async fn put_supplier(records: &Records, eik: &str, code: &str, bg: &str, en: Option<&str>) {
    let supplier = Supplier {
        eik: Eik::parse(eik).unwrap(),
        code: code.to_owned(),
        title_bg: bg.to_owned(),
        title_en: en.map(str::to_owned),
        oid: Some(format!("2.16.100.1.1.1.1.{code}")),
        url: Some("https://www.example.bg/".to_owned()),
        logo: None,
        contacts: Some("гр. София 1000, ул. „Портата“ № 1, тел. 02 123 4567".to_owned()),
        kind: Some("Централна администрация".to_owned()),
        automated: true,
        status: SupplierStatus::Published,
    };
    records.put_supplier(supplier, "test").await.unwrap();
}

const SUBJECTS: [(&str, &str); 12] = [
    ("удостоверение за наследници", "certificate of heirs"),
    ("разрешение за строеж", "building permit"),
    ("скица на поземлен имот", "plan of a land property"),
    ("карта за паркиране", "parking card"),
    ("препис от акт за брак", "copy of a marriage act"),
    ("удостоверение за адрес", "certificate of address"),
    ("категория на заведение", "category of a restaurant"),
    ("данъчна оценка на имот", "tax assessment of a property"),
    ("удостоверение за търговец", "certificate of a trader"),
    ("разрешение за ползване на площад", "permit for the use of a square"),
    ("паспорт на домашен любимец", "passport of a pet"),
    ("дубликат на разрешение", "duplicate of a permit"),
];

/// Three administrations and some fifty services of all kinds, changed in the course of a year.
pub async fn fill(records: &Records) {
    put_supplier(records, AGENCY, "814", "Агенция по портите", Some("Gates Agency")).await;
    put_supplier(records, MUNICIPALITY, "177", "Община Горна порта", None).await;
    put_supplier(records, MINISTRY, "12", "Министерство на портите", Some("Ministry of Gates")).await;
    let simple = |supplier: &'static str, number: u64, name: &str| Draft {
        number,
        supplier,
        name_bg: name.to_owned(),
        name_en: None,
        description: "<p>Описание на услугата.</p>".to_owned(),
        online: false,
        fee: None,
        days: 5,
        more: String::new(),
    };
    let ended = simple(AGENCY, 900, "Регистрация на подвижни мостове").content();
    apply(records, datetime!(2026-03-01 08:00 UTC), vec![put(AGENCY, 900, ended)]).await;
    let why = Some("Отменена с изменението на Закона за портите.".to_owned());
    let what = What::Deactivate { from: None };
    apply(records, datetime!(2026-06-30 12:00 UTC), vec![Change { key: key(AGENCY, 900), expected: None, why, what }])
        .await;
    let hidden = Content { status: Status::Draft, ..simple(AGENCY, 901, "Тайна чернова").content() };
    apply(records, datetime!(2026-07-01 12:00 UTC), vec![put(AGENCY, 901, hidden)]).await;
    apply(
        records,
        datetime!(2026-09-01 08:00 UTC),
        (0..48).map(|at| put(MUNICIPALITY, 2000 + at, of_municipality(at))).collect(),
    )
    .await;
    let first = simple(AGENCY, 2835, "Удостоверение за вписване").content();
    apply(records, datetime!(2026-10-01 08:00 UTC), vec![put(AGENCY, 2835, first)]).await;
    let shared = simple(MINISTRY, 2001, "Издаване на разрешение за строеж на порта").content();
    apply(records, datetime!(2026-11-01 08:00 UTC), vec![put(MINISTRY, 2001, shared)]).await;
    apply(records, datetime!(2026-11-20 14:30 UTC), vec![put(AGENCY, 2835, specimen())]).await;
}

fn of_municipality(at: u64) -> Content {
    let (subject, english) = SUBJECTS[(at % 12) as usize];
    let kind = ["", " на територията на общината", " за юридически лица", " по електронен път"][(at / 12) as usize];
    let draft = Draft {
        number: 2000 + at,
        supplier: MUNICIPALITY,
        name_bg: format!("Издаване на {subject}{kind}"),
        name_en: at.is_multiple_of(2).then(|| format!("Issuing a {english}")),
        description: format!(
            "<p>Услугата се предоставя на всеки, който има право на {subject}.</p>\
             <p>Подава се <strong>заявление</strong> по образец, а при нужда и документ за самоличност.</p>"
        ),
        online: at.is_multiple_of(3),
        fee: [Some("2.56"), None, Some("15.34"), Some("51.13")][(at % 4) as usize],
        days: 1 + (at % 14) as u32,
        more: String::new(),
    };
    draft.content()
}

/// Pages over a new store with everything in it; the folder keeps it.
pub async fn filled_pages(folder: &Path, facade: FacadeConfig, sites: &[SiteConfig]) -> Pages {
    let records = Records::open(folder.join("records.db"), Environment::Production).unwrap();
    fill(&records).await;
    let config = PagesConfig { base: Some("https://services.example.bg".to_owned()), ..PagesConfig::default() };
    Pages::new(records, config, facade, sites).unwrap()
}

pub fn ask(path: &str) -> Ask<'_> {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    Ask {
        method: "GET",
        host: Some("services.example.bg"),
        path,
        query,
        accept_language: None,
        if_none_match: None,
        authorization: None,
        now: NOW,
    }
}

pub fn text(page: &Page) -> &str {
    std::str::from_utf8(&page.body).unwrap()
}
