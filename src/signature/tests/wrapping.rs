//! Comments, whole trees and second meanings around a signature.
#![allow(clippy::unwrap_used)]

mod message;

use kapia_signature::{Algorithms, Placement, Policy, Profile, Refusal};
use message::*;

#[test]
fn comments_between_the_elements_of_a_signature_change_nothing_that_is_read() {
    let (data, signature) = signed(rsa(), Profile::Default);
    let verifier = rsa().verifier(Algorithms::MODERN);
    let expected = verifier.verify(&read(&envelope(&data, &signature)), &BESIDE).unwrap();
    let mut places = 0;
    for (at, _) in signature.match_indices("><") {
        let (before, after) = signature.split_at(at + 1);
        // Inside an element that holds text only there is a value, even an empty one.
        let injected = format!("{before}<!-- <ds:Reference URI=\"#other\"/> -->{after}");
        let document = read(&envelope(&data, &injected));
        match verifier.verify(&document, &BESIDE) {
            Ok(verified) => {
                assert_eq!(verified.canonical, expected.canonical);
                assert_eq!(verified.algorithm, expected.algorithm);
                places += 1;
            }
            Err(error) => assert_eq!(error.refusal(), Refusal::SplitText, "{injected}"),
        }
    }
    assert!(places > 10, "{places}");
}

#[test]
fn a_signature_over_one_element_says_nothing_of_its_neighbours_and_ancestors() {
    let (data, signature) = signed(rsa(), Profile::Default);
    let verifier = rsa().verifier(Algorithms::MODERN);
    let source = envelope(&data, &signature).replace("<HasError>false</HasError>", "<HasError>true</HasError><Evil/>");
    let document = read(&source);
    let verified = verifier.verify(&document, &BESIDE).unwrap();
    let covered = document.element(verified.element);
    assert!(covered.is(SIGNED_DATA, "Data"));
    assert_eq!(verified.canonical, data.as_bytes());
    // A caller that means the root is told so.
    let error = verifier.verify(&document, &BESIDE.covering(document.root().id())).unwrap_err();
    assert_eq!(error.refusal(), Refusal::Unexpected);
    let error = verifier.verify(&document, &Policy::new(Placement::DocumentElement)).unwrap_err();
    assert_eq!(error.refusal(), Refusal::Position);
}

#[test]
fn prefixes_bound_anew_around_a_signature_do_not_reach_what_is_signed() {
    let (data, signature) = signed(rsa(), Profile::Default);
    let verifier = rsa().verifier(Algorithms::MODERN);
    // Visible names: exclusive C14N carries their namespaces, so that another namespace is another digest.
    let source = envelope(&data, &signature).replacen(
        &format!("<ExecuteResult xmlns=\"{SIGNED_DATA}\">"),
        "<ExecuteResult xmlns=\"urn:other\">",
        1,
    );
    let result = verifier.verify(&read(&source), &BESIDE);
    match result {
        // The signed element declares its namespace itself.
        Ok(verified) => assert_eq!(verified.canonical, data.as_bytes()),
        Err(error) => assert_eq!(error.refusal(), Refusal::Digest),
    }
    let xsi = format!("xmlns:xsi=\"{XSI}\"");
    let rebound = envelope(&data, &signature).replacen(&xsi, "xmlns:xsi=\"urn:other\"", 1);
    let verified = verifier.verify(&read(&rebound), &BESIDE);
    match verified {
        Ok(verified) => assert_eq!(verified.canonical, data.as_bytes()),
        Err(error) => assert_eq!(error.refusal(), Refusal::Digest),
    }
}
