//! Livelocks: fair cycles of states on which an obligation is never met although nodes go on.
//!
//! The input is a fully searched system. Its violating states are those in which a liveness property would be
//! violated if the run ended there. Among them the strongly connected components are found (Tarjan 1972). A run may
//! stay in a component for ever if that is weakly fair: no action is enabled for ever and never taken. So every
//! message in transit is delivered, every timer expires, and every pending request is made. A walk through the whole
//! component is the fairest one. If even then an action is enabled in all states and never taken, no cycle in the
//! component is fair. Faults may lead to a cycle but are not part of it: their number is bounded.

use hashbrown::HashTable;

use super::{
    states::Path,
    states::{StateList, fingerprint, follow, last_state},
    system::{System, Transition},
    timing::timed_scenario,
};
use crate::kernel::{Scenario, Time};

/// Largest number of states of a system.
const MOST_STATES: usize = 300_000;
/// Number of states of a component from which a cycle is tried.
const MOST_STARTS: usize = 12;
/// Largest number of cycles tried.
const MOST_CYCLES: usize = 60;
/// Largest number of transitions in the scenario of a cycle.
const MOST_STEPS: usize = 6000;

/// A lasso: a path to a cycle of states, and the cycle.
#[derive(Clone, Debug)]
pub(super) struct Lasso {
    pub(super) stem: Path,
    pub(super) cycle: Path,
}

impl Lasso {
    /// Returns a scenario that repeats the cycle until this time; none if the path cannot be timed.
    pub(super) fn timed(
        &self,
        system: &System,
        observes_order: bool,
        end: Time,
    ) -> Option<Scenario> {
        let mut rounds = 1;
        loop {
            let mut path = self.stem.clone();
            (0..rounds).for_each(|_| path.extend_from_slice(&self.cycle));
            let steps = path.len();
            let scenario = timed_scenario(system, &path, observes_order)?;
            // The scenario ends just after its last event, unless the end of the given one is later.
            if scenario.until > system.plan.scenario().until.max(end) {
                return Some(scenario);
            }
            if steps > MOST_STEPS {
                return None;
            }
            rounds *= 2;
        }
    }
}

/// An action, independent of the state it is taken in: a node and the code of a stimulus.
type FairAction = (usize, u32);

/// A transition without a fault.
#[derive(Clone, Copy, Debug)]
struct Edge {
    to: u32,
    /// Place among the transitions of its state.
    transition: u32,
    fair_action: FairAction,
}

/// The states of a system and the edges between violating states.
#[derive(Default)]
struct StateGraph {
    states: StateList,
    /// By state: its predecessor in the breadth-first search, and the transition's place there.
    parents: Vec<(u32, u32)>,
    /// By state: true if the objective is reached when the run ends there.
    violating: Vec<bool>,
    /// By state: end of its edges. Only violating states have edges.
    ends: Vec<usize>,
    edges: Vec<Edge>,
}

/// Returns fair cycles on which the system's first objective, the violation of a liveness property, is reached
/// wherever the run ends; the shortest first. None if there are too many states.
pub(super) fn livelocks(system: &mut System) -> Option<Vec<Lasso>> {
    let graph = StateGraph::of(system)?;
    let mut components = graph.components();
    components.retain(|component| graph.is_fair(component));
    components.iter_mut().for_each(|component| component.sort_unstable());
    components.sort_unstable();
    let mut found = Vec::new();
    for component in &components {
        for &start in component.iter().take(MOST_STARTS) {
            if found.len() == MOST_CYCLES {
                break;
            }
            let Some((stem, cycle)) = graph.cycle(component, start) else { continue };
            let stem = follow(system, &stem, None);
            let mut state = Vec::new();
            graph.states.get(start as usize, &mut state);
            let cycle = follow(system, &cycle, Some(state.clone()));
            debug_assert!(last_state(system, &stem) == state, "the stem leads to the cycle");
            debug_assert!(last_state(system, &cycle) == state, "the cycle closes");
            found.push(Lasso { stem, cycle });
        }
    }
    found.sort_by_key(|lasso| (lasso.cycle.len(), lasso.stem.len()));
    Some(found)
}

