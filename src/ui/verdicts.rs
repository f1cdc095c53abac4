//! Verdicts on the run: every property at the playhead and at the end, and the run's class.

use yew::prelude::*;

use super::{
    Send,
    causes::{Causes, cause},
    strip::{sign, use_judgements},
    workbench::go_to,
};
use crate::{
    analysis::{Class, Judgement, Report},
    app::{Action, Allowed, Edit, Panel, Run, SearchAction, SearchTask, begins, text},
    diagram::deadlock_sentence,
    kernel::{Kind, MAX_TIME, Rule, Setting, Verdict, spell},
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Number of events that have happened.
    pub(super) cursor: usize,
    pub(super) explained: Option<&'static str>,
    pub(super) causes: Causes,
    /// True if the future is hidden.
    pub(super) hidden: bool,
    /// Changes that the reader may make of the run.
    pub(super) changeable: Allowed,
    pub(super) send: Send,
}

/// The verdicts on the run.
#[component]
pub(super) fn Verdicts(props: &Props) -> Html {
    let run = &props.run;
    let over = props.cursor == run.trace.events.len();
    let now = use_judgements(run, props.cursor);
    let begun = props.cursor >= begins(run);
    // The verdicts at the end are hidden until the run is over.
    let ends = if over { &run.report.judgements } else { &*now };
    let rows = |promised: bool| {
        let wanted = ends.iter().filter(move |it| it.promised == promised);
        wanted.map(|it| row(props, it, over, begun)).collect::<Html>()
    };
    let beyond = run.report.judgements.iter().any(|judgement| !judgement.promised);
    html! {
        <section class="verdicts" aria-label={text::verdicts::LABEL}>
            <h2>{ text::verdicts::TITLE }</h2>
            <ul>{ rows(true) }</ul>
            if beyond {
                <h3 title={text::verdicts::BEYOND_HELP}>{ text::verdicts::BEYOND }</h3>
                <ul>{ rows(false) }</ul>
            }
            { class_table(run.report.class.filter(|_| over)) }
            if !over {
                { so_far(props) }
            } else if let Some(circle) = deadlock_sentence(&run.scenario, &run.trace) {
                <p class="deadlock">{ circle }{ "." }</p>
            }
            if !over {
                // Nothing of how it ends.
            } else if let Some(time) = Setting::of(run.protocol, &run.scenario).time_to_serve
                && !run.trace.exhausted
            {
                <p class="why">
                    { text::verdicts::never_rests(run.trace.end, time) }
                </p>
            } else if !run.trace.quiescent && !run.trace.exhausted {
                <p class="why">
                    { text::verdicts::not_at_rest(run.trace.end) }
                </p>
            }
            if run.trace.exhausted && over {
                <p class="why">{ text::verdicts::EXHAUSTED }</p>
            }
        </section>
    }
}

/// Note that the verdicts cover a part of the run, and the way to its end.
fn so_far(props: &Props) -> Html {
    let to_end = props.send.reform(|_: MouseEvent| Action::Jump(usize::MAX));
    html! {
        <p class="why so-far">
            { text::verdicts::SO_FAR }
            if props.hidden {
                { text::verdicts::HIDDEN }
            } else {
                <button class="link" id="to-the-end" onclick={to_end}>{ text::verdicts::TO_END }</button>
            }
        </p>
    }
}

