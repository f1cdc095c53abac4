//! Subtle rules of the network: the fault that counts of two, the effect of a lost message on later ones, the effect of chance
//! on a copy, and unused faults.

use worldlines::kernel::{
    Delay, Fate, Fault, LinkSpec, Loss, Message, MessageName, Order, PerMillion, RequestSpec,
    Scenario, Side, Time, Trace,
};

use crate::common::{self, chance::Chance, node, run_valid};

/// Two nodes on a network in which every message takes 20 ms; P1 broadcasts at each of these moments.
fn broadcasting(at: &[Time]) -> Scenario {
    let mut scenario = common::scenario("best-effort-broadcast", 2, 20);
    scenario.until = 1_000;
    scenario.requests = at
        .iter()
        .enumerate()
        .map(|(number, &at)| {
            let with = Some(format!("word {number}").into());
            RequestSpec { at, node: node(0), name: "broadcast".to_owned(), with }
        })
        .collect();
    scenario
}

/// P1's message of this number to P2.
fn name(number: u32) -> MessageName {
    MessageName { from: node(0), to: node(1), number }
}

fn play(scenario: &Scenario) -> Trace {
    run_valid(scenario)
}

fn message(trace: &Trace, number: u32) -> &Message {
    trace.messages.iter().find(|it| it.name == name(number)).expect("it was sent")
}

/// Times at which the copies of a message ended, the original first.
fn ends(trace: &Trace, number: u32) -> Vec<(Time, bool)> {
    let end = |fate: Fate| match fate {
        Fate::InTransit { due } => (due, true),
        Fate::Received(event) => (trace.events[event].time, true),
        Fate::Lost(event, _) => (trace.events[event].time, false),
    };
    message(trace, number).fates().map(end).collect()
}

/// A message is dropped once. A second drop of it is unused.
#[test]
fn message_dropped_twice_is_lost_by_the_first_fault() {
    let mut scenario = broadcasting(&[10]);
    scenario.faults = vec![Fault::Drop { message: name(1) }, Fault::Drop { message: name(1) }];
    let trace = play(&scenario);
    assert!(matches!(message(&trace, 1).fate, Fate::Lost(_, Loss::Drop(0))));
    assert_eq!(trace.unused_faults, [1]);
}

/// Likewise with damage: the bits of the first fault flip, and not those of the second.
#[test]
fn message_corrupted_twice_is_damaged_by_the_first_fault() {
    let mut scenario = broadcasting(&[10]);
    let corrupt = |bit| Fault::Corrupt { message: name(1), bits: vec![bit] };
    scenario.faults = vec![corrupt(0), corrupt(1)];
    assert_eq!(play(&scenario).unused_faults, [1]);
}

/// A lost message waits for no turn: it is lost half-way between its sending and the arrival by its own delay.
#[test]
fn fifo_link_loses_a_message_half_way_of_its_own_delay() {
    let mut scenario = broadcasting(&[10, 20]);
    scenario.network.order = Order::Fifo;
    scenario.faults =
        vec![Fault::Delay { message: name(1), by: 100 }, Fault::Drop { message: name(2) }];
    let trace = play(&scenario);
    assert_eq!(ends(&trace, 1), [(130, true)]);
    assert_eq!(ends(&trace, 2), [(30, false)]);
}

/// Dropping a message does not change later ones, so the rest of the picture stays in place.
#[test]
fn fifo_link_keeps_arrival_times_when_an_earlier_message_is_lost() {
    let mut scenario = broadcasting(&[10, 20]);
    scenario.network.order = Order::Fifo;
    scenario.faults = vec![Fault::Delay { message: name(1), by: 100 }];
    assert_eq!(ends(&play(&scenario), 2), [(130, true)]);
    scenario.faults.push(Fault::Drop { message: name(1) });
    assert_eq!(ends(&play(&scenario), 2), [(130, true)]);
}

/// A duplicate is a copy of the arriving message: it arrives this long after the original, at any time, and the
/// messages that follow do not wait for it.
#[test]
fn fifo_link_delivers_a_duplicate_after_its_original_and_delays_nothing() {
    let mut scenario = broadcasting(&[10, 20, 30]);
    scenario.network.order = Order::Fifo;
    scenario.faults = vec![
        Fault::Delay { message: name(1), by: 100 },
        Fault::Duplicate { message: name(2), after: 50 },
    ];
    let trace = play(&scenario);
    assert_eq!(ends(&trace, 2), [(130, true), (180, true)]);
    assert_eq!(ends(&trace, 3), [(130, true)]);
    // A copy made by chance takes a delay of its own more.
    scenario.faults.truncate(1);
    scenario.network.duplicate = PerMillion::ONE;
    let trace = play(&scenario);
    assert_eq!(ends(&trace, 2), [(130, true), (150, true)]);
    assert_eq!(ends(&trace, 3), [(130, true), (150, true)]);
}

