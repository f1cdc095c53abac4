//! The order of events: past and future, logical time and cuts, each against its plain definition on random
//! runs of every protocol.

use worldlines::{
    analysis::{Frontier, Lines, Stamps, chain, cone, counted, counts, outcome_of},
    kernel::{EventId, EventKind, NodeId, Trace},
    protocols,
};

use crate::common::{
    self,
    budget::COMPARED,
    chance::Chance,
    random_scenario::{Weather, random_scenario},
    run_valid,
};

/// Runs short enough for definitions that compare every pair of events.
fn runs(check: impl Fn(&Trace, usize)) {
    let mut tried = 0;
    for (_, protocol) in protocols::catalogue() {
        for seed in 0..COMPARED.runs().div_ceil(8) {
            let scenario = random_scenario(protocol, &mut Chance::new(seed), Weather::Foul);
            let trace = run_valid(&scenario);
            if trace.events.len() <= 160 {
                check(&trace, scenario.nodes.len());
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "only {tried} runs are short");
}

fn is_lost(trace: &Trace, event: EventId) -> bool {
    matches!(trace.events[event].kind, EventKind::Lose(..))
}

/// Lamport's definition: by event, the events that happened before it. For a loss, the send and the events before that.
fn happened_before(trace: &Trace) -> Vec<Vec<bool>> {
    let size = trace.events.len();
    let mut before = vec![vec![false; size]; size];
    for late in 0..size {
        let mut direct: Vec<EventId> = Vec::new();
        let event = &trace.events[late];
        if let EventKind::Receive(message) | EventKind::Lose(message, _) = event.kind {
            direct.push(trace.messages[message].sent);
        }
        if !is_lost(trace, late) {
            let here = |it: &EventId| trace.events[*it].node == event.node && !is_lost(trace, *it);
            direct.extend((0..late).filter(here));
        }
        for early in direct {
            before[late][early] = true;
            let earlier = before[early].clone();
            for (it, known) in earlier.into_iter().enumerate() {
                before[late][it] |= known;
            }
        }
    }
    before
}

/// True if two events are one: sends in a row.
fn first_of_row(trace: &Trace, nodes: usize) -> Vec<EventId> {
    let begins = counted(trace, nodes);
    let mut first = vec![0; nodes];
    let of = |(id, event): (usize, &worldlines::kernel::Event)| {
        if begins.contains(id) {
            first[event.node.index()] = id;
        }
        if counts(&event.kind) { first[event.node.index()] } else { id }
    };
    trace.events.iter().enumerate().map(of).collect()
}

#[test]
fn past_and_future_of_an_event_agree_with_happened_before() {
    runs(|trace, nodes| {
        let before = happened_before(trace);
        let first = first_of_row(trace, nodes);
        for event in 0..trace.events.len() {
            let cone = cone(trace, event);
            for other in 0..trace.events.len() {
                let one = first[event] == first[other];
                let past = before[first[event]][other];
                assert_eq!(cone.past.events.contains(other), past, "{other} before {event}");
                let future = before[other][first[event]] && !one;
                assert_eq!(cone.future.events.contains(other), future, "{other} after {event}");
            }
            for (id, message) in trace.messages.iter().enumerate() {
                let received = (0..trace.events.len()).any(|it| {
                    let comes = matches!(trace.events[it].kind, EventKind::Receive(m) if m == id);
                    comes && (it == event || cone.past.events.contains(it))
                });
                let lost = matches!(trace.events[event].kind, EventKind::Lose(m, _) if m == id);
                assert_eq!(cone.past.messages.contains(id), received || lost);
                let sent = first[message.sent] == first[event] && !is_lost(trace, event)
                    || cone.future.events.contains(message.sent);
                assert_eq!(cone.future.messages.contains(id), sent);
            }
        }
    });
}

#[test]
fn vector_stamps_equal_happened_before_and_lamport_stamps_respect_it() {
    runs(|trace, nodes| {
        let before = happened_before(trace);
        let (stamps, begins) = (Stamps::of(trace, nodes), counted(trace, nodes));
        let vector = |event: EventId| stamps.vector(trace, event);
        let all: Vec<_> = begins.iter().collect();
        for &late in &all {
            let mine = vector(late).expect("it counts");
            let known: u32 = mine.iter().sum();
            let past = cone(trace, late).past.events.common(&begins);
            assert_eq!(known as usize, past + 1, "a vector counts what is known");
            for &early in &all {
                let theirs = vector(early).expect("it counts");
                let smaller = theirs != mine && theirs.iter().zip(&mine).all(|(a, b)| a <= b);
                assert_eq!(smaller, before[late][early], "{early} {theirs:?} {late} {mine:?}");
                if before[late][early] {
                    assert!(stamps.lamport(early) < stamps.lamport(late));
                }
            }
            // The smallest possible: one more than the latest that it knows.
            let latest = all.iter().filter(|it| before[late][**it]);
            let latest = latest.filter_map(|it| stamps.lamport(*it)).max().unwrap_or(0);
            assert_eq!(stamps.lamport(late), Some(latest + 1));
        }
        for event in (0..trace.events.len()).filter(|it| !counts(&trace.events[*it].kind)) {
            assert_eq!((stamps.lamport(event), vector(event)), (None, None));
        }
    });
}

/// Vectors are computed in parts, in any order of requests.
#[test]
fn vector_stamps_of_a_long_run_do_not_depend_on_the_order_of_queries() {
    let mut scenario = common::scenario("heartbeat-detector", 128, 10);
    scenario.until = 500;
    let trace = run_valid(&scenario);
    let nodes = scenario.nodes.len();
    assert!(trace.events.len() > 4 * (1 << 22) / nodes, "{} events", trace.events.len());
    // By definition, with a table of all.
    let mut vectors: Vec<Vec<u32>> = Vec::with_capacity(trace.events.len());
    let mut now = vec![vec![0_u32; nodes]; nodes];
    let begins = counted(&trace, nodes);
    for (id, event) in trace.events.iter().enumerate() {
        let me = event.node.index();
        if let EventKind::Receive(message) = event.kind {
            let theirs = &vectors[trace.messages[message].sent];
            now[me].iter_mut().zip(theirs).for_each(|(mine, told)| *mine = (*mine).max(*told));
        }
        now[me][me] += u32::from(begins.contains(id));
        vectors.push(now[me].clone());
    }
    let stamps = Stamps::of(&trace, nodes);
    let mut chance = Chance::new(7);
    let count = trace.events.len();
    let sweep = (0..count).step_by(997);
    let asked = sweep.clone().chain(sweep.rev()).chain((0..40).map(|_| chance.below(count)));
    for event in asked.filter(|it| counts(&trace.events[*it].kind)) {
        assert_eq!(stamps.vector(&trace, event).as_ref(), Some(&vectors[event]), "event {event}");
    }
}

#[test]
fn future_of_a_message_is_all_that_depends_on_it() {
    runs(|trace, nodes| {
        for message in 0..trace.messages.len() {
            let came = outcome_of(trace, nodes, message);
            for event in 0..trace.events.len() {
                let back = chain(trace, &[event]).messages.contains(&message);
                assert_eq!(came.events.contains(event), back, "event {event}, message {message}");
            }
            let sent = |id: usize| came.events.contains(trace.messages[id].sent) || id == message;
            assert!((0..trace.messages.len()).all(|id| came.messages.contains(id) == sent(id)));
        }
    });
}

#[test]
fn cut_is_consistent_if_it_contains_the_past_of_its_events() {
    runs(|trace, nodes| {
        let (before, lines) = (happened_before(trace), Lines::of(trace, nodes));
        let mut chance = Chance::new(trace.events.len() as u64);
        let node = |event: EventId| trace.events[event].node;
        for _ in 0..12 {
            let place = |it| chance.below(lines.places(NodeId::new(it)).len() + 1);
            let cut = Frontier((0..nodes).map(place).collect());
            let is_in = |cut: &Frontier, event: EventId| {
                !is_lost(trace, event) && lines.is_in(cut, node(event), event)
            };
            let closed = |cut: &Frontier| {
                let all = 0..trace.events.len();
                all.clone()
                    .filter(|late| is_in(cut, *late))
                    .all(|late| all.clone().all(|early| !before[late][early] || is_in(cut, early)))
            };
            let crossing = lines.crossing(&cut);
            assert_eq!(crossing.is_consistent(), closed(&cut));
            let received = |id: usize| {
                let of = |it: &EventId| matches!(trace.events[*it].kind, EventKind::Receive(m) if m == id);
                (0..trace.events.len()).filter(of).any(|it| is_in(&cut, it))
            };
            for (id, message) in trace.messages.iter().enumerate() {
                let (sent, received) = (is_in(&cut, message.sent), received(id));
                assert_eq!(crossing.orphans.contains(&id), received && !sent);
                if crossing.in_transit.contains(&id) {
                    assert!(sent && !received);
                }
            }
            // Mended, it has every place before which nothing is out.
            let mended = lines.mended(&cut);
            assert!(closed(&mended));
            for it in 0..nodes {
                let kept = lines.places(NodeId::new(it))[..cut.0[it]].iter().take_while(|place| {
                    (0..trace.events.len())
                        .all(|early| !before[**place][early] || is_in(&cut, early))
                });
                assert_eq!(mended.0[it], kept.count());
            }
        }
    });
}

#[test]
fn cut_takes_messages_sent_in_a_step_together_with_the_step() {
    runs(|trace, nodes| {
        let lines = Lines::of(trace, nodes);
        for node in (0..nodes).map(NodeId::new) {
            let places = lines.places(node);
            assert!(places.is_sorted() && lines.times(node).is_sorted());
            let there = |it: &EventId| trace.events[*it].node == node && !is_lost(trace, *it);
            let all: Vec<_> = (0..trace.events.len()).filter(there).collect();
            assert_eq!(places.last(), all.last());
            for pair in all.windows(2) {
                let (this, next) = (&trace.events[pair[0]], &trace.events[pair[1]]);
                let sends = matches!(next.kind, EventKind::Send(_)) && this.time == next.time;
                assert_eq!(places.contains(&pair[0]), !sends);
            }
        }
    });
}
