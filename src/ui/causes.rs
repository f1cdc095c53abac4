//! Causes of a run's violations, sought in the pauses between frames.

use std::cell::RefCell;

use yew::prelude::*;

use super::{
    Send,
    parts::{Parts, causes},
    work::slice,
};
use crate::{
    analysis::{Judgement, MOST_TESTED},
    app::{Action, Run, text},
    diagram::fault_sentence,
    kernel::spell,
    web::Frames,
};

/// The largest number of events of a run whose causes may be found at once.
const SHORT: usize = 400;
/// The largest number of steps that may be taken at once.
const AT_ONCE: usize = 4_000;
/// The number of steps between two looks at the clock.
const PART: usize = 500;

/// The search, which is fetched with the first violation.
pub(super) struct CauseSearch {
    /// Finds the causes if that is quick. True if they are known then.
    at_once: fn(&Run) -> bool,
    /// Finds them in slices, and says for which run they are there.
    in_slices: fn(Run, UseStateHandle<Option<Run>>) -> Frames,
    /// A sentence about the cause of a violation.
    sentence: fn(&Run, &Judgement) -> Option<String>,
}

/// All of the search.
pub(super) const CAUSE_SEARCH: CauseSearch = CauseSearch { at_once, in_slices, sentence };

/// Progress of the search for causes.
#[derive(Clone, PartialEq)]
pub(super) enum Causes {
    /// The search is not here: it is being fetched, or that failed. This says so.
    Fetched(Html),
    /// They are known, or nothing is violated.
    Known,
    /// They are being sought.
    Sought,
    /// The run is so long that they are sought on request only: this asks for them.
    OnRequest(Callback<MouseEvent>),
}

/// Finds the causes of a run's violations: at once where that is quick, else in slices of a frame.
#[hook]
pub(super) fn use_causes(run: &Run, is_requested: bool, parts: &Parts, send: &Send) -> Causes {
    // Only of the view: the causes are stored with the run, and this draws them when they are there.
    let found = use_state(|| None::<Run>);
    let is_violated = run.report.is_violated();
    let search = parts.causes();
    let known = run.report.causes.get().is_some()
        || !is_violated
        || search.as_ref().is_ok_and(|search| (search.at_once)(run));
    let is_long = run.trace.events.len() > MOST_TESTED;
    let is_wanted = !is_long || is_requested;
    let wanted = search.as_ref().ok().filter(|_| !known && is_wanted);
    let wanted = wanted.map(|search| (run.clone(), search.in_slices));
    use_effect_with(wanted, move |wanted| {
        let frames = wanted.clone().map(|(run, in_slices)| in_slices(run, found));
        move || drop(frames)
    });
    match (known, search) {
        (true, _) => Causes::Known,
        (false, Err(missing)) => Causes::Fetched(missing),
        (false, Ok(_)) if is_wanted => Causes::Sought,
        _ => Causes::OnRequest(send.reform(|_: MouseEvent| Action::SeekCauses)),
    }
}

fn at_once(run: &Run) -> bool {
    if run.trace.events.len() > SHORT {
        return false;
    }
    let inquiry = run.inquiry();
    let quick = inquiry.estimate(&run.trace) <= AT_ONCE;
    quick && run.report.causes.set(inquiry.finish()).is_ok()
}

fn in_slices(run: Run, found: UseStateHandle<Option<Run>>) -> Frames {
    let working = RefCell::new(None);
    Frames::start(move |_| {
        if run.report.causes.get().is_some() {
            return;
        }
        // Not in the frame in which the run is drawn for the first time.
        let Some(mut inquiry) = working.take() else {
            working.replace(Some(run.inquiry()));
            return;
        };
        if slice(|| inquiry.advance(PART)) {
            // Nothing else sets them while this runs.
            let _ = run.report.causes.set(inquiry.finish());
            found.set(Some(run.clone()));
        } else {
            working.replace(Some(inquiry));
        }
    })
}

/// The result of the search for the cause of a violation.
pub(super) fn cause(run: &Run, judgement: &Judgement, causes: &Causes) -> Html {
    match causes {
        Causes::Fetched(missing) => missing.clone(),
        Causes::Sought => html! { <p class="cause">{ text::causes::SEEKING }</p> },
        Causes::OnRequest(ask) => html! {
            <p class="cause">
                { text::causes::not_tested(MOST_TESTED) }
                <button class="link" onclick={ask}
                    title={text::causes::TEST_HELP}>
                    { text::causes::TEST }
                </button>
            </p>
        },
        Causes::Known => {
            let said = causes::here().and_then(|search| (search.sentence)(run, judgement));
            said.map(|said| html! { <p class="cause" lang="en">{ said }</p> }).unwrap_or_default()
        }
    }
}

fn sentence(run: &Run, judgement: &Judgement) -> Option<String> {
    let (cause, scenario) = (run.report.cause(judgement)?, &run.scenario);
    let said = cause.said(|fault| fault_sentence(scenario, &scenario.faults[fault]));
    Some(spell(&said, &scenario.nodes))
}
