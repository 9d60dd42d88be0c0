//! One escape for text and for attributes: what is harmless in one place is harmless in the other.

use crate::fault::Fault;

/// Whether XML 1.0 §2.2 lets a document hold the character at all.
pub(crate) fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Writes a value so that it reads back as the same value, in text and between quotes of either kind: what has a meaning
/// becomes a reference, and so does white space that attribute normalisation would turn into blanks (XML 1.0 §3.3.3).
pub(crate) fn escape<E: From<Fault>>(value: &str, mut write: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let mut done = 0;
    for (at, character) in value.char_indices() {
        let replacement = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\'' => "&apos;",
            '\t' => "&#x9;",
            '\n' => "&#xA;",
            '\r' => "&#xD;",
            other if !is_xml(other) => {
                let code = format!("U+{:04X}", u32::from(other));
                return Err(Fault::new("value-character").with("character", code).into());
            }
            _ => continue,
        };
        write(&value[done..at])?;
        write(replacement)?;
        done = at + character.len_utf8();
    }
    write(&value[done..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::{Document, Limits};

    fn escaped(value: &str) -> Result<String, Fault> {
        let mut out = String::new();
        escape(value, |part| {
            out.push_str(part);
            Ok::<(), Fault>(())
        })?;
        Ok(out)
    }

    #[test]
    fn a_value_reads_back_as_itself_in_text_and_in_either_kind_of_quotes() {
        for value in ["<a>&amp;]]>", "\"'", "\t x \n\r", "Иван", "", "]]>", "<!--", "{{ x }}", "\u{fffd}\u{10ffff}"]
        {
            let escaped = escaped(value).unwrap();
            let source = format!("<a b=\"{escaped}\" c='{escaped}'>{escaped}</a>");
            let document = Document::read(source, &Limits::default()).unwrap();
            assert_eq!(document.root().text(), value);
            assert_eq!(document.root().attribute("", "b").unwrap(), value);
            assert_eq!(document.root().attribute("", "c").unwrap(), value);
        }
    }

    #[test]
    fn a_character_that_no_document_can_hold_is_refused_by_its_number() {
        for (value, number) in [("a\0b", "U+0000"), ("\u{1}", "U+0001"), ("\u{fffe}", "U+FFFE")] {
            let fault = escaped(value).unwrap_err();
            assert_eq!(fault.values, [("character", [number.to_owned(), number.to_owned()])]);
        }
    }
}
