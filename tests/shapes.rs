//! Replies octet by octet against golden files. `KAPIA_BLESS=1` writes them anew; look at the difference before you commit.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let packages = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/packages");
    Gate::start(GateOptions { adapters: vec![packages], ..GateOptions::default() })
});

const SIGNED: &str = "<SignResult>true</SignResult>";
const LATER: &str = "<RequestProcessing>Asynchronous</RequestProcessing>";
const SLOW: &str = "Example.ArchiveAdapter.APIService.IArchiveAPI.GetSlowExtract";
const SLOW_ARGUMENT: &str =
    "<ExtractRequest xmlns=\"urn:example:archive:request\"><Number>17</Number></ExtractRequest>";

#[test]
fn a_success_has_its_shape() {
    golden("success", |call| call, None);
}

#[test]
fn a_success_without_data_has_its_shape() {
    golden("no-data", |call| Call { argument: Some(valid_person(NOBODY)), ..call }, None);
}

#[test]
fn a_signed_success_has_its_shape() {
    golden("signed", Call::signed, None);
}

#[test]
fn a_success_with_types_of_values_and_a_signature_has_its_shape() {
    let operation = operation("PersonDataSearch").to_owned();
    golden(
        "signed-types",
        |call| Call { operation: operation.clone(), argument: Some(person_data(RALITSA)), ..call }.signed(),
        None,
    );
}

#[test]
fn a_success_with_the_access_matrix_has_its_shape() {
    golden("matrix", |call| Call { matrix: true, ..call }, None);
}

#[test]
fn a_refusal_of_access_has_its_shape() {
    golden("denied", |call| call, Some("stranger"));
}

#[test]
fn an_error_of_the_register_has_its_shape() {
    let operation = operation("RelationsSearch").to_owned();
    golden(
        "register-error",
        |call| Call { operation: operation.clone(), argument: Some(relations(NOBODY)), ..call },
        None,
    );
}

#[test]
fn a_fault_of_the_service_has_its_shape() {
    golden("fault-argument", |call| Call { argument: Some(valid_person("1")), ..call }, None);
}

#[test]
fn a_fault_of_addressing_has_its_shape() {
    golden("fault-action", |call| Call { action: "urn:nothing".into(), ..call }, None);
}

#[test]
fn a_fault_of_soap_has_its_shape() {
    let headers = "<u:Unknown xmlns:u=\"urn:unknown\" s:mustUnderstand=\"1\"/>";
    golden("fault-header", |call| Call { headers: headers.into(), ..call }, None);
}

// The oldest contract.

#[test]
fn a_success_of_the_oldest_contract_has_its_shape() {
    reply_golden("success", &OLDEST, |wire| wire.asked(CONSUMER, &Question::good()));
}

#[test]
fn a_refusal_of_the_oldest_contract_has_its_shape() {
    reply_golden("denied", &OLDEST, |wire| wire.asked("stranger", &Question::good()));
}

#[test]
fn an_error_of_the_register_in_the_oldest_contract_has_its_shape() {
    reply_golden("register-error", &OLDEST, |wire| wire.asked(CONSUMER, &Question::without_answer()));
}

#[test]
fn a_fault_of_the_oldest_contract_has_its_shape() {
    reply_golden("fault-argument", &OLDEST, |wire| {
        wire.asked(CONSUMER, &Question { argument: valid_person("1"), ..Question::good() })
    });
}

// Answers on paper.

#[test]
fn an_answer_on_paper_has_its_shape() {
    let fields = format!("<ResponseProcessing>TransformToPDF</ResponseProcessing>{SIGNED}");
    reply_golden("paper", &SECOND, |wire| {
        wire.asked(CONSUMER, &Question { fields: fields.clone(), ..Question::good() })
    });
}

// Calls that are answered later.

#[test]
fn an_accepted_call_has_its_shape() {
    reply_golden("accepted", &ALL, |wire| wire.accepted(CONSUMER, &Question::good()).0);
}

#[test]
fn a_call_that_is_not_accepted_has_its_shape() {
    reply_golden("accept-denied", &ALL, |wire| wire.accepted("stranger", &Question::good()).0);
}

