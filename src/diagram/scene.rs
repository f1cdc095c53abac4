//! The elements of the picture, in the language of the diagram.

use super::{Layout, Orientation, Point, Wait, labels::Placed, waits};
use crate::kernel::{
    EventId, EventKind, Fate, Fault, Loss, MessageId, NodeId, Protocol, Scenario, Trace, spell,
};

/// How many characters of a label are drawn; the rest is in its element's sentence.
const LABEL_LENGTH: usize = 26;

/// How wide the sign of a caption is, in CSS pixels, and how far it is from the moment that it is tied to.
const FLAG: f64 = 18.0;

/// Everything that is drawn of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// How wide the picture is, in CSS pixels.
    pub width: f64,
    /// How high.
    pub height: f64,
    /// The nodes' lines.
    pub lanes: Vec<Lane>,
    /// The messages.
    pub arrows: Vec<Arrow>,
    /// The events.
    pub marks: Vec<Mark>,
    /// The messages that wait between receipt and delivery.
    pub held_back: Vec<HeldBack>,
    /// The partitions and dead links.
    pub walls: Vec<Wall>,
    /// The captions' places.
    pub flags: Vec<Flag>,
    /// The time axis.
    pub ticks: Vec<Tick>,
}

/// A node's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Whose.
    pub node: NodeId,
    /// Its pieces, one after the other.
    pub stretches: Vec<Stretch>,
}

/// A piece of a node's line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Where it starts.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
    /// What the node does meanwhile.
    pub state: LaneState,
}

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneState {
    /// It runs.
    Up,
    /// It has crashed.
    Down,
    /// It stands still.
    Paused,
}

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
    /// Whether a reader delayed it.
    pub late: bool,
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

/// A text and its centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where its centre is.
    pub at: Point,
    /// What it says.
    pub text: String,
}

/// An event on a node's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Which.
    pub event: EventId,
    /// Where.
    pub at: Point,
    /// How it is drawn.
    pub shape: MarkShape,
    /// What it says, where there is room.
    pub label: Option<Label>,
}

/// How an event is drawn. Every kind has a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkShape {
    /// A request by the application: an inward tick.
    Request,
    /// A receipt: a hollow dot.
    Receipt,
    /// A delivery: a filled diamond.
    Delivery,
    /// Any other indication, and what a failure detector says: a flag.
    Flag,
    /// A timer that goes off: a small hourglass.
    Timer,
    /// A crash: a heavy cross.
    Crash,
    /// A restart: a circle.
    Recovery,
    /// The beginning or the end of a pause: two bars.
    Pause,
    /// A write to stable storage: a square.
    Storage,
    /// The protocol's reason: a dot with text.
    Note,
}

/// A message that waits between its receipt and its delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldBack {
    /// The receipt.
    pub received: EventId,
    /// The delivery; none if it is still waiting in the end.
    pub delivered: Option<EventId>,
    /// Where the bar starts.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
}

/// A wall between two lines, while a partition or a cut lasts.
#[derive(Clone, Debug, PartialEq)]
pub struct Wall {
    /// The fault, by its place in the scenario.
    pub fault: usize,
    /// One corner.
    pub from: Point,
    /// The opposite corner.
    pub to: Point,
    /// What it is, where there is room.
    pub label: Option<Label>,
}

/// Where a caption belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flag {
    /// Which caption, by its place in the scenario.
    pub caption: usize,
    /// Where.
    pub at: Point,
}

/// A moment on the time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// How far along the axis it is.
    pub along: f64,
    /// Its name, in virtual ms.
    pub label: String,
}

