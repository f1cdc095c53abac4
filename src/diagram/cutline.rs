//! A cut drawn by the reader: its positions on the lines, and the places they stand for.

use super::Layout;
use crate::{analysis::Lines, kernel::NodeId};

/// Distance between a cut and the marks before and after it.
const CLEAR: f64 = 7.0;

/// Position along a node's line of a cut that includes the first `places` of its places: between the last of them
/// and the next one, as near to `time` as possible.
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

/// The reverse of [`cut_along`]: the number of a line's places before this position, and its moment.
#[must_use]
pub fn cut_at(layout: &Layout, lines: &Lines, node: NodeId, along: f64) -> (usize, f64) {
    let before = |event: &usize| layout.along_event(*event) <= along;
    (lines.places(node).partition_point(before), layout.time_at(along))
}
