//! An example authority for laptops and tests: one root and five certificates with the RegiX transport profile.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RevocationReason,
    RevokedCertParams, RsaKeySize, SerialNumber,
};
use rustls::pki_types::CertificateRevocationListDer;
use time::{Duration, OffsetDateTime};

use crate::{PkiError, Presented, Problem, pem};

/// For how many days a transport certificate is valid (regix-contract §13).
pub const VALIDITY_DAYS: i64 = 1195;

const ORGANISATION: &str = "Капия: ПРИМЕРЕН удостоверяващ орган / Kapia EXAMPLE authority";

/// What the example certificates are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The server's host name; `localhost`, `127.0.0.1` and `::1` are always added.
    pub host: String,
    /// The consumer's host name, which becomes the common name of its certificate.
    pub consumer: String,
    /// The consumer administration's OID, written into ST as `OID:…`.
    pub oid: String,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            consumer: "consumer.example".to_owned(),
            oid: "2.16.100.1.1.999.1.1".to_owned(),
        }
    }
}

/// A certificate file and its key file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// PEM, one certificate.
    pub certificate: PathBuf,
    /// PEM, PKCS#8, not encrypted, readable by its owner only.
    pub key: PathBuf,
}

impl Pair {
    fn named(folder: &Path, name: &str) -> Self {
        Self { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}-key.pem")) }
    }

    /// Reads the certificate; its chain is not judged.
    ///
    /// # Errors
    /// The file cannot be read or holds no certificate.
    pub fn read(&self) -> Result<Presented, PkiError> {
        let chain = pem::read_certificates(&self.certificate)?;
        let first = chain.first().ok_or_else(|| PkiError::at(&self.certificate, Problem::NoCertificate))?;
        Presented::from_der(first)
    }

    /// Both files exist, or neither does.
    fn exists(&self) -> Result<bool, PkiError> {
        match (self.certificate.exists(), self.key.exists()) {
            (true, true) => Ok(true),
            (false, false) => Ok(false),
            (true, false) => Err(half(&self.certificate, &self.key)),
            (false, true) => Err(half(&self.key, &self.certificate)),
        }
    }
}

/// The files of an example authority. Its names say that it is an example; nothing it issues is meant for production.
#[derive(Debug, Clone)]
pub struct ExampleAuthority {
    /// The root.
    pub ca: Pair,
    /// The server: `localhost`, `127.0.0.1`, `::1` and the host name asked for.
    pub server: Pair,
    /// A consumer.
    pub consumer: Pair,
    /// Issued by the root, meant to be registered nowhere.
    pub stranger: Pair,
    /// Issued by the root, over since the day before it was made.
    pub expired: Pair,
    /// Signs answers.
    pub signer: Pair,
    /// Which certificate files this call has made; the others were there and were kept.
    pub made: Vec<PathBuf>,
}

impl ExampleAuthority {
    /// Makes what is missing in `folder`/certs; what exists is kept as it is. All keys are RSA 2048.
    ///
    /// # Errors
    /// The folder cannot be written, half of a pair is missing, the root there was not made by Kapia, or a name cannot stand in a
    /// certificate.
    pub fn create(folder: &Path, names: &Names, now: OffsetDateTime) -> Result<Self, PkiError> {
        let folder = folder.join("certs");
        fs::create_dir_all(&folder).map_err(|error| PkiError::at(&folder, Problem::Unwritable(error)))?;
        let ca = Pair::named(&folder, "ca");
        let leaves = Role::ALL.map(|role| (role, Pair::named(&folder, role.file())));

        let with_root = !ca.exists()?;
        let mut missing = Vec::new();
        for (role, pair) in &leaves {
            if !pair.exists()? {
                missing.push((*role, pair));
            }
        }
        let mut keys = keys(missing.len() + usize::from(with_root), &folder)?;
        let mut made = Vec::new();

        if with_root {
            let key = keys.pop().ok_or_else(|| cannot(&ca.key, "no key"))?;
            let certificate = root(&names.host, now)
                .and_then(|params| params.self_signed(&key))
                .map_err(|error| cannot(&ca.certificate, error))?;
            write(&ca, &certificate.pem(), &key)?;
            made.push(ca.certificate.clone());
        }
        if !missing.is_empty() {
            let issuer = open_root(&ca)?;
            for ((role, pair), key) in missing.into_iter().zip(keys) {
                let certificate = role
                    .params(names, now)
                    .map_err(|_| PkiError::at(&pair.certificate, Problem::BadHostName))?
                    .signed_by(&key, &issuer)
                    .map_err(|error| cannot(&pair.certificate, error))?;
                write(pair, &certificate.pem(), &key)?;
                made.push(pair.certificate.clone());
            }
        }

        let [server, consumer, stranger, expired, signer] = leaves.map(|(_, pair)| pair);
        Ok(Self { ca, server, consumer, stranger, expired, signer, made })
    }

