//! The corpus of real operations against a running gate: every sample is answered, every verdict is the adjudicated one.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;
use support::*;

static CORPUS: LazyLock<Corpus> = LazyLock::new(Corpus::open);
static GATE: LazyLock<Gate> =
    LazyLock::new(|| Gate::start(GateOptions { adapters: vec![CORPUS.adapters()], ..GateOptions::default() }));

/// Every so many answers are shown to `xmlsec1` too.
const FOREIGN_EVERY: usize = 8;

#[test]
fn every_valid_sample_gets_the_sample_answer_with_a_valid_signature() {
    let operations = CORPUS.operations();
    assert_eq!(operations.len(), 158);
    let mut table = Table::default();
    let mut wrong = Vec::new();
    let mut connection = GATE.connect();
    for (number, operation) in operations.iter().enumerate() {
        let call = Call {
            operation: operation.name.to_owned(),
            argument: Some(operation.request.clone()),
            ..Call::good().signed()
        };
        connection.send(&call.post_body(call.prefixed_envelope()).octets()).unwrap();
        let read = Read::new(connection.reply().unwrap(), Soap::V11);
        let judged = match &operation.response {
            Some(response) => answers_the_sample(&read, operation, response, number % FOREIGN_EVERY == 0, &mut table),
            None => names_an_error(&read).map(|()| table.count("answers that nobody can read: error named")),
        };
        if let Err(cause) = judged {
            wrong.push(format!("{}: {cause}", operation.name));
        }
    }
    table.print("samples of the corpus");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), operations.len(), wrong.join("\n"));
    assert_eq!(table.of("answers equal to the sample"), 155);
    assert_eq!(table.of("answers that nobody can read: error named"), 3);
}

#[test]
fn every_mutated_request_gets_the_adjudicated_verdict() {
    let answered: HashSet<&str> =
        CORPUS.operations().into_iter().filter(|operation| operation.response.is_some()).map(|o| o.name).collect();
    let negatives = CORPUS.negatives();
    assert_eq!(negatives.len(), 935);
    let mut table = Table::default();
    let mut wrong = Vec::new();
    let mut roots = 0;
    let mut connection = GATE.connect();
    for negative in &negatives {
        let call =
            Call { operation: negative.operation.to_owned(), argument: Some(negative.request.clone()), ..Call::good() };
        connection.send(&call.post_body(call.prefixed_envelope()).octets()).unwrap();
        let read = Read::new(connection.reply().unwrap(), Soap::V11);
        let judged = match (negative.valid, answered.contains(negative.operation)) {
            (true, true) => is_answered(&read),
            (true, false) => names_an_error(&read),
            (false, _) => names_a_place(&read),
        };
        let verdict = if negative.valid { "valid" } else { "invalid" };
        match judged {
            Ok(()) => {
                table.count(&format!("{} → {verdict}", negative.mutation));
                roots += usize::from(read.kapia_code() == Some("argument-root"));
            }
            Err(cause) => wrong.push(format!("{} ({verdict}): {cause}", negative.file)),
        }
    }
    table.print("mutated requests of the corpus, by mutation and verdict");
    println!("  of them {roots} told by their root, all others with a place\n");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), negatives.len(), wrong.join("\n"));
}

#[test]
fn the_start_says_which_operations_the_later_folder_serves() {
    let said = GATE.said();
    let theirs: HashSet<&str> = CORPUS.operations().iter().map(|operation| operation.name).collect();
    let replaced: Vec<&str> =
        OPERATIONS.iter().filter(|(_, full)| theirs.contains(full)).map(|(last, _)| *last).collect();
    assert_eq!(replaced.len(), OPERATIONS.len(), "the corpus has all seven");
    let line = said.lines().find(|line| line.contains("stand in two packages")).unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains("7 operations"), "{line}");
    let named = replaced.iter().filter(|last| line.contains(&format!("{last} (RegiX."))).count();
    assert!(named >= 3, "{line}");
}

