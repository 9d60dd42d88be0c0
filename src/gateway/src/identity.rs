//! Who is calling? From what a request shows to a registered caller (regix-contract §5.1).

use crate::ended::Ended;
use crate::gateway::Parts;
use crate::message::Incoming;
use crate::metrics::TokenFate;
use crate::opened::Opened;
use crate::stages::denied;
use crate::trace::Trace;
use kapia_journal::{Identification, Outcome};
use kapia_language::Language;
use kapia_pki::{ChainVerdict, Presented, Shown, Unacceptable};
use kapia_registry::{Caller, Credential, Oid};
use kapia_regix::Condition;
use kapia_saml::{Circumstances, Judge};
use kapia_soap::Bilingual;
use kapia_xml::Element;
use time::OffsetDateTime;

/// Who is calling? Only a certificate whose chain is trusted now identifies anybody, whether its connection ends here or at
/// a configured proxy; of a thumbprint alone the registry is asked. A token must agree with the certificate, and identifies
/// by itself only what the service bus delivers.
pub(crate) fn identify(
    incoming: &Incoming,
    opened: &Opened,
    parts: &Parts,
    now: OffsetDateTime,
    trace: &mut Trace,
) -> Result<Caller, Box<Ended>> {
    let credential = match &incoming.shown {
        Shown::Nothing => None,
        Shown::Connection(presented) => {
            trace.record.identified_by = Some(Identification::Tls);
            Some(trusted(presented)?)
        }
        Shown::Forwarded(presented) => {
            trace.record.identified_by = Some(Identification::ForwardedCertificate);
            Some(trusted(presented)?)
        }
        Shown::ForwardedHash(sha1) => {
            trace.record.identified_by = Some(Identification::ForwardedHash);
            Some(Credential::Sha1(*sha1))
        }
        Shown::ServiceBus(_) => {
            trace.record.identified_by = Some(Identification::Token);
            Some(Credential::Oid(delivered(incoming, opened, parts, now, trace)?))
        }
        Shown::Refused(why, _) => return Err(unacceptable(*why)),
    };
    let caller = parts.registry.identify(credential.as_ref(), now).map_err(|denial| denied(&denial))?;
    trace.caller(&caller);
    if !matches!(incoming.shown, Shown::ServiceBus(_)) {
        agrees(&caller, incoming, opened, parts, now, trace)?;
    }
    trace.stage("identify");
    Ok(caller)
}

/// The consumer whom the service bus speaks for.
fn delivered(
    incoming: &Incoming,
    opened: &Opened,
    parts: &Parts,
    now: OffsetDateTime,
    trace: &Trace,
) -> Result<Oid, Box<Ended>> {
    let oid = match &parts.settings.tokens {
        Some(judge) => judged(judge, incoming, opened, now).and_then(|oid| oid.ok_or(kapia_saml::Refusal::Missing)),
        None => Err(kapia_saml::Refusal::Missing),
    };
    trace.token(if oid.is_ok() { TokenFate::Accepted } else { TokenFate::Refused });
    oid.map_err(unbelieved)
}

/// A token beside a certificate is no identity of its own, but it must not speak of somebody else (regix-contract §16 row
/// 9). Without a configured issuer nobody can say what a token is worth, and it is passed over as any other header.
fn agrees(
    caller: &Caller,
    incoming: &Incoming,
    opened: &Opened,
    parts: &Parts,
    now: OffsetDateTime,
    trace: &Trace,
) -> Result<(), Box<Ended>> {
    let Some(judge) = &parts.settings.tokens else {
        if !matches!(kapia_saml::assertion(blocks(opened)), Ok(None)) {
            trace.token(TokenFate::Ignored);
        }
        return Ok(());
    };
    let outcome = match judged(judge, incoming, opened, now) {
        Ok(None) => return Ok(()),
        Ok(Some(oid)) if caller.oid() == Some(&oid) => Ok(()),
        Ok(Some(_)) => Err(kapia_saml::Refusal::OtherConsumer),
        Err(refusal) => Err(refusal),
    };
    trace.token(if outcome.is_ok() { TokenFate::Accepted } else { TokenFate::Refused });
    outcome.map_err(unbelieved)
}

/// The object identifier that the token of the message vouches for, if there is a token.
fn judged(
    judge: &Judge,
    incoming: &Incoming,
    opened: &Opened,
    now: OffsetDateTime,
) -> Result<Option<Oid>, kapia_saml::Refusal> {
    let Some(assertion) = kapia_saml::assertion(blocks(opened))? else { return Ok(None) };
    let circumstances = Circumstances {
        now,
        holder: incoming.shown.certificate().map(|presented| presented.der.as_ref()),
        vouched: matches!(incoming.shown, Shown::ServiceBus(_)),
    };
    let token = judge.judge(&opened.document, assertion.id(), &circumstances)?;
    Oid::parse(&token.oid).map(Some).map_err(|_| kapia_saml::Refusal::Oid)
}

fn blocks(opened: &Opened) -> impl Iterator<Item = Element<'_>> {
    opened.security.iter().map(|block| opened.document.element(*block))
}

fn trusted(presented: &Presented) -> Result<Credential, Box<Ended>> {
    presented.trusted().map(|thumbprints| Credential::Certificate(*thumbprints)).ok_or_else(|| untrusted(presented))
}

fn untrusted(presented: &Presented) -> Box<Ended> {
    const RENEW: (&str, &str) = (
        "renew the transport certificate and have it registered",
        "подновете транспортното удостоверение и го регистрирайте",
    );
    const ISSUER: (&str, &str) = (
        "use the transport certificate that was issued for this environment; test and production have different issuers",
        "използвайте транспортното удостоверение, издадено за тази среда; тестовата и реалната имат различни издатели",
    );
    let (condition, code, (en, bg)) = match presented.chain {
        ChainVerdict::Expired => (Condition::CertificateNotActive, "certificate-expired", RENEW),
        ChainVerdict::NotYetValid => (Condition::CertificateNotActive, "certificate-not-yet-valid", RENEW),
        ChainVerdict::Revoked => (Condition::CertificateNotActive, "certificate-revoked", RENEW),
        ChainVerdict::WrongPurpose => (Condition::CertificateNotFound, "certificate-wrong-purpose", ISSUER),
        _ => (Condition::CertificateNotFound, "certificate-issuer-unknown", ISSUER),
    };
    use Language::{Bulgarian, English};
    let hint = Bilingual::new(
        format!("{}; {en}", presented.chain.message(English)),
        format!("{}; {bg}", presented.chain.message(Bulgarian)),
    );
    Ended::new(Outcome::Denied, condition, code, hint)
}

fn unbelieved(refusal: kapia_saml::Refusal) -> Box<Ended> {
    let tell = |language| format!("{}; {}", refusal.message(language), refusal.hint(language));
    let hint = Bilingual::new(tell(Language::English), tell(Language::Bulgarian));
    Ended::new(Outcome::Denied, Condition::CertificateNotFound, refusal.code(), hint)
}

fn unacceptable(why: Unacceptable) -> Box<Ended> {
    let tell = |language| format!("{}; {}", why.message(language), why.hint(language));
    let hint = Bilingual::new(tell(Language::English), tell(Language::Bulgarian));
    Ended::new(Outcome::Denied, Condition::CertificateNotFound, why.code(), hint)
}
