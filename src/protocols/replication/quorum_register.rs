//! Quorum register: shared registers on top of messages.
//!
//! Implements: (N,N)-AtomicRegister, one for each key. Uses: nothing.
//! Model: crash-stop, asynchronous. Linearizable whatever is lost or late; live if channels are reliable
//! and a majority of the nodes stays up.
//! Source: Attiya, Bar-Noy and Dolev 1995, "Sharing Memory Robustly in Message-Passing Systems"; with several
//! writers: Lynch and Shvartsman 1997, "Robust Emulation of Shared Memory Using Dynamic
//! Quorum-Acknowledged Broadcasts"; Cachin, Guerraoui and Rodrigues 2011, Algorithms 4.10 and 4.11
//! "Read-Impose Write-Consult-Majority".
//!
//! Every node holds a copy of each register, a value with a timestamp, and serves clients. Reading and
//! writing alike take two phases, of 2(n − 1) messages each:
//!
//! - **Consult**: ask everybody for their copies (READ), wait for those of a majority (VALUE), and take the
//!   one with the highest timestamp.
//! - **Impose**: send everybody a copy (WRITE), and wait until a majority has it (ACK). A writer imposes its
//!   own value with a higher timestamp; a reader imposes what it is about to answer.
//!
//! Any two majorities share a node, so whoever consults after a value was imposed hears of it, or of a later
//! one. That is why quorums have to overlap: where they do not (`quorum` *one*), a read can miss a
//! write that was acknowledged, and **linearizability** breaks.
//!
//! And that is why readers write. A write that is under way is known here and there: one read may hear of
//! it, and a later one may not. Who answers the new value makes sure before that nobody will miss it from
//! then on. Without `write-back` the second of two reads can answer the older value (the new/old
//! inversion), and **linearizability** breaks, though no acknowledged update is lost: the register is *regular*.
//!
//! Where it departs from the papers: clients are the nodes themselves, and may ask for several things at
//! a time.

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
    kernel::{
        Break, Context, Group, Keys, Never, NodeId, NodeSet, ParameterValue, Process, Protocol,
        Rule, SortedMap,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "quorum-register",
    name: "Quorum register",
    summary: "Reads and writes ask a majority, and readers write back what they are about to answer.",
    source: "Attiya, Bar-Noy and Dolev 1995, Sharing Memory Robustly in Message-Passing Systems",
    model: &[
        Parameters::write_back.is("true").always().for_safety(),
        Parameters::quorum.is("majority").always().for_safety(),
        Rule::NobodyRecovers.always().for_safety(),
        Rule::MajorityStaysUp.always().for_liveness(),
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
            broken: &[Rule::MajorityStaysUp],
        },
    ],
    costs: &[
        crate::cost!("one write", n >= 2 => 4 * (n - 1), one_write),
        crate::cost!("one read", n >= 2 => 4 * (n - 1), one_read),
        crate::cost!("one read without write-back", n >= 2 => 2 * (n - 1), |scenario| {
            scenario.params.insert("write-back".to_owned(), ParameterValue::Flag(false));
            one_read(scenario);
        }),
    ],
    ..Protocol::of::<QuorumRegister>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// Whether a read imposes what it has found before it answers.
        write_back: bool = true;
        /// How many answers each phase waits for.
        quorum: Quorum = Majority;
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct QuorumRegister {
    write_back: bool,
    quorum: usize,
    /// By key: the copy of the register.
    copies: SortedMap<Value, Versioned>,
    /// How many requests there were.
    requests: u32,
    /// What is under way, by the number of the request.
    operations: SortedMap<u32, Operation>,
}

/// A value with its timestamp. Timestamps of different writes differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Versioned {
    /// What it is compared by, before the writer.
    number: u32,
    writer: NodeId,
    value: Value,
}

/// An operation that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Operation {
    access: Access,
    phase: Phase,
    /// Who has answered in this phase.
    answered: NodeSet,
    /// The highest that was heard of.
    highest: Option<Versioned>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
enum Phase {
    Consult,
    Impose,
}

