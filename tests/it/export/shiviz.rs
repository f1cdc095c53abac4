//! The log for ShiViz, read as its documentation says, by nothing of ours.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use worldlines::{analysis::counted, export::shiviz, kernel::EventKind, runs::Outcome};

use super::{hostile, runs};

/// An entry: what happened, the host, and its vector.
struct Entry {
    event: String,
    host: String,
    clock: BTreeMap<String, u64>,
}

fn read(log: &str) -> Vec<Entry> {
    let mut lines = log.lines();
    assert_eq!(lines.next(), Some(r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})"));
    assert_eq!(lines.next(), Some(""), "one run");
    let mut entries = Vec::new();
    while let Some(event) = lines.next() {
        let (host, clock) = lines.next().and_then(|it| it.split_once(' ')).expect("two lines");
        let clock: Json = serde_json::from_str(clock).expect("a clock is JSON");
        let clock = clock.as_object().expect("by host").iter();
        let clock = clock.map(|(host, count)| (host.clone(), count.as_u64().expect("a count")));
        entries.push(Entry {
            event: event.to_owned(),
            host: host.to_owned(),
            clock: clock.collect(),
        });
    }
    entries
}

/// True if the first vector is smaller.
fn is_before(one: &Entry, other: &Entry) -> bool {
    let known = |entry: &Entry, host| entry.clock.get(host).copied().unwrap_or_default();
    one.clock != other.clock && one.clock.iter().all(|(host, count)| *count <= known(other, host))
}

/// For each entry, in the order of the log, the entries that happened before it: by the order at each node and by
/// messages, nothing else.
fn past(run: &Outcome) -> Vec<BTreeSet<usize>> {
    let begins = counted(&run.trace, run.scenario.nodes.len());
    let mut past: Vec<BTreeSet<usize>> = Vec::new();
    let mut last = BTreeMap::new();
    // By event: the entry that it belongs to.
    let mut entry_of = BTreeMap::new();
    for (id, event) in run.trace.events.iter().enumerate() {
        if begins.contains(id) {
            let mut before = BTreeSet::<usize>::new();
            let sent = match event.kind {
                EventKind::Receive(message) => entry_of.get(&run.trace.messages[message].sent),
                _ => None,
            };
            for entry in last.get(&event.node).into_iter().chain(sent) {
                before.insert(*entry);
                before.extend(past[*entry].iter().copied());
            }
            last.insert(event.node, past.len());
            past.push(before);
        }
        if let Some(entry) = last.get(&event.node) {
            entry_of.insert(id, *entry);
        }
    }
    past
}

#[test]
fn log_has_the_partial_order_of_the_run() {
    let mut pairs = 0;
    for (path, run) in runs() {
        let entries = read(&shiviz(&run));
        let past = past(&run);
        assert_eq!(entries.len(), past.len(), "{path}");
        // Longer ones have nothing that shorter ones do not have.
        for (at, entry) in entries.iter().enumerate().take(300) {
            for (earlier, other) in entries.iter().enumerate().take(at) {
                assert_eq!(
                    is_before(other, entry),
                    past[at].contains(&earlier),
                    "{path}: {earlier}, {at}"
                );
                assert!(!is_before(entry, other), "{path}: {earlier}, {at}");
                pairs += 1;
            }
        }
    }
    assert!(pairs > 10_000, "{pairs} pairs");
}

#[test]
fn clock_of_each_host_counts_its_entries_from_one() {
    for (path, run) in runs().chain([("hostile".to_owned(), hostile())]) {
        let mut counts = BTreeMap::<String, u64>::new();
        for entry in read(&shiviz(&run)) {
            let count = counts.entry(entry.host.clone()).or_default();
            *count += 1;
            assert_eq!(entry.clock[&entry.host], *count, "{path}: {}", entry.event);
        }
    }
}

#[test]
fn hosts_have_names_without_spaces_each_its_own() {
    let hosts: BTreeSet<String> = read(&shiviz(&hostile())).into_iter().map(|it| it.host).collect();
    let expected = ["=A,\"1", "B_C", "B_C_2", "end;&"].map(str::to_owned);
    assert_eq!(hosts, BTreeSet::from(expected));
}
