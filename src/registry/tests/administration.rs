//! Claims about changes: what they do, what they leave behind, who sees them when.
#![allow(clippy::unwrap_used)]

mod setting;

use std::sync::Arc;
use std::time::{Duration, Instant};

use kapia_registry::{
    ConsumerName, FieldPattern, Language, NewCertificate, NewConsumer, OperationName, Period, Reason, Registry,
    RegistryError, RoleName, SubjectName,
};
use setting::{NOW, Setting, credential, loaded, name, operation, thumbprints};

fn patterns(texts: &[&str]) -> Vec<FieldPattern> {
    texts.iter().map(|text| FieldPattern::parse(text).unwrap()).collect()
}

const FILE: &str = "KAPIA_TEST_REGISTRY";
const CHANGE: &str = "KAPIA_TEST_CHANGE";

// Not a claim by itself: the other process of the claim below. Without the variables there is nothing for it to do.
#[test]
fn child_that_changes_rights() {
    let (Some(path), Ok(change)) = (std::env::var_os(FILE), std::env::var(CHANGE)) else { return };
    let registry = Registry::open(path).unwrap();
    let consumer = SubjectName::Consumer(name());
    match change.as_str() {
        "grant" => registry.admin("other").grant(&consumer, &operation(), Period::ALWAYS, "").map(drop).unwrap(),
        _ => registry.admin("other").revoke(&consumer, &operation(), "").map(drop).unwrap(),
    }
}

fn in_another_process(setting: &Setting, change: &str) {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_changes_rights"])
        .env(FILE, setting.registry.path())
        .env(CHANGE, change)
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
}

#[test]
fn a_change_of_another_process_is_seen_within_a_second() {
    let setting = Setting::new();
    let _watch = Registry::watch(Arc::clone(&setting.registry), Duration::from_millis(200)).unwrap();
    assert_eq!(setting.ask().unwrap_err().reason(), Reason::NoAccess);
    in_another_process(&setting, "grant");
    let since = Instant::now();
    while setting.ask().is_err() {
        assert!(since.elapsed() < Duration::from_secs(1), "the grant was never seen");
        std::thread::sleep(Duration::from_millis(10));
    }
    in_another_process(&setting, "revoke");
    let since = Instant::now();
    while setting.ask().is_ok() {
        assert!(since.elapsed() < Duration::from_secs(1), "the revocation was never seen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_is_read_again_when_nothing_changed() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let before = setting.ask().unwrap();
    assert!(!setting.registry.refresh_if_changed().unwrap());
    assert!(Arc::ptr_eq(before.fields(), setting.ask().unwrap().fields()));
    let other = Registry::open(setting.registry.path()).unwrap();
    assert!(!setting.registry.refresh_if_changed().unwrap(), "opening changes nothing");
    other.admin("other").set_operation_enabled(&operation(), true, "").unwrap();
    assert!(setting.registry.refresh_if_changed().unwrap());
    assert!(!setting.registry.refresh_if_changed().unwrap());
}

#[test]
fn two_writers_at_once_lose_no_change() {
    let setting = Setting::new();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = setting.registry.path();
            scope.spawn(move || {
                let registry = Registry::open(path).unwrap();
                for at in 0..10 {
                    let name = ConsumerName::parse(&format!("{writer}-{at}")).unwrap();
                    registry.admin("writer").add_consumer(&NewConsumer::named(name), "").unwrap();
                }
            });
        }
    });
    assert_eq!(setting.registry.consumers().unwrap().len(), 1 + 40);
    assert_eq!(setting.registry.audit(1000).unwrap().iter().filter(|row| row.actor == "writer").count(), 40);
}

