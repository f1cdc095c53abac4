//! Leaves orders out that come to the same: partial-order reduction by stubborn turns.
//!
//! What comes to different nodes comes to the same in either order. So where nobody will send a node anything before
//! that node has moved, what may come to it now is all that has to be tried: every run from there has one of these
//! turns sooner or later, and it might as well be the next (Valmari 1991, "Stubborn sets for reduced state space
//! generation"; Godefroid 1996). That nobody will is seen by letting the others go on without it, each handed whatever
//! it is sent, in any order and as often as it likes: what does not come even so, does not come at all.
//!
//! Of what may come to such a node, one thing suffices if it is all the same whether that comes before the others or
//! behind them: the node's state, what it sends and what it tells.
//!
//! Where an aim minds who tells something first, only one of them may tell anything: the node, or the others before it
//! has moved. And somewhere on each circle of states everything is tried, or something would be put off for ever: a
//! turn that leads to a state that was gone through already is not enough (Bošnački, Leue and Lluch Lafuente 2006,
//! "Partial-order reduction for general state exploring algorithms").

use std::{hash::Hash, rc::Rc};

use hashbrown::{HashTable, hash_table::Entry};

use super::{
    local::{Effect, Stimulus},
    world::{Kind, Turn, World},
};
use crate::kernel::{Fingerprinter, NodeId};

/// How many states of a node, and how many things that may come to it, are looked at before a turn is given up.
const MOST: usize = 96;
/// How many answers of nodes are looked at to see whether another one waits alone.
const WORK: usize = 1500;
/// How many states are passed over at most where it was given up again and again.
const PATIENCE: u32 = 1024;

/// What is known for the reduction.
#[derive(Clone)]
pub(super) struct Reduction {
    /// What was asked before of a turn and of what else may come, and what came of it.
    asked: HashTable<(u128, bool)>,
    /// How many states are passed over the next time that it is given up, and how many now.
    tired: u32,
    rest: u32,
}

impl Reduction {
    pub(super) const fn new() -> Self {
        Self { asked: HashTable::new(), tired: 1, rest: 0 }
    }

    /// The turns that suffice in a state, if not all of them have to be tried. The first of them is none of the faults.
    pub(super) fn stubborn(
        &mut self,
        world: &mut World,
        state: &[u32],
        turns: &[Turn],
    ) -> Option<Vec<usize>> {
        if let Some(rest) = self.rest.checked_sub(1) {
            self.rest = rest;
            return None;
        }
        let mut least: Option<Vec<usize>> = None;
        for node in (0..world.nodes).map(NodeId::new) {
            let (own, quiet) = match all_of(world, state, turns, node) {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                Err(GaveUp) => {
                    self.rest = self.tired;
                    self.tired = (self.tired * 2).min(PATIENCE);
                    return None;
                }
            };
            self.tired = 1;
            if quiet && let Some(one) = self.one_of(world, state, turns, node) {
                return Some(one);
            }
            if own.len() < least.as_ref().map_or(turns.len(), Vec::len) {
                least = Some(own);
            }
        }
        least
    }

    /// A turn at a node that waits alone which makes no difference to what else may come to it before, with the faults
    /// that may befall what it is about.
    fn one_of(
        &mut self,
        world: &mut World,
        state: &[u32],
        turns: &[Turn],
        node: NodeId,
    ) -> Option<Vec<usize>> {
        let (number, place) = turns.iter().enumerate().find_map(|(number, turn)| match *turn {
            Turn::Happens { node: at, effect, place, fault: None } if at == node => {
                self.is_stubborn(world, state, (node, effect, place)).then_some((number, place))
            }
            _ => None,
        })?;
        let befalls = |turn: &Turn| match *turn {
            Turn::Lost { place: hit } | Turn::Doubled { place: hit } => Some(hit) == place,
            Turn::Happens { .. } => false,
        };
        let faults = turns.iter().enumerate().filter(|(_, turn)| befalls(turn));
        let faults = faults.map(|(number, _)| number);
        Some(std::iter::once(number).chain(faults).collect())
    }

