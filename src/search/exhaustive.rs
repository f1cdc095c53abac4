//! Goes through all states of the asynchronous system, each once, those nearest to the start first.
//!
//! So the first find is the shortest there is: no other takes fewer transitions to show it. (A search by several threads,
//! or one that works on blocks of states, finds *a* short one; and one that leaves orders out may leave the shortest
//! out.) Of a state that was met only its fingerprint is kept, and how it was come to; the states themselves only of
//! those whose transition has not come.

use hashbrown::{HashTable, hash_table::Entry};

use super::{
    Budget, Objective, Unfit,
    interner::FingerprintSet,
    reduction::Reduction,
    states::{Path, StateList, fingerprint, follow},
    system::{System, Transition},
};
use crate::kernel::{Plan, Protocol, Scenario, Setting};

/// How many transitions that suffice alone are taken at once.
const CHAIN: usize = 256;

/// How much may be on its way in a state that is gone on from: who goes on sending without being heard comes to no end.
const MOST_ON_THE_WAY: usize = 64;

/// How a state was come to: from which, and by which of the transitions there; or, from `SEVERAL` on, by several, one after
/// the other, that are kept apart.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    from: u32,
    transition: u32,
}

const CHAINED: u32 = 1 << 31;

/// A search through all states of a scenario's asynchronous system.
#[derive(Clone)]
pub struct Exhaustive {
    pub(super) system: System,
    /// Those that were met: by their fingerprints, or, where orders are left out, with their numbers.
    known: FingerprintSet,
    numbers: HashTable<(u64, u32)>,
    predecessors: Vec<Arrival>,
    chains: Vec<Box<[u32]>>,
    /// The states of this level and of the next.
    level: StateList,
    next: StateList,
    /// The number of the level's first state.
    first: u32,
    place: usize,
    depth: u32,
    transitions: u64,
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
    transitions: Vec<Transition>,
    chain: Vec<u32>,
}

/// A state that reaches an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReachedState {
    /// Which of the objectives, by its place.
    pub objective: usize,
    /// On which level it is: where no order is left out, how many transitions it takes from the start, and no state that
    /// reaches the objective is nearer.
    pub depth: u32,
    /// Its number.
    state: u32,
}

