//! The workbench below the diagram: other looks at the same run, one at a time.

use yew::prelude::*;

use super::{Send, inspector::Worked, parts::Parts};
use crate::{
    app::{Action, Panel, State, text},
    web,
};

/// The tabs, and what the chosen one shows.
pub(super) fn workbench(state: &State, worked: &Worked, parts: &Parts, send: &Send) -> Html {
    let chosen = state.panel;
    html! {
        <section class="workbench" aria-label={text::workbench::LABEL}>
            <div class="tabs" role="tablist" aria-label={text::workbench::TABS} onkeydown={between_tabs(chosen, send)}>
                { for Panel::ALL.into_iter().map(|panel| tab(panel, chosen, send)) }
            </div>
            if let Some(panel) = chosen {
                <div class={classes!("panel", state.study.future_hidden.then_some("untold"))} role="tabpanel" id="panel" tabindex="0" aria-labelledby={tab_id(panel)}>
                    { parts.panel(panel, |draw| draw(state, worked, send)) }
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
