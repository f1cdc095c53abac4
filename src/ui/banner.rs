//! What could not be opened, with the reader's own text: nothing of it is lost.

use yew::prelude::*;

use super::{Send, fields::form};
use crate::app::{Action, Refused, text};

/// What is wrong, and the text to mend.
pub(super) fn banner(refused: &Refused, send: &Send) -> Html {
    let dismiss = send.reform(|_: MouseEvent| Action::Dismiss);
    let again = {
        let send = send.clone();
        move |typed: &[String]| send.emit(Action::Load(typed.concat()))
    };
    let text = html! {
        <textarea aria-label={text::banner::GIVEN} rows="3"
            defaultvalue={refused.text.clone()} />
    };
    // Another text is another field: a browser keeps in a field what it began with.
    html! {
        <div class="banner" role="alert" key={refused.text.clone()}>
            <p class="why">{ &refused.why }</p>
            if !refused.text.is_empty() {
                { form(html! { <button>{ text::banner::AGAIN }</button> }, text, "again", again) }
            }
            <button onclick={dismiss}>{ text::banner::CLOSE }</button>
        </div>
    }
}
