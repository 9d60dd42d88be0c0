//! Holders of rights, certificates and dates as people write them.

use crate::config::Config;
use crate::failure::Failure;
use crate::text;
use clap::Args;
use kapia_pki::Presented;
use kapia_registry::{CertificateRef, ConsumerName, Credential, Period, RoleName, SubjectName};
use std::path::{Path, PathBuf};
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, time};
use time::{Date, OffsetDateTime};

/// Who is meant.
#[derive(Debug, Args)]
pub(crate) struct Holder {
    /// Name of the consumer.
    #[arg(value_name = "NAME")]
    holder: String,
    /// NAME is a role.
    #[arg(long, conflicts_with = "certificate")]
    role: bool,
    /// NAME is one certificate of a consumer: a PEM file, or its SHA-1 or SHA-256 thumbprint.
    #[arg(long)]
    certificate: bool,
}

impl Holder {
    /// The name as the registry takes it.
    pub fn name(&self) -> Result<SubjectName, Failure> {
        match (self.role, self.certificate) {
            (true, _) => Ok(SubjectName::Role(RoleName::parse(&self.holder)?)),
            (_, true) => Ok(SubjectName::Certificate(certificate_ref(&self.holder)?)),
            _ => Ok(SubjectName::Consumer(ConsumerName::parse(&self.holder)?)),
        }
    }
}

/// From when to when.
#[derive(Debug, Args)]
pub(crate) struct Dates {
    /// First day, such as 2026-01-31, or moment (RFC 3339).
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day, included, or moment (RFC 3339).
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
}

impl Dates {
    /// The period, in UTC.
    pub fn period(&self) -> Result<Period, Failure> {
        let from = self.from.as_deref().map(|text| moment(text, false)).transpose()?;
        let to = self.to.as_deref().map(|text| moment(text, true)).transpose()?;
        Ok(Period::new(from, to)?)
    }
}

/// A day or a moment; a day that ends something ends with its last second.
pub(crate) fn moment(written: &str, end: bool) -> Result<OffsetDateTime, Failure> {
    if let Ok(day) = Date::parse(written, format_description!("[year]-[month]-[day]")) {
        let clock = if end { time!(23:59:59) } else { time!(00:00) };
        return Ok(day.with_time(clock).assume_utc());
    }
    OffsetDateTime::parse(written, &Rfc3339).map_err(|_| Failure::usage(text::bad_date(), text::bad_date_hint()))
}

/// A certificate by its file or its thumbprint.
pub(crate) fn certificate_ref(written: &str) -> Result<CertificateRef, Failure> {
    let file = PathBuf::from(written);
    if file.is_file() {
        return Ok(CertificateRef::from(&read_certificate(&file)?.thumbprints));
    }
    Ok(written.parse()?)
}

/// The first certificate of a PEM file.
pub(crate) fn read_certificate(file: &Path) -> Result<Presented, Failure> {
    let chain = kapia_pki::read_certificates(file)?;
    let first =
        chain.first().ok_or_else(|| Failure::usage(text::no_certificate(file.display()), text::unreadable_hint()))?;
    Ok(Presented::from_der(first)?)
}

/// The certificate in `[client]` as it identifies its holder, if there is one.
pub(crate) fn own_credential(config: &Config) -> Option<Credential> {
    let file = config.client.certificate.as_deref()?;
    read_certificate(file).ok().map(|certificate| certificate.thumbprints.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_last_day_is_included() {
        assert_eq!(moment("2026-01-31", false).unwrap(), datetime!(2026-01-31 00:00 UTC));
        assert_eq!(moment("2026-01-31", true).unwrap(), datetime!(2026-01-31 23:59:59 UTC));
        assert_eq!(moment("2026-01-31T12:00:00+02:00", true).unwrap(), datetime!(2026-01-31 10:00 UTC));
        assert!(moment("31.01.2026", false).is_err());
    }
}
