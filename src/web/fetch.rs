//! Files beside the page.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::Response;

use super::window;

/// Returns the address of a file of this build of the page: the page names the folder of its files.
#[must_use]
pub fn file_of_build(name: &str) -> String {
    let root = window().and_then(|window| window.document()?.document_element());
    let folder = root.and_then(|root| root.get_attribute("data-files"));
    folder.unwrap_or_else(|| "./".to_owned()) + name
}

/// Fetches a text file beside the page, and calls back with it; with none if that fails, for example without
/// a network, or on a page that was opened as a file.
pub fn fetch_text(path: &str, done: impl Fn(Option<String>) + Clone + 'static) {
    let Some(window) = window() else { return done(None) };
    let (failed, refused) = (done.clone(), done.clone());
    let on_text = Closure::once_into_js(move |text: JsValue| done(text.as_string()));
    let on_answer = Closure::once_into_js(move |answer: JsValue| -> JsValue {
        let text = answer.dyn_into::<Response>().ok().filter(Response::ok);
        // A response without a promise counts as none.
        text.and_then(|answer| answer.text().ok()).map_or(JsValue::NULL, Into::into)
    });
    let on_failure = Closure::once_into_js(move |_: JsValue| failed(None));
    let promise: JsValue = window.fetch_with_str(path).into();
    let then = |promise: &JsValue, call: &JsValue, otherwise: &JsValue| {
        let then = js_sys::Reflect::get(promise, &"then".into()).map(js_sys::Function::from);
        then.and_then(|then| then.call2(promise, call, otherwise))
    };
    let chained = then(&promise, &on_answer, &JsValue::UNDEFINED)
        .and_then(|answer| then(&answer, &on_text, &on_failure));
    if chained.is_err() {
        refused(None);
    }
}
