//! Positions of events: time along one axis, nodes across the other.

use std::{ops::Range, rc::Rc};

use crate::kernel::{EventId, EventKind, NodeId, Time, Trace};

/// Space before the first moment, so that its marks are not cut off.
const LEAD: f64 = 28.0;
/// Space after the last moment.
const TAIL: f64 = 56.0;
/// Smallest distance between two marks on one line: closer ones would hide each other.
const MARK_GAP: f64 = 14.0;
/// Smallest distance if one of them is small.
const SMALL_GAP: f64 = 10.0;
/// Smallest advance of an arrow along the axis: otherwise a message could seem to arrive before it was sent.
pub(super) const LEAN: f64 = 10.0;

/// True if an event's mark is small: that of a frequent event with little content.
const fn is_small(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Timer(_) | EventKind::Note(_) | EventKind::Persist)
}

/// Direction of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Left to right, one line below the other.
    Horizontal,
    /// Top to bottom, one line beside the other: for narrow screens.
    Vertical,
}

/// A place in the picture, in CSS pixels from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Distance from the left.
    pub x: f64,
    /// Distance from the top.
    pub y: f64,
}

/// Constraints on the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Direction of time.
    pub orientation: Orientation,
    /// Desired length of the time axis.
    pub length: f64,
    /// Distance between two lines.
    pub gap: f64,
    /// Last moment shown, in virtual ms.
    pub end: Time,
    /// Share of the smallest distance to which marks are moved apart: 1.0 in full; less if the whole run must fit and
    /// marks merge.
    pub apart: f64,
}

/// A part of the picture along the time axis, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Start.
    pub from: f64,
    /// End.
    pub to: f64,
}

impl Window {
    /// The whole picture.
    pub const WHOLE: Self = Self { from: f64::NEG_INFINITY, to: f64::INFINITY };

    /// Part to draw of a picture of this length, given its scroll position and visible length: a little more than the
    /// visible part, and the same for nearby positions, so that scrolling seldom redraws. A picture that is not much
    /// longer is drawn whole.
    #[must_use]
    pub fn around(scrolled: f64, seen: f64, length: f64) -> Self {
        if length <= seen * 1.6 {
            return Self::WHOLE;
        }
        let step = seen / 4.0;
        let from = ((scrolled / step).floor() * step).min(length - seen).max(0.0);
        Self { from: (from - step / 2.0).max(0.0), to: (from + seen + step * 1.5).min(length) }
    }

    /// True if an element from `from` to `to` is visible in it.
    #[must_use]
    pub fn meets(self, from: f64, to: f64) -> bool {
        from <= self.to && to >= self.from
    }
}

/// Largest number of events around the window that are placed one by one.
const NEAR: usize = 12_000;
/// Smallest number of events before the window that are placed with those in it: marks among them may move others.
const BEFORE: usize = 4_000;
/// Smallest distance of marks at which they are moved apart in a long run: below it they merge anyway.
const APART: f64 = 1.0;

/// Positions of the events of a run.
///
/// In a long run, only the events around the window are placed one by one; all others are at the position of their
/// time, so that a picture costs only what is visible.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    frame: Frame,
    nodes: usize,
    scale: f64,
    /// Times of all events, of a long run; empty otherwise.
    times: Rc<[u32]>,
    /// First event that is placed by itself.
    first: EventId,
    /// By event from there on: its position along the axis.
    along: Vec<f64>,
    /// By event: the greatest position of it and all earlier ones.
    front: Vec<f64>,
    /// By event: the least position of it and all later ones.
    back: Vec<f64>,
}

impl Layout {
    /// Length of the axis at so many pixels per virtual ms.
    #[must_use]
    pub fn length_at(scale: f64, end: Time) -> f64 {
        LEAD + TAIL + scale * end.max(1) as f64
    }

