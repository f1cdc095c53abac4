//! The run on paper: its exported picture takes the place of the page, which is larger than a sheet.
//!
//! The component draws nothing. A script puts the picture into the page and removes it (`www/picture.js`).

use yew::prelude::*;

use super::share::link_to;
use crate::{app::Run, web};

/// The script of pictures.
pub(super) const PICTURES: &str = "picture.js";

#[derive(Clone, Properties)]
pub(super) struct Props {
    pub(super) run: Run,
    /// The part of the run's link from its `#` on; empty while it is made.
    pub(super) fragment: AttrValue,
    /// True if the picture says all that the page shows; otherwise the page itself is printed.
    pub(super) suffices: bool,
    /// Function that makes the picture, if its part is here; always the same.
    pub(super) make: fn(&Run, Option<String>) -> Option<String>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        (&self.run, &self.fragment, self.suffices) == (&other.run, &other.fragment, other.suffices)
    }
}

/// The preparation of the page for paper.
#[component]
pub(super) fn Printing(props: &Props) -> Html {
    let latest = use_mut_ref(|| props.clone());
    latest.replace(props.clone());
    use_effect_with((), move |()| {
        // In an embed it is fetched when a picture is wanted: a page may have many.
        if !web::is_embedded() {
            web::run_script(PICTURES, |_| ());
        }
        let listener = web::on_page_event("beforeprint", move || {
            let Props { run, fragment, suffices, make } = latest.borrow().clone();
            if let Some(picture) = suffices.then(|| make(&run, link_to(&fragment))).flatten() {
                web::tell("worldlines-print", &picture);
            }
        });
        move || drop(listener)
    });
    Html::default()
}
