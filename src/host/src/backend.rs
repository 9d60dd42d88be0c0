use std::collections::HashMap;
use std::sync::Arc;

use kapia_adapter::{Backend, FullName, Opened, Plan, Problem};

use crate::connection::Connection;
use crate::matrix::full_access;
use crate::remote::{Prepared, Remote};
use crate::settings::{OperationSettings, Settings, unusable_identity};

/// The kind `host`.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostBackend;

impl Backend for HostBackend {
    fn kind(&self) -> &'static str {
        "host"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let mut problems = Vec::new();
        let settings = Settings::read(plan.settings, plan.files, &mut problems);
        let operations: HashMap<FullName, Prepared> = plan
            .operations
            .iter()
            .map(|planned| {
                let own = planned.settings.as_ref().map(|section| OperationSettings::read(section, &mut problems));
                let own = own.unwrap_or_default();
                let further = own.properties.iter().map(String::as_str);
                let access = full_access(&planned.operation.response.fields, further).render();
                let name = planned.operation.name.clone();
                let called = own.operation.unwrap_or_else(|| name.as_str().to_owned());
                (name, Prepared { called, access })
            })
            .collect();
        let settings = match settings {
            Some(settings) if problems.is_empty() => settings,
            _ => return Err(problems),
        };
        let connection = Connection::new(&settings)
            .map_err(|_| vec![unusable_identity().at("adapter.toml", plan.settings.line())])?;
        let remote = Remote::new(connection, &settings, operations);
        Ok(Opened { adapter: Arc::new(remote), refused: Vec::new(), notes: Vec::new() })
    }
}
