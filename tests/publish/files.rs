//! What is pushed: files, folders, tables; what the report says of it.

use crate::sending::*;

#[test]
fn a_folder_is_pushed_once_and_only_what_has_changed_again() {
    let gate = gate();
    let sender = Sender::new(gate);
    sender.keep("one.xml", &record(71_001, "Първа услуга"));
    let many: String = (71_002..71_070).map(|number| record(number, &format!("Услуга {number}"))).collect();
    sender.keep("many.xml", &format!("<all>{many}</all>"));
    sender.keep("note.txt", "not a record");

    assert_ended(&sender.push(&sender.records(), &["--dry-run"]), 0, "69 would be sent (0 messages)");
    assert_ended(&sender.push(&sender.records(), &[]), 0, "69 created (2 messages)");
    assert_ended(&sender.push(&sender.records(), &[]), 0, "69 unchanged (2 messages)");
    sender.keep("one.xml", &record(71_001, "Първа услуга, по-добре описана"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 updated, 68 unchanged (2 messages)");
    assert_ended(&sender.push(&sender.records().join("one.xml"), &["--one-by-one"]), 0, "1 unchanged (1 messages)");
    sender.keep("one.xml", &record(71_001, "Първа услуга, още веднъж"));
    assert_ended(&sender.push(&sender.records().join("one.xml"), &["--one-by-one"]), 0, "1 updated (2 messages)");
    let history = gate.kapia(&["portal", "history", &format!("{EIK}/71001")]).stdout;
    assert_eq!(history.lines().count(), 3, "{history}");
}

#[test]
fn a_table_is_a_folder_of_records_and_says_where_it_is_wrong() {
    let gate = gate();
    let sender = Sender::new(gate);
    let columns = gate.kapia(&["portal", "template"]).stdout;
    for required in ["ServiceKey/ServiceNumber", "Name", "LegalBasis/ActName", "Channel/ChannelType/Code", "ValidFrom"]
    {
        assert!(columns.trim_end().split(',').any(|column| column == required), "{required}: {columns}");
    }
    let head = "ServiceKey/ServiceNumber;ServiceKey/SupplierEIK;ValidFrom;Name;Name@en;IsInternalAdminService;HasCivilPurpose;\
                HasBusinessPurpose;LegalBasis/ActName;LegalBasis[2]/ActName;LegalBasis[2]/Article;ProvisionBody;ProvisionLevel;\
                SecurityLevel;ApplicationMethod;Channel/ChannelType/Code";
    let row = |number: u64, channel: &str| {
        format!(
            "{number};{EIK};2026-01-01T00:00:00+02:00;\"Справка; по партида\";Account statement;false;true;false;Закон за пробата;\
             Наредба за пробата;5;Община Пример;SiteInfoOnly;Low;ApplicationAtDesk;{channel}"
        )
    };
    let table = sender.keep(
        "records.csv",
        &format!("\u{FEFF}{head}\r\n{}\r\n{}\r\n", row(72_001, "0006-000077"), row(72_002, "0006-000076")),
    );
    assert_ended(&sender.push(&table, &[]), 0, "2 created (1 messages)");
    let shown = gate.kapia(&["portal", "search", "справка", "партида", "--json"]).stdout;
    assert!(shown.contains("72001"), "{shown}");

    // A wrong code is found before anything is sent, and the rest is sent.
    let table = sender
        .keep("records.csv", &format!("{head}\n{}\n{}\n", row(72_001, "0006-999999"), row(72_003, "0006-000076")));
    let output = sender.push(&table, &[]);
    assert_ended(&output, 1, "1 created, 1 rejected (1 messages)");
    assert!(output.stdout.contains("records.csv:2") && output.stdout.contains("EGS-4001"), "{output:?}");
    assert!(output.stdout.contains("/ServiceRecord/Channel[1]/ChannelType/Code"), "{output:?}");

    let table = sender.keep("records.csv", "ServiceKey/ServiceNumer,Name\n1,x\n");
    let output = sender.push(&table, &[]);
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("did you mean ServiceKey/ServiceNumber?"), "{output:?}");
    let table = sender.keep("records.csv", &format!("{head}\n1;2\n"));
    let output = sender.push(&table, &[]);
    assert!(output.code == Some(1) && output.stderr.contains("records.csv:2"), "{output:?}");
}

#[test]
fn a_folder_to_begin_with_says_what_is_needed() {
    let gate = gate();
    let sender = Sender::new(gate);
    let folder = sender.folder.path().join("begin");
    let named = folder.to_str().unwrap();
    let made = gate.kapia(&["portal", "template", "--out", named]).stdout;
    assert!(made.contains("records.csv"), "{made}");
    let example = std::fs::read_to_string(folder.join("record.xml.example")).unwrap();
    assert_eq!(example, gate.kapia(&["portal", "template", "--xml"]).stdout);
    let document = kapia_xml::Document::read(example.clone(), &kapia_xml::Limits::default()).unwrap();
    assert_eq!(document.root().children().count(), 46, "{example}");
    assert!(example.contains("<SecurityLevel></SecurityLevel> <!-- задължително / required -->"), "{example}");
    // Nothing of it is pushed before it is filled in.
    assert_ended(&sender.push(&folder, &["--dry-run"]), 0, "no records (0 messages)");
    std::fs::write(folder.join("records.csv"), "mine").unwrap();
    let again = gate.kapia_says(&["portal", "template", "--out", named]);
    assert!(again.code == Some(1) && again.stderr.contains("left as it is"), "{again:?}");
    assert_eq!(std::fs::read_to_string(folder.join("records.csv")).unwrap(), "mine");
}

#[test]
fn the_report_for_programs_has_all_of_it() {
    let sender = Sender::new(gate());
    sender.keep("one.xml", &record(71_501, "За програми"));
    sender.keep("two.xml", "<not-closed>");
    let output = sender.push(&sender.records(), &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert!(output.code == Some(1) && output.stderr.is_empty(), "{output:?}");
    assert_eq!((&report["counts"]["created"], &report["messages"]), (&1.into(), &1.into()));
    assert_eq!(report["problems"][0]["code"], "source-xml");
    assert!(report["problems"][0]["origin"].as_str().unwrap().ends_with("two.xml:1"), "{report}");
    assert_eq!((&report["records"][0]["ended"], &report["dry_run"]), (&"created".into(), &false.into()));
}
