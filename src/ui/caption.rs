//! One sentence at a time: what to look at.

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, State, text},
    kernel::{Time, visible},
};

/// The caption of the moment, as everyone sees it who opens the link, and, once the reader has changed the run, the
/// way back.
pub(super) fn caption_line(state: &State, edited: bool, send: &Send) -> Html {
    let (scenario, time) = (state.scenario(), state.playhead.time as Time);
    let told = scenario.captions.iter().enumerate().filter(|(_, caption)| caption.at <= time);
    let latest = told.max_by_key(|(place, caption)| (caption.at, *place));
    let reset = send.reform(|_: MouseEvent| Action::Reset);
    html! {
        <div class="caption">
            if let Some((place, caption)) = latest {
                <p>
                    <span class="badge" aria-hidden="true">{ place + 1 }</span>
                    <span lang="en">{ visible(&caption.text).into_owned() }</span>
                    // Once is enough: beside the title, if there is one.
                    if scenario.title.is_empty() { { old_words(state) } }
                </p>
            }
            if edited {
                <p class="changed">
                    <b>{ text::caption::CHANGED }</b>
                    { effect(state) }
                </p>
                <button onclick={reset} title={text::caption::RESET_HELP}>{ text::caption::RESET }</button>
            }
        </div>
    }
}

/// Effect of the last change on the run, where that is known and may be told.
fn effect(state: &State) -> Html {
    let found = state.changes.found.as_ref().filter(|_| !state.study.future_hidden);
    match found {
        Some(found) => html! { <span lang="en">{ &*found.sentence }</span> },
        None => html! { { text::caption::FOLLOWS } },
    }
}

/// A mark on what the reader wrote of the run, if the run has changed since.
pub(super) fn old_words(state: &State) -> Html {
    if !state.has_old_words() {
        return html! {};
    }
    html! {
        <small class="old-words" title={text::caption::OLD_WORDS_HELP}>
            { text::caption::OLD_WORDS }
        </small>
    }
}
