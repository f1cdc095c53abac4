//! The nodes' states, and what the last step changed in them.

use std::cell::RefCell;

use yew::prelude::*;

use super::{
    Send,
    fields::{choice, named, select},
    trees::tree,
};
use crate::{
    app::{
        Action, Fact, Hand, NodeState, Payload, Run, Selection, Shared, Status, Subject, Workings,
        facts, text,
    },
    kernel::NodeId,
    web::Frames,
};

/// Number of nodes that are shown beside each other.
const COLUMNS: usize = 6;

/// Results computed from the run, kept while tabs come and go.
pub(super) type Worked = Shared<RefCell<Workings>>;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Number of events that have happened.
    pub(super) cursor: usize,
    /// Number of events that are not hidden.
    pub(super) told: usize,
    pub(super) selection: Option<Selection>,
    /// The node that the reader wants to see first.
    pub(super) inspected: Option<NodeId>,
    pub(super) worked: Worked,
    pub(super) send: Send,
}

/// The nodes' states.
#[component]
pub(super) fn Inspector(props: &Props) -> Html {
    let Props { run, cursor, told, selection, inspected, worked, send } = props;
    let place = (run.clone(), *selection, *cursor, *told);
    let subject = use_memo(place, |(run, selection, cursor, told)| {
        Subject::of(run, *selection, *cursor, *told)
    });
    use_work(run, worked, |worked, run| {
        let past = worked.past(run);
        past.go_on();
        past.progress()
    });
    let progress = worked.borrow_mut().past(run).progress();
    let ready = worked.borrow_mut().past(run).has(&subject);
    let nodes = shown(run.scenario.nodes.len(), inspected.unwrap_or(subject.node));
    let wanted = (run.clone(), *subject, nodes, ready);
    let states = use_memo((wanted, *told), |((run, subject, nodes, ready), told)| {
        ready.then(|| worked.borrow_mut().past(run).states(subject, nodes, *told))
    });
    let payload = use_memo((run.clone(), subject.message, *told), |(run, message, told)| {
        message.map(|message| Payload::of(run, message, *told))
    });
    let facts =
        use_memo((run.clone(), *subject, *told), |(run, subject, told)| facts(run, subject, *told));
    html! {
        <div class="inspector">
            <div class="moment">
                <h3 lang="en">{ subject.heading(run) }</h3>
                <p class="hint">
                    { if subject.picked { text::inspector::PICKED } else { text::inspector::AT_PLAYHEAD } }
                </p>
            </div>
            { list(&facts, send) }
            if run.scenario.nodes.len() > 1 { { look_at(run, *inspected, text::inspector::ITS_NODE, send) } }
            if let Some(payload) = &*payload { { message(payload) } }
            if let Some(states) = &*states {
                <div class="states">{ for states.iter().map(|state| column(run, state, &subject)) }</div>
            } else if let Some(progress) = progress {
                <p role="status">{ text::inspector::progress(progress) }</p>
            }
        </div>
    }
}

/// Does the next piece of what is worked out of a run, and says how much of it is done; none if all.
type Piece = fn(&mut Workings, &Run) -> Option<usize>;

/// Works something out of a long run, a piece before every frame, while it is looked at.
#[hook]
pub(super) fn use_work(run: &Run, worked: &Worked, piece: Piece) {
    let again = use_force_update();
    let work = use_mut_ref(|| None::<Frames>);
    let worked = worked.clone();
    use_effect_with(run.clone(), move |run| {
        if piece(&mut worked.borrow_mut(), run).is_some() {
            let (run, mine) = (run.clone(), work.clone());
            let frames = Frames::start(move |_| {
                if piece(&mut worked.borrow_mut(), &run).is_none() {
                    mine.borrow_mut().take();
                }
                again.force_update();
            });
            *work.borrow_mut() = Some(frames);
        }
        move || drop(work.borrow_mut().take())
    });
}

/// The nodes that are shown, this one first.
fn shown(count: usize, first: NodeId) -> Vec<NodeId> {
    let others = (0..count).map(NodeId::new).filter(|node| *node != first);
    std::iter::once(first).chain(others).take(COLUMNS).collect()
}

