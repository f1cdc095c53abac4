//! "Break it": looks for a violation, makes what a reader made small, says why something is violated. A worker does
//! it; the page stays as quick as it is.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Send,
    fields::{self, Number, Props as Control, choice, fault_count, field, number, select},
    seeds::seeds,
};
use crate::{
    app::{
        Action, Edit, Errand, FoundRun, Hunt, Lack, Measured, Run, Said, SearchAction,
        SearchOptions, SearchPart, SearchTask, Searching, Shared, heard, lacks, termination, text,
    },
    formats::search::counted,
    kernel::{Property, Scenario},
    search::{Budget, KINDS},
    web,
};

/// The action that delivers a worker's message.
type Hears = fn(Shared<Errand>, Said) -> Action;

/// Keeps a worker on the errand, whatever part of the page is shown.
#[hook]
pub(super) fn use_errand(errand: Option<&Shared<Errand>>, send: &Send, hears: Hears) {
    let send = send.clone();
    use_effect_with(errand.cloned(), move |errand| {
        let worker = errand.as_ref().and_then(|errand| start_worker(errand, &send, hears));
        move || drop(worker)
    });
}

fn start_worker(errand: &Shared<Errand>, send: &Send, hears: Hears) -> Option<web::Errand> {
    let (of, send) = (errand.clone(), send.clone());
    let hear = move |said| send.emit(hears(of.clone(), said));
    let fails = {
        let hear = hear.clone();
        move |why: &str| {
            hear(Said::Failed(why.to_owned()));
            hear(Said::Done);
        }
    };
    let broken = fails.clone();
    let started = web::Errand::start(
        errand.write(),
        move |text| heard(&text).into_iter().for_each(&hear),
        move || broken(text::hunting::NOT_FETCHED),
    );
    if started.is_none() {
        fails(text::hunting::NO_WORKER);
    }
    started
}

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) searching: Searching,
    /// Measurement of this run.
    pub(super) measured: Measured,
    /// True if what is still to come is hidden, and with it what the run comes to.
    pub(super) hidden: bool,
    pub(super) send: Send,
}

fn act(send: &Send, action: SearchAction) {
    send.emit(Action::Search(action));
}

/// Starts a task when a button is pressed.
fn starts(send: &Send, task: SearchTask) -> Callback<MouseEvent> {
    send.reform(move |_: MouseEvent| Action::Search(SearchAction::Start(task, web::ticks())))
}

/// The panel.
#[component]
pub(super) fn Breaking(props: &Props) -> Html {
    let Props { run, searching, measured, hidden, send } = props;
    let hunt = &*searching.results(run);
    html! {
        <div class="breaking">
            if *hidden {
                <p class="why">{ text::hunting::HIDDEN }</p>
            } else {
                { violated(run, hunt, send) }
            }
            <section aria-label={text::hunting::SEARCH}>
                <h3>{ text::hunting::SEARCH }</h3>
                <p class="hint">
                    { text::hunting::HINT }
                </p>
                <div class="wishes">
                    { field(text::hunting::PROPERTY, text::hunting::PROPERTY_HELP, which(run, searching, send)) }
                    { wishes(run, &searching.options, send) }
                </div>
                { for lacks(run, searching.property(run)).iter().map(|it| lack(it, send)) }
                { start(run, hunt, searching.since, send) }
            </section>
            { outcome(hunt, send) }
            if !hidden { { seeds(run, measured, searching.property(run), send) } }
        </div>
    }
}

/// Sentence on what the run lacks, and the button that adds it.
fn lack(lack: &Lack, send: &Send) -> Html {
    html! {
        <p class="lack">
            { &lack.sentence }
            if let Some((words, edit)) = &lack.add {
                { " " }
                <button class="add-lacking" onclick={
                    let edit = edit.clone();
                    send.reform(move |_: MouseEvent| Action::Apply(edit.clone()))
                }>{ words }</button>
            }
        </p>
    }
}

