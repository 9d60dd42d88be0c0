//! What SIGHUP takes over while the portal serves, and what it says about the rest.

use crate::speaking::*;
use crate::support::*;
use std::time::{Duration, Instant};

/// An invented contract of somebody else, with names of its own.
const PROFILE: &str = include_str!("../../src/portal/tests/invented.toml");

/// A gate that tells what it does.
fn telling() -> Gate {
    Gate::start(GateOptions { serve: true, log: Some("info"), ..GateOptions::default() })
}

/// Replaces a part of the configuration, which must be there.
fn change(gate: &Gate, what: &str, with: &str) {
    let file = gate.folder.join("kapia.toml");
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.contains(what), "{what} does not stand in\n{written}");
    std::fs::write(&file, written.replacen(what, with, 1)).unwrap();
}

/// Has the gate read everything anew, and waits until it says that it did, or that it does not; what it said.
fn reload(gate: &Gate) -> String {
    let before = gate.said().len();
    gate.signal("HUP");
    let began = Instant::now();
    loop {
        let said = gate.said();
        let new = said.get(before..).unwrap_or_default();
        if new.contains("reloaded operations=") || new.contains("not reloaded") {
            return new.to_owned();
        }
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was reloaded: {new}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn settings_of_the_portal_are_taken_over_while_connections_stay() {
    let gate = telling();
    let user = User::demo(&gate);
    let mut connection = gate.tls(None).connect(gate.port).unwrap();
    let mut ask = |body: &str| {
        connection.send(&posted(SERVICE, Some(&user), &envelope(None, body))).unwrap();
        connection.reply().unwrap()
    };
    let http = |number| add(number, "Услуга").replace("https://primer.example", "http://primer.example");
    assert_eq!(value(&ask(&http(1)), "PublicationStatus").as_deref(), Some("published"));
    assert_eq!(page(&gate, "/services/1").status, 200);
    assert_eq!(read(&gate, "/epdeau/provider/suppliers").status, 200);

    std::fs::write(
        gate.folder.join("lists.toml"),
        "[[dictionary]]\nname = \"ChannelType\"\nversion = \"2\"\ncode = [ { code = \"0006-000999\", bg = \"По гълъб\", en = \"By pigeon\" } ]\n",
    )
    .unwrap();
    let settings = "workflow = \"review\"\nhttps_only = true\nmessages_per_minute = 6\ndictionaries = [\"lists.toml\"]\n\
                    public_base = \"https://portal.example.bg\"\n[portal.pages]\nenabled = false\n\n";
    change(&gate, "workflow = \"direct\"", settings);
    change(&gate, "open = true", "open = false");
    let said = reload(&gate);
    assert!(!said.contains("next start"), "{said}");
    assert_fault(&ask(&http(2)), 500, "EGS-4007");
    let pigeon = add(3, "По гълъб").replace("0006-000077", "0006-000999");
    assert_eq!(value(&ask(&pigeon), "PublicationStatus").as_deref(), Some("draft"));
    assert!(text(&read(&gate, &format!("{SERVICE}?wsdl"))).contains("https://portal.example.bg/services/EgovService"));
    assert_eq!([page(&gate, "/services/1").status, read(&gate, "/epdeau/provider/suppliers").status], [404, 401]);
    let statuses: Vec<u16> = (0..6).map(|_| ask(&element("Ping", "")).status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429], "four of the six are left");
    // The pace is that of the setting, not of the reload.
    reload(&gate);
    assert_eq!(ask(&element("Ping", "")).status, 429);
}

#[test]
fn another_contract_is_taken_over_and_given_up_again_without_touching_what_is_kept() {
    let gate = telling();
    let user = User::demo(&gate);
    let theirs = format!(
        "<PutService xmlns=\"urn:example:portal:types\"><service><from>2026-01-01T00:00:00Z</from>\
         <title xml:lang=\"bg\">Услуга по чужд договор</title><number>5</number><bulstat>{EIK}</bulstat><level>Ниско</level>\
         <internal>Не</internal><act>Закон</act><body>Община</body><how>ApplicationAtDesk</how>\
         <channel><kind>0006-000077</kind></channel></service></PutService>"
    );
    assert_fault(&send(&gate, &user, &theirs), 500, "EGS-1003");
    let wsdl = "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'><a location='{{base}}/services/EgovService'/></definitions>";
    std::fs::write(gate.folder.join("official.wsdl"), wsdl).unwrap();
    let profile = PROFILE.replace("name = \"invented\"", "name = \"invented\"\nwsdl = \"official.wsdl\"");
    std::fs::write(gate.folder.join("official.toml"), profile).unwrap();
    change(&gate, "workflow = \"direct\"", "profile = \"official.toml\"\nworkflow = \"direct\"");
    reload(&gate);
    let answer = send(&gate, &user, &theirs);
    assert_result(&answer, "CREATED");
    assert!(text(&answer).contains("PutServiceResult"), "{}", text(&answer));
    assert_fault(&send(&gate, &user, &add(6, "По нашия договор")), 500, "EGS-1003");
    let served = text(&read(&gate, &format!("{SERVICE}?wsdl")));
    assert!(served.contains("'https://localhost/services/EgovService'"), "{served}");
    assert_eq!(page(&gate, "/services/5").status, 200);

    change(&gate, "profile = \"official.toml\"\n", "");
    reload(&gate);
    let kept = send(&gate, &user, &get(5));
    assert_eq!(value(&kept, "SecurityLevel").as_deref(), Some("Low"), "{}", text(&kept));
    let kept = text(&kept);
    let record = &kept[kept.find("<ServiceRecord").unwrap()..kept.find("</ServiceRecord>").unwrap()];
    let record = record.replace("<PublicationStatus>published</PublicationStatus>", "");
    assert_result(&send(&gate, &user, &element("AddService", &format!("{record}</ServiceRecord>"))), "UNCHANGED");
}

#[test]
fn what_is_wrong_refuses_a_reload_as_a_whole() {
    let gate = telling();
    let user = User::demo(&gate);
    std::fs::write(gate.folder.join("broken.toml"), "name = \"broken\"\n[elements]\n\"a\" = \"NoSuchThing\"\n")
        .unwrap();
    let workflow = "workflow = \"direct\"";
    for (setting, told) in [
        ("profile = \"broken.toml\"", "portal"),
        ("profile = \"missing.toml\"", "missing.toml"),
        ("dictionaries = [\"missing.toml\"]", "missing.toml"),
        ("passwords = { memory_kib = 1 }", "hash"),
        (
            "push = [{ name = \"central\", url = \"http://central.example.bg/\", user = \"a\", password_file = \"portal.netrc\", changes = true }]",
            "",
        ),
    ] {
        let written = format!("{setting}\nworkflow = \"review\"");
        change(&gate, workflow, &written);
        let said = reload(&gate);
        assert!(said.contains("not reloaded") && said.contains(told), "{setting}: {said}");
        change(&gate, &written, workflow);
    }
    let reply = send(&gate, &user, &add(1, "Все още направо"));
    assert_eq!(value(&reply, "PublicationStatus").as_deref(), Some("published"));
    assert!(!reload(&gate).contains("not reloaded"));
}

#[test]
fn what_waits_for_the_next_start_is_named_and_the_rest_is_taken_over() {
    let mut gate = telling();
    let user = User::demo(&gate);
    assert_result(&send(&gate, &user, &add(1, "Преди")), "CREATED");
    change(&gate, "workflow = \"direct\"", "records = \"other.db\"\nlisten = [\"127.0.0.1:0\"]\nworkflow = \"review\"");
    let said = reload(&gate);
    let told = said.lines().find(|line| line.contains("next start")).unwrap_or_else(|| panic!("{said}"));
    assert!(told.contains("records (production), listen (production)"), "{told}");
    let reply = send(&gate, &user, &add(2, "След"));
    assert_eq!(value(&reply, "PublicationStatus").as_deref(), Some("draft"), "the same store, the new workflow");
    assert_eq!(value(&send(&gate, &user, &get(1)), "Version").as_deref(), Some("1"));

    change(&gate, "records = \"other.db\"\nlisten = [\"127.0.0.1:0\"]\n", "");
    let staging = "[portal.staging]";
    change(&gate, staging, "# [portal.staging]");
    let said = reload(&gate);
    assert!(said.contains("environment staging"), "{said}");
    assert_eq!(read(&gate, &format!("{STAGING}?wsdl")).status, 200, "it serves on until then");
    gate.signal("TERM");
    gate.wait();
    gate.restart();
    assert_eq!(read(&gate, &format!("{STAGING}?wsdl")).status, 404);
    change(&gate, "# [portal.staging]", staging);
    assert!(reload(&gate).contains("environment staging"));
}

#[test]
fn where_changes_are_pushed_on_and_with_which_password_is_taken_over() {
    let gate = telling();
    let user = User::demo(&gate);
    assert_result(&send(&gate, &user, &add(1, "Преди целта")), "CREATED");
    // The next portal is the staging environment of the same gate.
    let arguments = ["portal", "user", "add", "central", "--administration", "Централен портал", "--supplier", EIK];
    let output = gate.kapia(&[&arguments[..], &["--environment", "staging"]].concat());
    let next = User::new("central", &shown_password(&output.stdout));
    let password = gate.folder.join("central.password");
    std::fs::write(&password, "a wrong one\n").unwrap();
    let push = format!(
        "[[portal.push]]\nname = \"central\"\nurl = \"https://localhost:{}{STAGING}\"\nuser = \"central\"\n\
         password_file = \"central.password\"\nca = \"certs/ca.pem\"\nchanges = true\nbackfill = true\n\n[portal.facade]",
        gate.port
    );
    change(&gate, "[portal.facade]", &push);
    reload(&gate);
    let key = format!("<ServiceKey><ServiceNumber>1</ServiceNumber><SupplierEIK>{EIK}</SupplierEIK></ServiceKey>");
    let until = |wanted: &str| {
        let began = Instant::now();
        loop {
            let told = send(&gate, &user, &element("GetServiceStatus", &key));
            if value(&told, "LastPushResult").as_deref() == Some(wanted) {
                return told;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{wanted}: {}\n{}", text(&told), gate.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    assert_eq!(value(&until("FAILED"), "Code").as_deref(), Some("EGS-9002"));
    std::fs::write(&password, format!("{}\n", shown_password(&output.stdout))).unwrap();
    reload(&gate);
    until("ACCEPTED");
    let there = post(&gate, STAGING, Some(&next), &envelope(None, &get(1)));
    assert!(text(&there).contains("Преди целта"), "{}", text(&there));
    assert_result(&send(&gate, &user, &update(1, "След смяната", 1)), "UPDATED");
    until("ACCEPTED");
    let there = post(&gate, STAGING, Some(&next), &envelope(None, &get(1)));
    assert!(text(&there).contains("След смяната"), "{}", text(&there));
}
