//! What a changed configuration makes of the portal while it serves.

use super::pushing::{Target, targets};
use super::served::Served;
use super::{Portal, Site};
use crate::config::Config;
use crate::failure::Failure;
use crate::text;
use std::sync::Arc;

/// What a configuration says now, ready to be taken over.
pub(crate) struct Renewal {
    sites: Vec<(Arc<Site>, Served)>,
    targets: Option<Vec<Target>>,
    /// What does not come into force before the next start.
    waiting: Vec<String>,
}

impl Portal {
    /// Prepares what a configuration says now: everything but stores, addresses, and which environments there are. Nothing is in
    /// force before [`Portal::take_over`].
    ///
    /// # Errors
    /// A setting or a file that it names is wrong; then nothing of it may be taken over.
    pub fn prepare(&self, config: &Config) -> Result<Renewal, Failure> {
        let Some(section) = &config.portal else {
            return Ok(Renewal { sites: Vec::new(), targets: None, waiting: vec!["[portal]".to_owned()] });
        };
        let settings = section.environments()?;
        let (mut sites, mut waiting) = (Vec::new(), Vec::new());
        for site in self.sites() {
            match settings.iter().find(|settings| settings.environment == site.environment()) {
                Some(settings) => {
                    let (served, names) = site.prepare(section, settings)?;
                    waiting.extend(names.into_iter().map(|name| format!("{name} ({})", site.environment())));
                    sites.push((Arc::clone(site), served));
                }
                None => waiting.push(format!("environment {}", site.environment())),
            }
        }
        let is_served = |environment| self.sites().iter().any(|site| site.environment() == environment);
        let new = settings.iter().map(|settings| settings.environment).filter(|environment| !is_served(*environment));
        waiting.extend(new.map(|environment| format!("environment {environment}")));
        Ok(Renewal { sites, targets: Some(targets(section, self.sites())?), waiting })
    }

    /// Puts into force what was prepared, and tells what waits for the next start.
    pub fn take_over(&self, renewal: Renewal) {
        for (site, served) in renewal.sites {
            site.take_over(served);
        }
        if let Some(targets) = renewal.targets {
            self.targets.send_replace(Arc::new(targets));
        }
        if !renewal.waiting.is_empty() {
            tell_waiting(&renewal.waiting.join(", "));
        }
    }
}

/// Tells that a gate without a portal does not begin one while it serves.
pub(crate) fn tell_that_none_is_begun(config: &Config) {
    if config.portal.is_some() {
        tell_waiting("[portal]");
    }
}

fn tell_waiting(what: &str) {
    let (told, hint) = (text::portal_waits(what), text::portal_waits_hint());
    tracing::warn!("{}; {}", told.en, hint.en);
}
