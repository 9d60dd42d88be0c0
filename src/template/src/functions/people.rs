//! Numbers of people: ЕГН and ЛНЧ.

use minijinja::value::Value;

use super::dates::Day;
use super::{Arguments, Definition, Kind, Run};
use crate::fault::Fault;

pub(super) const ALL: &[Definition] = &[
    Definition {
        kind: Kind::Filter,
        name: "egn",
        arguments: "",
        example: "' 7605239965 '|egn",
        gives: "7605239965",
        about: [
            "the ЕГН without blanks; an error unless it has ten digits, a possible date and a right check digit",
            "ЕГН без интервали; грешка, ако няма десет цифри, възможна дата и вярна контролна цифра",
        ],
        run: Run::Text(|text| Ok(Value::from(Egn::parse(text)?.digits))),
    },
    Definition {
        kind: Kind::Filter,
        name: "egn_birth_date",
        arguments: "",
        example: "'0442089937'|egn_birth_date",
        gives: "2004-02-08",
        about: ["the birth date in an ЕГН, as xs:date", "рождената дата от ЕГН като xs:date"],
        run: Run::Text(|text| Ok(Value::from(Egn::parse(text)?.born.to_string()))),
    },
    Definition {
        kind: Kind::Filter,
        name: "egn_sex",
        arguments: "male, female",
        example: "'7909149958'|egn_sex('Мъж', 'Жена')",
        gives: "Жена",
        about: [
            "the sex in an ЕГН: the first text for a man (an even ninth digit), the second for a woman; without texts `M` and `F`",
            "полът от ЕГН: първият текст за мъж (четна девета цифра), вторият за жена; без текстове `M` и `F`",
        ],
        run: Run::With(|text, arguments| {
            let male = Egn::parse(text)?.male;
            Ok(Value::from(if male { arguments.text_or(0, "M")? } else { arguments.text_or(1, "F")? }))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "egn_century",
        arguments: "",
        example: "'0442089937'|egn_century",
        gives: "20442089937",
        about: [
            "the ЕГН with a digit for the century before it: 1 for 19…, 0 for 18…, 2 for 20…",
            "ЕГН с водеща цифра за века: 1 за 19…, 0 за 18…, 2 за 20…",
        ],
        run: Run::Text(|text| {
            let egn = Egn::parse(text)?;
            let century = match egn.born.year / 100 {
                18 => '0',
                19 => '1',
                _ => '2',
            };
            Ok(Value::from(format!("{century}{}", egn.digits)))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "egn_plain",
        arguments: "",
        example: "'17605239965'|egn_plain",
        gives: "7605239965",
        about: [
            "the ЕГН without the digit for the century, which must fit; an ЕГН without one stays as it is",
            "ЕГН без водещата цифра за века, която трябва да съответства; ЕГН без такава цифра остава същият",
        ],
        run: Run::Text(|text| {
            let text = text.trim();
            let egn = match text.len() {
                11 => Egn::parse(text.get(1..).unwrap_or_default())?,
                _ => Egn::parse(text)?,
            };
            let century = match egn.born.year / 100 {
                18 => "0",
                19 => "1",
                _ => "2",
            };
            if text.len() == 11 && !text.starts_with(century) {
                return Err(Fault::new("value-egn"));
            }
            Ok(Value::from(egn.digits))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "lnch",
        arguments: "",
        example: "'1000000001'|lnch",
        gives: "1000000001",
        about: [
            "the ЛНЧ without blanks; an error unless it has ten digits and a right check digit",
            "ЛНЧ без интервали; грешка, ако няма десет цифри и вярна контролна цифра",
        ],
        run: Run::Text(|text| lnch(text).map(Value::from).ok_or_else(|| Fault::new("value-lnch"))),
    },
    Definition {
        kind: Kind::Test,
        name: "egn",
        arguments: "",
        example: "'7605239964' is egn",
        gives: "false",
        about: ["whether it is an ЕГН", "дали е ЕГН"],
        run: Run::Text(|text| Ok(Value::from(Egn::parse(text).is_ok()))),
    },
    Definition {
        kind: Kind::Test,
        name: "lnch",
        arguments: "",
        example: "'1000000001' is lnch",
        gives: "true",
        about: ["whether it is an ЛНЧ", "дали е ЛНЧ"],
        run: Run::Text(|text| Ok(Value::from(lnch(text).is_some()))),
    },
    Definition {
        kind: Kind::Filter,
        name: "person_kind",
        arguments: "egn, lnch, other",
        example: "'7605239965'|person_kind('EGN', 'LNCh', 'Other')",
        gives: "EGN",
        about: [
            "the first text for an ЕГН, the second for an ЛНЧ, the third for anything else",
            "първият текст за ЕГН, вторият за ЛНЧ, третият за всичко друго",
        ],
        run: Run::With(kind),
    },
];

fn kind(text: &str, arguments: &Arguments<'_>) -> Result<Value, Fault> {
    let at = match (Egn::parse(text).is_ok(), lnch(text).is_some()) {
        (true, _) => 0,
        (_, true) => 1,
        _ => 2,
    };
    Ok(Value::from(arguments.required_text(at)?))
}

/// An ЕГН that is right.
struct Egn {
    digits: String,
    born: Day,
    male: bool,
}

impl Egn {
    fn parse(text: &str) -> Result<Egn, Fault> {
        Egn::of(text.trim()).ok_or_else(|| Fault::new("value-egn"))
    }

    fn of(text: &str) -> Option<Egn> {
        let digits = digits::<10>(text)?;
        let [y1, y2, m1, m2, d1, d2, _, _, sex, check] = digits;
        let sum = weighed(&digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]);
        if sum % 11 % 10 != check {
            return None;
        }
        let month = m1 * 10 + m2;
        let (century, month) = match month {
            21..=32 => (1800, month - 20),
            41..=52 => (2000, month - 40),
            _ => (1900, month),
        };
        let born = Day::new(century + (y1 * 10 + y2), month, d1 * 10 + d2)?;
        Some(Egn { digits: text.to_owned(), born, male: sex % 2 == 0 })
    }
}

fn lnch(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = digits::<10>(text)?;
    let sum = weighed(&digits, &[21, 19, 17, 13, 11, 9, 7, 3, 1]);
    (sum % 10 == digits[9]).then(|| text.to_owned())
}

fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    digits.try_into().ok()
}

fn weighed(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_and_the_date_decide_what_an_egn_is() {
        for right in ["7605239965", "7909149958", "0442089937", "1547309942", "4803129981"] {
            assert!(Egn::of(right).is_some(), "{right}");
        }
        for wrong in
            ["7605239964", "760523996", "76052399655", "7613239960", "7602319960", "abcdefghij", "", "٧٦٠٥٢٣٩٩٦٥"]
        {
            assert!(Egn::of(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_month_carries_the_century() {
        assert_eq!(Egn::of("0442089937").unwrap().born.year, 2004);
        assert_eq!(Egn::of("7605239965").unwrap().born.year, 1976);
        // 21…32 is 18…: 1899-01-01 with a right check digit.
        let nine = [9, 9, 2, 1, 0, 1, 9, 9, 0];
        let check = weighed(&nine, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
        let egn = format!("992101990{check}");
        assert_eq!(Egn::of(&egn).unwrap().born.to_string(), "1899-01-01");
    }

    #[test]
    fn a_wrong_digit_for_the_century_is_no_egn() {
        let plain = ALL.iter().find(|definition| definition.name == "egn_plain").unwrap();
        let Run::Text(run) = plain.run else { panic!() };
        assert!(run("27605239965").is_err());
        assert_eq!(run("7605239965").unwrap().as_str(), Some("7605239965"));
    }
}
