//! What is pushed is stored, public, and told to everybody who may ask.

use crate::speaking::*;
use crate::support::*;

#[test]
fn a_push_is_stored_public_and_told_to_everybody_who_may_ask() {
    let (gate, number) = (gate(), number());
    let user = User::demo(gate);
    assert_result(&send(gate, &user, &add(number, "Издаване на скица за проба")), "CREATED");
    assert_result(&send(gate, &user, &add(number, "Издаване на скица за проба")), "UNCHANGED");
    assert_fault(&send(gate, &user, &add(number, "Друго име")), 500, "EGS-3003");
    assert_result(&send(gate, &user, &update(number, "Издаване на скица за опит", 1)), "UPDATED");
    assert_fault(&send(gate, &user, &update(number, "Трето име", 1)), 500, "EGS-3005");

    let key = format!("{EIK}/{number}");
    let list = gate.kapia(&["portal", "list", "--supplier", EIK, "--lines", "5000"]).stdout;
    assert!(list.contains(&key), "{list}");
    let history = gate.kapia(&["portal", "history", &key]).stdout;
    assert!(history.contains("obshtina-primer") && history.lines().count() == 2, "{history}");
    let diff = gate.kapia(&["portal", "diff", &key]).stdout;
    assert!(diff.contains("- Издаване на скица за проба") && diff.contains("+ Издаване на скица за опит"), "{diff}");
    let shown = gate.kapia(&["portal", "show", &key]).stdout;
    assert!(shown.contains("version") && shown.contains("UPDATED") || shown.contains("EGS-3005"), "{shown}");
    let found = gate.kapia(&["portal", "search", "скицата", "опит", "--json"]).stdout;
    assert!(found.contains(&number.to_string()), "{found}");

    let shown = page(gate, &format!("/services/{number}"));
    assert!(shown.status == 200 && text(&shown).contains("Издаване на скица за опит"), "{}", shown.status);
    let json = read(gate, &format!("/epdeau/provider/get-service?format=json&number={number}"));
    assert!(json.status == 200 && text(&json).contains("Издаване на скица за опит"), "{}", text(&json));
}

#[test]
fn nobody_writes_services_of_others() {
    let gate = gate();
    let body = add(number(), "Чужда услуга").replace(EIK, "000000107");
    assert_fault(&send(gate, &User::demo(gate), &body), 500, "EGS-2001");
}

#[test]
fn review_lets_people_publish() {
    let settings = vec![("workflow = \"direct\"", "workflow = \"review\"".to_owned())];
    let gate = Gate::start(GateOptions { serve: true, settings, ..GateOptions::default() });
    let user = User::demo(&gate);
    let reply = send(&gate, &user, &add(7001, "Чака преглед"));
    assert_eq!(value(&reply, "PublicationStatus").as_deref(), Some("draft"), "{}", text(&reply));
    assert_eq!(page(&gate, "/services/7001").status, 404);
    let key = format!("{EIK}/7001");
    let published = gate.kapia(&["portal", "publish", &key, "--comment", "прегледано"]).stdout;
    assert!(published.contains("is published, version 3"), "{published}");
    assert_eq!(page(&gate, "/services/7001").status, 200);
    let back = gate.kapia_says(&["portal", "publish", &key, "--status", "draft"]);
    assert!(back.code == Some(1) && back.stderr.contains("cannot become draft"), "{}", back.stderr);
    gate.kapia(&["portal", "deactivate", &key, "--comment", "закрита"]);
    assert_ne!(page(&gate, "/services/7001").status, 200);
    assert_fault(&send(&gate, &user, &update(7001, "Закъсняла промяна", 4)), 500, "EGS-3006");
    gate.kapia(&["portal", "reactivate", &key, "--comment", "по погрешка"]);
    assert_eq!(page(&gate, "/services/7001").status, 200);
    let history = gate.kapia(&["portal", "history", &key]).stdout;
    assert!(history.contains("закрита") && history.contains("прегледано"), "{history}");
}

