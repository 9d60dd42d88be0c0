//! The text of the module of a service.

use std::collections::BTreeSet;

use super::{OWN, Operation, Service, Set};
use crate::emit::layout::{Text, literal};

pub(super) fn module(service: &Service) -> String {
    let mut text = Text::default();
    text.blank();
    text.doc(&format!("Client and server of `{}`.", service.name));
    text.block(&format!("pub mod {} {{", service.module), "}", |text| {
        text.line("use kapia_types::soap;");
        text.line("use std::future::Future;");
        text.blank();
        imported(service).into_iter().for_each(|name| text.line(&format!("use super::{name};")));
        text.blank();
        client(service, text);
        text.blank();
        server(service, text);
        text.blank();
        dispatch(service, text);
        for set in &service.sets {
            text.blank();
            written(set, text);
        }
    });
    text.out
}

/// The types of the module around that are called by their name alone.
fn imported(service: &Service) -> BTreeSet<&str> {
    let operations = service.operations.iter();
    let bodies = operations.flat_map(|operation| [&operation.request, &operation.answer, &operation.fault]);
    let members = service.sets.iter().flat_map(|set| &set.members).map(|(_, name)| name);
    let own: BTreeSet<&str> = service.sets.iter().map(|set| &*set.name).collect();
    let names = bodies.chain(members).map(String::as_str);
    names.filter(|name| !name.contains("::") && !OWN.contains(name) && !own.contains(name)).collect()
}

fn client(service: &Service, text: &mut Text) {
    text.doc(&format!("Asks `{}` through a transport.", service.name));
    text.line("#[derive(Clone, Debug)]");
    text.block("pub struct Client<T> {", "}", |text| {
        text.line("transport: T,");
        text.line("version: soap::Version,");
        text.line("header: String,");
    });
    text.blank();
    text.block("impl<T: soap::Transport> Client<T> {", "}", |text| {
        text.doc("A client in this version of SOAP.");
        text.block("pub fn new(transport: T, version: soap::Version) -> Client<T> {", "}", |text| {
            text.block("Client {", "}", |text| {
                text.line("transport,");
                text.line("version,");
                text.line("header: String::new(),");
            });
        });
        text.blank();
        text.doc("The same with a header block, a complete element, in every message.");
        text.block("pub fn with_header(mut self, block: &str) -> Client<T> {", "}", |text| {
            text.line("self.header.push_str(block);");
            text.line("self");
        });
        for operation in &service.operations {
            text.blank();
            asks(operation, text);
        }
    });
}

/// The method of a client.
fn asks(operation: &Operation, text: &mut Text) {
    let Operation { method, request, fault, action, headers: [before, behind], .. } = operation;
    text.doc(&operation.doc);
    let mut arguments = vec!["&self".to_owned()];
    arguments.extend(before.iter().map(|headers| format!("headers: &{headers}")));
    arguments.push(format!("request: &{request}"));
    let result = [operation.result(), format!("soap::CallError<{fault}>")];
    text.function(&format!("pub async fn {method}"), &arguments, &result, |text| {
        let header = match before {
            Some(_) => {
                text.line("let header = self.header.clone() + &soap::Headers::write(headers);");
                "&header"
            }
            None => "&self.header",
        };
        text.assign("let action", &literal(action));
        let call = if behind.is_some() { "call_for_headers" } else { "call" };
        text.line(&format!("soap::{call}(&self.transport, self.version, {header}, action, request).await"));
    });
}

fn server(service: &Service, text: &mut Text) {
    text.doc(&format!("Answers as `{}`.", service.name));
    text.block("pub trait Server: Sync {", "}", |text| {
        for operation in &service.operations {
            let Operation { method, request, fault, headers: [before, _], .. } = operation;
            text.doc(&operation.doc);
            let mut arguments = vec!["&self".to_owned()];
            arguments.extend(before.iter().map(|headers| format!("headers: {headers}")));
            arguments.push(format!("request: {request}"));
            text.promise(&format!("fn {method}"), &arguments, &[operation.result(), format!("soap::Fault<{fault}>")]);
            text.blank();
        }
        text.doc(
            "Whether the server knows a header block that must be understood and that the contract does not name.",
        );
        text.block("fn understands(&self, block: &soap::Part) -> bool {", "}", |text| {
            text.line("let _ = block;");
            text.line("false");
        });
    });
}

fn dispatch(service: &Service, text: &mut Text) {
    text.doc("Takes a message to the method that it asks for.");
    text.block("pub async fn dispatch(server: &impl Server, message: &[u8]) -> soap::Answer {", "}", |text| {
        text.block("let opened = match soap::accept(message) {", "};", |text| {
            text.line("Ok(opened) => opened,");
            text.line("Err(answer) => return answer,");
        });
        for operation in &service.operations {
            let Operation { method, request, headers: [before, behind], .. } = operation;
            text.block(&format!("if opened.asks::<{request}>() {{"), "}", |text| {
                let (pattern, arguments) = match before {
                    Some(_) => ("headers", "headers, request"),
                    None => ("soap::NoHeaders", "request"),
                };
                let call = "match opened.call(|block| server.understands(block)) {";
                text.block(&format!("let ({pattern}, request) = {call}"), "};", |text| {
                    text.line("Ok(call) => call,");
                    text.line("Err(answer) => return answer,");
                });
                text.awaited("let outcome", "server", &format!("{method}({arguments})"));
                let answer = if behind.is_some() { "answer_with_headers" } else { "answer" };
                text.line(&format!("return opened.{answer}(outcome);"));
            });
        }
        text.line("opened.unknown()");
    });
}

fn written(set: &Set, text: &mut Text) {
    let Set { name, members, .. } = set;
    text.doc(&set.doc);
    let (derive, keyword) = match set.is_faults {
        true => ("Clone, Debug, PartialEq", "enum"),
        false => ("Clone, Debug, Default, PartialEq", "struct"),
    };
    text.line(&format!("#[derive({derive})]"));
    text.block(&format!("pub {keyword} {name} {{"), "}", |text| {
        for (member, of) in members {
            text.doc(&format!("`{}`.", of.trim_start_matches("super::")));
            match set.is_faults {
                true => text.line(&format!("{member}(Box<{of}>),")),
                false => text.line(&format!("pub {member}: Option<{of}>,")),
            }
        }
    });
    text.blank();
    let of_member = |(member, of): &(String, String)| match set.is_faults {
        true => format!("{member}({of}),"),
        false => format!("{member}: {of},"),
    };
    let call = if set.is_faults { "faults" } else { "headers" };
    text.block(&format!("kapia_types::{call}! {{"), "}", |text| {
        text.block(&format!("{name} {{"), "}", |text| {
            members.iter().map(of_member).for_each(|line| text.line(&line));
        });
    });
}

impl Operation {
    /// What a good answer is.
    fn result(&self) -> String {
        match &self.headers[1] {
            Some(headers) => format!("({}, {headers})", self.answer),
            None => self.answer.clone(),
        }
    }
}
