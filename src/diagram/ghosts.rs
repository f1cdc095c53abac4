//! What has changed, as a layer of its own: what was, where it was, and what has come, where it is.

use super::{Arrow, Change, Difference, Features, Layout, Mark, Point, Scene, Window};
use crate::kernel::{EventId, Fate, MessageId, Scenario, Trace};

/// How many changes are drawn at once.
const MOST: usize = 240;

/// One of the two runs, laid out in the same frame.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What its picture is made of.
    pub features: &'a Features,
    /// Its scenario.
    pub scenario: &'a Scenario,
    /// What happened in it.
    pub trace: &'a Trace,
    /// Where.
    pub layout: &'a Layout,
}

/// What has changed, drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ghosts {
    /// What was, where it was.
    pub was: (Vec<Mark>, Vec<Arrow>),
    /// What is otherwise now, or new, where it is.
    pub is: (Vec<Mark>, Vec<Arrow>),
    /// From where something was to where it is.
    pub moves: Vec<(Point, Point)>,
}

impl Ghosts {
    /// Draws what has changed in a part of the picture.
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
            // Who is gone has no line to be drawn on.
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

/// The event at which a message ends on its receiver's line.
fn end(side: Side, message: MessageId) -> Option<EventId> {
    match side.trace.messages[message].overall() {
        Fate::Received(event) => Some(event),
        Fate::Lost(..) | Fate::InFlight { .. } => None,
    }
}

/// Whether a part of a message's way is seen.
fn spans(side: Side, message: MessageId, window: Window) -> bool {
    let message = &side.trace.messages[message];
    let along = |event: EventId| side.layout.along_event(event);
    let to = message.overall().event().map_or(f64::INFINITY, along);
    window.meets(along(message.sent), to)
}
