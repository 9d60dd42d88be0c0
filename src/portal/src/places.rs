//! Paths of elements in faults: `/ServiceRecord/Channel[1]/ChannelType/Code`.
//!
//! They start below the element of the operation, and whatever may occur several times carries its index.

use kapia_xml::Element;

use crate::names::Shape;

/// The path of an element of a request.
pub fn path_of(element: Element<'_>, request: Element<'_>, shape: &Shape) -> String {
    let mut chain = Vec::new();
    let mut at = element;
    while at.id() != request.id() {
        chain.push(at);
        let Some(parent) = at.parent() else { break };
        at = parent;
    }
    chain.reverse();
    let (mut path, mut plain) = (String::new(), String::new());
    for step in chain {
        extend(&mut plain, step.local());
        path.push('/');
        path.push_str(step.local());
        if shape.repeatable.contains(&plain) {
            path.push_str(&format!("[{}]", index(step)));
        }
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// A path as validation reports it, `/AddService/ServiceRecord/Channel/@x`, in the same form.
pub fn normal(reported: &str, shape: &Shape) -> String {
    let (mut path, mut plain) = (String::new(), String::new());
    for step in reported.split('/').skip(2) {
        let (name, indexed) = step.split_once('[').map_or((step, false), |(name, _)| (name, true));
        extend(&mut plain, name);
        path.push('/');
        path.push_str(step);
        if !indexed && shape.repeatable.contains(&plain) {
            path.push_str("[1]");
        }
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// The element that such a path means; attributes are left off.
pub fn find<'d>(request: Element<'d>, path: &str) -> Option<Element<'d>> {
    let mut at = request;
    for step in path.split('/').filter(|step| !step.is_empty() && !step.starts_with('@')) {
        let (name, index) = match step.split_once('[') {
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()?),
            None => (step, 1),
        };
        at = at.children().filter(|child| child.local() == name).nth(index.checked_sub(1)?)?;
    }
    Some(at)
}

/// The path without indices, as [`Shape`] has it.
pub fn plain(path: &str) -> String {
    let steps: Vec<&str> = path
        .split('/')
        .filter(|step| !step.is_empty())
        .map(|step| step.split_once('[').map_or(step, |(name, _)| name))
        .collect();
    steps.join("/")
}

fn extend(plain: &mut String, name: &str) {
    if !plain.is_empty() {
        plain.push('/');
    }
    plain.push_str(name);
}

fn index(element: Element<'_>) -> usize {
    let Some(parent) = element.parent() else { return 1 };
    parent
        .children()
        .filter(|other| other.name() == element.name())
        .take_while(|other| other.id() != element.id())
        .count()
        + 1
}
