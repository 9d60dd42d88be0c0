fn main() {
    let mut generator = kapia_codegen::Generator::new();
    let mut arguments = std::env::args().skip(1);
    while let (Some(flag), Some(value)) = (arguments.next(), arguments.next()) {
        generator = match &*flag {
            "--wsdl" => generator.wsdl(value),
            "--xsd" => generator.xsd(value),
            "--package" => generator.package(value),
            _ => generator.out(value),
        };
    }
    match generator.run() {
        Ok(files) => println!("{} files", files.len()),
        Err(error) => println!("{error}"),
    }
}
