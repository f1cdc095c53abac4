//! Table by round of the messages that one node received: rows for the nodes that told a value, columns for the nodes that it is about.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Send,
    events::go_to,
    fields::{named, select},
    rows::{ClassOfRow, DrawRow, Rows, Stops},
};
use crate::{
    app::{Action, Run, Selection, Tables, text},
    diagram::{RoundCell, RoundRow, Rounds, event_sentence},
    kernel::{EventId, EventKind, NodeId, NodeSet},
    web::Style,
};

/// Number of columns that are shown beside each other.
const COLUMNS: usize = 12;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Number of events that have happened.
    pub(super) cursor: usize,
    /// Number of events that are not hidden.
    pub(super) told: usize,
    pub(super) selection: Option<Selection>,
    /// The node that the reader looks at; none for the first.
    pub(super) inspected: Option<NodeId>,
    pub(super) tables: Tables,
    pub(super) send: Send,
}

/// Table by round of the messages that one node received.
#[component]
pub(super) fn ByRound(props: &Props) -> Html {
    let Props { run, cursor, told, inspected, tables, send, .. } = props;
    let is_hidden = *told < run.trace.events.len();
    let routers = run.scenario.network.topology.routers();
    let hosts = NodeSet::first(run.scenario.nodes.len()).without(routers);
    let first = hosts.into_iter().next().unwrap_or(NodeId::new(0));
    let node = inspected.filter(|node| hosts.contains(*node)).unwrap_or(first);
    // A hidden future is told as far as this node's last receipt: the table stays the same until the next one.
    let end = if is_hidden { receipts(run, node, *told) } else { usize::MAX };
    let table = use_memo((run.clone(), node, end), |(run, node, end)| {
        Rc::new(Rounds::of(run.protocol, &run.scenario, &run.trace, *node, *end))
    });
    let table = Rc::clone(&table);
    let all = table.columns.len();
    let from = tables.about.and_then(|about| table.columns.iter().position(|it| *it >= about));
    let from = from.unwrap_or(0).min(all.saturating_sub(COLUMNS));
    let columns = from..(from + COLUMNS).min(all);
    let heads = heads(run, &table.columns[columns.clone()]);
    let style = Style::from(format!("--columns:{}", columns.len()));
    let told_now = |row: &RoundRow| row.cells.iter().flatten().any(|cell| cell.event < *cursor);
    let shown = table.rows.iter().rposition(told_now);
    let class: ClassOfRow = {
        let table = Rc::clone(&table);
        Rc::new(move |row| {
            let begins = row > 0 && table.rows[row - 1].round != table.rows[row].round;
            classes!(begins.then_some("begins"))
        })
    };
    let draw = draw(props, &table, columns.clone());
    let name = run.scenario.name(node);
    html! {
        <div class="deliveries by-round" data-style={style.attribute()} ~style={style.property()}>
            <div class="events-bar">
                { receiver(run, hosts, node, send) }
                if all > COLUMNS { { first_column(run, &table, from, tables, send) } }
                <output class="count">{ count(&table) }</output>
            </div>
            if table.rows.is_empty() {
                <p class="why">{ name }{ " " }{ match is_hidden {
                    true => text::tables::NOTHING_RECEIVED_YET,
                    false => text::tables::NOTHING_RECEIVED,
                } }</p>
            } else {
                <Rows id="round" label={text::tables::received(&name)} {heads}
                    stops={columns.len()} count={table.rows.len()} {shown} {class} {draw} />
                <p class="hint">{ if table.is_stated { text::tables::STATED } else { text::tables::WHOLE } }</p>
            }
            { last_indication(run, node, *told, send) }
        </div>
    }
}

/// Returns the number of events up to this node's last receipt among the first `told` ones.
fn receipts(run: &Run, node: NodeId, told: EventId) -> EventId {
    let is_receipt = |event: &crate::kernel::Event| {
        event.node == node && matches!(event.kind, EventKind::Receive(_))
    };
    run.trace.events[..told].iter().rposition(is_receipt).map_or(0, |last| last + 1)
}

fn heads(run: &Run, columns: &[NodeId]) -> Vec<String> {
    let traitors = run.features().traitors();
    let names = columns.iter().map(|node| {
        let name = run.scenario.name(*node);
        if traitors.contains(*node) { text::deliveries::traitor(&name) } else { name }
    });
    std::iter::once(text::tables::TOLD_BY.to_owned()).chain(names).collect()
}

