//! The network's controls.

use yew::prelude::*;

use super::{
    Send,
    fields::{ControlKind, Number, Props, choice, field, number, part, select},
};
use crate::{
    app::{Action, Edit, millionths, text},
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
            // The bound is the greatest delay at first, so that it holds until the reader changes one of them.
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
            <div class="field" role="group" aria-label={text::network::DELAY_LABEL} title={text::network::DELAY_HELP}>
                <span>{ text::network::DELAY }</span>
                { number(Number { id: Some("delay-min"), value: min, onchange: set_min, label: Some(text::network::DELAY_MIN.to_owned()), ..Number::default() }) }{ text::network::TO }
                { number(Number { id: Some("delay-max"), value: max, onchange: set_max, label: Some(text::network::DELAY_MAX.to_owned()), ..Number::default() }) }
                <small>{ "ms" }</small>
            </div>
            { field(text::network::TIMING, text::network::TIMING_HELP, html! {
                { words("timing", timing, &[("asynchronous", text::network::ASYNCHRONOUS), ("synchronous", text::network::SYNCHRONOUS)], set_timing) }
            }) }
            if let Timing::Synchronous(bound) = spec.timing {
                { field(text::network::BOUND, text::network::BOUND_HELP, html! {
                    <>{ number(Number { id: Some("bound"), value: bound, onchange: set_bound, ..Number::default() }) }<small>{ "ms" }</small></>
                }) }
            }
            { field(text::network::ORDER, text::network::ORDER_HELP, html! {
                { words("order", order, &[("any", text::network::ANY), ("fifo", text::network::FIFO)], set_order) }
            }) }
            { field(text::network::LOSS, text::network::LOSS_HELP, percent_field(text::network::LOSS, spec.loss, set_loss)) }
            { field(text::network::DUPLICATES, text::network::DUPLICATES_HELP, percent_field("duplicate", spec.duplicate, set_duplicate)) }
            { field(text::network::DETECTOR, text::network::DETECTOR_HELP, html! {
                { words("detector", detector, &[("none", text::network::NO_DETECTOR), ("perfect", text::network::PERFECT)], set_detector) }
            }) }
            { field(text::network::LINKS, text::network::LINKS_HELP, topology(run, send)) }
            { field(text::network::MEDIUM, text::network::MEDIUM_HELP, html! {
                { words("medium", medium, &[("links", text::network::LINKS_OF_TWO), ("shared", text::network::SHARED)], set_medium) }
            }) }
            { field(text::network::UNTIL, text::network::UNTIL_HELP, html! {
                <>{ number(Number { id: Some("until"), value: run.scenario.until, min: 1, onchange: until, ..Number::default() }) }<small>{ "ms" }</small></>
            }) }
            <button id="reseed" onclick={reseed} title={text::network::RESEED_HELP}>
                { text::network::RESEED }
            </button>
        </>
    }
}

/// The shapes of networks that have a name; one that was given link by link stays on offer.
fn topology(run: &Outcome, send: &Send) -> Html {
    let given = &run.scenario.network.topology;
    let named = [
        (text::network::FULL, Topology::Full),
        (text::network::RING, Topology::Ring),
        (text::network::LINE, Topology::Line),
        (text::network::TREE, Topology::Tree),
    ];
    let own =
        matches!(given, Topology::Links { .. }).then(|| (text::network::CUSTOM, given.clone()));
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
