//! Verifying signatures.
//!
//! The order is: structure and algorithms, key, value of the signature over `SignedInfo`, and only then the references.
//! So a document costs nobody a digest over its content before a trusted key has vouched for that digest.

use aws_lc_rs::signature::UnparsedPublicKey;
use kapia_xml::canonical::Method;
use kapia_xml::{Document, Element, ElementId};
use time::OffsetDateTime;

use crate::algorithm::{Algorithms, DSIG_NAMESPACE, DigestAlgorithm, SignatureAlgorithm};
use crate::certificate::{Certificate, PublicKey};
use crate::refusal::{Refusal, VerifyError};
use crate::structure::{Reference, Structure};
use crate::xades::SIGNED_PROPERTIES_TYPE;
use crate::{key_info, properties, references};

/// Trusted keys and admitted algorithms; made once, used by many threads.
#[derive(Clone, Debug)]
pub struct Verifier {
    trusted: Vec<TrustedKey>,
    allow: Algorithms,
}

/// A key whose signatures are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustedKey {
    /// The certificate of a signer, not of an authority: chains are not built here.
    Certificate(Certificate),
    /// A bare public key.
    PublicKey(PublicKey),
}

/// Where the signed element must stand, and which signature is meant.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    placement: Placement,
    signature: Option<ElementId>,
    expected: Option<ElementId>,
}

/// Where the signed element stands with respect to its signature.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// The element directly before the signature, under the same parent, and the only one of its name there.
    SiblingBefore,
    /// The parent of the signature (enveloped).
    Parent,
    /// The document element, with the signature anywhere below it (enveloped).
    DocumentElement,
    /// A `ds:Object` of the signature itself (enveloping).
    Object,
}

/// What a trusted key has signed. Nothing else in the document is signed.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The element that the signature covers; use this one, never look it up again. Where the signature stands inside
    /// of it, the signature itself is not covered.
    pub element: ElementId,
    /// The canonical octets of the element that were hashed, without comments. After exclusive C14N they lack prefixes
    /// that only values use (such as `xsd` in `xsi:type="xsd:string"`) and that no `InclusiveNamespaces` lists; what
    /// such a prefix is bound to is then not signed.
    pub canonical: Vec<u8>,
    /// The signature.
    pub signature: ElementId,
    /// The configured key under which the signature verifies, never one from the document.
    pub signer: TrustedKey,
    /// The algorithm of the signature.
    pub algorithm: SignatureAlgorithm,
    /// The digest algorithm of the covered element.
    pub digest: DigestAlgorithm,
    /// The canonical form of the covered element.
    pub canonicalization: Method,
    /// `SigningTime`, if it is signed: a claim of the signer, not a time stamp.
    pub claimed_time: Option<OffsetDateTime>,
}

impl Verifier {
    /// A verifier that believes these keys only; without any key everything is refused.
    pub fn new<T: Into<TrustedKey>>(trusted: impl IntoIterator<Item = T>, allow: Algorithms) -> Self {
        Verifier { trusted: trusted.into_iter().map(Into::into).collect(), allow }
    }

    /// Verifies the signature of a document and says what it covers.
    ///
    /// Revocation and validity at a time of signing are not judged; see [`Verified::certificate`] and
    /// [`Certificate::is_valid_at`]. Errors: one [`Refusal`] with its place.
    pub fn verify(&self, document: &Document, policy: &Policy) -> Result<Verified, VerifyError> {
        let signature = chosen(document, policy)?;
        let structure = Structure::read(signature, self.allow)?;
        let (data, properties) = sort(&structure)?;
        let signer = self.verify_value(&structure)?;

        let covered = references::resolve(document, data)?;
        references::check_place(covered, signature, policy)?;
        let canonical = verify_digest(data, covered, signature)?;
        let claimed_time = match properties {
            Some(reference) => self.verify_properties(document, reference, signature, signer)?,
            None => None,
        };
        Ok(Verified {
            element: covered.id(),
            canonical,
            signature: signature.id(),
            signer: signer.clone(),
            algorithm: structure.algorithm,
            digest: data.digest,
            canonicalization: data.canonicalization.method,
            claimed_time,
        })
    }

