//! From an assertion to what it vouches for.

use kapia_signature::{Algorithms, Certificate, DSIG_NAMESPACE, Placement, Policy, Verifier};
use kapia_xml::{Document, ElementId};
use time::{Duration, OffsetDateTime};

use crate::refusal::Refusal;
use crate::shape::{SAML2, optional, text};
use crate::{conditions, subject};

/// Which tokens are believed.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The certificates with which tokens are signed, not those of an authority; without any nothing is believed.
    pub signers: Vec<Certificate>,
    /// What `Issuer` may say; empty for anything.
    pub issuers: Vec<String>,
    /// Whom a token may be meant for, such as `urn:egov:bg:services:oid:…`; empty for anybody.
    pub audiences: Vec<String>,
    /// How far the issuer's clock and ours may differ.
    pub clock_skew: Duration,
    /// Which algorithms may sign.
    pub algorithms: Algorithms,
}

/// Judges tokens; made once, used by many threads.
#[derive(Clone, Debug)]
pub struct Judge {
    trust: Trust,
    verifier: Verifier,
}

/// How a token came.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'c> {
    /// The moment.
    pub now: OffsetDateTime,
    /// The DER octets of the certificate whose key the sender has proven to hold, if any.
    pub holder: Option<&'c [u8]>,
    /// Whether the sender is one who may vouch for others: the service bus.
    pub vouched: bool,
}

/// What an issuer vouches for. `Debug` shows no more than that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// The object identifier of the consumer, dotted decimal.
    pub oid: String,
    /// When the token ends.
    pub ends: OffsetDateTime,
}

impl Judge {
    /// A judge who believes these signers.
    pub fn new(trust: Trust) -> Judge {
        let verifier = Verifier::new(trust.signers.iter().cloned(), trust.algorithms);
        Judge { trust, verifier }
    }

    /// Says what an assertion vouches for, as found by [`crate::assertion`] in this document.
    ///
    /// # Errors
    /// The first rule that it breaks. Nothing of its content is judged before its signature.
    pub fn judge(
        &self,
        document: &Document,
        assertion: ElementId,
        circumstances: &Circumstances<'_>,
    ) -> Result<Token, Refusal> {
        let assertion = document.element(assertion);
        if !assertion.is(SAML2, "Assertion") || assertion.attribute("", "Version").as_deref() != Some("2.0") {
            return Err(Refusal::Version);
        }
        let mut signatures = assertion.children().filter(|child| child.is(DSIG_NAMESPACE, "Signature"));
        let signature = match (signatures.next(), signatures.next()) {
            (None, _) => return Err(Refusal::Unsigned),
            (Some(_), Some(_)) => return Err(Refusal::Structure),
            (Some(only), None) => only,
        };
        let policy = Policy::new(Placement::Parent).signature(signature.id()).covering(assertion.id());
        let verified = self.verifier.verify(document, &policy).map_err(Refusal::Signature)?;
        if verified.certificate().is_some_and(|signer| !signer.is_valid_at(circumstances.now)) {
            return Err(Refusal::SignerOver);
        }
        // From here on only what the signature covers is read, and the signature itself is not covered.
        let assertion = document.element(verified.element);
        let issuer = optional(assertion, "Issuer")?.ok_or(Refusal::Structure)?;
        let issuer = text(issuer)?;
        if !self.trust.issuers.is_empty() && !self.trust.issuers.iter().any(|known| known == issuer.trim()) {
            return Err(Refusal::Issuer);
        }
        let ends = conditions::check(assertion, &self.trust, circumstances.now)?;
        subject::confirm(assertion, circumstances, self.trust.clock_skew)?;
        Ok(Token { oid: subject::oid(assertion)?, ends })
    }
}
