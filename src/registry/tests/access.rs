//! Claims about who may call what, through the tables.
#![allow(clippy::unwrap_used)]

mod setting;

use kapia_registry::{Condition, FieldPattern, Language, OperationName, Period, Reason, SubjectName, Verdict};
use setting::{NOW, Setting, credential, name, operation, thumbprints};
use time::Duration;

#[test]
fn nobody_calls_without_a_certificate_that_is_known() {
    let setting = Setting::new();
    assert_eq!(setting.registry.identify(None, NOW).unwrap_err().reason(), Reason::NoCertificate);
    let stranger = credential(99);
    let denial = setting.registry.identify(Some(&stranger), NOW).unwrap_err();
    assert_eq!(denial.reason(), Reason::CertificateUnknown);
    assert_eq!(denial.condition(), Condition::CertificateNotFound);
    assert_eq!(denial.credential(), Some(&stranger));
}

#[test]
fn a_certificate_is_known_only_if_both_of_its_thumbprints_are() {
    let setting = Setting::new();
    let mut half = thumbprints(1);
    half.sha1 = [0; 20].into();
    assert_eq!(setting.registry.identify(Some(&half.into()), NOW).unwrap_err().reason(), Reason::CertificateUnknown);
    let mut other = thumbprints(1);
    other.sha256 = [0; 32].into();
    assert_eq!(setting.registry.identify(Some(&other.into()), NOW).unwrap_err().reason(), Reason::CertificateUnknown);
}

#[test]
fn what_nobody_allowed_is_refused() {
    let setting = Setting::new();
    let denial = setting.ask().unwrap_err();
    assert_eq!((denial.reason(), denial.condition()), (Reason::NoAccess, Condition::NoAccess));
    let hint = denial.hint(Language::English);
    assert!(hint.contains("kapia grant add \"Община Пример\" Kapia.Demo.IPersons.Find"), "{hint}");
    assert!(denial.message(Language::Bulgarian).contains("няма право"));
}

#[test]
fn one_allow_on_consumer_certificate_or_role_is_enough() {
    for holder in ["consumer", "certificate", "role"] {
        let setting = Setting::new();
        setting.grant(&setting.holder(holder));
        let permit = setting.ask().unwrap();
        assert_eq!(permit.operation(), &operation());
        assert_eq!(permit.consumer_name().as_str(), "Община Пример");
        assert_eq!(permit.oid().unwrap().as_str(), "2.16.100.1.1.1");
        assert_eq!(permit.administration(), Some("Пример"));
        assert_eq!(permit.thumbprints(), &thumbprints(1));
        assert_eq!(permit.sources().len(), 1);
        assert!(permit.fields().is_nothing(), "no field rows, so nothing is visible");
    }
}

#[test]
fn an_explicit_deny_beats_every_allow() {
    for denied in ["consumer", "certificate"] {
        let setting = Setting::new();
        for holder in ["consumer", "certificate", "role"] {
            setting.grant(&setting.holder(holder));
        }
        setting.admin().deny(&setting.holder(denied), &operation(), Period::ALWAYS, "").unwrap();
        assert_eq!(setting.ask().unwrap_err().reason(), Reason::Denied);
    }
}

#[test]
fn a_deny_on_one_certificate_leaves_the_others_alone() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    setting.add_certificate(2, Period::ALWAYS);
    setting.admin().deny(&setting.certificate(2), &operation(), Period::ALWAYS, "").unwrap();
    assert!(setting.ask().is_ok());
    assert_eq!(setting.ask_with(2, NOW).unwrap_err().reason(), Reason::Denied);
}

#[test]
fn a_role_of_one_certificate_is_not_a_role_of_its_consumer() {
    let setting = Setting::new();
    setting.add_certificate(2, Period::ALWAYS);
    let role = setting.role_of(&setting.certificate(2));
    setting.grant(&role);
    assert!(setting.ask_with(2, NOW).is_ok());
    assert_eq!(setting.ask().unwrap_err().reason(), Reason::NoAccess);
}

