//! Events as marks on their nodes' lines.

use super::{
    Label, Layout, Orientation, Point,
    describe::indication_words,
    labels::{Placed, elide, half_bold},
};
use crate::kernel::{Detection, EventId, EventKind, Scenario, Trace, spell};

/// Distance of a sign from its line.
const POLE: f64 = 14.0;
/// Size of a sign.
const SIGN: f64 = 15.0;
/// Size of a mark.
const MARK: f64 = 12.0;

/// An event on a node's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The event.
    pub event: EventId,
    /// Its place.
    pub at: Point,
    /// Shape of the mark.
    pub shape: MarkShape,
    /// Its text, if there is room.
    pub label: Option<Label>,
    /// For a delivery: the event at which the last member delivered the message, if all did.
    pub stable: Option<EventId>,
}

impl Mark {
    /// Returns its text beside it, for a mark that is drawn without one.
    #[must_use]
    pub fn unsaid(&self, scenario: &Scenario, trace: &Trace, layout: &Layout) -> Option<Label> {
        let text = text(scenario, trace, self.event).filter(|_| self.label.is_none())?;
        let at = *beside(layout, self.at, self.shape, &text).first()?;
        Some(Label { at, text })
    }
}

/// Shape of an event's mark. Every kind has a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkShape {
    /// A request by the application: an inward tick.
    Request,
    /// A receipt: a hollow dot.
    Receipt,
    /// A delivery: a filled diamond.
    Delivery,
    /// An answer to the application: a speech bubble.
    Answer,
    /// A refused request: a round sign with a bar.
    Refusal,
    /// A view is installed: a post of its barrier.
    View,
    /// The critical section is entered: a bracket that opens.
    Enter,
    /// The critical section is left: a bracket that closes.
    Exit,
    /// A decision: a flag.
    Decision,
    /// A leader: a crown.
    Leader,
    /// A commit: a filled sign with a tick.
    Commit,
    /// An abort: a hollow, eight-sided sign with a cross.
    Abort,
    /// A suspicion, by a detector or by the protocol: a question mark.
    Suspicion,
    /// A suspicion that is taken back: an arrow that points up.
    Restoration,
    /// A clock's reading: a stroke with the reading.
    Reading,
    /// A state is recorded as a part of a global one: a hollow square.
    Record,
    /// A node's part of a global state is complete: a square within a square.
    Snapshot,
    /// A state is saved: a filled square.
    Checkpoint,
    /// A rollback to an earlier state: two heads that point back.
    Rollback,
    /// Any other indication: a pennant.
    Flag,
    /// A crash: a heavy cross.
    Crash,
    /// A restart: a circle.
    Recovery,
    /// The beginning or the end of a pause: two bars.
    Pause,
    /// The node is a traitor: a face of two halves.
    Traitor,
    /// A write to stable storage: a small drum.
    Storage,
    /// A timer that expires: a small hourglass.
    Timer,
    /// A reason given by the protocol: a dot with text.
    Note,
}

impl MarkShape {
    /// All shapes.
    pub(super) const ALL: [Self; 27] = [
        Self::Request,
        Self::Receipt,
        Self::Delivery,
        Self::Answer,
        Self::Refusal,
        Self::View,
        Self::Enter,
        Self::Exit,
        Self::Decision,
        Self::Leader,
        Self::Commit,
        Self::Abort,
        Self::Suspicion,
        Self::Restoration,
        Self::Reading,
        Self::Record,
        Self::Snapshot,
        Self::Checkpoint,
        Self::Rollback,
        Self::Flag,
        Self::Crash,
        Self::Recovery,
        Self::Pause,
        Self::Traitor,
        Self::Storage,
        Self::Timer,
        Self::Note,
    ];

    /// True if it stands beside its line, on a pole.
    #[must_use]
    pub const fn is_sign(self) -> bool {
        matches!(
            self,
            Self::Answer
                | Self::Refusal
                | Self::Decision
                | Self::Leader
                | Self::Commit
                | Self::Abort
                | Self::Suspicion
                | Self::Restoration
                | Self::Flag
                | Self::Traitor
        )
    }

    /// Urgency of its text: events that the application sees come before internal ones.
    const fn urgency(self) -> Urgency {
        match self {
            Self::Suspicion | Self::Restoration | Self::Traitor => Urgency::Second,
            Self::Timer | Self::Note | Self::Enter | Self::Exit => Urgency::Last,
            _ => Urgency::First,
        }
    }
}

/// Order in which texts get room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    First,
    Second,
    /// After the texts of messages.
    Last,
}

/// Shape of an event's mark; none for a send and a loss, which are ends of arrows.
#[must_use]
pub fn mark_shape(kind: &EventKind) -> Option<MarkShape> {
    Some(match kind {
        EventKind::Send(_) | EventKind::Lose(..) => return None,
        EventKind::Request { .. } => MarkShape::Request,
        EventKind::Receive(_) => MarkShape::Receipt,
        EventKind::Indicate { kind, .. } => indication_shape(kind),
        EventKind::Detect(Detection::Suspect(_)) => MarkShape::Suspicion,
        EventKind::Detect(Detection::Restore(_)) => MarkShape::Restoration,
        EventKind::Traitor(_) => MarkShape::Traitor,
        EventKind::Timer(_) => MarkShape::Timer,
        EventKind::Crash => MarkShape::Crash,
        EventKind::Recover => MarkShape::Recovery,
        EventKind::Pause | EventKind::Resume => MarkShape::Pause,
        EventKind::Persist => MarkShape::Storage,
        EventKind::Note(_) => MarkShape::Note,
    })
}

