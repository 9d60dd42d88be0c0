//! A store in a folder that goes away, and calls of invented people.
#![allow(dead_code)]

use std::path::PathBuf;
use std::time::Duration;

use kapia_deferred::{Deferred, Failure, NewCall, Outcome, Policy, Retries, SealingKey};
use time::OffsetDateTime;

pub const CONSUMER: i64 = 7;
pub const STRANGER: i64 = 8;
pub const DAY: Duration = Duration::from_secs(86_400);

/// The start of a test's time.
pub const T0: OffsetDateTime = time::macros::datetime!(2026-03-02 10:00 UTC);

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("deferred.db")
    }

    pub fn key(&self) -> SealingKey {
        SealingKey::load_or_create(self.folder.path().join("deferred.key")).unwrap()
    }

    pub fn open(&self) -> Deferred {
        self.open_with(policy())
    }

    pub fn open_with(&self, policy: Policy) -> Deferred {
        Deferred::open_with(self.file(), &self.key(), policy).unwrap()
    }
}

pub fn policy() -> Policy {
    Policy {
        lease: seconds(60),
        work: Retries { first: seconds(10), cap: seconds(80), attempts: 3 },
        callback_lease: seconds(30),
        callback: Retries { first: seconds(10), cap: seconds(80), attempts: 3 },
        result_ttl: 2 * DAY,
        keep_delivered: seconds(3600),
        tombstone: 10 * DAY,
        pending_per_consumer: 50,
    }
}

pub fn call(call_id: i64) -> NewCall {
    NewCall {
        call_id,
        consumer_id: CONSUMER,
        thumbprint: [9; 32],
        operation: "Example.Registers.IPersons.Search".to_owned(),
        facts: b"{\"soap\":\"1.1\"}".to_vec(),
        argument: b"<Search><Identifier>8001010008</Identifier></Search>".to_vec(),
        context: "ЕГН на служител 8506130004".as_bytes().to_vec(),
        callback_url: None,
        accepted_at: T0,
        expires_at: T0 + DAY,
    }
}

pub fn answer() -> Outcome {
    Outcome::Answer("<Found><Name>Иван Примеров</Name></Found>".as_bytes().to_vec())
}

pub fn failure() -> Outcome {
    Outcome::Failure(Failure {
        code: "adapter-unavailable".to_owned(),
        text: "the register did not answer".to_owned(),
        hint: ["try again later".to_owned(), "опитайте по-късно".to_owned()],
    })
}
