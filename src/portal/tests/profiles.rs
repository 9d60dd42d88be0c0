//! Another WSDL over the same store: names, order, values and paths are data, and nothing that is kept changes.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_portal::{Contract, Options, Profile};
use kapia_soap::Version;
use kapia_xml::{Document, Limits};
use support::{Answer, OURS, Room, Sample};

/// An invented contract: flat keys, other names, another order, Bulgarian values, things left out.
const PROFILE: &str = r#"
name = "invented"
[namespaces]
service = "urn:example:portal"
types = "urn:example:portal:types"
[operation.AddService]
action = "urn:example:portal/Add"
request = "PutService"
response = "PutServiceResult"
[operation.GetService]
action = "urn:example:portal/Get"
request = "FetchService"
[elements]
"service" = "ServiceRecord"
"PutService/service" = "ServiceRecord"
"service/number" = "ServiceKey/ServiceNumber"
"service/bulstat" = "ServiceKey/SupplierEIK"
"FetchService/number" = "ServiceKey/ServiceNumber"
"FetchService/bulstat" = "ServiceKey/SupplierEIK"
"title" = "Name"
"level" = "SecurityLevel"
"internal" = "IsInternalAdminService"
"act" = "LegalBasis/ActName"
"body" = "ProvisionBody"
"how" = "ApplicationMethod"
"from" = "ValidFrom"
"channel" = "Channel"
"channel/kind" = "ChannelType/Code"
[values.SecurityLevel]
"Ниско" = "Low"
"Високо" = "High"
[values.IsInternalAdminService]
"Да" = "true"
"Не" = "false"
[defaults]
"ServiceRecord/HasCivilPurpose" = "true"
"ServiceRecord/HasBusinessPurpose" = "false"
"ServiceRecord/ProvisionLevel" = "SiteInfoOnly"
"#;

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

trait ParseEik {
    fn parse_eik(&self) -> kapia_records::Eik;
}

impl ParseEik for str {
    fn parse_eik(&self) -> kapia_records::Eik {
        kapia_records::Eik::parse(self).unwrap()
    }
}
