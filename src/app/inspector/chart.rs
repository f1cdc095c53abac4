//! Charts of the protocol's metrics: curves over the whole run.

use crate::app::text;
use crate::{
    app::Run,
    kernel::{EventKind, Metric, NodeId, Time},
};

/// Width and height of a chart in its own units.
pub const CHART: (u64, i64) = (1_000, 100);

/// The curves of one measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Name of the measure.
    pub name: String,
    /// Unit of the values.
    pub unit: &'static str,
    /// Meaning of the measure, in a line.
    pub help: &'static str,
    /// The least value, or 0.
    pub low: i64,
    /// The greatest value, or 0; greater than the least.
    pub high: i64,
    /// Curves, one for each node.
    pub curves: Vec<Line>,
    end: Time,
}

/// Values measured at one node, or over all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The node; none if the values are of all nodes.
    pub node: Option<NodeId>,
    /// Points of time and value, with straight lines between them.
    points: Vec<(Time, i64)>,
}

impl Line {
    /// Returns the value at a moment; none before the first measurement.
    #[must_use]
    pub fn at(&self, time: Time) -> Option<i64> {
        let later = self.points.partition_point(|(at, _)| *at <= time);
        let (from, value) = *self.points.get(later.checked_sub(1)?)?;
        let Some(&(to, next)) = self.points.get(later) else { return Some(value) };
        let share = i128::from(next - value) * i128::from(time - from) / i128::from(to - from);
        Some(value + share as i64)
    }

    /// Returns the least and the greatest value.
    #[must_use]
    pub fn range(&self) -> Option<(i64, i64)> {
        let values = || self.points.iter().map(|(_, value)| *value);
        Some((values().min()?, values().max()?))
    }

    /// Adds a point, unless the value is unchanged.
    fn push(&mut self, point: (Time, i64)) {
        if let [.., before, last] = self.points.as_mut_slice()
            && before.1 == last.1
            && last.1 == point.1
        {
            *last = point;
        } else if self.points.last() != Some(&point) {
            self.points.push(point);
        }
    }
}

/// Returns the charts of a run: the messages, and each of the protocol's metrics that was measured.
#[must_use]
pub fn charts(run: &Run) -> Vec<Chart> {
    let (trace, nodes) = (&run.trace, run.scenario.nodes.len());
    let mut sent = Line { node: None, points: vec![(0, 0)] };
    let mut count = 0;
    for event in trace.events.iter().filter(|event| matches!(event.kind, EventKind::Send(_))) {
        sent.push((event.time, count));
        count += 1;
        sent.push((event.time, count));
    }
    let help = text::chart::MESSAGES_HELP;
    let mut charts =
        vec![Chart::of(text::chart::MESSAGES.to_owned(), "messages", help, vec![sent])];
    for (place, metric) in protocol_metrics(run) {
        let line = |index| Line { node: Some(NodeId::new(index)), points: Vec::new() };
        let mut lines: Vec<Line> = (0..nodes).map(line).collect();
        for sample in &trace.samples {
            if let Some(value) = sample.values.get(place) {
                lines[sample.node.index()].push((sample.time, *value));
            }
        }
        lines.retain(|line| !line.points.is_empty());
        if !lines.is_empty() {
            charts.push(Chart::of(metric.name.to_owned(), metric.unit, metric.help, lines));
        }
    }
    let end = trace.events.last().map_or(0, |event| event.time).max(1);
    for chart in &mut charts {
        chart.end = end;
    }
    charts
}

fn protocol_metrics(run: &Run) -> impl Iterator<Item = (usize, &'static Metric)> {
    run.protocol.metrics.iter().enumerate()
}

impl Chart {
    fn of(name: String, unit: &'static str, help: &'static str, curves: Vec<Line>) -> Self {
        let ranges = || curves.iter().filter_map(Line::range);
        let low = ranges().map(|(low, _)| low).min().unwrap_or(0).min(0);
        let high = ranges().map(|(_, high)| high).max().unwrap_or(0).max(low + 1);
        Self { name, unit, help, low, high, curves, end: 1 }
    }

    /// Returns the end of the chart, in virtual ms.
    #[must_use]
    pub const fn end(&self) -> Time {
        self.end
    }

    /// Returns the horizontal position of a moment, in the chart's units.
    #[must_use]
    pub fn along(&self, time: Time) -> u64 {
        time.min(self.end) * CHART.0 / self.end
    }

    /// Returns the vertical position of a value.
    fn down(&self, value: i64) -> i64 {
        let share = i128::from(value - self.low) * i128::from(CHART.1);
        CHART.1 - (share / i128::from(self.high - self.low)) as i64
    }

    /// Returns a line as the data of a path. Where several points fall on one horizontal position, the line covers
    /// their range: the path has no more points than the chart has positions.
    #[must_use]
    pub fn path(&self, line: &Line) -> String {
        let mut d = String::new();
        // Points at one position: the first, the least, the greatest and the last value.
        let mut here: Option<(u64, [i64; 4])> = None;
        let draw = |d: &mut String, (x, values): (u64, [i64; 4])| {
            let mut before = None;
            for value in values {
                let y = self.down(value);
                if before != Some(y) {
                    d.push(if d.is_empty() { 'M' } else { 'L' });
                    d.push_str(&format!("{x} {y}"));
                }
                before = Some(y);
            }
        };
        let last = line.points.last().map(|(_, value)| (self.end, *value));
        for (time, value) in line.points.iter().copied().chain(last) {
            let x = self.along(time);
            here = Some(match here {
                Some((place, [first, least, most, _])) if place == x => {
                    (x, [first, least.min(value), most.max(value), value])
                }
                before => {
                    before.into_iter().for_each(|before| draw(&mut d, before));
                    (x, [value; 4])
                }
            });
        }
        here.into_iter().for_each(|last| draw(&mut d, last));
        d
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(Time, i64)]) -> Line {
        let mut line = Line::default();
        points.iter().for_each(|point| line.push(*point));
        line
    }

    #[test]
    fn between_two_points_it_goes_evenly_and_jumps_where_two_are_at_once() {
        let line = line(&[(10, 0), (20, 5), (20, 9), (30, 9), (40, 9)]);
        let at = [9, 10, 14, 19, 20, 35, 99].map(|time| line.at(time));
        assert_eq!(at, [None, Some(0), Some(2), Some(4), Some(9), Some(9), Some(9)]);
        assert_eq!(line.range(), Some((0, 9)));
        assert_eq!(line.points.len(), 4, "what has not changed is one piece");
    }

    #[test]
    fn chart_path_has_at_most_one_point_per_place() {
        let many: Vec<_> = (0..50_000).map(|at| (at, (at as i64 * 7) % 100)).collect();
        let line = line(&many);
        let chart = Chart { end: 50_000, ..Chart::of(String::new(), "", "", vec![line.clone()]) };
        let path = chart.path(&line);
        assert!(path.matches('L').count() <= 4 * CHART.0 as usize, "{}", path.len());
        assert!(path.starts_with("M0 100"), "{}", &path[..20]);
    }

    #[test]
    fn constant_series_is_drawn_at_the_bottom() {
        let flat = line(&[(0, 0)]);
        let chart = Chart { end: 10, ..Chart::of(String::new(), "", "", vec![flat.clone()]) };
        assert_eq!((chart.low, chart.high), (0, 1));
        assert_eq!(chart.path(&flat), "M0 100L1000 100");
    }
}