/// Choice of the first node; on a narrow screen it is the only one.
pub(super) fn look_at(run: &Run, first: Option<NodeId>, none: &'static str, send: &Send) -> Html {
    let onchange =
        send.reform(|value: String| Action::Inspect(value.parse().ok().map(NodeId::new)));
    let nodes = run.scenario.names().enumerate();
    let nodes = nodes.map(|(index, name)| named(index.to_string(), name));
    let choices = std::iter::once(choice("", none)).chain(nodes).collect();
    let chosen = first.map_or_else(String::new, |node| node.index().to_string());
    html! {
        <label class="field">
            <span>{ text::inspector::LOOK_AT }</span>
            { Html::from(select(chosen, choices, onchange)) }
        </label>
    }
}

/// Facts about the selected event or message, with ways to the events in them.
fn list(facts: &[Fact], send: &Send) -> Html {
    if facts.is_empty() {
        return html! {};
    }
    let value = |fact: &Fact| match fact.event {
        Some(event) => {
            let visit = move |_: MouseEvent| Action::Hand(Hand::Visit(Selection::Event(event)));
            let onclick = send.reform(visit);
            html! { <button class="link" {onclick} title={text::facts::GO_THERE}>{ &fact.value }</button> }
        }
        None => html! { { &fact.value } },
    };
    html! {
        <dl class="facts" aria-label={text::facts::LABEL}>
            { for facts.iter().map(|fact| html! { <><dt>{ fact.name }</dt><dd>{ value(fact) }</dd></> }) }
        </dl>
    }
}

/// The content of a message, and its fate.
fn message(payload: &Payload) -> Html {
    html! {
        <section class="payload" aria-label={text::inspector::MESSAGE}>
            <h4>{ text::inspector::MESSAGE }</h4>
            <p lang="en">{ &payload.sentence }</p>
            { tree(&payload.fields, 0) }
            if let Some((title, fields)) = &payload.other {
                <h4>{ *title }</h4>
                { tree(fields, 0) }
            }
        </section>
    }
}

/// One node.
fn column(run: &Run, state: &NodeState, subject: &Subject) -> Html {
    let name = run.scenario.name(state.node);
    let (class, status) = match state.status {
        Status::Up => (text::inspector::UP, text::inspector::UP.to_owned()),
        Status::Paused(until) => ("paused", text::inspector::paused(until)),
        Status::Crashed => ("crashed", text::inspector::CRASHED.to_owned()),
    };
    let here = subject.event.is_some_and(|event| run.trace.events[event].node == state.node);
    let untouched = here && !state.is_touched();
    let part = |title: &str, entries: &[_], none: &str| {
        html! {
            <>
                <h5>{ title }</h5>
                if entries.is_empty() { <p class="hint">{ none }</p> } else { { tree(entries, 0) } }
            </>
        }
    };
    let title = if state.status == Status::Crashed {
        text::inspector::LOST_STATE
    } else {
        text::inspector::STATE
    };
    html! {
        <section class={classes!("node-state", class, here.then_some("here"))} aria-label={name.clone()}
            data-node={name.clone()}>
            <h4>{ name } <small>{ status }</small></h4>
            if untouched { <p class="hint">{ text::inspector::UNTOUCHED }</p> }
            { part(title, &state.state, if run.is_recorded() { text::importing::NO_STATES } else { text::inspector::NO_STATE }) }
            if let Some(held_back) = &state.held_back {
                <h5>{ text::inspector::HELD_BACK }</h5>
                if held_back.is_empty() { <p class="hint">{ text::inspector::NONE_HELD }</p> }
                <ul class="held">{ for held_back.iter().map(|line| html! { <li>{ line }</li> }) }</ul>
            }
            if !run.is_recorded() {
                { part(text::inspector::TIMERS, &state.timers, text::inspector::NO_TIMERS) }
                { part(text::inspector::STORAGE, &state.stored, text::inspector::NOT_STORED) }
            }
        </section>
    }
}
