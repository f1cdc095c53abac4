//! Legend of the marks that are on screen, and a hint on changing the run.

use yew::prelude::*;

use super::{
    part::Props,
    svg::{px, rect},
};
use crate::{
    app::{hints, meaning, text},
    diagram::{
        Sign,
        key::{KEY_SIZE, KeyElement, key},
        signs,
    },
};

/// Legend of the marks of this run.
pub(super) fn legend(props: &Props) -> Html {
    let run = &props.run;
    let hints = hints(props.changeable);
    let signs = signs(run.features(), run.protocol, &run.scenario, &run.trace);
    html! {
        <div class="legend">
            <ul aria-label={text::legend::LABEL}>
                { for signs.into_iter().map(|sign| html! {
                    <li>{ picture(sign) }{ meaning(run, sign) }</li>
                }) }
            </ul>
            if !hints.is_empty() {
                <p class="hint"><b>{ text::legend::LEAD }</b>{ hints }</p>
            }
        </div>
    }
}

/// A sign's picture.
fn picture(sign: Sign) -> Html {
    let (width, height) = KEY_SIZE;
    html! {
        <svg width={px(width)} height={px(height)} aria-hidden="true">{ drawn(&key(sign)) }</svg>
    }
}

fn drawn(elements: &[KeyElement]) -> Html {
    let element = |element: &KeyElement| match element {
        KeyElement::Group(class, inner) => html! { <g class={class.clone()}>{ drawn(inner) }</g> },
        KeyElement::Path(class, d) => html! { <path class={*class} d={d.clone()} /> },
        KeyElement::Disc(class, at, radius) => html! {
            <circle class={*class} cx={px(at.x)} cy={px(at.y)} r={px(*radius)} />
        },
        KeyElement::Rect(from, to) => rect(*from, *to),
    };
    elements.iter().map(element).collect()
}
