//! A rectangle of lines and time, drawn over the diagram: a partition separates its nodes from the others.

use super::text;
use crate::kernel::{Fault, NodeId, NodeSet, Scenario, Time};

/// A set of nodes and an interval of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Nodes whose lines lie within the rectangle.
    pub nodes: NodeSet,
    /// Start, in virtual ms.
    pub at: Time,
    /// End, in virtual ms.
    pub until: Time,
}

/// Distance from a line, in lines, within which the pointer still counts as on it.
const NEAR: f64 = 0.2;

impl Area {
    /// Returns the area between two corners: times in virtual ms, and positions across the lines, 0.0 being on the
    /// first.
    #[must_use]
    pub fn between(one: (f64, f64), other: (f64, f64), size: usize) -> Self {
        let (first, last) = (one.1.min(other.1) - NEAR, one.1.max(other.1) + NEAR);
        let inside = |node: &NodeId| (first..=last).contains(&(node.index() as f64));
        let at = one.0.min(other.0).round().max(0.0) as Time;
        let until = (one.0.max(other.0).round().max(0.0) as Time).max(at + 1);
        Self { nodes: NodeSet::first(size).into_iter().filter(inside).collect(), at, until }
    }

    /// Returns the partition that separates these nodes from the others.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn partition(self, scenario: &Scenario) -> Result<Fault, &'static str> {
        let others = NodeSet::first(scenario.nodes.len()).without(self.nodes);
        if self.nodes.is_empty() {
            return Err(text::lasso::NO_LINE);
        }
        if others.is_empty() {
            return Err(text::lasso::EVERY_LINE);
        }
        // In the order of the lines, whichever side the reader enclosed.
        let (one, other) = match self.nodes.lowest() < others.lowest() {
            true => (self.nodes, others),
            false => (others, self.nodes),
        };
        Ok(Fault::Partition { groups: vec![one, other], at: self.at, until: self.until })
    }

    /// Describes the area while it is drawn: `Alice, Bob | Carol, 40–90 ms`.
    #[must_use]
    pub fn words(self, scenario: &Scenario) -> String {
        let names = |group: &NodeSet| {
            let names: Vec<_> = group.into_iter().map(|node| scenario.name(node)).collect();
            names.join(", ")
        };
        match self.partition(scenario) {
            Ok(Fault::Partition { groups, at, until }) => {
                let sides: Vec<_> = groups.iter().map(names).collect();
                text::lasso::partition(&sides.join(" | "), at, until)
            }
            Ok(_) => String::new(),
            Err(why) => why.to_owned(),
        }
    }
}
