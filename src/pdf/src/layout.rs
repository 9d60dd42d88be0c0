//! Puts the blocks of a document on pages.

use crate::columns::{self, GAP};
use crate::content::{Block, numbered};
use crate::error::PdfError;
use crate::sheet::{Ink, LEFT, RIGHT, Sheets, Spot, Style};
use crate::tags::{Role, TagId, Tags};
use crate::typeface::{Face, Typeface};

const LABEL: Style = Style::new(Face::Regular, 8.6, Ink::Quiet);
const VALUE: Style = Style::new(Face::Regular, 9.4, Ink::Text);
const HEAD: Style = Style::new(Face::Bold, 7.8, Ink::Quiet);
const CELL: Style = Style::new(Face::Regular, 8.6, Ink::Text);
const SECTION: Style = Style::new(Face::Bold, 13.0, Ink::Accent);
const NOTE: Style = Style::new(Face::Regular, 9.0, Ink::Quiet);
/// Headings of groups, from the outermost; all below the last look like it.
const HEADINGS: [Style; 3] = [
    Style::new(Face::Bold, 10.8, Ink::Accent),
    Style::new(Face::Bold, 9.6, Ink::Accent),
    Style::new(Face::Bold, 9.0, Ink::Text),
];
/// How far a group stands in from the one around it, and how often.
const INDENT: f32 = 13.0;
const MOST_INDENTS: usize = 6;
/// Where values start, in points from the left edge.
const VALUE_COLUMN: f32 = 208.0;
const PAD: f32 = 3.4;
/// A row lower than this is not split over two pages.
const WHOLE: f32 = 200.0;
/// Headings deeper than this are all of this level (ISO 32000-1 §14.8.4.3.2 knows six).
const DEEPEST_HEADING: u16 = 6;
/// Entries of the outline; a longer one helps nobody.
const MOST_MARKS: usize = 400;
/// Nodes of the structure tree of one section with tables; each takes some hundred octets of the file.
const MOST_NODES: usize = 30_000;

/// A document that grows from top to bottom.
pub(crate) struct Layout {
    pub(crate) typeface: &'static Typeface,
    pub(crate) sheets: Sheets,
    pub(crate) tags: Tags,
    pub(crate) marks: Vec<Mark>,
    /// Whether rows are paragraphs in the structure tree, not rows and cells of tables, and groups are not told from one
    /// another but by headings: in a long document the nodes would take more octets than their text.
    plain: bool,
    /// Whether a row stands directly above, so that a line belongs between.
    below_row: bool,
}

/// An entry of the outline.
pub(crate) struct Mark {
    pub(crate) title: String,
    pub(crate) spot: Spot,
    /// 0 for a section, 1 for a group directly inside it.
    pub(crate) level: usize,
}

/// One column of a row: its lines, where they stand, and what they are.
struct Cell<'t> {
    x: f32,
    style: Style,
    lines: Vec<&'t str>,
    tag: Option<TagId>,
}

impl Layout {
    pub(crate) fn new(typeface: &'static Typeface) -> Layout {
        Layout { typeface, sheets: Sheets::new(), tags: Tags::new(), marks: Vec::new(), plain: false, below_row: false }
    }

    /// A part of the document with its heading.
    pub(crate) fn section(&mut self, heading: &str, blocks: &[Block], if_empty: &str) -> Result<(), PdfError> {
        self.plain = nodes(blocks) > MOST_NODES;
        self.sheets.y += 20.0;
        self.sheets.need(60.0 + lead(blocks))?;
        self.tags.open(Role::Section);
        self.mark(heading, 0);
        let tag = self.tags.leaf(Role::Heading(2));
        self.sheets.line(LEFT, SECTION.ascent(), SECTION, heading, Some(tag));
        self.sheets.y += SECTION.leading() + 3.0;
        self.sheets.fill(Ink::Rule, LEFT, 0.0, RIGHT - LEFT, 0.9);
        self.sheets.y += 3.0;
        if blocks.is_empty() {
            self.sheets.y += 4.0;
            self.paragraph(LEFT, RIGHT, NOTE, if_empty)?;
        }
        self.blocks(blocks, 0)?;
        self.tags.close();
        Ok(())
    }

    /// A text over the whole width.
    pub(crate) fn paragraph(&mut self, x: f32, right: f32, style: Style, text: &str) -> Result<(), PdfError> {
        let tag = self.tags.leaf(Role::Paragraph);
        for line in self.typeface.wrap(style.face, style.size, text, right - x) {
            self.sheets.need(style.leading())?;
            self.sheets.line(x, style.ascent(), style, line, Some(tag));
            self.sheets.y += style.leading();
        }
        Ok(())
    }

