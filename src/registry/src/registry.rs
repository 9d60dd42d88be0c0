//! The registry as others see it: open it, ask it, watch it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use rusqlite::Connection;
use time::OffsetDateTime;

use crate::admin::Admin;
use crate::callback::CallbackHost;
use crate::caller::{Caller, Permit};
use crate::credential::{Credential, CredentialKind};
use crate::decision::{self, Refused};
use crate::denial::{Denial, Reason};
use crate::error::RegistryError;
use crate::explain::{Explanation, Nobody, Observer, Step};
use crate::names::OperationName;
use crate::nearest::nearest;
use crate::snapshot::Snapshot;
use crate::store::{self, STORE, Tables};
use crate::subject::ConsumerId;

/// One open registry; share it in an `Arc`.
pub struct Registry {
    path: PathBuf,
    snapshot: ArcSwap<Snapshot>,
    // Never writes, so that its `data_version` moves with every change, our own included.
    reader: Mutex<Reader>,
    pub(crate) writer: Mutex<Connection>,
}

struct Reader {
    connection: Connection,
    version: i64,
}

impl Registry {
    /// Opens the file, makes it if it is missing, brings its tables up to date, and reads them.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RegistryError> {
        let path = path.as_ref().to_owned();
        let writer = STORE.open(&path)?;
        let mut reader = Reader { connection: STORE.open(&path)?, version: 0 };
        let snapshot = reader.read()?;
        Ok(Self {
            path,
            snapshot: ArcSwap::from_pointee(snapshot),
            reader: Mutex::new(reader),
            writer: Mutex::new(writer),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who showed the credential: its certificate is registered, active, within its dates, and so its consumer. No lock,
    /// no SQL.
    pub fn identify(&self, presented: Option<&Credential>, now: OffsetDateTime) -> Result<Caller, Denial> {
        identify(&self.snapshot.load(), presented, now, &mut Nobody)
    }

    /// Whether the caller may call the operation now. No lock, no SQL; the standing of the caller is judged again,
    /// so that a certificate that was switched off since [`Registry::identify`] gets no further.
    pub fn permit(&self, caller: &Caller, operation: &OperationName, now: OffsetDateTime) -> Result<Permit, Denial> {
        permit(&self.snapshot.load(), caller, operation, now, &mut Nobody)
    }

    /// Hosts to which answers of the consumer may be pushed now: none if it is unknown, switched off or outside its dates.
    pub fn callback_hosts(&self, consumer: ConsumerId, now: OffsetDateTime) -> Arc<[CallbackHost]> {
        let snapshot = self.snapshot.load();
        let consumer = snapshot.consumer(consumer).filter(|known| known.active && known.period.contains(now));
        consumer.map_or_else(Arc::default, |consumer| Arc::clone(&consumer.callback_hosts))
    }

    /// The steps by which a call with this credential to this operation would be allowed or refused now.
    pub fn explain(
        &self,
        presented: Option<&Credential>,
        operation: &OperationName,
        now: OffsetDateTime,
    ) -> Explanation {
        let snapshot = self.snapshot.load();
        let mut steps: Vec<Step> = Vec::new();
        let outcome = identify(&snapshot, presented, now, &mut steps)
            .and_then(|caller| permit_identified(&snapshot, caller, operation, now, &mut steps));
        if let Err(denial) = &outcome {
            steps.push(Step::refused(denial));
        }
        Explanation { steps, outcome }
    }

    /// Takes a new picture of the tables if anybody changed them since the last one; says whether it did.
    ///
    /// On an error the old picture stays in use.
    pub fn refresh_if_changed(&self) -> Result<bool, RegistryError> {
        let mut reader = held(&self.reader);
        if reader.data_version()? == reader.version {
            return Ok(false);
        }
        let snapshot = reader.read()?;
        self.snapshot.store(Arc::new(snapshot));
        Ok(true)
    }

    /// Changes to the tables, recorded under `actor`, the name of the user at the operating system.
    pub fn admin(&self, actor: impl Into<String>) -> Admin<'_> {
        Admin::new(self, actor.into())
    }

    pub(crate) fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    pub(crate) fn tables(&self) -> Result<Tables, RegistryError> {
        store::read_all(&mut held(&self.reader).connection)
    }

    pub(crate) fn with_reader<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        read(&held(&self.reader).connection)
    }
}

impl Reader {
    fn data_version(&self) -> Result<i64, RegistryError> {
        store::data_version(&self.connection)
    }

    fn read(&mut self) -> Result<Snapshot, RegistryError> {
        // The number first: a change between the two makes the next look see it again, never miss it.
        let version = self.data_version()?;
        let tables = store::read_all(&mut self.connection)?;
        self.version = version;
        Ok(Snapshot::build(tables))
    }
}

// A panic elsewhere cannot leave a connection half-changed: transactions roll back when dropped.
pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn identify(
    snapshot: &Snapshot,
    presented: Option<&Credential>,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<Caller, Denial> {
    let denial = |refused: Refused| Denial::new(refused, presented.cloned());
    let certificate = decision::certificate(snapshot, presented, now, observer).map_err(denial)?;
    let identified_by = presented.map_or(CredentialKind::Certificate, Credential::kind);
    let caller = Caller { certificate: Arc::clone(certificate), identified_by };
    match decision::standing(certificate, now, observer) {
        Ok(()) => Ok(caller),
        Err(refused) => Err(denial(refused).of(caller)),
    }
}

fn permit(
    snapshot: &Snapshot,
    caller: &Caller,
    operation: &OperationName,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<Permit, Denial> {
    let denial = |refused: Refused| refuse(refused, caller.clone());
    let certificate =
        snapshot.by_id(caller.certificate_id()).ok_or_else(|| denial(Reason::CertificateUnknown.into()))?;
    decision::standing(certificate, now, observer).map_err(|refused| denial(refused).to(operation, None))?;
    let caller = Caller { certificate: Arc::clone(certificate), identified_by: caller.identified_by };
    permit_identified(snapshot, caller, operation, now, observer)
}

fn permit_identified(
    snapshot: &Snapshot,
    caller: Caller,
    operation: &OperationName,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<Permit, Denial> {
    match decision::access(snapshot, &caller.certificate, operation, now, observer) {
        Ok(granted) => Ok(granted.into_permit(caller)),
        Err(refused) => {
            let near = (refused.reason == Reason::OperationUnknown)
                .then(|| nearest(operation.as_str(), snapshot.operation_names().map(OperationName::as_str)))
                .flatten()
                .and_then(|near| OperationName::parse(near).ok());
            Err(refuse(refused, caller).to(operation, near))
        }
    }
}

fn refuse(refused: Refused, caller: Caller) -> Denial {
    Denial::new(refused, Some(Credential::Certificate(*caller.thumbprints()))).of(caller)
}

#[cfg(test)]
mod tests;
