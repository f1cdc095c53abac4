//! Division of a search among machines.

/// A part of a search that is divided among machines. All parts together try what the whole search tries, and no two
/// of them count the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// The whole search.
    pub const WHOLE: Self = Self { number: 1, of: 1 };
    /// Into so many parts a search can be divided.
    pub const MOST: u32 = 10_000;

    /// Reads `3/16`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        let (number, of) = (number.trim().parse().ok()?, of.trim().parse().ok()?);
        (1 <= number && number <= of && of <= Self::MOST).then_some(Self { number, of })
    }

    /// Whether something is in this part, by its fingerprint.
    pub(super) const fn owns(self, print: u64) -> bool {
        print % self.of as u64 == self.number as u64 - 1
    }

    /// Whether what cannot be divided is done here.
    pub(super) const fn is_first(self) -> bool {
        self.number == 1
    }
}
