//! Next steps: the same scenario under another protocol, and the next stop of the tour.

use yew::prelude::*;

use super::{Send, strip::sign};
use crate::app::{Action, Edit, TOUR, Variant, Ways, text};

/// The protocols under which the same sends can be seen, each with what sets it apart: one of them is on.
///
/// The switch between variants. Verdicts at the end are left out where the future is hidden.
pub(super) fn variants(ways: &Ways, here: &str, hidden: bool, send: &Send) -> Html {
    if ways.variants.is_empty() {
        return html! {};
    }
    html! {
        <fieldset class="variants">
            <legend>{ if hidden { text::ways::VARIANTS } else { text::ways::VARIANTS_JUDGED } }</legend>
            { for ways.variants.iter().map(|variant| segment(variant, variant.protocol.id == here, hidden, send)) }
        </fieldset>
    }
}

fn segment(variant: &Variant, checked: bool, hidden: bool, send: &Send) -> Html {
    let Variant { protocol, verdicts } = variant;
    let id = protocol.id;
    let onchange = send.reform(move |_: Event| Action::Apply(Edit::Protocol(id)));
    html! {
        <label class={classes!("variant", checked.then_some("on"))} key={id}>
            <input type="radio" name="variant" value={id} {checked} {onchange} />
            <b lang="en">{ protocol.name }</b>
            <span class="apart">
                // Their names are there from the beginning, so that no verdict moves the page.
                { for verdicts.iter().map(|judgement| {
                    let status = (!hidden).then(|| judgement.verdict.status());
                    html! {
                        <span class={status} data-property={judgement.property.name} data-end={status}>
                            <span class="sign" aria-hidden="true">{ if hidden { "·" } else { sign(&judgement.verdict) } }</span>
                            { judgement.property.name }
                            if let Some(status) = status { <span class="unseen">{ format!(" {status}. ") }</span> }
                        </span>
                    }
                }) }
            </span>
        </label>
    }
}

/// The stop of the tour that is shown: what to try there, and the way to the next.
///
/// Once the run is changed, the act is no longer named, but its place stays.
pub(super) fn tour(ways: &Ways, is_edited: bool, send: &Send) -> Html {
    let Some(stop) = ways.stop else { return html! {} };
    let (_, act) = text::tour::STOPS[stop];
    let next = TOUR.get(stop + 1).zip(text::tour::STOPS.get(stop + 1));
    html! {
        <div class="tour">
            <p><b>{ text::ways::stop(stop + 1, TOUR.len()) }</b>{ " " }<span class={is_edited.then_some("done")}>{ act }</span></p>
            { match next {
                Some((path, (title, _))) => {
                    let onclick = send.reform(move |_: MouseEvent| Action::Example((*path).into()));
                    html! {
                        <button id="next" class="next" {onclick} title={*title} lang="en">
                            <span lang={text::LANGUAGE}>{ text::ways::NEXT }</span><span aria-hidden="true">{ "\u{a0}→" }</span>
                        </button>
                    }
                }
                None => html! {
                    <button id="next" class="next" onclick={send.reform(|_: MouseEvent| Action::Gallery(true))} aria-haspopup="dialog">{ text::ways::MORE }</button>
                },
            } }
        </div>
    }
}
