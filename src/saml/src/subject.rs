//! Whom a token is about, and whether who brings it may (saml-core-2.0-os §2.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_signature::DSIG_NAMESPACE;
use kapia_xml::{Element, Event};
use time::Duration;

use crate::judge::Circumstances;
use crate::refusal::Refusal;
use crate::shape::{SAML2, optional, text};
use crate::{conditions, moment};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const HOLDER_OF_KEY: &str = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";
const SENDER_VOUCHES: &str = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";
/// The longest object identifier (X.660 sets no limit; the registry does).
const LONGEST_OID: usize = 128;

/// The object identifier in the name of the subject.
///
/// RegiX takes it from the one `NameID` anywhere in the subject, by `OID:(.[^,]*)` (regix-contract §5.1 item 2). A name
/// with several `OID:` is refused: the first of them could stand in a part that the client chose.
pub(crate) fn oid(assertion: Element<'_>) -> Result<String, Refusal> {
    let subject = optional(assertion, "Subject")?.ok_or(Refusal::Subject)?;
    let name = optional(subject, "NameID").ok().flatten().ok_or(Refusal::Subject)?;
    let names = subject.events().filter(|event| matches!(event, Event::Start(element) if element.is(SAML2, "NameID")));
    if names.count() != 1 {
        return Err(Refusal::Subject);
    }
    let name = text(name)?;
    let mut parts = name.split("OID:").skip(1);
    let (Some(after), None) = (parts.next(), parts.next()) else { return Err(Refusal::Oid) };
    let oid = after.split(',').next().unwrap_or_default().trim();
    let arcs = oid.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|digit| digit.is_ascii_digit()));
    if arcs && oid.len() <= LONGEST_OID { Ok(oid.to_owned()) } else { Err(Refusal::Oid) }
}

/// Refuses a subject none of whose confirmations holds here; one without any confirmation demands none.
pub(crate) fn confirm(
    assertion: Element<'_>,
    circumstances: &Circumstances<'_>,
    skew: Duration,
) -> Result<(), Refusal> {
    let subject = optional(assertion, "Subject")?.ok_or(Refusal::Subject)?;
    let mut confirmations = subject.children().filter(|child| child.is(SAML2, "SubjectConfirmation")).peekable();
    if confirmations.peek().is_none() || confirmations.any(|confirmation| holds(confirmation, circumstances, skew)) {
        Ok(())
    } else {
        Err(Refusal::Confirmation)
    }
}

/// `Recipient` and `InResponseTo` belong to exchanges through a browser, and say nothing here.
fn holds(confirmation: Element<'_>, circumstances: &Circumstances<'_>, skew: Duration) -> bool {
    let Ok(data) = optional(confirmation, "SubjectConfirmationData") else { return false };
    let in_time = data.is_none_or(|data| in_time(data, circumstances, skew).is_ok());
    in_time
        && match confirmation.attribute("", "Method").as_deref() {
            Some(BEARER) => true,
            Some(HOLDER_OF_KEY) => data.is_some_and(|data| is_held(data, circumstances.holder)),
            Some(SENDER_VOUCHES) => circumstances.vouched,
            _ => false,
        }
}

fn in_time(data: Element<'_>, circumstances: &Circumstances<'_>, skew: Duration) -> Result<(), Refusal> {
    conditions::begun(moment::attribute(data, "NotBefore")?, circumstances.now, skew)?;
    conditions::not_over(moment::attribute(data, "NotOnOrAfter")?, circumstances.now, skew)
}

/// Whether one of the certificates in the confirmation is the one whose key was proven.
fn is_held(data: Element<'_>, holder: Option<&[u8]>) -> bool {
    let named = |local: &'static str| move |child: &Element<'_>| child.is(DSIG_NAMESPACE, local);
    data.children()
        .filter(named("KeyInfo"))
        .flat_map(Element::children)
        .filter(named("X509Data"))
        .flat_map(Element::children)
        .filter(named("X509Certificate"))
        .filter_map(|certificate| text(certificate).ok())
        .filter_map(|base64| STANDARD.decode(base64.split_ascii_whitespace().collect::<String>()).ok())
        .any(|der| Some(der.as_slice()) == holder)
}
