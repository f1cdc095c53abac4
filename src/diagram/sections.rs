//! Critical sections as bars along the lines; simultaneous ones are emphasised.

use super::{Layout, Point, Window, thin::thinned};
use crate::kernel::{EventId, EventKind, MAX_NODES, NodeId, Trace};

/// Largest number of stays drawn, and of clashes drawn.
const DRAWN: usize = 60;

/// A stay in the critical section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The node.
    pub node: NodeId,
    /// Event at which it enters.
    pub entered: EventId,
    /// Event at which it leaves or crashes; none if it is still inside when the run ends.
    pub left: Option<EventId>,
}

/// Returns the stays in the critical section, in the order of their beginnings.
#[must_use]
pub fn stays(trace: &Trace) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    // By node: the index of its present stay.
    let mut inside = [None; MAX_NODES];
    for (event, it) in trace.events.iter().enumerate() {
        let (node, inside) = (it.node, &mut inside[it.node.index()]);
        match (&it.kind, *inside) {
            (EventKind::Indicate { kind: "enter", .. }, None) => {
                *inside = Some(stays.len());
                stays.push(Stay { node, entered: event, left: None });
            }
            (EventKind::Indicate { kind: "exit", .. } | EventKind::Crash, Some(stay)) => {
                stays[stay].left = Some(event);
                *inside = None;
            }
            _ => {}
        }
    }
    stays
}

/// Two nodes in the critical section at once: a violation of mutual exclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Node that entered first.
    pub first: NodeId,
    /// Node that entered second.
    pub second: NodeId,
    /// Event from which on both are inside.
    pub from: EventId,
    /// Event at which one of them leaves; none if both are still inside when the run ends.
    pub until: Option<EventId>,
}

/// Returns all pairs of nodes that were inside at once, in the order of the second entries.
#[must_use]
pub fn clashes(stays: &[Stay]) -> Vec<Clash> {
    let mut clashes = Vec::new();
    // Stays that may not have ended at the next entry.
    let mut inside: Vec<&Stay> = Vec::new();
    for second in stays {
        inside.retain(|first| first.left.is_none_or(|left| left > second.entered));
        for first in &inside {
            let until = [first.left, second.left].into_iter().flatten().min();
            let (from, first) = (second.entered, first.node);
            clashes.push(Clash { first, second: second.node, from, until });
        }
        inside.push(second);
    }
    clashes
}

/// A stay in the critical section as a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The stay.
    pub stay: Stay,
    /// Start.
    pub from: Point,
    /// End.
    pub to: Point,
}

/// A clash as a field between the two lines while both stays last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// The clash.
    pub clash: Clash,
    /// One corner, on the first node's line.
    pub from: Point,
    /// The opposite corner, on the second node's line.
    pub to: Point,
}

/// End of the bars of stays that do not end before the run.
fn end(layout: &Layout) -> f64 {
    layout.along_time(layout.end() as f64)
}

pub(super) fn bars(stays: &[Stay], layout: &Layout, window: Window) -> Vec<Bar> {
    let bar = |&stay: &Stay| {
        let (from, across) = (layout.along_event(stay.entered), layout.across(stay.node));
        let to = stay.left.map_or_else(|| end(layout), |left| layout.along_event(left));
        // Marks that were moved apart may be beyond the end of the run.
        let to = to.max(from + 2.0);
        Bar { stay, from: layout.point(from, across), to: layout.point(to, across) }
    };
    let seen = |bar: &Bar| window.meets(layout.unpoint(bar.from).0, layout.unpoint(bar.to).0);
    let bars = stays.iter().map(bar).filter(seen).collect();
    let place = |bar: &Bar| (bar.stay.node.index(), layout.unpoint(bar.from).0);
    thinned(bars, DRAWN, place, |bar, next| {
        bar.stay.left = next.stay.left;
        bar.to = next.to;
    })
}

pub(super) fn fields(clashes: &[Clash], layout: &Layout, window: Window) -> Vec<Field> {
    let field = |&clash: &Clash| {
        let from = layout.along_event(clash.from);
        let until = clash.until.map_or_else(|| end(layout), |until| layout.along_event(until));
        // Marks are moved apart on each line separately; a field must not seem to end before it begins.
        let until = until.max(from + 6.0);
        let (one, other) = (layout.across(clash.first), layout.across(clash.second));
        Field { clash, from: layout.point(from, one), to: layout.point(until, other) }
    };
    let seen = |it: &Field| window.meets(layout.unpoint(it.from).0, layout.unpoint(it.to).0);
    let fields = clashes.iter().map(field).filter(seen).collect();
    let place = |field: &Field| (field.clash.first.index(), layout.unpoint(field.from).0);
    thinned(fields, DRAWN, place, |_, _| ())
}
