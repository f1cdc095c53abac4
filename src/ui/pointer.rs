//! What the reader's hands do to the picture: drag an arrow, click an arrow, click a line.

use std::{cell::RefCell, rc::Rc};

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Edit, Run, Selection, Shared},
    diagram::{Layout, Point, Window},
    kernel::{Fate, Fault, MessageId, MessageName, NodeId, Time},
    web::{self, Place},
};

/// How far a pointer has to move before a press becomes a drag.
const DRAG_THRESHOLD: f64 = 5.0;
/// How near to a mark a click on a line means the mark's moment.
const SNAP: f64 = 9.0;

/// What a pressed pointer does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Drag {
    /// It moves a message's arrival.
    Message { name: MessageName, delayed: Time, from: f64, moved: bool, fixed: bool },
    /// It moves the playhead.
    Playhead,
}

/// What the reader's hands do to the picture.
#[derive(Clone, PartialEq)]
pub(super) struct Hands {
    pub(super) moves: Callback<PointerEvent>,
    pub(super) release: Callback<PointerEvent>,
    pub(super) cancel: Callback<PointerEvent>,
    pub(super) press_arrow: Callback<(PointerEvent, MessageId)>,
    pub(super) press_lane: Callback<(MouseEvent, NodeId)>,
    pub(super) press_ruler: Callback<PointerEvent>,
    pub(super) select: Callback<Selection>,
}

impl Hands {
    pub(super) fn of(pointer: &Pointer) -> Self {
        Self {
            moves: pointer.moves(),
            release: pointer.release(),
            cancel: pointer.cancel(),
            press_arrow: pointer.press_arrow(),
            press_lane: pointer.press_lane(),
            press_ruler: pointer.press_ruler(),
            select: pointer.send.reform(|selection| Action::Select(Some(selection))),
        }
    }
}

/// The pointer over the picture.
#[derive(Clone)]
pub(super) struct Pointer {
    pub(super) drag: Rc<RefCell<Option<Drag>>>,
    pub(super) picture: NodeRef,
    pub(super) layout: Shared<Layout>,
    /// Which part of the picture is drawn.
    pub(super) window: Window,
    pub(super) run: Run,
    pub(super) send: Send,
}

impl Pointer {
    /// Where it is: along the time axis and across the lines.
    fn place(&self, event: &MouseEvent) -> Option<(f64, f64)> {
        let Place { x, y } = web::place_in(&self.picture.cast()?, event);
        let (along, across) = self.layout.unpoint(Point { x, y });
        Some((along + self.window.from.max(0.0), across))
    }

    fn start(&self, event: &PointerEvent, drag: Drag) {
        *self.drag.borrow_mut() = Some(drag);
        if let Some(picture) = self.picture.cast() {
            web::capture_pointer(&picture, event);
        }
    }

    fn press_arrow(&self) -> Callback<(PointerEvent, MessageId)> {
        let pointer = self.clone();
        Callback::from(move |(event, message): (PointerEvent, MessageId)| {
            let main = event.button() == 0 && event.is_primary();
            let Some((from, _)) = pointer.place(&event).filter(|_| main) else { return };
            let message = &pointer.run.trace.messages[message];
            let name = message.name;
            let delayed = pointer.run.scenario.faults.iter().find_map(|fault| match *fault {
                Fault::Delay { message, by } if message == name => Some(by),
                _ => None,
            });
            let drag = Drag::Message {
                name,
                delayed: delayed.unwrap_or(0),
                from,
                moved: false,
                fixed: matches!(message.fate, Fate::Lost(..)),
            };
            event.prevent_default();
            pointer.start(&event, drag);
        })
    }

    fn press_lane(&self) -> Callback<(MouseEvent, NodeId)> {
        let pointer = self.clone();
        Callback::from(move |(event, node): (MouseEvent, NodeId)| {
            let Some((along, _)) = pointer.place(&event) else { return };
            let at = pointer.moment(node, along);
            pointer.send.emit(Action::Select(Some(Selection::Moment { node, at })));
        })
    }

    /// The moment that a click on a line means: that of the mark beneath it, if there is one.
    fn moment(&self, node: NodeId, along: f64) -> Time {
        let near = Window { from: along - SNAP, to: along + SNAP };
        let events = self.layout.events_in(near).map(|id| (id, &self.run.trace.events[id]));
        let here = events.filter(|(_, event)| event.node == node);
        let distances =
            here.map(|(id, event)| ((self.layout.along_event(id) - along).abs(), event.time));
        let nearest = distances.min_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((distance, time)) if distance <= SNAP => time,
            _ => self.layout.time_at(along).round() as Time,
        }
    }

    fn press_ruler(&self) -> Callback<PointerEvent> {
        let pointer = self.clone();
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            pointer.start(&event, Drag::Playhead);
            pointer.seek(&event);
        })
    }

    fn seek(&self, event: &PointerEvent) {
        if let Some((along, _)) = self.place(event) {
            self.send.emit(Action::Seek(self.layout.time_at(along)));
        }
    }

    fn moves(&self) -> Callback<PointerEvent> {
        let pointer = self.clone();
        Callback::from(move |event: PointerEvent| {
            let mut drag = pointer.drag.borrow_mut();
            match drag.as_mut() {
                Some(Drag::Message { name, delayed, from, moved, fixed: false }) => {
                    let Some((along, _)) = pointer.place(&event) else { return };
                    *moved |= (along - *from).abs() > DRAG_THRESHOLD;
                    if !*moved {
                        return;
                    }
                    let layout = &pointer.layout;
                    let pulled = layout.time_at(along) - layout.time_at(*from);
                    let by = (*delayed as f64 + pulled).round().max(0.0) as Time;
                    let edit = Edit::AddFault(Fault::Delay { message: *name, by });
                    drop(drag);
                    pointer.send.emit(Action::Adjust(edit));
                }
                Some(Drag::Playhead) => {
                    drop(drag);
                    pointer.seek(&event);
                }
                _ => {}
            }
        })
    }

    fn release(&self) -> Callback<PointerEvent> {
        let pointer = self.clone();
        Callback::from(move |_: PointerEvent| {
            let action = match pointer.drag.borrow_mut().take() {
                Some(Drag::Message { moved: true, .. }) => Action::Settle,
                Some(Drag::Message { name, .. }) => Action::Select(Some(Selection::Message(name))),
                Some(Drag::Playhead) | None => return,
            };
            pointer.send.emit(action);
        })
    }

    fn cancel(&self) -> Callback<PointerEvent> {
        let pointer = self.clone();
        Callback::from(move |_: PointerEvent| {
            if pointer.drag.borrow_mut().take().is_some() {
                pointer.send.emit(Action::Abandon);
            }
        })
    }
}
