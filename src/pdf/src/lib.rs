//! An answer as a PDF for people.
//!
//! [`render`] takes documents that are already filtered by rights and sets them on A4 pages: labels come from the Bulgarian
//! documentation of the schema, repeated records become tables where they fit, and every page has the footer lines of
//! regix-contract §9. The file is a tagged PDF/A-2a (ISO 19005-2) in Bulgarian with Noto Sans embedded; its text can be
//! searched, copied and read aloud. Equal input gives equal octets.
//!
//! A document goes `content` (rows, groups, tables) → `layout` (lines on `sheet`s, with `tags`) → `paint` (octets).
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod columns;
mod content;
mod error;
mod head;
mod label;
mod layout;
mod paint;
mod printable;
mod sheet;
mod tags;
mod typeface;
mod value;
mod words;

use kapia_schema::FieldTree;
use kapia_xml::Element;
use time::OffsetDateTime;

pub use error::PdfError;

/// The most pages of a file; a longer answer is [`PdfError::TooLong`].
pub const MAX_PAGES: usize = 5_000;
/// The most elements below one another; deeper ones are [`PdfError::TooDeep`].
pub const MAX_DEPTH: usize = 200;

/// What a file is made of. Texts may be anything: what cannot be printed is left out or replaced, what is too long is cut.
#[derive(Clone)]
pub struct Page<'a> {
    /// What the operation does, in Bulgarian: the title of the document. If empty, the operation stands in its place.
    pub title: &'a str,
    /// The full name of the operation.
    pub operation: &'a str,
    /// The administration that keeps the register; may be empty.
    pub administration: &'a str,
    /// The register; may be empty.
    pub register: &'a str,
    /// The request, then the response; documents hold only what the consumer may see.
    pub sections: Vec<Section<'a>>,
    /// When the call was executed, in the offset in which it is shown; also the creation date of the file.
    pub executed: OffsetDateTime,
    /// The number of the call (`ApiServiceCallId`, regix-contract §9).
    pub service_call_id: i64,
    /// Who asked.
    pub consumer: &'a str,
    /// On what legal ground, if the call says so.
    pub legal_reason: Option<&'a str>,
    /// Whether fields were left out because the consumer may not see them; the document says so then.
    pub hidden_fields: bool,
}

/// One document with the fields of its type.
#[derive(Clone)]
pub struct Section<'a> {
    /// Whether it is the request or the response.
    pub part: Part,
    /// The root element of the document.
    pub root: Element<'a>,
    /// The fields of its type, for labels and the form of values; without them names stand for labels.
    pub fields: Option<&'a FieldTree>,
}

/// Which of the two documents of a call.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// The argument of the operation.
    Request,
    /// Its answer.
    Response,
}

/// Renders a page description as the octets of a PDF file.
///
/// # Errors
/// If the answer is too long or too deep for paper ([`MAX_PAGES`], [`MAX_DEPTH`]). Never because of what a text says.
pub fn render(page: &Page<'_>) -> Result<Vec<u8>, PdfError> {
    let typeface = typeface::Typeface::get()?;
    let (sheets, tags, marks) = set(page)?;
    let about = paint::About {
        title: head::title(page),
        author: label::shorten(&printable::one_line(page.administration), head::LONGEST_NAME),
        subject: format!("{}: {}", words::CALL_NUMBER, page.service_call_id),
        created: page.executed,
    };
    paint::paint(sheets, tags, &marks, about, typeface)
}

/// The pages with every line in its place, their structure and the outline.
fn set(page: &Page<'_>) -> Result<(Vec<sheet::Sheet>, tags::Tags, Vec<layout::Mark>), PdfError> {
    let typeface = typeface::Typeface::get()?;
    let mut layout = layout::Layout::new(typeface);
    head::first_page(&mut layout, page)?;
    for section in &page.sections {
        let (heading, if_empty) = match section.part {
            Part::Request => (words::REQUEST, words::NOTHING_IN_REQUEST),
            Part::Response => (words::RESPONSE, words::NOTHING_IN_RESPONSE),
        };
        let blocks = content::content(section.root, section.fields)?;
        layout.section(heading, &blocks, if_empty)?;
    }
    let layout::Layout { sheets, tags, marks, .. } = layout;
    let mut sheets = sheets.into_pages();
    head::frame(&mut sheets, typeface, page);
    Ok((sheets, tags, marks))
}

#[cfg(test)]
#[path = "../tests/answers/mod.rs"]
mod answers;
#[cfg(test)]
mod tests;
