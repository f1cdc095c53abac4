//! What can be done to what the reader has picked.

use yew::prelude::*;

use super::{
    Send,
    asking::asking,
    fields::{Number, form, number},
};
use crate::{
    app::{Action, Edit, Run, Selection},
    diagram::{event_sentence, message_sentence},
    formats::Outcome,
    kernel::{EventId, EventKind, Fate, Fault, Message, MessageName, NodeId, NodeSet, Time},
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
    let close = send.reform(|_: MouseEvent| Action::Select(None));
    let (title, body) = match *selection {
        Selection::Message(name) => message_menu(run, name, send),
        Selection::Event(event) => {
            let event_at = &run.trace.events[event];
            let title = event_sentence(&run.scenario, &run.trace, event);
            let moment = Moment { node: event_at.node, at: event_at.time };
            (format!("{} ms: {title}", event_at.time), moment_menu(run, moment, send))
        }
        Selection::Moment { node, at } => {
            let title = format!("{} at {at} ms", run.scenario.name(node));
            (title, moment_menu(run, Moment { node, at }, send))
        }
    };
    html! {
        <div class="menu" role="dialog" aria-label={title.clone()} ref={card}>
            <h3>{ title }</h3>
            { body }
            <button class="close icon" onclick={close} aria-label="Close" title="Close (Esc)">{ "✕" }</button>
        </div>
    }
}

/// Makes a change and closes the menu.
fn make(send: &Send, edit: Edit) {
    send.emit(Action::Apply(edit));
    send.emit(Action::Select(None));
}

/// A button that makes a change and closes the menu.
fn does(send: &Send, id: &'static str, words: String, edit: Edit) -> Html {
    let send = send.clone();
    let onclick = Callback::from(move |_: MouseEvent| make(&send, edit.clone()));
    html! { <button type="button" data-do={id} {onclick}>{ words }</button> }
}

fn fault_at(run: &Outcome, is: impl Fn(&Fault) -> bool) -> Option<usize> {
    run.scenario.faults.iter().position(is)
}

fn message_menu(run: &Run, name: MessageName, send: &Send) -> (String, Html) {
    let messages = &run.trace.messages;
    let Some(id) = messages.iter().position(|message| message.name == name) else {
        return (run.scenario.message_name(name), html! {});
    };
    let message = &messages[id];
    let title = message_sentence(&run.scenario, &run.trace, id);
    let lost = matches!(message.fate, Fate::Lost(..));
    let dropped = fault_at(run, |f| matches!(f, Fault::Drop { message } if *message == name));
    let doubled =
        fault_at(run, |f| matches!(f, Fault::Duplicate { message, .. } if *message == name));
    let body = html! {
        <>
            { match dropped {
                Some(place) => does(send, "undrop", "Let it through".to_owned(), Edit::RemoveFault(place)),
                None if lost => html! {},
                None => {
                    let edit = Edit::AddFault(Fault::Drop { message: name });
                    does(send, "drop", "Lose it".to_owned(), edit)
                }
            } }
            if !lost {
                { delay_form(run, name, send) }
                { match doubled {
                    Some(place) => does(send, "single", "Let it come once".to_owned(), Edit::RemoveFault(place)),
                    None => {
                        let edit = Edit::AddFault(Fault::Duplicate { message: name, after: 10 });
                        does(send, "duplicate", "Let it come twice".to_owned(), edit)
                    }
                } }
            }
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
            { does(send, "crash-after", format!("{sender} crashes right after sending it"), crash(before + 1)) }
            { does(send, "crash-before", format!("{sender} crashes right before sending it"), crash(before)) }
            if let Fate::Received(event) = message.fate {
                { does(send, "crash-receiver", format!("{receiver} crashes before it comes"),
                    Edit::AddFault(Fault::Crash {
                        node: to,
                        at: run.trace.events[event].time,
                        after_sends: None,
                    })) }
            }
        </>
    }
}

/// What a node sends at one moment.
fn sends_at(run: &Outcome, node: NodeId, at: Time) -> impl Iterator<Item = EventId> + '_ {
    let events = run.trace.events.iter().enumerate();
    let here = events.filter(move |(_, event)| event.node == node && event.time == at);
    here.filter(|(_, event)| matches!(event.kind, EventKind::Send(_))).map(|(id, _)| id)
}

/// Delays a message, or lets it come on time again.
fn delay_form(run: &Run, name: MessageName, send: &Send) -> Html {
    let delay = run.scenario.faults.iter().find_map(|fault| match *fault {
        Fault::Delay { message, by } if message == name => Some(by),
        _ => None,
    });
    let edit = move |by| Edit::AddFault(Fault::Delay { message: name, by });
    let field = html! {
        <>
            <input type="number" min="1" max="1000000000" step="1" aria-label="Delay in ms"
                value={delay.unwrap_or(20).to_string()} />
            { "ms" }
            if delay.is_some() {
                { does(send, "on-time", "On time".to_owned(), edit(0)) }
            }
        </>
    };
    let send = send.clone();
    form(html! { <button data-do="delay">{ "Delay it by" }</button> }, field, "row", move |typed| {
        if let Ok(by) = typed.concat().trim().parse() {
            make(&send, edit(by));
        }
    })
}

