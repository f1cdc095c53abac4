//! Legend of the marks that are on screen, and a hint on changing the run.

use yew::prelude::*;

use super::{
    arrows, marks,
    part::Props,
    plots, spans,
    svg::{self, jagged},
};
use crate::{
    app::{meaning, text},
    diagram::{
        MarkShape, Oddity, Orientation, Point, Sign, path,
        shapes::{name_of_mark, name_of_oddity},
        signs,
    },
};

/// Legend of the marks of this run.
pub(super) fn legend(props: &Props) -> Html {
    let run = &props.run;
    let signs = signs(run.features(), run.protocol, &run.scenario, &run.trace);
    html! {
        <div class="legend">
            <ul aria-label={text::legend::LABEL}>
                { for signs.into_iter().map(|sign| html! {
                    <li>{ picture(sign) }{ meaning(run, sign) }</li>
                }) }
            </ul>
            if !run.is_recorded() {
                <p class="hint">
                    <b>{ text::legend::LEAD }</b>
                    { text::legend::HINT }
                </p>
            }
        </div>
    }
}

/// Width and height of a sign's picture.
const SIZE: (&str, &str) = ("34", "22");

/// A sign's picture.
fn picture(sign: Sign) -> Html {
    let (left, right) = (Point { x: 2.0, y: 11.0 }, Point { x: 32.0, y: 11.0 });
    let across = svg::line(left, right);
    let (low, high) = (Point { x: 17.0, y: 21.0 }, Point { x: 17.0, y: 1.0 });
    let up = svg::line(low, high);
    let drawn = match sign {
        Sign::Mark(shape) => html! {
            <g class={classes!("mark", name_of_mark(shape))}>
                { marks::shape(shape, place(shape), Orientation::Horizontal) }
            </g>
        },
        Sign::Stable => html! {
            <g class="mark delivery">{ marks::twice(Point { x: 17.0, y: 11.0 }, None) }</g>
        },
        Sign::HeldBack => html! { <path class="held-back" d="M7 11H27" /> },
        Sign::Section => section(false),
        Sign::Clash => section(true),
        Sign::Band(_) => html! {
            <>
                <g class="band tint-1"><rect x="2" y="3" width="15" height="16" /></g>
                <g class="band tint-2"><rect x="17" y="3" width="15" height="16" /></g>
                <g class="lane"><path d={across} /></g>
            </>
        },
        Sign::Curve(node) => plots::key(node),
        Sign::Cut => html! {
            <g class="crossing cut"><path class="spine" d={up} /></g>
        },
        Sign::RecoveryLine => html! {
            <g class="crossing recovery-line">
                <path class="spine" d={up} /><rect x="10" y="4" width="14" height="14" />
            </g>
        },
        Sign::Undone => html! {
            <>
                <g class="lane"><path d={across} /></g>
                <g class="strike"><path d={path::strokes(left, right)} /></g>
            </>
        },
        Sign::Lost => html! {
            <g class="arrow lost">
                <path class="stroke" d="M2 11H22" />
                <path class="cross" d="M19 6L29 16M19 16L29 6" />
            </g>
        },
        Sign::Odd(oddity) => odd(oddity, left, right),
        Sign::Wall => html! { <g class="wall"><rect x="2" y="7" width="30" height="9" /></g> },
        Sign::Down => html! { <g class="lane"><path class="crashed" d={across} /></g> },
        Sign::Router => html! { <g class="lane router"><path class="up" d={across} /></g> },
        Sign::Traitor => html! {
            <g class="lane traitor">
                <path class="up" d={across.clone()} /><path class="gap" d={across} />
            </g>
        },
        Sign::Deadlock => html! {
            <g class="waiting">{ spans::bent(Point { x: 6.0, y: 18.0 }, Point { x: 20.0, y: 0.0 }, Point { x: 28.0, y: 18.0 }) }</g>
        },
        Sign::Sheaf => html! {
            <g class="merged"><path class="sheaf" d="M3 2H15L31 20H19Z" /></g>
        },
    };
    let (width, height) = SIZE;
    html! {
        <svg {width} {height} aria-hidden="true">{ drawn }</svg>
    }
}

fn section(clashing: bool) -> Html {
    html! {
        <g class={classes!("section", clashing.then_some("clashing"))}>
            <path class="rim" d="M2 11H32" /><path d="M2 11H32" />
        </g>
    }
}

fn odd(oddity: Oddity, left: Point, right: Point) -> Html {
    let straight = svg::line(left, right);
    let seen = if oddity == Oddity::Corrupt { jagged(left, right) } else { straight.clone() };
    html! {
        <g class={classes!("arrow", name_of_oddity(oddity))}>
            <path class="stroke" d={seen} />
            if oddity == Oddity::Forged { <path class="gap" d={straight} /> }
            { arrows::sign(oddity, Point { x: 11.0, y: 11.0 }) }
        </g>
    }
}

/// Place of a shape in the middle of its picture: some stand on their line.
const fn place(shape: MarkShape) -> Point {
    let y = match shape {
        MarkShape::Request => 17.0,
        shape if shape.is_sign() => 22.0,
        _ => 11.0,
    };
    Point { x: 17.0, y }
}
