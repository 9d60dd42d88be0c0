//! `kapia portal user`.

use super::{Where, nothing, shown, table};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::running::actor;
use crate::session::Session;
use crate::subject::{moment, read_certificate};
use crate::text;
use clap::{Args, Subcommand};
use kapia_records::{
    Cost, Credential, CredentialName, CredentialStatus, Eik, Network, NewCredential, Password, Rotation,
};
use std::path::PathBuf;
use time::OffsetDateTime;

/// Who may push.
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a credential and show its password, once.
    Add(Add),
    /// Make a new password; the old one stays right for a while.
    Rotate(Rotate),
    /// Lock a credential, at once and everywhere.
    Lock(Lock),
    /// Unlock a credential.
    Unlock(Lock),
    /// Show the credentials.
    List(List),
    /// Show a credential and what happened to it.
    Show(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// User name.
    user: String,
    /// The administration that it belongs to.
    #[arg(long, value_name = "TEXT")]
    administration: String,
    /// EIK of a supplier whose services it may write; may be repeated.
    #[arg(long = "supplier", value_name = "EIK", required = true)]
    suppliers: Vec<String>,
    /// Address or network from which it may be used; may be repeated. From anywhere without it.
    #[arg(long = "network", value_name = "NETWORK")]
    networks: Vec<String>,
    /// Client certificate that it needs besides, PEM.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Last day on which it may be used, or moment (RFC 3339).
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// Take the password from a file instead of making one; - is standard input.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// User name.
    user: String,
    /// How many days the old password stays right.
    #[arg(long, value_name = "DAYS", default_value_t = 7, conflicts_with = "at_once")]
    overlap: u32,
    /// The old password is wrong from now on: it is known to somebody.
    #[arg(long)]
    at_once: bool,
    /// Take the password from a file instead of making one; - is standard input.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Lock {
    /// User name.
    user: String,
    /// Why; stays in its history.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
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

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// User name.
    user: String,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

impl User {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        match self {
            User::Add(add) => add.run(session, config).await,
            User::Rotate(rotate) => rotate.run(session, config).await,
            User::Lock(lock) => lock.run(session, config, CredentialStatus::Locked).await,
            User::Unlock(unlock) => unlock.run(session, config, CredentialStatus::Active).await,
            User::List(list) => list.run(session, config).await,
            User::Show(named) => named.run(session, config).await,
        }
    }
}

impl Add {
    async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let suppliers = self.suppliers.iter().map(|eik| Eik::parse(eik)).collect::<Result<Vec<_>, _>>()?;
        let networks = self.networks.iter().map(|text| text.parse()).collect::<Result<Vec<Network>, _>>()?;
        let certificate = self.certificate.as_deref().map(read_certificate).transpose()?;
        let new = NewCredential {
            name: CredentialName::parse(&self.user)?,
            administration: self.administration,
            suppliers,
            networks,
            certificate: certificate.map(|shown| shown.thumbprints.sha256.0),
            expires_at: self.expires.as_deref().map(|text| moment(text, true)).transpose()?,
        };
        let records = self.place.records(config)?;
        let (password, made) = password(self.password_file)?;
        for eik in new.suppliers.iter().filter(|eik| !eik.checksum_holds()) {
            session.warn(text::portal_eik_checksum(eik));
        }
        for eik in &new.suppliers {
            if records.supplier(eik).await?.is_none() {
                session.warn(text::portal_supplier_missing(eik));
            }
        }
        records.add_credential(new, password.clone(), cost(config), &actor()).await?;
        session.tell(text::portal_user_added(&self.user, records.environment()));
        show_once(session, &password, made);
        Ok(Exit::Done)
    }
}

impl Rotate {
    async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let until = OffsetDateTime::now_utc() + time::Duration::days(self.overlap.min(365).into());
        let rotation = if self.at_once || self.overlap == 0 { Rotation::AtOnce } else { Rotation::Overlap(until) };
        let (password, made) = password(self.password_file)?;
        records.rotate_password(&self.user, password.clone(), cost(config), rotation, &actor()).await?;
        session.tell(match rotation {
            Rotation::AtOnce => text::portal_rotated_at_once(&self.user),
            Rotation::Overlap(until) => text::portal_rotated(&self.user, shown(until)),
        });
        show_once(session, &password, made);
        Ok(Exit::Done)
    }
}

