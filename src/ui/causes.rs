//! Causes of a run's violations, sought in the pauses between frames.

use std::cell::RefCell;

use yew::prelude::*;

use super::{Send, work::slice};
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

/// Progress of the search for causes.
#[derive(Clone, PartialEq)]
pub(super) enum Causes {
    /// They are known, or nothing is violated.
    Known,
    /// They are being sought.
    Sought,
    /// The run is so long that they are sought on request only: this asks for them.
    OnRequest(Callback<MouseEvent>),
}

/// Finds the causes of a run's violations: at once where that is quick, else in slices of a frame.
#[hook]
pub(super) fn use_causes(run: &Run, is_requested: bool, send: &Send) -> Causes {
    // Only of the view: the causes are stored with the run, and this draws them when they are there.
    let found = use_state(|| None::<Run>);
    let known = run.report.causes.get().is_some() || find_at_once(run);
    let is_long = run.trace.events.len() > MOST_TESTED;
    let is_wanted = !is_long || is_requested;
    let wanted = (!known && is_wanted).then(|| run.clone());
    use_effect_with(wanted, move |wanted| {
        let frames = wanted.clone().map(|run| seek(run, found));
        move || drop(frames)
    });
    match (known, is_wanted) {
        (true, _) => Causes::Known,
        (false, true) => Causes::Sought,
        (false, false) => Causes::OnRequest(send.reform(|_: MouseEvent| Action::SeekCauses)),
    }
}

/// Finds the causes if that is quick. True if they are known then.
fn find_at_once(run: &Run) -> bool {
    if !run.report.judgements.iter().any(|judgement| judgement.verdict.is_violated()) {
        return true;
    }
    if run.trace.events.len() > SHORT {
        return false;
    }
    let inquiry = run.inquiry();
    let quick = inquiry.estimate(&run.trace) <= AT_ONCE;
    quick && run.report.causes.set(inquiry.finish()).is_ok()
}

fn seek(run: Run, found: UseStateHandle<Option<Run>>) -> Frames {
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
            let Some(cause) = run.report.cause(judgement) else { return html! {} };
            let scenario = &run.scenario;
            let said = cause.said(|fault| fault_sentence(scenario, &scenario.faults[fault]));
            html! { <p class="cause" lang="en">{ spell(&said, &scenario.nodes) }</p> }
        }
    }
}
