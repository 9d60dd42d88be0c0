//! Claims about whole types: derivation, judging, values, texts.

use std::collections::HashSet;
use std::sync::Arc;

use super::*;

mod deriving;
mod judging;
mod texts;

fn built_in(builtin: Builtin) -> Arc<SimpleType> {
    builtin.simple_type()
}

fn facets(list: &[(&str, &str)]) -> Vec<Facet> {
    list.iter().map(|(name, value)| Facet::new(FacetKind::by_name(name).unwrap(), *value)).collect()
}

fn restrict(base: &Arc<SimpleType>, list: &[(&str, &str)]) -> Result<Arc<SimpleType>, FacetError> {
    SimpleType::restrict(base, facets(list), None).map(Arc::new)
}

fn derived(builtin: Builtin, list: &[(&str, &str)]) -> Arc<SimpleType> {
    restrict(&built_in(builtin), list).unwrap()
}

fn list_of(item: &Arc<SimpleType>) -> Arc<SimpleType> {
    Arc::new(SimpleType::list(item, None).unwrap())
}

fn union_of(members: &[Builtin]) -> Arc<SimpleType> {
    Arc::new(SimpleType::union(members.iter().map(|member| member.simple_type()).collect(), None))
}

/// The broken rule of a literal, `None` if it is valid; both ways of judging must agree.
fn rule(simple: &SimpleType, literal: &str) -> Option<ValueRule> {
    let checked = simple.check(literal, &()).err().map(|error| error.rule);
    let validated = simple.validate(literal, &()).err().map(|error| error.rule);
    assert_eq!(checked, validated, "{literal}");
    checked
}

fn value(simple: &SimpleType, literal: &str) -> Value {
    simple.validate(literal, &()).unwrap()
}

struct Namespaces(&'static [(&'static str, &'static str)]);

impl Prefixes for Namespaces {
    fn resolve(&self, prefix: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == prefix).map(|(_, namespace)| *namespace)
    }
}

#[test]
fn types_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<SimpleType>();
    shared::<Value>();
    shared::<ValueError>();
    shared::<FacetError>();
}

#[test]
fn equal_values_are_one_key() {
    let key = |builtin: Builtin, literal: &str| value(&built_in(builtin), literal);
    let keys: HashSet<Value> = [
        key(Builtin::Decimal, "1.0"),
        key(Builtin::Decimal, "1.00"),
        key(Builtin::Integer, "+1"),
        key(Builtin::String, "1"),
        key(Builtin::Token, " 1 "),
        key(Builtin::AnyUri, "1"),
        key(Builtin::Float, "1"),
        key(Builtin::Double, "1"),
        key(Builtin::Float, "-0"),
        key(Builtin::Float, "0"),
        key(Builtin::Float, "NaN"),
        key(Builtin::Float, "NaN"),
        key(Builtin::HexBinary, "0a"),
        key(Builtin::HexBinary, "0A"),
        key(Builtin::Base64Binary, "Cg=="),
        key(Builtin::Boolean, "1"),
        key(Builtin::Boolean, "true"),
        key(Builtin::DateTime, "2000-01-01T00:00:00Z"),
        key(Builtin::DateTime, "2000-01-01T02:00:00+02:00"),
        key(Builtin::DateTime, "2000-01-01T00:00:00"),
        key(Builtin::Duration, "P1Y"),
        key(Builtin::Duration, "P12M"),
        key(Builtin::Nmtokens, "1"),
        key(Builtin::Nmtoken, "1"),
    ]
    .into_iter()
    .collect();
    // 1 as decimal, string, URI, float, double; zero; NaN; octets twice; true; two instants; a year; a list.
    assert_eq!(keys.len(), 14);
}
