//! Partitions and dead links as walls between lines.

use super::{
    Label, Layout, Point, Window,
    labels::{Placed, half_bold},
    thin::thinned,
};
use crate::kernel::{Fault, NodeId, Scenario};

/// Largest number of walls drawn.
const DRAWN: usize = 30;

/// A wall between two lines, while a partition or a cut lasts.
#[derive(Clone, Debug, PartialEq)]
pub struct Wall {
    /// The fault, by its place in the scenario.
    pub fault: usize,
    /// One corner.
    pub from: Point,
    /// The opposite corner.
    pub to: Point,
    /// Text, if there is room.
    pub label: Option<Label>,
}

pub(super) fn walls(scenario: &Scenario, layout: &Layout, window: Window) -> Vec<Wall> {
    let half = 5.0;
    let mut walls = Vec::new();
    for (index, fault) in scenario.faults.iter().enumerate() {
        let (at, until) = match fault {
            Fault::Partition { at, until, .. } | Fault::Cut { at, until, .. } => (*at, *until),
            _ => continue,
        };
        let from = layout.along_time(at as f64);
        let to = layout.along_time(until.min(layout.end()) as f64).max(from + 6.0);
        if at > layout.end() || !window.meets(from, to) {
            continue;
        }
        walls.extend(wall_places(scenario, layout, fault).into_iter().map(|across| Wall {
            fault: index,
            from: layout.point(from, across - half),
            to: layout.point(to, across + half),
            label: None,
        }));
    }
    // Rows are a quarter of a gap apart.
    let row = |wall: &Wall| (layout.unpoint(wall.from).1 / layout.gap() * 4.0).max(0.0) as usize;
    let place = |wall: &Wall| (row(wall), layout.unpoint(wall.from).0);
    thinned(walls, DRAWN, place, |wall, next| {
        if layout.unpoint(wall.to).0 < layout.unpoint(next.to).0 {
            wall.to = next.to;
        }
    })
}

/// Adds the texts of walls, if there is room.
pub(super) fn label(walls: &mut [Wall], scenario: &Scenario, layout: &Layout, placed: &mut Placed) {
    for wall in walls {
        let text = match scenario.faults[wall.fault] {
            Fault::Partition { .. } => "partition",
            _ => "cut",
        };
        let (from, across) = layout.unpoint(wall.from);
        let (to, other) = layout.unpoint(wall.to);
        let places = [0.5, 0.35, 0.65, 0.2, 0.8]
            .map(|share| layout.point(from + (to - from) * share, f64::midpoint(across, other)));
        let at = placed.place(half_bold(text), places);
        wall.label = at.map(|at| Label { at, text: text.to_owned() });
    }
}

/// Positions of a fault's walls across the lines.
pub(super) fn wall_places(scenario: &Scenario, layout: &Layout, fault: &Fault) -> Vec<f64> {
    let between =
        |above: NodeId, below: NodeId| (layout.across(above) + layout.across(below)) / 2.0;
    match fault {
        Fault::Partition { groups, .. } => {
            let mut sides = vec![None; scenario.nodes.len()];
            for (side, group) in groups.iter().enumerate() {
                group.into_iter().for_each(|node| sides[node.index()] = Some(side));
            }
            let pairs = (1..sides.len()).map(|index| (index - 1, index));
            let apart = pairs.filter(|&(a, b)| sides[a].is_none() || sides[a] != sides[b]);
            apart.map(|(a, b)| between(NodeId::new(a), NodeId::new(b))).collect()
        }
        // Before the receiver: half-way there may be the line of another node.
        Fault::Cut { from, to, .. } => {
            let side = if from < to { -0.5 } else { 0.5 };
            vec![layout.across(*to) + side * layout.gap()]
        }
        _ => Vec::new(),
    }
}
