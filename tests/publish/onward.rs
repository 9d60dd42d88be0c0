//! The job: what changes here is pushed on to another service, whatever happens on the way.

use crate::elsewhere::{Elsewhere, Say};
use crate::sending::*;
use crate::support::*;

#[test]
fn changes_are_pushed_on_to_another_service_however_long_it_is_away() {
    // A gate that keeps its address when it is started anew.
    let mut there = Gate::start(GateOptions { serve: true, ..GateOptions::default() });
    there.kill();
    let config = there.folder.join("kapia.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replacen("127.0.0.1:0", &format!("127.0.0.1:{}", there.port), 1)).unwrap();
    there.restart();
    let (url, user, password, ca) = {
        let sender = Sender::new(&there);
        let password = std::fs::read_to_string(sender.folder.path().join("password")).unwrap();
        (
            format!("https://localhost:{}/services/EgovService", there.port),
            sender.user.clone(),
            password,
            there.certs.join("ca.pem"),
        )
    };
    let secret = tempfile::tempdir().unwrap();
    let password_file = secret.path().join("password");
    std::fs::write(&password_file, password).unwrap();
    let mut here = Gate::start(GateOptions { serve: true, ..GateOptions::default() });
    let config = here.folder.join("kapia.toml");
    let mut text = std::fs::read_to_string(&config).unwrap();
    text.push_str(&format!(
        "\n[[portal.push]]\nname = \"central\"\nurl = \"{url}\"\nuser = \"{user}\"\npassword_file = \"{}\"\nca = \"{}\"\nchanges = true\n",
        password_file.display(),
        ca.display()
    ));
    std::fs::write(&config, text).unwrap();
    here.kill();
    here.restart();

    let sender = Sender::new(&here);
    sender.keep("one.xml", &record(74_001, "Пренасяна услуга"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 created");
    until("it is there", || list(&there).contains("74001"));

    there.kill();
    sender.keep("one.xml", &record(74_001, "Пренасяна услуга, променена"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 updated");
    here.kapia(&["portal", "deactivate", &format!("{EIK}/74001"), "--comment", "проба"]);
    there.restart();
    until("both changes are there, in their order", || {
        let history = there.kapia_says(&["portal", "history", &format!("{EIK}/74001")]).stdout;
        history.lines().count() >= 3
            && list(&there).lines().any(|line| line.contains("74001") && line.contains("inactive"))
    });
}

/// A gate that pushes its changes on to somebody.
fn pushing_on_to(elsewhere: &Elsewhere, more: &str) -> Gate {
    let mut here = Gate::start(GateOptions { serve: true, ..GateOptions::default() });
    here.kill();
    std::fs::write(here.folder.join("elsewhere.password"), "тайна").unwrap();
    let config = here.folder.join("kapia.toml");
    let mut text = std::fs::read_to_string(&config).unwrap();
    text.push_str(&format!(
        "\n[[portal.push]]\nname = \"elsewhere\"\nurl = \"{}\"\nuser = \"somebody\"\npassword_file = \
         \"elsewhere.password\"\nca = \"{}\"\nchanges = true\n{more}",
        elsewhere.url(),
        elsewhere.ca.display()
    ));
    std::fs::write(&config, text).unwrap();
    here.restart();
    here
}

#[test]
fn what_was_on_its_way_when_the_gate_was_killed_is_sent_again_and_before_what_changed_meanwhile() {
    let elsewhere = Elsewhere::start(vec![
        Say::Nothing,
        Say::result("CREATED", 1),
        Say::fault("EGS-3003", "Записът съществува.", false),
        Say::result("UPDATED", 2),
    ]);
    // Nobody else takes up what is on its way for twice as long as one message may take, and ten seconds.
    let mut here = pushing_on_to(&elsewhere, "timeout_seconds = 3\n");
    let sender = Sender::new(&here);
    sender.keep("one.xml", &record(74_101, "Първи вид"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 created");
    let first = elsewhere.next();
    assert!(first.body.contains("<AddService") && first.body.contains("Първи вид"), "{first:?}");
    // Changed again, while nobody has answered yet.
    sender.keep("one.xml", &record(74_101, "Втори вид"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 updated");
    drop(sender);
    here.kill();
    here.restart();
    let heard: Vec<_> = (0..3).map(|_| elsewhere.next()).collect();
    assert!(heard[0].body.contains("<AddService") && heard[0].body.contains("Първи вид"), "{:?}", heard[0]);
    assert!(heard[1].body.contains("<AddService") && heard[1].body.contains("Втори вид"), "{:?}", heard[1]);
    assert!(heard[2].body.contains("<UpdateService") && heard[2].body.contains("Втори вид"), "{:?}", heard[2]);
    assert!(elsewhere.is_silent(), "nothing more was to be told");
}

#[test]
fn a_change_waits_until_people_have_put_the_way_right() {
    let page = Say::page("200 OK", "<html><title>Вход</title></html>");
    let elsewhere = Elsewhere::start(vec![page, Say::result("CREATED", 1)]);
    let mut here = pushing_on_to(&elsewhere, "timeout_seconds = 3\n");
    let sender = Sender::new(&here);
    sender.keep("one.xml", &record(74_201, "Чака"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 created");
    drop(sender);
    elsewhere.next();
    until("it is told what stands in the way", || here.said().contains("push-web-page"));
    // Nothing is given up: after a restart it is tried at once.
    here.kill();
    here.restart();
    assert!(elsewhere.next().body.contains("Чака"));
}

#[test]
fn a_service_that_cannot_be_told_of_an_end_is_told_the_rest() {
    let elsewhere = Elsewhere::start(vec![
        Say::result("CREATED", 1),
        Say::fault("EGS-3003", "Записът съществува.", false),
        Say::result("UNCHANGED", 1),
    ]);
    let here = pushing_on_to(&elsewhere, "profile = \"look-alike\"\n");
    let sender = Sender::new(&here);
    sender.keep("one.xml", &record(74_301, "Спирана услуга"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 created");
    assert!(elsewhere.next().body.contains("<AddService"));
    let key = format!("{EIK}/74301");
    here.kapia(&["portal", "deactivate", &key, "--comment", "проба"]);
    until("it is told that it cannot be told", || here.said().contains("push-not-offered"));
    // What comes back is a record like any other.
    here.kapia(&["portal", "reactivate", &key, "--comment", "проба"]);
    let heard = [elsewhere.next(), elsewhere.next()];
    assert!(heard[0].body.contains("<AddService") && heard[1].body.contains("<UpdateService"), "{heard:?}");
}
