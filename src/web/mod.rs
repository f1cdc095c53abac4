//! The only module that names the browser: address, clipboard, storage, clock, sizes, keys.
//!
//! Everything here is a thin, typed edge; whatever can be decided without a browser is decided below.

mod address;
mod clipboard;
mod element;
mod frames;
mod keys;
mod listener;
mod preferences;
mod timer;

pub use address::{fragment, on_fragment_change, page_link, replace_fragment};
pub use clipboard::copy;
pub use element::{
    Focus, Place, Resizes, bring_into_view, bring_nearer, capture_pointer, checked_of, focus_by_id,
    focus_inside, hold_touches, is_own, keep_in_view, leave_field, number_of, on_resize, place_in,
    scrolled, select_text, show_value, size_of, submitted, value_of,
};
pub use frames::Frames;
pub use keys::{Key, on_key};
pub use listener::Listener;
pub use preferences::{Theme, keep_theme, prefers_reduced_motion, show_theme, theme};
pub use timer::Timer;
