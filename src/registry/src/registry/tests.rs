use std::collections::BTreeSet;
use std::sync::Arc;

use kapia_pki::Thumbprints;
use proptest::prelude::*;
use time::{Duration, OffsetDateTime};

use super::*;
use crate::explain::StepKind;
use crate::fields::Verdict;
use crate::names::{ConsumerName, RoleName};
use crate::pattern::FieldPattern;
use crate::period::Period;
use crate::store::{CertificateRow, ConsumerRow, FieldRow, GrantRow, MemberRow, OperationRow, RoleRow};
use crate::subject::{CertificateId, ConsumerId, GrantId, OperationId, RoleId, Subject};

const CONSUMERS: i64 = 2;
const CERTIFICATES: i64 = 3;
const ROLES: i64 = 3;
const OPERATIONS: i64 = 2;

fn now() -> OffsetDateTime {
    time::macros::datetime!(2026-11-21 12:00 UTC)
}

fn thumbprints(id: i64) -> Thumbprints {
    Thumbprints { sha1: [id as u8; 20].into(), sha256: [id as u8; 32].into() }
}

fn operation_name(id: i64) -> OperationName {
    OperationName::parse(&format!("Kapia.Demo.I.Op{id}")).unwrap()
}

fn periods() -> impl Strategy<Value = Period> {
    let end = prop::option::of(-2i64..=2);
    (end.clone(), end).prop_map(|(from, to)| {
        let at = |hours: Option<i64>| hours.map(|hours| now() + Duration::hours(hours));
        Period::new(at(from), at(to)).or_else(|_| Period::new(at(to), at(from))).unwrap()
    })
}

// Mostly on, so that the later rules are reached too.
fn mostly() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.9)
}

fn mostly_in_force() -> impl Strategy<Value = Period> {
    prop_oneof![4 => Just(Period::ALWAYS), 1 => periods()]
}

fn subjects() -> impl Strategy<Value = Subject> {
    prop_oneof![
        (1..=CONSUMERS).prop_map(|id| Subject::Consumer(ConsumerId(id))),
        (1..=CERTIFICATES).prop_map(|id| Subject::Certificate(CertificateId(id))),
        (1..=ROLES).prop_map(|id| Subject::Role(RoleId(id))),
    ]
}

fn patterns() -> impl Strategy<Value = FieldPattern> {
    prop::sample::select(vec!["**", "A", "A/**", "A/B", "A/B/**", "A/@B", "B", "B/A"])
        .prop_map(|pattern| FieldPattern::parse(pattern).unwrap())
}

// The same rows that the tables can hold: a role never denies, a holder has one grant for an operation.
prop_compose! {
    fn tables()(
        consumers in prop::collection::vec((mostly(), mostly_in_force()), CONSUMERS as usize),
        certificates in prop::collection::vec((1..=CONSUMERS, mostly(), mostly_in_force()), CERTIFICATES as usize),
        enabled in prop::collection::vec(mostly(), OPERATIONS as usize),
        members in prop::collection::vec((1..=ROLES, subjects()), 0..6),
        grants in prop::collection::vec((subjects(), 1..=OPERATIONS, prop::bool::weighted(0.8), periods()), 0..8),
        fields in prop::collection::vec((subjects(), 1..=OPERATIONS, patterns(), prop::bool::weighted(0.8)), 0..12),
    ) -> Tables {
        let is_role = |subject: &Subject| matches!(subject, Subject::Role(_));
        let mut tables = Tables::default();
        for (id, (active, period)) in (1..).zip(consumers) {
            let name = ConsumerName::parse(&format!("Consumer {id}")).unwrap();
            tables.consumers.push(ConsumerRow {
                id: ConsumerId(id), name, oid: None, administration: None, active, period, created: now(),
            });
        }
        for (id, (consumer, active, period)) in (1..).zip(certificates) {
            tables.certificates.push(CertificateRow {
                id: CertificateId(id), consumer: ConsumerId(consumer), thumbprints: thumbprints(id),
                subject: String::new(), serial: String::new(), period, active, created: now(),
            });
        }
        for id in 1..=ROLES {
            let name = RoleName::parse(&format!("Role {id}")).unwrap();
            tables.roles.push(RoleRow { id: RoleId(id), name, comment: String::new() });
        }
        for (id, enabled) in (1..).zip(enabled) {
            tables.operations.push(OperationRow {
                id: OperationId(id), name: operation_name(id), title: String::new(), adapter: String::new(),
                enabled, present: true, last_seen: None,
            });
        }
        for (role, member) in members.into_iter().filter(|(_, member)| !is_role(member)) {
            tables.members.push(MemberRow { role: RoleId(role), member });
        }
        let mut taken = BTreeSet::new();
        for (id, (subject, operation, allowed, period)) in (1..).zip(grants) {
            if taken.insert((subject, operation)) {
                let allowed = allowed || is_role(&subject);
                tables.grants.push(GrantRow {
                    id: GrantId(id), subject, operation: OperationId(operation), allowed, period,
                    comment: String::new(), created: now(),
                });
            }
        }
        let mut taken = BTreeSet::new();
        for (subject, operation, pattern, allowed) in fields {
            if taken.insert((subject, operation, pattern.clone())) {
                let allowed = allowed || is_role(&subject);
                tables.fields.push(FieldRow {
                    subject, operation: OperationId(operation), pattern, allowed,
                    comment: String::new(), created: now(),
                });
            }
        }
        tables
    }
}

