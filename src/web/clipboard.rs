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

/// The system's share sheet, where there is one: on phones, and in some browsers of desktops.
fn share_sheet() -> Option<(JsValue, js_sys::Function)> {
    let navigator = JsValue::from(window()?.navigator());
    let share = js_sys::Reflect::get(&navigator, &"share".into()).ok()?;
    share.is_function().then(|| (navigator, share.into()))
}

/// True if the system has a share sheet.
#[must_use]
pub fn can_share() -> bool {
    share_sheet().is_some()
}

/// Opens the system's share sheet with a link. A reader who closes it has shared nothing, which is no error.
pub fn share(title: &str, link: &str) {
    let Some((navigator, share)) = share_sheet() else { return };
    let data = js_sys::Object::new();
    for (name, value) in [("title", title), ("url", link)] {
        let _ = js_sys::Reflect::set(&data, &name.into(), &value.into());
    }
    if let Ok(promise) = share.call1(&navigator, &data) {
        let ignored = Closure::once_into_js(|_: JsValue| ());
        if let Ok(catch) =
            js_sys::Reflect::get(&promise, &"catch".into()).map(js_sys::Function::from)
        {
            let _ = catch.call1(&promise, &ignored);
        }
    }
}
