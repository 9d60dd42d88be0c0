//! A gateway around an adapter that spies, and a courier that writes down what it is given.
#![allow(dead_code)] // every test file uses a part of it

use async_trait::async_trait;
use bytes::Bytes;
use kapia_adapter::{
    Adapter, AdapterError, Answer, Backend, Backends, Catalogue, EmbeddedFiles, Health, Opened, Outcome, Package, Plan,
    Problem, Question, Room, Told,
};
use kapia_deferred::{Deferred, Policy, Retries, SealingKey};
use kapia_gateway::{Courier, Deferral, Gateway, Incoming, Outgoing, Parcel, Parts, Settings, Undelivered};
use kapia_journal::{Journal, tail};
use kapia_pki::{ChainVerdict, Presented, Shown};
use kapia_registry::{
    CallbackHost, FieldPattern, LoadedOperation, NewCertificate, NewConsumer, OperationName, Period, Registry,
    SubjectName,
};
use kapia_regix::{Address, EntryPoint};
use kapia_xml::Limits;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

pub const OPERATION: &str = "Example.APIService.ISpyAPI.Look";
const MANIFEST: &str = r#"
name = "Spy"
[backend]
kind = "spy"
[[operation]]
name = "Example.APIService.ISpyAPI.Look"
request = "q.xsd"
request_root = "{urn:q}Q"
response = "r.xsd"
response_root = "{urn:r}R"
"#;
const REQUEST_XSD: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:q" elementFormDefault="qualified">
<xs:element name="Q"><xs:complexType><xs:sequence><xs:element name="EGN"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[0-9]{10}"/></xs:restriction></xs:simpleType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"#;
const RESPONSE_XSD: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:r" elementFormDefault="qualified">
<xs:element name="R"><xs:complexType><xs:sequence><xs:element name="Name" type="xs:string" minOccurs="0"/><xs:element name="Age" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:schema>"#;

/// Answers what it is told to, and counts how often it was asked.
#[derive(Default)]
pub struct Spy {
    asked: AtomicUsize,
    /// The client of the last question.
    pub client: Mutex<Option<IpAddr>>,
    pub answer: Mutex<String>,
    pub delay: Mutex<Duration>,
    /// Whether it answers at length where there is room.
    pub long: AtomicBool,
    /// What it answers instead, so many times.
    pub errors: Mutex<Vec<AdapterError>>,
}

struct SpyBackend(Arc<Spy>);
struct SpyAdapter(Arc<Spy>);

impl Backend for SpyBackend {
    fn kind(&self) -> &'static str {
        "spy"
    }
    fn open(&self, _plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        Ok(Opened { adapter: Arc::new(SpyAdapter(Arc::clone(&self.0))), refused: Vec::new(), notes: Vec::new() })
    }
}

#[async_trait]
impl Adapter for SpyAdapter {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        *self.0.client.lock().unwrap() = question.call.client_address;
        let delay = *self.0.delay.lock().unwrap();
        tokio::time::sleep(delay).await;
        if let Some(error) = self.0.errors.lock().unwrap().pop() {
            return Err(error);
        }
        let answer = self.0.answer.lock().unwrap().clone();
        Answer::read(answer.into_bytes(), Outcome::Data, question.operation, &Limits::default())
    }
    async fn ask_at_length(&self, question: Question<'_>, room: &Room) -> Result<Told, AdapterError> {
        if !self.0.long.load(Ordering::SeqCst) {
            return self.ask(question).await.map(Told::Answer);
        }
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        // A folder that cannot be written is the gate's trouble alone.
        let mut spool = Room { folder: None, ..room.clone() }.spool();
        std::io::Write::write_all(&mut spool, self.0.answer.lock().unwrap().as_bytes()).unwrap();
        Told::of(spool, Outcome::Data, question.operation, room)
    }
    async fn health(&self) -> Health {
        Health::Up
    }
}

/// Writes down what it is given.
#[derive(Default)]
pub struct Notebook {
    pub carried: Mutex<Vec<(String, String)>>,
    pub refusals: Mutex<Vec<Undelivered>>,
}

#[async_trait]
impl Courier for Notebook {
    fn may_carry(&self, _address: &str, _hosts: &[CallbackHost]) -> Result<(), Undelivered> {
        Ok(())
    }

    async fn carry(&self, parcel: Parcel<'_>) -> Result<(), Undelivered> {
        let message = String::from_utf8(parcel.message.to_vec()).unwrap();
        self.carried.lock().unwrap().push((parcel.address.to_owned(), message));
        self.refusals.lock().unwrap().pop().map_or(Ok(()), Err)
    }
}

pub struct World {
    pub gateway: Arc<Gateway>,
    pub registry: Arc<Registry>,
    pub journal: PathBuf,
    pub deferred: PathBuf,
    pub spy: Arc<Spy>,
    pub notebook: Arc<Notebook>,
    pub known: Arc<Presented>,
    pub stranger: Arc<Presented>,
    _folder: tempfile::TempDir,
}

/// One known and one stranger; keys take long to make.
static CERTIFICATES: LazyLock<[Arc<Presented>; 2]> = LazyLock::new(|| ["known", "stranger"].map(certificate));

fn certificate(name: &str) -> Arc<Presented> {
    let folder = tempfile::tempdir().unwrap();
    let names = kapia_pki::Names { host: "localhost".into(), consumer: name.into(), oid: "2.16.100.1.1.1.1".into() };
    let made = kapia_pki::ExampleAuthority::create(folder.path(), &names, OffsetDateTime::now_utc()).unwrap();
    let certificates = kapia_pki::read_certificates(&made.consumer.certificate).unwrap();
    let mut presented = Presented::from_der(&certificates[0]).unwrap();
    presented.chain = ChainVerdict::Trusted;
    Arc::new(presented)
}

