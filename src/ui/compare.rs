//! Two runs side by side: which the second is, where they part, and what is said of both.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Send, drafts,
    fields::{Choice, Number, Props, choice, number, select},
    saved::saved_runs,
    strip::sign,
};
use crate::{
    app::{
        Action, Against, Compare, Edit, KeptRun, Offer, OwnRun, Pair, Saved, Since, State, text,
    },
    kernel::{Domain, Parameter, ParameterValue},
};

/// Beginnings of the values of a choice; a place or a name follows. No protocol has such an id.
const LINKED: &str = "#";
const OWN: &str = "~";
const PARAMETER: &str = "=";

#[derive(Properties, PartialEq)]
pub(super) struct Choosing {
    pub(super) state: State,
    /// Protocols that the run can be compared under: ids and names.
    pub(super) offers: Vec<(&'static str, &'static str)>,
    /// True if the reader has changed the run.
    pub(super) edited: bool,
    pub(super) send: Send,
}

/// Choice of the run that this run is compared with.
#[component]
pub(super) fn Choose(props: &Choosing) -> Html {
    let Choosing { state, offers, edited, send } = props;
    // Only of the view: what the storage of the browser holds when the tab opens. The reducer gets the run that is chosen.
    let own = use_memo((), |()| own_runs());
    let against = state.compare.as_ref().map(|compare| &compare.against);
    let can_change = *edited || state.changes.found.is_some();
    let linked = state.linked_runs().map(|linked| linked.names()).unwrap_or_default();
    let option = |value: String, words: String, group: &'static str| Choice {
        group: Some(group.into()),
        ..choice(value, words)
    };
    let of_link = linked.into_iter().enumerate();
    let of_link = of_link
        .map(|(place, name)| option(format!("{LINKED}{place}"), name, text::compare::LINKED));
    let protocols = offers.iter();
    let protocols = protocols.map(|(id, name)| Choice {
        lang: Some("en"),
        ..option((*id).into(), (*name).into(), text::compare::PROTOCOLS)
    });
    let with = text::compare::WITH;
    let seed = option("seed".into(), text::compare::OTHER_SEED.into(), with);
    let parameters = state.run.protocol.behaviour.parameters.iter();
    let parameters = parameters.filter(|it| other_value(it, &value_in(state, it)).is_some());
    let parameters = parameters.map(|it| {
        option(format!("{PARAMETER}{}", it.name), text::compare::other_value(it.name), with)
    });
    let of_own = own.iter().enumerate();
    let of_own = of_own
        .map(|(place, it)| option(format!("{OWN}{place}"), it.name.clone(), text::compare::OWN));
    let before = text::compare::EARLIER;
    let change = can_change.then(|| option("change".into(), text::compare::CHANGE.into(), before));
    let opening = edited.then(|| option("opening".into(), text::compare::OPENING.into(), before));
    let mut choices: Vec<_> = std::iter::once(choice("", text::compare::NOTHING))
        .chain(of_link)
        .chain(protocols)
        .chain([seed])
        .chain(parameters)
        .chain(of_own)
        .chain(change)
        .chain(opening)
        .collect();
    let value: String = match against {
        None => String::new(),
        Some(Against::Protocol(id)) => (*id).into(),
        Some(Against::Earlier(Since::Change)) => "change".into(),
        Some(Against::Earlier(Since::Opening)) => "opening".into(),
        Some(Against::Linked(place)) => format!("{LINKED}{place}"),
        Some(Against::Own(run)) => match own.iter().position(|it| it.id == run.id) {
            Some(place) => format!("{OWN}{place}"),
            None => {
                // It was kept elsewhere meanwhile: it is still the one beside this run.
                choices.push(option(OWN.into(), run.name.clone(), text::compare::OWN));
                OWN.into()
            }
        },
        Some(Against::With(edit)) => match &**edit {
            Edit::Parameter(name, _) => format!("{PARAMETER}{name}"),
            _ => "seed".into(),
        },
    };
    let onchange = {
        let (state, offers, own) = (state.clone(), offers.clone(), Rc::clone(&own));
        send.reform(move |value: String| Action::Compare(chosen(&state, &offers, &own, &value)))
    };
    let menu = Props {
        id: Some("compare".into()),
        title: Some(text::compare::HELP.into()),
        ..select(value, choices, onchange)
    };
    html! {
        <>
            <label class="compare-with">
                <span>{ text::compare::LABEL }</span>
                { Html::from(menu) }
            </label>
            { for against.map(|against| value_field(state, against, send)) }
        </>
    }
}

