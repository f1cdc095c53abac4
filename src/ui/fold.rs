//! Content that is folded away, and no part of the document until a reader opens it.

use std::rc::Rc;

use yew::prelude::*;

use crate::web;

/// Draws what is folded away.
pub(super) type Content = Rc<dyn Fn() -> Html>;

#[derive(Clone, Properties)]
struct Props {
    class: &'static str,
    /// Its heading.
    summary: String,
    content: Content,
}

impl PartialEq for Props {
    /// The content changes with almost everything.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// A part that can be unfolded; where it holds much, it is made when it is.
pub(super) fn fold(class: &'static str, summary: String, much: bool, content: Content) -> Html {
    if much {
        return html! { <Fold {class} {summary} {content} /> };
    }
    html! {
        <details {class}>
            <summary>{ summary }</summary>
            { content() }
        </details>
    }
}

#[component]
fn Fold(props: &Props) -> Html {
    // Only of the view: the element itself opens and closes, and no other part depends on it.
    let open = use_state_eq(|| false);
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |event: Event| open.set(web::is_open(&event)))
    };
    html! {
        <details class={props.class} {ontoggle}>
            <summary>{ &props.summary }</summary>
            if *open { { (props.content)() } }
        </details>
    }
}