impl Exhaustive {
    /// Before the first state; with `reduced` orders are left out that come to the same.
    ///
    /// # Errors
    /// Why the scenario cannot be searched this way.
    pub fn new(
        protocol: &'static Protocol,
        scenario: Scenario,
        objectives: &[Objective],
        budget: &Budget,
        reduced: bool,
    ) -> Result<Self, Unfit> {
        let setting = Setting::of(protocol, &scenario);
        let monitors = objectives.iter().map(|objective| objective.monitor(&setting)).collect();
        let plan = Plan::owned(protocol, scenario).map_err(|_| Unfit::Request)?;
        let mut system = System::new(plan, monitors, budget)?;
        system.discards_unreceivable = reduced;
        let start = system.start();
        let mut known = FingerprintSet::default();
        known.insert(fingerprint(&start));
        // A circle may close at the start as well.
        let mut numbers = HashTable::new();
        numbers.insert_unique(fingerprint(&start), (fingerprint(&start), 0), |(fingerprint, _)| {
            *fingerprint
        });
        let mut level = StateList::default();
        level.push(&start);
        Ok(Self {
            system,
            known,
            predecessors: vec![Arrival { from: 0, transition: 0 }],
            chains: Vec::new(),
            level,
            next: StateList::default(),
            first: 0,
            place: 0,
            depth: 0,
            transitions: 0,
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
        self.predecessors.len() as u64
    }

    /// How many transitions were taken.
    #[must_use]
    pub const fn transitions(&self) -> u64 {
        self.transitions
    }

    /// How many answers of nodes were looked at to see which orders can be left out.
    #[must_use]
    pub fn lookahead_work(&self) -> u64 {
        self.reduction.as_ref().map_or(0, Reduction::work)
    }

    /// Whether little was left out in the first states in which that was tried: nor will much be later.
    #[must_use]
    pub fn is_futile(&self) -> bool {
        self.reduction.as_ref().is_some_and(Reduction::is_futile)
    }

    /// How many transitions the states are from the start that are looked at now; fewer, where orders are left out.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// How many states wait for their transition.
    #[must_use]
    pub fn queue(&self) -> u64 {
        (self.level.len() - self.place + self.next.len()) as u64
    }

    /// How much memory it takes, in bytes: about.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let numbers = self.level.numbers() + self.next.numbers();
        let kept = (self.predecessors.len() * 20 + numbers * 4) as u64;
        kept + self.system.cache.bytes()
    }

    /// Why what was found cannot be relied on, if that showed on the way.
    #[must_use]
    pub const fn unfit(&self) -> Option<Unfit> {
        self.system.unfit_on_the_way()
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// Whether all states were gone through that there are.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.over && !self.cut && self.unfit().is_none()
    }

    /// Goes through so many states, and returns those that reach an objective that is open.
    pub fn advance(&mut self, states: usize, open: &[bool]) -> Vec<ReachedState> {
        let mut sightings = Vec::new();
        let (mut state, mut transitions) = (Vec::new(), Vec::new());
        for _ in 0..states {
            if !self.level.get(self.place, &mut state) {
                self.next_level();
                if self.over || !self.level.get(0, &mut state) {
                    break;
                }
            }
            let from = self.first + self.place as u32;
            self.place += 1;
            if state.len() > self.system.head() + MOST_ON_THE_WAY {
                self.cut = true;
                continue;
            }
            self.system.transitions(&state, &mut transitions);
            let is_terminal = transitions.iter().all(|transition| System::is_fault(*transition));
            self.check_objectives(&state, from, is_terminal, open, &mut sightings);
            if !self.expand_reduced(&state, from, &transitions) {
                for number in 0..transitions.len() {
                    self.take_transition(&state, from, &transitions, number);
                }
            }
        }
        sightings
    }

    /// Whether a state reaches an objective: safety at once, liveness if nothing happens there any more by itself.
    fn check_objectives(
        &self,
        state: &[u32],
        number: u32,
        is_terminal: bool,
        open: &[bool],
        found: &mut Vec<ReachedState>,
    ) {
        for (objective, _) in open.iter().enumerate().filter(|(_, open)| **open) {
            if self.system.is_reached(state, objective, is_terminal) {
                found.push(ReachedState { objective, state: number, depth: self.depth });
            }
        }
    }

    /// Takes a transition from a state, and takes note of where it leads.
    fn take_transition(
        &mut self,
        state: &[u32],
        from: u32,
        transitions: &[Transition],
        number: usize,
    ) {
        let mut scratch = std::mem::take(&mut self.scratch);
        self.system.apply(state, transitions[number], &mut scratch.next);
        self.transitions += 1;
        scratch.chain.clear();
        scratch.chain.push(number as u32);
        self.extend_chain(&mut scratch);
        self.arrive(from, &scratch.next, &scratch.chain);
        self.scratch = scratch;
    }

    /// Takes note of a state; false if it was known.
    fn is_new(&mut self, fingerprint: u64) -> bool {
        if self.reduction.is_none() {
            return self.known.insert(fingerprint);
        }
        match self.numbers.entry(
            fingerprint,
            |(known, _)| *known == fingerprint,
            |(fingerprint, _)| *fingerprint,
        ) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert((fingerprint, self.predecessors.len() as u32));
                true
            }
        }
    }

    fn arrive(&mut self, from: u32, state: &[u32], chain: &[u32]) {
        if self.is_new(fingerprint(state)) {
            let transition = match chain {
                [transition] => *transition,
                chains => {
                    self.chains.push(chains.into());
                    CHAINED | (self.chains.len() as u32 - 1)
                }
            };
            self.predecessors.push(Arrival { from, transition });
            self.next.push(state);
        }
    }

    /// As long as one transition suffices, takes it: what lies between takes no room.
    fn extend_chain(&mut self, scratch: &mut Scratch) {
        let Some(mut reduction) = self.reduction.take() else { return };
        let most = self.system.head() + MOST_ON_THE_WAY;
        while scratch.chain.len() < CHAIN
            && scratch.next.len() <= most
            && reduction.is_affordable(self.predecessors.len() as u64)
            && self.number(&scratch.next).is_none()
        {
            self.system.transitions(&scratch.next, &mut scratch.transitions);
            let only = match scratch.transitions.as_slice() {
                [transition] if !System::is_fault(*transition) => 0,
                transitions => match reduction
                    .stubborn_set(&mut self.system, &scratch.next, transitions)
                    .as_deref()
                {
                    Some([only]) => *only,
                    _ => break,
                },
            };
            self.system.apply(&scratch.next, scratch.transitions[only], &mut scratch.after);
            // Somewhere on a circle of states everything has to be tried.
            if self.closes_cycle(&scratch.after) {
                break;
            }
            self.transitions += 1;
            reduction.note(scratch.transitions.len(), 1);
            scratch.chain.push(only as u32);
            std::mem::swap(&mut scratch.next, &mut scratch.after);
        }
        self.reduction = Some(reduction);
    }

    /// Takes just those transitions that suffice in a state. False if all of them have to be taken.
    fn expand_reduced(&mut self, state: &[u32], from: u32, transitions: &[Transition]) -> bool {
        let Some(mut reduction) = self.reduction.take() else { return false };
        if !reduction.is_affordable(self.predecessors.len() as u64) {
            self.reduction = Some(reduction);
            return false;
        }
        let chosen = reduction.stubborn_set(&mut self.system, state, transitions);
        let chosen = chosen.filter(|chosen| {
            chosen.len() < transitions.len() && self.leads_on(state, transitions[chosen[0]])
        });
        reduction.note(transitions.len(), chosen.as_ref().map_or(transitions.len(), Vec::len));
        self.reduction = Some(reduction);
        let Some(chosen) = chosen else { return false };
        for number in chosen {
            self.take_transition(state, from, transitions, number);
        }
        true
    }

    /// Whether a transition leads to a state that was not gone through yet: somewhere on a circle of states everything has to
    /// be tried.
    fn leads_on(&mut self, state: &[u32], transition: Transition) -> bool {
        self.system.apply(state, transition, &mut self.scratch.next);
        !self.closes_cycle(&self.scratch.next)
    }

    /// Whether a state was gone through already: a circle may close there. From one that only waits for its transition
    /// everything is still to come.
    fn closes_cycle(&self, state: &[u32]) -> bool {
        self.number(state).is_some_and(|number| number < self.first + self.place as u32)
    }

    /// The number of a state that was met, where that counts.
    fn number(&self, state: &[u32]) -> Option<u32> {
        let fingerprint = fingerprint(state);
        self.numbers
            .find(fingerprint, |(known, _)| *known == fingerprint)
            .map(|(_, number)| *number)
    }

    fn next_level(&mut self) {
        self.first += self.level.len() as u32;
        self.place = 0;
        self.depth += 1;
        std::mem::swap(&mut self.level, &mut self.next);
        self.next.clear();
        self.over = self.level.len() == 0;
    }

    /// The transitions from the start to a state, each with the state before it.
    pub(super) fn path(&mut self, sighting: ReachedState) -> Path {
        let mut numbers = Vec::new();
        let mut at = sighting.state;
        while at != 0 {
            let Arrival { from, transition } = self.predecessors[at as usize];
            match transition.checked_sub(CHAINED) {
                None => numbers.push(transition as usize),
                Some(place) => {
                    let chains = self.chains[place as usize].iter().rev();
                    numbers.extend(chains.map(|transition| *transition as usize));
                }
            }
            at = from;
        }
        numbers.reverse();
        follow(&mut self.system, &numbers, None)
    }
}
