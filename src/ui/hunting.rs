//! "Break it": looks for a violation, makes what a reader made small, says why something is violated. A worker does
//! it; the page stays as quick as it is.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Send,
    fields::{self, Number, Props as Control, choice, field, number, select},
};
use crate::{
    app::{Action, Edit, Errand, Hunt, Run, Said, heard, text},
    formats::search::{Asked, counted},
    kernel::{Kind, Property, Scenario},
    search::{Budget, KINDS, Target, counted_kind},
    web,
};

/// What came of the last errand, and how to send the next one.
#[derive(Clone, PartialEq)]
pub(super) struct Hunting {
    hunt: Rc<Hunt>,
    /// When the worker was sent, in real ms since the page was opened.
    since: f64,
    /// Sends a worker on an errand; with none, calls it off.
    ask: Callback<Option<Errand>>,
}

/// What was heard, and since when it is listened for.
#[derive(PartialEq)]
struct Heard(Rc<Hunt>, f64);

enum Word {
    Sent(Hunt),
    Said(Said),
    Cancelled,
}

impl Reducible for Heard {
    type Action = Word;

    fn reduce(self: Rc<Self>, word: Word) -> Rc<Self> {
        let (hunt, since) = match word {
            Word::Sent(hunt) => (hunt, web::ticks()),
            Word::Said(said) => (self.0.after(said), self.1),
            Word::Cancelled => (self.0.cancelled(), self.1),
        };
        Rc::new(Self(Rc::new(hunt), since))
    }
}

/// Keeps the worker and what it has said, whatever part of the page is shown.
#[hook]
pub(super) fn use_hunting() -> Hunting {
    let heard_so_far = use_reducer(|| Heard(Rc::default(), 0.0));
    let worker = use_mut_ref(|| None::<web::Errand>);
    let tell = heard_so_far.dispatcher();
    let ask = use_callback((), move |errand: Option<Errand>, ()| {
        // The one before is called off.
        worker.replace(None);
        let Some(errand) = errand else { return tell.dispatch(Word::Cancelled) };
        tell.dispatch(Word::Sent(Hunt::sent(&errand)));
        let (said, failed) = (tell.clone(), tell.clone());
        let fails = move |why: &str| {
            failed.dispatch(Word::Said(Said::Failed(why.to_owned())));
            failed.dispatch(Word::Said(Said::Done));
        };
        let broken = fails.clone();
        let started = web::Errand::start(
            errand.write(),
            move |text| heard(&text).into_iter().for_each(|it| said.dispatch(Word::Said(it))),
            move || broken(text::hunting::NOT_FETCHED),
        );
        if started.is_none() {
            fails(text::hunting::NO_WORKER);
        }
        worker.replace(started);
    });
    Hunting { hunt: Rc::clone(&heard_so_far.0), since: heard_so_far.1, ask }
}

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) hunting: Hunting,
    /// True if what is still to come is hidden, and with it what the run comes to.
    pub(super) hidden: bool,
    pub(super) send: Send,
}

/// What a reader has chosen.
#[derive(Clone, PartialEq)]
struct Choice {
    property: Option<&'static str>,
    budget: Budget,
    inside_model: bool,
    /// Whether the search begins with the faults that are there.
    with_faults: bool,
}

impl Default for Choice {
    fn default() -> Self {
        let (budget, property) = (Budget::default(), None);
        Self { property, budget, inside_model: false, with_faults: false }
    }
}

impl Choice {
    fn errand(&self, run: &Run) -> Option<Errand> {
        let mut scenario = run.scenario.clone();
        if !self.with_faults {
            scenario.faults.clear();
        }
        scenario.captions.clear();
        scenario.goal = None;
        let mut asked = Asked::of(scenario).ok()?;
        if let Some(name) = self.property {
            asked.targets = named(run, name).map(Target::Violation).into_iter().collect();
        }
        asked.budget = self.budget.clone();
        asked.inside_model = self.inside_model;
        Some(Errand::Search(Box::new(asked)))
    }
}

fn named(run: &Run, name: &str) -> Option<&'static Property> {
    run.protocol.properties().map(|(property, _)| property).find(|it| it.name == name)
}

