//! Division of a search among machines.

/// A part of a divided search. All shards together try what the whole search tries, and no two of them count the same
/// run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Number of the shard, from 1.
    pub number: u32,
    /// Number of shards.
    pub of: u32,
}

impl Shard {
    /// The whole search.
    pub const WHOLE: Self = Self { number: 1, of: 1 };
    /// Largest number of shards.
    pub const MOST: u32 = 10_000;

    /// Reads `3/16`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        let (number, of) = (number.trim().parse().ok()?, of.trim().parse().ok()?);
        (1 <= number && number <= of && of <= Self::MOST).then_some(Self { number, of })
    }

    /// True if the item with this fingerprint belongs to the shard.
    pub(super) const fn owns(self, print: u64) -> bool {
        debug_assert!(1 <= self.number && self.number <= self.of, "a shard is one of the shards");
        print % self.of as u64 == self.number as u64 - 1
    }

    /// True if the shard does the work that cannot be divided.
    pub(super) const fn is_first(self) -> bool {
        self.number == 1
    }
}
