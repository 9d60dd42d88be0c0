//! The private key of a signer, with the certificate that belongs to it.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use zeroize::Zeroizing;

use crate::algorithm::KeyFamily;
use crate::certificate::Certificate;
use crate::der::{OBJECT_IDENTIFIER, OCTET_STRING, Reader};
use crate::rsa_sha1::RsaSha1Key;
use crate::text::{Language, catalogue};
use crate::{der, pem};

/// A private key, RSA of 2048 to 8192 bits or ECDSA on P-256, with its certificate; parsed once, used by many threads.
pub struct SigningKey {
    pair: Pair,
    certificate: Certificate,
    chain: Vec<Certificate>,
    random: SystemRandom,
}

enum Pair {
    Rsa {
        pair: RsaKeyPair,
        /// `RSAPrivateKey` in DER, from which a legacy signer takes what it needs.
        pkcs1: Zeroizing<Vec<u8>>,
    },
    P256(EcdsaKeyPair),
}

impl SigningKey {
    /// From a key in PEM (`PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`) and certificates in PEM.
    ///
    /// The certificate of the key may stand anywhere among the certificates; the others must be its chain.
    pub fn from_pem(key: &str, certificates: &str) -> Result<Self, KeyError> {
        Self::assemble(read_key(key.as_bytes())?, Certificate::from_pem(certificates)?)
    }

    /// From a key in DER (PKCS#8, PKCS#1 or SEC 1) or PEM, and the certificate of the key with its chain.
    pub fn new(key: &[u8], certificates: Vec<Certificate>) -> Result<Self, KeyError> {
        Self::assemble(read_key(key)?, certificates)
    }

    /// The certificate of the key.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The issuers of the certificate as configured, nearest first, possibly none.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The kind of the key.
    pub fn family(&self) -> KeyFamily {
        match self.pair {
            Pair::Rsa { .. } => KeyFamily::Rsa,
            Pair::P256(_) => KeyFamily::P256,
        }
    }

    /// RSASSA-PKCS1-v1_5 or ECDSA (r‖s) over the SHA-256 of the message; `None` if the library refuses.
    pub(crate) fn sign_sha256(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.pair {
            Pair::Rsa { pair, .. } => {
                let mut value = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &self.random, message, &mut value).ok()?;
                Some(value)
            }
            Pair::P256(pair) => Some(pair.sign(&self.random, message).ok()?.as_ref().to_vec()),
        }
    }

    /// The key prepared for RSASSA-PKCS1-v1_5 with SHA-1; `None` for other keys.
    pub(crate) fn for_sha1(&self) -> Option<RsaSha1Key> {
        match &self.pair {
            Pair::Rsa { pkcs1, .. } => RsaSha1Key::from_pkcs1(pkcs1).ok(),
            Pair::P256(_) => None,
        }
    }

    fn assemble(pair: Pair, mut certificates: Vec<Certificate>) -> Result<Self, KeyError> {
        let public = match &pair {
            Pair::Rsa { pair, .. } => pair.public_key().as_ref(),
            Pair::P256(pair) => pair.public_key().as_ref(),
        };
        let own = certificates
            .iter()
            .position(|certificate| certificate.public_key().octets() == public)
            .ok_or(KeyProblem::Mismatch)?;
        let certificate = certificates.remove(own);
        let mut chain: Vec<Certificate> = Vec::with_capacity(certificates.len());
        while !certificates.is_empty() {
            let last = chain.last().unwrap_or(&certificate);
            let next =
                certificates.iter().position(|candidate| last.is_issued_by(candidate)).ok_or(KeyProblem::Unrelated)?;
            chain.push(certificates.remove(next));
        }
        Ok(SigningKey { pair, certificate, chain, random: SystemRandom::new() })
    }
}

/// Shows the certificate, never the key.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("family", &self.family())
            .field("key", &"***")
            .field("certificate", &self.certificate)
            .field("chain", &self.chain.len())
            .finish()
    }
}

/// Why a key or certificate cannot be used, with the PEM block it stands in.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    problem: KeyProblem,
    block: Option<usize>,
}

impl KeyError {
    pub(crate) fn at(problem: KeyProblem, block: usize) -> Self {
        KeyError { problem, block: Some(block) }
    }

    /// Which problem it is.
    pub fn problem(&self) -> KeyProblem {
        self.problem
    }

    /// The stable name of the problem.
    pub fn code(&self) -> &'static str {
        self.problem.code()
    }

    /// Cause and place.
    pub fn message(&self, language: Language) -> String {
        let cause = self.problem.message(language);
        match (self.block, language) {
            (None, _) => cause.to_owned(),
            (Some(block), Language::English) => format!("{cause} (PEM block {block})"),
            (Some(block), Language::Bulgarian) => format!("{cause} (PEM блок {block})"),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> &'static str {
        self.problem.hint(language)
    }
}

