//! One consumer with one certificate and one operation, from which the claims start.
#![allow(dead_code)]

use std::sync::Arc;

use kapia_registry::{
    Admin, ConsumerName, Credential, Denial, LoadedOperation, NewCertificate, NewConsumer, Oid, OperationName, Period,
    Permit, Registry, RoleName, SubjectName, Thumbprints,
};
use time::OffsetDateTime;
use time::macros::datetime;

pub const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

pub struct Setting {
    pub folder: tempfile::TempDir,
    pub registry: Arc<Registry>,
}

pub fn name() -> ConsumerName {
    ConsumerName::parse("Община Пример").unwrap()
}

pub fn operation() -> OperationName {
    OperationName::parse("Kapia.Demo.IPersons.Find").unwrap()
}

pub fn loaded(name: &str) -> LoadedOperation {
    LoadedOperation {
        name: OperationName::parse(name).unwrap(), title: "Справка".into(), adapter: "demo".into()
    }
}

pub fn thumbprints(id: u8) -> Thumbprints {
    Thumbprints { sha1: [id; 20].into(), sha256: [id; 32].into() }
}

pub fn credential(id: u8) -> Credential {
    Credential::Certificate(thumbprints(id))
}

impl Setting {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = Arc::new(Registry::open(folder.path().join("registry.db")).unwrap());
        let setting = Self { folder, registry };
        let admin = setting.admin();
        admin.sync_operations(&[loaded("Kapia.Demo.IPersons.Find")], "").unwrap();
        let consumer = NewConsumer {
            oid: Some(Oid::parse("2.16.100.1.1.1").unwrap()),
            administration: Some("Пример".into()),
            ..NewConsumer::named(name())
        };
        admin.add_consumer(&consumer, "").unwrap();
        setting.add_certificate(1, Period::ALWAYS);
        setting
    }

    pub fn admin(&self) -> Admin<'_> {
        self.registry.admin("tester")
    }

    pub fn add_certificate(&self, id: u8, period: Period) {
        let new = NewCertificate {
            thumbprints: thumbprints(id),
            subject: "CN=example".into(),
            serial: format!("{id:02x}"),
            period,
            pem: None,
        };
        self.admin().add_certificate(&name(), &new, "").unwrap();
    }

    pub fn certificate(&self, id: u8) -> SubjectName {
        SubjectName::Certificate((&thumbprints(id)).into())
    }

    /// The consumer, its certificate, or a new role that the consumer is in.
    pub fn holder(&self, kind: &str) -> SubjectName {
        match kind {
            "consumer" => SubjectName::Consumer(name()),
            "certificate" => self.certificate(1),
            _ => self.role_of(&SubjectName::Consumer(name())),
        }
    }

    pub fn role_of(&self, member: &SubjectName) -> SubjectName {
        let role = RoleName::parse(&format!("Роля {}", self.registry.roles().unwrap().len())).unwrap();
        self.admin().add_role(&role, "").unwrap();
        self.admin().assign(&role, member, "").unwrap();
        SubjectName::Role(role)
    }

    pub fn grant(&self, holder: &SubjectName) {
        self.admin().grant(holder, &operation(), Period::ALWAYS, "").unwrap();
    }

    pub fn ask(&self) -> Result<Permit, Denial> {
        self.ask_with(1, NOW)
    }

    pub fn ask_with(&self, certificate: u8, now: OffsetDateTime) -> Result<Permit, Denial> {
        let caller = self.registry.identify(Some(&credential(certificate)), now)?;
        self.registry.permit(&caller, &operation(), now)
    }
}
