//! Elements: their sizes, their values, the pointer over them.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Element, Event, EventTarget, HtmlDialogElement, HtmlElement, HtmlInputElement,
    HtmlSelectElement, HtmlTextAreaElement, PointerEvent, ResizeObserver, ScrollIntoViewOptions,
    ScrollLogicalPosition, SvgElement, WheelEvent,
};

use super::{Listener, listen, window};

/// A place in an element, in CSS pixels from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Distance from the left.
    pub x: f64,
    /// Distance from the top.
    pub y: f64,
}

/// Returns the place of the pointer in an element.
#[must_use]
pub fn place_in(element: &Element, event: &web_sys::MouseEvent) -> Place {
    let (area, zoom) = (element.get_bounding_client_rect(), zoom_of(element));
    Place {
        x: (f64::from(event.client_x()) - area.left()) / zoom,
        y: (f64::from(event.client_y()) - area.top()) / zoom,
    }
}

/// Returns by how much the style sheet enlarges an element: the places of pointers are those of the window.
fn zoom_of(element: &Element) -> f64 {
    let zoom = js_sys::Reflect::get(element, &"currentCSSZoom".into()).ok();
    zoom.and_then(|zoom| zoom.as_f64()).filter(|zoom| *zoom > 0.0).unwrap_or(1.0)
}

/// Returns the width and the height of an element.
#[must_use]
pub fn size_of(element: &Element) -> (f64, f64) {
    let (area, zoom) = (element.get_bounding_client_rect(), zoom_of(element));
    (area.width() / zoom, area.height() / zoom)
}

/// Returns the target of an event as an element.
fn element_of(target: EventTarget) -> Option<Element> {
    target.dyn_into().ok()
}

/// Directs all events of a pointer to an element until the pointer is released.
pub fn capture_pointer(element: &Element, event: &PointerEvent) {
    // It fails only if the pointer is gone already.
    let _ = element.set_pointer_capture(event.pointer_id());
}

/// Gives the pressed part that matches a selector the keyboard's focus, and all events of the pointer until
/// it is released.
pub fn take_hold(event: &PointerEvent, part: &str) {
    let target = event.target().and_then(element_of);
    if let Some(part) = target.and_then(|target| target.closest(part).ok().flatten()) {
        capture_pointer(&part, event);
        focus(&part);
    }
}

/// Prevents a touch on the parts of an element that match a selector from scrolling the page: those parts are
/// dragged. A style cannot express this for parts of a drawing. Dropping the listener ends it.
pub fn hold_touches(element: &Element, parts: &'static str) -> Listener {
    keep_touches(element, "touchstart", parts)
}

/// Prevents a touch on the parts of an element that match a selector from becoming a click at its end. These
/// parts have reacted already, and the elements that they opened may lie under the finger. Dropping the
/// listener ends it.
pub fn end_touches(element: &Element, parts: &'static str) -> Listener {
    keep_touches(element, "touchend", parts)
}

fn keep_touches(element: &Element, kind: &'static str, parts: &'static str) -> Listener {
    listen(element, kind, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let part = target.and_then(|target| target.closest(parts).ok().flatten());
        if part.is_some() && event.cancelable() {
            event.prevent_default();
        }
    })
}

/// The current focus of the keyboard, which is restored on drop.
#[derive(Debug)]
pub struct Focus(Option<Element>);

