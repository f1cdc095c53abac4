//! Where things are: time along one axis, nodes across the other.

use std::ops::Range;

use crate::kernel::{EventKind, NodeId, Time, Trace};

/// Space kept before the first moment, so that its marks are not cut.
const LEAD: f64 = 28.0;
/// Space kept after the last moment.
const TAIL: f64 = 56.0;
/// How far apart two marks on one line are at least: they would hide each other.
const MARK_GAP: f64 = 14.0;
/// The same where one of them is a small one.
const SMALL_GAP: f64 = 10.0;
/// How far an arrow leans forward at least: it would seem to arrive before it was sent.
pub(super) const LEAN: f64 = 10.0;

/// Whether an event's mark is small, as of what happens often and says little.
const fn is_small(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Timer(_) | EventKind::Note(_) | EventKind::Persist)
}

/// Which way time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Left to right, one line below the other.
    Horizontal,
    /// Top down, one line beside the other: for narrow screens.
    Vertical,
}

/// A place in the picture, in CSS pixels from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// What the picture has to fit into.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Which way time runs.
    pub orientation: Orientation,
    /// How long the time axis is to be.
    pub length: f64,
    /// How far apart two lines are.
    pub gap: f64,
    /// The last moment that is shown, in virtual ms.
    pub end: Time,
    /// How far marks that would hide each other are moved apart: 1.0 in full; less where the whole is to fit
    /// and they merge.
    pub apart: f64,
}

/// A part of the picture along the time axis, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Where it starts.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

impl Window {
    /// All there is.
    pub const WHOLE: Self = Self { from: f64::NEG_INFINITY, to: f64::INFINITY };

    /// What is drawn of a picture of this length that is scrolled so far and of which so much is seen: a little
    /// more than that, and the same for every place nearby, so that scrolling seldom means drawing. All of a
    /// picture that is not much longer.
    #[must_use]
    pub fn around(scrolled: f64, seen: f64, length: f64) -> Self {
        if length <= seen * 1.6 {
            return Self::WHOLE;
        }
        let step = seen / 4.0;
        let from = ((scrolled / step).floor() * step).min(length - seen).max(0.0);
        Self { from: (from - step / 2.0).max(0.0), to: (from + seen + step * 1.5).min(length) }
    }

    /// Whether something from here to there can be seen in it.
    #[must_use]
    pub fn meets(self, from: f64, to: f64) -> bool {
        from <= self.to && to >= self.from
    }
}

/// Where every event of a run is.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    frame: Frame,
    nodes: usize,
    scale: f64,
    /// By event: how far along its line it is.
    along: Vec<f64>,
    /// By event: how far along it and those before it are at the most.
    front: Vec<f64>,
    /// By event: how far along it and those after it are at the least.
    back: Vec<f64>,
}

impl Layout {
    /// How long the axis is of a picture with so many pixels to the virtual ms.
    #[must_use]
    pub fn length_at(scale: f64, end: Time) -> f64 {
        LEAD + TAIL + scale * end.max(1) as f64
    }

