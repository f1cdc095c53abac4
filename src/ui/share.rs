//! The link to what is shown.

use crate::{formats::link::MAX_LINK, web};

/// Answer of the clipboard.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Copied {
    NotYet,
    Yes,
    Refused,
}

/// Returns the link to a run by its fragment, given with its `#`. There is none while the fragment is made (it is empty), for a
/// recorded run, and if the link is too long to be opened.
pub(super) fn link_to(fragment: &str) -> Option<String> {
    let is_openable = !fragment.is_empty() && fragment.len() <= MAX_LINK;
    is_openable.then(|| web::page_link(fragment))
}
