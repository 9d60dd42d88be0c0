//! Personal numbers never stand in logs, metrics, headers or texts of errors, whatever place they are sent in.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use support::*;

/// An invented person number for every place in which one can be sent.
struct Numbers {
    argument: String,
    employee: String,
    citizen: String,
    operation: String,
    header: String,
    token: String,
    query: String,
    attribute: String,
    /// As part of the name of an element, an attribute or a namespace. A fault must name what is wrong, so names are
    /// told; logs and metrics hold not even them.
    name: String,
}

impl Numbers {
    fn new() -> Numbers {
        let number = |index: u32| egn(410_101_990 + index * 1_010_000);
        Numbers {
            argument: number(0),
            employee: number(1),
            citizen: number(2),
            operation: number(3),
            header: number(4),
            token: number(5),
            query: number(6),
            attribute: number(7),
            name: number(8),
        }
    }

    /// Those that nobody may be told.
    fn values(&self) -> [&str; 8] {
        [
            &self.argument,
            &self.employee,
            &self.citizen,
            &self.operation,
            &self.header,
            &self.token,
            &self.query,
            &self.attribute,
        ]
    }

    /// Those that nobody may keep.
    fn all(&self) -> Vec<&str> {
        [&self.values()[..], &[&self.name]].concat()
    }
}

#[test]
fn personal_numbers_never_reach_logs_metrics_headers_or_texts_of_errors() {
    let numbers = Numbers::new();
    let mut gate = Gate::start(GateOptions { log: Some("trace"), ..GateOptions::default() });
    let mut leaks = Vec::new();
    for (what, post) in posts(&numbers) {
        let reply = gate.send(&post.octets());
        let is_answer = reply.status == 200 && reply.header("kapia-code").is_none();
        assert_eq!(is_answer, what.starts_with("answered"), "{what}: {}", reply.everything());
        // An answer echoes its argument; its headers are told even so.
        let told = if is_answer { format!("{:?}", reply.headers) } else { reply.everything() };
        leaks.extend(found(&numbers.values(), &told, what));
    }
    // Strangers, and clients that go away in the middle.
    let call = with_numbers(&numbers, Call::good());
    let stranger = gate.call_as(&gate.tls(Some("stranger")), &call).http.everything();
    leaks.extend(found(&numbers.all(), &stranger, "a stranger"));
    let octets = call.post().octets();
    let mut connection = gate.connect();
    connection.send(&octets[..octets.len() - 40]).unwrap();
    connection.abandon();

    let (status, metrics) = gate.admin("/metrics");
    assert_eq!(status, 200);
    assert!(metrics.contains("kapia_calls_total"));
    leaks.extend(found(&numbers.all(), &metrics, "metrics"));

    gate.signal("TERM");
    gate.wait();
    let said = gate.said();
    leaks.extend(found(&numbers.all(), &said, "the log"));
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(said.contains("TRACE") || said.contains("DEBUG"), "the log is not as verbose as it can be:\n{said}");
}

#[test]
fn commands_do_not_tell_personal_numbers_of_other_calls() {
    let numbers = Numbers::new();
    let gate = Gate::demo();
    gate.call(&with_numbers(&numbers, Call::good()));
    gate.call(&with_numbers(&numbers, Call { operation: numbers.operation.clone(), ..Call::good() }));
    for command in [
        &["journal", "tail", "-n", "20"][..],
        &["journal", "tail", "-n", "20", "--json"],
        &["journal", "verify"],
        &["list"],
        &["consumer", "list"],
        &["grant", "show", "demo"],
    ] {
        let output = gate.kapia(command);
        let leaks = found(&numbers.all(), &format!("{}{}", output.stdout, output.stderr), &command.join(" "));
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    }
}

