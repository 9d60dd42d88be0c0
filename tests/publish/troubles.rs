//! What can come between a message and its answer: each has a name, a text with a hint, and loses nothing.

use crate::elsewhere::{Elsewhere, Say};
use crate::sending::*;
use crate::support::*;
use std::net::TcpListener;
use std::process::{Command, Stdio};

#[test]
fn a_trouble_is_told_and_nothing_is_lost_by_it() {
    let gate = gate();
    let mut sender = Sender::new(gate);
    let file = sender.keep("one.xml", &record(73_001, "Услуга за проба"));
    let right = std::mem::replace(&mut sender.user, "nobody".to_owned());
    let output = sender.push(&file, &[]);
    assert_ended(&output, 3, "push-unauthorized");
    assert!(output.stdout.contains("1 not sent (1 messages)"), "{output:?}");
    sender.user = right;
    let twice = sender.keep("two.xml", &record(73_001, "Същата услуга"));
    let output = sender.push(&sender.records(), &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["records"][0]["ended"], "created");
    assert_eq!(
        (&report["records"][1]["ended"], &report["records"][1]["told"][0]["code"]),
        (&"rejected".into(), &"push-twice".into())
    );
    std::fs::remove_file(twice).unwrap();
    // Somebody else's administration is not ours to write.
    let foreign = record(73_002, "Чужда услуга").replace(EIK, "000695388");
    let output = sender.push(&sender.keep("two.xml", &foreign), &[]);
    assert_ended(&output, 1, "EGS-2001");
    // The address of nobody.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = sender.push_to(closed, &file, &["--attempts", "1"]);
    assert_ended(&output, 3, "push-unreachable");
}

/// Pushes one record to somebody who answers like this.
fn told(script: Vec<Say>, more: &[&str]) -> (Output, Elsewhere) {
    let elsewhere = Elsewhere::start(script);
    let sender = Sender::new(gate());
    let file = sender.keep("one.xml", &record(73_100, "Услуга за проба"));
    let output = sender.push_at(elsewhere.port, &elsewhere.ca, &file, more);
    (output, elsewhere)
}

#[track_caller]
fn assert_told(output: &Output, code: i32, words: &[&str]) {
    assert_eq!(output.code, Some(code), "{output:?}");
    for word in words {
        assert!(output.stdout.contains(word), "{word}: {output:?}");
    }
}

#[test]
fn a_web_page_is_no_answer_even_with_status_200() {
    let (output, elsewhere) = told(vec![Say::page("200 OK", "<!DOCTYPE html><title>Вход</title>")], &[]);
    assert_told(&output, 3, &["push-web-page", "HTTP 200", "check the address", "1 not sent (1 messages)"]);
    assert!(elsewhere.next().head.to_lowercase().contains("authorization: basic "));
}

#[test]
fn nobody_is_followed_elsewhere_with_a_password() {
    let away = Say::http("302 Found", "Location: https://login.example/in?session=secret\r\n", "");
    let (output, elsewhere) = told(vec![away], &[]);
    assert_told(&output, 3, &["push-redirected", "login.example/in", "the password was not sent on"]);
    assert!(!output.stdout.contains("secret"), "{output:?}");
    assert_eq!(elsewhere.all().len(), 1);
}

#[test]
fn a_certificate_that_is_not_believed_says_why() {
    let sender = Sender::new(gate());
    let file = sender.keep("one.xml", &record(73_101, "Услуга за проба"));
    let other = Elsewhere::named("other.example", Vec::new());
    let output = sender.push_at(other.port, &other.ca, &file, &[]);
    assert_told(&output, 3, &["push-certificate-name", "another name", "1 not sent (1 messages)"]);
    let unknown = Elsewhere::start(Vec::new());
    let output = sender.push_to(unknown.port, &file, &[]);
    assert_told(&output, 3, &["push-certificate-issuer", "--ca"]);
    assert!(other.all().is_empty() && unknown.all().is_empty(), "nothing is sent to somebody unknown");
}

#[test]
fn a_fault_outside_the_catalogue_is_told_as_it_is() {
    let fault =
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>Няма такава администрация</faultstring></s:Fault>";
    let refused = Say::soap("500 Internal Server Error", fault);
    let (output, _elsewhere) = told(vec![refused], &[]);
    assert_told(
        &output,
        1,
        &["push-fault", "Няма такава администрация", "ask the operators", "1 rejected (1 messages)"],
    );
    // One with a code that nobody knows here: its own words, in both languages if it has only one.
    let (output, _elsewhere) = told(vec![Say::fault("X-17", "Забранено", false)], &[]);
    assert_told(&output, 1, &["X-17 Забранено", "ask the operators", "1 rejected"]);
    // A service that blames itself is asked again.
    let own = fault.replace("s:Client", "s:Server");
    let again = vec![Say::soap("500 Internal Server Error", &own), Say::result("CREATED", 1)];
    let (output, elsewhere) = told(again, &["--one-by-one"]);
    assert_told(&output, 0, &["1 created (2 messages)"]);
    let heard = elsewhere.all();
    assert_eq!(heard[0].request_id(), heard[1].request_id());
    // A stranger may mean that the record is there already: it is updated then, and otherwise the first words count.
    let script = vec![Say::soap("500 X", fault), Say::result("UPDATED", 3)];
    assert_told(&told(script, &["--one-by-one"]).0, 0, &["1 updated (2 messages)"]);
    let script = vec![Say::soap("500 X", fault), Say::fault("EGS-3004", "Няма такъв запис.", false)];
    assert_told(&told(script, &["--one-by-one"]).0, 1, &["Няма такава администрация"]);
}

