//! The beginning of a run, which a still picture shows while the future is hidden.

use worldlines::{
    export::{SvgOptions, beginning, svg},
    formats::scenario,
    runs::Outcome,
};

const RUN: &str = r#"{"version": 1, "protocol": "best-effort-broadcast", "nodes": ["Alice", "Bob", "Carol"],
  "network": {"delay": [20, 20]},
  "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}, {"at": 50, "node": "Bob", "do": "broadcast", "with": "later"}],
  "faults": [{"crash": {"node": "Carol", "at": 60}}, {"drop": {"message": "Alice>Bob#1"}}, {"drop": {"message": "Bob>Alice#1"}}],
  "captions": [{"at": 10, "node": "Alice", "text": "Now."}, {"at": 60, "node": "Carol", "text": "The end."}],
  "until": 200}"#;

#[test]
fn beginning_of_a_run_has_the_same_events_and_nothing_of_what_follows() {
    let whole = Outcome::of(scenario::read(RUN).expect("valid")).expect("it runs");
    for until in [0, 10, 29, 40, 55] {
        let begun = Outcome::of(beginning(&whole.scenario, until)).expect("it runs");
        let mut scenario = begun.scenario.clone();
        begun.trace.remove_unused_faults(&mut scenario);
        let begun = Outcome::of(scenario).expect("it runs");
        let until = until.max(1);
        let happened = whole.trace.events.iter().filter(|event| event.time <= until).count();
        assert_eq!(begun.trace.events.len(), happened, "until {until}");
        assert!(begun.trace.unused_faults.is_empty());
        assert_eq!(begun.trace.end.max(1), until);
        let picture = svg(&begun, &SvgOptions::default());
        for later in ["The end.", "Carol crash"] {
            assert!(!picture.contains(later), "{later} until {until}");
        }
        assert_eq!(picture.contains("later"), until >= 50, "until {until}");
        assert_eq!(picture.contains("Now."), until >= 10, "until {until}");
        let dropped = begun.scenario.faults.len();
        assert_eq!(dropped, [until >= 10, until >= 50].into_iter().filter(|it| *it).count());
    }
    // Never longer than the run.
    assert_eq!(beginning(&whole.scenario, 9_999).until, 200);
}
