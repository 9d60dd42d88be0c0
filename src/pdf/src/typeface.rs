//! Noto Sans, regular and bold: which glyph a character has, how wide it is, and where a line ends.

use std::collections::HashMap;
use std::sync::OnceLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::error::PdfError;

/// One of the two weights.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Face {
    Regular,
    Bold,
}

/// The metrics of both weights, read once per process.
pub(crate) struct Typeface {
    regular: Metrics,
    bold: Metrics,
}

struct Metrics {
    glyphs: HashMap<char, Glyph>,
    replacement: Glyph,
}

/// A glyph and its advance width in ems.
#[derive(Copy, Clone)]
struct Glyph {
    id: u32,
    advance: f32,
}

impl Typeface {
    pub(crate) fn get() -> Result<&'static Typeface, PdfError> {
        static TYPEFACE: OnceLock<Option<Typeface>> = OnceLock::new();
        let read = || {
            Some(Typeface { regular: Metrics::read(notosans::REGULAR_TTF)?, bold: Metrics::read(notosans::BOLD_TTF)? })
        };
        TYPEFACE.get_or_init(read).as_ref().ok_or(PdfError::Font)
    }

    /// The font of a weight for a PDF writer.
    pub(crate) fn font(face: Face) -> Result<Font, PdfError> {
        let data = match face {
            Face::Regular => notosans::REGULAR_TTF,
            Face::Bold => notosans::BOLD_TTF,
        };
        Font::new(data.into(), 0).ok_or(PdfError::Font)
    }

    /// The width of a line in points.
    pub(crate) fn width(&self, face: Face, size: f32, line: &str) -> f32 {
        let metrics = self.metrics(face);
        line.chars().map(|c| metrics.glyph(c).advance).sum::<f32>() * size
    }

    /// The glyphs of a line. A character that the font lacks is drawn as a box and keeps its own text, so that it can be
    /// found and copied.
    pub(crate) fn glyphs(&self, face: Face, line: &str) -> Vec<KrillaGlyph> {
        let metrics = self.metrics(face);
        line.char_indices()
            .map(|(at, c)| {
                let glyph = metrics.glyph(c);
                let range = at..at + c.len_utf8();
                KrillaGlyph::new(GlyphId::new(glyph.id), glyph.advance, 0.0, 0.0, 0.0, range, None)
            })
            .collect()
    }

    /// The lines of a text that are at most `width` points wide (or one character); a line keeps the space it is broken at.
    pub(crate) fn wrap<'t>(&self, face: Face, size: f32, text: &'t str, width: f32) -> Vec<&'t str> {
        let mut lines = Vec::new();
        let room = width.max(size) / size;
        for paragraph in text.split('\n') {
            self.wrap_paragraph(face, room, paragraph.trim_end(), &mut lines);
        }
        lines
    }

    fn wrap_paragraph<'t>(&self, face: Face, room: f32, text: &'t str, lines: &mut Vec<&'t str>) {
        let metrics = self.metrics(face);
        let mut rest = text;
        loop {
            let mut at_space = None;
            let mut at_mark = None;
            let mut used = 0.0;
            let mut end = None;
            for (at, c) in rest.char_indices() {
                let next = at + c.len_utf8();
                used += metrics.glyph(c).advance;
                if c == ' ' {
                    // A space may hang over the edge.
                    if !binds(rest, at) {
                        at_space = Some(next);
                    }
                    continue;
                }
                if used > room && at > 0 {
                    end = Some(at_space.or(at_mark).unwrap_or(at));
                    break;
                }
                if matches!(c, '-' | '/' | '\\' | ',' | ';' | ':' | '.' | '_' | '@' | '&' | '?' | '=' | '+' | '|') {
                    at_mark = Some(next);
                }
            }
            let Some(end) = end else {
                lines.push(rest);
                return;
            };
            let (line, after) = rest.split_at(end);
            lines.push(line);
            rest = after;
        }
    }

    fn metrics(&self, face: Face) -> &Metrics {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
        }
    }
}

