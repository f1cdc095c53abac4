//! Messages as arrows.

use yew::prelude::*;

use super::{
    drawing::Props,
    shapes,
    svg::{px, text},
};
use crate::{
    app::Selection,
    diagram::{
        Arrow, ArrowEnd, ArrowPaths, Oddity, Orientation, Point, message_so_far,
        shapes::name_of_oddity,
    },
};

/// Draws a message: what a pointer can grasp is wider than what is seen.
pub(super) fn draw(props: &Props, arrow: &Arrow) -> Html {
    let run = &props.run;
    let message = arrow.message;
    let name = run.trace.messages[message].name;
    let onpointerdown = props.press_arrow.reform(move |event: PointerEvent| (event, message));
    let onkeydown = {
        let select = props.select.clone();
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                select.emit(Selection::Message(name));
            }
        })
    };
    let told = if props.hidden { props.cursor } else { usize::MAX };
    let sentence = message_so_far(&run.scenario, &run.trace, message, told);
    // The fate of a message is hidden until it has happened.
    let trace_of_it = &run.trace.messages[message];
    let fate = match arrow.copy.checked_sub(1) {
        None => trace_of_it.fate,
        Some(copy) => trace_of_it.copies[copy],
    };
    let known = fate.event().is_none_or(|end| end < told);
    let oddity = arrow.oddity.filter(|oddity| known || *oddity == Oddity::Forged);
    let end = match arrow.end {
        _ if !known => "under-way",
        end => end.name(),
    };
    let class = classes!(
        "arrow",
        end,
        oddity.map(name_of_oddity),
        props.message_class(message, arrow.sent)
    );
    let ArrowPaths { straight, stroke, end } = arrow.paths(oddity);
    let to = arrow.to;
    html! {
        <g {class} key={format!("{message}.{}", arrow.copy)} role="button" tabindex="-1" aria-label={sentence} data-message={run.scenario.message_name(name)}
            {onkeydown} {onpointerdown}>
            <path class="hit" d={straight.clone()} />
            <path class="stroke" d={stroke} />
            if oddity == Some(Oddity::Forged) {
                <path class="gap" d={straight} />
            }
            if let Some(oddity) = oddity { { sign(oddity, arrow.sign) } }
            if let Some((class, d)) = end { <path {class} {d} /> }
            if arrow.end == ArrowEnd::Head {
                <circle class="grip" cx={px(to.x)} cy={px(to.y)} r="13" />
            }
            if let Some(label) = &arrow.label { { text(label) } }
        </g>
    }
}

/// Draws a message as a stroke alone, where there are many.
pub(super) fn draw_lean(props: &Props, arrow: &Arrow) -> Html {
    let message = arrow.message;
    let onpointerdown = props.press_arrow.reform(move |event: PointerEvent| (event, message));
    let class = classes!(
        "lean",
        arrow.end.name(),
        arrow.oddity.map(name_of_oddity),
        props.message_class(message, arrow.sent)
    );
    let d = arrow.lean_path();
    let name = props.run.scenario.message_name(props.run.trace.messages[message].name);
    html! {
        <path {class} key={format!("{message}.{}", arrow.copy)} {d} data-message={name} {onpointerdown} />
    }
}

/// The sign on an odd arrow.
pub(super) fn sign(oddity: Oddity, at: Point) -> Html {
    html! {
        <g class="oddity">{ shapes::draw(shapes::of_oddity(oddity), at, Orientation::Horizontal) }</g>
    }
}
