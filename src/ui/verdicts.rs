//! What is said about the run: every property at the playhead and in the end, and the run's class.

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Run, judge_at},
    diagram::deadlock_sentence,
    kernel::{Class, Judgement, Kind, Report, Verdict, spell},
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// How many events have happened.
    pub(super) cursor: usize,
    pub(super) explained: Option<&'static str>,
    /// Whether nothing is to be told of what has not happened yet.
    pub(super) hidden: bool,
    pub(super) send: Send,
}

/// What is said about the run.
#[component]
pub(super) fn Verdicts(props: &Props) -> Html {
    let run = &props.run;
    let now = use_memo((run.clone(), props.cursor), |(run, cursor)| judge_at(run, *cursor));
    let over = props.cursor == run.trace.events.len();
    let untold = props.hidden && !over;
    let ends = if untold { &*now } else { &run.report.judgements };
    let rows = |promised: bool| {
        let both = ends.iter().zip(now.iter());
        let wanted = both.filter(move |(end, _)| end.promised == promised);
        wanted.map(|(end, now)| row(props, end, now, over)).collect::<Html>()
    };
    let beyond = run.report.judgements.iter().any(|judgement| !judgement.promised);
    html! {
        <section class="verdicts" aria-label="Verdicts">
            <h2>{ "Properties" }</h2>
            <ul>{ rows(true) }</ul>
            if beyond {
                <h3 title="Judged for comparison: other protocols give it">{ "Not promised by this protocol" }</h3>
                <ul>{ rows(false) }</ul>
            }
            { class_table(run.report.class.filter(|_| !untold)) }
            if untold {
                <p class="why">{ "What is still to come is hidden: this is said of what has happened so far." }</p>
            } else if let Some(circle) = deadlock_sentence(&run.scenario, &run.trace) {
                <p class="deadlock">{ circle }{ "." }</p>
            }
            if untold {
                // Nor how it ends.
            } else if run.protocol.perpetual && !run.trace.exhausted {
                <p class="why">
                    { format!("The protocol never comes to rest by itself: it is judged as it is when the \
                        run ends, at {} ms.", run.trace.end) }
                </p>
            } else if !run.trace.quiescent && !run.trace.exhausted {
                <p class="why">
                    { format!("The run ends at {} ms, before it is at rest: what was still to come is \
                        not judged.", run.trace.end) }
                </p>
            }
            if run.trace.exhausted && !untold {
                <p class="why">{ "The run was stopped at a million events: it never comes to rest." }</p>
            }
        </section>
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

fn row(props: &Props, end: &Judgement, now: &Judgement, over: bool) -> Html {
    let run = &props.run;
    let name = end.property.name;
    let speak = |text: &str| spell(text, &run.scenario.nodes);
    let so_far = match &now.verdict {
        _ if over || props.hidden => None,
        Verdict::Undecided(why) => Some(format!("so far undecided: {}", speak(why))),
        Verdict::Holds if end.verdict.is_violated() => Some("holds so far".to_owned()),
        Verdict::Violated { .. } => Some("violated already".to_owned()),
        Verdict::Holds => None,
    };
    let shown = if over { &end.verdict } else { &now.verdict };
    let status = shown.status();
    let kind = match end.property.kind {
        Kind::Safety => "safety",
        Kind::Liveness => "liveness",
    };
    let explained = props.explained == Some(name);
    let head = html! {
        <>
            <span class="sign" aria-hidden="true">{ sign(shown) }</span>
            <span class="name">{ name }</span>
            <span class="kind">{ kind }</span>
            <span class="status">{ status }</span>
        </>
    };
    html! {
        <li class={classes!("verdict", status)} data-property={name} data-end={end.verdict.status()}>
            <details>
                <summary title={end.property.statement}>{ head }</summary>
                <p class="statement">{ end.property.statement }</p>
            </details>
            if let Some(so_far) = so_far { <p class="so-far">{ so_far }</p> }
            if let Verdict::Violated { why, .. } = &end.verdict {
                { violation(props, end, &speak(why), explained) }
            }
            if let (Verdict::Undecided(why), true) = (&end.verdict, over || props.hidden) {
                <p class="why">{ speak(why) }</p>
            }
        </li>
    }
}

fn violation(props: &Props, judgement: &Judgement, why: &str, explained: bool) -> Html {
    let name = judgement.property.name;
    let broke = props.run.report.broke(judgement, &props.run.trace);
    let toggle =
        props.send.reform(move |_: MouseEvent| Action::Explain((!explained).then_some(name)));
    // What is owed is owed till the end; something bad happens at a moment.
    let when = match judgement.property.kind {
        Kind::Liveness => "In the end: ".to_owned(),
        Kind::Safety => {
            let at = Report::violated_at(judgement, &props.run.trace);
            at.map(|at| format!("At {at} ms: ")).unwrap_or_default()
        }
    };
    html! {
        <>
            <button class="why" onclick={toggle} aria-pressed={explained.to_string()}
                title="Shows in the diagram what proves it">
                { when }{ why }
                <span class="look">{ if explained { " Hide" } else { " Show me" } }</span>
            </button>
            if let Some(breach) = broke {
                <p class="broke">
                    { "Assumed: " }<b>{ breach.rule.statement() }</b>{ ". Broken: " }
                    { spell(&breach.why, &props.run.scenario.nodes) }{ "." }
                </p>
            } else if judgement.promised {
                <p class="broke">{ "No assumption of the protocol was broken." }</p>
            }
        </>
    }
}

/// The two-by-two of fault-tolerance classes, with this run in it.
fn class_table(class: Option<Class>) -> Html {
    let cell = |which: Class| {
        let here = class == Some(which);
        html! {
            <td class={classes!(here.then_some("here"))} aria-current={here.then_some("true")}>
                { which.to_string() }
            </td>
        }
    };
    html! {
        <table class="class" data-class={class.map(|class| class.to_string())}>
            <caption>{ "How this run tolerates its faults" }</caption>
            <tr><td></td><th scope="col">{ "live" }</th><th scope="col">{ "not live" }</th></tr>
            <tr><th scope="row">{ "safe" }</th>{ cell(Class::Masking) }{ cell(Class::FailSafe) }</tr>
            <tr>
                <th scope="row">{ "not safe" }</th>
                { cell(Class::NonMasking) }{ cell(Class::Intolerant) }
            </tr>
        </table>
    }
}
