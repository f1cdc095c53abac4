//! A cut that the reader draws: where it crosses the lines, and what that means.

use super::Layout;
use crate::{analysis::Lines, kernel::NodeId};

/// How far a cut keeps from the marks before and after it.
const CLEAR: f64 = 7.0;

/// How far along a node's line a cut is drawn that has so many of its places in, and is wanted at about this
/// moment: between the last of those and the first that is not.
#[must_use]
pub fn cut_along(layout: &Layout, lines: &Lines, node: NodeId, places: usize, time: f64) -> f64 {
    let at = lines.places(node);
    let after = places.checked_sub(1).and_then(|last| at.get(last));
    let after = after.map_or(0.0, |event| layout.along_event(*event));
    let before = at.get(places).map_or(f64::INFINITY, |event| layout.along_event(*event));
    if before - after < 2.0 * CLEAR {
        return (after + before) / 2.0;
    }
    layout.along_time(time).max(after + CLEAR).min(before - CLEAR).min(layout.length().max(after))
}

/// The reverse: how many places of a line are before this, and which moment that is.
#[must_use]
pub fn cut_at(layout: &Layout, lines: &Lines, node: NodeId, along: f64) -> (usize, f64) {
    let before = |event: &usize| layout.along_event(*event) <= along;
    (lines.places(node).partition_point(before), layout.time_at(along))
}
