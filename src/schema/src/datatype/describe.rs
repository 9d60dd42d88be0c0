//! Types in words, for people who fill in forms or read a schema.

use super::{Builtin, FacetKind, Language, SimpleType, Variety};

impl SimpleType {
    /// The type and its facets in one line: `string, at most 10 characters, pattern [0-9]{10}`.
    pub fn describe(&self, language: Language) -> String {
        let mut parts = vec![match self.variety {
            Variety::Atomic => noun(self.builtin, language).to_owned(),
            Variety::List => {
                let item = self.item.as_ref().map_or_else(String::new, |item| item.describe(language));
                language.pick(format!("list of ({item})"), format!("списък от ({item})"))
            }
            Variety::Union => {
                let members = self.members.iter().map(|member| member.describe(language)).collect::<Vec<_>>();
                members.join(language.pick("; or ", "; или "))
            }
        }];
        self.describe_lengths(language, &mut parts);
        self.describe_bounds(language, &mut parts);
        self.describe_digits(language, &mut parts);
        for step in self.patterns() {
            parts.push(format!("{} {}", language.pick("pattern", "шаблон"), step.join(language.pick(" or ", " или "))));
        }
        if let Some(allowed) = self.enumeration() {
            let shown = allowed.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(" | ");
            let more = allowed.len().saturating_sub(SHOWN);
            let rest = match more {
                0 => String::new(),
                _ => language.pick(format!(" | … {more} more"), format!(" | … още {more}")),
            };
            parts.push(format!("{}: {shown}{rest}", language.pick("one of", "едно от")));
        }
        parts.join(", ")
    }

    fn describe_lengths(&self, language: Language, parts: &mut Vec<String>) {
        let unit = self.unit();
        let count = |kind| self.facet(kind).map(|count| unit.count(count, language));
        if let Some(exact) = count(FacetKind::Length) {
            parts.push(language.pick(format!("exactly {exact}"), format!("точно {exact}")));
            return;
        }
        if let Some(least) = count(FacetKind::MinLength) {
            parts.push(language.pick(format!("at least {least}"), format!("поне {least}")));
        }
        if let Some(most) = count(FacetKind::MaxLength) {
            parts.push(language.pick(format!("at most {most}"), format!("най-много {most}")));
        }
    }

    fn describe_bounds(&self, language: Language, parts: &mut Vec<String>) {
        // The bounds of a built-in type are in its name.
        let built_in = self.builtin.simple_type();
        for (kind, en, bg) in [
            (FacetKind::MinInclusive, "from", "от"),
            (FacetKind::MinExclusive, "above", "над"),
            (FacetKind::MaxInclusive, "to", "до"),
            (FacetKind::MaxExclusive, "below", "под"),
        ] {
            if let Some(bound) = self.facet(kind).filter(|bound| built_in.facet(kind).as_ref() != Some(bound)) {
                parts.push(format!("{} {bound}", language.pick(en, bg)));
            }
        }
    }

    fn describe_digits(&self, language: Language, parts: &mut Vec<String>) {
        let digits = super::error::Unit::Digits;
        if let Some(total) = self.facet(FacetKind::TotalDigits) {
            let total = digits.count(total, language);
            parts.push(language.pick(format!("at most {total}"), format!("най-много {total}")));
        }
        if self.builtin == Builtin::Decimal
            && let Some(fraction) = self.facet(FacetKind::FractionDigits)
        {
            let fraction = digits.count(fraction, language);
            parts.push(
                language
                    .pick(format!("at most {fraction} after the point"), format!("най-много {fraction} след точката")),
            );
        }
    }
}

/// How many allowed values a description lists.
const SHOWN: usize = 12;

