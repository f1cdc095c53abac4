//! One sentence at a time: what to look at.

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Run},
    kernel::Time,
};

/// The caption of the moment, or, once the reader has changed the run, the way back.
pub(super) fn caption_line(run: &Run, time: Time, edited: bool, send: &Send) -> Html {
    let scenario = &run.scenario;
    let told = scenario.captions.iter().enumerate().filter(|(_, caption)| caption.at <= time);
    let latest = told.max_by_key(|(place, caption)| (caption.at, *place));
    let reset = send.reform(|_: MouseEvent| Action::Reset);
    html! {
        <div class="caption">
            if edited {
                <p>
                    <b>{ "You changed this run. " }</b>
                    { "The picture and every verdict follow at once." }
                </p>
                <button onclick={reset} title="Back to the run as it was opened">{ "Start over" }</button>
            } else if let Some((place, caption)) = latest {
                <p><span class="badge" aria-hidden="true">{ place + 1 }</span>{ &caption.text }</p>
            } else {
                <p>{ "Click a message to lose or delay it; click a line to crash its node." }</p>
            }
        </div>
    }
}