impl StateGraph {
    /// Returns the graph; none if there are too many states.
    fn of(system: &mut System) -> Option<Self> {
        let mut graph = Self::default();
        let mut numbers = HashTable::new();
        let start = system.start();
        numbers.insert_unique(fingerprint(&start), (fingerprint(&start), 0), |(fingerprint, _)| {
            *fingerprint
        });
        graph.states.push(&start);
        graph.parents.push((0, 0));
        let (mut state, mut transitions, mut next) = (Vec::new(), Vec::new(), Vec::new());
        while graph.states.get(graph.ends.len(), &mut state) {
            let from = graph.ends.len() as u32;
            let violating = system.is_reached(&state, 0, true);
            system.transitions(&state, &mut transitions);
            for (transition, it) in transitions.iter().enumerate() {
                system.apply(&state, *it, &mut next);
                let known =
                    numbers.find(fingerprint(&next), |(known, _)| *known == fingerprint(&next));
                let to = known.map_or_else(|| graph.parents.len() as u32, |(_, number)| *number);
                if known.is_none() {
                    numbers.insert_unique(
                        fingerprint(&next),
                        (fingerprint(&next), to),
                        |(fingerprint, _)| *fingerprint,
                    );
                    graph.states.push(&next);
                    graph.parents.push((from, transition as u32));
                }
                if violating && let Some(fair_action) = fair_action(system, *it) {
                    graph.edges.push(Edge { to, transition: transition as u32, fair_action });
                }
            }
            graph.violating.push(violating);
            graph.ends.push(graph.edges.len());
            if graph.parents.len() > MOST_STATES {
                return None;
            }
        }
        Some(graph)
    }

    /// Returns the edges from a state.
    fn edges(&self, state: u32) -> &[Edge] {
        let start = state.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.edges[start..self.ends[state as usize]]
    }

    /// Returns the strongly connected components with a cycle, among the violating states.
    fn components(&self) -> Vec<Vec<u32>> {
        let count = self.violating.len();
        let mut tarjan = Tarjan {
            graph: self,
            index: vec![0; count],
            low: vec![0; count],
            done: vec![false; count],
            next: 1,
            stack: Vec::new(),
            found: Vec::new(),
        };
        for state in (0..count as u32).filter(|state| self.violating[*state as usize]) {
            if tarjan.index[state as usize] == 0 {
                tarjan.visit(state);
            }
        }
        tarjan.found.retain(|component| {
            let loops = |state: u32| self.edges(state).iter().any(|edge| edge.to == state);
            component.len() > 1 || loops(component[0])
        });
        tarjan.found
    }

    /// True if every action that is enabled in all states of a component is also taken in it.
    fn is_fair(&self, component: &[u32]) -> bool {
        let within = within(component);
        let inside = component.iter().flat_map(|state| self.edges(*state).iter().copied());
        let done: Vec<FairAction> =
            inside.filter(|edge| has(&within, edge.to)).map(|edge| edge.fair_action).collect();
        self.neglected(component.iter().copied(), &done).is_empty()
    }

    /// Returns the actions enabled in all of these states and not taken.
    fn neglected(
        &self,
        mut states: impl Iterator<Item = u32>,
        done: &[FairAction],
    ) -> Vec<FairAction> {
        let Some(first) = states.next() else { return Vec::new() };
        let mut always: Vec<FairAction> =
            self.edges(first).iter().map(|edge| edge.fair_action).collect();
        always.retain(|fair_action| !done.contains(fair_action));
        for state in states {
            if always.is_empty() {
                break;
            }
            always.retain(|fair_action| {
                self.edges(state).iter().any(|edge| edge.fair_action == *fair_action)
            });
        }
        always
    }

    /// Returns a fair cycle from a state of a fair component: the path to the state, and the cycle. It is the
    /// shortest one, extended until no action is neglected.
    fn cycle(&self, component: &[u32], start: u32) -> Option<(Vec<usize>, Vec<usize>)> {
        let within = within(component);
        let mut cycle = self.shortest_path(&within, start, |edge| edge.to == start)?;
        loop {
            let states = std::iter::once(start).chain(cycle.iter().map(|edge| edge.to));
            let done: Vec<FairAction> = cycle.iter().map(|edge| edge.fair_action).collect();
            let Some(&neglected_action) = self.neglected(states, &done).first() else { break };
            let does = |edge: &Edge| {
                let possible =
                    self.edges(edge.to).iter().any(|other| other.fair_action == neglected_action);
                edge.fair_action == neglected_action || !possible
            };
            let there = self.shortest_path(&within, start, does)?;
            let end = there.last()?.to;
            cycle.extend(there);
            if end != start {
                cycle.extend(self.shortest_path(&within, end, |edge| edge.to == start)?);
            }
        }
        let mut stem = Vec::new();
        let mut at = start;
        while at != 0 {
            let (from, transition) = self.parents[at as usize];
            stem.push(transition as usize);
            at = from;
        }
        stem.reverse();
        Some((stem, cycle.iter().map(|edge| edge.transition as usize).collect()))
    }

