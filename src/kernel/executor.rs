//! Executes the effects of a handler. There is one implementation: a simulation and a search of all orders of
//! events use it.

use std::{collections::VecDeque, rc::Rc};

use super::{Input, Medium, NodeId, NodeSet, Output, Packet, Plan, Time};

/// A node and its surroundings: in a simulation, with time and network; in a search, without.
pub(super) trait Executor {
    /// True if the node is up.
    fn is_up(&self) -> bool;

    /// Sends a message to one node, or a transmission that several hear. False if the sender crashes just
    /// before or after.
    fn send(&mut self, to: NodeSet, packet: &Packet) -> bool;

    /// Sets a timer, in place of an equal one.
    fn set_timer(&mut self, timer: Packet, after: Time);

    /// Cancels a timer.
    fn cancel_timer(&mut self, timer: &Packet);

    /// Writes the state to stable storage. The node may crash just before or after.
    fn store(&mut self);

    /// Passes an indication to the application.
    fn indicate(&mut self, kind: &'static str, packet: Packet);

    /// Records a note.
    fn note(&mut self, note: Rc<str>);
}

/// Executes one effect of a node, unless it has crashed in the middle of its effects. Messages to the node
/// itself become inputs.
pub(super) fn carry_out(
    executor: &mut impl Executor,
    (plan, me): (&Plan, NodeId),
    output: Output,
    to_oneself: &mut VecDeque<Input>,
) {
    // The rest of the effects of a crashed node never happens.
    if !executor.is_up() {
        return;
    }
    match output {
        Output::Send { to, packet } => {
            for to in to {
                if to == me {
                    let packet = packet.clone();
                    to_oneself.push_back(Input::Message { from: me, packet });
                } else if !executor.send(to.into(), &packet) {
                    return;
                }
            }
        }
        Output::Transmit(packet) => match plan.scenario().network.medium {
            Medium::Shared => {
                executor.send(plan.group(me).neighbours, &packet);
            }
            Medium::Links => {
                let mut others = plan.group(me).others().into_iter();
                others.all(|to| executor.send(to.into(), &packet));
            }
        },
        Output::SetTimer { timer, after } => executor.set_timer(timer, after),
        Output::CancelTimer(timer) => executor.cancel_timer(&timer),
        Output::Store => executor.store(),
        Output::Indicate { kind, packet } => executor.indicate(kind, packet),
        Output::Note(note) => executor.note(note),
    }
}
