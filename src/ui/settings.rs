//! The scenario's controls: the protocol's parameters, the nodes, the network.

use yew::prelude::*;

use super::{
    Send,
    fields::{Number, number},
};
use crate::{
    app::{Action, Edit, Run},
    formats::Outcome,
    kernel::{
        Delay, Detector, Domain, MAX_NODES, NetworkSpec, NodeId, Order, Parameter, ParameterValue,
        PerMillion,
    },
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// How often something was refused: what is typed and was not taken goes back to what is.
    pub(super) refusals: u32,
    pub(super) send: Send,
}

/// The scenario's controls.
#[component]
pub(super) fn Settings(props: &Props) -> Html {
    let Props { run, send, .. } = props;
    let parameters = run.protocol.behaviour.parameters;
    html! {
        <section class="settings" aria-label="Settings">
            if !parameters.is_empty() {
                <h2>{ "Protocol" }</h2>
                { for parameters.iter().map(|parameter| parameter_field(props, parameter)) }
            }
            <h2>{ "Nodes" }</h2>
            { nodes(run, send) }
            <h2>{ "Network" }</h2>
            { network(run, send) }
            <p class="model">
                { "What the protocol assumes: " }
                { run.protocol.model.iter().map(|a| a.statement()).collect::<Vec<_>>().join("; ") }
                { "." }
            </p>
        </section>
    }
}

fn field(name: &'static str, help: &'static str, control: Html) -> Html {
    html! { <label class="field" title={help}><span>{ name }</span>{ control }</label> }
}

fn parameter_field(props: &Props, parameter: &'static Parameter) -> Html {
    let value = props.run.scenario.params.get(parameter.name).cloned();
    let value = value.unwrap_or_else(|| parameter.default());
    let set = move |value| Action::Apply(Edit::Parameter(parameter.name, value));
    let control = match (parameter.domain, value) {
        (Domain::Flag { .. }, ParameterValue::Flag(checked)) => {
            let onchange = props
                .send
                .reform(move |event: Event| set(ParameterValue::Flag(web::checked_of(&event))));
            html! { <input type="checkbox" {checked} {onchange} /> }
        }
        (Domain::Integer { min, max, unit, .. }, ParameterValue::Integer(value)) => {
            let onchange = props.send.reform(move |value: u64| {
                set(ParameterValue::Integer(u32::try_from(value).unwrap_or(u32::MAX)))
            });
            html! {
                <>
                    { number(Number { value: u64::from(value), min: u64::from(min), max: u64::from(max), onchange, ..Number::default() }) }
                    <small>{ unit }</small>
                </>
            }
        }
        (Domain::Choice { choices, .. }, ParameterValue::Choice(chosen)) => {
            let onchange = props
                .send
                .reform(move |event: Event| set(ParameterValue::Choice(web::value_of(&event))));
            html! {
                <select {onchange}>
                    { for choices.iter().map(|(word, help)| html! {
                        <option value={*word} selected={*word == chosen} title={*help}>{ *word }</option>
                    }) }
                </select>
            }
        }
        _ => html! {},
    };
    html! {
        <>
            { field(parameter.name, parameter.help, control) }
            <p class="help">{ parameter.help }</p>
        </>
    }
}

fn nodes(run: &Outcome, send: &Send) -> Html {
    let nodes = &run.scenario.nodes;
    let size = nodes.len();
    let resize = send.reform(|size: u64| Action::Apply(Edit::Nodes(size as usize)));
    html! {
        <>
            { field("how many", "The last ones go, or new ones come", html! {
                { number(Number { id: Some("nodes"), value: size as u64, min: 1, max: MAX_NODES as u64, onchange: resize, ..Number::default() }) }
            }) }
            <details class="rename">
                <summary>{ "Names" }</summary>
                { for nodes.iter().enumerate().map(|(index, name)| {
                    let rename = send.reform(move |event: Event| {
                        Action::Apply(Edit::Rename(NodeId::new(index), web::value_of(&event)))
                    });
                    html! {
                        <input type="text" maxlength="24" value={name.clone()} onchange={rename}
                            aria-label={format!("Name of node {}", index + 1)} />
                    }
                }) }
            </details>
        </>
    }
}