/// Choice of the property that is to be violated.
fn which(run: &Run, searching: &Searching, send: &Send) -> Html {
    let names: Vec<(&'static str, bool)> =
        run.protocol.properties().map(|(property, promised)| (property.name, promised)).collect();
    let known = names.clone();
    let (send, options) = (send.clone(), searching.options.clone());
    let onchange = Callback::from(move |value: String| {
        let property = known.iter().map(|(name, _)| *name).find(|name| *name == value);
        act(&send, SearchAction::Choose(SearchOptions { property, ..options.clone() }));
    });
    let named = names.into_iter().map(|(name, promised)| {
        choice(name, if promised { name.to_owned() } else { text::hunting::not_promised(name) })
    });
    let all = std::iter::once(choice("", text::hunting::ANY)).chain(named).collect();
    let value = searching.property(run).unwrap_or_default();
    Control { id: Some("break-what".into()), ..select(value, all, onchange) }.into()
}

/// Change of a budget by a number.
type BudgetChange = Rc<dyn Fn(&Budget, u32) -> Budget>;

/// The allowed faults, kind by kind, and the other bounds of a search.
fn wishes(run: &Run, options: &SearchOptions, send: &Send) -> Html {
    let now = &options.budget(run.protocol);
    let set = |change: BudgetChange| {
        let (send, options, now) = (send.clone(), options.clone(), now.clone());
        Callback::from(move |count: u64| {
            let budget = Some(change(&now, count as u32));
            act(&send, SearchAction::Choose(SearchOptions { budget, ..options.clone() }));
        })
    };
    let kind = |kind: &'static str| {
        fault_count(kind, now, set(Rc::new(move |budget, count| budget.with(kind, count))))
    };
    let all = set(Rc::new(|budget, all| budget.with_all(all)));
    let all = Number {
        value: now.all().into(),
        max: 9,
        id: Some("break-all"),
        onchange: all,
        ..Number::default()
    };
    let switch = |change: fn(&mut SearchOptions, bool)| {
        let (send, options) = (send.clone(), options.clone());
        Callback::from(move |on: bool| {
            let mut next = options.clone();
            change(&mut next, on);
            act(&send, SearchAction::Choose(next));
        })
    };
    html! {
        <details class="may-go-wrong">
            <summary>{ text::hunting::FAULTS }{ now.to_string() }</summary>
            <label class="of-kind in-all"><span>{ text::hunting::IN_ALL }</span>{ number(all) }</label>
            <div class="kinds">{ for KINDS.into_iter().map(kind) }</div>
            { check("inside", text::hunting::INSIDE, text::hunting::INSIDE_HELP,
                options.inside_model, switch(|it, on| it.inside_model = on)) }
            if !run.scenario.faults.is_empty() {
                { check("with-faults", text::hunting::WITH_FAULTS, text::hunting::WITH_FAULTS_HELP,
                    options.with_faults, switch(|it, on| it.with_faults = on)) }
            }
        </details>
    }
}

fn check(
    id: &'static str,
    name: &'static str,
    help: &'static str,
    on: bool,
    set: Callback<bool>,
) -> Html {
    let id = Some(format!("break-{id}").into());
    html! {
        <label class="check" title={help}>
            { Html::from(Control { id, ..fields::check(on, set) }) }<span>{ name }</span>
        </label>
    }
}

/// Number of runs and states per second.
fn rate(hunt: &Hunt, since: f64) -> String {
    let seconds = (web::ticks() - since) / 1000.0;
    if hunt.explored == 0 || seconds < 0.1 {
        return String::new();
    }
    text::hunting::rate(&counted((hunt.explored as f64 / seconds) as u64))
}

/// The button that starts, or the one that calls it off, and how far it is.
fn start(run: &Run, hunt: &Hunt, since: f64, send: &Send) -> Html {
    if hunt.running {
        let cancel = send.reform(|_: MouseEvent| Action::Search(SearchAction::Cancel));
        let doing = match hunt.what {
            "search" | "break" if hunt.progress.is_empty() => text::hunting::BEGINNING,
            "search" | "break" => &hunt.progress,
            "shrink" => text::hunting::MINIMISING,
            "adversary" => text::hunting::DELAYING,
            _ => text::hunting::EXPLAINING,
        };
        return html! {
            <div class="hunt-now">
                <progress aria-label={text::hunting::SEARCHING} />
                <span class="how-far">
                    if let Some(part) = hunt.part { <b>{ heading(part) }</b>{ ". " } }
                    { doing.to_owned() }{ rate(hunt, since) }
                </span>
                <button id="hunt-cancel" onclick={cancel} title={text::hunting::CANCEL_HELP}>{ text::hunting::CANCEL }</button>
            </div>
        };
    }
    let undecided = keep_undecided(run, send);
    let go = starts(send, SearchTask::Search);
    html! { <><button class="primary" id="start-search" onclick={go}>{ text::hunting::BREAK }</button>{ " " }{ undecided }</> }
}

/// The adversary's button, where there is something to decide.
fn keep_undecided(run: &Run, send: &Send) -> Html {
    if termination(run).is_none() {
        return html! {};
    }
    let go = starts(send, SearchTask::KeepUndecided);
    html! {
        <button id="keep-undecided" onclick={go}
            title={text::hunting::UNDECIDED_HELP}>{ text::hunting::UNDECIDED }</button>
    }
}

