//! The picture that the page's HTML carries, and the page that takes its place.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use web_sys::Element;

use super::window;

/// In whole CSS pixels.
static WIDTH: AtomicU32 = AtomicU32::new(900);

/// How wide the diagram will be, as far as that is known before it is there, in CSS pixels: as wide as in the first
/// picture. So it need not be drawn twice.
#[must_use]
pub fn likely_width() -> f64 {
    f64::from(WIDTH.load(Relaxed))
}

/// The element that the page is drawn in, in the place of the first picture.
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

/// Draws the page for a diagram of this width, in CSS pixels.
pub fn assume_width(width: f64) {
    WIDTH.store(width as u32, Relaxed);
}
