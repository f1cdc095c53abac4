//! Work beside the page: the page's end of a worker, and the worker's own.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::Listener;

/// The file that starts the worker: Trunk writes it beside the page (`www/index.html`).
const FILE: &str = "./searcher_loader.js";

/// What the worker says when it can be asked: what is sent before nobody hears.
const READY: &str = "ready";

/// An errand that a worker runs. Dropping it ends the worker, in the middle of whatever it does.
#[derive(Debug)]
pub struct Errand {
    worker: web_sys::Worker,
    _listeners: [Listener; 2],
}

impl Errand {
    /// Sends a worker on an errand. What it says is handed on, text by text; if it cannot work, `failed` is called.
    /// None where the page may have no worker.
    #[must_use]
    pub fn start(
        text: String,
        said: impl Fn(String) + 'static,
        failed: impl Fn() + 'static,
    ) -> Option<Self> {
        let worker = web_sys::Worker::new(FILE).ok()?;
        let asked = worker.clone();
        let hear = Listener::new(&worker, "message", move |event| {
            match event.unchecked_ref::<MessageEvent>().data().as_string() {
                Some(ready) if ready == READY => {
                    // It fails only for what cannot be copied; a text can.
                    let _ = asked.post_message(&JsValue::from_str(&text));
                }
                Some(answer) => said(answer),
                None => {}
            }
        });
        let fail = Listener::new(&worker, "error", move |_| failed());
        Some(Self { worker, _listeners: [hear, fail] })
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// A worker's life: runs whatever it is sent, and says what comes of it. Does nothing outside a worker.
pub fn serve_errands(run: fn(&str, &mut dyn FnMut(String))) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let say = |scope: &DedicatedWorkerGlobalScope, text: &str| {
        let _ = scope.post_message(&JsValue::from_str(text));
    };
    let speaker = scope.clone();
    let listener = Listener::new(&scope, "message", move |event| {
        if let Some(text) = event.unchecked_ref::<MessageEvent>().data().as_string() {
            run(&text, &mut |answer| say(&speaker, &answer));
        }
    });
    // It listens for as long as it lives.
    std::mem::forget(listener);
    say(&scope, READY);
}