    /// A revocation list of the root that names these certificates, valid for thirty days.
    ///
    /// # Errors
    /// The root or one of the certificates cannot be read.
    pub fn revoke(
        &self,
        revoked: &[&Pair],
        now: OffsetDateTime,
    ) -> Result<CertificateRevocationListDer<'static>, PkiError> {
        Ok(self.list(revoked, now)?.der().clone())
    }

    /// Writes such a list as PEM to a path, in place of what is there.
    ///
    /// # Errors
    /// As [`ExampleAuthority::revoke`], or the file cannot be written.
    pub fn write_revocation_list(&self, path: &Path, revoked: &[&Pair], now: OffsetDateTime) -> Result<(), PkiError> {
        let text = self.list(revoked, now)?.pem().map_err(|error| cannot(path, error))?;
        fs::write(path, text).map_err(|error| PkiError::at(path, Problem::Unwritable(error)))
    }

    fn list(&self, revoked: &[&Pair], now: OffsetDateTime) -> Result<rcgen::CertificateRevocationList, PkiError> {
        let issuer = open_root(&self.ca)?;
        let mut revoked_certs = Vec::with_capacity(revoked.len());
        for pair in revoked {
            revoked_certs.push(RevokedCertParams {
                serial_number: serial(&pair.read()?),
                revocation_time: now,
                reason_code: Some(RevocationReason::KeyCompromise),
                invalidity_date: None,
            });
        }
        let list = CertificateRevocationListParams {
            this_update: now,
            next_update: now + Duration::days(30),
            crl_number: SerialNumber::from(u64::try_from(now.unix_timestamp()).unwrap_or(1)),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&issuer).map_err(|error| cannot(&self.ca.certificate, error))
    }
}

#[derive(Clone, Copy)]
enum Role {
    Server,
    Consumer,
    Stranger,
    Expired,
    Signer,
}

impl Role {
    const ALL: [Self; 5] = [Self::Server, Self::Consumer, Self::Stranger, Self::Expired, Self::Signer];

    fn file(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Consumer => "consumer",
            Self::Stranger => "stranger",
            Self::Expired => "expired",
            Self::Signer => "signer",
        }
    }

    /// The transport profile of regix-contract §13: C, ST with the OID, CN; key agreement and key encipherment; server and client
    /// authentication; basic constraints. `digitalSignature` is added because JSSE refuses TLS 1.2 with ECDHE and all of TLS 1.3
    /// without it.
    fn params(self, names: &Names, now: OffsetDateTime) -> Result<CertificateParams, rcgen::Error> {
        let (common_name, hosts, oid) = match self {
            Self::Server => {
                let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
                if !hosts.contains(&names.host) {
                    hosts.insert(0, names.host.clone());
                }
                (names.host.as_str(), hosts, "2.16.100.1.1.999.1".to_owned())
            }
            Self::Consumer => (names.consumer.as_str(), vec![names.consumer.clone()], names.oid.clone()),
            Self::Stranger => ("stranger.example", Vec::new(), "2.16.100.1.1.999.2".to_owned()),
            Self::Expired => ("expired.example", Vec::new(), names.oid.clone()),
            Self::Signer => ("signer.example", Vec::new(), "2.16.100.1.1.999.1".to_owned()),
        };
        let mut params = CertificateParams::new(hosts)?;
        params.distinguished_name =
            subject(&[(DnType::StateOrProvinceName, &format!("OID:{oid}")), (DnType::CommonName, common_name)])?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages =
            vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::KeyAgreement];
        if matches!(self, Self::Signer) {
            params.key_usages.push(KeyUsagePurpose::ContentCommitment);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        // An hour back, for machines whose clock is a little late.
        params.not_before = now - Duration::hours(1);
        if matches!(self, Self::Expired) {
            params.not_before = now - Duration::days(VALIDITY_DAYS + 1);
        }
        params.not_after = params.not_before + Duration::days(VALIDITY_DAYS);
        Ok(params)
    }
}

