//! Structs: their fields, and how they are read and written.

use super::layout::{self, Text};
use super::{Module, derive};
use crate::plan::{ElementPart, First, Part, Record};

/// A call: `name(arguments)after`.
struct Call {
    name: String,
    arguments: Vec<String>,
}

fn call(name: impl Into<String>, arguments: impl IntoIterator<Item = String>) -> Call {
    Call { name: name.into(), arguments: arguments.into_iter().collect() }
}

impl Module<'_> {
    pub(super) fn record(&mut self, name: &str, record: &Record, text: &mut Text) {
        text.line(derive(record));
        if record.parts.is_empty() {
            text.line(&format!("pub struct {name} {{}}"));
        } else {
            text.block(&format!("pub struct {name} {{"), "}", |text| self.fields(record, text));
        }
        text.blank();
        let r = if record.parts.is_empty() { "_" } else { "r" };
        let interface = if record.group.is_some() { "Group" } else { "Content" };
        text.block(&format!("impl xsd::{interface} for {name} {{"), "}", |text| {
            if let Some(first) = &record.group {
                let items = self.firsts(first);
                text.array("const FIRST: &'static [xsd::First] = &", &items);
                text.blank();
            } else if let Some((namespace, local)) = &record.type_name {
                let namespace = self.namespace(namespace);
                let arguments = [namespace, layout::literal(local)];
                text.assign_call("const TYPE: xsd::TypeName", "xsd::TypeName::Named", &arguments);
                text.blank();
            }
            text.block(&format!("fn read({r}: &mut xsd::Reader<'_>) -> xsd::Result<Self> {{"), "}", |text| {
                self.read(record, text);
            });
            text.blank();
            if record.parts.is_empty() {
                return text.line("fn write(&self, _: &mut xsd::Writer) {}");
            }
            text.block("fn write(&self, w: &mut xsd::Writer) {", "}", |text| {
                for part in &record.parts {
                    self.write(part, text);
                }
            });
        });
    }

    fn fields(&mut self, record: &Record, text: &mut Text) {
        for part in &record.parts {
            match part {
                Part::Attribute { field, required, .. } => {
                    self.field(&field.name, &field.doc, optional(self.ty(&field.ty), !required), text);
                }
                Part::OtherAttributes { field } => {
                    self.field(&field.name, &field.doc, format!("Vec<{}>", self.ty(&field.ty)), text);
                }
                Part::Text { field } => self.field(&field.name, &field.doc, self.ty(&field.ty), text),
                Part::Element(element) => self.element_field(element, text),
                Part::All { elements } => elements.iter().for_each(|element| self.element_field(element, text)),
                Part::Group { field, min, max, condition, .. } | Part::Any { field, min, max, condition, .. } => {
                    let ty = self.ty(&field.ty);
                    let ty = many(ty, *max > 1, *min == 0 || condition.is_some());
                    self.field(&field.name, &field.doc, ty, text);
                }
                Part::Condition { .. } => {}
            }
        }
    }

    fn element_field(&mut self, element: &ElementPart, text: &mut Text) {
        let ty = self.ty(&element.field.ty);
        let ty = if element.boxed { format!("Box<{ty}>") } else { ty };
        let ty = many(ty, element.max > 1, element.min == 0 || element.condition.is_some());
        self.field(&element.field.name, &element.field.doc, ty, text);
    }

    fn field(&self, name: &str, doc: &str, ty: String, text: &mut Text) {
        text.doc(doc);
        let one = format!("pub {name}: {ty},");
        if one.chars().count() + 4 <= 100 {
            return text.line(&one);
        }
        text.line(&format!("pub {name}:"));
        text.line(&format!("    {ty},"));
    }

    fn read(&mut self, record: &Record, text: &mut Text) {
        let names: Vec<&str> = record.parts.iter().flat_map(names).collect();
        if names.is_empty() {
            return text.line("Ok(Self {})");
        }
        let in_steps = record.parts.iter().any(|part| matches!(part, Part::Condition { .. } | Part::All { .. }));
        if !in_steps {
            let calls: Vec<(&str, Call)> =
                record.parts.iter().flat_map(|part| names_of(part).zip(self.value(part))).collect();
            let joined: usize = calls.iter().map(|(name, call)| name.len() + call.width() + 6).sum();
            if let ([(name, call)], true) = (calls.as_slice(), joined <= 20) {
                // Shorter than any call can be today; kept so that the layout stays rustfmt's.
                let (arguments, after) = (call.arguments.join(", "), call.after(""));
                return text.line(&format!("Ok(Self {{ {name}: {}({arguments}){after} }})", call.name));
            }
            return text.block("Ok(Self {", "})", |text| {
                for (name, call) in &calls {
                    text.call(&format!("{}: ", name), &call.name, &call.arguments, call.after(","));
                }
            });
        }
        for part in &record.parts {
            self.step(part, text);
        }
        let fields: Vec<String> = names.iter().map(|name| initialised(name)).collect();
        text.literal("Ok(", &fields, ")");
    }

    /// Reads one part into a variable of its own.
    fn step(&mut self, part: &Part, text: &mut Text) {
        match part {
            Part::Condition { index, first } => {
                let firsts = self.firsts(first).join(", ");
                text.call(&format!("let present_{index} = "), "r.starts", &[format!("&[{firsts}]")], "?;");
            }
            Part::All { elements } => self.read_all(elements, text),
            part => {
                let Some((name, call)) = names_of(part).map(variable).zip(self.value(part)) else { return };
                match condition(part) {
                    Some((index, absent)) if !call.name.contains("_if") => {
                        text.block(&format!("let {name} = if present_{index} {{"), "};", |text| {
                            text.call("", &call.name, &call.arguments, call.after(""));
                            text.out.truncate(text.out.trim_end().len());
                            text.out.push('\n');
                        });
                        let end = text.out.trim_end().len();
                        text.out.truncate(end - 2);
                        text.out.push_str(&format!("}} else {{\n            {absent}\n        }};\n"));
                    }
                    _ => text.call(&format!("let {name} = "), &call.name, &call.arguments, call.after(";")),
                }
            }
        }
    }

    fn read_all(&mut self, elements: &[ElementPart], text: &mut Text) {
        let first: Vec<First> =
            elements.iter().map(|element| First::Element(element.namespace.clone(), element.local.clone())).collect();
        for element in elements {
            text.line(&format!("let mut {} = None;", variable(&element.field.name)));
        }
        text.array("let all = ", &self.firsts(&first));
        text.block("while let Some(which) = r.which(&all)? {", "}", |text| {
            text.block("match which {", "}", |text| {
                let last = elements.len() - 1;
                for (at, element) in elements.iter().enumerate() {
                    let namespace = self.namespace(&element.namespace);
                    let arguments =
                        [format!("&mut {}", variable(&element.field.name)), namespace, layout::literal(&element.local)];
                    let pattern = if at == last { "_".to_owned() } else { at.to_string() };
                    text.block(&format!("{pattern} => {{"), "}", |text| {
                        text.call("", "r.once", &arguments, "?;");
                    });
                }
            });
        });
        for element in elements {
            let name = &variable(&element.field.name);
            if element.min > 0 {
                let arguments = [name.clone(), layout::literal(&element.local)];
                text.call(&format!("let {name} = "), "r.need", &arguments, "?;");
            }
            if element.boxed {
                let boxed = if element.min > 0 { format!("Box::new({name})") } else { format!("{name}.map(Box::new)") };
                text.line(&format!("let {name} = {boxed};"));
            }
        }
    }

    /// The call that reads a part.
    fn value(&mut self, part: &Part) -> Option<Call> {
        Some(match part {
            Part::Attribute { namespace, local, required, .. } => {
                let name = if *required { "r.required_attribute" } else { "r.attribute" };
                call(name, [self.namespace(namespace), layout::literal(local)])
            }
            Part::OtherAttributes { .. } => call("r.other_attributes", []),
            Part::Text { .. } => call("r.text", []),
            Part::Element(element) => self.element_value(element),
            Part::Group { min, max, condition, .. } => match (*max, *min) {
                (1, 0) => call("r.optional_group", []),
                (1, _) if condition.is_some() => call("r.group_if", [present(*condition)]),
                (1, _) => call("r.group", []),
                (max, min) => call("r.groups", [bound(min), bound(max)]),
            },
            Part::Any { first, min, max, condition, .. } => {
                let first = format!("&[{}]", self.firsts(first).join(", "));
                match (*max, *min) {
                    (1, 0) => call("r.optional_any", [first]),
                    (1, _) if condition.is_some() => call("r.any_if", [present(*condition), first]),
                    (1, _) => call("r.any", [first]),
                    (max, min) => call("r.anys", [first, bound(min), bound(max)]),
                }
            }
            Part::Condition { .. } | Part::All { .. } => return None,
        })
    }

    fn element_value(&mut self, element: &ElementPart) -> Call {
        let mut name = match (element.max, element.min) {
            (1, 0) => "r.optional".to_owned(),
            (1, _) if element.condition.is_some() => "r.required_if".to_owned(),
            (1, _) => "r.required".to_owned(),
            (u32::MAX, 0) => "r.several".to_owned(),
            _ => "r.many".to_owned(),
        };
        let mut arguments = Vec::new();
        if name.ends_with("_if") {
            arguments.push(present(element.condition));
        }
        arguments.extend([self.namespace(&element.namespace), layout::literal(&element.local)]);
        if name == "r.many" {
            arguments.extend([bound(element.min), bound(element.max)]);
        }
        if element.boxed {
            name.push_str("_boxed");
        }
        if let Some(default) = &element.default {
            name.push_str("_or");
            arguments.push(layout::literal(default));
        }
        Call { name, arguments }
    }

    fn write(&mut self, part: &Part, text: &mut Text) {
        match part {
            Part::Attribute { field, namespace, local, required } => {
                let value = match required {
                    true => format!("Some(&self.{})", field.name),
                    false => format!("self.{}.as_ref()", field.name),
                };
                let arguments = [self.namespace(namespace), layout::literal(local), value];
                text.call("", "w.attribute", &arguments, ";");
            }
            Part::OtherAttributes { field } => text.line(&format!("w.other_attributes(&self.{});", field.name)),
            Part::Text { field } => text.line(&format!("w.text(&self.{});", field.name)),
            Part::Element(element) => self.write_element(element, text),
            Part::All { elements } => elements.iter().for_each(|element| self.write_element(element, text)),
            Part::Group { field, min, max, condition, .. } => match (*max, *min > 0 && condition.is_none()) {
                (1, true) => text.line(&format!("w.groups([&self.{}]);", field.name)),
                _ => text.line(&format!("w.groups(&self.{});", field.name)),
            },
            Part::Any { field, min, max, condition, .. } => match (*max, *min > 0 && condition.is_none()) {
                (1, true) => text.line(&format!("w.any(&self.{});", field.name)),
                _ => text.line(&format!("w.anys(&self.{});", field.name)),
            },
            Part::Condition { .. } => {}
        }
    }

    fn write_element(&mut self, element: &ElementPart, text: &mut Text) {
        let field = &element.field.name;
        let optional = element.min == 0 || element.condition.is_some();
        let (name, value) = match (element.max, optional, element.boxed) {
            (1, true, true) => ("w.optional", format!("self.{field}.as_deref()")),
            (1, true, false) => ("w.optional", format!("self.{field}.as_ref()")),
            (1, false, true) => ("w.required", format!("&*self.{field}")),
            (1, false, false) => ("w.required", format!("&self.{field}")),
            _ => ("w.many", format!("&self.{field}")),
        };
        let arguments = [self.namespace(&element.namespace), layout::literal(&element.local), value];
        text.call("", name, &arguments, ";");
    }

    pub(super) fn firsts(&mut self, first: &[First]) -> Vec<String> {
        let one = |module: &mut Self, first: &First| match first {
            First::Element(namespace, local) => {
                format!("xsd::First::Element({}, {})", module.namespace(namespace), layout::literal(local))
            }
            First::Any => "xsd::First::Any".to_owned(),
            First::Other(namespace) => format!("xsd::First::Other({})", module.namespace(namespace)),
            First::In(list) => {
                let list: Vec<String> = list.iter().map(|namespace| module.namespace(namespace)).collect();
                format!("xsd::First::In(&[{}])", list.join(", "))
            }
        };
        first.iter().map(|first| one(self, first)).collect()
    }
}

