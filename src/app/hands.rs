//! Actions of pointer and keyboard on the diagram that do not change the scenario: going from event to event, opening
//! the menu, drawing a lasso, writing the scenario's text.

use super::{
    Action, Allowed, Area, Edit, Form, Selection, State, Toward, menu,
    state::{apply, edits},
    text,
    walk::{follow, message_of, place_of, walk},
    writing,
};
use crate::{
    diagram::{Only, event_sentence, message_so_far},
    kernel::{NodeId, sentence as wording},
};

/// An action of the pointer or the keyboard.
#[derive(Clone, Debug, PartialEq)]
pub enum Hand {
    /// Selects something without opening its menu.
    Visit(Selection),
    /// Moves the selection in this direction.
    Walk(Toward),
    /// Goes from an event to its message, and from a message to its other end.
    Follow,
    /// Goes to the message of an event that sent or received one; for anything else, opens the menu.
    Enter,
    /// Opens the menu of the selection, or closes it; the selection stays.
    Menu(bool),
    /// Ends one thing in progress: a drag, a lasso, the menu, or the selection.
    Escape,
    /// Makes every drag over the diagram draw a lasso, until one is drawn.
    Arm(bool),
    /// Draws a lasso, or removes it.
    Lasso(Option<Area>),
    /// Closes the lasso: a partition separates its nodes from the others.
    Split,
    /// Shows only the messages of a node, and closes the menu.
    Only(NodeId),
    /// Makes a change from the menu and closes the menu.
    Make(Edit),
    /// Enters values into the fields of a form of the menu.
    Fill(Form, Vec<String>),
    /// Makes the change that follows from these values of a form, and closes the menu; values that are refused stay,
    /// with the reason.
    Submit(Form, Vec<String>),
    /// Sets the scenario's text.
    Type(String),
    /// Runs the written text, if it is a scenario: the reader has stopped typing.
    Take,
    /// Discards the written text: the scenario that is shown takes its place.
    Discard,
}

pub(super) fn reduce(state: State, hand: Hand) -> State {
    match hand {
        Hand::Visit(selection) => visit(state, Some(selection)),
        Hand::Walk(toward) => {
            let here = state.place.unwrap_or_else(|| {
                let told = state.run.trace.events.get(state.playhead.cursor.saturating_sub(1));
                told.map_or((NodeId::new(0), 0), |event| (event.node, event.time))
            });
            let from = (state.selection, here);
            let drawn = state.run.trace.events_until(state.shown_until).min(state.told());
            let next = walk(&state.run.trace, from, toward, drawn);
            visit(state, next)
        }
        Hand::Only(node) => {
            let mut next = State { menu: false, selection: None, ..state };
            next.study.only = Only { node: Some(node), kind: None };
            next
        }
        Hand::Follow => {
            let next = state.selection.and_then(|selection| follow(&state.run.trace, selection));
            if next.is_some() { visit(state, next) } else { state }
        }
        Hand::Enter => match state.selection {
            None => reduce(state, Hand::Walk(Toward::Later)),
            Some(Selection::Event(event)) if message_of(&state.run.trace, event).is_some() => {
                reduce(state, Hand::Follow)
            }
            Some(_) => State { menu: state.allowed != Allowed::NONE, ..state },
        },
        Hand::Menu(open) => {
            let may = state.allowed != Allowed::NONE;
            State { menu: open && may && state.selection.is_some(), ..state }
        }
        Hand::Escape => escape(state),
        Hand::Arm(armed) => State { armed, ..state },
        Hand::Lasso(lasso) => State { lasso, ..state },
        // Changes of the scenario: see `change`.
        _ => state,
    }
}

impl Hand {
    /// True if the action may change the scenario, or the text of it that the reader writes.
    pub(super) const fn changes_scenario(&self) -> bool {
        matches!(
            self,
            Self::Split
                | Self::Fill(..)
                | Self::Make(_)
                | Self::Submit(..)
                | Self::Type(_)
                | Self::Take
                | Self::Discard
        )
    }
}

/// Makes a change of the scenario. A change from the menu is several actions in a row, made by the reducer itself.
pub(super) fn change(state: State, hand: Hand) -> State {
    match hand {
        Hand::Split => split(state),
        Hand::Fill(form, typed) => menu::fill(state, form, typed),
        Hand::Type(text) => writing::write(state, text),
        Hand::Take => writing::take(state),
        Hand::Discard => State { writing: None, ..state },
        _ => state,
    }
}

/// Selects something, or nothing. Its place is remembered for the keyboard.
pub(super) fn select(state: State, selection: Option<Selection>, menu: bool) -> State {
    let picked = selection.or(state.selection);
    let place = picked.and_then(|picked| place_of(&state.run.trace, picked)).or(state.place);
    let menu = menu && state.allowed != Allowed::NONE && selection.is_some();
    State { selection, place, menu, ..state }
}

/// Selects something without opening its menu, and announces it.
fn visit(state: State, selection: Option<Selection>) -> State {
    let announcement = selection.map(|selection| sentence(&state, selection));
    let state = select(state, selection, false);
    State { announcement: announcement.unwrap_or_default(), ..state }
}

/// Describes the selection in words.
fn sentence(state: &State, selection: Selection) -> String {
    let run = &state.run;
    match selection {
        Selection::Event(event) if event < run.trace.events.len() => {
            let said = event_sentence(&run.scenario, &run.trace, event);
            text::marks::at(run.trace.events[event].time, &said)
        }
        Selection::Message(name) => {
            let found = run.trace.messages.iter().position(|message| message.name == name);
            found.map_or_else(String::new, |id| {
                message_so_far(&run.scenario, &run.trace, id, state.told())
            })
        }
        Selection::Moment { node, at } => text::marks::at(at, &run.scenario.name(node)),
        Selection::Event(_) => String::new(),
    }
}

fn escape(state: State) -> State {
    if state.adjusting {
        let called_off = state.called_off + 1;
        // A drag is a change: the part that makes changes is here.
        let abandoned = edits::here().map(|edits| (edits.act)(state.clone(), Action::Abandon));
        return State { called_off, ..abandoned.unwrap_or(state) };
    }
    if state.lasso.is_some() {
        let called_off = state.called_off + 1;
        return State { lasso: None, armed: false, called_off, ..state };
    }
    if state.armed {
        return State { armed: false, ..state };
    }
    if state.menu {
        return State { menu: false, ..state };
    }
    select(state, None, false)
}

fn split(state: State) -> State {
    let Some(area) = state.lasso else { return state };
    let state = State { lasso: None, armed: false, ..state };
    match area.partition(state.scenario()) {
        Ok(fault) => apply(state, Edit::AddFault(fault)),
        Err(why) => State { announcement: wording(text::hands::no_partition(why)), ..state },
    }
}
