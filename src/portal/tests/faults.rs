//! Every way to be refused: code, place, shape.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_portal::{DoorFault, EgovService, Options, Profile};
use kapia_soap::Version;
use support::{Answer, OURS, Room, Sample, envelope, key};

/// Adds the sample and expects this fault at this place.
async fn refused(room: &Room, sample: &Sample, code: &str, field: &str) -> Answer {
    let answer = room.send(&sample.add()).await;
    let (found, fields) = answer.fault();
    assert_eq!((found.as_str(), fields.first().map(String::as_str)), (code, Some(field)), "{}", answer.text);
    answer
}

#[tokio::test]
async fn every_rule_refuses_what_breaks_it_and_says_where() {
    let room = Room::new().await;
    let sample = || Sample::new(1);
    let term = |inside: &str| {
        sample()
            .with("Channel", &format!("<Channel><ChannelType><Code>0006-000077</Code></ChannelType>{inside}</Channel>"))
    };
    let time = |inside: &str| {
        term(&format!(
            "<ProcessTime><TermType>normalService</TermType><Unit>workDays</Unit><Value>3</Value>{inside}</ProcessTime>"
        ))
    };
    let tax = |amount: &str, currency: &str, from: &str, to: &str| {
        let to = if to.is_empty() { String::new() } else { format!("<ValidTo>{to}</ValidTo>") };
        format!("<Tax><Amount>{amount}</Amount><Currency>{currency}</Currency><ValidFrom>{from}</ValidFrom>{to}</Tax>")
    };
    let first_time = "/ServiceRecord/Channel[1]/ProcessTime[1]";
    let cases: Vec<(Sample, &str, String)> = vec![
        (sample().with("ProvisionBody", ""), "EGS-4002", "/ServiceRecord/ProvisionBody".into()),
        (sample().with("Valid", ""), "EGS-4002", "/ServiceRecord/ValidFrom".into()),
        (sample().with("LegalBasis", "<LegalBasis/>"), "EGS-4002", "/ServiceRecord/LegalBasis[1]/ActName".into()),
        (sample().with("Name", "<Name lang=\"en\">Only</Name>"), "EGS-4002", "/ServiceRecord/Name[@lang='bg']".into()),
        (sample().with("Name", "<Name>а</Name><Name lang=\"bg\">б</Name>"), "EGS-1002", "/ServiceRecord/Name[2]".into()),
        (sample().with("Name", "<Name>а</Name><Name lang=\"de\">b</Name>"), "EGS-4001", "/ServiceRecord/Name[2]/@lang".into()),
        (sample().with("Name", "<Name>а</Name><Title>b</Title>"), "EGS-1002", "/ServiceRecord/Title".into()),
        (sample().with("Purposes", "<HasCivilPurpose>да</HasCivilPurpose><HasBusinessPurpose>0</HasBusinessPurpose>"), "EGS-1002", "/ServiceRecord/HasCivilPurpose".into()),
        (sample().with("SecurityLevel", "<SecurityLevel>Ниско</SecurityLevel>"), "EGS-4001", "/ServiceRecord/SecurityLevel".into()),
        (sample().of("111222335"), "EGS-2001", "/ServiceRecord/ServiceKey/SupplierEIK".into()),
        (sample().of("11122233"), "EGS-4003", "/ServiceRecord/ServiceKey/SupplierEIK".into()),
        (sample().with("Language", "<Language>xx</Language>"), "EGS-4001", "/ServiceRecord/Language[1]".into()),
        (sample().with("ServiceURL", ""), "EGS-4002", "/ServiceRecord/ServiceURL".into()),
        (sample().with("ServiceURL", "<ServiceURL>javascript:alert(1)</ServiceURL>"), "EGS-4007", "/ServiceRecord/ServiceURL".into()),
        (sample().with("SuggestionsAddress", "<SuggestionsAddress>тук</SuggestionsAddress>"), "EGS-1002", "/ServiceRecord/SuggestionsAddress".into()),
        (sample().with("Description", "<Description>&lt;script&gt;x()&lt;/script&gt;</Description>"), "EGS-4006", "/ServiceRecord/Description[1]".into()),
        (sample().with("OrderAndAppealTerms", "<OrderAndAppealTerms>&lt;a href=\"javascript:x()\"&gt;x&lt;/a&gt;</OrderAndAppealTerms>"), "EGS-4006", "/ServiceRecord/OrderAndAppealTerms".into()),
        (sample().with("Stage", "<Stage><Name>x</Name><Description>&lt;p onclick='x'&gt;a&lt;/p&gt;</Description></Stage>"), "EGS-4006", "/ServiceRecord/Stage[1]/Description".into()),
        (sample().with("Payment", "<Payment><Kind>Charge</Kind><Generation>Fixed</Generation><IBAN>BG81BNBG96611020345678</IBAN></Payment>"), "EGS-1002", "/ServiceRecord/Payment/IBAN".into()),
        (sample().with("Payment", "<Payment><Kind>Free</Kind><Generation>Fixed</Generation></Payment>"), "EGS-4005", format!("{first_time}/Tax[1]")),
        (sample().with("Valid", "<ValidFrom>2026-02-01T00:00:00Z</ValidFrom><ValidTo>2026-01-01T00:00:00Z</ValidTo>"), "EGS-4005", "/ServiceRecord/ValidTo".into()),
        (sample().with("Valid", "<ValidFrom>2026-02-01T00:00:00</ValidFrom>"), "EGS-1002", "/ServiceRecord/ValidFrom".into()),
        (term("<ProcessTime><TermType>normalService</TermType></ProcessTime>"), "EGS-4005", first_time.into()),
        (term("<ProcessTime><TermType>noDefinitionTermService</TermType><Unit>workDays</Unit><Value>1</Value></ProcessTime>"), "EGS-4005", first_time.into()),
        (term("<ProcessTime><TermType>fastService</TermType><Unit>workDays</Unit><Value>9</Value></ProcessTime><ProcessTime><TermType>normalService</TermType><Unit>workHours</Unit><Value>8</Value></ProcessTime>"), "EGS-4005", first_time.into()),
        (time(&tax("1", "USD", "2026-01-01", "")), "EGS-4001", format!("{first_time}/Tax[1]/Currency")),
        (time(&tax("1", "EUR", "2026-02-01", "2026-01-01")), "EGS-4005", format!("{first_time}/Tax[1]")),
        (time(&(tax("1", "EUR", "2026-01-01", "") + &tax("2", "EUR", "2026-06-01", ""))), "EGS-4005", format!("{first_time}/Tax[2]")),
        (time(&(tax("10", "BGN", "2025-08-01", "2026-01-31") + &tax("10", "EUR", "2026-01-01", ""))), "EGS-4005", format!("{first_time}/Tax[2]")),
        (time(&tax("1.005", "EUR", "2026-01-01", "")), "EGS-1002", format!("{first_time}/Tax[1]/Amount")),
        (sample().with("ServicingUnit", "<ServicingUnit><Name>x</Name><Address><Settlement><Code>София</Code></Settlement></Address></ServicingUnit>"), "EGS-4001", "/ServiceRecord/ServicingUnit[1]/Address/Settlement/Code".into()),
        (sample().with("Evidence", "<Evidence><Name>x</Name><TemplateURL>file:///etc/passwd</TemplateURL></Evidence>"), "EGS-1002", "/ServiceRecord/Evidence[1]/TemplateURL".into()),
    ];
    for (sample, code, field) in &cases {
        refused(&room, sample, code, field).await;
    }
    let both = time(&(tax("9.78", "BGN", "2025-08-01", "2026-12-31") + &tax("5", "EUR", "2026-01-01", "")));
    assert_eq!(room.send(&both.add()).await.one("Result"), "CREATED");
}

