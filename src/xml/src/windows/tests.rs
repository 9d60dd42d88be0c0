use super::*;
use crate::{Attribute, CopyPolicy, Copying, Keep, KeepAll, Writer};

/// Documents in which every kind of markup stands at every kind of place.
const DOCUMENTS: [&str; 6] = [
    "<a/>",
    "\u{FEFF}<?xml version='1.0' encoding='utf-8'?><!-- x > <b> --><a>текст</a><!--</a>--><?pi <b>?>\n",
    "<p:a xmlns:p='urn:p' xmlns='urn:d' x='1>2' y=\"/a>\">\n <b p:q='\n'>  </b>\n <b><c/> \n </b>\n</p:a>",
    "<a xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><b xmlns:t='urn:t' xsi:type='t:x'><![CDATA[<b></a>]]>]]&gt;</b><b\n\txsi:nil='true'\r\n/></a>",
    "<а ><б д='&lt;'>&#1078;<!-- - --><в></в\n>x<?p q?>y</б>\n\n<б>\n</б>\n</а >",
    "<r><i><n>1</n></i><i><n>2</n><x><y>z</y></x></i> <i/><i>tail</i></r>",
];

fn limits() -> Limits {
    Limits::default()
}

fn told(event: Event<'_>) -> Option<String> {
    Some(match event {
        Event::Start(element) => {
            let attributes: Vec<String> =
                element.attributes().map(|attribute| format!("{}={}", attribute.name(), attribute.value())).collect();
            format!("+{} {attributes:?} {:?}", element.name(), element.in_scope())
        }
        Event::End(element) => format!("-{}", element.name()),
        Event::Text(text) => format!("'{}'", text.value()),
        Event::Comment(text) => format!("#{text}"),
        Event::Instruction { target, data } => format!("?{target} {data}"),
    })
}

fn windows(text: &str, size: usize) -> Result<Vec<Window>, WindowError> {
    let mut windows = Windows::of_size(text.as_bytes(), &limits(), size);
    let mut all = Vec::new();
    while let Some(window) = windows.window()? {
        all.push(window);
    }
    Ok(all)
}

#[test]
fn windows_of_every_size_tell_what_the_whole_document_tells() {
    for text in DOCUMENTS {
        let whole = Document::read(text.as_bytes().to_vec(), &limits()).unwrap();
        let expected: Vec<String> = whole.root().events().filter_map(told).collect();
        for size in 1..=text.len() + 1 {
            let windows = windows(text, size).unwrap();
            let found: Vec<String> = windows.iter().flat_map(|window| window.events().filter_map(told)).collect();
            assert_eq!(found, expected, "{size} {text}");
        }
        assert!(windows(text, 1).unwrap().len() > 1 || text.len() < 5, "{text}");
    }
}

