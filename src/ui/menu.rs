//! Menu of the selection.

use yew::prelude::*;

use super::{
    Send,
    fields::{ControlKind, Props as Control, asked, form, part},
    forging::forging,
    moment::{Moment, moment_menu},
};
use crate::{
    app::{
        Action, Edit, Hand, Run, Selection, WhyNot, comes_out, read_bits, text, why_not_corrupt,
        why_not_delay, why_not_double, why_not_drop,
    },
    diagram::{event_sentence, message_sentence},
    kernel::{EventId, EventKind, Fate, Fault, Message, MessageName, NodeId, Time},
    runs::Outcome,
    web::{self, Focus},
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) selection: Selection,
    pub(super) send: Send,
}

/// The menu of the selection. It is drawn again only when that or the run changes: what a reader types
/// into it stays.
#[component]
pub(super) fn Menu(props: &Props) -> Html {
    let Props { run, selection, send } = props;
    let card = use_node_ref();
    {
        let card = card.clone();
        use_effect_with(*selection, move |_| {
            let before = Focus::now();
            if let Some(card) = card.cast() {
                web::focus_inside(&card);
            }
            move || drop(before)
        });
    }
    {
        let card = card.clone();
        use_effect_with(run.clone(), move |_| {
            if let Some(card) = card.cast() {
                web::refocus_inside(&card);
            }
        });
    }
    let close = send.reform(|_: MouseEvent| Action::Hand(Hand::Menu(false)));
    let (title, body) = match *selection {
        Selection::Message(name) => message_menu(run, name, send),
        Selection::Event(event) => {
            let event_at = &run.trace.events[event];
            let title = event_sentence(&run.scenario, &run.trace, event);
            let moment = Moment { node: event_at.node, at: event_at.time };
            (text::menu::event(event_at.time, &title), moment_menu(run, moment, send))
        }
        Selection::Moment { node, at } => {
            let title = text::menu::moment(&run.scenario.name(node), at);
            (title, moment_menu(run, Moment { node, at }, send))
        }
    };
    html! {
        <div class="menu" role="dialog" aria-label={title.clone()} ref={card}>
            <h3 lang="en">{ title }</h3>
            { body }
            <button class="close icon" onclick={close} aria-label={text::menu::CLOSE} title={text::menu::CLOSE_HELP}>{ "✕" }</button>
        </div>
    }
}

/// Makes a change and closes the menu.
pub(super) fn make(send: &Send, edit: Edit) {
    send.emit(Action::Apply(edit));
    send.emit(Action::Select(None));
}

/// A button that makes a change and closes the menu.
pub(super) fn does(send: &Send, id: &'static str, words: impl Into<AttrValue>, edit: Edit) -> Html {
    let send = send.clone();
    let onclick = Callback::from(move |_: MouseEvent| make(&send, edit.clone()));
    html! { <button type="button" data-do={id} {onclick}>{ words.into() }</button> }
}

/// The same, or, where it would have no effect, a button that says so.
pub(super) fn does_unless(
    why_not: WhyNot,
    send: &Send,
    id: &'static str,
    words: &'static str,
    edit: Edit,
) -> Html {
    match why_not {
        None => does(send, id, words, edit),
        Some(why) => cannot(id, words, &why),
    }
}

/// A disabled button, with the reason.
pub(super) fn cannot(id: &'static str, words: &str, why: &str) -> Html {
    html! {
        <button type="button" data-do={id} disabled=true class="cannot">
            { words }{ ": " }<small>{ why.to_owned() }</small>
        </button>
    }
}

pub(super) fn fault_at(run: &Outcome, is: impl Fn(&Fault) -> bool) -> Option<usize> {
    run.scenario.faults.iter().position(is)
}

fn message_menu(run: &Run, name: MessageName, send: &Send) -> (String, Html) {
    let messages = &run.trace.messages;
    let Some(id) = messages.iter().position(|message| message.name == name) else {
        return (run.scenario.message_name(name), html! {});
    };
    let message = &messages[id];
    let title = message_sentence(&run.scenario, &run.trace, id);
    let dropped = fault_at(run, |f| matches!(f, Fault::Drop { message } if *message == name));
    let doubled =
        fault_at(run, |f| matches!(f, Fault::Duplicate { message, .. } if *message == name));
    let body = html! {
        <>
            { match dropped {
                Some(place) => does(send, "undrop", text::menu::UNDROP, Edit::RemoveFault(place)),
                None => {
                    let edit = Edit::AddFault(Fault::Drop { message: name });
                    does_unless(why_not_drop(message), send, "drop", text::menu::DROP, edit)
                }
            } }
            { delay_form(run, message, send) }
            { match doubled {
                Some(place) => does(send, "single", text::menu::SINGLE, Edit::RemoveFault(place)),
                None => {
                    let edit = Edit::AddFault(Fault::Duplicate { message: name, after: 10 });
                    does_unless(why_not_double(message), send, "duplicate", text::menu::DUPLICATE, edit)
                }
            } }
            { corrupt_form(run, message, send) }
            { forging(run, message, send) }
            { crash_around(run, message, send) }
        </>
    };
    (title, body)
}

