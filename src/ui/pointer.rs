//! Pointer actions on the picture: drag an arrow, a mark, a wall or a lasso; click an arrow or a line.

use std::{cell::RefCell, rc::Rc};

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Area, Edit, End, Hand, Handle, Run, Selection, Shared, handle_of},
    diagram::{Layout, Point, Window},
    kernel::{EventId, Fate, Fault, MessageId, MessageName, NodeId, Time},
    web::{self, Place},
};

/// The picture itself, where nothing is drawn.
const GROUND: &str = ".sheet > svg";
/// Distance that a pointer has to move before a press becomes a drag.
const DRAG_THRESHOLD: f64 = 5.0;
/// Distance from a mark within which a click on a line means the mark's moment.
const SNAP: f64 = 9.0;

/// Action of a pressed pointer.
#[derive(Clone, Debug)]
pub(super) enum Drag {
    /// It moves a message's arrival.
    Message { name: MessageName, delayed: Time, from: f64, moved: bool, fixed: bool },
    /// It moves the playhead.
    Playhead,
    /// It moves something of the scenario along time; without moving it picks an event.
    Handle { handle: Option<Handle>, from: f64, moved: bool, event: Option<EventId> },
    /// It draws a lasso from here; without moving it puts down what is picked, if nothing else is meant.
    Lasso { from: (f64, f64), moved: bool, own: bool, draws: bool },
}

/// Handlers of the pointer actions on the picture.
#[derive(Clone, PartialEq)]
pub(super) struct Hands {
    pub(super) moves: Callback<PointerEvent>,
    pub(super) release: Callback<PointerEvent>,
    pub(super) cancel: Callback<PointerEvent>,
    pub(super) press_arrow: Callback<(PointerEvent, MessageId)>,
    pub(super) press_lane: Callback<(MouseEvent, NodeId)>,
    pub(super) press_ruler: Callback<PointerEvent>,
    pub(super) press_mark: Callback<(PointerEvent, EventId)>,
    pub(super) press_wall: Callback<(PointerEvent, usize, End)>,
    pub(super) press_ground: Callback<PointerEvent>,
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
            press_mark: pointer.press_mark(),
            press_wall: pointer.press_wall(),
            press_ground: pointer.press_ground(),
            select: pointer.send.reform(|selection| Action::Select(Some(selection))),
        }
    }
}

/// The pointer over the picture.
#[derive(Clone)]
pub(super) struct Pointer {
    pub(super) drag: Rc<RefCell<Option<Drag>>>,
    /// True if a finger draws a lasso, as the mouse does.
    pub(super) armed: Rc<RefCell<bool>>,
    pub(super) picture: NodeRef,
    pub(super) layout: Shared<Layout>,
    /// The part of the picture that is drawn.
    pub(super) window: Window,
    pub(super) run: Run,
    pub(super) send: Send,
}

impl Pointer {
    /// Position of the pointer: along the time axis and across the lines.
    fn place(&self, event: &MouseEvent) -> Option<(f64, f64)> {
        let Place { x, y } = web::place_in(&self.picture.cast()?, event);
        let (along, across) = self.layout.unpoint(Point { x, y });
        Some((along + self.window.from.max(0.0), across))
    }

    fn start(&self, event: &PointerEvent, drag: Drag) {
        // The ground beneath is not meant.
        event.stop_propagation();
        *self.drag.borrow_mut() = Some(drag);
        self.capture(event);
    }

