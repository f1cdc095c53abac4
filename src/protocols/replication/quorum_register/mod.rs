//! Quorum register: shared registers on top of messages.
//!
//! Every node holds a copy of each register, a value with a timestamp, and serves clients. Reads and writes alike take
//! two phases, of 2(n − 1) messages each:
//!
//! - **Consult**: ask all nodes for their copies (READ), wait for those of a majority (VALUE), and take the one with
//!   the highest timestamp.
//! - **Impose**: send a copy to all nodes (WRITE), and wait until a majority has it (ACK). A writer imposes its own
//!   value with a higher timestamp. A reader imposes the value that it is about to answer.
//!
//! Any two majorities share a node. So a client that consults after a value was imposed learns of that value, or of a
//! later one. Where quorums do not overlap (`quorum` *one*), a read can miss an acknowledged write, and
//! **linearizability** breaks.
//!
//! This is also why readers write. Only some nodes know of a write that is under way: one read may learn of it, and a
//! later one may not. A reader that answers the new value first makes sure that no later read misses it. Without
//! `write-back` the second of two reads can answer the older value (the new/old inversion), and **linearizability**
//! breaks, though no acknowledged update is lost: the register is *regular*.
//!
//! Where it departs from the papers: the clients are the nodes themselves, and may have several operations under way.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        quorum::Quorum,
        register::{
            Access, LINEARIZABILITY, NO_LOST_ACKNOWLEDGED_UPDATE, Reply, TERMINATION, one_read,
            one_write, shown,
        },
    },
    cost,
    kernel::{
        Break, Context, Group, Keys, Never, NodeId, NodeSet, Process, Protocol, Rule, SortedMap,
    },
};

#[cfg(test)]
mod tests;

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "quorum-register",
    name: "Quorum register",
    summary: "Reads and writes ask a majority, and a reader writes its value back before it answers.",
    source: "Attiya, Bar-Noy and Dolev 1995, Sharing Memory Robustly in Message-Passing Systems; with several \
             writers: Lynch and Shvartsman 1997, Robust Emulation of Shared Memory Using Dynamic \
             Quorum-Acknowledged Broadcasts; Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and \
             Secure Distributed Programming, Algorithms 4.10 and 4.11",
    example: "writer-crashes-half-way",
    model: &[
        Parameters::write_back.is("true").always().for_safety(),
        Parameters::quorum.is("majority").always().for_safety(),
        Rule::NoRecoveries.always().for_safety(),
        Rule::MajorityCorrect.always().for_liveness(),
        Rule::ReliableChannels.always().for_liveness(),
    ],
    promises: &[LINEARIZABILITY, NO_LOST_ACKNOWLEDGED_UPDATE, TERMINATION],
    breaks: &[
        Break {
            when: "a read does not write back",
            scenario: "read-without-write-back",
            violates: &[LINEARIZABILITY],
            broken: &[Parameters::write_back.is("true")],
        },
        Break {
            when: "quorums do not overlap",
            scenario: "quorums-that-do-not-overlap",
            violates: &[LINEARIZABILITY, NO_LOST_ACKNOWLEDGED_UPDATE],
            broken: &[Parameters::quorum.is("majority")],
        },
        Break {
            when: "a majority crashes",
            scenario: "majority-is-down",
            violates: &[TERMINATION],
            broken: &[Rule::MajorityCorrect],
        },
    ],
    costs: &[
        cost!("one write", n >= 2 => 4 * (n - 1), one_write),
        cost!("one read", n >= 2 => 4 * (n - 1), one_read),
        cost!("one read without write-back", n >= 2 => 2 * (n - 1), |scenario| {
            scenario.set(Parameters::write_back, false);
            one_read(scenario);
        }),
    ],
    ..Protocol::of::<QuorumRegister>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// True if a read writes the value that it has found back to a quorum before it answers.
        write_back: bool = true;
        /// Number of answers that each phase waits for.
        quorum: Quorum = Majority;
    }
}

/// A node: replica of all registers, and client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct QuorumRegister {
    /// Copies of the registers, by key.
    copies: SortedMap<Value, Versioned>,
    /// Number of requests so far.
    requests: u32,
    /// Operations that are under way, by the number of the request.
    operations: SortedMap<u32, Operation>,
}

/// A value with its timestamp. Timestamps of different writes differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Versioned {
    /// Copies are compared by this number first, then by the writer.
    number: u32,
    writer: NodeId,
    value: Value,
}

