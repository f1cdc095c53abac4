//! The first picture, which is part of the page's HTML, and the page that replaces it.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use web_sys::Element;

use super::window;

/// Width of the diagram, in whole CSS pixels.
static WIDTH: AtomicU32 = AtomicU32::new(900);

/// Returns the likely width of the diagram before it exists, in CSS pixels: the width in the first picture.
/// It saves drawing the diagram twice.
#[must_use]
pub fn likely_width() -> f64 {
    f64::from(WIDTH.load(Relaxed))
}

/// Returns the element that the page is drawn in, in place of the first picture.
#[must_use]
pub fn root() -> Option<Element> {
    let root = window()?.document()?.get_element_by_id("worldlines")?;
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
    WIDTH.store(width as u32, Relaxed);
}
