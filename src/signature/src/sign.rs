//! Making signatures.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_xml::Writer;
use time::OffsetDateTime;

use crate::algorithm::{
    DSIG_NAMESPACE, DigestAlgorithm, ENVELOPED_SIGNATURE, EXCLUSIVE_C14N, INCLUSIVE_C14N, KeyFamily, SignatureAlgorithm,
};
use crate::digesting::{Digest, Digesting};
use crate::key::SigningKey;
use crate::rsa_sha1::RsaSha1Key;
use crate::text::{Language, catalogue};
use crate::xades;

/// What a signature looks like on the wire.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// RSA-SHA256, or ECDSA-SHA256 for a key on P-256; exclusive C14N 1.0 throughout; one reference with SHA-256; the
    /// certificate in `X509Data`. It verifies in place in a SOAP message and cut out of it.
    #[default]
    Default,
    /// As RegiX signs (regix-contract §8.3): RSA-SHA1, inclusive C14N 1.0, the enveloped-signature transform, a second
    /// reference to XAdES `SignedProperties`. Only for clients that insist on it; see [`Signer::sign`] for its limits.
    Legacy,
}

/// A key and a profile; made once, used by many threads.
pub struct Signer {
    key: Arc<SigningKey>,
    profile: Profile,
    /// Only for the legacy profile.
    sha1: Option<RsaSha1Key>,
    /// Base64 of the signing certificate, then of its chain.
    certificates: Vec<String>,
}

/// The octets that a signature covers, or their digest when they are too many to be in memory.
#[derive(Copy, Clone)]
pub enum Input<'a> {
    /// All of them.
    Octets(&'a [u8]),
    /// What [`Signer::digesting`] of the same signer has gone through.
    Digest(&'a Digest),
}

impl<'a> From<&'a [u8]> for Input<'a> {
    fn from(octets: &'a [u8]) -> Input<'a> {
        Input::Octets(octets)
    }
}

/// What to sign.
#[derive(Copy, Clone)]
pub struct Request<'a> {
    /// The finished canonical octets of the element, in the canonical form of the profile: exclusive C14N with
    /// `prefixes` for [`Profile::Default`], inclusive C14N with exactly `scope` around it for [`Profile::Legacy`].
    pub digest_input: Input<'a>,
    /// The value of the element's `id` attribute, such as `data`: ASCII, a name without colon, at most 128 characters.
    pub reference_id: &'a str,
    /// [`Profile::Default`]: the `PrefixList` under which `digest_input` was made, `""` for `#default`; usually empty.
    pub prefixes: &'a [&'a str],
    /// [`Profile::Legacy`]: the namespaces, as (prefix, URI), that surround element and signature when they are
    /// verified: the default namespace, `xsi` and `xsd` of the root that a client puts around them.
    pub scope: &'a [(&'a str, &'a str)],
    /// [`Profile::Legacy`]: the time that the signature claims in `SigningTime`, written in UTC to the second.
    pub signing_time: OffsetDateTime,
    /// Makes the ids of this signature unique in its message: 1 to 64 of `A-Z a-z 0-9 . _ -`, for example a call id.
    pub unique: &'a str,
}

impl Signer {
    /// Binds a key to a profile; error `sign-legacy-key` if the legacy profile meets a key other than RSA.
    pub fn new(key: impl Into<Arc<SigningKey>>, profile: Profile) -> Result<Self, SignError> {
        let key = key.into();
        let sha1 = match profile {
            Profile::Default => None,
            Profile::Legacy => Some(key.for_sha1().ok_or(SignError::LegacyKey)?),
        };
        let certificates = std::iter::once(key.certificate())
            .chain(key.chain())
            .map(|certificate| STANDARD.encode(certificate.der()))
            .collect();
        Ok(Signer { key, profile, sha1, certificates })
    }

    /// The profile of this signer.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Goes through octets that come piece by piece, as this signer's profile digests them.
    pub fn digesting(&self) -> Digesting {
        self.digest_algorithm().digesting()
    }

    fn digest_algorithm(&self) -> DigestAlgorithm {
        match self.profile {
            Profile::Default => DigestAlgorithm::Sha256,
            Profile::Legacy => DigestAlgorithm::Sha1,
        }
    }

