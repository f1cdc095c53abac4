//! Messages that one node received, by round: the nodes that told a value, and the node that the value is about.

use std::mem;

use crate::kernel::{
    EventId, EventKind, MessageId, NodeId, NodeSet, Protocol, Scenario, Statement, Trace, sort,
    spell,
};

/// Values that one node received, by round: for each round the nodes that told them, one below the other, and the nodes
/// that they are about, side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rounds {
    /// True if the protocol states values of nodes. Otherwise a cell is a whole message, about the node whose application's
    /// message it carries, or else about its sender; its round is the length of the longest chain of messages that ends with it.
    pub is_stated: bool,
    /// Nodes that the values are about.
    pub columns: Vec<NodeId>,
    /// Rows in the order of the rounds, then of the nodes that told them.
    pub rows: Vec<RoundRow>,
}

/// Values of one round that took the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundRow {
    /// Number of the round, from 1.
    pub round: u32,
    /// Nodes that told the values, the sender first, without the nodes that the values are about. Empty if each node told
    /// its own value.
    pub tellers: Vec<NodeId>,
    /// A value for each of the columns; none if none was received.
    pub cells: Vec<Option<RoundCell>>,
}

/// A value that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundCell {
    /// Event of the receipt.
    pub event: EventId,
    /// The value, or the text of the message.
    pub value: String,
    /// A node that says something else of the same, if one does, and its value.
    pub against: Option<(NodeId, String)>,
}

/// A statement that was received. Its order is that of the rows.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    round: u32,
    /// Number of nodes in the path.
    length: usize,
    /// Nodes that told it, the sender first, and last the node that it is about.
    path: Vec<NodeId>,
    event: EventId,
    value: String,
    against: Option<(NodeId, String)>,
}

impl Account {
    fn tellers(&self) -> &[NodeId] {
        &self.path[..self.path.len() - 1]
    }

    fn subject(&self) -> NodeId {
        self.path[self.path.len() - 1]
    }
}

/// True if the messages of a run state values of nodes.
#[must_use]
pub fn states_values(protocol: &Protocol, trace: &Trace) -> bool {
    trace.messages.first().is_some_and(|message| {
        let told = (protocol.behaviour.tells)(message.name.from, &message.packet);
        told.is_some_and(|told| !told.statements.is_empty())
    })
}

impl Rounds {
    /// Collects what a node received in the first `events` events of a run.
    #[must_use]
    pub fn of(
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
        node: NodeId,
        events: EventId,
    ) -> Self {
        let is_stated = states_values(protocol, trace);
        let mut told = received(protocol, scenario, trace, node, events);
        if is_stated {
            mark(&mut told);
        }
        let routers = scenario.network.topology.routers();
        let hosts = NodeSet::first(scenario.nodes.len()).without(routers);
        let subjects: NodeSet = told.iter().map(Account::subject).collect();
        let columns: Vec<_> = if is_stated { hosts } else { subjects }.into_iter().collect();
        Self { is_stated, rows: in_rows(told, &columns), columns }
    }

    /// Number of values that contradict other ones.
    #[must_use]
    pub fn contradictions(&self) -> usize {
        let cells = self.rows.iter().flat_map(|row| &row.cells).flatten();
        cells.filter(|cell| cell.against.is_some()).count()
    }
}

/// Statements that a node received, in the order of their receipt. Further copies of a message say nothing new.
fn received(
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
    node: NodeId,
    events: EventId,
) -> Vec<Account> {
    // Longest chain of messages: by node that has ended there, by message that ends with it.
    let mut chains = vec![0_u32; scenario.nodes.len()];
    let mut lengths = vec![0_u32; trace.messages.len()];
    let mut is_read = vec![false; trace.messages.len()];
    let mut told = Vec::new();
    for (event, it) in trace.events[..events.min(trace.events.len())].iter().enumerate() {
        let chain = &mut chains[it.node.index()];
        match it.kind {
            EventKind::Send(message) => lengths[message] = *chain + 1,
            EventKind::Receive(message) => {
                *chain = (*chain).max(lengths[message]);
                if it.node == node && !mem::replace(&mut is_read[message], true) {
                    read(protocol, scenario, trace, (event, message, lengths[message]), &mut told);
                }
            }
            _ => {}
        }
    }
    told
}

