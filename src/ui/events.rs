//! Every event, in words.

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Run, Selection},
    diagram::event_sentence,
    kernel::EventId,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// How many events have happened.
    pub(super) cursor: usize,
    /// How many may be told of.
    pub(super) told: usize,
    pub(super) selection: Option<Selection>,
    pub(super) send: Send,
}

/// Every event, in words.
#[component]
pub(super) fn Events(props: &Props) -> Html {
    html! {
        <ol class="events">
            { for (0..props.told).map(|event| row(props, event)) }
        </ol>
    }
}

fn row(props: &Props, event: EventId) -> Html {
    let Props { run, cursor, selection, send, .. } = props;
    let class = classes!(
        (event >= *cursor).then_some("to-come"),
        (*selection == Some(Selection::Event(event))).then_some("selected"),
    );
    let onclick = send.reform(move |_: MouseEvent| Action::Select(Some(Selection::Event(event))));
    let sentence = event_sentence(&run.scenario, &run.trace, event);
    html! {
        <li {class}><button class="link" {onclick}>
            { format!("{} ms: {sentence}", run.trace.events[event].time) }
        </button></li>
    }
}
