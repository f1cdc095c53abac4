//! Requests and faults of the run, each removable; undo and redo.

use yew::prelude::*;

use super::{
    Send,
    fields::{Number, number},
    part::Props,
};
use crate::{
    app::{Action, Edit, text},
    diagram::{fault_sentence, request_sentence},
    kernel::{Fault, RequestSpec, Time},
};

/// Largest number of requests, and of faults, that are listed: thousands would slow the page down.
const LISTED: usize = 50;

/// Section with the requests and faults.
pub(super) fn deeds(props: &Props) -> Html {
    let Props { run, can_undo, can_redo, send, .. } = props;
    let act = |action: Action| send.reform(move |_: MouseEvent| action.clone());
    let scenario = &run.scenario;
    let nothing = scenario.faults.is_empty();
    let more = scenario.requests.len().saturating_sub(LISTED)
        + scenario.faults.len().saturating_sub(LISTED);
    html! {
        <section class="deeds" aria-label={text::deeds::LABEL}>
            <h2>{ text::deeds::TITLE }
                <span class="history">
                    <button id="undo" onclick={act(Action::Undo)} disabled={!can_undo} title={text::deeds::UNDO_HELP}>{ text::deeds::UNDO }</button>
                    <button id="redo" onclick={act(Action::Redo)} disabled={!can_redo} title={text::deeds::REDO_HELP}>{ text::deeds::REDO }</button>
                </span>
            </h2>
            <ul>
                { for scenario.requests.iter().enumerate().take(LISTED).map(|(place, request)| {
                    let idle = run.trace.unused_requests.contains(&place);
                    let onchange = change_request(send, place, request);
                    let sentence = request_sentence(scenario, request);
                    deed(&sentence, Edit::RemoveRequest(place), send, idle, "request", html! {
                        <>{ text::deeds::AT }{ " " }{ number(Number { value: request.at, label: Some(text::deeds::time(&sentence, text::deeds::AT)), onchange, ..Number::default() }) }{ " ms" }</>
                    })
                }) }
                { for scenario.faults.iter().enumerate().take(LISTED).map(|(place, fault)| {
                    let idle = run.trace.unused_faults.contains(&place);
                    let times = times(fault);
                    let sentence = fault_sentence(scenario, fault);
                    deed(&sentence, Edit::RemoveFault(place), send, idle, "fault", html! {
                        { for times.into_iter().map(|Moment { word, value, min, max, set }| {
                            let fault = fault.clone();
                            let onchange = send.reform(move |value| {
                                Action::Apply(Edit::ChangeFault(place, set(fault.clone(), value)))
                            });
                            let label = Some(text::deeds::time(&sentence, word));
                            let field = Number { value, min, max, label, id: None, onchange };
                            html! { <>{ word }{ " " }{ number(field) }{ " ms " }</> }
                        }) }
                    })
                }) }
            </ul>
            if more > 0 {
                <p class="hint">{ text::deeds::more(more) }</p>
            }
            if nothing {
                <p class="hint">{ text::deeds::NO_FAULT }</p>
            }
        </section>
    }
}

fn change_request(send: &Send, place: usize, request: &RequestSpec) -> Callback<u64> {
    let request = request.clone();
    send.reform(move |at| {
        Action::Apply(Edit::ChangeRequest(place, RequestSpec { at, ..request.clone() }))
    })
}

fn deed(
    sentence: &str,
    undo: Edit,
    send: &Send,
    idle: bool,
    class: &'static str,
    times: Html,
) -> Html {
    let onclick = send.reform(move |_: MouseEvent| Action::Apply(undo.clone()));
    html! {
        <li class={classes!("deed", class, idle.then_some("idle"))}>
            <span class="what">
                <span lang="en">{ sentence }</span>
                if idle { <em>{ text::deeds::IDLE }</em> }
            </span>
            <span class="times">{ times }</span>
            <button class="icon" {onclick} aria-label={text::deeds::remove(sentence)} title={text::deeds::REMOVE}>{ "✕" }</button>
        </li>
    }
}

type Set = fn(Fault, Time) -> Fault;

/// A time of a fault that a reader can change.
struct Moment {
    word: &'static str,
    value: Time,
    min: Time,
    /// 0 for any time.
    max: Time,
    set: Set,
}

/// The times of a fault that a reader can change. A span has to last: neither end passes the other.
fn times(fault: &Fault) -> Vec<Moment> {
    let set_at: Set = |mut fault, value| {
        if let Fault::Crash { at, .. }
        | Fault::CrashWriting { at, .. }
        | Fault::Recover { at, .. }
        | Fault::Pause { at, .. }
        | Fault::Partition { at, .. }
        | Fault::Cut { at, .. }
        | Fault::Omit { at, .. } = &mut fault
        {
            *at = value;
        }
        fault
    };
    let set_until: Set = |mut fault, value| {
        if let Fault::Pause { until, .. }
        | Fault::Partition { until, .. }
        | Fault::Cut { until, .. }
        | Fault::Omit { until, .. } = &mut fault
        {
            *until = value;
        }
        fault
    };
    let set_span: Set = |mut fault, value| {
        if let Fault::Delay { by, .. } | Fault::Duplicate { after: by, .. } = &mut fault {
            *by = value;
        }
        fault
    };
    let free = |word, value, set| Moment { word, value, min: 0, max: 0, set };
    match *fault {
        Fault::Drop { .. }
        | Fault::Corrupt { .. }
        | Fault::Forge { .. }
        | Fault::Traitor { .. }
        | Fault::Drift { .. } => Vec::new(),
        Fault::Delay { by, .. } => vec![free(text::deeds::BY, by, set_span)],
        Fault::Duplicate { after, .. } => vec![free(text::deeds::AFTER, after, set_span)],
        Fault::Crash { at, .. } | Fault::CrashWriting { at, .. } | Fault::Recover { at, .. } => {
            vec![free(text::deeds::AT, at, set_at)]
        }
        Fault::Pause { at, until, .. }
        | Fault::Partition { at, until, .. }
        | Fault::Cut { at, until, .. }
        | Fault::Omit { at, until, .. } => {
            vec![
                Moment {
                    word: text::deeds::FROM,
                    value: at,
                    min: 0,
                    max: until.saturating_sub(1),
                    set: set_at,
                },
                Moment { min: at + 1, ..free(text::deeds::UNTIL, until, set_until) },
            ]
        }
    }
}
