//! What the operations do, over a real store.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_portal::{Operation, Options, Workflow};
use kapia_records::{Eik, Key, RegisterEntry, ServiceNumber};
use kapia_soap::Version;
use support::{OTHERS, OURS, Room, Sample, key, save};

const ID: &str = "b3b0c2b6-6a8b-4a06-9d9c-2c2d1f0f5a11";

fn key_of(number: u64) -> Key {
    Key::new(Eik::parse(OURS).unwrap(), ServiceNumber::new(number).unwrap())
}

#[tokio::test]
async fn a_record_is_added_once_and_the_same_again_changes_nothing() {
    let room = Room::new().await;
    let answer = room.send(&Sample::new(2835).add()).await;
    assert_eq!((answer.status, answer.one("Result").as_str(), answer.one("Version").as_str()), (200, "CREATED", "1"));
    assert_eq!(answer.one("PublicationStatus"), "published");
    assert_eq!(answer.one("Timestamp"), "2026-03-02T10:00:00Z");
    let again = room.send(&Sample::new(2835).add().replace("><", "> <")).await;
    assert_eq!((again.one("Result").as_str(), again.one("Version").as_str()), ("UNCHANGED", "1"));
    let other = room.send(&Sample::new(2835).with("Keyword", "").add()).await;
    assert_eq!(other.fault(), ("EGS-3003".to_owned(), vec!["/ServiceRecord/ServiceKey".to_owned()]));
    assert_eq!(other.status, 500);
    let facts = room.records.get(&key_of(2835), None).await.unwrap().unwrap().facts;
    assert_eq!(facts.name_bg, "Издаване на удостоверение за адрес");
    assert_eq!(facts.description_bg, "По искане");
    assert_eq!(facts.details["Channel"][0]["ChannelType"]["Name"]["bg"], "На гише");
    assert_eq!(facts.details["Description"]["bg"], "<p>По <b>искане</b></p>");
    assert_eq!(facts.details["HasBusinessPurpose"], false);
    assert_eq!(facts.details["SecurityLevel"]["Name"]["en"], "Substantial");
}

#[tokio::test]
async fn an_update_replaces_the_record_and_guards_its_version() {
    let room = Room::new().await;
    let missing = room.send(&Sample::new(7).update(None)).await;
    assert_eq!(missing.fault().0, "EGS-3004");
    room.send(&Sample::new(7).add()).await;
    let changed = Sample::new(7).with("Keyword", "<Keyword>нова</Keyword>");
    let answer = room.send(&changed.update(Some(1))).await;
    assert_eq!((answer.one("Result").as_str(), answer.one("Version").as_str()), ("UPDATED", "2"));
    let late = room.send(&Sample::new(7).with("Keyword", "").update(Some(1))).await;
    assert_eq!(late.fault().0, "EGS-3005");
    assert_eq!(late.one("MessageBg"), "Версията е променена (очаквана 1, текуща 2).");
    let same = room.send(&changed.update(None)).await;
    assert_eq!((same.one("Result").as_str(), same.one("Version").as_str()), ("UNCHANGED", "2"));
}

#[tokio::test]
async fn a_request_that_is_repeated_gets_its_answer_again_and_does_nothing() {
    let room = Room::new().await;
    let first = room.send_as(ID, &Sample::new(1).add()).await;
    assert_eq!((first.one("RequestId").as_str(), first.one("Result").as_str()), (ID, "CREATED"));
    room.send(&Sample::new(1).with("Keyword", "").update(None)).await;
    let again = room.send_as(&ID.to_uppercase(), &Sample::new(1).add()).await;
    assert_eq!(again.text, first.text);
    let other = room.send_as(ID, &Sample::new(2).add()).await;
    assert_eq!(other.fault().0, "EGS-5001");
    let refused = "0a0b0c0d-6a8b-4a06-9d9c-2c2d1f0f5a11";
    let fault = room.send_as(refused, &Sample::new(1).with("Keyword", "").with("Language", "").add()).await;
    assert_eq!(fault.fault().0, "EGS-3003");
    assert_eq!(
        room.send_as(refused, &Sample::new(1).with("Keyword", "").with("Language", "").add()).await.text,
        fault.text
    );
    let status = room.send(&format!("<GetServiceStatus><RequestId>{refused}</RequestId></GetServiceStatus>")).await;
    assert_eq!((status.one("LastPushResult").as_str(), status.one("Version").as_str()), ("REJECTED", "2"));
    assert_eq!(status.one("Code"), "EGS-3003");
}

