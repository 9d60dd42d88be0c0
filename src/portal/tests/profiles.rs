//! Another WSDL over the same store: names, order, values and paths are data, and nothing that is kept changes.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_portal::names::TYPES;
use kapia_portal::{Contract, Operation, Options, Profile, Unheard};
use kapia_soap::Version;
use kapia_xml::{Document, Limits};
use support::{Answer, OURS, Room, Sample};

/// An invented contract: flat keys, other names, another order, Bulgarian values, things left out.
const PROFILE: &str = include_str!("invented.toml");

fn put(level: &str, kind: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><PutService xmlns=\"urn:example:portal:types\"><service>\
         <from>2026-01-01T00:00:00Z</from><title xml:lang=\"bg\">Услуга</title><number>5</number><bulstat>{OURS}</bulstat>\
         <level>{level}</level><internal>Не</internal><act>Закон</act><body>Община</body><how>ApplicationAtDesk</how>\
         <channel><kind>{kind}</kind></channel></service></PutService></s:Body></s:Envelope>"
    )
}

async fn room() -> Room {
    let profile = Profile::read(PROFILE, None, &Contract::load().unwrap()).unwrap();
    Room::with(Options { profile, ..Options::default() }).await
}

#[tokio::test]
async fn a_message_of_another_contract_is_kept_in_the_neutral_form() {
    let theirs = room().await;
    let answer = theirs.post(&put("Ниско", "0006-000077"), Some("\"urn:example:portal/Add\"")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.body().is("urn:example:portal:types", "PutServiceResult"));
    assert_eq!((answer.one("Result").as_str(), answer.one("Version").as_str()), ("CREATED", "1"));
    assert_eq!(answer.one("number"), "5");

    // The same record by our own contract is the same record: no migration between the two.
    let key = kapia_records::Key::new(OURS.parse_eik(), kapia_records::ServiceNumber::new(5).unwrap());
    let kept = theirs.records.get(&key, None).await.unwrap().unwrap().octets;
    let ours = Room::new().await;
    let record = String::from_utf8(kept.to_vec()).unwrap();
    let answer = ours.send(&format!("<AddService>{record}</AddService>")).await;
    assert_eq!(answer.one("Result"), "CREATED", "{}", answer.text);
    assert_eq!(ours.records.get(&key, None).await.unwrap().unwrap().octets, kept);
}

#[tokio::test]
async fn what_is_kept_is_handed_out_in_the_names_of_the_other_contract() {
    let room = room().await;
    room.post(&put("Високо", "0006-000077"), None).await;
    let get = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><FetchService xmlns=\"urn:example:portal:types\">\
         <number>5</number><bulstat>{OURS}</bulstat></FetchService></s:Body></s:Envelope>"
    );
    let answer = room.post(&get, None).await;
    assert_eq!((answer.one("level").as_str(), answer.one("internal").as_str()), ("Високо", "Не"));
    assert_eq!((answer.one("act").as_str(), answer.one("kind").as_str()), ("Закон", "0006-000077"));
    assert!(!answer.text.contains("service-record:1"), "{}", answer.text);
}

#[tokio::test]
async fn a_fault_names_the_places_of_the_message_as_it_was_sent() {
    let room = room().await;
    let answer = room.post(&put("Ниско", "0006-999999"), None).await;
    assert_eq!(answer.fault(), ("EGS-4001".to_owned(), vec!["/service/channel/kind".to_owned()]));
    let answer = room.post(&put("Low!", "0006-000077"), None).await;
    assert_eq!(answer.fault(), ("EGS-4001".to_owned(), vec!["/service/level".to_owned()]));
    let missing = put("Ниско", "0006-000077").replace("<body>Община</body>", "");
    assert_eq!(
        room.post(&missing, None).await.fault(),
        ("EGS-4002".to_owned(), vec!["/service/ProvisionBody".to_owned()])
    );
}

#[tokio::test]
async fn only_what_the_profile_offers_is_there() {
    let room = room().await;
    let message = support::envelope(Version::V11, None, &Sample::new(1).add());
    let answer: Answer = room.post(&message, None).await;
    assert_eq!(answer.fault().0, "EGS-1003");
    assert!(room.service.wsdl("wsdl", "https://x").is_none());
    let wsdl = "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'><a location='{{base}}/x'/></definitions>";
    let profile = Profile::read(PROFILE, Some(wsdl.to_owned()), &Contract::load().unwrap()).unwrap();
    Document::read(profile.wsdl("https://x").unwrap(), &Limits::default()).unwrap();
}