/// The rules of the crate's front page over the bare rows: no maps, no cache, no early end that is not in the rules.
fn naive(tables: &Tables, certificate: i64, operation: i64) -> Result<Vec<(FieldPattern, bool)>, Reason> {
    let outside = |period: Period, before: Reason, after: Reason| {
        if period.from().is_some_and(|from| now() < from) {
            Some(before)
        } else if period.to().is_some_and(|to| to < now()) {
            Some(after)
        } else {
            None
        }
    };
    let certificate =
        tables.certificates.iter().find(|row| row.id.0 == certificate).ok_or(Reason::CertificateUnknown)?;
    let consumer = tables.consumers.iter().find(|row| row.id == certificate.consumer).unwrap();
    if !certificate.active {
        return Err(Reason::CertificateInactive);
    }
    if let Some(reason) = outside(certificate.period, Reason::CertificateNotYetValid, Reason::CertificateExpired) {
        return Err(reason);
    }
    if !consumer.active {
        return Err(Reason::ConsumerInactive);
    }
    if let Some(reason) = outside(consumer.period, Reason::ConsumerNotYetValid, Reason::ConsumerExpired) {
        return Err(reason);
    }
    let operation = tables.operations.iter().find(|row| row.id.0 == operation).ok_or(Reason::OperationUnknown)?;
    let own = [Subject::Certificate(certificate.id), Subject::Consumer(consumer.id)];
    let in_role = |role: Subject| {
        tables.members.iter().any(|member| Subject::Role(member.role) == role && own.contains(&member.member))
    };
    let mine = |subject: Subject| own.contains(&subject) || in_role(subject);
    let about: Vec<&GrantRow> = tables.grants.iter().filter(|row| row.operation == operation.id).collect();
    let counts = |row: &&&GrantRow| row.period.contains(now());
    if about.iter().filter(counts).any(|row| !row.allowed && own.contains(&row.subject)) {
        return Err(Reason::Denied);
    }
    let allows: Vec<&&GrantRow> = about.iter().filter(|row| row.allowed && mine(row.subject)).collect();
    let granting: Vec<Subject> = allows.iter().copied().filter(counts).map(|row| row.subject).collect();
    if granting.is_empty() {
        let to_come = allows.iter().any(|row| row.period.from().is_some_and(|from| from > now()));
        return Err(match (allows.is_empty(), to_come) {
            (true, _) => Reason::NoAccess,
            (false, true) => Reason::GrantNotYetValid,
            (false, false) => Reason::GrantExpired,
        });
    }
    if !operation.enabled {
        return Err(Reason::OperationDisabled);
    }
    let counts = |subject: &Subject| own.contains(subject) || granting.contains(subject);
    let rows = tables.fields.iter().filter(|row| row.operation == operation.id && counts(&row.subject));
    Ok(rows.map(|row| (row.pattern.clone(), row.allowed)).collect())
}

fn naive_visible(rows: &[(FieldPattern, bool)], path: &[&str]) -> bool {
    (1..=path.len()).all(|length| {
        let covering: Vec<bool> =
            rows.iter().filter(|(pattern, _)| pattern.covers(&path[..length])).map(|(_, allowed)| *allowed).collect();
        !covering.is_empty() && covering.iter().all(|allowed| *allowed)
    })
}

const PATHS: [&[&str]; 9] =
    [&["A"], &["A", "B"], &["A", "@B"], &["A", "B", "C"], &["A", "B", "@C"], &["B"], &["B", "A"], &["C"], &["@A"]];