#[test]
fn a_slow_answer_and_one_that_is_cut_off_are_asked_for_again_under_the_same_name() {
    let (output, elsewhere) = told(Vec::new(), &["--timeout", "1", "--attempts", "2"]);
    assert_told(&output, 3, &["push-deadline", "--timeout", "1 not sent (2 messages)"]);
    let heard = elsewhere.all();
    assert_eq!((heard.len(), heard[0].request_id()), (2, heard[1].request_id()));
    let (output, elsewhere) = told(vec![Say::CutOff, Say::result("CREATED", 1)], &["--one-by-one"]);
    assert_told(&output, 0, &["1 created (2 messages)"]);
    assert!(output.stderr.contains("attempt 2 in 2 s"), "{output:?}");
    let heard = elsewhere.all();
    assert_eq!(heard[0].request_id(), heard[1].request_id());
}

#[test]
fn a_service_that_wants_to_be_asked_later_is_asked_later() {
    let later = |status: &str, seconds: u32| Say::http(status, &format!("Retry-After: {seconds}\r\n"), "");
    let script =
        vec![later("503 Service Unavailable", 1), later("429 Too Many Requests", 1), Say::result("CREATED", 1)];
    let (output, _elsewhere) = told(script, &["--one-by-one"]);
    assert_told(&output, 0, &["1 created (3 messages)"]);
    assert!(output.stderr.contains("attempt 3 in 1 s"), "{output:?}");
    let (output, elsewhere) = told(vec![later("429 Too Many Requests", 3600)], &[]);
    assert_told(&output, 3, &["push-come-again", "after 3600 seconds", "1 not sent (1 messages)"]);
    assert_eq!(elsewhere.all().len(), 1);
}

#[test]
fn troubles_are_told_in_bulgarian_too() {
    let sender = Sender::new(gate());
    let file = sender.keep("one.xml", &record(73_102, "Услуга за проба"));
    let elsewhere = Elsewhere::start(vec![Say::page("200 OK", "<html></html>")]);
    let mut arguments = vec!["--lang".to_owned(), "bg".into()];
    arguments.extend(sender.arguments(elsewhere.port, &elsewhere.ca, &file, &[]));
    let said = Command::new(program()).args(arguments).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("върна се уеб страница (HTTP 200)") && said.contains("проверете адреса"), "{said}");
}

#[test]
fn a_push_that_was_killed_in_the_middle_is_simply_done_again() {
    let gate = gate();
    let sender = Sender::new(gate);
    let many: String = (73_200..73_260).map(|number| record(number, &format!("Услуга {number}"))).collect();
    let file = sender.keep("many.xml", &format!("<all>{many}</all>"));
    let arguments = sender.arguments(gate.port, &gate.certs.join("ca.pem"), &file, &["--one-by-one"]);
    let mut child =
        Command::new(program()).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("some have arrived", || list(gate).matches("/732").count() >= 3);
    child.kill().unwrap();
    child.wait().unwrap();
    let output = sender.push(&file, &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let count = |name: &str| report["counts"][name].as_u64().unwrap();
    assert_eq!((output.code, count("created") + count("unchanged")), (Some(0), 60), "{report}");
    assert!(count("unchanged") >= 3, "{report}");
    for number in [73_200, 73_259] {
        let history = gate.kapia(&["portal", "history", &format!("{EIK}/{number}")]).stdout;
        assert_eq!(history.lines().count(), 1, "{history}");
    }
}

#[test]
fn two_who_push_the_same_at_once_do_it_once() {
    let sender = Sender::new(gate());
    let many: String = (73_300..73_360).map(|number| record(number, &format!("Услуга {number}"))).collect();
    let file = sender.keep("many.xml", &format!("<all>{many}</all>"));
    let reports: Vec<serde_json::Value> = std::thread::scope(|scope| {
        let push = |way: &'static str| {
            let (sender, file) = (&sender, &file);
            let more = if way.is_empty() { vec!["--json"] } else { vec!["--json", way] };
            scope.spawn(move || sender.push(file, &more))
        };
        let both = [push(""), push("--one-by-one")];
        both.map(|push| push.join().unwrap())
            .into_iter()
            .map(|output| {
                assert_eq!(output.code, Some(0), "{output:?}");
                serde_json::from_str(&output.stdout).unwrap()
            })
            .collect()
    });
    let sum = |name: &str| reports.iter().map(|report| report["counts"][name].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("created"), sum("unchanged")), (60, 60), "{reports:?}");
}
