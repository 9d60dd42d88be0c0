//! Fees and terms: what a service costs today, in both currencies, and how long it takes, in words.

use crate::dates;
use crate::money::Money;
use crate::record::Part;
use crate::text::{self, say};
use crate::together;
use kapia_language::Language;
use serde::Serialize;
use time::Date;
use time::macros::format_description;

/// A way of delivery with its lines.
#[derive(Serialize)]
pub(crate) struct Channel {
    /// What the way is called.
    pub name: String,
    /// Whether the name is the record's own Bulgarian one.
    pub foreign: bool,
    /// When it is open.
    pub hours: Option<String>,
    /// The kinds of service in it.
    pub lines: Vec<Line>,
}

/// A kind of service: its term and its fee.
#[derive(Serialize)]
pub(crate) struct Line {
    /// Standard, fast, express.
    pub kind: String,
    /// `5 работни дни`.
    pub term: String,
    /// What is paid today; empty if nothing is said.
    pub fees: Vec<Fee>,
    /// What will be paid later.
    pub later: Vec<Fee>,
    #[serde(skip)]
    duration: Option<Duration>,
}

/// An amount.
#[derive(Serialize)]
pub(crate) struct Fee {
    /// In euro, or as written if the currency is another.
    pub text: String,
    /// In lev.
    pub lev: Option<String>,
    /// From when to when, if that is limited ahead.
    pub period: Option<String>,
    #[serde(skip)]
    money: Option<Money>,
}

impl Fee {
    /// The amount in euro, for machines; none for other currencies.
    pub fn in_euro(&self) -> Option<String> {
        self.money.map(|money| money.euro().plain())
    }
}

/// What a fee and a term are in one line each, for the summary of a page.
#[derive(Serialize, Default)]
pub(crate) struct Summary {
    /// `Безплатно`, `10,23 € (20,00 лв.)`, `от 10,23 €`.
    pub fee: Option<String>,
    /// `5 работни дни`, `от 1 работен ден`.
    pub term: Option<String>,
}

/// A term as a number of units.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Duration {
    value: u32,
    unit: String,
}

/// The ways of delivery of a record, with what holds on `today` and after it.
pub(crate) fn channels(record: Part<'_>, today: Date, language: Language) -> Vec<Channel> {
    record.parts("Channel").map(|channel| read_channel(channel, today, language)).collect()
}

fn read_channel(channel: Part<'_>, today: Date, language: Language) -> Channel {
    let (name, foreign) = coded(channel.part("ChannelType"), "channel", language);
    let lines = channel.parts("ProcessTime").map(|line| read_line(line, today, language)).collect();
    Channel { name, foreign, hours: channel.text("OpeningHours").map(|hours| together::kept(&hours)), lines }
}

fn read_line(line: Part<'_>, today: Date, language: Language) -> Line {
    let kind = line.text("TermType").unwrap_or_default();
    let duration = line
        .text("Value")
        .and_then(|value| value.parse().ok())
        .map(|value| Duration { value, unit: line.text("Unit").unwrap_or_else(|| "calendarDays".to_owned()) });
    let term = match &duration {
        Some(duration) => duration.text(language),
        None => say("no-term", language, &[]),
    };
    let mut fees = Vec::new();
    let mut later = Vec::new();
    for tax in line.parts("Tax") {
        let from = tax.text("ValidFrom").and_then(|text| date(&text));
        let to = tax.text("ValidTo").and_then(|text| date(&text));
        if to.is_some_and(|to| to < today) {
            continue;
        }
        let ahead = from.is_some_and(|from| from > today);
        let fee = read_fee(tax, if ahead { from } else { None }, to, language);
        if ahead { later.push(fee) } else { fees.push(fee) }
    }
    let (fees, later) = (merged(fees), merged(later));
    let kind = text::label("term", &kind, language).unwrap_or(kind);
    Line { kind, term, fees, later, duration }
}

