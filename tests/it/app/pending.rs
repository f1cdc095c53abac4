//! Long runs are computed in the background: the shown run stays meanwhile, and the result is that of a short run.

use serde_json::json;
use worldlines::{
    app::{
        Action, Against, Edit, Judged, MOST_HELD, Run, Shared, Showing, Since, State, judge_at,
        reduce,
    },
    diagram::Difference,
    formats::{link, scenario},
    kernel::{Delay, Fault, MessageName, NetworkSpec, NodeId, Scenario},
    runs::{Outcome, Work},
};

/// This many broadcasts among five, 46 events each.
fn broadcasts(count: usize) -> Scenario {
    let requests: Vec<_> = (0..count)
        .map(|index| json!({ "at": index, "node": format!("P{}", index % 5 + 1), "do": "broadcast", "with": format!("m{index}") }))
        .collect();
    let text = json!({ "version": 1, "protocol": "reliable-broadcast", "nodes": 5, "requests": requests, "until": count + 100 });
    scenario::read(&text.to_string()).expect("it is a scenario")
}

fn long() -> State {
    wait(State::begin(&link::fragment(&broadcasts(500), None), None))
}

fn drop_first() -> Edit {
    let message = MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 };
    Edit::AddFault(Fault::Drop { message })
}

/// Computes until no work is pending.
fn wait(mut state: State) -> State {
    for _ in 0..20 {
        let Some(pending) = state.pending.clone() else { return state };
        let run = Outcome::of(pending.scenario.clone()).expect("it can be run");
        state = reduce(&state, Action::Computed(pending, Run::of(run)));
    }
    panic!("it never ends");
}

#[test]
fn run_computed_in_slices_equals_the_run_at_once() {
    for count in [3, 100] {
        let whole = Outcome::of(broadcasts(count)).expect("it can be run");
        for part in [1, 100, 1_000_000] {
            let mut work = Work::new(broadcasts(count)).expect("it can be run");
            let (mut steps, mut last) = (0, 0);
            while !work.advance(part) {
                assert!(work.progress() >= last && work.progress() <= 1000);
                last = work.progress();
                steps += 1;
            }
            assert!(steps * part >= whole.trace.events.len() / 2, "a part is a part");
            let run = work.finish();
            assert_eq!((run.digest(), &run.report), (whole.digest(), &whole.report));
        }
    }
}

#[test]
fn long_run_while_computing_leaves_the_previous_run_shown() {
    let before = long();
    assert!(before.run.trace.events.len() > 20_000 && before.pending.is_none());
    let asked = reduce(&before, Action::Apply(drop_first()));
    assert!(asked.pending.is_some());
    assert_eq!((&asked.run, asked.undo.len()), (&before.run, 0));
    let there = wait(asked.clone());
    assert_eq!(there.scenario().faults.len(), 1);
    assert_eq!((there.undo.len(), there.pending.is_some()), (1, false));
    let whole = Outcome::of(there.scenario().clone()).expect("it can be run");
    assert_eq!(there.run.digest(), whole.digest());
    let back = wait(reduce(&there, Action::Undo));
    assert_eq!((back.scenario(), back.redo.len()), (before.scenario(), 1));
    let forth = wait(reduce(&back, Action::Redo));
    assert_eq!(forth.scenario(), there.scenario());
    let reset = wait(reduce(&forth, Action::Reset));
    assert_eq!(reset.scenario(), before.scenario());
}

