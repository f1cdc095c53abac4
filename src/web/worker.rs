//! Work beside the page: both ends of a worker.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, WorkerOptions, WorkerType};

use super::{Listener, file_of_build, listen};

/// The file that starts the program (`www/`), here as in the page.
const FILE: &str = "start.js";

/// Message of a worker that is ready: a message sent to it earlier is lost.
const READY: &str = "ready";

/// An errand that a worker runs. Dropping it ends the worker, in the middle of its work.
#[derive(Debug)]
pub struct Errand {
    worker: web_sys::Worker,
    _listeners: [Listener; 2],
}

impl Errand {
    /// Starts a worker on an errand. Each text that it sends is passed to the callback; if it fails, `failed`
    /// is called. None where the page may have no worker.
    #[must_use]
    pub fn start(
        text: String,
        said: impl Fn(String) + 'static,
        failed: impl Fn() + 'static,
    ) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let file = file_of_build(FILE);
        let worker = web_sys::Worker::new_with_options(&file, &options).ok()?;
        let asked = worker.clone();
        let hear = listen(&worker, "message", move |event| {
            match event.unchecked_ref::<MessageEvent>().data().as_string() {
                Some(ready) if ready == READY => {
                    // It fails only for values that cannot be copied; a text can.
                    let _ = asked.post_message(&JsValue::from_str(&text));
                }
                Some(answer) => said(answer),
                None => {}
            }
        });
        let fail = listen(&worker, "error", move |_| failed());
        Some(Self { worker, _listeners: [hear, fail] })
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// True in a worker: there is no page.
#[must_use]
pub fn is_worker() -> bool {
    scope().is_some()
}

fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

/// Calls back with every errand that this worker receives. Does nothing outside a worker.
pub fn serve_errands(run: impl Fn(String) + 'static) {
    let Some(scope) = scope() else { return };
    let listener = listen(&scope, "message", move |event| {
        if let Some(text) = event.unchecked_ref::<MessageEvent>().data().as_string() {
            run(text);
        }
    });
    // It listens for as long as it lives.
    listener.forget();
    say(READY);
}

/// Sends a text from this worker to its page.
pub fn say(text: &str) {
    if let Some(scope) = scope() {
        // It fails only for values that cannot be copied; a text can.
        let _ = scope.post_message(&JsValue::from_str(text));
    }
}