/// Chance loses only the original: a duplicate by the reader or the network travels independently.
#[test]
fn message_lost_by_chance_arrives_as_a_duplicate() {
    let mut scenario = broadcasting(&[10]);
    scenario.network.loss = PerMillion::ONE;
    scenario.faults = vec![Fault::Duplicate { message: name(1), after: 50 }];
    let trace = play(&scenario);
    assert_eq!(ends(&trace, 1), [(20, false), (80, true)]);
    assert!(matches!(message(&trace, 1).overall(), Fate::Received(_)), "as a whole it came");
    assert!(trace.unused_faults.is_empty());
    scenario.faults.clear();
    scenario.network.duplicate = PerMillion::ONE;
    assert_eq!(ends(&play(&scenario), 1), [(20, false), (50, true)]);
}

/// Bits of messages flip in transit. A fault that damages no message is unused, and the page greys it out.
#[test]
fn corruption_of_a_lost_message_strikes_nothing() {
    let mut scenario = broadcasting(&[10]);
    let until = 500;
    let corrupt = Fault::Corrupt { message: name(1), bits: vec![0] };
    let [p1, p2] = [0, 1].map(node);
    let losses = [
        Fault::Drop { message: name(1) },
        Fault::Partition { groups: vec![p1.into(), p2.into()], at: 0, until },
        Fault::Cut { from: p1, to: p2, at: 0, until },
        Fault::Omit { node: p1, side: Side::Send, at: 0, until },
        Fault::Omit { node: p2, side: Side::Receive, at: 0, until },
    ];
    for loss in losses {
        scenario.faults = vec![corrupt.clone(), loss.clone()];
        assert_eq!(play(&scenario).unused_faults, [0], "{loss:?}");
    }
    scenario.faults = vec![corrupt];
    scenario.network.loss = PerMillion::ONE;
    assert_eq!(play(&scenario).unused_faults, [0], "bad luck");
    scenario.network.loss = PerMillion(0);
    assert!(play(&scenario).unused_faults.is_empty(), "what arrives is damaged");
}

/// The fate is that of the message as a whole: received with its first received copy; else in transit while a copy
/// is; else lost as the original was.
#[test]
fn message_with_several_copies_is_received_if_one_copy_is() {
    let fate = |until: Time, faults: Vec<Fault>| {
        let mut scenario = broadcasting(&[10]);
        (scenario.until, scenario.faults) = (until, faults);
        scenario.network.loss = PerMillion::ONE;
        let trace = play(&scenario);
        match message(&trace, 1).overall() {
            Fate::InTransit { due } => format!("due {due}"),
            Fate::Received(event) => format!("received {}", trace.events[event].time),
            Fate::Lost(_, loss) => format!("lost {}", loss.why()),
        }
    };
    let twice = |after| Fault::Duplicate { message: name(1), after };
    assert_eq!(fate(100, vec![]), "lost loss");
    assert_eq!(fate(100, vec![twice(50), twice(40)]), "received 70");
    assert_eq!(fate(60, vec![twice(50), twice(40)]), "due 70");
    let gone = Fault::Crash { node: node(1), at: 40, after_sends: None };
    assert_eq!(fate(100, vec![twice(50), gone]), "lost loss");
}

/// A link of 20 ms from P1 to P2 with this rate per 100 ms, and this length of its queue.
fn narrow(rate: u32, queue: Option<u32>) -> LinkSpec {
    let delay = Delay { min: 20, max: 20 };
    LinkSpec { rate: Some(rate), queue, ..LinkSpec::new(node(0), node(1), delay) }
}

/// Time and fate of each of P1's messages.
fn all_ends(scenario: &Scenario) -> Vec<(Time, bool)> {
    let trace = play(scenario);
    (1..=scenario.requests.len() as u32).map(|number| ends(&trace, number)[0]).collect()
}

