//! Tables.

use super::blocks::{Builder, DEEPEST};
use super::escape::escape;
use super::kinds::name;
use super::words;
use kapia_xml::Element;

impl Builder {
    /// A table that scrolls by itself where it is too wide; rows and cells only.
    pub(super) fn table(&mut self, element: Element<'_>) {
        let mark = self.out.len();
        self.out.push_str("<div class=\"scroll\" tabindex=\"0\"><table>");
        let inner = self.out.len();
        for child in element.children() {
            match name(child).as_str() {
                "tr" => self.row(child),
                "thead" | "tbody" | "tfoot" => {
                    child.children().filter(|row| name(*row) == "tr").for_each(|row| self.row(row))
                }
                _ => {}
            }
        }
        if self.out.len() == inner {
            self.out.truncate(mark);
        } else {
            self.out.push_str("</table></div>");
        }
    }

    fn row(&mut self, element: Element<'_>) {
        let mark = self.out.len();
        self.out.push_str("<tr>");
        let inner = self.out.len();
        for cell in element.children() {
            let name = name(cell);
            if name != "td" && name != "th" {
                continue;
            }
            // A heading without words names nothing.
            let tag = if name == "th" && !words::of(cell).is_empty() { "th" } else { "td" };
            self.out.push_str(&format!("<{tag}"));
            for span in ["colspan", "rowspan"] {
                let asked = cell.attribute("", span).and_then(|value| value.trim().parse::<u16>().ok());
                if let Some(count) = asked.filter(|count| (2..=50).contains(count)) {
                    self.out.push_str(&format!(" {span}=\"{count}\""));
                }
            }
            self.out.push('>');
            self.nested_item(cell);
            self.out.push_str(&format!("</{tag}>"));
        }
        self.end(mark, inner, "tr");
    }

    fn nested_item(&mut self, cell: Element<'_>) {
        self.depth += 1;
        if self.depth < DEEPEST {
            self.item(cell);
        } else {
            let text = words::of(cell);
            escape(&text, &mut self.out);
        }
        self.depth -= 1;
    }
}
