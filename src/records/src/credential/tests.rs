use super::*;
use crate::status::Environment;

const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

fn new(name: &str) -> NewCredential {
    NewCredential {
        name: CredentialName::parse(name).unwrap(),
        administration: "Община Пример".into(),
        suppliers: vec![Eik::parse("123456786").unwrap()],
        networks: vec!["192.0.2.0/24".parse().unwrap()],
        certificate: Some([7; 32]),
        expires_at: None,
    }
}

#[tokio::test]
async fn a_credential_is_kept_with_its_history_and_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    let password = Password::random().unwrap();
    records.add_credential(new("primer"), password.clone(), CHEAP, "mop").await.unwrap();
    let twice = records.add_credential(new("primer"), password.clone(), CHEAP, "mop").await.unwrap_err();
    assert_eq!(twice.code(), "records-credential-exists");

    records.lock_credential("primer", CredentialStatus::Locked, Some("проверка"), "mop").await.unwrap();
    let kept = records.credentials().await.unwrap().remove(0);
    assert_eq!((kept.status, kept.certificate, kept.networks.len()), (CredentialStatus::Locked, Some([7; 32]), 1));
    records.change_credential("primer", "changed", None, "mop", |known| known.networks.clear()).await.unwrap();
    assert!(records.credentials().await.unwrap()[0].networks.is_empty());
    let events = records.credential_events("primer", 10).await.unwrap();
    let events: Vec<(&str, Option<&str>)> =
        events.iter().map(|event| (event.what.as_str(), event.detail.as_deref())).collect();
    assert_eq!(events, [("changed", None), ("locked", Some("проверка")), ("added", None)]);

    let near = records.lock_credential("priemr", CredentialStatus::Active, None, "mop").await.unwrap_err();
    assert_eq!(near.code(), "records-near-credential");
    assert_eq!(near.hint(kapia_language::Language::Bulgarian), "може би primer");
    drop(records);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let octets = std::fs::read(entry.unwrap().path()).unwrap();
        let secret = password.reveal().as_bytes();
        assert!(!octets.windows(secret.len()).any(|window| window == secret), "the password is in a file");
    }
}

#[tokio::test]
async fn at_most_two_passwords_are_right_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    let name = CredentialName::parse("primer").unwrap();
    records.add_credential(new("primer"), Password::random().unwrap(), CHEAP, "mop").await.unwrap();
    let later = OffsetDateTime::now_utc() + time::Duration::days(7);
    for _ in 0..3 {
        let new = Password::random().unwrap();
        records.rotate_password("primer", new, CHEAP, Rotation::Overlap(later), "mop").await.unwrap();
    }
    let right = async |at| records.credential(name.clone(), at).await.unwrap().unwrap().1.len();
    assert_eq!(right(OffsetDateTime::now_utc()).await, 2);
    assert_eq!(right(later).await, 1);
    let new = Password::random().unwrap();
    records.rotate_password("primer", new, CHEAP, Rotation::AtOnce, "mop").await.unwrap();
    assert_eq!(right(OffsetDateTime::now_utc()).await, 1);
}
