//! Claims about by what a caller is found, and where answers to it may go.
#![allow(clippy::unwrap_used)]

mod setting;

use kapia_registry::{
    CallbackHost, Condition, ConsumerId, ConsumerName, Credential, CredentialKind, Denial, Language, NewCertificate,
    NewConsumer, Oid, Period, Permit, Reason, Thumbprints,
};
use setting::{NOW, Setting, credential, name, operation, thumbprints};
use time::Duration;

fn oid() -> Credential {
    Credential::Oid(Oid::parse("2.16.100.1.1.1").unwrap())
}

fn ask(setting: &Setting, credential: &Credential) -> Result<Permit, Denial> {
    let caller = setting.registry.identify(Some(credential), NOW)?;
    setting.registry.permit(&caller, &operation(), NOW)
}

fn another_consumer(setting: &Setting, oid: Option<&str>) -> ConsumerName {
    let other = ConsumerName::parse("Друга община").unwrap();
    let oid = oid.map(|oid| Oid::parse(oid).unwrap());
    setting.admin().add_consumer(&NewConsumer { oid, ..NewConsumer::named(other.clone()) }, "").unwrap();
    other
}

fn hosts<const N: usize>(written: [&str; N]) -> [CallbackHost; N] {
    written.map(|host| CallbackHost::parse(host).unwrap())
}

#[test]
fn every_credential_of_a_caller_leads_to_the_same_permit_and_is_remembered() {
    let setting = Setting::new();
    setting.grant(&setting.holder("role"));
    let own = thumbprints(1);
    let consumer = setting.ask().unwrap().consumer_id();
    for (credential, kind) in [
        (Credential::Certificate(own), CredentialKind::Certificate),
        (Credential::Sha1(own.sha1), CredentialKind::Sha1),
        (Credential::Sha256(own.sha256), CredentialKind::Sha256),
        (oid(), CredentialKind::Oid),
        (Credential::Accepted { consumer, certificate: own.sha256 }, CredentialKind::Accepted),
    ] {
        let permit = ask(&setting, &credential).unwrap();
        assert_eq!(permit.thumbprints(), &own);
        assert_eq!(permit.consumer_name(), &name());
        assert_eq!((permit.caller().identified_by(), credential.kind()), (kind, kind));
        let explained = setting.registry.explain(Some(&credential), &operation(), NOW);
        assert_eq!(explained.outcome.unwrap().caller().identified_by(), kind);
    }
}

#[test]
fn one_thumbprint_of_a_stranger_identifies_nobody() {
    let setting = Setting::new();
    let stranger = thumbprints(99);
    for credential in [Credential::Sha1(stranger.sha1), Credential::Sha256(stranger.sha256)] {
        let denial = ask(&setting, &credential).unwrap_err();
        assert_eq!(denial.reason(), Reason::CertificateUnknown);
        assert_eq!(denial.credential(), Some(&credential));
        assert!(denial.message(Language::English).contains(&credential.to_string()));
    }
}

#[test]
fn a_sha1_that_two_certificates_share_identifies_neither() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let forged = Thumbprints { sha1: thumbprints(1).sha1, sha256: thumbprints(2).sha256 };
    let other = another_consumer(&setting, None);
    let new = NewCertificate {
        thumbprints: forged,
        subject: "CN=forged".into(),
        serial: "02".into(),
        period: Period::ALWAYS,
        pem: None,
    };
    setting.admin().add_certificate(&other, &new, "").unwrap();
    let denial = ask(&setting, &Credential::Sha1(forged.sha1)).unwrap_err();
    assert_eq!(denial.reason(), Reason::CertificateAmbiguous);
    assert_eq!(denial.condition(), Condition::CertificateNotFound);
    assert!(ask(&setting, &credential(1)).is_ok(), "whoever shows the certificate itself is not concerned");
}

#[test]
fn an_object_identifier_that_nobody_has_identifies_nobody() {
    let setting = Setting::new();
    let unknown = Credential::Oid(Oid::parse("2.16.100.9.9").unwrap());
    let denial = ask(&setting, &unknown).unwrap_err();
    assert_eq!((denial.reason(), denial.condition()), (Reason::OidUnknown, Condition::CertificateNotFound));
    for language in Language::ALL {
        assert!(denial.message(language).contains("2.16.100.9.9"));
    }
}

#[test]
fn a_consumer_without_a_certificate_is_not_found_by_its_object_identifier() {
    let setting = Setting::new();
    another_consumer(&setting, Some("2.16.100.2.2"));
    let denial = ask(&setting, &Credential::Oid(Oid::parse("2.16.100.2.2").unwrap())).unwrap_err();
    assert_eq!((denial.reason(), denial.condition()), (Reason::OidWithoutCertificate, Condition::CertificateNotFound));
    assert!(denial.message(Language::Bulgarian).contains("2.16.100.2.2"));
}

