//! Cuts across the lines: recorded global states, and the states to which nodes roll back.

use super::{
    Layout, Piece, Point, Window,
    thin::thinned,
    views::{PIECES, insert_by_line, joined, reach},
};
use crate::{
    abstractions::checkpoint::Recorded,
    kernel::{EventId, EventKind, NodeId, Trace, sort_by_key},
};

/// Largest number of stretches of undone work that are drawn.
const DRAWN: usize = 60;

/// A recorded global state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Number of the snapshot.
    pub snapshot: u32,
    /// By line: the event at which the node recorded its state.
    pub recorded: Vec<EventId>,
}

/// Returns the recorded global states of a run, in the order of their beginnings.
#[must_use]
pub fn cuts(trace: &Trace) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::new();
    for (event, it) in trace.events.iter().enumerate() {
        let EventKind::Indicate { packet, .. } = &it.kind else { continue };
        let Some(Recorded::Record { snapshot, .. }) = packet.get() else { continue };
        let snapshot = *snapshot;
        match cuts.iter_mut().rev().find(|cut| cut.snapshot == snapshot) {
            Some(cut) => insert_by_line(trace, &mut cut.recorded, event),
            None => cuts.push(Cut { snapshot, recorded: vec![event] }),
        }
    }
    cuts
}

/// Work undone by a rollback at one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The node.
    pub node: NodeId,
    /// Checkpoint to which it rolls back; none if it is the beginning.
    pub from: Option<EventId>,
    /// The rollback.
    pub until: EventId,
}

/// Returns the undone work of each recovery. Consecutive rollbacks of different nodes are one recovery.
#[must_use]
pub fn recoveries(trace: &Trace) -> Vec<Vec<Undone>> {
    let mut recoveries: Vec<Vec<Undone>> = Vec::new();
    // Checkpoints by node and number, the latest last.
    let mut saved: Vec<(NodeId, u32, EventId)> = Vec::new();
    for (event, it) in trace.events.iter().enumerate() {
        let EventKind::Indicate { packet, .. } = &it.kind else { continue };
        match packet.get() {
            Some(Recorded::Checkpoint { index }) => saved.push((it.node, *index, event)),
            Some(Recorded::Rollback { index, .. }) => {
                let mut saved = saved.iter().rev();
                let from = saved.find(|(node, number, _)| (*node, *number) == (it.node, *index));
                let from = from.map(|&(_, _, event)| event);
                let undone = Undone { node: it.node, from, until: event };
                match recoveries.last_mut() {
                    Some(last) if last.iter().all(|other| other.node != it.node) => {
                        last.push(undone);
                    }
                    _ => recoveries.push(vec![undone]),
                }
            }
            _ => {}
        }
    }
    recoveries
}

/// Undone work, as a line that is struck through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strike {
    /// The undone work.
    pub undone: Undone,
    /// Start.
    pub from: Point,
    /// End.
    pub to: Point,
}

/// A line across: a recorded global state or a recovery line.
#[derive(Clone, Debug, PartialEq)]
pub struct Across {
    /// Number of the snapshot; none for a recovery line.
    pub snapshot: Option<u32>,
    /// Places of the states to which nodes roll back: these have no marks of their own.
    pub posts: Vec<Point>,
    /// Pieces from line to line.
    pub pieces: Vec<Piece>,
}

pub(super) fn strikes(recoveries: &[Vec<Undone>], layout: &Layout, window: Window) -> Vec<Strike> {
    // Strikes end at the visible part: a long line would need many strokes.
    let inside = |along: f64| along.max(window.from - 20.0).min(window.to + 20.0);
    let strike = |&undone: &Undone| {
        let across = layout.across(undone.node);
        let from = undone.from.map_or_else(|| layout.along_time(0.0), |it| layout.along_event(it));
        let to = layout.along_event(undone.until);
        (undone, from, to, across)
    };
    let seen = |&(_, from, to, _): &(Undone, f64, f64, f64)| window.meets(from, to);
    let strikes = recoveries.iter().flatten().map(strike).filter(seen);
    let strikes = strikes.map(|(undone, from, to, across)| Strike {
        undone,
        from: layout.point(inside(from), across),
        to: layout.point(inside(to), across),
    });
    let place = |strike: &Strike| (strike.undone.node.index(), layout.unpoint(strike.from).0);
    thinned(strikes.collect(), DRAWN, place, |strike, next| strike.to = next.to)
}

pub(super) fn across(
    cuts: &[Cut],
    recoveries: &[Vec<Undone>],
    trace: &Trace,
    (layout, window): (&Layout, Window),
) -> Vec<Across> {
    let recorded = cuts.iter().map(|cut| Across {
        snapshot: Some(cut.snapshot),
        posts: Vec::new(),
        pieces: joined(trace, layout, &cut.recorded),
    });
    let lines = recorded.chain(recoveries.iter().map(|recovery| recovery_line(recovery, layout)));
    let seen = |it: &Across| {
        let (from, to) = reach(layout, &it.pieces);
        window.meets(from, to)
    };
    let mut pieces = 0;
    let few = |it: &Across| {
        pieces += it.pieces.len() + it.posts.len();
        pieces <= PIECES
    };
    lines.filter(seen).take_while(few).collect()
}

/// Joins the states to which a recovery rolls back.
fn recovery_line(recovery: &[Undone], layout: &Layout) -> Across {
    let mut ends: Vec<_> = strikes(std::slice::from_ref(&recovery.to_vec()), layout, Window::WHOLE);
    sort_by_key(&mut ends, |strike| strike.undone.node);
    let piece = |pair: &[Strike]| Piece {
        from: pair[0].from,
        to: pair[1].from,
        since: pair[0].undone.until.max(pair[1].undone.until),
    };
    let pieces = ends.windows(2).map(piece).collect();
    Across { snapshot: None, posts: ends.iter().map(|strike| strike.from).collect(), pieces }
}
