use std::time::Instant;

use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::credential::{NewCredential, Rotation};
use crate::names::Eik;
use crate::status::Environment;

const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
const HERE: &str = "192.0.2.10";
const RULES: fn() -> Rules = || Rules { cost: CHEAP, slow_down: Duration::ZERO, ..Rules::default() };

struct Door {
    _folder: tempfile::TempDir,
    records: Records,
    keeper: Doorkeeper,
    password: Password,
}

async fn door_with(rules: Rules, change: impl FnOnce(&mut NewCredential)) -> Door {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    let mut new = NewCredential {
        name: CredentialName::parse("община").unwrap(),
        administration: "Община Пример".into(),
        suppliers: vec![Eik::parse("123456786").unwrap()],
        networks: Vec::new(),
        certificate: None,
        expires_at: None,
    };
    change(&mut new);
    let password = Password::random().unwrap();
    records.add_credential(new, password.clone(), rules.cost, "test").await.unwrap();
    let keeper = Doorkeeper::new(records.clone(), rules).unwrap();
    Door { _folder: folder, records, keeper, password }
}

async fn door() -> Door {
    door_with(RULES(), |_| {}).await
}

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

fn told(admitted: &Result<Caller, Denied>) -> &'static str {
    match admitted {
        Ok(_) => "admitted",
        Err(Denied::Unauthorized { retry_after: None }) => "401",
        Err(Denied::Unauthorized { retry_after: Some(_) }) => "401 later",
        Err(Denied::TooMany { .. }) => "429",
        Err(Denied::Suspended(_)) => "suspended",
        Err(Denied::Busy) => "busy",
        Err(Denied::Unavailable(_)) => "unavailable",
    }
}

impl Door {
    async fn knock(&self, header: Option<&str>, address: &str) -> Result<Caller, Denied> {
        let address = address.parse().unwrap();
        let knock = Knock { authorization: header, address, certificate: None, now: OffsetDateTime::now_utc() };
        self.keeper.admit(knock).await
    }

    async fn right(&self) -> &'static str {
        told(&self.knock(Some(&basic("община", self.password.reveal())), HERE).await)
    }

    async fn wrong(&self, name: &str, address: &str) -> &'static str {
        told(&self.knock(Some(&basic(name, "wrong")), address).await)
    }
}

#[tokio::test]
async fn the_right_password_admits_and_says_who_it_is() {
    let door = door().await;
    let header = basic("община", door.password.reveal());
    let caller = door.knock(Some(&header), HERE).await.unwrap();
    assert_eq!((caller.name(), caller.administration()), ("община", "Община Пример"));
    assert!(caller.may_write(&Eik::parse("123456786").unwrap()));
    assert!(!caller.may_write(&Eik::parse("000000017").unwrap()));
    assert_eq!(caller.environment(), Environment::Production);
    let lower = header.replace("Basic", "bAsIc").trim_end_matches('=').to_owned();
    assert!(door.knock(Some(&lower), HERE).await.is_ok());
}

#[tokio::test]
async fn a_header_that_is_none_is_answered_like_no_header_and_counts_as_no_guess() {
    let door = door().await;
    let colonless = format!("Basic {}", STANDARD.encode("no colon"));
    let latin = format!("Basic {}", STANDARD.encode(b"user:\xff\xfe"));
    for header in [None, Some("Bearer abc"), Some("Basic"), Some("Basic !"), Some(&colonless), Some(&latin)] {
        assert_eq!(told(&door.knock(header, HERE).await), "401");
    }
    assert_eq!(door.keeper.tally(), Tally::default());
}

#[tokio::test]
async fn a_password_may_hold_a_colon() {
    assert_eq!(
        user_and_password(&basic("a", "b:c:д")).map(|(name, password)| (name, password.to_string())),
        Some(("a".into(), "b:c:д".into()))
    );
}

