//! What the operating system asks of a process that serves.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Requests to read everything anew: SIGHUP. From its making on, the signal no longer ends the process.
pub(crate) struct Hangup(#[cfg(unix)] Option<Signal>);

impl Hangup {
    /// Begins to listen; must be called inside a runtime.
    pub fn listen() -> Hangup {
        Hangup(
            #[cfg(unix)]
            signal(SignalKind::hangup()).ok(),
        )
    }

    /// Ready at the next request; never on systems without such a signal.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.0
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

/// Ready when the process is asked to end: SIGTERM, or Ctrl-C.
pub(crate) async fn asked_to_end() {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal(SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => return,
            _ = tokio::signal::ctrl_c() => return,
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