/// An operation that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Operation {
    access: Access,
    phase: Phase,
    /// Nodes that have answered in this phase.
    answered: NodeSet,
    /// The highest copy so far; a write puts its own in when it imposes.
    highest: Option<Versioned>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
enum Phase {
    Consult,
    Impose,
}

/// A message about one request of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// A client asks for the copy.
    #[display("READ {key}")]
    Read {
        /// The client's number for the request.
        request: u32,
        /// The register.
        key: Value,
    },
    /// The copy; none if the register was never written.
    #[display("VALUE {}", shown(copy.as_ref().map(|it| &it.value)))]
    Value {
        /// The client's number for the request.
        request: u32,
        /// The copy.
        copy: Option<Versioned>,
    },
    /// The receiver is to take this copy, unless its own is newer.
    #[display("WRITE {key} = {}", shown(copy.as_ref().map(|it| &it.value)))]
    Write {
        /// The client's number for the request.
        request: u32,
        /// The register.
        key: Value,
        /// The copy.
        copy: Option<Versioned>,
    },
    /// The sender's copy is at least as new.
    #[display("ACK")]
    Ack {
        /// The client's number for the request.
        request: u32,
    },
}

impl Process for QuorumRegister {
    type Parameters = Parameters;
    type Request = Access;
    type Indication = Reply;
    type Message = Message;
    type Timer = Never;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self::default()
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, access: Access) {
        self.requests += 1;
        let (request, key) = (self.requests, access.key().clone());
        let (phase, answered) = (Phase::Consult, NodeSet::EMPTY);
        self.operations.insert(request, Operation { access, phase, answered, highest: None });
        ctx.send_all(Message::Read { request, key });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Read { request, key } => {
                let copy = self.copies.get(&key).cloned();
                ctx.send(from, Message::Value { request, copy });
            }
            Message::Write { request, key, copy } => {
                let newest = self.copies.remove(&key).max(copy);
                self.copies.extend(newest.map(|newest| (key, newest)));
                ctx.send(from, Message::Ack { request });
            }
            Message::Value { request, copy } => {
                self.on_answer(ctx, from, (Phase::Consult, request), copy);
            }
            Message::Ack { request } => self.on_answer(ctx, from, (Phase::Impose, request), None),
        }
    }

    /// The replica denies that it was ever written to.
    fn forge(message: &Message, _to: NodeId, _keys: Keys) -> Option<Message> {
        let Message::Value { request, copy: Some(_) } = *message else { return None };
        Some(Message::Value { request, copy: None })
    }
}

impl QuorumRegister {
    fn on_answer(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        (phase, request): (Phase, u32),
        copy: Option<Versioned>,
    ) {
        let operation = self.operations.get_mut(&request).filter(|it| it.phase == phase);
        let Some(operation) = operation else { return };
        operation.answered.insert(from);
        operation.highest = operation.highest.take().max(copy);
        if !ctx.parameters().quorum.is_in(operation.answered, ctx.group()) {
            return;
        }
        match (phase, &operation.access) {
            (Phase::Consult, Access::Write { key, value }) => {
                // The node's own copy is at least as new as all of its writes that are under way.
                let known = operation.highest.as_ref().max(self.copies.get(key));
                let number = 1 + known.map_or(0, |it| it.number);
                let copy = Versioned { number, writer: ctx.me(), value: value.clone() };
                operation.highest = Some(copy);
                operation.impose(ctx, request);
            }
            (Phase::Consult, Access::Read { .. }) if ctx.parameters().write_back => {
                operation.impose(ctx, request);
            }
            (Phase::Consult, Access::Read { .. }) | (Phase::Impose, _) => {
                self.respond(ctx, request);
            }
        }
    }

    /// Ends the operation. A read answers the value that it has found.
    fn respond(&mut self, ctx: &mut Context<Self>, request: u32) {
        let Some(Operation { access, highest, .. }) = self.operations.remove(&request) else {
            return;
        };
        let found = highest.filter(|_| matches!(access, Access::Read { .. }));
        ctx.indicate(Reply::Respond { request, value: found.map(|copy| copy.value) });
    }
}

impl Operation {
    fn impose(&mut self, ctx: &mut Context<QuorumRegister>, request: u32) {
        (self.phase, self.answered) = (Phase::Impose, NodeSet::EMPTY);
        let (key, copy) = (self.access.key().clone(), self.highest.clone());
        ctx.send_all(Message::Write { request, key, copy });
    }
}
