//! Parts of a scenario as they are written.

use serde::{Serialize, Serializer};

use crate::{formats::json::decimal, kernel::PerMillion};

/// A probability or a rate.
pub(in crate::formats::scenario) struct Odds(pub(in crate::formats::scenario) PerMillion);

impl Serialize for Odds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        decimal(self.0.0.into()).serialize(serializer)
    }
}

/// Returns the value, unless it is the default.
pub(in crate::formats::scenario) fn unless<T: PartialEq>(default: &T, value: T) -> Option<T> {
    (value != *default).then_some(value)
}
