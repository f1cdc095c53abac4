//! Forests over a run: one over the events of each lane, one over the messages of each lane pair.

use std::{ops::Range, rc::Rc};

use super::{
    MarkShape,
    forest::{Forest, Growing, Sum},
    mark_shape,
};
use crate::kernel::{EventId, EventKind, Fate, Message, MessageId, NodeId, Trace};

/// Kinds of events among some events that no picture leaves out, as a set: bit n is the n-th of [`NOTABLE`], or a loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u16);

/// Shapes of the marks that never merge: faults, views and decisions.
const NOTABLE: [MarkShape; 10] = [
    MarkShape::Crash,
    MarkShape::Recovery,
    MarkShape::Pause,
    MarkShape::Traitor,
    MarkShape::Rollback,
    MarkShape::View,
    MarkShape::Decision,
    MarkShape::Leader,
    MarkShape::Commit,
    MarkShape::Abort,
];

impl Kinds {
    /// Losses alone.
    pub(super) const LOSS: Self = Self(1 << NOTABLE.len());

    /// Kinds of one event.
    pub(super) fn of(kind: &EventKind) -> Self {
        match kind {
            EventKind::Lose(..) => return Self::LOSS,
            EventKind::Send(_) | EventKind::Receive(_) | EventKind::Timer(_) => return Self::NONE,
            _ => {}
        }
        let shape = mark_shape(kind);
        let place = NOTABLE.iter().position(|it| Some(*it) == shape);
        Self(place.map_or(0, |place| 1 << place))
    }

    /// True if there is a loss among them.
    pub(super) const fn has_loss(self) -> bool {
        self.0 & Self::LOSS.0 != 0
    }

    /// True if there is a mark among them.
    pub(super) const fn has_mark(self) -> bool {
        self.0 & !Self::LOSS.0 != 0
    }

    /// True if there is a crash, a recovery or a pause among them.
    pub(super) const fn has_fault(self) -> bool {
        self.0 & 0b111 != 0
    }

    /// True if there is a mark of its own among them: of a fault, a recovery or a rollback.
    pub(super) const fn stands_alone(self) -> bool {
        self.0 & 0b1_1111 != 0
    }

    /// True if no mark of this shape merges, and each is drawn where there are few.
    pub(super) fn is_alone(shape: MarkShape) -> bool {
        NOTABLE[..5].contains(&shape)
    }

    /// Shapes of the marks among them.
    pub(super) fn shapes(self) -> impl Iterator<Item = MarkShape> {
        let shapes = NOTABLE.into_iter().enumerate();
        shapes.filter(move |(place, _)| self.0 & 1 << place != 0).map(|(_, shape)| shape)
    }
}

impl Sum for Kinds {
    const NONE: Self = Self(0);

    fn plus(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Fates of some messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fates {
    /// Number of those of which a copy was lost.
    pub(super) lost: u32,
    /// Number of those that a traitor forged.
    pub(super) forged: u32,
    /// Longest time from the sending of one to its end, in virtual ms.
    pub(super) longest: u32,
}

impl Fates {
    /// Fate of one message.
    pub(super) fn of(trace: &Trace, message: MessageId) -> Self {
        let message: &Message = &trace.messages[message];
        let lost = message.fates().any(|fate| matches!(fate, Fate::Lost(..)));
        let end = match message.overall() {
            Fate::InTransit { due } => due,
            Fate::Received(event) | Fate::Lost(event, _) => trace.events[event].time,
        };
        let longest = end.saturating_sub(trace.events[message.sent].time) as u32;
        Self { lost: lost.into(), forged: message.truth().is_some().into(), longest }
    }
}

impl Sum for Fates {
    const NONE: Self = Self { lost: 0, forged: 0, longest: 0 };

    fn plus(self, other: Self) -> Self {
        Self {
            lost: self.lost + other.lost,
            forged: self.forged + other.forged,
            longest: self.longest.max(other.longest),
        }
    }
}

/// Least and greatest of some values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) least: i64,
    pub(super) greatest: i64,
}

impl Extent {
    /// Extent of one value; of none, if a sample lacks it.
    fn of(trace: &Trace, sample: usize, metric: usize) -> Self {
        let value = trace.samples[sample].values.get(metric);
        value.map_or(Self::NONE, |&value| Self { least: value, greatest: value })
    }
}

impl Sum for Extent {
    const NONE: Self = Self { least: i64::MAX, greatest: i64::MIN };

