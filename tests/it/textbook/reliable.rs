//! Reliable multicast.

use worldlines::{
    analysis::report,
    kernel::{EventKind, Scenario, Verdict},
};

use crate::common::{self, broadcast, crash, node, protocol, run_valid};

/// A multicast of the first node to so many recipients; every message takes 10 ms.
fn multicast(protocol: &str, recipients: usize) -> Scenario {
    let mut scenario = common::scenario(protocol, recipients + 1, 10);
    scenario.requests = vec![broadcast(0, 0, "m")];
    scenario
}

/// Tanenbaum and van Steen 2007, *Distributed Systems*, section 8.4: with N receivers, the sender must be prepared to
/// accept at least N acknowledgements.
#[test]
fn ack_multicast_sender_receives_one_ack_from_each_receiver_at_once() {
    for receivers in 1..16 {
        let trace = run_valid(&multicast("ack-multicast", receivers));
        let mut acks = trace
            .events
            .iter()
            .filter(|event| event.node == node(0) && matches!(event.kind, EventKind::Receive(..)));
        assert!(acks.clone().all(|event| event.time == 20), "feedback implosion");
        assert_eq!(acks.by_ref().count(), receivers);
        let last = trace.samples.iter().rfind(|it| it.node == node(0));
        assert_eq!(last.map(|it| it.values[0]), Some(receivers as i64), "the metric");
    }
}

/// Tanenbaum and van Steen 2007, *Distributed Systems*, section 8.4: a simple solution for reliable multicast assumes
/// that all receivers are known and do not fail; then N messages and N acknowledgements are enough.
#[test]
fn ack_multicast_takes_a_message_and_an_ack_for_each_receiver() {
    for receivers in 1..16 {
        assert_eq!(run_valid(&multicast("ack-multicast", receivers)).sends(), 2 * receivers);
    }
}

/// Coulouris, Dollimore, Kindberg and Blair 2012, *Distributed Systems*, section 17.3: collecting the votes of N
/// participants and telling them the decision takes 3N messages, in three rounds, without the final confirmations.
#[test]
fn atomic_multicast_takes_three_messages_for_each_recipient_in_three_rounds() {
    for recipients in 1..16 {
        let trace = run_valid(&multicast("atomic-multicast", recipients));
        assert_eq!(trace.sends(), 3 * recipients);
        assert_eq!(trace.events.last().map(|event| event.time), Some(30));
    }
}

/// Note 002, *Achieving atomicity*: if the sender gives up on at least one recipient, no recipient processes the
/// message.
#[test]
fn atomic_multicast_any_recipient_that_is_down_keeps_all_from_processing() {
    for down in 1..5 {
        let mut scenario = multicast("atomic-multicast", 4);
        scenario.faults = vec![crash(0, down, None)];
        let trace = run_valid(&scenario);
        let delivered =
            trace.events.iter().filter(|it| matches!(it.kind, EventKind::Indicate { .. }));
        assert_eq!(delivered.count(), 0, "node {down} is down");
        let report = report(protocol(&scenario.protocol), &scenario, &trace);
        let of = |name| {
            let mut all = report.judgements.iter();
            all.find(|it| it.property.name == name).map(|it| &it.verdict)
        };
        assert_eq!(of("atomicity"), Some(&Verdict::Holds));
        assert!(matches!(of("validity"), Some(Verdict::Violated { .. })));
    }
}
