//! Report after a panic: a panic ends the program, so its message and the run that is shown are handed to the
//! page itself, which goes on without it (`www/early.js`). The draft is kept at once, with what can be undone.

use std::cell::RefCell;

use yew::prelude::*;

use super::drafts::keep;
use crate::{
    app::{State, text},
    formats::link,
    web,
};

thread_local! {
    /// The state with the run that is shown.
    static SHOWN: RefCell<Option<State>> = const { RefCell::new(None) };
}

/// The event by which tests have the program panic.
const ON_PURPOSE: &str = "worldlines-panic";

/// Has panics told to the page from now on.
pub(super) fn watch() {
    // Yew would set a hook of its own, which writes to the browser's console only.
    yew::set_custom_panic_hook(Box::new(|panic| {
        let version = env!("CARGO_PKG_VERSION");
        web::leave_word("panic", &text::guard::report(version, &panic.to_string()));
        // The rest may fail too, in a program that has just failed: then the page knows at least what happened.
        let shown = SHOWN.try_with(|shown| shown.try_borrow().ok()?.clone());
        if let Ok(Some(state)) = shown {
            web::leave_word("kept", &link::encode(state.own().scenario()));
            // The last change may be too young for its draft to be kept.
            keep(&state);
        }
    }));
}

/// Remembers the run that is shown: before it is drawn, so that nothing which fails then loses it.
pub(super) fn remember(state: &State) {
    SHOWN.with_borrow_mut(|shown| *shown = Some(state.clone()));
}

/// Panics when tests ask for it.
#[hook]
pub(super) fn use_panic_on_purpose() {
    use_effect_with((), |()| {
        let listener = web::on_page_event(ON_PURPOSE, || panic!("on purpose"));
        move || drop(listener)
    });
}
