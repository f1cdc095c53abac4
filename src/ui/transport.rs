//! Time: play, pause, a step forward, a step back, any moment, how fast.

use yew::prelude::*;

use super::{Send, icons};
use crate::{
    app::{Action, Ask, FITTING, Playhead, Run, SPEEDS, Stride, Study, speed_name},
    kernel::Time,
    web,
};

/// What the controls of time need to know.
pub(super) struct Props<'a> {
    pub(super) run: &'a Run,
    pub(super) playhead: Playhead,
    pub(super) playing: bool,
    pub(super) speed: u32,
    pub(super) pace: f64,
    pub(super) shown_until: Time,
    pub(super) study: &'a Study,
    pub(super) send: &'a Send,
}

/// The controls of time.
pub(super) fn transport(props: Props) -> Html {
    let Props { run, playhead, playing, shown_until, study, send, .. } = props;
    let act = |action: Action| send.reform(move |_: MouseEvent| action.clone());
    let seek = send.reform(|event: InputEvent| Action::Seek(web::number_of(&event)));
    let events = run.trace.events.len();
    let over = playhead.time >= shown_until as f64;
    let play = match (playing, over) {
        (true, _) => "Pause",
        (false, true) => "Play again",
        (false, false) => "Play",
    };
    let at_start = playhead.cursor == 0;
    let at_end = playhead.is_at_end(run);
    let now = playhead.time.round() as Time;
    let total =
        if study.future_hidden && !at_end { String::new() } else { format!(" of {events}") };
    let said = format!("{now} ms, {}{total} events", playhead.cursor);
    let stride = study.stride;
    let (key_back, key_forward) = match stride {
        Stride::Event => (" (←)", " (→)"),
        Stride::Delivery => (" (Shift D)", " (D)"),
        Stride::Violation => (" (Shift V)", " (V)"),
        Stride::Node(_) => ("", ""),
    };
    let (back, forward) = match stride {
        Stride::Event => ("One event back".to_owned(), "One event forward".to_owned()),
        _ => {
            let what = stride.name(run);
            (format!("To the previous {what}"), format!("To the next {what}"))
        }
    };
    html! {
        <div class="transport" role="group" aria-label="Time">
            <button class="icon" onclick={act(Action::Jump(0))} disabled={at_start && playhead.time == 0.0}
                aria-label="To the start" title="To the start (Home)">{ icons::to_start() }</button>
            <button class="icon" id="step-back" onclick={act(Action::Stride(stride, false))} disabled={at_start}
                aria-label={back.clone()} title={back + key_back}>{ icons::back() }</button>
            <button class="icon primary" id="play" onclick={act(Action::Toggle)} aria-label={play}
                title={format!("{play} (space)")}>{ if playing { icons::pause() } else { icons::play() } }</button>
            <button class="icon" id="step" onclick={act(Action::Stride(stride, true))} disabled={at_end}
                aria-label={forward.clone()} title={forward + key_forward}>{ icons::forward() }</button>
            { steps(run, stride, send) }
            <input type="range" id="scrub" min="0" max={shown_until.to_string()} step="1"
                value={now.to_string()} oninput={seek} aria-label="Moment"
                aria-valuetext={said.clone()} />
            <output class="clock" for="scrub">{ said }</output>
            { speeds(props.speed, props.pace, send) }
        </div>
    }
}

/// What the steps go to.
fn steps(run: &Run, chosen: Stride, send: &Send) -> Html {
    let all = Stride::all(run.scenario.nodes.len());
    let onchange = send.reform(|event: Event| {
        let place = web::value_of(&event).parse().unwrap_or(0);
        // Which is one of the run's: the list was made of them.
        let stride = Stride::all(place + 1).nth(place).unwrap_or_default();
        Action::Study(Ask::Stride(stride))
    });
    html! {
        <label class="stride">
            <span>{ "Step by" }</span>
            <select {onchange}>
                { for all.enumerate().map(|(place, each)| html! {
                    <option value={place.to_string()} selected={each == chosen}>{ each.name(run) }</option>
                }) }
            </select>
        </label>
    }
}

fn speeds(speed: u32, pace: f64, send: &Send) -> Html {
    let onchange =
        send.reform(|event: Event| Action::Speed(web::value_of(&event).parse().unwrap_or(FITTING)));
    let title = format!("How fast virtual time passes: ×1 is {} ms a second", pace.round() as Time);
    html! {
        <label class="speed">
            <span class="unseen">{ "Speed" }</span>
            <select {onchange} {title}>
                { for SPEEDS.into_iter().map(|each| html! {
                    <option value={each.to_string()} selected={each == speed}>
                        { speed_name(each) }
                    </option>
                }) }
            </select>
        </label>
    }
}
