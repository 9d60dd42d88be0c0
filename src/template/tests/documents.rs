//! Templates as their authors meet them: what is written, what is refused, what vanishes.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kapia_schema::{FieldTree, Memory, Options, SchemaSet};
use kapia_template::{
    Bounds, Columns, Outcome, RowError, Setting, Template, TemplateError, Value, Values, element, record, rows,
};
use kapia_xml::{Document, Limits, QName};
use proptest::prelude::*;

const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:p" xmlns="urn:p" elementFormDefault="qualified">
  <xs:element name="People"><xs:complexType><xs:sequence>
    <xs:element name="Title" type="xs:string" minOccurs="0"/>
    <xs:element name="Person" type="Person" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:complexType name="Person"><xs:sequence>
    <xs:element name="Name" type="xs:string"/>
    <xs:element name="Born" type="xs:date"/>
    <xs:element name="Died" type="xs:date" minOccurs="0"/>
    <xs:element name="Note" type="xs:string" nillable="true"/>
    <xs:element name="Address" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="City" type="Word"/>
      <xs:element name="Street" type="xs:string" minOccurs="0"/>
    </xs:sequence><xs:attribute name="kind"/></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="id" use="required" type="Word"/><xs:attribute name="old"/></xs:complexType>
  <xs:simpleType name="Word"><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType>
</xs:schema>"#;

const PEOPLE: &str = r#"<People xmlns="urn:p">
  {% for row in rows %}
  <Person id="{{ row.id }}" old="{{ row.old }}">
    <Name>{{ row.name }}</Name><Born>{{ row.born }}</Born><Died>{{ row.died }}</Died><Note>{{ row.note }}</Note>
    <Address kind="home"><City>{{ row.city }}</City><Street>{{ row.street }}</Street></Address>
  </Person>
  {% endfor %}
</People>"#;

fn schema() -> SchemaSet {
    SchemaSet::load("people.xsd", &Memory::new().with("people.xsd", SCHEMA)).unwrap()
}

fn fields() -> FieldTree {
    schema().fields(&QName::new("urn:p", "People")).unwrap()
}

