//! The types of the contract are those of the WSDL, and carry every message of the operations without a loss.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

#[test]
fn the_types_are_those_of_the_wsdl() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let wsdl = folder.join("../../wsdl/EgovService.wsdl");
    let made = kapia_codegen::Generator::new().wsdl(wsdl).module().unwrap();
    let path = folder.join("src/contract.rs");
    if std::env::var_os("KAPIA_BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "src/contract.rs is not what the WSDL gives; KAPIA_BLESS=1 writes it anew");
}

/// Reads a message as a type of the contract and writes it again; the canonical octets must be the same.
fn survives(name: &str, octets: &str) -> String {
    use kapia_portal::contract::*;
    macro_rules! through {
        ($($type:ident)*) => {
            match name {
                $(stringify!($type) => $type::from_xml(octets).unwrap().to_xml(),)*
                other => panic!("{other} is no document of the contract"),
            }
        };
    }
    through!(AddService UpdateService SaveServices DeactivateService ReactivateService GetService GetServiceStatus
        ListServices GetSupplier ListSuppliers GetNomenclature Ping AddServiceResponse UpdateServiceResponse
        SaveServicesResponse DeactivateServiceResponse ReactivateServiceResponse GetServiceResponse
        GetServiceStatusResponse ListServicesResponse GetSupplierResponse ListSuppliersResponse
        GetNomenclatureResponse PingResponse)
}

#[test]
fn every_golden_message_survives_the_types_without_a_loss() {
    use kapia_xml::canonical::{Method, canonicalize};
    use kapia_xml::{Document, Element, Limits};

    fn body(root: Element<'_>) -> Element<'_> {
        root.children().last().unwrap().children().next().unwrap()
    }
    fn canonical(element: Element<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        canonicalize(element, Method::Exclusive, &[], None, &mut out);
        out
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/soap11");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.contains("fault") || name.starts_with("door") || name.starts_with("malformed") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text = &text[text.find('<').unwrap()..];
        let document = Document::read(text.to_owned(), &Limits::default()).unwrap();
        let message = body(document.root());
        let octets = String::from_utf8(canonical(message)).unwrap();
        let again = Document::read(survives(message.local(), &octets), &Limits::default()).unwrap();
        assert_eq!(String::from_utf8(canonical(again.root())).unwrap(), octets, "{name}");
        count += 1;
    }
    assert_eq!(count, 24);
}
