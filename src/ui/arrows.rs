//! Messages as arrows.

use yew::prelude::*;

use super::{
    drawing::Props,
    shapes,
    svg::{Direction, cross, jagged, line, px, text},
};
use crate::{
    app::Selection,
    diagram::{Arrow, ArrowEnd, Oddity, Orientation, Point, message_so_far},
};

/// Length of the line that the receiver's mark covers.
const MARK: f64 = 5.0;
/// Half the size of the cross of a lost message.
const CROSS: f64 = 5.5;

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
        ArrowEnd::Head => "received",
        ArrowEnd::Cross(_) => "lost",
        ArrowEnd::Open => "open",
    };
    let class =
        classes!("arrow", end, oddity.map(class_of), props.message_class(message, arrow.sent));
    let (from, to) = (arrow.from, arrow.to);
    let direction = Direction::new(from, to);
    let stop = match arrow.end {
        ArrowEnd::Head => direction.back(to, MARK),
        _ => to,
    };
    let straight = line(from, stop);
    let seen = match oddity {
        Some(Oddity::Corrupt) => jagged(from, stop),
        _ => straight.clone(),
    };
    html! {
        <g {class} key={format!("{message}.{}", arrow.copy)} role="button" tabindex="-1" aria-label={sentence} data-message={run.scenario.message_name(name)}
            {onkeydown} {onpointerdown}>
            <path class="hit" d={straight.clone()} />
            <path class="stroke" d={seen} />
            if oddity == Some(Oddity::Forged) {
                <path class="gap" d={straight} />
            }
            if let Some(oddity) = oddity { { sign(oddity, arrow.sign) } }
            { match arrow.end {
                ArrowEnd::Head => html! { <path class="head" d={direction.head(stop)} /> },
                ArrowEnd::Cross(_) => html! { <path class="cross" d={cross(to, CROSS)} /> },
                ArrowEnd::Open => html! {},
            } }
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
    let end = match arrow.end {
        ArrowEnd::Head => "received",
        ArrowEnd::Cross(_) => "lost",
        ArrowEnd::Open => "open",
    };
    let class =
        classes!("lean", end, arrow.oddity.map(class_of), props.message_class(message, arrow.sent));
    let mut d = line(arrow.from, arrow.to);
    match arrow.end {
        ArrowEnd::Head => {
            let direction = Direction::new(arrow.from, arrow.to);
            d.push_str(&direction.head(direction.back(arrow.to, MARK)));
        }
        ArrowEnd::Cross(_) => d.push_str(&cross(arrow.to, CROSS)),
        ArrowEnd::Open => {}
    }
    let name = props.run.scenario.message_name(props.run.trace.messages[message].name);
    html! {
        <path {class} key={format!("{message}.{}", arrow.copy)} {d} data-message={name} {onpointerdown} />
    }
}

/// The name of an oddity, for the style sheet.
pub(super) const fn class_of(oddity: Oddity) -> &'static str {
    match oddity {
        Oddity::Forged => "forged",
        Oddity::Corrupt => "corrupt",
        Oddity::Duplicate => "copy",
        Oddity::Late => "late",
    }
}

/// The sign on an odd arrow.
pub(super) fn sign(oddity: Oddity, at: Point) -> Html {
    html! {
        <g class="oddity">{ shapes::draw(shapes::of_oddity(oddity), at, Orientation::Horizontal) }</g>
    }
}
