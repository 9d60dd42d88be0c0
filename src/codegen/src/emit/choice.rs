//! Enums for choices.

use super::Module;
use super::layout::{self, Text};
use super::record::bounds;
use crate::plan::{Choice, Payload, Variant};

impl Module<'_> {
    pub(super) fn choice(&mut self, name: &str, choice: &Choice, text: &mut Text) {
        text.line("#[derive(Clone, Debug, PartialEq)]");
        text.block(&format!("pub enum {name} {{"), "}", |text| {
            for variant in &choice.variants {
                text.doc(&variant.doc);
                text.line(&format!("{}({}),", variant.name, self.payload(&variant.payload)));
            }
        });
        text.blank();
        text.block(&format!("impl xsd::Group for {name} {{"), "}", |text| {
            let first: Vec<_> = choice.variants.iter().flat_map(|variant| variant.first.clone()).collect();
            let items = self.firsts(&first);
            text.array("const FIRST: &'static [xsd::First] = &", &items);
            text.blank();
            text.block("fn read(r: &mut xsd::Reader<'_>) -> xsd::Result<Self> {", "}", |text| {
                text.block("match r.which(Self::FIRST)? {", "}", |text| {
                    let mut at = 0;
                    for variant in &choice.variants {
                        let pattern = pattern(at, variant.first.len());
                        at += variant.first.len();
                        self.read_variant(&pattern, variant, text);
                    }
                    text.line("_ => Err(r.unexpected(Self::FIRST)),");
                });
            });
            text.blank();
            text.block("fn write(&self, w: &mut xsd::Writer) {", "}", |text| {
                text.block("match self {", "}", |text| {
                    for variant in &choice.variants {
                        let (name, arguments) = self.writes(&variant.payload);
                        text.arm(&format!("Self::{}(value)", variant.name), name, &arguments);
                    }
                });
            });
        });
    }

    fn payload(&self, payload: &Payload) -> String {
        match payload {
            Payload::Element { ty, .. } if self.is_struct(ty) => format!("Box<{}>", self.ty(ty)),
            Payload::Element { ty, .. } => self.ty(ty),
            Payload::Elements { ty, .. } => format!("Vec<{}>", self.ty(ty)),
            Payload::Group(item) => format!("Box<{}>", self.name(item.0)),
            Payload::Groups { item, .. } => format!("Vec<{}>", self.name(item.0)),
            Payload::Any { max: 1, .. } => "xsd::RawElement".to_owned(),
            Payload::Any { .. } => "Vec<xsd::RawElement>".to_owned(),
        }
    }

    fn read_variant(&mut self, pattern: &str, variant: &Variant, text: &mut Text) {
        let (call, arguments) = match &variant.payload {
            Payload::Element { namespace, local, ty, default } => {
                let mut call = if self.is_struct(ty) { "r.required_boxed" } else { "r.required" }.to_owned();
                let mut arguments = vec![self.namespace(namespace), layout::literal(local)];
                if let Some(default) = default {
                    call.push_str("_or");
                    arguments.push(layout::literal(default));
                }
                (call, arguments)
            }
            Payload::Elements { namespace, local, min, max, .. } => {
                let [min, max] = bounds(*min, *max);
                ("r.many".to_owned(), vec![self.namespace(namespace), layout::literal(local), min, max])
            }
            Payload::Group(_) => ("r.group_boxed".to_owned(), vec![]),
            Payload::Groups { min, max, .. } => ("r.groups".to_owned(), bounds(*min, *max).to_vec()),
            Payload::Any { first, min, max } => {
                let first = format!("&[{}]", self.firsts(first).join(", "));
                match max {
                    1 => ("r.any".to_owned(), vec![first]),
                    _ => ("r.anys".to_owned(), [vec![first], bounds(*min, *max).to_vec()].concat()),
                }
            }
        };
        let joined = arguments.join(", ");
        let one = format!("{pattern} => {call}({joined}).map(Self::{}),", variant.name);
        // A chain in one line has 60 columns at most.
        let chain = format!("{call}({joined}).map(Self::{})", variant.name);
        if chain.chars().count() <= 60 && one.chars().count() + 12 <= 100 {
            return text.line(&one);
        }
        text.block(&format!("{pattern} => {{"), "}", |text| {
            text.call("let value = ", &call, &arguments, "?;");
            text.line(&format!("Ok(Self::{}(value))", variant.name));
        });
    }

    fn writes(&mut self, payload: &Payload) -> (&'static str, Vec<String>) {
        match payload {
            Payload::Element { namespace, local, ty, .. } => {
                let value = if self.is_struct(ty) { "&**value" } else { "value" };
                ("w.required", vec![self.namespace(namespace), layout::literal(local), value.to_owned()])
            }
            Payload::Elements { namespace, local, .. } => {
                ("w.many", vec![self.namespace(namespace), layout::literal(local), "value".to_owned()])
            }
            Payload::Group(_) => ("w.groups", vec!["[&**value]".to_owned()]),
            Payload::Groups { .. } => ("w.groups", vec!["value".to_owned()]),
            Payload::Any { max: 1, .. } => ("w.any", vec!["value".to_owned()]),
            Payload::Any { .. } => ("w.anys", vec!["value".to_owned()]),
        }
    }
}

fn pattern(at: usize, count: usize) -> String {
    match count {
        0 | 1 => format!("Some({at})"),
        2 => format!("Some({at} | {})", at + 1),
        _ => format!("Some({at}..={})", at + count - 1),
    }
}
