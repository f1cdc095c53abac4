//! Views as barriers: no message passes from one side of them to the other.

use super::{
    Label, Layout, Orientation, Point, Window,
    labels::{Placed, half_bold},
};
use crate::{
    abstractions::membership::GroupIndication,
    kernel::{EventId, EventKind, NodeSet, Scenario, Trace, spell},
};

/// Length of a barrier beyond the outermost of its members' lines, in gaps between lines.
const BEYOND: f64 = 0.36;

/// Largest number of pieces of all barriers together.
pub(super) const PIECES: usize = 160;
/// Thickness of a barrier.
const THICK: f64 = 12.0;

/// A view with its installations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its number.
    pub id: u32,
    /// Its members, according to the nodes that install it.
    pub members: NodeSet,
    /// First installation at each node, in the order of the lines.
    pub installed: Vec<EventId>,
}

/// Returns the views of a run, in the order of their first installations. Views with equal numbers and different
/// members are different views: the nodes disagree.
#[must_use]
pub fn views(trace: &Trace) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    for (event, it) in trace.events.iter().enumerate() {
        let EventKind::Indicate { packet, .. } = &it.kind else { continue };
        let Some(&GroupIndication::View { id, members }) = packet.get() else { continue };
        match views.iter_mut().rev().find(|view| view.id == id && view.members == members) {
            Some(view) => insert_by_line(trace, &mut view.installed, event),
            None => views.push(View { id, members, installed: vec![event] }),
        }
    }
    views
}

/// Adds an event in the order of lines, unless its line has one already.
pub(super) fn insert_by_line(trace: &Trace, events: &mut Vec<EventId>, event: EventId) {
    let line = |event: EventId| trace.events[event].node;
    if let Err(place) = events.binary_search_by_key(&line(event), |&other| line(other)) {
        events.insert(place, event);
    }
}

/// A line across the lines of a view's members.
#[derive(Clone, Debug, PartialEq)]
pub struct Barrier {
    /// Number of the view.
    pub id: u32,
    /// Members of the view.
    pub members: NodeSet,
    /// Pieces from line to line, and a little beyond the first and the last.
    pub pieces: Vec<Piece>,
    /// Name of the view, if there is room.
    pub label: Option<Label>,
}

/// A piece of a line across.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Start.
    pub from: Point,
    /// End.
    pub to: Point,
    /// Event from which on it is shown.
    pub since: EventId,
}

/// Returns the pieces that join these events, from line to line.
pub(super) fn joined(trace: &Trace, layout: &Layout, events: &[EventId]) -> Vec<Piece> {
    let at = |event| layout.event_point(trace, event);
    let piece = |pair: &[EventId]| {
        let (one, other) = (pair[0], pair[1]);
        Piece { from: at(one), to: at(other), since: one.max(other) }
    };
    events.windows(2).map(piece).collect()
}

/// Extent of pieces along the axis.
pub(super) fn reach(layout: &Layout, pieces: &[Piece]) -> (f64, f64) {
    let ends = || pieces.iter().flat_map(|it| [it.from, it.to]).map(|it| layout.unpoint(it).0);
    (ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max))
}

pub(super) fn barriers(
    views: &[View],
    scenario: &Scenario,
    trace: &Trace,
    (layout, window): (&Layout, Window),
    placed: &mut Placed,
) -> Vec<Barrier> {
    let (mut barriers, mut count) = (Vec::new(), 0);
    for View { id, members, installed } in views {
        let end = |event: EventId, side: f64| {
            let across = layout.across(trace.events[event].node) + side * BEYOND * layout.gap();
            let (from, to) =
                (layout.event_point(trace, event), layout.point(layout.along_event(event), across));
            Piece { from, to, since: event }
        };
        let (first, last) = (installed[0], installed[installed.len() - 1]);
        let mut pieces = vec![end(first, -1.0)];
        pieces.extend(joined(trace, layout, installed));
        pieces.push(end(last, 1.0));
        let (from, to) = reach(layout, &pieces);
        if !window.meets(from, to) {
            continue;
        }
        count += pieces.len();
        if count > PIECES {
            break;
        }
        pieces.iter().for_each(|piece| placed.block_line(piece.from, piece.to, THICK));
        let long = spell(&format!("view {id}: {members}"), &scenario.nodes);
        let texts = [long, format!("view {id}")];
        let label = texts.into_iter().find_map(|text| {
            let at = placed.place(half_bold(&text), beside(layout, &pieces, &text))?;
            Some(Label { at, text })
        });
        barriers.push(Barrier { id: *id, members: *members, pieces, label });
    }
    barriers
}

/// Possible places of a barrier's text: beside its ends, and between the lines.
fn beside(layout: &Layout, pieces: &[Piece], text: &str) -> Vec<Point> {
    let half = half_bold(text) + 9.0;
    let (first, last) = (pieces[0].to, pieces[pieces.len() - 1].to);
    match layout.orientation() {
        Orientation::Horizontal => {
            let middle = |piece: &Piece| Point {
                x: (piece.from.x + piece.to.x) / 2.0,
                y: (piece.from.y + piece.to.y) / 2.0,
            };
            let ends = [(first, 6.0), (last, -6.0)];
            let ends = ends.map(|(end, inwards)| Point { x: end.x, y: end.y + inwards });
            let between = pieces.iter().map(middle);
            ends.into_iter()
                .chain(between)
                .flat_map(|at| [half, -half].map(|dx| Point { x: at.x + dx, y: at.y }))
                .collect()
        }
        Orientation::Vertical => {
            let inwards = [(first, half - 8.0), (last, 8.0 - half)];
            inwards
                .into_iter()
                .flat_map(|(end, dx)| {
                    [-15.0, 15.0].map(|dy| Point { x: end.x + dx, y: end.y + dy })
                })
                .collect()
        }
    }
}