impl Lock {
    async fn run(self, session: &Session, config: &Config, status: CredentialStatus) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        records.lock_credential(&self.user, status, self.comment.as_deref(), &actor()).await?;
        session.tell(match status {
            CredentialStatus::Locked => text::portal_locked(&self.user),
            CredentialStatus::Active => text::portal_unlocked(&self.user),
        });
        Ok(Exit::Done)
    }
}

impl List {
    async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let credentials = self.place.records(config)?.credentials().await?;
        if self.json {
            session.say_json(&credentials)?;
            return Ok(Exit::Done);
        }
        if credentials.is_empty() {
            return Ok(nothing(session));
        }
        let rows: Vec<Vec<String>> = credentials
            .iter()
            .map(|credential| {
                let suppliers: Vec<&str> = credential.suppliers.iter().map(Eik::as_str).collect();
                vec![
                    credential.name.to_string(),
                    session.pick(state(credential)),
                    suppliers.join(" "),
                    credential.administration.clone(),
                ]
            })
            .collect();
        session.say(&table(session, &rows));
        Ok(Exit::Done)
    }
}

impl Named {
    async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let all = records.credentials().await?;
        let Some(credential) = all.into_iter().find(|known| known.name.as_str() == self.user) else {
            // Locking nobody names the one that looks like it.
            return Err(records.no_such_credential(&self.user).await.into());
        };
        let events = records.credential_events(&self.user, 50).await?;
        if self.json {
            session.say_json(&serde_json::json!({"credential": credential, "events": events}))?;
            return Ok(Exit::Done);
        }
        let networks: Vec<String> = credential.networks.iter().map(ToString::to_string).collect();
        let suppliers: Vec<&str> = credential.suppliers.iter().map(Eik::as_str).collect();
        let certificate = credential.certificate.map(kapia_pki::Sha256Thumbprint);
        let rows = [
            (text::portal_word_user(), credential.name.to_string()),
            (text::portal_word_status(), session.pick(state(&credential))),
            (text::portal_word_administration(), credential.administration.clone()),
            (text::portal_word_suppliers(), suppliers.join(" ")),
            (text::portal_word_networks(), networks.join(" ")),
            (text::portal_word_certificate(), certificate.map(|print| print.to_string()).unwrap_or_default()),
        ];
        let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
        let rows: Vec<Vec<String>> = rows.map(|(label, value)| vec![session.pick(label), value]).collect();
        let events: Vec<Vec<String>> = events
            .into_iter()
            .map(|event| vec![shown(event.at), event.what, event.by, event.detail.unwrap_or_default()])
            .collect();
        session.say(&format!("{}\n{}", table(session, &rows), table(session, &events)));
        Ok(Exit::Done)
    }
}

fn state(credential: &Credential) -> kapia_soap::Bilingual {
    match (credential.status, credential.expires_at) {
        (CredentialStatus::Locked, _) => text::portal_state_locked(),
        (_, Some(end)) if end <= OffsetDateTime::now_utc() => text::portal_state_over(shown(end)),
        (_, Some(end)) => text::portal_state_until(shown(end)),
        _ => text::portal_state_active(),
    }
}

/// A password, and whether it was made here.
fn password(file: Option<PathBuf>) -> Result<(Password, bool), Failure> {
    match file {
        None => Ok((Password::random()?, true)),
        Some(file) => {
            let octets = input::read(&file)?;
            let text = String::from_utf8_lossy(&octets);
            Ok((Password::chosen(text.trim_end_matches(['\r', '\n']))?, false))
        }
    }
}

fn show_once(session: &Session, password: &Password, made: bool) {
    if made {
        session.say(&format!("\n  {}\n\n", session.paint.bold(password.reveal())));
        session.tell(text::portal_password_once());
    }
}

fn cost(config: &Config) -> Cost {
    config.portal.as_ref().map(|portal| portal.passwords.cost()).unwrap_or_default()
}
