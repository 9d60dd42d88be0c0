//! The tables as one immutable picture in memory, arranged for the questions that a call asks.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use kapia_pki::{Sha1Thumbprint, Sha256Thumbprint, Thumbprints};

use crate::callback::CallbackHost;
use crate::fields::FieldRights;
use crate::names::{ConsumerName, Oid, OperationName, RoleName};
use crate::parameter::Parameters;
use crate::pattern::FieldPattern;
use crate::period::Period;
use crate::store::Tables;
use crate::subject::{CertificateId, ConsumerId, GrantId, OperationId, RoleId, Subject};

#[derive(Default)]
pub(crate) struct Snapshot {
    consumers: HashMap<ConsumerId, Arc<Consumer>>,
    by_sha256: HashMap<Sha256Thumbprint, Arc<Certificate>>,
    by_sha1: HashMap<Sha1Thumbprint, Vec<Arc<Certificate>>>,
    by_oid: HashMap<Oid, Vec<Arc<Certificate>>>,
    by_id: HashMap<CertificateId, Arc<Certificate>>,
    operations: HashMap<OperationName, Operation>,
    roles: HashMap<RoleId, RoleName>,
    grants: HashMap<(Subject, OperationId), Grant>,
    fields: HashMap<(Subject, OperationId), Vec<(FieldPattern, bool)>>,
    pub parameters: Parameters,
}

pub(crate) struct Consumer {
    pub id: ConsumerId,
    pub name: ConsumerName,
    pub oid: Option<Oid>,
    pub administration: Option<Box<str>>,
    pub active: bool,
    pub period: Period,
    pub callback_hosts: Arc<[CallbackHost]>,
}

pub(crate) struct Certificate {
    pub id: CertificateId,
    pub thumbprints: Thumbprints,
    pub active: bool,
    pub period: Period,
    pub consumer: Arc<Consumer>,
    /// Roles of the certificate and of its consumer, sorted, each once.
    pub roles: Box<[RoleId]>,
}

pub(crate) struct Operation {
    pub id: OperationId,
    pub name: OperationName,
    pub enabled: bool,
    // Filled as callers come: which holders have field rows here → their common rights.
    rights: ArcSwap<HashMap<Box<[Subject]>, Arc<FieldRights>>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Grant {
    pub id: GrantId,
    pub allowed: bool,
    pub period: Period,
}

impl Operation {
    /// Keeps the rights and returns them, or those that somebody else kept first, so that callers may compare pointers.
    fn keep(&self, key: Box<[Subject]>, built: Arc<FieldRights>) -> Arc<FieldRights> {
        self.rights.rcu(|known| {
            if known.contains_key(&key) {
                return Arc::clone(known);
            }
            let mut more = HashMap::clone(known);
            more.insert(key.clone(), Arc::clone(&built));
            Arc::new(more)
        });
        self.rights.load().get(&key).map_or(built, Arc::clone)
    }
}

impl Snapshot {
    pub(crate) fn build(tables: Tables) -> Self {
        let mut callback_hosts: HashMap<ConsumerId, Vec<CallbackHost>> = HashMap::new();
        for row in tables.callback_hosts {
            callback_hosts.entry(row.consumer).or_default().push(row.host);
        }
        let consumers: HashMap<ConsumerId, Arc<Consumer>> = tables
            .consumers
            .into_iter()
            .map(|row| {
                let consumer = Consumer {
                    id: row.id,
                    name: row.name,
                    oid: row.oid,
                    administration: row.administration.map(Into::into),
                    active: row.active,
                    period: row.period,
                    callback_hosts: callback_hosts.remove(&row.id).unwrap_or_default().into(),
                };
                (row.id, Arc::new(consumer))
            })
            .collect();
        let mut members: HashMap<Subject, Vec<RoleId>> = HashMap::new();
        for member in &tables.members {
            members.entry(member.member).or_default().push(member.role);
        }
        let mut snapshot = Self { parameters: Parameters::build(tables.parameters), ..Self::default() };
        for oid in consumers.values().filter_map(|consumer| consumer.oid.clone()) {
            snapshot.by_oid.insert(oid, Vec::new());
        }
        for row in tables.certificates {
            // A foreign key guarantees the consumer; a certificate without one would identify nobody.
            let Some(consumer) = consumers.get(&row.consumer) else { continue };
            let mut roles: Vec<RoleId> = [Subject::Certificate(row.id), Subject::Consumer(row.consumer)]
                .iter()
                .filter_map(|subject| members.get(subject))
                .flatten()
                .copied()
                .collect();
            roles.sort_unstable();
            roles.dedup();
            let certificate = Arc::new(Certificate {
                id: row.id,
                thumbprints: row.thumbprints,
                active: row.active,
                period: row.period,
                consumer: Arc::clone(consumer),
                roles: roles.into(),
            });
            snapshot.by_sha256.insert(row.thumbprints.sha256, Arc::clone(&certificate));
            snapshot.by_sha1.entry(row.thumbprints.sha1).or_default().push(Arc::clone(&certificate));
            if let Some(oid) = &consumer.oid {
                snapshot.by_oid.entry(oid.clone()).or_default().push(Arc::clone(&certificate));
            }
            snapshot.by_id.insert(row.id, certificate);
        }
        snapshot.consumers = consumers;
        for row in tables.operations {
            let operation =
                Operation { id: row.id, name: row.name.clone(), enabled: row.enabled, rights: ArcSwap::default() };
            snapshot.operations.insert(row.name, operation);
        }
        snapshot.roles = tables.roles.into_iter().map(|row| (row.id, row.name)).collect();
        for row in tables.grants {
            let grant = Grant { id: row.id, allowed: row.allowed, period: row.period };
            snapshot.grants.insert((row.subject, row.operation), grant);
        }
        for row in tables.fields {
            snapshot.fields.entry((row.subject, row.operation)).or_default().push((row.pattern, row.allowed));
        }
        snapshot
    }

