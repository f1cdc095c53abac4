//! Merged marks and messages, for a run drawn at a small scale.
//!
//! The events of a line in one bin of the axis are one bar; the messages of two lines are strokes that each represent
//! those beside it, or, where there are too many, one band with their number. Faults, losses, views, decisions and
//! violations never merge with others: each bin of a line shows every kind of them. In a long run, sums come from the
//! run's forests ([`Crowd`]), so a picture costs as much as it has bins.

use std::ops::Range;

use super::{
    Features, Label, Layout, MarkShape, Point, Window,
    crowd::{Crowd, Fates, Kinds},
    forest::Sum as _,
    labels::{Placed, half_width},
};
use crate::kernel::{
    EventId, EventKind, Fate, MessageId, NodeId, Scenario, Time, Trace, sort_by_key,
};

/// Width of a bin along a line.
const BIN: f64 = 4.0;
/// Number of bars of a long run, about: with many lines, bins are wider.
const BARS: f64 = 8_000.0;
/// Number of strokes that represent all messages.
const STROKES: f64 = 4_000.0;
/// Length of all strokes drawn of a long run, at most, in gaps between lines: browsers take long for long strokes.
const STROKES_DRAWN: usize = 20_000;
/// Number of bands of messages drawn.
const SHEAVES: usize = 60;
/// Number of messages in the window from which on they are drawn as bands.
const CROWDED: usize = 2_000;
/// Number of events of a bin of which the losses are counted.
const FEW: usize = 64;
/// Messages of a lane pair for each pixel, above which a band is drawn instead of arrows: one arrow in two pixels.
const DENSE: f64 = 0.5;
/// Smallest length of a band, in CSS pixels: a shorter one could not be seen.
const SHORTEST: f64 = 12.0;

/// Merged elements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    /// Bars for the events of the lines, one for each bin with events.
    pub bars: Vec<Heap>,
    /// Strokes for the messages; each represents those beside it.
    pub strokes: Vec<(Point, Point)>,
    /// Bands for crowded messages, one for each lane pair and crowded stretch.
    pub sheaves: Vec<Sheaf>,
    /// Crosses for lost messages, one for each line and bin with losses.
    pub losses: Vec<Apart>,
    /// Signs for marks that never merge, one for each line, bin and shape.
    pub signs: Vec<(MarkShape, Apart)>,
    /// Signs for the events that complete violations.
    pub violations: Vec<Apart>,
}

/// Events of one line that are drawn as one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heap {
    /// The middle of the bar.
    pub at: Point,
    /// Number of events.
    pub count: u32,
}

/// A sign for an event, and for those of its kind in the same bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apart {
    /// First of the events.
    pub event: EventId,
    /// Place of the sign.
    pub at: Point,
}

/// A band for the messages between two lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheaf {
    /// Their sender.
    pub from: NodeId,
    /// Their receiver.
    pub to: NodeId,
    /// Number of messages.
    pub count: usize,
    /// Number of those of which a copy was lost.
    pub lost: u32,
    /// Number of those that were forged.
    pub forged: u32,
    /// Corners: first and last sending, last and first end.
    pub corners: [Point; 4],
    /// Their number, if there is room.
    pub label: Option<Label>,
}

/// A part of a run, for the picture of merged elements.
#[derive(Clone, Copy)]
pub(super) struct Merging<'a> {
    pub(super) features: &'a Features,
    pub(super) scenario: &'a Scenario,
    pub(super) trace: &'a Trace,
    pub(super) layout: &'a Layout,
    pub(super) window: Window,
    /// Factor of the width of the bins of a long run.
    pub(super) rough: f64,
}

/// Events of one line in one bin.
#[derive(Clone, Copy)]
struct Bin {
    node: usize,
    bin: i64,
    count: u32,
    kinds: Kinds,
    /// First event with a mark that never merges, and first loss.
    marked: Option<EventId>,
    lost: Option<EventId>,
}

/// Messages of one lane pair in one bin.
#[derive(Clone, Copy)]
struct Column {
    bin: i64,
    count: usize,
    first: MessageId,
    last: MessageId,
    fates: Fates,
}

/// Number of a bin, counted from the start of the axis, so that none is cut by the window.
fn bin(along: f64, width: f64) -> i64 {
    (along / width).floor() as i64
}

/// Least width of the form 4, 8, 16… pixels that is at least this: the same for windows of nearly the same length.
fn stepped(least: f64) -> f64 {
    let mut width = BIN;
    while width < least {
        width *= 2.0;
    }
    width
}

