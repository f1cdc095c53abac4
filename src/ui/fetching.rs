//! Fetching of packs: those that an action waits for, and those that are likely to be needed.

use yew::{platform::spawn_local, prelude::*};

use super::Send;
use crate::{
    app::{Action, FetchAction, State, text},
    protocols,
};

/// Fetches what the state wants. Draws what the reader's action waits for, and, if that could not be fetched, a way to try
/// again.
#[hook]
pub(super) fn use_fetching(state: &State, send: &Send) -> Html {
    use_effect_with(state.to_fetch(), {
        let send = send.clone();
        move |wanted| {
            for id in wanted.clone() {
                let send = send.clone();
                spawn_local(async move {
                    send.emit(match protocols::fetch(id).await {
                        Ok(()) => Action::Fetch(FetchAction::Arrived),
                        Err(_) => Action::Fetch(FetchAction::Failed),
                    });
                });
            }
        }
    });
    let Some(awaited) = &state.awaited else { return html! {} };
    let cancel = send.reform(|_: MouseEvent| Action::Cancel);
    let again = send.reform(|_: MouseEvent| Action::Fetch(FetchAction::Again));
    let mut names = awaited.protocols.iter().filter_map(|id| protocols::entry(id));
    let name = names.next().map_or("", |entry| entry.name);
    html! {
        <div class="working" role={state.fetch_failed.then_some("alert")}>
            if state.fetch_failed {
                <span>{ text::fetching::failed(name) }</span>
                <button class="primary" onclick={again}>{ text::fetching::AGAIN }</button>
            } else {
                <span>{ text::fetching::fetching(name) }</span>
            }
            <button onclick={cancel} title={text::work::CANCEL_HELP}>{ text::work::CANCEL }</button>
        </div>
    }
}
