//! Time travel: the state at any event equals that of a run from the start, and is a short replay from a checkpoint.

use worldlines::{
    kernel::{Checkpoints, MAX_CHECKPOINTS, Plan, Protocol, Scenario, Simulation, Trace},
    protocols,
};

use crate::common::{
    self, broadcast,
    budget::SOUGHT,
    chance::Chance,
    node,
    random_scenario::{Weather, ask_something, random_scenario},
    scenario,
};

/// A random scenario that is long enough for many checkpoints.
fn long_scenario(protocol: &Protocol, seed: u64, requests: u64) -> Scenario {
    let mut chance = Chance::new(seed);
    let mut scenario = random_scenario(protocol, &mut chance, Weather::Foul);
    for number in 0..requests {
        let at = chance.between(0, 5 * requests);
        let who = chance.below(scenario.nodes.len());
        ask_something(protocol, &mut chance, &mut scenario, node(who), number);
        if let Some(request) = scenario.requests.last_mut() {
            request.at = at;
        }
    }
    scenario
}

/// The state after this many events, and all events until then, of a run from the start: the definition
/// of a seek, by [`Simulation::step`] alone.
fn from_the_start(plan: &Plan, whole: &Trace, events: usize) -> (Simulation, Trace) {
    let (mut state, mut trace) = (Simulation::new(plan), Trace::default());
    while trace.events.len() < events {
        assert!(state.step(plan, &mut trace), "the run has so many events");
    }
    let next = whole.events.get(trace.events.len()).map(|event| event.time);
    loop {
        let (mut ahead, mut further) = (state.clone(), trace.clone());
        if !ahead.step(plan, &mut further) || next.is_some_and(|next| ahead.now() >= next) {
            return (state, trace);
        }
        (state, trace) = (ahead, further);
    }
}

#[test]
fn seek_to_any_event_equals_a_run_from_the_start() {
    let mut most_checkpoints = 0;
    for (place, (_, protocol)) in protocols::catalogue().enumerate() {
        for round in 0..SOUGHT.runs() {
            let seed = (round + 5 * place as u64) % 12;
            let scenario = long_scenario(protocol, seed, 20 + 20 * seed);
            let plan = Plan::new(protocol, &scenario).expect("its requests are valid");
            let (whole, checkpoints) = Checkpoints::record(&plan);
            most_checkpoints = most_checkpoints.max(checkpoints.count());
            let mut chance = Chance::new(seed);
            let mut last = None;
            let random = (0..6).map(|_| chance.below(whole.events.len()));
            for events in random.chain([0, 1, whole.events.len() - 1, whole.events.len()]) {
                let moment = checkpoints.seek(&plan, &whole, events);
                let (mut state, mut trace) = from_the_start(&plan, &whole, events);
                let place = format!("{}, seed {seed}, after {events} events", protocol.id);
                for index in 0..scenario.nodes.len() {
                    let (sought, run) =
                        (moment.state.inspect(node(index)), state.inspect(node(index)));
                    assert_eq!(sought, run, "{place}: node {index}");
                }
                assert_eq!(format!("{:?}", moment.state), format!("{state:?}"), "{place}");
                let near = checkpoints.seek_near(&plan, &whole, events, last.as_ref());
                assert_eq!(format!("{:?}", near.state), format!("{state:?}"), "{place}");
                last = Some(near);
                // The restored state continues as the run did.
                state = moment.state;
                while state.step(&plan, &mut trace) {}
                assert_eq!(trace, whole, "{place}");
            }
        }
    }
    assert!(most_checkpoints > 10, "only {most_checkpoints} checkpoints: the runs are too short");
}

#[test]
fn run_recorded_with_checkpoints_is_the_same() {
    for (_, protocol) in protocols::catalogue() {
        let scenario = long_scenario(protocol, 99, 100);
        let plan = Plan::new(protocol, &scenario).expect("its requests are valid");
        assert_eq!(Checkpoints::record(&plan).0, common::run_valid(&scenario), "{}", protocol.id);
    }
}

/// The page replays an existing run in slices, and can seek meanwhile.
#[test]
fn checkpoints_recorded_in_pieces_equal_those_recorded_at_once() {
    for (_, protocol) in protocols::catalogue() {
        let scenario = long_scenario(protocol, 7, 100);
        let plan = Plan::new(protocol, &scenario).expect("its requests are valid");
        let (trace, recorded) = Checkpoints::record(&plan);
        let mut pieces = Checkpoints::begin(&plan);
        let middle = trace.events.len() / 2;
        let state = |checkpoints: &Checkpoints, events| {
            format!("{:?}", checkpoints.seek(&plan, &trace, events).state)
        };
        assert_eq!(pieces.reached(), Some(0));
        while pieces.advance(&plan, &trace, 37) {
            if pieces.reached().is_some_and(|reached| reached > middle) && pieces.count() < 5 {
                assert_eq!(state(&pieces, middle), state(&recorded, middle), "{}", protocol.id);
            }
        }
        assert_eq!(pieces.reached(), None);
        let shape = |it: &Checkpoints| (it.count(), it.spacing());
        assert_eq!(shape(&pieces), shape(&recorded), "{}", protocol.id);
        for events in [0, middle, trace.events.len()] {
            assert_eq!(state(&pieces, events), state(&recorded, events), "{}", protocol.id);
        }
    }
}

/// Five nodes broadcast in turn, one every 2 ms.
fn chatter(protocol: &str, requests: u64) -> Scenario {
    let mut scenario = scenario(protocol, 5, 10);
    scenario.requests =
        (0..requests).map(|number| broadcast(2 * number, number as usize % 5, "m")).collect();
    scenario.until = 2 * requests + 1000;
    scenario
}

#[test]
fn seek_replays_few_events_with_few_checkpoints() {
    // Up to a run of 100 000 events.
    for requests in [5, 70, 700, 7143] {
        let scenario = chatter("best-effort-broadcast", requests);
        let plan = Plan::new(common::protocol(&scenario.protocol), &scenario).expect("valid");
        let (trace, checkpoints) = Checkpoints::record(&plan);
        let events = trace.events.len();
        assert_eq!(events as u64, 14 * requests);
        let count = checkpoints.count();
        assert!(count <= MAX_CHECKPOINTS && (count - 1).pow(2) <= events, "{count} of {events}");
        let mut chance = Chance::new(requests);
        let mut longest = 0;
        for _ in 0..50 {
            let moment = checkpoints.seek(&plan, &trace, chance.below(events + 1));
            longest = longest.max(moment.steps + moment.events);
        }
        // One step of this protocol is at most a request, four messages and a delivery.
        assert!(longest <= 2 * checkpoints.spacing() + 7, "{longest}");
        assert!(checkpoints.spacing() <= 256.max(events / 16), "{}", checkpoints.spacing());
    }
}