#[tokio::test]
async fn a_supplier_with_a_wrong_check_digit_is_told_so_even_if_the_credential_has_it() {
    let room = Room::of(Options::default(), &["111222335"]).await;
    let answer =
        refused(&room, &Sample::new(1).of("111222335"), "EGS-4003", "/ServiceRecord/ServiceKey/SupplierEIK").await;
    assert_eq!(answer.one("MessageBg"), "Невалиден ЕИК/БУЛСТАТ 111222335.");
}

#[tokio::test]
async fn an_object_identifier_is_refused_by_its_own_code() {
    let room = Room::new().await;
    let body = Sample::new(1).add().replace("</ServiceKey>", "</ServiceKey><ServiceOID>1.2.3</ServiceOID>");
    let answer = room.send(&body).await;
    assert_eq!(answer.fault(), ("EGS-4004".to_owned(), vec!["/ServiceRecord/ServiceOID".to_owned()]));
    assert!(!answer.text.contains("1.2.3"));
}

#[tokio::test]
async fn an_address_without_encryption_is_remarked_or_refused() {
    let sample = Sample::new(1).with("ServiceURL", "<ServiceURL>http://izpitna.example.bg</ServiceURL>");
    let room = Room::new().await;
    let answer = room.send(&sample.add()).await;
    assert_eq!((answer.one("Result").as_str(), answer.one("Code").as_str()), ("CREATED", "EGS-4007"));
    let mut options = Options::default();
    options.strictness.https_only = true;
    let strict = Room::with(options).await;
    assert_eq!(strict.send(&sample.add()).await.fault().0, "EGS-4007");
}