    /// The key of this signer.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The octets of a complete `<ds:Signature xmlns:ds="…">`, to be inserted directly after the signed element.
    ///
    /// The octets of `SignedInfo` that are hashed are the octets in the result. Under [`Profile::Default`] they mean the
    /// same wherever they stand, so the signature verifies in place and cut out.
    ///
    /// Limits of [`Profile::Legacy`]: inclusive C14N takes in every namespace (and every `xml:` attribute) in scope
    /// around an element. Such a signature verifies only where signed element and signature stand under a root that
    /// declares exactly `scope`, under any element name. In a SOAP message the prefixes of the envelope come on top, so it does **not**
    /// verify in place; the clients that check cut both out first (wild-clients rule 13, regix-contract §8.4). `scope`
    /// must also be what the canonical octets of the signed element were made with.
    pub fn sign(&self, request: &Request<'_>) -> Result<Vec<u8>, SignError> {
        check(request)?;
        match &self.sha1 {
            None => self.sign_default(request),
            Some(key) => self.sign_legacy(request, key),
        }
    }

    fn sign_default(&self, request: &Request<'_>) -> Result<Vec<u8>, SignError> {
        let algorithm = match self.key.family() {
            KeyFamily::Rsa => SignatureAlgorithm::RsaSha256,
            KeyFamily::P256 | KeyFamily::P384 => SignatureAlgorithm::EcdsaSha256,
        };
        let digest = self.digest_algorithm();
        let mut writer = self.begin(request);
        let start = writer.position();
        start_part(&mut writer, "SignedInfo", &[]);
        method(&mut writer, "CanonicalizationMethod", EXCLUSIVE_C14N);
        method(&mut writer, "SignatureMethod", algorithm.uri());
        let uri = format!("#{}", request.reference_id);
        start_element(&mut writer, "Reference", &[("URI", &uri)]);
        start_element(&mut writer, "Transforms", &[]);
        start_element(&mut writer, "Transform", &[("Algorithm", EXCLUSIVE_C14N)]);
        if !request.prefixes.is_empty() {
            let list = prefix_list(request.prefixes);
            let attributes = [("", "", "PrefixList", list.as_str())];
            writer.start("ec", EXCLUSIVE_C14N, "InclusiveNamespaces", &[], &attributes);
            writer.end();
        }
        writer.end();
        writer.end();
        finish_reference(&mut writer, digest, request.digest_input);
        writer.end();
        let signed_info = writer.bytes().get(start..).unwrap_or_default();
        let value = self.key.sign_sha256(signed_info).ok_or(SignError::Failed)?;
        signature_value(&mut writer, request.unique, &value);
        start_element(&mut writer, "KeyInfo", &[]);
        start_element(&mut writer, "X509Data", &[]);
        self.write_certificates(&mut writer);
        writer.end();
        writer.end();
        writer.end();
        Ok(writer.into_bytes())
    }

    fn sign_legacy(&self, request: &Request<'_>, key: &RsaSha1Key) -> Result<Vec<u8>, SignError> {
        let digest = self.digest_algorithm();
        let properties = xades::signed_properties(self.key.certificate(), request, digest).ok_or(SignError::Failed)?;
        let mut writer = self.begin(request);
        let start = writer.position();
        start_part(&mut writer, "SignedInfo", request.scope);
        method(&mut writer, "CanonicalizationMethod", INCLUSIVE_C14N);
        method(&mut writer, "SignatureMethod", SignatureAlgorithm::RsaSha1.uri());

        let uri = format!("#{}", request.reference_id);
        let id = xades::reference_id(request.unique);
        start_element(&mut writer, "Reference", &[("Id", &id), ("URI", &uri)]);
        start_element(&mut writer, "Transforms", &[]);
        method(&mut writer, "Transform", ENVELOPED_SIGNATURE);
        writer.end();
        finish_reference(&mut writer, digest, request.digest_input);

        let uri = format!("#{}", xades::properties_id(request.unique));
        let attributes = [("Type", xades::SIGNED_PROPERTIES_TYPE), ("URI", uri.as_str())];
        start_element(&mut writer, "Reference", &attributes);
        finish_reference(&mut writer, digest, Input::Octets(&properties));
        writer.end();

        let signed_info = writer.bytes().get(start..).unwrap_or_default();
        let public = self.key.certificate().public_key();
        let value = key.sign(signed_info, public).ok_or(SignError::Failed)?;
        signature_value(&mut writer, request.unique, &value);
        self.write_legacy_key_info(&mut writer)?;
        start_element(&mut writer, "Object", &[]);
        xades::write_qualifying_properties(&mut writer, &signature_id(request.unique), &properties);
        writer.end();
        writer.end();
        Ok(writer.into_bytes())
    }

