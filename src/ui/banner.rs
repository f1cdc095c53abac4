//! Message about a link or file that could not be opened, with the reader's text, so that nothing is lost.

use yew::prelude::*;

use super::{Send, fields::form};
use crate::app::{Action, Refused, text};

/// The error, and the text to correct.
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
