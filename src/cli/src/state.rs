//! `running.json` beside the configuration: where the gateway that was started last can be reached, and with what.

use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What other commands cannot know from the configuration: a port that was chosen freely, folders from a command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Base address for consumers on this machine.
    pub url: String,
    /// Address of health and metrics, with its port.
    #[serde(default)]
    pub admin: Option<SocketAddr>,
    /// Folders of packages that do not stand in the configuration.
    pub folders: Vec<PathBuf>,
}

impl State {
    /// What was written down beside this configuration; nothing if it cannot be read.
    pub fn read(config: &Path) -> Option<State> {
        serde_json::from_slice(&std::fs::read(file(config)).ok()?).ok()
    }

    /// Writes it down. A configuration may lie in a folder that cannot be written; then other commands need `--url`.
    pub fn write(&self, config: &Path) {
        let written = serde_json::to_vec_pretty(self).map_err(std::io::Error::other);
        if let Err(error) = written.and_then(|text| std::fs::write(file(config), text)) {
            tracing::debug!(%error, "running.json could not be written");
        }
    }

    /// Takes it away: nothing serves any more.
    pub fn forget(config: &Path) {
        let _ = std::fs::remove_file(file(config));
    }
}

fn file(config: &Path) -> PathBuf {
    config.with_file_name("running.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("kapia.toml");
        let (url, admin) = ("https://localhost:8443".into(), "127.0.0.1:9443".parse().ok());
        let state = State { url, admin, folders: vec!["/srv/adapters".into()] };
        assert_eq!(State::read(&config), None);
        state.write(&config);
        assert_eq!(State::read(&config), Some(state));
    }
}
