//! Production and staging share nothing.

use crate::speaking::*;
use crate::support::*;

#[test]
fn a_password_counts_in_its_own_environment_only() {
    let gate = gate();
    let staging = User::added(gate, "samo-proba", &["--environment", "staging"]);
    let ping = envelope(None, &element("Ping", ""));
    let reply = post(gate, STAGING, Some(&staging), &ping);
    assert_eq!(value(&reply, "Environment").as_deref(), Some("Staging"), "{}", text(&reply));
    assert_fault(&post(gate, SERVICE, Some(&staging), &ping), 401, "EGS-2003");
    assert_fault(&post(gate, STAGING, Some(&User::demo(gate)), &ping), 401, "EGS-2003");
    let number = number();
    assert_result(&post(gate, STAGING, Some(&staging), &envelope(None, &add(number, "Проба"))), "CREATED");
    assert_fault(&send(gate, &User::demo(gate), &get(number)), 500, "EGS-3004");
}

#[test]
fn production_and_staging_have_records_requests_locks_and_pages_of_their_own() {
    let gate = Gate::demo();
    let user = User::demo(&gate);
    // The same name, and another password.
    let staging = User::added(&gate, "obshtina-primer", &["--environment", "staging"]);
    let id = "6f1c2c1e-7d0b-4b57-9b1c-000000000001";
    let message = |name: &str| envelope(Some(id), &add(700, name));
    assert_result(&post(&gate, SERVICE, Some(&user), &message("Истинска услуга")), "CREATED");
    assert_result(&post(&gate, STAGING, Some(&staging), &message("Пробна услуга")), "CREATED");
    for (path, user, own, other) in [(SERVICE, &user, "Истинска", "Пробна"), (STAGING, &staging, "Пробна", "Истинска")]
    {
        let kept = text(&post(&gate, path, Some(user), &envelope(None, &get(700))));
        assert!(kept.contains(own) && !kept.contains(other), "{path}: {kept}");
        let wsdl = text(&read(&gate, &format!("{path}?wsdl")));
        assert!(wsdl.contains(&format!("https://localhost{path}")), "{path}");
    }
    for (prefix, own, other) in [("", "Истинска", "Пробна"), ("/staging", "Пробна", "Истинска")]
    {
        let json = text(&read(&gate, &format!("{prefix}/epdeau/provider/get-service?format=json&number=700")));
        assert!(json.contains(own) && !json.contains(other), "{prefix}: {json}");
    }
    let shown = text(&page(&gate, "/services/700"));
    assert!(shown.contains("Истинска") && !shown.contains("Пробна"));
    let shown = text(&page(&gate, "/staging/services/700"));
    assert!(shown.contains("Пробна") && !shown.contains("Истинска"));
    assert!(shown.contains("href=\"/staging/bg/services\"") && shown.contains("href=\"/staging/assets/"), "{shown}");
    for astray in ["href=\"/bg", "href=\"/assets", "src=\"/assets", "action=\"/bg"] {
        assert!(!shown.contains(astray), "a page of staging leads into production: {astray}");
    }
    let found = |environment: &str, word: &str| {
        gate.kapia(&["portal", "search", word, "--json", "--environment", environment]).stdout.contains("700")
    };
    let words =
        ["production", "staging"].map(|environment| ["истинска", "пробна"].map(|word| found(environment, word)));
    assert_eq!(words, [[true, false], [false, true]]);

    // Too many wrong passwords in one close nothing in the other; neither does a lock.
    let ping = envelope(None, &element("Ping", ""));
    let status = |path, user: &User| post(&gate, path, Some(user), &ping).status;
    for _ in 0..5 {
        assert_eq!(status(STAGING, &user), 401);
    }
    assert_eq!([status(STAGING, &staging), status(SERVICE, &user)], [401, 200]);
    let locked_out = |environment: &str| {
        metric(&gate, &format!("kapia_portal_logins_total{{environment=\"{environment}\",outcome=\"locked-out\"}}"))
    };
    assert_eq!([locked_out("production"), locked_out("staging")], [0, 1]);
    gate.kapia(&["portal", "user", "lock", "obshtina-primer", "--environment", "staging"]);
    assert_eq!(status(SERVICE, &user), 200);
    gate.kapia(&["portal", "deactivate", &format!("{EIK}/700"), "--environment", "staging", "--comment", "край"]);
    let json = text(&read(&gate, "/staging/epdeau/provider/get-service?format=json&number=700"));
    assert!(!json.contains("Пробна"), "{json}");
    assert_eq!(page(&gate, "/services/700").status, 200);
}

#[test]
fn a_store_of_one_environment_is_not_served_as_that_of_the_other() {
    let settings = vec![("[portal.staging] ", "[portal.staging]\nrecords = \"other.db\" ".to_owned())];
    let mut gate = Gate::start(GateOptions { settings, ..GateOptions::default() });
    gate.kill();
    assert!(gate.folder.join("other.db").exists());
    let file = gate.folder.join("swapped.toml");
    let written = std::fs::read_to_string(gate.folder.join("kapia.toml")).unwrap();
    let swapped = written.replace("\"other.db\"", "\"records.db\"");
    let swapped = swapped.replace("workflow = \"direct\" ", "workflow = \"direct\"\nrecords = \"other.db\" ");
    std::fs::write(&file, swapped).unwrap();
    for command in [&["serve"][..], &["portal", "list"][..]] {
        let said = kapia_with(&file, command);
        assert!(said.code != Some(0) && said.stderr.contains("staging"), "{command:?}: {}", said.stderr);
    }
}

/// A command on another configuration.
fn kapia_with(file: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = std::process::Command::new(program());
    let output = command.args(["--lang", "en", "--config"]).arg(file).args(arguments).output().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    Output { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}
