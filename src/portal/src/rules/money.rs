//! Terms and charges must not contradict each other (horizontal-systems §3.3 `ProcessTime`, `Tax`, `Payment`; EGS-4005).

use kapia_xml::Element;

use super::Findings;
use crate::fault::Code;

/// Levs for one euro, by which amounts in both currencies must agree: 1.95583, in hundred-thousandths.
const LEVS_FOR_A_EURO: i64 = 195_583;

pub(super) fn check_channel(channel: Element<'_>, findings: &mut Findings<'_>) {
    let mut seen: Vec<String> = Vec::new();
    let mut terms: Vec<(String, i64, Element<'_>)> = Vec::new();
    for time in super::all(channel, "ProcessTime") {
        let kind = super::text(time, "TermType").unwrap_or_default();
        if seen.contains(&kind) {
            findings.fault(Code::TermsInconsistent, time);
        }
        check_term(time, &kind, &mut terms, findings);
        check_taxes(time, findings);
        seen.push(kind);
    }
    check_order(&terms, findings);
}

fn check_term<'d>(
    time: Element<'d>,
    kind: &str,
    terms: &mut Vec<(String, i64, Element<'d>)>,
    findings: &mut Findings<'_>,
) {
    let unit = super::text(time, "Unit");
    let value = super::text(time, "Value").and_then(|value| value.parse::<i64>().ok());
    match (kind, unit, value) {
        ("noDefinitionTermService", None, None) => {}
        ("noDefinitionTermService", ..) => findings.fault(Code::TermsInconsistent, time),
        (kind, Some(unit), Some(value)) => {
            // Working time and calendar time are compared each with its own kind only.
            let (class, hours) = match unit.as_str() {
                "workDays" => ("work", value * 8),
                "workHours" => ("work", value),
                "calendarDays" => ("calendar", value * 24),
                _ => ("calendar", value),
            };
            terms.push((format!("{class}/{kind}"), hours, time));
        }
        _ => findings.fault(Code::TermsInconsistent, time),
    }
}

/// Who pays for speed does not wait longer.
fn check_order(terms: &[(String, i64, Element<'_>)], findings: &mut Findings<'_>) {
    let of = |name: String| terms.iter().find(|(kind, ..)| *kind == name);
    for class in ["work", "calendar"] {
        for (faster, slower) in
            [("expressService", "fastService"), ("fastService", "normalService"), ("expressService", "normalService")]
        {
            if let (Some(fast), Some(slow)) = (of(format!("{class}/{faster}")), of(format!("{class}/{slower}")))
                && fast.1 > slow.1
            {
                findings.fault(Code::TermsInconsistent, fast.2);
            }
        }
    }
}

struct Charge {
    cents: i64,
    currency: String,
    from: String,
    to: Option<String>,
}

fn check_taxes(time: Element<'_>, findings: &mut Findings<'_>) {
    let mut charges: Vec<Charge> = Vec::new();
    for element in super::all(time, "Tax") {
        // The first ten characters: a zone behind a day does not move the day.
        let day = |name| super::text(element, name).map(|day| day.chars().take(10).collect::<String>());
        let charge = Charge {
            cents: super::text(element, "Amount").and_then(|amount| cents(&amount)).unwrap_or_default(),
            currency: super::text(element, "Currency").unwrap_or_default(),
            from: day("ValidFrom").unwrap_or_default(),
            to: day("ValidTo"),
        };
        if charge.to.as_ref().is_some_and(|to| *to < charge.from) {
            findings.fault(Code::TermsInconsistent, element);
        }
        if charges.iter().any(|other| overlap(other, &charge) && !agree(other, &charge)) {
            findings.fault(Code::TermsInconsistent, element);
        }
        charges.push(charge);
    }
}

fn overlap(one: &Charge, other: &Charge) -> bool {
    let ends_before = |first: &Charge, second: &Charge| first.to.as_ref().is_some_and(|to| *to < second.from);
    !ends_before(one, other) && !ends_before(other, one)
}

/// Two charges may hold at once only in levs and in euro, for the same sum up to one stotinka of rounding.
fn agree(one: &Charge, other: &Charge) -> bool {
    let (levs, euro) = match (one.currency.as_str(), other.currency.as_str()) {
        ("BGN", "EUR") => (one.cents, other.cents),
        ("EUR", "BGN") => (other.cents, one.cents),
        _ => return false,
    };
    (i128::from(levs) * 100_000 - i128::from(euro) * i128::from(LEVS_FOR_A_EURO)).abs() <= 100_000
}

/// An amount with at most two digits behind the point, in hundredths.
fn cents(amount: &str) -> Option<i64> {
    let amount = amount.trim().trim_start_matches('+');
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part = part.trim_end_matches('0');
    let part: i64 = match part.len() {
        0 => 0,
        1 => part.parse::<i64>().ok()?.checked_mul(10)?,
        2 => part.parse().ok()?,
        _ => return None,
    };
    whole.checked_mul(100)?.checked_add(part)
}

/// What is free costs nothing in any channel.
pub(super) fn check_payment(record: Element<'_>, payment: Element<'_>, findings: &mut Findings<'_>) {
    if super::text(payment, "Kind").as_deref() == Some("Free") {
        let taxes = super::all(record, "Channel")
            .flat_map(|channel| super::all(channel, "ProcessTime"))
            .flat_map(|time| super::all(time, "Tax"));
        for tax in taxes {
            if super::text(tax, "Amount").and_then(|amount| cents(&amount)).is_none_or(|cents| cents > 0) {
                findings.fault(Code::TermsInconsistent, tax);
            }
        }
    }
    if let Some(iban) = super::one(payment, "IBAN")
        && !iban_holds(&iban.text())
    {
        findings.fault(Code::SchemaViolation, iban);
    }
}

/// The check digits of an account number (ISO 13616, ISO 7064 MOD 97-10).
fn iban_holds(iban: &str) -> bool {
    if !iban.is_ascii() || iban.len() < 5 {
        return false;
    }
    let (head, tail) = iban.split_at(4);
    let mut rest: u32 = 0;
    for character in tail.chars().chain(head.chars()) {
        let Some(digit) = character.to_digit(36) else { return false };
        rest = (if digit < 10 { rest * 10 + digit } else { rest * 100 + digit }) % 97;
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        for (text, expected) in [
            ("0", Some(0)),
            ("12.5", Some(1250)),
            ("12.50", Some(1250)),
            ("+1.05", Some(105)),
            (".5", Some(50)),
            ("1.001", None),
        ] {
            assert_eq!(cents(text), expected, "{text}");
        }
    }

    #[test]
    fn check_digits_of_accounts_are_computed() {
        assert!(iban_holds("BG80BNBG96611020345678"));
        assert!(!iban_holds("BG81BNBG96611020345678"));
        assert!(!iban_holds("BG"));
    }
}
