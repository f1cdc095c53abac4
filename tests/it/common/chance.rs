//! Chance for tests, seeded: a failure can be had again.

/// A small generator of its own (SplitMix64, Steele, Lea and Flood 2014), independent of the kernel's.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The stream of this seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.word() % (most - least + 1)
    }

    /// A place below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.between(0, bound as u64 - 1) as usize
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, odds: u64) -> bool {
        self.between(1, 100) <= odds
    }
}
