//! The walk over a document that is read window by window, and the places of its elements.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::rc::Rc;

use kapia_xml::{Element, Event, Name, Window, WindowError, Windows};

use crate::datatype::Prefixes;
use crate::violation::Report;

use super::{Spot, Tag, Validator};

/// Elements are marked by where they lie in the document.
pub(crate) fn walk_windows<R: Read>(
    mut validator: Validator<'_, u64>,
    read: impl Fn() -> Windows<R>,
    mut seen: impl FnMut(&Window),
) -> Result<Report, WindowError> {
    let mut windows = read();
    while let Some(window) = windows.window()? {
        seen(&window);
        // Behind the last violation that is told, nothing more is judged, but that it is well-formed is still found out.
        let events = if validator.is_full() { None } else { Some(window.events()) };
        for event in events.into_iter().flatten() {
            match event {
                Event::Start(element) => validator.start(&Opened { window: &window, element }),
                Event::Text(text) => validator.text(&text.value()),
                Event::End(element) => validator.end(&Opened { window: &window, element }),
                Event::Comment(_) | Event::Instruction { .. } => continue,
            }
            if validator.is_full() {
                break;
            }
        }
    }
    validator.settle();
    let mut wanted = BTreeMap::new();
    for mark in validator.marks() {
        wanted.insert(*mark, None);
    }
    if !wanted.is_empty() {
        locate(read(), &mut wanted)?;
    }
    Ok(validator.finish(&mut |offset| match wanted.get(offset) {
        Some(Some(place)) => place.spot(),
        _ => Spot { line: 1, column: 1, path: String::new() },
    }))
}

struct Opened<'w> {
    window: &'w Window,
    element: Element<'w>,
}

impl Prefixes for Opened<'_> {
    fn resolve(&self, prefix: &str) -> Option<&str> {
        self.element.resolve(prefix)
    }
}

impl Tag for Opened<'_> {
    type Mark = u64;

    fn name(&self) -> Name<'_> {
        self.element.name()
    }

    fn attributes(&self) -> impl Iterator<Item = (Name<'_>, Cow<'_, str>)> {
        self.element.attributes().map(|attribute| (attribute.name(), attribute.value()))
    }

    fn mark(&self) -> u64 {
        self.window.offset(self.element)
    }
}

/// Where an element is; how many siblings share its name is known when its parent has ended.
struct Place {
    line: u32,
    column: u32,
    path: Vec<Step>,
}

#[derive(Clone)]
struct Step {
    local: Rc<str>,
    index: usize,
    of: Rc<Cell<usize>>,
}

impl Place {
    fn spot(&self) -> Spot {
        let steps = self.path.iter().map(|step| match step.of.get() {
            0 | 1 => format!("/{}", step.local),
            _ => format!("/{}[{}]", step.local, step.index),
        });
        Spot { line: self.line, column: self.column, path: steps.collect() }
    }
}

/// Finds the places of the elements that begin at these offsets.
fn locate<R: Read>(mut windows: Windows<R>, wanted: &mut BTreeMap<u64, Option<Place>>) -> Result<(), WindowError> {
    let mut path: Vec<Step> = Vec::new();
    let mut children: Vec<HashMap<Rc<str>, Rc<Cell<usize>>>> = vec![HashMap::new()];
    while let Some(window) = windows.window()? {
        for event in window.events() {
            match event {
                Event::Start(element) => {
                    path.push(step(children.last_mut(), element.local()));
                    children.push(HashMap::new());
                    if let Some(place) = wanted.get_mut(&window.offset(element)) {
                        let position = window.position(element);
                        *place = Some(Place { line: position.line, column: position.column, path: path.clone() });
                    }
                }
                Event::End(_) => {
                    path.pop();
                    children.pop();
                }
                Event::Text(_) | Event::Comment(_) | Event::Instruction { .. } => {}
            }
        }
    }
    Ok(())
}

fn step(siblings: Option<&mut HashMap<Rc<str>, Rc<Cell<usize>>>>, local: &str) -> Step {
    let Some(siblings) = siblings else {
        return Step { local: local.into(), index: 1, of: Rc::default() };
    };
    let local = match siblings.get_key_value(local) {
        Some((known, _)) => Rc::clone(known),
        None => Rc::from(local),
    };
    let of = Rc::clone(siblings.entry(Rc::clone(&local)).or_default());
    of.set(of.get() + 1);
    Step { local, index: of.get(), of }
}
