//! The address bar: its fragment holds the scenario.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::{
    Listener,
    frame::{is_embedded, on_told, tell},
    listen, window,
};

/// Keys of an embed's fragment, which `www/early.js` and `www/embedded.js` read: they say nothing of the run.
const OF_EMBED: [&str; 8] =
    ["controls=", "theme=", "start=", "loop=", "speed=", "property=", "future=", "height="];

/// Returns the part of the address behind its `#`, without the keys of an embed; empty if there is none.
#[must_use]
pub fn fragment() -> String {
    let hash = window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    of_run(hash.strip_prefix('#').unwrap_or(&hash))
}

fn of_run(fragment: &str) -> String {
    let is_of_run = |field: &&str| !OF_EMBED.iter().any(|key| field.starts_with(key));
    fragment.split('&').filter(is_of_run).collect::<Vec<_>>().join("&")
}

/// True if the address asks for a file: `?src=ADDRESS`, which a script fetches (`www/source.js`).
#[must_use]
pub fn asks_for_file() -> bool {
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let mut fields = search.trim_start_matches('?').split('&');
    fields.any(|field| field.starts_with("src=") && field.len() > 4)
}

/// Event by which the script hears that the file is wanted, or wanted again.
const FILE_WANTED: &str = "worldlines-source-wanted";
/// Event by which it tells what it found.
const FILE_TOLD: &str = "worldlines-source";

/// Asks the script for the file of the address; fetches it again if it was there before.
pub fn want_file() {
    tell(FILE_WANTED, "");
}

/// Calls back with what the script found: a line of JSON, and, if it could be fetched, the text.
#[must_use]
pub fn on_file(callback: impl Fn(&str, Option<&str>) + 'static) -> Option<Listener> {
    on_told(FILE_TOLD, move |told| match told.split_once('\n') {
        Some((head, text)) => callback(head, Some(text)),
        None => callback(&told, None),
    })
}

/// Puts a fragment, with its `#`, into the address bar without adding to the browser's history; `#` alone
/// removes the fragment. Where the page is not allowed to (some sandboxes), and in an embed, whose keys are in it, the
/// address stays the same.
pub fn replace_fragment(fragment: &str) {
    if is_embedded() {
        return;
    }
    let Some(history) = window().and_then(|window| window.history().ok()) else { return };
    let address = page_link(if fragment == "#" { "" } else { fragment });
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
}

/// Puts a fragment into the address bar as a new entry of the browser's history, under the same conditions.
pub fn push_fragment(fragment: &str) {
    if is_embedded() {
        return;
    }
    let Some(history) = window().and_then(|window| window.history().ok()) else { return };
    let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&page_link(fragment)));
}

/// Sets the title of the browser's tab.
pub fn set_title(title: &str) {
    if let Some(document) = window().and_then(|window| window.document()) {
        document.set_title(title);
    }
}

/// Returns the link to this page with a fragment, given with its `#`.
#[must_use]
pub fn page_link(fragment: &str) -> String {
    let href = window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let page = href.split('#').next().unwrap_or_default();
    format!("{page}{fragment}")
}

/// Calls back with the fragment when the reader changes it by hand or follows a link within the page.
#[must_use]
pub fn on_fragment_change(callback: impl Fn(String) + 'static) -> Option<Listener> {
    let window = window()?;
    Some(listen(&window, "hashchange", move |event| {
        // The event's own address: the page may have replaced the fragment in the meantime.
        let url = Reflect::get(event, &"newURL".into()).ok().and_then(|url| url.as_string());
        let of_event = url.map(|url| of_run(url.split_once('#').unwrap_or_default().1));
        callback(of_event.unwrap_or_else(fragment));
    }))
}
