//! What stands on the pages, line by line. Whether other programs read the same from the files is tested in `conformance`.

use proptest::prelude::*;

use crate::answers::{Answer, company, company_page, page, person, person_page};
use crate::sheet::{BOTTOM, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, Sheet};
use crate::{Page, Part, PdfError, set};

/// The lines of every page in reading order; form feeds between pages.
fn lines(page: &Page<'_>) -> String {
    let (sheets, _, _) = set(page).unwrap();
    let mut text = String::new();
    for sheet in &sheets {
        for line in &sheet.lines {
            text.push_str(line.text.trim_end());
            text.push('\n');
        }
        text.push_str("\u{c}\n");
    }
    text
}

fn response(xml: &str, xsd: &str) -> String {
    let answer = Answer::typed(xml, xsd);
    lines(&page(vec![answer.section(Part::Response)]))
}

/// The line that stands below this one.
fn below<'t>(text: &'t str, label: &str) -> &'t str {
    let mut lines = text.lines().skip_while(|line| *line != label);
    lines.nth(1).unwrap_or_else(|| panic!("no line {label:?} in {text}"))
}

fn golden(name: &str, page: &Page<'_>) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let found = lines(page);
    if std::env::var_os("KAPIA_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap();
    assert!(found == wanted, "{name} has changed; KAPIA_BLESS=1 writes it anew:\n{found}");
}

#[test]
fn a_person_is_laid_out_as_in_the_golden_file() {
    golden("person.txt", &person_page(&person()));
}

#[test]
fn a_company_is_laid_out_as_in_the_golden_file() {
    golden("company.txt", &company_page(&company()));
}

#[test]
fn every_page_has_the_footer_lines_and_its_number() {
    let answers = company();
    let text = lines(&company_page(&answers));
    let pages: Vec<&str> = text.split_terminator("\u{c}\n").collect();
    assert!(pages.len() > 3);
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains("\nДата на изпълнение: 22.11.2026 09:05:07\n"), "{page}");
        assert!(page.contains("\nНомер на заявка в RegiX: 1000042\n"), "{page}");
        assert!(page.contains(&format!("\nстр. {} от {}\n", at + 1, pages.len())), "{page}");
    }
}

const FORMS: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
  <xs:element name="R"><xs:complexType><xs:sequence>
    <xs:element name="D" type="xs:date" minOccurs="0"><xs:annotation>
      <xs:documentation>Дата на раждане. Празна, ако не е известна.</xs:documentation></xs:annotation></xs:element>
    <xs:element name="B" type="xs:boolean" minOccurs="0"/>
    <xs:element name="N" type="xs:string" nillable="true" minOccurs="0"/>
    <xs:element name="F" type="xs:base64Binary" minOccurs="0"/>
    <xs:element name="Must" type="xs:string" minOccurs="0"/>
    <xs:element name="Any" minOccurs="0"/>
    <xs:element name="Code" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
      <xs:attribute name="since" type="xs:date"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
    <xs:element name="G" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="Need" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element></xs:schema>"#;

#[test]
fn values_take_the_form_of_their_type() {
    let text = response("<R><D>1979-09-14</D><B>true</B><F>QUJDRA==</F></R>", FORMS);
    assert_eq!(below(&text, "Дата на раждане"), "14.09.1979 г.");
    assert_eq!(below(&text, "B"), "да");
    assert_eq!(below(&text, "F"), "двоични данни, 4 октета");
    assert!(!text.contains("QUJDRA"));
}

#[test]
fn nil_is_said_and_an_empty_optional_element_is_left_out() {
    let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
    let text = response(&format!("<R {xsi}><N xsi:nil='true'/><Must/></R>"), FORMS);
    assert_eq!(below(&text, "N"), "няма данни");
    assert!(!text.contains("Must"), "{text}");
}

#[test]
fn an_empty_required_element_shows_a_dash() {
    let text = response("<R><G><Need/></G></R>", FORMS);
    assert_eq!(below(&text, "Need"), "—");
}

#[test]
fn an_empty_document_says_so() {
    assert!(response("<R/>", FORMS).contains("Отговорът не съдържа данни."));
}

#[test]
fn an_attribute_stands_below_the_value_of_its_element() {
    let text = response("<R><Code since='2001-02-03'>7</Code></R>", FORMS);
    assert_eq!(below(&text, "Code"), "7");
    assert_eq!(below(&text, "7"), "Since: 03.02.2001 г.");
}

#[test]
fn a_type_of_the_document_itself_gives_the_form() {
    let names = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:x='http://www.w3.org/2001/XMLSchema'";
    let text = response(&format!("<R {names}><Any xsi:type='x:date'>2020-02-29</Any></R>"), FORMS);
    assert_eq!(below(&text, "Any"), "29.02.2020 г.");
}

#[test]
fn flat_records_are_a_table_with_a_column_for_each_field() {
    let answer =
        Answer::bare("<R><P><Name>а</Name><Age>1</Age></P><P><Age>2</Age></P><P id='9'><Name>в</Name></P></R>");
    let text = lines(&page(vec![answer.section(Part::Response)]));
    assert!(text.contains("\nP\nName\nAge\nId\nа\n1\n"), "{text}");
}

