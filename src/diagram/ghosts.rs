//! Changes between two runs as a layer of its own: elements of the old run and elements of the new one.

use super::{Arrow, Change, Difference, Features, Layout, Mark, Point, Scene, Window};
use crate::kernel::{EventId, Fate, MessageId, Scenario, Trace};

/// Largest number of changes drawn.
const MOST: usize = 240;

/// One of the two runs, laid out in the same frame.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Parts of its picture.
    pub features: &'a Features,
    /// Its scenario.
    pub scenario: &'a Scenario,
    /// Its trace.
    pub trace: &'a Trace,
    /// Its layout.
    pub layout: &'a Layout,
}

/// Changed elements, drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ghosts {
    /// Elements of the run before that are gone or changed.
    pub was: (Vec<Mark>, Vec<Arrow>),
    /// Elements of the run after that are new or changed.
    pub is: (Vec<Mark>, Vec<Arrow>),
    /// Old and new places of moved elements.
    pub moves: Vec<(Point, Point)>,
}

impl Ghosts {
    /// Draws the changes in a part of the picture.
    #[must_use]
    pub fn of(difference: &Difference, before: Side, after: Side, window: Window) -> Self {
        let seen = |side: Side, event: EventId| {
            let along = side.layout.along_event(event);
            window.meets(along, along)
        };
        let is_event = |change: &&Change| {
            change.before.is_some_and(|event| seen(before, event))
                || change.after.is_some_and(|event| seen(after, event))
        };
        let is_message = |change: &&Change| {
            change.before.is_some_and(|message| spans(before, message, window))
                || change.after.is_some_and(|message| spans(after, message, window))
        };
        let events: Vec<_> = difference.events.iter().filter(is_event).collect();
        let messages: Vec<_> = difference.messages.iter().filter(is_message).collect();
        let events = &events[..events.len().min(MOST / 2)];
        let messages = &messages[..messages.len().min(MOST - events.len())];
        let draw = |side: Side, place: fn(&Change) -> Option<usize>| {
            let of = |changes: &[&Change]| changes.iter().filter_map(|it| place(it)).collect();
            let (events, messages): (Vec<EventId>, Vec<MessageId>) = (of(events), of(messages));
            // A removed node has no line.
            let there = |node: crate::kernel::NodeId| node.index() < after.scenario.nodes.len();
            let events: Vec<_> =
                events.into_iter().filter(|&event| there(side.trace.events[event].node)).collect();
            let messages: Vec<_> = messages
                .into_iter()
                .filter(|&message| {
                    let name = side.trace.messages[message].name;
                    there(name.from) && there(name.to)
                })
                .collect();
            let run = (side.scenario, side.trace);
            Scene::picked(side.features, run, (side.layout, window), &events, &messages)
        };
        let ends = messages.iter().filter_map(|change| {
            let (then, now) = (change.before?, change.after?);
            Some((end(before, then)?, end(after, now)?))
        });
        let marks = events.iter().filter_map(|change| Some((change.before?, change.after?)));
        let moves = ends.chain(marks).map(|(then, now)| {
            let was = before.layout.event_point(before.trace, then);
            (was, after.layout.event_point(after.trace, now))
        });
        Self {
            was: draw(before, |change| change.before),
            is: draw(after, |change| change.after),
            moves: moves.filter(|(was, is)| was != is).collect(),
        }
    }
}

/// Event at which a message ends on its receiver's line.
fn end(side: Side, message: MessageId) -> Option<EventId> {
    match side.trace.messages[message].overall() {
        Fate::Received(event) => Some(event),
        Fate::Lost(..) | Fate::InTransit { .. } => None,
    }
}

/// True if a part of a message's path is visible.
fn spans(side: Side, message: MessageId, window: Window) -> bool {
    let message = &side.trace.messages[message];
    let along = |event: EventId| side.layout.along_event(event);
    let to = message.overall().event().map_or(f64::INFINITY, along);
    window.meets(along(message.sent), to)
}
