//! Maps and sets as sorted lists, and sorting.
//!
//! They do the same as `BTreeMap` and `BTreeSet`, with the same names and the same order. A tree is faster
//! from thousands of entries on. Here there are few entries, or each is added at the end: a list is faster
//! then, and an instance of it weighs far less in the page than an instance of a tree (docs/size.md).

use std::{borrow::Borrow, cmp::Ordering, fmt, ops::Index, slice, vec};

use serde::{Serialize, Serializer};

/// Returns the place of an element, or the place to insert it. Compiled once for lists of all types.
fn search(len: usize, compare: &dyn Fn(usize) -> Ordering) -> Result<usize, usize> {
    let (mut from, mut to) = (0, len);
    // New elements mostly come last.
    let mut middle = len.saturating_sub(1);
    while from < to {
        match compare(middle) {
            Ordering::Less => from = middle + 1,
            Ordering::Equal => return Ok(middle),
            Ordering::Greater => to = middle,
        }
        middle = from.midpoint(to);
    }
    Err(from)
}

/// Sorts a list; equals stay in their order.
pub fn sort<T: Ord>(list: &mut [T]) {
    let order = order(list.len(), &|one, other| list[one].cmp(&list[other]));
    arrange(list, order);
}

/// Sorts a list by a key; those of equal keys stay in their order.
pub fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    let order = order(list.len(), &|one, other| key(&list[one]).cmp(&key(&list[other])));
    arrange(list, order);
}

/// Sorts a list of many elements by a number, which is asked for once for each; those of equal numbers stay in their
/// order.
pub fn sort_by_number<T>(list: &mut [T], number: impl Fn(&T) -> u64) {
    let numbers = list.iter().map(number).enumerate();
    let mut numbers: Vec<_> = numbers.map(|(place, number)| (number, place)).collect();
    numbers.sort_unstable();
    arrange(list, numbers.into_iter().map(|(_, place)| place).collect());
}

/// Returns the order that sorts a list: for each new place, the old one. Compiled once for lists of all types.
fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<_> = (0..len).collect();
    order.sort_unstable_by(|one, other| compare(*one, *other).then(one.cmp(other)));
    order
}

/// Moves the element at `order[i]` to place `i`.
fn arrange<T>(list: &mut [T], mut order: Vec<usize>) {
    for first in 0..order.len() {
        // Goes round the cycle of elements that take each other's place.
        let mut place = first;
        loop {
            let next = std::mem::replace(&mut order[place], place);
            if next == first {
                break;
            }
            list.swap(place, next);
            place = next;
        }
    }
}

/// A map, in the order of its keys.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> SortedMap<K, V> {
    /// Returns the empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns the number of keys.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are no keys.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns all entries.
    #[must_use]
    pub fn iter(&self) -> Entries<'_, K, V> {
        Entries(self.0.iter())
    }

    /// Returns all keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.0.iter().map(|(key, _)| key)
    }

    /// Returns all values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// Returns all values, in the order of their keys, mutably.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Returns all values by value, in the order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.0.into_iter().map(|(_, value)| value)
    }

    /// Returns the entry of the smallest key.
    #[must_use]
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// Returns the entry of the largest key.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// Removes the entries for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        search(self.0.len(), &|place| self.0[place].0.borrow().cmp(key))
    }

    /// Returns the value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(&self.0[place].1)
    }

    /// Returns the value of a key, mutably.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(&mut self.0[place].1)
    }

    /// True if the key is in the map.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Sets the value of a key; returns its previous value.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// Removes a key; returns its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Returns the entry of a key, present or absent.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { place: self.find(&key), key, map: self }
    }

    /// Returns the entry of the largest key below this one.
    pub fn before(&self, key: &K) -> Option<(&K, &V)> {
        let (Ok(place) | Err(place)) = self.find(key);
        self.0[..place].last().map(|(key, value)| (key, value))
    }
}

/// The entry of a key, present or absent.
#[derive(Debug)]
pub struct Entry<'a, K, V> {
    map: &'a mut SortedMap<K, V>,
    key: K,
    place: Result<usize, usize>,
}

