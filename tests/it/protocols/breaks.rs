//! Every *breaks when* is found by the search itself, from the scenario without its faults.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use worldlines::{
    formats::{bundled, scenario},
    kernel::{Break, Property, Protocol, Scenario},
    protocols,
    search::{Budget, DEFAULT_RUNS, Finding, Objective, Search, Shard, Target, Task, Workers},
};

use crate::common::budget::{EXPLORED_FOR_BREAK, is_long};

/// Breaks that the search does not find within its default budget, each with the reason. A break that is listed here and found all
/// the same is also an error.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// Breaks whose search explores more than [`EXPLORED_FOR_BREAK`]: only the long tests search them.
const SLOW: [&str; 4] = [
    "mutex/maekawa/first-request-is-late",
    "reliable/nack-multicast/sender-and-holder-die",
    "reliable/reliable-broadcast/more-crashes-than-hops",
    "replication/quorum-register/read-without-write-back",
];

/// The scenario of a break without its faults.
fn plain(given: &Scenario) -> Scenario {
    Scenario { faults: Vec::new(), captions: Vec::new(), ..given.clone() }
}

/// Properties found by default, by their places in the break's list.
fn search(protocol: &'static Protocol, it: &Break, given: &Scenario) -> Vec<Option<Finding>> {
    let objective = |property: &'static Property| Objective {
        target: Target::Violation(property),
        // For the reason that the break gives, and no other.
        breaking: Some(it.broken.to_vec()),
    };
    let objectives: Vec<Objective> = it.violates.iter().map(objective).collect();
    let mut found: Vec<Option<Finding>> = vec![None; objectives.len()];
    let task = Task {
        protocol,
        scenario: plain(given),
        objectives,
        budget: Budget::usual(protocol),
        seed: 0,
        limit: DEFAULT_RUNS,
        shard: Shard::WHOLE,
    };
    let mut search = Search::new(task).expect("its requests are read");
    while !search.is_over() && (is_long() || search.progress().explored <= EXPLORED_FOR_BREAK) {
        for finding in search.advance(Workers::ONE) {
            let place = finding.objective;
            found[place] = Some(finding);
        }
    }
    found
}

/// Errors of the search's findings for one break; empty for none.
fn complaints(protocol: &'static Protocol, it: &Break) -> Vec<String> {
    let bundled = bundled::of_protocol(protocol.id).find(|other| other.name == it.scenario);
    let bundled = bundled.expect("a break has its scenario");
    if !is_long() && SLOW.contains(&bundled.path().as_str()) {
        return Vec::new();
    }
    let given = bundled.scenario().expect("it is read");
    let mut complaints = Vec::new();
    for (property, found) in it.violates.iter().zip(search(protocol, it, &given)) {
        let name = format!("{}: {}", bundled.path(), property.name);
        let excepted = EXCEPTIONS.iter().any(|(exception, _)| *exception == name);
        let Some(finding) = found else {
            complaints.extend((!excepted).then(|| {
                format!("{name} is not found; if its search only takes long, list it as slow")
            }));
            continue;
        };
        if excepted {
            complaints.push(format!("{name} is found, though it is an exception"));
        }
        let faults = finding.scenario.faults.len();
        if faults > given.faults.len() {
            complaints.push(format!("{name} takes {faults} faults"));
        }
        // It is an ordinary scenario: it reads back unchanged and shows the same.
        let written = scenario::write(&finding.scenario);
        let read = scenario::read(&written).expect("what was found is a scenario");
        let objective =
            Objective { target: Target::Violation(property), breaking: Some(it.broken.to_vec()) };
        if !objective.is_reached(protocol, &read) {
            complaints.push(format!("{name} is not shown by {written}"));
        }
    }
    complaints
}

#[test]
fn search_finds_every_stated_break_with_no_more_faults_than_its_scenario() {
    let breaks: Vec<_> = protocols::catalogue()
        .flat_map(|(_, protocol)| protocol.breaks.iter().map(move |it| (protocol, it)))
        .collect();
    assert!(!breaks.is_empty());
    let paths: Vec<String> = bundled::bundled().into_iter().map(bundled::Bundled::path).collect();
    assert!(SLOW.iter().all(|slow| paths.iter().any(|path| path == slow)), "a slow one is renamed");
    // Each is a separate search: every core takes the next.
    let next = AtomicUsize::new(0);
    let take = || {
        let mut found = Vec::new();
        while let Some((protocol, it)) = breaks.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.extend(complaints(protocol, it));
        }
        found
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let complaints: Vec<String> = thread::scope(|scope| {
        let hands: Vec<_> = (0..cores).map(|_| scope.spawn(take)).collect();
        hands.into_iter().flat_map(|hand| hand.join().expect("no search panics")).collect()
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
