//! What each node told its application, node beside node, and where they disagree.

use super::describe::indication_words;
use crate::kernel::{
    Carried, EventId, EventKind, NodeId, NodeSet, Protocol, Scenario, Trace, sort, spell,
};

/// What the nodes told their applications, each in its own order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// A list for every node that has an application: not for a router.
    pub columns: Vec<Column>,
    /// How many rows the longest of them needs.
    pub rows: usize,
    /// The kinds of indications that there are in the run, in the order in which they come first.
    pub kinds: Vec<&'static str>,
}

/// What one node told its application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Whose.
    pub node: NodeId,
    /// True if the node is a traitor: what it tells is compared with nobody's, as nothing is promised of it.
    pub is_traitor: bool,
    /// In the order in which it told it.
    pub cells: Vec<Cell>,
}

/// One indication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its event.
    pub event: EventId,
    /// The first node that has it otherwise, if one does.
    pub against: Option<(NodeId, Against)>,
}

/// How two nodes disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// They told the same things in another order.
    Order,
    /// They told different things where they should tell one.
    Value,
}

impl Deliveries {
    /// The indications of a run, of one kind or of all.
    #[must_use]
    pub fn of(protocol: &Protocol, scenario: &Scenario, trace: &Trace, kind: Option<&str>) -> Self {
        let routers = scenario.network.topology.routers();
        let mut kinds = Vec::new();
        let mut columns: Vec<Column> = NodeSet::first(scenario.nodes.len())
            .without(routers)
            .into_iter()
            .map(|node| Column { node, is_traitor: false, cells: Vec::new() })
            .collect();
        let mut of_node = vec![usize::MAX; scenario.nodes.len()];
        for (place, column) in columns.iter().enumerate() {
            of_node[column.node.index()] = place;
        }
        for (event, it) in trace.events.iter().enumerate() {
            if let (EventKind::Traitor(_), Some(column)) =
                (&it.kind, columns.get_mut(of_node[it.node.index()]))
            {
                column.is_traitor = true;
            }
            let EventKind::Indicate { kind: its, .. } = it.kind else { continue };
            if !kinds.contains(&its) {
                kinds.push(its);
            }
            if kind.is_none_or(|kind| kind == its)
                && let Some(column) = columns.get_mut(of_node[it.node.index()])
            {
                column.cells.push(Cell { event, against: None });
            }
        }
        let rows = columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
        let told = told(protocol, trace, &columns);
        mark_orders(&numbers(&told, &columns), &mut columns);
        mark_values(trace, &mut columns);
        Self { columns, rows, kinds }
    }
}

/// What a cell says: `m1 (Alice)`, its kind before it if that is not clear.
#[must_use]
pub fn cell_text(
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
    event: EventId,
    kind_is_clear: bool,
) -> String {
    let EventKind::Indicate { kind, packet } = &trace.events[event].kind else {
        return String::new();
    };
    let text = indication_words(scenario, trace, event);
    let carried = text.strip_prefix(kind).unwrap_or(&text).trim_start();
    let short = kind_is_clear && !carried.is_empty();
    let text = spell(if short { carried } else { &text }, &scenario.nodes);
    match (protocol.behaviour.delivers)(packet).map(|(from, _)| scenario.name(from)) {
        Some(from) if !text.contains(&*from) => format!("{text} ({from})"),
        _ => text,
    }
}

/// What is told: the application's message, by its name, and whatever is said.
type Thing = (Option<Carried>, String);

/// Every cell's thing with its column and row, in an order in which equal ones stand together.
fn told(protocol: &Protocol, trace: &Trace, columns: &[Column]) -> Vec<(Thing, usize, usize)> {
    let mut told = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        for (row, cell) in column.cells.iter().enumerate() {
            if let EventKind::Indicate { packet, .. } = &trace.events[cell.event].kind {
                let carried = (protocol.behaviour.delivers)(packet);
                told.push(((carried, packet.to_string()), place, row));
            }
        }
    }
    sort(&mut told);
    told
}

/// A number for every cell: equal ones for equal things, each node's second time of a thing being another.
fn numbers(told: &[(Thing, usize, usize)], columns: &[Column]) -> Vec<Vec<usize>> {
    let mut numbers: Vec<Vec<usize>> =
        columns.iter().map(|column| vec![0; column.cells.len()]).collect();
    // By column: how often it has told the thing.
    let mut times = vec![0; columns.len()];
    let (mut base, mut next) = (0, 0);
    for (at, (thing, place, row)) in told.iter().enumerate() {
        if at > 0 && told[at - 1].0 != *thing {
            base = next;
            times.fill(0);
        }
        numbers[*place][*row] = base + times[*place];
        times[*place] += 1;
        next = next.max(base + times[*place]);
    }
    numbers
}

/// Marks what two nodes told in different orders. What only one of them told does not count.
fn mark_orders(things: &[Vec<usize>], columns: &mut [Column]) {
    let count = things.iter().flatten().max().map_or(0, |most| most + 1);
    let mut tellers = vec![NodeSet::EMPTY; count];
    for (column, things) in columns.iter().zip(things) {
        things.iter().for_each(|&thing| {
            tellers[thing].insert(column.node);
        });
    }
    for one in 0..columns.len() {
        for other in 0..one {
            if columns[one].is_traitor || columns[other].is_traitor {
                continue;
            }
            let nodes = [columns[one].node, columns[other].node];
            let shared = |of: usize, with: NodeId| {
                let rows = things[of].iter().enumerate();
                let tellers = &tellers;
                rows.filter(move |(_, thing)| tellers[**thing].contains(with))
            };
            let pairs: Vec<_> = shared(one, nodes[1])
                .zip(shared(other, nodes[0]))
                .filter(|((_, one), (_, other))| one != other)
                .map(|((one, _), (other, _))| (one, other))
                .collect();
            for (row, its) in pairs {
                let mark = |column: &mut Column, row: usize, node| {
                    column.cells[row].against.get_or_insert((node, Against::Order));
                };
                mark(&mut columns[one], row, nodes[1]);
                mark(&mut columns[other], its, nodes[0]);
            }
        }
    }
}

/// Marks what should be one and is not: the n-th decisions or outcomes of all nodes.
fn mark_values(trace: &Trace, columns: &mut [Column]) {
    let outcome = |cell: &Cell| match &trace.events[cell.event].kind {
        EventKind::Indicate { kind: kind @ ("decide" | "commit" | "abort"), packet } => {
            Some((*kind, packet.clone()))
        }
        _ => None,
    };
    // By column: the place of every outcome, with the outcome.
    let all: Vec<Vec<_>> = columns
        .iter()
        .map(|column| {
            let cells = column.cells.iter().enumerate();
            let loyal = cells.filter(|_| !column.is_traitor);
            loyal.filter_map(|(row, cell)| Some((row, outcome(cell)?))).collect()
        })
        .collect();
    let nodes: Vec<NodeId> = columns.iter().map(|column| column.node).collect();
    for (outcomes, column) in all.iter().zip(columns) {
        for (number, (row, mine)) in outcomes.iter().enumerate() {
            let unlike = |other: &Vec<(usize, _)>| {
                other.get(number).is_some_and(|(_, theirs)| theirs != mine)
            };
            if let Some(other) = all.iter().position(unlike) {
                column.cells[*row].against = Some((nodes[other], Against::Value));
            }
        }
    }
}
