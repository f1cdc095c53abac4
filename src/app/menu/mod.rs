//! Actions on the selection: the items of its menu, each with its words and its edit, or the reason why it would have
//! no effect.

mod form;
mod message;
mod moment;
mod node;
mod possible;

pub use self::form::{Filled, Form, MenuForm, millionths};
pub(super) use self::form::{fill, submit};
use self::possible::WhyNot;
use super::{Action, Edit, Selection, State, reduce, text};
use crate::{
    diagram::event_sentence,
    kernel::{EventId, EventKind, Fault, NodeId, Time},
    runs::Outcome,
};

/// Menu of a selection.
#[derive(Clone, Debug, PartialEq)]
pub struct Menu {
    /// The selection, in a sentence.
    pub title: String,
    /// The entries, from top to bottom.
    pub entries: Vec<MenuEntry>,
}

/// Entry of a menu.
#[derive(Clone, Debug, PartialEq)]
pub enum MenuEntry {
    /// An item.
    Item(MenuItem),
    /// Items beside each other, after these words.
    Row(String, Vec<MenuItem>),
    /// A hint.
    Note(&'static str),
    /// Entries below a heading.
    Group {
        /// The heading.
        title: String,
        /// False if none of the items can be chosen: the heading says why.
        is_enabled: bool,
        /// The entries.
        entries: Vec<Self>,
    },
    /// Entries that are hidden until the reader opens them.
    Fold {
        /// Short name.
        id: &'static str,
        /// The words that open it.
        title: &'static str,
        /// True if it is open at first.
        is_open: bool,
        /// The entries.
        entries: Vec<Self>,
    },
}

/// Item of a menu: a button.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuItem {
    /// Short name, by which tests find it.
    pub id: &'static str,
    /// Words of the button.
    pub words: String,
    /// Effect of the button.
    pub does: Does,
}

/// Effect of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Does {
    /// Makes this change and closes the menu.
    Edit(Edit),
    /// Makes this change; the menu stays open, as it offers more afterwards.
    Prepare(Edit),
    /// Nothing, for this reason: the item is disabled.
    Nothing(String),
    /// Makes the change that the reader enters in this form, and closes the menu.
    Submit(Box<MenuForm>),
}

impl MenuItem {
    fn new(id: &'static str, words: impl Into<String>, does: Does) -> Self {
        Self { id, words: words.into(), does }
    }

    fn edit(id: &'static str, words: impl Into<String>, edit: Edit) -> Self {
        Self::new(id, words, Does::Edit(edit))
    }

    fn fault(id: &'static str, words: impl Into<String>, fault: Fault) -> Self {
        Self::edit(id, words, Edit::AddFault(fault))
    }

    fn disabled(id: &'static str, words: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(id, words, Does::Nothing(why.into()))
    }

    fn form(id: &'static str, words: impl Into<String>, form: MenuForm) -> Self {
        Self::new(id, words, Does::Submit(Box::new(form)))
    }

    /// Disables the item if there is a reason.
    fn unless(self, why_not: WhyNot) -> Self {
        match why_not {
            Some(why) => Self { does: Does::Nothing(why.into_owned()), ..self },
            None => self,
        }
    }
}

impl From<MenuItem> for MenuEntry {
    fn from(item: MenuItem) -> Self {
        Self::Item(item)
    }
}

impl Menu {
    /// Returns the menu of a selection.
    #[must_use]
    pub fn of(run: &Outcome, selection: Selection) -> Self {
        match selection {
            Selection::Message(name) => message::menu(run, name),
            Selection::Event(event) => {
                let at = &run.trace.events[event];
                let sentence = event_sentence(&run.scenario, &run.trace, event);
                let title = text::menu::event(at.time, &sentence);
                Self { title, entries: moment::entries(run, at.node, at.time) }
            }
            Selection::Moment { node, at } => {
                let title = text::menu::moment(&run.scenario.name(node), at);
                Self { title, entries: moment::entries(run, node, at) }
            }
        }
    }

    /// Returns all items, including those in groups and rows, and those inside a form.
    #[must_use]
    pub fn items(&self) -> Vec<&MenuItem> {
        let mut items = Vec::new();
        collect(&self.entries, &mut items);
        items
    }
}

fn collect<'a>(entries: &'a [MenuEntry], items: &mut Vec<&'a MenuItem>) {
    for entry in entries {
        match entry {
            MenuEntry::Item(item) => {
                items.push(item);
                if let Does::Submit(form) = &item.does {
                    items.extend(&form.also);
                }
            }
            MenuEntry::Row(_, row) => items.extend(row),
            MenuEntry::Note(_) => {}
            MenuEntry::Group { entries, .. } | MenuEntry::Fold { entries, .. } => {
                collect(entries, items);
            }
        }
    }
}

/// Makes a change and closes the menu.
pub(super) fn make(state: &State, edit: Edit) -> State {
    reduce(&reduce(state, Action::Apply(edit)), Action::Select(None))
}

/// Returns the place of the first fault of this kind.
fn fault_at(run: &Outcome, is: impl Fn(&Fault) -> bool) -> Option<usize> {
    run.scenario.faults.iter().position(is)
}

/// Returns the events of a node at one moment.
fn events_at(run: &Outcome, node: NodeId, at: Time) -> impl Iterator<Item = EventId> + '_ {
    let first = run.trace.events.partition_point(|event| event.time < at);
    (first..run.trace.events_until(at)).filter(move |&id| run.trace.events[id].node == node)
}

/// Returns the sends of a node at one moment.
fn sends_at(run: &Outcome, node: NodeId, at: Time) -> impl Iterator<Item = EventId> + '_ {
    let is_send = |&id: &EventId| matches!(run.trace.events[id].kind, EventKind::Send(_));
    events_at(run, node, at).filter(is_send)
}
