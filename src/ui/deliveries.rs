//! Indications of each node to its application, node beside node.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Send,
    events::go_to,
    fields::{choice, protocol_word, select},
    inspector::look_at,
    rows::{ClassOfRow, DrawRow, Rows, Stops},
};
use crate::{
    app::{Action, Run, Selection, text},
    diagram::{Against, Cell, Column, Deliveries, cell_text},
    kernel::NodeId,
    web::Style,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Number of events that have happened.
    pub(super) cursor: usize,
    /// Number of events that are not hidden.
    pub(super) told: usize,
    pub(super) selection: Option<Selection>,
    /// The node that the reader wants to see first.
    pub(super) inspected: Option<NodeId>,
    /// The kind of indication that the reader wants to see; none for all kinds.
    pub(super) wanted: Option<&'static str>,
    pub(super) send: Send,
}

/// Number of nodes that are shown beside each other.
const COLUMNS: usize = 8;

/// Table of the indications of each node.
#[component]
pub(super) fn Told(props: &Props) -> Html {
    let Props { run, cursor, told: tellable, selection, inspected, wanted, send } = props;
    let is_hidden = *tellable < run.trace.events.len();
    let told = use_memo((run.clone(), *wanted), |(run, wanted)| {
        let of = |kind| Deliveries::of(run.protocol, &run.scenario, &run.trace, kind);
        let told = of(*wanted);
        let known = wanted.is_none_or(|wanted| told.kinds.contains(&wanted));
        if known { (*wanted, Rc::new(told)) } else { (None, Rc::new(of(None))) }
    });
    let (kind, told) = (told.0, Rc::clone(&told.1));
    if told.kinds.is_empty() {
        let nothing = match is_hidden {
            true => text::deliveries::NOTHING_YET,
            false => text::deliveries::NOTHING,
        };
        return html! { <p class="why">{ nothing }</p> };
    }
    let clear = told.kinds.len() == 1 || kind.is_some();
    let odd = told.columns.iter().flat_map(|column| &column.cells);
    let odd = odd.filter(|cell| cell.event < *tellable && cell.against.is_some()).count();
    // Some of many nodes are shown, beginning with the one that the reader chose.
    let all = told.columns.len();
    let wanted_first = told.columns.iter().position(|column| Some(column.node) == *inspected);
    let first = wanted_first.unwrap_or(0).min(all.saturating_sub(COLUMNS));
    let columns = first..(first + COLUMNS).min(all);
    let selected = match selection {
        Some(Selection::Event(event)) => Some(*event),
        _ => None,
    };
    let last =
        |column: &Column| column.cells.partition_point(|cell| cell.event < *cursor).checked_sub(1);
    let shown = told.columns[columns.clone()].iter().filter_map(last).max();
    let class: ClassOfRow = Rc::new(|_| Classes::new());
    let draw: DrawRow = {
        let (run, told, send, cursor) = (run.clone(), Rc::clone(&told), send.clone(), *cursor);
        let columns = columns.clone();
        Rc::new(move |row: usize, stops: &Stops| {
            let cells = told.columns[columns.clone()].iter().enumerate().map(|(column, it)| {
                let Some(cell) = it.cells.get(row) else { return html! { <span role="cell"></span> } };
                let class = classes!(
                    (cell.event >= cursor).then_some("to-come"),
                    (selected == Some(cell.event)).then_some("selected"),
                    cell.against.is_some().then_some("odd"),
                );
                let (id, tab) = (stops.id(column), stops.tab(column));
                html! { <span role="cell" {class}>{ button(&run, cell, clear, (id, tab), &send) }</span> }
            });
            html! { <><span role="rowheader">{ row + 1 }</span>{ for cells }</> }
        })
    };
    let heads = std::iter::once(text::deliveries::NUMBER.to_owned());
    let names = told.columns[columns.clone()].iter().map(|column| {
        let name = run.scenario.name(column.node);
        if column.is_traitor { text::deliveries::traitor(&name) } else { name }
    });
    let heads: Vec<_> = heads.chain(names).collect();
    let style = Style::from(format!("--columns:{}", columns.len()));
    let onchange = {
        let kinds = told.kinds.clone();
        send.reform(move |value: String| {
            Action::Indications(kinds.iter().copied().find(|kind| *kind == value))
        })
    };
    let choices = told.kinds.iter().copied().map(protocol_word);
    let choices =
        std::iter::once(choice("", text::deliveries::EVERYTHING)).chain(choices).collect();
    let kinds: Html = select(kind.unwrap_or_default(), choices, onchange).into();
    html! {
        <div class="deliveries" data-style={style.attribute()} ~style={style.property()}>
            <div class="events-bar">
                if told.kinds.len() > 1 {
                    <label class="kind-of">
                        <span>{ text::deliveries::KIND }</span>
                        { kinds }
                    </label>
                }
                if all > COLUMNS { { look_at(run, *inspected, text::deliveries::FIRST_NODES, send) } }
                <output class="count">{ verdict(odd, is_hidden) }</output>
            </div>
            <Rows id="told" label={text::deliveries::TABLE} {heads}
                stops={columns.len()} count={told.rows} {shown} {class} {draw} />
        </div>
    }
}

fn verdict(odd: usize, is_hidden: bool) -> String {
    match odd {
        0 if is_hidden => text::deliveries::AGREE_SO_FAR.to_owned(),
        0 => text::deliveries::AGREE.to_owned(),
        odd => text::deliveries::differ(odd),
    }
}

fn button(
    run: &Run,
    cell: &Cell,
    clear: bool,
    (id, tabindex): (String, &'static str),
    send: &Send,
) -> Html {
    let text = cell_text(run.protocol, &run.scenario, &run.trace, cell.event, clear);
    let event = cell.event;
    let at = run.trace.events[event].time;
    let name = |node| run.scenario.name(node);
    let odd = cell.against.map(|(node, against)| match against {
        Against::Order => ("⇅", text::deliveries::other_order(&name(node))),
        Against::Value => ("≠", text::deliveries::other_value(&name(node))),
    });
    let send = send.clone();
    let onclick = Callback::from(move |_: MouseEvent| go_to(&send, event));
    let said = odd.as_ref().map_or("", |(_, words)| words.as_str());
    html! {
        <button {id} {tabindex} class="link" {onclick} title={text::deliveries::cell(&text, at, said)}>
            if let Some((sign, _)) = &odd { <span class="sign" aria-hidden="true">{ *sign }</span> }
            <span lang="en">{ &text }</span>
            if !said.is_empty() { <span class="unseen">{ said }</span> }
        </button>
    }
}
