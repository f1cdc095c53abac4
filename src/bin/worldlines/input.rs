//! Files, links and standard input.

use std::{
    fs::File,
    io::{self, Read},
};

use worldlines::{
    formats::{
        MAX_TEXT, Problem,
        link::{self, Decoded},
        quoted, scenario, without_mark,
    },
    kernel::visible,
};

/// Reads a file's scenario, a link's, or either from standard input.
pub(crate) fn decoded(source: &str) -> Result<Decoded, String> {
    if link::is_link(source) {
        return decoded_link(source);
    }
    let text = contents(source, MAX_TEXT)?;
    if link::is_link(&text) {
        return link::decode(&text).map_err(|problem| about(source, &problem));
    }
    let scenario = scenario::read(&text).map_err(|problem| about(source, &problem))?;
    Ok(Decoded { scenario, digest: None, compared: Vec::new() })
}

/// Reads a link's scenario, from the argument or from standard input.
pub(crate) fn decoded_link(source: &str) -> Result<Decoded, String> {
    match source {
        "-" => {
            link::decode(&contents(source, MAX_TEXT)?).map_err(|problem| about(source, &problem))
        }
        link => link::decode(link).map_err(|problem| problem.to_string()),
    }
}

/// Refuses sources that are standard input more than once: it can be read only once.
pub(crate) fn check_once(sources: &[impl AsRef<str>]) -> Result<(), String> {
    match sources.iter().filter(|source| source.as_ref() == "-").count() {
        0 | 1 => Ok(()),
        _ => Err("standard input: found twice, expected once".to_owned()),
    }
}

/// Returns a problem with the name of its file.
pub(crate) fn about(source: &str, problem: &Problem) -> String {
    about_named(source, &problem.to_string())
}

/// Returns a problem in words with the name of its file.
pub(crate) fn about_named(source: &str, problem: &str) -> String {
    if source.is_empty() || link::is_link(source) {
        return problem.to_owned();
    }
    format!("{}: {problem}", named(source))
}

/// Returns the name of a file for an error message.
pub(crate) fn named(source: &str) -> String {
    match source {
        "-" => "standard input".to_owned(),
        "" => quoted(""),
        file => visible(file).into_owned(),
    }
}

/// Reads the text of a file or of standard input, of at most so many bytes. A byte order mark at the beginning is removed.
pub(crate) fn contents(source: &str, most: usize) -> Result<String, String> {
    // One byte more, so that a longer text is recognised.
    let limit = most as u64 + 1;
    let mut bytes = Vec::new();
    let read = match source {
        "-" => io::stdin().take(limit).read_to_end(&mut bytes),
        file => File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
    };
    let name = named(source);
    read.map_err(|error| format!("{name}: {error}"))?;
    if bytes.len() > most {
        return Err(format!("{name}: found more than {most} bytes, expected at most {most}"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        format!("{name}: found no UTF-8 from byte {place} on, expected text")
    })?;
    let whole = without_mark(&text);
    Ok(if whole.len() == text.len() { text } else { whole.to_owned() })
}