#[test]
fn a_grant_counts_from_its_first_moment_to_its_last() {
    let setting = Setting::new();
    let period = Period::new(Some(NOW), Some(NOW + Duration::HOUR)).unwrap();
    setting.admin().grant(&setting.holder("consumer"), &operation(), period, "").unwrap();
    let reason = |after: Duration| setting.ask_with(1, NOW + after).map(drop).map_err(|denial| denial.reason());
    assert_eq!(reason(-Duration::MICROSECOND), Err(Reason::GrantNotYetValid));
    assert_eq!(reason(Duration::ZERO), Ok(()));
    assert_eq!(reason(Duration::HOUR), Ok(()));
    assert_eq!(reason(Duration::HOUR + Duration::MICROSECOND), Err(Reason::GrantExpired));
}

#[test]
fn a_deny_outside_its_dates_does_not_count() {
    let setting = Setting::new();
    setting.grant(&setting.holder("role"));
    let past = Period::new(None, Some(NOW - Duration::SECOND)).unwrap();
    setting.admin().deny(&setting.holder("consumer"), &operation(), past, "").unwrap();
    assert!(setting.ask().is_ok());
}

#[test]
fn certificate_and_consumer_have_dates_too() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let hour = Period::new(Some(NOW), Some(NOW + Duration::HOUR)).unwrap();
    setting.add_certificate(2, hour);
    let reason =
        |id: u8, after: Duration| setting.ask_with(id, NOW + after).map(drop).map_err(|denial| denial.reason());
    assert_eq!(reason(2, -Duration::MICROSECOND), Err(Reason::CertificateNotYetValid));
    assert_eq!(reason(2, Duration::ZERO), Ok(()));
    assert_eq!(reason(2, Duration::HOUR), Ok(()));
    assert_eq!(reason(2, Duration::HOUR + Duration::MICROSECOND), Err(Reason::CertificateExpired));
    setting.admin().set_consumer_period(&name(), hour, "").unwrap();
    assert_eq!(reason(1, -Duration::MICROSECOND), Err(Reason::ConsumerNotYetValid));
    assert_eq!(reason(1, Duration::HOUR), Ok(()));
    assert_eq!(reason(1, Duration::HOUR + Duration::MICROSECOND), Err(Reason::ConsumerExpired));
}

#[test]
fn what_is_switched_off_is_refused_and_what_is_switched_on_again_is_not() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let admin = setting.admin();
    admin.set_certificate_active(&(&thumbprints(1)).into(), false, "").unwrap();
    let denial = setting.ask().unwrap_err();
    assert_eq!((denial.reason(), denial.condition()), (Reason::CertificateInactive, Condition::CertificateNotActive));
    assert_eq!(denial.caller().unwrap().consumer_name(), &name(), "the journal wants to know who was refused");
    admin.set_certificate_active(&(&thumbprints(1)).into(), true, "").unwrap();
    admin.set_consumer_active(&name(), false, "").unwrap();
    assert_eq!(setting.ask().unwrap_err().reason(), Reason::ConsumerInactive);
    admin.set_consumer_active(&name(), true, "").unwrap();
    admin.set_operation_enabled(&operation(), false, "").unwrap();
    let denial = setting.ask().unwrap_err();
    assert_eq!((denial.reason(), denial.condition()), (Reason::OperationDisabled, Condition::ServiceDisabled));
    admin.set_operation_enabled(&operation(), true, "").unwrap();
    assert!(setting.ask().is_ok());
}

#[test]
fn a_certificate_switched_off_after_identification_gets_no_permit() {
    let setting = Setting::new();
    setting.grant(&setting.holder("consumer"));
    let caller = setting.registry.identify(Some(&credential(1)), NOW).unwrap();
    setting.admin().set_certificate_active(&(&thumbprints(1)).into(), false, "").unwrap();
    let denial = setting.registry.permit(&caller, &operation(), NOW).unwrap_err();
    assert_eq!(denial.reason(), Reason::CertificateInactive);
}

#[test]
fn who_may_not_call_does_not_learn_that_the_operation_is_switched_off() {
    let setting = Setting::new();
    setting.admin().set_operation_enabled(&operation(), false, "").unwrap();
    assert_eq!(setting.ask().unwrap_err().reason(), Reason::NoAccess);
}

