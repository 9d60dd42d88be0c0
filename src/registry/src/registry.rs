//! The registry as others see it: open it, ask it, watch it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use rusqlite::Connection;
use time::OffsetDateTime;

use crate::admin::Admin;
use crate::caller::{Caller, Permit};
use crate::decision::{self, Refused};
use crate::denial::{Denial, Reason};
use crate::error::RegistryError;
use crate::explain::{Explanation, Nobody, Observer, Step};
use crate::names::OperationName;
use crate::nearest::nearest;
use crate::snapshot::{Certificate, Snapshot};
use crate::store::{self, Doing, Tables};
use crate::thumbprint::Thumbprints;

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
        let writer = store::open(&path)?;
        let mut reader = Reader { connection: store::open(&path)?, version: 0 };
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

    /// Who presented the certificate: registered, active, within its dates, and so its consumer. No lock, no SQL.
    pub fn identify(&self, presented: Option<&Thumbprints>, now: OffsetDateTime) -> Result<Caller, Denial> {
        identify(&self.snapshot.load(), presented, now, &mut Nobody)
    }

    /// Whether the caller may call the operation now. No lock, no SQL; the standing of the caller is judged again,
    /// so that a certificate that was switched off since [`Registry::identify`] gets no further.
    pub fn permit(&self, caller: &Caller, operation: &OperationName, now: OffsetDateTime) -> Result<Permit, Denial> {
        permit(&self.snapshot.load(), caller, operation, now, &mut Nobody)
    }

    /// The steps by which a call with this certificate to this operation would be allowed or refused now.
    pub fn explain(
        &self,
        presented: Option<&Thumbprints>,
        operation: &OperationName,
        now: OffsetDateTime,
    ) -> Explanation {
        let snapshot = self.snapshot.load();
        let mut steps: Vec<Step> = Vec::new();
        let outcome = identify(&snapshot, presented, now, &mut steps)
            .and_then(|caller| permit_identified(&snapshot, &caller.certificate, operation, now, &mut steps));
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
        self.connection.pragma_query_value(None, "data_version", |row| row.get(0)).doing("reading")
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
    presented: Option<&Thumbprints>,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<Caller, Denial> {
    let denial = |refused: Refused| Denial::new(refused, presented.copied());
    let certificate = decision::certificate(snapshot, presented, observer).map_err(denial)?;
    let caller = || Caller { certificate: Arc::clone(certificate) };
    decision::standing(certificate, now, observer).map_err(|refused| denial(refused).of(caller()))?;
    Ok(caller())
}

fn permit(
    snapshot: &Snapshot,
    caller: &Caller,
    operation: &OperationName,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<Permit, Denial> {
    let denial = |refused: Refused| Denial::new(refused, Some(*caller.thumbprints())).of(caller.clone());
    let certificate =
        snapshot.by_id(caller.certificate_id()).ok_or_else(|| denial(Reason::CertificateUnknown.into()))?;
    decision::standing(certificate, now, observer).map_err(|refused| denial(refused).to(operation, None))?;
    permit_identified(snapshot, certificate, operation, now, observer)
}

fn permit_identified(
    snapshot: &Snapshot,
    certificate: &Arc<Certificate>,
    operation: &OperationName,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<Permit, Denial> {
    match decision::access(snapshot, certificate, operation, now, observer) {
        Ok(granted) => Ok(granted.into_permit(Arc::clone(certificate))),
        Err(refused) => {
            let near = (refused.reason == Reason::OperationUnknown)
                .then(|| nearest(operation.as_str(), snapshot.operation_names().map(OperationName::as_str)))
                .flatten()
                .and_then(|near| OperationName::parse(near).ok());
            let caller = Caller { certificate: Arc::clone(certificate) };
            Err(Denial::new(refused, Some(certificate.thumbprints)).of(caller).to(operation, near))
        }
    }
}

#[cfg(test)]
mod tests;
