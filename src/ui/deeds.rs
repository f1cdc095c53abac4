//! Requests and faults of the run, each removable; undo and redo.

use yew::prelude::*;

use super::{
    Send,
    fields::{ControlKind, Number, Props as Control, form, named, number, part},
    part::Props,
};
use crate::{
    app::{self, Action, Allowed, Deed, DeedTime, Run, Selection, text},
    kernel::{MAX_TIME, NodeId},
};

/// Section with the requests and faults.
pub(super) fn deeds(props: &Props) -> Html {
    let Props { run, can_undo, can_redo, changeable, send, .. } = props;
    if run.is_recorded() {
        return Html::default();
    }
    let act = |action: Action| send.reform(move |_: MouseEvent| action.clone());
    let (deeds, more) = app::deeds(run);
    html! {
        <section class="deeds" aria-label={text::deeds::LABEL}>
            <h2>{ text::deeds::TITLE }
                <span class="history">
                    <button id="undo" onclick={act(Action::Undo)} disabled={!can_undo} title={text::deeds::UNDO_HELP}>{ text::deeds::UNDO }</button>
                    <button id="redo" onclick={act(Action::Redo)} disabled={!can_redo} title={text::deeds::REDO_HELP}>{ text::deeds::REDO }</button>
                </span>
            </h2>
            <ul>{ for deeds.into_iter().map(|deed| draw(deed, *changeable, send)) }</ul>
            if *changeable != Allowed::NONE { { add(run, send) } }
            if more > 0 {
                <p class="hint">{ text::deeds::more(more) }</p>
            }
            if run.scenario.faults.is_empty() {
                <p class="hint">{ text::deeds::NO_FAULT }{ app::first_step(*changeable) }</p>
            }
        </section>
    }
}

/// The way to one more request or fault: the menu of a node at a moment.
fn add(run: &Run, send: &Send) -> Html {
    let names = run.scenario.names().enumerate();
    let names = names.map(|(index, name)| named(index.to_string(), name)).collect();
    let node =
        Control { label: Some(text::deeds::NODE.into()), ..part(ControlKind::Select(names), "0") };
    let bounds = ControlKind::Number("0".into(), MAX_TIME.to_string().into(), "1");
    let at = Control { label: Some(text::deeds::TIME.into()), ..part(bounds, "0") };
    let button =
        html! { <button id="add-deed" title={text::deeds::ADD_HELP}>{ text::deeds::ADD }</button> };
    let fields =
        html! { <>{ Html::from(node) }{ text::deeds::AT }{ " " }{ Html::from(at) }{ " ms" }</> };
    let send = send.clone();
    form(button, fields, "add", move |typed| {
        let [node, at] = typed else { return };
        if let (Ok(node), Ok(at)) = (node.parse(), at.parse()) {
            let moment = Selection::Moment { node: NodeId::new(node), at };
            send.emit(Action::Select(Some(moment)));
        }
    })
}

fn draw(deed: Deed, changeable: Allowed, send: &Send) -> Html {
    let Deed { sentence, is_idle, kind, times, remove } = deed;
    let can_change = changeable.has(kind);
    let onclick = send.reform(move |_: MouseEvent| Action::Apply(remove.clone()));
    let class = if kind == Allowed::REQUEST { "request" } else { "fault" };
    let draw_time = |time: DeedTime| {
        let DeedTime { word, value, min, max, .. } = time;
        let label = Some(text::deeds::time(&sentence, word));
        let onchange = send.reform(move |value| Action::Apply(time.edit(value)));
        let field = number(Number { value, min, max, label, id: None, onchange });
        html! { <>{ word }{ " " }{ field }{ " ms " }</> }
    };
    html! {
        <li class={classes!("deed", class, is_idle.then_some("idle"))}>
            <span class="what">
                <span lang="en">{ &sentence }</span>
                if is_idle { <em>{ text::deeds::IDLE }</em> }
            </span>
            if can_change {
                <span class="times">{ for times.into_iter().map(draw_time) }</span>
                <button class="icon" {onclick} aria-label={text::deeds::remove(&sentence)} title={text::deeds::REMOVE}>{ "✕" }</button>
            }
        </li>
    }
}
