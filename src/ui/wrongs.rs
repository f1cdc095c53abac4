//! The less common faults: traitors, wrong clocks, omissions, cut links.

use yew::prelude::*;

use super::{
    Send,
    fields::{Choice, ControlKind, Props, asked, choice, form, millionths, part},
    menu::{cannot, does, fault_at, make},
    moment::{Moment, MomentProps},
};
use crate::{
    app::{Edit, Run, WhyNot, text, treason, why_not_drift, why_not_lie},
    diagram::strategy_words,
    kernel::{Fault, NodeId, PerMillion, Side, Strategy, Time},
};

/// Duration of such a fault unless the reader changes it, in virtual ms.
const LASTS: Time = 100;

/// The less common faults of a node, from a moment on or for the whole run.
#[component]
pub(super) fn Wrongs(props: &MomentProps) -> Html {
    let MomentProps { run, moment, send } = props;
    let node = moment.node;
    // By trying: once, not whenever the menu is drawn.
    let why_not_drift = use_memo((run.clone(), node), |(run, node)| why_not_drift(run, *node));
    html! {
        <>
            { traitor_form(run, node, send) }
            { drift_form(run, node, &why_not_drift, send) }
            { omission_form(run, *moment, send) }
            { cut_form(run, *moment, send) }
        </>
    }
}

/// Has a node lie from the beginning on, or takes it back.
fn traitor_form(run: &Run, node: NodeId, send: &Send) -> Html {
    let name = run.scenario.name(node);
    let standing = treason(run, node);
    let chosen = standing.map_or(Strategy::Scripted, |(_, strategy)| strategy);
    let option = |strategy: Strategy| {
        let why = why_not_lie(run, node, strategy);
        let words = match &why {
            Some(why) => format!("{}: {why}", strategy.name()),
            None => format!("{}: {}", strategy.name(), strategy_words(strategy)),
        };
        Choice { disabled: why.is_some(), ..choice(strategy.name(), words) }
    };
    let words = match standing {
        Some(_) => text::wrongs::CHANGE_STRATEGY.to_owned(),
        None => text::wrongs::make_traitor(&name),
    };
    let strategies = ControlKind::Select(Strategy::ALL.into_iter().map(option).collect());
    let fields =
        Props { label: Some(text::wrongs::STRATEGY.into()), ..part(strategies, chosen.name()) }
            .into();
    let button = html! { <button data-do="traitor">{ words }</button> };
    let done = {
        let send = send.clone();
        move |typed: &[String]| {
            let chosen = Strategy::ALL
                .into_iter()
                .find(|it| Some(it.name()) == typed.first().map(String::as_str));
            let strategy = chosen.unwrap_or(Strategy::Scripted);
            make(&send, Edit::AddFault(Fault::Traitor { node, strategy }));
        }
    };
    html! {
        <fieldset class="group">
            <legend>{ text::wrongs::traitor(&name) }</legend>
            { form(button, fields, "row wrap", done) }
            if let Some((place, _)) = standing {
                { does(send, "loyal", text::wrongs::make_loyal(&name), Edit::RemoveFault(place)) }
            }
        </fieldset>
    }
}

/// Sets a node's clock wrong, or right again.
fn drift_form(run: &Run, node: NodeId, why_not: &WhyNot, send: &Send) -> Html {
    let name = run.scenario.name(node);
    let standing = run.scenario.faults.iter().find_map(|fault| match *fault {
        Fault::Drift { node: it, rate, offset } if it == node => Some((rate, offset)),
        _ => None,
    });
    if let (None, Some(why)) = (standing, why_not) {
        return cannot("drift", &text::wrongs::set_clock_of(&name), why);
    }
    let (rate, offset) = standing.unwrap_or((PerMillion(1_010_000), 0));
    let place = fault_at(run, |f| matches!(*f, Fault::Drift { node: it, .. } if it == node));
    let rate_field: Html = Props {
        title: Some(text::wrongs::RATE_HELP.into()),
        ..part(ControlKind::Number("0.5".into(), "2".into(), "0.000001"), rate.to_string())
    }
    .into();
    let fields = html! {
        <>
            <label class="part"><span>{ text::wrongs::RATE }</span>
                { rate_field }
            </label>
            <label class="part" title={text::wrongs::OFFSET_HELP}><span>{ text::wrongs::OFFSET }</span>
                { asked(offset, 0, None) }{ "ms" }
            </label>
        </>
    };
    let button = html! { <button data-do="drift">{ text::wrongs::SET_CLOCK }</button> };
    let done = {
        let send = send.clone();
        move |typed: &[String]| {
            let rate = typed.first().and_then(|text| millionths(text));
            let offset = typed.get(1).and_then(|text| text.trim().parse().ok());
            if let (Some(rate), Some(offset)) = (rate, offset) {
                make(&send, Edit::AddFault(Fault::Drift { node, rate, offset }));
            }
        }
    };
    html! {
        <fieldset class="group">
            <legend>{ text::wrongs::clock(&name) }</legend>
            { form(button, fields, "row wrap", done) }
            if let Some(place) = place {
                { does(send, "right-clock", text::wrongs::RESET_CLOCK, Edit::RemoveFault(place)) }
            }
        </fieldset>
    }
}