/// Violations of this run, with their explanation and the minimised run.
fn violated(run: &Run, hunt: &Hunt, send: &Send) -> Html {
    let judgements = run.report.judgements.iter().filter(|it| it.verdict.is_violated());
    let violated: Vec<&'static Property> = judgements.map(|judgement| judgement.property).collect();
    if violated.is_empty() && hunt.small.is_none() {
        return html! {};
    }
    let busy = hunt.running;
    // An explanation belongs to the run for which it was asked.
    let explained = hunt.explained.as_ref().filter(|_| hunt.of.as_deref() == Some(&run.scenario));
    let about = |property: &'static Property| {
        let explain = starts(send, SearchTask::Explain(property.name));
        let minimise = starts(send, SearchTask::Minimise(property.name));
        html! {
            <li data-property={property.name}>
                <b lang="en">{ property.name }</b>
                <button class="explain" disabled={busy} onclick={explain}
                    title={text::hunting::WHY_HELP}>{ text::hunting::WHY }</button>
                <button class="shrink" disabled={busy} onclick={minimise}
                    title={text::hunting::MINIMISE_HELP}>{ text::hunting::MINIMISE }</button>
            </li>
        }
    };
    html! {
        <section class="violated-here" aria-label={text::hunting::VIOLATIONS}>
            if !violated.is_empty() {
                <h3>{ text::hunting::VIOLATES }</h3>
                <ul>{ for violated.into_iter().map(about) }</ul>
            }
            <div aria-live="polite">
                if let Some((property, text)) = explained {
                    <h4>{ text::hunting::why(property) }</h4>
                    <p class="paragraph" lang="en">{ text }</p>
                }
                if let Some(small) = &hunt.small {
                    { made_small(run, hunt, small, send) }
                }
            </div>
        </section>
    }
}

/// The result of the last errand.
fn outcome(hunt: &Hunt, send: &Send) -> Html {
    let parts = [None, Some(SearchPart::Inside), Some(SearchPart::Beyond)];
    html! {
        <section class="hunted" aria-label={text::hunting::RESULTS} aria-live="polite">
            { for parts.into_iter().map(|part| results(hunt, part, send)) }
            if hunt.cancelled {
                <p class="hint">{ hunt.called_off() }</p>
            }
            if let Some(why) = &hunt.failed {
                <p class="why" role="alert">{ why }</p>
            }
        </section>
    }
}

/// The results of a part of a search, under its heading. The part that is running has none before its first finding.
fn results(hunt: &Hunt, part: Option<SearchPart>, send: &Send) -> Html {
    let found: Vec<&FoundRun> =
        hunt.found.iter().filter(|(of, _)| *of == part).map(|(_, found)| found).collect();
    let covered: Vec<&str> = hunt.coverage(part).collect();
    if found.is_empty() && covered.is_empty() {
        return html! {};
    }
    let nothing = found.is_empty();
    html! {
        <div class="results" data-part={part.map(|part| match part { SearchPart::Inside => "inside", SearchPart::Beyond => "beyond" })}>
            if let Some(part) = part {
                <h3>
                    { heading(part) }
                    if nothing { { ": " }{ text::hunting::NOTHING } }
                </h3>
            }
            { for found.into_iter().map(|found| finding(hunt.what, found, send)) }
            if !covered.is_empty() {
                <ul class="covered" lang="en">{ for covered.into_iter().map(|sentence| html! { <li>{ sentence }</li> }) }</ul>
            }
        </div>
    }
}

const fn heading(part: SearchPart) -> &'static str {
    match part {
        SearchPart::Inside => text::hunting::INSIDE_PART,
        SearchPart::Beyond => text::hunting::BEYOND_PART,
    }
}

fn made_small(run: &Run, hunt: &Hunt, small: &Scenario, send: &Send) -> Html {
    let before = hunt.of.as_deref().unwrap_or(&run.scenario);
    html! {
        <article class="finding">
            <h3>{ text::hunting::MINIMISED }</h3>
            <p>{ Hunt::made_smaller(small, before) }</p>
            if !small.same_run(before) { { show(small, send) } }
        </article>
    }
}

fn finding(
    what: &str,
    FoundRun { property, scenario, explanation, broke }: &FoundRun,
    send: &Send,
) -> Html {
    let heading = match what {
        "adversary" => text::hunting::KEPT_UNDECIDED.to_owned(),
        _ => text::hunting::violated(property),
    };
    html! {
        <article class="finding" data-property={property.clone()}>
            <h3><span class="sign" aria-hidden="true">{ "✗" }</span>{ " " }{ heading }</h3>
            if let Some(broke) = broke {
                <p class="broke">{ text::hunting::BREAKS }<b lang="en">{ broke }</b>{ "." }</p>
            }
            <p class="paragraph" lang="en">{ explanation }</p>
            { show(scenario, send) }
        </article>
    }
}

fn show(scenario: &Scenario, send: &Send) -> Html {
    let scenario = Box::new(scenario.clone());
    let onclick = send.reform(move |_: MouseEvent| Action::Apply(Edit::Replace(scenario.clone())));
    html! {
        <button class="show-found" {onclick} title={text::hunting::SHOW_HELP}>{ text::hunting::SHOW }</button>
    }
}
