//! The page around the page: in an embed, a course site.
//!
//! Scripts do the talking (`www/embedded.js`); the program tells them what happens by events of the window, and hears from them in the same way.

use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, CustomEventInit};

use super::{
    Listener, listen, window,
    word::{has_word, word},
};

/// True if the page is embedded in another page.
#[must_use]
pub fn is_embedded() -> bool {
    has_word("embed")
}

/// True if the diagram has a height of its own, which its run is fitted to: everywhere but in an embed that grows with it.
#[must_use]
pub fn fits_height() -> bool {
    !is_embedded() || word("height").as_deref() == Some("fitted")
}

/// True if a script hears what the program tells: in an embed, and where another page may want the score of an exercise.
#[must_use]
pub fn is_heard() -> bool {
    has_word("heard")
}

/// True in an embed without the focus: it is in the page around, or in no page.
#[must_use]
pub fn is_beside() -> bool {
    is_embedded() && !has_word("entered")
}

/// True if the page is the hidden frame that draws pictures for embeds.
#[must_use]
pub fn draws_pictures() -> bool {
    has_word("pictures")
}

/// True if the embedding page lets its readers look at the run, and not change it.
#[must_use]
pub fn is_locked() -> bool {
    has_word("locked")
}

/// True if the embedding page hides what has not happened yet.
#[must_use]
pub fn is_future_hidden() -> bool {
    has_word("future")
}

/// True if the run is to start over when it has ended.
#[must_use]
pub fn loops() -> bool {
    has_word("loop")
}

/// Returns the names of the changes that the embedding page allows, if it allows some.
#[must_use]
pub fn allowed() -> Option<String> {
    word("allowed")
}

/// Returns the speed that the embedding page has chosen, as it is written there.
#[must_use]
pub fn speed() -> Option<String> {
    word("speed")
}

/// Returns the name of the property that the embedding page shows the verdict on alone, as it is written in addresses.
#[must_use]
pub fn property() -> Option<String> {
    word("property")
}

/// True if the embedding page shows this control.
#[must_use]
pub fn has_control(name: &str) -> bool {
    word("controls").is_some_and(|all| all.split(' ').any(|each| each == name))
}

/// Tells the scripts what has happened: an event of this name, with a text as its detail.
pub fn tell(name: &str, detail: &str) {
    let init = CustomEventInit::new();
    init.set_detail(&detail.into());
    let event = CustomEvent::new_with_event_init_dict(name, &init).ok();
    if let Some((window, event)) = window().zip(event) {
        let _ = window.dispatch_event(&event);
    }
}

/// Calls back with the text of an event of this name, when a script has a wish.
#[must_use]
pub fn on_told(name: &'static str, callback: impl Fn(String) + 'static) -> Option<Listener> {
    let window = window()?;
    Some(listen(&window, name, move |event| {
        let detail = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
        detail.into_iter().for_each(&callback);
    }))
}
