//! Something that is done a little later.

use wasm_bindgen::{JsCast, closure::Closure};

/// Calls back once, after a while. Dropping it before calls it off.
#[derive(Debug)]
pub struct Timer {
    id: i32,
    _closure: Closure<dyn FnMut()>,
}

impl Timer {
    /// Starts: `after` is in real milliseconds.
    #[must_use]
    pub fn start(after: i32, callback: impl FnMut() + 'static) -> Option<Self> {
        let closure = Closure::<dyn FnMut()>::new(callback);
        let function = closure.as_ref().unchecked_ref();
        let id = web_sys::window()?
            .set_timeout_with_callback_and_timeout_and_arguments_0(function, after)
            .ok()?;
        Some(Self { id, _closure: closure })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_timeout_with_handle(self.id);
        }
    }
}
