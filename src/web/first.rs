//! The first picture, which is part of the page's HTML, and the page that replaces it.

use std::cell::{Cell, RefCell};

use web_sys::Element;

use super::window;

thread_local! {
    /// Width of the diagram, in whole CSS pixels. Each thread draws its own page.
    static WIDTH: Cell<f64> = const { Cell::new(900.0) };
}

/// Returns the likely width of the diagram before it exists, in CSS pixels: the width in the first picture.
/// It saves drawing the diagram twice.
#[must_use]
pub fn likely_width() -> f64 {
    WIDTH.get()
}

/// Returns the element that the page is drawn in, in place of the first picture.
#[must_use]
pub fn root() -> Option<Element> {
    let root = window()?.document()?.get_element_by_id("worldlines")?;
    keep_parts(&root);
    let stages = root.query_selector(".stages").ok().flatten();
    let width = stages.map_or(0, |stages| stages.client_width());
    if width > 0 {
        // The diagram has a border.
        assume_width(f64::from(width - 2));
    }
    Some(root)
}

/// Sets the width of the diagram for the first drawing, in CSS pixels.
pub fn assume_width(width: f64) {
    WIDTH.set(width.floor());
}

/// Parts of the first picture that may be shown until the program can draw them, by selector.
const PARTS: [&str; 6] = [".overview", ".tools", ".legend", ".deeds", ".settings", ".known"];

thread_local! {
    /// HTML of the parts, in the order of [`PARTS`].
    static KEPT: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps the parts before the picture is replaced, unless the address asks for another run.
fn keep_parts(root: &Element) {
    let is_shown = super::fragment().is_empty() && !super::asks_for_file();
    let part = |selector| {
        let part = root.query_selector(selector).ok().flatten().filter(|_| is_shown);
        part.map(|part: Element| part.outer_html()).unwrap_or_default()
    };
    KEPT.set(PARTS.map(part).to_vec());
}

/// Returns a part of the first picture as HTML, by its selector; none if the page does not open with that picture.
#[must_use]
pub fn first_part(selector: &str) -> Option<String> {
    let place = PARTS.iter().position(|other| *other == selector)?;
    KEPT.with_borrow(|kept| kept.get(place).filter(|part| !part.is_empty()).cloned())
}