    fn plus(self, other: Self) -> Self {
        let (least, greatest) = (self.least.min(other.least), self.greatest.max(other.greatest));
        Self { least, greatest }
    }
}

/// The forests of a run, with the times of its events: at most 16 bytes an event.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    /// Times of all events.
    pub(super) times: Rc<[u32]>,
    /// Kinds of all events.
    kinds: Vec<Kinds>,
    /// Events by lane.
    pub(super) events: Forest<Kinds>,
    /// Messages by lane pair: sender × number of nodes + receiver.
    pub(super) messages: Forest<Fates>,
    /// By metric: samples by node.
    samples: Vec<Forest<Extent>>,
}

impl Crowd {
    /// Kinds of one event.
    pub(super) fn kinds(&self, event: EventId) -> Kinds {
        self.kinds[event]
    }

    /// Kinds of the events at these places.
    pub(super) fn kinds_of(&self, places: Range<usize>) -> Kinds {
        self.events.sum(places, |event| self.kinds[event])
    }

    /// Extent of a metric in a part of the samples of a node, given by their places among these.
    pub(super) fn extent(
        &self,
        trace: &Trace,
        (node, metric): (NodeId, usize),
        samples: &Range<usize>,
    ) -> Extent {
        let forest = &self.samples[metric];
        let first = forest.places(node.index(), &(0..usize::MAX)).start;
        let places = first + samples.start..first + samples.end;
        forest.sum(places, |sample| Extent::of(trace, sample, metric))
    }

    /// Place of the first event of a kind, in a range of places of one line.
    pub(super) fn find(&self, places: Range<usize>, is: impl Fn(Kinds) -> bool) -> Option<usize> {
        self.events.find(places, |event| self.kinds[event], is)
    }
}

/// Number of passes before those over the samples.
const FORESTS: usize = 3;

/// The forests of a run that are being built, in slices.
#[derive(Debug)]
pub(super) struct Gathering {
    size: usize,
    times: Vec<u32>,
    kinds: Vec<Kinds>,
    events: Growing<Kinds>,
    messages: Growing<Fates>,
    samples: Vec<Growing<Extent>>,
    /// Number of forests that are done.
    done: usize,
}

impl Gathering {
    /// Begins the forests of a run of so many nodes, with so many metrics.
    pub(super) fn new(size: usize, metrics: usize) -> Self {
        let (events, messages) = (Growing::new(size), Growing::new(size * size));
        let samples = (0..metrics).map(|_| Growing::new(size)).collect();
        Self { samples, size, times: Vec::new(), kinds: Vec::new(), events, messages, done: 0 }
    }

    /// Does so many steps. True once the forests are done.
    pub(super) fn advance(&mut self, trace: &Trace, steps: usize) -> bool {
        let lane = |event: EventId| trace.events[event].node.index();
        let pair = |message: MessageId| {
            let name = trace.messages[message].name;
            name.from.index() * self.size + name.to.index()
        };
        let kinds = |event: EventId| self.kinds[event];
        let fates = |message: MessageId| Fates::of(trace, message);
        let done = match self.done {
            0 => {
                let left = trace.events.iter().skip(self.times.len()).take(steps);
                self.times.extend(left.clone().map(|event| event.time as u32));
                self.kinds.extend(left.map(|event| Kinds::of(&event.kind)));
                self.times.len() == trace.events.len()
            }
            1 => self.events.advance((steps, trace.events.len()), lane, kinds),
            2 => self.messages.advance((steps, trace.messages.len()), pair, fates),
            metric => {
                let metric = metric - FORESTS;
                let node = |sample: usize| trace.samples[sample].node.index();
                let extent = |sample: usize| Extent::of(trace, sample, metric);
                let size = (steps, trace.samples.len());
                self.samples.get_mut(metric).is_none_or(|it| it.advance(size, node, extent))
            }
        };
        self.done += usize::from(done);
        self.done >= FORESTS + self.samples.len()
    }

    /// Returns the forests once they are done.
    pub(super) fn finish(self) -> Crowd {
        let (events, messages) = (self.events.finish(), self.messages.finish());
        let samples = self.samples.into_iter().map(Growing::finish).collect();
        Crowd { times: self.times.into(), kinds: self.kinds, events, messages, samples }
    }
}
