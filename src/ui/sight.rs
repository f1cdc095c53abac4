//! The part of the diagram that a reader sees, and zooming it.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Lens, Room, Shared, Shown},
    diagram::{Layout, Orientation},
    web::{self, Element, Viewport},
};

/// Pause after a zoom before the picture is drawn in full again, in real milliseconds.
const SETTLED: u32 = 140;

/// The visible part of the diagram: exact in the cell; as state its place is coarse.
#[derive(Clone)]
pub(super) struct Sight {
    exact: Rc<RefCell<Viewport>>,
    coarse: UseStateHandle<Viewport>,
}

impl Sight {
    fn set(&self, now: Viewport) {
        self.exact.replace(now);
        self.coarse.set(coarse(now));
    }
}

/// The visible part with its place in steps of a quarter of what is seen: within one the same is drawn.
fn coarse(exact: Viewport) -> Viewport {
    let coarse = |place: f64, size: f64| {
        let step = (size / 4.0).max(1.0);
        (place / step).floor() * step
    };
    let left = coarse(exact.left, exact.width);
    Viewport { left, top: coarse(exact.top, exact.height), ..exact }
}

/// The visible part of an element, kept up to date.
#[hook]
pub(super) fn use_viewport(container: &NodeRef) -> (Viewport, Sight) {
    let start = || Viewport {
        width: web::likely_width(),
        height: web::likely_height(),
        ..Viewport::default()
    };
    // Only of the view: measured in the document.
    let sight = Sight { exact: use_mut_ref(start), coarse: use_state_eq(start) };
    let container = container.clone();
    use_effect_with((), {
        let sight = sight.clone();
        move |()| {
            let look = move |element: &Element| sight.set(web::viewport(element));
            let watch = container.cast::<Element>().map(|element| {
                let (watched, scrolled) = (element.clone(), element.clone());
                let look_again = look.clone();
                let resizes = web::on_resize(&element, move || look(&watched));
                (resizes, web::on_scroll(&element, move || look_again(&scrolled)))
            });
            move || drop(watch)
        }
    });
    (*sight.coarse, sight)
}

/// True while the reader zooms: the pictures in between need no details.
#[hook]
pub(super) fn use_zooming(lens: Lens) -> bool {
    // Only of the view: it passes by itself.
    let zooming = use_state_eq(|| false);
    let before = use_mut_ref(|| lens);
    // Known before the effect that tells it, or the first picture would be drawn twice.
    let moves = *before.borrow() != lens;
    {
        let zooming = zooming.clone();
        use_effect_with(lens, move |&lens| {
            let moved = before.replace(lens) != lens;
            if moved {
                zooming.set(true);
            }
            let timer = moved.then(|| Timeout::new(SETTLED, move || zooming.set(false)));
            move || drop(timer)
        });
    }
    *zooming || moves
}

/// The place along the axis that is zoomed in on, in CSS pixels of what is seen: the pointer's; otherwise the middle.
pub(super) type Anchor = Rc<RefCell<Option<f64>>>;

/// Lets Control and the wheel zoom.
#[hook]
pub(super) fn use_zoom(
    container: &NodeRef,
    orientation: Orientation,
    lens: &Lens,
    sizes: ((Shown, Room), Anchor),
    send: &Send,
) {
    let ((shown, room), anchor) = sizes;
    let lens = *lens;
    let (container, send) = (container.clone(), send.clone());
    use_effect_with((lens, shown, room, orientation), move |_| {
        let listener = container.cast::<Element>().map(|element| {
            web::on_zoom(&element, move |place, nearer| {
                let at = match orientation {
                    Orientation::Horizontal => place.x - room.names,
                    Orientation::Vertical => place.y,
                };
                *anchor.borrow_mut() = Some(at.max(0.0));
                let factor = if nearer { 1.25 } else { 0.8 };
                send.emit(Action::Look(lens.zoomed(factor, shown, room)));
            })
        });
        move || drop(listener)
    });
}

/// Keeps the moment that is zoomed in on where it is. Returns the visible part of a layout of another scale, which the
/// picture is drawn for at once: were it drawn for the old place first, it would be drawn twice.
#[hook]
pub(super) fn use_kept_moment(
    container: &NodeRef,
    layout: &Shared<Layout>,
    sight: &(Sight, f64),
    anchor: &Anchor,
) -> Option<Viewport> {
    let (sight, seen) = sight;
    let before = use_mut_ref(|| layout.clone());
    let kept = {
        let before = before.borrow();
        let same = before.scale() == layout.scale();
        (!same && before.orientation() == layout.orientation()).then(|| {
            let now = *sight.exact.borrow();
            let at = anchor.borrow().unwrap_or(seen / 2.0);
            let kept = |place: f64| {
                let along = layout.along_time(before.time_at(place + at)) - at;
                along.min(layout.length() - seen).max(0.0).floor()
            };
            match layout.orientation() {
                Orientation::Horizontal => Viewport { left: kept(now.left), ..now },
                Orientation::Vertical => Viewport { top: kept(now.top), ..now },
            }
        })
    };
    let (container, sight, anchor) = (container.clone(), sight.clone(), anchor.clone());
    use_effect_with(layout.clone(), move |layout| {
        before.replace(layout.clone());
        anchor.borrow_mut().take();
        if let (Some(kept), Some(element)) = (kept, container.cast::<Element>()) {
            web::scroll_to(&element, kept.left, kept.top);
            sight.set(kept);
        }
    });
    kept.map(coarse)
}