fn setting(names: &[&'static str]) -> Setting<'static> {
    Setting { names: names.iter().map(|name| (*name, None)).collect(), document: Some(fields()), ..Setting::default() }
}

fn people() -> Template {
    Template::compile_with("people.xml", PEOPLE, &setting(&["rows"])).unwrap()
}

fn row(cells: [Option<&str>; 8]) -> Value {
    let columns = Columns::new(["ID", "NAME", "BORN", "DIED", "NOTE", "CITY", "STREET", "OLD"]);
    record(&columns, cells.into_iter().map(Value::from).collect())
}

const WHOLE: [Option<&str>; 8] =
    [Some("1"), Some("Ана"), Some("1976-05-23"), Some("2019-01-02"), Some("n"), Some("Русе"), Some("А"), Some("x")];

fn rendered(template: &Template, values: &Values) -> Result<String, TemplateError> {
    let (out, _) = template.render_to_vec(values, &Bounds::default())?;
    let out = String::from_utf8(out).unwrap();
    Ok(out.split_whitespace().collect::<Vec<_>>().join(" ").replace("> <", "><"))
}

fn of(cells: [Option<&str>; 8]) -> Result<String, TemplateError> {
    rendered(&people(), &Values::new().with("rows", Value::from(vec![row(cells)])))
}

fn with(changes: &[(usize, Option<&'static str>)]) -> [Option<&'static str>; 8] {
    let mut cells = WHOLE;
    changes.iter().for_each(|(at, cell)| cells[*at] = *cell);
    cells
}

#[test]
fn a_row_becomes_a_document() {
    assert_eq!(
        of(WHOLE).unwrap(),
        r#"<People xmlns="urn:p"><Person id="1" old="x"><Name>Ана</Name><Born>1976-05-23</Born><Died>2019-01-02</Died><Note>n</Note><Address kind="home"><City>Русе</City><Street>А</Street></Address></Person></People>"#
    );
}

#[test]
fn what_is_null_vanishes_where_the_schema_lets_it() {
    assert_eq!(
        of(with(&[(3, None), (6, None), (7, None)])).unwrap(),
        r#"<People xmlns="urn:p"><Person id="1"><Name>Ана</Name><Born>1976-05-23</Born><Note>n</Note><Address kind="home"><City>Русе</City></Address></Person></People>"#
    );
    // An empty text is nothing too where nothing is allowed.
    assert!(!of(with(&[(3, Some(" "))])).unwrap().contains("Died"));
}

#[test]
fn an_optional_element_goes_with_all_that_is_not_in_it() {
    // City is required in Address, but there is no address at all.
    assert!(!of(with(&[(5, None), (6, None)])).unwrap().contains("Address"));
}

#[test]
fn a_required_value_that_is_null_is_an_error_that_names_the_column() {
    let error = of(with(&[(2, None)])).unwrap_err();
    assert_eq!((error.code(), error.line()), ("value-missing", 4));
    assert_eq!(error.to_string(), "people.xml:4: row.born has no value, but Person/Born is required");
    let error = of(with(&[(5, None)])).unwrap_err();
    assert_eq!(error.to_string(), "people.xml:5: row.city has no value, but Person/Address/City is required");
    let error = of(with(&[(0, None)])).unwrap_err();
    assert_eq!(error.to_string(), "people.xml:3: row.id has no value, but the attribute Person/@id is required");
    // An empty text is not a date either, but it is a name.
    assert_eq!(of(with(&[(2, Some(""))])).unwrap_err().code(), "value-missing");
    assert!(of(with(&[(1, Some(""))])).unwrap().contains("<Name></Name>"));
}

#[test]
fn a_required_value_that_may_be_nil_becomes_nil() {
    let out = of(with(&[(4, None)])).unwrap();
    let nil = r#"<Note xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></Note>"#;
    assert!(out.contains(nil), "{out}");
}

#[test]
fn white_space_between_elements_is_left_out_and_in_texts_it_stays() {
    let source = "<People xmlns=\"urn:p\">\n  <Title>\n a {{ rows|count }}  b </Title>\n  <!-- c -->\n</People>";
    let values = Values::new().with("rows", Value::from(vec![1, 2]));
    let written = |template: Template| {
        let (octets, _) = template.render_to_vec(&values, &Bounds::default()).unwrap();
        String::from_utf8(octets).unwrap()
    };
    let known = Template::compile_with("people.xml", source, &setting(&["rows"])).unwrap();
    assert_eq!(written(known), "<People xmlns=\"urn:p\"><Title>\n a 2  b </Title><!-- c --></People>");
    // Without a schema nobody knows what is only white space.
    assert_eq!(written(Template::compile("people.xml", source).unwrap()), source.replace("{{ rows|count }}", "2"));
}

#[test]
fn without_rows_the_root_stays() {
    let out = rendered(&people(), &Values::new().with("rows", Value::from(Vec::<Value>::new()))).unwrap();
    assert_eq!(out, r#"<People xmlns="urn:p"></People>"#);
}

#[test]
fn an_element_that_its_author_wrote_empty_stays() {
    let source = r#"<People xmlns="urn:p"><Title></Title><Person id="a"><Name/>{{ x }}</Person></People>"#;
    let template = Template::compile_with("t", source, &setting(&["x"])).unwrap();
    let out = rendered(&template, &Values::new().with("x", Value::from(()))).unwrap();
    assert_eq!(out, r#"<People xmlns="urn:p"><Title></Title><Person id="a"><Name/></Person></People>"#);
}

#[test]
fn no_value_can_become_markup_whatever_it_holds() {
    let template = Template::compile("t", r#"<a b="{{ v }}" c='{{ v }}'>{{ v }}</a>"#).unwrap();
    for hostile in
        ["\"'><x/>&amp;]]>", "<!-- -->", "</a><a>", "{{ v }}{% raw %}", "\n\t\r", "&#0;", "\u{7f}\u{85}\u{2028}"]
    {
        let (out, _) =
            template.render_to_vec(&Values::new().with("v", Value::from(hostile)), &Bounds::default()).unwrap();
        let document = Document::read(out, &Limits::default()).unwrap();
        let root = document.root();
        assert_eq!(root.text(), hostile);
        assert_eq!(root.attribute("", "b").unwrap(), hostile);
        assert_eq!(root.attribute("", "c").unwrap(), hostile);
        assert_eq!(root.children().count(), 0);
    }
    for impossible in ["\0", "\u{1}1\u{2}", "\u{e}", "\u{f}", "\u{fffe}"] {
        let values = Values::new().with("v", Value::from(impossible));
        let error = template.render_to_vec(&values, &Bounds::default()).unwrap_err();
        assert_eq!(error.code(), "value-character");
    }
}

#[test]
fn what_does_not_nest_is_refused_before_anything_is_rendered() {
    for (source, code, line) in [
        ("<a>\n{% if x %}<b>{% endif %}</b></a>", "template-branch", 2),
        ("<a>{% if x %}</a>{% else %}</a>{% endif %}", "template-branch-end", 1),
        ("<a>\n<b></c></a>", "template-end-tag-other", 2),
        ("<a>{{ x }}", "template-element-open", 1),
        ("<a>{% for y in x %}</a>", "template-branch-end", 1),
        ("<a>{% if x %}</a>", "template-branch-end", 1),
        ("<a>{% if x %}b</a>", "template-branch-end", 1),
        ("<a>\n{% for y in x %}\n</a>", "template-branch-end", 3),
        ("<a b={{ x }}/>", "template-place", 1),
        ("<{{ x }}/>", "template-place", 1),
        ("<a {{ x }}/>", "template-place", 1),
        ("<a><!-- {{ x }} --></a>", "template-place", 1),
        ("<a><![CDATA[{{ x }}]]></a>", "template-place", 1),
        ("<a xmlns='{{ x }}'/>", "template-place", 1),
        ("<a/>{{ x }}", "template-place", 1),
        ("{{ x }}<a/>", "template-place", 1),
        ("<a/>b", "template-text-outside", 1),
        ("<a/><b/>", "template-root-repeated", 1),
        ("{% for y in x %}<a/>{% endfor %}", "template-root-repeated", 1),
        ("{% if x %}<a/>{% endif %}", "template-root-none", 1),
        ("{% if x %}<a/>{% else %}{% endif %}<b/>", "template-root-repeated", 1),
        ("<a b='1' b='2'/>", "template-attribute-twice", 1),
        ("<a {% if x %}b='1'{% endif %} {% if y %}b='2'{% endif %}/>", "template-attribute-twice", 1),
        ("<a {% for y in x %}b='1'{% endfor %}/>", "template-statement-place", 1),
        ("<a>&nbsp;</a>", "template-not-xml", 1),
        ("<a>\n<p:b/></a>", "template-not-xml", 2),
        ("<!DOCTYPE a>\n<a/>", "template-declaration", 1),
        ("", "template-not-xml", 1),
        ("<a>{% include 'x' %}</a>", "template-statement", 1),
        ("<a>{% macro x() %}{% endmacro %}</a>", "template-statement", 1),
        ("<a>{% autoescape false %}{{ x }}{% endautoescape %}</a>", "template-statement", 1),
        ("<a>{% set x %}<b>{% endset %}</a>", "template-set-block", 1),
        ("<a>{{ x|safe }}</a>", "template-function-unknown", 1),
        ("<a>{{ x|egn_brth_date }}</a>", "template-function-unknown", 1),
        ("<a>{% if x is not emty %}{% endif %}</a>", "template-test-unknown", 1),
        ("<a>{{ x|code('sx') }}</a>", "template-table-unknown", 1),
        ("<a>{{ x + }}</a>", "template-syntax", 1),
        ("<a>\n{{ x", "template-unclosed", 2),
        ("<a>\u{1}</a>", "template-character", 1),
    ] {
        let error = Template::compile("t", source).unwrap_err();
        assert_eq!((error.code(), error.line()), (code, line), "{source}: {error}");
    }
    let error = Template::compile("t", "<a>{{ x|egn_brth_date }}</a>").unwrap_err();
    assert!(error.hint(kapia_schema::Language::English).contains("egn_birth_date"), "{error}");
}

#[test]
fn branches_that_are_complete_are_fine() {
    for source in [
        "<a>{% if x %}<b/>{% elif y %}<c/>{% else %}d{% endif %}</a>",
        "<a {% if x %}b='1'{% else %}b='2'{% endif %}/>",
        "{% if x %}<a/>{% else %}<a>none</a>{% endif %}",
        "<?xml version=\"1.0\"?>\n<!-- a -->{# b #}\n<a>{% set z = x|default(y) %}{{ z }}</a>\n",
        "<a>{% with z = x %}{{ z }}{% endwith %}{{ x if y else none }}</a>",
    ] {
        let template = Template::compile("t", source).unwrap();
        for (x, y) in [(true, true), (false, true), (false, false)] {
            let values = Values::new().with("x", Value::from(x)).with("y", Value::from(y));
            let (out, _) = template.render_to_vec(&values, &Bounds::default()).unwrap();
            Document::read(out, &Limits::default()).unwrap();
        }
    }
}

#[test]
fn the_schema_of_the_document_is_known_when_the_template_is_loaded() {
    for (source, told) in [
        (r#"<Peple xmlns="urn:p"/>"#, "the root of the template is {urn:p}Peple, not {urn:p}People"),
        (r#"<People xmlns="urn:p"><Persn/></People>"#, "the schema has no element Persn in People"),
        (r#"<People xmlns="urn:p"><Person xmlns=""/></People>"#, "the element Person is not in the namespace"),
        (r#"<p:People xmlns:p="urn:p"><p:Person><p:Nam/></p:Person></p:People>"#, "the schema has no element p:Nam"),
    ] {
        let error = Template::compile_with("t", source, &setting(&[])).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
    let error = Template::compile_with("t", r#"<People xmlns="urn:p"><Persn/></People>"#, &setting(&[])).unwrap_err();
    assert_eq!(error.hint(kapia_schema::Language::English), "known here: Person");
}

#[test]
fn names_and_paths_are_known_when_the_template_is_loaded() {
    let compile = |source: &str| {
        let setting = Setting { names: vec![("request", Some(fields())), ("rows", None)], ..Setting::default() };
        Template::compile_with("t", source, &setting)
    };
    compile("<a>{% for p in request.Person %}{{ p.Name }}{{ loop.index }}{% endfor %}{{ request.Title }}</a>").unwrap();
    let error = compile("<a>\n{{ request.Titel }}</a>").unwrap_err();
    assert_eq!(error.to_string(), "t:2: request.Titel leads nowhere: the schema has no Titel there");
    let error = compile("<a>{{ rqeuest.Title }}</a>").unwrap_err();
    assert_eq!(error.to_string(), "t:1: there is no value rqeuest");
}

#[test]
fn a_name_that_is_not_there_is_an_error_with_the_name_and_the_line_and_never_a_value() {
    let template = Template::compile("t", "<a>\n{% for r in rows %}\n{{ r.nam|upper }}{% endfor %}</a>").unwrap();
    let values = Values::new().with("rows", Value::from(vec![row(WHOLE)]));
    let error = template.render_to_vec(&values, &Bounds::default()).unwrap_err();
    assert_eq!((error.code(), error.line()), ("template-undefined", 3));
    assert_eq!(error.to_string(), "t:3: r.nam is not there");
    let template = Template::compile("t", "<a>{{ x + 1 }}{{ x|scale(2) }}</a>").unwrap();
    let error = template.render_to_vec(&Values::new().with("x", Value::from("тайна")), &Bounds::default()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("тайна"), "{error:?}");
}

#[test]
fn a_document_is_read_by_its_paths() {
    let source = r#"<People xmlns="urn:p"><Person id="1" old="o"><Name>Ана</Name><Address kind="k"><City>Русе</City></Address></Person><Person id="2"><Name>Ива</Name></Person></People>"#;
    let document = Document::read(source, &Limits::default()).unwrap();
    let say = |template: &str, fields: Option<&FieldTree>| {
        let template = Template::compile("t", template).unwrap();
        let values = Values::new().with("request", element(&document, document.root().id(), fields));
        rendered(&template, &values)
    };
    let known = fields();
    for fields in [None, Some(&known)] {
        assert_eq!(
            say(
                "<a>{% for p in request.Person %}{{ p['@id'] }}{{ p.Name }}{{ p.Address.City }};{% endfor %}</a>",
                fields
            )
            .unwrap(),
            "<a>1АнаРусе;2Ива;</a>"
        );
        assert_eq!(say("<a>{{ request.Person[1]['{urn:p}Name'] }}</a>", fields).unwrap(), "<a>Ива</a>");
        assert_eq!(
            say("<a>{{ request.Title|default('-') }}{{ request.Person|count }}</a>", fields).unwrap(),
            "<a>-2</a>"
        );
        assert_eq!(say("<a>{{ request.Person.Name }}</a>", fields).unwrap_err().code(), "value-several");
        assert_eq!(say("<a>{{ request.Person[0] }}</a>", fields).unwrap_err().code(), "value-elements");
        assert_eq!(
            say("<a>{% if (request.Person|first).Name|text == 'Ана' %}yes{% endif %}</a>", fields).unwrap(),
            "<a>yes</a>"
        );
    }
    // With the schema a single value is a text, and a name that cannot be there is an error.
    assert_eq!(say("<a>{{ request.Person[0].Name == 'Ана' }}</a>", Some(&known)).unwrap(), "<a>true</a>");
    assert_eq!(say("<a>{{ request.Persn }}</a>", Some(&known)).unwrap_err().code(), "template-undefined");
    assert_eq!(say("<a>{{ request.Persn }}</a>", None).unwrap(), "<a></a>");
}

#[test]
fn fifty_thousand_rows_stream_through_with_nothing_kept() {
    struct Counting {
        octets: usize,
        largest: usize,
    }
    impl std::io::Write for Counting {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            self.octets += octets.len();
            self.largest = self.largest.max(octets.len());
            Ok(octets.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let made = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = Arc::clone(&made);
    let source = (0..50_000).map(move |_| {
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(row(WHOLE))
    });
    let mut out = Counting { octets: 0, largest: 0 };
    let values = Values::new().with("rows", rows(source));
    assert_eq!(made.load(std::sync::atomic::Ordering::Relaxed), 1);
    people().render(&values, &Bounds::default(), &mut out).unwrap();
    assert_eq!(made.load(std::sync::atomic::Ordering::Relaxed), 50_000);
    assert!(out.octets > 50_000 * 150, "{}", out.octets);
    assert!(out.largest < 300, "{}", out.largest);
}

#[test]
fn rows_that_break_off_end_the_document_with_their_error() {
    let broken = RowError { message: ["the server went away".into(), "сървърът изчезна".into()] };
    let values = Values::new().with("rows", rows(vec![Ok(row(WHOLE)), Err(broken)].into_iter()));
    let error = people().render_to_vec(&values, &Bounds::default()).unwrap_err();
    assert_eq!(error.to_string(), "people.xml:2: the rows stopped coming: the server went away");
    let twice =
        Template::compile("t", "<a>{% for r in rows %}{% endfor %}{% for r in rows %}{% endfor %}</a>").unwrap();
    let values = Values::new().with("rows", rows(vec![Ok(row(WHOLE))].into_iter()));
    assert_eq!(twice.render_to_vec(&values, &Bounds::default()).unwrap_err().code(), "template-rows-spent");
}

#[test]
fn a_rendering_has_bounds() {
    let values = || Values::new().with("rows", rows((0..1000).map(|_| Ok(row(WHOLE)))));
    let small = Bounds { octets: 10_000, ..Bounds::default() };
    assert_eq!(people().render_to_vec(&values(), &small).unwrap_err().code(), "template-output-large");
    let short = Bounds { steps: 10_000, ..Bounds::default() };
    assert_eq!(people().render_to_vec(&values(), &short).unwrap_err().code(), "template-steps");
}

#[test]
fn no_data_is_said_by_name() {
    let template =
        Template::compile("t", "<a>{% if x is not_found %}{% do no_data() %}{% else %}{{ x }}{% endif %}</a>").unwrap();
    let outcome =
        |x: &str| template.render_to_vec(&Values::new().with("x", Value::from(x)), &Bounds::default()).unwrap().1;
    assert_eq!(outcome("Не е намерено"), Outcome::NoData);
    assert_eq!(outcome("Иван"), Outcome::Data);
}

#[test]
fn one_template_serves_many_threads_at_once() {
    let template = Arc::new(people());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let template = Arc::clone(&template);
            scope.spawn(move || {
                for _ in 0..50 {
                    let values = Values::new().with("rows", Value::from(vec![row(WHOLE)]));
                    assert!(rendered(&template, &values).unwrap().contains("Русе"));
                }
            });
        }
    });
}

/// What the template should make of a row, written down without marks and without streaming.
fn expected(cells: &[Option<&'static str>; 8]) -> Result<String, &'static str> {
    if cells.iter().flatten().all(|text| text.trim().is_empty()) {
        return Ok(String::new());
    }
    let [id, name, born, died, note, city, street, old] = *cells;
    let there = |cell: Option<&'static str>| cell.filter(|text| !text.trim().is_empty());
    let [id, died, city, street, old, born] = [id, died, city, street, old, born].map(there);
    let mut out = String::new();
    let id = id.ok_or("Person/@id")?;
    out.push_str(&format!("<Person id=\"{id}\""));
    out.extend(old.map(|old| format!(" old=\"{old}\"")));
    out.push_str(&format!("><Name>{}</Name>", name.ok_or("Person/Name")?));
    out.push_str(&format!("<Born>{}</Born>", born.ok_or("Person/Born")?));
    out.extend(died.map(|died| format!("<Died>{died}</Died>")));
    match note {
        Some(note) => out.push_str(&format!("<Note>{note}</Note>")),
        None => out.push_str(r#"<Note xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></Note>"#),
    }
    match (city, street) {
        (None, None) => {}
        (None, Some(_)) => return Err("Person/Address/City"),
        (Some(city), street) => {
            out.push_str(&format!("<Address kind=\"home\"><City>{city}</City>"));
            out.extend(street.map(|street| format!("<Street>{street}</Street>")));
            out.push_str("</Address>");
        }
    }
    Ok(out + "</Person>")
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_is_null_the_document_is_valid_or_the_missing_column_is_named(
        rows in proptest::collection::vec(proptest::collection::vec(0_u8..4, 8), 0..4)
    ) {
        let cell = |column: usize, kind: u8| -> Option<&'static str> { match (kind, column) {
            (0, _) => None,
            (1, _) => Some(""),
            (_, 2 | 3) => Some("2020-02-29"),
            _ => Some("x"),
        } };
        let rows: Vec<[Option<&'static str>; 8]> =
            rows.iter().map(|kinds| std::array::from_fn(|column| cell(column, kinds[column]))).collect();
        let values = Values::new().with("rows", Value::from(rows.iter().map(|cells| row(*cells)).collect::<Vec<_>>()));
        let wanted: Result<Vec<String>, &str> = rows.iter().map(expected).collect();
        match (rendered(&people(), &values), wanted) {
            (Ok(out), Ok(wanted)) => {
                assert_eq!(out, format!("<People xmlns=\"urn:p\">{}</People>", wanted.concat()));
                let document = Document::read(out, &Limits::default()).unwrap();
                let report = schema().validate(document.root(), &Options::default());
                assert!(report.is_valid(), "{:?}", report.violations);
            }
            (Err(error), Err(path)) => assert!(error.to_string().ends_with(&format!("{path} is required")), "{error}"),
            (out, wanted) => panic!("{out:?}, but expected {wanted:?}"),
        }
    }
}

/// Content that nests: elements, values, branches and repetitions inside each other, as its parts.
fn content() -> impl Strategy<Value = Vec<&'static str>> {
    let leaf = prop::sample::select(vec!["t", "{{ x }}", "<c/>", "<!-- c -->", "{# c #}", "&amp;", "{% set z = x %}"]);
    leaf.prop_map(|part| vec![part]).prop_recursive(5, 60, 4, |inner| {
        let inner = prop::collection::vec(inner, 0..4).prop_map(|parts| parts.concat());
        let attributes = prop::collection::vec(prop::sample::select(ATTRIBUTES), 0..3);
        prop_oneof![
            (attributes, inner.clone()).prop_map(|(attributes, inner)| [
                vec!["<a"],
                attributes.concat(),
                vec![">"],
                inner,
                vec!["</a>"]
            ]
            .concat()),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| {
                [vec!["{% if x %}"], one, vec!["{% else %}"], other, vec!["{% endif %}"]].concat()
            }),
            inner.clone().prop_map(|inner| [vec!["{%- if y -%}"], inner, vec!["{% endif %}"]].concat()),
            inner.prop_map(|inner| [vec!["{% for i in l %}"], inner, vec!["{{ i }}{% endfor %}"]].concat()),
        ]
    })
}

const ATTRIBUTES: &[&[&str]] = &[
    &[" d='1'"],
    &[" e=\"{{ x }}\""],
    &["{% if x %}", " d='1'", "{% else %}", " d='{{ y }}'", "{% endif %}"],
    &["{% if y %}", " f='2'", "{% endif %}"],
    &[" xmlns:p='urn:p'", " p:g='{{ x }}-{{ y }}'"],
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 1500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_compiles_is_a_document_whatever_is_chosen(
        content in prop::collection::vec(content(), 0..4),
        damage in prop::option::weighted(0.5, (0_usize..100, 0_usize..100)),
    ) {
        let mut parts = [vec!["<r>"], content.concat(), vec!["</r>"]].concat();
        let whole = damage.is_none();
        if let Some((from, to)) = damage {
            // One part is lost, or moves somewhere else.
            let part = parts.remove(from % parts.len());
            if to % 2 == 0 && !parts.is_empty() {
                parts.insert(to % parts.len(), part);
            }
        }
        let source = parts.concat();
        let compiled = Template::compile("t", &source);
        let Ok(template) = compiled else {
            let error = compiled.unwrap_err();
            prop_assert!(!whole || error.code() == "template-attribute-twice", "{source}: {error}");
            return Ok(());
        };
        for choice in 0..12_u8 {
            let values = Values::new()
                .with("x", Value::from(choice & 1 == 0))
                .with("y", Value::from(choice & 2 == 0))
                .with("l", Value::from(vec!["<"; usize::from(choice >> 2)]));
            // A loop's own value can be lost with its loop: then it is the value that is not there.
            let out = match template.render_to_vec(&values, &Bounds::default()) {
                Ok((out, _)) => out,
                Err(error) => {
                    prop_assert!(!whole && error.code() == "template-undefined", "{source}: {error}");
                    continue;
                }
            };
            let text = String::from_utf8(out.clone()).unwrap();
            let read = Document::read(out, &Limits::default());
            prop_assert!(read.is_ok(), "{source} gave {text}");
        }
    }
}
