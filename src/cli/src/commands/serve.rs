//! `kapia serve`.

use crate::command::runtime;
use crate::failure::{Exit, Failure};
use crate::running::{Running, serving};
use crate::session::Session;
use crate::signals::asked_to_end;
use crate::state::State;
use crate::summary;
use clap::Args;

/// Serves until it is asked to end.
#[derive(Debug, Args)]
pub(crate) struct Serve {}

impl Serve {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let config = session.config()?;
        runtime()?.block_on(async {
            let running = Running::open(&config, Vec::new()).await?;
            let parts = running.parts();
            let of_pages = running.portal().map(|portal| portal.remarks(session.language)).unwrap_or_default();
            let of_packages = summary::remarks(&parts.catalogue, &running.unusable, session.language);
            for remark in of_packages.into_iter().chain(of_pages) {
                tracing::warn!("{remark}");
            }
            let (packages, operations) = serving(&parts.catalogue);
            drop(parts);
            let public = running.addresses().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let admin = running.admin_address().map(|address| address.to_string()).unwrap_or_default();
            tracing::info!(packages, operations, public, admin, "serving");
            if let Some(url) = running.local_url() {
                State { url, admin: running.admin_address(), folders: Vec::new() }.write(&config.file);
            }
            let served = running.serve(asked_to_end()).await;
            State::forget(&config.file);
            let ended_well = served.unfinished == 0 && served.cut_connections == 0;
            Ok(if ended_well { Exit::Done } else { Exit::Refused })
        })
    }
}