#[tokio::test]
async fn who_asks_under_a_profile_is_understood_by_who_listens_under_it() {
    let contract = Contract::load().unwrap();
    for text in [PROFILE.to_owned(), format!("header = \"Context\"\n{PROFILE}{WRAPPED}")] {
        let profile = Profile::read(&text, None, &contract).unwrap();
        let room = Room::with(Options { profile: profile.clone(), ..Options::default() }).await;
        let record = said(Sample::new(9), "true").record();
        let record = record.replacen("<ServiceRecord>", &format!("<ServiceRecord xmlns=\"{TYPES}\">"), 1);
        let ask = |operation, content: &str| {
            let id = format!("b3b0c2b6-6a8b-4a06-9d9c-{:012}", content.len());
            profile.ask(&contract, operation, content.as_bytes(), &id, "https://x.example").unwrap()
        };
        let asked = ask(Operation::AddService, &record);
        let answer = room.post(&String::from_utf8(asked.body.clone()).unwrap(), None).await;
        let heard = profile.hear(&contract, &asked, answer.text.clone().into()).unwrap();
        let result = heard.root().child(TYPES, "OperationResult").unwrap();
        assert_eq!(result.child(TYPES, "Result").unwrap().text(), "CREATED", "{}", answer.text);

        // What was said under the profile is what is kept.
        let key = kapia_records::Key::new(OURS.parse_eik(), kapia_records::ServiceNumber::new(9).unwrap());
        let kept = room.records.get(&key, None).await.unwrap().unwrap().octets;
        let examined = kapia_portal::examine_record(&contract, &Options::default(), record.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(kept.to_vec()).unwrap(), String::from_utf8(examined.octets.to_vec()).unwrap());

        // A fault is heard at the places of our record.
        let wrong = record.replace("0006-000077", "0006-9999999");
        let asked = ask(Operation::AddService, &wrong);
        let answer = room.post(&String::from_utf8(asked.body.clone()).unwrap(), None).await;
        match profile.hear(&contract, &asked, answer.text.clone().into()) {
            Err(Unheard::Fault(fault)) => {
                assert_eq!(fault.code, "EGS-4001");
                assert_eq!(fault.fields, ["/ServiceRecord/Channel[1]/ChannelType/Code"], "{}", answer.text);
            }
            other => panic!("{other:?}"),
        }
        assert!(profile.offers(Operation::AddService) && !profile.offers(Operation::SaveServices));
        assert!(profile.ask(&contract, Operation::Ping, b"", "x", "https://x.example").is_none());
    }
}

#[test]
fn what_another_contract_has_no_place_for_is_told_and_left_out() {
    let contract = Contract::load().unwrap();
    let text = PROFILE.replacen("name = \"invented\"", "name = \"invented\"\nunsaid = [\"ApplicationMethod\"]", 1);
    let profile = Profile::read(&text, None, &contract).unwrap();
    let record = said(Sample::new(9), "false").record();
    let record = record.replacen("<ServiceRecord>", &format!("<ServiceRecord xmlns=\"{TYPES}\">"), 1);
    let fitted = profile.fitted(&contract, record.as_bytes());
    assert_eq!(fitted.left_out, ["ServiceRecord/ApplicationMethod", "ServiceRecord/HasCivilPurpose"], "{record}");
    assert_eq!(Profile::own().fitted(&contract, record.as_bytes()).left_out, [""; 0]);
}

/// A sample that says what the profile takes for granted, but for this.
fn said(sample: Sample, civil: &str) -> Sample {
    let purposes = format!("<HasCivilPurpose>{civil}</HasCivilPurpose><HasBusinessPurpose>false</HasBusinessPurpose>");
    sample.with("Purposes", &purposes).with("ProvisionLevel", "<ProvisionLevel>SiteInfoOnly</ProvisionLevel>")
}

/// The same with wrappers of their own, another namespace inside, and an order of their own.
const WRAPPED: &str = r#"
[namespaces.inside]
"service" = "urn:example:portal:data"
[wrappers]
"data" = ["ServiceRecord"]
"service/channels" = ["Channel"]
[order]
"service" = ["channels", "from", "title", "number"]
"#;

trait ParseEik {
    fn parse_eik(&self) -> kapia_records::Eik;
}

impl ParseEik for str {
    fn parse_eik(&self) -> kapia_records::Eik {
        kapia_records::Eik::parse(self).unwrap()
    }
}