impl Call {
    fn width(&self) -> usize {
        self.name.len() + self.arguments.iter().map(|argument| argument.chars().count() + 2).sum::<usize>()
    }

    /// What follows the call: `?`, unless it cannot fail.
    fn after(&self, end: &'static str) -> &'static str {
        match (self.name == "r.other_attributes", end) {
            (true, end) => end,
            (false, ",") => "?,",
            (false, ";") => "?;",
            (false, _) => "?",
        }
    }
}

fn present(condition: Option<usize>) -> String {
    format!("present_{}", condition.unwrap_or_default())
}

/// The condition of a part that has no call for it, and what it is without.
fn condition(part: &Part) -> Option<(usize, &'static str)> {
    match part {
        Part::Element(element) if element.max > 1 && element.min > 0 => Some((element.condition?, "Vec::new()")),
        Part::Group { min, max, condition, .. } | Part::Any { min, max, condition, .. } if *max > 1 && *min > 0 => {
            Some(((*condition)?, "Vec::new()"))
        }
        _ => None,
    }
}

fn names(part: &Part) -> Vec<&str> {
    match part {
        Part::All { elements } => elements.iter().map(|element| element.field.name.as_str()).collect(),
        part => names_of(part).into_iter().collect(),
    }
}

fn names_of(part: &Part) -> Option<&str> {
    match part {
        Part::Attribute { field, .. } | Part::OtherAttributes { field } | Part::Text { field } => Some(&field.name),
        Part::Group { field, .. } | Part::Any { field, .. } => Some(&field.name),
        Part::Element(element) => Some(&element.field.name),
        Part::Condition { .. } | Part::All { .. } => None,
    }
}

/// The variable for a field, which must not hide those of the function.
fn variable(field: &str) -> String {
    match field {
        "r" | "all" | "which" => format!("{field}_value"),
        field => field.to_owned(),
    }
}

/// The field in a struct literal.
fn initialised(field: &str) -> String {
    let variable = variable(field);
    if variable == field { variable } else { format!("{field}: {variable}") }
}

fn bound(count: u32) -> String {
    if count == u32::MAX { "xsd::UNBOUNDED".to_owned() } else { count.to_string() }
}

fn optional(ty: String, optional: bool) -> String {
    if optional { format!("Option<{ty}>") } else { ty }
}

fn many(ty: String, many: bool, absent: bool) -> String {
    if many { format!("Vec<{ty}>") } else { optional(ty, absent) }
}

/// Used by [`super::choice`] as well.
pub(super) fn bounds(min: u32, max: u32) -> [String; 2] {
    [bound(min), bound(max)]
}
