//! Selection by keyboard: from event to event along a node's line, and from line to line.

use super::Selection;
use crate::kernel::{EventId, EventKind, Fate, Message, MessageId, NodeId, Time, Trace};

/// Direction from the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// To the previous item on the same line.
    Earlier,
    /// To the next item on the same line.
    Later,
    /// To the nearest item in time on the previous line, in the order of the nodes.
    Above,
    /// To the nearest item in time on the next line.
    Below,
}

/// A moment of a node, as the start of the next step.
pub(super) type Place = (NodeId, Time);

/// Returns the selection after a step. At the end of a line, and beyond the last line, it stays; without a selection,
/// the step goes to the item nearest to `place`. Only the first `told` events can be selected: no others are drawn.
pub(super) fn walk(
    trace: &Trace,
    (from, place): (Option<Selection>, Place),
    toward: Toward,
    told: usize,
) -> Option<Selection> {
    let walk = Walk { trace, last: told.min(trace.events.len()) };
    let event = match from {
        None => walk.nearest_of_all(place),
        Some(Selection::Message(name)) => {
            let message = trace.messages.iter().find(|message| message.name == name)?;
            let came = end_of(message);
            let down = message.name.to > message.name.from;
            Some(match toward {
                Toward::Earlier => message.sent,
                Toward::Later => came,
                Toward::Above => {
                    if down {
                        message.sent
                    } else {
                        came
                    }
                }
                Toward::Below => {
                    if down {
                        came
                    } else {
                        message.sent
                    }
                }
            })
        }
        Some(Selection::Event(event)) => {
            let at = trace.events.get(event)?;
            walk.step((at.node, at.time), Some(event), toward)
        }
        Some(Selection::Moment { node, at }) => walk.step((node, at), None, toward),
    };
    event.map(Selection::Event).or(from)
}

/// Returns the place of a selection.
pub(super) fn place_of(trace: &Trace, selection: Selection) -> Option<Place> {
    let event = match selection {
        Selection::Moment { node, at } => return Some((node, at)),
        Selection::Event(event) => event,
        Selection::Message(name) => trace.messages.iter().find(|it| it.name == name)?.sent,
    };
    let event = trace.events.get(event)?;
    Some((event.node, event.time))
}

/// Returns the message that an event sent or received; for a message, its receipt, or, if it never arrived, its
/// sending.
pub(super) fn follow(trace: &Trace, selection: Selection) -> Option<Selection> {
    match selection {
        Selection::Event(event) => {
            let message = message_of(trace, event)?;
            Some(Selection::Message(trace.messages[message].name))
        }
        Selection::Message(name) => {
            let message = trace.messages.iter().find(|message| message.name == name)?;
            Some(Selection::Event(end_of(message)))
        }
        Selection::Moment { .. } => None,
    }
}

/// Returns the event of a message's arrival, or, if it never arrived, of its sending: a loss is between the lines.
fn end_of(message: &Message) -> EventId {
    match message.overall() {
        Fate::Received(event) => event,
        _ => message.sent,
    }
}

/// Returns the message that an event is about.
pub(super) fn message_of(trace: &Trace, event: EventId) -> Option<MessageId> {
    match trace.events.get(event)?.kind {
        EventKind::Send(message) | EventKind::Receive(message) | EventKind::Lose(message, _) => {
            Some(message)
        }
        _ => None,
    }
}

/// A run, as far as it is drawn.
struct Walk<'a> {
    trace: &'a Trace,
    last: EventId,
}

impl Walk<'_> {
    /// True if the event can be selected: a loss happens between the lines.
    fn is_on(&self, event: EventId, node: Option<NodeId>) -> bool {
        let event = &self.trace.events[event];
        node.is_none_or(|node| event.node == node) && !matches!(event.kind, EventKind::Lose(..))
    }

    fn step(&self, (node, at): Place, event: Option<EventId>, toward: Toward) -> Option<EventId> {
        let lines = (0..self.nodes()).map(NodeId::new);
        match toward {
            Toward::Later => {
                let first = event.map_or_else(|| self.trace.events_until(at), |event| event + 1);
                (first..self.last).find(|&event| self.is_on(event, Some(node)))
            }
            Toward::Earlier => {
                let before = |time| self.trace.events.partition_point(|it| it.time < time);
                let end = event.unwrap_or_else(|| before(at)).min(self.last);
                (0..end).rev().find(|&event| self.is_on(event, Some(node)))
            }
            Toward::Above => {
                let mut lines = lines.filter(|line| *line < node).rev();
                lines.find_map(|line| self.nearest(Some(line), at))
            }
            Toward::Below => {
                let mut lines = lines.filter(|line| *line > node);
                lines.find_map(|line| self.nearest(Some(line), at))
            }
        }
    }

    fn nodes(&self) -> usize {
        let nodes = self.trace.events.iter().map(|event| event.node.index() + 1);
        nodes.max().unwrap_or(0)
    }

    fn nearest_of_all(&self, (node, at): Place) -> Option<EventId> {
        self.nearest(Some(node), at).or_else(|| self.nearest(None, at))
    }

    /// Returns the event of a line that is nearest to a moment; of two equally near, the later one.
    fn nearest(&self, node: Option<NodeId>, at: Time) -> Option<EventId> {
        let middle = self.trace.events_until(at).min(self.last);
        let time = |event: &EventId| self.trace.events[*event].time;
        let before = (0..middle).rev().find(|&event| self.is_on(event, node));
        // The first event of its moment: the next step continues from it.
        let before = before.map(|event| {
            let here = (0..=event).rev().take_while(|it| time(it) == time(&event));
            here.filter(|&it| self.is_on(it, node)).last().unwrap_or(event)
        });
        let after = (middle..self.last).find(|&event| self.is_on(event, node));
        match (before, after) {
            (Some(before), Some(after)) => {
                let nearer = time(&after) - at < at - time(&before);
                Some(if nearer { after } else { before })
            }
            (before, after) => before.or(after),
        }
    }
}
