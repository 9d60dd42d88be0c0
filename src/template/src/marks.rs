//! Marks: characters that no XML document can hold, put into the template beside its elements, attributes and values, so
//! that what is rendered can be judged while it streams by. [`crate::prune`] takes them out again.

use std::ops::Range;

/// Before a start tag; the number of the element's rule follows, up to [`STOP`].
pub(crate) const ELEMENT: char = '\u{1}';
/// Ends a number.
pub(crate) const STOP: char = '\u{2}';
/// After a start tag.
pub(crate) const CONTENT: char = '\u{3}';
/// Before an end tag.
pub(crate) const CONTENT_END: char = '\u{4}';
/// After an end tag, or after a tag that is both.
pub(crate) const ELEMENT_END: char = '\u{5}';
/// Before an attribute, white space included; the number of its rule follows, up to [`STOP`].
pub(crate) const ATTRIBUTE: char = '\u{6}';
/// After an attribute.
pub(crate) const ATTRIBUTE_END: char = '\u{7}';
/// Before a value; the number of its expression follows, up to [`STOP`].
pub(crate) const VALUE: char = '\u{8}';
/// After a value.
pub(crate) const VALUE_END: char = '\u{e}';
/// A value that is not there.
pub(crate) const NONE: char = '\u{f}';

/// A mark and where it goes.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub at: usize,
    pub sign: char,
    pub number: Option<usize>,
}

impl Mark {
    fn begins(&self) -> bool {
        matches!(self.sign, ELEMENT | CONTENT_END | ATTRIBUTE | VALUE)
    }
}

/// A template with marks, and where each part of it comes from.
#[derive(Debug)]
pub(crate) struct Marked {
    pub source: String,
    runs: Vec<(usize, usize)>,
}

impl Marked {
    /// Puts in the marks and takes out the cuts.
    pub fn new(original: &str, mut marks: Vec<Mark>, cuts: &[Range<usize>]) -> Marked {
        marks.sort_by_key(|mark| (mark.at, mark.begins()));
        let mut marked = Marked { source: String::with_capacity(original.len() + 8 * marks.len()), runs: Vec::new() };
        let mut done = 0;
        let mut cuts = cuts.iter();
        let mut cut = cuts.next();
        let mut copy = |marked: &mut Marked, from: usize, to: usize| {
            let mut from = from;
            while let Some(next) = cut.filter(|next| next.start < to) {
                marked.run(original, from, next.start.max(from));
                from = next.end.max(from);
                if next.end > to {
                    return;
                }
                cut = cuts.next();
            }
            marked.run(original, from, to);
        };
        for mark in marks {
            copy(&mut marked, done, mark.at);
            done = done.max(mark.at);
            marked.source.push(mark.sign);
            if let Some(number) = mark.number {
                marked.source.push_str(&number.to_string());
                marked.source.push(STOP);
            }
        }
        copy(&mut marked, done, original.len());
        marked
    }

    fn run(&mut self, original: &str, from: usize, to: usize) {
        if from < to {
            self.runs.push((self.source.len(), from));
            self.source.push_str(&original[from..to]);
        }
    }

    /// Where an offset of the marked source lies in the original.
    pub fn original(&self, offset: usize) -> usize {
        let after = self.runs.partition_point(|(start, _)| *start <= offset);
        match after.checked_sub(1).and_then(|at| self.runs.get(at)) {
            Some((start, from)) => from + (offset - start),
            None => 0,
        }
    }
}

/// A text without its marks and their numbers.
pub(crate) fn without(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut number = false;
    for character in text.chars() {
        match character {
            ELEMENT | ATTRIBUTE | VALUE => number = true,
            STOP => number = false,
            CONTENT | CONTENT_END | ELEMENT_END | ATTRIBUTE_END | VALUE_END | NONE => {}
            _ if number => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back_to_the_original() {
        let original = "<a>  {{- x }}</a>";
        let marks = vec![
            Mark { at: 13, sign: VALUE_END, number: None },
            Mark { at: 5, sign: VALUE, number: Some(7) },
            Mark { at: 0, sign: ELEMENT, number: Some(0) },
            Mark { at: 3, sign: CONTENT, number: None },
            Mark { at: 13, sign: CONTENT_END, number: None },
        ];
        let cut = 3..5;
        let marked = Marked::new(original, marks, std::slice::from_ref(&cut));
        assert_eq!(marked.source, "\u{1}0\u{2}<a>\u{3}\u{8}7\u{2}{{- x }}\u{e}\u{4}</a>");
        let at = marked.source.find("{{").unwrap();
        assert_eq!(marked.original(at), 5);
        assert_eq!(marked.original(marked.source.len()), original.len());
        assert_eq!(without(&marked.source), "<a>{{- x }}</a>");
    }
}
