//! A service over a store of its own, a caller whose password was really checked, and messages.
#![allow(dead_code)]

use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use kapia_portal::{Call, EgovService, Options, Reply};
use kapia_records::{
    Caller, Cost, CredentialName, Doorkeeper, Eik, Environment, Knock, NewCredential, Password, Records, Rules,
    Supplier, SupplierStatus,
};
use kapia_soap::Version;
use kapia_xml::{Document, Element, Limits};
use time::OffsetDateTime;
use time::macros::datetime;

pub const OURS: &str = "111222334";
pub const OTHERS: &str = "987654322";
pub const NOW: OffsetDateTime = datetime!(2026-03-02 10:00:00 UTC);

pub struct Room {
    pub folder: tempfile::TempDir,
    pub records: Records,
    pub service: EgovService,
    pub caller: Caller,
    pub now: OffsetDateTime,
    pub version: Version,
}

impl Room {
    pub async fn new() -> Room {
        Room::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Room {
        Room::of(options, &[OURS]).await
    }

    pub async fn of(options: Options, suppliers: &[&str]) -> Room {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(folder.path().join("portal.db"), Environment::Staging).unwrap();
        let cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
        let password = Password::chosen("a password for tests").unwrap();
        let new = NewCredential {
            name: CredentialName::parse("town-hall").unwrap(),
            administration: "Община Изпитна".to_owned(),
            suppliers: suppliers.iter().map(|eik| Eik::parse(eik).unwrap()).collect(),
            networks: Vec::new(),
            certificate: None,
            expires_at: None,
        };
        records.add_credential(new, password, cost, "tests").await.unwrap();
        let supplier = Supplier {
            eik: Eik::parse(OURS).unwrap(),
            code: "814".to_owned(),
            title_bg: "Община Изпитна".to_owned(),
            title_en: Some("Municipality of Izpitna".to_owned()),
            oid: Some("2.16.100.1.1.999".to_owned()),
            url: Some("https://izpitna.example.bg".to_owned()),
            logo: None,
            contacts: None,
            kind: Some("Общинска администрация".to_owned()),
            automated: true,
            status: SupplierStatus::Active,
        };
        records.put_supplier(supplier, "tests").await.unwrap();
        let door = Doorkeeper::new(records.clone(), Rules { cost, ..Rules::default() }).unwrap();
        // town-hall:a password for tests
        let authorization = "Basic dG93bi1oYWxsOmEgcGFzc3dvcmQgZm9yIHRlc3Rz";
        let knock = Knock {
            authorization: Some(authorization),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            certificate: None,
            now: NOW,
        };
        let caller = door.admit(knock).await.unwrap();
        let service = EgovService::new(records.clone(), options).unwrap();
        Room { folder, records, service, caller, now: NOW, version: Version::V11 }
    }

    /// Sends the element of an operation, without a request identifier.
    pub async fn send(&self, body: &str) -> Answer {
        self.post(&envelope(self.version, None, body), None).await
    }

    /// Sends it under a request identifier.
    pub async fn send_as(&self, id: &str, body: &str) -> Answer {
        self.post(&envelope(self.version, Some(id), body), None).await
    }

    pub async fn post(&self, message: &str, action: Option<&str>) -> Answer {
        let reply = self.service.answer(self.call(message, action)).await;
        Answer::of(&reply)
    }

    pub fn call(&self, message: &str, action: Option<&str>) -> Call {
        Call {
            version: self.version,
            content_type: Some(self.version.content_type().to_owned()),
            soap_action: action.map(str::to_owned),
            body: Bytes::copy_from_slice(message.as_bytes()),
            caller: self.caller.clone(),
            now: self.now,
            correlation: "01KAPIA0000000000000000001".to_owned(),
        }
    }
}

/// An answer, read.
pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub text: String,
    document: Document,
}

impl Answer {
    pub fn of(reply: &Reply) -> Answer {
        let document = Document::read(reply.body.clone(), &Limits::default()).unwrap();
        Answer { status: reply.status, content_type: reply.content_type, text: document.source().to_owned(), document }
    }

    /// The texts of all elements of this name, in document order.
    pub fn all(&self, local: &str) -> Vec<String> {
        fn collect(element: Element<'_>, local: &str, out: &mut Vec<String>) {
            if element.local() == local {
                out.push(element.text().into_owned());
            }
            element.children().for_each(|child| collect(child, local, out));
        }
        let mut out = Vec::new();
        collect(self.document.root(), local, &mut out);
        out
    }

    pub fn one(&self, local: &str) -> String {
        let found = self.all(local);
        assert_eq!(found.len(), 1, "{local} in {}", self.text);
        found.into_iter().next().unwrap()
    }

    /// The code of the fault, and the paths.
    pub fn fault(&self) -> (String, Vec<String>) {
        assert!(self.status >= 400, "{}", self.text);
        (self.one("Code"), self.all("Field"))
    }

    /// The element in the body.
    pub fn body(&self) -> Element<'_> {
        self.document.root().children().last().unwrap().children().next().unwrap()
    }
}