impl<'a, K, V> Entry<'a, K, V> {
    /// Returns the key's value; makes it if there is none.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        let list = &mut self.map.0;
        let place = match self.place {
            Ok(place) => place,
            Err(place) => {
                list.insert(place, (self.key, make()));
                place
            }
        };
        &mut list[place].1
    }

    /// Returns the key's value; inserts this one if there is none.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// Returns the key's value; inserts the default if there is none.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SortedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: Serialize, V: Serialize> Serialize for SortedMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for SortedMap<K, V> {
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key is there")
    }
}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for SortedMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a SortedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Entries<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The entries of a map, in the order of their keys.
#[derive(Debug)]
pub struct Entries<'a, K, V>(slice::Iter<'a, (K, V)>);

impl<K, V> Clone for Entries<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, K, V> Iterator for Entries<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Entries<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(key, value)| (key, value))
    }
}

impl<K, V> ExactSizeIterator for Entries<'_, K, V> {}

/// A set, in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortedSet<T>(Vec<T>);

impl<T> SortedSet<T> {
    /// Returns the empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns the number of elements.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are no elements.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes all elements.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns all elements.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Returns the smallest element.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.0.first()
    }

    /// Returns the largest element.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.0.last()
    }

    /// Removes and returns the smallest element.
    pub fn pop_first(&mut self) -> Option<T> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// Removes the elements for which `keep` is false.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }
}

impl<T: Ord> SortedSet<T> {
    fn find(&self, what: &T) -> Result<usize, usize> {
        search(self.0.len(), &|place| self.0[place].cmp(what))
    }

    /// True if the set contains the element.
    pub fn contains(&self, what: &T) -> bool {
        self.find(what).is_ok()
    }

    /// Adds an element; false if it was there already.
    pub fn insert(&mut self, what: T) -> bool {
        let place = self.find(&what);
        if let Err(place) = place {
            self.0.insert(place, what);
        }
        place.is_err()
    }

    /// Removes an element; false if it was not there.
    pub fn remove(&mut self, what: &T) -> bool {
        let place = self.find(what);
        if let Ok(place) = place {
            self.0.remove(place);
        }
        place.is_ok()
    }
}

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for SortedSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_set().entries(&self.0).finish()
    }
}

impl<T: Serialize> Serialize for SortedSet<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<T: Ord> Extend<T> for SortedSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, all: I) {
        for one in all {
            self.insert(one);
        }
    }
}

impl<T: Ord> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut set = Self::new();
        set.extend(all);
        set
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for SortedSet<T> {
    fn from(all: [T; N]) -> Self {
        all.into_iter().collect()
    }
}

impl<T> IntoIterator for SortedSet<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a SortedSet<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Returns keys in no order, some of them twice.
    fn keys() -> impl Iterator<Item = u32> {
        (0..500_u32).map(|i| i.wrapping_mul(2_654_435_761) % 97)
    }

    #[test]
    fn sorted_map_equals_a_tree_map() {
        let (mut map, mut tree) = (SortedMap::new(), BTreeMap::new());
        for (value, key) in keys().enumerate() {
            match value % 3 {
                0 => assert_eq!(map.insert(key, value), tree.insert(key, value)),
                1 => assert_eq!(map.remove(&key), tree.remove(&key)),
                _ => *map.entry(key).or_default() = *tree.entry(key).or_insert(0),
            }
            assert!(map.iter().eq(&tree));
            assert_eq!(map.before(&key), tree.range(..key).next_back());
            assert_eq!(map.get(&(key + 1)), tree.get(&(key + 1)));
        }
        assert!(!map.is_empty());
    }

    #[test]
    fn equals_stay_in_their_order() {
        let mut list: Vec<_> = keys().enumerate().collect();
        let mut expected = list.clone();
        expected.sort_by_key(|(_, key)| *key);
        sort_by_key(&mut list, |(_, key)| *key);
        assert_eq!(list, expected);
        let mut list: Vec<_> = keys().enumerate().collect();
        sort_by_number(&mut list, |(_, key)| (*key).into());
        assert_eq!(list, expected);
        sort(&mut list);
        assert!(list.is_sorted());
    }

    #[test]
    fn sorted_set_equals_a_tree_set() {
        let (mut set, mut tree) = (SortedSet::new(), BTreeSet::new());
        for (turn, key) in keys().enumerate() {
            match turn % 5 {
                0..3 => assert_eq!(set.insert(key), tree.insert(key)),
                3 => assert_eq!(set.remove(&key), tree.remove(&key)),
                _ => assert_eq!(set.pop_first(), tree.pop_first()),
            }
            assert!(set.iter().eq(&tree));
            assert_eq!(set.contains(&(key + 1)), tree.contains(&(key + 1)));
        }
        assert!(!set.is_empty());
    }
}
