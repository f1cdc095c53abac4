//! What is known of the protocol that runs: what it assumes, what breaks it, what nothing breaks, what it costs.

use yew::prelude::*;

use super::{Send, part::Props};
use crate::{
    app::{Action, text},
    formats::bundled,
    kernel::{Break, Protocol},
};

/// What is known of the protocol.
pub(super) fn about(props: &Props) -> Html {
    let protocol = props.run.protocol;
    html! {
        <section class="known" aria-label={text::about::LABEL}>
            <h2>{ protocol.name }</h2>
            <h3>{ text::about::ASSUMES }</h3>
            <ul>{ for protocol.model.iter().map(|assumption| html! { <li>{ assumption.statement() }</li> }) }</ul>
            if !protocol.breaks.is_empty() {
                <h3>{ text::about::BREAKS }</h3>
                <ul>{ for protocol.breaks.iter().map(|way| way_to_break(protocol, way, &props.send)) }</ul>
            }
            if !protocol.unbreakable.is_empty() {
                <h3>{ text::about::UNBREAKABLE }</h3>
                <ul>
                    { for protocol.unbreakable.iter().map(|(property, why)| html! {
                        <li><b>{ property.name }</b>{ format!(": {why}") }</li>
                    }) }
                </ul>
            }
            if !protocol.costs.is_empty() {
                <h3>{ text::about::COSTS }</h3>
                <ul>{ for protocol.costs.iter().map(|cost| html! {
                    <li>
                        { format!("{}: ", cost.operation) }<b>{ cost.formula() }</b>{ text::about::unit_of(cost.expression) }
                        { for cost.terms.iter().map(|it| format!("; {}: {}", it.letter, it.meaning)) }
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
                    title={text::about::EXAMPLE}>{ way.when }</button>
            }
            { format!(" → {}", violated.join(", ")) }
        </li>
    }
}