    fn is_stubborn(
        &mut self,
        world: &mut World,
        state: &[u32],
        (node, effect, place): (NodeId, u32, Option<usize>),
    ) -> bool {
        let crashes = world.left(state, Kind::Crash) > 0;
        let it = &world.locals.effects[effect as usize];
        // Where the node may still crash, nothing may be left of the turn but its memory.
        if crashes && (!it.sent.is_empty() || world.is_noticed(effect)) {
            return false;
        }
        let head = world.head();
        let others = (head..state.len()).filter(|other| Some(*other) != place);
        let to_it = |envelope: &u32| world.locals.envelopes.get(*envelope).to == node;
        let mut others: Vec<u32> = others.map(|place| state[place]).filter(to_it).collect();
        others.dedup();
        let mut taken = Fingerprinter::new();
        (effect, &others, crashes).hash(&mut taken);
        let print = taken.fingerprint();
        if let Some((_, known)) = self.asked.find(print as u64, |(known, _)| *known == print) {
            return *known;
        }
        let holds = commutes(world, (node, effect), &others, crashes);
        if let Entry::Vacant(place) =
            self.asked.entry(print as u64, |(known, _)| *known == print, |(print, _)| *print as u64)
        {
            place.insert((print, holds));
        }
        holds
    }
}

/// All turns at a node to which nobody will send anything before it has moved: they suffice. With whether, where an aim
/// minds who tells first, nobody else tells anything before it has.
fn all_of(
    world: &mut World,
    state: &[u32],
    turns: &[Turn],
    node: NodeId,
) -> Result<Option<(Vec<usize>, bool)>, GaveUp> {
    let to = |place: usize| world.locals.envelopes.get(state[place]).to;
    let is_own = |turn: Turn| match turn {
        Turn::Happens { node: at, .. } => at == node,
        Turn::Lost { place } | Turn::Doubled { place } => to(place) == node,
    };
    let mut own: Vec<usize> = (0..turns.len()).filter(|number| is_own(turns[*number])).collect();
    let Some(first) = own.iter().position(|number| !World::is_fault(turns[*number])) else {
        return Ok(None);
    };
    own.swap(0, first);
    let minds = world.minds_order();
    let quiet = waits_alone(world, state, node, minds)?;
    let tells = own.iter().any(|number| match turns[*number] {
        Turn::Happens { effect, .. } => world.is_noticed(effect),
        _ => false,
    });
    let suffices = quiet || minds && !tells && waits_alone(world, state, node, false)?;
    Ok(suffices.then_some((own, quiet)))
}

/// It would take too much to find out.
struct GaveUp;

/// Whether nobody sends a node anything, or is told to have crashed, as long as the node does not move; and, if they
/// are to be `quiet`, whether the others tell nothing.
fn waits_alone(
    world: &mut World,
    state: &[u32],
    node: NodeId,
    quiet: bool,
) -> Result<bool, GaveUp> {
    let crashes = world.left(state, Kind::Crash) > 0;
    if world.left(state, Kind::Recover) > 0 || crashes && (quiet || world.tells_of_crashes()) {
        return Ok(false);
    }
    // By node: the states that it may come to, and what may come to it.
    let mut locals: Vec<Vec<u32>> = state[..world.nodes].iter().map(|local| vec![*local]).collect();
    let mut comes: Vec<Vec<u32>> = vec![Vec::new(); world.nodes];
    for envelope in &state[world.head()..] {
        note(&mut comes[world.locals.envelopes.get(*envelope).to.index()], *envelope);
    }
    // By node: how many of its states were tried with all that may come to it, and with how much of that.
    let mut tried = vec![(0, 0); world.nodes];
    let mut work = 0;
    loop {
        let lags = |other: &usize| {
            *other != node.index() && tried[*other] != (locals[*other].len(), comes[*other].len())
        };
        let Some(other) = (0..world.nodes).find(lags) else { return Ok(true) };
        let (done, known) = tried[other];
        let (states, arrivals) = (locals[other].len(), comes[other].len());
        tried[other] = (states, arrivals);
        for place in 0..states {
            let local = locals[other][place];
            let mut stimuli = if place < done {
                Vec::new()
            } else {
                world.own_stimuli(NodeId::new(other), local)
            };
            // What was known is new only to a state that is.
            let new = if place < done { known } else { 0 };
            stimuli.extend(comes[other][new..arrivals].iter().map(|it| Stimulus::Arrival(*it)));
            work += stimuli.len();
            if work > WORK {
                return Err(GaveUp);
            }
            for stimulus in stimuli {
                if !world.can_come(local, stimulus) {
                    continue;
                }
                let effect = world.locals.answer(&world.plan, NodeId::new(other), local, stimulus);
                let effect = Rc::clone(&world.locals.effects[effect as usize]);
                if quiet && world.noticed(&effect.told).next().is_some() {
                    return Ok(false);
                }
                note(&mut locals[other], effect.next);
                for envelope in &effect.sent {
                    let to = world.locals.envelopes.get(*envelope).to;
                    if to == node {
                        return Ok(false);
                    }
                    note(&mut comes[to.index()], *envelope);
                }
            }
        }
    }
}