#[test]
fn for_an_object_identifier_stands_the_newest_certificate_that_could_call() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let stands = || ask(&setting, &oid()).map(|permit| *permit.thumbprints());
    setting.add_certificate(2, Period::ALWAYS);
    assert_eq!(stands().unwrap(), thumbprints(2));
    setting.add_certificate(3, Period::new(Some(NOW + Duration::days(1)), None).unwrap());
    assert_eq!(stands().unwrap(), thumbprints(2), "what is not valid yet waits");
    let off = |id| setting.admin().set_certificate_active(&(&thumbprints(id)).into(), false, "").unwrap();
    off(2);
    assert_eq!(stands().unwrap(), thumbprints(1), "what is switched off does not stand");
    off(1);
    assert_eq!(stands().unwrap_err().reason(), Reason::CertificateNotYetValid);
    off(3);
    assert_eq!(stands().unwrap_err().reason(), Reason::CertificateInactive);
}

#[test]
fn an_object_identifier_brings_no_more_rights_than_the_certificate_that_stands_for_it() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    assert!(ask(&setting, &oid()).is_ok());
    setting.admin().deny(&setting.certificate(1), &operation(), Period::ALWAYS, "").unwrap();
    assert_eq!(ask(&setting, &oid()).unwrap_err().reason(), Reason::Denied);
    setting.admin().set_consumer_active(&name(), false, "").unwrap();
    assert_eq!(ask(&setting, &oid()).unwrap_err().reason(), Reason::ConsumerInactive);
}

#[test]
fn a_call_that_was_accepted_earlier_is_permitted_anew_by_what_holds_now() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let permit = setting.ask().unwrap();
    let kept = ConsumerId::new(permit.consumer_id().get());
    let accepted = Credential::Accepted { consumer: kept, certificate: permit.thumbprints().sha256 };
    assert!(ask(&setting, &accepted).is_ok());
    setting.admin().deny(&setting.holder("consumer"), &operation(), Period::ALWAYS, "").unwrap();
    assert_eq!(ask(&setting, &accepted).unwrap_err().reason(), Reason::Denied);
    setting.admin().set_certificate_active(&(&thumbprints(1)).into(), false, "").unwrap();
    assert_eq!(ask(&setting, &accepted).unwrap_err().reason(), Reason::CertificateInactive);
}

#[test]
fn a_call_that_was_accepted_earlier_belongs_to_one_consumer() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let other = another_consumer(&setting, None);
    let other = setting.registry.consumer(&other).unwrap().id;
    let stolen = Credential::Accepted { consumer: other, certificate: thumbprints(1).sha256 };
    assert_eq!(ask(&setting, &stolen).unwrap_err().reason(), Reason::CertificateUnknown);
}

#[test]
fn answers_go_only_where_an_operator_allowed_it() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let permit = setting.ask().unwrap();
    let listed = || setting.registry.callback_hosts(permit.consumer_id(), NOW);
    assert!(permit.callback_hosts().is_empty() && listed().is_empty());

    let both = hosts(["hooks.example.bg", "*.example.bg:8443"]);
    setting.admin().add_callback_hosts(&name(), &both, "писмо 12").unwrap();
    setting.admin().add_callback_hosts(&name(), &both[..1], "").unwrap();
    let sorted = hosts(["*.example.bg:8443", "hooks.example.bg"]);
    assert_eq!(listed()[..], sorted);
    assert_eq!(setting.ask().unwrap().callback_hosts()[..], sorted);
    assert_eq!(setting.registry.consumer(&name()).unwrap().callback_hosts, sorted);

    setting.admin().remove_callback_hosts(&name(), &both[..1], "").unwrap();
    assert_eq!(listed()[..], both[1..]);
}

#[test]
fn nothing_is_pushed_to_a_consumer_that_is_unknown_or_may_not_call() {
    let setting = Setting::new();
    setting.admin().add_callback_hosts(&name(), &hosts(["hooks.example.bg"]), "").unwrap();
    let id = setting.registry.consumer(&name()).unwrap().id;
    assert_eq!(setting.registry.callback_hosts(id, NOW).len(), 1);
    assert!(setting.registry.callback_hosts(ConsumerId::new(99), NOW).is_empty());
    let ended = Period::new(None, Some(NOW)).unwrap();
    setting.admin().set_consumer_period(&name(), ended, "").unwrap();
    assert!(setting.registry.callback_hosts(id, NOW + Duration::seconds(1)).is_empty());
    setting.admin().set_consumer_active(&name(), false, "").unwrap();
    assert!(setting.registry.callback_hosts(id, NOW).is_empty());
}

#[test]
fn changes_of_callback_hosts_are_kept_with_who_made_them_and_are_made_whole_or_not_at_all() {
    let setting = Setting::new();
    let [one, two] = hosts(["one.example.bg", "two.example.bg"]);
    setting.admin().add_callback_hosts(&name(), std::slice::from_ref(&one), "писмо 12").unwrap();
    let audit = setting.registry.audit(1).unwrap();
    assert_eq!((audit[0].action.as_str(), audit[0].actor.as_str()), ("add-callback-hosts", "tester"));
    assert_eq!(audit[0].subject, "consumer Община Пример, callback hosts one.example.bg");
    assert_eq!(audit[0].comment, "писмо 12");

    let error = setting.admin().remove_callback_hosts(&name(), &[one.clone(), two], "").unwrap_err();
    assert_eq!(error.code(), "registry-not-found");
    assert!(error.message(Language::English).contains("two.example.bg"));
    assert_eq!(setting.registry.consumer(&name()).unwrap().callback_hosts, [one]);
    assert_eq!(setting.registry.audit(1).unwrap()[0].id, audit[0].id, "what was not done is not in the list");
}