impl Focus {
    /// Returns the current focus.
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

/// Scrolls the page until the first element of a selector is above a sheet at the lower edge of the window; an element that
/// is no such sheet changes nothing.
pub fn show_above(sheet: &Element, selector: &str) {
    let Some(window) = window() else { return };
    let document = window.document();
    let shown = document.and_then(|document| document.query_selector(selector).ok().flatten());
    let Some(shown) = shown else { return };
    let (sheet, shown) = (sheet.get_bounding_client_rect(), shown.get_bounding_client_rect());
    let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    let is_sheet = sheet.left() <= 1.0 && sheet.bottom() >= height - 1.0;
    let hidden = shown.bottom() + 12.0 - sheet.top();
    if is_sheet && hidden > 0.0 {
        // A tall element is not scrolled past its own beginning.
        window.scroll_by_with_x_and_y(0.0, hidden.min((shown.top() - 12.0).max(0.0)));
    }
}

/// Puts the keyboard's focus on the first focusable element inside an element.
pub fn focus_inside(element: &Element) {
    let first =
        element.query_selector("button:enabled, input:enabled, select:enabled, textarea:enabled");
    if let Ok(Some(first)) = first {
        focus(&first);
    }
}

/// The visible part of an element's content.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Viewport {
    /// Horizontal scroll position, in CSS pixels.
    pub left: f64,
    /// Vertical scroll position.
    pub top: f64,
    /// Width of the visible part.
    pub width: f64,
    /// Height of the visible part.
    pub height: f64,
}

/// Returns the visible part of an element's content.
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
pub fn on_scroll(element: &Element, callback: impl Fn() + 'static) -> Listener {
    listen(element, "scroll", move |_| callback())
}

