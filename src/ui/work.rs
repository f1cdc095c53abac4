//! Long computations in the pauses between frames: a long run, and the digest of one.

use std::{cell::RefCell, rc::Rc};

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Compare, Comparison, Making, Pending, ProgramPart, Remains, Run, Shared, text},
    formats::{digest::Digesting, link},
    runs::Work,
    web::{self, Frames},
};

/// For how long of a frame work is done, in real ms: what is left is for drawing.
const SLICE: f64 = 8.0;
/// The same while the reader acts: the frames are late then, since drawing takes all of their time.
const LATE_SLICE: f64 = 1.0;
/// Length of a frame that is late, in real ms.
const LATE: f64 = 25.0;
/// Number of events that are computed between two looks at the clock.
const PART: usize = 200;

/// Does a part of something again and again until it is done or the frame's share is used up.
pub(super) fn slice(part: impl FnMut() -> bool) -> bool {
    slice_of(SLICE, part)
}

/// The same for work that no reader waits for, `since` real ms after the frame before.
fn slice_behind(since: f64, part: impl FnMut() -> bool) -> bool {
    slice_of(if since > LATE { LATE_SLICE } else { SLICE }, part)
}

fn slice_of(length: f64, mut part: impl FnMut() -> bool) -> bool {
    let end = web::ticks() + length;
    loop {
        if part() {
            return true;
        }
        if web::ticks() >= end {
            return false;
        }
    }
}

/// Drops runs that are no longer shown in slices: a long one takes longer than a frame.
#[hook]
pub(super) fn use_retirement(run: &Run) {
    let retired = use_mut_ref(Vec::<Run>::new);
    use_effect_with(run.clone(), move |run| {
        if run.is_long() {
            retired.borrow_mut().push(run.clone());
        }
        let left = RefCell::new(None::<Remains>);
        let several = retired.borrow().len() > 1;
        let frames = several.then(|| {
            Frames::start(move |since| {
                let mut left = left.borrow_mut();
                if let Some(remains) = &mut *left {
                    if slice_behind(since, || remains.advance(PART)) {
                        *left = None;
                    }
                    return;
                }
                let mut runs = retired.borrow_mut();
                for run in std::mem::take(&mut *runs) {
                    match Remains::of(run) {
                        Ok(remains) if left.is_none() => *left = Some(remains),
                        Ok(_) => {}
                        Err(run) => runs.push(run),
                    }
                }
            })
        });
        move || drop(frames)
    });
}

/// Finds what has changed in a long run, a step in each frame.
#[hook]
pub(super) fn use_comparison(wanted: Option<&Comparison>, send: &Send) {
    let send = send.clone();
    use_effect_with(wanted.cloned(), move |wanted| {
        let frames = wanted.clone().map(|wanted| {
            let work = RefCell::new(wanted.clone());
            let wanted = Shared::new(wanted);
            Frames::start(move |_| {
                let found = work.borrow_mut().advance();
                if let Some(found) = found {
                    send.emit(Action::Compared(wanted.clone(), found));
                }
            })
        });
        move || drop(frames)
    });
}

/// Computes the long run that is waited for. Draws how far that has come, and a way to call it off.
#[hook]
pub(super) fn use_work(pending: Option<&Shared<Pending>>, send: &Send) -> Html {
    // Only of the view: a state for each step would draw the whole page again.
    let progress = use_state_eq(|| 0_u64);
    use_effect_with(pending.cloned(), {
        let (progress, send) = (progress.clone(), send.clone());
        move |pending| {
            let frames = pending.clone().and_then(|pending| compute(pending, progress, send));
            move || drop(frames)
        }
    });
    if pending.is_none() {
        return html! {};
    }
    let cancel = send.reform(|_: MouseEvent| Action::Cancel);
    let share = (*progress / 10).to_string();
    html! {
        <div class="working">
            <label for="working">{ text::work::COMPUTING }</label>
            <progress id="working" max="100" value={share.clone()}>{ share }{ " %" }</progress>
            <button onclick={cancel} title={text::work::CANCEL_HELP}>{ text::work::CANCEL }</button>
        </div>
    }
}

fn compute(pending: Shared<Pending>, progress: UseStateHandle<u64>, send: Send) -> Option<Frames> {
    progress.set(0);
    // It was read when it was asked for.
    let work = Work::new(pending.scenario.clone()).ok()?;
    let work = RefCell::new(Some(Making::new(work)));
    let made = RefCell::new(None);
    Some(Frames::start(move |_| {
        // It is drawn at once, so in a frame of its own.
        if let Some(run) = made.take() {
            send.emit(Action::Computed(pending.clone(), run));
        }
        let Some(mut making) = work.take() else { return };
        let done = slice(|| {
            made.replace(making.advance(PART));
            made.borrow().is_some()
        });
        if !done {
            progress.set(making.progress() / 20 * 20);
            work.replace(Some(making));
        }
    }))
}

/// The address's fragment for what is shown, a second run beside it included; empty during a drag, and until links can be made. That of a long run comes a moment later,
/// first without its digest.
#[hook]
pub(super) fn use_fragment(
    run: &Run,
    compare: Option<&Compare>,
    adjusting: bool,
    send: &Send,
) -> Rc<String> {
    let is_here = ProgramPart::Links.is_here();
    // No link holds a recorded run.
    let adjusting = adjusting || run.is_recorded();
    // Only of the view: it follows from the run. The state hears of the digest where it depends on it.
    let found = use_state(|| None::<(Run, String)>);
    let made = (*found).as_ref().filter(|(of, _)| of == run).map(|(_, link)| link.clone());
    let wanted = (is_here && !adjusting && run.is_long()).then(|| run.clone());
    use_effect_with(wanted, {
        let send = send.clone();
        move |wanted| {
            let frames = wanted.clone().map(|run| link_of(run, found, send));
            move || drop(frames)
        }
    });
    let of = (run.clone(), compare.cloned(), adjusting, is_here, made);
    use_memo(of, |(run, compare, adjusting, _, made)| {
        let link = match made {
            _ if *adjusting => String::new(),
            Some(link) => link.clone(),
            None if run.is_long() => String::new(),
            None => run.fragment(),
        };
        match compare {
            Some(compare) if !link.is_empty() => compare.in_link(&link, &run.scenario),
            _ => link,
        }
    })
}

/// Makes a long run's link, then its digest.
fn link_of(run: Run, found: UseStateHandle<Option<(Run, String)>>, send: Send) -> Frames {
    let link = RefCell::new(None);
    let work = RefCell::new(None);
    let over = RefCell::new(false);
    Frames::start(move |since| {
        if *over.borrow() {
            return;
        }
        // Not in the frame in which the run is drawn for the first time.
        let Some(mut working) = work.take() else {
            work.replace(Some(Digesting::default()));
            return;
        };
        let made = link.borrow().clone();
        let Some(made) = made else {
            let made = link::fragment(&run.scenario, None);
            found.set(Some((run.clone(), made.clone())));
            link.replace(Some(made));
            work.replace(Some(working));
            return;
        };
        let digested = (run.protocol, &run.scenario, &run.trace);
        if slice_behind(since, || link::advance(&mut working, digested, PART)) {
            over.replace(true);
            let digest = link::finish(working);
            found.set(Some((run.clone(), link::with_digest(&made, &run.scenario, &digest))));
            send.emit(Action::Digested(digest));
        } else {
            work.replace(Some(working));
        }
    })
}
