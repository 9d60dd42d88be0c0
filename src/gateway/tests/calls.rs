//! The order of the stages and what never happens, seen by an adapter that spies.
#![allow(clippy::unwrap_used)]

use async_trait::async_trait;
use bytes::Bytes;
use kapia_adapter::{
    Adapter, AdapterError, Answer, Backend, Backends, Catalogue, EmbeddedFiles, Health, Opened, Outcome, Package, Plan,
    Problem, Question,
};
use kapia_gateway::{Gateway, Incoming, Outgoing, Parts, Settings, Validation};
use kapia_journal::{Journal, tail};
use kapia_pki::{ChainVerdict, Presented};
use kapia_registry::{
    FieldPattern, LoadedOperation, NewCertificate, NewConsumer, OperationName, Period, Registry, SubjectName,
    Thumbprints,
};
use kapia_regix::{Address, EntryPoint};
use kapia_xml::Limits;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

const OPERATION: &str = "Example.APIService.ISpyAPI.Look";
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
struct Spy {
    asked: AtomicUsize,
    answer: Mutex<String>,
    delay: Mutex<Duration>,
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
        let delay = *self.0.delay.lock().unwrap();
        tokio::time::sleep(delay).await;
        let answer = self.0.answer.lock().unwrap().clone();
        Answer::read(answer.into_bytes(), Outcome::Data, question.operation, &Limits::default())
    }
    async fn health(&self) -> Health {
        Health::Up
    }
}

struct World {
    gateway: Gateway,
    registry: Arc<Registry>,
    journal: PathBuf,
    spy: Arc<Spy>,
    known: Arc<Presented>,
    stranger: Arc<Presented>,
    _folder: tempfile::TempDir,
}

fn certificate(folder: &std::path::Path, name: &str) -> Arc<Presented> {
    let names = kapia_pki::Names { host: "localhost".into(), consumer: name.into(), oid: "2.16.100.1.1.1.1".into() };
    let made = kapia_pki::ExampleAuthority::create(&folder.join(name), &names, OffsetDateTime::now_utc()).unwrap();
    let certificates = kapia_pki::read_certificates(&made.consumer.certificate).unwrap();
    let mut presented = Presented::from_der(&certificates[0]).unwrap();
    presented.chain = ChainVerdict::Trusted;
    Arc::new(presented)
}

