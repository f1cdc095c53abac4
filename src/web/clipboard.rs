//! The clipboard.

use wasm_bindgen::{JsValue, closure::Closure};

use super::window;

/// Copies a text, and calls back with true if it succeeded: a page in a sandbox may not copy.
pub fn copy(text: &str, done: impl Fn(bool) + Clone + 'static) {
    let clipboard = window().map(|window| window.navigator().clipboard());
    // On an insecure origin there is no clipboard, in spite of the types.
    let Some(clipboard) = clipboard.filter(|c| !JsValue::from(c).is_undefined()) else {
        done(false);
        return;
    };
    let refused = done.clone();
    let copied = Closure::once_into_js(move |_: JsValue| done(true));
    let failed = Closure::once_into_js(move |_: JsValue| refused(false));
    let promise = clipboard.write_text(text);
    let then = js_sys::Reflect::get(&promise, &"then".into()).map(js_sys::Function::from);
    if let Ok(then) = then {
        let _ = then.call2(&promise, &copied, &failed);
    }
}
