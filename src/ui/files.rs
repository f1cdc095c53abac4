//! Files of a run for other programs, made by a part that is fetched when the first is saved.

use crate::{
    app::{FileKind, Run},
    export::{self, MOST_DRAWN, SvgOptions},
    split::{NotFetched, part},
    web,
};

/// A file that is to be made.
#[derive(Clone)]
pub(super) struct Saving {
    pub(super) run: Run,
    pub(super) file: FileKind,
    /// Form of the picture in it.
    pub(super) options: SvgOptions,
}

impl Saving {
    /// Returns the name of the file, with this ending.
    pub(super) fn name(&self, ending: &str) -> String {
        file_name(&self.run, ending)
    }
}

/// Returns the name of a file of this kind: the run's heading in it.
pub(super) fn file_name(run: &Run, kind: &str) -> String {
    format!("{}.{kind}", export::file_stem(&export::heading(run)))
}

/// Makes the text of a file; the greatest number of events if the run has more.
pub(super) type MakeFile = fn(&Saving) -> Result<String, usize>;

part! {
    /// Files for other programs.
    pub(super) files: MakeFile = made;
}

/// Result of a save.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Saved {
    /// Name of the file that was given to the browser.
    Given(String),
    /// Greatest number of events that such a file can have: the run has more.
    TooLong(usize),
    /// The part could not be fetched.
    NotFetched,
}

/// Makes a file and gives it to the browser.
pub(super) async fn save(saving: Saving) -> Saved {
    if let Err(NotFetched) = files::fetch().await {
        return Saved::NotFetched;
    }
    let Some(make) = files::here() else { return Saved::NotFetched };
    match make(&saving) {
        Ok(text) => {
            let [ending, kind] = ending(saving.file);
            let name = saving.name(ending);
            web::save(&name, kind, &text);
            Saved::Given(name)
        }
        Err(most) => Saved::TooLong(most),
    }
}

fn made(saving: &Saving) -> Result<String, usize> {
    let run = &saving.run;
    Ok(match saving.file {
        FileKind::Html => export::html(run, &saving.options),
        FileKind::Tikz => export::tikz(run).map_err(|_| MOST_DRAWN)?,
        FileKind::Shiviz => export::shiviz(run),
        FileKind::Mermaid => export::mermaid(run).map_err(|_| MOST_DRAWN)?.text,
        FileKind::Csv => export::csv(run),
        FileKind::Trace => trace(run),
        FileKind::Words => export::words(run),
    })
}

/// Trace as JSON, the same bytes as those of `worldlines run --json`.
fn trace(run: &Run) -> String {
    let mut bytes = Vec::new();
    run.write_json(&mut bytes).expect("memory takes all that is written");
    String::from_utf8(bytes).expect("JSON is text") + "\n"
}

/// Ending of a file's name, and its media type.
const fn ending(file: FileKind) -> [&'static str; 2] {
    match file {
        FileKind::Html => ["html", "text/html"],
        FileKind::Tikz => ["tex", "application/x-tex"],
        FileKind::Shiviz => ["log", "text/plain"],
        FileKind::Mermaid => ["mmd", "text/plain"],
        FileKind::Csv => ["csv", "text/csv"],
        FileKind::Trace => ["trace.json", "application/json"],
        FileKind::Words => ["txt", "text/plain"],
    }
}