#[test]
fn an_unknown_operation_is_named_with_its_nearest_neighbour() {
    let setting = Setting::new();
    let caller = setting.registry.identify(Some(&credential(1)), NOW).unwrap();
    let mistyped = OperationName::parse("Kapia.Demo.IPerson.Find").unwrap();
    let denial = setting.registry.permit(&caller, &mistyped, NOW).unwrap_err();
    assert_eq!((denial.reason(), denial.condition()), (Reason::OperationUnknown, Condition::CertificateNotFound));
    for language in Language::ALL {
        assert!(denial.hint(language).contains("Kapia.Demo.IPersons.Find?"), "{}", denial.hint(language));
    }
}

#[test]
fn field_rights_come_from_the_roles_that_grant_and_from_no_others() {
    let setting = Setting::new();
    let consumer = setting.holder("consumer");
    let granting = setting.holder("role");
    let idle = setting.role_of(&consumer);
    setting.grant(&granting);
    let pattern = |text: &str| [FieldPattern::parse(text).unwrap()];
    let admin = setting.admin();
    admin.grant_fields(&granting, &operation(), &pattern("A/**"), "").unwrap();
    admin.grant_fields(&idle, &operation(), &pattern("B/**"), "").unwrap();
    admin.grant_fields(&consumer, &operation(), &pattern("C"), "").unwrap();
    admin.deny_fields(&setting.certificate(1), &operation(), &pattern("A/Secret"), "").unwrap();
    let permit = setting.ask().unwrap();
    let verdict = |path: &[&str]| permit.fields().decide(path);
    assert_eq!(verdict(&["A", "X"]), Verdict::Visible);
    assert_eq!(verdict(&["A", "Secret"]), Verdict::Denied);
    assert_eq!(verdict(&["B"]), Verdict::NotAllowed, "the role does not grant the operation");
    assert_eq!(verdict(&["C"]), Verdict::Visible);
    setting.grant(&idle);
    assert_eq!(setting.ask().unwrap().fields().decide(&["B"]), Verdict::Visible);
}

#[test]
fn field_rights_without_a_grant_open_nothing() {
    let setting = Setting::new();
    setting.admin().grant_fields(&setting.holder("consumer"), &operation(), &[FieldPattern::everything()], "").unwrap();
    assert_eq!(setting.ask().unwrap_err().reason(), Reason::NoAccess);
}

#[test]
fn an_explanation_tells_every_step_and_ends_as_the_call_does() {
    let setting = Setting::new();
    setting.grant(&setting.holder("role"));
    let explain = || setting.registry.explain(Some(&credential(1)), &operation(), NOW);
    let codes = |explanation: &kapia_registry::Explanation| -> Vec<&str> {
        explanation.steps.iter().map(kapia_registry::Step::code).collect()
    };
    let allowed = explain();
    assert!(allowed.outcome.is_ok());
    let expected = [
        "step-certificate",
        "step-certificate-standing",
        "step-consumer-standing",
        "step-operation",
        "step-allow",
        "step-access",
        "step-enabled",
        "step-fields-nothing",
    ];
    assert_eq!(codes(&allowed), expected);
    assert!(allowed.steps[4].message(Language::English).contains("role "));
    setting.admin().deny(&setting.certificate(1), &operation(), Period::ALWAYS, "").unwrap();
    let refused = explain();
    assert_eq!(refused.outcome.as_ref().unwrap_err().reason(), Reason::Denied);
    assert_eq!(codes(&refused)[4..], ["step-deny", "step-refused"]);
    let last = refused.steps.last().unwrap();
    assert!(last.message(Language::Bulgarian).contains("изрично забранена"));
    let nobody = setting.registry.explain(None, &operation(), NOW);
    assert_eq!(codes(&nobody), ["step-refused"]);
}

#[test]
fn a_holder_is_named_by_either_thumbprint() {
    let setting = Setting::new();
    let short: SubjectName = SubjectName::Certificate("01".repeat(20).parse().unwrap());
    setting.grant(&short);
    assert!(setting.ask().is_ok());
}