/// Fields for the beginning and the end of a fault.
fn span(at: Time) -> Html {
    html! {
        <>
            <label class="part"><span>{ text::wrongs::FROM }</span>
                { asked(at, 0, None) }
            </label>
            <label class="part"><span>{ text::wrongs::UNTIL }</span>
                { asked(at + LASTS, 1, None) }{ "ms" }
            </label>
        </>
    }
}

/// Times in such a form; none if the end is not after the beginning.
fn read_span(typed: &[String]) -> Option<(Time, Time)> {
    let [at, until] = typed else { return None };
    let (at, until) = (at.trim().parse().ok()?, until.trim().parse().ok()?);
    (at < until).then_some((at, until))
}

/// Has a node fail to send, or to receive, for some time.
fn omission_form(run: &Run, Moment { node, at }: Moment, send: &Send) -> Html {
    let sides = ControlKind::Select(vec![
        choice("send", text::wrongs::SENDS),
        choice("receive", text::wrongs::RECEIPTS),
    ]);
    let sides: Html =
        Props { label: Some(text::wrongs::SIDE.into()), ..part(sides, "send") }.into();
    let fields = html! {
        <>
            { sides }
            { span(at) }
        </>
    };
    let button =
        html! { <button data-do="omit">{ text::wrongs::omit(&run.scenario.name(node)) }</button> };
    let send = send.clone();
    let done = move |typed: &[String]| {
        let Some((side, rest)) = typed.split_first() else { return };
        let side = if side == "send" { Side::Send } else { Side::Receive };
        if let Some((at, until)) = read_span(rest) {
            make(&send, Edit::AddFault(Fault::Omit { node, side, at, until }));
        }
    };
    form(button, fields, "group row wrap", done)
}

/// Cuts one direction of a link of a node, for some time.
fn cut_form(run: &Run, Moment { node, at }: Moment, send: &Send) -> Html {
    let size = run.scenario.nodes.len();
    if size < 2 {
        return cannot("cut", text::wrongs::CUT_LINK, text::wrongs::ONE_NODE);
    }
    let name = run.scenario.name(node);
    let others = (0..size).map(NodeId::new).filter(|other| *other != node);
    let ways: Vec<_> = others.flat_map(|other| [(node, other), (other, node)]).collect();
    let option = |(place, (from, to)): (usize, &(NodeId, NodeId))| {
        let words = text::wrongs::link(&run.scenario.name(*from), &run.scenario.name(*to));
        choice(place.to_string(), words)
    };
    let directions = ControlKind::Select(ways.iter().enumerate().map(option).collect());
    let label = Some(text::wrongs::direction(&name).into());
    let directions: Html = Props { label, ..part(directions, "0") }.into();
    let fields = html! {
        <>
            { directions }
            { span(at) }
        </>
    };
    let button = html! { <button data-do="cut">{ text::wrongs::CUT_LINK }</button> };
    let send = send.clone();
    let done = move |typed: &[String]| {
        let Some((way, rest)) = typed.split_first() else { return };
        let way = way.parse().ok().and_then(|place: usize| ways.get(place).copied());
        if let (Some((from, to)), Some((at, until))) = (way, read_span(rest)) {
            make(&send, Edit::AddFault(Fault::Cut { from, to, at, until }));
        }
    };
    form(button, fields, "group row wrap", done)
}
