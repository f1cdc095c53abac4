//! The signs on buttons, drawn: fonts do not agree on them.

use yew::prelude::*;

fn icon(path: &'static str) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
            <path d={path} fill="currentColor" />
        </svg>
    }
}

pub(super) fn to_start() -> Html {
    icon("M3 3h3v14H3zM17 3v14L7 10z")
}

pub(super) fn back() -> Html {
    icon("M14 3v14L4 10zM15 3h2v14h-2z")
}

pub(super) fn play() -> Html {
    icon("M5 2.5v15L18 10z")
}

pub(super) fn pause() -> Html {
    icon("M4 3h4v14H4zM12 3h4v14h-4z")
}

pub(super) fn forward() -> Html {
    icon("M6 3v14l10-7zM3 3h2v14H3z")
}