#[test]
fn every_change_leaves_a_row_that_says_who_and_what_and_why() {
    let setting = Setting::new();
    let before = setting.registry.audit(100).unwrap().len();
    let consumer = setting.holder("consumer");
    let admin = setting.registry.admin("ivan");
    let role = RoleName::parse("Социални услуги").unwrap();
    admin.add_role(&role, "1").unwrap();
    admin.assign(&role, &consumer, "2").unwrap();
    admin.grant(&SubjectName::Role(role.clone()), &operation(), Period::ALWAYS, "3").unwrap();
    admin.grant_fields(&SubjectName::Role(role.clone()), &operation(), &patterns(&["A", "A/B"]), "4").unwrap();
    admin.revoke_fields(&SubjectName::Role(role.clone()), &operation(), &patterns(&["A/B"]), "5").unwrap();
    admin.revoke(&SubjectName::Role(role.clone()), &operation(), "6").unwrap();
    admin.unassign(&role, &consumer, "7").unwrap();
    admin.deny(&consumer, &operation(), Period::ALWAYS, "8").unwrap();
    admin.set_consumer_active(&name(), false, "9").unwrap();
    let rows = setting.registry.audit(100).unwrap();
    assert_eq!(rows.len(), before + 9);
    let newest: Vec<(&str, &str)> =
        rows.iter().take(9).map(|row| (row.action.as_str(), row.comment.as_str())).collect();
    let expected = [
        ("deactivate-consumer", "9"),
        ("deny", "8"),
        ("unassign", "7"),
        ("revoke", "6"),
        ("revoke-fields", "5"),
        ("grant-fields", "4"),
        ("grant", "3"),
        ("assign", "2"),
        ("add-role", "1"),
    ];
    assert_eq!(newest, expected);
    assert!(rows.iter().take(9).all(|row| row.actor == "ivan"));
    assert!(rows[5].subject.contains("Социални услуги") && rows[5].subject.contains("A A/B"));
}

#[test]
fn a_change_that_fails_changes_nothing_and_leaves_no_row() {
    let setting = Setting::new();
    let before = setting.registry.audit(100).unwrap().len();
    let admin = setting.admin();
    let known = [FieldPattern::everything()];
    let stranger = SubjectName::Consumer(ConsumerName::parse("Община Примерр").unwrap());
    let error = admin.grant_fields(&stranger, &operation(), &known, "").unwrap_err();
    assert_eq!(error.code(), "registry-not-found");
    assert!(error.hint(Language::English).contains("did you mean Община Пример?"), "{}", error.hint(Language::English));
    let unknown = OperationName::parse("Kapia.Demo.IPersons.Finds").unwrap();
    let error = admin.grant(&setting.holder("consumer"), &unknown, Period::ALWAYS, "").unwrap_err();
    assert!(error.hint(Language::Bulgarian).contains("Kapia.Demo.IPersons.Find?"));
    assert_eq!(admin.add_consumer(&NewConsumer::named(name()), "").unwrap_err().code(), "registry-exists");
    assert_eq!(admin.revoke(&setting.holder("consumer"), &operation(), "").unwrap_err().code(), "registry-not-found");
    assert_eq!(setting.registry.audit(100).unwrap().len(), before);
    assert!(setting.registry.rights(&name()).unwrap().fields.is_empty());
}

#[test]
fn names_thumbprints_and_identifiers_are_taken_once() {
    let setting = Setting::new();
    let admin = setting.admin();
    let twin = NewConsumer {
        oid: Some("2.16.100.1.1.1".parse().unwrap()),
        ..NewConsumer::named(ConsumerName::parse("Друга").unwrap())
    };
    let error = admin.add_consumer(&twin, "").unwrap_err();
    assert!(matches!(error, RegistryError::Exists { kind: "oid", .. }), "{error}");
    let certificate = NewCertificate {
        thumbprints: thumbprints(1),
        subject: String::new(),
        serial: String::new(),
        period: Period::ALWAYS,
        pem: None,
    };
    let error = admin.add_certificate(&name(), &certificate, "").unwrap_err();
    assert!(matches!(error, RegistryError::Exists { kind: "certificate", .. }), "{error}");
    let role = RoleName::parse("Роля").unwrap();
    admin.add_role(&role, "").unwrap();
    assert_eq!(admin.add_role(&role, "").unwrap_err().code(), "registry-exists");
    admin.assign(&role, &setting.holder("consumer"), "").unwrap();
    assert_eq!(admin.assign(&role, &setting.holder("consumer"), "").unwrap_err().code(), "registry-exists");
}

