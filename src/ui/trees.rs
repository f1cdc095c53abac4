//! Trees of states and payloads, with what is different in them.

use yew::prelude::*;

use crate::app::{Branch, BranchStatus, text};

/// Largest number of entries of a part that is open at first.
const OPEN: usize = 8;

/// The entries of a tree.
pub(super) fn tree(entries: &[Branch], more: usize) -> Html {
    html! {
        <ul class="tree">
            { for entries.iter().map(entry) }
            if more > 0 { <li class="more">{ text::trees::more(more) }</li> }
        </ul>
    }
}

fn entry(entry: &Branch) -> Html {
    let Branch { label, text, change, was, touched, entries, more } = entry;
    // Never by its colour alone.
    let (class, sign) = match change {
        BranchStatus::Same => (None, None),
        BranchStatus::New => (Some("new"), Some(text::trees::NEW.to_owned())),
        BranchStatus::Changed => (Some("changed"), was.as_ref().map(text::trees::was)),
        BranchStatus::Gone => (Some("gone"), Some(text::trees::GONE.to_owned())),
    };
    let line = html! {
        <>
            if !label.is_empty() { <span class="key" lang="en">{ label }</span> }
            <span class="value" lang="en">{ text }</span>
            if let Some(sign) = sign { <span class="was">{ sign }</span> }
        </>
    };
    if entries.is_empty() {
        return html! { <li {class}>{ line }</li> };
    }
    let open = *touched || entries.len() <= OPEN && *more == 0;
    html! {
        <li {class}>
            <details {open}>
                <summary>{ line }</summary>
                { tree(entries, *more) }
            </details>
        </li>
    }
}
