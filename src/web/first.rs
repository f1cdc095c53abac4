//! The first picture, which is part of the page's HTML, and the page that replaces it.

use std::cell::{Cell, RefCell};

use web_sys::Element;

use super::window;

thread_local! {
    /// Width of the diagram, in whole CSS pixels. Each thread draws its own page.
    static WIDTH: Cell<f64> = const { Cell::new(900.0) };
    /// Height of it.
    static HEIGHT: Cell<f64> = const { Cell::new(470.0) };
}

/// Returns the likely width of the diagram before it exists, in CSS pixels: the width in the first picture.
/// It saves drawing the diagram twice.
#[must_use]
pub fn likely_width() -> f64 {
    WIDTH.get()
}

/// Returns the likely height of the diagram's place before it exists, in CSS pixels.
#[must_use]
pub fn likely_height() -> f64 {
    HEIGHT.get()
}

/// Returns the element that the page is drawn in, in place of the first picture.
#[must_use]
pub fn root() -> Option<Element> {
    let root = window()?.document()?.get_element_by_id("worldlines")?;
    keep_overview(&root);
    let stages = root.query_selector(".stages").ok().flatten();
    let (width, height) = stages.map_or((0, 0), |it| (it.client_width(), it.client_height()));
    if width > 0 {
        // The diagram has a border, and the row of its tools below it.
        assume_size(f64::from(width - 2), f64::from(height - 2 - TOOLS));
    }
    Some(root)
}

/// Height of the row of tools, as in the style sheet.
const TOOLS: i32 = 40;

/// Sets the width and the height of the diagram's place for the first drawing, in CSS pixels.
pub fn assume_size(width: f64, height: f64) {
    WIDTH.set(width.floor());
    HEIGHT.set(height.floor());
}

thread_local! {
    /// HTML of the strip of the whole run in the first picture.
    static OVERVIEW: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the strip before the picture is replaced, unless the address asks for another run.
fn keep_overview(root: &Element) {
    let is_shown = super::fragment().is_empty() && !super::asks_for_file();
    let strip = root.query_selector(".overview").ok().flatten().filter(|_| is_shown);
    OVERVIEW.set(strip.map(|strip: Element| strip.outer_html()));
}

/// Returns the strip of the whole run in the first picture, as HTML; none if the page does not open with that picture.
#[must_use]
pub fn first_overview() -> Option<String> {
    OVERVIEW.with_borrow(Clone::clone)
}
