//! A strict reader of the HTML that pages are made of: what does not nest is an error.

use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Element(Element),
    Text(String),
}

const VOID: [&str; 8] = ["meta", "link", "br", "hr", "img", "input", "wbr", "col"];

/// Reads a document or a fragment; the result has the name `#root`.
pub fn read(html: &str) -> Result<Element, String> {
    let html = html.trim_start().strip_prefix("<!doctype html>").unwrap_or(html);
    let mut stack = vec![Element { name: "#root".to_owned(), attributes: BTreeMap::new(), children: Vec::new() }];
    let mut rest = html;
    while !rest.is_empty() {
        if let Some(tag) = rest.strip_prefix("</") {
            let (name, after) = tag.split_once('>').ok_or("an end tag without an end")?;
            let closed = stack.pop().ok_or("too many end tags")?;
            if closed.name != name {
                return Err(format!("</{name}> closes <{}>", closed.name));
            }
            stack.last_mut().ok_or("an end tag closes the document")?.children.push(Node::Element(closed));
            rest = after;
        } else if let Some(tag) = rest.strip_prefix('<') {
            let (element, after) = start(tag)?;
            rest = after;
            if VOID.contains(&element.name.as_str()) {
                stack.last_mut().unwrap().children.push(Node::Element(element));
            } else if element.name == "script" {
                let (data, after) = rest.split_once("</script>").ok_or("a script without an end")?;
                let script = Element { children: vec![Node::Text(data.to_owned())], ..element };
                stack.last_mut().unwrap().children.push(Node::Element(script));
                rest = after;
            } else {
                stack.push(element);
            }
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            stack.last_mut().unwrap().children.push(Node::Text(unescaped(text)?));
            rest = after;
        }
    }
    match (stack.pop(), stack.is_empty()) {
        (Some(root), true) => Ok(root),
        (open, _) => Err(format!("<{}> is not closed", open.map(|open| open.name).unwrap_or_default())),
    }
}

fn start(tag: &str) -> Result<(Element, &str), String> {
    let name_end = tag.find(|c: char| !c.is_ascii_alphanumeric()).ok_or("a tag without an end")?;
    let (name, mut rest) = tag.split_at(name_end);
    if name.is_empty() || name.bytes().any(|octet| octet.is_ascii_uppercase()) {
        return Err(format!("a tag without a name near {:?}", tag.chars().take(30).collect::<String>()));
    }
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((Element { name: name.to_owned(), attributes, children: Vec::new() }, after));
        }
        let end =
            rest.find(|c: char| !(c.is_ascii_lowercase() || c == '-' || c == ':')).ok_or("a tag without an end")?;
        let (attribute, after) = rest.split_at(end);
        if attribute.is_empty() {
            return Err(format!("no attribute in <{name} near {:?}", rest.chars().take(30).collect::<String>()));
        }
        let value = match after.strip_prefix("=\"") {
            Some(value) => {
                let (value, after) = value.split_once('"').ok_or("a value without an end")?;
                rest = after;
                if value.contains('<') {
                    return Err(format!("an unescaped value of {attribute}"));
                }
                unescaped(value)?
            }
            None => {
                rest = after;
                String::new()
            }
        };
        if attributes.insert(attribute.to_owned(), value).is_some() {
            return Err(format!("{attribute} twice in <{name}>"));
        }
    }
}

fn unescaped(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (entity, after) = after.split_once(';').ok_or("an & that begins nothing")?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => return Err(format!("the entity {other:?}")),
        });
        rest = after;
    }
    if rest.contains('>') {
        return Err("an unescaped >".to_owned());
    }
    out.push_str(rest);
    Ok(out)
}

impl Element {
    /// This element and all below it, in the order of the document.
    pub fn all(&self) -> Vec<&Element> {
        let mut found = vec![self];
        for child in &self.children {
            if let Node::Element(child) = child {
                found.extend(child.all());
            }
        }
        found
    }

    pub fn find(&self, name: &str) -> Vec<&Element> {
        self.all().into_iter().filter(|element| element.name == name).collect()
    }

    pub fn one(&self, name: &str) -> &Element {
        let found = self.find(name);
        assert_eq!(found.len(), 1, "<{name}>");
        found[0]
    }

    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    pub fn children(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(child) => Some(child),
            Node::Text(_) => None,
        })
    }

    /// Its words, blanks collapsed.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.collect(&mut out);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn collect(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => out.push_str(text),
                Node::Element(child) if child.name == "script" => {}
                Node::Element(child) => {
                    child.collect(out);
                    if !["a", "span", "strong", "em", "mark", "time", "sub", "sup"].contains(&child.name.as_str()) {
                        out.push(' ');
                    }
                }
            }
        }
    }
}
