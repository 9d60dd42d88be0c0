//! The paths of selectors and fields (§3.11.6): a small part of XPath 1.0.

use crate::model::{NameTest, Path};
use crate::names::Names;

use super::lexical::is_nc_name;

/// Parses `path ('|' path)*`; `None` if the text is not of the form or names an unknown prefix.
pub(super) fn parse(
    text: &str,
    field: bool,
    resolve: &mut dyn FnMut(&str) -> Option<String>,
    names: &mut Names,
) -> Option<Vec<Path>> {
    text.split('|').map(|branch| path(branch, field, resolve, names)).collect()
}

fn path(text: &str, field: bool, resolve: &mut dyn FnMut(&str) -> Option<String>, names: &mut Names) -> Option<Path> {
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let mut path = Path { anywhere: false, steps: Vec::new(), attribute: None };
    if let [".", "//", after @ ..] = rest {
        path.anywhere = true;
        rest = after;
    }
    loop {
        rest = match rest {
            [".", after @ ..] => after,
            ["@", test, after @ ..] | ["attribute", "::", test, after @ ..] if field => {
                path.attribute = Some(name_test(test, resolve, names)?);
                // An attribute is always the last step.
                return after.is_empty().then_some(path);
            }
            ["child", "::", test, after @ ..] | [test, after @ ..] => {
                path.steps.push(name_test(test, resolve, names)?);
                after
            }
            [] => return None,
        };
        match rest {
            [] => return Some(path),
            ["/", after @ ..] => rest = after,
            _ => return None,
        }
    }
}

fn name_test(token: &str, resolve: &mut dyn FnMut(&str) -> Option<String>, names: &mut Names) -> Option<NameTest> {
    if token == "*" {
        return Some(NameTest::Any);
    }
    // The default namespace does not count in XPath.
    let (namespace, local) = match token.split_once(':') {
        Some((prefix, local)) if is_nc_name(prefix) => (resolve(prefix)?, local),
        Some(_) => return None,
        None => (String::new(), token),
    };
    if local == "*" {
        return Some(NameTest::In(names.add_namespace(&namespace)));
    }
    is_nc_name(local).then(|| NameTest::Name(names.add(&namespace, local)))
}

/// Splits into `.`, `/`, `//`, `@`, `::` and names; white space may stand between any two.
fn tokens(text: &str) -> Option<Vec<&str>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_matches([' ', '\t', '\r', '\n']);
    while !rest.is_empty() {
        let symbol = ["//", "/", "::", "@"].into_iter().find(|symbol| rest.starts_with(symbol));
        let length = match symbol {
            Some(symbol) => symbol.len(),
            // A lone dot is the current node; within a name it is a character.
            None if rest.starts_with('.') => 1,
            None => {
                let mut end = 0;
                for (at, c) in rest.char_indices() {
                    let double = c == ':' && rest[at + 1..].starts_with(':');
                    if double || matches!(c, '/' | '@' | ' ' | '\t' | '\r' | '\n') {
                        break;
                    }
                    end = at + c.len_utf8();
                }
                end
            }
        };
        if length == 0 {
            return None;
        }
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start_matches([' ', '\t', '\r', '\n']);
    }
    Some(tokens)
}
