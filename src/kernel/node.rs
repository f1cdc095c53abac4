//! Nodes, sets of nodes and the group.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::{
    Time,
    visible::{push_visible, visible_name},
};

/// Largest number of nodes of a scenario.
pub const MAX_NODES: usize = 128;

/// The first of the private-use characters that stand for nodes until their names are known.
const FIRST: u32 = 0xE000;

/// A node: the machine that crashes and has a clock and a disk. Numbered from 0 in the scenario's order.
///
/// A process does not know the names of nodes, yet its texts are shown. So a node is displayed and serialised
/// as **one private-use character**, and [`spell`] replaces it by the name where the text leaves the
/// simulation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u8);

impl NodeId {
    /// Returns the node at this place of the scenario's list.
    ///
    /// # Panics
    /// If `index` is not below [`MAX_NODES`].
    #[must_use]
    pub const fn new(index: usize) -> Self {
        assert!(index < MAX_NODES, "a scenario has at most 128 nodes");
        Self(index as u8)
    }

    /// Returns its place in the scenario's list.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    fn glyph(self) -> char {
        char::from_u32(FIRST + u32::from(self.0)).expect("the private-use area has room for 128")
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.glyph())
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "P{}", self.0 + 1)
    }
}

impl Serialize for NodeId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_char(self.glyph())
    }
}

/// Returns the name that a character stands for, if it stands for a node.
fn named(c: char, names: &[String]) -> Option<&String> {
    names.get((c as u32).checked_sub(FIRST)? as usize)
}

/// Replaces the nodes' characters by their names, for a reader: see [`visible`](super::visible()).
#[must_use]
pub fn spell(text: &str, names: &[String]) -> String {
    let mut spelt = String::with_capacity(text.len());
    for c in text.chars() {
        match named(c, names) {
            Some(name) => spelt.push_str(&visible_name(name)),
            None => push_visible(&mut spelt, c),
        }
    }
    spelt
}

/// Does the same as [`spell`], but leaves every other character as it is: for JSON, and for comparisons.
#[must_use]
pub fn spell_exactly(text: &str, names: &[String]) -> String {
    let mut spelt = String::with_capacity(text.len());
    for c in text.chars() {
        match named(c, names) {
            Some(name) => spelt.push_str(name),
            None => spelt.push(c),
        }
    }
    spelt
}

/// Does the same as [`spell_exactly`] for all texts in a JSON value, names of fields included.
#[must_use]
pub fn spell_json(value: &Json, names: &[String]) -> Json {
    match value {
        Json::String(text) => Json::String(spell_exactly(text, names)),
        Json::Array(values) => values.iter().map(|value| spell_json(value, names)).collect(),
        Json::Object(fields) => {
            let spelt = |(name, value): (&String, &Json)| {
                (spell_exactly(name, names), spell_json(value, names))
            };
            Json::Object(fields.iter().map(spelt).collect())
        }
        other => other.clone(),
    }
}

/// True if a text holds a character that [`spell`] would take for a node.
#[must_use]
pub fn has_reserved(text: &str) -> bool {
    text.chars().any(|c| (FIRST..FIRST + MAX_NODES as u32).contains(&(c as u32)))
}

/// A set of nodes, in the order of the scenario.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NodeSet(u128);

impl NodeSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Returns the first `size` nodes.
    #[must_use]
    pub const fn first(size: usize) -> Self {
        if size >= MAX_NODES { Self(u128::MAX) } else { Self((1 << size) - 1) }
    }

    /// True if the set contains the node.
    #[must_use]
    pub const fn contains(self, node: NodeId) -> bool {
        self.0 >> node.0 & 1 == 1
    }

    /// Adds a node; false if it was there already.
    pub fn insert(&mut self, node: NodeId) -> bool {
        let before = self.0;
        self.0 |= 1 << node.0;
        self.0 != before
    }

    /// Removes a node; false if it was not there.
    pub fn remove(&mut self, node: NodeId) -> bool {
        let before = self.0;
        self.0 &= !(1 << node.0);
        self.0 != before
    }

    /// Returns the number of nodes in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// True if the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the nodes of `self` that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns the nodes in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the nodes in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the nodes of `self` that come before this node in the scenario's order.
    #[must_use]
    pub const fn before(self, node: NodeId) -> Self {
        Self(self.0 & ((1 << node.0) - 1))
    }

    /// Returns the nodes of `self` that come after this node in the scenario's order.
    #[must_use]
    pub const fn after(self, node: NodeId) -> Self {
        let mut after = self.without(self.before(node));
        after.0 &= !(1 << node.0);
        after
    }

    /// True if all nodes of `self` are in `other`.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Returns the first of them, in the scenario's order.
    #[must_use]
    pub fn lowest(self) -> Option<NodeId> {
        (self.0 != 0).then(|| NodeId(self.0.trailing_zeros() as u8))
    }

    /// Returns the last of them, in the scenario's order.
    #[must_use]
    pub fn highest(self) -> Option<NodeId> {
        (self.0 != 0).then(|| NodeId(self.0.ilog2() as u8))
    }

    /// Removes and returns the first of them.
    fn pop(&mut self) -> Option<NodeId> {
        let lowest = self.lowest()?;
        self.remove(lowest);
        Some(lowest)
    }
}