impl From<KeyProblem> for KeyError {
    fn from(problem: KeyProblem) -> Self {
        KeyError { problem, block: None }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; hint: {}", self.message(Language::English), self.hint(Language::English))
    }
}

impl std::error::Error for KeyError {}

catalogue! {
    /// What can be wrong with a configured key or certificate.
    KeyProblem {
        PemMalformed = "key-pem",
            "a PEM block has no matching end line or is not base64",
            "PEM блок няма съответстващ край или не е base64",
            "save the file again as PEM, with the BEGIN and END lines unchanged",
            "запишете файла отново като PEM с непроменени редове BEGIN и END";
        KeyMissing = "key-missing",
            "there is no private key here",
            "тук няма частен ключ",
            "give a file with a block PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY",
            "посочете файл с блок PRIVATE KEY, RSA PRIVATE KEY или EC PRIVATE KEY";
        KeySeveral = "key-several",
            "there is more than one private key here",
            "тук има повече от един частен ключ",
            "leave only the key that belongs to the certificate",
            "оставете само ключа, който принадлежи на удостоверението";
        KeyEncrypted = "key-encrypted",
            "the private key is encrypted with a password",
            "частният ключ е защитен с парола",
            "decrypt it first: openssl pkcs8 -in key.pem -out plain.pem, and protect the file by its permissions",
            "първо го разшифровайте: openssl pkcs8 -in key.pem -out plain.pem, и защитете файла чрез правата му";
        KeyUnreadable = "key-unreadable",
            "the private key is neither PKCS#8 nor PKCS#1 nor SEC 1, or its parts contradict each other",
            "частният ключ не е нито PKCS#8, нито PKCS#1, нито SEC 1, или частите му си противоречат",
            "convert it: openssl pkcs8 -topk8 -nocrypt -in key.pem -out key.p8.pem",
            "преобразувайте го: openssl pkcs8 -topk8 -nocrypt -in key.pem -out key.p8.pem";
        Algorithm = "key-algorithm",
            "the key is neither RSA nor an elliptic-curve key",
            "ключът не е нито RSA, нито на елиптична крива",
            "use RSA of 2048 bits or more, or ECDSA on P-256",
            "използвайте RSA с поне 2048 бита или ECDSA върху P-256";
        RsaShort = "key-rsa-short",
            "the RSA key has fewer than 2048 bits",
            "RSA ключът е с по-малко от 2048 бита",
            "have a new key and certificate issued, of 2048 bits or more",
            "заявете нов ключ и удостоверение с поне 2048 бита";
        RsaLong = "key-rsa-long",
            "the RSA key has more than 8192 bits or an unusable exponent",
            "RSA ключът е с повече от 8192 бита или с неизползваема експонента",
            "use RSA of 2048 to 8192 bits with exponent 65537",
            "използвайте RSA от 2048 до 8192 бита с експонента 65537";
        Curve = "key-curve",
            "the elliptic curve of the key is not supported",
            "елиптичната крива на ключа не се поддържа",
            "sign with P-256; verification also knows P-384",
            "подписвайте с P-256; проверката познава и P-384";
        Certificate = "key-certificate",
            "the certificate cannot be read as X.509",
            "удостоверението не може да бъде прочетено като X.509",
            "check the file with: openssl x509 -in certificate.pem -noout -text",
            "проверете файла с: openssl x509 -in certificate.pem -noout -text";
        CertificateMissing = "key-certificate-missing",
            "there is no certificate here",
            "тук няма удостоверение",
            "give a file with a block CERTIFICATE",
            "посочете файл с блок CERTIFICATE";
        PublicKey = "key-public",
            "the public key cannot be read",
            "публичният ключ не може да бъде прочетен",
            "give a block PUBLIC KEY (SubjectPublicKeyInfo), elliptic-curve points uncompressed",
            "посочете блок PUBLIC KEY (SubjectPublicKeyInfo) с некомпресирани точки при елиптични криви";
        Mismatch = "key-mismatch",
            "none of the certificates belongs to the private key",
            "никое от удостоверенията не принадлежи на частния ключ",
            "compare: openssl pkey -in key.pem -pubout, and openssl x509 -in certificate.pem -noout -pubkey",
            "сравнете: openssl pkey -in key.pem -pubout и openssl x509 -in certificate.pem -noout -pubkey";
        Unrelated = "key-unrelated",
            "a certificate does not belong to the chain of the signing certificate",
            "има удостоверение, което не е от веригата на подписващото удостоверение",
            "leave only the signing certificate and its issuers",
            "оставете само подписващото удостоверение и неговите издатели";
    }
}