/// Choice of the node whose receipts are shown.
fn receiver(run: &Run, hosts: NodeSet, node: NodeId, send: &Send) -> Html {
    let onchange =
        send.reform(|value: String| Action::Inspect(value.parse().ok().map(NodeId::new)));
    let choices = hosts.into_iter();
    let choices = choices.map(|host| named(host.index().to_string(), run.scenario.name(host)));
    html! {
        <label class="field">
            <span>{ text::tables::RECEIVER }</span>
            { Html::from(select(node.index().to_string(), choices.collect(), onchange)) }
        </label>
    }
}

/// Choice of the first column of a table that is too wide.
fn first_column(run: &Run, table: &Rounds, from: usize, tables: &Tables, send: &Send) -> Html {
    let tables = *tables;
    let onchange = send.reform(move |value: String| {
        Action::Tabulate(Tables { about: value.parse().ok().map(NodeId::new), ..tables })
    });
    let choices = table.columns[..=table.columns.len() - COLUMNS].iter();
    let choices = choices.map(|node| named(node.index().to_string(), run.scenario.name(*node)));
    let chosen = table.columns[from].index().to_string();
    html! {
        <label class="field">
            <span>{ text::tables::COLUMNS }</span>
            { Html::from(select(chosen, choices.collect(), onchange)) }
        </label>
    }
}

fn count(table: &Rounds) -> String {
    match table.contradictions() {
        0 => String::new(),
        contradictions => text::tables::contradictions(contradictions),
    }
}

fn draw(props: &Props, table: &Rc<Rounds>, columns: std::ops::Range<usize>) -> DrawRow {
    let Props { run, cursor, selection, send, .. } = props;
    let selected = match selection {
        Some(Selection::Event(event)) => Some(*event),
        _ => None,
    };
    let (run, table, send, cursor) = (run.clone(), Rc::clone(table), send.clone(), *cursor);
    Rc::new(move |row: usize, stops: &Stops| {
        let row = &table.rows[row];
        let cells = row.cells[columns.clone()].iter().enumerate().map(|(column, cell)| {
            let Some(cell) = cell else {
                let empty = if table.is_stated { text::tables::NO_VALUE } else { "" };
                return html! { <span role="cell">{ empty }</span> };
            };
            let class = classes!(
                (cell.event >= cursor).then_some("to-come"),
                (selected == Some(cell.event)).then_some("selected"),
                cell.against.is_some().then_some("odd"),
            );
            let stop = (stops.id(column), stops.tab(column));
            html! { <span role="cell" {class}>{ button(&run, cell, stop, &send) }</span> }
        });
        html! { <><span role="rowheader">{ head(&run, row) }</span>{ for cells }</> }
    })
}

fn head(run: &Run, row: &RoundRow) -> String {
    let tellers: Vec<_> = row.tellers.iter().map(|teller| run.scenario.name(*teller)).collect();
    match tellers.is_empty() {
        true => text::tables::own(row.round),
        false => text::tables::told_by(row.round, &tellers),
    }
}

fn button(
    run: &Run,
    cell: &RoundCell,
    (id, tabindex): (String, &'static str),
    send: &Send,
) -> Html {
    let event = cell.event;
    let at = run.trace.events[event].time;
    let against = cell.against.as_ref();
    let said = against.map(|(node, value)| text::tables::against(&run.scenario.name(*node), value));
    let said = said.unwrap_or_default();
    let send = send.clone();
    let onclick = Callback::from(move |_: MouseEvent| go_to(&send, event));
    html! {
        <button {id} {tabindex} class="link" {onclick} title={text::deliveries::cell(&cell.value, at, &said)}>
            if against.is_some() { <span class="sign" aria-hidden="true">{ "≠" }</span> }
            <span lang="en">{ &cell.value }</span>
            if against.is_some() { <span class="unseen">{ said }</span> }
        </button>
    }
}

/// The last indication of the node, which is its result where it decides.
fn last_indication(run: &Run, node: NodeId, told: EventId, send: &Send) -> Html {
    let is_indication = |event: &crate::kernel::Event| {
        event.node == node && matches!(event.kind, EventKind::Indicate { .. })
    };
    let Some(event) = run.trace.events[..told].iter().rposition(is_indication) else {
        return html! {};
    };
    let send = send.clone();
    let onclick = Callback::from(move |_: MouseEvent| go_to(&send, event));
    html! {
        <p class="last-indication">
            { text::tables::LAST }{ " " }
            <button class="link" {onclick} lang="en">{ event_sentence(&run.scenario, &run.trace, event) }</button>
        </p>
    }
}
