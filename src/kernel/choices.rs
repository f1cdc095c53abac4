//! Random draws, as pure functions of the seed and of places in the scenario's list of nodes.
//!
//! Every draw is keyed by its purpose, never taken from a shared stream. So an edit changes only what depends
//! on it, and the rest of the diagram stays the same. Names are no part of the key: renaming a node changes
//! nothing else. The functions are written out here because links must replay after a library's upgrade.

use super::NodeId;

/// Purpose of a draw: two draws of one message (its delay, its luck) are independent.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Link = 1,
    Delay,
    Loss,
    Duplicate,
    DuplicateDelay,
    Protocol,
    Corruption,
    Bit,
    Treason,
    Search,
}

/// Mixes two words into one (two rounds of SplitMix64's finaliser: Steele, Lea and Flood 2014).
pub(super) const fn mix(a: u64, b: u64) -> u64 {
    finalise(finalise(a.wrapping_add(0x9E37_79B9_7F4A_7C15)) ^ b)
}

const fn finalise(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Returns a number below `bound`, each equally likely (to within `bound / 2^64`); 0 if `bound` is 0.
pub(super) const fn below(word: u64, bound: u64) -> u64 {
    ((word as u128 * bound as u128) >> 64) as u64
}

/// Random choices of a process: back-off, coin flips. A pure function of seed, node and count.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Choices {
    key: u64,
    count: u64,
}

impl Choices {
    /// Returns the choices of one node.
    pub(super) const fn new(seed: u64, node: NodeId) -> Self {
        let key = mix(mix(seed, Purpose::Protocol as u64), node.index() as u64);
        Self { key, count: 0 }
    }

    /// Returns the number of choices made so far.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Returns a number below `bound`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        self.count += 1;
        below(mix(self.key, self.count), u64::from(bound)) as u32
    }
}

/// Random choices of a search: a pure function of a seed, the number of the attempt and the number of earlier
/// choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dice(Choices);

impl Dice {
    /// Returns the choices of one attempt.
    #[must_use]
    pub const fn new(seed: u64, number: u64) -> Self {
        Self(Choices { key: mix(mix(seed, Purpose::Search as u64), number), count: 0 })
    }

    /// Returns a number below `bound`; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.0.below(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Links would replay differently if these ever changed. The numbers were computed by another program,
    /// from the published definition of the function.
    #[test]
    fn choices_of_version_1_never_change() {
        assert_eq!(mix(7, 1), 0x0524_257C_04FC_F117);
        let mut dice = Choices::new(7, NodeId::new(2));
        let rolls: Vec<u32> = std::iter::repeat_with(|| dice.below(6)).take(8).collect();
        assert_eq!(rolls, [0, 2, 1, 4, 0, 2, 3, 2]);
    }

    #[test]
    fn draws_are_spread_evenly() {
        let mut dice = Choices::new(1, NodeId::new(2));
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[dice.below(10) as usize] += 1;
        }
        assert!(seen.iter().all(|count| (850..1150).contains(count)), "{seen:?}");
    }
}
