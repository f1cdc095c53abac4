//! Opening of examples, links and files.

use std::rc::Rc;

use super::{
    super::{Lens, Run, Study, Writing, compare::paired},
    Refused, State,
    change::{push, refuse},
};
use crate::app::text;
use crate::formats::{
    Problem,
    bundled::{self, Bundled},
    link::{self, Decoded},
};
use crate::kernel::Scenario;

pub(in super::super) fn open(state: State, bundled: &Bundled) -> State {
    match bundled.outcome() {
        Ok(run) => {
            let assigned = state.assigned.clone().chosen();
            State { assigned, ..replace_all(state, State::of(run)) }
        }
        Err(problem) => refuse(state, &problem),
    }
}

/// Opens the bundled scenario with this path.
pub(super) fn open_path(state: State, path: &str) -> State {
    match bundled::find(path) {
        Some(bundled) => open(state, bundled),
        None => state,
    }
}

pub(in super::super) fn load(state: State, text: &str) -> State {
    load_variant(state, text, None)
}

/// Opens a link, or the JSON of a scenario as a file beside the page has it; of an exercise with variants, the one that
/// the key of a student picks.
pub(in super::super) fn load_variant(state: State, text: &str, key: Option<&str>) -> State {
    // The address of the page without a fragment: where the reader came from.
    if text.trim_matches('#').is_empty() {
        return replace_all(state, State::opening());
    }
    // A long run was computed for it: the link need not be read again, unless it may hold another.
    if let Some(run) = state.computed.first().filter(|_| !link::holds_comparison(text)) {
        let opened = linked(text, run.clone(), link::digest_in(text));
        return assign(replace_all(state, opened));
    }
    let mut runner = state.runner();
    let read = link::open(text, key).map_err(|problem| refused(text, &problem));
    let opened = read.and_then(|Decoded { scenario, digest, compared }| {
        let run = runner.run(scenario).map_err(|problem| refused(text, &problem))?;
        Ok(run.map(|run| paired(linked(text, run, digest), compared, &mut runner)))
    });
    match opened {
        Ok(_) if runner.wanted.is_some() => state.waits(runner),
        Ok(Some(opened)) => assign(replace_all(state, opened)),
        Ok(None) => state,
        Err(refused) => State { refused: Some(refused), refusals: state.refusals + 1, ..state },
    }
}

/// Remembers the first scenario that a link or a file opened.
fn assign(state: State) -> State {
    let assigned = match state.assigned {
        Assigned::Undecided => Assigned::Scenario(Rc::clone(&state.origin)),
        decided => decided,
    };
    State { assigned, ..state }
}

/// Scenario that the page around has assigned, as an exercise.
#[derive(Clone, Debug, PartialEq)]
pub enum Assigned {
    /// No scenario was opened beside the page's own example: the first link or file decides.
    Undecided,
    /// The reader chose another scenario first.
    Nothing,
    /// The link or the file that was opened first.
    Scenario(Rc<Scenario>),
}

impl Assigned {
    /// Returns the same after a choice of the reader.
    #[must_use]
    pub fn chosen(self) -> Self {
        match self {
            Self::Undecided => Self::Nothing,
            decided => decided,
        }
    }
}

/// Replaces the scenario; undo brings the previous one back.
fn replace_all(state: State, opened: State) -> State {
    let before = state.page();
    let mut undo = state.undo;
    // The reader has not seen the run that stood in for the pending one.
    if *before.scenario != opened.run.scenario && !state.stands_in {
        push(&mut undo, before);
    }
    // The reader's view stays; the scale depends on the run.
    let lens = Lens { scale: None, ..state.lens };
    let study = Study { cut: None, ..state.study };
    let (speed, panel, refusals) = (state.speed, state.panel, state.refusals);
    let loads = state.loads + 1;
    // Text that is not a valid scenario is never lost.
    let writing = state.writing.filter(Writing::stands);
    let (searching, measuring) = (state.searching, state.measuring);
    // Nothing of a hidden future is announced.
    let announcement = match study.future_hidden {
        true => state.announcement,
        false => opened.announcement.clone(),
    };
    let opened = State {
        announcement,
        undo,
        lens,
        study,
        speed,
        panel,
        refusals,
        loads,
        writing,
        searching,
        measuring,
        allowed: state.allowed,
        assigned: state.assigned,
        ..opened
    };
    if state.calm { opened.calmed() } else { opened }
}

fn refused(text: &str, problem: &Problem) -> Refused {
    Refused { text: text.to_owned(), why: problem.to_string(), ..Refused::default() }
}

/// Returns the state of a link's run. The digest of a long one is compared later.
fn linked(text: &str, run: Run, digest: Option<String>) -> State {
    let state = State { promised: digest, ..State::shows(run) };
    if state.promised.is_none() || state.run.is_long() {
        return state;
    }
    let digest = state.run.digest();
    let state = digested(state, &digest);
    match state.refused {
        Some(refused) => {
            State { refused: Some(Refused { text: text.to_owned(), ..refused }), ..state }
        }
        None => state,
    }
}

/// Compares the run's digest with the one that the link promised.
pub(super) fn digested(state: State, digest: &str) -> State {
    match state.promised {
        Some(then) if !digest.starts_with(&then) => {
            let why = text::opening::OTHER_VERSION;
            let refused = Some(Refused { why: why.to_owned(), ..Refused::default() });
            State { promised: None, refused, ..state }
        }
        _ => State { promised: None, ..state },
    }
}
