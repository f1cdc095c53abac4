//! Probabilities and rates as whole numbers.

use std::fmt;

/// A probability or a rate, in millionths: never a floating-point number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct PerMillion(pub u32);

impl PerMillion {
    /// Certainty; the rate of a clock that is right.
    pub const ONE: Self = Self(1_000_000);
}

/// The shortest decimal: `1`, `0.05`.
impl fmt::Display for PerMillion {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / Self::ONE.0, self.0 % Self::ONE.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}
