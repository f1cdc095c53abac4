//! Partitions and dead links as walls between lines.

use super::{Label, Layout, Point, Window, labels::Placed};
use crate::kernel::{Fault, NodeId, Scenario};

/// A wall between two lines, while a partition or a cut lasts.
#[derive(Clone, Debug, PartialEq)]
pub struct Wall {
    /// The fault, by its place in the scenario.
    pub fault: usize,
    /// One corner.
    pub from: Point,
    /// The opposite corner.
    pub to: Point,
    /// What it is, where there is room.
    pub label: Option<Label>,
}

pub(super) fn walls(
    scenario: &Scenario,
    layout: &Layout,
    window: Window,
    placed: &mut Placed,
) -> Vec<Wall> {
    let mut walls = Vec::new();
    for (index, fault) in scenario.faults.iter().enumerate() {
        let (at, until, what) = match fault {
            Fault::Partition { at, until, .. } => (*at, *until, "partition"),
            Fault::Cut { at, until, .. } => (*at, *until, "cut"),
            _ => continue,
        };
        let from = layout.along_time(at as f64);
        let to = layout.along_time(until.min(layout.end()) as f64).max(from + 6.0);
        if !window.meets(from, to) {
            continue;
        }
        for across in wall_places(scenario, layout, fault) {
            let half = 5.0;
            let middle = layout.point((from + to) / 2.0, across);
            let label = placed.place(what, [middle]).map(|at| Label { at, text: what.to_owned() });
            walls.push(Wall {
                fault: index,
                from: layout.point(from, across - half),
                to: layout.point(to, across + half),
                label,
            });
        }
    }
    walls
}

/// Between which lines a wall stands.
pub(super) fn wall_places(scenario: &Scenario, layout: &Layout, fault: &Fault) -> Vec<f64> {
    let between =
        |above: NodeId, below: NodeId| (layout.across(above) + layout.across(below)) / 2.0;
    match fault {
        Fault::Partition { groups, .. } => (1..scenario.nodes.len())
            .map(|index| (NodeId::new(index - 1), NodeId::new(index)))
            .filter(|&(a, b)| !groups.iter().any(|group| group.contains(a) && group.contains(b)))
            .map(|(a, b)| between(a, b))
            .collect(),
        // Before the receiver: half-way there may be another's line.
        Fault::Cut { from, to, .. } => {
            let side = if from < to { -0.5 } else { 0.5 };
            vec![layout.across(*to) + side * layout.gap()]
        }
        _ => Vec::new(),
    }
}
