//! Nodes and messages by the names that the reader gave.

use super::{
    super::{
        json::Place,
        problem::{Problem, alternatives, closest, shown},
    },
    MAX_NAME,
};
use crate::kernel::{MAX_NODES, MessageName, NodeId, NodeSet, Scenario, speaks_reserved};

/// Reads the nodes: a list of names, or only how many.
pub(super) fn read(place: &Place) -> Result<Vec<String>, Problem> {
    let expected = format!("a list of 1 to {MAX_NODES} names, or a number from 1 to {MAX_NODES}");
    if let Some(number) = place.any_whole() {
        return match usize::try_from(number) {
            Ok(size @ 1..=MAX_NODES) => Ok(Scenario::numbered(size)),
            _ => Err(place.problem(expected)),
        };
    }
    let places = place.list(&expected, MAX_NODES)?;
    if places.is_empty() {
        return Err(place.problem(expected));
    }
    let mut names: Vec<String> = Vec::with_capacity(places.len());
    for place in places {
        let name = read_name(&place)?;
        if names.iter().any(|other| other == name) {
            return Err(place.problem("a name that no other node has"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn read_name<'a>(place: &Place<'a>) -> Result<&'a str, Problem> {
    let expected = format!(
        "a name of 1 to {MAX_NAME} characters, without \">\", \"#\", control or private-use characters"
    );
    let name = place.text(&expected)?;
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    let clean = !name.contains(['>', '#']) && !name.chars().any(char::is_control);
    if fits && clean && !speaks_reserved(name) { Ok(name) } else { Err(place.problem(expected)) }
}

/// The nodes of a scenario, to look others up in.
#[derive(Clone, Copy)]
pub(super) struct Nodes<'a>(pub(super) &'a [String]);

impl Nodes<'_> {
    fn find(self, name: &str) -> Option<NodeId> {
        self.0.iter().position(|known| known == name).map(NodeId::new)
    }

    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(String::as_str)
    }

    /// A node.
    pub(super) fn node(self, place: &Place) -> Result<NodeId, Problem> {
        let expected = format!("a node: {}", alternatives(self.names()));
        let name = place.text(&expected)?;
        self.find(name).ok_or_else(|| place.problem(expected).with_closest(name, self.names()))
    }

    /// A node other than this one.
    pub(super) fn other(self, place: &Place, than: NodeId) -> Result<NodeId, Problem> {
        let node = self.node(place)?;
        if node == than {
            return Err(place.problem("another node: what a node tells itself is no message"));
        }
        Ok(node)
    }

    /// Groups of nodes, none of them in two.
    pub(super) fn groups(self, place: &Place) -> Result<Vec<NodeSet>, Problem> {
        let mut everyone = NodeSet::EMPTY;
        let mut groups = Vec::new();
        for group in place.list("a list of groups", MAX_NODES)? {
            let mut members = NodeSet::EMPTY;
            for place in group.list("a list of nodes", MAX_NODES)? {
                let node = self.node(&place)?;
                if !everyone.insert(node) {
                    return Err(place.problem("each node in one group, once"));
                }
                members.insert(node);
            }
            groups.push(members);
        }
        Ok(groups)
    }

    /// A message: `Alice>Carol#1`.
    pub(super) fn message(self, place: &Place) -> Result<MessageName, Problem> {
        let (one, other) = (self.0.first(), self.0.get(1));
        let expected = match (one, other) {
            (Some(one), Some(other)) => format!("a message such as \"{one}>{other}#1\""),
            _ => "no message: there is only one node".to_owned(),
        };
        let text = place.text(&expected)?;
        let parts = text.split_once('>').and_then(|(from, rest)| {
            let (to, number) = rest.split_once('#')?;
            Some((from, to, number))
        });
        let Some((from, to, count)) = parts else { return Err(place.problem(expected)) };
        let number = read_count(count).ok_or_else(|| place.problem(&expected))?;
        match (self.find(from), self.find(to)) {
            (Some(from), Some(to)) if from != to => Ok(MessageName { from, to, number }),
            (Some(_), Some(_)) => Err(place
                .problem("a message between two nodes: what a node tells itself is no message")),
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

/// A count from 1, in plain digits: one message has one name.
fn read_count(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}

/// What was found where a value belongs, for a problem that is not about its shape.
pub(super) fn found(place: &Place) -> String {
    place.value().map_or("nothing".to_owned(), shown)
}