#[tokio::test]
async fn what_the_envelope_says_of_a_header_block_is_not_held_against_it() {
    for version in [Version::V11, Version::V12] {
        let room = Room { version, ..Room::new().await };
        let message = support::envelope(version, Some(ID), &Sample::new(1).add());
        let said = message.replace("<t:RequestContext>", "<t:RequestContext s:mustUnderstand=\"1\">");
        let first = room.post(&said, None).await;
        assert_eq!((first.one("RequestId").as_str(), first.one("Result").as_str()), (ID, "CREATED"), "{}", first.text);
        assert_eq!(room.post(&message, None).await.text, first.text, "it is the same request");
        for unknown in ["t:other=\"1\"", "t:other=\"1\" s:mustUnderstand=\"1\""] {
            let unknown = message.replace("<t:RequestContext>", &format!("<t:RequestContext {unknown}>"));
            assert!(room.post(&unknown, None).await.text.contains("<Code>EGS-1002</Code>"));
        }
    }
}

#[tokio::test]
async fn all_or_nothing_stores_nothing_when_one_record_is_wrong() {
    let room = Room::new().await;
    let wrong =
        Sample::new(2).with("Channel", "<Channel><ChannelType><Code>0006-999999</Code></ChannelType></Channel>");
    let answer = room.send(&save(&[Sample::new(1), wrong.clone(), Sample::new(3)], "AllOrNothing")).await;
    assert_eq!(
        answer.fault(),
        ("EGS-4001".to_owned(), vec!["/ServiceRecord[2]/Channel[1]/ChannelType/Code".to_owned()])
    );
    assert!(room.records.get(&key_of(1), None).await.unwrap().is_none());
    let best = room.send(&save(&[Sample::new(1), wrong, Sample::new(3)], "BestEffort")).await;
    assert_eq!(best.status, 200);
    assert_eq!(best.all("Result"), ["CREATED", "REJECTED", "CREATED"]);
    assert_eq!(best.all("Field"), ["/ServiceRecord[2]/Channel[1]/ChannelType/Code"]);
    assert!(room.records.get(&key_of(3), None).await.unwrap().is_some());
}

#[tokio::test]
async fn a_record_that_breaks_the_schema_does_not_take_the_others_of_a_best_effort_with_it() {
    let room = Room::new().await;
    let broken = Sample::new(2).with("ProvisionBody", "").with("SecurityLevel", "<SecurityLevel>Ниско</SecurityLevel>");
    let foreign = Sample::new(4).of(OTHERS);
    let best = room.send(&save(&[Sample::new(1), broken.clone(), Sample::new(3), foreign], "BestEffort")).await;
    assert_eq!(best.all("Result"), ["CREATED", "REJECTED", "CREATED", "REJECTED"]);
    assert_eq!(best.all("Code"), ["EGS-4002", "EGS-2001"]);
    assert_eq!(best.all("Field")[0], "/ServiceRecord[2]/ProvisionBody");
    let nothing = room.send(&save(&[Sample::new(5), broken], "AllOrNothing")).await;
    assert_eq!(nothing.fault().0, "EGS-4002");
    assert!(room.records.get(&key_of(5), None).await.unwrap().is_none());
}

#[tokio::test]
async fn a_batch_has_at_most_fifty_records() {
    let room = Room::new().await;
    let many: Vec<Sample> = (1..=51).map(Sample::new).collect();
    let answer = room.send(&save(&many, "BestEffort")).await;
    assert_eq!(answer.fault(), ("EGS-1002".to_owned(), vec!["/ServiceRecord[51]".to_owned()]));
    let most = room.send(&save(&many[..50], "AllOrNothing")).await;
    assert_eq!(most.all("Result").len(), 50);
}

