//! Verdicts on the run: every property at the playhead and at the end, and the run's class.

use yew::prelude::*;

use super::{
    Send,
    causes::{Causes, cause, use_causes},
    parts::Parts,
    workbench::tab_id,
};
use crate::{
    analysis::{Class, Judgement, Report},
    app::{Action, Allowed, Edit, Judged, Panel, Run, text},
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
    /// True if the reader asked for the causes.
    pub(super) causes_wanted: bool,
    pub(super) parts: Parts,
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
    let judged = use_mut_ref(Judged::default);
    let over = props.cursor == run.trace.events.len();
    // At the end the report has the verdicts.
    let now = use_memo((run.clone(), props.cursor), |(run, cursor)| {
        if over { Vec::new() } else { judged.borrow_mut().at(run, *cursor) }
    });
    let causes = use_causes(run, props.causes_wanted, &props.parts, &props.send);
    // The verdicts at the end are hidden until the run is over.
    let ends = if over { &run.report.judgements } else { &*now };
    let rows = |promised: bool| {
        let wanted = ends.iter().filter(move |it| it.promised == promised);
        wanted.map(|it| row(props, it, over.then_some(&causes))).collect::<Html>()
    };
    let beyond = run.report.judgements.iter().any(|judgement| !judgement.promised);
    html! {
        <section class="verdicts" aria-label={text::verdicts::LABEL}>
            <h2>{ text::verdicts::TITLE }
                <button class="to-break"
                    onclick={to_breaking(props)}
                    title={text::verdicts::BREAK_HELP}>{ text::verdicts::BREAK }</button>
            </h2>
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

/// Opens the panel that breaks and explains, and goes there: on a phone it is far away.
fn to_breaking(props: &Props) -> Callback<MouseEvent> {
    let send = props.send.clone();
    Callback::from(move |_: MouseEvent| {
        send.emit(Action::Show(Some(Panel::Break)));
        web::focus_by_id(&tab_id(Panel::Break));
    })
}

/// The sign of a status: never its colour alone.
pub(super) const fn sign(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "✓",
        Verdict::Undecided(_) => "…",
        Verdict::Violated { .. } => "✗",
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
fn row(props: &Props, judgement: &Judgement, causes: Option<&Causes>) -> Html {
    let (run, over) = (&props.run, causes.is_some());
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
    let head = html! {
        <>
            <span class="sign" aria-hidden="true">{ sign(shown) }</span>
            <span class="name">{ name }</span>
            <span class="kind" lang={text::LANGUAGE}>{ kind }</span>
            <span class="status">{ status }<span lang={text::LANGUAGE}>{ so_far }</span></span>
        </>
    };
    html! {
        <li class={classes!("verdict", status)} data-property={name} data-end={end}>
            <details>
                <summary lang="en" title={judgement.property.statement}>{ head }</summary>
                <p class="statement" lang="en">{ judgement.property.statement }</p>
            </details>
            { match shown {
                Verdict::Violated { why, .. } => html! {
                    <>
                        { violation(props, judgement, &speak(why), explained) }
                        { causes.map(|causes| cause(run, judgement, causes)) }
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

fn violation(props: &Props, judgement: &Judgement, why: &str, explained: bool) -> Html {
    let name = judgement.property.name;
    let broke = props.run.report.broke(judgement, &props.run.trace);
    let toggle =
        props.send.reform(move |_: MouseEvent| Action::Explain((!explained).then_some(name)));
    // A liveness violation is one of the whole run; a safety violation happens at a moment.
    let when = match judgement.property.kind {
        Kind::Liveness => text::verdicts::AT_END.to_owned(),
        Kind::Safety => {
            let at = Report::violated_at(judgement, &props.run.trace);
            at.map(text::verdicts::at).unwrap_or_default()
        }
    };
    let to_break = props.send.reform(move |_: MouseEvent| Action::Break(name));
    let ended_early = broke.is_some_and(|breach| breach.rule == Rule::RunsToQuiescence);
    html! {
        <>
            <button class="why" onclick={toggle} aria-pressed={explained.to_string()}
                title={text::verdicts::SHOW_HELP}>
                { when }<span lang="en">{ why }</span>
                <span class="look">{ if explained { text::verdicts::HIDE } else { text::verdicts::SHOW } }</span>
            </button>
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
                    onclick={to_breaking(props)}
                    title={text::verdicts::EXPLAIN_HELP}>
                    { text::verdicts::EXPLAIN }
                </button>
            </p>
            if ended_early {
                { longer(props) }
            } else if let Some(breach) = broke {
                <p class="broke">
                    { text::verdicts::ASSUMED }<b lang="en">{ breach.rule.statement() }</b>{ text::verdicts::BROKEN }
                    <span lang="en">{ spell(&breach.why, &props.run.scenario.nodes) }</span>{ "." }
                    if breach.event.is_some() {
                        { " " }
                        <button class="link" data-jump="breach"
                            onclick={props.send.reform(move |_: MouseEvent| Action::Breach(name))}
                            title={text::verdicts::TO_BREACH_HELP}>
                            { text::verdicts::TO_BREACH }
                        </button>
                    }
                </p>
            } else if judgement.promised {
                <p class="broke">{ text::verdicts::NO_BREACH }</p>
            }
        </>
    }
}

/// Something is owed, and the run was not given the time for it: it may still come.
fn longer(props: &Props) -> Html {
    let until = (props.run.scenario.until * 2).min(MAX_TIME);
    let go_on = props.send.reform(move |_: MouseEvent| Action::Apply(Edit::Until(until)));
    html! {
        <p class="broke">
            { text::verdicts::may_come(props.run.trace.end) }
            if props.changeable.has(Allowed::SETTINGS) {
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
