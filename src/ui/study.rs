//! What is asked of the order of events: a row of switches below the diagram.

use yew::prelude::*;

use super::Send;
use crate::app::{Action, Ask, State};

/// The switches.
pub(super) fn study(state: &State, send: &Send) -> Html {
    let study = &state.study;
    html! {
        <div class="study" role="group" aria-label="How the run is looked at">
            { switch("Hide future", "Hides what is still to come: in the diagram, in the verdicts and in the \
                lists (F)", study.future_hidden, Ask::Future, send) }
            <button class="keys" onclick={send.reform(|_: MouseEvent| Action::Study(Ask::Sheet(true)))}
                aria-haspopup="dialog" title="Keyboard shortcuts (?)">{ "Keys" }</button>
        </div>
    }
}

fn switch(name: &'static str, title: &'static str, on: bool, ask: Ask, send: &Send) -> Html {
    let onclick = send.reform(move |_: MouseEvent| Action::Study(ask));
    html! { <button {onclick} aria-pressed={on.to_string()} {title}>{ name }</button> }
}
