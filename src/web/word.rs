//! Messages between the program and the script that outlives it (`www/early.js`).

use super::{Listener, listen, window};

fn root() -> Option<web_sys::Element> {
    window()?.document()?.document_element()
}

/// Leaves a word for the script, under a name: as an attribute of the page's root, since this cannot fail.
pub fn leave_word(name: &str, word: &str) {
    if let Some(root) = root() {
        let _ = root.set_attribute(&format!("data-{name}"), word);
    }
}

/// True if the script has left a word under this name.
pub(super) fn has_word(name: &str) -> bool {
    root().is_some_and(|root| root.has_attribute(&format!("data-{name}")))
}

/// Returns the word that the script has left under this name.
pub(super) fn word(name: &str) -> Option<String> {
    root()?.get_attribute(&format!("data-{name}"))
}

/// True if the script has restarted the program after it had stopped.
#[must_use]
pub fn is_restarted() -> bool {
    has_word("restarted")
}

/// Tells the script that a part of the program could not be fetched, without which the page cannot begin.
pub fn say_not_fetched() {
    let event = web_sys::Event::new("worldlines-not-fetched").ok();
    if let Some((window, event)) = window().zip(event) {
        let _ = window.dispatch_event(&event);
    }
}

/// Calls back when the page receives an event of this name.
#[must_use]
pub fn on_page_event(name: &'static str, callback: impl Fn() + 'static) -> Option<Listener> {
    let window = window()?;
    Some(listen(&window, name, move |_| callback()))
}