    pub(crate) fn by_thumbprints(&self, thumbprints: &Thumbprints) -> Option<&Arc<Certificate>> {
        // Both digests must agree: a row whose SHA-1 was mistyped identifies nobody.
        self.by_sha256.get(&thumbprints.sha256).filter(|certificate| certificate.thumbprints == *thumbprints)
    }

    pub(crate) fn by_sha256(&self, thumbprint: &Sha256Thumbprint) -> Option<&Arc<Certificate>> {
        self.by_sha256.get(thumbprint)
    }

    /// All certificates of a SHA-1: more than one is a forgery, and it is not told which.
    pub(crate) fn by_sha1(&self, thumbprint: &Sha1Thumbprint) -> &[Arc<Certificate>] {
        self.by_sha1.get(thumbprint).map_or(&[], Vec::as_slice)
    }

    /// All certificates of the consumer with this object identifier; `None` if there is no such consumer.
    pub(crate) fn by_oid(&self, oid: &Oid) -> Option<&[Arc<Certificate>]> {
        self.by_oid.get(oid).map(Vec::as_slice)
    }

    pub(crate) fn consumer(&self, id: ConsumerId) -> Option<&Arc<Consumer>> {
        self.consumers.get(&id)
    }

    pub(crate) fn by_id(&self, id: CertificateId) -> Option<&Arc<Certificate>> {
        self.by_id.get(&id)
    }

    pub(crate) fn operation(&self, name: &OperationName) -> Option<&Operation> {
        self.operations.get(name)
    }

    pub(crate) fn operation_names(&self) -> impl Iterator<Item = &OperationName> {
        self.operations.keys()
    }

    pub(crate) fn role(&self, id: RoleId) -> Option<&RoleName> {
        self.roles.get(&id)
    }

    pub(crate) fn grant(&self, subject: Subject, operation: OperationId) -> Option<&Grant> {
        self.grants.get(&(subject, operation))
    }

    /// Rights of `holders` together: the same `Arc` whenever the same of them have field rows for the operation.
    pub(crate) fn rights(&self, holders: impl Iterator<Item = Subject>, operation: &Operation) -> Arc<FieldRights> {
        let key: Vec<Subject> = holders.filter(|holder| self.fields.contains_key(&(*holder, operation.id))).collect();
        if let Some(rights) = operation.rights.load().get(key.as_slice()) {
            return Arc::clone(rights);
        }
        let built = Arc::new(self.build_rights(&key, operation.id));
        operation.keep(key.into(), built)
    }

    fn build_rights(&self, holders: &[Subject], operation: OperationId) -> FieldRights {
        let rows = holders.iter().filter_map(|holder| self.fields.get(&(*holder, operation))).flatten();
        let (allowed, denied): (Vec<_>, Vec<_>) = rows.cloned().partition(|(_, allowed)| *allowed);
        let bare = |rows: Vec<(FieldPattern, bool)>| rows.into_iter().map(|(pattern, _)| pattern).collect();
        FieldRights::new(bare(allowed), bare(denied))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_builds_the_same_rights_second_receives_those_of_the_first() {
        let name = OperationName::parse("A.B").unwrap();
        let operation = Operation { id: OperationId(1), name, enabled: true, rights: ArcSwap::default() };
        let key = || Box::from([Subject::Consumer(ConsumerId(1))]);
        let (first, second) = (Arc::new(FieldRights::everything()), Arc::new(FieldRights::everything()));
        assert!(Arc::ptr_eq(&operation.keep(key(), Arc::clone(&first)), &first));
        assert!(Arc::ptr_eq(&operation.keep(key(), Arc::clone(&second)), &first));
        assert!(Arc::ptr_eq(&operation.keep(Box::from([]), Arc::clone(&second)), &second));
    }
}