#[test]
fn the_start_names_the_samples_that_nobody_can_read() {
    let said = GATE.said();
    let unreadable: Vec<_> = CORPUS.operations().into_iter().filter(|operation| operation.response.is_none()).collect();
    assert_eq!(unreadable.len(), 3);
    for operation in unreadable {
        let last = operation.name.rsplit('.').next().unwrap();
        assert!(said.contains(&format!("{last}Response.xml")), "nothing is said of {last}:\n{said}");
    }
}

#[test]
fn every_operation_is_listed() {
    let listed = GATE.kapia(&["list", "--json"]).stdout;
    for operation in CORPUS.operations() {
        assert!(listed.contains(&format!("\"{}\"", operation.name)), "{} is not listed", operation.name);
    }
}

fn answers_the_sample(
    read: &Read,
    operation: &CorpusOperation<'_>,
    response: &str,
    foreign: bool,
    table: &mut Table,
) -> Result<(), String> {
    is_answered(read)?;
    let (echoed, answered) = normal_data(read.http.text());
    same("the answer", &answered, &normal(response))?;
    table.count("answers equal to the sample");
    same("the echoed request", &echoed, &normal(&operation.request))?;
    table.count("echoed requests equal to the sample");
    verifies_in_rust(read, Entry::V2, &GATE.certs)?;
    table.count("signatures valid (kapia-signature)");
    if foreign {
        xmlsec1(&read.http.body, Entry::V2, &GATE.certs)?;
        xmlsec1(&cut_out(&read.http.body, Entry::V2, &[]), Entry::V2, &GATE.certs)?;
        table.count("signatures valid (xmlsec1, in place and cut out)");
    }
    Ok(())
}

fn is_answered(read: &Read) -> Result<(), String> {
    if read.http.status != 200 {
        let fault = read.fault();
        return Err(format!("{} {:?}", fault.reason, fault.problem));
    }
    let result = read.result(Entry::V2);
    match result.error {
        None => {
            result.assert_answer();
            Ok(())
        }
        Some(error) => Err(error),
    }
}

fn names_an_error(read: &Read) -> Result<(), String> {
    if read.http.status != 200 {
        return Err(format!("a fault: {}", read.fault().reason));
    }
    let result = read.result(Entry::V2);
    let named = result.has_error && result.is_ready && result.response.is_none() && result.call_id > 0;
    let text = result.error.clone().unwrap_or_default();
    if named && !text.is_empty() && read.kapia_code().is_some() { Ok(()) } else { Err(format!("{result:?}")) }
}

fn names_a_place(read: &Read) -> Result<(), String> {
    if read.http.status != 500 {
        return Err(format!("status {}, an answer", read.http.status));
    }
    let fault = read.fault();
    let problem = fault.problem.ok_or("a fault without a problem")?;
    match problem.code.as_str() {
        "argument-root" => Ok(()),
        "argument-invalid" => match problem.places.first() {
            Some(place) if place.line > 0 && place.path.starts_with('/') && !place.message[1].is_empty() => Ok(()),
            other => Err(format!("the place is {other:?}")),
        },
        other => Err(format!("{other}: {}", fault.reason)),
    }
}

fn same(what: &str, found: &str, expected: &str) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    let at =
        found.char_indices().zip(expected.chars()).find(|((_, f), e)| f != e).map_or(found.len(), |((at, _), _)| at);
    let around = |text: &str| text.get(at.saturating_sub(60)..).unwrap_or(text).chars().take(160).collect::<String>();
    Err(format!("{what} differs:\n  found    …{}\n  expected …{}", around(found), around(expected)))
}

/// Numbers for people who read the output.
#[derive(Default)]
struct Table(BTreeMap<String, usize>);

impl Table {
    fn count(&mut self, row: &str) {
        *self.0.entry(row.to_owned()).or_default() += 1;
    }

    fn of(&self, row: &str) -> usize {
        self.0.get(row).copied().unwrap_or_default()
    }

    fn print(&self, title: &str) {
        println!("\n{title}");
        self.0.iter().for_each(|(row, count)| println!("  {count:>5}  {row}"));
        println!("  {:>5}  together\n", self.0.values().sum::<usize>());
    }
}
