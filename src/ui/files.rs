//! Files of a run for other programs, made by a part that is fetched when the first is saved.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use yew::{platform::spawn_local, prelude::*};

use super::work::slice;
use crate::{
    analysis::{Inquiry, MOST_TESTED},
    app::{FileKind, Run},
    export::{self, MOST_DRAWN, SvgOptions},
    formats::trace::Slices,
    split::{NotFetched, part},
    web::{self, Frames, Pieces},
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

/// The ways to make a file.
pub(super) struct MakeFile {
    /// Begins; the greatest number of events if the run has more.
    begin: fn(&Saving) -> Result<Begun, usize>,
    /// Writes a part of a trace. True once it is complete.
    advance: fn(&mut TraceWork, &Run) -> bool,
}

/// The text of a file, or a trace that is to be written.
enum Begun {
    Text(String),
    Trace(Box<TraceWork>),
}

part! {
    /// Files for other programs.
    pub(super) files: MakeFile = MakeFile { begin, advance };
}

/// A trace that is written: that of a long run, and the causes in it, take longer than a frame.
#[derive(Default)]
struct TraceWork {
    inquiry: Option<Inquiry>,
    slices: Slices,
    /// Text that the browser has not taken yet.
    text: String,
}

/// State of a save.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Saved {
    /// The file is being made.
    NotYet,
    /// Name of the file that was given to the browser.
    Given(String),
    /// Greatest number of events that such a file can have: the run has more.
    TooLong(usize),
    /// The part could not be fetched.
    NotFetched,
}

/// A file in the making. Dropping it ends the work, and no file is saved.
pub(super) struct FileWork {
    is_wanted: Rc<Cell<bool>>,
    frames: Rc<RefCell<Option<Frames>>>,
}

impl Drop for FileWork {
    fn drop(&mut self) {
        self.is_wanted.set(false);
        self.frames.take();
    }
}

/// Makes a file and gives it to the browser, and says how far it is.
pub(super) fn save(saving: Saving, saved: UseStateSetter<Option<Saved>>) -> FileWork {
    let is_wanted = Rc::new(Cell::new(true));
    let work = FileWork { is_wanted: Rc::clone(&is_wanted), frames: Rc::default() };
    let frames = Rc::clone(&work.frames);
    saved.set(Some(Saved::NotYet));
    spawn_local(async move {
        let fetched = files::fetch().await;
        if !is_wanted.get() {
            return;
        }
        let make = files::here().filter(|_| fetched != Err(NotFetched));
        let [ending, kind] = ending(saving.file);
        let name = saving.name(ending);
        let result = match make {
            None => Saved::NotFetched,
            Some(make) => match (make.begin)(&saving) {
                Ok(Begun::Text(text)) => {
                    web::save(&name, kind, &text);
                    Saved::Given(name)
                }
                Ok(Begun::Trace(trace)) => {
                    let run = saving.run.clone();
                    let step = move |trace: &mut TraceWork| (make.advance)(trace, &run);
                    frames.replace(Some(write((trace, step), (name, kind), saved, &frames)));
                    return;
                }
                Err(most) => Saved::TooLong(most),
            },
        };
        saved.set(Some(result));
    });
    work
}

/// Writes a trace in slices of frames, and gives it to the browser.
fn write(
    (trace, step): (Box<TraceWork>, impl Fn(&mut TraceWork) -> bool + 'static),
    (name, kind): (String, &'static str),
    saved: UseStateSetter<Option<Saved>>,
    own: &Rc<RefCell<Option<Frames>>>,
) -> Frames {
    let (trace, pieces, own) = (RefCell::new(trace), Pieces::default(), Rc::clone(own));
    Frames::start(move |_| {
        let mut trace = trace.borrow_mut();
        let done = slice(|| step(&mut trace));
        pieces.push(&trace.text);
        trace.text.clear();
        if done {
            own.take();
            pieces.push("\n");
            pieces.save(&name, kind);
            saved.set(Some(Saved::Given(name.clone())));
        }
    })
}

/// Number of steps of the search for causes, and of events, between two looks at the clock.
const STEPS: usize = 500;
const PART: usize = 50;

fn advance(work: &mut TraceWork, run: &Run) -> bool {
    let lacks_causes = run.report.causes.get().is_none() && run.trace.events.len() <= MOST_TESTED;
    if lacks_causes {
        let inquiry = work.inquiry.get_or_insert_with(|| run.inquiry());
        if inquiry.advance(STEPS)
            && let Some(inquiry) = work.inquiry.take()
        {
            // Nothing else sets them between the test above and here.
            let _ = run.report.causes.set(inquiry.finish());
        }
        return false;
    }
    run.advance_json(&mut work.slices, &mut work.text, PART)
}

fn begin(saving: &Saving) -> Result<Begun, usize> {
    let run = &saving.run;
    Ok(Begun::Text(match saving.file {
        FileKind::Html => export::html(run, &saving.options),
        FileKind::Tikz => export::tikz(run).map_err(|_| MOST_DRAWN)?,
        FileKind::Shiviz => export::shiviz(run),
        FileKind::Mermaid => export::mermaid(run).map_err(|_| MOST_DRAWN)?.text,
        FileKind::Csv => export::csv(run),
        FileKind::Trace => return Ok(Begun::Trace(Box::default())),
        FileKind::Words => export::words(run),
    }))
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