/// Shape of an indication's mark, by its `kind` in the trace.
fn indication_shape(kind: &str) -> MarkShape {
    match kind {
        "deliver" => MarkShape::Delivery,
        "respond" => MarkShape::Answer,
        "refuse" => MarkShape::Refusal,
        "view" => MarkShape::View,
        "enter" => MarkShape::Enter,
        "exit" => MarkShape::Exit,
        "decide" => MarkShape::Decision,
        "leader" => MarkShape::Leader,
        "commit" => MarkShape::Commit,
        "abort" => MarkShape::Abort,
        "suspect" => MarkShape::Suspicion,
        "restore" => MarkShape::Restoration,
        "stamp" => MarkShape::Reading,
        "record" => MarkShape::Record,
        "snapshot" => MarkShape::Snapshot,
        "checkpoint" => MarkShape::Checkpoint,
        "rollback" => MarkShape::Rollback,
        _ => MarkShape::Flag,
    }
}

/// Text of a mark. A view is named by its barrier.
fn text(scenario: &Scenario, trace: &Trace, event: EventId) -> Option<String> {
    let text = match &trace.events[event].kind {
        EventKind::Indicate { kind: "view", .. } => return None,
        EventKind::Indicate { .. } => indication_words(scenario, trace, event),
        EventKind::Request { packet, .. } | EventKind::Timer(packet) => packet.to_string(),
        EventKind::Detect(detection) => detection.to_string(),
        EventKind::Note(note) => note.to_string(),
        EventKind::Traitor(_) => "traitor".to_owned(),
        _ => return None,
    };
    Some(elide(&spell(&text, &scenario.nodes)))
}

/// Place of a mark's sign: beside the line.
#[must_use]
pub const fn sign_at(at: Point, orientation: Orientation) -> Point {
    match orientation {
        Orientation::Horizontal => Point { x: at.x, y: at.y - POLE },
        Orientation::Vertical => Point { x: at.x + POLE, y: at.y },
    }
}

/// Makes the marks of these events, without their texts. Their places are taken.
pub(super) fn marks(
    events: impl Iterator<Item = EventId>,
    stable: &[(EventId, EventId)],
    trace: &Trace,
    layout: &Layout,
    placed: &mut Placed,
) -> Vec<Mark> {
    let mut marks = Vec::new();
    for event in events {
        let Some(shape) = mark_shape(&trace.events[event].kind) else { continue };
        let at = layout.event_point(trace, event);
        let found = stable.binary_search_by_key(&event, |&(delivery, _)| delivery);
        let stable = found.ok().map(|place| stable[place].1);
        let mark = Mark { event, at, shape, label: None, stable };
        block(&mark, layout, placed);
        marks.push(mark);
    }
    marks
}

/// Takes the place of a mark.
pub(super) fn block(mark: &Mark, layout: &Layout, placed: &mut Placed) {
    placed.block(mark.at, MARK);
    if mark.shape.is_sign() {
        placed.block(sign_at(mark.at, layout.orientation()), SIGN);
    }
}

/// Adds the texts of marks of one urgency, if there is room.
pub(super) fn label(
    marks: &mut [Mark],
    urgency: Urgency,
    scenario: &Scenario,
    trace: &Trace,
    layout: &Layout,
    placed: &mut Placed,
) {
    for mark in marks.iter_mut().filter(|mark| mark.shape.urgency() == urgency) {
        mark.label = text(scenario, trace, mark.event).and_then(|text| {
            let candidates = beside(layout, mark.at, mark.shape, &text);
            placed.place(half_bold(&text), candidates).map(|at| Label { at, text })
        });
    }
}

/// Possible places of a mark's text, the best first: above the line for requests and signs, below for the rest.
fn beside(layout: &Layout, at: Point, shape: MarkShape, text: &str) -> Vec<Point> {
    let half = half_bold(text) + 13.0;
    let place = |dx: f64, dy: f64| Point { x: at.x + dx, y: at.y + dy };
    let above = shape == MarkShape::Request || shape.is_sign();
    let side = if above { -1.0 } else { 1.0 };
    match layout.orientation() {
        Orientation::Horizontal if shape.is_sign() => {
            let beside = [place(half, -POLE), place(-half, -POLE), place(0.0, -POLE - 16.0)];
            let aside = [place(half * 0.9, -POLE - 16.0), place(-half * 0.9, -POLE - 16.0)];
            let below = [18.0, 30.0].map(|far| place(0.0, far));
            beside.into_iter().chain(aside).chain(below).collect()
        }
        Orientation::Horizontal => {
            let near = [18.0, 33.0].map(|far| side * far);
            let all = near.into_iter().chain([side * -18.0]);
            all.flat_map(|dy| [place(0.0, dy), place(half * 0.9, dy), place(-half * 0.9, dy)])
                .collect()
        }
        Orientation::Vertical => {
            let right = if shape.is_sign() { half + POLE } else { half };
            let columns =
                if shape.is_sign() { [right, -half] } else { [side * half, -side * half] };
            columns.into_iter().flat_map(|dx| [0.0, 10.0, -10.0].map(|dy| place(dx, dy))).collect()
        }
    }
}