/// Returns the runs of the reader that can be compared: those that were saved by name, and the work of other tabs.
fn own_runs() -> Vec<Rc<OwnRun>> {
    let saved = saved_runs().into_iter();
    let saved = saved.map(|Saved { id, name, fragment, .. }| OwnRun {
        id,
        name,
        kept: KeptRun::Link(fragment),
    });
    let drafts = drafts::of_others().into_iter();
    let drafts = drafts.map(|Offer { tab, title, text, .. }| OwnRun {
        id: tab,
        name: title,
        kept: KeptRun::Draft(text),
    });
    saved.chain(drafts).map(Rc::new).collect()
}

/// Returns the run that a choice stands for; none for nothing.
fn chosen(
    state: &State,
    offers: &[(&'static str, &'static str)],
    own: &[Rc<OwnRun>],
    value: &str,
) -> Option<Against> {
    let place = |prefix: &str| value.strip_prefix(prefix)?.parse::<usize>().ok();
    let with = |edit| Some(Against::With(Box::new(edit)));
    if let Some(name) = value.strip_prefix(PARAMETER) {
        let mut parameters = state.run.protocol.behaviour.parameters.iter();
        let parameter = parameters.find(|it| it.name == name)?;
        let other = other_value(parameter, &value_in(state, parameter))?;
        return with(Edit::Parameter(parameter.name, other));
    }
    match value {
        "" => None,
        "seed" => with(Edit::Seed((state.scenario().seed + 1) % SEEDS)),
        "change" => Some(Against::Earlier(Since::Change)),
        "opening" => Some(Against::Earlier(Since::Opening)),
        id => match (place(LINKED), place(OWN)) {
            (Some(place), _) => Some(Against::Linked(place)),
            (_, Some(place)) => own.get(place).cloned().map(Against::Own),
            _ => offers.iter().find(|(known, _)| *known == id).map(|(id, _)| Against::Protocol(id)),
        },
    }
}

/// Number of seeds that a scenario may have.
const SEEDS: u64 = 1 << 53;

fn value_in(state: &State, parameter: &Parameter) -> ParameterValue {
    let value = state.scenario().params.get(parameter.name).cloned();
    value.unwrap_or_else(|| parameter.default())
}

/// Returns the next value of a parameter; none if it takes only one.
fn other_value(parameter: &Parameter, value: &ParameterValue) -> Option<ParameterValue> {
    match (parameter.domain, value) {
        (Domain::Flag { .. }, ParameterValue::Flag(on)) => Some(ParameterValue::Flag(!on)),
        (Domain::Integer { min, max, .. }, ParameterValue::Integer(value)) => {
            let next = if *value < max { value.saturating_add(1) } else { min };
            (next != *value).then_some(ParameterValue::Integer(next))
        }
        (Domain::Choice { choices, .. }, ParameterValue::Choice(word)) => {
            let place = choices.iter().position(|(it, _)| it == word)?;
            let (next, _) = choices[(place + 1) % choices.len()];
            (next != word).then(|| ParameterValue::from(next))
        }
        _ => None,
    }
}

