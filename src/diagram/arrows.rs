//! Messages as arrows.

use super::{
    Features, Label, Layout, Point, Window,
    labels::{Placed, elide},
    layout::LEAN,
    walls::wall_places,
};
use crate::kernel::{
    EventId, Fate, Fault, Loss, Message, MessageId, MessageName, Scenario, SortedSet, Trace, spell,
};

/// How near to a line a text lies on it.
const TEXT: f64 = 9.0;
/// How much room a sign on an arrow takes.
const SIGN: f64 = 14.0;

/// One copy of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// Which message.
    pub message: MessageId,
    /// 0 for the message itself, from 1 for further copies.
    pub copy: usize,
    /// Where it is sent.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
    /// How it ends.
    pub end: ArrowEnd,
    /// What is not as it should be, if anything: its stroke says so.
    pub oddity: Option<Oddity>,
    /// Where the sign of its oddity is.
    pub sign: Point,
    /// The event of its sending.
    pub sent: EventId,
    /// The event of its end; none if it was in flight when the run ended.
    pub ended: Option<EventId>,
    /// What it says, where there is room.
    pub label: Option<Label>,
}

/// How an arrow ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrowEnd {
    /// With a head: received.
    Head,
    /// With a cross: lost.
    Cross(Loss),
    /// Open: in flight when the run ended.
    Open,
}

/// What is odd about a message that is not simply lost; the worst, if it is several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// A traitor says something else than the correct code would.
    Forged,
    /// Bits of it flip on the way.
    Corrupt,
    /// It is a second copy.
    Duplicate,
    /// A reader delayed it.
    Late,
}

/// What is odd about a copy of a message, `delayed` being whether a fault delays it.
#[must_use]
pub(super) fn oddity(message: &Message, copy: usize, delayed: bool) -> Option<Oddity> {
    let fate = if copy == 0 { message.fate } else { message.copies[copy - 1] };
    let damaged = copy == 0 && message.damaged().is_some();
    Some(match fate {
        _ if message.truth().is_some() => Oddity::Forged,
        Fate::Lost(_, Loss::Corrupt(_)) => Oddity::Corrupt,
        _ if damaged => Oddity::Corrupt,
        _ if copy > 0 => Oddity::Duplicate,
        _ if delayed => Oddity::Late,
        _ => return None,
    })
}

/// The messages that a reader delayed.
pub(super) fn delayed(scenario: &Scenario) -> SortedSet<MessageName> {
    let delayed = scenario.faults.iter().filter_map(|fault| match *fault {
        Fault::Delay { message, .. } => Some(message),
        _ => None,
    });
    delayed.collect()
}

/// What an arrow says: what was said, and what came of it where bits flipped on the way.
fn text(scenario: &Scenario, message: &Message, copy: usize) -> String {
    let said = message.packet.to_string();
    let text = match message.damaged().filter(|_| copy == 0) {
        Some(damaged) => format!("{said} → {damaged}"),
        None => said,
    };
    elide(&spell(&text, &scenario.nodes))
}

/// The arrows of these messages, as far as they can be seen, without their texts; the places of their signs
/// are taken.
pub(super) fn arrows(
    messages: impl Iterator<Item = MessageId>,
    features: &Features,
    (scenario, trace): (&Scenario, &Trace),
    (layout, window): (&Layout, Window),
    placed: &mut Placed,
) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for id in messages {
        let message = &trace.messages[id];
        let delayed = features.delayed.contains(&message.name);
        for (copy, fate) in message.fates().enumerate() {
            let from = layout.event_point(trace, message.sent);
            let (to, end) = arrow_end(scenario, trace, layout, id, fate);
            if !window.meets(layout.unpoint(from).0, layout.unpoint(to).0) {
                continue;
            }
            let oddity = oddity(message, copy, delayed);
            let sign =
                Point { x: from.x + (to.x - from.x) * 0.3, y: from.y + (to.y - from.y) * 0.3 };
            if oddity.is_some() {
                placed.block(sign, SIGN);
            }
            arrows.push(Arrow {
                message: id,
                copy,
                from,
                to,
                end,
                oddity,
                sign,
                sent: message.sent,
                ended: fate.event(),
                label: None,
            });
        }
    }
    arrows
}