/// The panel.
#[component]
pub(super) fn Breaking(props: &Props) -> Html {
    let Props { run, hunting, hidden, send } = props;
    let choice = use_state(Choice::default);
    // What came of another protocol says nothing of this one.
    let other = hunting.hunt.of.as_ref().is_some_and(|of| of.protocol != run.scenario.protocol);
    let hunting = &if other && !hunting.hunt.running {
        Hunting { hunt: Rc::default(), ..hunting.clone() }
    } else {
        hunting.clone()
    };
    // What another protocol promises is no longer asked for.
    let chosen = choice.property.filter(|name| named(run, name).is_some());
    html! {
        <div class="breaking">
            if *hidden {
                <p class="why">{ text::hunting::HIDDEN }</p>
            } else {
                { violated(run, hunting, send) }
            }
            <section aria-label={text::hunting::SEARCH}>
                <h3>{ text::hunting::SEARCH }</h3>
                <p class="hint">
                    { text::hunting::HINT }
                </p>
                <div class="wishes">
                    { field(text::hunting::PROPERTY, text::hunting::PROPERTY_HELP, which(run, chosen, &choice)) }
                    { wishes(run, &choice) }
                </div>
                { start(run, hunting, &Choice { property: chosen, ..(*choice).clone() }) }
            </section>
            { outcome(hunting, send) }
        </div>
    }
}

