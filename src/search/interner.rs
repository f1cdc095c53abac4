//! Interning by fingerprint: values that are compared, copied and stored millions of times are replaced by numbers.

use hashbrown::{HashTable, hash_table::Entry};

/// Interned values, numbered in the order of their first use.
#[derive(Clone, Debug)]
pub(super) struct Interner<T> {
    table: HashTable<(u128, u32)>,
    items: Vec<T>,
}

impl<T> Interner<T> {
    pub(super) const fn new() -> Self {
        Self { table: HashTable::new(), items: Vec::new() }
    }

    /// Returns the number of the value with this fingerprint, which is made if it is new.
    pub(super) fn intern(&mut self, fingerprint: u128, make: impl FnOnce() -> T) -> u32 {
        let hash = |(fingerprint, _): &(u128, u32)| *fingerprint as u64;
        match self.table.entry(fingerprint as u64, |(known, _)| *known == fingerprint, hash) {
            Entry::Occupied(known) => known.get().1,
            Entry::Vacant(place) => {
                let number = u32::try_from(self.items.len()).expect("fewer than 2³² items");
                place.insert((fingerprint, number));
                self.items.push(make());
                debug_assert!(self.table.len() == self.items.len(), "numbers are dense");
                number
            }
        }
    }

    pub(super) fn get(&self, number: u32) -> &T {
        &self.items[number as usize]
    }

    pub(super) const fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns the values in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
    }
}

/// A table of computed results, by two numbers.
#[derive(Clone, Debug)]
pub(super) struct Memo(HashTable<(u64, u32)>);

impl Memo {
    pub(super) const fn new() -> Self {
        Self(HashTable::new())
    }

    pub(super) fn get(&self, one: u32, two: u32) -> Option<u32> {
        let key = pair(one, two);
        self.0.find(spread(key), |(known, _)| *known == key).map(|(_, value)| *value)
    }

    pub(super) fn insert(&mut self, one: u32, two: u32, value: u32) {
        let key = pair(one, two);
        debug_assert!(self.get(one, two).is_none(), "a result is computed once");
        self.0.insert_unique(spread(key), (key, value), |(key, _)| spread(*key));
    }
}

const fn pair(one: u32, two: u32) -> u64 {
    (one as u64) << 32 | two as u64
}

/// Spreads the bits of small numbers for the hash table.
const fn spread(key: u64) -> u64 {
    let key = (key ^ (key >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    key ^ (key >> 29)
}

/// A set of fingerprints.
#[derive(Clone, Debug, Default)]
pub(super) struct FingerprintSet(HashTable<u64>);

impl FingerprintSet {
    /// Adds a fingerprint; false if it was there.
    pub(super) fn insert(&mut self, fingerprint: u64) -> bool {
        match self.0.entry(fingerprint, |known| *known == fingerprint, |fingerprint| *fingerprint) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(fingerprint);
                true
            }
        }
    }

    pub(super) fn contains(&self, fingerprint: u64) -> bool {
        self.0.find(fingerprint, |known| *known == fingerprint).is_some()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interned_value_has_one_number() {
        let mut ids = Interner::new();
        let fingerprints =
            || (0..1000_u128).map(|it| it.wrapping_mul(0x1234_5678_9ABC_DEF1_2345_6789));
        let numbers: Vec<u32> =
            fingerprints().map(|fingerprint| ids.intern(fingerprint, || fingerprint)).collect();
        assert_eq!(numbers, (0..1000).collect::<Vec<_>>());
        assert!(
            fingerprints()
                .zip(numbers)
                .all(|(fingerprint, number)| ids.intern(fingerprint, || 0) == number)
        );
        assert_eq!((ids.len(), *ids.get(0)), (1000, 0));
    }

    #[test]
    fn interned_result_is_found_again() {
        let mut memo = Memo::new();
        for one in 0..100 {
            for two in 0..100 {
                assert_eq!(memo.get(one, two), None);
                memo.insert(one, two, one * 100 + two);
            }
        }
        assert!((0..100).all(|it| memo.get(it, 99 - it) == Some(it * 100 + 99 - it)));
    }
}
