//! The reader's selections, checked against the run that is shown: a node, a message, an event, a place in the scenario
//! never outlive the run that they belong to.
//!
//! [`reduce`](super::reduce) ends with [`held`], whatever the action was. It names every field of the state: a new
//! field does not compile until its behaviour at a change of the run is defined.

use super::{Area, Run, Selection, Shared, State, Stride, Study};
use crate::{
    diagram::kinds,
    kernel::{NodeId, NodeSet, Verdict},
};

/// Returns the state with all selections checked against its run. `before` is the state before the action.
#[expect(clippy::too_many_lines, reason = "a line for each field")]
pub(super) fn held(before: &State, mut state: State) -> State {
    let changed = state.run != before.run;
    // Searching for a message or a verdict takes long in a long run: not at every frame of playback.
    let picked = changed || state.selection != before.selection;
    let asked = changed || state.explained != before.explained;
    let other = changed && state.selection == before.selection; // Runs number their events anew.
    let State {
        run,
        // Scenarios, not selections: each is read and run again before it is shown.
        origin: _,
        assigned: _,
        written: _,
        undo: _,
        redo: _,
        linked: _,
        // Selections.
        playhead,
        selection,
        menu,
        filled,
        place,
        lasso,
        explained,
        study,
        inspected,
        tables,
        filter,
        causes_wanted,
        measuring,
        // Computed from the run that is shown, and computed again for another one.
        changes: _,
        compare: _,
        exercise: _,
        ways: _,
        pending: _,
        awaited: _,
        fetch_failed: _,
        computed: _,
        wanted: _,
        // Independent of the run.
        loads: _,
        adjusting: _,
        calm: _,
        allowed: _,
        playing: _,
        speed: _,
        pace: _,
        shown_until: _,
        armed: _,
        indications: _,
        called_off: _,
        writing: _,
        lens: _,
        panel: _,
        presenting: _,
        authoring: _,
        gallery: _,
        sharing: _,
        imports: _,
        searching: _,
        refused: _,
        refusals: _,
        announcement: _,
        stands_in: _,
        promised: _,
    } = &mut state;
    let is_there = |node: &NodeId| node.index() < run.scenario.nodes.len();
    playhead.cursor = playhead.cursor.min(run.trace.events.len());
    selection
        .take_if(|it| (other && matches!(it, Selection::Event(_))) || (picked && !it.is_of(run)));
    *menu &= selection.is_some();
    filled.retain(|_| *menu && !changed);
    place.take_if(|(node, _)| !is_there(node));
    *causes_wanted &= !changed;
    measuring.hold(changed);
    lasso.take_if(|area| !area.is_held(run.scenario.nodes.len()));
    explained.take_if(|name| asked && !is_violated(run, name));
    inspected.take_if(|node| !is_there(node));
    tables.about.take_if(|node| !is_there(node));
    filter.node.take_if(|node| !is_there(node));
    study.hold(run, changed);
    state
}

impl Area {
    /// Removes the nodes that no longer exist. True if some nodes remain, or none was enclosed yet.
    fn is_held(&mut self, size: usize) -> bool {
        let before = self.nodes;
        self.nodes = before.and(NodeSet::first(size));
        before.is_empty() || !self.nodes.is_empty()
    }
}

impl Study {
    /// Removes nodes and kinds of messages that do not exist in the run; in a run that has `changed`, a cut moves to the new lines.
    fn hold(&mut self, run: &Run, changed: bool) {
        let size = run.scenario.nodes.len();
        if matches!(self.stride, Stride::Node(node) if node.index() >= size) {
            self.stride = Stride::Event;
        }
        self.only.node.take_if(|node| node.index() >= size);
        self.only
            .kind
            .take_if(|kind| changed && !kinds(&run.trace).iter().any(|it| **it == **kind));
        self.cut.take_if(|cut| cut.posts.len() != size);
        if let Some(cut) = self.cut.take_if(|_| changed) {
            self.cut = cut.of(run).map(Shared::new);
        }
    }
}

impl Selection {
    /// True if a run has the selected item.
    fn is_of(self, run: &Run) -> bool {
        match self {
            Self::Message(name) => run.trace.messages.iter().any(|message| message.name == name),
            Self::Event(event) => event < run.trace.events.len(),
            Self::Moment { node, .. } => node.index() < run.scenario.nodes.len(),
        }
    }
}

fn is_violated(run: &Run, name: &str) -> bool {
    let of = |verdict: &Verdict| verdict.is_violated();
    run.report.judgements.iter().any(|it| it.property.name == name && of(&it.verdict))
}
