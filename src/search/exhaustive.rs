//! Exhaustive search: a breadth-first search through all states of the asynchronous system, each once.
//!
//! So the first state found that reaches an objective is the nearest: no path to one has fewer transitions. (A search
//! by several threads, or by blocks of states, finds *a* short path; and partial-order reduction may leave the
//! shortest out.) Only a fingerprint and the predecessor of a visited state are kept; the states themselves are kept
//! only in the queue.

use hashbrown::{HashTable, hash_table::Entry};

use super::{
    Budget, Objective, Unfit,
    interner::FingerprintSet,
    reduction::Reduction,
    states::{Path, StateList, fingerprint, follow, last_state},
    system::{System, Transition},
};
use crate::kernel::{Plan, Protocol, Scenario, Setting};

/// Largest number of forced transitions (singleton stubborn sets) taken as one.
const CHAIN: usize = 256;

/// Largest number of messages in transit in a state that is expanded. A node may send for ever without being
/// received.
const MOST_IN_TRANSIT: usize = 64;

/// Predecessor of a state and the transition from it, by its place among those enabled there. From `CHAINED` on, the
/// number refers to a chain of transitions.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    from: u32,
    transition: u32,
}

const CHAINED: u32 = 1 << 31;

/// An exhaustive search through the states of a scenario's asynchronous system.
#[derive(Clone)]
pub struct Exhaustive {
    pub(super) system: System,
    /// The visited states: fingerprints; with reduction also their numbers.
    known: FingerprintSet,
    numbers: HashTable<(u64, u32)>,
    predecessors: Vec<Arrival>,
    chains: Vec<Box<[u32]>>,
    /// The states of this level and of the next.
    level: StateList,
    next: StateList,
    /// Number of the level's first state.
    first: u32,
    place: usize,
    depth: u32,
    transitions: u64,
    over: bool,
    /// True if some states were not expanded.
    truncated: bool,
    /// Partial-order reduction, where it is used.
    reduction: Option<Reduction>,
    scratch: Scratch,
}

/// Buffers that save allocations.
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
    /// Index of the objective.
    pub objective: usize,
    /// Level of the state: without reduction, the number of transitions from the start, and no state that reaches the
    /// objective is nearer.
    pub depth: u32,
    state: u32,
}