#[test]
fn a_role_cannot_deny() {
    let setting = Setting::new();
    let role = setting.holder("role");
    let error = setting.admin().deny(&role, &operation(), Period::ALWAYS, "").unwrap_err();
    assert_eq!(error.code(), "registry-role-deny");
    let error = setting.admin().deny_fields(&role, &operation(), &patterns(&["A"]), "").unwrap_err();
    assert_eq!(error.code(), "registry-role-deny");
}

#[test]
fn a_revoked_grant_takes_its_field_rights_along() {
    let setting = Setting::new();
    let consumer = setting.holder("consumer");
    setting.grant(&consumer);
    setting.admin().grant_fields(&consumer, &operation(), &patterns(&["A", "B"]), "").unwrap();
    assert_eq!(setting.admin().revoke(&consumer, &operation(), "").unwrap(), 2);
    setting.grant(&consumer);
    assert!(setting.ask().unwrap().fields().is_nothing());
}

#[test]
fn a_later_row_for_the_same_holder_replaces_the_earlier() {
    let setting = Setting::new();
    let consumer = setting.holder("consumer");
    setting.admin().deny(&consumer, &operation(), Period::ALWAYS, "").unwrap();
    setting.grant(&consumer);
    assert!(setting.ask().is_ok());
    let admin = setting.admin();
    admin.deny_fields(&consumer, &operation(), &patterns(&["A"]), "").unwrap();
    admin.grant_fields(&consumer, &operation(), &patterns(&["A"]), "").unwrap();
    let rights = setting.registry.rights(&name()).unwrap();
    assert_eq!((rights.grants.len(), rights.fields.len()), (1, 1));
    assert!(rights.grants[0].allowed && rights.fields[0].allowed);
}

#[test]
fn a_field_without_its_ancestor_is_pointed_out() {
    let setting = Setting::new();
    let consumer = setting.holder("consumer");
    let changed = setting.admin().grant_fields(&consumer, &operation(), &patterns(&["A/B", "C"]), "").unwrap();
    assert_eq!(changed.unreachable, patterns(&["A/B"]));
    let changed = setting.admin().grant_fields(&consumer, &operation(), &patterns(&["A"]), "").unwrap();
    assert!(changed.unreachable.is_empty());
}

#[test]
fn everything_means_every_operation_and_every_field() {
    let setting = Setting::new();
    let second = OperationName::parse("Kapia.Demo.IFirms.Find").unwrap();
    setting.admin().sync_operations(&[loaded("Kapia.Demo.IPersons.Find"), loaded(second.as_str())], "").unwrap();
    setting.admin().deny(&setting.holder("consumer"), &second, Period::ALWAYS, "").unwrap();
    assert_eq!(setting.admin().grant_everything(&name(), "demo").unwrap(), 2);
    let caller = setting.registry.identify(Some(&credential(1)), NOW).unwrap();
    for operation in [operation(), second] {
        assert!(setting.registry.permit(&caller, &operation, NOW).unwrap().fields().is_everything());
    }
    assert_eq!(setting.admin().grant_everything(&name(), "again").unwrap(), 2);
}

