//! Answers that nobody wishes for: each gives a file or a named error, never a panic.
#![allow(clippy::unwrap_used, missing_docs)]

mod answers;

use std::time::{Duration, Instant};

use answers::{Answer, page};
use kapia_pdf::{MAX_PAGES, Page, Part, PdfError, Section, render};

#[test]
fn fifty_thousand_rows_fill_many_pages_in_bounded_time() {
    let file = timed(&repeated(25_000, |at| format!("<B>{at}</B><C>стойност {at}</C>")));
    assert!(pages(&file) > 1000 && file.len() < 16 << 20, "{} octets", file.len());
}

#[test]
fn fifty_thousand_elements_in_a_table_fill_many_pages_in_bounded_time() {
    let file = timed(&repeated(10_000, |at| format!("<B><C>{at}</C><D>име</D><E>7909149958</E><F>2026-01-01</F></B>")));
    assert!(pages(&file) > 200 && file.len() < 4 << 20, "{} octets", file.len());
}

#[test]
fn fifty_thousand_elements_in_groups_fill_many_pages_in_bounded_time() {
    let file = timed(&repeated(12_500, |at| format!("<B><C><D>{at}</D></C><E>e</E></B>")));
    assert!(pages(&file) > 1000 && file.len() < 20 << 20, "{} octets", file.len());
}

#[test]
fn fifty_thousand_equal_leaves_fill_one_row() {
    let file = timed(&repeated(50_000, |at| format!("<B>{at}</B>")));
    assert!(pages(&file) > 500);
}

#[test]
fn an_unbroken_string_of_a_million_letters_is_broken() {
    let file = timed(&format!("<A><B>{}</B></A>", "щ".repeat(1_000_000)));
    assert!(pages(&file) > 100);
}

#[test]
fn an_answer_of_too_many_pages_is_refused_early() {
    let answer = Answer::bare(&format!("<A><B>{}</B></A>", "\nа".repeat(1_000_000)));
    let started = Instant::now();
    let error = render(&page(vec![answer.section(Part::Response)])).unwrap_err();
    assert_eq!(error, PdfError::TooLong { limit: MAX_PAGES });
    assert!(started.elapsed() < Duration::from_secs(120));
}

#[test]
fn letters_that_the_font_lacks_are_replaced() {
    for text in [
        "漢字かな交じり文",
        "שלום עולם",
        "مرحبا بالعالم",
        "👩‍👩‍👧‍👦 🇧🇬 👍🏽",
        "𝕬𝖇𝖈",
        "\u{e000}\u{f8ff}\u{fffd}",
        "e\u{301}\u{302}\u{303}",
    ] {
        timed(&format!("<A><B>{text}</B><B>{text}{text}</B></A>"));
    }
}

#[test]
fn every_character_that_xml_knows_can_be_rendered() {
    let all: String = ('\u{20}'..='\u{ffff}')
        .chain('\u{1f300}'..='\u{1f9ff}')
        .chain(['\u{f0000}', '\u{10fffd}', '\u{e0041}'])
        .filter(|c| !matches!(c, '<' | '&' | '\u{fffe}' | '\u{ffff}' | '>'))
        .collect();
    timed(&format!("<A><B>{all}</B></A>"));
}

#[test]
fn a_hundred_levels_are_rendered_and_more_than_the_limit_are_refused() {
    for (levels, fits) in [(100, true), (190, true), (400, false)] {
        let xml = format!("{}а{}", "<D><E>1</E><D>".repeat(levels / 2), "</D></D>".repeat(levels / 2));
        match rendered(&xml) {
            Ok(file) => assert!(fits && pages(&file) > 1),
            Err(error) => assert!(!fits && matches!(error, PdfError::TooDeep { .. }), "{error}"),
        }
    }
}

#[test]
fn hostile_labels_are_rendered() {
    let long = "ж".repeat(100_000);
    let labels = [
        "",
        " ",
        "\u{202e}drowssap",
        "\t\n\t",
        "(%s) \\( endobj %%EOF",
        "&lt;script&gt;",
        "🙂🙂",
        "。",
        &long,
        "....",
        "\u{feff}\u{200b}",
    ];
    for label in labels {
        let xsd = format!(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='A'>\
             <xs:annotation><xs:documentation>{label}</xs:documentation></xs:annotation>\
             <xs:complexType><xs:sequence><xs:element name='B' maxOccurs='9'>\
             <xs:annotation><xs:documentation>{label}</xs:documentation></xs:annotation>\
             <xs:complexType><xs:sequence><xs:element name='C' type='xs:string'>\
             <xs:annotation><xs:documentation>{label}</xs:documentation></xs:annotation>\
             </xs:element></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"
        );
        for xml in ["<A><B><C>1</C></B></A>", "<A><B><C>1</C></B><B><C>2</C></B></A>"] {
            let answer = Answer::typed(xml, &xsd);
            render(&page(vec![answer.section(Part::Response)])).unwrap();
        }
    }
}

#[test]
fn hostile_texts_of_the_call_are_rendered() {
    let long = "много дълго име ".repeat(10_000);
    let unbroken = "щ".repeat(200_000);
    let answer = Answer::bare("<A><B>1</B></A>");
    for text in ["", "\u{0}\u{1}\u{202e}\n\r\t", "\u{ffff}\u{fffe}\u{feff}\u{10ffff}", "漢🙂", &long, &unbroken] {
        let page = Page {
            title: text,
            operation: text,
            administration: text,
            register: text,
            consumer: text,
            legal_reason: Some(text),
            hidden_fields: true,
            service_call_id: i64::MIN,
            ..page(vec![answer.section(Part::Request), answer.section(Part::Response)])
        };
        render(&page).unwrap();
    }
}

#[test]
fn a_call_without_documents_is_rendered() {
    render(&page(Vec::<Section<'_>>::new())).unwrap();
}

#[test]
fn values_that_lie_about_their_type_are_rendered() {
    let kinds =
        ["date", "dateTime", "time", "gYear", "gYearMonth", "boolean", "base64Binary", "hexBinary", "string", "nope"];
    let texts = ["", " ", "-", "ж", "9999999999-99-99", "T", "+00:00", "ж+00:00", "🙂🙂🙂🙂🙂🙂", "\n\n"];
    let mut xml = String::from(
        "<A xmlns:i='http://www.w3.org/2001/XMLSchema-instance' xmlns:x='http://www.w3.org/2001/XMLSchema'>",
    );
    for kind in kinds {
        for text in texts {
            xml.push_str(&format!("<B i:type='x:{kind}'>{text}</B>"));
        }
    }
    xml.push_str("</A>");
    timed(&xml);
}

fn rendered(xml: &str) -> Result<Vec<u8>, PdfError> {
    let answer = Answer::bare(xml);
    render(&page(vec![answer.section(Part::Response)]))
}

/// The number of pages as the file itself counts them.
fn pages(file: &[u8]) -> usize {
    let text = String::from_utf8_lossy(file);
    let (_, after) = text.split_once("/Type/Pages/Count ").or_else(|| text.split_once("/Count ")).unwrap();
    after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// Seconds are generous: these are debug builds on busy machines. What must not happen is a quadratic walk.
fn timed(xml: &str) -> Vec<u8> {
    let started = Instant::now();
    let file = rendered(xml).unwrap();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(120), "took {took:?}");
    file
}

fn repeated(count: usize, record: impl Fn(usize) -> String) -> String {
    let mut xml = String::from("<A>");
    for at in 0..count {
        xml.push_str(&record(at));
    }
    xml.push_str("</A>");
    xml
}
