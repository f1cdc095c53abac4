//! Arguments of the command line, and the one-line message on wrong ones.

use std::{env, error::Error as _, ffi::OsString, ops::RangeInclusive};

use clap::{
    Parser,
    error::{ContextKind, ContextValue, Error, ErrorKind},
};
use worldlines::{
    formats::{quoted, shortened},
    kernel::visible,
};

/// Reads the arguments of the process. None if only help or the version was requested, which is printed.
///
/// # Errors
/// The first error in them, in one line.
pub(crate) fn read<T: Parser>() -> Result<Option<T>, String> {
    let given: Vec<OsString> = env::args_os().collect();
    if let Some(place) = given.iter().position(|argument| argument.to_str().is_none()) {
        return Err(format!("argument {place}: found no UTF-8, expected text"));
    }
    let error = match T::try_parse_from(&given) {
        Ok(read) => return Ok(Some(read)),
        Err(error) => error,
    };
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe is no error here: the reader of the help has seen enough.
        let _ = error.print();
        return Ok(None);
    }
    if let Some(problem) = bad_value(&error) {
        return Err(problem);
    }
    // The parser runs again on printable arguments, so that its message quotes those.
    let shown = given.iter().map(|argument| shortened(&argument.to_string_lossy()));
    let error = T::try_parse_from(shown).err().unwrap_or(error);
    Err(in_one_line(&error))
}

/// Returns the error that an option does not take a value, in the same words as all our errors.
fn bad_value(error: &Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    // `--jobs <N>`: the placeholder is left out.
    let option = text(ContextKind::InvalidArg)?.split(' ').next()?;
    let value = quoted(text(ContextKind::InvalidValue)?);
    let expected = match (error.kind(), error.get(ContextKind::ValidValue)) {
        (ErrorKind::ValueValidation, _) => error.source()?.to_string(),
        (ErrorKind::InvalidValue, Some(ContextValue::Strings(known))) if !known.is_empty() => {
            format!("one of {}", known.join(", "))
        }
        _ => return None,
    };
    Some(format!("{option}: found {value}, expected {expected}"))
}

/// Returns the parser's message without its layout.
fn in_one_line(error: &Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "found no command, expected one: worldlines --help lists them".to_owned();
    }
    let text = error.to_string();
    let mut parts = Vec::new();
    for part in text.split("\n\n") {
        let line = part.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = line.strip_prefix("error: ").unwrap_or(&line);
        if !line.is_empty() && !line.starts_with("For more information") {
            parts.push(line.replacen("Usage: ", "usage: ", 1));
        }
    }
    visible(&parts.join("; ")).into_owned()
}

/// Reads the id of a student.
pub(crate) fn student(text: &str) -> Result<String, String> {
    let is_there = !text.trim().is_empty();
    is_there.then(|| text.to_owned()).ok_or_else(|| "the id of a student".to_owned())
}

/// Reads the address of a playground, and returns that of its folder, with `/` at its end.
pub(crate) fn address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain = |rest: &str| {
        !rest.is_empty()
            && rest.bytes().all(|it| it.is_ascii_graphic() && !b"\"<>\\#?".contains(&it))
    };
    if !rest.is_some_and(is_plain) {
        return Err("an address like https://example.org/worldlines/".to_owned());
    }
    let folder = text.strip_suffix("/index.html").unwrap_or(text);
    Ok(format!("{}/", folder.trim_end_matches('/')))
}

/// Reads a whole number of this range.
pub(crate) fn whole(text: &str, range: RangeInclusive<u64>) -> Result<u64, String> {
    let (least, most) = (*range.start(), *range.end());
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("a whole number from {least} to {most}"))
}