impl Merging<'_> {
    /// Forests of the run, if it is drawn from them.
    fn crowd(&self) -> Option<&Crowd> {
        self.features.crowd.as_ref().filter(|_| self.layout.is_far())
    }

    /// Visible stretch of the axis.
    fn visible(&self) -> (f64, f64) {
        (self.window.from.max(0.0), self.window.to.min(self.layout.length()))
    }

    fn length(&self) -> f64 {
        let (from, to) = self.visible();
        (to - from).max(1.0)
    }

    fn sees(&self, event: EventId) -> bool {
        let along = self.layout.along_event(event);
        self.window.meets(along, along)
    }

    /// Events with marks of their own: faults, recoveries and rollbacks. At most so many; if there are more, one for each
    /// line and bin.
    pub(super) fn alone(&self, events: &Range<EventId>, most: usize) -> Vec<EventId> {
        let is_alone = |event: &EventId| self.kinds(*event).stands_alone();
        let Some(crowd) = self.crowd() else {
            return events.clone().filter(is_alone).collect();
        };
        let mut notable = Vec::new();
        for lane in 0..crowd.events.groups() {
            let mut places = crowd.events.places(lane, events);
            while let Some(place) = crowd.find(places.clone(), Kinds::stands_alone) {
                notable.push(crowd.events.item(place));
                if notable.len() > most {
                    let bins = self.bins_of_crowd(crowd);
                    return bins.iter().filter_map(|bin| bin.marked).filter(is_alone).collect();
                }
                places.start = place + 1;
            }
        }
        sort_by_key(&mut notable, |event| *event);
        notable
    }

    fn kinds(&self, event: EventId) -> Kinds {
        Kinds::of(&self.trace.events[event].kind)
    }

    /// Merges the visible elements.
    pub(super) fn merge(
        &self,
        events: Range<EventId>,
        messages: Range<MessageId>,
        placed: &mut Placed,
    ) -> Merged {
        let (bins, width) = match self.crowd() {
            Some(crowd) => (self.bins_of_crowd(crowd), self.bin_width()),
            None => (self.bins_one_by_one(events), BIN),
        };
        let mut merged = Merged::default();
        for bin in &bins {
            let along = (bin.bin as f64 + 0.5) * width;
            let at = self.layout.point(along, self.layout.across(NodeId::new(bin.node)));
            if bin.count > 0 {
                merged.bars.push(Heap { at, count: bin.count });
            }
            merged.losses.extend(bin.lost.map(|event| self.loss(event)));
            if let Some(event) = bin.marked {
                merged.signs.extend(bin.kinds.shapes().map(|shape| (shape, Apart { event, at })));
            }
        }
        let violations = self.features.violations.iter().filter(|event| self.sees(**event));
        let sign = |&event: &EventId| {
            let at = self.layout.event_point(self.trace, event);
            Apart { event, at }
        };
        merged.violations = violations.map(sign).collect();
        self.add_messages(&mut merged, messages);
        for sheaf in &mut merged.sheaves {
            let text = sheaf.count.to_string();
            let middle = |one: Point, other: Point| Point {
                x: (one.x + other.x) / 2.0,
                y: (one.y + other.y) / 2.0,
            };
            let [a, b, c, d] = sheaf.corners;
            let (start, end) = (middle(a, b), middle(c, d));
            let places = [middle(start, end), middle(start, middle(start, end))];
            sheaf.label = placed.place(half_width(&text), places).map(|at| Label { at, text });
        }
        merged
    }

    /// Sign of a loss: half-way between the lines.
    fn loss(&self, event: EventId) -> Apart {
        let EventKind::Lose(message, _) = self.trace.events[event].kind else {
            return Apart { event, at: self.layout.event_point(self.trace, event) };
        };
        let message = &self.trace.messages[message];
        let layout = self.layout;
        let along = (layout.along_event(message.sent) + layout.along_event(event)) / 2.0;
        let (one, other) = (layout.across(message.name.from), layout.across(message.name.to));
        Apart { event, at: layout.point(along, (one + other) / 2.0) }
    }

    fn bins_one_by_one(&self, events: Range<EventId>) -> Vec<Bin> {
        let mut bins: Vec<Bin> = Vec::new();
        // By line: its last bin.
        let mut last: Vec<Option<usize>> = vec![None; self.scenario.nodes.len()];
        for event in events.filter(|event| self.sees(*event)) {
            let node = self.trace.events[event].node.index();
            let here = bin(self.layout.along_event(event), BIN);
            let place = match last[node].filter(|&place| bins[place].bin == here) {
                Some(place) => place,
                None => {
                    let kinds = Kinds::NONE;
                    bins.push(Bin { node, bin: here, count: 0, kinds, marked: None, lost: None });
                    bins.len() - 1
                }
            };
            last[node] = Some(place);
            let (kinds, bin) = (self.kinds(event), &mut bins[place]);
            bin.kinds = bin.kinds.plus(kinds);
            if kinds.has_loss() {
                bin.lost = bin.lost.or(Some(event));
                continue;
            }
            bin.count += 1;
            if kinds.has_mark() {
                bin.marked = bin.marked.or(Some(event));
            }
        }
        sort_by_key(&mut bins, |bin| bin.node);
        bins
    }

    /// Width of the bins of a long run.
    fn bin_width(&self) -> f64 {
        stepped((self.length() * self.scenario.nodes.len() as f64 / BARS).max(BIN) * self.rough)
    }

    /// Borders of bins of this width that cover a stretch of the axis: the first bin, and the number of events before each
    /// border.
    fn borders(&self, from: f64, width: f64) -> (i64, Vec<EventId>) {
        let (first, last) = (bin(from, width), bin(self.visible().1, width));
        let before = |bin: i64| self.layout.events_before(bin as f64 * width);
        (first, (first..=last + 1).map(before).collect())
    }

    fn bins_of_crowd(&self, crowd: &Crowd) -> Vec<Bin> {
        let (first_bin, borders) = self.borders(self.visible().0, self.bin_width());
        let all = borders[0]..borders[borders.len() - 1];
        let mut bins = Vec::new();
        for node in 0..crowd.events.groups() {
            // Most lines have no events that need a look at each bin.
            let kinds_there = crowd.kinds_of(crowd.events.places(node, &all));
            let divided = crowd.events.divided(node, &borders);
            for (bin, places) in (first_bin..).zip(divided).filter(|(_, it)| !it.is_empty()) {
                let mut count = places.len();
                let (mut kinds, mut marked, mut lost) = (Kinds::NONE, None, None);
                if kinds_there != Kinds::NONE {
                    kinds = crowd.kinds_of(places.clone());
                }
                if kinds.has_loss() {
                    let found = crowd.find(places.clone(), Kinds::has_loss);
                    lost = found.map(|place| crowd.events.item(place));
                    // A loss is drawn between the lines; in a large number of events, losses make no difference.
                    let few = places.clone().take(FEW).map(|place| crowd.events.item(place));
                    count -= few.filter(|event| crowd.kinds(*event).has_loss()).count();
                }
                if kinds.has_mark() {
                    let found = crowd.find(places, Kinds::has_mark);
                    marked = found.map(|place| crowd.events.item(place));
                }
                bins.push(Bin { node, bin, count: count as u32, kinds, marked, lost });
            }
        }
        bins
    }

    /// Adds the messages: strokes, and bands where they are crowded.
    fn add_messages(&self, merged: &mut Merged, messages: Range<MessageId>) {
        let size = self.scenario.nodes.len();
        let pairs = (size * size.saturating_sub(1)).max(1) as f64;
        let width = (self.length() * pairs / STROKES).max(BIN);
        let crowded = messages.len() >= CROWDED;
        let (columns, width) = match self.crowd() {
            Some(crowd) => {
                let width = stepped(width * self.rough);
                (self.columns_of_crowd(crowd, &messages, width), width)
            }
            None => (self.columns_one_by_one(messages, (size, width)), width),
        };
        let gaps = |pair: usize| (pair / size).abs_diff(pair % size);
        let length = columns.iter().map(|(pair, columns)| gaps(*pair) * columns.len());
        let each = match self.crowd() {
            Some(_) => length.sum::<usize>().div_ceil(STROKES_DRAWN).max(1),
            None => 1,
        };
        let mut sheaves = Vec::new();
        let mut strokes = 0;
        for (pair, columns) in &columns {
            let names = (NodeId::new(pair / size), NodeId::new(pair % size));
            let is_dense = |it: &Column| crowded && it.count as f64 >= width * DENSE;
            for stretch in columns.chunk_by(|one, other| {
                let gap = (other.bin - one.bin - 1) as f64 * width;
                is_dense(one) && is_dense(other) && gap <= SHORTEST
            }) {
                if is_dense(&stretch[0])
                    && let Some(sheaf) = self.sheaf(names, stretch)
                {
                    sheaves.push(sheaf);
                    continue;
                }
                for column in stretch {
                    strokes += 1;
                    if strokes % each == 0 {
                        merged.strokes.push(self.stroke(column.first));
                    }
                }
            }
        }
        if sheaves.len() > SHEAVES {
            sort_by_key(&mut sheaves, |sheaf: &Sheaf| std::cmp::Reverse(sheaf.count));
            let others = sheaves.drain(SHEAVES..).step_by(each);
            merged.strokes.extend(others.map(|it| (it.corners[0], it.corners[3])));
        }
        merged.sheaves = sheaves;
    }

    /// Stroke of a message.
    fn stroke(&self, message: MessageId) -> (Point, Point) {
        let message = &self.trace.messages[message];
        let layout = self.layout;
        let start = layout.along_event(message.sent);
        let fate = message.overall();
        let end = fate.event().map_or_else(|| layout.length(), |it| layout.along_event(it));
        let share = if matches!(fate, Fate::Lost(..)) { 0.5 } else { 1.0 };
        let (one, other) = (layout.across(message.name.from), layout.across(message.name.to));
        let stop = layout.point(start + (end - start) * share, one + (other - one) * share);
        (layout.point(start, one), stop)
    }

    /// Band for the messages in consecutive columns; none if it would be too short to be seen.
    fn sheaf(&self, (from, to): (NodeId, NodeId), columns: &[Column]) -> Option<Sheaf> {
        let (first, last) = (columns.first()?.first, columns.last()?.last);
        let fates = columns.iter().fold(Fates::NONE, |sum, it| sum.plus(it.fates));
        let layout = self.layout;
        let sent = |message: MessageId| layout.along_event(self.trace.messages[message].sent);
        let end = |message: MessageId| {
            let end = self.trace.messages[message].overall().event();
            end.map_or_else(|| layout.length(), |event| layout.along_event(event))
        };
        let reach = f64::from(fates.longest) * layout.scale();
        let (start, stop) = (sent(first), sent(last));
        let count: usize = columns.iter().map(|it| it.count).sum();
        if stop - start < SHORTEST || (count as f64) < (stop - start) * DENSE {
            return None;
        }
        let (one, other) = (layout.across(from), layout.across(to));
        let corners = [
            layout.point(start, one),
            layout.point(stop, one),
            layout.point((stop + reach).max(end(last)).min(layout.length()), other),
            layout.point(end(first), other),
        ];
        let Fates { lost, forged, .. } = fates;
        Some(Sheaf { from, to, count, lost, forged, corners, label: None })
    }

    /// Columns of each lane pair. A received message does not hide a loss: the pairs of lost messages come after the others.
    fn columns_one_by_one(
        &self,
        messages: Range<MessageId>,
        (size, width): (usize, f64),
    ) -> Vec<(usize, Vec<Column>)> {
        let mut by_pair: Vec<Vec<Column>> = vec![Vec::new(); 2 * size * size];
        for id in messages {
            let message = &self.trace.messages[id];
            let (from, to) = (message.name.from, message.name.to);
            let start = self.layout.along_event(message.sent);
            let fate = message.overall();
            let end =
                fate.event().map_or_else(|| self.layout.length(), |it| self.layout.along_event(it));
            if !self.window.meets(start, end) {
                continue;
            }
            let lost = usize::from(matches!(fate, Fate::Lost(..)));
            let columns = &mut by_pair[lost * size * size + from.index() * size + to.index()];
            let here = bin(start, width);
            let fates = Fates::of(self.trace, id);
            match columns.last_mut().filter(|last| last.bin == here) {
                Some(last) => {
                    last.count += 1;
                    last.last = id;
                    last.fates = last.fates.plus(fates);
                }
                None => columns.push(Column { bin: here, count: 1, first: id, last: id, fates }),
            }
        }
        let by_pair = by_pair.into_iter().enumerate();
        let some = by_pair.filter(|(_, columns)| !columns.is_empty());
        some.map(|(pair, columns)| (pair % (size * size), columns)).collect()
    }

    fn columns_of_crowd(
        &self,
        crowd: &Crowd,
        messages: &Range<MessageId>,
        width: f64,
    ) -> Vec<(usize, Vec<Column>)> {
        let (seen_from, seen_to) = self.visible();
        let sent = self.trace.messages.get(messages.start).map(|message| message.sent);
        let start = sent.map_or(seen_from, |event| self.layout.along_event(event));
        // Messages that were sent more than a screen earlier are not drawn among merged ones.
        let start = start.max(2.0 * seen_from - seen_to).max(0.0);
        let (first_bin, borders) = self.borders(start, width);
        let sent_before =
            |event: &EventId| self.trace.messages.partition_point(|it| it.sent < *event);
        let borders: Vec<_> = borders.iter().map(sent_before).collect();
        let of = |message: MessageId| Fates::of(self.trace, message);
        let mut by_pair = Vec::new();
        for pair in 0..crowd.messages.groups() {
            let mut columns = Vec::new();
            let divided = crowd.messages.divided(pair, &borders);
            for (bin, places) in (first_bin..).zip(divided).filter(|(_, it)| !it.is_empty()) {
                let (first, last) = (places.start, places.end - 1);
                let (first, last) = (crowd.messages.item(first), crowd.messages.item(last));
                let count = places.len();
                let mut fates = Fates::NONE;
                let passed = (bin + 1) as f64 * width < seen_from;
                // The sums of others are not needed.
                if passed || count as f64 >= width * DENSE {
                    fates = crowd.messages.sum(places, of);
                }
                let reach = f64::from(fates.longest) * self.layout.scale();
                if !passed || (bin + 1) as f64 * width + reach >= seen_from {
                    columns.push(Column { bin, count, first, last, fates });
                }
            }
            if columns.is_empty() {
                continue;
            }
            by_pair.push((pair, columns));
        }
        by_pair
    }
}