#[test]
fn an_element_lies_where_it_lies_in_the_whole_document() {
    for text in DOCUMENTS {
        let whole = Document::read(text.as_bytes().to_vec(), &limits()).unwrap();
        let starts = |event: Event<'_>| match event {
            Event::Start(element) => Some(element.span().start as u64),
            _ => None,
        };
        let expected: Vec<u64> = whole.root().events().filter_map(starts).collect();
        let windows = windows(text, 3).unwrap();
        let mut open: Vec<u64> = Vec::new();
        let mut found = Vec::new();
        for window in &windows {
            assert_eq!(window.reopened().map(|element| window.offset(element)).collect::<Vec<_>>(), open);
            for event in window.events() {
                match event {
                    Event::Start(element) => {
                        open.push(window.offset(element));
                        found.push(window.offset(element));
                        let at = usize::try_from(window.offset(element)).unwrap();
                        assert_eq!(window.position(element), whole.position(at));
                    }
                    Event::End(element) => assert_eq!(open.pop(), Some(window.offset(element))),
                    _ => {}
                }
            }
        }
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_by_the_same_name_at_the_same_place() {
    let wrong = [
        "",
        " ",
        "<a>",
        "<a><b></a>",
        "<a><b></c></b></a>",
        "<a></a><b></b>",
        "<a/><b/>",
        "<a></a>text",
        "</a>",
        "<a><b>\n\n</b><b x='1' x='2'/></a>",
        "<a>\n<b>&nbsp;</b></a>",
        "<!DOCTYPE a><a></a>",
        "<a>\n<!DOCTYPE a><b></b></a>",
        "<a><b><?xml version='1.0'?></b></a>",
        "<a>\n<b>\u{1}</b></a>",
        "<a><p:b/></a>",
        "<a><b>ж</b> <b",
        "<a><b>ж</b><!-- ",
        "<a xmlns:p='urn:p'\n><b/>\n <b>]]></b></a>",
        "<a x='\n'><b><c></c></b>ж<b y=1></b></a>",
    ];
    for text in wrong {
        let expected = Document::read(text.as_bytes().to_vec(), &limits()).unwrap_err();
        for size in [1, 2, 5, 1000] {
            match windows(text, size) {
                Err(WindowError::Xml(found)) => {
                    assert_eq!(
                        (found.code(), found.position()),
                        (expected.code(), expected.position()),
                        "{size} {text}"
                    );
                }
                Err(WindowError::Io(error)) => panic!("{error} {text}"),
                Ok(_) => panic!("{size} {text}"),
            }
        }
    }
}

#[test]
fn the_limit_is_one_of_the_whole_document() {
    let limits = Limits { bytes: 500, ..limits() };
    let text = format!("<a>{}</a>", "<b></b>".repeat(100));
    let mut windows = Windows::of_size(text.as_bytes(), &limits, 50);
    let mut count = 0;
    let error = loop {
        match windows.window() {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("read to its end"),
            Err(WindowError::Xml(error)) => break error,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!((error.code(), error.limit()), ("xml-too-large", true));
    assert!(count > 5);
    assert!(windows.window().unwrap().is_none());
}

/// Hides what is called `x`, makes `n` nil, keeps blanks in `б`.
struct Hides;

impl CopyPolicy for Hides {
    fn enter(&mut self, element: Element<'_>) -> Keep {
        match element.local() {
            "x" => Keep::No,
            "n" => Keep::Nil,
            _ => Keep::Yes,
        }
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) -> bool {
        attribute.local() != "y"
    }

    fn keeps_blanks(&mut self, parent: Element<'_>) -> bool {
        parent.local() == "б"
    }
}

#[test]
fn a_copy_by_windows_is_the_copy_of_the_whole() {
    fn copied(text: &str, size: usize, mut policy: impl CopyPolicy) -> String {
        let mut writer = Writer::new();
        writer.list_prefixes(&["t"]);
        let (mut out, mut copying) = (Vec::new(), Copying::default());
        for window in windows(text, size).unwrap() {
            writer.copy_window(&window, &mut copying, &mut policy);
            out.extend_from_slice(&writer.take());
            assert_eq!(writer.position(), out.len());
        }
        String::from_utf8(out).unwrap()
    }
    for text in DOCUMENTS {
        let document = Document::read(text.as_bytes().to_vec(), &limits()).unwrap();
        let whole = |mut policy: Box<dyn FnMut(&mut Writer)>| {
            let mut writer = Writer::new();
            writer.list_prefixes(&["t"]);
            policy(&mut writer);
            String::from_utf8(writer.into_bytes()).unwrap()
        };
        let (one, two) = (document.clone(), document.clone());
        let everything = whole(Box::new(move |writer| writer.copy(one.root(), &mut KeepAll)));
        let some = whole(Box::new(move |writer| writer.copy(two.root(), &mut Hides)));
        for size in 1..text.len() {
            assert_eq!(copied(text, size, KeepAll), everything, "{size} {text}");
            assert_eq!(copied(text, size, Hides), some, "{size} {text}");
        }
    }
}

#[test]
fn a_window_is_no_longer_than_it_must_be() {
    let text = format!("<a>{}</a>", "<b><c>1</c></b>".repeat(10_000));
    let windows = windows(&text, 1000).unwrap();
    assert!(windows.len() > 100);
    assert!(windows.iter().all(|window| window.root().document().source().len() < 1100));
}
