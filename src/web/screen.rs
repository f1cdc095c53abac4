//! The page on the whole screen, for a lecture.

use super::{Listener, is_embedded, listen, window};

/// Shows the page large, on the whole screen where the browser allows it, or as usual again.
pub fn present(on: bool) {
    let Some(document) = window().and_then(|window| window.document()) else { return };
    // An embed has the size that the page around gives it.
    let Some(root) = document.document_element().filter(|_| !is_embedded()) else { return };
    if on {
        let _ = root.set_attribute("data-presents", "");
        // A phone may refuse: the page is large all the same. The answer, a promise, is not waited for.
        let _ = root.request_fullscreen();
    } else {
        let _ = root.remove_attribute("data-presents");
        if document.fullscreen_element().is_some() {
            document.exit_fullscreen();
        }
    }
}

/// Calls back when the browser has left the whole screen, for example at Esc.
#[must_use]
pub fn on_screen_left(callback: impl Fn() + 'static) -> Option<Listener> {
    let document = window()?.document()?;
    let inside = document.clone();
    Some(listen(&document, "fullscreenchange", move |_| {
        if inside.fullscreen_element().is_none() {
            callback();
        }
    }))
}
