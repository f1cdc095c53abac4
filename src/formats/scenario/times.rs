//! Moments and spans as JSON.

use super::{
    super::{json::Place, problem::Problem},
    bounds,
};
use crate::kernel::Time;

/// Reads a moment or a span, in virtual ms.
pub(super) fn time(place: &Place) -> Result<Time, Problem> {
    place.whole(bounds::TIMES)
}

/// Reads the first moment of a span and the one after its last.
pub(super) fn span(at: &Place, until: &Place) -> Result<(Time, Time), Problem> {
    let at = at.whole(bounds::BEGINNINGS)?;
    Ok((at, until.whole(bounds::ends_after(at))?))
}
