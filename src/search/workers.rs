//! Worker threads: one in the page, all cores of a computer natively.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Number of worker threads. Results never depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    count: usize,
}

impl Workers {
    /// One worker: for targets without threads.
    pub const ONE: Self = Self { count: 1 };

    /// Largest number of workers: more than the cores of one machine.
    pub const MOST: usize = 256;

    /// Returns this number of workers; at least one.
    #[must_use]
    pub const fn of(count: usize) -> Self {
        Self { count: if count == 0 { 1 } else { count } }
    }

    /// Returns one worker for each core.
    #[must_use]
    pub fn all_cores() -> Self {
        Self::of(thread::available_parallelism().map_or(1, usize::from))
    }

    /// Applies a function to each item in parallel; the results are in the order of the items.
    pub(super) fn map<T: Sync, R: Send>(
        self,
        items: &[T],
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R> {
        if self.count == 1 || items.len() <= 1 {
            return items.iter().map(work).collect();
        }
        let part = items.len().div_ceil(self.count * 4).max(1);
        let parts: Vec<&[T]> = items.chunks(part).collect();
        let next = AtomicUsize::new(0);
        let take = || {
            let mut done = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(part) = parts.get(place) else { return done };
                done.push((place, part.iter().map(&work).collect::<Vec<R>>()));
            }
        };
        let mut done: Vec<(usize, Vec<R>)> = thread::scope(|scope| {
            // This thread works too. So if the system starts fewer threads, the work is still done.
            let start = || thread::Builder::new().spawn_scoped(scope, take);
            let helpers = 1..self.count.min(parts.len());
            let handles: Vec<_> = helpers.map_while(|_| start().ok()).collect();
            let mut done = take();
            done.extend(
                handles.into_iter().flat_map(|handle| handle.join().expect("no worker panics")),
            );
            done
        });
        done.sort_unstable_by_key(|(place, _)| *place);
        debug_assert!(
            done.iter().map(|(place, _)| *place).eq(0..parts.len()),
            "each part is done once"
        );
        done.into_iter().flat_map(|(_, results)| results).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_however_many_work() {
        let items: Vec<u64> = (0..1000).collect();
        let squares: Vec<u64> = items.iter().map(|it| it * it).collect();
        for count in [0, 1, 2, 3, 16, 100_000] {
            assert_eq!(Workers::of(count).map(&items, |it| it * it), squares);
        }
        assert_eq!(Workers::of(4).map(&[], |it: &u64| *it), [0; 0]);
    }
}
