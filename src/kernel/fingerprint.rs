//! Fingerprints of states, as one number each.
//!
//! A search meets millions of states and remembers only this number of each. Two different states have the
//! same fingerprint with probability 2⁻¹²⁸. The fingerprint is the same on every machine.

use std::hash::{Hash, Hasher};

use super::choices::mix;

/// A value that can be hashed, its type erased.
pub trait Identity {
    /// Feeds a hasher with everything that distinguishes the value from others of its type.
    fn identify(&self, hasher: &mut dyn Hasher);
}

impl<T: Hash> Identity for T {
    fn identify(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

/// A hasher that computes a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprinter {
    low: u64,
    high: u64,
    /// Number of bytes hashed: it distinguishes `ab, c` from `a, bc`.
    length: u64,
}

impl Fingerprinter {
    /// Returns a hasher that has taken no input.
    #[must_use]
    pub const fn new() -> Self {
        Self { low: 0x243F_6A88_85A3_08D3, high: 0x1319_8A2E_0370_7344, length: 0 }
    }

    /// Returns the fingerprint of the input so far.
    #[must_use]
    pub const fn fingerprint(self) -> u128 {
        let low = mix(self.low, self.length);
        (mix(self.high, low) as u128) << 64 | low as u128
    }

    fn word(&mut self, word: u64) {
        self.low = mix(self.low, word);
        // Another function of the same words: inputs that collide in one half do not collide in the other.
        self.high = (self.high.rotate_left(23) ^ word).wrapping_mul(0x9FB2_1C65_1E98_DF25);
        self.high ^= self.high >> 32;
    }
}

impl Default for Fingerprinter {
    fn default() -> Self {
        Self::new()
    }
}

/// The result does not depend on the machine's word length or byte order.
impl Hasher for Fingerprinter {
    fn write(&mut self, bytes: &[u8]) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(word.into());
    }

    fn write_u16(&mut self, word: u16) {
        self.write_u64(word.into());
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.length = self.length.wrapping_add(8);
        self.word(word);
    }

    fn write_u128(&mut self, word: u128) {
        self.write_u64(word as u64);
        self.write_u64((word >> 64) as u64);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.fingerprint() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &dyn Identity) -> u128 {
        let mut taken = Fingerprinter::new();
        value.identify(&mut taken);
        taken.fingerprint()
    }

    #[test]
    fn different_values_have_different_fingerprints() {
        let texts = ["", "a", "b", "ab", "ba", "a\0", "\0a", "aaaaaaaa", "aaaaaaaab", "aaaaaaaa\0"];
        let mut all: Vec<u128> = texts.iter().map(|text| of(text)).collect();
        // Numbers below 256 are the end marks of texts.
        all.extend((256..2000_u64).map(|number| of(&number)));
        all.extend((256..2000_u64).map(|number| of(&(number, 1_u8))));
        all.extend((256..2000_u64).map(|number| of(&(1_u8, number))));
        let count = all.len();
        for half in [|it: &u128| *it as u64, |it: &u128| (*it >> 64) as u64] {
            let mut halves: Vec<u64> = all.iter().map(half).collect();
            halves.sort_unstable();
            halves.dedup();
            assert_eq!(halves.len(), count);
        }
        assert_ne!(of(&("ab", "c")), of(&("a", "bc")));
        assert_ne!(of(&vec![vec![1_u8], vec![]]), of(&vec![vec![], vec![1_u8]]));
    }

    /// Shards of one search on different machines have to agree, and so do the page and a terminal.
    #[test]
    fn fingerprints_of_version_1_are_the_same_everywhere() {
        assert_eq!(of(&7_usize), of(&7_u64));
        // Computed by another program, from the definition above.
        assert_eq!(of(&"Alice"), 0xA6DD_783D_B8C5_197C_AC85_9F73_28A1_D7F5);
        assert_eq!(of(&7_u64), 0x73E3_52B8_3FB7_B3BF_6625_96CB_3D44_745D);
    }
}
