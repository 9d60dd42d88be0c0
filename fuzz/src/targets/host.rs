//! Messages between a core and an adapter host, as both sides read them.

use super::xml::limits;
use super::{Target, XML_WORDS};
use kapia_regix::host::{Access, Parameter};
use kapia_regix::host::{
    Asked, Binding, Call, CallParameters, Execute, Function, RenderedAccess, Value, read_fault, read_result, read_value,
};
use kapia_soap::Version;
use kapia_xml::{Document, Limits};

pub const HOST: Target = Target { name: "host", seeds, words: XML_WORDS, run };

const BINDINGS: [Binding; 3] = [Binding::Http, Binding::Wcf(Version::V11), Binding::Wcf(Version::V12)];

fn seeds() -> Vec<Vec<u8>> {
    let argument = Document::read("<A xmlns=\"urn:a\"><B>1</B></A>", &Limits::default()).expect("XML");
    let mut access = Access::default();
    access.grant("A").grant("B");
    let access: RenderedAccess = access.render();
    let parameters = CallParameters::default();
    let execute = Execute { operation: "A.B.C", argument: argument.root(), access: &access, parameters: &parameters };
    let parameter = Parameter { description: None, key: "k".into(), value: Some("v".into()) };
    let mut seeds = Vec::new();
    for binding in BINDINGS {
        for call in [Call::Execute(execute), Call::Ping(b"ping"), Call::SetParameters(std::slice::from_ref(&parameter))]
        {
            seeds.push(call.write(binding, "http://host.example/", "urn:uuid:1").body);
        }
        seeds.push(binding.error(Function::Execute, "text", 7, None));
        seeds.push(binding.value(Function::GetAdapterVersion, &Value::Text(Some("1".into())), None));
        seeds.push(binding.value(Function::GetParameters, &Value::Parameters(vec![parameter.clone()]), None));
    }
    seeds
}

fn run(data: &[u8]) -> String {
    let Ok(document) = Document::read(data.to_vec(), &limits()) else { return "no xml".into() };
    let mut outcome = String::new();
    for binding in BINDINGS {
        outcome += if read_fault(binding, &document) { "F" } else { "-" };
        for function in Function::ALL {
            if let Ok(result) = read_result(binding, function, &document) {
                assert!(result.response.is_none_or(|id| !document.element(id).local().is_empty()));
                outcome += "r";
            }
            let Ok(value) = read_value(binding, function, &document) else { continue };
            outcome += "v";
            let written = binding.value(function, &value, None);
            if written.is_empty() {
                continue;
            }
            let again = Document::read(written, &Limits::default()).expect("what we write is XML");
            assert_eq!(read_value(binding, function, &again).ok(), Some(value), "a value changes when it is written");
        }
    }
    for function in Function::ALL {
        outcome += if Asked::of_http(function, Some("key=%D0%96&value=1"), Some(&document)).is_ok() { "h" } else { "" };
    }
    let called = document.root().children().last().and_then(|body| body.children().next());
    outcome += if called.is_some_and(|call| Asked::of_soap(call).is_ok()) { "s" } else { "" };
    outcome
}
