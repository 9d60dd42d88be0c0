//! `kapia operation`.

use crate::failure::{Exit, Failure};
use crate::operations;
use crate::running::actor;
use crate::session::Session;
use crate::text;
use clap::{Args, Subcommand};

/// Switches operations on and off.
#[derive(Debug, Subcommand)]
pub(crate) enum Operation {
    /// Switch an operation on.
    Enable(Switch),
    /// Switch an operation off for everybody.
    Disable(Switch),
}

#[derive(Debug, Args)]
pub(crate) struct Switch {
    /// Name of the operation, or its last part.
    operation: String,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

impl Operation {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let (switch, on) = match self {
            Operation::Enable(switch) => (switch, true),
            Operation::Disable(switch) => (switch, false),
        };
        let registry = session.registry(&session.config()?)?;
        let operation = operations::find_known(&registry, &switch.operation)?;
        registry.admin(actor()).set_operation_enabled(&operation, on, &switch.comment)?;
        session.tell(if on { text::operation_enabled(&operation) } else { text::operation_disabled(&operation) });
        Ok(Exit::Done)
    }
}