#[test]
fn long_run_while_computing_is_cancelled_or_replaced_by_a_change() {
    let before = long();
    let asked = reduce(&before, Action::Apply(drop_first()));
    let first = asked.pending.clone().expect("it is long");
    let cancelled = reduce(&asked, Action::Cancel);
    assert_eq!((cancelled.pending.is_some(), cancelled.scenario()), (false, before.scenario()));
    let run = Run::of(Outcome::of(first.scenario.clone()).expect("it can be run"));
    let late = reduce(&cancelled, Action::Computed(first.clone(), run.clone()));
    assert_eq!(late.scenario(), before.scenario(), "nothing waits for it any more");

    let other = reduce(&asked, Action::Apply(Edit::Seed(7)));
    assert_ne!(other.pending, asked.pending);
    let ignored = reduce(&other, Action::Computed(first, run));
    assert_eq!(ignored.pending, other.pending);
    let there = wait(ignored);
    assert_eq!((there.scenario().seed, there.scenario().faults.len()), (7, 0));

    let small = reduce(&asked, Action::Load(link::fragment(&broadcasts(2), None)));
    assert!(small.pending.is_none(), "a short run ends the wait");
    // Actions that do not change the run continue meanwhile.
    let seeking = reduce(&asked, Action::Seek(50.0));
    assert_eq!((seeking.pending, seeking.playhead.time), (asked.pending, 50.0));
}

#[test]
fn drag_that_ends_before_its_run_is_computed_is_one_change() {
    let before = long();
    let message = MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 };
    let mut state = before.clone();
    for by in 1..5 {
        state = reduce(&state, Action::Adjust(Edit::AddFault(Fault::Delay { message, by })));
    }
    let there = wait(reduce(&state, Action::Settle));
    assert_eq!(there.scenario().faults, [Fault::Delay { message, by: 4 }]);
    assert_eq!((there.undo.len(), there.adjusting), (1, false));
    let called_off = reduce(&state, Action::Abandon);
    assert_eq!((called_off.pending.is_some(), called_off.scenario()), (false, before.scenario()));
}

#[test]
fn digest_of_a_long_link_is_checked_after_the_run_is_shown() {
    let scenario = broadcasts(500);
    let wrong = wait(State::begin(&link::fragment(&scenario, Some("00000000")), None));
    assert!(wrong.refused.is_none() && wrong.promised.is_some());
    let known = reduce(&wrong, Action::Digested(wrong.run.digest()));
    assert!(known.refused.is_some_and(|refused| refused.why.contains("another version")));
    let right = wait(State::begin(&link::fragment(&scenario, Some(&wrong.run.digest())), None));
    let known = reduce(&right, Action::Digested(right.run.digest()));
    assert!(known.refused.is_none() && known.promised.is_none());
}

#[test]
fn verdicts_at_a_moving_playhead_belong_to_its_moment() {
    let runs = [long().run, State::opening().run];
    let mut judged = Judged::default();
    for run in &runs {
        let events = run.trace.events.len();
        for moment in [0, 1, events / 2, events / 2 + 3, events, 2, events] {
            assert_eq!(judged.at(run, moment), judge_at(run, moment), "after {moment} events");
        }
    }
}

#[test]
fn link_to_a_long_run_is_waited_for_and_a_short_one_opens_at_once() {
    let short = link::fragment(&broadcasts(3), None);
    let state = State::begin(&short, None);
    assert!(state.pending.is_none() && *state.scenario() == broadcasts(3) && state.undo.is_empty());
    let long = link::fragment(&broadcasts(500), None);
    let arriving = State::begin(&long, None);
    assert!(arriving.pending.is_some() && *arriving.scenario() == *State::opening().scenario());
    assert!(arriving.stands_in);
    // After a cancellation the example is still an example.
    assert!(!reduce(&arriving, Action::Cancel).stands_in);
    let there = wait(arriving);
    assert_eq!(*there.scenario(), broadcasts(500));
    assert!(!there.is_edited() && there.refused.is_none());
    // Undo does not return to a run that was never shown.
    assert!(there.undo.is_empty() && !there.stands_in);
    // A scenario that cannot be opened is reported, as always.
    let damaged = State::begin("s=deflate.nonsense", None);
    assert!(damaged.refused.is_some_and(|refused| refused.text == "s=deflate.nonsense"));
}

