//! Elements: their sizes, their values, the pointer over them.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Element, Event, EventTarget, HtmlDialogElement, HtmlElement, HtmlInputElement,
    HtmlSelectElement, HtmlTextAreaElement, PointerEvent, ResizeObserver, ScrollIntoViewOptions,
    ScrollLogicalPosition, SvgElement, WheelEvent,
};

use super::{Listener, window};

/// A place in an element, in CSS pixels from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// Where the pointer is in an element.
#[must_use]
pub fn place_in(element: &Element, event: &web_sys::MouseEvent) -> Place {
    let area = element.get_bounding_client_rect();
    Place {
        x: f64::from(event.client_x()) - area.left(),
        y: f64::from(event.client_y()) - area.top(),
    }
}

/// How wide and high an element is.
#[must_use]
pub fn size_of(element: &Element) -> (f64, f64) {
    let area = element.get_bounding_client_rect();
    (area.width(), area.height())
}

/// What an event came from, as an element.
fn element_of(target: EventTarget) -> Option<Element> {
    target.dyn_into().ok()
}

/// Lets an element have all of a pointer's events until it is released.
pub fn capture_pointer(element: &Element, event: &PointerEvent) {
    // It fails only if the pointer is gone already.
    let _ = element.set_pointer_capture(event.pointer_id());
}

/// Lets the part that matches a selector, and that was pressed, have the keyboard's focus, and all of the
/// pointer's events until it is released.
pub fn take_hold(event: &PointerEvent, part: &str) {
    let target = event.target().and_then(element_of);
    if let Some(part) = target.and_then(|target| target.closest(part).ok().flatten()) {
        capture_pointer(&part, event);
        focus(&part);
    }
}

/// Keeps a touch on the parts of an element that match a selector from scrolling the page: those are for
/// dragging. A style cannot say so of parts of a drawing. Dropping it ends it.
#[must_use]
pub fn hold_touches(element: &Element, parts: &'static str) -> Listener {
    keep_touches(element, "touchstart", parts)
}

/// Keeps a touch on the parts of an element that match a selector from becoming a click when it ends: they have
/// answered already, and what they opened may lie under the finger. Dropping it ends it.
#[must_use]
pub fn end_touches(element: &Element, parts: &'static str) -> Listener {
    keep_touches(element, "touchend", parts)
}

fn keep_touches(element: &Element, kind: &'static str, parts: &'static str) -> Listener {
    Listener::new(element, kind, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let part = target.and_then(|target| target.closest(parts).ok().flatten());
        if part.is_some() && event.cancelable() {
            event.prevent_default();
        }
    })
}

/// Gives the keyboard's focus back to what has it now, when dropped.
#[derive(Debug)]
pub struct Focus(Option<Element>);

impl Focus {
    /// Remembers what has the focus.
    #[must_use]
    pub fn now() -> Self {
        Self(window().and_then(|window| window.document()?.active_element()))
    }
}

impl Drop for Focus {
    fn drop(&mut self) {
        if let Some(element) = &self.0 {
            focus(element);
        }
    }
}

/// Puts the keyboard's focus on an element.
fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    } else if let Some(element) = element.dyn_ref::<SvgElement>() {
        let _ = element.focus();
    }
}

/// Puts the keyboard's focus on the element of this id, if there is one.
pub fn focus_by_id(id: &str) {
    let document = window().and_then(|window| window.document());
    if let Some(element) = document.and_then(|document| document.get_element_by_id(id)) {
        focus(&element);
    }
}

/// Puts the keyboard's focus on the first thing inside an element that takes it.
pub fn focus_inside(element: &Element) {
    let first =
        element.query_selector("button:enabled, input:enabled, select:enabled, textarea:enabled");
    if let Ok(Some(first)) = first {
        focus(&first);
    }
}

/// How much of an element's content is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Viewport {
    /// How far it is scrolled sideways, in CSS pixels.
    pub left: f64,
    /// How far it is scrolled down.
    pub top: f64,
    /// How wide it is.
    pub width: f64,
    /// How high.
    pub height: f64,
}

