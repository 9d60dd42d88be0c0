//! `kapia consumer`.

mod callback;

use crate::failure::{Exit, Failure};
use crate::running::actor;
use crate::session::Session;
use crate::subject::{Dates, certificate_ref, read_certificate};
use crate::text;
use callback::Callback;
use clap::{Args, Subcommand};
use kapia_registry::{
    Admin, CertificateView, ConsumerName, ConsumerView, NewCertificate, NewConsumer, Oid, Period, Registry, RoleName,
    SubjectName,
};
use std::path::{Path, PathBuf};
use time::format_description::well_known::Rfc3339;

/// Consumers, their certificates, and their roles.
#[derive(Debug, Subcommand)]
pub(crate) enum Consumer {
    /// Add a consumer.
    Add(Add),
    /// Show all consumers.
    List(Json),
    /// Show one consumer with its certificates, roles and rights.
    Show(Show),
    /// Switch a consumer on.
    Activate(Named),
    /// Switch a consumer off.
    Deactivate(Named),
    /// Its transport certificates.
    #[command(subcommand)]
    Certificate(Certificate),
    /// Hosts to which its answers may be pushed.
    #[command(subcommand)]
    Callback(Callback),
    /// Roles, and who is in them.
    #[command(subcommand)]
    Role(Role),
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Name of the consumer.
    name: String,
    /// Object identifier.
    #[arg(long, value_name = "OID")]
    oid: Option<String>,
    /// Administration that it belongs to.
    #[arg(long, value_name = "TEXT")]
    administration: Option<String>,
    /// Its transport certificate, PEM.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    #[command(flatten)]
    dates: Dates,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Name of the consumer.
    name: String,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct Json {
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Name of the consumer.
    name: String,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Certificate {
    /// Add a certificate to a consumer.
    Add(AddCertificate),
    /// Switch a certificate on.
    Activate(CertificateNamed),
    /// Switch a certificate off.
    Deactivate(CertificateNamed),
}

#[derive(Debug, Args)]
pub(crate) struct AddCertificate {
    /// Name of the consumer.
    name: String,
    /// The certificate, PEM.
    file: PathBuf,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct CertificateNamed {
    /// A PEM file, or the SHA-1 or SHA-256 thumbprint.
    #[arg(value_name = "FILE|THUMBPRINT")]
    certificate: String,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// Add a role.
    Add(RoleNamed),
    /// Show all roles with their members and rights.
    List(Json),
    /// Put a consumer into a role.
    Assign(Membership),
    /// Take a consumer out of a role.
    Unassign(Membership),
}

#[derive(Debug, Args)]
pub(crate) struct RoleNamed {
    /// Name of the role.
    role: String,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct Membership {
    /// Name of the role.
    role: String,
    /// Name of the consumer.
    consumer: String,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

impl Consumer {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let registry = session.registry(&session.config()?)?;
        let admin = registry.admin(actor());
        match self {
            Consumer::Add(add) => add.run(session, &admin)?,
            Consumer::List(Json { json }) => list(session, &registry, json)?,
            Consumer::Show(Show { name, json }) => show(session, &registry, &name, json)?,
            Consumer::Activate(Named { name, comment }) => switch(session, &admin, &name, true, &comment)?,
            Consumer::Deactivate(Named { name, comment }) => switch(session, &admin, &name, false, &comment)?,
            Consumer::Certificate(certificate) => certificate.run(session, &admin)?,
            Consumer::Callback(callback) => callback.run(session, &admin)?,
            Consumer::Role(role) => role.run(session, &registry, &admin)?,
        }
        Ok(Exit::Done)
    }
}

impl Add {
    fn run(self, session: &Session, admin: &Admin<'_>) -> Result<(), Failure> {
        let name = ConsumerName::parse(&self.name)?;
        let oid = self.oid.as_deref().map(Oid::parse).transpose()?;
        let period = self.dates.period()?;
        // A certificate that cannot be read must not leave a consumer without one behind.
        let certificate = self.certificate.as_deref().map(new_certificate).transpose()?;
        let consumer = NewConsumer { name: name.clone(), oid, administration: self.administration, period };
        admin.add_consumer(&consumer, &self.comment)?;
        session.tell(text::consumer_added(&name));
        match certificate {
            Some(certificate) => {
                admin.add_certificate(&name, &certificate, &self.comment)?;
                session.tell(text::certificate_added(certificate.thumbprints.sha256, &name));
            }
            None => session.tell(text::consumer_next(&name)),
        }
        Ok(())
    }
}

impl Certificate {
    fn run(self, session: &Session, admin: &Admin<'_>) -> Result<(), Failure> {
        match self {
            Certificate::Add(AddCertificate { name, file, comment }) => {
                let name = ConsumerName::parse(&name)?;
                let certificate = new_certificate(&file)?;
                admin.add_certificate(&name, &certificate, &comment)?;
                session.tell(text::certificate_added(certificate.thumbprints.sha256, &name));
            }
            Certificate::Activate(CertificateNamed { certificate, comment }) => {
                admin.set_certificate_active(&certificate_ref(&certificate)?, true, &comment)?;
                session.tell(text::certificate_on());
            }
            Certificate::Deactivate(CertificateNamed { certificate, comment }) => {
                admin.set_certificate_active(&certificate_ref(&certificate)?, false, &comment)?;
                session.tell(text::certificate_off());
            }
        }
        Ok(())
    }
}

impl Role {
    fn run(self, session: &Session, registry: &Registry, admin: &Admin<'_>) -> Result<(), Failure> {
        match self {
            Role::Add(RoleNamed { role, comment }) => {
                let role = RoleName::parse(&role)?;
                admin.add_role(&role, &comment)?;
                session.tell(text::role_added(&role));
            }
            Role::List(Json { json: true }) => session.say_json(&registry.roles()?)?,
            Role::List(Json { json: false }) => {
                for role in registry.roles()? {
                    session.say(&format!("{}  {}\n", session.paint.bold(role.name.as_str()), role.comment));
                    role.members.iter().for_each(|member| session.say(&format!("  {member}\n")));
                    super::grant::say_rights(session, &role.grants, &role.fields);
                }
            }
            Role::Assign(Membership { role, consumer, comment }) => {
                let (role, member) = (RoleName::parse(&role)?, SubjectName::Consumer(ConsumerName::parse(&consumer)?));
                admin.assign(&role, &member, &comment)?;
                session.tell(text::role_assigned(&consumer, &role));
            }
            Role::Unassign(Membership { role, consumer, comment }) => {
                let (role, member) = (RoleName::parse(&role)?, SubjectName::Consumer(ConsumerName::parse(&consumer)?));
                admin.unassign(&role, &member, &comment)?;
                session.tell(text::role_unassigned(&consumer, &role));
            }
        }
        Ok(())
    }
}

/// What the registry keeps of a certificate file.
pub(crate) fn new_certificate(file: &Path) -> Result<NewCertificate, Failure> {
    let certificate = read_certificate(file)?;
    Ok(NewCertificate {
        thumbprints: certificate.thumbprints,
        subject: certificate.subject.clone(),
        serial: certificate.serial.clone(),
        period: Period::new(Some(certificate.not_before), Some(certificate.not_after))?,
        pem: std::fs::read_to_string(file).ok(),
    })
}

fn list(session: &Session, registry: &Registry, json: bool) -> Result<(), Failure> {
    let consumers = registry.consumers()?;
    if json {
        return session.say_json(&consumers);
    }
    if consumers.is_empty() {
        session.tell(text::no_consumers());
    }
    for consumer in consumers {
        let mut counts = vec![session.pick(text::certificate_count(consumer.certificates.len()))];
        if !consumer.callback_hosts.is_empty() {
            counts.push(session.pick(text::callback_host_count(consumer.callback_hosts.len())));
        }
        let counts = counts.join(", ");
        session.say(&format!("{}  {counts}{}\n", heading(session, &consumer), period(&consumer.period)));
    }
    Ok(())
}

fn show(session: &Session, registry: &Registry, name: &str, json: bool) -> Result<(), Failure> {
    let rights = registry.rights(&ConsumerName::parse(name)?)?;
    if json {
        return session.say_json(&rights);
    }
    let consumer = &rights.consumer;
    session.say(&format!("{}{}\n", heading(session, consumer), period(&consumer.period)));
    let facts = [consumer.oid.as_ref().map(ToString::to_string), consumer.administration.clone()];
    facts.into_iter().flatten().for_each(|fact| session.say(&format!("  {fact}\n")));
    for role in &consumer.roles {
        session.say(&format!("  {}\n", session.pick(text::in_role(role))));
    }
    for host in &consumer.callback_hosts {
        session.say(&format!("  {}\n", session.pick(text::pushed_to(host))));
    }
    for certificate in &consumer.certificates {
        let CertificateView { subject, sha1, sha256, active, .. } = certificate;
        session.say(&format!("  {subject}{}{}\n", period(&certificate.period), off(session, *active)));
        session.say(&session.paint.dim(&format!("    SHA-256 {sha256}\n    SHA-1   {sha1}\n")));
    }
    super::grant::say_rights(session, &rights.grants, &rights.fields);
    Ok(())
}

fn switch(session: &Session, admin: &Admin<'_>, name: &str, on: bool, comment: &str) -> Result<(), Failure> {
    let name = ConsumerName::parse(name)?;
    admin.set_consumer_active(&name, on, comment)?;
    session.tell(if on { text::consumer_on(&name) } else { text::consumer_off(&name) });
    Ok(())
}

fn heading(session: &Session, consumer: &ConsumerView) -> String {
    format!("{}{}", session.paint.bold(consumer.name.as_str()), off(session, consumer.active))
}

fn off(session: &Session, active: bool) -> String {
    if active { String::new() } else { session.paint.red(&format!("  [{}]", session.pick(text::inactive()))) }
}

/// `  2026-01-01 – 2027-01-01`, or nothing if it is always.
pub(crate) fn period(period: &Period) -> String {
    let end = |moment: Option<time::OffsetDateTime>| {
        let text = moment.and_then(|moment| moment.format(&Rfc3339).ok());
        text.map_or_else(|| "…".to_owned(), |text| text.chars().take(10).collect())
    };
    match (period.from(), period.to()) {
        (None, None) => String::new(),
        (from, to) => format!("  {} – {}", end(from), end(to)),
    }
}