/// Calls back when the reader turns the wheel with Control held, to zoom: with the place in the element, and
/// true for zooming in.
pub fn on_zoom(element: &Element, callback: impl Fn(Place, bool) + 'static) -> Listener {
    let inside = element.clone();
    listen(element, "wheel", move |event| {
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

/// Shows the label of the part under the pointer as the drawing's tooltip. A title for every part would
/// double the number of elements. `text_of` returns the text that a part has not in the drawing, by the attributes
/// `data-message` and `data-event` of the part, with the position of the text as attributes.
pub fn show_tips(
    drawing: &Element,
    text_of: impl Fn(Option<String>, Option<String>) -> Option<(String, [String; 2])> + 'static,
) -> Listener {
    let inside = drawing.clone();
    listen(drawing, "pointerover", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let within = |parts: &str| target.as_ref().and_then(|it| it.closest(parts).ok().flatten());
        let tip = within("g[aria-label]").and_then(|part| part.get_attribute("aria-label"));
        if let Ok(Some(title)) = inside.query_selector("title.tip") {
            title.set_text_content(Some(&tip.unwrap_or_default()));
        }
        let text = within("[data-message], [data-event]").and_then(|part| {
            text_of(part.get_attribute("data-message"), part.get_attribute("data-event"))
        });
        if let Ok(Some(label)) = inside.query_selector("text.pointed") {
            let (text, [x, y]) = text.unwrap_or_default();
            label.set_text_content(Some(&text));
            // They fail only for names that are none.
            let _ = (label.set_attribute("x", &x), label.set_attribute("y", &y));
        }
    })
}

/// Does the same if no element has the focus any more, because the focused one was removed.
pub fn refocus_inside(element: &Element) {
    let document = web_sys::window().and_then(|window| window.document());
    let active = document.and_then(|document| document.active_element());
    if active.is_none_or(|active| active.tag_name() == "BODY") {
        focus_inside(element);
    }
}

/// Scrolls an element horizontally, if necessary, so that a place in it is visible; `margin` pixels on its
/// left are covered.
pub fn keep_in_view(element: &Element, x: f64, margin: f64) {
    let (left, width) = (f64::from(element.scroll_left()), f64::from(element.client_width()));
    let hidden = x < left + margin || x > left + width - 24.0;
    if f64::from(element.scroll_width()) > width && hidden {
        element.set_scroll_left((x - margin - (width - margin) * 0.25).max(0.0) as i32);
    }
}

/// Scrolls the page so that an element begins at its top, unless its beginning is in the upper half of the
/// window.
pub fn bring_to_top(element: &Element) {
    let top = element.get_bounding_client_rect().top();
    let document = element.owner_document().and_then(|document| document.document_element());
    let height = document.map_or(0.0, |root| f64::from(root.client_height()));
    if top < 0.0 || top > height / 2.0 {
        element.scroll_into_view();
    }
}

/// Scrolls the page to an element that is out of sight.
pub fn bring_into_view(element: &Element) {
    let place = element.get_bounding_client_rect();
    let document = element.owner_document().and_then(|document| document.document_element());
    let height = document.map_or(0.0, |root| f64::from(root.client_height()));
    if place.bottom() <= 0.0 || place.top() >= height {
        element.scroll_into_view();
    }
}

/// Scrolls as little as possible so that an element is visible.
pub fn bring_nearer(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Shows the popover of this id.
pub fn show_popover(id: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // It fails only if the popover is shown already.
        let _ = element.show_popover();
    }
}

/// Removes the keyboard's focus from the focused element: a field then reports its text.
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

/// Scrolls an element vertically, if necessary, so that a row of it is visible. Its first part, of the height
/// of a row, stays in place and covers the rows below it.
pub fn keep_row_in_view(element: &Element, top: f64, height: f64) {
    let (from, seen) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
    if top < from || top + 2.0 * height > from + seen {
        element.set_scroll_top((top - (seen - height) * 0.4).max(0.0) as i32);
    }
}

/// Returns the id of the target of an event; empty if it has none.
#[must_use]
pub fn id_of(event: &Event) -> String {
    event.target().and_then(element_of).map_or_else(String::new, |target| target.id())
}

/// True if the target of an event is unfolded.
#[must_use]
pub fn is_open(event: &Event) -> bool {
    event.target().and_then(element_of).is_some_and(|target| target.has_attribute("open"))
}

/// Returns the horizontal scroll position of an element.
#[must_use]
pub fn scrolled(element: &Element) -> f64 {
    f64::from(element.scroll_left())
}

/// Returns the value of the field that an event came from; for a box, `true` if it is checked, else `false`.
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

/// Returns the values of the fields of a form, in their order. The event came from the form or from a field in it.
#[must_use]
pub fn submitted(event: &Event) -> Vec<String> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let form = target.and_then(|target| target.closest("form").ok().flatten());
    let fields = form.and_then(|form| form.query_selector_all("input, select, textarea").ok());
    let Some(fields) = fields else { return Vec::new() };
    (0..fields.length()).filter_map(|place| Some(value_in(fields.get(place)?.as_ref()))).collect()
}

/// Returns the number in the field that an event came from; 0 if there is none.
#[must_use]
pub fn number_of(event: &Event) -> f64 {
    let target = event.target();
    let input = target.as_ref().and_then(|target| target.dyn_ref::<HtmlInputElement>());
    let number = input.map_or(0.0, HtmlInputElement::value_as_number);
    if number.is_finite() { number } else { 0.0 }
}

/// Shows a value in a control; in a box, `true` as checked. A control with this value is not set again, as
/// this would move the reader's cursor.
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

/// Selects a part of the text in a field, given in UTF-16 code units, and puts the keyboard's focus there.
pub fn select_text(field: &Element, from: u32, to: u32) {
    focus(field);
    if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
        let _ = area.set_selection_range(from, to);
    }
}

/// Selects the whole text of a field, and puts the keyboard's focus there.
pub fn select_all(field: &Element) {
    focus(field);
    if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
        area.select();
    } else if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        input.select();
    }
}

/// Opens a dialog over everything else, or closes it: the focus then returns to its previous place.
pub fn show_dialog(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        // It fails only for a dialog that is not in the document.
        let _ = dialog.show_modal();
    } else if !open {
        dialog.close();
    }
}

/// True if an event came from an element that matches a selector, and not from an element inside it. The
/// listening element does not show this: Yew listens at the page's root.
#[must_use]
pub fn comes_from(event: &Event, selector: &str) -> bool {
    let target = event.target().and_then(element_of);
    target.is_some_and(|target| target.matches(selector).unwrap_or(false))
}

/// True if the box that an event came from is checked.
#[must_use]
pub fn checked_of(event: &Event) -> bool {
    let target = event.target();
    target.is_some_and(|t| t.dyn_ref::<HtmlInputElement>().is_some_and(HtmlInputElement::checked))
}

/// An observer of an element's size. Dropping it ends it.
#[derive(Debug)]
pub struct Resizes {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

/// Calls back whenever an element's size changes, and once at the beginning.
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