/// A field that changes one thing of the network.
fn changes<T: 'static>(
    run: &Outcome,
    send: &Send,
    change: impl Fn(&mut NetworkSpec, T) + 'static,
) -> Callback<T> {
    let network = run.scenario.network.clone();
    send.reform(move |value| {
        let mut network = network.clone();
        change(&mut network, value);
        Action::Apply(Edit::Network(network))
    })
}

fn network(run: &Outcome, send: &Send) -> Html {
    let spec = &run.scenario.network;
    let Delay { min, max } = spec.delay;
    // The other end of the range gives way: a range is never refused while it is being typed.
    let set_min = changes(run, send, |network, value: u64| {
        network.delay = Delay { min: value, max: network.delay.max.max(value) };
    });
    let set_max = changes(run, send, |network, value: u64| {
        network.delay = Delay { min: network.delay.min.min(value), max: value };
    });
    let set_order = changes(run, send, |network, event: Event| {
        network.order = if web::value_of(&event) == "fifo" { Order::Fifo } else { Order::Any };
    });
    let set_loss = changes(run, send, |network, event: Event| network.loss = percent(&event));
    let set_duplicate =
        changes(run, send, |network, event: Event| network.duplicate = percent(&event));
    let set_detector = changes(run, send, |network, event: Event| {
        network.detector = match web::value_of(&event).as_str() {
            "perfect" => Detector::Perfect(Detector::BOUND),
            _ => Detector::None,
        };
    });
    let reseed = {
        let seed = run.scenario.seed;
        send.reform(move |_: MouseEvent| Action::Apply(Edit::Seed((seed + 1) % (1 << 53))))
    };
    let detected = matches!(spec.detector, Detector::Perfect(_));
    let until = send.reform(|until: u64| Action::Apply(Edit::Until(until.max(1))));
    html! {
        <>
            <div class="field" role="group" aria-label="Delay" title="How long a message takes: anything between the two is equally likely">
                <span>{ "delay" }</span>
                { number(Number { id: Some("delay-min"), value: min, onchange: set_min, label: Some("Least delay in ms".to_owned()), ..Number::default() }) }{ "to" }
                { number(Number { id: Some("delay-max"), value: max, onchange: set_max, label: Some("Greatest delay in ms".to_owned()), ..Number::default() }) }
                <small>{ "ms" }</small>
            </div>
            { field("order", "Whether messages of one link can overtake each other", html! {
                <select id="order" onchange={set_order}>
                    <option value="any" selected={spec.order == Order::Any}>{ "any" }</option>
                    <option value="fifo" selected={spec.order == Order::Fifo}>{ "first in, first out" }</option>
                </select>
            }) }
            { field("loss", "How likely a message is lost", percent_field("loss", spec.loss, set_loss)) }
            { field("duplicates", "How likely a second copy comes", percent_field("duplicate", spec.duplicate, set_duplicate)) }
            { field("crashes are", "Whether a failure detector tells everyone of every crash", html! {
                <select id="detector" onchange={set_detector}>
                    <option value="none" selected={!detected}>{ "undetectable" }</option>
                    <option value="perfect" selected={detected}>{ "detected (fail-stop)" }</option>
                </select>
            }) }
            { field("run until", "When the run ends", html! {
                <>{ number(Number { id: Some("until"), value: run.scenario.until, min: 1, onchange: until, ..Number::default() }) }<small>{ "ms" }</small></>
            }) }
            <button id="reseed" onclick={reseed} title="Other delays and other losses, drawn anew">
                { "Other luck" }
            </button>
        </>
    }
}

/// A probability, as a reader types it: in per cent, with up to four decimals.
fn percent_field(id: &'static str, odds: PerMillion, onchange: Callback<Event>) -> Html {
    let value = format!("{}.{:04}", odds.0 / 10_000, odds.0 % 10_000);
    let value = value.trim_end_matches('0').trim_end_matches('.').to_owned();
    html! {
        <>
            <input {id} type="number" min="0" max="100" step="any" {value} {onchange} />
            <small>{ "%" }</small>
        </>
    }
}

fn percent(event: &Event) -> PerMillion {
    PerMillion((web::number_of(event).clamp(0.0, 100.0) * 10_000.0).round() as u32)
}