pub fn world(settings: Settings, fields: &[&str]) -> World {
    world_with(settings, fields, None)
}

pub fn world_with(settings: Settings, fields: &[&str], signer: Option<Arc<kapia_signature::Signer>>) -> World {
    let folder = tempfile::tempdir().unwrap();
    let spy = Arc::new(Spy::default());
    *spy.answer.lock().unwrap() = "<R xmlns='urn:r'><Name>Тайна</Name><Age>7</Age></R>".into();
    let backends = Backends::standard().with(Box::new(SpyBackend(Arc::clone(&spy))));
    let files = EmbeddedFiles::new(
        "spy",
        [
            ("adapter.toml", MANIFEST.as_bytes()),
            ("XMLSchemas/q.xsd", REQUEST_XSD.as_bytes()),
            ("XMLSchemas/r.xsd", RESPONSE_XSD.as_bytes()),
        ],
    );
    let catalogue = Catalogue::build(vec![Package::read_with(&files, &backends).unwrap()]);
    let registry = Arc::new(Registry::open(folder.path().join("registry.db")).unwrap());
    let [known, stranger] = CERTIFICATES.clone();
    let operation: OperationName = OPERATION.parse().unwrap();
    {
        let admin = registry.admin("test");
        let loaded = LoadedOperation { name: operation.clone(), title: "Look".into(), adapter: "Spy".into() };
        admin.sync_operations(&[loaded], "").unwrap();
        let consumer = "Consumer".parse().unwrap();
        admin.add_consumer(&NewConsumer::named(consumer), "").unwrap();
        let holder = SubjectName::Consumer("Consumer".parse().unwrap());
        let certificate = NewCertificate {
            thumbprints: known.thumbprints,
            subject: known.subject.clone(),
            serial: known.serial.clone(),
            period: Period::ALWAYS,
            pem: None,
        };
        admin.add_certificate(&"Consumer".parse().unwrap(), &certificate, "").unwrap();
        admin.grant(&holder, &operation, Period::ALWAYS, "").unwrap();
        let patterns: Vec<FieldPattern> = fields.iter().map(|field| field.parse().unwrap()).collect();
        admin.grant_fields(&holder, &operation, &patterns, "").unwrap();
    }
    registry.refresh_if_changed().unwrap();
    let journal = folder.path().join("journal.db");
    let notebook = Arc::new(Notebook::default());
    let deferred = folder.path().join("deferred.db");
    let quick = Retries { first: Duration::from_millis(1), cap: Duration::from_millis(1), attempts: 3 };
    let policy = Policy { work: quick, callback: quick, ..Policy::default() };
    let deferral = Deferral {
        store: Arc::new(Deferred::open_with(&deferred, &SealingKey::random().unwrap(), policy).unwrap()),
        courier: Arc::clone(&notebook) as Arc<dyn Courier>,
        answer_within: Duration::from_secs(3600),
        register_timeout: Duration::from_secs(60),
    };
    let parts = Parts {
        catalogue,
        registry: Arc::clone(&registry),
        journal: Arc::new(Journal::open(&journal).unwrap()),
        signer,
        deferral: Some(deferral),
        settings,
    };
    let gateway = Arc::new(Gateway::new(parts));
    World { gateway, registry, journal, deferred, spy, notebook, known, stranger, _folder: folder }
}

impl World {
    pub async fn call(&self, certificate: Option<&Arc<Presented>>, argument: &str) -> (Outgoing, String) {
        self.execute(certificate, &format!("<Argument>{argument}</Argument>")).await
    }

    /// A call with further fields.
    pub async fn execute(&self, certificate: Option<&Arc<Presented>>, fields: &str) -> (Outgoing, String) {
        let request = format!(
            "<request><ServiceRequestData xmlns='http://egov.bg/RegiX/SignedData'><Operation>{OPERATION}</Operation>\
             {fields}<CitizenEGN>9001011234</CitizenEGN></ServiceRequestData></request>"
        );
        self.ask(certificate, &format!("<Execute xmlns='http://egov.bg/RegiX'>{request}</Execute>")).await
    }

    /// Any method.
    pub async fn ask(&self, certificate: Option<&Arc<Presented>>, method: &str) -> (Outgoing, String) {
        let envelope = format!(
            "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>{method}</e:Body></e:Envelope>"
        );
        let outgoing = self
            .gateway
            .answer(Incoming {
                entry: EntryPoint::V2,
                face: None,
                address: Address::Basic,
                content_type: Some("text/xml".into()),
                soap_action: None,
                body: Bytes::from(envelope),
                shown: certificate.cloned().map_or(Shown::Nothing, Shown::Connection),
                client_address: "127.0.0.1:1".into(),
                peer: None,
                received: OffsetDateTime::now_utc(),
                started: Instant::now(),
            })
            .await;
        let text = String::from_utf8(outgoing.body.to_bytes(usize::MAX).unwrap().to_vec()).unwrap();
        (outgoing, text)
    }

    pub fn asked(&self) -> usize {
        self.spy.asked.load(Ordering::SeqCst)
    }

    pub fn last_record(&self) -> kapia_journal::Record {
        tail(&self.journal, 1).unwrap().pop().unwrap().record
    }
}