impl Scene {
    /// Draws a run.
    #[must_use]
    pub fn new(protocol: &Protocol, scenario: &Scenario, trace: &Trace, layout: &Layout) -> Self {
        let size = layout.point(layout.length(), layout.breadth());
        let mut placed = Placed::new(size.x, size.y);
        for (id, event) in trace.events.iter().enumerate() {
            if mark_shape(&event.kind).is_some() {
                placed.block(layout.event_point(trace, id), 12.0);
            }
        }
        let flags = flags(scenario, layout);
        for flag in &flags {
            placed.block(flag.at, FLAG);
        }
        let marks = marks(scenario, trace, layout, &mut placed);
        let arrows = arrows(scenario, trace, layout, &mut placed);
        Self {
            width: size.x,
            height: size.y,
            lanes: lanes(scenario, trace, layout),
            arrows,
            marks,
            held_back: held_back(protocol, trace, layout),
            walls: walls(scenario, layout, &mut placed),
            flags,
            ticks: ticks(layout),
        }
    }
}

/// The shape of an event's mark; none for what is drawn otherwise: a send and a loss are ends of arrows.
#[must_use]
pub fn mark_shape(kind: &EventKind) -> Option<MarkShape> {
    Some(match kind {
        EventKind::Send(_) | EventKind::Lose(..) => return None,
        EventKind::Request { .. } => MarkShape::Request,
        EventKind::Receive(_) => MarkShape::Receipt,
        EventKind::Indicate { kind: "deliver", .. } => MarkShape::Delivery,
        EventKind::Indicate { .. } | EventKind::Detect(_) | EventKind::Traitor(_) => {
            MarkShape::Flag
        }
        EventKind::Timer(_) => MarkShape::Timer,
        EventKind::Crash => MarkShape::Crash,
        EventKind::Recover => MarkShape::Recovery,
        EventKind::Pause | EventKind::Resume => MarkShape::Pause,
        EventKind::Persist => MarkShape::Storage,
        EventKind::Note(_) => MarkShape::Note,
    })
}

/// What a mark says.
fn mark_text(scenario: &Scenario, kind: &EventKind) -> Option<String> {
    let text = match kind {
        EventKind::Request { packet, .. }
        | EventKind::Indicate { packet, .. }
        | EventKind::Timer(packet) => packet.to_string(),
        EventKind::Detect(detection) => detection.to_string(),
        EventKind::Note(note) => note.to_string(),
        EventKind::Traitor(_) => "traitor".to_owned(),
        _ => return None,
    };
    Some(elide(&spell(&text, &scenario.nodes)))
}

fn elide(text: &str) -> String {
    if text.chars().count() <= LABEL_LENGTH {
        return text.to_owned();
    }
    text.chars().take(LABEL_LENGTH - 1).chain(['…']).collect()
}

/// Where a mark's text may stand, the best place first: requests above the line, the rest below it.
fn beside(layout: &Layout, at: Point, text: &str, above: bool) -> Vec<Point> {
    let half = text.chars().count() as f64 * 3.5 + 13.0;
    let place = |dx: f64, dy: f64| Point { x: at.x + dx, y: at.y + dy };
    match layout.orientation() {
        Orientation::Horizontal => {
            let side = if above { -1.0 } else { 1.0 };
            let near = [18.0, 30.0].map(|far| side * far);
            let all = near.into_iter().chain([side * -18.0]);
            all.flat_map(|dy| [place(0.0, dy), place(half * 0.9, dy), place(-half * 0.9, dy)])
                .collect()
        }
        Orientation::Vertical => {
            let side = if above { -1.0 } else { 1.0 };
            let columns = [side * half, -side * half];
            columns.into_iter().flat_map(|dx| [0.0, 10.0, -10.0].map(|dy| place(dx, dy))).collect()
        }
    }
}

fn marks(scenario: &Scenario, trace: &Trace, layout: &Layout, placed: &mut Placed) -> Vec<Mark> {
    let shapes = trace
        .events
        .iter()
        .enumerate()
        .filter_map(|(id, event)| Some((id, mark_shape(&event.kind)?)));
    shapes
        .map(|(event, shape)| {
            let at = layout.event_point(trace, event);
            let label = mark_text(scenario, &trace.events[event].kind).and_then(|text| {
                let above = matches!(shape, MarkShape::Request | MarkShape::Flag);
                let candidates = beside(layout, at, &text, above);
                placed.place(&text, candidates).map(|at| Label { at, text })
            });
            Mark { event, at, shape, label }
        })
        .collect()
}

