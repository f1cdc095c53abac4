//! Editor for the content of a traitor's message, checked as it is written.

use yew::prelude::*;

use super::{
    Send,
    menu::{cannot, does, fault_at, make},
};
use crate::{
    app::{Action, Edit, Run, forged, text, treason, truth, why_not_write},
    formats::visible_json,
    kernel::{Fault, Message, MessageName, Strategy},
    web,
};

/// The editor for what a message says, or why there is none.
pub(super) fn forging(run: &Run, message: &Message, send: &Send) -> Html {
    let name = message.name;
    let sender = run.scenario.name(name.from);
    let words = text::forging::FORGE;
    if let Some(why) = why_not_write(run, message) {
        return cannot("forge", words, &why);
    }
    if treason(run, name.from).is_none() {
        let edit = Edit::AddFault(Fault::Traitor { node: name.from, strategy: Strategy::Scripted });
        // The menu stays: now there is something to be written.
        let onclick = send.reform(move |_: MouseEvent| Action::Apply(edit.clone()));
        return html! {
            <>
                { cannot("forge", words, &text::forging::no_traitor(&sender)) }
                <button type="button" data-do="make-traitor" {onclick}>{ text::forging::make_traitor(&sender) }</button>
            </>
        };
    }
    let standing = run.scenario.faults.iter().find_map(|fault| match fault {
        Fault::Forge { message, with } if *message == name => Some(with.to_string()),
        _ => None,
    });
    let lies = standing.is_some();
    let said = standing.unwrap_or_else(|| truth(run, message));
    let said = visible_json(&said).into_owned();
    let place = fault_at(run, |f| matches!(f, Fault::Forge { message, .. } if *message == name));
    html! {
        <details open={lies}>
            <summary data-do="forge">{ words }</summary>
            <Forging key={said.clone()} run={run.clone()} {name} said={said.clone()} send={send.clone()} />
            if let Some(place) = place {
                { does(send, "truth", text::forging::REMOVE, Edit::RemoveFault(place)) }
            }
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    run: Run,
    name: MessageName,
    said: String,
    send: Send,
}

/// The field, and what is wrong with what is written in it.
#[component]
fn Forging(props: &Props) -> Html {
    let Props { run, name, said, send } = props;
    let name = *name;
    let typed = use_state_eq(|| said.clone());
    let checked = forged(run, name, &typed);
    let wrong = checked.as_ref().err().cloned();
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| typed.set(web::value_of(&event)))
    };
    let apply = {
        let (edit, send) = (checked.ok(), send.clone());
        move || {
            if let Some(edit) = &edit {
                make(&send, edit.clone());
            }
        }
    };
    let onkeydown = {
        let apply = apply.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.shift_key() {
                event.prevent_default();
                apply();
            }
        })
    };
    let onclick = Callback::from(move |_: MouseEvent| apply());
    let help = text::forging::HELP;
    html! {
        <>
            <textarea class="payload" rows="3" spellcheck="false" autocapitalize="off" value={(*typed).clone()}
                aria-label={text::forging::CONTENT} aria-invalid={wrong.is_some().to_string()}
                aria-describedby="forge-says" {oninput} {onkeydown} />
            <p id="forge-says" role="status" class={classes!("why", wrong.is_some().then_some("refused"))}>
                { wrong.as_deref().unwrap_or(help) }
            </p>
            <button type="button" data-do="say" disabled={wrong.is_some()} {onclick}>{ text::forging::REPLACE }</button>
        </>
    }
}
