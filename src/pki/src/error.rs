//! What can be wrong with certificate files, in the words of the people who made them.

use std::fmt;
use std::path::Path;

use kapia_language::Language;

/// A certificate, key, revocation list or folder that cannot be used: where, why, and what to do.
///
/// `Display` is English: `place: cause (hint: what to do)`.
#[derive(Debug)]
pub struct PkiError {
    place: String,
    problem: Problem,
}

impl PkiError {
    pub(crate) fn new(place: impl Into<String>, problem: Problem) -> Self {
        Self { place: place.into(), problem }
    }

    pub(crate) fn at(path: &Path, problem: Problem) -> Self {
        Self::new(path.display().to_string(), problem)
    }

    /// The file, or the part of the configuration, that is meant.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Place and cause in a language.
    pub fn message(&self, language: Language) -> String {
        format!("{}: {}", self.place, self.problem.cause(language))
    }

    /// What a person can do about it, in a language.
    pub fn hint(&self, language: Language) -> &'static str {
        self.problem.hint(language)
    }
}

impl fmt::Display for PkiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let english = Language::English;
        write!(f, "{} (hint: {})", self.message(english), self.hint(english))
    }
}

impl std::error::Error for PkiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Unreadable(error) | Problem::Unwritable(error) => Some(error),
            _ => None,
        }
    }
}

/// The causes a [`PkiError`] can have.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// The file cannot be read.
    Unreadable(std::io::Error),
    /// The file or folder cannot be written.
    Unwritable(std::io::Error),
    /// The PEM armour is broken; the text says how.
    BrokenPem(String),
    /// There is no `BEGIN CERTIFICATE` section.
    NoCertificate,
    /// There is no private key section.
    NoKey,
    /// The private key is encrypted with a password.
    EncryptedKey,
    /// There is no `BEGIN X509 CRL` section.
    NoRevocationList,
    /// The octets are not an X.509 certificate; the text says how.
    BrokenCertificate(String),
    /// The octets are not a usable certificate revocation list; the text says how.
    BrokenRevocationList(String),
    /// The private key is of a kind that cannot be used; the text says how.
    UnusableKey(String),
    /// Not a single certificate authority was given.
    NoAuthority,
    /// A certificate stands among the authorities, but is not one.
    NotAnAuthority,
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// The certificate is over since this time.
    Expired(time::OffsetDateTime),
    /// The certificate begins at this later time.
    NotYetValid(time::OffsetDateTime),
    /// The server certificate names no host (no SubjectAlternativeName).
    NoHostName,
    /// The first certificate of the file is a certificate authority.
    AuthorityAsServer,
    /// One file of a pair exists without the other, whose name this is.
    HalfPair(String),
    /// The folder holds an authority that Kapia did not make.
    ForeignAuthority,
    /// A host name that cannot stand in a certificate.
    BadHostName,
    /// A certificate could not be made; the text says why.
    CannotIssue(String),
}