impl Exhaustive {
    /// Starts a search; with `reduced`, equivalent interleavings are left out.
    ///
    /// # Errors
    ///
    /// The reason why the scenario has no asynchronous system that could be searched.
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
        // A cycle may close at the start as well.
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
            truncated: false,
            reduction: reduced.then(Reduction::new),
            numbers,
            scratch: Scratch::default(),
        })
    }

    /// Number of distinct states so far.
    #[must_use]
    pub fn states(&self) -> u64 {
        self.predecessors.len() as u64
    }

    /// Number of transitions taken so far.
    #[must_use]
    pub const fn transitions(&self) -> u64 {
        self.transitions
    }

    /// Number of effects computed by the lookahead of the reduction.
    #[must_use]
    pub fn lookahead_work(&self) -> u64 {
        self.reduction.as_ref().map_or(0, Reduction::work)
    }

    /// True if the reduction left out few transitions in the first states, and will hardly do better later.
    #[must_use]
    pub fn is_futile(&self) -> bool {
        self.reduction.as_ref().is_some_and(Reduction::is_futile)
    }

    /// Level of the current states: their distance from the start, or less with reduction.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// Number of states in the queue.
    #[must_use]
    pub fn queue(&self) -> u64 {
        (self.level.len() - self.place + self.next.len()) as u64
    }

    /// Approximate memory in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let numbers = self.level.numbers() + self.next.numbers();
        let kept = (self.predecessors.len() * 20 + numbers * 4) as u64;
        kept + self.system.cache.bytes()
    }

    /// The reason, found during the search, why its results are not valid.
    #[must_use]
    pub const fn unfit(&self) -> Option<Unfit> {
        self.system.unfit_on_the_way()
    }

    /// True if no state is left to expand.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// True if all reachable states were expanded.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.over && !self.truncated && self.unfit().is_none()
    }

    /// Expands this number of states and returns those that reach an open objective.
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
            if state.len() > self.system.head() + MOST_IN_TRANSIT {
                self.truncated = true;
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

    /// Reports the objectives that a state reaches: safety at once, liveness if only faults are enabled there.
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

    /// Takes a transition from a state and records where it leads.
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
        self.record(from, &scratch.next, &scratch.chain);
        self.scratch = scratch;
    }

    /// Records a state; false if it was visited before.
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

    fn record(&mut self, from: u32, state: &[u32], chain: &[u32]) {
        debug_assert!(
            (from as usize) < self.predecessors.len(),
            "a predecessor was visited before"
        );
        if self.is_new(fingerprint(state)) {
            let transition = match chain {
                [transition] => *transition,
                chains => {
                    debug_assert!(
                        !chains.is_empty() && chains.len() <= CHAIN,
                        "a chain is bounded"
                    );
                    self.chains.push(chains.into());
                    CHAINED | (self.chains.len() as u32 - 1)
                }
            };
            self.predecessors.push(Arrival { from, transition });
            self.next.push(state);
        }
    }

    /// Follows forced transitions, one after the other: the states between take no memory.
    fn extend_chain(&mut self, scratch: &mut Scratch) {
        let Some(mut reduction) = self.reduction.take() else { return };
        let most = self.system.head() + MOST_IN_TRANSIT;
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
            // On each cycle of states, at least one state must be fully expanded (cycle proviso).
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

    /// Takes only the transitions of a stubborn set. False if the state must be fully expanded.
    fn expand_reduced(&mut self, state: &[u32], from: u32, transitions: &[Transition]) -> bool {
        let Some(mut reduction) = self.reduction.take() else { return false };
        if !reduction.is_affordable(self.predecessors.len() as u64) {
            self.reduction = Some(reduction);
            return false;
        }
        let chosen = reduction.stubborn_set(&mut self.system, state, transitions);
        let chosen = chosen.filter(|chosen| {
            chosen.len() < transitions.len()
                && self.leads_to_unexpanded(state, transitions[chosen[0]])
        });
        reduction.note(transitions.len(), chosen.as_ref().map_or(transitions.len(), Vec::len));
        self.reduction = Some(reduction);
        let Some(chosen) = chosen else { return false };
        for number in chosen {
            self.take_transition(state, from, transitions, number);
        }
        true
    }

    /// True if a transition leads to a state that is not yet expanded (cycle proviso).
    fn leads_to_unexpanded(&mut self, state: &[u32], transition: Transition) -> bool {
        self.system.apply(state, transition, &mut self.scratch.next);
        !self.closes_cycle(&self.scratch.next)
    }

    /// True if a state was expanded before, so that a cycle may close there. A state in the queue is still to be
    /// expanded.
    fn closes_cycle(&self, state: &[u32]) -> bool {
        self.number(state).is_some_and(|number| number < self.first + self.place as u32)
    }

    /// Number of a visited state, where numbers are kept.
    fn number(&self, state: &[u32]) -> Option<u32> {
        let fingerprint = fingerprint(state);
        self.numbers
            .find(fingerprint, |(known, _)| *known == fingerprint)
            .map(|(_, number)| *number)
    }

    fn next_level(&mut self) {
        debug_assert!(self.place == self.level.len(), "each state of a level is expanded once");
        self.first += self.level.len() as u32;
        self.place = 0;
        self.depth += 1;
        std::mem::swap(&mut self.level, &mut self.next);
        self.next.clear();
        self.over = self.level.len() == 0;
    }

    /// Returns the path from the start to a state.
    pub(super) fn path(&mut self, reached: ReachedState) -> Path {
        let mut numbers = Vec::new();
        let mut at = reached.state;
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
        let path = follow(&mut self.system, &numbers, None);
        debug_assert!(self.leads_to(&path, reached.state), "the path leads to another state");
        path
    }

    /// True if a path's last state has the fingerprint of a visited state, which is the state with this number where
    /// numbers are kept.
    fn leads_to(&mut self, path: &Path, number: u32) -> bool {
        let last = last_state(&mut self.system, path);
        match &self.reduction {
            None => self.known.contains(fingerprint(&last)),
            Some(_) => self.number(&last) == Some(number),
        }
    }
}
