//! Goes through all states of the asynchronous system, each once, those nearest to the start first.
//!
//! So the first find is the shortest there is: no other takes fewer turns to show it. (A search by several threads,
//! or one that works on blocks of states, finds *a* short one; and one that leaves orders out may leave the shortest
//! out.) Of a state that was met only its fingerprint is kept, and how it was come to; the states themselves only of
//! those whose turn has not come.

use std::hash::Hasher;

use hashbrown::{HashTable, hash_table::Entry};

use super::{
    Aim, Budget, Unfit,
    ids::Known,
    realise::Path,
    reduce::Reduction,
    world::{Turn, World},
};
use crate::kernel::{Fingerprinter, Plan, Protocol, Scenario, Setting};

/// How many turns that suffice alone are taken at once.
const CHAIN: usize = 256;

/// How much may be on its way in a state that is gone on from: who goes on sending without being heard comes to no end.
const MOST_ON_THE_WAY: usize = 64;

/// States in a row, one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    numbers: Vec<u32>,
    ends: Vec<usize>,
}

impl Row {
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

    fn clear(&mut self) {
        self.numbers.clear();
        self.ends.clear();
    }

    fn len(&self) -> usize {
        self.ends.len()
    }
}

/// How a state was come to: from which, and by which of the turns there; or, from `SEVERAL` on, by several, one after
/// the other, that are kept apart.
#[derive(Clone, Copy, Debug)]
struct Step {
    from: u32,
    turn: u32,
}

const SEVERAL: u32 = 1 << 31;

/// A search through all states of a scenario's asynchronous system.
#[derive(Clone)]
pub struct Explore {
    pub(super) world: World,
    /// Those that were met: by their fingerprints, or, where orders are left out, with their numbers.
    known: Known,
    numbers: HashTable<(u64, u32)>,
    trail: Vec<Step>,
    several: Vec<Box<[u32]>>,
    /// The states of this level and of the next.
    level: Row,
    next: Row,
    /// The number of the level's first state.
    first: u32,
    place: usize,
    depth: u32,
    turns: u64,
    over: bool,
    /// Whether some states were not gone on from.
    cut: bool,
    /// Where orders are left out that come to the same.
    reduction: Option<Reduction>,
    scratch: Scratch,
}

/// Kept only to save allocations.
#[derive(Clone, Debug, Default)]
struct Scratch {
    next: Vec<u32>,
    after: Vec<u32>,
    turns: Vec<Turn>,
    chain: Vec<u32>,
}

/// A state that reaches an aim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Which of the aims, by its place.
    pub aim: usize,
    /// On which level it is: where no order is left out, how many turns it takes from the start, and no state that
    /// reaches the aim is nearer.
    pub depth: u32,
    /// Its number.
    state: u32,
}

impl Explore {
    /// Before the first state; with `reduced` orders are left out that come to the same.
    ///
    /// # Errors
    /// Why the scenario cannot be searched this way.
    pub fn new(
        protocol: &'static Protocol,
        scenario: Scenario,
        aims: &[Aim],
        budget: &Budget,
        reduced: bool,
    ) -> Result<Self, Unfit> {
        let setting = Setting::of(protocol, &scenario);
        let monitors = aims.iter().map(|aim| aim.monitor(&setting)).collect();
        let plan = Plan::owned(protocol, scenario).map_err(|_| Unfit::Request)?;
        let mut world = World::new(plan, monitors, budget)?;
        world.tidy = reduced;
        let start = world.start();
        let mut known = Known::default();
        known.insert(print(&start));
        // A circle may close at the start as well.
        let mut numbers = HashTable::new();
        numbers.insert_unique(print(&start), (print(&start), 0), |(print, _)| *print);
        let mut level = Row::default();
        level.push(&start);
        Ok(Self {
            world,
            known,
            trail: vec![Step { from: 0, turn: 0 }],
            several: Vec::new(),
            level,
            next: Row::default(),
            first: 0,
            place: 0,
            depth: 0,
            turns: 0,
            over: false,
            cut: false,
            reduction: reduced.then(Reduction::new),
            numbers,
            scratch: Scratch::default(),
        })
    }

    /// How many different states were met.
    #[must_use]
    pub fn states(&self) -> u64 {
        self.trail.len() as u64
    }

