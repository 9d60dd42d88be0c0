//! Records that want to break out of the page.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "support/html.rs"]
#[allow(dead_code)]
mod html;
#[allow(dead_code)]
mod support;

use kapia_pages::{FacadeConfig, Pages, PagesConfig};
use kapia_records::{Environment, Records};
use proptest::prelude::*;
use support::{AGENCY, Draft, ask, escaped, text};

const ATTACKS: [&str; 22] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "<p onclick=\"alert(1)\">x</p>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" JaVaScRiPt:alert(1)\">x</a>",
    "<a href=\"data:text/html,x\">x</a>",
    "<a href=\"//evil.example\">x</a>",
    "<a href=\"https://x&quot; onmouseover=&quot;alert(1)\">x</a>",
    "<svg><a href=\"https://x\"><script>1</script></a></svg>",
    "<iframe src=\"https://evil.example\"></iframe>",
    "<style>body{display:none}</style>",
    "<p style=\"position:fixed\">x</p>",
    "<form action=\"https://evil.example\"><input name=\"q\"/></form>",
    "</main></body></html><h1>x</h1>",
    "<h1>Друго заглавие</h1><h6></h6>",
    "{{ 7*7 }}{% include 'layout.html' %}",
    "<ul><p>x</p><li><table><tr><td><ul><li>y</li></ul></td></tr></table></li>z</ul>",
    "<p><ul><li><p>x</p></li></ul></p>",
    "<meta http-equiv=\"refresh\" content=\"0;url=https://evil.example\"/>",
    "<base href=\"https://evil.example\"/><link rel=\"stylesheet\" href=\"https://evil.example\"/>",
    "<!--><script>alert(1)</script>-->",
    "<math><mtext><img src=\"x\"/></mtext></math>&nbsp;&lt;script&gt;&#x202e;",
];

/// Every text field of the specimen with something else in it.
fn with_everywhere(attack: &str) -> String {
    let attack = escaped(attack);
    let mut out = String::new();
    let mut rest = support::SPECIMEN;
    while let Some((before, after)) = rest.split_once('>') {
        out.push_str(before);
        out.push('>');
        let end = after.find('<').unwrap_or(after.len());
        let (value, after) = after.split_at(end);
        let keep = value.is_empty() || before.ends_with("/ServiceRecord") || value.chars().all(|c| c.is_ascii_digit());
        out.push_str(if keep { value } else { &attack });
        rest = after;
    }
    out + rest
}

async fn page_of(octets: String, name: &str, query: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    support::put_supplier(&records, AGENCY, "814", name, Some(name)).await;
    let mut content = support::specimen();
    content.octets = octets.into();
    content.facts.name_bg = name.to_owned();
    content.facts.name_en = Some(name.to_owned());
    content.facts.description_bg = name.to_owned();
    support::apply(&records, support::NOW, vec![support::put(AGENCY, 2835, content)]).await;
    let config = PagesConfig { base: Some("https://services.example.bg".to_owned()), ..PagesConfig::default() };
    let pages = Pages::new(records, config, FacadeConfig::default(), &[]).unwrap();
    let encoded: String = query.bytes().map(|octet| format!("%{octet:02X}")).collect();
    let mut found = Vec::new();
    for path in [
        "/bg/services/000695388/2835".to_owned(),
        "/en/services/000695388/2835".to_owned(),
        "/bg/services/000695388/2835/fragment".to_owned(),
        "/bg/administrations/000695388".to_owned(),
        format!("/bg/services?q={encoded}"),
    ] {
        let page = pages.answer(ask(&path)).await.unwrap();
        assert!(page.status == 200, "{path}: {}", page.status);
        found.push(text(&page).to_owned());
    }
    found
}

/// What a page may be made of, whatever the records say.
fn holds_nothing_foreign(page: &str) -> Result<(), String> {
    let root = html::read(page)?;
    const ELEMENTS: [&str; 59] = [
        "#root",
        "html",
        "head",
        "meta",
        "title",
        "link",
        "script",
        "body",
        "a",
        "header",
        "div",
        "img",
        "span",
        "nav",
        "ul",
        "li",
        "ol",
        "main",
        "article",
        "section",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "strong",
        "em",
        "sub",
        "sup",
        "br",
        "hr",
        "blockquote",
        "address",
        "time",
        "footer",
        "aside",
        "form",
        "label",
        "input",
        "button",
        "mark",
        "small",
        "code",
        "pre",
        "abbr",
        "figure",
        "cite",
    ];
    for element in root.all() {
        if !ELEMENTS.contains(&element.name.as_str()) {
            return Err(format!("<{}>", element.name));
        }
        for (name, value) in &element.attributes {
            let address = ["href", "src", "action"].contains(&name.as_str());
            let sane = value.starts_with('/') && !value.starts_with("//")
                || ["https://", "http://", "mailto:", "tel:", "#"].iter().any(|scheme| value.starts_with(scheme));
            if name.starts_with("on")
                || name == "style"
                || name == "srcdoc"
                || name == "http-equiv"
                || (address && !sane)
            {
                return Err(format!("<{} {name}={value:?}>", element.name));
            }
            let elsewhere = value.starts_with("http") && !value.starts_with("https://services.example.bg/");
            if ["link", "img", "form"].contains(&element.name.as_str()) && elsewhere {
                return Err(format!("<{}> loads {value:?}", element.name));
            }
        }
        if element.name == "script" && element.get("type") != Some("application/ld+json") {
            return Err("a script".to_owned());
        }
        if element.name == "ul" || element.name == "ol" {
            for child in element.children() {
                if child.name != "li" {
                    return Err(format!("<{}> in a list", child.name));
                }
            }
        }
        if element.name == "p"
            && element
                .children()
                .any(|child| ["p", "ul", "ol", "table", "div", "h3", "dl"].contains(&child.name.as_str()))
        {
            return Err("a block in a paragraph".to_owned());
        }
    }
    if root.find("html").len() == 1 && (root.find("main").len(), root.find("h1").len()) != (1, 1) {
        return Err("more than one main or h1".to_owned());
    }
    Ok(())
}

