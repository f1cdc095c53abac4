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

pub use address::{fragment, on_fragment_change, page_link, replace_fragment};
pub use clipboard::copy;
pub use element::{
    Place, Resizes, capture_pointer, checked_of, focus, focus_inside, keep_in_view, number_of,
    on_resize, place_in, scrolled, size_of, submitted, value_of,
};
pub use frames::Frames;
pub use keys::{Key, on_key};
pub use listener::Listener;
pub use preferences::{Theme, prefers_reduced_motion, set_theme, theme};
