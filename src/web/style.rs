//! Computed places and sizes: styles that no style sheet can hold.
//!
//! A host may forbid styles in the page's HTML, and the attribute `style` is one. Set as a property of the
//! element by the program, the same text is allowed. So elements have `~style={style.property()}`, and beside
//! it `data-style={style.attribute()}` for the first picture, which is HTML: the page's build makes a style
//! sheet from it (`ui/first.rs`).

use wasm_bindgen::JsValue;

/// A style, in CSS.
#[derive(Clone, Debug)]
pub struct Style(String);

impl Style {
    /// The empty style.
    pub const NONE: Self = Self(String::new());

    /// Returns the value of the element's property, in a browser.
    #[must_use]
    pub fn property(&self) -> JsValue {
        if cfg!(target_arch = "wasm32") { JsValue::from_str(&self.0) } else { JsValue::UNDEFINED }
    }

    /// Returns the value of the HTML attribute, where there is no browser.
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
