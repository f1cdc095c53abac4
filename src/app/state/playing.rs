//! Playback: time that runs by itself.

use super::{
    super::{FITTING, Playhead},
    State,
};

pub(super) fn toggle(state: State) -> State {
    if state.playing {
        return State { playing: false, ..state };
    }
    let over = state.playhead.time >= state.shown_until as f64;
    let playhead = if over { Playhead::start() } else { state.playhead };
    State { playing: true, playhead, ..state }
}

pub(super) fn tick(state: State, real: f64) -> State {
    if !state.playing {
        return state;
    }
    // A tab that was in the background does not leap.
    let speed = state.pace * f64::from(state.speed) / f64::from(FITTING);
    let time = state.playhead.time + real.min(250.0) / 1000.0 * speed;
    let end = state.shown_until as f64;
    State { playhead: Playhead::at(&state.run, time.min(end)), playing: time < end, ..state }
}
