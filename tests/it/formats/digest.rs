//! The digest covers what docs/trace.md says, and nothing else.

use sha2::{Digest as _, Sha256};
use std::fs;
use worldlines::{
    formats::{
        bundled,
        digest::{Digesting, digest},
        scenario,
    },
    kernel::{EventKind, Fate, Loss, Packet, Time, Trace},
    runs::Outcome,
};

use crate::common::{folder, node};

const HALF_WAY: &str = r#"{
    "version": 1, "title": "The sender crashes half-way", "protocol": "best-effort-broadcast",
    "nodes": ["Alice", "Bob", "Carol"], "network": {"delay": [21, 21]},
    "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}],
    "faults": [{"crash": {"node": "Alice", "at": 10, "after_sends": 1}}], "until": 500
}"#;

fn outcome(text: &str) -> Outcome {
    Outcome::of(scenario::read(text).expect("a scenario")).expect("it runs")
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text that is hashed, as docs/trace.md shows it for its example.
const HASHED: &str = "\
10 0 request \"m1\"
10 0 send 0>1#1
10 0 crash
31 1 receive 0>1#1
31 1 deliver {\"from\":\"\u{E000}\",\"payload\":\"m1\",\"seq\":1}
0>1#1 received
";

#[test]
fn digest_equals_that_of_the_documented_text() {
    let outcome = outcome(HALF_WAY);
    assert_eq!(outcome.digest(), sha256(HASHED));
    assert_eq!(outcome.short_digest(), outcome.digest()[..8]);
    let page = fs::read_to_string(folder("docs/trace.md")).expect("the page is there");
    let shown = HASHED.replace('\u{E000}', "\\u{E000}");
    assert!(page.contains(&shown), "docs/trace.md does not show\n{shown}");
}

#[test]
fn digest_made_in_parts_equals_the_digest_made_at_once() {
    for bundled in bundled::bundled().into_iter().step_by(5) {
        let run = bundled.outcome().expect("a bundled scenario runs");
        for part in [1, 7, usize::MAX] {
            let mut work = Digesting::default();
            while !work.advance(run.protocol, &run.scenario, &run.trace, part) {}
            assert_eq!(work.finish(), run.digest(), "{} in parts of {part}", bundled.path());
        }
    }
    let empty = outcome(r#"{"version":1,"protocol":"best-effort-broadcast","nodes":2}"#);
    assert_eq!(empty.digest(), sha256(""));
}

/// The trace of the example after a change.
fn changed(change: impl FnOnce(&mut Trace)) -> String {
    let Outcome { protocol, scenario, mut trace, .. } = outcome(HALF_WAY);
    change(&mut trace);
    digest(protocol, &scenario, &trace)
}

#[test]
fn digest_differs_for_every_different_event() {
    let later = |time: &mut Time| *time += 1;
    let digests = [
        outcome(HALF_WAY).digest(),
        changed(|it| later(&mut it.events[0].time)),
        changed(|it| it.events[0].node = node(1)),
        changed(|it| it.events[2].kind = EventKind::Recover),
        changed(|it| it.messages[0].name.number = 2),
        changed(|it| it.messages[0].name.to = node(2)),
        changed(|it| {
            let packet = Packet::new("m2".to_owned());
            it.events[4].kind = EventKind::Indicate { kind: "deliver", packet };
        }),
        outcome(&HALF_WAY.replace("m1", "m2")).digest(),
        changed(|it| it.messages[0].fate = Fate::InTransit { due: 31 }),
        changed(|it| it.messages[0].fate = Fate::Lost(3, Loss::Luck)),
        changed(|it| it.messages[0].fate = Fate::Lost(3, Loss::Unlinked)),
    ];
    for (place, digest) in digests.iter().enumerate() {
        assert!(!digests[..place].contains(digest), "change {place} goes unnoticed");
    }
}

/// Wording, states and verdicts may change in later versions, and old links stay valid.
#[test]
fn digest_does_not_depend_on_notes_states_and_metrics() {
    let digest = outcome(HALF_WAY).digest();
    let say = |text: &'static str| Packet::new(text.to_owned());
    assert_eq!(changed(|it| it.messages[0].packet = say("another label and content")), digest);
    assert_eq!(changed(|it| it.end = 501), digest);
    assert_eq!(changed(|it| it.samples.clear()), digest);
    let noted = |text: &str| {
        let note = EventKind::Note(text.into());
        changed(|it| it.events[2].kind = note)
    };
    assert_eq!(noted("round 1"), noted("the first round"));
    let rung = |name| changed(|it| it.events[2].kind = EventKind::Timer(say(name)));
    assert_eq!(rung("retry"), rung("again"));
}
