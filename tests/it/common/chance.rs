//! Chance: the only source of randomness in the tests, seeded, so that every failure can be repeated.

/// Generator of pseudo-random numbers (SplitMix64, Steele, Lea and Flood 2014), independent of the kernel's.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// Starts the stream of a seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    /// Draws a number of 64 bits.
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Draws a number from `least` to `most`.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.word() % (most - least + 1)
    }

    /// Draws a place below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.between(0, bound as u64 - 1) as usize
    }

    /// True with a probability of `odds` percent.
    pub(crate) fn percent(&mut self, odds: u64) -> bool {
        self.between(1, 100) <= odds
    }

    /// Draws a byte.
    pub(crate) fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }

    /// Draws one of these items.
    pub(crate) fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}