    fn begin(&self, request: &Request<'_>) -> Writer {
        let certificates: usize = self.certificates.iter().map(String::len).sum();
        let mut writer = Writer::with_capacity(certificates + 6 * 1024);
        let id = signature_id(request.unique);
        let attributes = [("", "", "Id", id.as_str())];
        writer.start_part("ds", DSIG_NAMESPACE, "Signature", &[], &attributes);
        writer
    }

    fn write_certificates(&self, writer: &mut Writer) {
        for certificate in &self.certificates {
            writer.leaf("ds", DSIG_NAMESPACE, "X509Certificate", certificate);
        }
    }

    fn write_legacy_key_info(&self, writer: &mut Writer) -> Result<(), SignError> {
        let certificate = self.key.certificate();
        let (modulus, exponent) = certificate.public_key().rsa().ok_or(SignError::LegacyKey)?;
        start_element(writer, "KeyInfo", &[]);
        start_element(writer, "KeyValue", &[]);
        start_element(writer, "RSAKeyValue", &[]);
        writer.leaf("ds", DSIG_NAMESPACE, "Modulus", &STANDARD.encode(modulus));
        writer.leaf("ds", DSIG_NAMESPACE, "Exponent", &STANDARD.encode(exponent));
        writer.end();
        writer.end();
        start_element(writer, "X509Data", &[]);
        start_element(writer, "X509IssuerSerial", &[]);
        writer.leaf("ds", DSIG_NAMESPACE, "X509IssuerName", certificate.issuer());
        writer.leaf("ds", DSIG_NAMESPACE, "X509SerialNumber", certificate.serial());
        writer.end();
        writer.leaf("ds", DSIG_NAMESPACE, "X509SubjectName", certificate.subject());
        self.write_certificates(writer);
        writer.end();
        writer.end();
        Ok(())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("key", &self.key).field("profile", &self.profile).finish_non_exhaustive()
    }
}

catalogue! {
    /// Why nothing was signed; all but `sign-failed` are mistakes of the caller.
    SignError {
        LegacyKey = "sign-legacy-key",
            "the legacy signature profile needs an RSA key",
            "старият профил за подпис изисква RSA ключ",
            "configure an RSA key, or use the default profile",
            "задайте RSA ключ или използвайте профила по подразбиране";
        Unique = "sign-unique",
            "the part that makes the ids of the signature unique is malformed",
            "частта, която прави id-тата в подписа уникални, е неправилна",
            "give 1 to 64 of the characters A-Z a-z 0-9 . _ -",
            "задайте от 1 до 64 знака измежду A-Z a-z 0-9 . _ -";
        ReferenceId = "sign-reference-id",
            "the id of the element to sign is malformed or is an id of the signature itself",
            "id на елемента за подписване е неправилен или е id на самия подпис",
            "give a name such as data: ASCII letters, digits, . _ -, not beginning with a digit",
            "задайте име като data: латински букви, цифри, . _ -, без цифра в началото";
        Prefix = "sign-prefix",
            "a prefix for InclusiveNamespaces is malformed",
            "префикс за InclusiveNamespaces е неправилен",
            "give prefixes as they stand in the document, an empty string for the default namespace",
            "задайте префиксите, както са в документа, и празен низ за пространството по подразбиране";
        Scope = "sign-scope",
            "the namespaces around the signature are malformed, repeated or rebind ds or xades",
            "пространствата от имена около подписа са неправилни, повторени или предефинират ds или xades",
            "give each prefix once with its URI",
            "задайте всеки префикс веднъж с неговия URI";
        Failed = "sign-failed",
            "the cryptographic library did not make the signature, or the result did not verify",
            "криптографската библиотека не създаде подпис или резултатът не се потвърди",
            "check that the key file is intact; if it happens again, check the memory of the machine",
            "проверете дали файлът с ключа е цял; ако се повтори, проверете паметта на машината";
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (message, hint) = (self.message(Language::English), self.hint(Language::English));
        write!(f, "{message}; hint: {hint}")
    }
}

