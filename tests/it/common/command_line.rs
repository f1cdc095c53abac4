//! The command line as users run it: the binary, its output and its exit codes.

use std::{
    env, fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

/// A broadcast whose sender crashes half-way.
pub(crate) const HALF_WAY: &str = r#"{"version": 1, "title": "The sender crashes half-way",
    "protocol": "best-effort-broadcast", "nodes": ["Alice", "Bob", "Carol"],
    "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}],
    "faults": [{"crash": {"node": "Alice", "at": 10, "after_sends": 1}}], "until": 500}"#;

/// Runs a command with this on its standard input.
pub(crate) fn worldlines(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_worldlines"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A command that does not read its input may end before the input is written.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    child.wait_with_output().expect("the binary ends")
}

/// Output of a command that succeeds without a message on standard error.
pub(crate) fn printed(arguments: &[&str], input: &str) -> String {
    let output = worldlines(arguments, input);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""), "{arguments:?}");
    String::from_utf8(output.stdout).expect("it prints UTF-8")
}

/// The one-line answer to bad input.
pub(crate) fn refused(arguments: &[&str], input: &str) -> String {
    let output = worldlines(arguments, input);
    let said = String::from_utf8(output.stderr).expect("it prints UTF-8");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said.trim_end().to_owned()
}

/// A separate file for a test.
pub(crate) fn file(name: &str, text: impl AsRef<[u8]>) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("it can be written");
    path.to_str().expect("it is UTF-8").to_owned()
}
