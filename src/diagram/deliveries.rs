//! Indications of each node to its application, side by side, with their disagreements.

use super::describe::indication_words;
use crate::kernel::{
    Carried, EventId, EventKind, NodeId, NodeSet, Protocol, Scenario, Trace, sort, spell,
};

/// Indications of the nodes to their applications, each node's in its own order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// Columns of all nodes that have an application: routers have none.
    pub columns: Vec<Column>,
    /// Number of rows of the longest column.
    pub rows: usize,
    /// Kinds of indications in the run, in the order of their first occurrence.
    pub kinds: Vec<&'static str>,
}

/// Indications of one node to its application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The node.
    pub node: NodeId,
    /// True if the node is a traitor. Its indications are not compared: no property is promised for it.
    pub is_traitor: bool,
    /// Its indications, in order of time.
    pub cells: Vec<Cell>,
}

/// One indication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Event of the indication.
    pub event: EventId,
    /// First node that disagrees, if one does.
    pub against: Option<(NodeId, Against)>,
}

/// Disagreement of two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The same indications in different orders.
    Order,
    /// Different indications where they should be equal.
    Value,
}

impl Deliveries {
    /// Collects the indications of a run, of one kind or of all.
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

/// Text of a cell: `m1 (Alice)`, preceded by its kind unless `kind_is_clear`.
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

/// Content of an indication: the name of the application's message, if there is one, and the text.
type Thing = (Option<Carried>, String);

/// Contents of all cells with column and row, sorted, so that equal contents are adjacent.
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

/// Numbers the contents of all cells. Equal contents have equal numbers; a repetition at the same node counts as
/// another content.
fn numbers(told: &[(Thing, usize, usize)], columns: &[Column]) -> Vec<Vec<usize>> {
    let mut numbers: Vec<Vec<usize>> =
        columns.iter().map(|column| vec![0; column.cells.len()]).collect();
    // By column: number of occurrences of the content so far.
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

/// Marks indications that two nodes made in different orders. Indications of only one of them do not count.
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

/// Marks differing outcomes: the n-th decisions or outcomes of all nodes should be equal.
fn mark_values(trace: &Trace, columns: &mut [Column]) {
    let outcome = |cell: &Cell| match &trace.events[cell.event].kind {
        EventKind::Indicate { kind: kind @ ("decide" | "commit" | "abort"), packet } => {
            Some((*kind, packet.clone()))
        }
        _ => None,
    };
    // By column: the outcomes, each with its row.
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
