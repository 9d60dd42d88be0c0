//! What stands in a document, before any page: rows, groups and tables made from elements and the fields of their type.

use std::collections::HashMap;
use std::rc::Rc;

use kapia_schema::{Field, FieldTree};
use kapia_xml::{Attribute, Element, XML_NAMESPACE, XSI_NAMESPACE};

use crate::error::PdfError;
use crate::label::label;
use crate::printable::one_line;
use crate::{MAX_DEPTH, value, words};

/// Columns of the widest table.
const MOST_COLUMNS: usize = 6;

/// One part of a document.
#[derive(Debug, PartialEq)]
pub(crate) enum Block {
    /// A label with its value, which has one or more paragraphs.
    Row { label: String, value: Vec<String> },
    /// A heading with what belongs to it.
    Group { heading: String, blocks: Vec<Block> },
    /// Records of the same kind under a heading; `item` is what one of them is called.
    Table { heading: String, item: String, columns: Vec<String>, rows: Vec<Vec<String>> },
}

/// The content of a document below its root.
pub(crate) fn content(root: Element<'_>, fields: Option<&FieldTree>) -> Result<Vec<Block>, PdfError> {
    let mut reader = Reader { known: HashMap::new() };
    let field = fields.map(FieldTree::root);
    let mut blocks = reader.blocks(root, field.as_ref(), 1)?;
    if let Some(value) = own_value(root, field.as_ref()) {
        let called = label(field.as_ref(), root.local());
        blocks.insert(0, Block::Row { label: called, value: paragraphs(&value) });
    }
    Ok(blocks)
}

/// Reads elements; remembers the fields below every place of the type, which are computed anew at each question.
struct Reader {
    known: HashMap<String, Rc<Vec<Field>>>,
}

impl Reader {
    /// The attributes and child elements of an element.
    fn blocks(&mut self, element: Element<'_>, field: Option<&Field>, depth: usize) -> Result<Vec<Block>, PdfError> {
        if depth > MAX_DEPTH {
            return Err(PdfError::TooDeep { limit: MAX_DEPTH });
        }
        let below = self.below(field);
        let mut blocks = Vec::new();
        for attribute in shown_attributes(element) {
            let field = attribute_field(&below, &attribute);
            let text = value::show(&attribute.value(), field.and_then(value::declared));
            if !text.is_empty() {
                blocks.push(Block::Row { label: label(field, attribute.local()), value: paragraphs(&text) });
            }
        }
        let children: Vec<Element<'_>> = element.children().collect();
        if !children.is_empty() {
            let text = one_line(&element.text());
            if !text.is_empty() {
                blocks.push(Block::Row { label: words::OWN_TEXT.to_owned(), value: vec![text] });
            }
        }
        for run in children.chunk_by(|a, b| a.name() == b.name()) {
            let Some(first) = run.first() else { continue };
            let field = element_field(&below, *first);
            match run {
                [only] => self.single(*only, field, depth, &mut blocks)?,
                _ => self.repeated(run, field, depth, &mut blocks)?,
            }
        }
        Ok(blocks)
    }

    fn single(
        &mut self,
        element: Element<'_>,
        field: Option<&Field>,
        depth: usize,
        blocks: &mut Vec<Block>,
    ) -> Result<(), PdfError> {
        let called = label(field, element.local());
        if is_leaf(element) {
            if let Some(value) = self.leaf(element, field) {
                blocks.push(Block::Row { label: called, value });
            }
            return Ok(());
        }
        let mut inner = self.blocks(element, field, depth + 1)?;
        // A list of records needs no second heading.
        if let [Block::Table { heading, .. }] = inner.as_mut_slice() {
            *heading = called;
            blocks.append(&mut inner);
        } else if !inner.is_empty() {
            blocks.push(Block::Group { heading: called, blocks: inner });
        }
        Ok(())
    }