    /// Number of pixels per virtual ms.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.scale
    }

    /// Places the events of a run.
    ///
    /// An event is at the position of its time, or a little later if marks of the same line would hide each other. An
    /// edit therefore moves only the marks close to the change.
    #[must_use]
    pub fn new(trace: &Trace, nodes: usize, frame: Frame) -> Self {
        let mut layout = Self::far(Rc::default(), nodes, frame);
        layout.place(trace, 0..trace.events.len());
        layout
    }

    /// The positions of the events with these times: each at its time.
    pub(super) fn far(times: Rc<[u32]>, nodes: usize, frame: Frame) -> Self {
        let scale = (frame.length - LEAD - TAIL).max(1.0) / frame.end.max(1) as f64;
        let (along, front, back) = (Vec::new(), Vec::new(), Vec::new());
        Self { frame, nodes, scale, times, first: 0, along, front, back }
    }

    /// Returns the layout for a window, if it differs from this one. In a long run, the events around it are moved apart as
    /// those of short runs, unless they are too close to be told apart.
    #[must_use]
    pub fn near(&self, trace: &Trace, window: Window) -> Option<Self> {
        if self.times.is_empty() || self.frame.apart * MARK_GAP < APART {
            return None;
        }
        let mut layout = Self::far(Rc::clone(&self.times), self.nodes, self.frame);
        let Range { start, end } = layout.events_in(window);
        // The same for nearby windows.
        let start = (start.saturating_sub(BEFORE) / BEFORE * BEFORE).min(self.times.len());
        // From the beginning of a moment to the end of one.
        let time = self.times.get(start).copied().unwrap_or(0);
        let start = self.times.partition_point(|&it| it < time);
        (end.saturating_sub(start) <= NEAR).then(|| {
            layout.place(trace, start..end);
            layout
        })
    }

    /// True if all events are at the positions of their times.
    pub(super) fn is_far(&self) -> bool {
        !self.times.is_empty() && self.along.is_empty()
    }

    /// Places events one by one.
    fn place(&mut self, trace: &Trace, events: Range<EventId>) {
        let (apart, lean) = (self.frame.apart, self.frame.apart * LEAN);
        // By line: the position of its last mark, and true if that mark is small.
        let mut last = vec![(f64::NEG_INFINITY, false); self.nodes];
        self.first = events.start;
        self.along = Vec::with_capacity(events.len());
        self.front = Vec::with_capacity(events.len());
        for event in &trace.events[events] {
            let (last, was_small) = &mut last[event.node.index()];
            let place = (LEAD + event.time as f64 * self.scale).max(*last);
            let small = is_small(&event.kind);
            let next = *last + apart * if small || *was_small { SMALL_GAP } else { MARK_GAP };
            let place = match event.kind {
                EventKind::Send(_) => place,
                EventKind::Lose(message, _) => {
                    place.max(self.along_event(trace.messages[message].sent) + lean)
                }
                EventKind::Receive(message) => {
                    place.max(next).max(self.along_event(trace.messages[message].sent) + lean)
                }
                _ => place.max(next),
            };
            // A loss is drawn between the lines: it hides no mark.
            if !matches!(event.kind, EventKind::Lose(..)) {
                (*last, *was_small) = (place, small);
            }
            self.front.push(self.front.last().map_or(place, |last| last.max(place)));
            self.along.push(place);
        }
        self.back = self.along.clone();
        for event in (1..self.back.len()).rev() {
            self.back[event - 1] = self.back[event - 1].min(self.back[event]);
        }
    }

    /// Position of the time of an event of a long run.
    fn along_its_time(&self, event: EventId) -> f64 {
        self.along_time(f64::from(self.times[event]))
    }

    /// Number of events.
    fn events(&self) -> usize {
        self.times.len().max(self.along.len())
    }

    /// Its frame.
    #[must_use]
    pub const fn frame(&self) -> Frame {
        self.frame
    }

    /// Direction of time.
    #[must_use]
    pub const fn orientation(&self) -> Orientation {
        self.frame.orientation
    }

    /// Last moment shown, in virtual ms.
    #[must_use]
    pub const fn end(&self) -> Time {
        self.frame.end
    }

    /// Position of a moment along the time axis.
    #[must_use]
    pub fn along_time(&self, time: f64) -> f64 {
        LEAD + time * self.scale
    }

    /// Moment at this position of the time axis, in virtual ms.
    #[must_use]
    pub fn time_at(&self, along: f64) -> f64 {
        // `clamp` can panic, and its message would link the formatting of floats.
        ((along - LEAD) / self.scale).max(0.0).min(self.frame.end as f64)
    }

    /// Position of an event along the time axis.
    #[must_use]
    pub fn along_event(&self, event: usize) -> f64 {
        let placed = event.checked_sub(self.first).and_then(|place| self.along.get(place));
        placed.copied().unwrap_or_else(|| self.along_its_time(event))
    }

    /// Greatest position of an event and all earlier ones.
    pub(super) fn front(&self, event: usize) -> f64 {
        let Some(place) = event.checked_sub(self.first) else { return self.along_its_time(event) };
        match (self.front.get(place), self.front.last()) {
            (Some(front), _) => *front,
            (None, Some(front)) => self.along_its_time(event).max(*front),
            (None, None) => self.along_its_time(event),
        }
    }

    /// Least position of an event and all later ones.
    fn back(&self, event: usize) -> f64 {
        match (event.checked_sub(self.first), self.back.first()) {
            (Some(place), _) => {
                let back = self.back.get(place).copied();
                back.unwrap_or_else(|| self.along_its_time(event))
            }
            (None, Some(back)) => self.along_its_time(event).min(*back),
            (None, None) => self.along_its_time(event),
        }
    }

    /// A range of events that includes all of those in a part of the picture and few others.
    #[must_use]
    pub fn events_in(&self, window: Window) -> Range<usize> {
        let first = first_not(self.events(), |event| self.front(event) < window.from);
        let last = first_not(self.events(), |event| self.back(event) <= window.to);
        first.min(last)..last
    }

    /// Number of events before a position of the axis, if all are at the positions of their times.
    pub(super) fn events_before(&self, along: f64) -> usize {
        first_not(self.events(), |event| self.along_its_time(event) < along)
    }

    /// Position of a node's line across.
    #[must_use]
    pub fn across(&self, node: NodeId) -> f64 {
        (node.index() as f64 + 0.5) * self.frame.gap
    }

    /// Position across in units of lines: 0.0 is on the first one.
    #[must_use]
    pub fn lanes_at(&self, across: f64) -> f64 {
        across / self.frame.gap - 0.5
    }

    /// Distance between two lines.
    #[must_use]
    pub const fn gap(&self) -> f64 {
        self.frame.gap
    }

    /// Length of the picture along the time axis.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.frame.length.max(self.front.last().map_or(0.0, |front| front + TAIL / 2.0))
    }

    /// Breadth of the picture across the lines.
    #[must_use]
    pub fn breadth(&self) -> f64 {
        self.nodes as f64 * self.frame.gap
    }

    /// Point of a position along and across.
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

    /// Point of an event, on its node's line.
    #[must_use]
    pub fn event_point(&self, trace: &Trace, event: usize) -> Point {
        self.point(self.along_event(event), self.across(trace.events[event].node))
    }

    /// Position of the playhead after the first `cursor` events, at `time` ms.
    #[must_use]
    pub fn playhead(&self, cursor: usize, time: f64) -> f64 {
        let happened = cursor.checked_sub(1).map_or(0.0, |last| self.front(last) + 7.0);
        self.along_time(time).max(happened)
    }
}

/// First number below `count` of which something does not hold; it holds of all smaller ones.
fn first_not(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) { from = middle + 1 } else { to = middle }
    }
    from
}
