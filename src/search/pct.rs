//! Random orders of events, for systems that are too large to be gone through: by priorities (Burckhardt, Kothari,
//! Musuvathi and Nagarakatti 2010, "A randomized scheduler with probabilistic guarantees of finding bugs").
//!
//! Each link, and each node for what comes to it by itself, has a priority of its own, drawn by lot; of all that can
//! happen what has the highest comes next. At a few moments, drawn by lot too, what has the highest then falls behind
//! everything else. So a message is late, or a node slow, for long: which is what most violations take. A walk is a
//! function of the seed and its number.

use super::{
    states::Path,
    system::{System, Transition},
};
use crate::kernel::Dice;

/// How many transitions a walk has at most.
const LONGEST: usize = 500;
/// Up to how many times what is first falls behind.
const CHANGES: u32 = 4;
/// How long the first walk is taken to be.
const EXPECTED: u32 = 60;

/// Walks through a system.
#[derive(Clone)]
pub(super) struct Pct {
    seed: u64,
    runs: u64,
    /// How long the longest was so far.
    length: u32,
    transitions: u64,
}

impl Pct {
    /// Before the walk of this number.
    pub(super) const fn new(seed: u64, runs: u64) -> Self {
        Self { seed, runs, length: EXPECTED, transitions: 0 }
    }

    /// The number of the next walk.
    pub(super) const fn runs(&self) -> u64 {
        self.runs
    }

    /// How long the longest was.
    pub(super) const fn length(&self) -> u32 {
        self.length
    }

    /// How many transitions were taken in all.
    pub(super) const fn transitions(&self) -> u64 {
        self.transitions
    }

    /// One walk more: the way to where it reached the system's first objective, if it did.
    pub(super) fn run(&mut self, system: &mut System) -> Option<Path> {
        let mut dice = Dice::new(self.seed, self.runs);
        self.runs += 1;
        let mut run = Priorities::new(system, &mut dice, self.length);
        let mut state = system.start();
        let (mut transitions, mut next, mut path) = (Vec::new(), Vec::new(), Vec::new());
        while path.len() < LONGEST {
            system.transitions(&state, &mut transitions);
            let rests = transitions.iter().all(|transition| System::is_fault(*transition));
            if system.is_reached(&state, 0, rests) {
                return Some(path);
            }
            let Some(transition) =
                run.choose(system, &state, &transitions, path.len() as u32, &mut dice)
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

/// The lots that were drawn for one walk.
struct Priorities {
    nodes: usize,
    /// By link, and then by node: who is greater goes first.
    priorities: Vec<u32>,
    /// Where what is first falls behind, and where something goes wrong.
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
        let moments = |dice: &mut Dice, count: u32| {
            let count = dice.below(count + 1);
            (0..count).map(|_| dice.below(length)).collect()
        };
        let changes = moments(dice, CHANGES);
        let faults = moments(dice, system.faults_left());
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
        // What comes the same way comes in any order, where the links let it.
        let those: Vec<&Transition> =
            others.filter(|transition| channel(transition) == first).collect();
        if self.changes.contains(&step) {
            self.lowest = self.lowest.saturating_sub(1);
            self.priorities[first] = self.lowest;
        }
        Some(*those[dice.below(those.len() as u32) as usize])
    }

    const fn channel(&self, (from, to): (usize, usize)) -> usize {
        from * self.nodes + to
    }
}
