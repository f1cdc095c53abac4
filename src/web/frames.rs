//! The screen's clock.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, closure::Closure};

type Frame = Closure<dyn FnMut(f64)>;

/// Calls back before every frame that the screen shows. Dropping it ends it.
#[derive(Debug)]
pub struct Frames {
    running: Rc<RefCell<Option<Frame>>>,
}

impl Frames {
    /// Starts. The callback gets the real milliseconds since the frame before, 0 at first.
    #[must_use]
    pub fn start(callback: impl Fn(f64) + 'static) -> Self {
        let running: Rc<RefCell<Option<Frame>>> = Rc::default();
        let next = Rc::clone(&running);
        let mut last: Option<f64> = None;
        let frame = Frame::new(move |now: f64| {
            callback(last.map_or(0.0, |last| now - last));
            last = Some(now);
            request(&next);
        });
        *running.borrow_mut() = Some(frame);
        request(&running);
        Self { running }
    }
}

/// Asks for the next frame, unless the callback's owner is gone.
fn request(running: &Rc<RefCell<Option<Frame>>>) {
    if let (Some(window), Ok(frame)) = (web_sys::window(), running.try_borrow())
        && let Some(frame) = frame.as_ref()
    {
        let _ = window.request_animation_frame(frame.as_ref().unchecked_ref());
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        // The closure may be running right now, having dropped its owner: it must outlive this call.
        if let Some(frame) = self.running.borrow_mut().take() {
            let later = Closure::once_into_js(move || drop(frame));
            if let Some(window) = web_sys::window() {
                let _ = window.set_timeout_with_callback(later.unchecked_ref());
            }
        }
    }
}
