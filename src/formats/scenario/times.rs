//! Moments and spans as JSON.

use super::{
    super::{json::Place, problem::Problem},
    bounds,
};
use crate::kernel::{Delay, MAX_TIME, Time};

/// Reads a moment or a span, in virtual ms.
pub(super) fn time(place: &Place) -> Result<Time, Problem> {
    place.whole(bounds::TIMES)
}

/// Reads the first moment of a span and the one after its last.
pub(super) fn span(at: &Place, until: &Place) -> Result<(Time, Time), Problem> {
    let at = at.whole(bounds::BEGINNINGS)?;
    Ok((at, until.whole(bounds::ends_after(at))?))
}

/// Reads a range of delays: `[least, greatest]`, in virtual ms.
pub(super) fn delay(place: &Place) -> Result<Delay, Problem> {
    let expected = "[least, greatest], in ms";
    match place.list(expected, usize::MAX)?.as_slice() {
        [least, greatest] => {
            let min = time(least)?;
            Ok(Delay { min, max: greatest.whole(min..=MAX_TIME)? })
        }
        _ => Err(place.problem(expected)),
    }
}
