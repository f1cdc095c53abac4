//! Messages as arrows.

use super::{
    Features, Label, Layout, Oddity, Point, Window,
    elements::oddity,
    labels::{Placed, elide},
    layout::LEAN,
    path::{Direction, cross, jagged, line},
    walls::wall_places,
};
use crate::kernel::{EventId, Fate, Loss, Message, MessageId, Scenario, Trace, spell};

/// Distance from a line within which a text seems to belong to it.
const TEXT: f64 = 9.0;
/// Size of a sign on an arrow.
const SIGN: f64 = 14.0;

/// One copy of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// The message.
    pub message: MessageId,
    /// Number of the copy: 0 for the original.
    pub copy: usize,
    /// Place of its sending.
    pub from: Point,
    /// Place of its end.
    pub to: Point,
    /// Kind of its end.
    pub end: ArrowEnd,
    /// Oddity, if there is one; the stroke shows it.
    pub oddity: Option<Oddity>,
    /// Place of the sign of its oddity.
    pub sign: Point,
    /// Event of its sending.
    pub sent: EventId,
    /// Event of its end; none if it was in transit when the run ended.
    pub ended: Option<EventId>,
    /// Its text, if there is room.
    pub label: Option<Label>,
}

/// Length of the line that the receiver's mark covers.
const MARK: f64 = 5.0;
/// Half the size of the cross of a lost message.
const CROSS: f64 = 5.5;

/// Paths of an arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrowPaths {
    /// The line from its start to its end.
    pub straight: String,
    /// The line as it is drawn: jagged if the message is corrupt.
    pub stroke: String,
    /// Its head or its cross, with the name in the style sheet.
    pub end: Option<(&'static str, String)>,
}

impl Arrow {
    /// Returns its paths; `oddity` is the one that is shown.
    #[must_use]
    pub fn paths(&self, oddity: Option<Oddity>) -> ArrowPaths {
        let direction = Direction::new(self.from, self.to);
        let stop = match self.end {
            ArrowEnd::Head => direction.back(self.to, MARK),
            _ => self.to,
        };
        let straight = line(self.from, stop);
        let stroke = match oddity {
            Some(Oddity::Corrupt) => jagged(self.from, stop),
            _ => straight.clone(),
        };
        let end = match self.end {
            ArrowEnd::Head => Some(("head", direction.head(stop))),
            ArrowEnd::Cross(_) => Some(("cross", cross(self.to, CROSS))),
            ArrowEnd::Open => None,
        };
        ArrowPaths { straight, stroke, end }
    }

    /// Returns its path where there are many: all of it as one line.
    #[must_use]
    pub fn lean_path(&self) -> String {
        let mut d = line(self.from, self.to);
        if let Some((_, end)) = self.paths(None).end {
            d.push_str(&end);
        }
        d
    }
}

impl ArrowEnd {
    /// Name of the end, for the style sheet.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Head => "received",
            Self::Cross(_) => "lost",
            Self::Open => "open",
        }
    }
}

/// End of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrowEnd {
    /// With a head: received.
    Head,
    /// With a cross: lost.
    Cross(Loss),
    /// Open: in transit when the run ended.
    Open,
}

/// Text of an arrow: the packet, and the damaged one if bits flipped in transit.
fn text(scenario: &Scenario, message: &Message, copy: usize) -> String {
    let said = message.packet.to_string();
    let text = match message.damaged().filter(|_| copy == 0) {
        Some(damaged) => format!("{said} → {damaged}"),
        None => said,
    };
    elide(&spell(&text, &scenario.nodes))
}

/// Makes the visible arrows of these messages, without their texts. The places of their signs are taken.
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

/// Adds the texts of arrows, if there is room.
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
    // A text on a node's line would seem to belong to that node.
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

/// End of a message: on its receiver's line, or at the place where it was lost or is in transit.
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
            // Short of the line, so that the cross does not seem to be the receiver's crash.
            let share =
                if trace.events[event].time == trace.events[*sent].time { 0.18 } else { 0.9 };
            let across = from + (to - from) * share;
            (layout.point(layout.along_event(event), across), ArrowEnd::Cross(loss))
        }
        Fate::Lost(event, loss) => {
            let across = stopped_at(scenario, layout, loss, from, to);
            (layout.point(layout.along_event(event), across), ArrowEnd::Cross(loss))
        }
        Fate::InTransit { due } => {
            let start = layout.along_event(*sent);
            // Between crowded marks the sending may be drawn later than the receipt is due.
            let whole = (layout.along_time(due as f64) - start).max(LEAN);
            // It ends at the end of the picture even if it is due later; a stroke has some length.
            let shown = (layout.along_time(layout.end() as f64) + 18.0 - start).max(LEAN);
            let share = (shown / whole).clamp(0.1, 1.0);
            let stop = start + whole.min(shown);
            (layout.point(stop, from + (to - from) * share), ArrowEnd::Open)
        }
    }
}

/// Place at which a message between two lines is lost: at the wall that stops it, or half-way between two lines,
/// so that its cross is on no node's line.
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

/// Possible places of an arrow's text, the best first: beside its middle.
fn along_arrow(from: Point, to: Point, end: ArrowEnd) -> impl Iterator<Item = Point> {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx.hypot(dy).max(1.0);
    // Right of a falling arrow, left of a rising one: off the stroke in both cases.
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
