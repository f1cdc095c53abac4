//! Starts other programs, visibly.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program to start: a [`Command`] that prints itself, runs in the checkout and reads no input.
pub(crate) struct Program {
    command: Command,
    shown: String,
}

impl Program {
    /// Returns a program by name or path, not started yet.
    pub(crate) fn new(program: impl AsRef<Path>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        // A question on a machine without a reader would wait for ever.
        command.stdin(Stdio::null());
        let shown = program.file_name().unwrap_or(program.as_os_str());
        Self { command, shown: shown.to_string_lossy().into_owned() }
    }

    /// Returns a program that the shell of the system wraps: on Windows npm and npx are scripts.
    pub(crate) fn script(name: &str) -> Self {
        Self::new(if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() })
    }

    /// Adds arguments, separated by blanks.
    pub(crate) fn words(self, words: &str) -> Self {
        words.split_whitespace().fold(self, Self::arg)
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, argument: impl Into<OsString>) -> Self {
        let argument = argument.into();
        self.shown.push(' ');
        self.shown.push_str(&argument.to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// Sets the folder to run in.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.command.env(name, value.into());
        self
    }

    /// Hides a variable of the environment.
    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Starts it, with its output shown, and waits.
    ///
    /// # Errors
    /// If it cannot be started or does not succeed.
    pub(crate) fn run(mut self) -> Result<(), String> {
        println!("$ {}", self.shown);
        let status = self.command.status().map_err(|why| self.not_started(&why))?;
        if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", self.shown)) }
    }

    /// Starts it and waits; command and output are shown only if it fails.
    ///
    /// # Errors
    /// If it cannot be started or does not succeed.
    pub(crate) fn quietly(mut self) -> Result<(), String> {
        let output = self.command.output().map_err(|why| self.not_started(&why))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        // Some tools print all they have read.
        let start = said.char_indices().rev().nth(2_000).map_or(0, |(at, _)| at);
        let said = &said[start..];
        Err(format!("`{}` failed ({}): {}", self.shown, output.status, said.trim()))
    }

    /// Starts it and waits; its output is shown line by line and returned as well.
    ///
    /// # Errors
    /// If it cannot be started or its output cannot be read. A failure of the program itself is part of the
    /// result.
    pub(crate) fn run_and_keep(mut self) -> Result<Kept, String> {
        println!("$ {}", self.shown);
        let mut child =
            self.command.stdout(Stdio::piped()).spawn().map_err(|why| self.not_started(&why))?;
        let output = child.stdout.take().expect("the output was asked for");
        let mut text = String::new();
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(|why| format!("`{}` cannot be read: {why}", self.shown))?;
            let line = String::from_utf8_lossy(&line);
            let _ = writeln!(std::io::stdout(), "{}", line.trim_end_matches('\r'));
            text.push_str(&line);
            text.push('\n');
        }
        let status = child.wait().map_err(|why| self.not_started(&why))?;
        Ok(Kept { text, success: status.success() })
    }

    /// Returns its output, without showing it, if it can be started and succeeds.
    pub(crate) fn answer(mut self) -> Option<String> {
        let output = self.command.stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn not_started(&self, why: &std::io::Error) -> String {
        format!("`{}` cannot be started: {why}", self.shown)
    }
}

/// Output of a program, and its success.
pub(crate) struct Kept {
    /// Its standard output.
    pub(crate) text: String,
    /// True if it ended with code 0.
    pub(crate) success: bool,
}

/// Returns the search path with `first` in front.
pub(crate) fn path_with(first: impl IntoIterator<Item = PathBuf>) -> OsString {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let folders = first.into_iter().chain(std::env::split_paths(&old));
    std::env::join_paths(folders).unwrap_or(old)
}

/// Returns the place of this program on the search path.
pub(crate) fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|file| file.is_file())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn output_is_kept_whether_or_not_the_program_succeeds() {
        let kept = Program::new("sh").arg("-c").arg("echo one; echo two; exit 3").run_and_keep();
        let kept = kept.expect("sh starts");
        assert_eq!(kept.text, "one\ntwo\n");
        assert!(!kept.success);
    }

    #[test]
    fn failures_name_the_command() {
        let why = Program::new("sh").words("-c false").run().expect_err("false fails");
        assert!(why.contains("sh -c false"), "{why}");
        let why = Program::new("no-such-program").run().expect_err("it does not exist");
        assert!(why.contains("no-such-program"), "{why}");
        assert_eq!(Program::new("no-such-program").answer(), None);
    }

    #[test]
    fn a_program_reads_no_input() {
        assert_eq!(Program::new("cat").answer().as_deref(), Some(""));
    }
}