    /// How many turns were taken.
    #[must_use]
    pub const fn turns(&self) -> u64 {
        self.turns
    }

    /// How many answers of nodes were looked at to see which orders can be left out.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.reduction.as_ref().map_or(0, Reduction::work)
    }

    /// Whether little was left out in the first states in which that was tried: nor will much be later.
    #[must_use]
    pub fn is_vain(&self) -> bool {
        self.reduction.as_ref().is_some_and(Reduction::is_vain)
    }

    /// How many turns the states are from the start that are looked at now; fewer, where orders are left out.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// How many states wait for their turn.
    #[must_use]
    pub fn queue(&self) -> u64 {
        (self.level.len() - self.place + self.next.len()) as u64
    }

    /// How much memory it takes, in bytes: about.
    #[must_use]
    pub fn weight(&self) -> u64 {
        let numbers = self.level.numbers.len() + self.next.numbers.len();
        let kept = (self.trail.len() * 20 + numbers * 4) as u64;
        kept + self.world.locals.weight()
    }

    /// Why what was found cannot be relied on, if that showed on the way.
    #[must_use]
    pub const fn trouble(&self) -> Option<Unfit> {
        self.world.trouble()
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// Whether all states were gone through that there are.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.over && !self.cut && self.trouble().is_none()
    }

    /// Goes through so many states, and returns those that reach an aim that is open.
    pub fn advance(&mut self, states: usize, open: &[bool]) -> Vec<Sighting> {
        let mut sightings = Vec::new();
        let (mut state, mut turns) = (Vec::new(), Vec::new());
        for _ in 0..states {
            if !self.level.get(self.place, &mut state) {
                self.descend();
                if self.over || !self.level.get(0, &mut state) {
                    break;
                }
            }
            let from = self.first + self.place as u32;
            self.place += 1;
            if state.len() > self.world.head() + MOST_ON_THE_WAY {
                self.cut = true;
                continue;
            }
            self.world.turns(&state, &mut turns);
            let rests = turns.iter().all(|turn| World::is_fault(*turn));
            self.look(&state, from, rests, open, &mut sightings);
            if !self.suffices(&state, from, &turns) {
                for number in 0..turns.len() {
                    self.go(&state, from, &turns, number);
                }
            }
        }
        sightings
    }

    /// Whether a state reaches an aim: safety at once, liveness if nothing happens there any more by itself.
    fn look(
        &self,
        state: &[u32],
        number: u32,
        rests: bool,
        open: &[bool],
        found: &mut Vec<Sighting>,
    ) {
        for (aim, _) in open.iter().enumerate().filter(|(_, open)| **open) {
            if self.world.is_reached(state, aim, rests) {
                found.push(Sighting { aim, state: number, depth: self.depth });
            }
        }
    }

    /// Takes a turn from a state, and takes note of where it leads.
    fn go(&mut self, state: &[u32], from: u32, turns: &[Turn], number: usize) {
        let mut scratch = std::mem::take(&mut self.scratch);
        self.world.take(state, turns[number], &mut scratch.next);
        self.turns += 1;
        scratch.chain.clear();
        scratch.chain.push(number as u32);
        self.go_on(&mut scratch);
        self.arrive(from, &scratch.next, &scratch.chain);
        self.scratch = scratch;
    }

    /// Takes note of a state; false if it was known.
    fn is_new(&mut self, print: u64) -> bool {
        if self.reduction.is_none() {
            return self.known.insert(print);
        }
        match self.numbers.entry(print, |(known, _)| *known == print, |(print, _)| *print) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert((print, self.trail.len() as u32));
                true
            }
        }
    }

    fn arrive(&mut self, from: u32, state: &[u32], chain: &[u32]) {
        if self.is_new(print(state)) {
            let turn = match chain {
                [turn] => *turn,
                several => {
                    self.several.push(several.into());
                    SEVERAL | (self.several.len() as u32 - 1)
                }
            };
            self.trail.push(Step { from, turn });
            self.next.push(state);
        }
    }

    /// As long as one turn suffices, takes it: what lies between takes no room.
    fn go_on(&mut self, scratch: &mut Scratch) {
        let Some(mut reduction) = self.reduction.take() else { return };
        let most = self.world.head() + MOST_ON_THE_WAY;
        while scratch.chain.len() < CHAIN
            && scratch.next.len() <= most
            && reduction.pays(self.trail.len() as u64)
            && self.number(&scratch.next).is_none()
        {
            self.world.turns(&scratch.next, &mut scratch.turns);
            let only = match scratch.turns.as_slice() {
                [turn] if !World::is_fault(*turn) => 0,
                turns => match reduction.stubborn(&mut self.world, &scratch.next, turns).as_deref()
                {
                    Some([only]) => *only,
                    _ => break,
                },
            };
            self.world.take(&scratch.next, scratch.turns[only], &mut scratch.after);
            // Somewhere on a circle of states everything has to be tried.
            if self.is_closed(&scratch.after) {
                break;
            }
            self.turns += 1;
            reduction.note(scratch.turns.len(), 1);
            scratch.chain.push(only as u32);
            std::mem::swap(&mut scratch.next, &mut scratch.after);
        }
        self.reduction = Some(reduction);
    }

    /// Takes just those turns that suffice in a state. False if all of them have to be taken.
    fn suffices(&mut self, state: &[u32], from: u32, turns: &[Turn]) -> bool {
        let Some(mut reduction) = self.reduction.take() else { return false };
        if !reduction.pays(self.trail.len() as u64) {
            self.reduction = Some(reduction);
            return false;
        }
        let chosen = reduction.stubborn(&mut self.world, state, turns);
        let chosen = chosen
            .filter(|chosen| chosen.len() < turns.len() && self.leads_on(state, turns[chosen[0]]));
        reduction.note(turns.len(), chosen.as_ref().map_or(turns.len(), Vec::len));
        self.reduction = Some(reduction);
        let Some(chosen) = chosen else { return false };
        for number in chosen {
            self.go(state, from, turns, number);
        }
        true
    }

    /// Whether a turn leads to a state that was not gone through yet: somewhere on a circle of states everything has to
    /// be tried.
    fn leads_on(&mut self, state: &[u32], turn: Turn) -> bool {
        self.world.take(state, turn, &mut self.scratch.next);
        !self.is_closed(&self.scratch.next)
    }

    /// Whether a state was gone through already: a circle may close there. From one that only waits for its turn
    /// everything is still to come.
    fn is_closed(&self, state: &[u32]) -> bool {
        self.number(state).is_some_and(|number| number < self.first + self.place as u32)
    }

    /// The number of a state that was met, where that counts.
    fn number(&self, state: &[u32]) -> Option<u32> {
        let print = print(state);
        self.numbers.find(print, |(known, _)| *known == print).map(|(_, number)| *number)
    }

    fn descend(&mut self) {
        self.first += self.level.len() as u32;
        self.place = 0;
        self.depth += 1;
        std::mem::swap(&mut self.level, &mut self.next);
        self.next.clear();
        self.over = self.level.len() == 0;
    }

    /// The turns from the start to a state, each with the state before it.
    pub(super) fn path(&mut self, sighting: Sighting) -> Path {
        let mut numbers = Vec::new();
        let mut at = sighting.state;
        while at != 0 {
            let Step { from, turn } = self.trail[at as usize];
            match turn.checked_sub(SEVERAL) {
                None => numbers.push(turn as usize),
                Some(place) => {
                    let several = self.several[place as usize].iter().rev();
                    numbers.extend(several.map(|turn| *turn as usize));
                }
            }
            at = from;
        }
        numbers.reverse();
        follow(&mut self.world, &numbers, None)
    }
}

/// Takes turns, each by its place among those of its state, from a state or from the start.
pub(super) fn follow(world: &mut World, numbers: &[usize], from: Option<Vec<u32>>) -> Path {
    let mut state = from.unwrap_or_else(|| world.start());
    let (mut turns, mut next) = (Vec::new(), Vec::new());
    let mut path = Vec::new();
    for number in numbers {
        world.turns(&state, &mut turns);
        world.take(&state, turns[*number], &mut next);
        path.push((std::mem::replace(&mut state, next.clone()), turns[*number]));
    }
    path
}

/// The fingerprint of a state: two different ones have the same with a chance of 2⁻⁶⁴.
pub(super) fn print(state: &[u32]) -> u64 {
    let mut taken = Fingerprinter::new();
    state.iter().for_each(|number| taken.write_u32(*number));
    taken.finish()
}