/// Calls of every kind, good and broken, each with every number in the place that it is about.
fn posts(numbers: &Numbers) -> Vec<(&'static str, Post)> {
    let Numbers { argument, operation, header, token, query, attribute, name, .. } = numbers;
    let good = with_numbers(numbers, Call::good());
    let request = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest";
    let of = |argument: String| Call { argument: Some(argument), ..good.clone() }.post();
    let body = |text: String| good.post_body(text);
    let envelope = good.envelope();
    let v12 = with_numbers(numbers, Call::of(Entry::V1, Soap::V12));
    let token_field =
        format!("<EIDToken>{token}</EIDToken><CallbackURL>https://{token}.example/</CallbackURL><Operation>");
    let mut queried = good.post();
    queried.target = format!("{}?egn={query}", queried.target);
    let mut elsewhere = good.post();
    elsewhere.target = format!("/{query}?{query}");
    let mut brought = good.post();
    brought.headers.push(("X-Person".into(), header.clone()));
    brought.headers.push(("Cookie".into(), format!("egn={header}")));
    let mut broken_header = good.post();
    broken_header.headers.push(("Content-Length".into(), header.clone()));
    vec![
        ("answered: no data", good.post()),
        ("answered: signed", good.clone().signed().post()),
        ("answered: V1", v12.post()),
        ("answered: token", body(envelope.replace("<Operation>", &token_field))),
        ("answered: query", queried),
        ("answered: headers of HTTP", brought),
        ("not found", elsewhere),
        ("two lengths", broken_header),
        ("the value is too long", of(valid_person(&format!("{argument}{argument}")))),
        ("the value is no number", of(valid_person(&format!("x{argument}")))),
        ("an element named so", of(format!("<ValidPersonRequest xmlns=\"{request}\"><e{name}/></ValidPersonRequest>"))),
        (
            "an attribute named so",
            of(format!(
                "<ValidPersonRequest xmlns=\"{request}\" a{name}=\"1\"><EGN>{argument}</EGN></ValidPersonRequest>"
            )),
        ),
        (
            "an attribute with it",
            of(format!(
                "<ValidPersonRequest xmlns=\"{request}\" a=\"{attribute}\"><EGN>{argument}</EGN></ValidPersonRequest>"
            )),
        ),
        (
            "text between elements",
            of(format!("<ValidPersonRequest xmlns=\"{request}\">{argument}<EGN>{argument}</EGN></ValidPersonRequest>")),
        ),
        (
            "twice",
            of(format!(
                "<ValidPersonRequest xmlns=\"{request}\"><EGN>{argument}</EGN><EGN>{argument}</EGN></ValidPersonRequest>"
            )),
        ),
        (
            "a foreign namespace",
            of(format!("<ValidPersonRequest xmlns=\"urn:{name}\"><EGN>{argument}</EGN></ValidPersonRequest>")),
        ),
        ("a foreign root", of(format!("<r{name}/>"))),
        ("text in place of an argument", of(argument.clone())),
        (
            "an error of the register",
            Call {
                operation: self::operation("RelationsSearch").into(),
                argument: Some(relations(argument)),
                ..good.clone()
            }
            .post(),
        ),
        ("an operation that is a number", Call { operation: operation.clone(), ..good.clone() }.post()),
        (
            "an operation with a number",
            Call { operation: format!("TechnoLogica.RegiX.{operation}.X"), ..good.clone() }.post(),
        ),
        (
            "an operation of a known contract",
            Call {
                operation: format!("TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.{operation}"),
                ..good.clone()
            }
            .post(),
        ),
        ("an action with it", Call { action: format!("urn:{header}"), ..good.clone() }.post()),
        ("an action of SOAP 1.2 with it", Call { action: format!("urn:{header}"), ..v12.clone() }.post()),
        (
            "a header that must be understood",
            Call {
                headers: format!("<h{name} xmlns=\"urn:{name}\" s:mustUnderstand=\"1\">{header}</h{name}>"),
                ..good.clone()
            }
            .post(),
        ),
        (
            "an answer elsewhere",
            Call { headers: format!("<a:ReplyTo><a:Address>http://{header}/</a:Address></a:ReplyTo>"), ..v12 }.post(),
        ),
        ("a boolean that is none", body(envelope.replace("<SignResult>false", &format!("<SignResult>{token}")))),
        (
            "a flag that is none",
            body(
                envelope.replace("<Operation>", &format!("<RequestProcessing>{token}</RequestProcessing><Operation>")),
            ),
        ),
        ("an end tag that does not fit", body(envelope.replace("</EGN>", &format!("</e{name}>")))),
        ("an entity of that name", body(envelope.replace("</EGN>", &format!("&e{name};</EGN>")))),
        ("a character code", body(envelope.replace("</EGN>", &format!("&#{name};</EGN>")))),
        ("a prefix that nobody declared", body(envelope.replace("<EGN>", &format!("<p{name}:EGN>")))),
        (
            "an attribute twice",
            body(envelope.replace("<EGN>", &format!("<EGN a{name}=\"1\" a{name}=\"{attribute}\">"))),
        ),
        ("a document type", body(format!("<!DOCTYPE d{name} [<!ENTITY e \"{name}\">]>{envelope}"))),
        ("no envelope", body(format!("<n{name} xmlns=\"urn:{name}\">{argument}</n{name}>"))),
        (
            "a method of that name",
            body(format!(
                "<s:Envelope xmlns:s=\"{}\"><s:Body><m{name} xmlns=\"urn:{name}\"/></s:Body></s:Envelope>",
                Soap::V11.namespace()
            )),
        ),
        ("no XML", body(argument.clone())),
        (
            "another media type",
            Post::to("/RegiXEntryPointV2.svc/basic", envelope).with("Content-Type", &format!("text/{token}")),
        ),
    ]
}

/// Numbers in the fields that are made for them and in the contexts that are kept elsewhere only.
fn with_numbers(numbers: &Numbers, call: Call) -> Call {
    Call {
        argument: Some(valid_person(&numbers.argument)),
        employee_egn: Some(numbers.employee.clone()),
        citizen_egn: Some(numbers.citizen.clone()),
        ..call
    }
}

/// Where a text holds one of the numbers.
fn found(numbers: &[&str], text: &str, what: &str) -> Vec<String> {
    let around =
        |at: usize| text[..at].chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect::<String>();
    let leaks = numbers.iter().filter_map(|number| text.find(number));
    leaks.map(|at| format!("{what}: a personal number stands after …{}", around(at).replace('\n', " "))).collect()
}
