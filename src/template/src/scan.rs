//! A template judged as a document before it is rendered: tags nest in every branch, values stand only where a value can
//! stand, elements and attributes are in the schema. What is found out here is what [`crate::prune`] goes by.

mod control;
mod rules;
mod tags;

use std::ops::Range;

use kapia_schema::{Field, FieldTree};
use kapia_xml::{Document, Limits};

use crate::fault::Fault;
use crate::lexer::{Piece, Pieces};
use crate::marks::{Mark, VALUE, VALUE_END};
use control::Frame;
pub(crate) use rules::{AttributeRule, ElementRule, Expression, Rules};
use tags::{Open, State, Tag};

/// What is wrong, and at which offset.
pub(crate) type Misplaced = (usize, Fault);

/// What a template was found to be.
pub(crate) struct Scanned {
    pub rules: Rules,
    pub marks: Vec<Mark>,
    /// White space between elements where the schema allows elements alone: it says nothing, and in a large document it
    /// would be a good part of its octets.
    pub blanks: Vec<Range<usize>>,
}

/// Looks through a template; with the fields of the document type, names of elements and attributes are held against it.
pub(crate) fn scan(source: &str, pieces: &Pieces, document: Option<&FieldTree>) -> Result<Scanned, Misplaced> {
    if let Some(at) = source.find(|c| !crate::escape::is_xml(c)) {
        return Err((at, Fault::new("template-character")));
    }
    let mut scan = Scan {
        source,
        root: document.map(FieldTree::root),
        state: State::Text,
        tag: Tag::default(),
        open: Vec::new(),
        frames: Vec::new(),
        rules: Rules::default(),
        marks: Vec::new(),
        blanks: Vec::new(),
        skeleton: String::with_capacity(source.len()),
        roots: Roots::default(),
        blocks: 0,
    };
    let mut done = 0;
    for piece in &pieces.pieces {
        match piece {
            Piece::Text(range) => {
                scan.lines(done..range.start);
                scan.literal(range.clone())?;
                done = range.end;
            }
            Piece::Output { whole, inner } => {
                scan.lines(done..whole.end);
                scan.output(whole, inner)?;
                done = whole.end;
            }
            Piece::Statement { whole, inner } => {
                scan.lines(done..whole.end);
                scan.statement(whole.start, &source[inner.clone()])?;
                done = whole.end;
            }
        }
    }
    scan.finish()
}

struct Scan<'s> {
    source: &'s str,
    /// The document element of the schema, if there is a schema.
    root: Option<Field>,
    state: State,
    tag: Tag,
    open: Vec<Open>,
    frames: Vec<Frame>,
    rules: Rules,
    marks: Vec<Mark>,
    blanks: Vec<Range<usize>>,
    /// The template without its tags and without second branches where two would not be a document.
    skeleton: String,
    roots: Roots,
    /// Numbers blocks, to tell branches of one from those of another.
    blocks: usize,
}

/// How many document elements there are, at least and at most, whatever is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Roots {
    least: usize,
    most: usize,
}

impl Scan<'_> {
    /// Keeps the lines of the skeleton those of the template.
    fn lines(&mut self, left_out: Range<usize>) {
        let breaks = self.source[left_out].bytes().filter(|octet| *octet == b'\n').count();
        self.skeleton.extend(std::iter::repeat_n('\n', breaks));
    }

    fn output(&mut self, whole: &Range<usize>, inner: &Range<usize>) -> Result<(), Misplaced> {
        let number = self.rules.expressions.len();
        self.rules.expressions.push(Expression {
            text: shortened(&self.source[inner.clone()]),
            line: crate::lexer::line_of(self.source, whole.start),
        });
        match self.state {
            State::Text if !self.open.is_empty() => {}
            State::Value { .. } if !self.tag.declares => self.tag.value_of(number),
            _ => return Err((whole.start, Fault::new("template-place"))),
        }
        self.open.iter_mut().for_each(|open| open.dynamic = true);
        self.tag.dynamic |= !matches!(self.state, State::Text);
        if self.root.is_some() {
            self.marks.push(Mark { at: whole.start, sign: VALUE, number: Some(number) });
            self.marks.push(Mark { at: whole.end, sign: VALUE_END, number: None });
        }
        Ok(())
    }

    fn finish(self) -> Result<Scanned, Misplaced> {
        if let Some(frame) = self.frames.last() {
            return Err((frame.offset, Fault::new("template-block-open").with("block", frame.block)));
        }
        if let Some(open) = self.open.last() {
            return Err((open.start, Fault::new("template-element-open").with("element", open.name.clone())));
        }
        if !matches!(self.state, State::Text) {
            return Err((self.source.len(), Fault::new("template-tag-open")));
        }
        if self.roots.least == 0 && self.roots.most > 0 {
            return Err((0, Fault::new("template-root-none")));
        }
        let limits = Limits::default();
        Document::read(self.skeleton.into_bytes(), &limits).map_err(|error| {
            let cause = [error.kind().to_string(), error.message_bg().to_string()];
            let fault = Fault::new("template-not-xml").with_both("cause", cause);
            (offset_of_line(self.source, error.line()), fault)
        })?;
        Ok(Scanned { rules: self.rules, marks: self.marks, blanks: self.blanks })
    }
}

fn offset_of_line(source: &str, line: u32) -> usize {
    let before = usize::try_from(line.saturating_sub(1)).unwrap_or(0);
    source.split_inclusive('\n').take(before).map(str::len).sum()
}

/// An expression as errors show it.
pub(crate) fn shortened(expression: &str) -> String {
    const LONGEST: usize = 80;
    let plain: String = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= LONGEST { plain } else { plain.chars().take(LONGEST).chain(['…']).collect() }
}
