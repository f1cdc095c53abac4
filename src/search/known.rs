//! A set of fingerprints: eight bytes for each that it has room for, and nothing else.

/// Fingerprints of 64 bits that were met.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// A power of two of places, or none; 0 is a free one.
    places: Vec<u64>,
    count: usize,
}

/// What stands for the fingerprint 0, whose place would look free.
const ZERO: u64 = 0x9E37_79B9_7F4A_7C15;

impl Known {
    /// Takes note of one; false if it was known.
    pub(super) fn insert(&mut self, fingerprint: u64) -> bool {
        if self.count * 8 >= self.places.len() * 7 {
            self.grow();
        }
        let fingerprint = if fingerprint == 0 { ZERO } else { fingerprint };
        let inserted = put(&mut self.places, fingerprint);
        self.count += usize::from(inserted);
        inserted
    }

    fn grow(&mut self) {
        let mut larger = vec![0; (self.places.len() * 2).max(64)];
        for &fingerprint in self.places.iter().filter(|it| **it != 0) {
            put(&mut larger, fingerprint);
        }
        self.places = larger;
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.count
    }
}

/// Linear probing. Fingerprints are as good as random, so their own bits are their hash.
fn put(places: &mut [u64], fingerprint: u64) -> bool {
    let mask = places.len() - 1;
    let mut place = fingerprint as usize & mask;
    loop {
        match places[place] {
            0 => {
                places[place] = fingerprint;
                return true;
            }
            other if other == fingerprint => return false,
            _ => place = (place + 1) & mask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_new_once() {
        let mut known = Known::default();
        let all = || (0..10_000_u64).map(|it| it.wrapping_mul(0xD134_2543_DE82_EF95));
        assert!(all().all(|it| known.insert(it)));
        assert!(!all().any(|it| known.insert(it)));
        assert_eq!(known.len(), 10_000);
    }
}
