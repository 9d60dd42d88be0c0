//! One profile serves both directions: a gate that listens under it, and somebody who pushes under it.

use crate::elsewhere::{Elsewhere, Say};
use crate::sending::*;
use crate::support::*;
use std::path::{Path, PathBuf};

fn central() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/publish/central/central.toml")
}

/// A gate whose EgovService listens under a profile.
fn listening_under(profile: &str) -> Gate {
    let settings = vec![("workflow = \"direct\"", format!("workflow = \"direct\"\nprofile = \"{profile}\""))];
    Gate::start(GateOptions { serve: true, settings, ..GateOptions::default() })
}

#[test]
fn a_service_under_another_wsdl_is_pushed_to_in_its_own_names() {
    let profile = central();
    let profile = profile.to_str().unwrap();
    let gate = listening_under(profile);
    let sender = Sender::new(&gate);
    let more = ["--profile", profile];
    sender.keep("one.xml", &record(76_001, "Услуга с други имена"));
    let two_acts = record(76_002, "Втора").replace(
        "<ProvisionBody>",
        "<LegalBasis><ActName>Наредба за пробата</ActName><Article>5</Article></LegalBasis><ProvisionBody>",
    );
    sender.keep("two.xml", &two_acts);
    // What there is no place for is told before anything is sent.
    let output = sender.push(&sender.records(), &["--profile", profile, "--dry-run"]);
    assert_ended(&output, 0, "2 would be sent (0 messages)");
    for left_out in ["ServiceRecord/Keyword", "ServiceRecord/Payment", "ServiceRecord/Channel/ProcessTime", "Language"]
    {
        assert!(output.stdout.contains(left_out), "{left_out}: {output:?}");
    }
    assert!(!output.stdout.contains("HasCivilPurpose"), "what is taken for granted is no loss: {output:?}");
    // There are no batches here: record by record, and an update where it is there already.
    let output = sender.push(&sender.records(), &more);
    assert_ended(&output, 0, "2 created (2 messages)");
    assert!(output.stderr.contains("record by record"), "{output:?}");
    assert_ended(&sender.push(&sender.records(), &more), 0, "2 unchanged (2 messages)");
    sender.keep("one.xml", &record(76_001, "Услуга с други имена, променена"));
    assert_ended(&sender.push(&sender.records().join("one.xml"), &more), 0, "1 updated (2 messages)");

    let kept = gate.kapia(&["portal", "show", &format!("{EIK}/76001"), "--raw"]).stdout;
    for said in [
        "<SecurityLevel>Substantial</SecurityLevel>",
        "<HasCivilPurpose>true</HasCivilPurpose>",
        "<Name lang=\"en\">",
        "<ActName>Закон за гражданската регистрация</ActName><Article>24</Article>",
        "<Code>0006-000077</Code>",
    ] {
        assert!(kept.contains(said), "{said}: {kept}");
    }
    assert!(!kept.contains("<Keyword>"), "{kept}");
    let kept = gate.kapia(&["portal", "show", &format!("{EIK}/76002"), "--raw"]).stdout;
    assert_eq!(kept.matches("<LegalBasis>").count(), 2, "{kept}");

    // A fault comes back in our words and at our places.
    let foreign = record(76_003, "Чужда").replace(EIK, "000695388");
    let output = sender.push(&sender.keep("foreign.xml", &foreign), &more);
    assert_ended(&output, 1, "EGS-2001");
    assert!(output.stdout.contains("/ServiceRecord/ServiceKey/SupplierEIK"), "{output:?}");
    // What their schema does not allow is not sent.
    let none = record(76_004, "Без ниво").replace(">Substantial<", ">None<");
    let output = sender.push(&sender.keep("none.xml", &none), &more);
    assert_ended(&output, 1, "1 rejected (0 messages)");
    assert!(output.stdout.contains("push-their-schema") && output.stdout.contains("nivo"), "{output:?}");
    // Who speaks other names than the service is told so.
    let output = sender.push(&sender.records().join("one.xml"), &[]);
    assert!(output.code == Some(1) || output.code == Some(3), "{output:?}");
}

#[test]
fn a_service_with_adding_and_updating_alone_is_pushed_to_without_batches() {
    let gate = listening_under("look-alike");
    let sender = Sender::new(&gate);
    sender.keep("all.xml", &format!("<all>{}{}</all>", record(76_101, "Едно"), record(76_102, "Две")));
    let more = ["--profile", "look-alike"];
    assert_ended(&sender.push(&sender.records(), &more), 0, "2 created (2 messages)");
    sender.keep("all.xml", &format!("<all>{}{}</all>", record(76_101, "Едно"), record(76_102, "Три")));
    assert_ended(&sender.push(&sender.records(), &more), 0, "1 updated, 1 unchanged (3 messages)");
}

#[test]
fn a_service_that_only_says_yes_is_believed() {
    let body = "<m:Dobaveno xmlns:m=\"urn:example:central:messages\"/>";
    let envelope =
        format!("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>{body}</s:Body></s:Envelope>");
    let yes = Say::http("200 OK", "Content-Type: application/soap+xml\r\n", &envelope);
    let elsewhere = Elsewhere::start(vec![yes]);
    let sender = Sender::new(gate());
    let file = sender.keep("one.xml", &record(76_201, "Да"));
    let profile = central();
    let output = sender.push_at(elsewhere.port, &elsewhere.ca, &file, &["--profile", profile.to_str().unwrap()]);
    assert_ended(&output, 0, "1 created (1 messages)");
    let heard = elsewhere.next();
    let head = heard.head.to_lowercase();
    assert!(head.contains("application/soap+xml") && head.contains("action=\"urn:example:central/dobavi\""), "{head}");
    assert!(!head.contains("soapaction:"), "{head}");
    for said in [
        "<a:Action xmlns:a=\"http://www.w3.org/2005/08/addressing\">urn:example:central/Dobavi</a:Action>",
        "<Dobavi xmlns=\"urn:example:central:messages\"><danni><usluga><naimenovanie xmlns=\"urn:example:central:data\" lang=\"bg\">Да<",
        "<nivo xmlns=\"urn:example:central:data\">Значително</nivo><vatreshna xmlns=\"urn:example:central:data\">Не</vatreshna>",
        "<kanali xmlns=\"urn:example:central:data\"><kanal><vid>0006-000077</vid></kanal></kanali></usluga></danni></Dobavi>",
    ] {
        assert!(heard.body.contains(said), "{said}: {}", heard.body);
    }
    assert!(!heard.body.contains("RequestContext"), "{}", heard.body);
}