    fn repeated(
        &mut self,
        run: &[Element<'_>],
        field: Option<&Field>,
        depth: usize,
        blocks: &mut Vec<Block>,
    ) -> Result<(), PdfError> {
        let called = label(field, run.first().map(|first| first.local()).unwrap_or_default());
        if run.iter().all(|element| is_leaf(*element) && shown_attributes(*element).next().is_none()) {
            let value: Vec<String> = run.iter().filter_map(|element| self.leaf(*element, field)).flatten().collect();
            if !value.is_empty() {
                blocks.push(Block::Row { label: called, value });
            }
            return Ok(());
        }
        if let Some((columns, rows)) = self.table(run, field, &called) {
            if !rows.is_empty() {
                blocks.push(Block::Table { heading: called.clone(), item: called, columns, rows });
            }
            return Ok(());
        }
        for (at, element) in run.iter().enumerate() {
            let heading = numbered(at, &called);
            if is_leaf(*element) {
                if let Some(value) = self.leaf(*element, field) {
                    blocks.push(Block::Row { label: heading, value });
                }
                continue;
            }
            let inner = self.blocks(*element, field, depth + 1)?;
            if !inner.is_empty() {
                blocks.push(Block::Group { heading, blocks: inner });
            }
        }
        Ok(())
    }

    /// The records as columns and rows, if every record is flat and all of them have few enough columns.
    fn table(
        &mut self,
        run: &[Element<'_>],
        field: Option<&Field>,
        item: &str,
    ) -> Option<(Vec<String>, Vec<Vec<String>>)> {
        let below = self.below(field);
        let mut columns: Vec<Column<'_>> = Vec::new();
        let mut rows: Vec<Row> = Vec::with_capacity(run.len());
        for record in run {
            let mut row = Row::new();
            for attribute in shown_attributes(*record) {
                let field = attribute_field(&below, &attribute);
                let text = value::show(&attribute.value(), field.and_then(value::declared));
                put(&mut columns, &mut row, Column::of_attribute(&attribute, &below), Some(text))?;
            }
            if is_leaf(*record) {
                put(&mut columns, &mut row, Column::own(item), own_value(*record, field))?;
            } else if !one_line(&record.text()).is_empty() {
                return None;
            }
            for child in record.children() {
                if !is_leaf(child) || shown_attributes(child).next().is_some() {
                    return None;
                }
                let text = own_value(child, element_field(&below, child));
                put(&mut columns, &mut row, Column::of_element(child, &below), text)?;
            }
            if !row.is_empty() {
                rows.push(row);
            }
        }
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|at| columns.get(*at).map(|column| column.place));
        let rows = rows
            .into_iter()
            .map(|mut row| {
                let mut cell = |at: &usize| match row.iter_mut().find(|cell| cell.0 == *at) {
                    Some(cell) => std::mem::take(&mut cell.1),
                    None => String::new(),
                };
                order.iter().map(&mut cell).collect()
            })
            .collect();
        let names = order.iter().filter_map(|at| columns.get(*at)).map(|column| column.label.clone()).collect();
        Some((names, rows))
    }

    /// The paragraphs of an element without child elements: its value, then its attributes.
    fn leaf(&mut self, element: Element<'_>, field: Option<&Field>) -> Option<Vec<String>> {
        let mut value: Vec<String> = own_value(element, field).map(|value| paragraphs(&value)).unwrap_or_default();
        let mut attributes = shown_attributes(element).peekable();
        if attributes.peek().is_some() {
            let below = self.below(field);
            for attribute in attributes {
                let field = attribute_field(&below, &attribute);
                let text = one_line(&value::show(&attribute.value(), field.and_then(value::declared)));
                if !text.is_empty() {
                    value.push(format!("{}: {text}", label(field, attribute.local())));
                }
            }
        }
        if value.is_empty() && field.is_some_and(Field::is_required) {
            value.push(words::EMPTY.to_owned());
        }
        (!value.is_empty()).then_some(value)
    }

    fn below(&mut self, field: Option<&Field>) -> Rc<Vec<Field>> {
        let Some(field) = field else { return Rc::default() };
        if let Some(known) = self.known.get(field.path()) {
            return Rc::clone(known);
        }
        let children = Rc::new(field.children());
        self.known.insert(field.path().to_owned(), Rc::clone(&children));
        children
    }
}

/// The cells of one record: the column and the text.
type Row = Vec<(usize, String)>;

/// Adds a cell, and its column if it is new; `None` if there are too many columns or the record has two such cells.
fn put<'d>(columns: &mut Vec<Column<'d>>, row: &mut Row, column: Column<'d>, text: Option<String>) -> Option<()> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Some(()) };
    let at = match columns.iter().position(|known| known.is_same(&column)) {
        Some(at) => at,
        None if columns.len() == MOST_COLUMNS => return None,
        None => {
            columns.push(column);
            columns.len() - 1
        }
    };
    if row.iter().any(|cell| cell.0 == at) {
        return None;
    }
    row.push((at, text));
    Some(())
}