#[tokio::test]
async fn no_fault_repeats_what_was_sent() {
    let room = Room::new().await;
    // An invented personal number with a right check digit, put everywhere where text goes.
    let secret = "8001014527";
    for (part, text) in [
        ("Language", format!("<Language>{secret}</Language>")),
        ("SecurityLevel", format!("<SecurityLevel>{secret}</SecurityLevel>")),
        ("Channel", format!("<Channel><ChannelType><Code>{secret}</Code></ChannelType></Channel>")),
        ("ServiceURL", format!("<ServiceURL>x{secret}</ServiceURL>")),
        ("Valid", format!("<ValidFrom>{secret}</ValidFrom>")),
        ("Description", format!("<Description>&lt;script&gt;{secret}</Description>")),
        (
            "Payment",
            format!(
                "<Payment><Kind>Charge</Kind><Generation>Fixed</Generation><IBAN>BG80{secret}5678</IBAN></Payment>"
            ),
        ),
        ("Name", format!("<Name lang=\"x{secret}\">а</Name>")),
        ("Purposes", format!("<HasCivilPurpose>{secret}</HasCivilPurpose>")),
        (
            "ServicingUnit",
            format!(
                "<ServicingUnit><Name>x</Name><Address><Settlement><Code>{secret}</Code></Settlement></Address></ServicingUnit>"
            ),
        ),
    ] {
        let answer = room.send(&Sample::new(1).with(part, &text).add()).await;
        assert!(answer.status >= 400, "{part}");
        assert!(!answer.text.contains(secret), "{part}: {}", answer.text);
    }
    let answer = room.send(&Sample::new(1).of(secret).add()).await;
    assert_eq!(answer.fault().0, "EGS-4003");
    assert!(!answer.text.contains(secret));
}

#[tokio::test]
async fn a_message_that_is_no_request_is_refused_by_its_cause() {
    let room = Room::new().await;
    let good = envelope(Version::V11, None, "<Ping/>");
    for (message, code) in [
        ("", "EGS-1001"),
        ("<a", "EGS-1001"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "EGS-1001"),
        ("<a/>", "EGS-1001"),
        (good.replace("<Ping/>", "").as_str(), "EGS-1001"),
        (good.replace("<Ping/>", "<Ping/><Ping/>").as_str(), "EGS-1001"),
        (good.replace("<Ping/>", "<Ring/>").as_str(), "EGS-1003"),
        (good.replace("<Ping/>", "<Ping xmlns=\"urn:other\"/>").as_str(), "EGS-1003"),
        (good.replace("<Ping/>", "<Ping><a/></Ping>").as_str(), "EGS-1002"),
        (
            good.replace(
                "<s:Body>",
                "<s:Header><t:RequestContext><t:RequestId>7</t:RequestId></t:RequestContext></s:Header><s:Body>",
            )
            .as_str(),
            "EGS-1002",
        ),
        (
            good.replace("<s:Body>", "<s:Header><x:Y xmlns:x=\"urn:x\" s:mustUnderstand=\"1\"/></s:Header><s:Body>")
                .as_str(),
            "EGS-1001",
        ),
    ] {
        let answer = room.post(message, None).await;
        assert_eq!(answer.one("Code"), code, "{message}");
        assert_eq!(answer.status, 500);
    }
    let understood =
        good.replace("<s:Body>", "<s:Header><x:Y xmlns:x=\"urn:x\" s:mustUnderstand=\"1\"/></s:Header><s:Body>");
    assert_eq!(room.post(&understood, None).await.one("faultcode"), "s:MustUnderstand");
}

#[tokio::test]
async fn the_action_must_be_that_of_the_body() {
    let room = Room::new().await;
    let ping = envelope(Version::V11, None, "<Ping/>");
    for (action, good) in [
        ("\"urn:egov-gateway:portal:EgovService:1/IEgovService/Ping\"", true),
        ("urn:egov-gateway:portal:EgovService:1/IEgovService/Ping", true),
        ("\"\"", true),
        ("\"urn:egov-gateway:portal:EgovService:1/IEgovService/AddService\"", false),
        ("\"http://services.egov.bg/messaging/IEGovService/Submit\"", false),
    ] {
        let answer = room.post(&ping, Some(action)).await;
        assert_eq!(answer.status == 200, good, "{action}: {}", answer.text);
        if !good {
            assert_eq!(answer.one("Code"), "EGS-1003");
        }
    }
}

#[tokio::test]
async fn a_message_that_is_too_long_is_not_read() {
    let room = Room::with(Options { largest_message: 1 << 20, ..Options::default() }).await;
    let answer = room.post(&" ".repeat((1 << 20) + 1), None).await;
    assert_eq!(answer.fault().0, "EGS-1004");
    assert_eq!(answer.one("MessageBg"), "Съобщението надвишава допустимия размер (1 МБ).");
}

