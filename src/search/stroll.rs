//! Random orders of events, for systems that are too large to be gone through: by priorities (Burckhardt, Kothari,
//! Musuvathi and Nagarakatti 2010, "A randomized scheduler with probabilistic guarantees of finding bugs").
//!
//! Each link, and each node for what comes to it by itself, has a priority of its own, drawn by lot; of all that can
//! happen what has the highest comes next. At a few moments, drawn by lot too, what has the highest then falls behind
//! everything else. So a message is late, or a node slow, for long: which is what most violations take. A walk is a
//! function of the seed and its number.

use super::{
    realise::Path,
    world::{Turn, World},
};
use crate::kernel::Dice;

/// How many turns a walk has at most.
const LONGEST: usize = 500;
/// Up to how many times what is first falls behind.
const CHANGES: u32 = 4;
/// How long the first walk is taken to be.
const EXPECTED: u32 = 60;

/// Walks through a system.
#[derive(Clone)]
pub(super) struct Stroll {
    seed: u64,
    walks: u64,
    /// How long the longest was so far.
    length: u32,
    turns: u64,
}

impl Stroll {
    /// Before the walk of this number.
    pub(super) const fn new(seed: u64, walks: u64) -> Self {
        Self { seed, walks, length: EXPECTED, turns: 0 }
    }

    /// The number of the next walk.
    pub(super) const fn walks(&self) -> u64 {
        self.walks
    }

    /// How long the longest was.
    pub(super) const fn length(&self) -> u32 {
        self.length
    }

    /// How many turns were taken in all.
    pub(super) const fn turns(&self) -> u64 {
        self.turns
    }

    /// One walk more: the way to where it reached the world's first aim, if it did.
    pub(super) fn walk(&mut self, world: &mut World) -> Option<Path> {
        let mut dice = Dice::new(self.seed, self.walks);
        self.walks += 1;
        let mut walk = Walk::new(world, &mut dice, self.length);
        let mut state = world.start();
        let (mut turns, mut next, mut path) = (Vec::new(), Vec::new(), Vec::new());
        while path.len() < LONGEST {
            world.turns(&state, &mut turns);
            let rests = turns.iter().all(|turn| World::is_fault(*turn));
            if world.is_reached(&state, 0, rests) {
                return Some(path);
            }
            let Some(turn) = walk.choose(world, &state, &turns, path.len() as u32, &mut dice)
            else {
                break;
            };
            world.take(&state, turn, &mut next);
            self.turns += 1;
            path.push((state.clone(), turn));
            std::mem::swap(&mut state, &mut next);
        }
        self.length = self.length.max(path.len() as u32);
        None
    }
}

/// The lots that were drawn for one walk.
struct Walk {
    nodes: usize,
    /// By link, and then by node: who is greater goes first.
    priorities: Vec<u32>,
    /// Where what is first falls behind, and where something goes wrong.
    changes: Vec<u32>,
    faults: Vec<u32>,
    lowest: u32,
}

impl Walk {
    fn new(world: &World, dice: &mut Dice, length: u32) -> Self {
        let nodes = world.nodes;
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
        let faults = moments(dice, world.faults_left());
        Self { nodes, priorities, changes, faults, lowest: count }
    }

    fn choose(
        &mut self,
        world: &World,
        state: &[u32],
        turns: &[Turn],
        step: u32,
        dice: &mut Dice,
    ) -> Option<Turn> {
        let is_fault = |turn: &&Turn| World::is_fault(**turn);
        let faults: Vec<&Turn> = turns.iter().filter(is_fault).collect();
        if self.faults.contains(&step) && !faults.is_empty() {
            return Some(*faults[dice.below(faults.len() as u32) as usize]);
        }
        let lane = |turn: &&Turn| world.lane(state, **turn).map_or(0, |lane| self.lane(lane));
        let others = turns.iter().filter(|turn| !is_fault(turn));
        let first = lane(&others.clone().max_by_key(|turn| self.priorities[lane(turn)])?);
        // What comes the same way comes in any order, where the links let it.
        let those: Vec<&Turn> = others.filter(|turn| lane(turn) == first).collect();
        if self.changes.contains(&step) {
            self.lowest = self.lowest.saturating_sub(1);
            self.priorities[first] = self.lowest;
        }
        Some(*those[dice.below(those.len() as u32) as usize])
    }

    const fn lane(&self, (from, to): (usize, usize)) -> usize {
        from * self.nodes + to
    }
}