/// The heading of one of several records.
pub(crate) fn numbered(at: usize, called: &str) -> String {
    format!("{}. {called}", at + 1)
}

struct Column<'d> {
    attribute: bool,
    namespace: &'d str,
    local: &'d str,
    /// Where the schema has it; what the schema does not name stands last.
    place: usize,
    label: String,
}

impl<'d> Column<'d> {
    fn own(item: &str) -> Column<'d> {
        Column { attribute: false, namespace: "", local: "", place: 0, label: item.to_owned() }
    }

    fn of_attribute(attribute: &Attribute<'d>, below: &[Field]) -> Column<'d> {
        let (namespace, local) = (attribute.namespace(), attribute.local());
        let place = place(below, |field| field.is_attribute() && is_named(field, namespace, local));
        let label = label(below.get(place), local);
        Column { attribute: true, namespace, local, place: place.saturating_add(1), label }
    }

    fn of_element(element: Element<'d>, below: &[Field]) -> Column<'d> {
        let (namespace, local) = (element.namespace(), element.local());
        let place = place(below, |field| !field.is_attribute() && is_named(field, namespace, local));
        let label = label(below.get(place), local);
        Column { attribute: false, namespace, local, place: place.saturating_add(1), label }
    }

    fn is_same(&self, other: &Column<'_>) -> bool {
        self.attribute == other.attribute && self.local == other.local && self.namespace == other.namespace
    }
}

fn place(below: &[Field], is_it: impl Fn(&Field) -> bool) -> usize {
    below.iter().position(is_it).unwrap_or(usize::MAX)
}

fn is_named(field: &Field, namespace: &str, local: &str) -> bool {
    field.local() == local && &*field.name().namespace == namespace
}

fn element_field<'f>(below: &'f [Field], element: Element<'_>) -> Option<&'f Field> {
    below.iter().find(|field| !field.is_attribute() && is_named(field, element.namespace(), element.local()))
}

fn attribute_field<'f>(below: &'f [Field], attribute: &Attribute<'_>) -> Option<&'f Field> {
    below.iter().find(|field| field.is_attribute() && is_named(field, attribute.namespace(), attribute.local()))
}

/// Attributes that carry data: `xsi:type` and `xml:lang` tell machines how to read.
fn shown_attributes<'d>(element: Element<'d>) -> impl Iterator<Item = Attribute<'d>> {
    element.attributes().filter(|attribute| !matches!(attribute.namespace(), XSI_NAMESPACE | XML_NAMESPACE))
}

fn is_leaf(element: Element<'_>) -> bool {
    element.children().next().is_none()
}

/// The value of an element without child elements; `None` if it is empty.
fn own_value(element: Element<'_>, field: Option<&Field>) -> Option<String> {
    if !is_leaf(element) {
        return None;
    }
    if element.attribute(XSI_NAMESPACE, "nil").is_some_and(|nil| matches!(nil.trim(), "true" | "1")) {
        return Some(words::NO_DATA.to_owned());
    }
    let text = element.text();
    if text.trim().is_empty() {
        return None;
    }
    Some(value::show(&text, value::kind(element, field))).filter(|shown| !shown.trim().is_empty())
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split('\n').map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
