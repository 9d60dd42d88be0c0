//! Provisions of acts, as lawyers write them.

use crate::record::Part;
use crate::together;
use serde::Serialize;

/// An act, and where in it.
#[derive(Serialize, PartialEq, Eq, Debug)]
pub(crate) struct Basis {
    /// The act.
    pub act: String,
    /// The places in it, with what stands there if that is said.
    pub places: Vec<Place>,
}

/// A place in an act.
#[derive(Serialize, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// `чл. 5, ал. 2, т. 3, буква „а“`, `§ 4`; may be empty.
    #[serde(rename = "where")]
    pub where_: String,
    /// What stands there; may be empty.
    pub text: String,
}

/// The legal basis of a record, one entry for each act, in the order in which they are first named.
pub(crate) fn bases(record: Part<'_>) -> Vec<Basis> {
    let mut bases: Vec<Basis> = Vec::new();
    for part in record.parts("LegalBasis") {
        let Some(act) = part.text("ActName") else { continue };
        let place = Place { where_: place(part), text: part.text("Text").unwrap_or_default() };
        let basis = match bases.iter_mut().position(|basis| basis.act == act) {
            Some(at) => bases.get_mut(at),
            None => {
                bases.push(Basis { act, places: Vec::new() });
                bases.last_mut()
            }
        };
        if let Some(basis) = basis.filter(|_| !(place.where_.is_empty() && place.text.is_empty())) {
            basis.places.push(place);
        }
    }
    bases
}

fn place(part: Part<'_>) -> String {
    let named = |field: &str, word: &str| part.text(field).map(|value| with_word(&value, word));
    // The order in which Bulgarian law counts: paragraph of the final provisions, article, alinea, point, letter.
    let steps = [
        named("Paragraph", "§"),
        named("Article", "чл."),
        named("SubParagraph", "ал."),
        named("Point", "т."),
        part.text("Letter").map(|letter| match letter.trim_matches(['„', '“', '"']) {
            plain if plain.starts_with("букв") => plain.to_owned(),
            plain => format!("буква „{plain}“"),
        }),
    ];
    together::kept(&steps.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// Some records write the word into the number.
fn with_word(value: &str, word: &str) -> String {
    if value.starts_with(word) { value.to_owned() } else { format!("{word}\u{a0}{value}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn places_of_one_act_stand_together_in_the_order_of_bulgarian_law() {
        let xml = "<ServiceRecord xmlns=\"urn:egov-gateway:portal:service-record:1\">\
            <LegalBasis><ActName>Закон А</ActName><Article>5</Article><SubParagraph>ал. 2</SubParagraph><Point>3</Point><Letter>а</Letter></LegalBasis>\
            <LegalBasis><ActName>Наредба Б</ActName></LegalBasis>\
            <LegalBasis><ActName>Закон А</ActName><Paragraph>4</Paragraph><Text>Условия</Text></LegalBasis>\
            </ServiceRecord>";
        let record = Record::read(xml.into()).unwrap();
        let bases = bases(record.root());
        assert_eq!(bases.iter().map(|basis| basis.act.as_str()).collect::<Vec<_>>(), ["Закон А", "Наредба Б"]);
        assert_eq!(bases[0].places[0].where_, "чл.\u{a0}5, ал.\u{a0}2, т.\u{a0}3, буква\u{a0}„а“");
        assert_eq!((bases[0].places[1].where_.as_str(), bases[0].places[1].text.as_str()), ("§\u{a0}4", "Условия"));
        assert!(bases[1].places.is_empty());
    }
}