fn world(settings: Settings, fields: &[&str]) -> World {
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
    let known = certificate(folder.path(), "known");
    let stranger = certificate(folder.path(), "stranger");
    let operation: OperationName = OPERATION.parse().unwrap();
    {
        let admin = registry.admin("test");
        let loaded = LoadedOperation { name: operation.clone(), title: "Look".into(), adapter: "Spy".into() };
        admin.sync_operations(&[loaded], "").unwrap();
        let consumer = "Consumer".parse().unwrap();
        admin.add_consumer(&NewConsumer::named(consumer), "").unwrap();
        let holder = SubjectName::Consumer("Consumer".parse().unwrap());
        let certificate = NewCertificate {
            thumbprints: Thumbprints { sha1: known.thumbprints.sha1.0, sha256: known.thumbprints.sha256.0 },
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
    let parts = Parts {
        catalogue,
        registry: Arc::clone(&registry),
        journal: Arc::new(Journal::open(&journal).unwrap()),
        signer: None,
        settings,
    };
    World { gateway: Gateway::new(parts), registry, journal, spy, known, stranger, _folder: folder }
}

impl World {
    async fn call(&self, certificate: Option<&Arc<Presented>>, argument: &str) -> (Outgoing, String) {
        let envelope = format!(
            "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><Execute xmlns='http://egov.bg/RegiX'><request>\
             <ServiceRequestData xmlns='http://egov.bg/RegiX/SignedData'><Operation>{OPERATION}</Operation><Argument>{argument}</Argument>\
             <CitizenEGN>9001011234</CitizenEGN></ServiceRequestData></request></Execute></e:Body></e:Envelope>"
        );
        let outgoing = self
            .gateway
            .answer(Incoming {
                entry: EntryPoint::V2,
                address: Address::Basic,
                content_type: Some("text/xml".into()),
                soap_action: None,
                body: Bytes::from(envelope),
                certificate: certificate.cloned(),
                client_address: "127.0.0.1:1".into(),
                peer: None,
                received: OffsetDateTime::now_utc(),
                started: Instant::now(),
            })
            .await;
        let text = String::from_utf8(outgoing.body.to_vec()).unwrap();
        (outgoing, text)
    }

    fn asked(&self) -> usize {
        self.spy.asked.load(Ordering::SeqCst)
    }

    fn last_record(&self) -> kapia_journal::Record {
        tail(&self.journal, 1).unwrap().pop().unwrap().record
    }
}

const GOOD: &str = "<Q xmlns='urn:q'><EGN>8001010008</EGN></Q>";
const WRONG: &str = "<Q xmlns='urn:q'><EGN>secret-value</EGN></Q>";

#[tokio::test]
async fn nobody_without_a_right_reaches_the_register_or_has_an_argument_judged() {
    let world = world(Settings::default(), &["**"]);
    for argument in [GOOD, WRONG, "", "<Other/>"] {
        for certificate in [None, Some(&world.stranger)] {
            let (outgoing, text) = world.call(certificate, argument).await;
            assert_eq!(outgoing.status, 200);
            assert!(text.contains("<Error>Access denied! ConsumerCertificate is not found.</Error>"), "{text}");
        }
    }
    let admin = world.registry.admin("test");
    let holder = SubjectName::Consumer("Consumer".parse().unwrap());
    admin.deny(&holder, &OPERATION.parse().unwrap(), Period::ALWAYS, "").unwrap();
    world.registry.refresh_if_changed().unwrap();
    let (_, text) = world.call(Some(&world.known), WRONG).await;
    assert!(text.contains("<Error>Access denied!</Error>"), "{text}");
    assert_eq!(world.asked(), 0);
    assert_eq!(world.last_record().outcome, kapia_journal::Outcome::Denied);
    assert_eq!(world.last_record().service_call_id, 0);
}

#[tokio::test]
async fn an_untrusted_chain_identifies_nobody_though_its_certificate_is_registered() {
    let world = world(Settings::default(), &["**"]);
    for (verdict, text) in [
        (ChainVerdict::Expired, "ConsumerCertificate is not active"),
        (ChainVerdict::Revoked, "ConsumerCertificate is not active"),
        (ChainVerdict::UnknownIssuer, "ConsumerCertificate is not found."),
        (ChainVerdict::Unusable("x".into()), "ConsumerCertificate is not found."),
    ] {
        let mut presented = Presented::clone(&world.known);
        presented.chain = verdict;
        let (outgoing, answer) = world.call(Some(&Arc::new(presented)), GOOD).await;
        assert!(answer.contains(text), "{answer}");
        assert!(outgoing.hint.is_some());
    }
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn a_wrong_argument_is_told_with_its_place_and_never_with_its_value() {
    let world = world(Settings::default(), &["**"]);
    let (outgoing, text) = world.call(Some(&world.known), WRONG).await;
    assert_eq!((outgoing.status, outgoing.code), (500, Some("argument-invalid")));
    assert!(text.contains("<Path>/Q/EGN</Path>") && text.contains("xml:lang=\"bg\""), "{text}");
    assert!(!text.contains("secret-value"));
    assert_eq!(world.asked(), 0);
    let record = world.last_record();
    assert_eq!(record.request.validation.unwrap().first.unwrap().path, "/Q/EGN");
}

#[tokio::test]
async fn an_answer_that_breaks_its_schema_is_withheld_or_reported() {
    for (validation, status) in [(Validation::Strict, false), (Validation::Report, true)] {
        let world = world(Settings { validation, ..Settings::default() }, &["**"]);
        *world.spy.answer.lock().unwrap() = "<R xmlns='urn:r'><Age>many</Age><Name>n</Name></R>".into();
        let (outgoing, text) = world.call(Some(&world.known), GOOD).await;
        assert_eq!(outgoing.status, 200);
        assert_eq!(text.contains("many"), status, "{text}");
        assert_eq!(text.contains("<HasError>true</HasError>"), !status);
        let record = world.last_record();
        assert!(record.answer.validation.unwrap().violations > 0);
        assert_eq!(record.outcome == kapia_journal::Outcome::InvalidAnswer, !status);
    }
}

#[tokio::test]
async fn a_hidden_field_never_leaves_and_the_matrix_of_rights_decides() {
    let world = world(Settings::default(), &["Age"]);
    let (_, text) = world.call(Some(&world.known), GOOD).await;
    assert!(text.contains("<R xmlns=\"urn:r\"><Age>7</Age></R>"), "{text}");
    assert!(!text.contains("Тайна"));
    assert_eq!(world.last_record().hidden_fields, 1);
}

#[tokio::test]
async fn a_register_that_is_too_slow_is_an_error_of_the_register() {
    let settings = Settings { register_timeout: Duration::from_millis(50), ..Settings::default() };
    let world = world(settings, &["**"]);
    *world.spy.delay.lock().unwrap() = Duration::from_secs(30);
    let (outgoing, text) = world.call(Some(&world.known), GOOD).await;
    assert_eq!(outgoing.code, Some("register-timeout"));
    assert!(text.contains("<IsReady>true</IsReady>") && text.contains("<HasError>true</HasError>"), "{text}");
}

#[tokio::test]
async fn no_answer_leaves_when_its_record_cannot_be_written() {
    let world = world(Settings::default(), &["**"]);
    let (_, text) = world.call(Some(&world.known), GOOD).await;
    assert!(text.contains("Тайна"));
    // Another process locks the journal out of existence: the table is gone.
    let connection = rusqlite::Connection::open(&world.journal).unwrap();
    let tables: Vec<String> = connection
        .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for table in tables {
        connection.execute_batch(&format!("alter table \"{table}\" rename to \"gone_{table}\"")).unwrap();
    }
    let (outgoing, text) = world.call(Some(&world.known), GOOD).await;
    assert_eq!(outgoing.status, 500, "{text}");
    assert_eq!(outgoing.code, Some("journal-unavailable"));
    assert!(!text.contains("Тайна"));
}

#[tokio::test]
async fn records_hold_digests_and_never_content() {
    let world = world(Settings::default(), &["**"]);
    let (outgoing, _) = world.call(Some(&world.known), GOOD).await;
    let record = world.last_record();
    assert_eq!(record.answer.sha256, Some(kapia_journal::Sha256::of(&outgoing.body)));
    assert!(record.service_call_id > 0);
    let stages: Vec<&str> = record.stages.iter().map(|stage| stage.0.as_ref()).collect();
    assert_eq!(stages, ["open", "identify", "permit", "check-argument", "ask", "check-answer", "write"]);
    let file = std::fs::read(&world.journal).unwrap();
    let wal = std::fs::read(world.journal.with_extension("db-wal")).unwrap_or_default();
    for secret in ["8001010008", "9001011234", "Тайна"] {
        for octets in [&file, &wal] {
            assert!(!octets.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
        }
    }
}
