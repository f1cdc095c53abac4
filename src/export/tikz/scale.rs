//! The scale of the axis: a round number of ms for a unit, and the length of a unit on paper.

use super::labels::Label;
use crate::{
    kernel::{Fate, Time},
    runs::Outcome,
};

/// The axis of a picture.
#[derive(Debug)]
pub(super) struct Scale {
    /// Virtual ms of one unit.
    pub(super) unit: Time,
    /// Length of one unit on paper, in mm.
    pub(super) millimetres: u64,
    /// End of the lines, in virtual ms.
    pub(super) end: Time,
}

/// Least and greatest length of a picture, in mm: LaTeX draws nothing longer than 5.75 m.
const SHORTEST: u64 = 120;
const LONGEST: u64 = 2_000;
/// Width of a character on paper, in tenths of a mm, and the room between two labels.
const CHARACTER: u64 = 17;
const ROOM: u64 = 20;
/// Length of a unit, in mm: the package's marks are a tenth of it.
const UNIT: u64 = 14;

impl Scale {
    /// Chooses a scale by which the labels of a line have room beside each other, if the picture does not become too long.
    pub(super) fn of(run: &Outcome, labels: &[Label], texts: &[String]) -> Self {
        let last = run.trace.events.last().map_or(0, |event| event.time);
        let in_transit = run.trace.messages.iter().flat_map(|message| message.fates());
        let is_open = in_transit.into_iter().any(|fate| matches!(fate, Fate::InTransit { .. }));
        // A run at rest long before its horizon needs no line up to there.
        let rest = (last / 10).max(5);
        let rest = if is_open { run.trace.end + rest } else { run.trace.end.min(last + rest) };
        let end = rest.max(last).max(1);
        let width = |label: &Label| {
            let most = label.lines.iter().map(|line| line.chars().count() as u64).max();
            most.unwrap_or_default() * CHARACTER / 10
        };
        let mut length = SHORTEST;
        for pair in labels.windows(2) {
            let [one, other] = pair else { continue };
            if one.node == other.node {
                let needed = (width(one) + width(other)) / 2 + ROOM / 10;
                let gap = other.time.saturating_sub(one.time).max(1);
                length = length.max(needed.saturating_mul(end) / gap);
            }
        }
        // The texts of messages share the rows between the lines.
        let texts: u64 =
            texts.iter().map(|text| text.chars().count() as u64 * CHARACTER / 10).sum();
        let rows = run.scenario.nodes.len().saturating_sub(1).max(1) as u64;
        let length = length.max(texts / rows).min(LONGEST);
        let unit = round(end.saturating_mul(UNIT).div_ceil(length));
        let millimetres = (length.saturating_mul(unit) / end).clamp(5, 60);
        Self { unit, millimetres, end }
    }

    /// Returns a time in units, with at most three decimals.
    pub(super) fn date(&self, time: Time) -> String {
        let thousandths = time.saturating_mul(1000) / self.unit;
        let (whole, rest) = (thousandths / 1000, thousandths % 1000);
        let decimals = format!("{rest:03}");
        match decimals.trim_end_matches('0') {
            "" => whole.to_string(),
            decimals => format!("{whole}.{decimals}"),
        }
    }

    /// Latest time that has a place beyond the end of the lines: a longer way would be too long for LaTeX.
    pub(super) const fn farthest(&self) -> Time {
        self.end.saturating_mul(2)
    }

    /// Returns the part of a message's way up to the end of the lines, with two decimals.
    pub(super) fn part(&self, sent: Time, due: Time) -> String {
        let due = due.min(self.farthest());
        let way = due.saturating_sub(sent).max(1);
        let part = (self.end.saturating_sub(sent).saturating_mul(100) / way).clamp(5, 95);
        format!("0.{part:02}")
    }
}

/// Returns the least 1, 2 or 5 times a power of ten that is not smaller.
fn round(least: u64) -> u64 {
    let mut power = 1;
    loop {
        for factor in [1, 2, 5] {
            if factor * power >= least {
                return factor * power;
            }
        }
        power *= 10;
    }
}
