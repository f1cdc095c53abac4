//! Scripts beside the page that are run when they are first needed.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen::{JsCast, JsValue};
use web_sys::CustomEvent;

use super::{Listener, file_of_build, listen, window};

thread_local! {
    /// Scripts that run.
    static RUNNING: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    /// Number of fetches that failed.
    static FAILED: Cell<usize> = const { Cell::new(0) };
}

/// Runs a script of this build, a module, unless it runs already, and calls back with true; with false if it could not be fetched. The
/// next call tries again.
pub fn run_script(name: &'static str, done: impl FnOnce(bool) + 'static) {
    if RUNNING.with_borrow(|running| running.contains(&name)) {
        return done(true);
    }
    let document = window().and_then(|window| window.document());
    let script = document.as_ref().and_then(|it| it.create_element("script").ok());
    let (Some(script), Some(root)) = (script, document.and_then(|it| it.document_element())) else {
        return done(false);
    };
    let _ = script.set_attribute("type", "module");
    // A browser remembers that a module could not be fetched, by its address: another try needs another one.
    let again = Some(FAILED.get()).filter(|&failed| failed > 0);
    let search = again.map(|failed| format!("?again={failed}")).unwrap_or_default();
    let _ = script.set_attribute("src", &(file_of_build(name) + &search));
    let done = Rc::new(Cell::new(Some(done)));
    for (event, runs) in [("load", true), ("error", false)] {
        let done = Rc::clone(&done);
        let listener = listen(&script, event, move |_| {
            RUNNING.with_borrow_mut(|running| {
                if runs && !running.contains(&name) {
                    running.push(name);
                }
            });
            if !runs {
                FAILED.set(FAILED.get() + 1);
            }
            if let Some(done) = done.take() {
                done(runs);
            }
        });
        // The script calls once.
        listener.forget();
    }
    let _ = root.append_child(&script);
}

/// Calls back with the bytes of an event of this name, which a script has sent.
#[must_use]
pub fn on_bytes(name: &'static str, callback: impl Fn(Vec<u8>) + 'static) -> Option<Listener> {
    let window = window()?;
    Some(listen(&window, name, move |event| {
        if let Some(event) = event.dyn_ref::<CustomEvent>() {
            callback(js_sys::Uint8Array::unchecked_from_js(event.detail()).to_vec());
        }
    }))
}

/// True if the browser has something of this name: an interface that not all have.
#[must_use]
pub fn has_interface(name: &str) -> bool {
    let found = window().and_then(|it| js_sys::Reflect::get(&it, &JsValue::from_str(name)).ok());
    found.is_some_and(|it| !it.is_undefined())
}

/// Opens the browser's dialog for printing. A frame in a sandbox may not.
pub fn print() {
    let Some(window) = window() else { return };
    let print = js_sys::Reflect::get(&window, &"print".into()).map(js_sys::Function::from);
    if let Ok(print) = print {
        let _ = print.call0(&window);
    }
}
