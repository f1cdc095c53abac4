//! This tab among the reader's others: its name, the open tabs, and the moment it is left.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::{Listener, listen, storage::storage_of_tab, window, word::has_word};

/// Key under which a tab stores its own name.
const KEY: &str = "worldlines-tab";
/// Prefix of the lock of an open tab, before the tab's name.
const LOCK: &str = "worldlines-tab-";

/// Returns this tab's name: the same after a reload, and in a tab that was made as its duplicate. None where
/// nothing can be stored.
#[must_use]
pub fn tab() -> Option<String> {
    let kept = storage_of_tab()?.get_item(KEY).ok()?;
    kept.or_else(renew_tab)
}

/// Gives this tab a name that no other has.
pub fn renew_tab() -> Option<String> {
    let storage = storage_of_tab()?;
    let name = format!("{:x}", (js_sys::Math::random() * 2_f64.powi(52)) as u64);
    storage.set_item(KEY, &name).ok()?;
    Some(name)
}

/// Tells all other tabs that the tab of this name is open. The browser releases the lock when the tab is
/// closed or crashes.
pub fn hold_tab(name: &str) {
    let for_ever = Closure::once_into_js(|_: JsValue| Promise::new(&mut |_, _| {}));
    let _ = lock_manager("request", &[&format!("{LOCK}{name}").into(), &for_ever]);
}

/// Calls back with the names of all open tabs. Empty where the browser does not know them, as on an insecure
/// origin.
pub fn open_tabs(callback: impl FnOnce(Vec<String>) + Clone + 'static) {
    let refused = callback.clone();
    let told = Closure::once_into_js(move |answer: JsValue| {
        let held = Reflect::get(&answer, &"held".into()).unwrap_or_default();
        let names = held.dyn_ref::<Array>().into_iter().flat_map(|held| held.iter());
        let names = names.filter_map(|lock| Reflect::get(&lock, &"name".into()).ok()?.as_string());
        callback(names.filter_map(|name| Some(name.strip_prefix(LOCK)?.to_owned())).collect());
    });
    match lock_manager("query", &[]) {
        Some(promise) => {
            let refused = Closure::once_into_js(move |_: JsValue| refused(Vec::new()));
            then(&promise, &told, &refused);
        }
        None => refused(Vec::new()),
    }
}

/// Calls a method of the browser's locks, which a page in a sandbox may not use, and returns its promise.
fn lock_manager(method: &str, arguments: &[&JsValue]) -> Option<Object> {
    let navigator = window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let function = Reflect::get(&locks, &method.into()).ok()?.dyn_into::<Function>().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    let promise = function.apply(&locks, &list).ok()?.dyn_into::<Object>().ok()?;
    // Not a function made from a text: a host may forbid that.
    let nothing = || Closure::once_into_js(|_: JsValue| ());
    then(&promise, &nothing(), &nothing());
    Some(promise)
}

fn then(promise: &Object, done: &JsValue, failed: &JsValue) {
    let then = Reflect::get(promise, &"then".into()).map(Function::from);
    if let Ok(then) = then {
        let _ = then.call2(promise, done, failed);
    }
}

/// Calls back whenever the reader leaves the tab or closes it: on a phone there may be no later moment. Not after a panic: other scripts
/// still hear these two events then (`www/early.js`).
#[must_use]
pub fn on_leave(callback: impl Fn() + Clone + 'static) -> Option<(Listener, Listener)> {
    let window = window()?;
    let document = window.document()?;
    let left = move || {
        if !has_word("stopped") {
            callback();
        }
    };
    let hidden = left.clone();
    Some((
        listen(&window, "pagehide", move |_| left()),
        listen(&document, "visibilitychange", move |_| hidden()),
    ))
}

/// Returns the time of day, in real ms since 1970.
#[must_use]
pub fn now() -> u64 {
    js_sys::Date::now() as u64
}
