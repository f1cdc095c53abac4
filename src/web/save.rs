//! Files that the browser saves.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::window;

/// A file that is made piece by piece: the browser takes each piece at once, so a large text is nowhere held twice.
#[derive(Clone, Debug, Default)]
pub struct Pieces(Array);

impl Pieces {
    /// Appends a text.
    pub fn push(&self, text: &str) {
        let piece = Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text)));
        if let Ok(piece) = piece {
            self.0.push(&piece);
        }
    }

    /// Gives the file to the browser: see [`save`].
    pub fn save(&self, name: &str, kind: &str) {
        let options = BlobPropertyBag::new();
        options.set_type(kind);
        give(name, Blob::new_with_blob_sequence_and_options(&self.0, &options));
    }
}

/// Gives a text to the browser as a file with a name and a media type, to be saved where it saves files. A frame in a sandbox
/// may not save any, and there is no answer.
pub fn save(name: &str, kind: &str, text: &str) {
    let pieces = Pieces::default();
    pieces.push(text);
    pieces.save(name, kind);
}

fn give(name: &str, blob: Result<Blob, JsValue>) {
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
