//! Shortens long lists of drawn elements: a picture has room for some hundreds of them.

use super::{Lane, LaneState, Layout, Stretch};
use crate::kernel::sort_by_key;

/// Width of the bins that are tried first, in CSS pixels.
const FINEST: f64 = 4.0;
/// Width of bins at which nothing is left to merge.
const COARSEST: f64 = 1e9;
/// Largest number of pieces of all nodes' lines together.
const STRETCHES: usize = 300;

/// Reduces items to at most `most`. Items of one row that begin in one bin of the time axis are joined. The bins are
/// made as wide as necessary.
pub(super) fn thinned<T>(
    mut items: Vec<T>,
    most: usize,
    place: impl Fn(&T) -> (usize, f64),
    join: impl Fn(&mut T, &T),
) -> Vec<T> {
    if items.len() <= most {
        return items;
    }
    sort_by_key(&mut items, |item| (place(item).1 * 8.0) as i64);
    let mut width = FINEST;
    while items.len() > most && width < COARSEST {
        // By row: the bin and the place of the last item kept.
        let mut last: Vec<Option<(i64, usize)>> = Vec::new();
        let mut kept: Vec<T> = Vec::with_capacity(items.len());
        for item in items {
            let (row, along) = place(&item);
            let bin = (along / width).floor() as i64;
            if last.len() <= row {
                last.resize(row + 1, None);
            }
            match last[row] {
                Some((same, place)) if same == bin => join(&mut kept[place], &item),
                _ => {
                    last[row] = Some((bin, kept.len()));
                    kept.push(item);
                }
            }
        }
        items = kept;
        width *= 2.0;
    }
    items.truncate(most);
    items
}

/// Joins short pieces of the nodes' lines until all lines together have at most [`STRETCHES`]. A joined piece in
/// which a node is down for a moment shows it as down.
pub(super) fn calm(lanes: &mut [Lane], layout: &Layout) {
    let most = STRETCHES.max(lanes.len());
    let count = |lanes: &[Lane]| lanes.iter().map(|lane| lane.stretches.len()).sum::<usize>();
    let mut least = FINEST;
    while count(lanes) > most && least < COARSEST {
        for lane in &mut *lanes {
            let mut kept: Vec<Stretch> = Vec::new();
            for &stretch in &lane.stretches {
                match kept.last_mut() {
                    Some(last) if is_short(last, least, layout) || last.state == stretch.state => {
                        last.to = stretch.to;
                        last.state = worse(last.state, stretch.state);
                    }
                    _ => kept.push(stretch),
                }
            }
            lane.stretches = kept;
        }
        least *= 2.0;
    }
}

fn is_short(stretch: &Stretch, least: f64, layout: &Layout) -> bool {
    layout.unpoint(stretch.to).0 - layout.unpoint(stretch.from).0 < least
}

const fn worse(one: LaneState, other: LaneState) -> LaneState {
    match (one, other) {
        (LaneState::Down, _) | (_, LaneState::Down) => LaneState::Down,
        (LaneState::Paused, _) | (_, LaneState::Paused) => LaneState::Paused,
        (LaneState::Up, LaneState::Up) => LaneState::Up,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinned_list_over_its_bound_keeps_something_of_every_row() {
        let items: Vec<(usize, f64, u32)> =
            (0..10_000).map(|it| (it % 10, f64::from(it as u32) * 0.1, 1)).collect();
        let kept = thinned(items, 100, |it| (it.0, it.1), |one, other| one.2 += other.2);
        assert!((20..=100).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept.iter().map(|it| it.2).sum::<u32>(), 10_000, "all of them are in one");
        for row in 0..10 {
            assert!(kept.iter().any(|it| it.0 == row), "row {row}");
        }
    }

    #[test]
    fn thinned_list_within_its_bound_stays_as_it_is() {
        let items = vec![(0, 5.0), (0, 5.0), (0, 1.0)];
        assert_eq!(thinned(items.clone(), 3, |it| *it, |_, _| ()), items);
    }
}
