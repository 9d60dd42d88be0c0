//! What every command has: a language, a place to write to, a configuration.

use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::packages::Loaded;
use crate::paint::Paint;
use crate::state::State;
use crate::text;
use kapia_registry::Registry;
use kapia_soap::Bilingual;
use std::io::Write as _;
use std::path::PathBuf;

/// One run of the program.
pub(crate) struct Session {
    /// What a person reads.
    pub language: Language,
    /// Colours on standard output.
    pub paint: Paint,
    /// `--config`.
    pub config: Option<PathBuf>,
}

impl Session {
    /// The text in the language of the session.
    pub fn pick(&self, text: Bilingual) -> String {
        self.language.pick(text)
    }

    /// Writes to standard output. A reader that has seen enough ends the program, as it ends `cat`.
    pub fn say(&self, text: &str) {
        self.write(text.as_bytes());
    }

    /// A line of text.
    pub fn tell(&self, text: Bilingual) {
        self.say(&(self.pick(text) + "\n"));
    }

    /// Octets as they are.
    pub fn write(&self, octets: &[u8]) {
        let mut out = std::io::stdout().lock();
        if out.write_all(octets).and_then(|()| out.flush()).is_err() {
            std::process::exit(Exit::Done as i32);
        }
    }

    /// A line on standard error that begins with `warning:`.
    pub fn warn(&self, text: Bilingual) {
        eprintln!("{}: {}", self.pick(text::warning_word()), self.pick(text));
    }

    /// The configuration.
    pub fn config(&self) -> Result<Config, Failure> {
        Config::read(&Config::locate(self.config.as_deref())?)
    }

    /// The database of rights, which must be there: a command that only looks makes none.
    pub fn registry(&self, config: &Config) -> Result<Registry, Failure> {
        let file = &config.storage.registry;
        if !file.is_file() {
            return Err(Failure::usage(text::no_registry(file.display()), text::no_registry_hint()));
        }
        Ok(Registry::open(file)?)
    }

    /// The packages that the gateway of this configuration serves, those of its command line included.
    pub fn packages(&self, config: &Config) -> Result<Loaded, Failure> {
        Loaded::read(config, &self.further(config))
    }

    /// The folders of packages that stand on the command line of the gateway of this configuration.
    pub fn further(&self, config: &Config) -> Vec<PathBuf> {
        State::read(&config.file).map(|state| state.folders).unwrap_or_default()
    }

    /// Text of a value as JSON, for programs.
    pub fn say_json<T: serde::Serialize>(&self, value: &T) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::refused(text::no_json(error), text::tell_operator()))?;
        self.say(&(text + "\n"));
        Ok(())
    }
}
