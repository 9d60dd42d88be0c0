//! Passwords: wrong, locked, changed, bound, guessed by many at once.

use crate::speaking::*;
use crate::support::*;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[test]
fn a_wrong_password_and_an_unknown_name_hear_the_same() {
    let gate = Gate::demo();
    let ping = envelope(None, &element("Ping", ""));
    let wrong = User::new("obshtina-primer", "wrong");
    let unknown = User::new("nobody-at-all", "wrong");
    let mut heard = Vec::new();
    for user in [Some(&wrong), Some(&unknown), None] {
        let reply = post(&gate, SERVICE, user, &ping);
        assert_fault(&reply, 401, "EGS-2003");
        assert_eq!(reply.header("www-authenticate"), Some("Basic realm=\"EgovService\", charset=\"UTF-8\""));
        let correlation = value(&reply, "CorrelationId").unwrap();
        assert_eq!(correlation.len(), 26);
        let headers: BTreeMap<_, _> = reply.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
        heard.push((headers, text(&reply).replace(&correlation, "…")));
    }
    assert!(heard.iter().all(|one| *one == heard[0]), "{heard:#?}");
    assert!(!text(&post(&gate, SERVICE, Some(&wrong), &ping)).contains("wrong"));
    for secret in ["nobody-at-all", "d3Jvbmc"] {
        assert!(!gate.said().contains(secret), "what somebody typed stands in the log");
    }

    // Three more make five for the name that exists.
    for _ in 0..2 {
        post(&gate, SERVICE, Some(&wrong), &ping);
    }
    let fifth = post(&gate, SERVICE, Some(&wrong), &ping);
    assert_eq!(fifth.status, 401);
    let locked = post(&gate, SERVICE, Some(&User::demo(&gate)), &ping);
    assert_fault(&locked, 401, "EGS-2003");
    let seconds: u64 = locked.header("retry-after").unwrap().parse().unwrap();
    assert!((800..=900).contains(&seconds), "{seconds}");
    let events = gate.kapia(&["portal", "user", "show", "obshtina-primer"]).stdout;
    assert!(events.contains("locked-out") && events.contains("127.0.0.0/24"), "{events}");
    let metrics = gate.admin("/metrics").1;
    assert!(metrics.contains("kapia_portal_logins_total{environment=\"production\",outcome=\"locked-out\"} 1"));
    // Another name from the same network is heard.
    let other = User::added(&gate, "obshtina-vtora", &[]);
    assert_eq!(post(&gate, SERVICE, Some(&other), &ping).status, 200);
}