/// Whether a space holds together what a Bulgarian reader expects on one line: `№ 5`, `ул. Кариерна`, `чл. 106`, `2026 г.`
fn binds(text: &str, space: usize) -> bool {
    let (before, after) = text.split_at(space);
    // Only the end of the word matters, however long it is.
    let mut letters = before.chars().rev().take_while(|c| *c != ' ');
    let abbreviates = match letters.next() {
        Some('№') => letters.next().is_none(),
        Some('.') => {
            let word: Vec<char> = letters.take(4).collect();
            matches!(word.len(), 1..=2) && word != ['г'] && word.iter().all(|c| c.is_lowercase())
        }
        _ => false,
    };
    let year = after.strip_prefix(" г.").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    abbreviates || year
}

impl Metrics {
    fn read(data: &[u8]) -> Option<Metrics> {
        let font = FontRef::from_index(data, 0).ok()?;
        let em = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        let advances = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let mut glyphs = HashMap::new();
        for (code, id) in font.charmap().mappings() {
            let (Some(c), Some(advance)) = (char::from_u32(code), advances.advance_width(id)) else { continue };
            // PDF/A-2 §6.2.11.8: the glyph `.notdef` must not be shown.
            if id.to_u32() != 0 {
                glyphs.insert(c, Glyph { id: id.to_u32(), advance: advance / em });
            }
        }
        let replacement = *glyphs.get(&'□').or_else(|| glyphs.get(&'?'))?;
        Some(Metrics { glyphs, replacement })
    }

    fn glyph(&self, c: char) -> Glyph {
        self.glyphs.get(&c).copied().unwrap_or(self.replacement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_have_what_bulgarian_texts_need() {
        let typeface = Typeface::get().unwrap();
        let needed = ('а'..='я').chain('А'..='Я').chain(' '..='~').chain("№„“”«»–—…ѝЍ€§°№½²³′″•□\u{a0}\u{301}".chars());
        for c in needed {
            for face in [Face::Regular, Face::Bold] {
                assert!(typeface.metrics(face).glyphs.contains_key(&c), "{c} in {face:?}");
            }
        }
    }

    #[test]
    fn no_line_is_wider_than_its_room_and_no_letter_is_lost() {
        let typeface = Typeface::get().unwrap();
        let texts = [
            "Добив и обработка на скални материали; превоз на товари.".repeat(5),
            "ж".repeat(1000),
            "https://kamenen-prag.example/".repeat(20),
            "漢字🙂שלום".repeat(50),
            "a  b   c ".repeat(100),
        ];
        for text in &texts {
            for width in [1.0, 30.0, 100.0, 480.0] {
                let lines = typeface.wrap(Face::Regular, 9.0, text, width);
                assert_eq!(lines.concat(), text.trim_end());
                for line in lines {
                    let used = typeface.width(Face::Regular, 9.0, line.trim_end());
                    assert!(used <= width.max(9.0) + 0.01 || line.chars().count() == 1, "{used} of {width}: {line}");
                }
            }
        }
    }

    #[test]
    fn what_belongs_together_stays_on_one_line() {
        let typeface = Typeface::get().unwrap();
        for together in ["№ 5", "ул. Кариерна", "чл. 106, ал. 1", "14.09.1979 г."] {
            let text = format!("дума {together} и още");
            for width in 70..200 {
                let lines = typeface.wrap(Face::Regular, 9.0, &text, width as f32);
                let first = together.split(' ').next().unwrap();
                let line = lines.iter().find(|line| line.contains(first)).unwrap();
                assert!(!line.trim_end().ends_with(first) || first.contains('9'), "{lines:?}");
                assert!(lines.iter().all(|line| !line.starts_with("г.")), "{lines:?}");
            }
        }
        assert_eq!(
            typeface.wrap(Face::Regular, 9.0, &"№ т. ".repeat(200), 50.0).concat(),
            "№ т. ".repeat(200).trim_end()
        );
    }

    #[test]
    fn a_line_breaks_at_a_space_before_it_breaks_a_word() {
        let typeface = Typeface::get().unwrap();
        let lines = typeface.wrap(Face::Regular, 10.0, "първа дума втора", 50.0);
        assert_eq!(lines, ["първа ", "дума ", "втора"]);
    }
}