    fn capture(&self, event: &PointerEvent) {
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
                fixed: matches!(message.overall(), Fate::Lost(..)),
            };
            event.prevent_default();
            pointer.start(&event, drag);
        })
    }

    fn press_mark(&self) -> Callback<(PointerEvent, EventId)> {
        let pointer = self.clone();
        Callback::from(move |(event, mark): (PointerEvent, EventId)| {
            pointer.hold(&event, handle_of(&pointer.run, mark), Some(mark));
        })
    }

    fn press_wall(&self) -> Callback<(PointerEvent, usize, End)> {
        let pointer = self.clone();
        Callback::from(move |(event, fault, end): (PointerEvent, usize, End)| {
            let handle = Handle::fault(&pointer.run.scenario, fault, end);
            pointer.hold(&event, handle, None);
        })
    }

    /// Takes hold of something that can be moved along time.
    fn hold(&self, press: &PointerEvent, handle: Option<Handle>, event: Option<EventId>) {
        let main = press.button() == 0 && press.is_primary();
        let Some((from, _)) = self.place(press).filter(|_| main) else { return };
        press.prevent_default();
        self.start(press, Drag::Handle { handle, from, moved: false, event });
    }

    fn press_ground(&self) -> Callback<PointerEvent> {
        let pointer = self.clone();
        Callback::from(move |event: PointerEvent| {
            let main = event.button() == 0 && event.is_primary();
            let draws = *pointer.armed.borrow() || event.pointer_type() == "mouse";
            let Some(from) = pointer.place(&event).filter(|_| main) else { return };
            let own = web::comes_from(&event, GROUND);
            // A finger scrolls the page: it puts down what is picked only where it is lifted at once.
            if draws || own {
                let drag = Drag::Lasso { from, moved: false, own, draws };
                *pointer.drag.borrow_mut() = Some(drag);
            }
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
                Some(Drag::Handle { handle: Some(handle), from, moved, .. }) => {
                    let Some((along, _)) = pointer.place(&event) else { return };
                    *moved |= (along - *from).abs() > DRAG_THRESHOLD;
                    if !*moved {
                        return;
                    }
                    let layout = &pointer.layout;
                    let by = layout.time_at(along) - layout.time_at(*from);
                    let edit = handle.moved(by.round() as i64);
                    drop(drag);
                    pointer.send.emit(Action::Adjust(edit));
                }
                Some(Drag::Lasso { from, moved, draws: true, .. }) => {
                    let Some(place) = pointer.place(&event) else { return };
                    let far = (place.0 - from.0).hypot(place.1 - from.1) > DRAG_THRESHOLD;
                    let begins = far && !*moved;
                    *moved |= far;
                    let area = moved.then(|| pointer.area(*from, place));
                    drop(drag);
                    if begins {
                        pointer.capture(&event);
                    }
                    if area.is_some() {
                        pointer.send.emit(Action::Hand(Hand::Lasso(area)));
                    }
                }
                Some(Drag::Playhead) => {
                    drop(drag);
                    pointer.seek(&event);
                }
                _ => {}
            }
        })
    }

    /// Area that a lasso between two points encloses.
    fn area(&self, from: (f64, f64), to: (f64, f64)) -> Area {
        let layout = &self.layout;
        let corner = |(along, across)| (layout.time_at(along), layout.lanes_at(across));
        Area::between(corner(from), corner(to), self.run.scenario.nodes.len())
    }

    fn release(&self) -> Callback<PointerEvent> {
        let pointer = self.clone();
        Callback::from(move |_: PointerEvent| {
            let action = match pointer.drag.borrow_mut().take() {
                Some(Drag::Message { moved: true, .. }) => Action::Settle,
                Some(Drag::Message { name, .. }) => Action::Select(Some(Selection::Message(name))),
                Some(Drag::Handle { moved: true, .. }) => Action::Settle,
                Some(Drag::Handle { event: Some(event), .. }) => {
                    Action::Select(Some(Selection::Event(event)))
                }
                Some(Drag::Lasso { moved: true, .. }) => Action::Hand(Hand::Split),
                Some(Drag::Lasso { own: true, .. }) => Action::Select(None),
                Some(Drag::Handle { .. } | Drag::Lasso { .. } | Drag::Playhead) | None => return,
            };
            pointer.send.emit(action);
        })
    }

    fn cancel(&self) -> Callback<PointerEvent> {
        let pointer = self.clone();
        Callback::from(move |_: PointerEvent| match pointer.drag.borrow_mut().take() {
            Some(Drag::Lasso { .. }) => pointer.send.emit(Action::Hand(Hand::Lasso(None))),
            Some(_) => pointer.send.emit(Action::Abandon),
            None => {}
        })
    }
}
