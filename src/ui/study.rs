//! Switches for the order of events: a row below the diagram.

use yew::prelude::*;

use super::{
    Send,
    fields::{Props, choice, protocol_word, select},
    transport::steps,
};
use crate::{
    analysis::Stamps,
    app::{Action, Ask, CutLine, Move, Selection, Shared, State, text},
    diagram::{Asked, Clocks, Emphasis, Only, kinds, timestamp_sentence},
    kernel::{MessageId, NodeId, spell},
};

/// The logical time that is shown.
pub(super) type Timing = Option<(Clocks, Shared<Stamps>)>;

/// The switches, and below them what they show, in words.
pub(super) fn study(
    state: &State,
    (emphasis, clocks): (&Option<Emphasis>, &Timing),
    send: &Send,
) -> Html {
    html! {
        <>
            { switches(state, send) }
            if let Some(emphasis) = emphasis { { in_words(state, emphasis, clocks) } }
            if let Some(cut) = &state.study.cut { { cut_in_words(state, cut, send) } }
        </>
    }
}

fn switches(state: &State, send: &Send) -> Html {
    let study = &state.study;
    html! {
        <div class="study" role="group" aria-label={text::study::LABEL}>
            { switch(text::study::FUTURE, text::study::FUTURE_HELP, study.future_hidden, Ask::Future, send) }
            { switch(text::study::CAUSALITY, text::study::CAUSALITY_HELP, study.causality, Ask::Causality, send) }
            { timestamps(study.clocks, send) }
            { only(state, send) }
            { switch(text::study::CUT, text::study::CUT_HELP, study.cut.is_some(),
                Ask::Cut(Move::Toggle), send) }
            { steps(&state.run, study.stride, send) }
        </div>
    }
}

fn switch(name: &'static str, title: &'static str, on: bool, ask: Ask, send: &Send) -> Html {
    let onclick = send.reform(move |_: MouseEvent| Action::Study(ask.clone()));
    html! { <button {onclick} aria-pressed={on.to_string()} {title}>{ name }</button> }
}

/// Choice of the logical time that is shown.
fn timestamps(clocks: Option<Clocks>, send: &Send) -> Html {
    const ALL: [(&str, Option<Clocks>); 3] = [
        (text::study::NO_CLOCK, None),
        (text::study::LAMPORT, Some(Clocks::Lamport)),
        (text::study::VECTOR, Some(Clocks::Vector)),
    ];
    let onchange = send.reform(|value: String| {
        let chosen = ALL.into_iter().find(|(name, _)| *name == value);
        Action::Study(Ask::Clocks(chosen.and_then(|(_, clocks)| clocks)))
    });
    let names = ALL.into_iter().map(|(name, _)| choice(name, name)).collect();
    let shown = ALL.into_iter().find(|(_, each)| *each == clocks).map_or("", |(name, _)| name);
    html! {
        <label class="timing" title={text::study::TIMESTAMPS_HELP}>
            <span>{ text::study::TIMESTAMPS }</span>
            { Html::from(select(shown, names, onchange)) }
        </label>
    }
}

/// Choice of the messages that are drawn as ever: those of a node, and those of a kind.
fn only(state: &State, send: &Send) -> Html {
    let only = &state.study.only;
    let kinds = kinds(&state.run.trace);
    let of_node = {
        let only = only.clone();
        send.reform(move |value: String| {
            let node = value.parse().ok().map(NodeId::new);
            Action::Study(Ask::Only(Only { node, ..only.clone() }))
        })
    };
    let of_kind = {
        let only = only.clone();
        send.reform(move |value: String| {
            let kind = (!value.is_empty()).then(|| value.into());
            Action::Study(Ask::Only(Only { kind, ..only.clone() }))
        })
    };
    let nodes = state.run.scenario.names().enumerate();
    let nodes = nodes.map(|(index, name)| choice(index.to_string(), text::study::of(&name)));
    let nodes = std::iter::once(choice("", text::study::OF_ALL)).chain(nodes).collect();
    let node = only.node.map_or_else(String::new, |node| node.index().to_string());
    let kind = only.kind.as_deref().unwrap_or_default().to_owned();
    let all_kinds = std::iter::once(choice("", text::study::ALL_KINDS));
    let choices = all_kinds.chain(kinds.iter().cloned().map(protocol_word));
    html! {
        <label class="timing" title={text::study::ONLY_HELP}>
            <span>{ text::study::MESSAGES }</span>
            { Html::from(Props { label: Some(text::study::NODE.into()), id: Some("only-node".into()), ..select(node, nodes, of_node) }) }
            if !kinds.is_empty() {
                { Html::from(Props { label: Some(text::study::KIND.into()), id: Some("only-kind".into()), ..select(kind, choices.collect(), of_kind) }) }
            }
        </label>
    }
}

