//! Implicit forests: sums over ranges of the events of a lane, or of the messages of a lane pair, in O(log n).
//!
//! The items of a group are consecutive in one flat array, in their order in the run. Above it stand levels of sums over
//! blocks of [`BLOCK`] consecutive entries: a tree for each group, without pointers. A range of one group consists of
//! whole blocks and at most two broken ones on each level, so blocks may span groups.

use std::ops::Range;

/// Number of entries that an entry of the next level sums.
const BLOCK: usize = 16;

/// A sum of properties of items.
pub(super) trait Sum: Copy {
    /// The sum of no items.
    const NONE: Self;

    /// Returns the sum of two sums.
    fn plus(self, other: Self) -> Self;
}

/// Items by group, with sums over them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Forest<T> {
    /// Items, group by group.
    items: Vec<u32>,
    /// By group: the place of its first item; at the end, the number of items.
    starts: Vec<u32>,
    /// Sums over blocks of items, over blocks of these, and so on.
    levels: Vec<Vec<T>>,
}

impl<T: Sum> Forest<T> {
    /// Number of groups.
    pub(super) const fn groups(&self) -> usize {
        self.starts.len() - 1
    }

    /// Item at a place.
    pub(super) fn item(&self, place: usize) -> usize {
        self.items[place] as usize
    }

    /// Places of the items of a group that are in this range.
    pub(super) fn places(&self, group: usize, items: &Range<usize>) -> Range<usize> {
        let (first, last) = (self.starts[group] as usize, self.starts[group + 1] as usize);
        let of_group = &self.items[first..last];
        let before = |end: usize| first + of_group.partition_point(|&item| (item as usize) < end);
        let from = before(items.start);
        from..before(items.end).max(from)
    }

    /// Places of the items of a group between each border and the next one.
    pub(super) fn divided<'a>(
        &'a self,
        group: usize,
        borders: &'a [usize],
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let last = self.starts[group + 1] as usize;
        let mut from = self.places(group, &(0..borders[0])).end;
        borders[1..].iter().map(move |&border| {
            let rest = &self.items[from..last];
            let to = from + rest.partition_point(|&item| (item as usize) < border);
            let places = from..to;
            from = to;
            places
        })
    }

    /// Sum over a range of places.
    pub(super) fn sum(&self, places: Range<usize>, of: impl Fn(usize) -> T) -> T {
        let mut sum = T::NONE;
        let Range { start: mut from, end: mut to } = places;
        let of_place = |place: usize| of(self.item(place));
        // Entries beside whole blocks are added; the blocks are entries of the next level.
        let mut level: Option<&[T]> = None;
        for next in &self.levels {
            let entry = |place: usize| level.map_or_else(|| of_place(place), |level| level[place]);
            if to - from < BLOCK {
                break;
            }
            while from % BLOCK != 0 {
                sum = sum.plus(entry(from));
                from += 1;
            }
            while to % BLOCK != 0 {
                to -= 1;
                sum = sum.plus(entry(to));
            }
            (from, to) = (from / BLOCK, to / BLOCK);
            level = Some(next);
        }
        let entry = |place: usize| level.map_or_else(|| of_place(place), |level| level[place]);
        (from..to).fold(sum, |sum, place| sum.plus(entry(place)))
    }

    /// Finds the first item in a range of places whose sum is wanted. A block without wanted items is not looked into.
    pub(super) fn find(
        &self,
        places: Range<usize>,
        of: impl Fn(usize) -> T,
        wanted: impl Fn(T) -> bool,
    ) -> Option<usize> {
        let mut place = places.start;
        while place < places.end {
            let mut width = 1;
            for level in &self.levels {
                let next = width * BLOCK;
                let block = level.get(place / next).filter(|_| place.is_multiple_of(next));
                if block.is_none_or(|block| wanted(*block)) {
                    break;
                }
                width = next;
            }
            if width == 1 && wanted(of(self.item(place))) {
                return Some(place);
            }
            place += width;
        }
        None
    }
}

/// A forest that is being built, in slices.
#[derive(Clone, Debug)]
pub(super) struct Growing<T> {
    forest: Forest<T>,
    /// By group: the place of the next item.
    next: Vec<u32>,
    counted: usize,
    placed: usize,
    summed: usize,
    /// Sum of the items since the last whole block.
    open: T,
}

impl<T: Sum> Growing<T> {
    /// Begins a forest of so many groups.
    pub(super) fn new(groups: usize) -> Self {
        let forest =
            Forest { items: Vec::new(), starts: vec![0; groups + 1], levels: vec![Vec::new()] };
        Self { forest, next: Vec::new(), counted: 0, placed: 0, summed: 0, open: T::NONE }
    }

