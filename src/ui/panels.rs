//! The tabs of the workbench, each as a function of the state.

use yew::prelude::*;

use super::{
    Send, about,
    causes::Causes,
    changes, compare, deeds,
    deliveries::Told,
    events,
    hunting::Breaking,
    importing::absent,
    inspector::{Inspector, Worked},
    legend,
    network_view::NetworkView,
    numbers::Figures,
    part::Draw,
    parts::Parts,
    queues::Waiting,
    rounds::ByRound,
    scenario_text::ScenarioText,
    series::series,
    settings,
    source::Source,
    study::{Timing, study},
    verdicts::Verdicts,
};
use crate::{
    app::{Action, Playhead, State, Table, Tables, text},
    diagram::Emphasis,
    kernel::Time,
};

/// Data that the tabs show.
pub(super) struct Bench<'a> {
    pub(super) state: &'a State,
    pub(super) worked: &'a Worked,
    pub(super) causes: &'a Causes,
    pub(super) emphasis: &'a Option<Emphasis>,
    pub(super) clocks: &'a Timing,
    /// Runs that can be compared: ids and names of protocols.
    pub(super) offers: &'a [(&'static str, &'static str)],
    /// True if the reader has changed the run.
    pub(super) edited: bool,
    pub(super) parts: &'a Parts,
    /// Draws a part that changes only with the run.
    pub(super) part: &'a dyn Fn(Draw) -> Html,
    pub(super) send: &'a Send,
}

/// True if a part of the run is hidden.
fn is_hidden(state: &State) -> bool {
    state.told() < state.run.trace.events.len()
}

pub(super) fn verdicts(bench: &Bench) -> Html {
    let Bench { state, causes, part, send, .. } = bench;
    html! {
        <>
            <Verdicts run={state.run.clone()} cursor={state.playhead.cursor} explained={state.explained}
                causes={(*causes).clone()} changeable={state.changeable()} hidden={state.study.future_hidden} send={(*send).clone()} />
            { part(about::about) }
        </>
    }
}

pub(super) fn changes(bench: &Bench) -> Html {
    if bench.state.run.is_recorded() {
        return absent(text::importing::NO_EDIT);
    }
    (bench.part)(deeds::deeds)
}

pub(super) fn settings(bench: &Bench) -> Html {
    (bench.part)(settings::settings)
}

pub(super) fn view(bench: &Bench) -> Html {
    let Bench { state, emphasis, clocks, offers, edited, part, send, .. } = bench;
    html! {
        <>
            <div class="tools">
                { study(state, (emphasis, clocks), send) }
                if state.imports.shown.is_none() {
                    <div class="looks">
                        { changes::bar(state, *edited, send) }
                        <compare::Choose state={(*state).clone()} offers={offers.to_vec()} edited={*edited} send={(*send).clone()} />
                    </div>
                }
            </div>
            { part(legend::legend) }
        </>
    }
}

pub(super) fn breaking(bench: &Bench) -> Html {
    let Bench { state, send, .. } = bench;
    if state.run.is_recorded() {
        return absent(text::importing::NO_SEARCH);
    }
    html! {
        <Breaking run={state.run.clone()} searching={state.searching.clone()} hidden={is_hidden(state)}
            measured={state.measuring.shown(&state.run)}
            send={(*send).clone()} />
    }
}

pub(super) fn events(bench: &Bench) -> Html {
    let Bench { state, send, .. } = bench;
    html! {
        <events::Events run={state.run.clone()} playhead={state.playhead} hidden={state.study.future_hidden}
            selection={state.selection} filter={state.filter.clone()} send={(*send).clone()} />
    }
}

pub(super) fn states(bench: &Bench) -> Html {
    let Bench { state, worked, send, .. } = bench;
    html! {
        <Inspector run={state.run.clone()} cursor={state.playhead.cursor} told={state.told()}
            selection={state.selection} inspected={state.inspected} worked={(*worked).clone()} send={(*send).clone()} />
    }
}

pub(super) fn numbers(bench: &Bench) -> Html {
    let Bench { state, worked, send, .. } = bench;
    let State { run, playhead, .. } = state;
    html! {
        <>
            <Figures run={run.clone()} playhead={*playhead} hidden={state.study.future_hidden}
                worked={(*worked).clone()} />
            if !is_hidden(state) && !run.is_recorded() { { series(run, &state.measuring.shown(run), send) } }
        </>
    }
}

pub(super) fn source(bench: &Bench) -> Html {
    let Bench { state, .. } = bench;
    if state.run.is_recorded() {
        return absent(text::importing::NO_SOURCE);
    }
    html! {
        <Source run={state.run.clone()} cursor={state.playhead.cursor} told={state.told()}
            selection={state.selection} />
    }
}

pub(super) fn tables(bench: &Bench) -> Html {
    let Bench { state, worked, send, .. } = bench;
    let (run, told) = (state.run.clone(), state.told());
    let Playhead { cursor, time } = state.playhead;
    let table = state.table();
    let switch = |one: Table| {
        let tables = Tables { shown: Some(one), ..state.tables };
        let onclick = send.reform(move |_: MouseEvent| Action::Tabulate(tables));
        html! { <button {onclick} aria-pressed={(one == table).to_string()}>{ one.name() }</button> }
    };
    html! {
        <>
            <div class="study tables" role="group" aria-label={text::tables::SWITCH}>{ for Table::ALL.map(switch) }</div>
            { match table {
                Table::Deliveries => html! {
                    <Told {run} wanted={state.indications} {cursor} {told}
                        selection={state.selection} inspected={state.inspected} send={(*send).clone()} />
                },
                Table::Rounds => html! {
                    <ByRound {run} {cursor} {told} selection={state.selection} inspected={state.inspected}
                        tables={state.tables} send={(*send).clone()} />
                },
                Table::Queues => html! {
                    <Waiting {run} {cursor} time={time as Time} {told} selection={state.selection}
                        worked={(*worked).clone()} send={(*send).clone()} />
                },
            } }
        </>
    }
}

pub(super) fn network(bench: &Bench) -> Html {
    let Bench { state, worked, .. } = bench;
    html! {
        <NetworkView run={state.run.clone()} playhead={state.playhead} worked={(*worked).clone()} />
    }
}

pub(super) fn text(bench: &Bench) -> Html {
    let Bench { state, send, .. } = bench;
    if state.run.is_recorded() {
        return absent(text::importing::NO_SCENARIO);
    }
    html! {
        <ScenarioText run={state.run.clone()} writing={state.writing.clone()} send={(*send).clone()} />
    }
}