/// Says that messages are filtered, with the way to end it.
pub(super) fn filtered(state: &State, send: &Send) -> Html {
    let only = &state.study.only;
    if only.is_open() {
        return html! {};
    }
    let name = only.node.map(|node| state.run.scenario.name(node));
    let all = send.reform(|_: MouseEvent| Action::Study(Ask::Only(Only::default())));
    html! {
        <p class="filtered" role="status">
            { text::study::only(name.as_deref(), only.kind.as_deref()) }{ " " }
            <button id="show-all" onclick={all}>{ text::study::SHOW_ALL }</button>
        </p>
    }
}

/// Number of events before and after the selection, with the signs of both.
fn in_words(state: &State, emphasis: &Emphasis, clocks: &Timing) -> Html {
    let [past, future, aside] = emphasis.counts;
    let untold = state.told() < state.run.trace.events.len();
    let (before, after, neither) = match emphasis.asked {
        Asked::Violation | Asked::Filter => return html! {},
        Asked::Event(_) => (text::study::BEFORE, text::study::AFTER, text::study::CONCURRENT),
        Asked::Message(_) => (text::study::PAST, text::study::FUTURE_OF, text::study::NEITHER),
    };
    let event = match emphasis.asked {
        Asked::Event(event) => Some(event),
        _ => None,
    };
    html! {
        <p class="order" role="status">
            if let (Some((clocks, stamps)), Some(event)) = (clocks, event) {
                <span>{ timestamp_sentence(&state.run.scenario, &state.run.trace, stamps, *clocks, event) }</span>
            }
            <span>{ key("past") }{ text::study::events(before, past) }</span>
            if untold {
                <span>{ key("future") }{ text::study::hidden(after) }</span>
            } else {
                <span>{ key("future") }{ text::study::events(after, future) }</span>
                <span>{ text::study::events(neither, aside) }</span>
                <span title={text::study::IN_ORDER_HELP}>{ text::study::in_order(emphasis.in_order, state.run.trace.events.len()) }</span>
            }
        </p>
    }
}

/// Sign of the past or the future.
fn key(role: &'static str) -> Html {
    html! {
        <svg width="34" height="18" aria-hidden="true">
            <g class="cone"><path class={role} d="M0 9H34" /></g>
            <g class={classes!("mark", role)}><circle class="ring" cx="17" cy="9" r="7" /></g>
        </svg>
    }
}

/// Largest number of messages of a kind that are listed.
const LISTED: usize = 8;

/// The verdict on a cut, and the messages that cross it.
fn cut_in_words(state: &State, cut: &CutLine, send: &Send) -> Html {
    let consistent = cut.crossing.is_consistent();
    let ask = |how: Move| send.reform(move |_: MouseEvent| Action::Study(Ask::Cut(how.clone())));
    let list = |name: &'static str, class: &'static str, messages: &[MessageId]| {
        let more = messages.len().saturating_sub(LISTED);
        html! {
            if !messages.is_empty() {
                <li {class}>
                    <b>{ name }</b>
                    { for messages.iter().take(LISTED).map(|message| crossing(state, *message, send)) }
                    if more > 0 { <span>{ text::study::more(more) }</span> }
                </li>
            }
        }
    };
    html! {
        <div class={classes!("cut-report", (!consistent).then_some("inconsistent"))} role="group" aria-label={text::study::CUT_REPORT}>
            <p><b aria-hidden="true">{ if consistent { "✓ " } else { "✗ " } }</b>{ cut.sentence() }</p>
            <div class="row wrap">
                <button onclick={ask(Move::ToPlayhead)}>{ text::study::TO_PLAYHEAD }</button>
                <button onclick={ask(Move::Mend)} disabled={consistent}
                    title={if consistent { text::study::CONSISTENT } else { text::study::MEND_HELP }}>
                    { text::study::MEND }
                </button>
            </div>
            <ul>
                { list(text::study::ORPHANS, "orphans", &cut.crossing.orphans) }
                { list(text::study::IN_TRANSIT, "transit", &cut.crossing.in_transit) }
            </ul>
        </div>
    }
}

/// A message that crosses a cut: it can be picked.
fn crossing(state: &State, message: MessageId, send: &Send) -> Html {
    let (scenario, message) = (&state.run.scenario, &state.run.trace.messages[message]);
    let name = message.name;
    let text = spell(&message.packet.to_string(), &scenario.nodes);
    let (from, to) = (scenario.name(name.from), scenario.name(name.to));
    let onclick = send.reform(move |_: MouseEvent| Action::Select(Some(Selection::Message(name))));
    html! { <button class="link" {onclick}>{ text::study::message(&text, &from, &to) }</button> }
}