/// Crashes that a message makes one think of: its sender's in the middle of its sends, its receiver's.
fn crash_around(run: &Outcome, message: &Message, send: &Send) -> Html {
    let (from, to) = (message.name.from, message.name.to);
    let at = run.trace.events[message.sent].time;
    let before = sends_at(run, from, at).filter(|&send| send < message.sent).count() as u32;
    let crash = |sends| Edit::AddFault(Fault::Crash { node: from, at, after_sends: Some(sends) });
    let sender = run.scenario.name(from);
    let receiver = run.scenario.name(to);
    html! {
        <>
            { does(send, "crash-after", text::menu::crash_after(&sender), crash(before + 1)) }
            { does(send, "crash-before", text::menu::crash_before(&sender), crash(before)) }
            if let Fate::Received(event) = message.overall() {
                { does(send, "crash-receiver", text::menu::crash_receiver(&receiver),
                    Edit::AddFault(Fault::Crash {
                        node: to,
                        at: run.trace.events[event].time,
                        after_sends: None,
                    })) }
            }
        </>
    }
}

/// Sends of a node at one moment.
pub(super) fn sends_at(
    run: &Outcome,
    node: NodeId,
    at: Time,
) -> impl Iterator<Item = EventId> + '_ {
    let first = run.trace.events.partition_point(|event| event.time < at);
    let here = first..run.trace.events_until(at);
    here.filter(move |&id| {
        let event = &run.trace.events[id];
        event.node == node && matches!(event.kind, EventKind::Send(_))
    })
}

/// Delays a message, or lets it come on time again.
fn delay_form(run: &Run, message: &Message, send: &Send) -> Html {
    if let Some(why) = why_not_delay(message) {
        return cannot("delay", text::menu::DELAY, &why);
    }
    let name = message.name;
    let delay = run.scenario.faults.iter().find_map(|fault| match *fault {
        Fault::Delay { message, by } if message == name => Some(by),
        _ => None,
    });
    let edit = move |by| Edit::AddFault(Fault::Delay { message: name, by });
    let field = html! {
        <>
            { asked(delay.unwrap_or(20), 1, Some(text::menu::DELAY_MS.into())) }
            { "ms" }
            if delay.is_some() {
                { does(send, "on-time", text::menu::ON_TIME, edit(0)) }
            }
        </>
    };
    let send = send.clone();
    form(
        html! { <button data-do="delay">{ text::menu::DELAY_BY }</button> },
        field,
        "row",
        move |typed| {
            if let Ok(by) = typed.concat().trim().parse() {
                make(&send, edit(by));
            }
        },
    )
}

/// Flips bits of a message in transit, or restores them.
fn corrupt_form(run: &Run, message: &Message, send: &Send) -> Html {
    if let Some(why) = why_not_corrupt(message) {
        return cannot("corrupt", text::menu::FLIP, &why);
    }
    let name = message.name;
    let standing = run.scenario.faults.iter().enumerate().find_map(|(place, fault)| match fault {
        Fault::Corrupt { message, bits } if *message == name => Some((place, bits.clone())),
        _ => None,
    });
    let (place, bits) = standing.map_or((None, vec![0]), |(place, bits)| (Some(place), bits));
    let comes = comes_out(run, message, &bits);
    let words: Vec<_> = bits.iter().map(u32::to_string).collect();
    let bits_field = Control {
        label: Some(text::menu::BITS.into()),
        title: Some(text::menu::BITS_HELP.into()),
        ..part(ControlKind::Text(400), words.join(" "))
    };
    let field = html! {
        <>
            { Html::from(bits_field) }
            if let Some(place) = place {
                { does(send, "sound", text::menu::SOUND, Edit::RemoveFault(place)) }
            }
        </>
    };
    let button = html! { <button data-do="corrupt">{ text::menu::FLIP }</button> };
    let send = send.clone();
    html! {
        <>
            { form(button, field, "row", move |typed| match read_bits(&typed.concat()) {
                Ok(bits) => make(&send, Edit::AddFault(Fault::Corrupt { message: name, bits })),
                Err(why) => send.emit(Action::Hand(Hand::Refuse(why))),
            }) }
            <p class="why">{ comes }</p>
        </>
    }
}
