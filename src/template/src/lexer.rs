//! A template taken apart: literal text, `{{ … }}`, `{% … %}`, `{# … #}`. The engine reads the same source again; this
//! reading exists so that a template can be judged as a document before it is ever rendered.

use std::ops::Range;

use crate::fault::Fault;

/// One part of a template by its octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// What is written as it is.
    Text(Range<usize>),
    /// `{{ expression }}`.
    Output { whole: Range<usize>, inner: Range<usize> },
    /// `{% statement %}`.
    Statement { whole: Range<usize>, inner: Range<usize> },
}

/// A template taken apart.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    pub pieces: Vec<Piece>,
    /// White space that a hyphen of `{{-` or `-}}` takes away: the engine would not see it past a mark.
    pub cuts: Vec<Range<usize>>,
}

/// Takes a template apart; the error comes with the offset at which it lies.
pub(crate) fn pieces(source: &str) -> Result<Pieces, (usize, Fault)> {
    let mut found = Pieces::default();
    let mut at = 0;
    let mut trim = None;
    while at < source.len() {
        let open =
            source[at..].find("{{").into_iter().chain(source[at..].find("{%")).chain(source[at..].find("{#")).min();
        let next = open.map_or(source.len(), |open| at + open);
        let inside = source.get(next + 2..).unwrap_or_default();
        let hyphen = inside.starts_with('-');
        let text = literal(source, at..next, trim.take(), hyphen && open.is_some(), &mut found.cuts);
        if !text.is_empty() {
            found.pieces.push(Piece::Text(text));
        }
        if open.is_none() {
            break;
        }
        let (close, is_output) = match source.as_bytes().get(next + 1) {
            Some(b'#') => {
                let end =
                    inside.find("#}").ok_or_else(|| (next, Fault::new("template-unclosed").with("what", "{#")))?;
                trim = Some(inside[..end].ends_with('-'));
                at = next + 2 + end + 2;
                continue;
            }
            Some(b'{') => ("}}", true),
            _ => ("%}", false),
        };
        let end = close_of(inside, close)
            .ok_or_else(|| (next, Fault::new("template-unclosed").with("what", if is_output { "{{" } else { "{%" })))?;
        let whole = next..next + 2 + end + 2;
        let inner = trimmed(source, next + 2..next + 2 + end);
        trim = Some(inside[..end].ends_with('-'));
        at = whole.end;
        found.pieces.push(if is_output { Piece::Output { whole, inner } } else { Piece::Statement { whole, inner } });
    }
    Ok(found)
}

/// The part of a literal that is left when the hyphens beside it have taken their white space.
fn literal(
    source: &str,
    range: Range<usize>,
    trim_start: Option<bool>,
    trim_end: bool,
    cuts: &mut Vec<Range<usize>>,
) -> Range<usize> {
    let Range { mut start, mut end } = range;
    if trim_start == Some(true) {
        let rest = source[start..end].trim_start();
        let cut = start..end - rest.len();
        start = cut.end;
        cuts.push(cut);
    }
    if trim_end {
        let rest = source[start..end].trim_end();
        let cut = start + rest.len()..end;
        end = cut.start;
        cuts.push(cut);
    }
    cuts.retain(|cut| !cut.is_empty());
    start..end
}

/// Without the hyphens and the white space at its ends.
fn trimmed(source: &str, range: Range<usize>) -> Range<usize> {
    let inside = &source[range.clone()];
    let from = inside.strip_prefix(['-', '+']).unwrap_or(inside);
    let from = from.trim_start();
    let start = range.end - from.len();
    let to = from.strip_suffix(['-', '+']).unwrap_or(from).trim_end();
    start..start + to.len()
}

/// Where a tag ends: not inside a text in quotes, and not inside brackets.
fn close_of(inside: &str, close: &str) -> Option<usize> {
    let octets = inside.as_bytes();
    let mut depth = 0_u32;
    let mut at = 0;
    while at < octets.len() {
        match octets[at] {
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < octets.len() && octets[at] != quote {
                    at += 1 + usize::from(octets[at] == b'\\');
                }
            }
            _ if depth == 0 && inside.is_char_boundary(at) && inside[at..].starts_with(close) => return Some(at),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// One word or sign of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token<'s> {
    Word(&'s str),
    Text(&'s str),
    Sign(char),
}

/// The words and signs of an expression or a statement.
pub(crate) fn tokens(inside: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = inside;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => {
                let mut escaped = false;
                let end = rest[1..].find(|c| {
                    let ends = c == first && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                let end = end.map_or(rest.len(), |end| 1 + end);
                tokens.push(Token::Text(rest.get(1..end).unwrap_or_default()));
                (end + 1).min(rest.len())
            }
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..end]));
                end
            }
            c => {
                if !c.is_whitespace() {
                    tokens.push(Token::Sign(c));
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

/// The line of an offset, from 1.
pub(crate) fn line_of(source: &str, offset: usize) -> u32 {
    let before = source.as_bytes().get(..offset.min(source.len())).unwrap_or_default();
    u32::try_from(before.iter().filter(|octet| **octet == b'\n').count() + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> Vec<String> {
        let found = pieces(source).unwrap();
        let show = |piece: &Piece| match piece {
            Piece::Text(range) => format!("text {}", &source[range.clone()]),
            Piece::Output { inner, .. } => format!("out {}", &source[inner.clone()]),
            Piece::Statement { inner, .. } => format!("do {}", &source[inner.clone()]),
        };
        found.pieces.iter().map(show).collect()
    }

    #[test]
    fn a_template_comes_apart_at_its_tags() {
        assert_eq!(shown("<a>{{ x }}</a>"), ["text <a>", "out x", "text </a>"]);
        assert_eq!(shown("{# no {{ x }} #}a{%- if y -%}  b {% endif %}"), ["text a", "do if y", "text b ", "do endif"]);
        assert_eq!(shown("{{ '}}' ~ {'a': {}}.a ~ \"\\\"}}\" }}"), ["out '}}' ~ {'a': {}}.a ~ \"\\\"}}\""]);
        assert_eq!(shown("a {{- x -}} b"), ["text a", "out x", "text b"]);
    }

    #[test]
    fn a_tag_that_does_not_end_is_an_error_where_it_begins() {
        for (source, offset) in [("ab{{ x", 2), ("{% if '%}", 0), ("abc{# x", 3)] {
            let (at, fault) = pieces(source).unwrap_err();
            assert_eq!((at, fault.code), (offset, "template-unclosed"));
        }
    }

    #[test]
    fn words_texts_and_signs_are_told_apart() {
        use Token::{Sign, Text, Word};
        assert_eq!(
            tokens("a.b|code('x|y') is not egn"),
            [
                Word("a"),
                Sign('.'),
                Word("b"),
                Sign('|'),
                Word("code"),
                Sign('('),
                Text("x|y"),
                Sign(')'),
                Word("is"),
                Word("not"),
                Word("egn")
            ]
        );
    }
}