/// One amount that is given in both currencies is one amount, each figure as given.
fn merged(fees: Vec<Fee>) -> Vec<Fee> {
    let mut merged: Vec<Fee> = Vec::new();
    for fee in fees {
        let same = |other: &&mut Fee| {
            let both = fee.money.zip(other.money);
            both.is_some_and(|(one, other)| one.euro() == other.euro()) && fee.period == other.period
        };
        match merged.iter_mut().find(same) {
            Some(other) if fee.money.is_some_and(|money| money == money.lev()) => other.lev = fee.lev,
            Some(other) => other.text = fee.text,
            None => merged.push(fee),
        }
    }
    merged
}

fn read_fee(tax: Part<'_>, from: Option<Date>, to: Option<Date>, language: Language) -> Fee {
    let amount = tax.text("Amount").unwrap_or_default();
    let currency = tax.text("Currency").unwrap_or_default();
    let money = Money::read(&amount, &currency);
    let day = |date: Date| dates::day_of(date, language);
    let period = match (from.map(day), to.map(day)) {
        (Some(from), Some(to)) => Some(say("fee-between", language, &[("from", &from), ("to", &to)])),
        (Some(from), None) => Some(say("fee-since", language, &[("from", &from)])),
        (None, Some(to)) => Some(say("fee-until", language, &[("to", &to)])),
        (None, None) => None,
    };
    match money {
        Some(money) if money.is_zero() => {
            Fee { text: say("free", language, &[]), lev: None, period, money: Some(money) }
        }
        Some(money) => {
            Fee { text: money.euro().text(language), lev: Some(money.lev().text(language)), period, money: Some(money) }
        }
        None => Fee { text: format!("{amount} {currency}"), lev: None, period, money: None },
    }
}

/// What the summary of a page says about fee and term.
pub(crate) fn summary(record: Part<'_>, channels: &[Channel], language: Language) -> Summary {
    let lines: Vec<&Line> = channels.iter().flat_map(|channel| &channel.lines).collect();
    Summary { fee: fee(record, &lines, language), term: term(&lines, language) }
}

fn fee(record: Part<'_>, lines: &[&Line], language: Language) -> Option<String> {
    let payment = record.part("Payment");
    if payment.is_some_and(|payment| payment.text("Kind").as_deref() == Some("Free")) {
        return Some(say("free", language, &[]));
    }
    let amounts: Vec<Money> = lines.iter().flat_map(|line| &line.fees).filter_map(|fee| fee.money).collect();
    let Some(least) = amounts.iter().copied().min_by_key(|money| money.euro().cents()) else {
        let computed = payment.is_some_and(|payment| payment.text("Generation").as_deref() == Some("Computed"));
        return computed.then(|| say("fee-computed", language, &[]));
    };
    let shown = if least.is_zero() {
        say("free", language, &[])
    } else {
        let (euro, lev) = (least.euro().text(language), least.lev().text(language));
        format!("{euro} ({lev})")
    };
    let same = amounts.iter().all(|money| money.euro() == least.euro());
    Some(if same || least.is_zero() { shown } else { say("from-fee", language, &[("fee", &shown)]) })
}

fn term(lines: &[&Line], language: Language) -> Option<String> {
    let durations: Vec<&Duration> = lines.iter().filter_map(|line| line.duration.as_ref()).collect();
    let shortest = durations.iter().min_by_key(|duration| duration.hours())?;
    let shown = shortest.text(language);
    let same = durations.iter().all(|duration| duration == shortest);
    Some(if same { shown } else { say("from-term", language, &[("term", &shown)]) })
}

impl Duration {
    fn text(&self, language: Language) -> String {
        let form = if self.value == 1 { "one" } else { "many" };
        let unit = text::label("unit", &format!("{}:{form}", self.unit), language).unwrap_or_else(|| self.unit.clone());
        format!("{}\u{a0}{unit}", self.value)
    }

    /// To compare terms of different units: a working day is eight hours of work in seven fifths of a day.
    fn hours(&self) -> u32 {
        let hours = match self.unit.as_str() {
            "workDays" => 34,
            "workHours" => 4,
            "calendarHours" => 1,
            _ => 24,
        };
        self.value.saturating_mul(hours)
    }
}

