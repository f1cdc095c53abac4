//! Files for the code that several parts of the program share.
//!
//! The splitter makes a module for every *set* of split points that share code: 130 for twelve points, and possibly
//! thousands for a hundred. A file for each would cost a request each; one file for all would make every reader
//! fetch the code of all. [`plan`] chooses files between these ends.

/// Cost of a request, in bytes of brotli: its headers, and what the code before and after it would have shared in
/// one compressed file.
const REQUEST: i64 = 2_000;

/// Greatest size of a file that is merged from several sets, in bytes of brotli. A larger set remains alone.
const LARGEST: u64 = 26_000;

/// Bytes of brotli to a byte of the splitter's code and data, in thousandths: the mean of this page's parts.
const PACKED: u64 = 340;

/// Greatest number of split points.
pub(crate) const MOST_POINTS: usize = 256;

/// A set of split points, by their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Points([u64; MOST_POINTS / 64]);

impl Points {
    /// Returns the set of all numbers below this one.
    pub(crate) fn below(count: usize) -> Self {
        (0..count).collect()
    }

    /// True if the set contains this number.
    pub(crate) fn contains(&self, point: usize) -> bool {
        self.0[point / 64] & (1 << (point % 64)) != 0
    }

    fn len(&self) -> i64 {
        self.0.iter().map(|word| i64::from(word.count_ones())).sum()
    }

    fn union(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }
}

impl FromIterator<usize> for Points {
    fn from_iter<I: IntoIterator<Item = usize>>(points: I) -> Self {
        points.into_iter().fold(Self::default(), |mut set, point| {
            set.0[point / 64] |= 1 << (point % 64);
            set
        })
    }
}

/// The code that exactly these split points share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    /// Split points that need it.
    pub(crate) points: Points,
    /// Number of bytes of code and data, before they are optimised and compressed.
    pub(crate) bytes: u64,
}

/// One file: the sets in it, by their places in the input, and the split points that load it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Places of its sets, ascending.
    pub(crate) sets: Vec<usize>,
    /// Split points that load it: all that need one of its sets.
    pub(crate) points: Points,
    size: u64,
    /// True for the file that is fetched in parallel with the main program: it costs no request later.
    pub(crate) first: bool,
}

/// Returns the files, the first of all in front (if it has a set), then by their sets.
///
/// The sum over all split points of requests and of bytes that the point does not need is made small, greedily: the
/// two files whose union saves most are merged as long as any union saves. All files begin with one set; one more
/// file, which everyone fetches at the start, begins empty.
pub(crate) fn plan(sets: &[Shared], points: usize) -> Vec<File> {
    let everyone = File { sets: Vec::new(), points: Points::below(points), size: 0, first: true };
    let single = |(place, set): (usize, &Shared)| File {
        sets: vec![place],
        points: set.points,
        size: set.bytes * PACKED / 1000,
        first: false,
    };
    let mut files: Vec<File> = vec![everyone];
    files.extend(sets.iter().enumerate().map(single));
    // For each file its best partner among the files before it.
    let mut best: Vec<Option<(i64, usize)>> =
        (0..files.len()).map(|at| best_before(&files, at)).collect();
    while let Some((_, into, from)) = cheapest(&best) {
        let last = files.len() - 1;
        let merged = merge(&files[into], &files[from]);
        files.swap_remove(from);
        best.swap_remove(from);
        files[into] = merged;
        for at in 0..files.len() {
            let stale =
                best[at].is_some_and(|(_, with)| with == into || with == from || with == last);
            if at == into || at == from || stale {
                best[at] = best_before(&files, at);
            } else if into < at {
                best[at] = better(best[at], saved(&files[into], &files[at]).map(|it| (it, into)));
                if from < at && from < files.len() {
                    let other = saved(&files[from], &files[at]).map(|it| (it, from));
                    best[at] = better(best[at], other);
                }
            } else if from < at && from < files.len() {
                best[at] = better(best[at], saved(&files[from], &files[at]).map(|it| (it, from)));
            }
        }
    }
    files.retain(|file| !file.sets.is_empty());
    files.sort_by(|a, b| b.first.cmp(&a.first).then_with(|| a.sets.cmp(&b.sets)));
    files
}

/// Returns the union that saves most: its saving and both files, the earlier one first.
fn cheapest(best: &[Option<(i64, usize)>]) -> Option<(i64, usize, usize)> {
    let mut found = None;
    for (at, candidate) in best.iter().enumerate() {
        if let Some((saving, with)) = *candidate
            && found.is_none_or(|(most, _, _)| saving > most)
        {
            found = Some((saving, with, at));
        }
    }
    found
}

