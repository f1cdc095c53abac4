//! Words on a run: its title and captions, and their author.
//!
//! Words are true of the run that they were written for. Those of an example or a link are dropped with the reader's
//! first change, and return when the run is again the opened one. The reader's own words stay. The scenario itself
//! holds the outcome: the reader and everyone who opens the link see the same.

use std::rc::Rc;

use super::{Page, State, text};
use crate::{
    formats::scenario::goal_of,
    kernel::{Caption, NodeId, Scenario, visible},
    runs::Want,
};

/// Origin of a changed scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChangeOrigin {
    /// A change by hand: it did not touch the words.
    ByHand,
    /// The reader wrote the whole scenario, its words included.
    Written,
    /// A return to the scenario as it was opened.
    Opened,
}

fn has_words(scenario: &Scenario) -> bool {
    !scenario.title.is_empty() || !scenario.captions.is_empty()
}

/// Returns the page after a change, with the words that are still true of it.
///
/// `before` is the page that was changed; the words of an example are compared with its origin.
pub(super) fn after(before: &Page, next: Scenario, change: ChangeOrigin) -> Page {
    let origin = Rc::clone(&before.origin);
    match change {
        ChangeOrigin::Opened => Page { scenario: Rc::new(next), origin, written: None },
        ChangeOrigin::ByHand => by_hand(before, next),
        ChangeOrigin::Written => as_written(before, next),
    }
}

fn by_hand(before: &Page, mut next: Scenario) -> Page {
    let Page { scenario: was, origin, written } = before;
    let stays = |node: NodeId| node.index() < next.nodes.len();
    let own = written.as_ref().map(|written| {
        let captions = written.captions.iter().filter(|caption| stays(caption.node)).cloned();
        Scenario { captions: captions.collect(), ..(**written).clone() }
    });
    let own = own.filter(has_words);
    if origin.goal.is_some() {
        let is_there = |want: &Want| !matches!(want, Want::Tell { node, .. } if !stays(*node));
        next.goal = was.goal.clone().filter(|_| goal_of(was).is_some_and(|it| is_there(&it.want)));
    }
    let opened = next.same_run(origin);
    let (title, captions) = own
        .as_ref()
        .map_or((String::new(), Vec::new()), |own| (own.title.clone(), own.captions.clone()));
    next.title = match title {
        own if !own.is_empty() => own,
        _ if opened => origin.title.clone(),
        // An exercise keeps its name.
        _ if origin.goal.is_some() => was.title.clone(),
        none => none,
    };
    next.captions = if captions.is_empty() && opened { origin.captions.clone() } else { captions };
    Page { scenario: Rc::new(next), origin: Rc::clone(origin), written: own.map(Rc::new) }
}

fn as_written(before: &Page, mut next: Scenario) -> Page {
    let Page { scenario: was, origin, written } = before;
    if goal_of(&next) != goal_of(was) {
        return as_assigned(next);
    }
    let own_before = |caption: &Caption| {
        written.as_ref().is_some_and(|written| written.captions.contains(caption))
    };
    let is_own = |caption: &Caption| own_before(caption) || !was.captions.contains(caption);
    let own_title = if next.title == was.title {
        written.as_ref().is_some_and(|written| !written.title.is_empty())
    } else {
        !next.title.is_empty()
    };
    if !next.same_run(origin) {
        next.captions.retain(is_own);
        if !own_title && origin.goal.is_none() {
            next.title.clear();
        }
    }
    let title = if own_title { next.title.clone() } else { String::new() };
    let captions: Vec<_> = next.captions.iter().filter(|it| is_own(it)).cloned().collect();
    let is_new = (own_title && next.title != was.title)
        || captions.iter().any(|caption| !was.captions.contains(caption));
    // New words belong to the run that they were written with.
    let of = written.as_ref().filter(|_| !is_new).map_or(&next, |written| &**written);
    let own = Scenario { title, captions, ..of.clone() };
    let written = has_words(&own).then(|| Rc::new(own));
    Page { scenario: Rc::new(next), origin: Rc::clone(origin), written }
}

/// Returns the page of a run that the reader made an exercise of, or of an exercise with another goal: it begins here.
fn as_assigned(next: Scenario) -> Page {
    let written = has_words(&next).then(|| Rc::new(next.clone()));
    let scenario = Rc::new(next);
    Page { origin: Rc::clone(&scenario), scenario, written }
}

impl State {
    /// Returns the run's heading: its title, or else one that names the protocol.
    #[must_use]
    pub fn heading(&self) -> String {
        heading(self.scenario(), self.is_edited(), self.run.protocol.name)
    }

    /// True if the reader's own title or captions were written for the run before the last change.
    #[must_use]
    pub fn has_old_words(&self) -> bool {
        self.written.as_ref().is_some_and(|written| !written.same_run(self.scenario()))
    }
}

/// Returns the heading of a scenario that runs a protocol of this name.
pub(super) fn heading(scenario: &Scenario, edited: bool, protocol: &str) -> String {
    match (scenario.title.as_str(), edited) {
        ("", true) => text::words::own_run(protocol),
        ("", false) => text::words::run(protocol),
        (title, _) => visible(title).into_owned(),
    }
}
