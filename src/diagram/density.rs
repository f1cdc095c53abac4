//! Merged marks and messages, for a run drawn at a small scale.

use std::ops::Range;

use super::{Layout, Point, Window};
use crate::{
    analysis::Judgement,
    kernel::{EventId, EventKind, Fate, MessageId, NodeId, Scenario, Time, Trace, Verdict},
};

/// Width of a bin along a line.
const BIN: f64 = 4.0;
/// Number of strokes that represent all messages.
const STROKES: f64 = 4_000.0;

/// Merged elements.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Bars for the events of the lines, one for each bin with events.
    pub bars: Vec<Heap>,
    /// Strokes for the messages; each represents those beside it.
    pub strokes: Vec<(Point, Point)>,
    /// Crosses for lost messages, one for each bin with losses.
    pub losses: Vec<Point>,
}

/// Events of one line that are drawn as one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heap {
    /// The middle of the bar.
    pub at: Point,
    /// Number of events.
    pub count: u32,
}

/// Number of a bin, counted from the start of the axis, so that none is cut by the window.
fn bin(along: f64, width: f64) -> i64 {
    (along / width).floor() as i64
}

/// Merges the visible elements.
pub(super) fn merge(
    scenario: &Scenario,
    trace: &Trace,
    (layout, window): (&Layout, Window),
    events: Range<EventId>,
    messages: Range<MessageId>,
) -> Merged {
    let size = scenario.nodes.len();
    let seen = |event: &EventId| {
        let along = layout.along_event(*event);
        window.meets(along, along)
    };
    let mut heaps: Vec<Vec<(i64, u32)>> = vec![Vec::new(); size];
    for event in events.filter(seen) {
        if matches!(trace.events[event].kind, EventKind::Lose(..)) {
            continue;
        }
        let heaps = &mut heaps[trace.events[event].node.index()];
        let here = bin(layout.along_event(event), BIN);
        match heaps.last_mut() {
            Some((last, count)) if *last == here => *count += 1,
            _ => heaps.push((here, 1)),
        }
    }
    let middle = |bin: i64, node: usize| {
        layout.point((bin as f64 + 0.5) * BIN, layout.across(NodeId::new(node)))
    };
    let bars = heaps.iter().enumerate().flat_map(|(node, heaps)| {
        heaps.iter().map(move |&(bin, count)| Heap { at: middle(bin, node), count })
    });
    let (strokes, losses) = strokes(trace, (layout, window), size, messages);
    Merged { bars: bars.collect(), strokes, losses }
}

type Strokes = (Vec<(Point, Point)>, Vec<Point>);

/// Draws the first message of each bin between two lines for all of them. More pairs of lines mean wider bins.
fn strokes(
    trace: &Trace,
    (layout, window): (&Layout, Window),
    size: usize,
    messages: Range<MessageId>,
) -> Strokes {
    let length = window.to.min(layout.length()) - window.from.max(0.0);
    let pairs = (size * size.saturating_sub(1)).max(1) as f64;
    let width = (length.max(1.0) * pairs / STROKES).max(BIN);
    let mut last = vec![i64::MIN; size * size];
    let mut last_lost = vec![i64::MIN; size * size];
    let (mut strokes, mut losses) = (Vec::new(), Vec::new());
    for message in &trace.messages[messages] {
        let (from, to) = (message.name.from, message.name.to);
        let start = layout.along_event(message.sent);
        let fate = message.overall();
        let end = fate.event().map_or_else(|| layout.length(), |it| layout.along_event(it));
        if !window.meets(start, end) {
            continue;
        }
        let pair = from.index() * size + to.index();
        let lost = matches!(fate, Fate::Lost(..));
        // A received message does not hide a loss.
        let last = if lost { &mut last_lost[pair] } else { &mut last[pair] };
        let here = bin(start, width);
        if *last == here {
            continue;
        }
        *last = here;
        let share = if lost { 0.5 } else { 1.0 };
        let (one, other) = (layout.across(from), layout.across(to));
        let stop = layout.point(start + (end - start) * share, one + (other - one) * share);
        strokes.push((layout.point(start, one), stop));
        if lost {
            losses.push(stop);
        }
    }
    (strokes, losses)
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
    trace: &Trace,
    judgements: &[Judgement],
    size: usize,
    (bins, end): (usize, Time),
) -> Overview {
    let place = |event: EventId| {
        let time = trace.events[event].time;
        ((time * bins as Time / end.max(1)) as usize).min(bins - 1)
    };
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
    let violations = judgements.iter().filter_map(|judgement| match &judgement.verdict {
        Verdict::Violated { witness, .. } => witness.last().map(|&event| place(event)),
        _ => None,
    });
    Overview { counts, faults, losses, violations: violations.collect() }
}