/// Field for the seed or the value of the second run.
fn value_field(state: &State, against: &Against, send: &Send) -> Html {
    let Against::With(edit) = against else { return html! {} };
    let with = |edit| Action::Compare(Some(Against::With(Box::new(edit))));
    let whole = |value: u64, [min, max]: [u64; 2], label: String, onchange| {
        number(Number { id: Some("compare-value"), value, min, max, label: Some(label), onchange })
    };
    match &**edit {
        Edit::Seed(seed) => {
            let onchange = send.reform(move |seed: u64| with(Edit::Seed(seed)));
            whole(*seed, [0, SEEDS - 1], text::compare::SEED.to_owned(), onchange)
        }
        Edit::Parameter(name, value) => {
            let name = *name;
            let mut parameters = state.run.protocol.behaviour.parameters.iter();
            let domain = parameters.find(|it| it.name == name).map(|it| it.domain);
            let label = text::compare::value_of(name);
            match (domain, value) {
                (Some(Domain::Integer { min, max, .. }), ParameterValue::Integer(value)) => {
                    let onchange = send.reform(move |value: u64| {
                        let value = u32::try_from(value).unwrap_or(u32::MAX);
                        with(Edit::Parameter(name, ParameterValue::Integer(value)))
                    });
                    whole((*value).into(), [min.into(), max.into()], label, onchange)
                }
                (Some(Domain::Choice { choices, .. }), ParameterValue::Choice(word)) => {
                    let onchange = send.reform(move |value: String| {
                        with(Edit::Parameter(name, ParameterValue::Choice(value)))
                    });
                    let choices = choices.iter().map(|(word, _)| choice(*word, *word)).collect();
                    let id = Some("compare-value".into());
                    Props {
                        id,
                        label: Some(label.into()),
                        ..select(word.clone(), choices, onchange)
                    }
                    .into()
                }
                // A flag has one other value.
                _ => html! {},
            }
        }
        _ => html! {},
    }
}

/// The first difference of the two runs, and their verdicts.
pub(super) fn compared(state: &State, send: &Send) -> Html {
    let Some(compare) = &state.compare else { return html! {} };
    if state.study.future_hidden {
        return html! {
            <p class="why">{ text::compare::HIDDEN }</p>
        };
    }
    let close = send.reform(|_: MouseEvent| Action::Compare(None));
    let jump = compare
        .parting
        .map(|parting| send.reform(move |_: MouseEvent| Action::Seek(parting.at as f64)));
    html! {
        <section class="compared" aria-label={text::compare::REGION}>
            <p class="parts" lang="en">{ &*compare.sentence }</p>
            <div class="events-bar">
                if let Some(onclick) = jump {
                    <button id="first-difference" {onclick}>{ text::compare::FIRST }</button>
                }
                <button onclick={close}>{ text::compare::CLOSE }</button>
            </div>
            { verdicts(state, compare) }
        </section>
    }
}

fn verdicts(state: &State, compare: &Compare) -> Html {
    let pairs = compare.verdicts(&state.run);
    let row = |pair: &Pair| {
        let name = pair.iter().flatten().next().map_or("", |judgement| judgement.property.name);
        let [one, other] = pair.map(|it| it.map(|judgement| judgement.verdict.status()));
        let differs = one != other;
        html! {
            <tr class={differs.then_some("differs")}>
                <th scope="row" lang="en">{ name }</th>
                { for pair.iter().map(|judgement| match judgement {
                    Some(judgement) => html! {
                        <td class={judgement.verdict.status()}>
                            <span class="sign" aria-hidden="true">{ sign(&judgement.verdict) }</span>
                            <span lang="en">{ judgement.verdict.status() }</span>
                            if !judgement.promised { <small>{ text::compare::NOT_PROMISED }</small> }
                        </td>
                    },
                    None => html! { <td>{ "–" }</td> },
                }) }
                <td>{ if differs { text::compare::DIFFERS } else { "" } }</td>
            </tr>
        }
    };
    html! {
        <div class="scroll" tabindex="0" role="group" aria-label={text::compare::VERDICTS}>
            <table class="both">
                <thead>
                    <tr>
                        <th scope="col">{ text::compare::AT_THE_END }</th>
                        { for compare.names.iter().map(|name| html! { <th scope="col">{ name }</th> }) }
                        <td></td>
                    </tr>
                </thead>
                <tbody>{ for pairs.iter().map(row) }</tbody>
            </table>
        </div>
    }
}