/// What travels; each message with the number of the request that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// What is your copy?
    #[display("READ {key}")]
    Read {
        /// The client's number for it.
        request: u32,
        /// Which register.
        key: Value,
    },
    /// This is it; none if it was never written.
    #[display("VALUE {}", shown(copy.as_ref().map(|it| &it.value)))]
    Value {
        /// The client's number for it.
        request: u32,
        /// The copy.
        copy: Option<Versioned>,
    },
    /// Take this copy, unless yours is newer.
    #[display("WRITE {key} = {}", shown(copy.as_ref().map(|it| &it.value)))]
    Write {
        /// The client's number for it.
        request: u32,
        /// Which register.
        key: Value,
        /// The copy.
        copy: Option<Versioned>,
    },
    /// Mine is as new at least.
    #[display("ACK")]
    Ack {
        /// The client's number for it.
        request: u32,
    },
}

impl Process for QuorumRegister {
    type Parameters = Parameters;
    type Request = Access;
    type Indication = Reply;
    type Message = Message;
    type Timer = Never;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let quorum = parameters.quorum.size(group);
        Self {
            write_back: parameters.write_back,
            quorum,
            copies: SortedMap::new(),
            requests: 0,
            operations: SortedMap::new(),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, access: Access) {
        self.requests += 1;
        let (request, key) = (self.requests, access.key().clone());
        let (phase, answered) = (Phase::Consult, NodeSet::EMPTY);
        let operation = Operation { access, phase, answered, highest: None };
        self.operations.insert(request, operation);
        ctx.send_all(Message::Read { request, key });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Read { request, key } => {
                let copy = self.copies.get(&key).cloned();
                ctx.send(from, Message::Value { request, copy });
            }
            Message::Value { request, copy } => self.on_value(ctx, from, request, copy),
            Message::Write { request, key, copy } => self.on_write(ctx, from, request, key, copy),
            Message::Ack { request } => self.on_ack(ctx, from, request),
        }
    }

    /// The replica denies that it was ever written to.
    fn forge(message: &Message, _to: NodeId, _keys: Keys) -> Option<Message> {
        match message {
            Message::Value { request, copy: Some(_) } => {
                Some(Message::Value { request: *request, copy: None })
            }
            _ => None,
        }
    }
}

impl QuorumRegister {
    /// Counts an answer, and takes the operation out once a quorum has given one in this phase.
    fn completed(
        &mut self,
        phase: Phase,
        request: u32,
        from: NodeId,
        copy: Option<Versioned>,
    ) -> Option<Operation> {
        let operation = self.operations.get_mut(&request).filter(|it| it.phase == phase)?;
        operation.answered.insert(from);
        operation.highest = operation.highest.take().max(copy);
        (operation.answered.len() >= self.quorum).then(|| self.operations.remove(&request))?
    }

    fn on_value(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        request: u32,
        copy: Option<Versioned>,
    ) {
        let completed = self.completed(Phase::Consult, request, from, copy);
        let Some(operation) = completed else { return };
        match &operation.access {
            Access::Write { key, value } => {
                // One's own copy is as new as all of one's writes that are under way.
                let known = operation.highest.as_ref().max(self.copies.get(key));
                let number = 1 + known.map_or(0, |it| it.number);
                let copy = Versioned { number, writer: ctx.me(), value: value.clone() };
                self.impose(ctx, request, operation, Some(copy));
            }
            Access::Read { .. } if self.write_back => {
                let copy = operation.highest.clone();
                self.impose(ctx, request, operation, copy);
            }
            Access::Read { .. } => respond(ctx, request, operation),
        }
    }

    fn impose(
        &mut self,
        ctx: &mut Context<Self>,
        request: u32,
        operation: Operation,
        copy: Option<Versioned>,
    ) {
        let key = operation.access.key().clone();
        let (phase, answered) = (Phase::Impose, NodeSet::EMPTY);
        self.operations.insert(request, Operation { phase, answered, ..operation });
        ctx.send_all(Message::Write { request, key, copy });
    }

    fn on_write(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        request: u32,
        key: Value,
        copy: Option<Versioned>,
    ) {
        let newest = self.copies.remove(&key).max(copy);
        self.copies.extend(newest.map(|newest| (key, newest)));
        ctx.send(from, Message::Ack { request });
    }

