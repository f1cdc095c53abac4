//! The scenario as a reader writes it: a text that need not be a scenario all the time.

use std::{ops::Range, rc::Rc};

use super::{Edit, State, state::apply_as, words::ChangeOrigin};
use crate::{
    formats::{Problem, lines, scenario, visible_json},
    kernel::{Scenario, sentence},
};

/// Up to which length, in bytes, a text is looked through at every key; a longer one when the reader pauses.
pub const MOST_AT_ONCE: usize = 20_000;

/// What a reader has written, as it is written: it is never lost by being wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// The text.
    pub text: Rc<str>,
    /// What it comes to.
    pub checked: Checked,
    /// What was shown when the reader began to write it.
    since: Rc<Scenario>,
}

/// What a text comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Nobody has looked: it is long.
    NotYet,
    /// It is no scenario.
    Wrong(Wrong),
    /// It is this one.
    Right(Rc<Scenario>),
}

/// Why a text is no scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// In which line, from 1.
    pub line: usize,
    /// From where to where, in bytes.
    pub place: Range<usize>,
    /// What is wrong, in a sentence.
    pub why: String,
}

impl Wrong {
    fn new(text: &str, problem: &Problem) -> Self {
        let place = match problem.at {
            Some((line, column)) => {
                let start = text.split_inclusive('\n').take(line - 1).map(str::len).sum::<usize>();
                let at = text.floor_char_boundary(start + column.saturating_sub(1));
                at..text.ceil_char_boundary(at + 1)
            }
            None => lines::place_of(text, &problem.path),
        };
        let (line, _) = lines::line_and_column(text, place.start);
        // The line is said anyway.
        let mut why = problem.to_string();
        if let Some((line, column)) = problem.at {
            why = why.replace(&format!(" at line {line}, column {column}"), "");
        }
        Self { line, place, why: sentence(why) }
    }
}

impl Writing {
    /// Whether it holds something that the run does not.
    #[must_use]
    pub const fn stands(&self) -> bool {
        !matches!(self.checked, Checked::Right(_))
    }

    /// Whether it is still of use when this is shown: what is run is, and what could not be.
    pub(super) fn outlives(&self, shown: &Scenario) -> bool {
        match &self.checked {
            Checked::Right(written) => **written == *shown,
            _ => true,
        }
    }

    /// Whether what is shown has changed since the reader began to write.
    #[must_use]
    pub fn is_behind(&self, shown: &Scenario) -> bool {
        self.stands() && *self.since != *shown
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn wrong(&self) -> Option<&Wrong> {
        match &self.checked {
            Checked::Wrong(wrong) => Some(wrong),
            _ => None,
        }
    }
}

/// The scenario as text: what the reader is writing, or else what is shown, laid out in lines.
#[must_use]
pub fn written(writing: Option<&Writing>, shown: &Scenario) -> Rc<str> {
    match writing {
        Some(writing) => Rc::clone(&writing.text),
        None => lines::laid_out(&visible_json(&scenario::write(shown))).into(),
    }
}

fn check(text: &str) -> Checked {
    match scenario::read(text) {
        Ok(scenario) => Checked::Right(Rc::new(scenario)),
        Err(problem) => Checked::Wrong(Wrong::new(text, &problem)),
    }
}

/// Takes note of what is written.
pub(super) fn write(state: State, text: String) -> State {
    let checked = if text.len() <= MOST_AT_ONCE { check(&text) } else { Checked::NotYet };
    let since = match &state.writing {
        Some(writing) if writing.stands() => Rc::clone(&writing.since),
        _ => Rc::new(state.scenario().clone()),
    };
    State { writing: Some(Writing { text: text.into(), checked, since }), ..state }
}

/// Runs what is written, if it is a scenario: one change, that can be undone.
pub(super) fn take(state: State) -> State {
    let Some(mut writing) = state.writing.clone() else { return state };
    if writing.checked == Checked::NotYet {
        writing.checked = check(&writing.text);
    }
    let edit = match &writing.checked {
        Checked::Right(scenario) => Some(Edit::Replace(Box::new((**scenario).clone()))),
        _ => None,
    };
    let state = State { writing: Some(writing), ..state };
    match edit {
        Some(edit) => apply_as(state, edit, false, ChangeOrigin::Written),
        None => state,
    }
}
