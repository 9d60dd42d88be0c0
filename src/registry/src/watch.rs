//! The thread that notices changes made by other processes.

use std::sync::Arc;
use std::time::Duration;

use kapia_storage::Periodic;

use crate::error::RegistryError;
use crate::registry::Registry;
use crate::store::STORE;
use kapia_language::Language;

/// A running watch; the thread ends when this is dropped.
#[must_use = "the watch ends when it is dropped"]
pub struct Watch {
    _looking: Periodic,
}

impl Registry {
    /// Looks for changes every `every` (a second is plenty: one look is one pragma) until the watch is dropped.
    pub fn watch(registry: Arc<Self>, every: Duration) -> Result<Watch, RegistryError> {
        let path = registry.path().to_owned();
        let mut failing = false;
        let looking = Periodic::start("kapia-registry", every, move || failing = !look(&registry, failing))
            .map_err(|error| STORE.file_error(&path, &error))?;
        Ok(Watch { _looking: looking })
    }
}

/// Looks once; whether it could. A trouble is told once, not at every look that meets it.
fn look(registry: &Registry, failing: bool) -> bool {
    match registry.refresh_if_changed() {
        Ok(changed) => {
            if changed {
                tracing::info!("access rights were read again");
            }
            true
        }
        Err(error) => {
            if !failing {
                let hint = error.hint(Language::English);
                tracing::error!(code = error.code(), %error, hint, "access rights cannot be read; the last ones stay in use");
            }
            false
        }
    }
}