/// How much of an element's content is seen now.
#[must_use]
pub fn viewport(element: &Element) -> Viewport {
    Viewport {
        left: f64::from(element.scroll_left()),
        top: f64::from(element.scroll_top()),
        width: f64::from(element.client_width()),
        height: f64::from(element.client_height()),
    }
}

/// Calls back whenever an element is scrolled.
#[must_use]
pub fn on_scroll(element: &Element, callback: impl Fn() + 'static) -> Listener {
    Listener::new(element, "scroll", move |_| callback())
}

/// Calls back when the reader turns the wheel with Control held, as one zooms: with the place in the element and
/// whether it is nearer.
#[must_use]
pub fn on_zoom(element: &Element, callback: impl Fn(Place, bool) + 'static) -> Listener {
    let inside = element.clone();
    Listener::new(element, "wheel", move |event| {
        if let Some(wheel) = event.dyn_ref::<WheelEvent>()
            && wheel.ctrl_key()
        {
            event.prevent_default();
            callback(place_in(&inside, wheel), wheel.delta_y() < 0.0);
        }
    })
}

/// Scrolls an element to a place.
pub fn scroll_to(element: &Element, left: f64, top: f64) {
    element.set_scroll_left(left as i32);
    element.set_scroll_top(top as i32);
}

/// Shows as a drawing's tooltip what the part under the pointer is labelled with. A title for every part would be
/// as many elements again.
#[must_use]
pub fn show_tips(drawing: &Element) -> Listener {
    let inside = drawing.clone();
    Listener::new(drawing, "pointerover", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let part = target.and_then(|target| target.closest("g[aria-label]").ok().flatten());
        let tip = part.and_then(|part| part.get_attribute("aria-label")).unwrap_or_default();
        if let Ok(Some(title)) = inside.query_selector("title.tip") {
            title.set_text_content(Some(&tip));
        }
    })
}

/// The same, if nothing has the focus any more: what had it is gone.
pub fn refocus_inside(element: &Element) {
    let document = web_sys::window().and_then(|window| window.document());
    let active = document.and_then(|document| document.active_element());
    if active.is_none_or(|active| active.tag_name() == "BODY") {
        focus_inside(element);
    }
}

/// Scrolls an element sideways, if it must, so that a place in it is seen; `margin` pixels on its left are
/// covered.
pub fn keep_in_view(element: &Element, x: f64, margin: f64) {
    let (left, width) = (f64::from(element.scroll_left()), f64::from(element.client_width()));
    let hidden = x < left + margin || x > left + width - 24.0;
    if f64::from(element.scroll_width()) > width && hidden {
        element.set_scroll_left((x - margin - (width - margin) * 0.25).max(0.0) as i32);
    }
}

/// Scrolls the page so that an element begins at its top, unless its beginning is in the upper half of what is seen.
pub fn bring_to_top(element: &Element) {
    let top = element.get_bounding_client_rect().top();
    let document = element.owner_document().and_then(|document| document.document_element());
    let height = document.map_or(0.0, |root| f64::from(root.client_height()));
    if top < 0.0 || top > height / 2.0 {
        element.scroll_into_view();
    }
}

/// Scrolls the page to an element of which nothing is seen.
pub fn bring_into_view(element: &Element) {
    let place = element.get_bounding_client_rect();
    let document = element.owner_document().and_then(|document| document.document_element());
    let height = document.map_or(0.0, |root| f64::from(root.client_height()));
    if place.bottom() <= 0.0 || place.top() >= height {
        element.scroll_into_view();
    }
}

/// Scrolls whatever it must, as little as it can, so that an element is seen.
pub fn bring_nearer(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Takes the keyboard's focus off whatever has it: a field tells what was typed into it.
pub fn leave_field() {
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    if let Some(element) = active.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.blur();
    }
}

/// Scrolls an element, and not the page, so that a part of it that matches a selector is near its top.
pub fn scroll_to_part(element: &Element, part: &str) {
    if let Ok(Some(part)) = element.query_selector(part) {
        let (area, place) = (element.get_bounding_client_rect(), part.get_bounding_client_rect());
        let above = (area.height() * 0.25).min(90.0);
        let down = place.top() - area.top() - above;
        element.set_scroll_top(element.scroll_top() + down as i32);
    }
}