#[test]
fn an_answer_that_is_not_ready_has_its_shape() {
    let question = Question { operation: SLOW.into(), argument: SLOW_ARGUMENT.into(), ..Question::good() };
    reply_golden("pending", &ALL, |wire| wire.about("CheckResult", &wire.accepted(CONSUMER, &question).1));
}

#[test]
fn a_fetched_answer_has_its_shape() {
    reply_golden("fetched", &ALL, |wire| wire.fetched(&wire.accepted(CONSUMER, &Question::signed()).1));
}

#[test]
fn a_fetched_error_has_its_shape() {
    reply_golden("fetched-error", &ALL, |wire| wire.fetched(&wire.accepted(CONSUMER, &Question::without_answer()).1));
}

#[test]
fn a_fault_about_an_unknown_call_has_its_shape() {
    let ticket = Ticket { id: "987654321".into(), code: "987654321.AAAA".into() };
    reply_golden("fault-unknown", &ALL, |wire| wire.about("CheckResult", &ticket));
}

#[test]
fn a_wrong_code_has_its_shape() {
    reply_golden("wrong-code", &SECOND, |wire| {
        let ticket = wire.accepted(CONSUMER, &Question::good()).1;
        wire.about("CheckResult", &Ticket { code: "17.AAAA".into(), ..ticket })
    });
}

#[test]
fn an_acknowledgement_has_its_shape_and_what_is_gone_too() {
    reply_golden("acknowledged", &SECOND, |wire| acknowledged(wire).0);
    reply_golden("gone", &SECOND, |wire| wire.about("CheckResult", &acknowledged(wire).1));
}

#[test]
fn a_fault_about_an_early_acknowledgement_has_its_shape() {
    let question = Question { operation: SLOW.into(), argument: SLOW_ARGUMENT.into(), ..Question::good() };
    reply_golden("fault-not-ready", &SECOND, |wire| {
        wire.about("AcknowledgeResultReceived", &wire.accepted(CONSUMER, &question).1)
    });
}

#[test]
fn a_pushed_answer_has_its_shape() {
    let receiver = Receiver::start(&GATE.certs, &[]);
    GATE.kapia(&["consumer", "callback", "add", "demo", &format!("localhost:{}", receiver.port)]);
    let wire = SECOND[0];
    let fields = format!("<CallbackURL>{}</CallbackURL>{SIGNED}", receiver.url("/callback"));
    let question = Question { fields, ..Question::good() };
    reply_golden("pushed", &[wire], |wire| {
        // The gate sees the change within a second; until then it accepts and says that it will not push.
        until(|| {
            wire.post(CONSUMER, "Execute", &wire.request(LATER, &question)).header("kapia-code").is_none().then_some(())
        });
        receiver.next().body
    });
}

fn acknowledged(wire: Wire) -> (String, Ticket) {
    let ticket = wire.accepted(CONSUMER, &Question::good()).1;
    wire.fetched(&ticket);
    (wire.about("AcknowledgeResultReceived", &ticket), ticket)
}

#[test]
fn every_golden_file_belongs_to_a_case() {
    let source: String = include_str!("shapes.rs").split_whitespace().collect();
    for file in std::fs::read_dir(folder()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        // Typed contracts have a test of their own (tests/faces.rs).
        let Some(case) = name.splitn(3, '-').last().unwrap().strip_suffix(".xml") else { continue };
        assert!(source.contains(&format!("golden(\"{case}\"")), "{name} belongs to nothing");
    }
}

/// Makes a call in the first and the second generation and in both versions and compares with the golden files of the case.
fn golden(case: &str, change: impl Fn(Call) -> Call, who: Option<&str>) {
    let tls = GATE.tls(Some(who.unwrap_or(CONSUMER)));
    reply_golden(case, &ALL[1..], |wire| {
        let entry = if wire.generation == "v1" { Entry::V1 } else { Entry::V2 };
        GATE.call_as(&tls, &change(Call::of(entry, wire.soap))).http.text().to_owned()
    });
}

