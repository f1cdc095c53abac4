//! Critical sections as bars along the lines; two at once stand out.

use super::{Layout, Point, Window, thin::thinned};
use crate::kernel::{EventId, EventKind, MAX_NODES, NodeId, Trace};

/// How many stays are drawn, and how many of those of two nodes at once.
const DRAWN: usize = 60;

/// A stay in the critical section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Whose.
    pub node: NodeId,
    /// The event that lets it in.
    pub entered: EventId,
    /// The event that ends it: it leaves, or crashes; none if it is still inside when the run ends.
    pub left: Option<EventId>,
}

/// The stays in the critical section, in the order in which they begin.
#[must_use]
pub fn stays(trace: &Trace) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    // By node: which stay it is in.
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

/// Two nodes in the critical section at once, as nobody may ever be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Who was there.
    pub first: NodeId,
    /// Who came in as well.
    pub second: NodeId,
    /// The event by which both are inside.
    pub from: EventId,
    /// The event by which no longer both are; none if they still are when the run ends.
    pub until: Option<EventId>,
}

/// Every two that were inside at once, in the order in which the second of them came.
#[must_use]
pub fn clashes(stays: &[Stay]) -> Vec<Clash> {
    let mut clashes = Vec::new();
    // Those that may still be inside when the next one comes.
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
    /// Which stay.
    pub stay: Stay,
    /// Where it starts.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
}

/// Two stays at once: a field from the one line to the other while both last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Which two.
    pub clash: Clash,
    /// One corner, on the first one's line.
    pub from: Point,
    /// The opposite corner, on the second one's line.
    pub to: Point,
}

/// How far along the bars go that do not end before the run does.
fn end(layout: &Layout) -> f64 {
    layout.along_time(layout.end() as f64)
}

pub(super) fn bars(stays: &[Stay], layout: &Layout, window: Window) -> Vec<Bar> {
    let bar = |&stay: &Stay| {
        let (from, across) = (layout.along_event(stay.entered), layout.across(stay.node));
        let to = stay.left.map_or_else(|| end(layout), |left| layout.along_event(left));
        // Marks that were moved apart may stand beyond the run's end.
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
        // The two lines' marks are moved apart each by itself: what lasts must not seem to end before it begins.
        let until = until.max(from + 6.0);
        let (one, other) = (layout.across(clash.first), layout.across(clash.second));
        Field { clash, from: layout.point(from, one), to: layout.point(until, other) }
    };
    let seen = |it: &Field| window.meets(layout.unpoint(it.from).0, layout.unpoint(it.to).0);
    let fields = clashes.iter().map(field).filter(seen).collect();
    let place = |field: &Field| (field.clash.first.index(), layout.unpoint(field.from).0);
    thinned(fields, DRAWN, place, |_, _| ())
}