    fn verify_value(&self, structure: &Structure<'_>) -> Result<&TrustedKey, VerifyError> {
        let family = structure.algorithm.family();
        let candidates = key_info::candidates(structure.key_info, family, structure.element, &self.trusted)?;
        let mut octets = Vec::new();
        structure.canonicalization.apply(structure.signed_info, None, &mut octets);
        candidates
            .into_iter()
            .find(|key| {
                UnparsedPublicKey::new(structure.algorithm.verification(), key.public_key().octets())
                    .verify(&octets, &structure.value)
                    .is_ok()
            })
            .ok_or_else(|| VerifyError::at(Refusal::Value, structure.signed_info))
    }

    fn verify_properties(
        &self,
        document: &Document,
        reference: &Reference<'_>,
        signature: Element<'_>,
        signer: &TrustedKey,
    ) -> Result<Option<OffsetDateTime>, VerifyError> {
        let element = references::resolve(document, reference)?;
        properties::check_place(element, signature)?;
        verify_digest(reference, element, signature)?;
        if let Some(certificate) = signer.certificate() {
            properties::check_certificate(element, certificate, self.allow)?;
        }
        properties::claimed_time(element)
    }
}

impl Policy {
    /// The document holds one signature, and the signed element stands in this place.
    pub const fn new(placement: Placement) -> Self {
        Policy { placement, signature: None, expected: None }
    }

    /// Only this signature is meant; others may stand elsewhere in the document.
    pub const fn signature(mut self, signature: ElementId) -> Self {
        self.signature = Some(signature);
        self
    }

    /// The signature must cover this element, which the caller is going to use.
    pub const fn covering(mut self, element: ElementId) -> Self {
        self.expected = Some(element);
        self
    }

    pub(crate) fn placement(&self) -> Placement {
        self.placement
    }

    pub(crate) fn expected(&self) -> Option<ElementId> {
        self.expected
    }
}

impl Verified {
    /// The configured certificate of the signer, with its validity period; `None` if a bare key is trusted.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.signer.certificate()
    }
}

impl TrustedKey {
    /// The certificate, if one was configured.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            TrustedKey::Certificate(certificate) => Some(certificate),
            TrustedKey::PublicKey(_) => None,
        }
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        match self {
            TrustedKey::Certificate(certificate) => certificate.public_key(),
            TrustedKey::PublicKey(key) => key,
        }
    }
}

impl From<Certificate> for TrustedKey {
    fn from(certificate: Certificate) -> Self {
        TrustedKey::Certificate(certificate)
    }
}

impl From<PublicKey> for TrustedKey {
    fn from(key: PublicKey) -> Self {
        TrustedKey::PublicKey(key)
    }
}

fn chosen<'d>(document: &'d Document, policy: &Policy) -> Result<Element<'d>, VerifyError> {
    if let Some(id) = policy.signature {
        let element = document.element(id);
        return if element.is(DSIG_NAMESPACE, "Signature") {
            Ok(element)
        } else {
            Err(VerifyError::at(Refusal::NotASignature, element))
        };
    }
    match references::signatures(document).as_slice() {
        [] => Err(Refusal::Missing.into()),
        [only] => Ok(*only),
        [_, second, ..] => Err(VerifyError::at(Refusal::Several, *second)),
    }
}

/// The reference to the data, and the one to signed properties if there is one.
fn sort<'s, 'd>(structure: &'s Structure<'d>) -> Result<(&'s Reference<'d>, Option<&'s Reference<'d>>), VerifyError> {
    let is_properties = |reference: &Reference<'_>| reference.kind.as_deref() == Some(SIGNED_PROPERTIES_TYPE);
    match structure.references.as_slice() {
        [data] if !is_properties(data) => Ok((data, None)),
        [data, signed] | [signed, data] if is_properties(signed) && !is_properties(data) => Ok((data, Some(signed))),
        _ => Err(VerifyError::at(Refusal::References, structure.signed_info)),
    }
}

fn verify_digest(
    reference: &Reference<'_>,
    covered: Element<'_>,
    signature: Element<'_>,
) -> Result<Vec<u8>, VerifyError> {
    let inside = reference.enveloped && references::is_below(signature, covered.id());
    let mut octets = Vec::with_capacity(covered.span().len() + 256);
    reference.canonicalization.apply(covered, inside.then(|| signature.id()), &mut octets);
    if reference.digest.digest(&octets).as_ref() == reference.value {
        Ok(octets)
    } else {
        Err(VerifyError::at(Refusal::Digest, covered))
    }
}
