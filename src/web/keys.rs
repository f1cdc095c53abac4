//! The keyboard.

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::{Listener, listen, window};

/// A key that was pressed outside of any field or button that uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Name of the key in the browser: `ArrowLeft`, `z`, ` `.
    pub name: String,
    /// True if Control or Command was held.
    pub command: bool,
    /// True if Shift was held.
    pub shift: bool,
}

/// Calls back for keys; the answer true marks the key as used.
#[must_use]
pub fn on_key(callback: impl Fn(&Key) -> bool + 'static) -> Option<Listener> {
    let document = window()?.document()?;
    Some(listen(&document, "keydown", move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        // With Alt, keys belong to the browser: back, forward, the menu.
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

/// True if the focused element uses the key: for typing, sliding, choosing, pressing.
fn belongs_to_focused(event: &KeyboardEvent, key: &Key) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(target) = target else { return false };
    // An open dialog gets all keys.
    let document = target.owner_document();
    if document.is_some_and(|it| matches!(it.query_selector("dialog[open]"), Ok(Some(_)))) {
        return true;
    }
    // Escape closes an open popover.
    let popover = target.owner_document().map(|it| it.query_selector("[popover]:popover-open"));
    if key.name == "Escape" && matches!(popover, Some(Ok(Some(_)))) {
        return true;
    }
    let is = |selector: &str| target.matches(selector).unwrap_or(false);
    let pressing = matches!(key.name.as_str(), " " | "Enter");
    let escape = key.name == "Escape";
    let choosing = key.name.starts_with("Arrow") && is("[type=radio]");
    // Undo belongs to the page in a field that takes no text.
    let fields = match key.command {
        true => "input:not([type=radio], [type=checkbox], [type=range]), textarea",
        false => "input:not([type=radio]), select, textarea",
    };
    !escape && is(fields) || choosing || pressing && is("button, a, summary, [role=button]")
}