    /// Does `steps` steps of the building, at most three for each of `count` items. True once it is done.
    pub(super) fn advance(
        &mut self,
        (steps, count): (usize, usize),
        group: impl Fn(usize) -> usize,
        of: impl Fn(usize) -> T,
    ) -> bool {
        let forest = &mut self.forest;
        if self.counted < count {
            let until = self.counted.saturating_add(steps).min(count);
            for item in self.counted..until {
                forest.starts[group(item) + 1] += 1;
            }
            self.counted = until;
        } else if self.placed < count {
            if self.placed == 0 {
                for group in 1..forest.starts.len() {
                    forest.starts[group] += forest.starts[group - 1];
                }
                self.next = forest.starts.clone();
                forest.items = vec![0; count];
            }
            let until = self.placed.saturating_add(steps).min(count);
            for item in self.placed..until {
                let next = &mut self.next[group(item)];
                forest.items[*next as usize] = item as u32;
                *next += 1;
            }
            self.placed = until;
        } else {
            let until = self.summed.saturating_add(steps).min(count);
            for place in self.summed..until {
                self.open = self.open.plus(of(forest.items[place] as usize));
                if (place + 1) % BLOCK == 0 {
                    forest.levels[0].push(self.open);
                    self.open = T::NONE;
                }
            }
            self.summed = until;
        }
        self.summed == count
    }

    /// Returns the forest once it is done.
    pub(super) fn finish(self) -> Forest<T> {
        let mut forest = self.forest;
        while let Some(last) = forest.levels.last()
            && last.len() >= BLOCK
        {
            let whole = last.chunks_exact(BLOCK);
            let next = whole.map(|block| block.iter().fold(T::NONE, |sum, it| sum.plus(*it)));
            let next = next.collect();
            forest.levels.push(next);
        }
        forest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Both {
        total: u64,
        greatest: u64,
    }

    impl Sum for Both {
        const NONE: Self = Self { total: 0, greatest: 0 };

        fn plus(self, other: Self) -> Self {
            let greatest = self.greatest.max(other.greatest);
            Self { total: self.total + other.total, greatest }
        }
    }

    /// A number that looks random, by its place.
    const fn scattered(place: usize) -> usize {
        (place.wrapping_mul(2_654_435_761) >> 7) % 1_000_003
    }

    fn of(item: usize) -> Both {
        let value = scattered(item + 17) as u64;
        Both { total: value, greatest: value }
    }

    fn forest(groups: usize, count: usize, steps: usize) -> Forest<Both> {
        let mut growing = Growing::new(groups);
        while !growing.advance((steps, count), |item| scattered(item) % groups, of) {}
        growing.finish()
    }

    #[test]
    fn forest_of_random_items_sums_as_its_plain_definition() {
        for (groups, count, steps) in [(1, 0, 5), (3, 7, 1), (5, 4_000, 100), (2, 10_000, 999)] {
            let forest = forest(groups, count, steps);
            for round in 0..400 {
                let (one, other) = (scattered(round), scattered(round + 5_000));
                let (from, to) = (one % (count + 1), other % (count + 1));
                let range = from.min(to)..from.max(to);
                let group = round % groups;
                let plain = range.clone().filter(|item| scattered(*item) % groups == group);
                let plain: Vec<_> = plain.collect();
                let places = forest.places(group, &range);
                assert_eq!(places.len(), plain.len());
                let sum = plain.iter().fold(Both::NONE, |sum, item| sum.plus(of(*item)));
                assert_eq!(forest.sum(places.clone(), of), sum);
                let wanted = |it: Both| it.greatest > 900_000;
                let found = forest.find(places, of, wanted).map(|place| forest.item(place));
                assert_eq!(found, plain.iter().copied().find(|item| wanted(of(*item))));
            }
        }
    }

    #[test]
    fn forest_of_many_items_looks_at_few_of_them() {
        use std::cell::Cell;
        let count = 1_000_000;
        let forest = forest(1, count, usize::MAX);
        let looks = Cell::new(0);
        let counted = |item: usize| {
            looks.set(looks.get() + 1);
            of(item)
        };
        forest.sum(forest.places(0, &(3..count - 3)), counted);
        assert!(looks.get() < 2 * BLOCK, "{}", looks.get());
        looks.set(0);
        assert_eq!(forest.find(0..count, counted, |it| it.greatest > 2_000_000), None);
        assert!(looks.get() < 2 * BLOCK, "{}", looks.get());
        let bytes =
            forest.levels.iter().map(|level| level.len() * size_of::<Both>()).sum::<usize>();
        assert!(bytes < count * 2, "{bytes}");
    }
}
