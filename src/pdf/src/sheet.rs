//! Pages on which lines of text and filled rectangles have their places. Points, from the top left corner of the page.

use crate::MAX_PAGES;
use crate::error::PdfError;
use crate::tags::TagId;
use crate::typeface::Face;

/// A4 (ISO 216).
pub(crate) const PAGE_WIDTH: f32 = 595.28;
pub(crate) const PAGE_HEIGHT: f32 = 841.89;
pub(crate) const LEFT: f32 = 59.0;
pub(crate) const RIGHT: f32 = PAGE_WIDTH - 53.0;
pub(crate) const TOP: f32 = 54.0;
/// Where content ends; the footer stands below.
pub(crate) const BOTTOM: f32 = PAGE_HEIGHT - 74.0;
/// Where content starts on all pages but the first, below the running title.
pub(crate) const NEXT_TOP: f32 = 66.0;

/// A colour by what it is for.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Ink {
    /// Values.
    Text,
    /// Labels and everything that stands back.
    Quiet,
    /// Headings.
    Accent,
    /// The line under a page head or section heading.
    Rule,
    /// The thin line between rows.
    Hairline,
    /// The ground of the panel and of table heads.
    Ground,
}

impl Ink {
    pub(crate) fn rgb(self) -> (u8, u8, u8) {
        match self {
            Ink::Text => (0x16, 0x1a, 0x20),
            Ink::Quiet => (0x55, 0x60, 0x6e),
            Ink::Accent | Ink::Rule => (0x1f, 0x3a, 0x5f),
            Ink::Hairline => (0xd3, 0xd9, 0xe0),
            Ink::Ground => (0xf2, 0xf4, 0xf7),
        }
    }
}

/// A face with a size in points and a colour.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(crate) struct Style {
    pub(crate) face: Face,
    pub(crate) size: f32,
    pub(crate) ink: Ink,
}

impl Style {
    pub(crate) const fn new(face: Face, size: f32, ink: Ink) -> Style {
        Style { face, size, ink }
    }

    /// From one baseline to the next.
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.36
    }

    /// From the top of a line to its baseline.
    pub(crate) fn ascent(self) -> f32 {
        self.size * 1.06
    }
}

/// One line of text; without a tag it is an artifact.
pub(crate) struct Line {
    pub(crate) x: f32,
    pub(crate) baseline: f32,
    pub(crate) style: Style,
    pub(crate) text: Box<str>,
    pub(crate) tag: Option<TagId>,
}

/// A filled rectangle, always an artifact, below all text.
pub(crate) struct Fill {
    pub(crate) ink: Ink,
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// One page.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(crate) lines: Vec<Line>,
    pub(crate) fills: Vec<Fill>,
    /// Where its content ends, known when the next page starts.
    end: f32,
}

/// The pages and the place where writing goes on.
pub(crate) struct Sheets {
    pages: Vec<Sheet>,
    pub(crate) y: f32,
    /// Where the lowest line of this page ends.
    written: f32,
}

/// A place in a document.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) page: usize,
    pub(crate) y: f32,
}

impl Sheets {
    pub(crate) fn new() -> Sheets {
        Sheets { pages: vec![Sheet::default()], y: TOP, written: TOP }
    }

    pub(crate) fn into_pages(self) -> Vec<Sheet> {
        self.pages
    }

    pub(crate) fn spot(&self) -> Spot {
        Spot { page: self.pages.len() - 1, y: self.y }
    }

    /// Where the lowest line of this page ends.
    pub(crate) fn written(&self) -> f32 {
        self.written
    }

    pub(crate) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    /// Starts a new page unless so many points are left on this one.
    pub(crate) fn need(&mut self, height: f32) -> Result<bool, PdfError> {
        if self.room() >= height {
            return Ok(false);
        }
        if self.pages.len() >= MAX_PAGES {
            return Err(PdfError::TooLong { limit: MAX_PAGES });
        }
        if let Some(page) = self.pages.last_mut() {
            page.end = self.written;
        }
        self.pages.push(Sheet::default());
        self.y = NEXT_TOP;
        self.written = NEXT_TOP;
        Ok(true)
    }

    /// Puts a line with its baseline at `self.y + down`.
    pub(crate) fn line(&mut self, x: f32, down: f32, style: Style, text: &str, tag: Option<TagId>) {
        let baseline = self.y + down;
        self.written = self.written.max(baseline + style.size * 0.6);
        if let Some(page) = self.pages.last_mut() {
            page.lines.push(Line { x, baseline, style, text: text.into(), tag });
        }
    }

    /// Puts a rectangle with its top at `self.y + down`.
    pub(crate) fn fill(&mut self, ink: Ink, x: f32, down: f32, width: f32, height: f32) {
        let y = self.y + down;
        if let Some(page) = self.pages.last_mut() {
            page.fills.push(Fill { ink, x, y, width, height });
        }
    }

    /// A rectangle from a place down to `end` on this page, on every page between to where its content ends.
    pub(crate) fn bar(&mut self, from: Spot, end: f32, x: f32, width: f32, ink: Ink) {
        let last = self.pages.len() - 1;
        let here = end;
        for (at, page) in self.pages.iter_mut().enumerate().skip(from.page) {
            let y = if at == from.page { from.y } else { NEXT_TOP };
            let end = if at == last { here } else { page.end };
            if end > y {
                page.fills.push(Fill { ink, x, y, width, height: end - y });
            }
        }
    }
}
