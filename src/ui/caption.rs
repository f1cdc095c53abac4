//! One sentence at a time: what to look at.

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, State},
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
                    <span class="badge" aria-hidden="true">{ place + 1 }</span>{ visible(&caption.text).into_owned() }
                    // Once is enough: beside the title, if there is one.
                    if scenario.title.is_empty() { { old_words(state) } }
                </p>
            } else if !edited {
                <p>{ "Click a message to lose or delay it; click a line to crash its node." }</p>
            }
            if edited {
                <p class="changed">
                    <b>{ "You changed this run. " }</b>
                    { "The picture and every verdict follow at once." }
                </p>
                <button onclick={reset} title="Back to the run as it was opened">{ "Start over" }</button>
            }
        </div>
    }
}

/// A mark on what the reader wrote of the run, if the run has changed since.
pub(super) fn old_words(state: &State) -> Html {
    if !state.has_old_words() {
        return html! {};
    }
    html! {
        <small class="old-words" title="Your own words stay. Correct them in the tab “As text” if they are no longer true.">
            { "written before the last change" }
        </small>
    }
}
