//! Nodes and messages by the names in a scenario.

use super::{
    super::{
        json::Place,
        problem::{Problem, alternatives, closest},
    },
    MAX_NAME,
    bounds::broken,
};
use crate::kernel::{MAX_NODES, MessageName, NodeId, NodeSet, has_reserved};

/// Expectation of a node that is in one group already.
pub(super) const ONE_GROUP: &str = "each node in one group, once";
/// Expectation of a message whose ends differ.
pub(super) const TWO_NODES: &str =
    "a message between two nodes: a node sends itself nothing over the network";

/// Expectation of the list of nodes.
pub(super) fn expected_nodes() -> String {
    format!("a list of 1 to {MAX_NODES} names, or a number from 1 to {MAX_NODES}")
}

/// Expectation of a node's name.
pub(super) fn expected_name() -> String {
    format!(
        "a name of 1 to {MAX_NAME} characters, without \">\", \"#\", control or private-use characters"
    )
}

/// Checks a number of nodes, before there are as many.
///
/// # Errors
/// If a scenario may not have this number.
pub fn node_count(count: usize) -> Result<(), Problem> {
    match (1..=MAX_NODES).contains(&count) {
        true => Ok(()),
        false => Err(Problem::new("nodes", count.to_string(), expected_nodes())),
    }
}

/// Checks the names of the nodes. The reader does so before it looks nodes up by them.
pub(super) fn node_names(names: &[String]) -> Result<(), Problem> {
    if !(1..=MAX_NODES).contains(&names.len()) {
        return Err(broken("nodes", expected_nodes()));
    }
    for (place, name) in names.iter().enumerate() {
        let fits = (1..=MAX_NAME).contains(&name.chars().count());
        let clean = !name.contains(['>', '#']) && !name.chars().any(char::is_control);
        if !fits || !clean || has_reserved(name) {
            return Err(broken(format!("nodes[{place}]"), expected_name()));
        }
        if names[..place].contains(name) {
            return Err(broken(format!("nodes[{place}]"), "a name that no other node has"));
        }
    }
    Ok(())
}

/// Nodes of a scenario, to find them by their names.
#[derive(Clone, Copy)]
pub(super) struct Nodes<'a>(pub(super) &'a [String]);

impl Nodes<'_> {
    fn find(self, name: &str) -> Option<NodeId> {
        self.0.iter().position(|known| known == name).map(NodeId::new)
    }

    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(String::as_str)
    }

    /// Reads a node's name.
    pub(super) fn node(self, place: &Place) -> Result<NodeId, Problem> {
        let expected = || format!("a node: {}", alternatives(self.names()));
        let name = place.text_or(&expected)?;
        self.find(name).ok_or_else(|| place.problem(expected()).with_closest(name, self.names()))
    }

    /// Reads groups of nodes, with no node in two.
    pub(super) fn groups(self, place: &Place) -> Result<Vec<NodeSet>, Problem> {
        let mut groups = Vec::new();
        for group in place.list("a list of groups", MAX_NODES)? {
            let mut members = NodeSet::EMPTY;
            for place in group.list("a list of nodes", MAX_NODES)? {
                let node = self.node(&place)?;
                if !members.insert(node) {
                    return Err(place.problem(ONE_GROUP));
                }
            }
            groups.push(members);
        }
        Ok(groups)
    }

    /// Reads a message: `Alice>Carol#1`.
    pub(super) fn message(self, place: &Place) -> Result<MessageName, Problem> {
        let expected = || expected_message(self.0);
        let text = place.text_or(&expected)?;
        let parts = text.split_once('>').and_then(|(from, rest)| {
            let (to, number) = rest.split_once('#')?;
            Some((from, to, number))
        });
        let Some((from, to, count)) = parts else { return Err(place.problem(expected())) };
        let number = read_count(count).ok_or_else(|| place.problem(expected()))?;
        match (self.find(from), self.find(to)) {
            (Some(from), Some(to)) if from != to => Ok(MessageName { from, to, number }),
            (Some(_), Some(_)) => Err(place.problem(TWO_NODES)),
            _ => {
                let meant = |name| closest(name, self.names());
                let meant = meant(from).zip(meant(to)).filter(|(from, to)| from != to);
                let suggestion = meant.map(|(from, to)| format!("{from}>{to}#{count}"));
                let expected =
                    format!("a message between two of the nodes {}", alternatives(self.names()));
                Err(Problem { suggestion, ..place.problem(expected) })
            }
        }
    }
}

/// Expectation of a message's name.
pub(super) fn expected_message(names: &[String]) -> String {
    match names {
        [one, other, ..] => format!("a message such as \"{one}>{other}#1\""),
        _ => "no message: there is only one node".to_owned(),
    }
}

/// Reads a number from 1, in plain digits: one message has one name.
fn read_count(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}
