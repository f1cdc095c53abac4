//! Time: play, pause, one event forward, one back, any moment, how fast.

use yew::prelude::*;

use super::{Send, icons};
use crate::{
    app::{Action, Playhead, Run, SPEEDS},
    kernel::Time,
    web,
};

/// What the controls of time need to know.
pub(super) struct Props<'a> {
    pub(super) run: &'a Run,
    pub(super) playhead: Playhead,
    pub(super) playing: bool,
    pub(super) speed: u32,
    pub(super) shown_until: Time,
    pub(super) send: &'a Send,
}

/// The controls of time.
pub(super) fn transport(props: Props) -> Html {
    let Props { run, playhead, playing, speed, shown_until, send } = props;
    let act = |action: Action| send.reform(move |_: MouseEvent| action.clone());
    let seek = send.reform(|event: InputEvent| Action::Seek(web::number_of(&event)));
    let set_speed = send
        .reform(|event: Event| Action::Speed(web::value_of(&event).parse().unwrap_or(SPEEDS[0])));
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
    let said = format!("{now} ms, {} of {events} events", playhead.cursor);
    html! {
        <div class="transport" role="group" aria-label="Time">
            <button class="icon" onclick={act(Action::Jump(0))} disabled={at_start && playhead.time == 0.0}
                aria-label="To the start" title="To the start (Home)">{ icons::to_start() }</button>
            <button class="icon" id="step-back" onclick={act(Action::Step(-1))} disabled={at_start}
                aria-label="One event back" title="One event back (←)">{ icons::back() }</button>
            <button class="icon primary" id="play" onclick={act(Action::Toggle)} aria-label={play}
                title={format!("{play} (space)")}>{ if playing { icons::pause() } else { icons::play() } }</button>
            <button class="icon" id="step" onclick={act(Action::Step(1))} disabled={at_end}
                aria-label="One event forward" title="One event forward (→)">{ icons::forward() }</button>
            <input type="range" id="scrub" min="0" max={shown_until.to_string()} step="1"
                value={now.to_string()} oninput={seek} aria-label="Moment"
                aria-valuetext={said.clone()} />
            <output class="clock" for="scrub">{ said }</output>
            <label class="speed">
                <span class="unseen">{ "Speed" }</span>
                <select onchange={set_speed} title="How fast virtual time passes">
                    { for SPEEDS.into_iter().map(|each| html! {
                        <option value={each.to_string()} selected={each == speed}>
                            { format!("{each} ms/s") }
                        </option>
                    }) }
                </select>
            </label>
        </div>
    }
}
