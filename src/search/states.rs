//! States of the system, and paths through them.

use std::hash::Hasher;

use super::system::{System, Transition};
use crate::kernel::Fingerprinter;

/// A path: its transitions, each with the state before it.
pub(super) type Path = Vec<(Vec<u32>, Transition)>;

/// States stored one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct StateList {
    numbers: Vec<u32>,
    ends: Vec<usize>,
}

impl StateList {
    pub(super) fn push(&mut self, state: &[u32]) {
        self.numbers.extend_from_slice(state);
        self.ends.push(self.numbers.len());
    }

    pub(super) fn get(&self, place: usize, state: &mut Vec<u32>) -> bool {
        let Some(&end) = self.ends.get(place) else { return false };
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        state.clear();
        state.extend_from_slice(&self.numbers[start..end]);
        true
    }

    pub(super) fn clear(&mut self) {
        self.numbers.clear();
        self.ends.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Number of words of all states together.
    pub(super) fn numbers(&self) -> usize {
        self.numbers.len()
    }
}

/// Follows transitions, each given by its place among those enabled, from a state or from the start.
pub(super) fn follow(system: &mut System, numbers: &[usize], from: Option<Vec<u32>>) -> Path {
    let mut state = from.unwrap_or_else(|| system.start());
    let (mut transitions, mut next) = (Vec::new(), Vec::new());
    let mut path = Vec::new();
    for number in numbers {
        system.transitions(&state, &mut transitions);
        system.apply(&state, transitions[*number], &mut next);
        path.push((std::mem::replace(&mut state, next.clone()), transitions[*number]));
    }
    path
}

/// Returns the state to which a path leads.
pub(super) fn last_state(system: &mut System, path: &Path) -> Vec<u32> {
    let Some((before, transition)) = path.last() else { return system.start() };
    let mut last = Vec::new();
    system.apply(before, *transition, &mut last);
    last
}

/// Fingerprint of a state; two different states have the same one with probability 2⁻⁶⁴.
pub(super) fn fingerprint(state: &[u32]) -> u64 {
    let mut taken = Fingerprinter::new();
    state.iter().for_each(|number| taken.write_u32(*number));
    taken.finish()
}