#[tokio::test]
async fn no_attack_leaves_its_place() {
    for attack in ATTACKS {
        for page in page_of(with_everywhere(attack), attack, attack).await {
            holds_nothing_foreign(&page).unwrap_or_else(|error| panic!("{attack}: {error}\n{page}"));
            assert!(!page.contains("49") || !attack.contains("7*7") || page.contains("{{ 7*7 }}"));
        }
    }
}

#[tokio::test]
async fn markup_that_is_allowed_arrives() {
    let draft = Draft {
        number: 2835,
        supplier: AGENCY,
        name_bg: "Услуга".to_owned(),
        name_en: None,
        description: "<div><h1>Първо</h1>текст <b>важен</b><br/>и <i>H<sub>2</sub>O</i><p>абзац&nbsp;<a href=\"https://a.bg/?x=1&amp;y=2\">връзка</a></p>\
            <ol><li>едно</li><li>две<ul><li>вложено</li></ul></li></ol><table><tbody><tr><th>а</th><td colspan=\"2\">б</td></tr></tbody></table></div>"
            .to_owned(),
        online: false,
        fee: None,
        days: 1,
        more: String::new(),
    };
    let page = page_of(draft.xml(), "Услуга", "Услуга").await.remove(0);
    let expected = "<h3>Първо</h3><p>текст <strong>важен</strong><br>и <em>H<sub>2</sub>O</em></p><p>абзац\u{a0}\
        <a href=\"https://a.bg/?x=1&amp;y=2\" rel=\"external nofollow noopener\">връзка</a></p>\
        <ol><li>едно</li><li><p>две</p><ul><li>вложено</li></ul></li></ol>\
        <div class=\"scroll\" tabindex=\"0\"><table><tr><th>а</th><td colspan=\"2\">б</td></tr></table></div>";
    assert!(page.contains(expected), "{page}");
}

fn piece() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(vec![
        "p",
        "ul",
        "ol",
        "li",
        "b",
        "i",
        "a",
        "h1",
        "h4",
        "table",
        "tr",
        "td",
        "th",
        "dl",
        "dt",
        "dd",
        "div",
        "span",
        "script",
        "style",
        "svg",
        "br",
        "hr",
        "blockquote",
        "pre",
        "sub",
        "iframe",
        "form",
        "input",
        "img",
        "tbody",
        "P",
        "SCRIPT",
    ]);
    let attribute = prop::sample::select(vec![
        "",
        " href=\"https://a.bg\"",
        " href=\"javascript:x\"",
        " onclick=\"x\"",
        " style=\"x\"",
        " colspan=\"3\"",
        " rowspan=\"999999\"",
        " class=\"wrap\"",
        " id=\"content\"",
        " lang=\"\"",
        " src=\"x\"",
    ]);
    prop_oneof![
        (tag.clone(), attribute.clone()).prop_map(|(tag, attribute)| format!("<{tag}{attribute}>")),
        tag.clone().prop_map(|tag| format!("</{tag}>")),
        (tag, attribute).prop_map(|(tag, attribute)| format!("<{tag}{attribute}/>")),
        prop::sample::select(vec![
            "&amp;", "&lt;", "&nbsp;", "&", "<", ">", "\"", "'", "]]>", "<!--", "-->", "{{", "%}"
        ])
        .prop_map(str::to_owned),
        "[а-яa-z ]{1,6}",
        "\\PC{1,3}",
    ]
}

/// Markup that nests, so that it is read as markup and not as text.
fn tree() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[а-я &<]{1,8}".prop_map(|text| escaped(&text)),
        Just("<br/>".to_owned()),
        Just("<hr/>".to_owned())
    ];
    leaf.prop_recursive(6, 60, 5, |inner| {
        let tag = prop::sample::select(vec![
            "p",
            "ul",
            "ol",
            "li",
            "b",
            "i",
            "a",
            "h1",
            "h5",
            "table",
            "thead",
            "tr",
            "td",
            "th",
            "dl",
            "dt",
            "dd",
            "div",
            "span",
            "script",
            "blockquote",
            "pre",
            "sub",
            "form",
            "select",
            "section",
            "center",
            "font",
        ]);
        (tag, prop::collection::vec(inner, 0..5)).prop_map(|(tag, children)| {
            let attributes =
                if tag == "a" { " href=\"https://a.bg/\" onclick=\"x\"" } else { " onclick=\"x\" style=\"y\"" };
            format!("<{tag}{attributes}>{}</{tag}>", children.concat())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_pieces_of_markup_break_a_page(pieces in prop::collection::vec(piece(), 0..25)) {
        let attack = pieces.concat();
        let attack: String = attack.chars().filter(|c| !c.is_control() && !('\u{fffe}'..='\u{ffff}').contains(c)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for page in runtime.block_on(page_of(with_everywhere(&attack), &format!("x{attack}"), &attack)) {
            prop_assert_eq!(holds_nothing_foreign(&page), Ok(()), "{}", page);
        }
    }

    #[test]
    fn no_tree_of_markup_breaks_a_page(attack in tree()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for page in runtime.block_on(page_of(with_everywhere(&attack), "x", "x")) {
            prop_assert_eq!(holds_nothing_foreign(&page), Ok(()), "{}", page);
        }
    }
}
