//! Message about a link or file that could not be opened, with the reader's text, so that nothing is lost.

use yew::prelude::*;

use super::{
    Send,
    fields::form,
    importing::{expression_form, read_action},
};
use crate::{
    app::{Action, Allowed, Refused, text},
    web,
};

/// The error, and the text to correct where the reader may open another run.
pub(super) fn banner(refused: &Refused, allowed: Allowed, send: &Send) -> Html {
    let dismiss = send.reform(|_: MouseEvent| Action::Dismiss);
    let unread = refused.unread.as_ref();
    let is_open = allowed == Allowed::ALL;
    // Another text is another field: a browser keeps in a field what it began with.
    html! {
        <div class="banner" role="alert" key={refused.text.clone()}>
            <p class="why">{ &refused.why }</p>
            if refused.is_file {
                if is_open && !refused.text.is_empty() {
                    <details>
                        <summary>{ text::banner::SHOW_FILE }</summary>
                        { given(refused, text::banner::FILE, text::banner::OPEN_TEXT, send) }
                    </details>
                }
                <FetchAgain />
            } else if is_open && !refused.text.is_empty() {
                { given(refused, if unread.is_some() { text::importing::GIVEN } else { text::banner::GIVEN }, text::banner::AGAIN, send) }
            }
            if let Some(unread) = unread.filter(|unread| is_open && unread.is_unknown) {
                { expression_form(unread, send) }
            }
            <button onclick={dismiss}>{ text::banner::CLOSE }</button>
        </div>
    }
}

/// The text as it was given, and a button that opens what the reader makes of it.
fn given(refused: &Refused, label: &'static str, button: &'static str, send: &Send) -> Html {
    let again = {
        let (send, unread) = (send.clone(), refused.unread.clone());
        move |typed: &[String]| {
            send.emit(match &unread {
                Some(unread) => read_action(unread.source.name.clone(), typed.concat()),
                None => Action::Load(typed.concat()),
            });
        }
    };
    let text = html! {
        <textarea aria-label={label} rows="3"
            defaultvalue={refused.text.clone()} />
    };
    form(html! { <button>{ button }</button> }, text, "again", again)
}

/// A button that fetches the file again, and says so until the answer is there.
#[component]
fn FetchAgain() -> Html {
    // Only of the view: what the file is comes to the state.
    let waits = use_state_eq(|| false);
    use_effect_with((), {
        let waits = waits.setter();
        move |()| {
            let listener = web::on_file(move |_, _| waits.set(false));
            move || drop(listener)
        }
    });
    let onclick = {
        let waits = waits.setter();
        Callback::from(move |_: MouseEvent| {
            waits.set(true);
            web::want_file();
        })
    };
    html! {
        <button id="fetch-file" {onclick} disabled={*waits}>
            { if *waits { text::banner::FETCHING } else { text::banner::FETCH_AGAIN } }
        </button>
    }
}