#[tokio::test]
async fn the_fifth_failure_closes_the_name_for_this_network_only() {
    let door = door().await;
    for _ in 0..4 {
        assert_eq!(door.wrong("община", HERE).await, "401");
    }
    assert_eq!(door.wrong("община", "192.0.2.200").await, "401 later", "one network");
    assert_eq!(door.right().await, "401 later", "even the right password waits");
    let elsewhere = door.knock(Some(&basic("община", door.password.reveal())), "198.51.100.1").await;
    assert!(elsewhere.is_ok(), "nobody can silence a ministry from outside");
    let events = door.records.credential_events("община", 1).await.unwrap();
    assert_eq!((events[0].what.as_str(), events[0].detail.as_deref()), ("locked-out", Some("192.0.2.0/24")));
    let tally = door.keeper.tally();
    assert_eq!((tally.failed, tally.locked_out, tally.turned_away, tally.admitted), (5, 1, 1, 1));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_closed_in_the_same_way_and_is_not_written_down() {
    let door = door().await;
    let answers = [
        door.wrong("nobody", HERE).await,
        door.wrong("nobody", HERE).await,
        door.wrong("nobody", HERE).await,
        door.wrong("nobody", HERE).await,
        door.wrong("nobody", HERE).await,
        door.wrong("nobody", HERE).await,
    ];
    assert_eq!(answers, ["401", "401", "401", "401", "401 later", "401 later"]);
    assert!(door.records.credential_events("nobody", 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_network_that_tries_many_names_is_closed() {
    let door = door().await;
    for number in 0..20 {
        assert_eq!(door.wrong(&format!("name{number}"), HERE).await, "401");
    }
    assert_eq!(door.wrong("another", HERE).await, "429");
    assert_eq!(door.right().await, "429");
    assert_eq!(door.wrong("another", "198.51.100.1").await, "401");
}

#[tokio::test]
async fn guesses_that_come_together_are_counted_one_after_another() {
    let door = std::sync::Arc::new(door().await);
    let guesses: Vec<_> = (0..40)
        .map(|_| {
            let door = std::sync::Arc::clone(&door);
            tokio::spawn(async move { door.wrong("община", HERE).await })
        })
        .collect();
    for guess in guesses {
        assert!(guess.await.unwrap().starts_with("401"));
    }
    assert_eq!(door.keeper.tally().failed, 5);
}

#[tokio::test]
async fn a_thousand_pushes_cost_one_hash_and_a_change_costs_another() {
    let door = std::sync::Arc::new(door().await);
    let pushes: Vec<_> = (0..50)
        .map(|_| {
            let door = std::sync::Arc::clone(&door);
            tokio::spawn(async move { door.right().await })
        })
        .collect();
    for push in pushes {
        assert_eq!(push.await.unwrap(), "admitted");
    }
    let tally = door.keeper.tally();
    assert_eq!((tally.admitted, tally.remembered), (50, 49));

    // Another process locks the credential; what is remembered here is worth nothing.
    let other = Records::open(door.records.path(), Environment::Production).unwrap();
    other.lock_credential("община", CredentialStatus::Locked, None, "test").await.unwrap();
    assert_eq!(door.right().await, "suspended");
    other.lock_credential("община", CredentialStatus::Active, None, "test").await.unwrap();
    assert_eq!(door.right().await, "admitted");
    assert_eq!(door.keeper.tally().remembered, 49);
}

#[tokio::test]
async fn two_passwords_are_right_while_they_are_changed() {
    let door = door().await;
    let new = Password::random().unwrap();
    let header = basic("община", new.reveal());
    assert_eq!(door.right().await, "admitted");
    let soon = OffsetDateTime::now_utc() + Duration::from_millis(300);
    door.records.rotate_password("община", new, CHEAP, Rotation::Overlap(soon), "test").await.unwrap();
    assert_eq!(door.right().await, "admitted");
    assert!(door.knock(Some(&header), HERE).await.is_ok());
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(door.right().await, "401", "not even remembered");
    assert!(door.knock(Some(&header), HERE).await.is_ok());
}

#[tokio::test]
async fn the_right_password_from_elsewhere_or_without_its_certificate_is_a_wrong_one() {
    let rules = RULES();
    let elsewhere = door_with(rules, |new| new.networks = vec!["198.51.100.0/24".parse().unwrap()]).await;
    assert_eq!(elsewhere.right().await, "401");
    assert_eq!(elsewhere.keeper.tally().failed, 1);
    let door = door_with(rules, |new| new.certificate = Some([7; 32])).await;
    assert_eq!(door.right().await, "401");
    let header = basic("община", door.password.reveal());
    let knock = Knock {
        authorization: Some(&header),
        address: HERE.parse().unwrap(),
        certificate: Some([7; 32]),
        now: OffsetDateTime::now_utc(),
    };
    assert!(door.keeper.admit(knock).await.is_ok());
    assert!(!format!("{knock:?}").contains(&header[6..]), "a header is never printed");
}

#[tokio::test]
async fn a_credential_that_is_over_is_told_so_and_only_with_its_password() {
    let over = OffsetDateTime::now_utc() - time::Duration::days(1);
    let door = door_with(RULES(), |new| new.expires_at = Some(over)).await;
    assert_eq!(door.right().await, "suspended");
    assert_eq!(door.wrong("община", HERE).await, "401");
}

#[tokio::test]
async fn a_password_of_one_environment_is_none_in_the_other() {
    let door = door().await;
    let staging = Records::open(door._folder.path().join("staging.db"), Environment::Staging).unwrap();
    let keeper = Doorkeeper::new(staging, RULES()).unwrap();
    let header = basic("община", door.password.reveal());
    let address = HERE.parse().unwrap();
    let knock = Knock { authorization: Some(&header), address, certificate: None, now: OffsetDateTime::now_utc() };
    assert_eq!(told(&keeper.admit(knock).await), "401");
}

#[tokio::test]
async fn an_unknown_name_takes_as_long_as_a_wrong_password() {
    let cost = Cost { memory_kib: 4096, passes: 2, lanes: 1 };
    let limits = (1000, Duration::from_secs(60));
    let rules =
        Rules { cost, slow_down: Duration::ZERO, failures: limits, source_failures: limits, ..Rules::default() };
    let door = door_with(rules, |_| {}).await;
    door.wrong("nobody", HERE).await;
    let mut spent = [Duration::ZERO; 2];
    for _ in 0..10 {
        for (spent, name) in spent.iter_mut().zip(["община", "nobody"]) {
            let began = Instant::now();
            assert_eq!(door.wrong(name, HERE).await, "401");
            *spent += began.elapsed();
        }
    }
    let ratio = spent[0].as_secs_f64() / spent[1].as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "one hash for one and two for the other would be 0.5 or 2: {ratio}");
}

#[tokio::test]
async fn a_flood_is_told_to_come_again_and_does_not_queue() {
    let limits = (1000, Duration::from_secs(60));
    let rules = Rules {
        cost: Cost { memory_kib: 8192, passes: 3, lanes: 1 },
        at_a_time: 1,
        waiting: 4,
        failures: limits,
        source_failures: limits,
        slow_down: Duration::ZERO,
        ..Rules::default()
    };
    let door = std::sync::Arc::new(door_with(rules, |_| {}).await);
    let flood: Vec<_> = (0..40)
        .map(|number| {
            let door = std::sync::Arc::clone(&door);
            tokio::spawn(async move { door.wrong(&format!("name{number}"), HERE).await })
        })
        .collect();
    let mut busy = 0;
    for guess in flood {
        busy += u32::from(guess.await.unwrap() == "busy");
    }
    assert!(busy >= 20, "{busy} of 40 were turned away");
    assert_eq!(door.right().await, "admitted");
}

#[tokio::test]
async fn every_failure_is_answered_more_slowly() {
    let rules = Rules { slow_down: Duration::from_millis(20), ..RULES() };
    let door = door_with(rules, |_| {}).await;
    for factor in [1, 2, 4, 8, 8] {
        let began = Instant::now();
        door.wrong("община", HERE).await;
        assert!(began.elapsed() >= Duration::from_millis(20) * factor);
    }
    let began = Instant::now();
    assert_eq!(door.right().await, "401 later");
    assert!(began.elapsed() < Duration::from_millis(20), "who is not heard does not wait either");
}

#[tokio::test]
async fn other_costs_count_from_now_on_and_failures_are_not_forgotten() {
    let door = door().await;
    for _ in 0..3 {
        assert_eq!(door.wrong("община", HERE).await, "401");
    }
    let rules = RULES();
    let unusable = Cost { memory_kib: 0, ..rules.cost };
    assert_eq!(door.keeper.renew(unusable, 1, rules.remember).unwrap_err().code(), "records-cost");
    let dearer = Cost { passes: rules.cost.passes + 1, ..rules.cost };
    door.keeper.renew(dearer, 1, Duration::ZERO).unwrap();
    for outcome in ["401", "401 later"] {
        assert_eq!(door.wrong("община", HERE).await, outcome, "the fourth and the fifth");
    }
    let elsewhere = || async {
        let header = basic("община", door.password.reveal());
        door.knock(Some(&header), "198.51.100.1").await.is_ok()
    };
    assert!(elsewhere().await && elsewhere().await, "a hash of the old cost is right");
    assert_eq!(door.keeper.tally().remembered, 0, "nothing is remembered any more");
    door.keeper.renew(dearer, 1, Duration::from_secs(60)).unwrap();
    assert!(elsewhere().await && elsewhere().await);
    assert_eq!(door.keeper.tally().remembered, 1);
}

#[tokio::test]
async fn a_network_that_guesses_many_names_at_once_is_closed_in_time() {
    let door = std::sync::Arc::new(door_with(Rules { at_a_time: 1, ..RULES() }, |_| {}).await);
    let guesses: Vec<_> = (0..50)
        .map(|number| {
            let door = std::sync::Arc::clone(&door);
            tokio::spawn(async move { door.wrong(&format!("name{number}"), HERE).await })
        })
        .collect();
    let mut heard = Vec::new();
    for guess in guesses {
        heard.push(guess.await.unwrap());
    }
    let listened = heard.iter().filter(|told| **told == "401").count();
    assert_eq!((listened, door.keeper.tally().failed), (20, 20), "the twenty-first comes to a closed door");
}
