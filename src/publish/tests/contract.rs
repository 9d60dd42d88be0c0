//! The client of the administrative register is the one that its WSDL gives.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

#[test]
fn the_client_is_that_of_the_wsdl() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let wsdl = folder.join("../../wsdl/iisda/AdmServicesService.wsdl");
    let made = kapia_codegen::Generator::new().wsdl(wsdl).services(true).module().unwrap();
    let path = folder.join("src/iisda/client.rs");
    if std::env::var_os("KAPIA_BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "src/iisda/client.rs is not what the WSDL gives; KAPIA_BLESS=1 writes it anew");
}