/// The whole run on a narrow strip: density of events, faults and violations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// By node and bin: number of events.
    pub counts: Vec<Vec<u32>>,
    /// Crashes, recoveries and pauses: node and bin.
    pub faults: Vec<(NodeId, usize)>,
    /// Lost messages: receiver and bin.
    pub losses: Vec<(NodeId, usize)>,
    /// Bins of the events that complete violations.
    pub violations: Vec<usize>,
}

/// Summarises a run up to this moment in so many bins of time.
#[must_use]
pub fn overview(
    features: &Features,
    trace: &Trace,
    size: usize,
    (bins, end): (usize, Time),
) -> Overview {
    let place = |event: EventId| {
        let time = trace.events[event].time;
        ((time * bins as Time / end.max(1)) as usize).min(bins - 1)
    };
    let violations = features.violations.iter().map(|&event| place(event)).collect();
    if let Some(crowd) = &features.crowd {
        return Overview { violations, ..overview_of(crowd, size, (bins, end)) };
    }
    let mut counts = vec![vec![0; bins]; size];
    let (mut faults, mut losses) = (Vec::new(), Vec::new());
    for (id, event) in trace.events.iter().enumerate() {
        let bin = place(id);
        match event.kind {
            EventKind::Crash | EventKind::Recover | EventKind::Pause => {
                faults.push((event.node, bin));
            }
            EventKind::Lose(..) => {
                if losses.last() != Some(&(event.node, bin)) {
                    losses.push((event.node, bin));
                }
            }
            _ => counts[event.node.index()][bin] += 1,
        }
    }
    Overview { counts, faults, losses, violations }
}

