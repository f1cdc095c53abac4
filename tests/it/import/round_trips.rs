//! Our own output is read again: the trace, and the log for ShiViz.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use worldlines::{
    analysis::Stamps,
    export::shiviz,
    formats::bundled,
    kernel::{EventKind, NodeId},
    runs::Outcome,
};

use super::recording;

fn runs() -> impl Iterator<Item = (String, Outcome)> {
    bundled::bundled().into_iter().map(|it| (it.path().to_string(), it.outcome().expect("it runs")))
}

fn json(run: &Outcome) -> Json {
    serde_json::from_str(&run.json()).expect("it is JSON")
}

#[test]
fn trace_that_we_write_is_read_as_the_same_events_and_messages() {
    let mut judged = 0;
    for (path, run) in runs() {
        let original = json(&run);
        let text = run.json();
        if text.len() > 1 << 20 {
            continue;
        }
        let imported = json(&recording(&text).outcome);
        for field in ["nodes", "end", "quiescent"] {
            assert_eq!(imported[field], original[field], "{path}: {field}");
        }
        let list = |json: &Json, field: &str| json[field].as_array().cloned().unwrap_or_default();
        let events = list(&original, "events");
        assert_eq!(list(&imported, "events").len(), events.len(), "{path}");
        for (now, before) in list(&imported, "events").iter().zip(&events) {
            for field in ["id", "time", "node", "kind", "message", "label", "name", "text", "why"] {
                assert_eq!(now[field], before[field], "{path}: {field} of {before}");
            }
            assert_eq!(now["data"], before["data"], "{path}: data of {before}");
        }
        // A transmission to several nodes is not in the events.
        let mut messages = list(&original, "messages");
        messages.iter_mut().filter_map(Json::as_object_mut).for_each(|message| {
            message.remove("transmission");
        });
        assert_eq!(list(&imported, "messages"), messages, "{path}");
        // Safety is judged alike by the events alone, whichever protocol they come from.
        for verdict in list(&imported, "verdicts") {
            let same = |it: &&Json| it["property"] == verdict["property"];
            if let Some(before) = list(&original, "verdicts").iter().find(same)
                && verdict["kind"] == "safety"
                && !events.iter().any(|event| event["kind"] == "traitor")
            {
                assert_eq!(verdict["status"], before["status"], "{path}: {verdict} {before}");
                judged += 1;
            }
        }
    }
    assert!(judged > 100, "{judged} verdicts are compared");
}

/// The events of a log's run by host and number, with their vectors by host.
type Vectors = BTreeMap<(String, u32), BTreeMap<String, u32>>;

/// Vectors of the entries, computed by our own analysis from events and messages alone.
fn vectors(run: &Outcome) -> Vectors {
    let size = run.scenario.nodes.len();
    let mut vectors = Vectors::new();
    // Numbers of entries of each node's own vector.
    let mut logged: BTreeMap<NodeId, u32> = BTreeMap::new();
    let stamps = Stamps::of(&run.trace, size);
    // For each node: the number of logged events after each count of its own events.
    let mut counts: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new(); size];
    for (id, event) in run.trace.events.iter().enumerate() {
        let Some(vector) = stamps.vector(&run.trace, id) else { continue };
        let own = vector[event.node.index()];
        if matches!(event.kind, EventKind::Indicate { .. }) {
            *logged.entry(event.node).or_default() += 1;
        }
        counts[event.node.index()]
            .insert(own, logged.get(&event.node).copied().unwrap_or_default());
    }
    for (id, event) in run.trace.events.iter().enumerate() {
        if !matches!(event.kind, EventKind::Indicate { .. }) {
            continue;
        }
        let Some(vector) = stamps.vector(&run.trace, id) else { continue };
        let known = vector.iter().enumerate().filter_map(|(node, known)| {
            let (_, logged) = counts[node].range(..=*known).next_back()?;
            (*logged > 0).then(|| (run.scenario.name(NodeId::new(node)), *logged))
        });
        let known: BTreeMap<String, u32> = known.collect();
        let name = run.scenario.name(event.node);
        vectors.insert((name.clone(), known[&name]), known);
    }
    vectors
}

#[test]
fn log_that_we_write_for_shiviz_is_read_as_the_same_partial_order() {
    let mut entries = 0;
    for (path, run) in runs() {
        let log = shiviz(&run);
        if log.len() > 1 << 20 || log.lines().count() == 2 {
            continue;
        }
        let imported = recording(&log).outcome;
        let vectors = vectors(&imported);
        let mut expected = Vectors::new();
        for line in log.lines().skip(2).skip(1).step_by(2) {
            let (host, clock) = line.split_once(' ').expect("host and clock");
            let clock: BTreeMap<String, u32> = serde_json::from_str(clock).expect("a clock");
            expected.insert((host.to_owned(), clock[host]), clock);
        }
        entries += expected.len();
        assert_eq!(vectors, expected, "{path}");
    }
    assert!(entries > 2_000, "{entries} entries");
}
