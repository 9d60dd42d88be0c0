//! How much there is, for metrics and reports.

use crate::error::RecordsError;
use crate::reading::status;
use crate::records::Records;
use crate::status::Status;
use crate::store::sql;

/// How much a store holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records by the status of their newest version.
    pub records: Vec<(Status, u64)>,
    /// Suppliers.
    pub suppliers: u64,
    /// Credentials.
    pub credentials: u64,
    /// Pushes that wait, for all targets.
    pub pushes_waiting: u64,
    /// Pushes that were given up.
    pub pushes_given_up: u64,
    /// Answers that are remembered.
    pub requests: u64,
}

impl Records {
    /// How much there is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn counts(&self) -> Result<Counts, RecordsError> {
        self.read(|connection| {
            let mut records = Vec::new();
            let mut statement = connection.prepare_cached(sql::COUNT_STATUSES)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                records.push((status(row.get(0)?)?, row.get::<_, i64>(1)?.cast_unsigned()));
            }
            let others: [i64; 5] = connection
                .prepare_cached(sql::COUNT_OTHERS)?
                .query_row([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]))?;
            let [suppliers, credentials, pushes_waiting, pushes_given_up, requests] = others.map(i64::cast_unsigned);
            Ok(Counts { records, suppliers, credentials, pushes_waiting, pushes_given_up, requests })
        })
        .await
    }
}