fn lanes(scenario: &Scenario, trace: &Trace, layout: &Layout) -> Vec<Lane> {
    (0..scenario.nodes.len())
        .map(NodeId::new)
        .map(|node| {
            let at = |along| layout.point(along, layout.across(node));
            let (mut from, mut state) = (0.0, LaneState::Up);
            let mut stretches = Vec::new();
            for (id, event) in trace.events.iter().enumerate().filter(|(_, e)| e.node == node) {
                let next = match event.kind {
                    EventKind::Crash => LaneState::Down,
                    EventKind::Recover | EventKind::Resume => LaneState::Up,
                    EventKind::Pause => LaneState::Paused,
                    _ => continue,
                };
                let to = layout.along_event(id);
                stretches.push(Stretch { from: at(from), to: at(to), state });
                (from, state) = (to, next);
            }
            stretches.push(Stretch { from: at(from), to: at(layout.length()), state });
            Lane { node, stretches }
        })
        .collect()
}

fn arrows(scenario: &Scenario, trace: &Trace, layout: &Layout, placed: &mut Placed) -> Vec<Arrow> {
    let late: Vec<_> = scenario
        .faults
        .iter()
        .filter_map(|fault| match fault {
            Fault::Delay { message, .. } => Some(*message),
            _ => None,
        })
        .collect();
    let mut arrows = Vec::with_capacity(trace.messages.len());
    for (id, message) in trace.messages.iter().enumerate() {
        let text = elide(&spell(&message.packet.to_string(), &scenario.nodes));
        for (copy, &fate) in std::iter::once(&message.fate).chain(&message.copies).enumerate() {
            let from = layout.event_point(trace, message.sent);
            let (to, end) = arrow_end(scenario, trace, layout, id, fate);
            let label = placed
                .place(&text, along_arrow(from, to, fate))
                .map(|at| Label { at, text: text.clone() });
            arrows.push(Arrow {
                message: id,
                copy,
                from,
                to,
                end,
                late: late.contains(&message.name),
                sent: message.sent,
                ended: fate.event(),
                label,
            });
        }
    }
    arrows
}

