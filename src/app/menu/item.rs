//! Items of a menu, with their forms.

use super::{
    super::{Allowed, Edit, Field, text},
    form::Form,
    possible::WhyNot,
};
use crate::{
    kernel::{Fault, NodeId},
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
    /// Shows only this node's messages, and closes the menu: no change of the run.
    Only(NodeId),
    /// Nothing, for this reason: the item is disabled.
    Nothing(String),
    /// Makes the change that the reader enters in this form, and closes the menu.
    Submit(Box<MenuForm>),
}

impl MenuItem {
    pub(super) fn new(id: &'static str, words: impl Into<String>, does: Does) -> Self {
        Self { id, words: words.into(), does }
    }

    pub(super) fn edit(id: &'static str, words: impl Into<String>, edit: Edit) -> Self {
        Self::new(id, words, Does::Edit(edit))
    }

    pub(super) fn fault(id: &'static str, words: impl Into<String>, fault: Fault) -> Self {
        Self::edit(id, words, Edit::AddFault(fault))
    }

    pub(super) fn disabled(
        id: &'static str,
        words: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self::new(id, words, Does::Nothing(why.into()))
    }

    pub(super) fn form(id: &'static str, words: impl Into<String>, form: MenuForm) -> Self {
        Self::new(id, words, Does::Submit(Box::new(form)))
    }

    /// True if a change of its kind is allowed.
    fn is_allowed(&self, run: &Outcome, allowed: Allowed) -> bool {
        match &self.does {
            // Not by trial: what applies edits is a part that comes later than the menu.
            Does::Edit(edit) | Does::Prepare(edit) => allowed.has(edit.kind(&run.scenario)),
            Does::Submit(form) => allowed.has(form.form.kind()),
            // The author of an embed chose what it offers.
            Does::Only(_) => false,
            // Named as the change that it would make.
            Does::Nothing(_) => allowed.has(self.id),
        }
    }

    /// Disables the item if there is a reason.
    pub(super) fn unless(self, why_not: WhyNot) -> Self {
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

/// Short name of the fold of items without effect.
pub(super) const WITHOUT_EFFECT: &str = "without-effect";

/// Moves what would have no effect below the rest, into a fold that says why: it is no act, but the reason is worth reading.
pub(super) fn parted(mut entries: Vec<MenuEntry>) -> Vec<MenuEntry> {
    let mut without = Vec::new();
    part(&mut entries, &mut without);
    if !without.is_empty() {
        entries.push(MenuEntry::Fold {
            id: WITHOUT_EFFECT,
            title: text::menu::WITHOUT_EFFECT,
            is_open: false,
            entries: without,
        });
    }
    entries
}

fn part(entries: &mut Vec<MenuEntry>, without: &mut Vec<MenuEntry>) {
    for mut entry in std::mem::take(entries) {
        match &mut entry {
            MenuEntry::Item(MenuItem { does: Does::Nothing(_), .. })
            | MenuEntry::Group { is_enabled: false, .. } => {
                without.push(entry);
                continue;
            }
            MenuEntry::Group { entries: inner, .. } | MenuEntry::Fold { entries: inner, .. } => {
                part(inner, without);
                if inner.is_empty() {
                    continue;
                }
            }
            _ => {}
        }
        entries.push(entry);
    }
}

impl Menu {
    /// Leaves out the items that a reader may not use.
    #[must_use]
    pub fn within(mut self, run: &Outcome, allowed: Allowed) -> Self {
        if allowed != Allowed::ALL {
            retain(&mut self.entries, &|item| item.is_allowed(run, allowed));
            if self.entries.is_empty() {
                self.entries.push(MenuEntry::Note(text::menu::NOTHING_ALLOWED));
            }
        }
        self
    }

    /// Returns all items, including those in groups and rows, and those inside a form.
    #[must_use]
    pub fn items(&self) -> Vec<&MenuItem> {
        let mut items = Vec::new();
        collect(&self.entries, &mut items);
        items
    }
}

/// Keeps the items that are allowed, and the entries that have some.
fn retain(entries: &mut Vec<MenuEntry>, is_allowed: &impl Fn(&MenuItem) -> bool) {
    entries.retain_mut(|entry| match entry {
        MenuEntry::Item(item) => is_allowed(item),
        MenuEntry::Row(_, items) => {
            items.retain(is_allowed);
            !items.is_empty()
        }
        MenuEntry::Note(_) => false,
        MenuEntry::Group { entries, .. } | MenuEntry::Fold { entries, .. } => {
            retain(entries, is_allowed);
            !entries.is_empty()
        }
    });
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

/// Form of a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuForm {
    /// Its purpose.
    pub form: Form,
    /// Heading of the fields that are boxes to check.
    pub title: &'static str,
    /// The fields.
    pub fields: Vec<Field>,
    /// Reason why the offered values are refused; none if the form is only checked when it is submitted.
    pub checked: Option<String>,
    /// A hint.
    pub note: String,
    /// Another item beside the fields.
    pub also: Option<MenuItem>,
}

impl MenuForm {
    pub(super) fn new(form: Form, mut fields: Vec<Field>) -> Self {
        // A single field needs no label: the button names it.
        if let [field] = &mut fields[..] {
            field.is_named = false;
        }
        Self { form, title: "", fields, checked: None, note: String::new(), also: None }
    }

    /// Checks the values while they are entered.
    pub(super) fn checked(self, run: &Outcome) -> Self {
        let offered: Vec<_> = self.fields.iter().map(|field| field.offered.clone()).collect();
        Self { checked: Some(self.form.why_not(run, &offered)), ..self }
    }
}
