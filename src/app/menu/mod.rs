//! Actions on the selection: the items of its menu, each with its words and its edit, or the reason why it would have
//! no effect.

mod form;
mod item;
mod message;
mod moment;
mod node;
mod possible;

use self::item::WITHOUT_EFFECT;
pub use self::{
    form::{Filled, Form, millionths},
    item::{Does, Menu, MenuEntry, MenuForm, MenuItem},
};
use super::{Action, Edit, Selection, State, reduce, text};
use crate::{diagram::event_sentence, runs::Outcome};

impl Menu {
    /// Returns the menu of a selection.
    #[must_use]
    pub fn of(run: &Outcome, selection: Selection) -> Self {
        let moment = |node, at| {
            let mut entries = match run.is_recorded() {
                true => vec![MenuEntry::Note(text::importing::NO_EDIT)],
                false => moment::entries(run, node, at),
            };
            let words = text::menu::only(&run.scenario.name(node));
            let only = MenuItem::new("only", words, Does::Only(node));
            let is_last =
                |entry: &MenuEntry| matches!(entry, MenuEntry::Fold { id: WITHOUT_EFFECT, .. });
            let place = entries.len() - usize::from(entries.last().is_some_and(is_last));
            entries.insert(place, only.into());
            entries
        };
        match selection {
            Selection::Message(name) => message::menu(run, name),
            Selection::Event(event) => {
                let at = &run.trace.events[event];
                let sentence = event_sentence(&run.scenario, &run.trace, event);
                let title = text::menu::event(at.time, &sentence);
                Self { title, entries: moment(at.node, at.time) }
            }
            Selection::Moment { node, at } => {
                let title = text::menu::moment(&run.scenario.name(node), at);
                Self { title, entries: moment(node, at) }
            }
        }
    }
}

/// Makes a change and closes the menu.
pub(super) fn make(state: &State, edit: Edit) -> State {
    reduce(&reduce(state, Action::Apply(edit)), Action::Select(None))
}

/// Remembers what the reader has entered, with the reason if it is refused.
pub(super) fn fill(state: State, form: Form, typed: Vec<String>) -> State {
    let why = form.why_not(&state.run, &typed);
    let mut filled = state.filled.clone();
    filled.retain(|it| it.form != form);
    filled.push(Filled { form, typed, why });
    State { filled, ..state }
}

/// Makes the change that the reader has entered, or remembers why it is refused.
pub(super) fn submit(state: &State, form: Form, typed: Vec<String>) -> State {
    match form.edit(&state.run, &typed) {
        Ok(edit) => make(state, edit),
        Err(_) => fill(state.clone(), form, typed),
    }
}
