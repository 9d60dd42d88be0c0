//! Requests that come twice, or at the same moment as others.

use crate::speaking::*;
use crate::support::*;

#[test]
fn a_replayed_request_receives_the_same_answer_and_is_done_once() {
    let (gate, number) = (gate(), number());
    let user = User::demo(gate);
    let id = format!("6f1c2c1e-7d0b-4b57-9b1c-{number:012}");
    let body = envelope(Some(&id), &add(number, "Повторена заявка"));
    let first = post(gate, SERVICE, Some(&user), &body);
    assert_result(&first, "CREATED");
    let again = post(gate, SERVICE, Some(&user), &body);
    assert_result(&again, "CREATED");
    assert_eq!(value(&first, "Timestamp"), value(&again, "Timestamp"));
    let other = envelope(Some(&id), &add(number, "Друго съдържание"));
    assert_fault(&post(gate, SERVICE, Some(&user), &other), 500, "EGS-5001");
    let history = gate.kapia(&["portal", "history", &format!("{EIK}/{number}")]).stdout;
    assert_eq!(history.lines().count(), 1, "{history}");
}

#[test]
fn of_two_clients_that_change_the_same_version_at_the_same_moment_one_wins_and_the_other_hears_the_version_of_now() {
    let (gate, number) = (gate(), number());
    let user = User::demo(gate);
    assert_result(&send(gate, &user, &add(number, "Оспорвана услуга")), "CREATED");
    let mut winners = [0, 0];
    for version in 1..=15 {
        let names = ["първи", "втори"].map(|client| format!("Промяна {version} на {client} клиент"));
        let message = |name: &String| posted(SERVICE, Some(&user), &envelope(None, &update(number, name, version)));
        let replies = at_once(connections(gate, 2), &[message(&names[0]), message(&names[1])]);
        let winner = replies.iter().position(|(reply, _)| reply.status == 200).unwrap();
        winners[winner] += 1;
        let (won, lost) = (&replies[winner].0, &replies[1 - winner].0);
        assert_result(won, "UPDATED");
        assert_eq!(value(won, "Version"), Some((version + 1).to_string()));
        assert_fault(lost, 500, "EGS-3005");
        let told = format!("Версията е променена (очаквана {version}, текуща {}).", version + 1);
        assert_eq!(value(lost, "MessageBg"), Some(told));
        let kept = text(&send(gate, &user, &get(number)));
        assert!(kept.contains(&names[winner]) && !kept.contains(&names[1 - winner]), "{kept}");
    }
    println!("{winners:?}");
    // The way out: read again, and change the version of now.
    assert_result(&send(gate, &user, &update(number, "Окончателно", 16)), "UPDATED");
}

#[test]
fn a_request_that_is_being_answered_is_told_so_and_its_answer_is_the_same_for_all() {
    // A gate of its own: its store is kept from writing for a moment.
    let gate = Gate::demo();
    let user = User::demo(&gate);
    let id = "6f1c2c1e-7d0b-4b57-9b1c-000000005002";
    let message = posted(SERVICE, Some(&user), &envelope(Some(id), &add(1, "Две еднакви заявки")));
    let lock = HeldStore::new(&gate);
    let (tell, told) = std::sync::mpsc::channel();
    let clients: Vec<_> = connections(&gate, 2)
        .into_iter()
        .map(|mut connection| {
            let (message, tell) = (message.clone(), tell.clone());
            std::thread::spawn(move || {
                connection.send(&message).unwrap();
                tell.send(connection.reply().unwrap()).unwrap();
            })
        })
        .collect();
    // Nothing can be written, so only the one that came second can have been answered.
    let second = told.recv().unwrap();
    assert_fault(&second, 500, "EGS-5002");
    assert_eq!(value(&second, "Retryable").as_deref(), Some("true"));
    lock.release();
    let first = told.recv().unwrap();
    assert_result(&first, "CREATED");
    clients.into_iter().for_each(|client| client.join().unwrap());
    let mut again = connections(&gate, 1).remove(0);
    again.send(&message).unwrap();
    assert_eq!(again.reply().unwrap().body, first.body);
}

#[test]
fn a_request_id_belongs_to_its_credential_and_to_its_content() {
    let (gate, numbers) = (gate(), [number(), number()]);
    let (one, two) = (User::demo(gate), User::added(gate, "vtori-dostavchik", &[]));
    let id = format!("6f1c2c1e-7d0b-4b57-9b1c-{:012}", numbers[0]);
    let message = |place: usize| envelope(Some(&id), &add(numbers[place], "Своя заявка"));
    assert_result(&post(gate, SERVICE, Some(&one), &message(0)), "CREATED");
    let other = post(gate, SERVICE, Some(&two), &message(1));
    assert_result(&other, "CREATED");
    assert_fault(&post(gate, SERVICE, Some(&one), &message(1)), 500, "EGS-5001");
    // What surrounds the request is not its content.
    let same =
        message(0).replace("<s:Body>", "<!-- again -->\n<s:Body>").replace("xmlns:s=", "xmlns:x='urn:x' xmlns:s=");
    assert_result(&post(gate, SERVICE, Some(&one), &same), "CREATED");
    let state = element("GetServiceStatus", &format!("<RequestId>{id}</RequestId>"));
    let state = send(gate, &two, &state);
    assert_eq!(value(&state, "LastPushResult").as_deref(), Some("ACCEPTED"), "{}", text(&state));
}

/// Keeps the gate from writing into its store of records until it is released.
struct HeldStore {
    release: std::sync::mpsc::Sender<()>,
    holder: std::thread::JoinHandle<()>,
}

impl HeldStore {
    fn new(gate: &Gate) -> HeldStore {
        use kapia_records::{Answer, Applied, Batch, Environment, Mode, Records};
        let records = Records::open(gate.folder.join("records.db"), Environment::Production).unwrap();
        let (release, released) = std::sync::mpsc::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let holder = std::thread::spawn(move || {
            let at = time::OffsetDateTime::now_utc();
            let batch = Batch { by: "test".into(), at, mode: Mode::BestEffort, changes: Vec::new(), ticket: None };
            let wait = move |_: &[Applied]| {
                tell.send(()).unwrap();
                released.recv().unwrap();
                Answer::default()
            };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(records.apply(batch, wait)).unwrap();
        });
        told.recv().unwrap();
        HeldStore { release, holder }
    }

    fn release(self) {
        self.release.send(()).unwrap();
        self.holder.join().unwrap();
    }
}
