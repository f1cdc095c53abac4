//! The command line of `cargo xtask`: a command, then flags, options and names.

use std::collections::VecDeque;

/// The rest of the command line. Every reader removes its part, and [`Arguments::finish`] refuses what is
/// left.
pub(crate) struct Arguments {
    rest: VecDeque<String>,
}

impl Arguments {
    /// Returns the arguments that this process was started with.
    pub(crate) fn from_environment() -> Self {
        Self { rest: std::env::args().skip(1).collect() }
    }

    /// Removes and returns the command: the first argument.
    pub(crate) fn command(&mut self) -> Option<String> {
        self.rest.pop_front()
    }

    /// Removes `name` (such as `--dev`). True if it was given.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.rest.len();
        self.rest.retain(|argument| argument != name);
        self.rest.len() < before
    }

    /// Removes `name` and returns the word that follows it, if it was given.
    ///
    /// # Errors
    /// If the word is missing.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(at) = self.rest.iter().position(|argument| argument == name) else {
            return Ok(None);
        };
        self.rest.remove(at);
        self.rest.remove(at).map(Some).ok_or_else(|| format!("{name} needs a value"))
    }

    /// Removes and returns the number that follows `name` (as in `--port 8080`), or `default`.
    ///
    /// # Errors
    /// If the number is missing or cannot be a port.
    pub(crate) fn port(&mut self, name: &str, default: u16) -> Result<u16, String> {
        let Some(value) = self.value(name)? else { return Ok(default) };
        value.parse().map_err(|_| format!("{name} wants a number up to 65535, not `{value}`"))
    }

    /// Returns the rest as plain names.
    ///
    /// # Errors
    /// If an unknown flag is left.
    pub(crate) fn names(self) -> Result<Vec<String>, String> {
        match self.rest.iter().find(|argument| argument.starts_with('-')) {
            Some(flag) => Err(format!("there is no option `{flag}`; see `cargo xtask help`")),
            None => Ok(self.rest.into()),
        }
    }

    /// Checks that no argument is left.
    ///
    /// # Errors
    /// If an argument is left.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self.names()?.first() {
            Some(name) => Err(format!("`{name}` was not expected; see `cargo xtask help`")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Arguments {
        Arguments { rest: words.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn flags_options_and_names_are_told_apart() {
        let mut given = arguments(&["serve", "--dev", "--port", "9000", "x"]);
        assert_eq!(given.command().as_deref(), Some("serve"));
        assert!(given.flag("--dev"));
        assert!(!given.flag("--dev"), "a flag is taken once");
        assert_eq!(given.port("--port", 8080), Ok(9000));
        assert_eq!(given.names(), Ok(vec!["x".to_owned()]));
    }

    #[test]
    fn what_nobody_takes_is_refused() {
        assert!(arguments(&["--prot"]).finish().is_err());
        assert!(arguments(&["extra"]).finish().is_err());
        assert!(arguments(&["--port"]).port("--port", 1).is_err());
        assert!(arguments(&["--port", "70000"]).port("--port", 1).is_err());
        assert_eq!(arguments(&[]).port("--port", 8080), Ok(8080));
    }
}
