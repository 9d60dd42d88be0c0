//! Until when, and for whom, a token holds (saml-core-2.0-os §2.5).

use kapia_xml::Element;
use time::{Duration, OffsetDateTime};

use crate::refusal::Refusal;
use crate::shape::{SAML2, optional, text};
use crate::{judge::Trust, moment};

/// Checks every condition of an assertion; gives the moment at which it ends.
pub(crate) fn check(assertion: Element<'_>, trust: &Trust, now: OffsetDateTime) -> Result<OffsetDateTime, Refusal> {
    let issued = moment::attribute(assertion, "IssueInstant")?.ok_or(Refusal::Structure)?;
    begun(Some(issued), now, trust.clock_skew)?;
    let conditions = optional(assertion, "Conditions")?.ok_or(Refusal::Endless)?;
    let ends = moment::attribute(conditions, "NotOnOrAfter")?.ok_or(Refusal::Endless)?;
    begun(moment::attribute(conditions, "NotBefore")?, now, trust.clock_skew)?;
    not_over(Some(ends), now, trust.clock_skew)?;

    let mut restricted = false;
    for condition in conditions.children() {
        if condition.is(SAML2, "AudienceRestriction") {
            restricted = true;
            is_for_us(condition, &trust.audiences)?;
        } else if condition.is(SAML2, "OneTimeUse") {
            return Err(Refusal::OneTimeUse);
        } else if !condition.is(SAML2, "ProxyRestriction") {
            // What a condition demands that nobody here knows, nobody here has kept (§2.5.1).
            return Err(Refusal::Condition);
        }
    }
    if restricted || trust.audiences.is_empty() { Ok(ends) } else { Err(Refusal::Audience) }
}

/// Refuses what begins later.
pub(crate) fn begun(moment: Option<OffsetDateTime>, now: OffsetDateTime, skew: Duration) -> Result<(), Refusal> {
    match moment {
        Some(moment) if now.saturating_add(skew) < moment => Err(Refusal::NotYetValid),
        _ => Ok(()),
    }
}

/// Refuses what is over: the moment itself is outside.
pub(crate) fn not_over(moment: Option<OffsetDateTime>, now: OffsetDateTime, skew: Duration) -> Result<(), Refusal> {
    match moment {
        Some(moment) if moment <= now.saturating_sub(skew) => Err(Refusal::Expired),
        _ => Ok(()),
    }
}

fn is_for_us(restriction: Element<'_>, audiences: &[String]) -> Result<(), Refusal> {
    if audiences.is_empty() {
        return Ok(());
    }
    for audience in restriction.children().filter(|child| child.is(SAML2, "Audience")) {
        let audience = text(audience)?;
        if audiences.iter().any(|known| known == audience.trim()) {
            return Ok(());
        }
    }
    Err(Refusal::Audience)
}
