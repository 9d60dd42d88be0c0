//! Showing where the words of a search were found.

use crate::view::service::shortened;
use crate::xhtml::escape;

/// How many characters of a description a result shows.
const WINDOW: usize = 220;

/// The words of a search, as far as they can be found in texts.
pub(crate) struct Words(Vec<Asked>);

/// A word that was asked for.
struct Asked {
    /// In small letters.
    word: String,
    /// What words with another ending begin with, and the most characters that they have; none for short words.
    forms: Option<(String, usize)>,
}

impl Asked {
    fn of(word: &str) -> Asked {
        let word = word.to_lowercase();
        let length = word.chars().count();
        let beginning = || word.chars().take(length.saturating_sub(2).max(4)).collect();
        let forms = (length >= 5).then(|| (beginning(), length + 3));
        Asked { word, forms }
    }

    fn is(&self, word: &str) -> bool {
        let form = |(beginning, longest): &(String, usize)| {
            word.starts_with(beginning.as_str()) && word.chars().count() <= *longest
        };
        word.starts_with(self.word.as_str()) || self.forms.as_ref().is_some_and(form)
    }
}

impl Words {
    /// The words of what somebody wrote.
    pub fn of(query: &str) -> Words {
        let words = query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Words(words.map(Asked::of).collect())
    }

    /// Whether a word of a text is one that was asked for: it begins with it, or differs in an ending of at most three letters.
    fn found(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        self.0.iter().any(|asked| asked.is(&word))
    }

    /// Where the first word is that was found, in octets.
    fn first(&self, text: &str) -> Option<usize> {
        let mut at = 0;
        pieces(text).find_map(|piece| {
            let place = at;
            at += piece.len();
            (is_word(piece) && self.found(piece)).then_some(place)
        })
    }

    /// Whether the window of a text is its beginning because one of them is there.
    pub fn are_near_the_beginning(&self, text: &str) -> bool {
        self.first(text).is_some_and(|first| first <= WINDOW / 2)
    }

    /// The text as HTML, with what was found in `mark` elements.
    pub fn marked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        for piece in pieces(text) {
            if is_word(piece) && self.found(piece) {
                out.push_str("<mark>");
                escape(piece, &mut out);
                out.push_str("</mark>");
            } else {
                escape(piece, &mut out);
            }
        }
        out
    }

    /// The part of a text around the first word that was found, or its beginning.
    pub fn window(&self, text: &str) -> String {
        let Some(first) = self.first(text).filter(|first| *first > WINDOW / 2) else { return shortened(text, WINDOW) };
        // A few words before it, from the beginning of a word.
        let before = text.get(..first).unwrap_or("");
        let keep = before
            .char_indices()
            .rev()
            .filter(|(_, c)| c.is_whitespace())
            .nth(7)
            .map_or(0, |(at, c)| at + c.len_utf8());
        format!("…{}", shortened(text.get(keep..).unwrap_or(text), WINDOW))
    }
}

fn is_word(piece: &str) -> bool {
    piece.starts_with(char::is_alphanumeric)
}

/// A text as words and what stands between them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let word = first.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != word).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_marked_whatever_their_case_and_ending() {
        let words = Words::of("УДОСТОВЕРЕНИЕ регистър");
        assert_eq!(
            words.marked("Издаване на удостоверения от Регистъра"),
            "Издаване на <mark>удостоверения</mark> от <mark>Регистъра</mark>"
        );
        assert_eq!(Words::of("по").marked("По пътя на портата"), "<mark>По</mark> пътя на <mark>портата</mark>");
        assert_eq!(Words::of("").marked("нищо"), "нищо");
    }

    #[test]
    fn the_window_shows_what_was_found() {
        let text = format!("{} и накрая порта", "дума ".repeat(100));
        let window = Words::of("порта").window(&text);
        assert!(window.starts_with('…') && window.contains("порта") && window.chars().count() < 240, "{window}");
        assert_eq!(Words::of("порта").window("кратко"), "кратко");
    }

    proptest! {
        #[test]
        fn nothing_but_marks_is_added(query in "\\PC{0,20}", text in "\\PC{0,80}") {
            let marked = Words::of(&query).marked(&text);
            let mut plain = String::new();
            escape(&text, &mut plain);
            prop_assert_eq!(marked.replace("<mark>", "").replace("</mark>", ""), plain);
            Words::of(&query).window(&text);
        }
    }
}