#[tokio::test]
async fn a_thousand_records_go_through_in_batches() {
    let room = Room::new().await;
    let many: Vec<Sample> = (1..=1000).map(Sample::new).collect();
    for (round, batch) in many.chunks(50).enumerate() {
        let id = format!("b3b0c2b6-6a8b-4a06-9d9c-{round:012}");
        let answer = room.send_as(&id, &save(batch, "AllOrNothing")).await;
        assert!(answer.all("Result").iter().all(|result| result == "CREATED"), "{}", answer.text);
    }
    let list = room.send(&format!("<ListServices><SupplierEIK>{OURS}</SupplierEIK><PageNumber>5</PageNumber><PageSize>200</PageSize></ListServices>")).await;
    assert_eq!((list.one("TotalCount").as_str(), list.one("HasMore").as_str()), ("1000", "false"));
    assert_eq!(list.all("ServiceSummary").len(), 200);
}

#[tokio::test]
async fn only_the_own_suppliers_are_written_and_read() {
    let room = Room::new().await;
    let foreign = Sample::new(1).of(OTHERS);
    let get = format!("<GetService>{}</GetService>", key(1, OTHERS));
    let list = format!(
        "<ListServices><SupplierEIK>{OTHERS}</SupplierEIK><PageNumber>1</PageNumber><PageSize>1</PageSize></ListServices>"
    );
    for body in [foreign.add(), foreign.update(None), save(std::slice::from_ref(&foreign), "AllOrNothing"), get, list] {
        let answer = room.send(&body).await;
        assert_eq!(answer.fault().0, "EGS-2001", "{body}");
        assert_eq!(answer.one("MessageEn"), format!("Not authorised for supplier {OTHERS}."));
    }
}

#[tokio::test]
async fn a_service_is_ended_and_begun_again_with_its_reason() {
    let room = Room::new().await;
    room.send(&Sample::new(9).add()).await;
    let end = format!("<DeactivateService>{}<Reason>Отменен акт</Reason></DeactivateService>", key(9, OURS));
    let answer = room.send(&end).await;
    assert_eq!((answer.one("Result").as_str(), answer.one("PublicationStatus").as_str()), ("DEACTIVATED", "inactive"));
    let update = room.send(&Sample::new(9).with("Keyword", "").update(None)).await;
    assert_eq!(update.fault().0, "EGS-3006");
    let begin = format!("<ReactivateService>{}<Reason>Нов акт</Reason></ReactivateService>", key(9, OURS));
    let answer = room.send(&begin).await;
    assert_eq!((answer.one("Result").as_str(), answer.one("PublicationStatus").as_str()), ("REACTIVATED", "published"));
    let history = room.records.history(&key_of(9)).await.unwrap();
    let whys: Vec<Option<&str>> = history.iter().map(|version| version.why.as_deref()).collect();
    assert_eq!(whys, [Some("Нов акт"), Some("Отменен акт"), None]);
    assert!(history.iter().all(|version| version.by == "town-hall"));
    let later = format!(
        "<DeactivateService>{}<EffectiveFrom>2030-01-01T00:00:00+02:00</EffectiveFrom><Reason>План</Reason></DeactivateService>",
        key(9, OURS)
    );
    let answer = room.send(&later).await;
    assert_eq!((answer.one("Result").as_str(), answer.one("PublicationStatus").as_str()), ("DEACTIVATED", "published"));
}

#[tokio::test]
async fn the_status_goes_its_way_and_no_other() {
    let room = Room::new().await;
    let wish = |status: &str| {
        Sample::new(5).with("PublicationStatus", &format!("<PublicationStatus>{status}</PublicationStatus>"))
    };
    assert_eq!(room.send(&wish("draft").add()).await.one("PublicationStatus"), "draft");
    let jump = room.send(&wish("published").update(None)).await;
    assert_eq!(jump.fault(), ("EGS-3007".to_owned(), vec!["/ServiceRecord/PublicationStatus".to_owned()]));
    assert_eq!(jump.one("MessageEn"), "Status transition draft→published not allowed.");
    for status in ["validated", "approved", "published"] {
        let answer = room.send(&wish(status).update(None)).await;
        assert_eq!((answer.one("Result").as_str(), answer.one("PublicationStatus").as_str()), ("UPDATED", status));
    }
    assert_eq!(room.send(&wish("inactive").update(None)).await.fault().0, "EGS-3007");
}

