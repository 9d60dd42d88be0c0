//! Writes the typed WSDL of every package below a folder: `cargo run -p kapia-faces --example wsdl -- PACKAGES OUT`.
#![forbid(unsafe_code)]

use kapia_adapter::{Backends, read_packages};
use kapia_faces::Face;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [packages, out] = arguments.as_slice() else { return Err("PACKAGES OUT".into()) };
    for found in read_packages(Path::new(packages), &Backends::standard()).map_err(|problem| problem.to_string())? {
        let package = found.package.map_err(|error| error.to_string())?;
        let register = package.register.as_deref().unwrap_or_default();
        let face = Face::new(&package.name, register, package.operations.iter().cloned());
        let wsdl = kapia_soap::wsdl::addressed(face.wsdl().map_err(ToString::to_string)?, "https://localhost:8443");
        std::fs::write(Path::new(out).join(format!("{}.wsdl", package.name)), wsdl)?;
    }
    Ok(())
}
