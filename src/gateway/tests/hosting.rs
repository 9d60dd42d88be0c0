//! What a core's matrix opens leaves a host, and nothing else, whatever the matrix.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use kapia_adapter::{Catalogue, DirectoryFiles, Package};
use kapia_gateway::{HostIncoming, Hosting, HostingParts, Settings};
use kapia_regix::host::{Access, Binding, Call, CallParameters, Execute, Function, read_result};
use kapia_schema::Field;
use kapia_xml::{Document, Element, Limits};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;
use time::OffsetDateTime;

const OPERATION: &str = "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.PersonDataSearch";
const ARGUMENT: &str = "<PersonDataRequest xmlns='http://egov.bg/RegiX/GRAO/NBD/PersonDataRequest'><EGN>7605239965</EGN></PersonDataRequest>";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_the_matrix_opens_leaves_and_nothing_else(choices in prop::collection::vec(any::<u8>(), 64)) {
        let everything = paths(&answer(&opened(|_| true)));
        prop_assert!(everything.len() > 15, "{everything:?}");
        let mut at = 0;
        let mut open = BTreeSet::new();
        let access = opened(|path| {
            at += 1;
            let kept = choices[at % choices.len()] % 4 != 0;
            if kept {
                open.insert(path.to_owned());
            }
            kept
        });
        let visible = |path: &String| {
            let steps: Vec<&str> = path.split('/').collect();
            (1..=steps.len()).all(|length| open.contains(&steps[..length].join("/")))
        };
        let expected: BTreeSet<String> = everything.into_iter().filter(visible).collect();
        prop_assert_eq!(paths(&answer(&access)), expected);
    }
}

/// A matrix with a line for every field of the answer, open or closed.
fn opened(mut decide: impl FnMut(&str) -> bool) -> Access {
    fn lines(field: &Field, access: &mut Access, decide: &mut dyn FnMut(&str) -> bool) {
        for child in field.children() {
            let open = decide(child.path());
            let line = access.grant(child.local());
            line.has_access = open;
            lines(&child, line, decide);
            line.has_access = open;
        }
    }
    let operation = PACKAGE.operations.iter().find(|operation| operation.name.as_str() == OPERATION).unwrap();
    let mut access = Access::granted();
    lines(&operation.response.fields.root(), &mut access, &mut decide);
    access
}

/// The answer of the host, as the core reads it.
fn answer(access: &Access) -> (Document, kapia_xml::ElementId) {
    let argument = Document::read(ARGUMENT.as_bytes().to_vec(), &Limits::default()).unwrap();
    let parameters = CallParameters { service_call_id: 9, ..CallParameters::default() };
    let access = access.render();
    let call = Execute { operation: OPERATION, argument: argument.root(), access: &access, parameters: &parameters };
    let message = Call::Execute(call).write(Binding::Http, "", "");
    let incoming = HostIncoming {
        method: "POST".into(),
        path: "/NBDAdapter/Execute".into(),
        query: None,
        content_type: Some("application/xml".into()),
        body: message.body.into(),
        client_address: "127.0.0.1:1".into(),
        received: OffsetDateTime::UNIX_EPOCH,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let said = runtime.block_on(HOSTING.answer(incoming));
    assert_eq!(said.status, 200);
    let document = Document::read(said.body, &Limits::default()).unwrap();
    let result = read_result(Binding::Http, Function::Execute, &document).unwrap();
    assert!(!result.has_error, "{}", document.source());
    (document, result.response.unwrap())
}

/// The paths of all elements below the root of an answer.
fn paths((document, root): &(Document, kapia_xml::ElementId)) -> BTreeSet<String> {
    fn below(element: Element<'_>, path: &str, found: &mut BTreeSet<String>) {
        for child in element.children() {
            let path = if path.is_empty() { child.local().to_owned() } else { format!("{path}/{}", child.local()) };
            below(child, &path, found);
            found.insert(path);
        }
    }
    let mut found = BTreeSet::new();
    below(document.element(*root), "", &mut found);
    found
}

static PACKAGE: LazyLock<Package> = LazyLock::new(package);

static HOSTING: LazyLock<Hosting> = LazyLock::new(|| {
    let catalogue = Catalogue::build(vec![package()]);
    let settings = Settings::default();
    Hosting::new(HostingParts { catalogue, signer: None, journal: None, settings, settable: false, parameters: None })
});

fn package() -> Package {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/registers/RegiX.GraoNBDAdapter");
    Package::read(&DirectoryFiles::open(&folder).unwrap()).unwrap()
}
