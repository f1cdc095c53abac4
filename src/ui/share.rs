//! The link to what is shown.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Sharing, text},
    formats::link::{LONG_LINK, MAX_LINK, holds_comparison},
    web,
};

/// For how long, in real ms, a button says that it has done its work.
const SAYING: u32 = 2500;

/// Answer of the clipboard.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Copied {
    NotYet,
    Yes,
    Refused,
}

/// Returns the link to a run by its fragment, given with its `#`. There is none while the fragment is made (it is empty), for a
/// recorded run, and if the link is too long to be opened.
pub(super) fn link_to(fragment: &str) -> Option<String> {
    let is_openable = !fragment.is_empty() && fragment.len() <= MAX_LINK;
    is_openable.then(|| web::page_link(fragment))
}

/// A button that copies the link, and one that opens the dialog with all that can be shared.
#[hook]
pub(super) fn use_share(fragment: &str, sharing: Sharing, send: &Send) -> Html {
    // Only of the view: an answer of the clipboard, which passes by itself.
    let copied = use_state_eq(|| Copied::NotYet);
    use_effect_with(*copied, {
        let copied = copied.clone();
        move |&now| {
            let timeout = (now == Copied::Yes)
                .then(|| Timeout::new(SAYING, move || copied.set(Copied::NotYet)));
            move || drop(timeout)
        }
    });
    let by_hand = use_node_ref();
    use_effect_with(*copied, {
        let by_hand = by_hand.clone();
        move |&now| {
            if let Some(field) = by_hand.cast().filter(|_| now == Copied::Refused) {
                web::select_all(&field);
            }
        }
    });
    let link = link_to(fragment).unwrap_or_default();
    let copied_words =
        if holds_comparison(fragment) { text::share::BOTH_COPIED } else { text::share::COPIED };
    let (long, too_long) = (link.len() > LONG_LINK, fragment.len() > MAX_LINK);
    let onclick = {
        let (link, copied) = (link.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            let copied = copied.clone();
            web::copy(&link, move |done| {
                copied.set(if done { Copied::Yes } else { Copied::Refused })
            });
        })
    };
    let open = send.reform(move |_: MouseEvent| Action::Share(Sharing { open: true, ..sharing }));
    html! {
        <span class="share">
            <button class="primary" id="copy-link" {onclick} disabled={link.is_empty()}
                title={text::share::COPY_HELP}>
                { if *copied == Copied::Yes { copied_words } else { text::share::COPY } }
            </button>
            <button id="share" onclick={open} aria-haspopup="dialog" title={text::sharing::OPEN_HELP}>{ text::sharing::OPEN }</button>
            if *copied == Copied::Refused {
                <label class="by-hand">
                    { text::share::BY_HAND }
                    <input ref={by_hand} readonly=true value={link.clone()} />
                </label>
            }
            if too_long {
                <span class="warning">
                    { text::share::TOO_LARGE }
                </span>
            } else if long {
                <span class="warning">
                    { text::share::long(link.len()) }
                </span>
            }
            <span class="unseen" role="status">
                { if *copied == Copied::Yes { copied_words } else { "" } }
            </span>
        </span>
    }
}
