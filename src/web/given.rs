//! Files and texts that a reader gives to the page.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element, Event, File, HtmlInputElement};

use super::{Listener, listen, window};

/// A file or a text that a reader gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Its name, empty for a text from the clipboard, and its text.
    Text(String, String),
    /// Name and length in bytes of a file that is too large.
    TooLarge(String, f64),
    /// The browser cannot read the file: it is a folder, or it has been removed.
    Unreadable,
}

/// True while a dialog is open: the run behind it stays.
fn is_behind_dialog() -> bool {
    let document = window().and_then(|window| window.document());
    document.is_some_and(|it| it.query_selector("dialog[open]").is_ok_and(|found| found.is_some()))
}

/// Calls back with the first file that is dropped on the page, if it has at most so many bytes, unless a dialog is open. `over` is
/// told when files come over the page, and when they leave it.
#[must_use]
pub fn on_drop(
    most: f64,
    over: impl Fn(bool) + Clone + 'static,
    given: impl Fn(Given) + Clone + 'static,
) -> Option<[Listener; 3]> {
    let window = window()?;
    let (is_over, is_gone) = (over.clone(), over.clone());
    let drags = listen(&window, "dragover", move |event| {
        if files_of(event).is_some() {
            // Otherwise the browser opens a dropped file in the place of the page.
            event.prevent_default();
            is_over(!is_behind_dialog());
        }
    });
    let leaves = listen(&window, "dragleave", move |event| {
        let inside = event.dyn_ref::<DragEvent>().and_then(|it| it.related_target());
        if inside.is_none() {
            is_gone(false);
        }
    });
    let drops = listen(&window, "drop", move |event| {
        let Some(data) = files_of(event) else { return };
        event.prevent_default();
        over(false);
        if is_behind_dialog() {
            return;
        }
        if let Some(file) = data.files().and_then(|files| files.get(0)) {
            read(&file, most, given.clone());
        }
    });
    Some([drags, leaves, drops])
}

/// Files that are dragged, if an event has some.
fn files_of(event: &Event) -> Option<DataTransfer> {
    let data = event.dyn_ref::<DragEvent>()?.data_transfer()?;
    data.types().includes(&JsValue::from_str("Files"), 0).then_some(data)
}

/// Calls back with the file or the text that is pasted outside of a field, unless a dialog is open.
#[must_use]
pub fn on_paste(most: f64, given: impl Fn(Given) + Clone + 'static) -> Option<Listener> {
    let document = window()?.document()?;
    Some(listen(&document, "paste", move |event| {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let is_field =
            target.is_some_and(|it| it.matches("input, textarea, select").unwrap_or(false));
        if is_field || is_behind_dialog() {
            return;
        }
        let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        let Some(data) = data else { return };
        if let Some(file) = data.files().and_then(|files| files.get(0)) {
            event.prevent_default();
            return read(&file, most, given.clone());
        }
        let text = data.get_data("text").unwrap_or_default();
        if !text.trim().is_empty() {
            event.prevent_default();
            given(Given::Text(String::new(), text));
        }
    }))
}

/// Calls back with the file that was chosen in the control that an event came from. The control forgets it: the same file
/// can be chosen again.
pub fn chosen_file(event: &Event, most: f64, given: impl Fn(Given) + Clone + 'static) {
    let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return };
    if let Some(file) = input.files().and_then(|files| files.get(0)) {
        read(&file, most, given);
    }
    input.set_value("");
}

fn read(file: &File, most: f64, given: impl Fn(Given) + Clone + 'static) {
    let name = file.name();
    if file.size() > most {
        return given(Given::TooLarge(name, file.size()));
    }
    let (failed, refused) = (given.clone(), given.clone());
    let on_text = Closure::once_into_js(move |text: JsValue| {
        given(text.as_string().map_or(Given::Unreadable, |text| Given::Text(name, text)));
    });
    let on_failure = Closure::once_into_js(move |_: JsValue| failed(Given::Unreadable));
    let promise: JsValue = file.text().into();
    let then = js_sys::Reflect::get(&promise, &"then".into()).map(js_sys::Function::from);
    if then.and_then(|then| then.call2(&promise, &on_text, &on_failure)).is_err() {
        refused(Given::Unreadable);
    }
}
