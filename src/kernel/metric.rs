//! Metrics: what an observer measures at each node, from outside.

use std::any::Any;

use super::{Group, Process, Time};

/// A metric of a run, which has a value at each node.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name: `buffered messages`.
    pub name: &'static str,
    /// Unit of its values: `messages`, `ms`.
    pub unit: &'static str,
    /// Its meaning, in one line.
    pub help: &'static str,
    /// The way in which it is drawn.
    pub drawn: Drawn,
    /// Returns its value at a node.
    pub value: fn(node: &Measured) -> i64,
}

/// A node as an observer outside the system sees it: no process ever knows both the time and its own clock.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    pub(super) process: &'a dyn Any,
    /// The group, as this node sees it.
    pub group: Group,
    /// Virtual time, in ms.
    pub time: Time,
    /// Time that the node's own clock shows, in ms.
    pub clock: Time,
}

impl<'a> Measured<'a> {
    /// Returns the process that runs on the node.
    ///
    /// # Panics
    /// If the protocol's process is of another type.
    #[must_use]
    pub fn process<P: Process>(&self) -> &'a P {
        self.process.downcast_ref().expect("a metric measures its own protocol's process")
    }
}

/// The way in which a metric is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// As a curve below the diagram, on its time axis.
    Curve,
    /// As a band behind the node's line, with its number in it: a round, a term, a view; 0 is none.
    Band,
}