impl Problem {
    /// A short stable name for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "pki-unreadable",
            Self::Unwritable(_) => "pki-unwritable",
            Self::BrokenPem(_) => "pki-broken-pem",
            Self::NoCertificate => "pki-no-certificate",
            Self::NoKey => "pki-no-key",
            Self::EncryptedKey => "pki-encrypted-key",
            Self::NoRevocationList => "pki-no-revocation-list",
            Self::BrokenCertificate(_) => "pki-broken-certificate",
            Self::BrokenRevocationList(_) => "pki-broken-revocation-list",
            Self::UnusableKey(_) => "pki-unusable-key",
            Self::NoAuthority => "pki-no-authority",
            Self::NotAnAuthority => "pki-not-an-authority",
            Self::KeyMismatch => "pki-key-mismatch",
            Self::Expired(_) => "pki-expired",
            Self::NotYetValid(_) => "pki-not-yet-valid",
            Self::NoHostName => "pki-no-host-name",
            Self::AuthorityAsServer => "pki-authority-as-server",
            Self::HalfPair(_) => "pki-half-pair",
            Self::ForeignAuthority => "pki-foreign-authority",
            Self::BadHostName => "pki-bad-host-name",
            Self::CannotIssue(_) => "pki-cannot-issue",
        }
    }

    /// The cause in a language, without the place.
    pub fn cause(&self, language: Language) -> String {
        let english = language == Language::English;
        let say = |en: &str, bg: &str| if english { en } else { bg }.to_owned();
        let with =
            |en: &str, bg: &str, detail: &dyn fmt::Display| format!("{}: {detail}", if english { en } else { bg });
        match self {
            Self::Unreadable(error) => with("cannot be read", "не може да се прочете", error),
            Self::Unwritable(error) => with("cannot be written", "не може да се запише", error),
            Self::BrokenPem(how) => with("broken PEM text", "повреден PEM текст", how),
            Self::NoCertificate => say("holds no certificate", "не съдържа удостоверение"),
            Self::NoKey => say("holds no private key", "не съдържа частен ключ"),
            Self::EncryptedKey => {
                say("the private key is encrypted with a password", "частният ключ е шифрован с парола")
            }
            Self::NoRevocationList => {
                say("holds no certificate revocation list", "не съдържа списък на прекратените удостоверения")
            }
            Self::BrokenCertificate(how) => {
                with("is not a readable X.509 certificate", "не е четимо удостоверение X.509", how)
            }
            Self::BrokenRevocationList(how) => with(
                "is not a usable certificate revocation list",
                "не е използваем списък на прекратените удостоверения",
                how,
            ),
            Self::UnusableKey(how) => {
                with("the private key cannot be used", "частният ключ не може да се използва", how)
            }
            Self::NoAuthority => say("no certificate authority is given", "не е зададен удостоверяващ орган"),
            Self::NotAnAuthority => say(
                "holds a certificate that is not a certificate authority",
                "съдържа удостоверение, което не е на удостоверяващ орган",
            ),
            Self::KeyMismatch => {
                say("the private key belongs to another certificate", "частният ключ е на друго удостоверение")
            }
            Self::Expired(when) => {
                with("the certificate is over since", "срокът на удостоверението е изтекъл на", &moment(*when))
            }
            Self::NotYetValid(when) => {
                with("the certificate is valid only from", "удостоверението е валидно едва от", &moment(*when))
            }
            Self::NoHostName => {
                say("the server certificate names no host", "сървърното удостоверение не съдържа име на хост")
            }
            Self::AuthorityAsServer => say(
                "the first certificate is a certificate authority, not a server",
                "първото удостоверение е на удостоверяващ орган, а не на сървър",
            ),
            Self::HalfPair(other) => {
                with("exists, but its other half is missing", "съществува, но липсва другата половина", other)
            }
            Self::ForeignAuthority => {
                say("is not an example authority made by kapia", "не е примерен удостоверяващ орган, създаден от kapia")
            }
            Self::BadHostName => {
                say("the host name cannot stand in a certificate", "името на хоста не може да стои в удостоверение")
            }
            Self::CannotIssue(how) => {
                with("the certificate could not be made", "удостоверението не можа да се създаде", how)
            }
        }
    }

    /// What a person can do about it.
    pub fn hint(&self, language: Language) -> &'static str {
        let (en, bg) = match self {
            Self::Unreadable(_) => (
                "check the path and that the account of the service may read the file",
                "проверете пътя и дали акаунтът на услугата може да чете файла",
            ),
            Self::Unwritable(_) => (
                "check the path, the free space and the rights on the folder",
                "проверете пътя, свободното място и правата върху папката",
            ),
            Self::BrokenPem(_) => (
                "the file must be PEM text with BEGIN and END lines; convert DER with `openssl x509 -inform der`",
                "файлът трябва да е PEM текст с редове BEGIN и END; преобразувайте DER с `openssl x509 -inform der`",
            ),
            Self::NoCertificate => (
                "expected a -----BEGIN CERTIFICATE----- section; convert PFX with `openssl pkcs12 -nokeys`",
                "очаква се раздел -----BEGIN CERTIFICATE-----; преобразувайте PFX с `openssl pkcs12 -nokeys`",
            ),
            Self::NoKey => (
                "expected a -----BEGIN PRIVATE KEY----- section; convert PFX with `openssl pkcs12 -nocerts -noenc`",
                "очаква се раздел -----BEGIN PRIVATE KEY-----; преобразувайте PFX с `openssl pkcs12 -nocerts -noenc`",
            ),
            Self::EncryptedKey => (
                "decrypt it with `openssl pkey` and protect the file by its rights instead",
                "разшифровайте го с `openssl pkey` и защитете файла чрез правата му",
            ),
            Self::NoRevocationList => (
                "expected a -----BEGIN X509 CRL----- section; convert DER with `openssl crl -inform der`",
                "очаква се раздел -----BEGIN X509 CRL-----; преобразувайте DER с `openssl crl -inform der`",
            ),
            Self::BrokenCertificate(_) => (
                "look at it with `openssl x509 -text`, and get a fresh copy from the issuer",
                "прегледайте го с `openssl x509 -text` и вземете ново копие от издателя",
            ),
            Self::BrokenRevocationList(_) => (
                "look at it with `openssl crl -text`, and get a fresh copy from the issuer",
                "прегледайте го с `openssl crl -text` и вземете ново копие от издателя",
            ),
            Self::UnusableKey(_) => (
                "use an RSA key of 2048 bits or more, or ECDSA P-256 or P-384, as PKCS#8",
                "използвайте RSA ключ от поне 2048 бита или ECDSA P-256 или P-384 във вид PKCS#8",
            ),
            Self::NoAuthority => (
                "name the files of the root and sub authorities that issue consumer certificates",
                "посочете файловете на кореновите и подчинените органи, които издават удостоверенията на консуматорите",
            ),
            Self::NotAnAuthority => (
                "keep only root and sub authorities in this file; consumers are registered by thumbprint",
                "оставете във файла само коренови и подчинени органи; консуматорите се вписват по отпечатък",
            ),
            Self::KeyMismatch => (
                "pair the certificate with the key from which its request was made",
                "сдвоете удостоверението с ключа, с който е създадена заявката за него",
            ),
            Self::Expired(_) => (
                "get a new certificate from the issuer, or check the clock of the machine",
                "вземете ново удостоверение от издателя или проверете часовника на машината",
            ),
            Self::NotYetValid(_) => ("check the clock of the machine", "проверете часовника на машината"),
            Self::NoHostName => (
                "have it issued again with a SubjectAlternativeName; clients no longer read the common name",
                "издайте го отново със SubjectAlternativeName; клиентите вече не четат CN",
            ),
            Self::AuthorityAsServer => (
                "put the server's own certificate first and its issuers after it",
                "поставете първо удостоверението на сървъра, а след него издателите му",
            ),
            Self::HalfPair(_) => (
                "bring the missing file back, or remove this one so that a new pair is made",
                "върнете липсващия файл или премахнете този, за да се създаде нова двойка",
            ),
            Self::ForeignAuthority => (
                "choose an empty folder for the example certificates",
                "изберете празна папка за примерните удостоверения",
            ),
            Self::BadHostName => {
                ("use ASCII letters, digits, dots and hyphens", "използвайте латински букви, цифри, точки и тирета")
            }
            Self::CannotIssue(_) => ("report this as a defect of kapia", "съобщете за това като дефект на kapia"),
        };
        match language {
            Language::English => en,
            Language::Bulgarian => bg,
        }
    }
}

/// Such as `2026-11-21 23:36:17 UTC`.
fn moment(when: time::OffsetDateTime) -> String {
    let when = when.to_offset(time::UtcOffset::UTC);
    let (hour, minute, second) = when.time().as_hms();
    format!("{} {hour:02}:{minute:02}:{second:02} UTC", when.date())
}
