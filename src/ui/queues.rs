//! Messages in transit and those that are held back, at the playhead, by receiver.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Send,
    events::go_to,
    inspector::{Worked, use_work},
    rows::{ClassOfRow, DrawRow, Rows, Stops},
};
use crate::{
    app::{Run, Selection, text},
    diagram::{Queue, Queued, Queues},
    kernel::{Time, spell},
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Number of events that have happened.
    pub(super) cursor: usize,
    /// Time of the playhead, in virtual ms.
    pub(super) time: Time,
    /// Number of events that are not hidden.
    pub(super) told: usize,
    pub(super) selection: Option<Selection>,
    pub(super) worked: Worked,
    pub(super) send: Send,
}

/// Messages in transit and those that are held back.
#[component]
pub(super) fn Waiting(props: &Props) -> Html {
    let Props { run, cursor, time, told, selection, worked, send } = props;
    worked.borrow_mut().index_traffic(run);
    use_work(run, worked, |worked, run| (!worked.index_traffic(run)).then_some(0));
    let worked = worked.borrow();
    let Some(traffic) = worked.traffic(run) else {
        return html! { <p class="hint">{ text::network_view::COMPUTING }</p> };
    };
    let queues = Queues::at(&run.trace, &run.features().waits, traffic, *cursor, *told);
    let Queues { messages, held, in_transit } = queues;
    let summary = text::tables::queued(*time, held, in_transit, messages.len());
    let messages = Rc::new(messages);
    let heads = [text::tables::TO, text::tables::FROM, text::tables::MESSAGE, text::tables::STATUS];
    let selected = match selection {
        Some(Selection::Event(event)) => Some(*event),
        _ => None,
    };
    let class: ClassOfRow = {
        let messages = Rc::clone(&messages);
        Rc::new(move |row| {
            let begins = row > 0 && messages[row - 1].to != messages[row].to;
            let is_selected = selected == Some(messages[row].event);
            classes!(begins.then_some("begins"), is_selected.then_some("selected"))
        })
    };
    let draw: DrawRow = {
        let (run, messages, send) = (run.clone(), Rc::clone(&messages), send.clone());
        Rc::new(move |row: usize, stops: &Stops| {
            cells(&run, &messages[row], (stops.id(0), stops.tab(0)), &send)
        })
    };
    html! {
        <div class="deliveries queues">
            <div class="events-bar"><output class="count">{ summary }</output></div>
            if messages.is_empty() {
                <p class="why">{ text::tables::NOTHING_QUEUED }</p>
            } else {
                <Rows id="queued" label={text::tables::QUEUES_LABEL} heads={heads.map(str::to_owned).to_vec()}
                    stops=1 count={messages.len()} shown={None::<usize>} {class} {draw} />
            }
        </div>
    }
}

fn cells(run: &Run, queued: &Queued, (id, tabindex): (String, &'static str), send: &Send) -> Html {
    let message = &run.trace.messages[queued.message];
    let name = |node| run.scenario.name(node);
    let since = run.trace.events[queued.event].time;
    let status = match queued.status {
        Queue::Held => text::tables::held(since),
        Queue::InTransit => text::tables::in_transit(since),
        Queue::Arrives(at) => text::tables::arrives(since, at),
        Queue::IsLost(at) => text::tables::is_lost(since, at),
    };
    let words = spell(&message.packet.to_string(), &run.scenario.nodes);
    let title = message.words(&run.scenario);
    let (send, event) = (send.clone(), queued.event);
    let onclick = Callback::from(move |_: MouseEvent| go_to(&send, event));
    html! {
        <>
            <span role="rowheader" translate="no">{ name(queued.to) }</span>
            <span role="cell">{ name(message.name.from) }</span>
            <span role="cell"><button {id} {tabindex} class="link" lang="en" {onclick} {title}>{ words }</button></span>
            <span role="cell" title={status.clone()}>{ status }</span>
        </>
    }
}
