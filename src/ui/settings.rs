//! The scenario's controls: the protocol's parameters, the nodes, the network.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Send,
    fields::{
        Choice, ControlKind, Number, Props as Control, check, field, number, part, protocol_word,
        select,
    },
    fold::{Content, fold},
    importing::notice,
    network::network,
    part::Props,
};
use crate::{
    app::{Action, Edit, text},
    kernel::{Domain, MAX_NODES, NodeId, Parameter, ParameterValue},
    runs::Outcome,
};

/// The scenario's controls.
pub(super) fn settings(props: &Props) -> Html {
    let Props { run, fetches_run, imports, send, .. } = props;
    if let Some(recorded) = &imports.shown {
        return notice(recorded, send);
    }
    let parameters = run.protocol.behaviour.parameters;
    html! {
        <section class="settings" aria-label={text::settings::LABEL}>
            <fieldset class="around" disabled={*fetches_run}>
                if !parameters.is_empty() {
                    <h2>{ text::settings::PROTOCOL }</h2>
                    { for parameters.iter().map(|parameter| parameter_field(props, parameter)) }
                }
                <h2>{ text::settings::NODES }</h2>
                { nodes(run, send) }
                <h2>{ text::settings::NETWORK }</h2>
                { network(run, send) }
            </fieldset>
        </section>
    }
}

fn parameter_field(props: &Props, parameter: &'static Parameter) -> Html {
    let value = props.run.scenario.params.get(parameter.name).cloned();
    let value = value.unwrap_or_else(|| parameter.default());
    let set = move |value| Action::Apply(Edit::Parameter(parameter.name, value));
    let control = match (parameter.domain, value) {
        (Domain::Flag { .. }, ParameterValue::Flag(checked)) => {
            let onchange = props.send.reform(move |on: bool| set(ParameterValue::Flag(on)));
            check(checked, onchange).into()
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
            let onchange =
                props.send.reform(move |value: String| set(ParameterValue::Choice(value)));
            let choices = choices
                .iter()
                .map(|(word, help)| Choice { help: Some((*help).into()), ..protocol_word(*word) });
            select(chosen, choices.collect(), onchange).into()
        }
        _ => html! {},
    };
    html! {
        <>
            { field(parameter.name, parameter.help, control) }
            <p class="help" lang="en">{ parameter.help }</p>
        </>
    }
}

/// Largest number of nodes whose names have fields before a reader opens them.
const LISTED: usize = 24;

fn nodes(run: &Outcome, send: &Send) -> Html {
    let nodes = &run.scenario.nodes;
    let size = nodes.len();
    let resize = send.reform(|size: u64| Action::Apply(Edit::Nodes(size as usize)));
    let names: Content = {
        let (nodes, send) = (nodes.clone(), send.clone());
        Rc::new(move || {
            let name = |(index, name): (usize, &String)| {
                let rename = send.reform(move |name: String| {
                    Action::Apply(Edit::Rename(NodeId::new(index), name))
                });
                Html::from(Control {
                    label: Some(text::settings::name_of(index + 1).into()),
                    onchange: Some(rename),
                    ..part(ControlKind::Text(24), name.clone())
                })
            };
            nodes.iter().enumerate().map(name).collect()
        })
    };
    html! {
        <>
            { field(text::settings::COUNT, text::settings::COUNT_HELP, html! {
                { number(Number { id: Some("nodes"), value: size as u64, min: 1, max: MAX_NODES as u64, onchange: resize, ..Number::default() }) }
            }) }
            { fold("rename", text::settings::NAMES.to_owned(), size > LISTED, names) }
        </>
    }
}
