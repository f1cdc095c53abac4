//! Event listeners that end with their owner.

use gloo_events::{EventListener, EventListenerOptions};
use web_sys::{Event, EventTarget};

/// An event listener. Dropping it removes it from its target.
pub type Listener = EventListener;

/// Listens to an event; the callback may prevent its default.
pub(super) fn listen(
    target: &EventTarget,
    event: &'static str,
    callback: impl FnMut(&Event) + 'static,
) -> Listener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(target, event, options, callback)
}