#[test]
fn operations_are_marked_and_never_deleted() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let admin = setting.admin();
    let synced =
        admin.sync_operations(&[loaded("Kapia.Demo.IFirms.Find"), loaded("Kapia.Demo.IFirms.Find")], "").unwrap();
    assert_eq!((synced.added.len(), synced.present), (1, 1));
    assert_eq!(synced.missing, [operation()]);
    let known = setting.registry.operations().unwrap();
    assert_eq!(known.iter().map(|row| row.present).collect::<Vec<_>>(), [true, false]);
    assert!(setting.ask().is_ok(), "another node may have the package");
    let synced = admin.sync_operations(&[loaded("Kapia.Demo.IPersons.Find")], "").unwrap();
    assert_eq!(synced.returned, [operation()]);
    assert_eq!(setting.registry.rights(&name()).unwrap().grants.len(), 1);
}

#[test]
fn an_operation_switched_off_stays_off_when_it_is_seen_again() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    setting.admin().set_operation_enabled(&operation(), false, "").unwrap();
    setting.admin().sync_operations(&[loaded("Kapia.Demo.IPersons.Find")], "").unwrap();
    assert_eq!(setting.ask().unwrap_err().reason(), Reason::OperationDisabled);
}

#[test]
fn the_rights_of_a_consumer_are_shown_with_where_they_come_from() {
    let setting = Setting::new();
    let role = setting.holder("role");
    let of_certificate = setting.role_of(&setting.certificate(1));
    for holder in [&role, &of_certificate, &setting.holder("consumer"), &setting.certificate(1)] {
        setting.grant(holder);
    }
    setting.admin().add_consumer(&NewConsumer::named(ConsumerName::parse("Друга").unwrap()), "").unwrap();
    let rights = setting.registry.rights(&name()).unwrap();
    let mut holders: Vec<String> = rights.grants.iter().map(|grant| grant.holder.clone()).collect();
    holders.sort();
    let certificate = format!("certificate {}", "01".repeat(32));
    assert_eq!(holders, [certificate.as_str(), "consumer Община Пример", "role Роля 0", "role Роля 1"]);
    assert_eq!(rights.consumer.roles.len(), 1);
    assert_eq!(rights.consumer.certificates[0].roles.len(), 1);
    let other = ConsumerName::parse("Друга").unwrap();
    assert!(setting.registry.rights(&other).unwrap().grants.is_empty());
}

#[test]
fn a_registry_comes_back_as_it_was_closed() {
    let setting = Setting::new();
    setting.grant(&setting.holder("role"));
    setting.admin().grant_fields(&setting.holder("consumer"), &operation(), &patterns(&["A/**"]), "").unwrap();
    let path = setting.registry.path().to_owned();
    let before = format!("{:?}", setting.registry.rights(&name()).unwrap());
    drop(setting.registry);
    let registry = Registry::open(path).unwrap();
    assert_eq!(format!("{:?}", registry.rights(&name()).unwrap()), before);
    let caller = registry.identify(Some(&credential(1)), NOW).unwrap();
    assert!(registry.permit(&caller, &operation(), NOW).is_ok());
}

#[test]
fn a_value_written_past_the_program_is_an_error_and_the_last_rights_stay() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let connection = rusqlite::Connection::open(setting.registry.path()).unwrap();
    connection.execute("update operation_grants set valid_to = 'tomorrow'", []).unwrap();
    let error = setting.registry.refresh_if_changed().unwrap_err();
    assert!(matches!(error, RegistryError::Corrupt { table: "operation_grants", .. }), "{error}");
    assert!(setting.ask().is_ok());
    connection.execute("update operation_grants set valid_to = null", []).unwrap();
    assert!(setting.registry.refresh_if_changed().unwrap());
}

#[test]
fn the_certificate_itself_is_kept_for_export() {
    let setting = Setting::new();
    let new = NewCertificate {
        thumbprints: thumbprints(9),
        subject: "CN=x".into(),
        serial: "09".into(),
        period: Period::ALWAYS,
        pem: Some("-----BEGIN CERTIFICATE-----".into()),
    };
    let id = setting.admin().add_certificate(&name(), &new, "").unwrap();
    assert_eq!(setting.registry.certificate_pem(id).unwrap(), new.pem);
}
