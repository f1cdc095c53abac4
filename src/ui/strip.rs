//! The verdict in a line: what is violated, or that nothing is; the reasons; the way to break the protocol.

use yew::prelude::*;

use super::{Send, causes::Causes, parts::Parts, verdicts::Because, workbench::go_to};
use crate::{
    analysis::Judgement,
    app::{Action, Allowed, Judged, Panel, Run, begins, text},
    kernel::{Verdict, spell},
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Number of events that have happened.
    pub(super) cursor: usize,
    pub(super) explained: Option<&'static str>,
    pub(super) causes: Causes,
    pub(super) can_undo: bool,
    /// Changes that the reader may make of the run.
    pub(super) changeable: Allowed,
    pub(super) parts: Parts,
    pub(super) send: Send,
}

/// The verdict in a line.
#[component]
pub(super) fn Strip(props: &Props) -> Html {
    let Props { run, cursor, explained, causes, can_undo, changeable, parts, send } = props;
    let judged = use_mut_ref(Judged::default);
    let over = *cursor == run.trace.events.len();
    // At the end the report has the verdicts.
    let now = use_memo((run.clone(), *cursor), |(run, cursor)| {
        if over { Vec::new() } else { judged.borrow_mut().at(run, *cursor) }
    });
    let first = use_memo(run.clone(), |run| begins(run));
    let all = if over { &run.report.judgements } else { &*now };
    // An embed may show the verdict on one property.
    let single = web::property();
    let all: Vec<_> = all
        .iter()
        .filter(|it| single.as_ref().is_none_or(|name| *name == it.property.name.replace(' ', "-")))
        .collect();
    let all = all.as_slice();
    let begun = *cursor >= *first;
    let main = if begun { violated(all) } else { None };
    let because = all.iter().find(|it| Some(it.property.name) == *explained);
    let because = because.filter(|it| begun && it.verdict.is_violated());
    html! {
        <section class="strip" aria-label={text::strip::LABEL}>
            if let Some(judgement) = because {
                <div class="because" id="because">
                    { parts.because(&Because { run, judgement, causes: over.then_some(causes), changeable: *changeable, send }) }
                </div>
            }
            <div class={classes!("outcome", main.map(|_| "violated"))}>
                { match main {
                    Some(judgement) => violation(props, judgement),
                    None => html! { <p class="told">{ untroubled(all, over, begun) }</p> },
                } }
                // Where there is no room for the others.
                <button class="link all" onclick={go_to(Panel::Verdicts, send)} title={text::strip::ALL_HELP}>{ text::strip::ALL }</button>
                if *can_undo && *changeable != Allowed::NONE {
                    <button class="link" id="undo-last" onclick={send.reform(|_: MouseEvent| Action::Undo)}
                        title={text::deeds::UNDO_HELP}>{ text::strip::UNDO }</button>
                }
            </div>
            { others(all, main, begun, send) }
            if !run.is_recorded() {
                <button class="primary" id="break-it" onclick={go_to(Panel::Break, send)}
                    title={text::verdicts::BREAK_HELP}>{ text::strip::BREAK }</button>
            }
        </section>
    }
}

/// The violated property that is named first: one that the protocol promises, if there is one.
fn violated<'a>(all: &[&'a Judgement]) -> Option<&'a Judgement> {
    let mut violated = all.iter().copied().filter(|it| it.verdict.is_violated());
    violated.clone().find(|it| it.promised).or_else(|| violated.next())
}

fn violation(props: &Props, judgement: &Judgement) -> Html {
    let Verdict::Violated { why, .. } = &judgement.verdict else { return html! {} };
    let name = judgement.property.name;
    let on = props.explained == Some(name);
    let toggle = props.send.reform(move |_: MouseEvent| Action::Explain((!on).then_some(name)));
    html! {
        <>
            <p class="told" lang="en" data-verdict={name} data-status="violated">
                <span class="sign" aria-hidden="true">{ "✗" }</span>
                <b>{ name }</b>
                if !judgement.promised && !props.run.is_recorded() {
                    <small lang={text::LANGUAGE}>{ text::strip::NOT_PROMISED }</small>
                }
                { ": " }<span class="how">{ spell(why, &props.run.scenario.nodes) }</span>
            </p>
            <button class="link" id="why" onclick={toggle} aria-expanded={on.to_string()}
                aria-controls={on.then_some("because")} title={text::strip::WHY_HELP}>
                { if on { text::strip::HIDE } else { text::strip::WHY } }
            </button>
        </>
    }
}

/// Sentence while no promised property is violated.
fn untroubled(all: &[&Judgement], over: bool, begun: bool) -> &'static str {
    // Where one property is shown, it is the one that matters.
    let mut promised = all.iter().filter(|it| it.promised || all.len() == 1);
    match () {
        () if !begun => text::strip::NOTHING,
        () if all.is_empty() => text::strip::NOT_JUDGED,
        () if !over => text::strip::SO_FAR,
        () if promised.any(|it| it.verdict != Verdict::Holds) => text::strip::UNDECIDED,
        () => text::strip::HOLDS,
    }
}

/// The other properties, each with its sign: the way to all verdicts.
fn others(all: &[&Judgement], main: Option<&Judgement>, begun: bool, send: &Send) -> Html {
    let rest = all.iter().filter(|it| main.is_none_or(|main| main.property != it.property));
    html! {
        <button class="others" onclick={go_to(Panel::Verdicts, send)} title={text::strip::ALL_HELP}>
            <span class="unseen">{ text::strip::ALL }{ " " }</span>
            if begun {
                { for rest.map(|it| html! {
                    <span class={classes!("chip", it.verdict.status())} lang="en" data-verdict={it.property.name} data-status={it.verdict.status()}>
                        <span class="sign">{ sign(&it.verdict) }</span>{ it.property.name }
                    </span>
                }) }
            }
        </button>
    }
}

/// The sign of a status: never its colour alone.
pub(super) const fn sign(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "✓",
        Verdict::Undecided(_) => "…",
        Verdict::Violated { .. } => "✗",
    }
}
