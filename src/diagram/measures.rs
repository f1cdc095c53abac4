//! Metrics of a run: bands behind the lines, and curves beside them on the same time axis.

use super::{
    Features, Label, Lane, LaneState, Layout, Orientation, Point, Window,
    labels::{Placed, elide_to, half_bold, half_width},
    path::push_px,
};
use crate::kernel::{Drawn, NodeId, Protocol, Sample, Scenario, Trace};

/// Breadth of a strip of curves.
pub const STRIP: f64 = 92.0;
/// Free space of a strip before and after the curves.
const MARGIN: f64 = 12.0;
/// Total breadth of the bands of one line, in gaps between lines, and its limit in pixels.
const BANDS: (f64, f64) = (0.56, 48.0);
/// Largest number of bands drawn.
const BANDS_DRAWN: usize = 60;
/// Number of tints of the bands.
const TINTS: i64 = 6;
/// Largest number of curves with a name and a sign of their own.
pub const SINGLE_CURVES: usize = 16;
/// Size of the signs at the ends of curves.
const END: f64 = 10.0;
/// Largest length of the names at the ends of curves.
const NAME: usize = 6;

/// A stretch of a line with one number: a round, a term, a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Node of the line.
    pub node: NodeId,
    /// Place of the metric among those of the protocol.
    pub metric: usize,
    /// The number; never 0, which stands for none.
    pub value: i64,
    /// One corner.
    pub from: Point,
    /// The opposite corner.
    pub to: Point,
    /// Text of the number, if there is room.
    pub label: Option<Label>,
}

/// The strip of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Place of the metric among those of the protocol.
    pub metric: usize,
    /// One corner of the strip.
    pub from: Point,
    /// The opposite corner.
    pub to: Point,
    /// Values marked on the axis.
    pub grid: Vec<Grid>,
    /// Curves, one for each node at which the metric was measured.
    pub curves: Vec<Curve>,
}

/// A value of a strip's axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Start of its line.
    pub from: Point,
    /// End of its line.
    pub to: Point,
    /// The value.
    pub label: Label,
}

/// The values of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Node that was measured.
    pub node: NodeId,
    /// Points, one for each sample.
    pub points: Vec<Point>,
    /// Name of the node at the end of the curve, if there is room.
    pub label: Option<Label>,
}

impl Curve {
    /// Returns the curve as the data of a path.
    #[must_use]
    pub fn stroke(&self) -> String {
        let mut d = String::new();
        for (place, point) in self.points.iter().enumerate() {
            d.push(if place == 0 { 'M' } else { 'L' });
            push_px(&mut d, point.x);
            d.push(' ');
            push_px(&mut d, point.y);
        }
        d
    }
}

/// Returns the class of a band's tint. Numbers that differ by a multiple of the number of tints have the same.
#[must_use]
pub fn tint(value: i64) -> String {
    format!("tint-{}", value.rem_euclid(TINTS))
}

/// Places of the metrics that are drawn in this form and were measured in this run.
pub fn measured(protocol: &Protocol, trace: &Trace, drawn: Drawn) -> impl Iterator<Item = usize> {
    let metrics = if trace.samples.is_empty() { &[] } else { protocol.metrics };
    let wanted = metrics.iter().enumerate().filter(move |(_, metric)| metric.drawn == drawn);
    wanted.map(|(metric, _)| metric)
}

/// Total breadth of all strips of curves.
#[must_use]
pub fn strips(protocol: &Protocol, trace: &Trace) -> f64 {
    measured(protocol, trace, Drawn::Curve).count() as f64 * STRIP
}

/// A node's values of one metric, each with its position along the axis: that of the mark of the event that changed
/// it. Outside the window only the last value before it and the first one after it are included.
fn values(
    features: &Features,
    trace: &Trace,
    (layout, window, rough): Place,
    node: NodeId,
    metric: usize,
) -> Vec<(f64, i64)> {
    let of_node = &features.samples[node.index()];
    let along_of = |place: &usize| along(trace, layout, &trace.samples[*place]);
    let first = of_node.partition_point(|place| along_of(place) < window.from);
    let last = of_node.partition_point(|place| along_of(place) <= window.to);
    let seen = first.saturating_sub(2)..(last + 2).min(of_node.len());
    let pixel = pixel(features, (layout, window, rough));
    let Some(crowd) = features.crowd.as_ref().filter(|_| seen.len() as f64 * pixel > MANY) else {
        return merged(one_by_one(trace, layout, &of_node[seen], metric));
    };
    let mut values = Vec::new();
    let mut from = seen.start;
    while from < seen.end {
        let start = along_of(&of_node[from]);
        let rest = &of_node[from..seen.end];
        let count = rest.partition_point(|place| along_of(place) < start + pixel).max(1);
        let of_pixel = from..from + count;
        from = of_pixel.end;
        if count <= 4 {
            values.extend(one_by_one(trace, layout, &of_node[of_pixel], metric));
            continue;
        }
        let at = |place: usize| {
            let value = trace.samples[of_node[place]].values.get(metric);
            Some((along_of(&of_node[place]), *value?))
        };
        let extent = crowd.extent(trace, (node, metric), &of_pixel);
        let extremes = [extent.least, extent.greatest].map(|value| (start, value));
        values.extend(at(of_pixel.start).into_iter().chain(extremes).chain(at(from - 1)));
    }
    values
}

