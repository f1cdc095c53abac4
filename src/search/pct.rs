//! Probabilistic concurrency testing (PCT) of systems that are too large to be searched exhaustively (Burckhardt,
//! Kothari, Musuvathi and Nagarakatti 2010, "A randomized scheduler with probabilistic guarantees of finding bugs").
//!
//! Each link has a random priority, and so has each node for its own timers and requests. The enabled transition of
//! the highest priority comes next. At a few random steps, the channel with the highest priority drops to the lowest.
//! So a message or a node is delayed for long: most violations require that. An interleaving is a function of the
//! seed and its number.

use super::{
    states::Path,
    system::{System, Transition},
};
use crate::kernel::Dice;

/// Largest number of transitions of an interleaving.
const LONGEST: usize = 500;
/// Largest number of priority changes.
const CHANGES: u32 = 4;
/// Assumed length of the first interleaving.
const EXPECTED: u32 = 60;

/// A generator of random interleavings of a system.
#[derive(Clone)]
pub(super) struct Pct {
    seed: u64,
    runs: u64,
    /// Length of the longest interleaving so far.
    length: u32,
    transitions: u64,
}

impl Pct {
    /// Starts at the interleaving with this number.
    pub(super) const fn new(seed: u64, runs: u64) -> Self {
        Self { seed, runs, length: EXPECTED, transitions: 0 }
    }

    /// Number of the next interleaving.
    pub(super) const fn runs(&self) -> u64 {
        self.runs
    }

    /// Length of the longest interleaving so far.
    pub(super) const fn length(&self) -> u32 {
        self.length
    }

    /// Number of transitions taken in all.
    pub(super) const fn transitions(&self) -> u64 {
        self.transitions
    }

    /// Runs one interleaving and returns the path to the first state that reaches the system's first objective.
    pub(super) fn run(&mut self, system: &mut System) -> Option<Path> {
        let mut dice = Dice::new(self.seed, self.runs);
        self.runs += 1;
        let mut priorities = Priorities::new(system, &mut dice, self.length);
        let mut state = system.start();
        let (mut transitions, mut next, mut path) = (Vec::new(), Vec::new(), Vec::new());
        while path.len() < LONGEST {
            system.transitions(&state, &mut transitions);
            let rests = transitions.iter().all(|transition| System::is_fault(*transition));
            if system.is_reached(&state, 0, rests) {
                return Some(path);
            }
            let Some(transition) =
                priorities.choose(system, &state, &transitions, path.len() as u32, &mut dice)
            else {
                break;
            };
            system.apply(&state, transition, &mut next);
            self.transitions += 1;
            path.push((state.clone(), transition));
            std::mem::swap(&mut state, &mut next);
        }
        self.length = self.length.max(path.len() as u32);
        None
    }
}

/// The random choices of one interleaving.
struct Priorities {
    nodes: usize,
    /// By channel: the highest goes first.
    priorities: Vec<u32>,
    /// Steps at which a priority changes, and steps at which a fault is injected.
    changes: Vec<u32>,
    faults: Vec<u32>,
    lowest: u32,
}

impl Priorities {
    fn new(system: &System, dice: &mut Dice, length: u32) -> Self {
        let nodes = system.nodes;
        let count = (nodes * nodes + nodes) as u32;
        let mut priorities: Vec<u32> = (0..count).map(|place| count + place).collect();
        for place in (1..priorities.len()).rev() {
            priorities.swap(place, dice.below(place as u32 + 1) as usize);
        }
        debug_assert!(are_distinct(&priorities), "no two channels have the same priority");
        let moments = |dice: &mut Dice, count: u32| {
            let count = dice.below(count + 1);
            (0..count).map(|_| dice.below(length)).collect()
        };
        let changes = moments(dice, CHANGES);
        let faults = moments(dice, system.total_faults());
        Self { nodes, priorities, changes, faults, lowest: count }
    }

    fn choose(
        &mut self,
        system: &System,
        state: &[u32],
        transitions: &[Transition],
        step: u32,
        dice: &mut Dice,
    ) -> Option<Transition> {
        let is_fault = |transition: &&Transition| System::is_fault(**transition);
        let faults: Vec<&Transition> = transitions.iter().filter(is_fault).collect();
        if self.faults.contains(&step) && !faults.is_empty() {
            return Some(*faults[dice.below(faults.len() as u32) as usize]);
        }
        let channel = |transition: &&Transition| {
            system.channel(state, **transition).map_or(0, |channel| self.channel(channel))
        };
        let others = transitions.iter().filter(|transition| !is_fault(transition));
        let first =
            channel(&others.clone().max_by_key(|transition| self.priorities[channel(transition)])?);
        // Within a channel the order is random, as far as the link allows.
        let candidates: Vec<&Transition> =
            others.filter(|transition| channel(transition) == first).collect();
        if self.changes.contains(&step) {
            self.lowest = self.lowest.saturating_sub(1);
            self.priorities[first] = self.lowest;
            debug_assert!(
                self.priorities.iter().all(|priority| self.lowest <= *priority),
                "a priority changes to the lowest"
            );
        }
        Some(*candidates[dice.below(candidates.len() as u32) as usize])
    }

    const fn channel(&self, (from, to): (usize, usize)) -> usize {
        from * self.nodes + to
    }
}

/// True if no number occurs twice.
fn are_distinct(numbers: &[u32]) -> bool {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.is_sorted_by(|one, other| one < other)
}
