//! The browser's storage, which lasts from one visit to the next. A page in a sandbox may not use it, and its
//! size is limited: every function then does nothing, and the page works without storage.

use web_sys::Storage;

use super::window;

/// Returns the storage that all tabs of this site share.
pub(super) fn storage() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}

/// Returns the storage of this tab, which lasts until it is closed.
pub(super) fn storage_of_tab() -> Option<Storage> {
    window()?.session_storage().ok().flatten()
}

/// Returns the value of this key.
#[must_use]
pub fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Returns all values of keys with this beginning: the rest of the key, and the value.
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

/// Stores a value. False if storage is not allowed or full.
#[must_use]
pub fn keep(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// Removes a value.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}
