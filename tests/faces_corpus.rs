//! The corpus of real packages as typed contracts of a running gate: every sample is answered, with what its WSDL promises.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_schema::SchemaSet;
use std::collections::BTreeMap;
use support::*;

#[test]
fn every_sample_is_answered_with_what_the_wsdl_promises() {
    let corpus = Corpus::open();
    let gate = Gate::start(GateOptions { adapters: vec![corpus.adapters()], ..GateOptions::default() });
    let packages = corpus.packages();
    assert_eq!(packages.len(), 158);
    let mut contracts: BTreeMap<&str, SchemaSet> = BTreeMap::new();
    let mut wrong = Vec::new();
    let (mut answered, mut unreadable) = (0, 0);
    let mut connection = gate.connect();
    for operation in corpus.operations() {
        let package = packages[operation.name];
        let schemas = contracts.entry(package).or_insert_with(|| schemas_of(&gate.typed_wsdl(package)));
        let name = operation.name.rsplit('.').next().unwrap();
        let call = TypedCall::of(package.to_owned().leak(), name, &operation.request).signed();
        connection.send(&call.post().octets()).unwrap();
        let read = Read::new(connection.reply().unwrap(), Soap::V11);
        let told = broken(&read, schemas);
        match (&operation.response, read.http.status) {
            _ if !told.is_empty() => wrong.push(format!("{}: {told:?}", operation.name)),
            (Some(_), 200) => {
                typed_signature(&read, &call.namespace(), &gate.certs);
                answered += 1;
            }
            (None, 500) => unreadable += 1,
            _ => wrong.push(format!("{}: {}", operation.name, read.http.everything())),
        }
    }
    println!("{} contracts, {answered} answers, {unreadable} answers that nobody can read", contracts.len());
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((contracts.len(), answered, unreadable), (60, 155, 3));
}