    fn blocks(&mut self, blocks: &[Block], depth: usize) -> Result<(), PdfError> {
        let x = LEFT + INDENT * depth.min(MOST_INDENTS) as f32;
        self.below_row = false;
        for run in blocks.chunk_by(|a, b| matches!((a, b), (Block::Row { .. }, Block::Row { .. }))) {
            let rows = !self.plain && matches!(run, [Block::Row { .. }, ..]);
            if rows {
                self.tags.open(Role::Table);
            }
            for block in run {
                match block {
                    Block::Row { label, value } => self.row(x, label, value)?,
                    Block::Group { heading, blocks } => self.group(heading, blocks, depth)?,
                    Block::Table { heading, item, columns, rows } => self.table(heading, item, columns, rows, depth)?,
                }
            }
            if rows {
                self.tags.close();
            }
        }
        Ok(())
    }

    /// A label with its value.
    pub(crate) fn row(&mut self, x: f32, label: &str, value: &[String]) -> Result<(), PdfError> {
        let tags = self.row_tags(&[Role::RowHeader, Role::Cell]);
        let at = LEFT + VALUE_COLUMN;
        let names = self.typeface.wrap(LABEL.face, LABEL.size, label, at - x - GAP);
        let values = value
            .iter()
            .flat_map(|paragraph| self.typeface.wrap(VALUE.face, VALUE.size, paragraph, RIGHT - at))
            .collect();
        let cells = [
            Cell { x, style: LABEL, lines: names, tag: tags.first().copied() },
            Cell { x: at, style: VALUE, lines: values, tag: tags.last().copied() },
        ];
        self.cells(x, &cells, |_| {})
    }

    /// The nodes of the cells of one row.
    fn row_tags(&mut self, roles: &[Role]) -> Vec<TagId> {
        if self.plain {
            let tag = self.tags.leaf(Role::Paragraph);
            return vec![tag; roles.len()];
        }
        self.tags.open(Role::TableRow);
        let tags = roles.iter().map(|role| self.tags.leaf(role.clone())).collect();
        self.tags.close();
        tags
    }

    /// Columns side by side; `new_page` is told when a page begins.
    fn cells(&mut self, x: f32, cells: &[Cell<'_>], mut new_page: impl FnMut(&mut Layout)) -> Result<(), PdfError> {
        let leading = cells.iter().map(|cell| cell.style.leading()).fold(0.0, f32::max);
        let ascent = cells.iter().map(|cell| cell.style.ascent()).fold(0.0, f32::max);
        let count = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0);
        let height = count as f32 * leading + 2.0 * PAD;
        if self.sheets.need(if height <= WHOLE { height } else { 3.0 * leading })? {
            self.below_row = false;
            new_page(self);
        }
        if self.below_row {
            self.sheets.fill(Ink::Hairline, x, 0.0, RIGHT - x, 0.5);
        }
        self.sheets.y += PAD;
        let mut at = 0;
        while at < count {
            if self.sheets.need(leading)? {
                new_page(self);
                self.sheets.y += PAD;
            }
            // As many lines as the page takes, cell by cell: so the text of a cell stays together when it is read out.
            let fit = ((self.sheets.room() / leading) as usize).clamp(1, count - at);
            for cell in cells {
                for (down, line) in cell.lines.iter().skip(at).take(fit).enumerate() {
                    self.sheets.line(cell.x, down as f32 * leading + ascent, cell.style, line, cell.tag);
                }
            }
            self.sheets.y += fit as f32 * leading;
            at += fit;
        }
        self.sheets.y += PAD;
        self.below_row = true;
        Ok(())
    }

    fn group(&mut self, heading: &str, blocks: &[Block], depth: usize) -> Result<(), PdfError> {
        self.heading(heading, depth, lead(blocks))?;
        let from = self.sheets.spot();
        self.blocks(blocks, depth + 1)?;
        self.group_end(from, depth);
        Ok(())
    }

    /// Closes what a heading has opened, with a line along its left side.
    fn group_end(&mut self, from: Spot, depth: usize) {
        if !self.plain {
            self.tags.close();
        }
        // Where indents end, lines would stand on one another.
        if depth < MOST_INDENTS {
            let end = self.sheets.written();
            self.sheets.bar(from, end, LEFT + INDENT * depth as f32 + 1.0, 1.1, Ink::Hairline);
        }
        self.sheets.y += 5.0;
        self.below_row = false;
    }

    /// Opens a group with its heading; `lead` points below it belong to the same page.
    fn heading(&mut self, heading: &str, depth: usize, lead: f32) -> Result<(), PdfError> {
        let style = HEADINGS.get(depth).or(HEADINGS.last()).copied().unwrap_or(SECTION);
        let x = LEFT + INDENT * depth.min(MOST_INDENTS) as f32;
        let lines = self.typeface.wrap(style.face, style.size, heading, RIGHT - x);
        self.sheets.y += if depth == 0 { 10.0 } else { 6.0 };
        // A heading never stands alone at the foot of a page.
        self.sheets.need(lines.len() as f32 * style.leading() + lead)?;
        if !self.plain {
            self.tags.open(Role::Section);
        }
        self.mark(heading, depth + 1);
        let level = u16::try_from(depth + 3).unwrap_or(DEEPEST_HEADING).min(DEEPEST_HEADING);
        let tag = self.tags.leaf(Role::Heading(level));
        for line in lines {
            self.sheets.line(x, style.ascent(), style, line, Some(tag));
            self.sheets.y += style.leading();
        }
        self.sheets.y += 2.0;
        Ok(())
    }

