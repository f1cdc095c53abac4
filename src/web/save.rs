//! Files that the browser saves.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::window;

/// Gives a text to the browser as a file with a name and a media type, to be saved where it saves files. A frame in a sandbox
/// may not save any, and there is no answer.
pub fn save(name: &str, kind: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&JsValue::from_str(text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options);
    let document = window().and_then(|window| window.document());
    let link = document.and_then(|document| document.create_element("a").ok());
    let link = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    let address = blob.and_then(|blob| Url::create_object_url_with_blob(&blob));
    let (Some(link), Ok(address)) = (link, address) else { return };
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser has taken the file: it holds the text itself.
    let _ = Url::revoke_object_url(&address);
}
