//! `kapia verify`: what a trusted key has signed, and nothing else.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::path::PathBuf;
use std::sync::LazyLock;
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(Gate::demo);

/// A signed reply as a file, changed before it is written.
fn message(name: &str, change: impl Fn(&str) -> String) -> PathBuf {
    let read = GATE.call(&Call::good().signed());
    let file = GATE.folder.join(name);
    std::fs::write(&file, change(read.http.text())).unwrap();
    file
}

fn verify(arguments: &[&str]) -> (Option<i32>, String) {
    let output = GATE.kapia_says(&[&["verify"], arguments].concat());
    (output.code, format!("{}{}", output.stdout, output.stderr))
}

#[test]
fn a_signed_reply_is_told_with_what_it_covers() {
    let file = message("good.xml", str::to_owned);
    let (code, said) = verify(&[file.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("signature valid: rsa-sha256, CN=signer.example"), "{said}");
    let covered = "it covers /Envelope/Body/ExecuteResponse/ExecuteResult/ServiceResultData/Data, ";
    assert!(said.contains(covered), "{said}");
}

#[test]
fn a_changed_letter_a_foreign_key_and_a_wrapped_signature_are_refused() {
    let changed = message("changed.xml", |text| text.replace("</FirstName>", "x</FirstName>"));
    // The signed Data moves into a header, and a forged one takes its place.
    let wrapped = message("wrapped.xml", |text| {
        let (start, end) = (text.find("<Data ").unwrap(), text.find("</Data>").unwrap() + "</Data>".len());
        let data = &text[start..end];
        let forged = data.replace("id=\"data\"", "id=\"forged\"").replace("</FirstName>", "x</FirstName>");
        let moved = format!("<s:Header><Wrapper xmlns=\"urn:w\">{data}</Wrapper></s:Header><s:Body");
        format!("{}{forged}{}", &text[..start], &text[end..]).replacen("<s:Body", &moved, 1)
    });
    for (file, arguments) in [(&changed, vec![]), (&wrapped, vec![])] {
        let (code, said) = verify(&[vec![file.to_str().unwrap()], arguments].concat());
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("error: the signature is not valid: ") && said.contains("hint: "), "{said}");
    }
    let good = message("good-too.xml", str::to_owned);
    let stranger = GATE.certs.join("stranger.pem");
    let (code, said) = verify(&[good.to_str().unwrap(), "--signer", stranger.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{said}");
}

#[test]
fn what_is_no_signed_document_is_told_so() {
    let file = GATE.folder.join("plain.xml");
    for (content, code) in [("<a/>", 1), ("<a", 1), ("<!DOCTYPE a><a/>", 1)] {
        std::fs::write(&file, content).unwrap();
        let (status, said) = verify(&[file.to_str().unwrap()]);
        assert_eq!(status, Some(code), "{said}");
        assert!(said.contains("hint: "), "{said}");
    }
    let (status, said) = verify(&["there-is-no-such-file.xml"]);
    assert_eq!(status, Some(2), "{said}");
}