#[tokio::test]
async fn under_review_a_sender_publishes_nothing() {
    let room = Room::with(Options { workflow: Workflow::Review, ..Options::default() }).await;
    assert_eq!(room.send(&Sample::new(5).add()).await.one("PublicationStatus"), "draft");
    for status in ["validated", "approved", "published"] {
        let wish =
            Sample::new(5).with("PublicationStatus", &format!("<PublicationStatus>{status}</PublicationStatus>"));
        assert_eq!(room.send(&wish.update(None)).await.fault().0, "EGS-3007", "{status}");
        assert_eq!(room.send(&wish.with("Keyword", "").update(None)).await.fault().0, "EGS-3007", "{status}");
    }
}

#[tokio::test]
async fn a_record_is_read_back_by_version_and_language() {
    let room = Room::new().await;
    room.send(&Sample::new(3).add()).await;
    room.send(&Sample::new(3).with("Keyword", "<Keyword>втора</Keyword>").update(None)).await;
    let newest = room.send(&format!("<GetService>{}</GetService>", key(3, OURS))).await;
    assert_eq!(newest.one("Keyword"), "втора");
    assert_eq!(newest.all("PublicationStatus"), ["published", "published"]);
    assert_eq!((newest.one("Version").as_str(), newest.one("LastPushResult").as_str()), ("2", "ACCEPTED"));
    let first = room
        .send(&format!("<GetService>{}<Version>1</Version><Language>en</Language></GetService>", key(3, OURS)))
        .await;
    assert_eq!((first.one("Keyword").as_str(), first.one("Name").as_str()), ("адрес", "Address certificate"));
    let none = room.send(&format!("<GetService>{}<Version>3</Version></GetService>", key(3, OURS))).await;
    assert_eq!(none.fault().0, "EGS-3004");
}

#[tokio::test]
async fn lists_page_over_several_suppliers() {
    let room = Room::of(Options::default(), &[OURS, OTHERS]).await;
    let ours: Vec<Sample> = (1..=5).map(Sample::new).collect();
    let others: Vec<Sample> = (1..=4).map(|number| Sample::new(number).of(OTHERS)).collect();
    room.send(&save(&ours, "AllOrNothing")).await;
    room.send(&save(&others, "AllOrNothing")).await;
    let mut seen = Vec::new();
    for (page, count, more) in [(1, 3, "true"), (2, 3, "true"), (3, 3, "false"), (4, 0, "false")] {
        let list = room
            .send(&format!("<ListServices><PageNumber>{page}</PageNumber><PageSize>3</PageSize></ListServices>"))
            .await;
        assert_eq!((list.one("TotalCount").as_str(), list.one("HasMore").as_str()), ("9", more), "page {page}");
        let eiks = list.all("SupplierEIK");
        assert_eq!(eiks.len(), count);
        seen.extend(eiks.into_iter().zip(list.all("ServiceNumber")));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 9);
    let drafts = room
        .send("<ListServices><Status>draft</Status><PageNumber>1</PageNumber><PageSize>3</PageSize></ListServices>")
        .await;
    assert_eq!(drafts.one("TotalCount"), "0");
    let since = room.send("<ListServices><ModifiedSince>2026-03-02T10:00:01Z</ModifiedSince><PageNumber>1</PageNumber><PageSize>3</PageSize></ListServices>").await;
    assert_eq!(since.one("TotalCount"), "0");
}

