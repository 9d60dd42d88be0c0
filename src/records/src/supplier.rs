//! Who provides services.

use rusqlite::Row;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::error::RecordsError;
use crate::names::{Eik, FormError};
use crate::reading::{damaged, first};
use crate::record::{Listed, Page};
use crate::records::Records;
use crate::status::named;
use crate::store::{millis, sql};

/// A supplier of services (horizontal-systems §1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplier {
    /// Its identification code.
    pub eik: Eik,
    /// Its code at the portal, unique.
    pub code: String,
    /// Its name in Bulgarian.
    pub title_bg: String,
    /// Its name in English.
    #[serde(default)]
    pub title_en: Option<String>,
    /// Its object identifier.
    #[serde(default)]
    pub oid: Option<String>,
    /// Its home page.
    #[serde(default)]
    pub url: Option<String>,
    /// The address of its sign.
    #[serde(default)]
    pub logo: Option<String>,
    /// How to reach it, as plain text.
    #[serde(default)]
    pub contacts: Option<String>,
    /// What kind of supplier it is (`serviceProviderType`).
    #[serde(default)]
    pub kind: Option<String>,
    /// Whether it has an automated system (`autSystem`).
    #[serde(default)]
    pub automated: bool,
    /// Whether it is shown.
    #[serde(default)]
    pub status: SupplierStatus,
}

/// The status of a supplier (horizontal-systems §1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SupplierStatus {
    /// The public sees it.
    #[default]
    Published,
    /// It works here, unseen.
    Active,
    /// It does not any more.
    Inactive,
    /// It does not yet.
    Draft,
}

impl SupplierStatus {
    /// All of them.
    pub const ALL: [SupplierStatus; 4] = [Self::Published, Self::Active, Self::Inactive, Self::Draft];

    /// Its name, such as `published`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Draft => "draft",
        }
    }
}

use std::fmt;
use std::str::FromStr;

named!(SupplierStatus, SupplierStatus::ALL, "form-supplier-status");

impl Records {
    /// Adds a supplier or replaces what is known of it.
    ///
    /// # Errors
    /// [`RecordsError::SupplierCode`] if its code belongs to another one, or the file cannot be written.
    pub async fn put_supplier(&self, supplier: Supplier, by: &str) -> Result<(), RecordsError> {
        let (by, now) = (by.to_owned(), millis(OffsetDateTime::now_utc()));
        self.write(move |connection| {
            let others: i64 = connection
                .prepare_cached(sql::CODE_OF_ANOTHER)?
                .query_row((&supplier.code, supplier.eik.as_str()), |row| row.get(0))?;
            if others > 0 {
                return Err(RecordsError::SupplierCode { code: supplier.code });
            }
            connection.prepare_cached(sql::PUT_SUPPLIER)?.execute((
                supplier.eik.as_str(),
                &supplier.code,
                &supplier.title_bg,
                &supplier.title_en,
                &supplier.oid,
                &supplier.url,
                &supplier.logo,
                &supplier.contacts,
                &supplier.kind,
                supplier.automated,
                supplier.status.as_str(),
                now,
                &by,
            ))?;
            Ok(())
        })
        .await
    }

    /// A supplier by its identification code.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn supplier(&self, eik: &Eik) -> Result<Option<Supplier>, RecordsError> {
        self.one_supplier(sql::supplier_by_eik(), eik.to_string()).await
    }

    /// A supplier by its code at the portal.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn supplier_by_code(&self, code: &str) -> Result<Option<Supplier>, RecordsError> {
        self.one_supplier(sql::supplier_by_code(), code.to_owned()).await
    }

    /// The suppliers in one of these statuses (empty: in any), in the order of their names.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn suppliers(&self, statuses: Vec<SupplierStatus>, page: Page) -> Result<Listed<Supplier>, RecordsError> {
        let statuses = serde_json::to_string(&statuses).map_err(|_| damaged("suppliers"))?;
        self.read(move |connection| {
            let total: i64 =
                connection.prepare_cached(&sql::count_suppliers())?.query_row([&statuses], |row| row.get(0))?;
            let mut statement = connection.prepare_cached(&sql::suppliers())?;
            let mut rows = statement.query((&statuses, page.limit(), page.offset().cast_signed()))?;
            let mut items = Vec::new();
            while let Some(row) = rows.next()? {
                items.push(read(row)??);
            }
            Ok(Listed::new(items, total.cast_unsigned(), page))
        })
        .await
    }

    async fn one_supplier(&self, statement: String, value: String) -> Result<Option<Supplier>, RecordsError> {
        self.read(move |connection| first(connection, &statement, [value], read)?.transpose()).await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Supplier, RecordsError>> {
    let (eik, status): (String, String) = (row.get(0)?, row.get(10)?);
    let (Ok(eik), Ok(status)) = (Eik::parse(&eik), status.parse()) else { return Ok(Err(damaged("suppliers"))) };
    Ok(Ok(Supplier {
        eik,
        code: row.get(1)?,
        title_bg: row.get(2)?,
        title_en: row.get(3)?,
        oid: row.get(4)?,
        url: row.get(5)?,
        logo: row.get(6)?,
        contacts: row.get(7)?,
        kind: row.get(8)?,
        automated: row.get(9)?,
        status,
    }))
}