/// Scrolls an element down or up, if it must, so that a row of it is seen. Its first part, of the height of a
/// row, stays and covers what is below it.
pub fn keep_row_in_view(element: &Element, top: f64, height: f64) {
    let (from, seen) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
    if top < from || top + 2.0 * height > from + seen {
        element.set_scroll_top((top - (seen - height) * 0.4).max(0.0) as i32);
    }
}

/// The id of the element that an event came from; empty if it has none.
#[must_use]
pub fn id_of(event: &Event) -> String {
    event.target().and_then(element_of).map_or_else(String::new, |target| target.id())
}

/// True if the part that an event came from is unfolded.
#[must_use]
pub fn is_open(event: &Event) -> bool {
    event.target().and_then(element_of).is_some_and(|target| target.has_attribute("open"))
}

/// How far an element is scrolled sideways.
#[must_use]
pub fn scrolled(element: &Element) -> f64 {
    f64::from(element.scroll_left())
}

/// What stands in the field that an event came from; of a box, `true` if it is checked, else `false`.
#[must_use]
pub fn value_of(event: &Event) -> String {
    event.target().map_or_else(String::new, |target| value_in(&target))
}

fn value_in(field: &JsValue) -> String {
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        if input.type_() == "checkbox" { input.checked().to_string() } else { input.value() }
    } else if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
        select.value()
    } else if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
        area.value()
    } else {
        String::new()
    }
}

/// What stands in the fields of the form that was submitted, in their order.
#[must_use]
pub fn submitted(event: &Event) -> Vec<String> {
    let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let fields = form.and_then(|form| form.query_selector_all("input, select, textarea").ok());
    let Some(fields) = fields else { return Vec::new() };
    (0..fields.length()).filter_map(|place| Some(value_in(fields.get(place)?.as_ref()))).collect()
}

/// The number in the field that an event came from; 0 if there is none.
#[must_use]
pub fn number_of(event: &Event) -> f64 {
    let target = event.target();
    let input = target.as_ref().and_then(|target| target.dyn_ref::<HtmlInputElement>());
    let number = input.map_or(0.0, HtmlInputElement::value_as_number);
    if number.is_finite() { number } else { 0.0 }
}

/// Shows a value in a control; in a box, `true` as checked. What shows it already is left alone: to set it would move
/// the reader's cursor.
pub fn show_in(control: &Element, value: &str) {
    if value_in(control) == value {
        return;
    }
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        if input.type_() == "checkbox" {
            input.set_checked(value == "true");
        } else {
            input.set_value(value);
        }
    } else if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        select.set_value(value);
    }
}

/// Selects a part of the text in a field, given in characters of UTF-16, and puts the keyboard's focus there.
pub fn select_text(field: &Element, from: u32, to: u32) {
    focus(field);
    if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
        let _ = area.set_selection_range(from, to);
    }
}

/// Opens a dialog over everything else, or closes it: then the focus is where it was.
pub fn show_dialog(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        // It fails only for a dialog that is not in the document.
        let _ = dialog.show_modal();
    } else if !open {
        dialog.close();
    }
}

/// Whether an event came from an element that matches a selector itself, and not from one inside it. What listens
/// does not tell: Yew listens at the page's root.
#[must_use]
pub fn comes_from(event: &Event, selector: &str) -> bool {
    let target = event.target().and_then(element_of);
    target.is_some_and(|target| target.matches(selector).unwrap_or(false))
}

/// Whether the box that an event came from is checked.
#[must_use]
pub fn checked_of(event: &Event) -> bool {
    let target = event.target();
    target.is_some_and(|t| t.dyn_ref::<HtmlInputElement>().is_some_and(HtmlInputElement::checked))
}

/// Watches an element's size. Dropping it ends it.
#[derive(Debug)]
pub struct Resizes {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

/// Calls back whenever an element's size changes, and once in the beginning.
#[must_use]
pub fn on_resize(element: &Element, callback: impl Fn() + 'static) -> Option<Resizes> {
    let closure = Closure::<dyn FnMut()>::new(callback);
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(Resizes { observer, _closure: closure })
}

impl Drop for Resizes {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