    fn table(
        &mut self,
        heading: &str,
        item: &str,
        columns: &[String],
        rows: &[Vec<String>],
        depth: usize,
    ) -> Result<(), PdfError> {
        let x = LEFT + INDENT * (depth + 1).min(MOST_INDENTS) as f32;
        let inset = 5.0;
        let room = RIGHT - x - 2.0 * inset;
        let Some(widths) = columns::widths(self.typeface, HEAD.size, CELL.size, columns, rows, room) else {
            let blocks: Vec<Block> = rows.iter().enumerate().map(|(at, row)| record(at, item, columns, row)).collect();
            return self.group(heading, &blocks, depth);
        };
        self.heading(heading, depth, 64.0)?;
        let from = self.sheets.spot();
        let typeface = self.typeface;
        let mut at = x + inset;
        let places: Vec<(f32, f32)> = widths
            .iter()
            .map(|&width| {
                let place = (at, width);
                at += width + GAP;
                place
            })
            .collect();
        let heads: Vec<Vec<&str>> = columns
            .iter()
            .zip(&places)
            .map(|(name, place)| typeface.wrap(HEAD.face, HEAD.size, name, place.1))
            .collect();
        if !self.plain {
            self.tags.open(Role::Table);
        }
        let tags = self.row_tags(&vec![Role::ColumnHeader; columns.len()]);
        self.table_head(x, &places, &heads, &tags);
        let roles = vec![Role::Cell; columns.len()];
        for row in rows {
            let tags = self.row_tags(&roles);
            let cells: Vec<Cell<'_>> = row
                .iter()
                .zip(&places)
                .zip(tags)
                .map(|((text, &(x, width)), tag)| {
                    let lines = typeface.wrap(CELL.face, CELL.size, text, width);
                    Cell { x, style: CELL, lines, tag: Some(tag) }
                })
                .collect();
            // A repeated head is an artifact: the structure has it once.
            self.cells(x, &cells, |layout| layout.table_head(x, &places, &heads, &[]))?;
        }
        if !self.plain {
            self.tags.close();
        }
        self.group_end(from, depth);
        Ok(())
    }

    fn table_head(&mut self, x: f32, places: &[(f32, f32)], heads: &[Vec<&str>], tags: &[TagId]) {
        let count = heads.iter().map(Vec::len).max().unwrap_or(0);
        let height = count as f32 * HEAD.leading() + 2.0 * PAD;
        self.sheets.fill(Ink::Ground, x, 0.0, RIGHT - x, height);
        for (column, (lines, place)) in heads.iter().zip(places).enumerate() {
            for (at, line) in lines.iter().enumerate() {
                // Names of one line stand at the foot of a taller head.
                let down = PAD + (count - lines.len() + at) as f32 * HEAD.leading() + HEAD.ascent();
                self.sheets.line(place.0, down, HEAD, line, tags.get(column).copied());
            }
        }
        self.sheets.y += height;
        self.below_row = false;
    }

    pub(crate) fn mark(&mut self, title: &str, level: usize) {
        if level < 2 && self.marks.len() < MOST_MARKS {
            self.marks.push(Mark { title: crate::label::shorten(title, 120), spot: self.sheets.spot(), level });
        }
    }
}

/// The nodes of a structure tree in which every row is a row of a table.
fn nodes(blocks: &[Block]) -> usize {
    blocks
        .iter()
        .map(|block| match block {
            Block::Row { .. } => 3,
            Block::Group { blocks, .. } => 3 + nodes(blocks),
            Block::Table { columns, rows, .. } => 3 + (rows.len() + 1) * (columns.len() + 1),
        })
        .sum()
}

/// How much of these blocks belongs below their heading: the headings that follow at once and a first row.
fn lead(blocks: &[Block]) -> f32 {
    let mut height = 34.0;
    let mut at = blocks;
    while let Some(Block::Group { blocks, .. }) = at.first()
        && height < 200.0
    {
        height += 22.0;
        at = blocks;
    }
    if let Some(Block::Table { .. }) = at.first() { height + 50.0 } else { height }
}

/// One record of a table that does not fit in columns.
fn record(at: usize, item: &str, columns: &[String], row: &[String]) -> Block {
    let blocks = columns
        .iter()
        .zip(row)
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| Block::Row { label: label.clone(), value: vec![text.clone()] })
        .collect();
    Block::Group { heading: numbered(at, item), blocks }
}