#[tokio::test]
async fn suppliers_code_lists_and_the_service_itself_can_be_asked_about() {
    let room = Room::new().await;
    for ask in [format!("<SupplierEIK>{OURS}</SupplierEIK>"), "<SupplierCode>814</SupplierCode>".to_owned()] {
        let supplier = room.send(&format!("<GetSupplier>{ask}</GetSupplier>")).await;
        assert_eq!((supplier.one("EIK").as_str(), supplier.one("AutSystem").as_str()), (OURS, "true"));
    }
    let list = room.send("<ListSuppliers><PageNumber>1</PageNumber><PageSize>10</PageSize></ListSuppliers>").await;
    assert_eq!((list.one("TotalCount").as_str(), list.one("Status").as_str()), ("1", "active"));
    let codes = room.send("<GetNomenclature><DictionaryName>ChannelType</DictionaryName></GetNomenclature>").await;
    assert!(codes.all("Code").iter().any(|code| code == "0006-000077"));
    let none = room.send("<GetNomenclature><DictionaryName>Nothing</DictionaryName></GetNomenclature>").await;
    assert_eq!(none.fault(), ("EGS-4001".to_owned(), vec!["/DictionaryName".to_owned()]));
    let ping = room.send("<Ping/>").await;
    assert_eq!((ping.one("Environment").as_str(), ping.one("AuthenticatedAs").as_str()), ("Staging", "town-hall"));
}

#[tokio::test]
async fn the_administrative_register_is_asked_as_far_as_it_was_imported() {
    let room = Room::new().await;
    let entry = |number, provider: &str| RegisterEntry {
        service: ServiceNumber::new(number).unwrap(),
        name: "x".to_owned(),
        providers: vec![Eik::parse(provider).unwrap()],
    };
    room.records.put_register(vec![entry(1, OURS), entry(2, OTHERS)]).await.unwrap();
    assert_eq!(room.send(&Sample::new(1).add()).await.one("Result"), "CREATED");
    assert_eq!(room.send(&Sample::new(2).add()).await.fault().0, "EGS-3002");
    let unknown = room.send(&Sample::new(3).add()).await;
    assert_eq!(unknown.fault().0, "EGS-3001");
    assert_eq!(unknown.one("MessageEn"), "Service 3 is not in the administrative register.");
}

#[tokio::test]
async fn every_answer_fits_the_schema_in_both_versions() {
    let contract = kapia_portal::Contract::load().unwrap();
    for version in [Version::V11, Version::V12] {
        let room = Room { version, ..Room::new().await };
        let wrong =
            Sample::new(2).with("Channel", "<Channel><ChannelType><Code>0006-999999</Code></ChannelType></Channel>");
        let http = Sample::new(4).with("ServiceURL", "<ServiceURL>http://izpitna.example.bg</ServiceURL>");
        let asks = [
            Sample::new(1).add(),
            Sample::new(1).with("Keyword", "").update(None),
            save(&[wrong, http], "BestEffort"),
            format!("<DeactivateService>{}<Reason>x</Reason></DeactivateService>", key(1, OURS)),
            format!("<ReactivateService>{}<Reason>x</Reason></ReactivateService>", key(1, OURS)),
            format!("<GetService>{}</GetService>", key(1, OURS)),
            format!("<GetServiceStatus>{}</GetServiceStatus>", key(2, OURS)),
            "<ListServices><PageNumber>1</PageNumber><PageSize>3</PageSize></ListServices>".to_owned(),
            format!("<GetSupplier><SupplierEIK>{OURS}</SupplierEIK></GetSupplier>"),
            "<ListSuppliers><PageNumber>1</PageNumber><PageSize>3</PageSize></ListSuppliers>".to_owned(),
            "<GetNomenclature><DictionaryName>SecurityLevel</DictionaryName></GetNomenclature>".to_owned(),
            "<Ping/>".to_owned(),
        ];
        for (ask, operation) in asks.iter().zip(Operation::ALL) {
            let answer = room.send(ask).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.body().local(), format!("{}Response", operation.name()));
            let report = contract.schema.validate(answer.body(), &kapia_schema::Options::default());
            assert!(report.is_valid(), "{operation:?}: {:?}\n{}", report.violations, answer.text);
        }
    }
}
