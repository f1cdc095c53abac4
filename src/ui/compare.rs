//! Two runs side by side: which the second is, where they part, and what is said of both.

use yew::prelude::*;

use super::{
    Send,
    fields::{Choice, Props, choice, select},
    strip::sign,
};
use crate::app::{Action, Against, Compare, Pair, Since, State, text};

/// Beginning of the value of a run of the link; its place follows. No protocol has such an id.
const LINKED: &str = "#";

/// Choice of the run that this run is compared with.
pub(super) fn choose(
    state: &State,
    offers: &[(&'static str, &'static str)],
    edited: bool,
    send: &Send,
) -> Html {
    let against = state.compare.as_ref().map(|compare| compare.against);
    let can_change = edited || state.changes.found.is_some();
    let known: Vec<_> = offers.iter().map(|(id, _)| *id).collect();
    let linked = state.linked_runs().map(|linked| linked.names()).unwrap_or_default();
    let onchange = send.reform(move |value: String| {
        Action::Compare(match value.as_str() {
            "" => None,
            "change" => Some(Against::Earlier(Since::Change)),
            "opening" => Some(Against::Earlier(Since::Opening)),
            id => match id.strip_prefix(LINKED) {
                Some(place) => place.parse().ok().map(Against::Linked),
                None => known.iter().copied().find(|known| *known == id).map(Against::Protocol),
            },
        })
    });
    let option = |value: &'static str, words: &'static str, group: &'static str| Choice {
        group: Some(group.into()),
        ..choice(value, words)
    };
    let protocols = offers.iter().map(|(id, name)| option(id, name, text::compare::PROTOCOLS));
    let before = text::compare::EARLIER;
    let change = can_change.then(|| option("change", text::compare::CHANGE, before));
    let opening = edited.then(|| option("opening", text::compare::OPENING, before));
    let of_link = linked.iter().enumerate().map(|(place, name)| Choice {
        group: Some(text::compare::LINKED.into()),
        ..choice(format!("{LINKED}{place}"), name.clone())
    });
    let choices = std::iter::once(choice("", text::compare::NOTHING))
        .chain(of_link)
        .chain(protocols)
        .chain(change)
        .chain(opening)
        .collect();
    let value: AttrValue = match against {
        None => "".into(),
        Some(Against::Protocol(id)) => id.into(),
        Some(Against::Earlier(Since::Change)) => "change".into(),
        Some(Against::Earlier(Since::Opening)) => "opening".into(),
        Some(Against::Linked(place)) => format!("{LINKED}{place}").into(),
    };
    let none = offers.is_empty() && !can_change && linked.is_empty();
    let why = if none { text::compare::NONE } else { text::compare::HELP };
    let menu = Props {
        id: Some("compare".into()),
        title: Some(why.into()),
        disabled: none,
        ..select(value, choices, onchange)
    };
    html! {
        <label class="compare-with">
            <span>{ text::compare::LABEL }</span>
            { Html::from(menu) }
        </label>
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
