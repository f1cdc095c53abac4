//! The scenario as a reader writes it: a text that may be invalid at times.

use std::{ops::Range, rc::Rc};

use super::{Edit, State, fetching::is_readable, state::apply_as, words::ChangeOrigin};
use crate::{
    formats::{Problem, lines, scenario, visible_json},
    kernel::{Scenario, sentence},
};

/// Largest length, in bytes, of a text that is checked at every key; a longer one is checked when the reader pauses.
pub const MOST_AT_ONCE: usize = 20_000;

/// The reader's text, valid or not: an error never loses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// The text.
    pub text: Rc<str>,
    /// Result of the check.
    pub checked: Checked,
    /// The scenario that was shown when the reader began to write.
    since: Rc<Scenario>,
}

/// Result of checking a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The text has not been checked: it is long, or its protocol is not here yet.
    NotYet,
    /// The text is not a scenario.
    Wrong(Wrong),
    /// The text is this scenario.
    Right(Rc<Scenario>),
}

/// The error in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its line, from 1.
    pub line: usize,
    /// Its range, in bytes.
    pub place: Range<usize>,
    /// The problem, in a sentence.
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
        // The line is shown separately.
        let mut why = problem.to_string();
        if let Some((line, column)) = problem.at {
            why = why.replace(&format!(" at line {line}, column {column}"), "");
        }
        Self { line, place, why: sentence(why) }
    }
}

impl Writing {
    /// True if the text is not a scenario that can be run: it is invalid or unchecked.
    #[must_use]
    pub const fn stands(&self) -> bool {
        !matches!(self.checked, Checked::Right(_))
    }

    /// True if the text stays while this scenario is shown: it is this scenario, or it is not valid.
    pub(super) fn outlives(&self, shown: &Scenario) -> bool {
        match &self.checked {
            Checked::Right(written) => **written == *shown,
            _ => true,
        }
    }

    /// True if the scenario that is shown has changed since the reader began to write.
    #[must_use]
    pub fn is_behind(&self, shown: &Scenario) -> bool {
        self.stands() && *self.since != *shown
    }

    /// Returns the error in it.
    #[must_use]
    pub const fn wrong(&self) -> Option<&Wrong> {
        match &self.checked {
            Checked::Wrong(wrong) => Some(wrong),
            _ => None,
        }
    }
}

/// Returns the scenario as text: the one that the reader writes, or else the one that is shown, laid out in lines.
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

/// Stores the written text.
pub(super) fn write(state: State, text: String) -> State {
    let at_once = text.len() <= MOST_AT_ONCE && is_readable(&text);
    let checked = if at_once { check(&text) } else { Checked::NotYet };
    let since = match &state.writing {
        Some(writing) if writing.stands() => Rc::clone(&writing.since),
        _ => Rc::new(state.scenario().clone()),
    };
    State { writing: Some(Writing { text: text.into(), checked, since }), ..state }
}

/// Runs the written text, if it is a scenario: one change, which can be undone.
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
