//! Stimuli that commute in a local state.

use std::rc::Rc;

use crate::{
    kernel::NodeId,
    search::{
        system::System,
        transitions::{Effect, Stimulus},
    },
};

/// True if a crash erases every trace of a step.
pub(super) fn crash_erases(
    system: &mut System,
    node: NodeId,
    here: u32,
    stimulus: Stimulus,
) -> bool {
    let mut next = |local, stimulus| {
        let number = system.cache.effect_of(&system.plan, node, local, stimulus);
        system.cache.effects[number as usize].next
    };
    let there = next(here, stimulus);
    next(here, Stimulus::Crash) == next(there, Stimulus::Crash)
}

/// True if two stimuli commute in this local state: the same state, sends and observations in both orders.
pub(super) fn commute(
    system: &mut System,
    (node, here): (NodeId, u32),
    [one, other]: [Stimulus; 2],
    crashes: bool,
) -> bool {
    let mut effect_of = |local, stimulus| {
        let number = system.cache.effect_of(&system.plan, node, local, stimulus);
        (number, Rc::clone(&system.cache.effects[number as usize]))
    };
    let ((_, one_first), (other_number, other_first)) =
        (effect_of(here, one), effect_of(here, other));
    let (_, one_second) = effect_of(other_first.next, one);
    let (other_later, other_second) = effect_of(one_first.next, other);
    let fits =
        system.is_possible(other_first.next, one) && system.is_possible(one_first.next, other);
    if !fits || one_second.next != other_second.next {
        return false;
    }
    if other_first.sent != other_second.sent || one_first.sent != one_second.sent {
        return false;
    }
    if system.keeps_order() && share_a_link(system, &one_first.sent, &other_first.sent) {
        return false;
    }
    let observed = |first: &Effect, second: &Effect| {
        let mut observed: Vec<u32> =
            system.observable(&first.observed).chain(system.observable(&second.observed)).collect();
        if !system.observes_sequence() {
            observed.sort_unstable();
        }
        observed
    };
    if observed(&one_first, &other_second) != observed(&other_first, &one_second) {
        return false;
    }
    if !crashes {
        return true;
    }
    // If the node crashes within the second step, the crash must erase the first one.
    if other_first.sends + other_second.sends > 0 {
        return false;
    }
    let first = system.cache.cut(&system.plan, node, other_number, 0);
    let second = system.cache.cut(&system.plan, node, other_later, 0);
    let [first, second] = [first, second].map(|it| &system.cache.effects[it as usize]);
    (first.next, &first.observed) == (second.next, &second.observed)
}

/// True if some of these envelopes use the same link as some of those.
fn share_a_link(system: &System, these: &[u32], those: &[u32]) -> bool {
    these.iter().any(|one| those.iter().any(|other| system.is_same_link(*one, *other)))
}
