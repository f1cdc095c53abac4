//! The network's controls.

use yew::prelude::*;

use super::{
    Send,
    fields::{ControlKind, Number, Props, choice, field, millionths, number, part, select},
};
use crate::{
    app::{Action, Edit},
    kernel::{Delay, Detector, Medium, NetworkSpec, Order, PerMillion, Timing, Topology},
    runs::Outcome,
};

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

/// The network's controls.
pub(super) fn network(run: &Outcome, send: &Send) -> Html {
    let spec = &run.scenario.network;
    let Delay { min, max } = spec.delay;
    // The other end of the range gives way: a range is never refused while it is being typed.
    let set_min = changes(run, send, |network, value: u64| {
        network.delay = Delay { min: value, max: network.delay.max.max(value) };
    });
    let set_max = changes(run, send, |network, value: u64| {
        network.delay = Delay { min: network.delay.min.min(value), max: value };
    });
    let set_order = changes(run, send, |network, value: String| {
        network.order = if value == "fifo" { Order::Fifo } else { Order::Any };
    });
    let set_loss = changes(run, send, |network, value: String| {
        network.loss = percent(&value).unwrap_or(network.loss);
    });
    let set_duplicate = changes(run, send, |network, value: String| {
        network.duplicate = percent(&value).unwrap_or(network.duplicate);
    });
    let set_detector = changes(run, send, |network, value: String| {
        network.detector = match value.as_str() {
            "perfect" => Detector::Perfect(Detector::BOUND),
            _ => Detector::None,
        };
    });
    let set_timing = changes(run, send, |network, value: String| {
        network.timing = match value.as_str() {
            // What is promised is what is kept, until somebody breaks it.
            "synchronous" => Timing::Synchronous(network.delay.max),
            _ => Timing::Asynchronous,
        };
    });
    let set_medium = changes(run, send, |network, value: String| {
        network.medium = if value == "shared" { Medium::Shared } else { Medium::Links };
    });
    let set_bound =
        changes(run, send, |network, bound| network.timing = Timing::Synchronous(bound));
    let reseed = {
        let seed = run.scenario.seed;
        send.reform(move |_: MouseEvent| Action::Apply(Edit::Seed((seed + 1) % (1 << 53))))
    };
    let timing = if spec.timing == Timing::Asynchronous { "asynchronous" } else { "synchronous" };
    let order = if spec.order == Order::Fifo { "fifo" } else { "any" };
    let detector = if spec.detector == Detector::None { "none" } else { "perfect" };
    let medium = if spec.medium == Medium::Shared { "shared" } else { "links" };
    let until = send.reform(|until: u64| Action::Apply(Edit::Until(until.max(1))));
    html! {
        <>
            <div class="field" role="group" aria-label="Delay" title="How long a message takes: anything between the two is equally likely">
                <span>{ "delay" }</span>
                { number(Number { id: Some("delay-min"), value: min, onchange: set_min, label: Some("Least delay in ms".to_owned()), ..Number::default() }) }{ "to" }
                { number(Number { id: Some("delay-max"), value: max, onchange: set_max, label: Some("Greatest delay in ms".to_owned()), ..Number::default() }) }
                <small>{ "ms" }</small>
            </div>
            { field("timing", "What the protocol may assume about delays", html! {
                { words("timing", timing, &[("asynchronous", "asynchronous"), ("synchronous", "synchronous")], set_timing) }
            }) }
            if let Timing::Synchronous(bound) = spec.timing {
                { field("bound", "The longest delay that the protocol counts on; a message may break it", html! {
                    <>{ number(Number { id: Some("bound"), value: bound, onchange: set_bound, ..Number::default() }) }<small>{ "ms" }</small></>
                }) }
            }
            { field("order", "Whether messages of one link can overtake each other", html! {
                { words("order", order, &[("any", "any"), ("fifo", "first in, first out")], set_order) }
            }) }
            { field("loss", "How likely a message is lost", percent_field("loss", spec.loss, set_loss)) }
            { field("duplicates", "How likely a second copy comes", percent_field("duplicate", spec.duplicate, set_duplicate)) }
            { field("crashes are", "Whether a failure detector tells everyone of every crash", html! {
                { words("detector", detector, &[("none", "undetectable"), ("perfect", "detected (fail-stop)")], set_detector) }
            }) }
            { field("links", "Who is linked to whom: what is sent to others is lost", topology(run, send)) }
            { field("medium", "Whether a transmission is heard by all neighbours at the cost of one", html! {
                { words("medium", medium, &[("links", "links of two"), ("shared", "shared by all")], set_medium) }
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

/// The shapes of networks that have a name; one that was given link by link stays on offer.
fn topology(run: &Outcome, send: &Send) -> Html {
    let given = &run.scenario.network.topology;
    let named = [
        ("everybody to everybody", Topology::Full),
        ("a ring", Topology::Ring),
        ("a line", Topology::Line),
        ("a binary tree", Topology::Tree),
    ];
    let own = matches!(given, Topology::Links { .. }).then(|| ("as given", given.clone()));
    let shapes: Vec<_> = named.into_iter().chain(own).collect();
    let chosen = shapes.iter().position(|(_, shape)| shape == given);
    let choices: Vec<_> = shapes
        .iter()
        .enumerate()
        .map(|(place, (word, _))| choice(place.to_string(), *word))
        .collect();
    let onchange = changes(run, send, move |network, value: String| {
        let place = value.parse::<usize>().ok();
        if let Some((_, shape)) = place.and_then(|place| shapes.get(place)) {
            network.topology = shape.clone();
        }
    });
    let chosen = chosen.map_or_else(String::new, |place| place.to_string());
    Props { id: Some("topology".into()), ..select(chosen, choices, onchange) }.into()
}

/// A select of some words.
fn words(
    id: &'static str,
    value: &'static str,
    words: &[(&'static str, &'static str)],
    onchange: Callback<String>,
) -> Html {
    let choices = words.iter().map(|(value, words)| choice(*value, *words)).collect();
    Props { id: Some(id.into()), ..select(value, choices, onchange) }.into()
}

/// A probability, as a reader types it: in per cent, with up to four decimals.
fn percent_field(id: &'static str, odds: PerMillion, onchange: Callback<String>) -> Html {
    let value = format!("{}.{:04}", odds.0 / 10_000, odds.0 % 10_000);
    let value = value.trim_end_matches('0').trim_end_matches('.').to_owned();
    let field = Props {
        id: Some(id.into()),
        onchange: Some(onchange),
        ..part(ControlKind::Number("0".into(), "100".into(), "any"), value)
    };
    html! {
        <>
            { Html::from(field) }
            <small>{ "%" }</small>
        </>
    }
}

/// The share that is typed into such a field; none if the text is no share.
fn percent(typed: &str) -> Option<PerMillion> {
    let hundredths = millionths(typed)?.0 / 100;
    Some(PerMillion(hundredths.min(PerMillion::ONE.0)))
}