/// Values of some samples.
fn one_by_one(trace: &Trace, layout: &Layout, samples: &[usize], metric: usize) -> Vec<(f64, i64)> {
    let mut values: Vec<(f64, i64)> = Vec::new();
    let mut before = None;
    for sample in samples.iter().map(|place| &trace.samples[*place]) {
        let Some(&value) = sample.values.get(metric) else { continue };
        let along = along(trace, layout, sample);
        if let Some((time, last)) = before
            && time == sample.time
        {
            // A jump: the old value lasts until the mark of the event that changed it.
            values.push((along, last));
        }
        before = Some((sample.time, value));
        let last = values.last().map_or(0.0, |&(last, _)| last);
        values.push((along.max(last), value));
    }
    values
}

/// The layout, the part of it that is drawn, and the factor of what merges ([`Limit`](super::Limit)).
type Place<'a> = (&'a Layout, Window, f64);

/// Number of points of all curves of a metric of a long run, about.
const POINTS: f64 = 12_000.0;
/// Length in pixels of samples that are drawn one by one.
const MANY: f64 = 200.0;

/// Distance of values that are drawn one by one, in a long run: with many curves, a larger one.
fn pixel(features: &Features, (layout, window, rough): Place) -> f64 {
    let length = window.to.min(layout.length()) - window.from.max(0.0);
    (length * features.samples.len() as f64 * 4.0 / POINTS).max(FINE) * rough
}

/// Smallest distance between values that are drawn one by one.
const FINE: f64 = 0.75;

/// Reduces values that share a pixel to the first, the least, the greatest and the last of them.
fn merged(values: Vec<(f64, i64)>) -> Vec<(f64, i64)> {
    let mut merged: Vec<(f64, i64)> = Vec::with_capacity(values.len());
    for of_pixel in values.chunk_by(|one, other| (one.0 / FINE) as i64 == (other.0 / FINE) as i64) {
        if of_pixel.len() <= 4 {
            merged.extend(of_pixel);
            continue;
        }
        let (first, last) = (of_pixel[0], of_pixel[of_pixel.len() - 1]);
        let all = || of_pixel.iter().map(|&(_, value)| value);
        let (least, greatest) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        merged.extend([first, (first.0, least), (first.0, greatest), last]);
    }
    merged
}

fn along(trace: &Trace, layout: &Layout, sample: &Sample) -> f64 {
    let last = sample.events.checked_sub(1);
    let own = last.filter(|&event| {
        let event = &trace.events[event];
        event.node == sample.node && event.time == sample.time
    });
    own.map_or_else(|| layout.along_time(sample.time as f64), |event| layout.along_event(event))
}

/// End of the run along the axis.
fn end(layout: &Layout) -> f64 {
    layout.along_time(layout.end() as f64)
}

/// Position up to which the last value is drawn.
fn seen_end(layout: &Layout, window: Window) -> f64 {
    end(layout).min(window.to)
}

pub(super) fn bands(
    features: &Features,
    (protocol, trace): (&Protocol, &Trace),
    lanes: &[Lane],
    (layout, window, rough): Place,
) -> Vec<Band> {
    let metrics: Vec<_> = measured(protocol, trace, Drawn::Band).collect();
    let breadth = (layout.gap() * BANDS.0).min(BANDS.1);
    let each = breadth / metrics.len().max(1) as f64;
    let mut bands = Vec::new();
    for (place, &metric) in metrics.iter().enumerate() {
        for lane in lanes {
            let node = lane.node;
            let top = layout.across(node) - breadth / 2.0 + each * place as f64;
            let values = values(features, trace, (layout, window, rough), node, metric);
            let reach = seen_end(layout, window);
            for (from, to, value) in spans(&values, reach) {
                for (from, to) in while_up(lane, layout, from, to) {
                    let (from, to) = (layout.point(from, top), layout.point(to, top + each));
                    bands.push(Band { node, metric, value, from, to, label: None });
                }
            }
        }
    }
    // If there are many, only those that are long enough to be seen.
    let long = |band: &Band| layout.unpoint(band.to).0 - layout.unpoint(band.from).0;
    let mut least = 4.0;
    while bands.len() > BANDS_DRAWN && least < 1e9 {
        bands.retain(|band| long(band) >= least);
        least *= 2.0;
    }
    bands
}

