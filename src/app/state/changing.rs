//! The part of the program that changes the scenario: the page begins without it.

use super::{
    super::{
        Compare, Comparison, Draft, Edit, Errand, Exercise, Form, Found, Hand, Offer, Run, Said,
        Variant, changes, compare,
        draft::restore,
        errand::heard_now,
        file::open_file,
        hands, importing, measuring, menu,
        runner::Runner,
        searching,
        tour::{change_protocol, open_protocol, run_variants},
        words::ChangeOrigin,
    },
    Action, State,
    change::{abandon, apply, apply_as, redo, settle, undo},
    opening::load,
};
use crate::{formats::bundled::Bundled, kernel::Scenario, split::part};

/// Functions that change the scenario, compare runs, and keep the reader's work.
#[derive(Debug)]
pub struct Edits {
    pub(in super::super) act: fn(State, Action) -> State,
    pub(super) on_recorded: fn(State, Action) -> State,
    pub(super) make: fn(&State, Edit) -> State,
    pub(super) submit: fn(&State, Form, Vec<String>) -> State,
    pub(in super::super) find: fn(&mut State, &mut Runner),
    pub(in super::super) advance: fn(&mut Comparison) -> Option<Found>,
    pub(super) follow: fn(&State, State) -> State,
    pub(in super::super) in_link: fn(&Compare, &str, &Scenario) -> Option<String>,
    pub(in super::super) exercise: fn(&Run, &Scenario, bool) -> Option<Exercise>,
    pub(in super::super) variants: fn(&Run, &Bundled, &[&Bundled]) -> Vec<Variant>,
    pub(in super::super) begin: fn(&str, Option<&str>) -> State,
    pub(in super::super) draft: fn(&State, usize) -> Option<String>,
    pub(in super::super) offer: fn(&[Draft], &[String]) -> Option<Offer>,
    pub(in super::super) write_errand: fn(&Errand) -> String,
    pub(in super::super) hear: fn(&str) -> Option<Said>,
}

part! {
    /// Changes of the scenario, comparisons, exercises and drafts.
    pub edits: Edits = Edits {
        act,
        on_recorded: importing::act_on_recorded,
        make: menu::make,
        submit: menu::submit,
        find: changes::find_now,
        advance: Comparison::advance_now,
        follow: compare::follow,
        in_link: Compare::in_link_now,
        exercise: Exercise::of,
        variants: run_variants,
        begin: State::begin_now,
        draft: State::draft_within,
        offer: Draft::to_offer_now,
        write_errand: Errand::write_now,
        hear: heard_now,
    };
}

impl Action {
    /// True if the action may change the scenario that is shown, as the reader's own change.
    pub(in super::super) const fn changes_scenario(&self) -> bool {
        match self {
            Self::Apply(_)
            | Self::Adjust(_)
            | Self::Write(_)
            | Self::Undo
            | Self::Redo
            | Self::Reset => true,
            Self::Hand(hand) => hand.changes_scenario(),
            _ => false,
        }
    }
}

/// True if an action needs the part [`edits`]. Views of the run and ways through its time do not.
pub(in super::super) const fn needs_edits(action: &Action) -> bool {
    match action {
        Action::Load(_)
        | Action::File(..)
        | Action::Protocol(_)
        | Action::Settle
        | Action::Abandon
        | Action::Compared(..)
        | Action::Differ(_)
        | Action::Since(_)
        | Action::Compare(_)
        | Action::Pair(_)
        | Action::Search(_)
        | Action::Measure(_)
        | Action::Import(_)
        | Action::Restore(_) => true,
        _ => action.changes_scenario(),
    }
}

fn act(state: State, action: Action) -> State {
    match action {
        Action::Load(text) => load(state, &text),
        Action::File(file, text) => open_file(state, &file, text.as_deref()),
        Action::Protocol(id) => open_protocol(state, id),
        Action::Apply(Edit::Protocol(id)) => change_protocol(state, id),
        Action::Apply(edit @ Edit::Replace(_)) => {
            let loads = state.loads + 1;
            apply(State { loads, ..state }, edit)
        }
        Action::Apply(edit) => apply(state, edit),
        Action::Adjust(edit) => apply_as(state, edit, true, ChangeOrigin::ByHand),
        Action::Write(next) => apply_as(state, Edit::Replace(next), false, ChangeOrigin::Written),
        Action::Settle => settle(state),
        Action::Abandon => abandon(state),
        Action::Undo if state.adjusting => hands::reduce(state, Hand::Escape),
        Action::Redo if state.adjusting => state,
        Action::Undo => undo(state),
        Action::Redo => redo(state),
        Action::Reset => {
            let origin = Box::new((*state.origin).clone());
            apply_as(state, Edit::Replace(origin), false, ChangeOrigin::Opened)
        }
        Action::Compared(of, found) => changes::compared(state, &of, &found),
        Action::Differ(showing) => changes::show(state, showing),
        Action::Since(since) => changes::since(state, since),
        Action::Compare(against) => compare::compare(state, against),
        Action::Pair(fragment) => compare::pair(state, &fragment),
        Action::Search(action) => searching::reduce(state, action),
        Action::Measure(action) => measuring::reduce(state, action),
        Action::Import(action) => importing::reduce(state, action),
        Action::Restore(draft) => restore(state, &draft),
        Action::Hand(hand) => hands::change(state, hand),
        _ => state,
    }
}