/// Compares what is said on each of the wires with the golden files of the case.
fn reply_golden(case: &str, wires: &[Wire], reply: impl Fn(Wire) -> String) {
    let bless = std::env::var_os("KAPIA_BLESS").is_some();
    let mut differing = BTreeSet::new();
    for wire in wires {
        let masked = masked(&reply(*wire)) + "\n";
        let version = if wire.soap == Soap::V11 { "soap11" } else { "soap12" };
        let name = format!("{}-{version}-{case}.xml", wire.generation);
        let file = folder().join(&name);
        if bless {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&file, &masked).unwrap();
        } else if std::fs::read_to_string(&file).unwrap_or_default() != masked {
            println!("{name} is now\n{masked}");
            differing.insert(name);
        }
    }
    assert!(differing.is_empty(), "these replies are not what they were (KAPIA_BLESS=1 accepts them): {differing:?}");
}

const CONSUMER: &str = "consumer";

/// A generation of the contract in a version of SOAP.
#[derive(Clone, Copy)]
struct Wire {
    generation: &'static str,
    soap: Soap,
}

const ALL: [Wire; 5] = [
    Wire { generation: "v0", soap: Soap::V11 },
    Wire { generation: "v1", soap: Soap::V11 },
    Wire { generation: "v1", soap: Soap::V12 },
    Wire { generation: "v2", soap: Soap::V11 },
    Wire { generation: "v2", soap: Soap::V12 },
];
const OLDEST: [Wire; 1] = [ALL[0]];
const SECOND: [Wire; 2] = [ALL[3], ALL[4]];

/// What is asked, with further fields of the request.
#[derive(Clone)]
struct Question {
    operation: String,
    argument: String,
    fields: String,
}

/// By which an answer is fetched.
struct Ticket {
    id: String,
    code: String,
}

impl Question {
    fn good() -> Question {
        let operation = operation("ValidPersonSearch").to_owned();
        Question { operation, argument: valid_person(RALITSA), fields: String::new() }
    }

    fn signed() -> Question {
        Question { fields: SIGNED.into(), ..Question::good() }
    }

    /// A question that the register answers with an error.
    fn without_answer() -> Question {
        let operation = operation("RelationsSearch").to_owned();
        Question { operation, argument: relations(NOBODY), ..Question::good() }
    }
}

