//! The thread that notices changes made by other processes.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::RegistryError;
use crate::registry::Registry;
use kapia_language::Language;

/// A running watch; the thread ends when this is dropped.
#[must_use = "the watch ends when it is dropped"]
pub struct Watch {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Registry {
    /// Looks for changes every `every` (a second is plenty: one look is one pragma) until the watch is dropped.
    pub fn watch(registry: Arc<Self>, every: Duration) -> Result<Watch, RegistryError> {
        let (stop, stopped) = mpsc::channel();
        let path = registry.path().to_owned();
        let thread = std::thread::Builder::new()
            .name("kapia-registry".to_owned())
            .spawn(move || look(&registry, every, &stopped))
            .map_err(|error| RegistryError::File { path, cause: error.to_string() })?;
        Ok(Watch { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A watch that panicked has nothing more to say than its panic already did.
            let _ = thread.join();
        }
    }
}

fn look(registry: &Registry, every: Duration, stopped: &mpsc::Receiver<()>) {
    let mut failing = false;
    while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
        match registry.refresh_if_changed() {
            Ok(changed) => {
                if changed {
                    tracing::info!("access rights were read again");
                }
                failing = false;
            }
            Err(error) if !failing => {
                failing = true;
                let hint = error.hint(Language::English);
                tracing::error!(code = error.code(), %error, hint, "access rights cannot be read; the last ones stay in use");
            }
            Err(_) => {}
        }
    }
}
