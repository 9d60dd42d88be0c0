//! Everything that goes over the wire, octet for octet: requests, answers and faults of every operation in both versions.
//!
//! `KAPIA_BLESS=1` writes the files anew.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::path::PathBuf;

use bytes::Bytes;
use kapia_language::Language;
use kapia_portal::fault::{Code, Fault};
use kapia_portal::{DoorFault, Operation, Reply};
use kapia_soap::Version;
use support::{OTHERS, OURS, Room, Sample, envelope, key, save};

const ID: &str = "b3b0c2b6-6a8b-4a06-9d9c-2c2d1f0f5a11";

fn compare(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("KAPIA_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{name} is not what it was; KAPIA_BLESS=1 writes it anew\n{text}");
}

fn shown(reply: &Reply) -> String {
    format!("{}\n{}\n\n{}\n", reply.status, reply.content_type, String::from_utf8_lossy(&reply.body))
}

async fn exchange(room: &Room, folder: &str, name: &str, body: &str) {
    let digest: u32 = name.bytes().fold(7, |sum, octet| sum.wrapping_mul(31).wrapping_add(u32::from(octet)));
    let id = ID.replace("9d9c-2c2d1f0f5a11", &format!("9d9c-0000{digest:08x}"));
    let message = envelope(room.version, Some(&id), body);
    compare(&format!("{folder}/{name}.request.xml"), &format!("{message}\n"));
    let reply = room.service.answer(room.call(&message, None)).await;
    compare(&format!("{folder}/{name}.response.txt"), &shown(&reply));
}

#[tokio::test]
async fn every_operation_says_what_it_always_said() {
    for (version, folder) in [(Version::V11, "soap11"), (Version::V12, "soap12")] {
        let room = Room { version, ..Room::new().await };
        let wrong =
            Sample::new(2).with("Channel", "<Channel><ChannelType><Code>0006-999999</Code></ChannelType></Channel>");
        let http = Sample::new(4).with("ServiceURL", "<ServiceURL>http://izpitna.example.bg</ServiceURL>");
        let page = "<PageNumber>1</PageNumber><PageSize>2</PageSize>";
        let good = [
            Sample::new(2835).add(),
            Sample::new(2835).with("Keyword", "<Keyword>нова</Keyword>").update(Some(1)),
            save(&[wrong.clone(), http], "BestEffort"),
            format!("<DeactivateService>{}<Reason>Отменен акт</Reason></DeactivateService>", key(2835, OURS)),
            format!("<ReactivateService>{}<Reason>Нов акт</Reason></ReactivateService>", key(2835, OURS)),
            format!("<GetService>{}</GetService>", key(2835, OURS)),
            format!("<GetServiceStatus>{}</GetServiceStatus>", key(2, OURS)),
            format!("<ListServices><SupplierEIK>{OURS}</SupplierEIK>{page}</ListServices>"),
            "<GetSupplier><SupplierCode>814</SupplierCode></GetSupplier>".to_owned(),
            format!("<ListSuppliers>{page}</ListSuppliers>"),
            "<GetNomenclature><DictionaryName>SecurityLevel</DictionaryName></GetNomenclature>".to_owned(),
            "<Ping/>".to_owned(),
        ];
        for (operation, body) in Operation::ALL.into_iter().zip(&good) {
            exchange(&room, folder, operation.name(), body).await;
        }
        let foreign = key(1, OTHERS);
        let bad = [
            Sample::new(2835).with("Language", "").add(),
            Sample::new(2835).with("Language", "").update(Some(1)),
            save(&[Sample::new(7), wrong], "AllOrNothing"),
            format!("<DeactivateService>{}</DeactivateService>", key(2835, OURS)),
            format!("<ReactivateService>{}<Reason>x</Reason></ReactivateService>", key(99, OURS)),
            format!("<GetService>{foreign}</GetService>"),
            format!("<GetServiceStatus>{}</GetServiceStatus>", key(99, OURS)),
            "<ListServices><PageNumber>0</PageNumber><PageSize>2</PageSize></ListServices>".to_owned(),
            "<GetSupplier/>".to_owned(),
            "<ListSuppliers/>".to_owned(),
            "<GetNomenclature><DictionaryName>x</DictionaryName></GetNomenclature>".to_owned(),
            "<Ping><x/></Ping>".to_owned(),
        ];
        for (operation, body) in Operation::ALL.into_iter().zip(&bad) {
            exchange(&room, folder, &format!("{}.fault", operation.name()), body).await;
        }
        for (name, fault) in [("unauthorized", DoorFault::Unauthorized), ("suspended", DoorFault::Suspended)] {
            let reply = room.service.refuse(fault, version, "01KAPIA0000000000000000001");
            compare(&format!("{folder}/door.{name}.txt"), &shown(&reply));
        }
        let broken = room.call("<a", None);
        let reply = room.service.answer(kapia_portal::Call { body: Bytes::from_static(b"<a"), ..broken }).await;
        compare(&format!("{folder}/malformed.txt"), &shown(&reply));
    }
}

#[test]
fn the_catalogue_of_faults_says_what_it_always_said() {
    let mut table = String::from("code\tretryable\tsender\tBulgarian\tEnglish\n");
    for code in Code::ALL {
        let fault = Fault::new(code);
        table += &format!(
            "{}\t{}\t{}\t{}\t{}\n",
            code.number(),
            code.retryable(),
            code.is_senders(),
            fault.text(Language::Bulgarian),
            fault.text(Language::English)
        );
    }
    compare("faults.tsv", &table);
}
