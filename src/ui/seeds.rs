//! The run with other seeds: another one, and the number of seeds with which properties are violated.

use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Edit, MeasureAction, Measured, Run, SEEDS_TRIED, Violations, text},
    formats::MAX_WHOLE,
};

/// The buttons, and what is known of other seeds; of the property of this name, or of all promised ones.
pub(super) fn seeds(
    run: &Run,
    measured: &Measured,
    property: Option<&'static str>,
    send: &Send,
) -> Html {
    let seed = run.scenario.seed;
    let another =
        send.reform(move |_: MouseEvent| Action::Apply(Edit::Seed((seed + 1) % MAX_WHOLE)));
    let over_seeds = measured.is_over_seeds();
    html! {
        <section class="seeds" aria-label={text::seeds::HEADING}>
            <h3>{ text::seeds::HEADING }</h3>
            <p class="hint">{ text::seeds::hint(seed) }</p>
            <p>
                <button id="another-seed" onclick={another} title={text::seeds::ANOTHER_HELP}>{ text::seeds::ANOTHER }</button>
                { " " }
                if !(over_seeds && measured.running) {
                    <button id="try-seeds" onclick={send.reform(|_: MouseEvent| Action::Measure(MeasureAction::Seeds))}
                        title={text::seeds::TRY_HELP}>{ text::seeds::tried(SEEDS_TRIED) }</button>
                }
            </p>
            if over_seeds { { tried(run, measured, property, send) } }
        </section>
    }
}

fn tried(run: &Run, measured: &Measured, property: Option<&'static str>, send: &Send) -> Html {
    let done = measured.rows.len();
    let cancel = send.reform(|_: MouseEvent| Action::Measure(MeasureAction::Cancel));
    html! {
        <>
            if measured.running {
                <div class="hunt-now">
                    <progress aria-label={text::seeds::HEADING} max={SEEDS_TRIED.to_string()} value={done.to_string()} />
                    <span class="how-far">{ text::seeds::done(done) }</span>
                    <button id="seeds-cancel" onclick={cancel}>{ text::seeds::CANCEL }</button>
                </div>
            }
            if let Some(why) = &measured.failed { <p class="why" role="alert">{ why }</p> }
            if done > 0 {
                <ul class="tried" aria-live="polite">
                    { for measured.violations(run, property).iter().map(|it| violations(it, done, send)) }
                </ul>
                if !measured.running && done > 1 && measured.is_same_run() {
                    <p class="why same-run">{ text::seeds::same_run(done) }</p>
                }
            }
        </>
    }
}

fn violations(violations: &Violations, done: usize, send: &Send) -> Html {
    let Violations { property, seeds, first } = *violations;
    html! {
        <li data-property={property} data-seeds={seeds.to_string()}>
            <b lang="en">{ property }</b>{ ": " }{ text::seeds::violated(seeds, done) }
            if let Some(seed) = first {
                { " " }
                <button class="show-seed" onclick={send.reform(move |_: MouseEvent| Action::Apply(Edit::Seed(seed)))}
                    title={text::hunting::SHOW_HELP}>{ text::seeds::show(seed) }</button>
            }
        </li>
    }
}
