//! Time: play, pause, a step forward, a step back, any moment, how fast.

use yew::prelude::*;

use super::{
    Send,
    fields::{Props as Control, choice, select},
    icons,
};
use crate::{
    app::{Action, Ask, FITTING, Playhead, Run, SPEEDS, Stride, Study, speed_name, text},
    kernel::Time,
    web,
};

/// Properties of the controls of time.
pub(super) struct Props<'a> {
    pub(super) run: &'a Run,
    pub(super) playhead: Playhead,
    pub(super) playing: bool,
    /// True if no event is left, in a second run either.
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
        (true, _) => text::transport::PAUSE,
        (false, true) => text::transport::AGAIN,
        (false, false) => text::transport::PLAY,
    };
    let at_start = playhead.cursor == 0;
    let at_end = props.is_over;
    let now = playhead.time.round() as Time;
    let untold = study.future_hidden && !told;
    let said = text::transport::progress(now, playhead.cursor, (!untold).then_some(events));
    let stride = study.stride;
    let (key_back, key_forward) = match stride {
        Stride::Event => (" (←)", " (→)"),
        Stride::Delivery => (text::transport::DELIVERY_BACK, text::transport::DELIVERY_FORWARD),
        Stride::Violation => (text::transport::VIOLATION_BACK, text::transport::VIOLATION_FORWARD),
        Stride::Node(_) => ("", ""),
    };
    let (back, forward) = match stride {
        Stride::Event => {
            (text::transport::EVENT_BACK.to_owned(), text::transport::EVENT_FORWARD.to_owned())
        }
        _ => {
            let what = stride.name(run);
            (text::transport::previous(&what), text::transport::next(&what))
        }
    };
    html! {
        <div class="transport" role="group" aria-label={text::transport::LABEL}>
            <button class="icon" onclick={act(Action::Jump(0))} disabled={at_start && playhead.time == 0.0}
                aria-label={text::transport::START} title={text::transport::START_HELP}>{ icons::to_start() }</button>
            <button class="icon" id="step-back" onclick={act(Action::Stride(stride, false))} disabled={at_start}
                aria-label={back.clone()} title={back + key_back}>{ icons::back() }</button>
            <button class="icon primary" id="play" onclick={act(Action::Toggle)} aria-label={play}
                title={text::transport::with_space(play)}>{ if playing { icons::pause() } else { icons::play() } }</button>
            <button class="icon" id="step" onclick={act(Action::Stride(stride, true))} disabled={at_end}
                aria-label={forward.clone()} title={forward + key_forward}>{ icons::forward() }</button>
            <input type="range" id="scrub" min="0" max={shown_until.to_string()} step="1"
                value={now.to_string()} oninput={seek} aria-label={text::transport::MOMENT}
                aria-valuetext={said.clone()} />
            <output class="clock" for="scrub">{ said }</output>
            { speeds(props.speed, props.pace, send) }
        </div>
    }
}

/// Choice of the events at which steps stop.
pub(super) fn steps(run: &Run, chosen: Stride, send: &Send) -> Html {
    let all = || Stride::all(run.scenario.nodes.len());
    let onchange = send.reform(|value: String| {
        let place = value.parse().unwrap_or(0);
        // The stride is one of this run's, since the list was made of them.
        let stride = Stride::all(place + 1).nth(place).unwrap_or_default();
        Action::Study(Ask::Stride(stride))
    });
    let at = all().position(|each| each == chosen).unwrap_or(0);
    let names = all().enumerate();
    let names = names.map(|(place, each)| choice(place.to_string(), each.name(run))).collect();
    html! {
        <label class="stride">
            <span>{ text::transport::STEP }</span>
            { Html::from(select(at.to_string(), names, onchange)) }
        </label>
    }
}

fn speeds(speed: u32, pace: f64, send: &Send) -> Html {
    let title = text::transport::speed(pace.round() as Time);
    let onchange = send.reform(|value: String| Action::Speed(value.parse().unwrap_or(FITTING)));
    let speeds =
        SPEEDS.into_iter().map(|each| choice(each.to_string(), speed_name(each))).collect();
    let speeds =
        Control { title: Some(title.into()), ..select(speed.to_string(), speeds, onchange) };
    html! {
        <label class="speed">
            <span class="unseen">{ text::transport::SPEED }</span>
            { Html::from(speeds) }
        </label>
    }
}
