//! Asking a node for something: a form for each request and each shape that its value may have.

use yew::prelude::*;

use super::{
    Send,
    fields::{ControlKind, Props as Control, choice, form, part},
};
use crate::{
    app::{Action, Edit, Field, Input, Run, fields, request, shapes},
    kernel::{NodeId, RequestKind, Time, With},
};

/// The forms for all that a node can be asked for at a moment.
pub(super) fn asking(run: &Run, node: NodeId, at: Time, send: &Send) -> Html {
    let kinds = run.protocol.behaviour.requests.iter();
    let forms = kinds.flat_map(|kind| shapes(kind).iter().map(move |with| (kind, *with)));
    forms
        .enumerate()
        .map(|(place, (kind, with))| {
            // Another node, or another moment, is another form: what was offered to the one is not for the other.
            let key = format!("{place} {} {at}", node.index());
            html! { <Asking {key} run={run.clone()} {node} {at} {kind} {with} send={send.clone()} /> }
        })
        .collect()
}

#[derive(Properties, PartialEq)]
struct Props {
    run: Run,
    node: NodeId,
    at: Time,
    kind: &'static RequestKind,
    with: With,
    send: Send,
}

/// Input that was refused, with the reason.
#[derive(Clone, Default, PartialEq)]
struct Refused {
    typed: Vec<String>,
    why: String,
}

/// One of them. What is not taken stays, with the reason.
#[component]
fn Asking(props: &Props) -> Html {
    let Props { run, node, at, kind, with, send } = props;
    let (node, at, kind, with) = (*node, *at, *kind, *with);
    let refused = use_state_eq(Refused::default);
    let mut parts = fields(with, &run.scenario, node);
    for (part, typed) in parts.iter_mut().zip(&refused.typed) {
        part.offered.clone_from(typed);
    }
    let named = parts.len() > 1;
    let done = {
        let (run, send, refused) = (run.clone(), send.clone(), refused.clone());
        move |typed: &[String]| match request(
            run.protocol,
            &run.scenario,
            (node, at),
            (kind.name, with),
            typed,
        ) {
            Ok(request) => {
                send.emit(Action::Apply(Edit::AddRequest(request)));
                send.emit(Action::Select(None));
            }
            Err(why) => refused.set(Refused { typed: typed.to_vec(), why }),
        }
    };
    let button = html! {
        <button data-do={kind.name} title={kind.help} lang="en">{ capital(kind.name) }</button>
    };
    let parts = parts.into_iter().map(|part| field(part, named)).collect::<Html>();
    html! {
        <>
            { form(button, parts, if named { "row wrap" } else { "row" }, done) }
            if !refused.why.is_empty() {
                <p class="why refused" role="alert">{ &refused.why }</p>
            }
        </>
    }
}

/// A field, with its name beside it where there are several.
fn field(Field { label, input, offered }: Field, named: bool) -> Html {
    let control = |kind| Html::from(Control { label: Some(label.into()), ..part(kind, offered) });
    let control = match input {
        Input::Text => control(ControlKind::Text(200)),
        Input::Number(unit) => html! {
            <>
                { control(ControlKind::Number("".into(), "".into(), "1")) }
                if !unit.is_empty() { <small>{ unit }</small> }
            </>
        },
        Input::Words(words) => {
            let words = words.into_iter().map(|word| choice(word.clone(), word));
            control(ControlKind::Select(words.collect()))
        }
    };
    if named {
        html! { <label class="part"><span>{ label }</span>{ control }</label> }
    } else {
        control
    }
}

/// A word as it begins a sentence.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
