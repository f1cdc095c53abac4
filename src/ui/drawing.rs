//! Properties of the picture, which the parts of it draw from.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    app::{Allowed, End, Run, Selection, Shared},
    diagram::{Arrow, Asked, Emphasis, Layout, Mark, Role, Scene, Window},
    kernel::{EventId, MessageId, NodeId},
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) scene: Shared<Scene>,
    pub(super) layout: Shared<Layout>,
    /// The part of the scene that is drawn.
    pub(super) window: Window,
    /// Marks and arrows of the selection, where the picture is too coarse to show them.
    pub(super) picked: Rc<Option<(Vec<Mark>, Vec<Arrow>)>>,
    /// Number of events that have happened.
    pub(super) cursor: usize,
    /// True if the future is hidden.
    pub(super) hidden: bool,
    /// Changes that the reader may make of the run.
    pub(super) changeable: Allowed,
    pub(super) selection: Option<Selection>,
    pub(super) emphasis: Shared<Option<Emphasis>>,
    pub(super) press_arrow: Callback<(PointerEvent, MessageId)>,
    pub(super) press_lane: Callback<(MouseEvent, NodeId)>,
    pub(super) press_ruler: Callback<PointerEvent>,
    pub(super) press_mark: Callback<(PointerEvent, EventId)>,
    pub(super) press_wall: Callback<(PointerEvent, usize, End)>,
    pub(super) select: Callback<Selection>,
}

impl Props {
    /// Classes of an event: its role, `to-come` before the playhead reaches it, `selected`.
    pub(super) fn event_class(&self, event: EventId) -> Classes {
        let role = self.emphasis.as_ref().map(|it| class_of(it.of_event(event)));
        let selected = self.selection == Some(Selection::Event(event));
        classes!((event >= self.cursor).then_some("to-come"), role, selected.then_some("selected"))
    }

    /// The same for a message.
    pub(super) fn message_class(&self, message: MessageId, sent: EventId) -> Classes {
        let role =
            self.emphasis.as_ref().map(|it| class_of(it.of_message(&self.run.trace, message)));
        let name = self.run.trace.messages[message].name;
        let selected = self.selection == Some(Selection::Message(name));
        classes!((sent >= self.cursor).then_some("to-come"), role, selected.then_some("selected"))
    }

    /// Class of elements that belong to no event: they recede behind a witness.
    pub(super) fn recedes(&self) -> Option<&'static str> {
        let of_violation = |it: &Emphasis| it.asked == Asked::Violation;
        self.emphasis.as_ref().is_some_and(of_violation).then_some("recedes")
    }
}

/// The name of a role, for the style sheet.
const fn class_of(role: Role) -> &'static str {
    match role {
        Role::Witness => "witness",
        Role::Itself => "itself",
        Role::Past => "past",
        Role::Future => "future",
        Role::Aside => "recedes",
        Role::Plain => "",
    }
}
