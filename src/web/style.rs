//! Places and sizes that are worked out: styles that no style sheet can hold.
//!
//! A host may forbid styles in the page's HTML, and an attribute `style` is one; as a property of the element the
//! same text is the program's own doing, and allowed. So elements have `~style={style.property()}`, and beside it
//! `data-style={style.attribute()}` for the first picture, which is HTML: the page's build makes a style sheet of it
//! (`ui/first.rs`).

use wasm_bindgen::JsValue;

/// A style, in the language of style sheets.
#[derive(Clone, Debug)]
pub struct Style(String);

impl Style {
    /// No style at all.
    pub const NONE: Self = Self(String::new());

    /// What is set as the element's property, in a browser.
    #[must_use]
    pub fn property(&self) -> JsValue {
        if cfg!(target_arch = "wasm32") { JsValue::from_str(&self.0) } else { JsValue::UNDEFINED }
    }

    /// What is written as HTML, where there is no browser.
    #[must_use]
    pub fn attribute(&self) -> Option<String> {
        (cfg!(not(target_arch = "wasm32")) && !self.0.is_empty()).then(|| self.0.clone())
    }
}

impl From<String> for Style {
    fn from(style: String) -> Self {
        Self(style)
    }
}
