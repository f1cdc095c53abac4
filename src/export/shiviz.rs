//! A run as a log of vector timestamps, as ShiViz, TSViz and GoVector have them.

use serde_json::{Map, Value as Json};

use super::sentence;
use crate::{
    analysis::{Stamps, counted, counts},
    kernel::NodeId,
    runs::Outcome,
};

/// The lines that a file begins with: how an entry is read, and what separates runs (nothing).
const HEAD: &str = "(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})\n\n";

/// Returns a run as a log that ShiViz opens: two lines for each event, what happens, then the node and its vector
/// timestamp. Sends of a node at one moment are one event, a multicast, as in the page's timestamps; losses, pauses
/// and notes are no events of a node's own and have no entry. The order of the events is that of the run.
///
/// A name of a node stands without white space, which would end it; names that become equal get a number.
#[must_use]
pub fn shiviz(run: &Outcome) -> String {
    let names = hosts(run);
    let stamps = Stamps::of(&run.trace, names.len());
    let begins = counted(&run.trace, names.len());
    let mut log = HEAD.to_owned();
    let events = &run.trace.events;
    for id in begins.iter() {
        let node = events[id].node;
        let Some(vector) = stamps.vector(&run.trace, id) else { continue };
        // Further sends of the same multicast.
        let rest = (id + 1..events.len()).take_while(|&next| events[next].time == events[id].time);
        let rest = rest.filter(|&next| events[next].node == node);
        let rest = rest.take_while(|&next| !begins.contains(next));
        let mut said = vec![sentence(run, id)];
        said.extend(
            rest.filter(|&next| counts(&events[next].kind)).map(|next| sentence(run, next)),
        );
        let clock: Map<String, Json> = names
            .iter()
            .zip(vector)
            .filter(|(_, known)| *known > 0)
            .map(|(name, known)| (name.clone(), known.into()))
            .collect();
        let (host, clock) = (&names[node.index()], Json::Object(clock));
        log += &format!("{}\n{host} {clock}\n", said.join("; "));
    }
    log
}

/// Names of the nodes without white space, each once.
fn hosts(run: &Outcome) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for node in 0..run.scenario.nodes.len() {
        let name = run.scenario.name(NodeId::new(node));
        let joined: Vec<&str> = name.split_whitespace().collect();
        let joined = joined.join("_");
        let mut host = joined.clone();
        let mut number = 2;
        while names.contains(&host) {
            host = format!("{joined}_{number}");
            number += 1;
        }
        names.push(host);
    }
    names
}
