//! Changes of the run: before and after over one another, and in a sentence.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::{
    Send,
    fields::{self, Props as Control},
    marks::shape,
    svg::{cross, head, line, px},
};
use crate::{
    app::{Action, Found, MOST_HELD, Run, Shared, Showing, Since, State, text},
    diagram::{Arrow, ArrowEnd, Ghosts, Layout, Mark, Point, Side, Window},
};

/// Duration for which changes are shown without a request, in real ms.
const MOMENT: u32 = 2_500;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) layout: Shared<Layout>,
    pub(super) window: Window,
    pub(super) found: Found,
}

/// Layer beneath the picture, with the old and the new.
#[component]
pub(super) fn Layer(props: &Props) -> Html {
    let Props { run, layout, found, .. } = props;
    let of_before = (found.before.clone(), layout.clone(), props.window);
    let placed = use_memo(of_before, |(before, layout, window)| {
        // A line more or less moves none of those that stay.
        let nodes = before.scenario.nodes.len();
        let layout = before.features().layout(&before.trace, nodes, layout.frame());
        layout.near(&before.trace, *window).unwrap_or(layout)
    });
    let key = (found.difference.clone(), layout.clone(), props.window);
    let ghosts = use_memo(key, |(difference, layout, window)| {
        let was = Side {
            features: found.before.features(),
            scenario: &found.before.scenario,
            trace: &found.before.trace,
            layout: &placed,
        };
        let is =
            Side { features: run.features(), scenario: &run.scenario, trace: &run.trace, layout };
        Ghosts::of(difference, was, is, *window)
    });
    html! {
        <g class="changes" aria-hidden="true">
            <g class="halos">
                { for ghosts.is.1.iter().map(|arrow| html! { <path d={line(arrow.from, arrow.to)} /> }) }
                { for ghosts.is.0.iter().map(|mark| html! {
                    <circle cx={px(mark.at.x)} cy={px(mark.at.y)} r="11" />
                }) }
            </g>
            <g class="ghosts">
                { for ghosts.was.1.iter().map(arrow) }
                { for ghosts.was.0.iter().map(|it| mark(it, layout)) }
            </g>
            <g class="moves">
                { for ghosts.moves.iter().map(|&(was, is)| moved(was, is)) }
            </g>
        </g>
    }
}

fn arrow(arrow: &Arrow) -> Html {
    html! {
        <>
            <path d={line(arrow.from, arrow.to)} />
            { match arrow.end {
                ArrowEnd::Head => html! { <path class="head" d={head(arrow.from, arrow.to)} /> },
                ArrowEnd::Cross(_) => html! { <path d={cross(arrow.to, 5.5)} /> },
                ArrowEnd::Open => html! {},
            } }
        </>
    }
}

fn mark(mark: &Mark, layout: &Layout) -> Html {
    html! { <g class="mark">{ shape(mark.shape, mark.at, layout.orientation()) }</g> }
}

/// A bow from where something was to where it is, beside the line that both may stand on.
fn moved(was: Point, is: Point) -> Html {
    let (dx, dy) = (is.x - was.x, is.y - was.y);
    let bend = Point { x: (was.x + is.x) / 2.0 + dy * 0.12, y: (was.y + is.y) / 2.0 - dx * 0.12 };
    let curve = format!(
        "M{} {}Q{} {} {} {}",
        px(was.x),
        px(was.y),
        px(bend.x),
        px(bend.y),
        px(is.x),
        px(is.y)
    );
    html! { <path d={curve} /> }
}

/// The switch that shows what has changed, what it is held against, and the same in a sentence.
pub(super) fn bar(state: &State, edited: bool, send: &Send) -> Html {
    let changes = &state.changes;
    let on = changes.showing == Showing::Pinned;
    let can = edited || changes.found.is_some() || changes.wanted.is_some();
    let toggled = changes.toggled();
    let toggle = send.reform(move |_: MouseEvent| Action::Differ(toggled));
    let onchange = send.reform(|value: String| {
        Action::Since(if value == "opening" { Since::Opening } else { Since::Change })
    });
    let value = if changes.since == Since::Opening { "opening" } else { "change" };
    let choices = vec![
        fields::choice("change", text::changes::CHANGE),
        fields::choice("opening", text::changes::OPENING),
    ];
    let since = Control {
        label: Some(text::changes::SINCE.into()),
        title: Some(text::changes::SINCE_HELP.into()),
        ..fields::select(value, choices, onchange)
    };
    // The sentence tells of all of the run.
    let shown = changes.showing != Showing::Hidden && !state.study.future_hidden;
    let too_long = text::changes::too_long(MOST_HELD);
    let why = match (can, changes.too_long) {
        (true, _) => text::changes::SHOW_HELP,
        (false, true) => &too_long,
        (false, false) => text::changes::NO_CHANGE,
    };
    html! {
        <div class="what-changed">
            <button id="what-changed" onclick={toggle} disabled={!can} aria-pressed={on.to_string()} title={why.to_owned()}>
                { text::changes::SHOW }
            </button>
            if on { { Html::from(since) } }
            if let (true, Some(found)) = (shown, &changes.found) {
                <p lang="en">{ &*found.sentence }</p>
                if !found.difference.is_empty() { { key() } }
            } else if shown && changes.wanted.is_some() {
                <p>{ text::changes::COMPARING }</p>
            } else if shown && changes.too_long {
                <p>{ &too_long }</p>
            } else if shown {
                <p>{ if changes.since == Since::Opening { text::changes::AS_OPENED } else { text::changes::NOT_CHANGED } }</p>
            }
        </div>
    }
}

/// Legend of the layer's strokes.
fn key() -> Html {
    let sign = |class: &'static str, words: &'static str| {
        html! {
            <span class="key">
                <svg width="30" height="14" viewBox="0 0 30 14" aria-hidden="true" class="changes">
                    <g {class}><path d="M2 7H28" /></g>
                </svg>
                { words }
            </span>
        }
    };
    html! { <>{ sign("ghosts", text::changes::GHOST) }{ sign("halos", text::changes::HALO) }{ sign("moves", text::changes::MOVE) }</> }
}

/// Hides what has changed after a moment, unless nothing is to move by itself.
#[hook]
pub(super) fn use_moment(state: &State, send: &Send) {
    let brief = state.changes.showing == Showing::Briefly && !state.adjusting && !state.calm;
    let send = send.clone();
    use_effect_with((state.run.clone(), brief), move |(_, brief)| {
        let hide = move || send.emit(Action::Differ(Showing::Hidden));
        let timeout = brief.then(|| Timeout::new(MOMENT, hide));
        move || drop(timeout)
    });
}