impl std::error::Error for SignError {}

fn check(request: &Request<'_>) -> Result<(), SignError> {
    let token = |text: &str| {
        let plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-');
        !text.is_empty() && text.bytes().all(plain)
    };
    if !token(request.unique) || request.unique.len() > 64 {
        return Err(SignError::Unique);
    }
    let id = request.reference_id;
    let begins_well = id.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let own = [
        signature_id(request.unique),
        signature_value_id(request.unique),
        xades::reference_id(request.unique),
        xades::properties_id(request.unique),
    ];
    if !token(id) || !begins_well || id.len() > 128 || own.iter().any(|own| own == id) {
        return Err(SignError::ReferenceId);
    }
    let prefix = |text: &str| {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        let begins = |c: char| c.is_alphabetic() || c == '_';
        text.starts_with(begins) && text.chars().all(fits)
    };
    if !request.prefixes.iter().all(|text| text.is_empty() || prefix(text)) {
        return Err(SignError::Prefix);
    }
    for (index, (name, uri)) in request.scope.iter().enumerate() {
        let reserved = match *name {
            "ds" => *uri != DSIG_NAMESPACE,
            "xades" => *uri != xades::XADES_NAMESPACE,
            "xml" | "xmlns" => true,
            _ => false,
        };
        let repeated = request.scope.iter().take(index).any(|(other, _)| other == name);
        let well_formed = !uri.is_empty() && (name.is_empty() || prefix(name));
        if reserved || repeated || !well_formed {
            return Err(SignError::Scope);
        }
    }
    Ok(())
}

fn signature_id(unique: &str) -> String {
    format!("Signature-{unique}")
}

fn signature_value_id(unique: &str) -> String {
    format!("SignatureValue-{unique}")
}

fn prefix_list(prefixes: &[&str]) -> String {
    let names: Vec<&str> = prefixes.iter().map(|prefix| if prefix.is_empty() { "#default" } else { prefix }).collect();
    names.join(" ")
}

fn start_element(writer: &mut Writer, local: &str, attributes: &[(&str, &str)]) {
    let attributes: Vec<_> = attributes.iter().map(|(name, value)| ("", "", *name, *value)).collect();
    writer.start("ds", DSIG_NAMESPACE, local, &[], &attributes);
}

fn start_part(writer: &mut Writer, local: &str, declare: &[(&str, &str)]) {
    writer.start_part("ds", DSIG_NAMESPACE, local, declare, &[]);
}

fn method(writer: &mut Writer, local: &str, uri: &str) {
    start_element(writer, local, &[("Algorithm", uri)]);
    writer.end();
}

fn finish_reference(writer: &mut Writer, algorithm: DigestAlgorithm, input: Input<'_>) {
    match input {
        Input::Octets(octets) => write_digest(writer, algorithm, octets),
        Input::Digest(digest) => write_digest_value(writer, algorithm, digest.as_ref()),
    }
    writer.end();
}

/// `ds:DigestMethod` and `ds:DigestValue`, as they stand in references and in XAdES certificate digests.
pub(crate) fn write_digest(writer: &mut Writer, algorithm: DigestAlgorithm, octets: &[u8]) {
    write_digest_value(writer, algorithm, algorithm.digest(octets).as_ref());
}

fn write_digest_value(writer: &mut Writer, algorithm: DigestAlgorithm, value: &[u8]) {
    method(writer, "DigestMethod", algorithm.uri());
    writer.leaf("ds", DSIG_NAMESPACE, "DigestValue", &STANDARD.encode(value));
}

fn signature_value(writer: &mut Writer, unique: &str, value: &[u8]) {
    start_element(writer, "SignatureValue", &[("Id", &signature_value_id(unique))]);
    writer.text(&STANDARD.encode(value));
    writer.end();
}
