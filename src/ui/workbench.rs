//! The workbench below the diagram: other looks at the same run, one at a time.

use yew::prelude::*;

use super::{
    Send,
    deliveries::Told,
    events::Events,
    hunting::Breaking,
    inspector::{Inspector, Worked},
    network_view::NetworkView,
    numbers::Figures,
    scenario_text::ScenarioText,
    series::series,
    source::Source,
};
use crate::{
    app::{Action, Panel, State, text},
    web,
};

/// The tabs, and what the chosen one shows.
pub(super) fn workbench(state: &State, worked: &Worked, send: &Send) -> Html {
    let State { run, panel, selection, playhead, .. } = state;
    let chosen = *panel;
    let is_hidden = state.told() < run.trace.events.len();
    html! {
        <section class="workbench" aria-label={text::workbench::LABEL}>
            <div class="tabs" role="tablist" aria-label={text::workbench::TABS} onkeydown={between_tabs(chosen, send)}>
                { for Panel::ALL.into_iter().map(|panel| tab(panel, chosen, send)) }
            </div>
            if let Some(panel) = chosen {
                <div class={classes!("panel", state.study.future_hidden.then_some("untold"))} role="tabpanel" id="panel" tabindex="0" aria-labelledby={tab_id(panel)}>
                    { match panel {
                        Panel::Break => html! {
                            <Breaking run={run.clone()} searching={state.searching.clone()} hidden={is_hidden} send={send.clone()} />
                        },
                        Panel::Events => html! {
                            <Events run={run.clone()} playhead={*playhead} hidden={state.study.future_hidden}
                                selection={*selection} filter={state.filter.clone()} send={send.clone()} />
                        },
                        Panel::State => html! {
                            <Inspector run={run.clone()} cursor={playhead.cursor} told={state.told()} selection={*selection}
                                inspected={state.inspected} worked={worked.clone()} send={send.clone()} />
                        },
                        Panel::Numbers => html! {
                            <>
                                <Figures run={run.clone()} playhead={*playhead} hidden={state.study.future_hidden} worked={worked.clone()} />
                                if !is_hidden { { series(run, &state.measuring.shown(run), send) } }
                            </>
                        },
                        Panel::Source => html! {
                            <Source run={run.clone()} cursor={playhead.cursor} told={state.told()} selection={*selection} />
                        },
                        Panel::Deliveries => html! {
                            <Told run={run.clone()} wanted={state.indications} cursor={playhead.cursor} told={state.told()} selection={*selection}
                                inspected={state.inspected} send={send.clone()} />
                        },
                        Panel::Network => html! { <NetworkView run={run.clone()} playhead={*playhead} /> },
                        Panel::Text => html! {
                            <ScenarioText run={run.clone()} writing={state.writing.clone()} send={send.clone()} />
                        },
                    } }
                </div>
            }
        </section>
    }
}

pub(super) fn tab_id(panel: Panel) -> String {
    format!("tab-{}", panel.name().to_ascii_lowercase().replace(' ', "-"))
}

/// A tab. The chosen one closes the workbench; only one of them is a stop of the Tab key.
fn tab(panel: Panel, chosen: Option<Panel>, send: &Send) -> Html {
    let on = chosen == Some(panel);
    let stop = chosen.unwrap_or(Panel::ALL[0]) == panel;
    let onclick = send.reform(move |_: MouseEvent| Action::Show((!on).then_some(panel)));
    html! {
        <button role="tab" id={tab_id(panel)} {onclick} aria-selected={on.to_string()}
            aria-controls={on.then_some("panel")} tabindex={if stop { "0" } else { "-1" }}
            title={on.then_some(text::workbench::CLOSE)}>{ panel.name() }</button>
    }
}

/// The arrow keys go from tab to tab, as readers of screens expect of tabs.
fn between_tabs(chosen: Option<Panel>, send: &Send) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let count = Panel::ALL.len();
        let here = Panel::ALL.iter().position(|panel| Some(*panel) == chosen).unwrap_or(0);
        let there = match event.key().as_str() {
            "ArrowRight" => (here + 1) % count,
            "ArrowLeft" => (here + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        // The page's own keys mean something else.
        event.stop_propagation();
        send.emit(Action::Show(Some(Panel::ALL[there])));
        web::focus_by_id(&tab_id(Panel::ALL[there]));
    })
}
