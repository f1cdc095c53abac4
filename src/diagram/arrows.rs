//! Messages as arrows.

use super::{
    Features, Label, Layout, Oddity, Point, Window,
    elements::oddity,
    labels::{Beside, HALF_HEIGHT, Placed, elide, elide_to, half_width},
    layout::LEAN,
    path::{Direction, cross, jagged, line},
    walls::wall_places,
};
use crate::kernel::{EventId, Fate, Loss, MAX_NODES, Message, MessageId, Scenario, Trace, spell};

/// Distance from a line within which a text seems to belong to it.
const TEXT: f64 = 9.0;
/// Length of a text that is shortened further because it does not fit.
const SHORT: usize = 9;
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
    /// Returns its text at its middle, for an arrow that is drawn without one.
    #[must_use]
    pub fn unsaid(&self, scenario: &Scenario, trace: &Trace) -> Option<Label> {
        if self.label.is_some() {
            return None;
        }
        let text = text(scenario, &trace.messages[self.message], self.copy);
        let (at, _) = along_arrow(self, half_width(&text), &[0.5]).next()?;
        Some(Label { at, text })
    }

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
            let arrow = Arrow {
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
            };
            block(&arrow, placed);
            arrows.push(arrow);
        }
    }
    arrows
}

/// Takes the places of an arrow's signs.
pub(super) fn block(arrow: &Arrow, placed: &mut Placed) {
    if arrow.oddity.is_some() {
        placed.block(arrow.sign, SIGN);
    }
    if matches!(arrow.end, ArrowEnd::Cross(_)) {
        placed.block(arrow.to, 2.0 * CROSS);
    }
}

/// Adds the texts of arrows, if there is room: each nearer to its own arrow than to others. If those of equal messages
/// that one process sends at one moment do not fit, one text says how many there are.
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
    arrows.iter().for_each(|arrow| placed.add_line((arrow.from, arrow.to)));
    let texts: Vec<_> = arrows
        .iter()
        .map(|arrow| text(scenario, &trace.messages[arrow.message], arrow.copy))
        .collect();
    let is_lost = |arrow: &Arrow| matches!(arrow.end, ArrowEnd::Cross(_));
    let places = |arrow: &Arrow, half: f64, shares: &[f64]| {
        let all = along_arrow(arrow, half, shares).filter(|(at, _)| seen(at));
        let (beside, on): (Vec<_>, Vec<_>) = all.partition(|(at, _)| beside_lines(at));
        beside.into_iter().chain(on)
    };
    let alone = |arrow: &Arrow, text: &str, placed: &mut Placed| {
        let shares = if is_lost(arrow) { &LOST } else { &RECEIVED };
        let half = half_width(text);
        let own = [(arrow.from, arrow.to)];
        let at = placed.place_beside(half, places(arrow, half, shares), &own)?;
        Some(Label { at, text: text.to_owned() })
    };
    let mut done = vec![false; arrows.len()];
    for first in 0..arrows.len() {
        if done[first] {
            continue;
        }
        let text = &texts[first];
        let alike = |other: &usize| {
            let (one, other) = (&arrows[first], (&arrows[*other], &texts[*other]));
            one.from == other.0.from
                && one.oddity == other.0.oddity
                && is_lost(one) == is_lost(other.0)
                && text == other.1
        };
        let group: Vec<_> = (first..arrows.len().min(first + MAX_NODES)).filter(alike).collect();
        group.iter().for_each(|place| done[*place] = true);
        let half = half_width(text);
        let short = elide_to(text, SHORT);
        let mut own: Vec<_> =
            group.iter().map(|place| alone(&arrows[*place], text, placed)).collect();
        if own.len() > 1 && own.iter().any(Option::is_none) {
            own.iter().flatten().for_each(|label| placed.release(half, label.at));
            let lines: Vec<_> =
                group.iter().map(|place| (arrows[*place].from, arrows[*place].to)).collect();
            let together = [text, &short].into_iter().find_map(|text| {
                let text = format!("{text} ×{}", group.len());
                let half = half_width(&text);
                let all = group.iter().flat_map(|place| places(&arrows[*place], half, &SHARED));
                placed.place_beside(half, all, &lines).map(|at| Label { at, text })
            });
            if together.is_some() {
                arrows[first].label = together;
                continue;
            }
            own.iter().flatten().for_each(|label| placed.take(half, label.at));
        }
        for (place, label) in group.into_iter().zip(&mut own) {
            let label = label.take().or_else(|| alone(&arrows[place], &short, placed));
            arrows[place].label = label;
        }
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

/// Places along an arrow at which its text is tried, in shares of its length, the best first.
const RECEIVED: [f64; 9] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88];
/// Those of a lost message.
const LOST: [f64; 9] = [0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2, 0.12, 0.9];
/// Those of a text for several messages: near their sending.
const SHARED: [f64; 4] = [0.25, 0.15, 0.35, 0.5];
/// Free space between an arrow and a text beside it.
const GAP: f64 = 2.0;

/// Possible places of an arrow's text, the best first: beside it, then on it.
fn along_arrow(arrow: &Arrow, half: f64, shares: &[f64]) -> impl Iterator<Item = Beside> {
    let (from, to) = (arrow.from, arrow.to);
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx.hypot(dy).max(1.0);
    // Above the arrow, or right of it where time runs down.
    let (right, up) = (dy / length, -dx / length);
    let far = half * right.abs() + HALF_HEIGHT * up.abs() + GAP;
    let sides = [(far, GAP), (-far, GAP), (0.0, 0.0)];
    sides.into_iter().flat_map(move |(far, gap)| {
        shares.iter().map(move |share| {
            let (x, y) = (from.x + dx * share, from.y + dy * share);
            (Point { x: x + right * far, y: y + up * far }, gap)
        })
    })
}