#[test]
fn a_thousand_records_are_pushed_in_batches_and_cost_one_password() {
    let gate = Gate::demo();
    let user = User::demo(&gate);
    let began = std::time::Instant::now();
    for batch in 0..20u64 {
        let records: String = (0..50).map(|place| record(batch * 50 + place + 1, &format!("Услуга {place}"))).collect();
        let body = element("SaveServices", &format!("{records}<Mode>AllOrNothing</Mode>"));
        let reply = send(&gate, &user, &body);
        assert_eq!(text(&reply).matches("CREATED").count(), 50, "{}", text(&reply));
    }
    println!("1000 records in {:.1?}", began.elapsed());
    let list = gate.kapia(&["portal", "list", "--json", "--lines", "1"]).stdout;
    assert!(list.contains("\"total\": 1000"), "{list}");
    let metrics = gate.admin("/metrics").1;
    assert!(
        metrics.contains("kapia_portal_logins_total{environment=\"production\",outcome=\"admitted\"} 20"),
        "{metrics}"
    );
}

#[test]
fn what_was_pushed_is_what_central_systems_read() {
    let (gate, number) = (gate(), number());
    assert_result(&send(gate, &User::demo(gate), &add(number, "Издаване на разрешение за проба")), "CREATED");
    let json = |path: &str| -> serde_json::Value {
        let reply = read(gate, &format!("/epdeau/provider/{path}"));
        assert!(reply.status == 200 && reply.header("content-type").unwrap().starts_with("application/json"), "{path}");
        serde_json::from_slice(&reply.body).unwrap()
    };
    let of_ours = |list: &serde_json::Value, name: &str, value: &serde_json::Value| -> serde_json::Value {
        list.as_array().unwrap().iter().find(|one| one[name] == *value).unwrap_or_else(|| panic!("{list}")).clone()
    };
    let suppliers = json("suppliers?format=json");
    let supplier = of_ours(&suppliers["suppliers"]["supplier"], "eik", &EIK.into());
    let code = supplier["code"].as_str().unwrap().to_owned();
    assert_eq!(supplier["title"], "Община Пример");
    let one = json(&format!("get-supplier?format=json&code={code}"));
    for name in ["autSystem", "providerOID", "url", "logo", "contacts", "serviceProviderType", "status"] {
        assert!(one.to_string().contains(&format!("\"{name}\"")), "{name}: {one}");
    }
    let services = json(&format!("service?format=json&supplierEIK={EIK}"));
    let listed = services["services"]["service"].as_array().unwrap();
    let is_ours = |one: &&serde_json::Value| one["arId"].to_string().trim_matches('"') == number.to_string();
    let listed = listed.iter().find(is_ours).unwrap_or_else(|| panic!("{services}"));
    assert_eq!(listed["supplierEIK"], EIK);
    let service = json(&format!("get-service?format=json&number={number}"))["services"]["service"][0].clone();
    let fields = (&service["securityLevel"], &service["isInternalAdminService"], &service["serviceName"]);
    assert_eq!(fields, (&"Значително".into(), &"Не".into(), &"Издаване на разрешение за проба".into()));
}

#[test]
fn a_change_that_the_next_portal_cannot_take_now_is_told_as_queued() {
    // Nobody listens at this port: it was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let push = format!(
        "[[portal.push]]\nname = \"central\"\nurl = \"https://localhost:{port}/services/EgovService\"\nuser = \"mop\"\n\
         password_file = \"portal.netrc\"\nca = \"certs/ca.pem\"\nchanges = true\n\n[portal.facade]"
    );
    let gate = Gate::start(GateOptions { settings: vec![("[portal.facade]", push)], ..GateOptions::default() });
    let user = User::demo(&gate);
    // Accepted at once, whatever becomes of it elsewhere.
    assert_result(&send(&gate, &user, &add(1, "Чака на опашка")), "CREATED");
    let key = format!("<ServiceKey><ServiceNumber>1</ServiceNumber><SupplierEIK>{EIK}</SupplierEIK></ServiceKey>");
    let status = || send(&gate, &user, &element("GetServiceStatus", &key));
    let began = std::time::Instant::now();
    let told = loop {
        let told = status();
        match value(&told, "LastPushResult").as_deref() {
            Some("FAILED") => break told,
            Some("QUEUED") => assert_eq!(value(&told, "LastFault"), None),
            other => panic!("{other:?}: {}", text(&told)),
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(60), "{}", text(&told));
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    assert_eq!((told.status, value(&told, "Code").as_deref()), (200, Some("EGS-9002")), "{}", text(&told));
    assert_eq!(value(&told, "PublicationStatus").as_deref(), Some("published"));
    assert_eq!(page(&gate, "/services/1").status, 200);
}
