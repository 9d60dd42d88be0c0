//! Writes pages as a tagged PDF/A-2a (ISO 19005-2).

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Configuration, ValidationError, Validator};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{ArtifactType, ContentTag, SpanTag};
use krilla::text::Font;
use time::OffsetDateTime;

use crate::error::PdfError;
use crate::layout::Mark;
use crate::sheet::{Ink, Line, PAGE_HEIGHT, PAGE_WIDTH, Sheet};
use crate::tags::Tags;
use crate::typeface::{Face, Typeface};

/// The language of the document (RFC 5646).
pub(crate) const LANGUAGE: &str = "bg";

/// What a file says about itself.
pub(crate) struct About {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) subject: String,
    pub(crate) created: OffsetDateTime,
}

/// The octets of the file. Equal input gives equal octets: identifiers are digests of the content.
pub(crate) fn paint(
    sheets: Vec<Sheet>,
    mut tags: Tags,
    marks: &[Mark],
    about: About,
    typeface: &Typeface,
) -> Result<Vec<u8>, PdfError> {
    let settings = SerializeSettings {
        configuration: Configuration::new_with_validator(Validator::A2_A),
        enable_tagging: true,
        ..SerializeSettings::default()
    };
    let mut document = Document::new_with(settings);
    let fonts = [Typeface::font(Face::Regular)?, Typeface::font(Face::Bold)?];
    let size = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).unwrap_or_default();
    for sheet in sheets {
        let mut page = document.start_page_with(size.clone());
        let mut surface = page.surface();
        fills(&mut surface, &sheet);
        for lines in sheet.lines.chunk_by(|a, b| a.tag == b.tag) {
            let tag = lines.first().and_then(|line| line.tag);
            let content = match tag {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None if lines.first().is_some_and(|line| line.baseline < crate::sheet::NEXT_TOP) => {
                    ContentTag::Artifact(ArtifactType::Header)
                }
                None if lines.first().is_some_and(|line| line.baseline > crate::sheet::BOTTOM) => {
                    ContentTag::Artifact(ArtifactType::Footer)
                }
                None => ContentTag::Artifact(ArtifactType::Other),
            };
            let piece = surface.start_tagged(content);
            for line in lines {
                text(&mut surface, line, &fonts, typeface);
            }
            surface.end_tagged();
            if let Some(tag) = tag {
                tags.attach(tag, piece);
            }
        }
        surface.finish();
        page.finish();
    }
    document.set_outline(outline(marks));
    document.set_metadata(metadata(about));
    document.set_tag_tree(tags.into_tree());
    document.finish().map_err(format_error)
}

fn fills(surface: &mut Surface<'_>, sheet: &Sheet) {
    // Grounds first, so that lines stand upon them.
    for ink in [Ink::Ground, Ink::Hairline, Ink::Rule] {
        let mut path = PathBuilder::new();
        for fill in sheet.fills.iter().filter(|fill| fill.ink == ink) {
            if let Some(rect) = Rect::from_xywh(fill.x, fill.y, fill.width, fill.height) {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            surface.start_tagged(ContentTag::Artifact(ArtifactType::Other));
            surface.set_fill(Some(colour(ink)));
            surface.draw_path(&path);
            surface.end_tagged();
        }
    }
}

fn text(surface: &mut Surface<'_>, line: &Line, fonts: &[Font; 2], typeface: &Typeface) {
    let [regular, bold] = fonts;
    let font = match line.style.face {
        Face::Regular => regular,
        Face::Bold => bold,
    };
    let glyphs = typeface.glyphs(line.style.face, &line.text);
    if glyphs.is_empty() {
        return;
    }
    surface.set_fill(Some(colour(line.style.ink)));
    let start = Point::from_xy(line.x, line.baseline);
    surface.draw_glyphs(start, &glyphs, font.clone(), &line.text, line.style.size, false);
}

fn colour(ink: Ink) -> Fill {
    let (red, green, blue) = ink.rgb();
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

fn outline(marks: &[Mark]) -> Outline {
    let mut outline = Outline::new();
    let mut section: Option<OutlineNode> = None;
    for mark in marks {
        let place = XyzDestination::new(mark.spot.page, Point::from_xy(0.0, mark.spot.y));
        let node = OutlineNode::new(mark.title.clone(), place);
        match &mut section {
            Some(section) if mark.level > 0 => section.push_child(node),
            _ => {
                if let Some(section) = section.replace(node) {
                    outline.push_child(section);
                }
            }
        }
    }
    if let Some(section) = section {
        outline.push_child(section);
    }
    outline
}

fn metadata(about: About) -> Metadata {
    let at = about.created;
    let offset = at.offset();
    let created = DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(at.month().into())
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(offset.whole_hours())
        .utc_offset_minute(offset.minutes_past_hour().unsigned_abs());
    let authors = if about.author.is_empty() { Vec::new() } else { vec![about.author] };
    Metadata::new()
        .title(about.title)
        .authors(authors)
        .description(about.subject)
        .creator("Kapia".to_owned())
        .language(LANGUAGE.to_owned())
        .creation_date(created)
}

/// The names of the rules only: the writer's own texts hold characters of the document.
fn format_error(error: KrillaError) -> PdfError {
    let rules = match error {
        KrillaError::Validation(broken) => {
            let mut names: Vec<&str> = broken.iter().map(rule).collect();
            names.sort_unstable();
            names.dedup();
            names.join(", ")
        }
        KrillaError::Font(..) => return PdfError::Font,
        _ => "structure".to_owned(),
    };
    PdfError::Format { rules }
}

fn rule(error: &ValidationError) -> &'static str {
    match error {
        ValidationError::TooLongString => "string length",
        ValidationError::TooLongName => "name length",
        ValidationError::TooManyIndirectObjects => "number of objects",
        ValidationError::TooHighQNestingLevel => "nesting of graphics states",
        ValidationError::ContainsNotDefGlyph(..) => "missing glyph",
        ValidationError::NoCodepointMapping(..) | ValidationError::InvalidCodepointMapping(..) => {
            "glyph without a character"
        }
        ValidationError::UnicodePrivateArea(..) => "private character",
        ValidationError::RestrictedLicense(_) => "font licence",
        ValidationError::NoDocumentLanguage => "language",
        ValidationError::NoDocumentTitle => "title",
        ValidationError::MissingHeadingTitle => "heading title",
        ValidationError::MissingDocumentDate => "date",
        ValidationError::MissingTagging => "tags",
        _ => "other",
    }
}