/// What a coded value is called: the label that is known here, else the record's own; whether that is not in `language`.
pub(crate) fn coded(part: Option<Part<'_>>, list: &str, language: Language) -> (String, bool) {
    let Some(part) = part else { return (String::new(), false) };
    let code = part.text("Code").unwrap_or_default();
    if let Some(label) = text::label(list, &code, language) {
        return (label, false);
    }
    match part.best("Name", language).and_then(|name| Some((name.own_text()?, name.language()))) {
        Some((name, tag)) => (name, !tag.starts_with(crate::record::code(language))),
        None => (code, false),
    }
}

/// An xs:date; its zone does not move a day of Bulgarian law.
fn date(text: &str) -> Option<Date> {
    Date::parse(text.get(..10)?, format_description!("[year]-[month]-[day]")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use time::macros::date;

    fn record(inner: &str) -> Record {
        let xml = format!("<ServiceRecord xmlns=\"urn:egov-gateway:portal:service-record:1\">{inner}</ServiceRecord>");
        Record::read(xml.into()).unwrap()
    }

    fn channel(lines: &str) -> String {
        format!("<Channel><ChannelType><Code>0006-000077</Code></ChannelType>{lines}</Channel>")
    }

    fn line(term: &str, value: u32, taxes: &str) -> String {
        format!(
            "<ProcessTime><TermType>{term}</TermType><Unit>workDays</Unit><Value>{value}</Value>{taxes}</ProcessTime>"
        )
    }

    fn tax(amount: &str, currency: &str, from: &str, to: &str) -> String {
        let to = if to.is_empty() { String::new() } else { format!("<ValidTo>{to}</ValidTo>") };
        format!("<Tax><Amount>{amount}</Amount><Currency>{currency}</Currency><ValidFrom>{from}</ValidFrom>{to}</Tax>")
    }

    fn today() -> Date {
        date!(2026 - 11 - 22)
    }

    #[test]
    fn a_fee_is_the_one_of_today_and_the_next_is_announced() {
        let taxes = tax("20.00", "BGN", "2020-01-01", "2025-12-31")
            + &tax("10.23", "EUR", "2026-01-01", "2026-12-31")
            + &tax("20.00", "BGN", "2026-01-01", "2026-12-31")
            + &tax("15", "EUR", "2027-01-01", "");
        let record = record(&channel(&line("normalService", 5, &taxes)));
        let channels = channels(record.root(), today(), Language::Bulgarian);
        let line = &channels[0].lines[0];
        assert_eq!(
            (channels[0].name.as_str(), line.kind.as_str(), line.term.as_str()),
            ("На гише", "Обикновена услуга", "5\u{a0}работни дни")
        );
        // The same amount in both currencies is said once, in both.
        assert_eq!(line.fees.len(), 1);
        assert_eq!(line.fees[0].text, "10,23\u{a0}€");
        assert_eq!(line.fees[0].lev.as_deref(), Some("20,00\u{a0}лв."));
        assert_eq!(line.later[0].period.as_deref(), Some("от 1\u{a0}януари 2027\u{a0}г."));
    }

    #[test]
    fn the_summary_says_from_where_there_is_a_choice() {
        let lines = line("normalService", 5, &tax("20", "BGN", "2020-01-01", ""))
            + &line("expressService", 1, &tax("60", "BGN", "2020-01-01", ""));
        let record = record(&channel(&lines));
        let channels = channels(record.root(), today(), Language::English);
        let summary = summary(record.root(), &channels, Language::English);
        assert_eq!(summary.fee.as_deref(), Some("from €10.23 (BGN\u{a0}20.00)"));
        assert_eq!(summary.term.as_deref(), Some("from 1\u{a0}working day"));
    }

    #[test]
    fn what_is_free_is_called_free_whatever_the_fees_say() {
        let record = record("<Payment><Kind>Free</Kind><Generation>Fixed</Generation></Payment>");
        assert_eq!(summary(record.root(), &[], Language::English).fee.as_deref(), Some("Free of charge"));
    }

    #[test]
    fn another_currency_is_shown_as_it_is_written() {
        let record = record(&channel(&line("normalService", 1, &tax("5.00", "USD", "2020-01-01", ""))));
        let channels = channels(record.root(), today(), Language::English);
        assert_eq!(
            (channels[0].lines[0].fees[0].text.as_str(), &channels[0].lines[0].fees[0].lev),
            ("5.00 USD", &None)
        );
    }
}
