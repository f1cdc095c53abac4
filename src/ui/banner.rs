//! What could not be opened, with the reader's own text: nothing of it is lost.

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Refused},
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) refused: Refused,
    pub(super) send: Send,
}

/// What is wrong, and the text to mend.
#[component]
pub(super) fn Banner(props: &Props) -> Html {
    let text = use_state(|| props.refused.text.clone());
    use_effect_with(props.refused.text.clone(), {
        let text = text.clone();
        move |given| text.set(given.clone())
    });
    let dismiss = props.send.reform(|_: MouseEvent| Action::Dismiss);
    let oninput = {
        let text = text.clone();
        Callback::from(move |event: InputEvent| text.set(web::value_of(&event)))
    };
    let again = {
        let text = text.clone();
        props.send.reform(move |_: MouseEvent| Action::Load((*text).clone()))
    };
    html! {
        <div class="banner" role="alert">
            <p class="why">{ &props.refused.why }</p>
            if !props.refused.text.is_empty() {
                <textarea aria-label="The link as it was given" rows="3" value={(*text).clone()} {oninput} />
                <button onclick={again}>{ "Try again" }</button>
            }
            <button onclick={dismiss}>{ "Close" }</button>
        </div>
    }
}