    fn on_ack(&mut self, ctx: &mut Context<Self>, from: NodeId, request: u32) {
        if let Some(operation) = self.completed(Phase::Impose, request, from, None) {
            respond(ctx, request, operation);
        }
    }
}

/// Answers: a read what it has found, a write nothing.
fn respond(ctx: &mut Context<QuorumRegister>, request: u32, operation: Operation) {
    let value = match operation.access {
        Access::Write { .. } => None,
        Access::Read { .. } => operation.highest.map(|copy| copy.value),
    };
    ctx.indicate(Reply::Respond { request, value });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, MessageName, Scenario, Time, run},
        protocols::testing::{crash, deliveries, group, node},
    };

    fn write(scenario: &mut Scenario, at: Time, number: usize, key: &str, value: i64) {
        let with = serde_json::json!({"key": key, "value": value});
        scenario.ask(at, node(number), "write", Some(with));
    }

    fn read(scenario: &mut Scenario, at: Time, number: usize, key: &str) {
        scenario.ask(at, node(number), "read", Some(key.into()));
    }

    fn answers(scenario: &Scenario) -> Vec<String> {
        deliveries(&PROTOCOL, scenario)
    }

    #[test]
    fn each_key_has_its_own_register() {
        let mut scenario = group(&PROTOCOL, 3);
        write(&mut scenario, 0, 1, "x", 1);
        write(&mut scenario, 0, 1, "y", 2);
        for key in ["x", "y", "z"] {
            read(&mut scenario, 50, 2, key);
        }
        let expected = ["40 P1 respond –", "40 P1 respond –"].into_iter();
        let expected = expected.chain(["90 P2 respond 1", "90 P2 respond 2", "90 P2 respond –"]);
        assert_eq!(answers(&scenario), expected.collect::<Vec<_>>());
    }

    #[test]
    fn an_old_write_that_comes_late_changes_nothing() {
        let mut scenario = group(&PROTOCOL, 3);
        write(&mut scenario, 0, 1, "x", 1);
        write(&mut scenario, 50, 2, "x", 2);
        let late = MessageName { from: node(1), to: node(3), number: 2 };
        scenario.faults = vec![Fault::Delay { message: late, by: 100 }];
        read(&mut scenario, 200, 3, "x");
        assert_eq!(answers(&scenario)[2..], ["240 P3 respond 2"]);
    }

    #[test]
    fn two_writes_of_one_node_have_different_timestamps() {
        let mut scenario = group(&PROTOCOL, 3);
        write(&mut scenario, 0, 1, "x", 1);
        write(&mut scenario, 0, 1, "x", 2);
        let trace = run(&PROTOCOL, &scenario).expect("writes are valid requests");
        let numbers = trace.messages.iter().filter_map(|message| {
            let Message::Write { copy, .. } = message.packet.get()? else { return None };
            copy.as_ref().map(|copy| (copy.number, copy.value.to_string()))
        });
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers, [(1, "1".to_owned()), (2, "2".to_owned())]);
    }

    #[test]
    fn a_minority_may_crash_at_any_time() {
        for (crashed, after_sends) in [(2, 0), (2, 1), (3, 0), (3, 1)] {
            for at in [0, 10, 30, 50, 60, 80] {
                let mut scenario = group(&PROTOCOL, 3);
                write(&mut scenario, 0, 1, "x", 1);
                read(&mut scenario, 50, 1, "x");
                scenario.faults = vec![crash(at, crashed, after_sends)];
                let expected = ["40 P1 respond –", "90 P1 respond 1"];
                assert_eq!(answers(&scenario), expected, "P{crashed} at {at}");
            }
        }
    }

    #[test]
    fn a_read_without_write_back_takes_one_phase() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.params.insert("write-back".to_owned(), ParameterValue::Flag(false));
        write(&mut scenario, 0, 1, "x", 1);
        read(&mut scenario, 50, 2, "x");
        assert_eq!(answers(&scenario), ["40 P1 respond –", "70 P2 respond 1"]);
    }
}