/// The same of a long run, from its forests, without violations.
fn overview_of(crowd: &Crowd, size: usize, (bins, end): (usize, Time)) -> Overview {
    let end = end.max(1);
    // Number of events before the first moment of each bin; the last bin has the rest.
    let border = |bin: usize| match bin {
        bin if bin == bins => crowd.times.len(),
        bin => {
            let time = (bin as Time * end).div_ceil(bins as Time);
            crowd.times.partition_point(|&it| Time::from(it) < time)
        }
    };
    let borders: Vec<_> = (0..=bins).map(border).collect();
    let mut counts = vec![vec![0; bins]; size];
    let (mut faults, mut losses) = (Vec::new(), Vec::new());
    for (lane, counts) in counts.iter_mut().enumerate() {
        let node = NodeId::new(lane);
        let all = crowd.events.places(lane, &(0..crowd.times.len()));
        let kinds_there = crowd.kinds_of(all);
        for (bin, places) in crowd.events.divided(lane, &borders).enumerate() {
            counts[bin] = places.len() as u32;
            if kinds_there == Kinds::NONE {
                continue;
            }
            let kinds = crowd.kinds_of(places);
            if kinds.has_fault() {
                faults.push((node, bin));
            }
            if kinds.has_loss() {
                losses.push((node, bin));
            }
        }
    }
    Overview { counts, faults, losses, violations: Vec::new() }
}
