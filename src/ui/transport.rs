//! Time: play, pause, a step forward, a step back, any moment, how fast.

use yew::prelude::*;

use super::{
    Send,
    fields::{Props as Control, choice, select},
    icons,
};
use crate::{
    app::{Action, Ask, FITTING, Playhead, Run, SPEEDS, Stride, Study, speed_name},
    kernel::{Time, count_of},
    web,
};

/// What the controls of time need to know.
pub(super) struct Props<'a> {
    pub(super) run: &'a Run,
    pub(super) playhead: Playhead,
    pub(super) playing: bool,
    /// Whether nothing is left to happen, in a run beside this one either.
    pub(super) is_over: bool,
    pub(super) speed: u32,
    pub(super) pace: f64,
    pub(super) shown_until: Time,
    pub(super) study: &'a Study,
    pub(super) send: &'a Send,
}

/// The controls of time.
pub(super) fn transport(props: Props) -> Html {
    let Props { run, playhead, playing, shown_until, study, send, .. } = props;
    let told = playhead.is_at_end(run);
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
    let at_end = props.is_over;
    let now = playhead.time.round() as Time;
    let untold = study.future_hidden && !told;
    let events = match (untold, events) {
        (true, _) => count_of(playhead.cursor, "event"),
        (false, all) => format!("{} of {}", playhead.cursor, count_of(all, "event")),
    };
    let said = format!("{now} ms, {events}");
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
    let all = || Stride::all(run.scenario.nodes.len());
    let onchange = send.reform(|value: String| {
        let place = value.parse().unwrap_or(0);
        // Which is one of the run's: the list was made of them.
        let stride = Stride::all(place + 1).nth(place).unwrap_or_default();
        Action::Study(Ask::Stride(stride))
    });
    let at = all().position(|each| each == chosen).unwrap_or(0);
    let names = all().enumerate();
    let names = names.map(|(place, each)| choice(place.to_string(), each.name(run))).collect();
    html! {
        <label class="stride">
            <span>{ "Step by" }</span>
            { Html::from(select(at.to_string(), names, onchange)) }
        </label>
    }
}

fn speeds(speed: u32, pace: f64, send: &Send) -> Html {
    let title = format!("How fast virtual time passes: ×1 is {} ms a second", pace.round() as Time);
    let onchange = send.reform(|value: String| Action::Speed(value.parse().unwrap_or(FITTING)));
    let speeds =
        SPEEDS.into_iter().map(|each| choice(each.to_string(), speed_name(each))).collect();
    let speeds =
        Control { title: Some(title.into()), ..select(speed.to_string(), speeds, onchange) };
    html! {
        <label class="speed">
            <span class="unseen">{ "Speed" }</span>
            { Html::from(speeds) }
        </label>
    }
}
