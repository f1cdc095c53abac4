//! Next steps: the same scenario under another protocol, and the next stop of the tour.

use yew::prelude::*;

use super::{Send, strip::sign};
use crate::app::{Action, Edit, Variant, Ways, text};

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

/// Button for the next stop of the tour.
pub(super) fn next_stop(ways: &Ways, send: &Send) -> Html {
    let Some((path, title)) = ways.next else { return html! {} };
    let onclick = send.reform(move |_: MouseEvent| Action::Example(path.into()));
    html! {
        <button id="next" class="next" {onclick}>
            { text::ways::NEXT }<b lang="en">{ title }</b><span aria-hidden="true">{ "\u{a0}→" }</span>
        </button>
    }
}
