//! Messages of EgovService, and the markup in them.

use super::Target;
use kapia_portal::{Contract, Message, Operation, Options, examine, html, neutral};
use kapia_soap::Version;
use kapia_xml::{Document, Limits};
use std::sync::OnceLock;

pub const PORTAL: Target = Target { name: "portal", seeds: messages, words: PORTAL_WORDS, run: open };
pub const MARKUP: Target = Target { name: "markup", seeds: fragments, words: MARKUP_WORDS, run: markup };

const PORTAL_WORDS: &[&str] = &[
    "<Name lang=\"bg\">",
    "</Name>",
    "<ServiceRecord>",
    "</ServiceRecord>",
    "<Channel>",
    "</Channel>",
    "<Tax><Amount>1.10</Amount><Currency>EUR</Currency><ValidFrom>2026-01-01</ValidFrom></Tax>",
    "<PublicationStatus>draft</PublicationStatus>",
    "<Mode>BestEffort</Mode>",
    "<RequestId>b3b0c2b6-6a8b-4a06-9d9c-2c2d1f0f5a11</RequestId>",
    "&lt;p&gt;",
    "9999-12-31T24:00:00+14:00",
    "999999999999",
    "0006-000077",
    "<!-- -->",
];

const MARKUP_WORDS: &[&str] = &[
    "<p>",
    "</p>",
    "<br/>",
    "<a href=\"",
    "\">",
    "</a>",
    "https://x.bg",
    "javascript:",
    "&nbsp;",
    "&lt;",
    "&#10;",
    "<script>",
    " onclick=\"x\"",
    " xmlns=\"\"",
    " xmlns:p=\"http://www.w3.org/1999/xhtml\"",
    "<p:b>",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
];

fn messages() -> Vec<Vec<u8>> {
    let record = "<ServiceRecord><ServiceKey><ServiceNumber>1</ServiceNumber><SupplierEIK>111222334</SupplierEIK></ServiceKey>\
        <Name>a</Name><Description>&lt;p&gt;b&lt;/p&gt;</Description><IsInternalAdminService>0</IsInternalAdminService>\
        <HasCivilPurpose>1</HasCivilPurpose><HasBusinessPurpose>0</HasBusinessPurpose><LegalBasis><ActName>c</ActName></LegalBasis>\
        <ProvisionBody>d</ProvisionBody><ProvisionLevel>SiteInfoOnly</ProvisionLevel><SecurityLevel>None</SecurityLevel>\
        <ApplicationMethod>ApplicationAtDesk</ApplicationMethod><Channel><ChannelType><Code>0006-000077</Code></ChannelType>\
        <ProcessTime><TermType>normalService</TermType><Unit>workDays</Unit><Value>3</Value><Tax><Amount>5</Amount>\
        <Currency>EUR</Currency><ValidFrom>2026-01-01</ValidFrom></Tax></ProcessTime></Channel>\
        <ValidFrom>2026-01-01T00:00:00Z</ValidFrom></ServiceRecord>";
    let of = |body: &str| {
        format!(
            "<s:Envelope xmlns:s=\"{}\" xmlns=\"urn:egov-gateway:portal:service-record:1\"><s:Header><RequestContext/></s:Header>\
             <s:Body>{body}</s:Body></s:Envelope>",
            Version::V11.namespace()
        )
        .into_bytes()
    };
    vec![
        of(&format!("<AddService>{record}</AddService>")),
        of(&format!("<SaveServices>{record}{record}<Mode>BestEffort</Mode></SaveServices>")),
        of("<ListServices><PageNumber>1</PageNumber><PageSize>2</PageSize></ListServices>"),
        of("<Ping/>"),
    ]
}

fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| Contract::load().expect("the contract of the program"))
}

fn open(data: &[u8]) -> String {
    static OPTIONS: OnceLock<Options> = OnceLock::new();
    let options = OPTIONS.get_or_init(Options::default);
    match examine(contract(), options, &Message::of(data.to_vec())) {
        Err(fault) => {
            let detail = fault.detail("1");
            assert!(!detail.bg.is_empty() && !detail.en.is_empty());
            assert!(detail.fields.iter().all(|field| field.starts_with('/')), "a place is a path");
            detail.code
        }
        Ok(records) => {
            let mut outcome = String::from("opened");
            for record in records {
                for fault in &record.faults {
                    outcome += fault.code.number();
                }
                if record.octets.is_empty() {
                    continue;
                }
                let again = neutral::read(&record.octets).expect("what is kept can be read");
                assert_eq!(neutral::canonical(again.root()), record.octets, "the neutral form is a fixed point");
                let request = format!(
                    "<AddService xmlns=\"urn:egov-gateway:portal:service-record:1\">{}</AddService>",
                    again.source()
                );
                let request = Document::read(request, &Limits::default()).expect("a record within a request");
                assert_eq!(request.root().local(), Operation::AddService.name());
                let report = contract().schema.validate(request.root(), &kapia_schema::Options::first());
                assert!(report.is_valid(), "what is kept fits the contract: {:?}", report.violations);
            }
            outcome
        }
    }
}

fn fragments() -> Vec<Vec<u8>> {
    ["<p>a<br/><a href=\"https://x.bg\">b</a></p>", "a &amp; b", "<table><tr><td colspan=\"2\">1</td></tr></table>"]
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect()
}

fn markup(data: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(data) else { return "no text".into() };
    let checked = html::check(text);
    let safe = html::safe(text);
    assert_eq!(checked.is_ok(), safe.is_some(), "what is allowed can be written, and nothing else");
    let Some(safe) = safe else { return format!("{checked:?}") };
    let lower = safe.to_ascii_lowercase();
    for word in ["<script", "<style", "<iframe", "<svg", "<!--", "<?", "<![cdata["] {
        assert!(!lower.contains(word), "{word} was let through");
    }
    // Every tag is one that was written here: its attributes are quoted and of the list.
    for tag in safe.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag)) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "a tag is called {name}");
    }
    "safe".into()
}
