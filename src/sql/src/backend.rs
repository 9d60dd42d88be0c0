use std::collections::HashMap;
use std::sync::Arc;

use kapia_adapter::{Backend, Implied, Notice, Opened, Plan, Problem, RefusedOperation, Section};

use crate::adapter::SqlAdapter;
use crate::engine::engine;
use crate::fault::Fault;
use crate::implied::implied;
use crate::operation::Prepared;
use crate::pool::Pool;
use crate::settings::Settings;

/// The kind `sql`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SqlBackend;

impl Backend for SqlBackend {
    fn kind(&self) -> &'static str {
        "sql"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut notes = Vec::new();
        let settings = match Settings::read(plan.settings, plan.files, &mut problems, &mut notes) {
            Some(settings) if problems.is_empty() => settings,
            _ => return Err(problems),
        };
        let mut operations = HashMap::new();
        let mut refused = Vec::new();
        for planned in plan.operations {
            let name = planned.operation.name.clone();
            match Prepared::read(planned, plan, settings.source.dialect()) {
                Ok(prepared) => {
                    operations.insert(name, Arc::new(prepared));
                }
                Err(problems) => refused.push(RefusedOperation { name, problems }),
            }
        }
        let (statement, answer, row_cap) = (settings.statement, settings.answer, settings.row_cap);
        let refuse = |fault: Fault| vec![Problem::from(fault).at("adapter.toml", plan.settings.line())];
        let engine = engine(&settings).map_err(refuse)?;
        let pool = Pool::new(engine, settings.pool, settings.acquire, settings.connect);
        let adapter =
            SqlAdapter { package: plan.files.label().to_owned(), pool, operations, statement, answer, row_cap };
        let notes = notes.into_iter().map(|problem| Notice { operation: None, problem }).collect();
        Ok(Opened { adapter: Arc::new(adapter), refused, notes })
    }

    fn implied(&self, settings: &Section) -> Vec<Implied> {
        implied(settings)
    }
}
