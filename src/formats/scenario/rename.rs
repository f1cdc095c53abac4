//! Renaming of nodes.

use serde_json::Value as Json;

use super::{goal_json, goal_of};
use crate::{
    formats::{parse, trace},
    kernel::{Fault, Keys, NodeId, NodeSet, Scenario, With},
    protocols,
    runs::Want,
};

/// Renames a node wherever the scenario uses its name: in the values of requests, in the messages of traitors, and in
/// the goal. Everything else refers to a node by its place.
pub fn rename_node(scenario: &mut Scenario, node: NodeId, name: String) {
    let names = scenario.nodes.clone();
    let Some(place) = scenario.nodes.get_mut(node.index()) else { return };
    let before = std::mem::replace(place, name);
    let after = &scenario.nodes[node.index()];
    if let Some(mut goal) = goal_of(scenario)
        && let Want::Tell { first, then, .. } = &mut goal.want
    {
        for told in [Some(first), then.as_mut()].into_iter().flatten() {
            rename_in_indication(told, &before, after);
        }
        scenario.goal = Some(goal_json(&goal));
    }
    let Some(protocol) = protocols::find(&scenario.protocol) else { return };
    for fault in &mut scenario.faults {
        if let Fault::Forge { message, with } = fault {
            let keys = Keys::new(message.from, NodeSet::first(names.len()));
            let said = (protocol.behaviour.read_message)(with, &names, keys);
            let renamed = said.map(|said| trace::data(&said, &scenario.nodes));
            if let Some(renamed) = renamed.ok().and_then(|said| parse(&said).ok()) {
                *with = renamed;
            }
        }
    }
    for request in &mut scenario.requests {
        let kinds = protocol.behaviour.requests.iter();
        let shapes = kinds.filter(|kind| kind.name == request.name).map(|kind| kind.with);
        if let Some(value) = &mut request.with {
            shapes.for_each(|with| rename_in(with, value, &before, after));
        }
    }
}

/// Renames a node in what it tells its application, as the diagram writes it: `leader Bob`. A delivered text is the
/// application's own and refers to no node.
fn rename_in_indication(told: &mut String, before: &str, after: &str) {
    if !told.starts_with("deliver ") {
        rename_in_words(told, before, after);
    }
}

/// Renames a node in a text, where its name stands as a word.
pub(super) fn rename_in_words(told: &mut String, before: &str, after: &str) {
    let mut rest = std::mem::take(told);
    while let Some(at) = rest.find(before) {
        let end = at + before.len();
        // All letters outside ASCII count: their tables are large.
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || !c.is_ascii());
        let is_part = joins(rest[..at].chars().next_back()) || joins(rest[end..].chars().next());
        told.push_str(&rest[..at]);
        told.push_str(if is_part { before } else { after });
        rest.drain(..end);
    }
    told.push_str(&rest);
}

fn rename_in(with: With, value: &mut Json, before: &str, after: &str) {
    with.change_names(value, &mut |name| {
        if name == before {
            *name = after.into();
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn renamed_node_is_renamed_in_values() {
        let to = With::Node { label: "to" };
        let shape = With::Either(&[
            With::Record(&[With::Node { label: "to" }, With::Text { label: "payload" }]),
            With::Node { label: "to" },
        ]);
        let renamed = |with, mut value: Json| {
            rename_in(with, &mut value, "Bob", "Rob");
            value
        };
        assert_eq!(renamed(to, json!("Bob")), "Rob");
        assert_eq!(renamed(to, json!("Alice")), "Alice");
        assert_eq!(renamed(shape, json!("Bob")), "Rob");
        let sent = renamed(shape, json!({"to": "Bob", "payload": "Bob"}));
        assert_eq!(sent, json!({"to": "Rob", "payload": "Bob"}), "a text means no node");
        assert_eq!(renamed(With::Text { label: "message" }, json!("Bob")), "Bob");
    }

    #[test]
    fn goal_names_the_renamed_node_and_no_text_of_an_application() {
        let renamed = |told: &str| {
            let mut told = told.to_owned();
            rename_in_indication(&mut told, "Bob", "Rob");
            told
        };
        assert_eq!(renamed("leader Bob"), "leader Rob");
        assert_eq!(renamed("view 1: Bob, Bobby"), "view 1: Rob, Bobby");
        assert_eq!(renamed("deliver Bob"), "deliver Bob");
        assert_eq!(renamed("suspect Carol"), "suspect Carol");
    }
}