/// A property's verdict: at the playhead, or, once the run is over, in the end.
fn row(props: &Props, judgement: &Judgement, over: bool, begun: bool) -> Html {
    let Props { run, causes, changeable, send, .. } = props;
    let name = judgement.property.name;
    let speak = |text: &str| spell(text, &run.scenario.nodes);
    let shown = &judgement.verdict;
    let status = shown.status();
    // For tests: what it comes to, where that is not hidden.
    let mut ends = run.report.judgements.iter().filter(|_| !props.hidden);
    let end = ends.find(|it| it.property.name == name).map_or(status, |it| it.verdict.status());
    let so_far = if over || shown.is_violated() { "" } else { text::verdicts::SO_FAR_SIGN };
    let kind = match judgement.property.kind {
        Kind::Safety => text::verdicts::SAFETY,
        Kind::Liveness => text::verdicts::LIVENESS,
    };
    let explained = props.explained == Some(name);
    let toggle =
        props.send.reform(move |_: MouseEvent| Action::Explain((!explained).then_some(name)));
    let head = html! {
        <>
            <span class="sign" aria-hidden="true">{ if begun { sign(shown) } else { "–" } }</span>
            <span class="name">{ name }</span>
            <span class="kind" lang={text::LANGUAGE}>{ kind }</span>
            if begun {
                <span class="status">{ status }<span lang={text::LANGUAGE}>{ so_far }</span></span>
            } else {
                <span class="status" lang={text::LANGUAGE}>{ text::verdicts::NOTHING }</span>
            }
        </>
    };
    html! {
        <li class={classes!("verdict", begun.then_some(status))} data-property={name} data-end={end}>
            <details>
                <summary lang="en" title={judgement.property.statement}>{ head }</summary>
                <p class="statement" lang="en">{ judgement.property.statement }</p>
            </details>
            { match shown {
                _ if !begun => html! {},
                Verdict::Violated { why, .. } => html! {
                    <>
                        <button class="why" onclick={toggle} aria-pressed={explained.to_string()}
                            title={text::verdicts::SHOW_HELP}>
                            { when(run, judgement) }<span lang="en">{ speak(why) }</span>
                            <span class="look">{ if explained { text::verdicts::HIDE } else { text::verdicts::SHOW } }</span>
                        </button>
                        { because(&Because { run, judgement, causes: over.then_some(causes), changeable: *changeable, send }) }
                    </>
                },
                Verdict::Undecided(why) => html! { <p class="why" lang="en">{ speak(why) }</p> },
                Verdict::Holds => html! {},
            } }
            if explained && !shown.is_violated() {
                <button class="link" onclick={props.send.reform(|_: MouseEvent| Action::Explain(None))}>
                    { text::verdicts::HIDE_PROOF }
                </button>
            }
        </li>
    }
}

/// When a property was violated. A liveness violation is one of the whole run; a safety violation happens at a moment.
fn when(run: &Run, judgement: &Judgement) -> String {
    match judgement.property.kind {
        Kind::Liveness => text::verdicts::AT_END.to_owned(),
        Kind::Safety => {
            let at = Report::violated_at(judgement, &run.trace);
            at.map(text::verdicts::at).unwrap_or_default()
        }
    }
}

/// A violation whose reasons are wanted.
pub(super) struct Because<'a> {
    pub(super) run: &'a Run,
    pub(super) judgement: &'a Judgement,
    /// The search for its cause, once the run is over.
    pub(super) causes: Option<&'a Causes>,
    /// Changes that the reader may make of the run.
    pub(super) changeable: Allowed,
    pub(super) send: &'a Send,
}

