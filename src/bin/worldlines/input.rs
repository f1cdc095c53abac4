//! Files, links and standard input.

use std::{
    fs::File,
    io::{self, Read},
};

use worldlines::{
    formats::{
        MAX_TEXT, Problem,
        link::{self, Compared, Decoded},
        scenario,
    },
    kernel::{Scenario, visible},
};

/// A scenario from the reader.
pub(crate) struct Input {
    pub(crate) scenario: Scenario,
    /// Digest in the link, if it has one.
    pub(crate) digest: Option<String>,
    /// Runs that a link puts beside it.
    pub(crate) compared: Vec<Compared>,
}

impl Input {
    /// Reads a file's scenario, a link's, or either from standard input.
    pub(crate) fn of(source: &str) -> Result<Self, String> {
        if link::is_link(source) {
            return Self::of_link(source);
        }
        let text = contents(source)?;
        if link::is_link(&text) {
            return Self::decoded(source, &text);
        }
        let scenario = scenario::read(&text).map_err(|problem| about(source, &problem))?;
        Ok(Self { scenario, digest: None, compared: Vec::new() })
    }

    /// Reads a link's scenario, from the argument or from standard input.
    pub(crate) fn of_link(source: &str) -> Result<Self, String> {
        match source {
            "-" => Self::decoded(source, &contents(source)?),
            link => Self::decoded("", link),
        }
    }

    fn decoded(source: &str, link: &str) -> Result<Self, String> {
        let decoded = link::decode(link).map_err(|problem| about(source, &problem))?;
        let Decoded { scenario, digest, compared } = decoded;
        Ok(Self { scenario, digest, compared })
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
        "" => "\"\"".to_owned(),
        file => visible(file).into_owned(),
    }
}

/// Reads the text of a file or of standard input: at most one byte more than a scenario may have, so that a
/// longer text is recognised. A byte order mark at the beginning is removed.
pub(crate) fn contents(source: &str) -> Result<String, String> {
    let limit = MAX_TEXT as u64 + 1;
    let mut bytes = Vec::new();
    let read = match source {
        "-" => io::stdin().take(limit).read_to_end(&mut bytes),
        file => File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
    };
    let name = named(source);
    read.map_err(|error| format!("{name}: {error}"))?;
    if bytes.len() > MAX_TEXT {
        return Err(format!(
            "{name}: found more than {MAX_TEXT} bytes, expected at most {MAX_TEXT}"
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        format!("{name}: found no UTF-8 from byte {place} on, expected text")
    })?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}
