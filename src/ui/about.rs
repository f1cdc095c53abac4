//! Facts about the protocol that runs: its assumptions, the ways to break it, its unbreakable properties, its costs.

use yew::prelude::*;

use super::{Send, part::Props};
use crate::{
    app::{Action, text},
    formats::bundled,
    kernel::{Break, Protocol},
};

/// Section with the facts about the protocol.
pub(super) fn about(props: &Props) -> Html {
    let protocol = props.run.protocol;
    if props.run.is_recorded() {
        return Html::default();
    }
    html! {
        <section class="known" aria-label={text::about::LABEL}>
            <h2 lang="en">{ protocol.name }</h2>
            <h3>{ text::about::ASSUMES }</h3>
            <ul lang="en">{ for protocol.assumptions().map(|assumption| html! { <li>{ assumption.statement() }</li> }) }</ul>
            if !protocol.breaks.is_empty() {
                <h3>{ text::about::BREAKS }</h3>
                <ul>{ for protocol.breaks.iter().map(|way| way_to_break(protocol, way, &props.send)) }</ul>
            }
            if !protocol.unbreakable.is_empty() {
                <h3>{ text::about::UNBREAKABLE }</h3>
                <ul>
                    { for protocol.unbreakable.iter().map(|(property, why)| html! {
                        <li lang="en"><b>{ property.name }</b>{ format!(": {why}") }</li>
                    }) }
                </ul>
            }
            if !protocol.costs.is_empty() {
                <h3>{ text::about::COSTS }</h3>
                <ul>{ for protocol.costs.iter().map(|cost| html! {
                    <li>
                        <span lang="en">{ cost.operation }</span>{ ": " }<b>{ cost.formula() }</b>{ text::about::unit_of(cost.expression) }
                        <span lang="en">{ for cost.terms.iter().map(|it| format!("; {}: {}", it.letter, it.meaning)) }</span>
                    </li>
                }) }</ul>
            }
        </section>
    }
}

/// A way to break it, which shows itself when pressed.
fn way_to_break(protocol: &Protocol, way: &'static Break, send: &Send) -> Html {
    let violated: Vec<_> = way.violates.iter().map(|property| property.name).collect();
    let mut scenarios = bundled::of_protocol(protocol.id);
    let scenario = scenarios.find(|scenario| scenario.name == way.scenario);
    html! {
        <li>
            if let Some(scenario) = scenario {
                <button class="link" onclick={send.reform(move |_: MouseEvent| Action::Open(scenario))}
                    title={text::about::EXAMPLE}><span lang="en">{ way.when }</span></button>
            }
            <span lang="en">{ format!(" → {}", violated.join(", ")) }</span>
        </li>
    }
}
