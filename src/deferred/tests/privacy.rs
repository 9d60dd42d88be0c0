//! What is in the files, octet by octet, at every point of a call's life.
#![allow(clippy::unwrap_used)]

mod support;

use kapia_deferred::{Proof, VerificationCode};
use support::{CONSUMER, DAY, Place, T0, answer, call, failure, policy};

const URL: &str = "https://consumer.example/callback/8001010008";

/// The octets of the database, its log and its index.
fn files(place: &Place) -> Vec<Vec<u8>> {
    ["", "-wal", "-shm"]
        .iter()
        .filter_map(|suffix| {
            let mut name = place.file().into_os_string();
            name.push(suffix);
            std::fs::read(name).ok()
        })
        .collect()
}

fn holds(files: &[Vec<u8>], needle: &[u8]) -> bool {
    files.iter().any(|file| file.windows(needle.len()).any(|window| window == needle))
}

fn nothing_readable(place: &Place, code: &VerificationCode, when: &str) {
    let files = files(place);
    let operation = call(1).operation;
    assert!(holds(&files, operation.as_bytes()), "{when}: the search finds what is there");
    let names = "Иван Примеров";
    for secret in
        ["8001010008", "8506130004", "Identifier", names, "Found", "soap", "callback/", "регистърът", "did not"]
    {
        assert!(!holds(&files, secret.as_bytes()), "{when}: {secret}");
    }
    let random = code.reveal().split_once('.').unwrap().1;
    assert!(!holds(&files, random.as_bytes()), "{when}: the code");
}

fn sealed(place: &Place) -> Vec<Vec<u8>> {
    let file = rusqlite::Connection::open(place.file()).unwrap();
    let mut rows = file.prepare("select sealed from payloads").unwrap();
    let sealed = rows.query_map([], |row| row.get(0)).unwrap();
    sealed.map(Result::unwrap).collect()
}

#[tokio::test]
async fn plaintext_is_never_in_the_files_and_sealed_octets_are_overwritten_when_they_end() {
    for (end, outcome) in [("expiry", answer()), ("expiry", failure()), ("acknowledgement", answer())] {
        let place = Place::new();
        let store = place.open();
        let mut new = call(1);
        new.callback_url = Some(URL.to_owned());
        let code = store.accept(new).await.unwrap();
        nothing_readable(&place, &code, "accepted");
        let mut seen = sealed(&place);
        assert_eq!(seen.len(), 4);
        let work = store.next_due(T0).await.unwrap().unwrap();
        nothing_readable(&place, &code, "claimed");
        store.complete(work.ticket, outcome, T0).await.unwrap();
        nothing_readable(&place, &code, "completed");
        let left = sealed(&place);
        assert_eq!(left.len(), 4, "the outcome came and the argument went");
        seen.extend(left);
        let callback = store.next_callback(T0).await.unwrap().unwrap();
        store.callback_failed(callback.ticket, "outbound-timeout", None, T0).await.unwrap();
        store.check(1, Proof::Code(code.reveal()), CONSUMER, T0).await.unwrap();
        nothing_readable(&place, &code, "checked");

        let mut late = T0;
        if end == "expiry" {
            late = T0 + policy().result_ttl;
            assert_eq!(store.sweep(late).await.unwrap().expired, 1);
        } else {
            store.acknowledge(1, Proof::Code(code.reveal()), CONSUMER, late).await.unwrap();
            store.sweep(late).await.unwrap();
        }
        nothing_readable(&place, &code, end);
        assert_eq!(sealed(&place), Vec::<Vec<u8>>::new());
        let files = files(&place);
        for octets in seen {
            // The middle of the ciphertext: unique, and not split by a page for payloads of this size.
            assert!(!holds(&files, &octets[4..20]), "sealed octets are still in the files after the {end}");
        }
        store.sweep(late + policy().tombstone + 3 * DAY).await.unwrap();
        assert!(!holds(&self::files(&place), call(1).operation.as_bytes()), "the empty row is overwritten as well");
    }
}

#[tokio::test]
async fn the_file_alone_shows_no_code() {
    let place = Place::new();
    let store = place.open();
    let code = store.accept(call(1)).await.unwrap();
    let file = rusqlite::Connection::open(place.file()).unwrap();
    let stored: Vec<u8> = file.query_row("select code from calls", [], |row| row.get(0)).unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, code.reveal().as_bytes());
    assert_eq!(stored, digest.as_ref());
}