#[test]
fn link_of_two_long_runs_is_waited_for_and_shows_both() {
    let changed = wait(reduce(&long(), Action::Apply(drop_first())));
    let against = Against::Earlier(Since::Opening);
    let beside = wait(reduce(&changed, Action::Compare(Some(against))));
    let second = beside.compare.as_ref().expect("it is computed");
    let link = second.in_link(&link::fragment(beside.scenario(), None), beside.scenario());
    assert!(link.contains("&c=deflate.") && !link.contains("&e="), "{link}");
    let draft = beside.draft().expect("there is work");
    for begun in
        [State::begin(&link, None), State::begin(link.trim_start_matches('#'), Some(&draft))]
    {
        assert!(begun.pending.is_some() && begun.compare.is_none() && begun.stands_in);
        let there = wait(begun);
        let found = there.compare.as_ref().expect("both are here");
        assert_eq!(
            (there.scenario(), found.against.clone()),
            (beside.scenario(), Against::Linked(0))
        );
        assert_eq!((&found.run.scenario, found.parting), (&second.run.scenario, second.parting));
        assert!(there.refused.is_none() && !there.stands_in);
    }
}

#[test]
fn second_run_that_is_long_is_waited_for_and_followed() {
    let before = long();
    let changed = wait(reduce(&before, Action::Apply(drop_first())));
    for against in [Against::Protocol("uniform-broadcast"), Against::Earlier(Since::Opening)] {
        let asked = reduce(&changed, Action::Compare(Some(against.clone())));
        assert!(asked.pending.is_some() && asked.compare.is_none(), "{against:?}");
        assert_eq!(reduce(&asked, Action::Cancel).compare, None);
        let beside = wait(asked);
        let second = |state: &State| state.compare.as_ref().expect("it is there").run.clone();
        assert!(second(&beside).trace.events.len() > 20_000, "{against:?}");
        // The second run follows the next change, which waits for both.
        let edit = Edit::Rename(NodeId::new(0), "Zoë".to_owned());
        let next = wait(reduce(&beside, Action::Apply(edit)));
        assert_eq!(next.scenario().nodes[0], "Zoë");
        let follows = second(&next).scenario.nodes[0] == "Zoë";
        assert_eq!(follows, against == Against::Protocol("uniform-broadcast"));
    }
    let held = reduce(&changed, Action::Since(Since::Opening));
    assert!(held.pending.is_some());
    let held = wait(held);
    let found =
        reduce(&held, compared(&held)).changes.found.expect("it is held against the opening");
    assert_eq!(found.before.scenario, *before.scenario());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what takes minutes is found by a clock")]
fn runs_with_many_events_at_one_moment_part_at_the_first_difference() {
    let requests: Vec<_> = (0..20)
        .map(|index| json!({ "at": 0, "node": format!("P{}", index + 1), "do": "broadcast", "with": "m" }))
        .collect();
    let text = json!({ "version": 1, "protocol": "reliable-broadcast", "nodes": 50, "requests": requests,
        "network": { "delay": [10, 10] }, "until": 100 });
    let before = wait(reduce(&State::opening(), Action::Load(text.to_string())));
    // Each message is relayed to 48 nodes at once: most of the run happens at one moment.
    let slower =
        NetworkSpec { delay: Delay { min: 20, max: 20 }, ..before.scenario().network.clone() };
    let changed = wait(reduce(&before, Action::Apply(Edit::Network(slower))));
    let begin = std::time::Instant::now();
    let beside = reduce(&changed, Action::Compare(Some(Against::Earlier(Since::Change))));
    let parting = beside.compare.expect("it is there").parting.expect("they part");
    assert_eq!(parting.at, 10);
    let took = begin.elapsed();
    assert!(took < std::time::Duration::from_secs(10), "{took:?}");
}

#[test]
fn runs_that_are_too_long_are_not_compared_and_a_notice_says_so() {
    let long = wait(reduce(&State::opening(), Action::Load(scenario::write(&broadcasts(2_500)))));
    assert!(long.run.trace.events.len() > MOST_HELD);
    let changed = wait(reduce(&long, Action::Apply(drop_first())));
    assert!(changed.changes.too_long && changed.changes.found.is_none());
    let short = wait(reduce(&changed, Action::Apply(Edit::Until(100))));
    assert!(short.changes.too_long, "the earlier one is as long as it was");
    let again = reduce(&short, Action::Apply(Edit::Until(90)));
    assert!(!again.changes.too_long && again.changes.wanted.is_some());
}

/// Makes the comparison that a state wants.
fn compared(state: &State) -> Action {
    let wanted = state.changes.wanted.clone().expect("a comparison is wanted");
    let mut work = wanted.clone();
    let mut found = (0..100).find_map(|_| work.advance());
    Action::Compared(Shared::new(wanted), found.take().expect("it ends"))
}

#[test]
fn long_runs_are_compared_after_the_action_that_changed_them() {
    let before = long();
    let changed = wait(reduce(&before, Action::Apply(drop_first())));
    assert_eq!((changed.changes.found.is_none(), changed.changes.showing), (true, Showing::Hidden));
    let found = compared(&changed);
    let there = reduce(&changed, found.clone());
    let difference = Difference::between(&before.run.trace, &changed.run.trace);
    let held = there.changes.found.as_ref().expect("they are compared");
    assert_eq!((&*held.difference, &held.before), (&difference, &before.run));
    assert_eq!((there.changes.showing, &there.changes.wanted), (Showing::Briefly, &None));
    assert!(there.announcement.ends_with(held.sentence.as_str()), "{}", there.announcement);
    let pinned = reduce(&changed, Action::Differ(Showing::Pinned));
    assert_eq!(reduce(&pinned, found.clone()).changes.showing, Showing::Pinned);
    // Differences of other runs are dropped.
    let later = wait(reduce(&changed, Action::Apply(Edit::Seed(9))));
    let same = reduce(&later, found);
    assert_eq!((&same.changes.found, &same.changes.wanted), (&None, &later.changes.wanted));
    // Another question is no change: it is not told.
    let asked = wait(reduce(&there, Action::Since(Since::Opening)));
    let answered = reduce(&asked, compared(&asked));
    assert_eq!(
        (&answered.announcement, answered.changes.found.is_some()),
        (&asked.announcement, true)
    );
}

#[test]
fn run_of_more_than_a_thousand_requests_is_not_begun_at_once() {
    let alone = |requests: usize| {
        let requests: Vec<_> = (0..requests)
            .map(|at| json!({ "at": at, "node": "P1", "do": "broadcast", "with": "m" }))
            .collect();
        let text = json!({ "version": 1, "protocol": "best-effort-broadcast", "nodes": 1, "requests": requests, "until": 5_000 });
        reduce(&State::opening(), Action::Load(text.to_string()))
    };
    let at_once = alone(1_000);
    assert!(at_once.pending.is_none() && at_once.run.trace.events.len() < 10_000);
    let waits = alone(1_001);
    assert!(waits.pending.is_some());
    assert_eq!(wait(waits).scenario().requests.len(), 1_001);
}

#[test]
fn draft_of_a_long_run_is_waited_for_and_keeps_its_history() {
    let changed = wait(reduce(&long(), Action::Apply(drop_first())));
    let draft = changed.draft().expect("there is work");
    let begun = State::begin(&changed.fragment(), Some(&draft));
    assert!(begun.pending.is_some() && begun.stands_in);
    let there = wait(begun);
    assert_eq!((there.scenario(), &there.undo), (changed.scenario(), &changed.undo));
    assert!(there.is_edited() && !there.stands_in);
    let elsewhere = reduce(&State::opening(), Action::Restore(draft));
    assert!(elsewhere.pending.is_some());
    assert_eq!(wait(elsewhere).undo, changed.undo);
}

#[test]
fn draft_of_a_long_run_under_another_address_is_waited_for_before_the_address_is_opened() {
    let changed = wait(reduce(&long(), Action::Apply(drop_first())));
    let draft = changed.draft().expect("there is work");
    let other = State::opening();
    let begun = State::begin(&other.fragment(), Some(&draft));
    assert!(begun.pending.is_some() && begun.stands_in);
    let there = wait(begun);
    assert_eq!(there.scenario(), other.scenario());
    let back = wait(reduce(&there, Action::Undo));
    assert_eq!((back.scenario(), &back.undo), (changed.scenario(), &changed.undo));
}