/// Spans along the axis in which a line has one number other than 0.
fn spans(values: &[(f64, i64)], end: f64) -> Vec<(f64, f64, i64)> {
    let mut spans: Vec<(f64, f64, i64)> = Vec::new();
    for (place, &(from, value)) in values.iter().enumerate() {
        let to = values.get(place + 1).map_or(end.max(from), |next| next.0);
        match spans.last_mut() {
            Some(last) if last.2 == value => last.1 = to,
            _ => spans.push((from, to, value)),
        }
    }
    spans.retain(|&(from, to, value)| value != 0 && to > from);
    spans
}

/// Parts of a span of a line in which its node is not down.
fn while_up(lane: &Lane, layout: &Layout, from: f64, to: f64) -> Vec<(f64, f64)> {
    let up = lane.stretches.iter().filter(|stretch| stretch.state != LaneState::Down);
    let both = up.map(|stretch| {
        let (start, end) = (layout.unpoint(stretch.from).0, layout.unpoint(stretch.to).0);
        (from.max(start), to.min(end))
    });
    both.filter(|(from, to)| to > from).collect()
}

/// Labels the bands with their numbers, if there is room: at their beginnings, beside the line.
pub(super) fn label_bands(bands: &mut [Band], layout: &Layout, placed: &mut Placed) {
    for band in bands {
        let text = band.value.to_string();
        let width = half_bold(&text);
        let half = width + 4.0;
        let (start, top) = layout.unpoint(band.from);
        let (stop, bottom) = layout.unpoint(band.to);
        let places = match layout.orientation() {
            Orientation::Horizontal if stop - start < 2.0 * half => continue,
            Orientation::Horizontal => [
                (start + half, bottom - 7.0),
                (start + half, top + 7.0),
                (start + 3.0 * half, bottom - 7.0),
            ],
            Orientation::Vertical if stop - start < 16.0 => continue,
            Orientation::Vertical => [
                (start + 9.0, bottom - half),
                (start + 9.0, top + half),
                (start + 24.0, bottom - half),
            ],
        };
        let places = places.map(|(along, across)| layout.point(along, across));
        band.label = placed.place(width, places).map(|at| Label { at, text });
    }
}

/// Strips of the metrics that are drawn as curves, one after the other.
pub(super) fn plots(
    features: &Features,
    (protocol, scenario, trace): (&Protocol, &Scenario, &Trace),
    lanes: &[Lane],
    (layout, window, rough): Place,
    placed: &mut Placed,
) -> Vec<Plot> {
    let mut plots = Vec::new();
    for (place, metric) in measured(protocol, trace, Drawn::Curve).enumerate() {
        let top = layout.breadth() + STRIP * place as f64;
        let by_node: Vec<_> = lanes
            .iter()
            .map(|lane| {
                let values = values(features, trace, (layout, window, rough), lane.node, metric);
                (lane.node, lasting(values, lane, layout, window))
            })
            .filter(|(_, values)| !values.is_empty())
            .collect();
        // Extremes of the whole run, so that scrolling does not change the axis.
        let (least, greatest) = features.extremes[metric];
        let (low, high) = (round(least).min(0), round(greatest).max(0));
        let scale = Scale { low, high: if low == high { 1 } else { high }, top };
        let grid = scale.grid(layout);
        for Grid { label, .. } in &grid {
            placed.take(half_width(&label.text), label.at);
        }
        for (_, values) in &by_node {
            let &(along, value) = &values[values.len() - 1];
            placed.block(layout.point(along, scale.across(layout, value)), END);
        }
        plots.push(Plot {
            metric,
            from: layout.point(0.0, top),
            to: layout.point(layout.length(), top + STRIP),
            grid,
            curves: curves(&by_node, &scale, scenario, layout, placed),
        });
    }
    spare(&plots, layout, placed);
    plots
}

/// Keeps further texts, those of the lines, off the curves.
pub(super) fn spare(plots: &[Plot], layout: &Layout, placed: &mut Placed) {
    if !plots.is_empty() {
        let reach = layout.breadth() + MARGIN;
        placed.confine(layout.point(0.0, 0.0), layout.point(layout.length(), reach));
    }
}

