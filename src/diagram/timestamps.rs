//! Logical time beside the marks.

use super::{Detail, Label, Layout, Point, Scene, event_sentence, labels::half_bold};
use crate::{
    analysis::Stamps,
    kernel::{EventId, EventKind, NodeId, Scenario, Trace},
};

/// Kind of logical time that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clocks {
    /// Lamport's clocks.
    Lamport,
    /// Vector clocks.
    Vector,
}

/// Timestamp of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Timestamp {
    /// The event.
    pub event: EventId,
    /// Label; of a long vector it has only the components that the event changed.
    pub label: Label,
    /// The full timestamp in a sentence.
    pub full: String,
}

/// Largest number of timestamps in a picture.
const MOST: usize = 150;
/// Largest number of nodes for which a vector is written out.
const SHORT: usize = 5;
/// Thickness of a message's line that timestamps keep clear of.
const LINE: f64 = 5.0;

/// Returns the timestamps of a scene's events, if there is room; none if its marks merge.
#[must_use]
pub fn timestamps(
    scene: &Scene,
    layout: &Layout,
    (scenario, trace): (&Scenario, &Trace),
    stamps: &Stamps,
    clocks: Clocks,
) -> Vec<Timestamp> {
    if scene.detail == Detail::Merged {
        return Vec::new();
    }
    let mut taken = scene.taken(layout);
    let mut clear = taken.clone();
    for arrow in &scene.arrows {
        clear.block_line(arrow.from, arrow.to, LINE);
    }
    let marks = scene.marks.iter().map(|mark| mark.event);
    let mut events: Vec<_> = marks.chain(scene.arrows.iter().map(|arrow| arrow.sent)).collect();
    events.sort_unstable();
    events.dedup();
    let mut shown: Vec<Timestamp> = Vec::new();
    for event in events {
        if shown.len() >= MOST {
            break;
        }
        let Some(short) = short(scenario, trace, stamps, clocks, event) else { continue };
        let at = layout.event_point(trace, event);
        // Consecutive sends are one event.
        let again = |it: &Timestamp| {
            trace.events[it.event].node == trace.events[event].node
                && it.label.text == short
                && layout.event_point(trace, it.event) == at
        };
        if shown.iter().rev().take(16).any(again) {
            continue;
        }
        let places = || around(at, &short);
        let half = half_bold(&short);
        let place = clear.place(half, places()).or_else(|| taken.place(half, places()));
        let Some(place) = place else { continue };
        clear.take(half, place);
        taken.take(half, place);
        let full = full(scenario, trace, stamps, clocks, event);
        shown.push(Timestamp { event, label: Label { at: place, text: short }, full });
    }
    shown
}

/// Possible places beside a mark: below and above, on either side, near and less near.
fn around(at: Point, text: &str) -> impl Iterator<Item = Point> {
    let half = half_bold(text) + 4.0;
    let sides = [half, -half, 0.0];
    [15.0, -15.0, 28.0, -28.0, 41.0, -41.0].into_iter().flat_map(move |down| {
        sides.into_iter().map(move |right| Point { x: at.x + right, y: at.y + down })
    })
}

fn short(
    scenario: &Scenario,
    trace: &Trace,
    stamps: &Stamps,
    clocks: Clocks,
    event: EventId,
) -> Option<String> {
    let at = &trace.events[event];
    let vector = match clocks {
        Clocks::Lamport => return stamps.lamport(event).map(|it| it.to_string()),
        Clocks::Vector => stamps.vector(trace, event)?,
    };
    if vector.len() <= SHORT {
        return Some(written(&vector));
    }
    let one = |node: NodeId| format!("{}:{}", scenario.name(node), vector[node.index()]);
    let from = match at.kind {
        EventKind::Receive(message) => format!("{} ", one(trace.messages[message].name.from)),
        _ => String::new(),
    };
    Some(format!("[…{from}{}…]", one(at.node)))
}

fn written(vector: &[u32]) -> String {
    let numbers: Vec<_> = vector.iter().map(u32::to_string).collect();
    format!("[{}]", numbers.join(","))
}

/// Describes an event with its timestamp: `Bob delivers m1: vector time [1,2,0]`. An event that does not count has
/// none.
#[must_use]
pub fn full(
    scenario: &Scenario,
    trace: &Trace,
    stamps: &Stamps,
    clocks: Clocks,
    event: EventId,
) -> String {
    let sentence = event_sentence(scenario, trace, event);
    let name = match clocks {
        Clocks::Lamport => "Lamport time",
        Clocks::Vector => "vector time",
    };
    let time = timestamp(trace, stamps, clocks, event);
    time.map_or_else(
        || format!("{sentence}: no timestamp"),
        |time| format!("{sentence}: {name} {time}"),
    )
}

/// Returns the timestamp of an event, all of it: `3`, `[1,2,0]`. An event that does not count has none.
#[must_use]
pub fn timestamp(trace: &Trace, stamps: &Stamps, clocks: Clocks, event: EventId) -> Option<String> {
    match clocks {
        Clocks::Lamport => stamps.lamport(event).map(|it| it.to_string()),
        Clocks::Vector => stamps.vector(trace, event).map(|it| written(&it)),
    }
}