#[test]
fn records_with_more_than_six_fields_are_numbered_blocks() {
    let record = "<P><A>1</A><B>2</B><C>3</C><D>4</D><E>5</E><F>6</F><G>7</G></P>";
    let answer = Answer::bare(&format!("<R>{record}{record}</R>"));
    let text = lines(&page(vec![answer.section(Part::Response)]));
    assert!(text.contains("\n1. P\nA\n1\n") && text.contains("\n2. P\nA\n1\n"), "{text}");
}

#[test]
fn records_that_are_too_wide_for_columns_are_numbered_blocks() {
    let long = "дълъг текст ".repeat(300);
    let answer = Answer::bare(&format!("<R><P><A>1</A><B>{long}</B></P><P><A>2</A><B>б</B></P></R>"));
    let text = lines(&page(vec![answer.section(Part::Response)]));
    assert!(text.contains("\n2. P\nA\n2\nB\nб\n"), "{text}");
}

#[test]
fn repeated_values_stand_in_one_row() {
    let answer = Answer::bare("<R><Phone>1</Phone><Phone>2</Phone></R>");
    let text = lines(&page(vec![answer.section(Part::Response)]));
    assert!(text.contains("\nPhone\n1\n2\n"), "{text}");
}

#[test]
fn hidden_fields_are_told() {
    let answer = Answer::bare("<R><A>1</A></R>");
    let mut page = page(vec![answer.section(Part::Response)]);
    assert!(!lines(&page).contains("няма право"));
    page.hidden_fields = true;
    assert!(lines(&page).contains("няма право"));
}

#[test]
fn no_line_leaves_its_page() {
    let word = "ж".repeat(3000);
    let table = "<T><A>1</A><B>2</B></T>".repeat(200);
    let deep = format!("{}{word}{}", "<D>".repeat(60), "</D>".repeat(60));
    let rows: String = (0..300).map(|at| format!("<V{at}>{word}</V{at}>")).collect();
    let answer = Answer::bare(&format!("<R>{deep}{table}{rows}</R>"));
    let mut page = page(vec![answer.section(Part::Response)]);
    (page.title, page.consumer, page.administration, page.operation) = (&word, &word, &word, &word);
    page.legal_reason = Some(&word);
    let typeface = crate::typeface::Typeface::get().unwrap();
    let (sheets, _, _) = set(&page).unwrap();
    assert!(sheets.len() > 20);
    for sheet in &sheets {
        inside(sheet, |line| typeface.width(line.style.face, line.style.size, line.text.trim_end()));
    }
}

fn inside(sheet: &Sheet, width: impl Fn(&crate::sheet::Line) -> f32) {
    for line in &sheet.lines {
        let end = line.x + width(line);
        assert!(line.x >= LEFT && end <= RIGHT + 0.1, "{end} {}", line.text.len());
        let lowest = if line.tag.is_some() { BOTTOM } else { PAGE_HEIGHT - 24.0 };
        assert!(line.baseline > 24.0 && line.baseline < lowest, "{}", line.baseline);
    }
    for fill in &sheet.fills {
        assert!(fill.x >= 0.0 && fill.x + fill.width <= PAGE_WIDTH && fill.y + fill.height <= PAGE_HEIGHT);
    }
}

#[test]
fn too_deep_an_answer_is_refused() {
    let deep = format!("{}<X/>{}", "<D>".repeat(250), "</D>".repeat(250));
    let answer = Answer::bare(&deep);
    let error = set(&page(vec![answer.section(Part::Response)])).map(|_| ()).unwrap_err();
    assert_eq!(error, PdfError::TooDeep { limit: crate::MAX_DEPTH });
}

/// The shape of an element: the number of its name, whether it has an attribute, and what is in it.
#[derive(Clone, Debug)]
struct Shape {
    name: u8,
    attribute: bool,
    children: Vec<Shape>,
}

impl Shape {
    /// The element with a value of its own in every leaf and attribute.
    fn write(&self, xml: &mut String, values: &mut usize) {
        let mut value = || {
            *values += 1;
            format!("v{values}v")
        };
        let name = self.name;
        let attribute = if self.attribute { format!(" a='{}'", value()) } else { String::new() };
        let text = if self.children.is_empty() { value() } else { String::new() };
        xml.push_str(&format!("<E{name}{attribute}>{text}"));
        self.children.iter().for_each(|child| child.write(xml, values));
        xml.push_str(&format!("</E{name}>"));
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    let leaf = (0..4u8, prop::bool::weighted(0.2));
    let leaf = leaf.prop_map(|(name, attribute)| Shape { name, attribute, children: Vec::new() });
    leaf.prop_recursive(6, 200, 12, |inner| {
        (0..4u8, prop::bool::weighted(0.2), prop::collection::vec(inner, 0..12))
            .prop_map(|(name, attribute, children)| Shape { name, attribute, children })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_value_of_an_answer_is_lost_or_told_twice(shape in shapes()) {
        let (mut xml, mut values) = (String::new(), 0);
        shape.write(&mut xml, &mut values);
        let answer = Answer::bare(&xml);
        let text = lines(&page(vec![answer.section(Part::Response)]));
        for at in 1..=values {
            prop_assert_eq!(text.matches(&format!("v{at}v")).count(), 1, "v{}v in {}", at, xml);
        }
    }
}