pub fn envelope(version: Version, id: Option<&str>, body: &str) -> String {
    let header = id.map_or_else(String::new, |id| {
        format!("<s:Header><t:RequestContext><t:RequestId>{id}</t:RequestId></t:RequestContext></s:Header>")
    });
    format!(
        "<s:Envelope xmlns:s=\"{}\" xmlns:t=\"urn:egov-gateway:portal:service-record:1\" \
         xmlns=\"urn:egov-gateway:portal:service-record:1\">{header}<s:Body>{body}</s:Body></s:Envelope>",
        version.namespace()
    )
}

/// A record, part by part, so that a test can change one.
#[derive(Clone)]
pub struct Sample {
    pub number: u64,
    pub eik: String,
    pub parts: Vec<(&'static str, String)>,
}

impl Sample {
    pub fn new(number: u64) -> Sample {
        let part = |name, text: &str| (name, text.to_owned());
        Sample {
            number,
            eik: OURS.to_owned(),
            parts: vec![
                part(
                    "Name",
                    "<Name lang=\"bg\">Издаване на удостоверение за адрес</Name><Name lang=\"en\">Address certificate</Name>",
                ),
                part("Description", "<Description>&lt;p&gt;По &lt;b&gt;искане&lt;/b&gt;&lt;/p&gt;</Description>"),
                part("Keyword", "<Keyword>адрес</Keyword>"),
                part("IsInternalAdminService", "<IsInternalAdminService>false</IsInternalAdminService>"),
                part("Purposes", "<HasCivilPurpose>true</HasCivilPurpose><HasBusinessPurpose>0</HasBusinessPurpose>"),
                part(
                    "LegalBasis",
                    "<LegalBasis><ActName>Закон за гражданската регистрация</ActName><Article>24</Article></LegalBasis>",
                ),
                part("ProvisionBody", "<ProvisionBody>Община Изпитна</ProvisionBody>"),
                part("OrderAndAppealTerms", ""),
                part("ProvisionLevel", "<ProvisionLevel>ApplicationEnabled</ProvisionLevel>"),
                part("SecurityLevel", "<SecurityLevel>Substantial</SecurityLevel>"),
                part(
                    "ApplicationMethod",
                    "<ApplicationMethod>ApplicationAtDesk</ApplicationMethod><ApplicationMethod>ApplicationByEPortal</ApplicationMethod>",
                ),
                part("ServiceURL", "<ServiceURL>https://izpitna.example.bg/uslugi/1</ServiceURL>"),
                part("SuggestionsAddress", "<SuggestionsAddress>predlozhenia@izpitna.example.bg</SuggestionsAddress>"),
                part(
                    "Channel",
                    "<Channel><ChannelType><Code>0006-000077</Code></ChannelType><ProcessTime><TermType>normalService</TermType>\
                      <Unit>workDays</Unit><Value>7</Value><Tax><Amount>5.00</Amount><Currency>EUR</Currency><ValidFrom>2026-01-01</ValidFrom></Tax>\
                      </ProcessTime></Channel>",
                ),
                part(
                    "Payment",
                    "<Payment><Kind>Charge</Kind><Generation>Fixed</Generation><Method>DeskCash</Method><IBAN>BG80BNBG96611020345678</IBAN></Payment>",
                ),
                part("Stage", ""),
                part("Evidence", ""),
                part("ServicingUnit", ""),
                part("Language", "<Language>bg</Language>"),
                part("PublicationStatus", ""),
                part("Valid", "<ValidFrom>2026-01-01T00:00:00+02:00</ValidFrom>"),
            ],
        }
    }

    pub fn with(mut self, name: &str, text: &str) -> Sample {
        let part = self.parts.iter_mut().find(|(part, _)| *part == name).unwrap();
        part.1 = text.to_owned();
        self
    }

    pub fn of(mut self, eik: &str) -> Sample {
        self.eik = eik.to_owned();
        self
    }

    pub fn record(&self) -> String {
        let parts: String = self.parts.iter().map(|(_, text)| text.as_str()).collect();
        format!("<ServiceRecord>{}{parts}</ServiceRecord>", key(self.number, &self.eik))
    }

    pub fn add(&self) -> String {
        format!("<AddService>{}</AddService>", self.record())
    }

    pub fn update(&self, expected: Option<u64>) -> String {
        let expected = expected.map_or_else(String::new, |v| format!("<ExpectedVersion>{v}</ExpectedVersion>"));
        format!("<UpdateService>{}{expected}</UpdateService>", self.record())
    }
}

pub fn key(number: u64, eik: &str) -> String {
    format!("<ServiceKey><ServiceNumber>{number}</ServiceNumber><SupplierEIK>{eik}</SupplierEIK></ServiceKey>")
}

pub fn save(samples: &[Sample], mode: &str) -> String {
    let records: String = samples.iter().map(Sample::record).collect();
    format!("<SaveServices>{records}<Mode>{mode}</Mode></SaveServices>")
}