    /// Returns the shortest path within a component whose last edge is wanted.
    fn shortest_path(
        &self,
        within: &HashTable<u32>,
        start: u32,
        wanted: impl Fn(&Edge) -> bool,
    ) -> Option<Vec<Edge>> {
        // Each edge with the index of the one before it.
        let mut row: Vec<(Edge, Option<usize>)> = Vec::new();
        let mut seen = HashTable::new();
        let (mut place, mut at, mut before) = (0, start, None);
        loop {
            for edge in self.edges(at).iter().filter(|edge| has(within, edge.to)) {
                if wanted(edge) {
                    let mut shortest_path = vec![*edge];
                    while let Some(place) = before {
                        let (edge, earlier): (Edge, Option<usize>) = row[place];
                        shortest_path.push(edge);
                        before = earlier;
                    }
                    shortest_path.reverse();
                    return Some(shortest_path);
                }
                if !has(&seen, edge.to) {
                    seen.insert_unique(spread(edge.to), edge.to, |state| spread(*state));
                    row.push((*edge, before));
                }
            }
            let (edge, _) = row.get(place)?;
            (at, before) = (edge.to, Some(place));
            place += 1;
        }
    }
}

/// Tarjan's algorithm, without recursion.
struct Tarjan<'a> {
    graph: &'a StateGraph,
    /// By state: its index, from 1, and the lowest index that it leads back to.
    index: Vec<u32>,
    low: Vec<u32>,
    done: Vec<bool>,
    next: u32,
    stack: Vec<u32>,
    found: Vec<Vec<u32>>,
}

impl Tarjan<'_> {
    fn visit(&mut self, start: u32) {
        // Each state with the number of its edges followed.
        let mut calls = vec![(start, 0)];
        while let Some((state, followed)) = calls.last_mut() {
            let at = *state as usize;
            if *followed == 0 && self.index[at] == 0 {
                self.index[at] = self.next;
                self.low[at] = self.next;
                self.next += 1;
                self.stack.push(*state);
            }
            if let Some(edge) = self.graph.edges(*state).get(*followed) {
                *followed += 1;
                let to = edge.to as usize;
                if !self.graph.violating[to] || self.done[to] {
                    continue;
                }
                if self.index[to] == 0 {
                    calls.push((edge.to, 0));
                } else {
                    self.low[at] = self.low[at].min(self.index[to]);
                }
                continue;
            }
            let state = *state;
            calls.pop();
            if let Some((caller, _)) = calls.last() {
                let caller = *caller as usize;
                self.low[caller] = self.low[caller].min(self.low[at]);
            }
            if self.low[at] == self.index[at] {
                self.close(state);
            }
        }
    }

    /// Completes a component: all states on the stack down to this one.
    fn close(&mut self, state: u32) {
        let place = self.stack.iter().rposition(|other| *other == state).unwrap_or_default();
        let component = self.stack.split_off(place);
        component.iter().for_each(|state| self.done[*state as usize] = true);
        self.found.push(component);
    }
}

/// Returns the action of a transition; none if it is a fault.
fn fair_action(system: &System, transition: Transition) -> Option<FairAction> {
    match transition {
        Transition::Step { node, effect, fault: None, .. } => {
            Some((node.index(), system.cache.effects[effect as usize].stimulus.code()))
        }
        _ => None,
    }
}

fn within(component: &[u32]) -> HashTable<u32> {
    let mut table = HashTable::with_capacity(component.len());
    for state in component {
        table.insert_unique(spread(*state), *state, |state| spread(*state));
    }
    table
}

fn has(table: &HashTable<u32>, state: u32) -> bool {
    table.find(spread(state), |other| *other == state).is_some()
}

fn spread(state: u32) -> u64 {
    u64::from(state).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
