//! The diagram by keys: one stop of the Tab key, in which the arrow keys go from event to event.

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Selection, in_diagram, text},
    diagram::Orientation,
    web,
};

/// Id of the element that describes the diagram's keys.
pub(super) const HINT: &str = "diagram-keys";

/// Handles keys while the diagram has the focus.
pub(super) fn keys(orientation: Orientation, send: &Send) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let across = orientation == Orientation::Horizontal;
        let Some(hand) = in_diagram(&event.key(), event.shift_key(), across) else { return };
        event.prevent_default();
        // The page's own keys mean something else.
        event.stop_propagation();
        send.emit(Action::Hand(hand));
    })
}

/// Keeps a press of the mouse from giving the diagram the focus: the page's keys go on to move time.
pub(super) fn keep_focus() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        web::leave_field();
    })
}

/// Hint on the keys, shown while the diagram has the focus.
pub(super) fn hint(orientation: Orientation) -> Html {
    let (along, across) = match orientation {
        Orientation::Horizontal => ("← →", "↑ ↓"),
        Orientation::Vertical => ("↑ ↓", "← →"),
    };
    html! {
        <p class="keys-hint" id={HINT}>
            <kbd>{ along }</kbd>{ text::keyboard::ALONG }<kbd>{ across }</kbd>{ text::keyboard::ACROSS }
            <kbd>{ "M" }</kbd>{ text::keyboard::MESSAGE }<kbd>{ "Enter" }</kbd>{ text::keyboard::MENU }
            <kbd>{ "Esc" }</kbd>{ text::keyboard::BACK }
        </p>
    }
}

/// Brings what is picked into view where the picture is longer than the page.
#[hook]
pub(super) fn use_seen(ring: &NodeRef, selection: Option<Selection>) {
    let ring = ring.clone();
    use_effect_with(selection, move |_| {
        if let Some(ring) = ring.cast() {
            web::bring_nearer(&ring);
        }
    });
}