/// Gives arrows their texts, where there is room.
pub(super) fn label(
    arrows: &mut [Arrow],
    (scenario, trace): (&Scenario, &Trace),
    (layout, window): (&Layout, Window),
    placed: &mut Placed,
) {
    let seen = |at: &Point| {
        let (along, _) = layout.unpoint(*at);
        window.meets(along, along)
    };
    // A text on somebody's line seems to be said there.
    let beside_lines = |at: &Point| {
        let (_, across) = layout.unpoint(*at);
        let lanes = layout.lanes_at(across);
        (lanes - lanes.round()).abs() * layout.gap() > TEXT
    };
    for arrow in arrows {
        let text = text(scenario, &trace.messages[arrow.message], arrow.copy);
        let places: Vec<_> = along_arrow(arrow.from, arrow.to, arrow.end).filter(seen).collect();
        let (beside, on): (Vec<Point>, Vec<Point>) = places.into_iter().partition(beside_lines);
        arrow.label =
            placed.place(&text, beside.into_iter().chain(on)).map(|at| Label { at, text });
    }
}

/// Where a message ends: on its receiver's line, or as far on the way there as it came.
fn arrow_end(
    scenario: &Scenario,
    trace: &Trace,
    layout: &Layout,
    message: MessageId,
    fate: Fate,
) -> (Point, ArrowEnd) {
    let Message { name, sent, .. } = &trace.messages[message];
    let (from, to) = (layout.across(name.from), layout.across(name.to));
    match fate {
        Fate::Received(event) => (layout.event_point(trace, event), ArrowEnd::Head),
        Fate::Lost(event, loss @ (Loss::Crashed | Loss::Omission(_))) => {
            // Short of the line, so that the cross is not taken for the receiver's own.
            let share =
                if trace.events[event].time == trace.events[*sent].time { 0.18 } else { 0.9 };
            let across = from + (to - from) * share;
            (layout.point(layout.along_event(event), across), ArrowEnd::Cross(loss))
        }
        Fate::Lost(event, loss) => {
            let across = stopped_at(scenario, layout, loss, from, to);
            (layout.point(layout.along_event(event), across), ArrowEnd::Cross(loss))
        }
        Fate::InFlight { due } => {
            let start = layout.along_event(*sent);
            // Where marks crowd, it may be drawn as sent later than it is due.
            let whole = (layout.along_time(due as f64) - start).max(LEAN);
            // It ends where the picture does, however late it is due; a stroke has some length.
            let shown = (layout.along_time(layout.end() as f64) + 18.0 - start).max(LEAN);
            let share = (shown / whole).clamp(0.1, 1.0);
            let stop = start + whole.min(shown);
            (layout.point(stop, from + (to - from) * share), ArrowEnd::Open)
        }
    }
}

/// Where a message is lost on its way from one line to another: at the wall that it runs into, or else
/// half-way between two lines, so that its cross is on no node's own.
fn stopped_at(scenario: &Scenario, layout: &Layout, loss: Loss, from: f64, to: f64) -> f64 {
    let walls = match loss {
        Loss::Partition(fault) => wall_places(scenario, layout, &scenario.faults[fault]),
        _ => Vec::new(),
    };
    let on_the_way = walls.into_iter().filter(|wall| (wall - from) * (to - wall) > 0.0);
    let first = on_the_way.min_by(|a, b| (a - from).abs().total_cmp(&(b - from).abs()));
    first.unwrap_or_else(|| {
        let lines = ((to - from).abs() / layout.gap()).round().max(1.0);
        from + (to - from) * ((lines / 2.0).floor() + 0.5) / lines
    })
}

/// Where an arrow's text may stand, the best place first: beside its middle.
fn along_arrow(from: Point, to: Point, end: ArrowEnd) -> impl Iterator<Item = Point> {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx.hypot(dy).max(1.0);
    // To the right of an arrow that falls, to the left of one that rises: off the stroke either way.
    let (off_x, off_y) = (dy.abs() / length * 12.0, -dx.abs() / length * 9.0);
    let shares: [f64; 7] = match end {
        ArrowEnd::Cross(_) => [0.45, 0.6, 0.3, 0.75, 0.2, 0.15, 0.1],
        _ => [0.5, 0.38, 0.62, 0.26, 0.74, 0.18, 0.82],
    };
    shares.into_iter().flat_map(move |share| {
        [1.0, -1.0].map(|side| Point {
            x: from.x + dx * share + side * off_x,
            y: from.y + dy * share + side * off_y,
        })
    })
}
