//! Changes of the scenario by hand, drags, undo and redo.

use super::{
    super::{
        Edit, Playhead, Run, fitting_pace, interesting_end,
        pending::settled,
        refusal,
        rest::let_it_rest,
        words::{self, ChangeOrigin},
    },
    Page, Refused, State,
};
use crate::app::text;
use crate::{formats::Problem, runs::Outcome};

/// Number of changes that can be undone.
const HISTORY: usize = 500;

pub(super) fn push(history: &mut Vec<Page>, page: Page) {
    if history.len() == HISTORY {
        history.remove(0);
    }
    history.push(page);
}

pub(in super::super) fn apply(state: State, edit: Edit) -> State {
    apply_as(state, edit, false, ChangeOrigin::ByHand)
}

pub(in super::super) fn apply_as(
    state: State,
    edit: Edit,
    adjust: bool,
    change: ChangeOrigin,
) -> State {
    let page = state.page();
    apply_from(state, &page, edit, adjust, change)
}

/// Changes the scenario. `before` is the page that was changed; its origin may differ from that of the page shown.
pub(in super::super) fn apply_from(
    state: State,
    before: &Page,
    edit: Edit,
    adjust: bool,
    change: ChangeOrigin,
) -> State {
    // A whole scenario stays as written, a name changes nothing else, and the reader sets the horizon; any other change
    // by hand may need more time to show its effect.
    let as_it_is = adjust || matches!(edit, Edit::Replace(_) | Edit::Rename(..) | Edit::Until(_));
    let next = match edit.made(state.scenario()) {
        // Back to the opened scenario is never too far.
        Ok(next)
            if change != ChangeOrigin::Opened
                && !state.allowed.permits(state.scenario(), &next) =>
        {
            // A drag has many steps: it just goes nowhere.
            return if adjust { state } else { not_allowed(state) };
        }
        Ok(next) => words::after(before, next, change),
        Err(why) => return refuse_with(state, why),
    };
    if *next.scenario == *state.scenario() {
        return State { written: next.written, ..state };
    }
    let mut runner = state.runner();
    let run = match runner.run((*next.scenario).clone()) {
        // The scenario as it was opened stays unchanged.
        Ok(Some(run)) if as_it_is || next.scenario == next.origin => run,
        Ok(Some(run)) => let_it_rest(run, &mut runner),
        Ok(None) => return state.waits(runner),
        Err(problem) => return refuse_with(state, refusal::said(&problem, &next.scenario)),
    };
    if runner.wanted.is_some() {
        return state.waits(runner);
    }
    let mut undo = state.undo.clone();
    if !state.adjusting {
        push(&mut undo, state.page());
    }
    // A cancelled drag must not lose the redo history.
    let redo = if adjust { state.redo.clone() } else { Vec::new() };
    let Page { origin, written, .. } = next;
    State { undo, redo, origin, written, adjusting: adjust, ..show(state, run, adjust) }
}

pub(super) fn refuse(state: State, problem: &Problem) -> State {
    refuse_with(state, problem.to_string())
}

/// Refuses a change that the page around an embed does not leave to its readers.
fn not_allowed(state: State) -> State {
    refuse_with(state, text::banner::NOT_ALLOWED.to_owned())
}

fn refuse_with(state: State, why: String) -> State {
    let refused = Refused::after(state.refused.as_ref(), why);
    State { refused: Some(refused), refusals: state.refusals + 1, ..state }
}

/// Shows another run: the reader's place in time and everything that is still valid stay.
fn show(state: State, run: Run, adjust: bool) -> State {
    let was_at_end = state.playhead.is_at_end(&state.run);
    let same_protocol = run.protocol.id == state.run.protocol.id;
    let shown_until = match (adjust, same_protocol) {
        // The axis must not move under the reader's finger.
        (true, _) => state.shown_until,
        // Nor must it shrink with each change; undo goes back to what was shown.
        (false, true) => interesting_end(&run).max(state.shown_until.min(run.scenario.until)),
        (false, false) => interesting_end(&run),
    };
    let playhead = if was_at_end && !state.playing {
        Playhead { time: shown_until as f64, cursor: run.trace.events.len() }
    } else {
        Playhead::at(&run, state.playhead.time.min(shown_until as f64))
    };
    // A run that takes much longer than before would take as much longer to play.
    let pace = if shown_until > 4 * state.shown_until { fitting_pace(&run) } else { state.pace };
    let announcement = if state.study.future_hidden {
        text::future::STAYS_HIDDEN.to_owned()
    } else {
        announce(&state.run, &run)
    };
    State {
        announcement,
        writing: state.writing.clone().filter(|writing| writing.outlives(&run.scenario)),
        // The reader's text stays; the refusal of an earlier change does not.
        refused: state.refused.clone().filter(|refused| !refused.text.is_empty()),
        playhead,
        shown_until,
        pace,
        run,
        ..state
    }
}

/// Says how a change changed the verdicts, for screen readers.
fn announce(before: &Outcome, after: &Outcome) -> String {
    let status = |run: &Outcome, name: &str| {
        let mut judgements = run.report.judgements.iter();
        judgements.find(|j| j.property.name == name).map(|j| j.verdict.status())
    };
    let changed = after.report.judgements.iter().filter_map(|judgement| {
        let name = judgement.property.name;
        let now = judgement.verdict.status();
        (status(before, name) != Some(now)).then(|| format!("{name}: {now}"))
    });
    let changed: Vec<_> = changed.collect();
    if changed.is_empty() {
        text::recomputed::UNCHANGED.to_owned()
    } else {
        text::recomputed::changed(&changed.join(", "))
    }
}

pub(super) fn settle(state: State) -> State {
    if let Some(settled) = settled(&state) {
        return settled;
    }
    if !state.adjusting {
        return state;
    }
    let mut runner = state.runner();
    let run = state.run.clone();
    let run = if state.is_edited() { let_it_rest(run, &mut runner) } else { run };
    if runner.wanted.is_some() {
        return state.waits(runner);
    }
    let mut state = State { adjusting: false, ..show(state, run, false) };
    // A drag that returns to its start is not a change.
    if state.undo.last().is_some_and(|page| *page.scenario == state.run.scenario) {
        state.undo.pop();
    } else {
        state.redo.clear();
    }
    state
}

pub(in super::super) fn abandon(state: State) -> State {
    let state = State { pending: None, ..state };
    if !state.adjusting {
        return state;
    }
    let redo = state.redo.clone();
    State { redo, ..undo(state) }
}

pub(super) fn undo(mut state: State) -> State {
    let Some(page) = state.undo.pop() else { return state };
    let current = state.page();
    state.redo.push(current);
    travel(state, &page)
}

pub(super) fn redo(mut state: State) -> State {
    let Some(page) = state.redo.pop() else { return state };
    let current = state.page();
    push(&mut state.undo, current);
    travel(state, &page)
}

fn travel(state: State, to: &Page) -> State {
    let mut runner = state.runner();
    match runner.run((*to.scenario).clone()) {
        Ok(None) => state.waits(runner),
        Ok(Some(run)) => {
            // The axis is restored too.
            let shown_until = interesting_end(&run);
            let shown = show(State { shown_until, ..state }, run, false);
            let Page { origin, written, .. } = to.clone();
            State { origin, written, adjusting: false, ..shown }
        }
        Err(problem) => refuse(state, &problem),
    }
}
