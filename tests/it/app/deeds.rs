//! The list of requests and faults: sentences, times and removal.

use worldlines::{
    app::{Action, Allowed, Deed, Edit, State, deeds, reduce},
    formats::bundled,
    kernel::{Fault, NodeId, Scenario},
    runs::Outcome,
};

fn open() -> State {
    let path = "reliable/best-effort-broadcast/receiver-crashes";
    reduce(&State::opening(), Action::Open(bundled::find(path).expect("it is bundled")))
}

fn with(state: &State, fault: Fault) -> State {
    reduce(state, Action::Apply(Edit::AddFault(fault)))
}

fn times(deed: &Deed) -> Vec<(&'static str, u64, u64, u64)> {
    deed.times.iter().map(|time| (time.word, time.value, time.min, time.max)).collect()
}

#[test]
fn requests_come_before_faults_and_each_can_be_removed() {
    let state = open();
    let (listed, more) = deeds(&state.run);
    assert_eq!(more, 0);
    let scenario = state.scenario();
    assert_eq!(listed.len(), scenario.requests.len() + scenario.faults.len());
    assert!(listed.is_sorted_by_key(|deed| deed.kind != Allowed::REQUEST));
    for deed in listed {
        let removed = deed.remove.apply(scenario).expect("it can be removed");
        let count = |scenario: &Scenario| scenario.requests.len() + scenario.faults.len();
        assert_eq!(count(&removed) + 1, count(scenario), "{}", deed.sentence);
    }
}

#[test]
fn neither_end_of_a_span_passes_the_other() {
    let pause = Fault::Pause { node: NodeId::new(0), at: 5, until: 9 };
    let state = with(&open(), pause);
    let (listed, _) = deeds(&state.run);
    let last = listed.last().expect("it is listed");
    assert_eq!(times(last), [("from", 5, 0, 8), ("until", 9, 6, 0)]);
    let place = state.scenario().faults.len() - 1;
    let later = last.times[1].edit(30);
    let expected = Fault::Pause { node: NodeId::new(0), at: 5, until: 30 };
    assert_eq!(later, Edit::ChangeFault(place, expected));
}

#[test]
fn every_time_of_a_bundled_run_is_set_by_its_edit() {
    for bundled in bundled::bundled() {
        let run = bundled.outcome().expect("it runs");
        for deed in deeds(&run).0 {
            for (place, time) in deed.times.iter().enumerate() {
                let Ok(next) = time.edit(time.value + 1).apply(&run.scenario) else { continue };
                let changed = Outcome::of(next).expect("it runs");
                let found = deeds(&changed).0;
                let is_set =
                    |it: &Deed| it.times.get(place).is_some_and(|it| it.value == time.value + 1);
                assert!(found.iter().any(is_set), "{}: {}", bundled.path(), deed.sentence);
            }
        }
    }
}

#[test]
fn fault_without_effect_is_marked() {
    let state = open();
    let late = Fault::Crash { node: NodeId::new(3), at: 1, after_sends: Some(100) };
    let state = with(&state, late);
    let is_idle = |deed: &Deed| deed.is_idle;
    assert_eq!(
        deeds(&state.run).0.iter().filter(|deed| is_idle(deed)).count(),
        state.run.trace.unused_faults.len() + state.run.trace.unused_requests.len()
    );
}

#[test]
fn long_lists_are_cut() {
    let mut scenario = open().scenario().clone();
    let before = scenario.faults.len();
    for at in 0..60 {
        scenario.faults.push(Fault::Pause {
            node: NodeId::new(0),
            at: 1000 + 2 * at,
            until: 1001 + 2 * at,
        });
    }
    let requests = scenario.requests.len();
    let run = Outcome::of(scenario).expect("it runs");
    let (listed, more) = deeds(&run);
    assert_eq!((listed.len(), more), (requests + 50, 10 + before));
}
