//! The only module that names the browser: address, clipboard, storage, clock, sizes, keys.
//!
//! Everything here is a thin, typed layer; every decision that needs no browser is made in the modules below.

mod address;
mod clipboard;
mod element;
mod fetch;
mod first;
mod frame;
mod frames;
mod given;
mod keys;
mod listener;
mod preferences;
mod save;
mod screen;
mod script;
mod storage;
mod style;
mod tab;
mod word;
mod worker;

pub use address::{
    asks_for_file, fragment, on_file, on_fragment_change, page_link, push_fragment,
    replace_fragment, set_title, want_file,
};
pub use clipboard::{can_share, copy, share};
pub use element::{
    Focus, Place, Resizes, Viewport, bring_into_view, bring_nearer, bring_to_top, capture_pointer,
    checked_of, comes_from, end_touches, focus_by_id, focus_inside, hold_touches, id_of, is_open,
    keep_in_view, keep_row_in_view, leave_field, number_of, on_resize, on_scroll, on_zoom,
    place_in, refocus_inside, scroll_to, scroll_to_part, scrolled, select_all, select_text,
    show_above, show_dialog, show_in, show_popover, show_tips, size_of, submitted, take_hold,
    value_of, viewport,
};
pub use fetch::{fetch_text, file_of_build};
pub use first::{assume_size, first_overview, likely_height, likely_width, root};
pub use frame::{
    allowed, draws_pictures, fits_height, has_control, is_beside, is_embedded, is_future_hidden,
    is_heard, is_locked, loops, on_told, property, speed, tell,
};
pub use frames::{Frames, mark, ticks};
pub use given::{Given, chosen_file, on_drop, on_paste};
pub use keys::{Key, on_key};
pub use listener::Listener;
use listener::listen;
pub use preferences::{Theme, keep_theme, prefers_reduced_motion, show_theme, theme};
pub use save::{Pieces, save};
pub use screen::{on_screen_left, present};
pub use script::{has_interface, on_bytes, print, run_script};
pub use storage::{forget, keep, kept, kept_below};
pub use style::Style;
pub use tab::{hold_tab, now, on_leave, open_tabs, renew_tab, tab};
pub use word::{is_restarted, leave_word, on_page_event, say_not_fetched};
pub use worker::{Errand, is_worker, say, serve_errands};

/// An element of the page, re-exported for code that only passes it on.
pub use web_sys::Element;

/// Returns the browser's window; none where there is no browser: the first picture is drawn on the machine
/// that builds the page.
fn window() -> Option<web_sys::Window> {
    if cfg!(target_arch = "wasm32") { web_sys::window() } else { None }
}