/// A moment of a node.
#[derive(Clone, Copy, PartialEq)]
struct Moment {
    node: NodeId,
    at: Time,
}

impl Moment {
    /// Whether the node is up, as far as the run went: crashes and restarts of this very moment count.
    fn is_up(self, run: &Outcome) -> bool {
        let so_far = run.trace.events.iter().take_while(|event| event.time <= self.at);
        let here = so_far.filter(|event| event.node == self.node);
        !here.fold(false, |down, event| match event.kind {
            EventKind::Crash => true,
            EventKind::Recover => false,
            _ => down,
        })
    }
}

fn moment_menu(run: &Run, moment: Moment, send: &Send) -> Html {
    let Moment { node, at } = moment;
    let name = run.scenario.name(node);
    let up = moment.is_up(run);
    html! {
        <>
            if up {
                { asking(run, node, at, send) }
                { crash_field(run, moment, send) }
                { does(send, "pause", format!("{name} stands still for 50 ms"),
                    Edit::AddFault(Fault::Pause { node, at, until: at + 50 })) }
            } else {
                <p class="why">{ format!("{name} is down: it neither sends nor receives.") }</p>
                { recovery(run, moment, send) }
            }
            <PartitionField key={node.index()} run={run.clone()} {moment} send={send.clone()} />
        </>
    }
}

/// Brings a node back: after the crash of this very moment if there is one, which can be taken back too.
fn recovery(run: &Run, Moment { node, at }: Moment, send: &Send) -> Html {
    let name = run.scenario.name(node);
    let crash = fault_at(
        run,
        |fault| matches!(*fault, Fault::Crash { node: n, at: t, .. } if (n, t) == (node, at)),
    );
    let at = at + u64::from(crash.is_some());
    let words = format!("{name} recovers at {at} ms");
    html! {
        <>
            { does(send, "recover", words, Edit::AddFault(Fault::Recover { node, at })) }
            if let Some(crash) = crash {
                { does(send, "uncrash", format!("{name} does not crash"), Edit::RemoveFault(crash)) }
            }
        </>
    }
}

/// Crashes a node, in the middle of its sends too.
fn crash_field(run: &Run, Moment { node, at }: Moment, send: &Send) -> Html {
    let sends = sends_at(run, node, at).count() as u32;
    let name = run.scenario.name(node);
    let crash = |after_sends| Edit::AddFault(Fault::Crash { node, at, after_sends });
    html! {
        <>
            { does(send, "crash", format!("{name} crashes here"), crash(None)) }
            if sends > 0 {
                <div class="row wrap">
                    <span>{ format!("…in the middle of its {sends} sends, after") }</span>
                    { for (0..=sends).map(|k| does(send, "crash-mid-send", k.to_string(), crash(Some(k)))) }
                </div>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct MomentProps {
    run: Run,
    moment: Moment,
    send: Send,
}

/// Splits the network, or heals it.
#[component]
fn PartitionField(props: &MomentProps) -> Html {
    let MomentProps { run, moment: Moment { node, at }, send } = props;
    let (node, at) = (*node, *at);
    let side = use_state(|| NodeSet::from(node));
    let lasts = use_state(|| 100_u64);
    let standing = run.scenario.faults.iter().enumerate().find_map(|(place, fault)| match fault {
        Fault::Partition { groups, at: from, until } if (*from..*until).contains(&at) => {
            Some((place, groups.clone(), *from))
        }
        _ => None,
    });
    if let Some((place, groups, from)) = standing {
        let edit = match at > from {
            true => Edit::ChangeFault(place, Fault::Partition { groups, at: from, until: at }),
            false => Edit::RemoveFault(place),
        };
        return does(send, "heal", "The network heals here".to_owned(), edit);
    }
    let everyone = NodeSet::first(run.scenario.nodes.len());
    let other = everyone.without(*side);
    let groups = vec![*side, other];
    let edit = Edit::AddFault(Fault::Partition { groups, at, until: at + *lasts });
    let onchange = {
        let lasts = lasts.clone();
        Callback::from(move |value| lasts.set(value))
    };
    html! {
        <details>
            <summary>{ "Split the network here" }</summary>
            <fieldset>
                <legend>{ "On one side" }</legend>
                { for everyone.into_iter().map(|member| {
                    let side = side.clone();
                    let checked = side.contains(member);
                    let onchange = Callback::from(move |event: Event| {
                        let mut next = *side;
                        if web::checked_of(&event) { next.insert(member); } else { next.remove(member); }
                        side.set(next);
                    });
                    html! {
                        <label><input type="checkbox" {checked} {onchange} />{ run.scenario.name(member) }</label>
                    }
                }) }
            </fieldset>
            <div class="row">
                if side.is_empty() || other.is_empty() {
                    <p class="why">{ "Both sides need somebody." }</p>
                } else {
                    { does(send, "partition", "Split for".to_owned(), edit) }
                    { number(Number { value: *lasts, min: 1, label: Some("How long in ms".to_owned()), onchange, ..Number::default() }) }{ "ms" }
                }
            </div>
        </details>
    }
}
