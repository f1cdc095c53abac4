//! The tabs of the workbench, each as a function of the state.

use yew::prelude::*;

use super::{
    Send,
    deliveries::Told,
    events,
    hunting::Breaking,
    importing::absent,
    inspector::{Inspector, Worked},
    network_view::NetworkView,
    numbers::Figures,
    scenario_text::ScenarioText,
    series::series,
    source::Source,
};
use crate::app::{State, text};

/// True if a part of the run is hidden.
fn is_hidden(state: &State) -> bool {
    state.told() < state.run.trace.events.len()
}

pub(super) fn breaking(state: &State, _: &Worked, send: &Send) -> Html {
    if state.run.is_recorded() {
        return absent(text::importing::NO_SEARCH);
    }
    html! {
        <Breaking run={state.run.clone()} searching={state.searching.clone()} hidden={is_hidden(state)}
            send={send.clone()} />
    }
}

pub(super) fn events(state: &State, _: &Worked, send: &Send) -> Html {
    html! {
        <events::Events run={state.run.clone()} playhead={state.playhead} hidden={state.study.future_hidden}
            selection={state.selection} filter={state.filter.clone()} send={send.clone()} />
    }
}

pub(super) fn states(state: &State, worked: &Worked, send: &Send) -> Html {
    html! {
        <Inspector run={state.run.clone()} cursor={state.playhead.cursor} told={state.told()}
            selection={state.selection} inspected={state.inspected} worked={worked.clone()} send={send.clone()} />
    }
}

pub(super) fn numbers(state: &State, worked: &Worked, send: &Send) -> Html {
    let State { run, playhead, .. } = state;
    html! {
        <>
            <Figures run={run.clone()} playhead={*playhead} hidden={state.study.future_hidden}
                worked={worked.clone()} />
            if !is_hidden(state) && !run.is_recorded() { { series(run, &state.measuring.shown(run), send) } }
        </>
    }
}

pub(super) fn source(state: &State, _: &Worked, _: &Send) -> Html {
    if state.run.is_recorded() {
        return absent(text::importing::NO_SOURCE);
    }
    html! {
        <Source run={state.run.clone()} cursor={state.playhead.cursor} told={state.told()}
            selection={state.selection} />
    }
}

pub(super) fn deliveries(state: &State, _: &Worked, send: &Send) -> Html {
    html! {
        <Told run={state.run.clone()} wanted={state.indications} cursor={state.playhead.cursor} told={state.told()}
            selection={state.selection} inspected={state.inspected} send={send.clone()} />
    }
}

pub(super) fn network(state: &State, worked: &Worked, _: &Send) -> Html {
    html! {
        <NetworkView run={state.run.clone()} playhead={state.playhead} worked={worked.clone()} />
    }
}

pub(super) fn text(state: &State, _: &Worked, send: &Send) -> Html {
    if state.run.is_recorded() {
        return absent(text::importing::NO_SCENARIO);
    }
    html! {
        <ScenarioText run={state.run.clone()} writing={state.writing.clone()} send={send.clone()} />
    }
}
