//! What the octets of a file promise.
#![allow(clippy::unwrap_used, missing_docs)]

mod answers;

use answers::{company, company_page, person, person_page};
use kapia_pdf::{Page, Part, Section, render};

#[test]
fn the_same_answer_gives_the_same_octets() {
    let files = || {
        let (person, company) = (person(), company());
        (render(&person_page(&person)).unwrap(), render(&company_page(&company)).unwrap())
    };
    assert!(files() == files());
    let here = files();
    let elsewhere = std::thread::spawn(files).join().unwrap();
    assert!(here == elsewhere);
}

#[test]
fn another_call_gives_other_octets() {
    let answers = person();
    let page = person_page(&answers);
    let first = render(&page).unwrap();
    assert!(first != render(&Page { service_call_id: 7, ..page.clone() }).unwrap());
}

#[test]
fn the_file_says_that_it_is_tagged_pdf_a_2a_in_bulgarian_made_when_the_call_was_executed() {
    let answers = person();
    let file = render(&person_page(&answers)).unwrap();
    let squeezed: String = String::from_utf8_lossy(&file).split_whitespace().collect();
    assert!(file.starts_with(b"%PDF-1.7\n"));
    for promise in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "/StructTreeRoot",
        "/Marked true",
        "/Lang(bg)",
        "/S/GTS_PDFA1",
        "/S/H1/",
        "/S/TH/",
        "D:20261122090507+02'00",
        "<xmp:CreateDate>2026-11-22T09:05:07+02:00</xmp:CreateDate>",
    ] {
        assert!(squeezed.contains(&promise.replace(' ', "")), "{promise}");
    }
}

#[test]
fn every_entry_of_the_cross_reference_table_points_at_its_object() {
    let answers = company();
    let file = render(&company_page(&answers)).unwrap();
    let tail = String::from_utf8_lossy(&file[file.len() - 64..]).into_owned();
    let start: usize = tail.split_once("startxref\n").unwrap().1.lines().next().unwrap().parse().unwrap();
    let table = String::from_utf8_lossy(&file[start..]).into_owned();
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("xref"));
    let count: usize = lines.next().unwrap().strip_prefix("0 ").unwrap().parse().unwrap();
    let mut used = 0;
    for (number, line) in lines.take(count).enumerate() {
        if line.contains(" n") {
            let offset: usize = line[..10].parse().unwrap();
            assert!(file[offset..].starts_with(format!("{number} 0 obj").as_bytes()), "object {number}");
            used += 1;
        }
    }
    assert!(used > 100, "{used}");
}

#[test]
fn the_file_holds_only_the_letters_it_uses() {
    let answers = person();
    let file = render(&person_page(&answers)).unwrap();
    assert!(file.len() < 60_000, "{} octets", file.len());
}