/// The reasons of a violation: the ways to it, the broken assumption, the cause.
pub(super) fn because(because: &Because) -> Html {
    let Because { run, judgement, causes, changeable, send } = because;
    let name = judgement.property.name;
    let broke = run.report.broke(judgement, &run.trace);
    let to_break = send.reform(move |_: MouseEvent| Action::Break(name));
    let ended_early = broke.is_some_and(|breach| breach.rule == Rule::RunsToQuiescence);
    html! {
        <>
            if ended_early {
                { longer(run, *changeable, send) }
            } else if let Some(breach) = broke {
                <p class="broke">
                    { text::verdicts::ASSUMED }<b lang="en">{ breach.rule.statement() }</b>{ text::verdicts::BROKEN }
                    <span lang="en">{ spell(&breach.why, &run.scenario.nodes) }</span>{ "." }
                    if breach.event.is_some() {
                        { " " }
                        <button class="link" data-jump="breach"
                            onclick={send.reform(move |_: MouseEvent| Action::Breach(name))}
                            title={text::verdicts::TO_BREACH_HELP}>
                            { text::verdicts::TO_BREACH }
                        </button>
                    }
                </p>
            } else if judgement.promised {
                <p class="broke">{ text::verdicts::NO_BREACH }</p>
            }
            { for causes.map(|causes| cause(run, judgement, causes)) }
            <p class="ways-there">
                <button class="link" data-jump="break" onclick={to_break}
                    title={text::verdicts::TO_BREAK_HELP}>
                    { match judgement.property.kind {
                        Kind::Safety => text::verdicts::TO_BREAK,
                        Kind::Liveness => text::verdicts::TO_MISSING,
                    } }
                </button>
                { " " }
                <button class="link" data-jump="why"
                    onclick={explain(name, send)}
                    title={text::verdicts::EXPLAIN_HELP}>
                    { text::verdicts::EXPLAIN }
                </button>
            </p>
        </>
    }
}

/// Explains a violation in full, in the tab that shows it.
fn explain(name: &'static str, send: &Send) -> Callback<MouseEvent> {
    let (show, send) = (go_to(Panel::Break, send), send.clone());
    Callback::from(move |event: MouseEvent| {
        send.emit(Action::Search(SearchAction::Start(SearchTask::Explain(name), web::ticks())));
        show.emit(event);
    })
}

/// Something is owed, and the run was not given the time for it: it may still come.
fn longer(run: &Run, changeable: Allowed, send: &Send) -> Html {
    let until = (run.scenario.until * 2).min(MAX_TIME);
    let go_on = send.reform(move |_: MouseEvent| Action::Apply(Edit::Until(until)));
    html! {
        <p class="broke">
            { text::verdicts::may_come(run.trace.end) }
            if changeable.has(Allowed::SETTINGS) {
                <button class="link" onclick={go_on}>{ text::verdicts::extend(until) }</button>
            }
        </p>
    }
}

/// Meaning of a class, in a sentence.
const fn meaning(class: Class) -> &'static str {
    match class {
        Class::Masking => text::verdicts::MASKING,
        Class::FailSafe => text::verdicts::FAIL_SAFE,
        Class::NonMasking => text::verdicts::NON_MASKING,
        Class::Intolerant => text::verdicts::INTOLERANT,
    }
}

/// The two-by-two of fault-tolerance classes, with this run in it.
fn class_table(class: Option<Class>) -> Html {
    let cell = |which: Class| {
        let here = class == Some(which);
        html! {
            <td class={classes!(here.then_some("here"))} aria-current={here.then_some("true")}
                title={meaning(which)}><span lang="en">{ which.to_string() }</span></td>
        }
    };
    let all = [Class::Masking, Class::FailSafe, Class::NonMasking, Class::Intolerant];
    html! {
        <>
        <table class="class" data-class={class.map(|class| class.to_string())}>
            <caption>{ text::verdicts::CLASSES }</caption>
            <tr><td></td><th scope="col">{ text::verdicts::LIVE }</th><th scope="col">{ text::verdicts::NOT_LIVE }</th></tr>
            <tr><th scope="row">{ text::verdicts::SAFE }</th>{ cell(Class::Masking) }{ cell(Class::FailSafe) }</tr>
            <tr>
                <th scope="row">{ text::verdicts::NOT_SAFE }</th>
                { cell(Class::NonMasking) }{ cell(Class::Intolerant) }
            </tr>
        </table>
        <details class="classes">
            <summary>{ class.map_or(text::verdicts::MEANINGS, meaning) }</summary>
            <ul>
                { for all.into_iter().filter(|it| Some(*it) != class).map(|it| html! { <li>{ meaning(it) }</li> }) }
                <li>{ text::verdicts::KINDS }</li>
            </ul>
        </details>
        </>
    }
}