/// Extends the last value until the run ends or the node is down for good: a value that is not measured again has
/// not changed.
fn lasting(
    mut values: Vec<(f64, i64)>,
    lane: &Lane,
    layout: &Layout,
    window: Window,
) -> Vec<(f64, i64)> {
    let down = lane.stretches.last().filter(|stretch| stretch.state == LaneState::Down);
    let known = down.map_or_else(|| end(layout), |stretch| layout.unpoint(stretch.from).0);
    let known = known.min(window.to);
    if let Some(&(along, value)) = values.last() {
        values.push((known.max(along), value));
    }
    values
}

/// Rounds away from 0 to a number that is easy to read: one digit and zeros.
fn round(value: i64) -> i64 {
    let mut unit: i64 = 1;
    while unit.saturating_mul(10) <= value.saturating_abs() {
        unit = unit.saturating_mul(10);
    }
    let more = unit - 1;
    let digits = value.saturating_abs().saturating_add(more) / unit;
    digits.saturating_mul(unit).saturating_mul(value.signum())
}

/// Axis of a strip.
struct Scale {
    low: i64,
    high: i64,
    top: f64,
}

impl Scale {
    /// Position of a value across: a higher value is farther up, or farther right if time runs down.
    fn across(&self, layout: &Layout, value: i64) -> f64 {
        let share = (value - self.low) as f64 / (self.high - self.low) as f64;
        let room = STRIP - 2.0 * MARGIN;
        match layout.orientation() {
            Orientation::Horizontal => self.top + MARGIN + room * (1.0 - share),
            Orientation::Vertical => self.top + MARGIN + room * share,
        }
    }

    fn grid(&self, layout: &Layout) -> Vec<Grid> {
        let mut values = vec![self.low, self.high];
        let needed = |value: i64| match layout.orientation() {
            Orientation::Horizontal => 16.0,
            Orientation::Vertical => half_width(&value.to_string()) + half_width("0") + 6.0,
        };
        let far =
            |value| (self.across(layout, value) - self.across(layout, 0)).abs() > needed(value);
        if far(self.low) && far(self.high) {
            values.push(0);
        }
        let start = layout.along_time(0.0);
        let line = |value: i64| {
            let across = self.across(layout, value);
            let text = value.to_string();
            let half = half_width(&text);
            let at = match layout.orientation() {
                Orientation::Horizontal => layout.point((start - 4.0 - half).max(half), across),
                Orientation::Vertical => layout.point(start - 10.0, across),
            };
            let (from, to) = (layout.point(start, across), layout.point(end(layout), across));
            Grid { from, to, label: Label { at, text } }
        };
        values.into_iter().map(line).collect()
    }
}

/// A node with its values, each with its position along the axis.
type OfNode = (NodeId, Vec<(f64, i64)>);

fn curves(
    by_node: &[OfNode],
    scale: &Scale,
    scenario: &Scenario,
    layout: &Layout,
    placed: &mut Placed,
) -> Vec<Curve> {
    let last = |values: &[(f64, i64)]| values.last().copied();
    let curve = |(place, (node, values)): (usize, &OfNode)| {
        let at = |along, value| layout.point(along, scale.across(layout, value));
        let points: Vec<_> = values.iter().map(|&(along, value)| at(along, value)).collect();
        // Curves that end together have one label, with the name of the first.
        let together = |(_, others): &&(NodeId, Vec<_>)| last(others) == last(values);
        let others = by_node.iter().filter(together).count() - 1;
        let name = scenario.name(*node);
        let text = match others {
            0 => elide_to(&name, NAME),
            _ if others + 1 == by_node.len() => "all".to_owned(),
            _ => format!("{} +{others}", elide_to(&name, NAME - 3)),
        };
        let first = !by_node[..place].iter().any(|other| together(&other));
        let candidates = first.then(|| beside_end(layout, points[points.len() - 1], &text));
        let label = placed.place(half_width(&text), candidates.into_iter().flatten());
        Curve { node: *node, points, label: label.map(|at| Label { at, text }) }
    };
    by_node.iter().enumerate().map(curve).collect()
}

/// Possible places of a curve's name: after its end.
fn beside_end(layout: &Layout, end: Point, text: &str) -> Vec<Point> {
    let half = half_width(text);
    let (along, across) = layout.unpoint(end);
    match layout.orientation() {
        Orientation::Horizontal => [0.0, -13.0, 13.0, -26.0, 26.0, -39.0, 39.0]
            .map(|aside| layout.point(along + half + 9.0, across + aside))
            .into(),
        Orientation::Vertical => [14.0, 27.0, 40.0]
            .into_iter()
            .flat_map(|down| {
                [0.0, -half, half].map(|aside| layout.point(along + down, across + aside))
            })
            .collect(),
    }
}
