//! Fees in euro and in lev.

use kapia_language::Language;

/// Levs in a euro, in hundred-thousandths (Council Regulation (EU) 2025/1409: 1.95583).
const LEV_IN_EURO: i128 = 195_583;

/// An amount of money, exact to the cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Money {
    /// In hundredths of the unit.
    cents: i64,
    currency: Currency,
}

/// What fees are paid in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Currency {
    /// The euro.
    Euro,
    /// The lev.
    Lev,
}

impl Money {
    /// Reads `10`, `10.5` or `10.50` of `BGN` or `EUR`; none for anything else, which is then shown as it is written.
    pub fn read(amount: &str, currency: &str) -> Option<Money> {
        let currency = match currency {
            "EUR" => Currency::Euro,
            "BGN" => Currency::Lev,
            _ => return None,
        };
        let amount = amount.trim().strip_prefix('+').unwrap_or(amount.trim());
        let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 15 || part.len() > 2 || !digits(whole) || !digits(part) {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{part:0<2}").parse().ok()?;
        Some(Money { cents: whole.checked_mul(100)?.checked_add(part)?, currency })
    }

    /// The same in the other currency, rounded half up to the cent (Act on the introduction of the euro, rules of conversion).
    pub fn converted(self) -> Money {
        let cents = i128::from(self.cents);
        let (cents, currency) = match self.currency {
            Currency::Euro => ((cents * LEV_IN_EURO + 50_000) / 100_000, Currency::Lev),
            Currency::Lev => ((cents * 100_000 * 2 + LEV_IN_EURO) / (LEV_IN_EURO * 2), Currency::Euro),
        };
        Money { cents: i64::try_from(cents).unwrap_or(i64::MAX), currency }
    }

    /// In euro.
    pub fn euro(self) -> Money {
        if self.currency == Currency::Euro { self } else { self.converted() }
    }

    /// In lev.
    pub fn lev(self) -> Money {
        if self.currency == Currency::Lev { self } else { self.converted() }
    }

    /// In hundredths, to compare amounts of one currency.
    pub fn cents(self) -> i64 {
        self.cents
    }

    /// Whether there is nothing to pay.
    pub fn is_zero(self) -> bool {
        self.cents == 0
    }

    /// `1 234,50 €` or `€1,234.50`; levs are `лв.` and `BGN`.
    pub fn text(self, language: Language) -> String {
        let (point, thousands) = language.pick((".", ","), (",", "\u{a0}"));
        let number = format!("{}{point}{:02}", grouped(self.cents / 100, thousands), self.cents % 100);
        match (language, self.currency) {
            (Language::English, Currency::Euro) => format!("€{number}"),
            (Language::English, Currency::Lev) => format!("BGN\u{a0}{number}"),
            (Language::Bulgarian, Currency::Euro) => format!("{number}\u{a0}€"),
            (Language::Bulgarian, Currency::Lev) => format!("{number}\u{a0}лв."),
        }
    }

    /// `10.50`, for machines.
    pub fn plain(self) -> String {
        format!("{}.{:02}", self.cents / 100, self.cents % 100)
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: i64, separator: &str) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levs_become_euros_at_the_fixed_rate_rounded_half_up() {
        for (lev, euro) in [
            ("1.95583", None),
            ("1.96", Some("1.00")),
            ("20", Some("10.23")),
            ("0.01", Some("0.01")),
            ("100", Some("51.13")),
        ] {
            assert_eq!(Money::read(lev, "BGN").map(|money| money.euro().plain()).as_deref(), euro, "{lev}");
        }
        assert_eq!(Money::read("10", "EUR").unwrap().lev().plain(), "19.56");
        assert_eq!(Money::read("999999999999.99", "EUR").unwrap().lev().plain(), "1955829999999.98");
    }

    #[test]
    fn an_amount_is_written_as_each_language_writes_it() {
        let money = Money::read("1234.5", "EUR").unwrap();
        assert_eq!(money.text(Language::Bulgarian), "1\u{a0}234,50\u{a0}€");
        assert_eq!(money.text(Language::English), "€1,234.50");
        assert_eq!(Money::read("7", "BGN").unwrap().text(Language::Bulgarian), "7,00\u{a0}лв.");
    }

    #[test]
    fn what_is_no_amount_is_not_taken_for_one() {
        for (amount, currency) in
            [("", "BGN"), ("1,5", "BGN"), ("-1", "EUR"), ("1.234", "EUR"), ("1", "USD"), ("9999999999999999", "EUR")]
        {
            assert_eq!(Money::read(amount, currency), None, "{amount} {currency}");
        }
    }
}
