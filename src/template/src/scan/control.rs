//! Statements: which there are, and that what stands between them is complete in itself.

use super::tags::State;
use super::{Misplaced, Roots, Scan};
use crate::fault::Fault;
use crate::lexer::{Token, tokens};

/// A block that is not ended yet.
pub(super) struct Frame {
    pub offset: usize,
    pub block: &'static str,
    in_tag: bool,
    depth: usize,
    skeleton: Branch,
    /// Its number, and that of the branch.
    number: usize,
    branch: usize,
    has_else: bool,
    /// Document elements before it, and in its branches so far.
    before: Roots,
    branches: Option<Roots>,
}

impl Frame {
    fn end_branch(&mut self, roots: Roots) {
        self.branches = Some(match self.branches {
            None => roots,
            Some(others) => Roots { least: others.least.min(roots.least), most: others.most.max(roots.most) },
        });
    }
}

/// Whether the branch goes into the skeleton of the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    /// All branches can stand side by side.
    Any,
    /// Only the first can, and this is it.
    First,
    /// This one cannot.
    Left,
}

const STATEMENTS: [&str; 10] = ["for", "endfor", "if", "elif", "else", "endif", "set", "with", "endwith", "do"];

impl Scan<'_> {
    pub(super) fn statement(&mut self, offset: usize, inside: &str) -> Result<(), Misplaced> {
        let words = tokens(inside);
        let Some(Token::Word(word)) = words.first() else {
            return Err((offset, Fault::new("template-statement-empty")));
        };
        let in_tag = match self.state {
            State::Text => false,
            State::InTag => true,
            _ => return Err((offset, Fault::new("template-statement-place"))),
        };
        match *word {
            "for" if self.open.is_empty() && !in_tag => Err((offset, Fault::new("template-root-repeated"))),
            "for" if in_tag => Err((offset, Fault::new("template-statement-place"))),
            "for" => self.enter(offset, "for", in_tag),
            "if" => self.enter(offset, "if", in_tag),
            "with" => self.enter(offset, "with", in_tag),
            "elif" | "else" => self.branch(offset, word, in_tag),
            "endfor" => self.leave(offset, "for", in_tag),
            "endif" => self.leave(offset, "if", in_tag),
            "endwith" => self.leave(offset, "with", in_tag),
            "set" if !words.contains(&Token::Sign('=')) => Err((offset, Fault::new("template-set-block"))),
            "set" | "do" => Ok(()),
            other => Err((offset, Fault::new("template-statement").with("statement", other).known(other, STATEMENTS))),
        }
    }

    fn enter(&mut self, offset: usize, block: &'static str, in_tag: bool) -> Result<(), Misplaced> {
        self.open.iter_mut().for_each(|open| open.dynamic = true);
        self.tag.dynamic |= in_tag;
        let skeleton = match self.frames.last().map(|frame| frame.skeleton) {
            Some(Branch::Left) => Branch::Left,
            _ if in_tag || self.open.is_empty() => Branch::First,
            _ => Branch::Any,
        };
        self.blocks += 1;
        self.frames.push(Frame {
            offset,
            block,
            in_tag,
            depth: self.open.len(),
            skeleton,
            number: self.blocks,
            branch: 0,
            has_else: block == "with",
            before: self.roots,
            branches: None,
        });
        Ok(())
    }

    fn branch(&mut self, offset: usize, word: &str, in_tag: bool) -> Result<(), Misplaced> {
        self.complete(offset, in_tag)?;
        let roots = self.roots;
        let Some(frame) = self.frames.last_mut().filter(|frame| frame.block != "with") else {
            return Err((offset, Fault::new("template-block-none").with("statement", word)));
        };
        if frame.skeleton == Branch::First {
            frame.skeleton = Branch::Left;
        }
        frame.branch += 1;
        frame.has_else |= word == "else";
        frame.end_branch(roots);
        self.roots = frame.before;
        Ok(())
    }

    fn leave(&mut self, offset: usize, block: &'static str, in_tag: bool) -> Result<(), Misplaced> {
        self.complete(offset, in_tag)?;
        match self.frames.pop() {
            Some(mut frame) if frame.block == block => {
                frame.end_branch(self.roots);
                if !frame.has_else {
                    frame.end_branch(frame.before);
                }
                self.roots = frame.branches.unwrap_or(self.roots);
                Ok(())
            }
            _ => Err((offset, Fault::new("template-block-none").with("statement", format!("end{block}")))),
        }
    }

    /// What a branch opens it closes, so that the document nests whatever is chosen.
    fn complete(&self, offset: usize, in_tag: bool) -> Result<(), Misplaced> {
        match self.frames.last() {
            Some(frame) if self.open.len() > frame.depth => {
                let name = self.open.last().map_or_else(String::new, |open| open.name.clone());
                Err((offset, Fault::new("template-branch").with("block", frame.block).with("element", name)))
            }
            Some(frame) if frame.in_tag != in_tag => Err((offset, Fault::new("template-statement-place"))),
            _ => Ok(()),
        }
    }

    /// The branches of the blocks within a tag in which the reading stands.
    pub(super) fn branches(&self) -> Vec<(usize, usize)> {
        self.frames.iter().filter(|frame| frame.in_tag).map(|frame| (frame.number, frame.branch)).collect()
    }

    /// Elements that were open before the innermost block and may not be closed in it.
    pub(super) fn closed_to(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.depth)
    }

    /// Whether what is read now goes into the skeleton.
    pub(super) fn in_skeleton(&self) -> bool {
        self.frames.iter().all(|frame| frame.skeleton != Branch::Left)
    }
}
