//! What the browser keeps from one visit to the next. A page in a sandbox may keep nothing, and none has room for
//! everything: every function says so by doing nothing, and the page works without.

use web_sys::Storage;

use super::window;

/// What all tabs of this site share.
pub(super) fn storage() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}

/// What one tab keeps till it is closed.
pub(super) fn storage_of_tab() -> Option<Storage> {
    window()?.session_storage().ok().flatten()
}

/// What is kept under this key.
#[must_use]
pub fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Everything that is kept under a key with this beginning: the rest of the key, and the value.
#[must_use]
pub fn kept_below(beginning: &str) -> Vec<(String, String)> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    let pairs = (0..count).filter_map(|place| {
        let key = storage.key(place).ok().flatten()?;
        let rest = key.strip_prefix(beginning)?.to_owned();
        Some((rest, storage.get_item(&key).ok().flatten()?))
    });
    pairs.collect()
}

/// Keeps a value. False where that is not allowed, or there is no room.
#[must_use]
pub fn keep(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// Keeps it no longer.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}