fn best_before(files: &[File], at: usize) -> Option<(i64, usize)> {
    let candidates = (0..at).map(|with| saved(&files[with], &files[at]).map(|it| (it, with)));
    candidates.fold(None, better)
}

fn better(one: Option<(i64, usize)>, other: Option<(i64, usize)>) -> Option<(i64, usize)> {
    match (one, other) {
        (Some((a, _)), Some((b, _))) if b > a => other,
        (None, _) => other,
        _ => one,
    }
}

fn merge(one: &File, other: &File) -> File {
    let mut sets = [&one.sets[..], &other.sets].concat();
    sets.sort_unstable();
    let points = one.points.union(&other.points);
    File { sets, points, size: one.size + other.size, first: one.first || other.first }
}

/// Returns the saving if two files become one; none if they had better remain apart.
fn saved(one: &File, other: &File) -> Option<i64> {
    let merged = merge_cost(one, other)?;
    Some(requests(one) + requests(other) - merged).filter(|saving| *saving > 0)
}

/// Returns requests and needless bytes of the union; none if it would be too large.
fn merge_cost(one: &File, other: &File) -> Option<i64> {
    let first = one.first || other.first;
    if !first && one.size + other.size > LARGEST {
        return None;
    }
    let points = one.points.union(&other.points).len();
    let needless = |file: &File| (points - file.points.len()) * file.size.cast_signed();
    let requests = if first { 0 } else { points * REQUEST };
    Some(requests + needless(one) + needless(other))
}

fn requests(file: &File) -> i64 {
    if file.first { 0 } else { file.points.len() * REQUEST }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A set of the points, of this size in brotli.
    fn set(points: &[usize], size: u64) -> Shared {
        Shared { points: points.iter().copied().collect(), bytes: size * 1000 / PACKED + 1 }
    }

    fn sets_of(files: &[File]) -> Vec<Vec<usize>> {
        files.iter().map(|file| file.sets.clone()).collect()
    }

    #[test]
    fn private_code_of_two_points_remains_apart() {
        let files = plan(&[set(&[0], 6_000), set(&[1], 6_000)], 2);
        assert_eq!(sets_of(&files), [[0], [1]]);
        assert!(files.iter().all(|file| !file.first));
    }

    #[test]
    fn code_of_nearly_all_points_comes_with_the_main_program() {
        let most: Vec<usize> = (0..9).collect();
        let mut sets = vec![set(&most, 5_000)];
        sets.extend((0..10).map(|point| set(&[point], 9_000)));
        let files = plan(&sets, 10);
        assert_eq!((files[0].first, &files[0].sets[..]), (true, &[0][..]));
        assert_eq!(files.len(), 11);
    }

    #[test]
    fn a_small_set_goes_where_nearly_all_its_points_go() {
        // Two sets of nearly the same points: the second is no request of its own.
        let files = plan(&[set(&[0, 1, 2], 8_000), set(&[0, 1], 300), set(&[7], 20_000)], 60);
        assert_eq!(sets_of(&files), [vec![0, 1], vec![2]]);
        assert_eq!(files[0].points, Points::below(3));
    }

    #[test]
    fn a_merged_file_is_not_too_large() {
        let sets: Vec<Shared> = (0..8).map(|_| set(&[0, 1], 9_000)).collect();
        let files = plan(&sets, 64);
        assert!(files.iter().all(|file| file.first || file.size <= LARGEST), "{files:?}");
        assert_eq!(files.len(), 4);
    }

    /// Checks what must hold for any input, on a thousand sets of a hundred points.
    #[test]
    fn every_set_is_in_one_file_that_all_its_points_load() {
        let mut state = 1_u64;
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut sets: Vec<Shared> = (0..100).map(|point| set(&[point], 6_000)).collect();
        for _ in 0..900 {
            let count = 2 + random(12);
            let points: Vec<usize> =
                (0..count).filter_map(|_| random(100).try_into().ok()).collect();
            sets.push(set(&points, 50 + random(900)));
        }
        let files = plan(&sets, 100);
        let mut seen: Vec<usize> = files.iter().flat_map(|file| file.sets.clone()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..sets.len()).collect::<Vec<_>>());
        for file in &files {
            for &place in &file.sets {
                let needed = sets[place].points;
                assert!(
                    (0..100).all(|point| !needed.contains(point) || file.points.contains(point))
                );
            }
        }
        let cost = |points: usize| {
            let loads = files.iter().filter(|file| !file.first && file.points.contains(points));
            loads.count()
        };
        assert!(
            (0..100).all(|point| cost(point) <= 60),
            "{}",
            (0..100).map(cost).max().unwrap_or(0)
        );
        assert_eq!(files, plan(&sets, 100), "it is the same each time");
    }
}