/// Adds something to a list unless it is there.
fn note(list: &mut Vec<u32>, thing: u32) {
    if !list.contains(&thing) {
        list.push(thing);
    }
}

/// Whether a turn at a node that waits alone comes to the same before and after whatever else may come to it first. That
/// must not send anything, or more might come of it.
fn commutes(
    world: &mut World,
    (node, effect): (NodeId, u32),
    others: &[u32],
    crashes: bool,
) -> bool {
    let Effect { local, stimulus, .. } = *world.locals.effects[effect as usize];
    let mut comes: Vec<Stimulus> = others.iter().map(|it| Stimulus::Arrival(*it)).collect();
    if world.keeps_order()
        && let Stimulus::Arrival(envelope) = stimulus
    {
        // What is behind it on its link does not come before it.
        comes.retain(|other| match other {
            Stimulus::Arrival(other) => !world.is_same_link(envelope, *other),
            _ => true,
        });
    }
    let mut met = vec![local];
    let mut next = 0;
    while let Some(&here) = met.get(next) {
        next += 1;
        if met.len() > MOST || crashes && !is_forgotten(world, node, here, stimulus) {
            return false;
        }
        let own = world.own_stimuli(node, here);
        for &other in comes.iter().chain(&own) {
            if other == stimulus && !matches!(other, Stimulus::Arrival(_)) {
                continue;
            }
            if !swaps(world, (node, here), [stimulus, other], crashes) {
                return false;
            }
            let other = world.locals.answer(&world.plan, node, here, other);
            note(&mut met, world.locals.effects[other as usize].next);
        }
    }
    true
}

/// Whether a crash leaves nothing of a turn.
fn is_forgotten(world: &mut World, node: NodeId, here: u32, stimulus: Stimulus) -> bool {
    let mut next = |local, stimulus| {
        let number = world.locals.answer(&world.plan, node, local, stimulus);
        world.locals.effects[number as usize].next
    };
    let there = next(here, stimulus);
    next(here, Stimulus::Crash) == next(there, Stimulus::Crash)
}

/// Whether, in this state of a node, it is all the same which of two things comes first, of which the other one sends
/// nothing.
fn swaps(
    world: &mut World,
    (node, here): (NodeId, u32),
    [one, other]: [Stimulus; 2],
    crashes: bool,
) -> bool {
    let mut answer = |local, stimulus| {
        let number = world.locals.answer(&world.plan, node, local, stimulus);
        (number, Rc::clone(&world.locals.effects[number as usize]))
    };
    let ((_, one_first), (other_number, other_first)) = (answer(here, one), answer(here, other));
    let (_, one_second) = answer(other_first.next, one);
    let (other_later, other_second) = answer(one_first.next, other);
    let fits = world.can_come(other_first.next, one) && world.can_come(one_first.next, other);
    if !fits || one_second.next != other_second.next {
        return false;
    }
    if other_first.sends + other_second.sends > 0 || one_first.sent != one_second.sent {
        return false;
    }
    // If the aims mind who tells first, nothing that is sent may make others tell something in between.
    if world.minds_order() && one_first.sends > 0 {
        return false;
    }
    let told = |first: &Effect, second: &Effect| {
        let mut told: Vec<u32> =
            world.noticed(&first.told).chain(world.noticed(&second.told)).collect();
        if !world.minds_sequence() {
            told.sort_unstable();
        }
        told
    };
    if told(&one_first, &other_second) != told(&other_first, &one_second) {
        return false;
    }
    // If it crashes in the middle of the other one, nothing may be left of this one.
    if !crashes {
        return true;
    }
    let first = world.locals.cut(&world.plan, node, other_number, 0);
    let second = world.locals.cut(&world.plan, node, other_later, 0);
    let [first, second] = [first, second].map(|it| &world.locals.effects[it as usize]);
    (first.next, &first.told) == (second.next, &second.told)
}