/// Where a message ends: on its receiver's line, or as far on the way there as it came.
fn arrow_end(
    scenario: &Scenario,
    trace: &Trace,
    layout: &Layout,
    message: MessageId,
    fate: Fate,
) -> (Point, ArrowEnd) {
    let Message { from, to, sent } = ends(trace, layout, message);
    match fate {
        Fate::Received(event) => (layout.event_point(trace, event), ArrowEnd::Head),
        Fate::Lost(event, loss @ (Loss::Crashed | Loss::Omission(_))) => {
            // Short of the line, so that the cross is not taken for the receiver's own.
            let share =
                if trace.events[event].time == trace.events[sent].time { 0.18 } else { 0.9 };
            let across = from + (to - from) * share;
            (layout.point(layout.along_event(event), across), ArrowEnd::Cross(loss))
        }
        Fate::Lost(event, loss) => {
            let across = stopped_at(scenario, layout, loss, from, to);
            (layout.point(layout.along_event(event), across), ArrowEnd::Cross(loss))
        }
        Fate::InFlight { due } => {
            let start = layout.along_event(sent);
            let whole = layout.along_time(due as f64) - start;
            let shown = layout.along_time(layout.end() as f64) + 18.0 - start;
            let share = (shown / whole.max(1.0)).clamp(0.1, 1.0);
            (layout.point(start + whole * share, from + (to - from) * share), ArrowEnd::Open)
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

/// A message's sender's and receiver's lines, and the event of its sending.
struct Message {
    from: f64,
    to: f64,
    sent: EventId,
}

fn ends(trace: &Trace, layout: &Layout, message: MessageId) -> Message {
    let message = &trace.messages[message];
    let across = |node| layout.across(node);
    Message { from: across(message.name.from), to: across(message.name.to), sent: message.sent }
}

/// Where an arrow's text may stand, the best place first: beside its middle.
fn along_arrow(from: Point, to: Point, fate: Fate) -> impl Iterator<Item = Point> {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx.hypot(dy).max(1.0);
    // To the right of an arrow that falls, to the left of one that rises: off the stroke either way.
    let (off_x, off_y) = (dy.abs() / length * 12.0, -dx.abs() / length * 9.0);
    let shares: [f64; 7] = match fate {
        Fate::Lost(..) => [0.45, 0.6, 0.3, 0.75, 0.2, 0.15, 0.1],
        _ => [0.5, 0.38, 0.62, 0.26, 0.74, 0.18, 0.82],
    };
    shares.into_iter().flat_map(move |share| {
        [1.0, -1.0].map(|side| Point {
            x: from.x + dx * share + side * off_x,
            y: from.y + dy * share + side * off_y,
        })
    })
}

fn held_back(protocol: &Protocol, trace: &Trace, layout: &Layout) -> Vec<HeldBack> {
    let end = layout.along_time(layout.end() as f64);
    let bar = |Wait { node, received, delivered }| {
        let to = delivered.map_or(end, |event| layout.along_event(event));
        HeldBack {
            received,
            delivered,
            from: layout.event_point(trace, received),
            to: layout.point(to, layout.across(node)),
        }
    };
    waits(protocol, trace).into_iter().map(bar).collect()
}

fn walls(scenario: &Scenario, layout: &Layout, placed: &mut Placed) -> Vec<Wall> {
    let mut walls = Vec::new();
    for (index, fault) in scenario.faults.iter().enumerate() {
        let (at, until, what) = match fault {
            Fault::Partition { at, until, .. } => (*at, *until, "partition"),
            Fault::Cut { at, until, .. } => (*at, *until, "cut"),
            _ => continue,
        };
        let from = layout.along_time(at as f64);
        let to = layout.along_time(until.min(layout.end()) as f64).max(from + 6.0);
        for across in wall_places(scenario, layout, fault) {
            let half = 5.0;
            let middle = layout.point((from + to) / 2.0, across);
            let label = placed.place(what, [middle]).map(|at| Label { at, text: what.to_owned() });
            walls.push(Wall {
                fault: index,
                from: layout.point(from, across - half),
                to: layout.point(to, across + half),
                label,
            });
        }
    }
    walls
}

/// Between which lines a wall stands.
fn wall_places(scenario: &Scenario, layout: &Layout, fault: &Fault) -> Vec<f64> {
    let between =
        |above: NodeId, below: NodeId| (layout.across(above) + layout.across(below)) / 2.0;
    match fault {
        Fault::Partition { groups, .. } => (1..scenario.nodes.len())
            .map(|index| (NodeId::new(index - 1), NodeId::new(index)))
            .filter(|&(a, b)| !groups.iter().any(|group| group.contains(a) && group.contains(b)))
            .map(|(a, b)| between(a, b))
            .collect(),
        // Before the receiver: half-way there may be another's line.
        Fault::Cut { from, to, .. } => {
            let side = if from < to { -0.5 } else { 0.5 };
            vec![layout.across(*to) + side * layout.gap()]
        }
        _ => Vec::new(),
    }
}

fn flags(scenario: &Scenario, layout: &Layout) -> Vec<Flag> {
    let captions = scenario.captions.iter().enumerate().filter(|(_, c)| c.at <= layout.end());
    captions
        .map(|(caption, at)| Flag {
            caption,
            at: layout.point(layout.along_time(at.at as f64) - FLAG, layout.across(at.node) - FLAG),
        })
        .collect()
}

/// Round moments, some 90 pixels apart.
fn ticks(layout: &Layout) -> Vec<Tick> {
    let steps = (0..9).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    let wide = |step: &u64| layout.along_time(*step as f64) - layout.along_time(0.0) >= 70.0;
    let step = steps.into_iter().find(wide).unwrap_or(layout.end().max(1));
    (0..=layout.end() / step)
        .map(|count| count * step)
        .map(|time| Tick { along: layout.along_time(time as f64), label: format!("{time}") })
        .collect()
}