/// The bounds of an RSA modulus, big-endian without leading zeros.
pub(crate) fn check_rsa_modulus(modulus: &[u8]) -> Result<(), KeyProblem> {
    let leading = modulus.first().map_or(0, |octet| octet.leading_zeros());
    let bits = modulus.len() * 8 - leading as usize;
    match bits {
        0..2048 => Err(KeyProblem::RsaShort),
        2048..=8192 => Ok(()),
        _ => Err(KeyProblem::RsaLong),
    }
}

fn read_key(octets: &[u8]) -> Result<Pair, KeyError> {
    if !pem::is_pem(octets) {
        return read_key_der(octets).map_err(KeyError::from);
    }
    let text = std::str::from_utf8(octets).map_err(|_| KeyProblem::PemMalformed)?;
    let blocks = pem::blocks(text).map_err(|at| KeyError::at(KeyProblem::PemMalformed, at.block))?;
    let mut keys = blocks.iter().enumerate().filter(|(_, block)| block.label.ends_with("PRIVATE KEY"));
    let (index, block) = keys.next().ok_or(KeyProblem::KeyMissing)?;
    if let Some((index, _)) = keys.next() {
        return Err(KeyError::at(KeyProblem::KeySeveral, index + 1));
    }
    let read = if block.encrypted || block.label == "ENCRYPTED PRIVATE KEY" {
        Err(KeyProblem::KeyEncrypted)
    } else {
        read_key_der(&block.der)
    };
    read.map_err(|problem| KeyError::at(problem, index + 1))
}

/// The three forms are told apart by their second value: an algorithm, the modulus, or the secret number.
fn read_key_der(octets: &[u8]) -> Result<Pair, KeyProblem> {
    let unreadable = KeyProblem::KeyUnreadable;
    let mut parts = Reader::new(octets).sequence().ok_or(unreadable)?;
    if parts.peek() == Some(der::SEQUENCE) {
        return Err(KeyProblem::KeyEncrypted);
    }
    parts.unsigned().ok_or(unreadable)?;
    match parts.peek() {
        Some(der::SEQUENCE) => {
            let mut algorithm = parts.sequence().ok_or(unreadable)?;
            match algorithm.take(OBJECT_IDENTIFIER) {
                Some(RSA_ENCRYPTION) => read_rsa(octets, parts.take(OCTET_STRING).ok_or(unreadable)?),
                Some(EC_PUBLIC_KEY) => {
                    if algorithm.take(OBJECT_IDENTIFIER) != Some(SECP256R1) {
                        return Err(KeyProblem::Curve);
                    }
                    EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, octets)
                        .map(Pair::P256)
                        .map_err(|_| unreadable)
                }
                Some(_) => Err(KeyProblem::Algorithm),
                None => Err(unreadable),
            }
        }
        Some(der::INTEGER) => read_rsa(octets, octets),
        Some(der::OCTET_STRING) => {
            let secret = parts.take(OCTET_STRING).ok_or(unreadable)?;
            // RFC 5915: the curve stands in an optional context tag 0; without it the length of the secret tells.
            let curve = parts.take(der::CONTEXT_0).map(|content| Reader::new(content).take(OBJECT_IDENTIFIER));
            if secret.len() != 32 || curve.is_some_and(|curve| curve != Some(SECP256R1)) {
                return Err(KeyProblem::Curve);
            }
            EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, octets)
                .map(Pair::P256)
                .map_err(|_| unreadable)
        }
        _ => Err(unreadable),
    }
}

fn read_rsa(whole: &[u8], pkcs1: &[u8]) -> Result<Pair, KeyProblem> {
    let pkcs1 = Zeroizing::new(pkcs1.to_vec());
    check_rsa_modulus(rsa_modulus(&pkcs1).ok_or(KeyProblem::KeyUnreadable)?)?;
    let pair = RsaKeyPair::from_pkcs8(whole)
        .or_else(|_| RsaKeyPair::from_der(&pkcs1))
        .map_err(|_| KeyProblem::KeyUnreadable)?;
    Ok(Pair::Rsa { pair, pkcs1 })
}

/// The modulus of `RSAPrivateKey` (RFC 8017 A.1.2).
fn rsa_modulus(pkcs1: &[u8]) -> Option<&[u8]> {
    let mut numbers = Reader::new(pkcs1).sequence()?;
    numbers.unsigned()?;
    numbers.unsigned()
}

/// The content octets of the object identifiers, for comparison without decoding.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const SECP256R1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
