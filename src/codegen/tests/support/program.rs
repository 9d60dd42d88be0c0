//! A program of generated modules, compiled without warnings, that reads and writes documents.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Form, normal};

/// The compiled program.
pub struct Program {
    binary: PathBuf,
    written: PathBuf,
}

/// What becomes of a document that is read and written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// Equal.
    Same,
    /// Equal but for blanks around values and `xsi:type`.
    Nearly,
    /// Not equal.
    Changed,
    /// Not read.
    Refused,
}

impl Program {
    /// Compiles the modules in `src/generated` of a folder; `types` are the paths of document types below them.
    pub fn compile<'p>(folder: &Path, types: impl Iterator<Item = &'p String>) -> Program {
        let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let manifest = format!(
            "[package]\nname = \"all\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             kapia-types = {{ path = {:?} }}\n\n[profile.dev]\ndebug = false\n",
            tree.join("src/types")
        );
        write_if_new(&folder.join("Cargo.toml"), &manifest);
        std::fs::copy(tree.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        std::fs::write(folder.join("src/main.rs"), main(types)).unwrap();
        let target = tree.join("target/codegen/target");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet"]).current_dir(folder).env("CARGO_TARGET_DIR", &target);
        assert!(build.status().unwrap().success(), "the generated code does not compile");
        let written = folder.join("written");
        std::fs::create_dir_all(&written).unwrap();
        // The next program of this target folder has the same name.
        let binary = folder.join("all");
        std::fs::copy(target.join("debug/all"), &binary).unwrap();
        Program { binary, written }
    }

    /// Reads and writes documents: what becomes of each, and what the program says of it.
    pub fn run<'j>(&self, jobs: impl Iterator<Item = (&'j str, &'j Path)> + Clone) -> Vec<(Kept, String)> {
        let mut child = Command::new(&self.binary).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut lines = String::new();
        for (at, (document, file)) in jobs.clone().enumerate() {
            lines.push_str(&format!("{document}\t{}\t{}\n", file.display(), self.written(at).display()));
        }
        let feeder = std::thread::spawn(move || input.write_all(lines.as_bytes()));
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap().unwrap();
        assert!(output.status.success());
        let said = String::from_utf8(output.stdout).unwrap();
        let answers: Vec<&str> = said.lines().collect();
        assert_eq!(answers.len(), jobs.clone().count());
        let judged = jobs.zip(&answers).enumerate();
        judged.map(|(at, ((_, file), answer))| (self.judge(at, file, answer), (*answer).to_owned())).collect()
    }

    fn judge(&self, at: usize, file: &Path, answer: &str) -> Kept {
        if answer != "ok" {
            return Kept::Refused;
        }
        let (before, after) = (std::fs::read(file).unwrap(), std::fs::read(self.written(at)).unwrap());
        match () {
            () if normal(&before, Form::Strict) == normal(&after, Form::Strict) => Kept::Same,
            () if normal(&before, Form::Loose) == normal(&after, Form::Loose) => Kept::Nearly,
            () => Kept::Changed,
        }
    }

    fn written(&self, at: usize) -> PathBuf {
        self.written.join(format!("{at}.xml"))
    }
}

/// The text of the program.
fn main<'p>(types: impl Iterator<Item = &'p String>) -> String {
    let mut types: Vec<&String> = types.collect();
    types.sort();
    types.dedup();
    let arms: String = types
        .iter()
        .map(|path| {
            format!("            {path:?} => generated::{path}::from_xml(&xml).map(|document| document.to_xml()),\n")
        })
        .collect();
    MAIN.replace("            ARMS\n", &arms)
}

const MAIN: &str = r#"//! All documents.
#![deny(warnings, missing_docs)]

/// All.
pub mod generated;

fn main() {
    let mut lines = std::io::stdin().lines();
    while let Some(Ok(line)) = lines.next() {
        let mut parts = line.split('\t');
        let (Some(name), Some(from), Some(to)) = (parts.next(), parts.next(), parts.next()) else { return };
        let xml = std::fs::read(from).expect("a document");
        let outcome = match name {
            ARMS
            _ => panic!("no such type: {name}"),
        };
        match outcome {
            Ok(text) => {
                std::fs::write(to, text).expect("a place to write");
                println!("ok");
            }
            Err(error) => println!("refused {}", error.to_string().replace('\n', " ")),
        }
    }
}
"#;

fn write_if_new(path: &Path, text: &str) {
    if std::fs::read_to_string(path).ok().as_deref() != Some(text) {
        std::fs::write(path, text).unwrap();
    }
}
