//! Generates both renderings of one schema.

use std::path::PathBuf;

use kapia_codegen::Generator;

fn main() -> Result<(), kapia_codegen::Error> {
    println!("cargo::rerun-if-changed=vehicles.xsd");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    Generator::new().xsd("vehicles.xsd").out(out.join("ours")).run()?;
    Generator::new().xsd("vehicles.xsd").out(out.join("theirs")).yaserde(true).run()?;
    Ok(())
}
