//! Texts, lists, code tables and "not found".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Value;

use super::{Arguments, Definition, Kind, Run};
use crate::fault::Fault;
use crate::nodes::Nodes;
use crate::template::printed;

pub(super) const ALL: &[Definition] = &[
    Definition {
        kind: Kind::Filter,
        name: "trim",
        arguments: "",
        example: "'  Иван  Петров '|trim",
        gives: "Иван  Петров",
        about: ["without white space at the ends", "без интервали в краищата"],
        run: Run::Text(|text| Ok(Value::from(text.trim()))),
    },
    Definition {
        kind: Kind::Filter,
        name: "collapse",
        arguments: "",
        example: "'  Иван  Петров '|collapse",
        gives: "Иван Петров",
        about: [
            "without white space at the ends, and one blank for every run of it inside",
            "без интервали в краищата и с по един интервал вътре",
        ],
        run: Run::Text(|text| Ok(Value::from(text.split_whitespace().collect::<Vec<_>>().join(" ")))),
    },
    Definition {
        kind: Kind::Filter,
        name: "upper",
        arguments: "",
        example: "'Иван ѝ'|upper",
        gives: "ИВАН Ѝ",
        about: ["in capital letters", "с главни букви"],
        run: Run::Text(|text| Ok(Value::from(text.to_uppercase()))),
    },
    Definition {
        kind: Kind::Filter,
        name: "lower",
        arguments: "",
        example: "'ИВАН'|lower",
        gives: "иван",
        about: ["in small letters", "с малки букви"],
        run: Run::Text(|text| Ok(Value::from(text.to_lowercase()))),
    },
    Definition {
        kind: Kind::Filter,
        name: "replace",
        arguments: "old, new",
        example: "'бул. Витоша'|replace('бул.', 'булевард')",
        gives: "булевард Витоша",
        about: ["with one text in place of another", "с един текст вместо друг"],
        run: Run::With(|text, arguments| {
            let old = arguments.required_text(0)?;
            if old.is_empty() {
                return Err(arguments.wrong());
            }
            Ok(Value::from(text.replace(&old, &arguments.required_text(1)?)))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "start",
        arguments: "length",
        example: "'Константин'|start(5)",
        gives: "Конст",
        about: ["at most so many characters from the beginning", "най-много толкова знака от началото"],
        run: Run::With(|text, arguments| {
            let length = arguments.number(0)?.ok_or_else(|| arguments.wrong())?;
            Ok(Value::from(text.chars().take(length).collect::<String>()))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "pad",
        arguments: "length, with",
        example: "'4711'|pad(9)",
        gives: "000004711",
        about: [
            "filled up from the left to this length, at most 1000, with zeros or another character",
            "допълнено отляво до тази дължина, най-много 1000, с нули или друг знак",
        ],
        run: Run::With(|text, arguments| {
            let length = arguments.number(0)?.filter(|length| *length <= 1000).ok_or_else(|| arguments.wrong())?;
            let with = arguments.text_or(1, "0")?;
            let mut characters = with.chars();
            let (Some(fill), None) = (characters.next(), characters.next()) else { return Err(arguments.wrong()) };
            let lacking = length.saturating_sub(text.chars().count());
            Ok(Value::from(std::iter::repeat_n(fill, lacking).collect::<String>() + text))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "digits",
        arguments: "",
        example: "'BG 123-456'|digits",
        gives: "123456",
        about: ["the digits alone", "само цифрите"],
        run: Run::Text(|text| Ok(Value::from(text.chars().filter(char::is_ascii_digit).collect::<String>()))),
    },
    Definition {
        kind: Kind::Filter,
        name: "part",
        arguments: "at, separator",
        example: "'Иван Петров Капийски'|part(2)",
        gives: "Петров",
        about: [
            "one part of a text, counted from 1, between white space or another separator; missing if there is none",
            "една част от текст, броена от 1, между интервали или друг разделител; липсва, ако я няма",
        ],
        run: Run::With(|text, arguments| {
            let at = arguments.number(0)?.and_then(|at| at.checked_sub(1)).ok_or_else(|| arguments.wrong())?;
            let found = match arguments.text(1)? {
                Some(separator) => text.split(&separator).nth(at).map(str::to_owned),
                None => text.split_whitespace().nth(at).map(str::to_owned),
            };
            Ok(Value::from(found.filter(|part| !part.is_empty())))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "text",
        arguments: "",
        example: "12|text ~ 'а'",
        gives: "12а",
        about: [
            "the text of a value, so that it can be compared: an element of a document is not a text by itself",
            "текстът на стойност, за да може да се сравнява: елемент от документ сам по себе си не е текст",
        ],
        run: Run::Text(|text| Ok(Value::from(text))),
    },
    Definition {
        kind: Kind::Filter,
        name: "code",
        arguments: "table, otherwise",
        example: "'2'|code('sex')",
        gives: "Жена",
        about: [
            "what a table `[codes.…]` of adapter.toml gives for this code; without `otherwise` an unknown code is an error",
            "стойността от таблица `[codes.…]` на adapter.toml за този код; без `otherwise` непознат код е грешка",
        ],
        run: Run::Code,
    },
    Definition {
        kind: Kind::Filter,
        name: "base64",
        arguments: "",
        example: "'Kapia'|base64",
        gives: "S2FwaWE=",
        about: ["octets, or a text in UTF-8, as xs:base64Binary", "октети или текст в UTF-8 като xs:base64Binary"],
        run: Run::Any(|value, _| {
            if let Some(octets) = value.as_bytes() {
                return Ok(Value::from(STANDARD.encode(octets)));
            }
            Ok(Value::from(printed(value)?.map(|text| STANDARD.encode(text))))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "default",
        arguments: "value",
        example: "none|default('неизвестен')",
        gives: "неизвестен",
        about: ["another value where this one is missing or empty", "друга стойност, когато тази липсва или е празна"],
        run: Run::Any(|value, arguments| match arguments.values.first() {
            Some(other) if is_empty(value) => Ok(other.clone()),
            Some(_) => Ok(value.clone()),
            None => Err(arguments.wrong()),
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "join",
        arguments: "separator",
        example: "['Иван', none, 'Петров']|join(' ')",
        gives: "Иван Петров",
        about: [
            "the texts of a list, those that are not missing or empty, with a separator between them",
            "текстовете на списък без липсващите и празните, с разделител между тях",
        ],
        run: Run::Any(join),
    },
    Definition {
        kind: Kind::Filter,
        name: "count",
        arguments: "",
        example: "['а', 'б']|count",
        gives: "2",
        about: ["how many members a list has", "броят на членовете на списък"],
        run: Run::Any(|value, _| match value.downcast_object_ref::<Nodes>() {
            Some(nodes) => Ok(Value::from(nodes.len())),
            None => value.len().map(Value::from).ok_or_else(|| Fault::new("value-no-list")),
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "first",
        arguments: "",
        example: "['а', 'б']|first",
        gives: "а",
        about: ["the first member of a list; missing if it is empty", "първият член на списък; липсва, ако е празен"],
        run: Run::Any(|value, _| match value.downcast_object_ref::<Nodes>() {
            Some(nodes) => Ok(nodes.one(0).unwrap_or_else(|| Value::from(()))),
            None => Ok(members(value)?.into_iter().next().unwrap_or_else(|| Value::from(()))),
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "found",
        arguments: "",
        example: "'не е намерено'|found",
        gives: "",
        about: [
            "missing where the register says that it found nothing (see the test `not_found`), else the value",
            "липсва, когато регистърът казва, че не е намерил нищо (вижте проверката `not_found`), иначе стойността",
        ],
        run: Run::Any(|value, _| Ok(if is_not_found(value)? { Value::from(()) } else { value.clone() })),
    },
    Definition {
        kind: Kind::Test,
        name: "not_found",
        arguments: "",
        example: "' Не е намерено. ' is not_found",
        gives: "true",
        about: [
            "whether it is missing, empty, or a text such as `не е намерен(о/а/и)`, `няма данни`, `not found`, `no data`",
            "дали липсва, празно е или е текст като `не е намерен(о/а/и)`, `няма данни`, `not found`, `no data`",
        ],
        run: Run::Any(|value, _| is_not_found(value).map(Value::from)),
    },
    Definition {
        kind: Kind::Test,
        name: "empty",
        arguments: "",
        example: "' ' is empty",
        gives: "true",
        about: ["whether it is missing, or holds nothing but white space", "дали липсва или е само интервали"],
        run: Run::Any(|value, _| Ok(Value::from(is_empty(value)))),
    },
    Definition {
        kind: Kind::Test,
        name: "none",
        arguments: "",
        example: "'' is none",
        gives: "false",
        about: ["whether it is missing (NULL)", "дали липсва (NULL)"],
        run: Run::Any(|value, _| {
            let nothing = value.downcast_object_ref::<Nodes>().is_some_and(|nodes| nodes.len() == 0);
            Ok(Value::from(nothing || value.is_none()))
        }),
    },
    Definition {
        kind: Kind::Function,
        name: "no_data",
        arguments: "",
        example: "no_data()",
        gives: "",
        about: [
            "says that the register has no data about what was asked: the call is journaled as one without data",
            "казва, че регистърът няма данни за питаното: повикването се записва в дневника като такова без данни",
        ],
        run: Run::NoData,
    },
];

fn members(value: &Value) -> Result<Vec<Value>, Fault> {
    if value.as_str().is_some() {
        return Ok(vec![value.clone()]);
    }
    Ok(value.try_iter().map_err(|_| Fault::new("value-no-list"))?.collect())
}

fn join(value: &Value, arguments: &Arguments<'_>) -> Result<Value, Fault> {
    let mut parts = Vec::new();
    for member in members(value)? {
        parts.extend(printed(&member)?.filter(|text| !text.trim().is_empty()));
    }
    Ok(Value::from(Some(parts.join(&arguments.text_or(0, " ")?)).filter(|_| !parts.is_empty())))
}

fn is_empty(value: &Value) -> bool {
    match printed(value) {
        Ok(text) => text.is_none_or(|text| text.trim().is_empty()),
        Err(_) => !value.is_true(),
    }
}

fn is_not_found(value: &Value) -> Result<bool, Fault> {
    let Some(text) = printed(value)? else { return Ok(true) };
    let text = text.trim().trim_end_matches(['.', '!']).to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    const SAYINGS: [&str; 14] = [
        "",
        "не е намерен",
        "не е намерена",
        "не е намерено",
        "не са намерени",
        "не е открит",
        "не е открита",
        "не е открито",
        "няма данни",
        "няма намерени данни",
        "няма информация",
        "not found",
        "no data",
        "no data found",
    ];
    Ok(SAYINGS.contains(&text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_that_nothing_was_found_says_so() {
        for text in ["Не е намерено", "НЯМА  ДАННИ.", "not found!", "", "  "] {
            assert!(is_not_found(&Value::from(text)).unwrap(), "{text}");
        }
        for text in ["намерено", "не", "лицето не е намерено в регистъра", "0"] {
            assert!(!is_not_found(&Value::from(text)).unwrap(), "{text}");
        }
        assert!(is_not_found(&Value::from(())).unwrap());
    }

    #[test]
    fn a_list_is_joined_without_what_is_not_there() {
        let arguments = Arguments { function: "join", values: &[Value::from(", ")] };
        let list = Value::from(vec![Value::from("а"), Value::from(()), Value::from(" "), Value::from(2)]);
        assert_eq!(join(&list, &arguments).unwrap().as_str(), Some("а, 2"));
        assert!(join(&Value::from(Vec::<Value>::new()), &arguments).unwrap().is_none());
        assert!(join(&Value::from(7), &arguments).is_err());
    }
}
