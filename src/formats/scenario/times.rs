//! Moments and spans as JSON.

use super::{
    super::{json::Place, problem::Problem},
    check,
};
use crate::kernel::Time;

/// Reads a moment or a span, in virtual ms.
pub(super) fn time(place: &Place) -> Result<Time, Problem> {
    place.whole(check::TIMES)
}

/// Reads the first moment of a span and the one after its last.
pub(super) fn span(at: &Place, until: &Place) -> Result<(Time, Time), Problem> {
    let at = at.whole(check::BEGINNINGS)?;
    Ok((at, until.whole(check::ends_after(at))?))
}