impl Wire {
    /// The service, the namespace of its methods, and that of its actions.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self.generation {
            "v0" => ("RegiXService", "http://egov.bg/RegiX", "http://egov.bg/RegiX/IRegiXService"),
            "v1" => ("RegiXEntryPoint", "http://tempuri.org/", "http://tempuri.org/IRegiXEntryPoint"),
            _ => ("RegiXEntryPointV2", "http://egov.bg/RegiX", "http://egov.bg/RegiX/IRegiXEntryPointV2"),
        }
    }

    /// The reply to a question that waits for its answer.
    fn asked(self, who: &str, question: &Question) -> String {
        let method = if self.generation == "v2" { "Execute" } else { "ExecuteSynchronous" };
        self.post(who, method, &self.request("", question)).text().to_owned()
    }

    /// The reply to a question that does not wait, and what the answer is fetched by.
    fn accepted(self, who: &str, question: &Question) -> (String, Ticket) {
        let reply = self.post(who, "Execute", &self.request(LATER, question)).text().to_owned();
        let ticket = Ticket { id: inside(&reply, "ServiceCallID"), code: inside(&reply, "VerificationCode") };
        (reply, ticket)
    }

    /// The answer, as soon as it is there.
    fn fetched(self, ticket: &Ticket) -> String {
        until(|| Some(self.about("CheckResult", ticket)).filter(|reply| reply.contains("<IsReady>true</IsReady>")))
    }

    fn about(self, method: &str, ticket: &Ticket) -> String {
        let id = format!("<ServiceCallID>{}</ServiceCallID>", ticket.id);
        let code = format!("<VerificationCode>{}</VerificationCode>", ticket.code);
        let argument = match self.generation {
            "v2" => in_signed_data("ServiceCheckResultArgument", &format!("{id}{code}")),
            _ => id,
        };
        self.post(CONSUMER, method, &format!("<argument>{argument}</argument>")).text().to_owned()
    }

    fn request(self, processing: &str, question: &Question) -> String {
        let Question { operation, argument, fields } = question;
        // The oldest contract has no further fields, and only the second has processing.
        let (processing, fields) = match self.generation {
            "v0" => ("", ""),
            "v1" => ("", fields.as_str()),
            _ => (processing, fields.as_str()),
        };
        let data = format!("{processing}<Operation>{operation}</Operation><Argument>{argument}</Argument>{fields}");
        let data = if self.generation == "v2" { in_signed_data("ServiceRequestData", &data) } else { data };
        format!("<request>{data}</request>")
    }

    fn post(self, who: &str, method: &str, content: &str) -> HttpReply {
        let (service, namespace, actions) = self.names();
        let action = format!("{actions}/{method}");
        let (path, header) = match self.soap {
            Soap::V11 if self.generation == "v0" => (format!("/{service}.svc"), String::new()),
            Soap::V11 => (format!("/{service}.svc/basic"), String::new()),
            Soap::V12 => {
                let header = format!(
                    "<s:Header xmlns:a=\"http://www.w3.org/2005/08/addressing\"><a:Action s:mustUnderstand=\"1\">{action}</a:Action><a:MessageID>urn:uuid:0b6f0d56-0000-4000-8000-000000000001</a:MessageID></s:Header>"
                );
                (format!("/{service}.svc"), header)
            }
        };
        let body = format!(
            "<s:Envelope xmlns:s=\"{}\">{header}<s:Body><{method} xmlns=\"{namespace}\">{content}</{method}></s:Body></s:Envelope>",
            self.soap.namespace()
        );
        let post = Post::to(&path, body).with("Content-Type", self.soap.content_type());
        let post = if self.soap == Soap::V11 { post.with("SOAPAction", &format!("\"{action}\"")) } else { post };
        let mut connection = GATE.tls(Some(who)).connect(GATE.port).unwrap();
        connection.send(&post.octets()).unwrap();
        connection.reply().unwrap()
    }
}

fn in_signed_data(element: &str, content: &str) -> String {
    format!("<{element} xmlns=\"http://egov.bg/RegiX/SignedData\">{content}</{element}>")
}

/// The text of the first element of this name; nothing if there is none.
fn inside(text: &str, element: &str) -> String {
    let text = text.split_once(&format!("<{element}>")).map_or("", |(_, rest)| rest);
    text.split('<').next().unwrap().to_owned()
}

fn until<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(Instant::now() < end, "it does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Without what differs from call to call: the number of the call, which is in the ids of a signature and in a text too, its
/// code, the octets of signatures and files, the certificate.
fn masked(text: &str) -> String {
    let mut masked = text.to_owned();
    for (before, after) in [("Id=\"Signature-", '"'), ("Id=\"SignatureValue-", '"'), ("with the provided id: ", '<')] {
        if let Some(start) = masked.find(before).map(|at| at + before.len()) {
            let end = start + masked[start..].find(after).unwrap();
            masked.replace_range(start..end, "…");
        }
    }
    for element in
        ["ServiceCallID", "VerificationCode", "Binary", "ds:DigestValue", "ds:SignatureValue", "ds:X509Certificate"]
    {
        let (bare, open, close) = (format!("<{element}>"), format!("<{element} "), format!("</{element}>"));
        let mut out = String::new();
        let mut rest = masked.as_str();
        while let Some(start) = rest.find(&bare).or_else(|| rest.find(&open)) {
            let inside = start + rest[start..].find('>').unwrap() + 1;
            let end = inside + rest[inside..].find(&close).unwrap();
            // A refusal has the number 0, always.
            let value = if &rest[inside..end] == "0" { "0" } else { "…" };
            out.push_str(&rest[..inside]);
            out.push_str(value);
            rest = &rest[end..];
        }
        masked = out + rest;
    }
    masked
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}
