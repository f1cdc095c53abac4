//! The clock of the screen.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen::{JsCast, closure::Closure};

use super::window;

type Frame = Closure<dyn FnMut(f64)>;

/// Calls back before every frame of the screen. Dropping it ends it.
#[derive(Debug)]
pub struct Frames {
    running: Rc<Running>,
}

/// The closure, which keeps itself alive as long as it runs, and the frame that it waits for.
#[derive(Debug, Default)]
struct Running {
    frame: RefCell<Option<Frame>>,
    awaited: Cell<Option<i32>>,
}

impl Frames {
    /// Starts. The callback gets the real milliseconds since the previous frame, 0 at first.
    #[must_use]
    pub fn start(callback: impl Fn(f64) + 'static) -> Self {
        let running: Rc<Running> = Rc::default();
        let next = Rc::clone(&running);
        let mut last: Option<f64> = None;
        let frame = Frame::new(move |now: f64| {
            callback(last.map_or(0.0, |last| now - last));
            last = Some(now);
            next.request();
        });
        *running.frame.borrow_mut() = Some(frame);
        running.request();
        Self { running }
    }
}

impl Running {
    /// Requests the next frame, unless the owner is gone.
    fn request(&self) {
        let awaited = self.frame.borrow().as_ref().and_then(|frame| {
            let window = window()?;
            window.request_animation_frame(frame.as_ref().unchecked_ref()).ok()
        });
        self.awaited.set(awaited);
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        let Some(window) = window() else { return };
        if let Some(awaited) = self.running.awaited.take() {
            let _ = window.cancel_animation_frame(awaited);
        }
        // The closure may be running right now, after it has dropped its owner: it must outlive this call.
        if let Some(frame) = self.running.frame.borrow_mut().take() {
            let later = Closure::once_into_js(move || drop(frame));
            let _ = window.set_timeout_with_callback(later.unchecked_ref());
        }
    }
}

/// Returns the time since the page was opened, in real ms.
#[must_use]
pub fn ticks() -> f64 {
    window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Marks an event in the browser's timeline, for measurements of the page.
pub fn mark(name: &str) {
    if let Some(performance) = window().and_then(|window| window.performance()) {
        let _ = performance.mark(name);
    }
}
