//! `kapia adapter import`.

use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::text;
use clap::Args;
use kapia_packaging::{Draft, Import as Outcome, Lack, Source, Wishes, import};
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// A source, and what it does not say.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Folder of the project, or a .nupkg file.
    #[arg(value_name = "SOURCE")]
    source: PathBuf,
    /// Folder for the package, new or empty.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Full name of an operation that the source does not describe; may be repeated.
    #[arg(long = "operation", value_name = "FULL.NAME")]
    operations: Vec<String>,
    /// What the source does not say: name, administration, register, contract, or OPERATION.KEY such as
    /// GetThing.response_root.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<Wish>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// What is said.
    pub key: String,
    /// What it is.
    pub value: String,
}

impl std::str::FromStr for Wish {
    type Err = String;

    fn from_str(text: &str) -> Result<Wish, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() && !value.trim().is_empty() => {
                Ok(Wish { key: key.trim().to_owned(), value: value.trim().to_owned() })
            }
            _ => Err(text::set_shape().en),
        }
    }
}

impl Import {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        refuse_taken(&self.out)?;
        let mut wishes = Wishes {
            operations: self.operations,
            values: self.set.into_iter().map(|wish| (wish.key, wish.value)).collect(),
        };
        let person = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        loop {
            let source = Source::read(&self.source)?;
            match import(source, &wishes)? {
                Outcome::Done(imported) => {
                    write(session, &imported.draft, &self.out)?;
                    let language = session.language.named();
                    for remark in &imported.remarks {
                        session.say(&format!("  {}\n", session.paint.dim(language.pick(&remark.en, &remark.bg))));
                    }
                    session.tell(text::package_next(self.out.display()));
                    return Ok(Exit::Done);
                }
                Outcome::Lacks(lacks) if person => {
                    for lack in lacks {
                        let value = ask(session, &lack)?;
                        wishes.values.insert(lack.key, value);
                    }
                }
                Outcome::Lacks(lacks) => {
                    for lack in &lacks {
                        eprintln!("{}", shown(session, lack));
                    }
                    return Err(Failure::usage(text::import_lacks(lacks.len()), text::import_lacks_hint()));
                }
            }
        }
    }
}

/// Refuses a folder that holds something already.
pub(crate) fn refuse_taken(folder: &Path) -> Result<(), Failure> {
    let taken = folder.exists() && std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_some());
    match taken {
        true => Err(Failure::usage(text::out_taken(folder.display()), text::out_taken_hint())),
        false => Ok(()),
    }
}

/// Writes a package and tells what is in it.
pub(crate) fn write(session: &Session, draft: &Draft, folder: &Path) -> Result<(), Failure> {
    let files = draft.write(folder)?;
    session.tell(text::wrote_package(folder.display(), files));
    for operation in &draft.operations {
        session.tell(text::wrote_operation(&operation.name, &operation.request_root, &operation.response_root));
    }
    Ok(())
}

fn shown(session: &Session, lack: &Lack) -> String {
    let question = session.language.named().pick(&*lack.question.en, &*lack.question.bg).to_owned();
    let mut out = format!("  --set {}=…  {question}", lack.key);
    for option in lack.options.iter().take(20) {
        out.push_str(&format!("\n      --set '{}={option}'", lack.key));
    }
    out
}

fn ask(session: &Session, lack: &Lack) -> Result<String, Failure> {
    let question = session.language.named().pick(&*lack.question.en, &*lack.question.bg).to_owned();
    for (number, option) in lack.options.iter().enumerate() {
        eprintln!("  {}. {option}", number + 1);
    }
    loop {
        eprint!("{}", session.pick(text::ask_value(&question)));
        let _ = std::io::stderr().flush();
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        // The end of the input is an answer too: nothing more is coming.
        if !matches!(read, Ok(octets) if octets > 0) {
            return Err(Failure::usage(text::import_lacks(1), text::import_lacks_hint()));
        }
        let said = line.trim();
        let chosen = said.parse::<usize>().ok().and_then(|number| lack.options.get(number.checked_sub(1)?));
        match chosen.map(String::as_str).or(Some(said)).filter(|value| !value.is_empty()) {
            Some(value) => return Ok(value.to_owned()),
            None => continue,
        }
    }
}
