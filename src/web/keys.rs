//! The keyboard.

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::{Listener, window};

/// A key that was pressed outside of any field or button that has its own use for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The browser's name of it: `ArrowLeft`, `z`, ` `.
    pub name: String,
    /// Whether Control or Command was held.
    pub command: bool,
    /// Whether Shift was held.
    pub shift: bool,
}

/// Calls back for keys; when it answers true the key is used up.
#[must_use]
pub fn on_key(callback: impl Fn(&Key) -> bool + 'static) -> Option<Listener> {
    let document = window()?.document()?;
    Some(Listener::new(&document, "keydown", move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        // With Alt it is the browser's: back, forward, the menu.
        if event.alt_key() {
            return;
        }
        let key = Key {
            name: event.key(),
            command: event.ctrl_key() || event.meta_key(),
            shift: event.shift_key(),
        };
        if !belongs_to_focused(event, &key) && callback(&key) {
            event.prevent_default();
        }
    }))
}

/// Whether the focused element has its own use for the key: typing, sliding, choosing, pressing.
fn belongs_to_focused(event: &KeyboardEvent, key: &Key) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(target) = target else { return false };
    // A dialog over everything has all keys.
    let document = target.owner_document();
    if document.is_some_and(|it| matches!(it.query_selector("dialog[open]"), Ok(Some(_)))) {
        return true;
    }
    let is = |selector: &str| target.matches(selector).unwrap_or(false);
    let pressing = matches!(key.name.as_str(), " " | "Enter");
    let escape = key.name == "Escape";
    let choosing = key.name.starts_with("Arrow") && is("[type=radio]");
    // Undo is the page's in a field in which nobody types.
    let fields = match key.command {
        true => "input:not([type=radio], [type=checkbox], [type=range]), textarea",
        false => "input:not([type=radio]), select, textarea",
    };
    !escape && is(fields) || choosing || pressing && is("button, a, summary, [role=button]")
}