fn noun(builtin: Builtin, language: Language) -> &'static str {
    let (en, bg) = match builtin {
        Builtin::AnySimpleType => ("any simple value", "произволна проста стойност"),
        Builtin::String => ("string", "низ"),
        Builtin::NormalizedString => ("string without line ends and tabs", "низ без нови редове и табулации"),
        Builtin::Token => ("string without needless spaces", "низ без излишни интервали"),
        Builtin::Boolean => ("boolean (true, false, 1, 0)", "да/не (true, false, 1, 0)"),
        Builtin::Decimal => ("decimal number", "десетично число"),
        Builtin::Float | Builtin::Double => ("floating-point number", "число с плаваща запетая"),
        Builtin::Duration => ("duration (such as P1Y2M3DT4H)", "продължителност (например P1Y2M3DT4H)"),
        Builtin::DateTime => ("date and time (YYYY-MM-DDThh:mm:ss)", "дата и час (ГГГГ-ММ-ДДTчч:мм:сс)"),
        Builtin::Time => ("time (hh:mm:ss)", "час (чч:мм:сс)"),
        Builtin::Date => ("date (YYYY-MM-DD)", "дата (ГГГГ-ММ-ДД)"),
        Builtin::GYearMonth => ("year and month (YYYY-MM)", "година и месец (ГГГГ-ММ)"),
        Builtin::GYear => ("year (YYYY)", "година (ГГГГ)"),
        Builtin::GMonthDay => ("month and day (--MM-DD)", "месец и ден (--ММ-ДД)"),
        Builtin::GDay => ("day of a month (---DD)", "ден от месец (---ДД)"),
        Builtin::GMonth => ("month (--MM)", "месец (--ММ)"),
        Builtin::HexBinary => ("octets in hexadecimal", "байтове в шестнадесетичен запис"),
        Builtin::Base64Binary => ("octets in Base64", "байтове в Base64"),
        Builtin::AnyUri => ("URI", "адрес (URI)"),
        Builtin::QName => ("qualified name", "квалифицирано име"),
        Builtin::Notation => ("notation", "нотация"),
        Builtin::Language => ("language code (such as bg)", "код на език (например bg)"),
        Builtin::Name | Builtin::NcName | Builtin::Nmtoken | Builtin::Nmtokens => ("XML name", "XML име"),
        Builtin::Id => ("identifier, unique in the document", "идентификатор, единствен в документа"),
        Builtin::Idref | Builtin::Idrefs => ("reference to an identifier", "препратка към идентификатор"),
        Builtin::Entity | Builtin::Entities => ("name of an entity", "име на същност"),
        Builtin::Integer => ("integer", "цяло число"),
        Builtin::NonPositiveInteger => ("integer, at most 0", "цяло число, най-много 0"),
        Builtin::NegativeInteger => ("integer below 0", "цяло число под 0"),
        Builtin::NonNegativeInteger => ("integer, at least 0", "цяло число, поне 0"),
        Builtin::PositiveInteger => ("integer above 0", "цяло число над 0"),
        Builtin::Long => ("integer of 64 bits", "цяло число (64 бита)"),
        Builtin::Int => ("integer of 32 bits", "цяло число (32 бита)"),
        Builtin::Short => ("integer of 16 bits", "цяло число (16 бита)"),
        Builtin::Byte => ("integer from -128 to 127", "цяло число от -128 до 127"),
        Builtin::UnsignedLong => ("integer of 64 bits, at least 0", "цяло число (64 бита), поне 0"),
        Builtin::UnsignedInt => ("integer of 32 bits, at least 0", "цяло число (32 бита), поне 0"),
        Builtin::UnsignedShort => ("integer from 0 to 65535", "цяло число от 0 до 65535"),
        Builtin::UnsignedByte => ("integer from 0 to 255", "цяло число от 0 до 255"),
    };
    language.pick(en, bg)
}

/// How a value of the type is written: the hint to a lexical error.
pub(super) fn form(builtin: Builtin, language: Language) -> &'static str {
    let (en, bg) = match builtin {
        Builtin::Boolean => ("write true or false", "пишете true или false"),
        Builtin::Decimal => (
            "write digits with a point, such as 12.50, without spaces",
            "пишете цифри с точка, например 12.50, без интервали",
        ),
        Builtin::Float | Builtin::Double => {
            ("write a number such as 12.5 or 1.25E1", "пишете число, например 12.5 или 1.25E1")
        }
        Builtin::Duration => {
            ("write a duration such as P1Y2M3DT4H5M6S", "пишете продължителност, например P1Y2M3DT4H5M6S")
        }
        Builtin::DateTime => (
            "write YYYY-MM-DDThh:mm:ss, such as 2024-03-31T09:30:00",
            "пишете ГГГГ-ММ-ДДTчч:мм:сс, например 2024-03-31T09:30:00",
        ),
        Builtin::Time => ("write hh:mm:ss, such as 09:30:00", "пишете чч:мм:сс, например 09:30:00"),
        Builtin::Date => ("write YYYY-MM-DD, such as 2024-03-31", "пишете ГГГГ-ММ-ДД, например 2024-03-31"),
        Builtin::GYearMonth => ("write YYYY-MM, such as 2024-03", "пишете ГГГГ-ММ, например 2024-03"),
        Builtin::GYear => ("write YYYY, such as 2024", "пишете ГГГГ, например 2024"),
        Builtin::GMonthDay => ("write --MM-DD, such as --03-31", "пишете --ММ-ДД, например --03-31"),
        Builtin::GDay => ("write ---DD, such as ---31", "пишете ---ДД, например ---31"),
        Builtin::GMonth => ("write --MM, such as --03", "пишете --ММ, например --03"),
        Builtin::HexBinary => {
            ("write two hexadecimal digits for each octet", "пишете по две шестнадесетични цифри за всеки байт")
        }
        Builtin::Base64Binary => ("write Base64 with its padding", "пишете Base64 с допълването в края"),
        Builtin::AnyUri => (
            "write a URI; '%' is followed by two hexadecimal digits",
            "пишете URI; след „%“ има две шестнадесетични цифри",
        ),
        Builtin::Language => ("write a language code such as bg or en-GB", "пишете код на език, например bg или en-GB"),
        Builtin::QName | Builtin::Notation => ("write a name or prefix:name", "пишете име или префикс:име"),
        Builtin::Name
        | Builtin::NcName
        | Builtin::Id
        | Builtin::Idref
        | Builtin::Idrefs
        | Builtin::Entity
        | Builtin::Entities => {
            ("write an XML name: a letter first, no spaces", "пишете XML име: първо буква, без интервали")
        }
        Builtin::Nmtoken | Builtin::Nmtokens => {
            ("write letters, digits, '.', '-', '_' or ':'", "пишете букви, цифри, „.“, „-“, „_“ или „:“")
        }
        Builtin::AnySimpleType | Builtin::String | Builtin::NormalizedString | Builtin::Token => {
            ("write text", "пишете текст")
        }
        _ => ("write digits only, such as 42", "пишете само цифри, например 42"),
    };
    language.pick(en, bg)
}
