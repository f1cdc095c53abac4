//! The workbench beside or below the diagram: other looks at the same run, one at a time.

use yew::prelude::*;

use super::{Send, panels::Bench};
use crate::{
    app::{Action, Panel, text},
    web,
};

/// Id of the workbench.
pub(super) const WORKBENCH: &str = "workbench";
/// Key under which the browser stores the tab that was shown last, and whether it still is.
const KEPT: &str = "worldlines-workbench";

/// Word for a workbench that was left open.
const OPEN: &str = "open";

/// The tabs, and what the chosen one shows; nothing while it is closed.
pub(super) fn workbench(bench: &Bench) -> Html {
    let Bench { state, parts, send, .. } = bench;
    let Some(panel) = state.panel else { return html! {} };
    html! {
        <section class="workbench" id={WORKBENCH} aria-label={text::workbench::LABEL}>
            <div class="tabs-row">
                <div class="tabs" role="tablist" aria-label={text::workbench::TABS} onkeydown={between_tabs(panel, send)}>
                    { for Panel::ALL.into_iter().map(|it| tab(it, panel, send)) }
                </div>
                <button class="icon plain" id="close-workbench" onclick={send.reform(|_: MouseEvent| Action::Show(None))}
                    aria-label={text::workbench::CLOSE} title={text::workbench::CLOSE}>{ "✕" }</button>
            </div>
            <div class={classes!("panel", state.study.future_hidden.then_some("untold"))} role="tabpanel" id="panel" tabindex="0" aria-labelledby={tab_id(panel)}>
                { parts.panel(panel, |draw| draw(bench)) }
            </div>
        </section>
    }
}

/// Opens a tab and goes there.
pub(super) fn go_to(panel: Panel, send: &Send) -> Callback<MouseEvent> {
    let send = send.clone();
    Callback::from(move |_: MouseEvent| {
        send.emit(Action::Show(Some(panel)));
        web::focus_by_id(&tab_id(panel));
    })
}

/// The button that opens and closes the workbench.
pub(super) fn toggle(shown: Option<Panel>, send: &Send) -> Html {
    let onclick = match shown {
        Some(_) => send.reform(|_: MouseEvent| Action::Show(None)),
        None => {
            let send = send.clone();
            Callback::from(move |event: MouseEvent| go_to(last_shown(), &send).emit(event))
        }
    };
    html! {
        <button class="plain" id="open-workbench" {onclick} aria-expanded={shown.is_some().to_string()}
            aria-controls={shown.map(|_| WORKBENCH)} title={text::workbench::HELP}>{ text::workbench::LABEL }</button>
    }
}

/// The stored tab, and true if it was left open.
fn kept() -> Option<(Panel, bool)> {
    let kept = web::kept(KEPT)?;
    let (how, name) = kept.split_once('/')?;
    let panel = Panel::ALL.into_iter().find(|panel| panel.name() == name)?;
    Some((panel, how == OPEN))
}

fn last_shown() -> Panel {
    kept().map_or(Panel::Verdicts, |(panel, _)| panel)
}

/// The tab that the reader left open in an earlier visit; in an embed without the page's head, the one that its author chose.
pub(super) fn left_open() -> Option<Panel> {
    const CHOSEN: [(&str, Panel); 5] = [
        ("changes", Panel::Changes),
        ("settings", Panel::Settings),
        ("tools", Panel::View),
        ("legend", Panel::View),
        ("workbench", Panel::Verdicts),
    ];
    if web::is_embedded() {
        let chosen = CHOSEN.into_iter().find(|(control, _)| web::has_control(control));
        return chosen.map(|(_, panel)| panel).filter(|_| !web::has_control("page"));
    }
    let kept = kept().filter(|_| !web::is_restarted());
    kept.filter(|(_, is_open)| *is_open).map(|(panel, _)| panel)
}

/// Leads the reader to a workbench that was opened, and stores which tab is shown, for the next visit.
#[hook]
pub(super) fn use_kept(shown: Option<Panel>) {
    let before = use_mut_ref(|| shown);
    use_effect_with(shown, move |shown| {
        // When it is asked for, its tabs are not on the page yet.
        if let (None, Some(panel)) = (before.replace(*shown), *shown) {
            web::focus_by_id(&tab_id(panel));
        }
        if web::is_embedded() {
            return;
        }
        let (how, panel) = match shown {
            Some(panel) => (OPEN, *panel),
            None => ("closed", last_shown()),
        };
        // Without storage it begins closed.
        let _ = web::keep(KEPT, &format!("{how}/{}", panel.name()));
    });
}

pub(super) fn tab_id(panel: Panel) -> String {
    format!("tab-{}", panel.name().to_ascii_lowercase().replace(' ', "-"))
}

/// A tab; only the chosen one is a stop of the Tab key.
fn tab(panel: Panel, chosen: Panel, send: &Send) -> Html {
    let on = chosen == panel;
    let onclick = send.reform(move |_: MouseEvent| Action::Show(Some(panel)));
    html! {
        <button role="tab" id={tab_id(panel)} {onclick} aria-selected={on.to_string()}
            aria-controls={on.then_some("panel")} tabindex={if on { "0" } else { "-1" }}>{ panel.name() }</button>
    }
}

/// The arrow keys go from tab to tab, as readers of screens expect of tabs.
fn between_tabs(chosen: Panel, send: &Send) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let count = Panel::ALL.len();
        let here = Panel::ALL.iter().position(|panel| *panel == chosen).unwrap_or(0);
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