    /// How many pixels a virtual ms has.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.scale
    }

    /// Places the events of a run.
    ///
    /// An event is where its time says, or a little later where marks of the same line would hide each
    /// other; so an edit moves only what is close to what it changed.
    #[must_use]
    pub fn new(trace: &Trace, nodes: usize, frame: Frame) -> Self {
        let scale = (frame.length - LEAD - TAIL).max(1.0) / frame.end.max(1) as f64;
        let (apart, lean) = (frame.apart, frame.apart * LEAN);
        // By line: where its last mark is, and whether that is a small one.
        let mut last = vec![(f64::NEG_INFINITY, false); nodes];
        let mut along: Vec<f64> = Vec::with_capacity(trace.events.len());
        let mut front: Vec<f64> = Vec::with_capacity(trace.events.len());
        for event in &trace.events {
            let (last, was_small) = &mut last[event.node.index()];
            let place = (LEAD + event.time as f64 * scale).max(*last);
            let small = is_small(&event.kind);
            let next = *last + apart * if small || *was_small { SMALL_GAP } else { MARK_GAP };
            let place = match event.kind {
                EventKind::Send(_) => place,
                EventKind::Lose(message, _) => {
                    place.max(along[trace.messages[message].sent] + lean)
                }
                EventKind::Receive(message) => {
                    place.max(next).max(along[trace.messages[message].sent] + lean)
                }
                _ => place.max(next),
            };
            // A loss is drawn between the lines: it hides no mark.
            if !matches!(event.kind, EventKind::Lose(..)) {
                (*last, *was_small) = (place, small);
            }
            front.push(front.last().map_or(place, |last| last.max(place)));
            along.push(place);
        }
        let mut back = along.clone();
        for event in (1..back.len()).rev() {
            back[event - 1] = back[event - 1].min(back[event]);
        }
        Self { frame, nodes, scale, along, front, back }
    }

    /// What it fits into.
    #[must_use]
    pub const fn frame(&self) -> Frame {
        self.frame
    }

    /// Which way time runs.
    #[must_use]
    pub const fn orientation(&self) -> Orientation {
        self.frame.orientation
    }

    /// The last moment that is shown, in virtual ms.
    #[must_use]
    pub const fn end(&self) -> Time {
        self.frame.end
    }

    /// How far along the time axis a moment is.
    #[must_use]
    pub fn along_time(&self, time: f64) -> f64 {
        LEAD + time * self.scale
    }

    /// The moment at this place of the time axis, in virtual ms.
    #[must_use]
    pub fn time_at(&self, along: f64) -> f64 {
        // Not `clamp`, which can fail, and brings the writing of floats to say so.
        ((along - LEAD) / self.scale).max(0.0).min(self.frame.end as f64)
    }

    /// How far along the time axis an event is.
    #[must_use]
    pub fn along_event(&self, event: usize) -> f64 {
        self.along[event]
    }

    /// How far along an event and all before it are at the most.
    pub(super) fn front(&self, event: usize) -> f64 {
        self.front[event]
    }

    /// The events among which are all of those in a part of the picture, and few others.
    #[must_use]
    pub fn events_in(&self, window: Window) -> Range<usize> {
        let first = self.front.partition_point(|front| *front < window.from);
        let last = self.back.partition_point(|back| *back <= window.to);
        first.min(last)..last
    }

    /// How far across a node's line is.
    #[must_use]
    pub fn across(&self, node: NodeId) -> f64 {
        (node.index() as f64 + 0.5) * self.frame.gap
    }

    /// How far across a place is, in lines: 0.0 is on the first one.
    #[must_use]
    pub fn lanes_at(&self, across: f64) -> f64 {
        across / self.frame.gap - 0.5
    }

    /// How far apart two lines are.
    #[must_use]
    pub const fn gap(&self) -> f64 {
        self.frame.gap
    }

    /// How long the picture is along the time axis.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.frame.length.max(self.front.last().map_or(0.0, |front| front + TAIL / 2.0))
    }

    /// How broad the picture is across the lines.
    #[must_use]
    pub fn breadth(&self) -> f64 {
        self.nodes as f64 * self.frame.gap
    }

    /// A place in the picture.
    #[must_use]
    pub const fn point(&self, along: f64, across: f64) -> Point {
        match self.frame.orientation {
            Orientation::Horizontal => Point { x: along, y: across },
            Orientation::Vertical => Point { x: across, y: along },
        }
    }

    /// The reverse of [`point`](Self::point): along and across.
    #[must_use]
    pub const fn unpoint(&self, point: Point) -> (f64, f64) {
        match self.frame.orientation {
            Orientation::Horizontal => (point.x, point.y),
            Orientation::Vertical => (point.y, point.x),
        }
    }

    /// Where an event is drawn: on its node's line.
    #[must_use]
    pub fn event_point(&self, trace: &Trace, event: usize) -> Point {
        self.point(self.along[event], self.across(trace.events[event].node))
    }

    /// Where the playhead stands when the first `cursor` events have happened and it is `time` ms.
    #[must_use]
    pub fn playhead(&self, cursor: usize, time: f64) -> f64 {
        let happened = cursor.checked_sub(1).map_or(0.0, |last| self.front[last] + 7.0);
        self.along_time(time).max(happened)
    }
}