/// The rate bounds the number of messages that leave in 100 ms. Simultaneous messages leave one after the other, and the delay
/// begins when they leave.
#[test]
fn link_with_a_rate_sends_one_message_after_the_other() {
    let mut scenario = broadcasting(&[10, 10, 10, 12, 500]);
    scenario.network.links = vec![narrow(4, None)];
    let expected = [(30, true), (55, true), (80, true), (105, true), (520, true)];
    assert_eq!(all_ends(&scenario), expected);
    // 100 ms / 3 is no whole number: no turn is early, and in the long run none is late.
    scenario.network.links = vec![narrow(3, None)];
    let expected = [(30, true), (64, true), (97, true), (130, true), (520, true)];
    assert_eq!(all_ends(&scenario), expected);
    // The other direction has no rate, and no other link waits.
    scenario.network.links[0] = LinkSpec { from: node(1), to: node(0), ..narrow(1, Some(0)) };
    assert_eq!(all_ends(&scenario)[..2], [(30, true), (30, true)]);
}

/// Congestion: a message that finds the queue full is lost, and a message after the queue has emptied is not.
#[test]
fn link_with_a_full_queue_loses_the_message() {
    let mut scenario = broadcasting(&[10, 10, 10, 10, 36, 36]);
    scenario.network.links = vec![narrow(4, Some(2))];
    // The first leaves at 10, the next ones at 35 and 60; at 36 one waits, so that there is room for one.
    let expected = [(30, true), (55, true), (80, true), (10, false), (105, true), (36, false)];
    assert_eq!(all_ends(&scenario), expected);
    let trace = play(&scenario);
    assert!(matches!(message(&trace, 4).fate, Fate::Lost(_, Loss::Queue)));
    scenario.network.links = vec![narrow(4, Some(0))];
    let lost = all_ends(&scenario).iter().filter(|(_, came)| !came).count();
    assert_eq!(lost, 4, "where none may wait, only a free link takes a message");
}

/// The link never carries more than its rate in any 100 ms, and loses no message while there is room.
#[test]
fn link_never_exceeds_its_rate_or_its_queue() {
    let mut chance = Chance::new(3);
    let mut lost = 0;
    for _ in 0..300 {
        let mut at: Vec<Time> =
            (0..chance.between(1, 40)).map(|_| chance.between(0, 200)).collect();
        at.sort_unstable();
        let mut scenario = broadcasting(&at);
        scenario.until = 100_000;
        let (rate, room) = (chance.between(1, 12) as u32, chance.between(0, 6));
        scenario.network.links = vec![narrow(rate, Some(room as u32))];
        let ends = all_ends(&scenario);
        let left: Vec<(Time, Time)> = at
            .iter()
            .zip(&ends)
            .filter(|(_, (_, came))| *came)
            .map(|(at, (end, _))| (*at, end - 20))
            .collect();
        for (place, (_, since)) in left.iter().enumerate() {
            let next = &left[place..];
            let within = next.iter().filter(|(_, time)| *time < since + 100).count();
            // A turn that is rounded up may be followed by one that is not.
            assert!(within <= rate as usize + 1, "{within} in 100 ms of {left:?} at rate {rate}");
        }
        for (place, &(end, came)) in ends.iter().enumerate() {
            let now = at[place];
            let before = ends[..place].iter().filter(|(end, came)| *came && end - 20 > now).count();
            assert!(before as u64 <= room, "{before} wait at {now}");
            // Turns are exact, and their times are rounded: at the edge a message may seem to wait.
            assert!(
                came || before as u64 + 1 >= room,
                "lost at {end} though {before} of {room} wait"
            );
            lost += usize::from(!came);
        }
    }
    assert!(lost > 500, "only {lost} were lost");
}

/// A message that a fault stops at its sending never reaches the link; one that is lost in transit does.
#[test]
fn link_with_a_rate_counts_only_messages_that_leave_their_node() {
    let mut scenario = broadcasting(&[10, 10]);
    scenario.network.links = vec![narrow(1, None)];
    let cut = |at, until| Fault::Cut { from: node(0), to: node(1), at, until };
    scenario.faults = vec![Fault::Drop { message: name(1) }];
    assert_eq!(all_ends(&scenario)[1], (130, true));
    scenario.requests[1].at = 11;
    scenario.faults = vec![cut(10, 11)];
    assert_eq!(all_ends(&scenario), [(10, false), (31, true)]);
    scenario.faults = vec![Fault::Omit { node: node(0), side: Side::Send, at: 10, until: 11 }];
    assert_eq!(all_ends(&scenario), [(10, false), (31, true)]);
}
