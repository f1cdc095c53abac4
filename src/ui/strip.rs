//! The verdict in a line: what is violated, or that nothing is; the reasons; the way to break the protocol.

use std::rc::Rc;

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
    let over = *cursor == run.trace.events.len();
    let now = use_judgements(run, *cursor);
    let first = use_memo(run.clone(), |run| begins(run));
    let all = if over { &run.report.judgements } else { &*now };
    // An embed may show the verdict on one property. If the run has none of this name, `www/embedded.js` says so.
    let single = web::property();
    let single = all.iter().find(|it| single.as_ref() == Some(&plain(it.property.name)));
    let all: Vec<_> = all.iter().filter(|it| single.is_none_or(|single| *it == single)).collect();
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
                    None => html! { <p class="told">{ untroubled(all, single.is_some(), over, begun) }</p> },
                } }
                // The style sheet shows it on narrow and low screens, without the others.
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

/// The verdicts after so many events; none at the end of the run, where its report has them.
#[hook]
pub(super) fn use_judgements(run: &Run, cursor: usize) -> Rc<Vec<Judgement>> {
    let judged = use_mut_ref(Judged::default);
    use_memo((run.clone(), cursor), |(run, cursor)| {
        let over = *cursor == run.trace.events.len();
        if over { Vec::new() } else { judged.borrow_mut().at(run, *cursor) }
    })
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

/// Name of a property as it is written in addresses: `fifo-order` for `FIFO order`.
fn plain(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// Sentence while no property is violated; it names the property if only one is shown.
fn untroubled(all: &[&Judgement], single: bool, over: bool, begun: bool) -> String {
    let decided = all.iter().all(|it| it.verdict == Verdict::Holds);
    match (all, decided) {
        _ if !begun => text::strip::NOTHING.to_owned(),
        ([], _) => text::strip::NOT_JUDGED.to_owned(),
        ([one], _) if single => text::strip::single(one.property.name, one.verdict.status(), over),
        _ if !over => text::strip::SO_FAR.to_owned(),
        (_, false) => text::strip::UNDECIDED.to_owned(),
        (_, true) => text::strip::HOLDS.to_owned(),
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
