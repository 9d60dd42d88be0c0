//! Colours, on terminals only.

use std::io::IsTerminal as _;

/// Whether standard output takes colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Paint(bool);

impl Paint {
    /// Colours if standard output is a terminal and `NO_COLOR` is not set (no-color.org).
    pub fn of_stdout() -> Paint {
        Paint(std::io::stdout().is_terminal() && wanted())
    }

    /// No colours.
    #[cfg(test)]
    pub fn plain() -> Paint {
        Paint(false)
    }

    /// What matters.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// What is beside it.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// What is good.
    pub fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What is not.
    pub fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Whether standard error takes colours.
pub(crate) fn stderr() -> bool {
    std::io::stderr().is_terminal() && wanted()
}

fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
