//! `kapia portal supplier`.

use super::{Where, nothing, table};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::running::actor;
use crate::session::Session;
use crate::text;
use clap::{Args, Subcommand};
use kapia_records::{Eik, FormError, Page, Supplier, SupplierStatus};

/// Administrations that provide services.
#[derive(Debug, Subcommand)]
pub(crate) enum SupplierCommand {
    /// Add a supplier, or change what is known of it: what is not given stays.
    Set(Box<Set>),
    /// Show the suppliers.
    List(List),
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Its EIK.
    eik: String,
    /// Its name in Bulgarian.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Its name in English.
    #[arg(long, value_name = "TEXT")]
    title_en: Option<String>,
    /// Its code at the portal; by default its EIK.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Its object identifier.
    #[arg(long, value_name = "OID")]
    oid: Option<String>,
    /// Its home page.
    #[arg(long, value_name = "ADDRESS")]
    url: Option<String>,
    /// The address of its sign.
    #[arg(long, value_name = "ADDRESS")]
    logo: Option<String>,
    /// How to reach it.
    #[arg(long, value_name = "TEXT")]
    contacts: Option<String>,
    /// What kind of supplier it is.
    #[arg(long, value_name = "TEXT")]
    kind: Option<String>,
    /// published, active, inactive or draft.
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<SupplierStatus>,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

impl SupplierCommand {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        match self {
            SupplierCommand::Set(set) => set.run(session, config).await,
            SupplierCommand::List(list) => list.run(session, config).await,
        }
    }
}

impl Set {
    async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let eik = Eik::parse(&self.eik)?;
        if !eik.checksum_holds() {
            session.warn(text::portal_eik_checksum(&eik));
        }
        let records = self.place.records(config)?;
        let known = records.supplier(&eik).await?;
        let supplier = match known {
            Some(known) => known,
            None => Supplier {
                code: eik.to_string(),
                title_bg: String::new(),
                title_en: None,
                oid: None,
                url: None,
                logo: None,
                contacts: None,
                kind: None,
                automated: false,
                status: SupplierStatus::Published,
                eik: eik.clone(),
            },
        };
        let supplier = Supplier {
            code: self.code.unwrap_or(supplier.code),
            title_bg: self.title.unwrap_or(supplier.title_bg),
            title_en: self.title_en.or(supplier.title_en),
            oid: self.oid.or(supplier.oid),
            url: self.url.or(supplier.url),
            logo: self.logo.or(supplier.logo),
            contacts: self.contacts.or(supplier.contacts),
            kind: self.kind.or(supplier.kind),
            status: self.status.unwrap_or(supplier.status),
            ..supplier
        };
        if supplier.title_bg.trim().is_empty() {
            return Err(Failure::usage(text::portal_no_title(&eik), text::portal_no_title_hint()));
        }
        records.put_supplier(supplier, &actor()).await?;
        session.tell(text::portal_supplier_set(eik, records.environment()));
        Ok(Exit::Done)
    }
}

impl List {
    async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let (mut suppliers, mut page) = (Vec::new(), Page::first(200));
        loop {
            let listed = records.suppliers(Vec::new(), page).await?;
            suppliers.extend(listed.items);
            if !listed.more {
                break;
            }
            page.number += 1;
        }
        if self.json {
            session.say_json(&suppliers)?;
            return Ok(Exit::Done);
        }
        if suppliers.is_empty() {
            return Ok(nothing(session));
        }
        let row = |supplier: &Supplier| {
            let Supplier { eik, code, status, title_bg, .. } = supplier;
            vec![eik.to_string(), code.clone(), status.to_string(), title_bg.clone()]
        };
        session.say(&table(session, &suppliers.iter().map(row).collect::<Vec<_>>()));
        Ok(Exit::Done)
    }
}

fn status(text: &str) -> Result<SupplierStatus, String> {
    text.parse().map_err(|error: FormError| error.to_string())
}