#[test]
fn a_locked_user_is_told_so_at_once_and_only_with_the_right_password() {
    let gate = gate();
    let user = User::added(gate, "zakliuchen", &[]);
    let ping = element("Ping", "");
    assert_eq!(send(gate, &user, &ping).status, 200);
    gate.kapia(&["portal", "user", "lock", "zakliuchen", "--comment", "изтекъл договор"]);
    assert_fault(&send(gate, &user, &ping), 500, "EGS-2002");
    assert_fault(&send(gate, &User::new("zakliuchen", "wrong"), &ping), 401, "EGS-2003");
    gate.kapia(&["portal", "user", "unlock", "zakliuchen"]);
    assert_eq!(send(gate, &user, &ping).status, 200);
    let list = gate.kapia(&["portal", "user", "list"]).stdout;
    assert!(list.contains("zakliuchen") && list.contains("active"), "{list}");
    let wrong = gate.kapia_says(&["portal", "user", "lock", "zakliuchem"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("did you mean zakliuchen"), "{}", wrong.stderr);
}

#[test]
fn while_a_password_is_changed_both_are_right() {
    let gate = gate();
    let old = User::added(gate, "smiana", &[]);
    let ping = element("Ping", "");
    let rotate = |more: &[&str]| {
        let arguments = ["portal", "user", "rotate", "smiana"];
        User::new("smiana", &shown_password(&gate.kapia(&[&arguments, more].concat()).stdout))
    };
    let new = rotate(&["--overlap", "3"]);
    assert_eq!([send(gate, &old, &ping).status, send(gate, &new, &ping).status], [200, 200]);
    let newest = rotate(&["--at-once"]);
    let statuses = [&old, &new, &newest].map(|user| send(gate, user, &ping).status);
    assert_eq!(statuses, [401, 401, 200]);
}

#[test]
fn guesses_that_come_at_the_same_moment_are_counted_one_by_one_and_answered_ever_more_slowly() {
    const GUESSES: usize = 12;
    let gate = Gate::demo();
    let (right, other) = (User::demo(&gate), User::added(&gate, "obshtina-vtora", &[]));
    let ping = envelope(None, &element("Ping", ""));
    let guess = posted(SERVICE, Some(&User::new("obshtina-primer", "wrong")), &ping);
    let heard = at_once(connections(&gate, GUESSES), &vec![guess; GUESSES]);
    heard.iter().for_each(|(reply, _)| assert_fault(reply, 401, "EGS-2003"));
    let mut counted: Vec<Duration> =
        heard.iter().filter(|(reply, _)| reply.header("retry-after").is_none()).map(|(_, time)| *time).collect();
    counted.sort();
    assert_eq!(counted.len(), 4, "the fifth closes the name, and says for how long");
    for (time, least) in counted.iter().zip([250, 500, 1000, 2000]) {
        assert!(*time >= Duration::from_millis(least), "{counted:?}");
    }
    assert_eq!(["failed", "locked-out", "turned-away"].map(|outcome| logins(&gate, outcome)), [5, 1, 7]);

    // Closed is the name in this network, and nothing else.
    let elsewhere = Ipv4Addr::new(127, 0, 1, 1);
    assert_fault(&post(&gate, SERVICE, Some(&right), &ping), 401, "EGS-2003");
    assert_eq!(post_from(&gate, elsewhere, &right, &ping).status, 200);
    assert_eq!(post(&gate, SERVICE, Some(&other), &ping).status, 200);
}

#[test]
fn a_network_that_guesses_many_names_at_once_is_closed_and_no_other() {
    const GUESSES: u8 = 30;
    let gate = Gate::demo();
    let right = User::demo(&gate);
    let ping = envelope(None, &element("Ping", ""));
    // Each guess has an address and a name of its own.
    let from = |host: u8| gate.tls(None).connect_from(Ipv4Addr::new(127, 0, 2, host), gate.port).unwrap();
    let guess = |host: u8| posted(SERVICE, Some(&User::new(&format!("ime-{host}"), "wrong")), &ping);
    let messages: Vec<Vec<u8>> = (1..=GUESSES).map(guess).collect();
    let heard = at_once((1..=GUESSES).map(from).collect(), &messages);
    let closed: Vec<&HttpReply> = heard.iter().map(|(reply, _)| reply).filter(|reply| reply.status == 429).collect();
    let guessed = heard.len() - closed.len();
    // Two are checked at a time: one may be at it when the twentieth failure closes the network.
    assert!((20..=21).contains(&guessed), "{guessed} guesses were listened to");
    for reply in closed {
        assert_fault(reply, 429, "EGS-6001");
        let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((3500..=3600).contains(&seconds), "{seconds}");
    }
    assert_fault(&post_from(&gate, Ipv4Addr::new(127, 0, 2, 200), &right, &ping), 429, "EGS-6001");
    assert_eq!(post_from(&gate, Ipv4Addr::new(127, 0, 3, 200), &right, &ping).status, 200);
    assert_eq!(post(&gate, SERVICE, Some(&right), &ping).status, 200);
}

#[test]
fn a_lock_counts_from_the_moment_on_that_the_command_returns_for_all_who_push_meanwhile() {
    const CLIENTS: usize = 4;
    let gate = gate();
    let user = User::added(gate, "vnezapno-spryan", &[]);
    let message = posted(SERVICE, Some(&user), &envelope(None, &element("Ping", "")));
    let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    // So many that what was on its way before is over.
    let some_more = || {
        let until = asked.load(Ordering::Relaxed) + 3 * CLIENTS;
        let began = Instant::now();
        while asked.load(Ordering::Relaxed) < until && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let (locked, heard) = std::thread::scope(|scope| {
        let clients: Vec<_> = connections(gate, CLIENTS)
            .into_iter()
            .map(|mut connection| {
                let (message, over, asked) = (&message, &over, &asked);
                scope.spawn(move || {
                    let mut heard = Vec::new();
                    while !over.load(Ordering::Relaxed) {
                        let began = Instant::now();
                        connection.send(message).unwrap();
                        heard.push((began, connection.reply().unwrap()));
                        asked.fetch_add(1, Ordering::Relaxed);
                        // Below the pace of a credential.
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    heard
                })
            })
            .collect();
        some_more();
        gate.kapia(&["portal", "user", "lock", "vnezapno-spryan"]);
        let locked = Instant::now();
        some_more();
        over.store(true, Ordering::Relaxed);
        (locked, clients.into_iter().flat_map(|client| client.join().unwrap()).collect::<Vec<_>>())
    });
    let (after, before): (Vec<_>, Vec<_>) = heard.iter().partition(|(began, _)| *began > locked);
    assert!(after.len() >= CLIENTS && before.len() >= CLIENTS, "{} before, {} after", before.len(), after.len());
    after.iter().for_each(|(_, reply)| assert_fault(reply, 500, "EGS-2002"));
    for (_, reply) in before.iter().filter(|(_, reply)| reply.status != 200) {
        assert_fault(reply, 500, "EGS-2002");
    }
    assert_eq!(before[0].1.status, 200);
}

#[test]
fn nobody_is_refused_while_a_password_is_changed_and_the_old_one_ends_at_its_moment() {
    use kapia_records::{Cost, Environment, Password, Records, Rotation};
    let gate = gate();
    let old = User::added(gate, "plavna-smiana", &[]);
    let message = |user: &User| posted(SERVICE, Some(user), &envelope(None, &element("Ping", "")));
    let mut connection = connections(gate, 1).remove(0);
    let mut ask = |user: &User| {
        connection.send(&message(user)).unwrap();
        connection.reply().unwrap().status
    };
    assert_eq!(ask(&old), 200);
    let password = Password::random().unwrap();
    let new = User::new("plavna-smiana", password.reveal());
    let until = time::OffsetDateTime::now_utc() + Duration::from_secs(5);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let records = Records::open(gate.folder.join("records.db"), Environment::Production).unwrap();
    let rotation = Rotation::Overlap(until);
    runtime.block_on(records.rotate_password("plavna-smiana", password, Cost::default(), rotation, "test")).unwrap();
    let mut asked = 0;
    loop {
        let statuses = [ask(&old), ask(&new)];
        if time::OffsetDateTime::now_utc() >= until {
            break;
        }
        assert_eq!(statuses, [200, 200]);
        asked += 1;
        // Below the pace of a credential.
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(asked > 0, "both were never used");
    assert_eq!([ask(&new), ask(&old), ask(&new)], [200, 401, 200], "what was remembered ends with it");
}

#[test]
fn a_credential_can_be_bound_to_a_network_to_a_certificate_and_to_a_day() {
    let gate = gate();
    let ping = envelope(None, &element("Ping", ""));
    let networked = User::added(gate, "samo-ottam", &["--network", "127.0.5.0/24"]);
    assert_fault(&post(gate, SERVICE, Some(&networked), &ping), 401, "EGS-2003");
    assert_eq!(post_from(gate, Ipv4Addr::new(127, 0, 5, 7), &networked, &ping).status, 200);

    let certificate = gate.certs.join("consumer.pem");
    let bound = User::added(gate, "sas-udostoverenie", &["--certificate", certificate.to_str().unwrap()]);
    let statuses = [None, Some("stranger"), Some("consumer")].map(|who| {
        let mut connection = gate.tls(who).connect(gate.port).unwrap();
        connection.send(&posted(SERVICE, Some(&bound), &ping)).unwrap();
        connection.reply().unwrap().status
    });
    assert_eq!(statuses, [401, 401, 200]);

    let over = User::added(gate, "izteklo", &["--expires", "2020-01-01"]);
    assert_fault(&post(gate, SERVICE, Some(&over), &ping), 500, "EGS-2002");
    // One credential of a name in an environment.
    let arguments = ["portal", "user", "add", "izteklo", "--administration", "Друга", "--supplier", EIK];
    let twice = gate.kapia_says(&arguments);
    assert!(twice.code != Some(0) && twice.stderr.contains("izteklo"), "{}", twice.stderr);
}

#[test]
fn what_is_kept_of_a_password_is_an_argon2id_hash() {
    let gate = gate();
    let arguments = ["portal", "user", "add", "samo-hash", "--administration", "Община Пример", "--supplier", EIK];
    let password = shown_password(&gate.kapia(&arguments).stdout);
    assert_eq!(send(gate, &User::new("samo-hash", &password), &element("Ping", "")).status, 200);
    let mut hashes = 0;
    for file in ["records.db", "records.db-wal", "records.db-shm"] {
        let Ok(octets) = std::fs::read(gate.folder.join(file)) else { continue };
        let count = |what: &[u8]| octets.windows(what.len()).filter(|window| *window == what).count();
        hashes += count(b"$argon2id$v=19$m=19456,t=2,p=1$");
        assert_eq!(count(password.as_bytes()), 0, "a password stands in {file}");
    }
    assert!(hashes > 0);
    assert!(!gate.said().contains("$argon2id$") && !gate.said().contains(&password));
}
