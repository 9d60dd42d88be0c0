//! Connections that are kept: one pool for every kind of database, so that all of them behave alike.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{timeout, timeout_at};

use crate::engine::{Connection, Engine};
use crate::fault::Fault;

pub(crate) struct Pool {
    engine: Arc<dyn Engine>,
    places: Arc<Semaphore>,
    size: usize,
    idle: Mutex<Vec<Box<dyn Connection>>>,
    acquire: Duration,
    connect: Duration,
}

/// A connection with a transaction begun; it must be given back, or else it is closed.
pub(crate) struct Lease {
    pub connection: Box<dyn Connection>,
    pool: Arc<Pool>,
    _place: OwnedSemaphorePermit,
}

impl Pool {
    pub fn new(engine: Arc<dyn Engine>, size: usize, acquire: Duration, connect: Duration) -> Arc<Pool> {
        let places = Arc::new(Semaphore::new(size));
        Arc::new(Pool { engine, places, size, idle: Mutex::default(), acquire, connect })
    }

    /// Waits for a connection and begins a transaction whose statements may take `statement`.
    pub async fn begin(self: &Arc<Pool>, until: Instant, statement: Duration) -> Result<Lease, Fault> {
        let place = self.place(until).await?;
        // Of those that wait, some may have died: the server went away, or somebody between closed what was idle.
        loop {
            let Some(mut connection) = self.take() else { break };
            match within(until, self.connect, connection.begin(statement)).await {
                Ok(()) => return Ok(Lease { connection, pool: Arc::clone(self), _place: place }),
                Err(fault) if fault.code == "sql-deadline" => return Err(fault),
                Err(_) => {}
            }
        }
        let mut connection = within(until, self.connect, self.engine.connect()).await?;
        within(until, self.connect, connection.begin(statement)).await?;
        Ok(Lease { connection, pool: Arc::clone(self), _place: place })
    }

    /// Asks the database for a sign of life.
    pub async fn probe(self: &Arc<Pool>, until: Instant) -> Result<(), Fault> {
        let _place = self.place(until).await?;
        while let Some(mut connection) = self.take() {
            if within(until, self.connect, connection.probe()).await.is_ok() {
                self.keep(connection);
                return Ok(());
            }
        }
        let mut connection = within(until, self.connect, self.engine.connect()).await?;
        within(until, self.connect, connection.probe()).await?;
        self.keep(connection);
        Ok(())
    }

    async fn place(&self, until: Instant) -> Result<OwnedSemaphorePermit, Fault> {
        let busy = || {
            let time = self.acquire.as_millis().to_string();
            Fault::new("sql-busy").with("size", self.size.to_string()).with("time", time).passing()
        };
        let patience = until.min(Instant::now() + self.acquire);
        match timeout_at(patience.into(), Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Fault::internal()),
            Err(_) if patience == until => Err(Fault::deadline()),
            Err(_) => Err(busy()),
        }
    }

    fn take(&self) -> Option<Box<dyn Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: Box<dyn Connection>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

impl Lease {
    /// Ends the transaction and gives the connection back.
    pub async fn give_back(mut self) {
        if let Ok(Ok(())) = timeout(self.pool.connect, self.connection.end()).await {
            let Lease { connection, pool, _place } = self;
            pool.keep(connection);
        }
    }
}

/// What reaching a server may take: no longer than the caller waits.
async fn within<T>(until: Instant, time: Duration, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let patience = until.min(Instant::now() + time);
    match timeout_at(patience.into(), work).await {
        Ok(done) => done,
        Err(_) if patience == until => Err(Fault::deadline()),
        Err(_) => Err(Fault::new("sql-unreachable").passing().broken()),
    }
}