fn ask(snapshot: &Snapshot, certificate: i64, operation: i64) -> Result<Permit, Denial> {
    let caller = identify(snapshot, Some(&thumbprints(certificate).into()), now(), &mut Nobody)?;
    permit(snapshot, &caller, &operation_name(operation), now(), &mut Nobody)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_decision_agrees_with_the_rules_over_bare_rows(tables in tables()) {
        let snapshot = Snapshot::build(tables.clone());
        for certificate in 1..=CERTIFICATES + 1 {
            for operation in 1..=OPERATIONS + 1 {
                let decided = ask(&snapshot, certificate, operation);
                match (naive(&tables, certificate, operation), &decided) {
                    (Err(reason), Err(denial)) => prop_assert_eq!(reason, denial.reason()),
                    (Ok(rows), Ok(permit)) => {
                        for path in PATHS {
                            let visible = permit.fields().decide(path) == Verdict::Visible;
                            prop_assert_eq!(visible, naive_visible(&rows, path), "{:?}", path);
                        }
                    }
                    (expected, decided) => prop_assert!(false, "{expected:?}, but {decided:?}"),
                }
            }
        }
    }

    #[test]
    fn an_explanation_ends_as_the_call_does(tables in tables()) {
        let snapshot = Snapshot::build(tables);
        for certificate in 1..=CERTIFICATES + 1 {
            for operation in 1..=OPERATIONS + 1 {
                let mut steps: Vec<Step> = Vec::new();
                let explained = identify(&snapshot, Some(&thumbprints(certificate).into()), now(), &mut steps)
                    .and_then(|caller| {
                        permit_identified(&snapshot, caller, &operation_name(operation), now(), &mut steps)
                    });
                let decided = ask(&snapshot, certificate, operation);
                prop_assert_eq!(
                    explained.as_ref().map(Permit::sources).map_err(Denial::reason),
                    decided.as_ref().map(Permit::sources).map_err(Denial::reason)
                );
                if let Ok(permit) = &decided {
                    let allows = steps.iter().filter(|step| step.code() == "step-allow").count();
                    prop_assert_eq!(allows, permit.sources().len());
                    prop_assert!(steps.iter().all(|step| step.kind() != StepKind::Refused));
                }
            }
        }
    }

    #[test]
    fn the_same_holders_of_field_rights_share_one_set_of_rights(tables in tables()) {
        let snapshot = Snapshot::build(tables);
        let permits: Vec<Permit> = (1..=CERTIFICATES)
            .flat_map(|certificate| (1..=OPERATIONS).map(move |operation| (certificate, operation)))
            .filter_map(|(certificate, operation)| ask(&snapshot, certificate, operation).ok())
            .collect();
        for permit in &permits {
            let again = ask(&snapshot, permit.certificate_id().0, permit_number(permit)).unwrap();
            prop_assert!(Arc::ptr_eq(permit.fields(), again.fields()));
        }
        for (left, right) in permits.iter().flat_map(|left| permits.iter().map(move |right| (left, right))) {
            if Arc::ptr_eq(left.fields(), right.fields()) {
                prop_assert_eq!(left.operation(), right.operation());
                prop_assert_eq!(left.fields().allowed(), right.fields().allowed());
            }
        }
    }
}

fn permit_number(permit: &Permit) -> i64 {
    permit.operation().operation().trim_start_matches("Op").parse().unwrap()
}

#[test]
fn rights_that_are_asked_for_at_once_are_still_one_set() {
    let mut tables = Tables::default();
    let consumer = ConsumerName::parse("Consumer").unwrap();
    tables.consumers.push(ConsumerRow {
        id: ConsumerId(1),
        name: consumer,
        oid: None,
        administration: None,
        active: true,
        period: Period::ALWAYS,
        created: now(),
    });
    tables.certificates.push(CertificateRow {
        id: CertificateId(1),
        consumer: ConsumerId(1),
        thumbprints: thumbprints(1),
        subject: String::new(),
        serial: String::new(),
        period: Period::ALWAYS,
        active: true,
        created: now(),
    });
    for id in 1..=50 {
        tables.operations.push(OperationRow {
            id: OperationId(id),
            name: operation_name(id),
            title: String::new(),
            adapter: String::new(),
            enabled: true,
            present: true,
            last_seen: None,
        });
        let subject = Subject::Consumer(ConsumerId(1));
        tables.grants.push(GrantRow {
            id: GrantId(id),
            subject,
            operation: OperationId(id),
            allowed: true,
            period: Period::ALWAYS,
            comment: String::new(),
            created: now(),
        });
        tables.fields.push(FieldRow {
            subject,
            operation: OperationId(id),
            pattern: FieldPattern::everything(),
            allowed: true,
            comment: String::new(),
            created: now(),
        });
    }
    let snapshot = Snapshot::build(tables);
    let barrier = std::sync::Barrier::new(8);
    let seen: Vec<Vec<usize>> = std::thread::scope(|scope| {
        let ask_all = || {
            barrier.wait();
            (1..=50).map(|id| Arc::as_ptr(ask(&snapshot, 1, id).unwrap().fields()).addr()).collect()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask_all)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(seen[0].iter().collect::<BTreeSet<_>>().len(), 50);
}