fn read(
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
    (event, id, length): (EventId, MessageId, u32),
    told: &mut Vec<Account>,
) {
    let message = &trace.messages[id];
    let from = message.name.from;
    let packet = message.damaged().unwrap_or(&message.packet);
    let in_round = (protocol.behaviour.tells)(from, packet);
    let (round, mut statements) =
        in_round.map_or((length, Vec::new()), |it| (it.round, it.statements));
    if statements.is_empty() {
        let origin = (protocol.behaviour.carries)(from, packet).map(|(origin, _)| origin);
        let path = match origin.filter(|origin| *origin != from) {
            Some(origin) => vec![from, origin],
            None => vec![from],
        };
        statements.push(Statement { path, value: packet.to_string() });
    }
    told.extend(statements.into_iter().map(|Statement { path, value }| {
        let value = spell(&value, &scenario.nodes);
        Account { round, length: path.len(), path, event, value, against: None }
    }));
}

/// Marks the values that contradict what other nodes say of the same: all that differ from the value of more than half of
/// them, or all of them if there is no such value.
///
/// *P4 says that P1 said a* is one of the accounts of what P1 said, as is what P1 itself said to the node.
fn mark(told: &mut [Account]) {
    // A statement is an account of what is reported in it, and of itself.
    let mut accounts: Vec<(Vec<NodeId>, bool, usize)> = Vec::with_capacity(2 * told.len());
    for (place, it) in told.iter().enumerate() {
        accounts.push((it.path.clone(), false, place));
        if it.path.len() > 1 {
            accounts.push((it.path[1..].to_vec(), true, place));
        }
    }
    sort(&mut accounts);
    // A report is compared with other reports of the same first, and only then with what others report of it a round later.
    for is_report in [true, false] {
        for group in accounts.chunk_by(|one, other| one.0 == other.0) {
            mark_group(group, is_report, told);
        }
    }
}

fn mark_group(group: &[(Vec<NodeId>, bool, usize)], is_report: bool, told: &mut [Account]) {
    let mut values: Vec<&str> = group.iter().map(|(.., place)| &*told[*place].value).collect();
    sort(&mut values);
    if values.first() == values.last() {
        return;
    }
    let middle = values[values.len() / 2];
    let is_majority = 2 * values.iter().filter(|value| **value == middle).count() > values.len();
    let most = is_majority.then(|| middle.to_owned());
    let mut marks = Vec::new();
    for (_, _, place) in group.iter().filter(|(_, report, _)| *report == is_report) {
        let mine = &told[*place];
        if Some(&mine.value) == most.as_ref() || mine.against.is_some() {
            continue;
        }
        let is_other = |other: &Account| match &most {
            Some(most) => other.value == *most,
            None => other.value != mine.value,
        };
        let others = group.iter().map(|(.., other)| &told[*other]);
        let against =
            others.filter(|other| is_other(other)).map(|it| (it.path[0], it.value.clone()));
        marks.push((*place, against.min_by_key(|(node, _)| *node)));
    }
    for (place, against) in marks {
        told[place].against = against;
    }
}

/// Lays statements out in rows. What the same nodes told again of the same node, in the same round, stands in a further row.
fn in_rows(mut told: Vec<Account>, columns: &[NodeId]) -> Vec<RoundRow> {
    sort(&mut told);
    let mut rows: Vec<RoundRow> = Vec::new();
    // First row of those with the same round and tellers, and place in them.
    let mut first = 0;
    let mut before: Option<(NodeId, usize)> = None;
    for it in told {
        let subject = it.subject();
        let is_same = |row: &RoundRow| row.round == it.round && row.tellers == it.tellers();
        if !rows.get(first).is_some_and(is_same) {
            (first, before) = (rows.len(), None);
        }
        let place = match before {
            Some((last, place)) if last == subject => place + 1,
            _ => 0,
        };
        before = Some((subject, place));
        if first + place == rows.len() {
            let (round, tellers) = (it.round, it.tellers().to_vec());
            rows.push(RoundRow { round, tellers, cells: vec![None; columns.len()] });
        }
        if let Ok(column) = columns.binary_search(&subject) {
            rows[first + place].cells[column] =
                Some(RoundCell { event: it.event, value: it.value, against: it.against });
        }
    }
    rows
}