#[tokio::test]
async fn the_shape_of_a_fault_is_that_of_its_version() {
    let first = Room::new().await;
    let answer = first.send(&format!("<GetService>{}</GetService>", key(1, OURS))).await;
    assert_eq!((answer.status, answer.content_type), (500, "text/xml; charset=utf-8"));
    assert_eq!(answer.one("faultcode"), "s:Client");
    assert!(answer.text.contains(
        "<faultstring xml:lang=\"bg\">Услугата не е намерена.</faultstring><detail><EgovServiceFault xmlns="
    ));
    let second = Room { version: Version::V12, ..Room::new().await };
    let answer = second.send(&format!("<GetService>{}</GetService>", key(1, OURS))).await;
    assert_eq!((answer.status, answer.content_type), (500, "application/soap+xml; charset=utf-8"));
    assert_eq!(answer.all("Value"), ["s:Sender", "t:EGS-3004"]);
    assert!(answer.text.contains(
        "<s:Reason><s:Text xml:lang=\"bg\">Услугата не е намерена.</s:Text></s:Reason><s:Detail><EgovServiceFault xmlns="
    ));
    let contract = kapia_portal::Contract::load().unwrap();
    let detail = answer.body().children().last().unwrap().children().next().unwrap();
    assert!(contract.schema.validate(detail, &kapia_schema::Options::default()).is_valid());
}

#[tokio::test]
async fn each_version_is_taken_at_both_ports() {
    let room = Room::new().await;
    let mut call = room.call(&envelope(Version::V12, None, "<Ping/>"), None);
    call.content_type = Some(Version::V12.content_type().to_owned());
    let reply = room.service.answer(call).await;
    assert_eq!((reply.status, reply.content_type), (200, "application/soap+xml; charset=utf-8"));
    let mismatch = room.post(&envelope(Version::V12, None, "<Ping/>"), None).await;
    assert_eq!(mismatch.one("faultcode"), "s:VersionMismatch");
}

#[tokio::test]
async fn who_addresses_is_answered_with_addresses_and_nobody_else() {
    let room = Room { version: Version::V12, ..Room::new().await };
    assert!(!room.send("<Ping/>").await.text.contains("RelatesTo"));
    let message = envelope(Version::V12, None, "<Ping/>").replace(
        "<s:Body>",
        "<s:Header><a:MessageID xmlns:a=\"http://www.w3.org/2005/08/addressing\">urn:uuid:7</a:MessageID></s:Header><s:Body>",
    );
    let answer = room.post(&message, None).await;
    assert_eq!(answer.one("RelatesTo"), "urn:uuid:7");
    assert_eq!(answer.one("Action"), "urn:egov-gateway:portal:EgovService:1/IEgovService/PingResponse");
    assert!(!answer.text.contains("mustUnderstand"));
}

#[tokio::test]
async fn at_the_door_the_faults_have_their_own_statuses() {
    let room = Room::new().await;
    for (fault, status, code) in [
        (DoorFault::Unauthorized, 401, "EGS-2003"),
        (DoorFault::Suspended, 500, "EGS-2002"),
        (DoorFault::TooManyRequests { seconds: 30 }, 429, "EGS-6001"),
        (DoorFault::TooLarge { megabytes: 16 }, 413, "EGS-1004"),
        (DoorFault::Unknown, 500, "EGS-1003"),
        (DoorFault::Unavailable, 503, "EGS-9001"),
    ] {
        let answer = Answer::of(&room.service.refuse(fault, Version::V11, "K1"));
        assert_eq!((answer.status, answer.one("Code").as_str()), (status, code));
        assert_eq!(answer.one("CorrelationId"), "K1");
    }
}

#[tokio::test]
async fn the_contract_is_served_at_its_ports() {
    let room = Room::new().await;
    assert_eq!(EgovService::port("/services/EgovService/"), Some(Version::V11));
    assert_eq!(EgovService::port("/SERVICES/egovservice/soap12"), Some(Version::V12));
    assert_eq!(EgovService::port("/services/EgovService/other"), None);
    for query in ["wsdl", "WSDL", "singleWsdl", "wsdl="] {
        let reply = room.service.wsdl(query, "https://gate.example.bg").unwrap();
        assert!(String::from_utf8_lossy(&reply.body).contains("https://gate.example.bg/services/EgovService/soap12"));
    }
    let schema = room.service.wsdl("xsd=0", "").unwrap();
    kapia_schema::SchemaSet::load("x.xsd", &kapia_schema::Memory::new().with("x.xsd", schema.body)).unwrap();
    assert!(room.service.wsdl("help", "").is_none());
    let strict = Room::with(Options { profile: Profile::look_alike(), ..Options::default() }).await;
    assert_eq!(strict.send("<Ping/>").await.fault().0, "EGS-1003");
    assert_eq!(strict.send(&Sample::new(1).add()).await.one("Result"), "CREATED");
}