impl From<NodeId> for NodeSet {
    fn from(node: NodeId) -> Self {
        Self(1 << node.0)
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        let mut set = Self::EMPTY;
        for node in nodes {
            set.insert(node);
        }
        set
    }
}

impl IntoIterator for NodeSet {
    type Item = NodeId;
    type IntoIter = Members;

    fn into_iter(self) -> Members {
        Members(self)
    }
}

/// The nodes of a set, in the scenario's order.
#[derive(Clone, Debug)]
pub struct Members(NodeSet);

impl Iterator for Members {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        self.0.pop()
    }
}

impl fmt::Debug for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_set().entries(*self).finish()
    }
}

/// `Bob`, `Bob and Carol`, `Bob, Carol and Dave`.
impl fmt::Display for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut rest = *self;
        let mut first = true;
        while let Some(node) = rest.pop() {
            match (first, rest.is_empty()) {
                (true, _) => {}
                (false, false) => write!(f, ", ")?,
                (false, true) => write!(f, " and ")?,
            }
            write!(f, "{node}")?;
            first = false;
        }
        Ok(())
    }
}

impl Serialize for NodeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(*self)
    }
}

/// The group of processes, seen from one of its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Group {
    /// The node of this process.
    pub me: NodeId,
    /// Number of nodes, this one included.
    pub size: usize,
    /// Nodes that messages of this node reach: all others, unless the scenario's topology says otherwise.
    pub neighbours: NodeSet,
    /// Nodes that only forward messages.
    pub routers: NodeSet,
    /// Longest delay of a message that the protocol may assume, in virtual ms; none in an asynchronous
    /// network. A scenario may exceed it all the same.
    pub delay_bound: Option<Time>,
}

impl Group {
    /// Returns all nodes, this one included.
    #[must_use]
    pub const fn everyone(self) -> NodeSet {
        NodeSet::first(self.size)
    }

    /// Returns all nodes but this one.
    #[must_use]
    pub fn others(self) -> NodeSet {
        let mut others = self.everyone();
        others.remove(self.me);
        others
    }

    /// Returns the least size of a majority: any two such sets share a member.
    #[must_use]
    pub const fn majority(self) -> usize {
        self.size / 2 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_character_is_replaced_by_its_name() {
        let names = ["Alice".to_owned(), "Bob".to_owned(), "Carol".to_owned()];
        let text = format!("{} asks {}", NodeId::new(2), NodeId::new(0));
        assert_eq!(text.chars().count(), " asks ".len() + 2);
        assert_eq!(spell(&text, &names), "Carol asks Alice");
        assert!(has_reserved(&text) && !has_reserved("Carol asks Alice"));
    }

    #[test]
    fn node_set_is_listed_with_commas_and_and() {
        let names: Vec<_> = ["A", "B", "C"].map(str::to_owned).into();
        let say = |size| spell(&NodeSet::first(size).to_string(), &names);
        assert_eq!([say(0), say(1), say(2), say(3)], ["", "A", "A and B", "A, B and C"]);
    }

    #[test]
    fn sets_reach_to_the_last_node() {
        let all = NodeSet::first(MAX_NODES);
        assert_eq!(all.len(), MAX_NODES);
        assert_eq!(all.into_iter().last(), Some(NodeId::new(MAX_NODES - 1)));
        assert_eq!(NodeSet::first(3).without(NodeSet::first(2)), NodeId::new(2).into());
        assert_eq!((all.lowest(), all.highest()), (Some(NodeId::new(0)), all.into_iter().last()));
        assert_eq!(NodeSet::EMPTY.highest(), None);
    }

    #[test]
    fn node_set_before_and_after_a_node_leave_it_out() {
        let all = NodeSet::first(MAX_NODES);
        for index in [0, 1, 64, MAX_NODES - 1] {
            let node = NodeId::new(index);
            assert_eq!(all.before(node), NodeSet::first(index));
            assert_eq!(all.after(node), all.without(NodeSet::first(index + 1)));
        }
    }
}
