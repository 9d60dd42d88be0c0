//! What frames the content: the head of the first page, the running title, and the footer of every page.

use crate::error::PdfError;
use crate::label::shorten;
use crate::layout::Layout;
use crate::printable::one_line;
use crate::sheet::{BOTTOM, Fill, Ink, LEFT, Line, PAGE_HEIGHT, RIGHT, Sheet, Style};
use crate::tags::{Role, TagId};
use crate::typeface::{Face, Typeface};
use crate::{Page, words};

const ADMINISTRATION: Style = Style::new(Face::Bold, 9.6, Ink::Accent);
const REGISTER: Style = Style::new(Face::Regular, 9.6, Ink::Quiet);
const TITLE: Style = Style::new(Face::Bold, 17.0, Ink::Text);
const PANEL_LABEL: Style = Style::new(Face::Regular, 8.2, Ink::Quiet);
const PANEL_VALUE: Style = Style::new(Face::Regular, 9.2, Ink::Text);
const NOTE: Style = Style::new(Face::Regular, 9.0, Ink::Text);
const SMALL: Style = Style::new(Face::Regular, 7.6, Ink::Quiet);

/// Characters of a name or title, and of the legal reason; more is cut off with an ellipsis.
pub(crate) const LONGEST_NAME: usize = 600;
const LONGEST_REASON: usize = 4000;

/// The register, the title and who asked what and when.
pub(crate) fn first_page(layout: &mut Layout, page: &Page<'_>) -> Result<(), PdfError> {
    for (text, style) in [(page.administration, ADMINISTRATION), (page.register, REGISTER)] {
        let text = name(text);
        if !text.is_empty() {
            layout.paragraph(LEFT, RIGHT, style, &text)?;
        }
    }
    layout.sheets.y += 6.0;
    layout.sheets.fill(Ink::Rule, LEFT, 0.0, RIGHT - LEFT, 1.6);
    layout.sheets.y += 16.0;
    let title = title(page);
    let tag = layout.tags.leaf(Role::Heading(1));
    for line in layout.typeface.wrap(TITLE.face, TITLE.size, &title, RIGHT - LEFT) {
        layout.sheets.line(LEFT, TITLE.ascent(), TITLE, line, Some(tag));
        layout.sheets.y += TITLE.size * 1.25;
    }
    layout.sheets.y += 10.0;
    panel(layout, page)?;
    if page.hidden_fields {
        layout.sheets.y += 10.0;
        let from = layout.sheets.spot();
        layout.paragraph(LEFT + 12.0, RIGHT, NOTE, words::HIDDEN_FIELDS)?;
        let end = layout.sheets.y;
        layout.sheets.bar(from, end, LEFT, 2.2, Ink::Rule);
    }
    Ok(())
}

/// The title of the document, never empty.
pub(crate) fn title(page: &Page<'_>) -> String {
    let title = name(page.title);
    if !title.is_empty() {
        return title;
    }
    let operation = name(page.operation);
    if operation.is_empty() { words::RESPONSE.to_owned() } else { operation }
}

/// Label and value pairs on a light ground.
fn panel(layout: &mut Layout, page: &Page<'_>) -> Result<(), PdfError> {
    let mut pairs = vec![
        (words::EXECUTED, words::moment(page.executed)),
        (words::CALL_NUMBER, page.service_call_id.to_string()),
        (words::CONSUMER, name(page.consumer)),
    ];
    if let Some(reason) = page.legal_reason {
        pairs.push((words::LEGAL_REASON, shorten(&one_line(reason), LONGEST_REASON)));
    }
    pairs.push((words::OPERATION, name(page.operation)));
    pairs.retain(|pair| !pair.1.is_empty());

    let (inset, pad) = (10.0, 8.0);
    let value_x = LEFT + 142.0;
    let typeface = layout.typeface;
    layout.tags.open(Role::Table);
    let from = layout.sheets.spot();
    layout.sheets.y += pad;
    for (label, value) in &pairs {
        layout.tags.open(Role::TableRow);
        let head = layout.tags.leaf(Role::RowHeader);
        let cell = layout.tags.leaf(Role::Cell);
        layout.tags.close();
        let lines = typeface.wrap(PANEL_VALUE.face, PANEL_VALUE.size, value, RIGHT - inset - value_x);
        for (at, line) in lines.iter().enumerate() {
            layout.sheets.need(PANEL_VALUE.leading())?;
            if at == 0 {
                put(layout, LEFT + inset, PANEL_LABEL, label, head);
            }
            put(layout, value_x, PANEL_VALUE, line, cell);
            layout.sheets.y += PANEL_VALUE.leading();
        }
        layout.sheets.y += 2.6;
    }
    layout.sheets.y += pad - 2.6;
    layout.tags.close();
    let end = layout.sheets.y;
    layout.sheets.bar(from, end, LEFT, RIGHT - LEFT, Ink::Ground);
    Ok(())
}

fn put(layout: &mut Layout, x: f32, style: Style, text: &str, tag: TagId) {
    layout.sheets.line(x, PANEL_VALUE.ascent(), style, text, Some(tag));
}

/// Puts the running title and the footer lines of regix-contract §9 on all pages.
pub(crate) fn frame(sheets: &mut [Sheet], typeface: &Typeface, page: &Page<'_>) {
    let pages = sheets.len();
    let running = fit(typeface, SMALL, &title(page), RIGHT - LEFT);
    let executed = format!("{}: {}", words::EXECUTED, words::moment(page.executed));
    let number = format!("{}: {}", words::CALL_NUMBER, page.service_call_id);
    let foot = BOTTOM + 20.0;
    for (at, sheet) in sheets.iter_mut().enumerate() {
        if at > 0 {
            let top = 40.0;
            sheet.lines.insert(0, artifact(LEFT, top, &running));
            sheet.fills.push(Fill { ink: Ink::Hairline, x: LEFT, y: top + 7.0, width: RIGHT - LEFT, height: 0.5 });
        }
        sheet.fills.push(Fill { ink: Ink::Hairline, x: LEFT, y: foot, width: RIGHT - LEFT, height: 0.5 });
        let first = foot + 13.0;
        sheet.lines.push(artifact(LEFT, first, &executed));
        let count = words::page_number(at + 1, pages);
        sheet.lines.push(artifact(RIGHT - typeface.width(SMALL.face, SMALL.size, &count), first, &count));
        sheet.lines.push(artifact(LEFT, first + SMALL.leading(), &number));
    }
    debug_assert!(foot + 13.0 + SMALL.leading() < PAGE_HEIGHT - 24.0, "the footer stands in the printer's margin");
}

fn artifact(x: f32, baseline: f32, text: &str) -> Line {
    Line { x, baseline, style: SMALL, text: text.into(), tag: None }
}

/// The text on one line of this width, cut off with an ellipsis.
fn fit(typeface: &Typeface, style: Style, text: &str, width: f32) -> String {
    let mut most = text.chars().count();
    let mut line = text.to_owned();
    while most > 1 && typeface.width(style.face, style.size, &line) > width {
        most = most * 9 / 10;
        line = shorten(text, most);
    }
    line
}

fn name(text: &str) -> String {
    shorten(&one_line(text), LONGEST_NAME)
}