/// Which property is to be broken.
fn which(run: &Run, chosen: Option<&'static str>, wish: &UseStateHandle<Choice>) -> Html {
    let names: Vec<(&'static str, bool)> =
        run.protocol.properties().map(|(property, promised)| (property.name, promised)).collect();
    let known = names.clone();
    let wish = wish.clone();
    let onchange = Callback::from(move |value: String| {
        let property = known.iter().map(|(name, _)| *name).find(|name| *name == value);
        wish.set(Choice { property, ..(*wish).clone() });
    });
    let named = names.into_iter().map(|(name, promised)| {
        choice(name, if promised { name.to_owned() } else { text::hunting::not_promised(name) })
    });
    let all = std::iter::once(choice("", text::hunting::ANY)).chain(named).collect();
    let value = chosen.unwrap_or_default();
    Control { id: Some("break-what".into()), ..select(value, all, onchange) }.into()
}

/// How a number changes a budget.
type BudgetChange = Rc<dyn Fn(&Budget, u32) -> Budget>;

/// What may go wrong, kind by kind, and what else a search keeps to.
fn wishes(run: &Run, choice: &UseStateHandle<Choice>) -> Html {
    let now = &choice.budget;
    let set = |change: BudgetChange| {
        let choice = choice.clone();
        Callback::from(move |count: u64| {
            let budget = change(&choice.budget, count as u32);
            choice.set(Choice { budget, ..(*choice).clone() });
        })
    };
    let kind = |kind: &'static str| {
        let label = counted_kind(kind, 2).trim_start_matches("2 ").to_owned();
        let onchange = set(Rc::new(move |budget, count| budget.with(kind, count)));
        let value = now.of_kind(kind).into();
        let control =
            Number { value, max: 9, label: Some(label.clone()), onchange, ..Number::default() };
        html! { <label class="of-kind"><span>{ label }</span>{ number(control) }</label> }
    };
    let all = set(Rc::new(|budget, all| budget.with_all(all)));
    let all = Number {
        value: now.all().into(),
        max: 9,
        id: Some("break-all"),
        onchange: all,
        ..Number::default()
    };
    let switch = |change: fn(&mut Choice, bool)| {
        let choice = choice.clone();
        Callback::from(move |on: bool| {
            let mut next = (*choice).clone();
            change(&mut next, on);
            choice.set(next);
        })
    };
    html! {
        <details class="may-go-wrong">
            <summary>{ text::hunting::FAULTS }{ now.to_string() }</summary>
            <label class="of-kind in-all"><span>{ text::hunting::IN_ALL }</span>{ number(all) }</label>
            <div class="kinds">{ for KINDS.into_iter().map(kind) }</div>
            { check("inside", text::hunting::INSIDE, text::hunting::INSIDE_HELP,
                choice.inside_model, switch(|it, on| it.inside_model = on)) }
            if !run.scenario.faults.is_empty() {
                { check("with-faults", text::hunting::WITH_FAULTS, text::hunting::WITH_FAULTS_HELP,
                    choice.with_faults, switch(|it, on| it.with_faults = on)) }
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

/// How many runs and states there are a second.
fn rate(hunt: &Hunt, since: f64) -> String {
    let seconds = (web::ticks() - since) / 1000.0;
    if hunt.explored == 0 || seconds < 0.1 {
        return String::new();
    }
    text::hunting::rate(&counted((hunt.explored as f64 / seconds) as u64))
}

/// The button that starts, or the one that calls it off, and how far it is.
fn start(run: &Run, hunting: &Hunting, choice: &Choice) -> Html {
    let Hunting { hunt, since, ask } = hunting;
    if hunt.running {
        let cancel = ask.reform(|_: MouseEvent| None);
        let doing = match hunt.what {
            "search" if hunt.progress.is_empty() => text::hunting::BEGINNING,
            "search" => &hunt.progress,
            "shrink" => text::hunting::MINIMISING,
            "adversary" => text::hunting::DELAYING,
            _ => text::hunting::EXPLAINING,
        };
        return html! {
            <div class="hunt-now">
                <progress aria-label={text::hunting::SEARCHING} />
                <span class="how-far">{ doing.to_owned() }{ rate(hunt, *since) }</span>
                <button id="hunt-cancel" onclick={cancel} title={text::hunting::CANCEL_HELP}>{ text::hunting::CANCEL }</button>
            </div>
        };
    }
    let (run, choice) = (run.clone(), choice.clone());
    let undecided = keep_undecided(&run, ask);
    let go = ask.reform(move |_: MouseEvent| choice.errand(&run));
    html! { <><button class="primary" id="break-it" onclick={go}>{ text::hunting::BREAK }</button>{ " " }{ undecided }</> }
}

/// The adversary's button, where there is something to decide.
fn keep_undecided(run: &Run, ask: &Callback<Option<Errand>>) -> Html {
    let termination = named(run, "termination").filter(|it| it.kind == Kind::Liveness);
    let Some(termination) = termination else { return html! {} };
    let scenario = Scenario { captions: Vec::new(), ..run.scenario.clone() };
    let go = ask.reform(move |_: MouseEvent| {
        Some(Errand::Adversary(Box::new(scenario.clone()), termination))
    });
    html! {
        <button id="keep-undecided" onclick={go}
            title={text::hunting::UNDECIDED_HELP}>{ text::hunting::UNDECIDED }</button>
    }
}

/// What this run violates: why, and how little shows it.
fn violated(run: &Run, hunting: &Hunting, send: &Send) -> Html {
    let judgements = run.report.judgements.iter().filter(|it| it.verdict.is_violated());
    let violated: Vec<&'static Property> = judgements.map(|judgement| judgement.property).collect();
    let Hunting { hunt, ask, .. } = hunting;
    if violated.is_empty() && hunt.small.is_none() {
        return html! {};
    }
    let busy = hunt.running;
    // What was explained is the run as it was then.
    let explained = hunt.explained.as_ref().filter(|_| hunt.of.as_deref() == Some(&run.scenario));
    let about = |property: &'static Property| {
        let send = |errand: fn(Box<Scenario>, &'static Property) -> Errand| {
            let scenario = run.scenario.clone();
            ask.reform(move |_: MouseEvent| Some(errand(Box::new(scenario.clone()), property)))
        };
        html! {
            <li data-property={property.name}>
                <b>{ property.name }</b>
                <button class="explain" disabled={busy} onclick={send(Errand::Explain)}
                    title={text::hunting::WHY_HELP}>{ text::hunting::WHY }</button>
                <button class="shrink" disabled={busy} onclick={send(Errand::Shrink)}
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
                    <p class="paragraph">{ text }</p>
                }
                if let Some(small) = &hunt.small {
                    { made_small(run, hunt, small, send) }
                }
            </div>
        </section>
    }
}

/// What came of the last errand.
fn outcome(hunting: &Hunting, send: &Send) -> Html {
    let hunt = &*hunting.hunt;
    let anything = !hunt.what.is_empty();
    html! {
        <section class="hunted" aria-label={text::hunting::RESULTS} aria-live="polite">
            { for hunt.found.iter().map(|found| finding(hunt.what, found, send)) }
            if hunt.cancelled {
                <p class="hint">{ hunt.called_off() }</p>
            }
            if !hunt.covered.is_empty() {
                <ul class="covered">{ for hunt.covered.iter().map(|(_, sentence)| html! { <li>{ sentence }</li> }) }</ul>
            }
            if let Some(why) = &hunt.failed {
                <p class="why" role="alert">{ why }</p>
            }
            if anything && !hunt.running && hunt.what == "search" && hunt.found.is_empty() && hunt.failed.is_none() && !hunt.cancelled {
                <p class="hint">{ text::hunting::NOTHING }</p>
            }
        </section>
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
    (property, scenario, why): &(String, Box<Scenario>, String),
    send: &Send,
) -> Html {
    let heading = match what {
        "adversary" => text::hunting::KEPT_UNDECIDED.to_owned(),
        _ => text::hunting::violated(property),
    };
    html! {
        <article class="finding" data-property={property.clone()}>
            <h3><span class="sign" aria-hidden="true">{ "✗" }</span>{ " " }{ heading }</h3>
            <p class="paragraph">{ why }</p>
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