fn root(host: &str, now: OffsetDateTime) -> Result<CertificateParams, rcgen::Error> {
    let name = format!("Kapia EXAMPLE root CA of {host}, not for production");
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(&[(DnType::OrganizationName, ORGANISATION), (DnType::CommonName, &name)])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    // Early enough that the expired certificate was once valid under it.
    params.not_before = now - Duration::days(VALIDITY_DAYS + 2);
    params.not_after = now + Duration::days(10 * 365);
    Ok(params)
}

fn subject(parts: &[(DnType, &str)]) -> Result<DistinguishedName, rcgen::Error> {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, DnValue::PrintableString("BG".try_into()?));
    for (kind, value) in parts {
        name.push(kind.clone(), *value);
    }
    Ok(name)
}

fn keys(count: usize, place: &Path) -> Result<Vec<KeyPair>, PkiError> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..count)
            .map(|_| scope.spawn(|| KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)))
            .collect();
        workers
            .into_iter()
            .map(|worker| match worker.join() {
                Ok(Ok(key)) => Ok(key),
                Ok(Err(error)) => Err(cannot(place, error)),
                Err(_) => Err(cannot(place, "key generation stopped")),
            })
            .collect()
    })
}

fn open_root(ca: &Pair) -> Result<Issuer<'static, KeyPair>, PkiError> {
    let presented = ca.read()?;
    if !presented.subject.contains(ORGANISATION) {
        return Err(PkiError::at(&ca.certificate, Problem::ForeignAuthority));
    }
    let key = fs::read_to_string(&ca.key).map_err(|error| PkiError::at(&ca.key, Problem::Unreadable(error)))?;
    let key =
        KeyPair::from_pem(&key).map_err(|error| PkiError::at(&ca.key, Problem::UnusableKey(error.to_string())))?;
    Issuer::from_ca_cert_der(&presented.der, key)
        .map_err(|error| PkiError::at(&ca.certificate, Problem::BrokenCertificate(error.to_string())))
}

fn serial(certificate: &Presented) -> SerialNumber {
    let digits = certificate.serial.as_bytes();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .filter_map(|two| std::str::from_utf8(two).ok())
        .filter_map(|two| u8::from_str_radix(two, 16).ok())
        .collect();
    SerialNumber::from_slice(&bytes)
}

/// The key first: a certificate without its key would look finished.
fn write(pair: &Pair, certificate: &str, key: &KeyPair) -> Result<(), PkiError> {
    for (path, text) in [(&pair.key, key.serialize_pem()), (&pair.certificate, certificate.to_owned())] {
        write_private(path, &text).map_err(|error| PkiError::at(path, Problem::Unwritable(error)))?;
    }
    Ok(())
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn half(present: &Path, absent: &Path) -> PkiError {
    PkiError::at(present, Problem::HalfPair(absent.display().to_string()))
}

fn cannot(place: &Path, why: impl ToString) -> PkiError {
    PkiError::at(place, Problem::CannotIssue(why.to_string()))
}
