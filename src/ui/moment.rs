//! Menu of a node at a moment.

use yew::prelude::*;

use super::{
    Send,
    asking::asking,
    fields::{Number, check, number},
    menu::{cannot, does, fault_at, sends_at},
    wrongs::Wrongs,
};
use crate::{
    app::{Edit, Run, is_up, text},
    kernel::{EventKind, Fault, NodeId, NodeSet, Time},
};

/// A moment of a node.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Moment {
    pub(super) node: NodeId,
    pub(super) at: Time,
}

/// The length of a pause, in virtual ms.
const PAUSE: Time = 50;

/// The menu of a moment: requests, faults, and the less common faults.
pub(super) fn moment_menu(run: &Run, moment: Moment, send: &Send) -> Html {
    let Moment { node, at } = moment;
    let name = run.scenario.name(node);
    let up = is_up(run, node, at);
    let pause = Edit::AddFault(Fault::Pause { node, at, until: at.saturating_add(PAUSE) });
    html! {
        <>
            <fieldset class="group" disabled={!up}>
                <legend>{ text::moment::requests(&name, up) }</legend>
                if run.protocol.behaviour.requests.is_empty() {
                    <p class="why">{ text::moment::NO_REQUESTS }</p>
                }
                { asking(run, node, at, send) }
            </fieldset>
            <fieldset class="group">
                <legend>{ text::moment::FAULTS }</legend>
                if up {
                    { crash_field(run, moment, send) }
                    { does(send, "pause", text::moment::pause_for(&name, PAUSE), pause) }
                    { cannot("recover", &text::moment::recover(&name), text::moment::IS_UP) }
                } else {
                    { cannot("crash", &text::moment::crash(&name), text::moment::IS_DOWN) }
                    { cannot("pause", &text::moment::pause(&name), text::moment::IS_DOWN) }
                    { recovery(run, moment, send) }
                }
                <PartitionField key={node.index()} run={run.clone()} {moment} send={send.clone()} />
            </fieldset>
            <details class="more">
                <summary data-do="more">{ text::moment::MORE }</summary>
                <Wrongs key={format!("{} {at}", node.index())} run={run.clone()} {moment} send={send.clone()} />
            </details>
        </>
    }
}

/// Brings a node back: after the crash of this very moment if there is one, which can be taken back too.
fn recovery(run: &Run, Moment { node, at }: Moment, send: &Send) -> Html {
    let name = run.scenario.name(node);
    let crash = fault_at(run, |fault| {
        matches!(
            *fault,
            Fault::Crash { node: n, at: t, .. } | Fault::CrashWriting { node: n, at: t, .. }
                if (n, t) == (node, at)
        )
    });
    let at = at + u64::from(crash.is_some());
    let words = text::moment::recover_at(&name, at);
    html! {
        <>
            { does(send, "recover", words, Edit::AddFault(Fault::Recover { node, at })) }
            if let Some(crash) = crash {
                { does(send, "uncrash", text::moment::uncrash(&name), Edit::RemoveFault(crash)) }
            }
        </>
    }
}

/// Crashes a node, in the middle of its sends or of its writes too.
fn crash_field(run: &Run, Moment { node, at }: Moment, send: &Send) -> Html {
    let sends = sends_at(run, node, at).count() as u32;
    let name = run.scenario.name(node);
    let now = run.trace.events.iter().filter(|event| event.node == node && event.time == at);
    let writes = now.filter(|event| event.kind == EventKind::Persist).count() as u32;
    let crash = |after_sends| Edit::AddFault(Fault::Crash { node, at, after_sends });
    let writing = |after_writes| Edit::AddFault(Fault::CrashWriting { node, at, after_writes });
    html! {
        <>
            { does(send, "crash", text::moment::crash_here(&name), crash(None)) }
            if sends > 0 {
                <div class="row wrap">
                    <span>{ text::moment::crash_in_sends(sends) }</span>
                    { for (0..=sends).map(|k| does(send, "crash-mid-send", k.to_string(), crash(Some(k)))) }
                </div>
            }
            if writes > 0 {
                <div class="row wrap">
                    <span>{ text::moment::crash_in_writes(writes) }</span>
                    { for (0..=writes).map(|k| does(send, "crash-mid-write", k.to_string(), writing(k))) }
                </div>
            }
        </>
    }
}

/// A moment of a node, with its run.
#[derive(Properties, PartialEq)]
pub(super) struct MomentProps {
    pub(super) run: Run,
    pub(super) moment: Moment,
    pub(super) send: Send,
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
        return does(send, "heal", text::moment::HEAL, edit);
    }
    let everyone = NodeSet::first(run.scenario.nodes.len());
    // The group may have shrunk since.
    let one = side.and(everyone);
    let other = everyone.without(one);
    let groups = vec![one, other];
    let edit = Edit::AddFault(Fault::Partition { groups, at, until: at.saturating_add(*lasts) });
    let onchange = {
        let lasts = lasts.clone();
        Callback::from(move |value| lasts.set(value))
    };
    html! {
        <details>
            <summary>{ text::moment::PARTITION_HERE }</summary>
            <fieldset>
                <legend>{ text::moment::ONE_SIDE }</legend>
                { for everyone.into_iter().map(|member| {
                    let side = side.clone();
                    let checked = side.contains(member);
                    let onchange = Callback::from(move |on: bool| {
                        let mut next = *side;
                        if on { next.insert(member); } else { next.remove(member); }
                        side.set(next);
                    });
                    html! {
                        <label>{ Html::from(check(checked, onchange)) }{ run.scenario.name(member) }</label>
                    }
                }) }
            </fieldset>
            <div class="row">
                if one.is_empty() || other.is_empty() {
                    <p class="why">{ text::moment::EMPTY_SIDE }</p>
                } else {
                    { does(send, "partition", text::moment::PARTITION_FOR, edit) }
                    { number(Number { value: *lasts, min: 1, label: Some(text::moment::DURATION.to_owned()), onchange, ..Number::default() }) }{ "ms" }
                }
            </div>
        </details>
    }
}
