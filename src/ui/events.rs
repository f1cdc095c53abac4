//! Every event in words, captions and faults among them, and what of that the reader asks for.

use std::{cell::RefCell, rc::Rc};

use yew::prelude::*;

use super::{
    Send,
    fields::{choice, named, protocol_word, select},
    fold::fold,
    narration::Narration,
    rows::{ClassOfRow, DrawRow, Rows, Stops},
    work::slice,
};
use crate::{
    analysis::{cause, effects},
    app::{Action, Filter, Playhead, Run, Selection, Story, StoryEntry, text, told},
    diagram::event_sentence,
    kernel::{EventId, NodeId},
    web::{self, Frames},
};

/// Number of entries whose words are read at once.
const AT_ONCE: usize = 5_000;
/// Number of entries that are read between two looks at the clock.
const PART: usize = 100;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) playhead: Playhead,
    /// True if the future is hidden.
    pub(super) hidden: bool,
    pub(super) selection: Option<Selection>,
    pub(super) filter: Filter,
    pub(super) send: Send,
}

/// Every event, in words.
#[component]
pub(super) fn Events(props: &Props) -> Html {
    let Props { run, selection, filter, hidden, send, .. } = props;
    // Worked out once a run and a filter, however often the playhead moves.
    let story = use_memo(run.clone(), |run| Story::of(run));
    let found = use_filtered(run, filter, &story);
    let computing = found.is_none();
    let entries = found.unwrap_or_default();
    let told = told(run, &entries, props.playhead);
    let count = if *hidden { told } else { entries.len() };
    let event_of = |selection| match selection {
        Some(Selection::Event(event)) => Some(event),
        _ => None,
    };
    let selected = event_of(*selection);
    let place = selected.and_then(|event| place_of(&entries, event));
    let shown = place.or(told.checked_sub(1));
    let class: ClassOfRow = {
        let last = told.checked_sub(1);
        Rc::new(move |row: usize| {
            classes!(
                (row >= told).then_some("to-come"),
                (Some(row) == last).then_some("present"),
                (Some(row) == place).then_some("selected"),
            )
        })
    };
    let draw: DrawRow = {
        let (run, entries, send) = (run.clone(), Rc::clone(&entries), send.clone());
        Rc::new(move |row: usize, stops: &Stops| {
            let Some(&entry) = entries.get(row) else { return html! {} };
            let (id, tab) = (stops.id(0), stops.tab(0));
            cells(&run, entry, place == Some(row), (id, tab), &send)
        })
    };
    let heads = text::events::HEADS.map(str::to_owned).to_vec();
    let words = {
        let (run, playhead, hidden, send) = (run.clone(), props.playhead, *hidden, send.clone());
        let draw = move || {
            html! { <Narration run={run.clone()} {playhead} {hidden} send={send.clone()} /> }
        };
        fold("in-words", text::narration::TITLE.to_owned(), true, Rc::new(draw))
    };
    html! {
        <div class="events">
            { words }
            { filters(run, &story, filter, send) }
            <div class="events-bar">
                <output class="count">
                    { text::events::count(count, (!hidden).then_some(story.entries.len())) }
                </output>
                { links(run, selected, if *hidden { props.playhead.cursor } else { usize::MAX }, send) }
            </div>
            if count == 0 && *hidden {
                <p class="why">{ text::events::NONE_YET }</p>
            } else if computing {
                <p class="why">{ text::events::FILTERING }</p>
            } else if entries.is_empty() {
                <p class="why">{ text::events::NONE }</p>
            } else {
                <Rows id="event" label={text::events::LABEL} {heads} stops={1} {count} {shown} {class} {draw} />
            }
        </div>
    }
}

/// Entries that pass the filter; none while those of a long run are sought, in slices.
#[hook]
fn use_filtered(run: &Run, filter: &Filter, story: &Rc<Story>) -> Option<Rc<Vec<StoryEntry>>> {
    let asked = (run.clone(), filter.clone());
    let at_once = use_memo(asked.clone(), |(run, filter)| {
        let is_quick = story.entries.len() <= AT_ONCE || !filter.reads();
        is_quick.then(|| Rc::new(filter.of(run, story)))
    });
    // Only of the view: it follows from the run and the filter.
    let found = use_state(|| None);
    let ready = (*found).as_ref().filter(|(of, _)| *of == asked);
    let ready: Option<Rc<_>> = ready.map(|(_, entries)| Rc::clone(entries));
    let wanted = (at_once.is_none() && ready.is_none()).then_some(asked);
    use_effect_with(wanted, {
        let story = Rc::clone(story);
        move |wanted| {
            let frames = wanted.clone().map(|(run, filter)| {
                let progress = RefCell::new((0, Vec::new()));
                Frames::start(move |_| {
                    let (seen, entries) = &mut *progress.borrow_mut();
                    let done = slice(|| {
                        let part = story.entries.iter().skip(*seen).take(PART);
                        entries.extend(part.filter(|entry| filter.lets(&run, **entry)));
                        *seen += PART;
                        *seen >= story.entries.len()
                    });
                    if done {
                        let entries = Rc::new(std::mem::take(entries));
                        found.set(Some(((run.clone(), filter.clone()), entries)));
                    }
                })
            });
            move || drop(frames)
        }
    });
    (*at_once).clone().or(ready)
}

fn place_of(entries: &[StoryEntry], event: EventId) -> Option<usize> {
    entries.iter().position(|entry| *entry == StoryEntry::Event(event))
}

/// Shows an event: picks it, and brings the playhead to it.
pub(super) fn go_to(send: &Send, event: EventId) {
    send.emit(Action::Jump(event + 1));
    send.emit(Action::Select(Some(Selection::Event(event))));
}

fn cells(
    run: &Run,
    entry: StoryEntry,
    selected: bool,
    (id, tabindex): (String, &'static str),
    send: &Send,
) -> Html {
    let at = entry.time(run);
    let sentence = entry.sentence(run);
    let node = entry.node(run).map(|node| run.scenario.name(node));
    let kind = entry.kind(run);
    let send = send.clone();
    let onclick = Callback::from(move |_: MouseEvent| match entry {
        StoryEntry::Event(event) => go_to(&send, event),
        _ => send.emit(Action::Seek(at as f64)),
    });
    html! {
        <>
            <span role="cell">{ at }</span>
            <span role="cell">{ node.unwrap_or_else(|| "–".to_owned()) }</span>
            <span role="cell">
                <button {id} {tabindex} {onclick} class={classes!("link", kind)} lang="en"
                    aria-current={selected.then_some("true")} title={sentence.clone()}>
                    if kind == "caption" || kind == "fault" { <b>{ kind }{ ": " }</b> }
                    { sentence }
                </button>
            </span>
        </>
    }
}

/// Links to the cause of the selected event and to its effects that are not hidden.
fn links(run: &Run, selected: Option<EventId>, told: EventId, send: &Send) -> Html {
    let Some(event) = selected.filter(|event| *event < run.trace.events.len()) else {
        return html! {};
    };
    let button = |words: String, to: Option<EventId>, none: &'static str| {
        let send = send.clone();
        let title = to.map_or(none.to_owned(), |to| {
            let sentence = event_sentence(&run.scenario, &run.trace, to);
            text::events::at(run.trace.events[to].time, &sentence)
        });
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(to) = to {
                go_to(&send, to);
            }
        });
        html! { <button type="button" {onclick} disabled={to.is_none()} {title}>{ words }</button> }
    };
    let mut caused = effects(&run.trace, event);
    caused.retain(|effect| *effect < told);
    let many = match caused.len() {
        0 | 1 => text::events::EFFECT.to_owned(),
        many => text::events::first_effect(many),
    };
    html! {
        <>
            { button(text::events::CAUSE.to_owned(), cause(&run.trace, event), text::events::NO_CAUSE) }
            { button(many, caused.first().copied(), text::events::NO_EFFECT) }
        </>
    }
}

/// The filters.
fn filters(run: &Run, story: &Story, filter: &Filter, send: &Send) -> Html {
    let change = |change: fn(&mut Filter, String)| {
        let filter = filter.clone();
        move |value: String| {
            let mut filter = filter.clone();
            change(&mut filter, value);
            Action::Filter(filter)
        }
    };
    let node = change(|filter, value| filter.node = value.parse().ok().map(NodeId::new));
    let node = send.reform(node);
    let kind = {
        let (kinds, filter) = (story.kinds.clone(), filter.clone());
        send.reform(move |value: String| {
            let kind = kinds.iter().copied().find(|kind| *kind == value);
            Action::Filter(Filter { kind, ..filter.clone() })
        })
    };
    let text = |id: &'static str, name: &'static str, hint: String, value: &str, oninput| {
        html! {
            <label for={id}>
                <span>{ name }</span>
                <input {id} type="search" value={value.to_owned()} placeholder={hint} {oninput} />
            </label>
        }
    };
    let message = change(|filter, value| filter.message = value.trim().to_owned());
    let message = send.reform(move |event: InputEvent| message(web::value_of(&event)));
    let words = change(|filter, value| filter.text = value);
    let words = send.reform(move |event: InputEvent| words(web::value_of(&event)));
    let example = run.trace.messages.first().map(|message| run.scenario.message_name(message.name));
    let clear = send.reform(|_: MouseEvent| Action::Filter(Filter::default()));
    let all = || std::iter::once(choice("", text::events::ALL));
    let nodes = run.scenario.names().enumerate();
    let nodes = nodes.map(|(index, name)| named(index.to_string(), name));
    let nodes = all().chain(nodes).collect();
    let of_node = filter.node.map_or_else(String::new, |node| node.index().to_string());
    let kinds = all().chain(story.kinds.iter().copied().map(protocol_word)).collect();
    html! {
        <div class="filters" role="search" aria-label={text::events::FILTERS}>
            <label>
                <span>{ text::events::NODE }</span>
                { Html::from(select(of_node, nodes, node)) }
            </label>
            <label>
                <span>{ text::events::KIND }</span>
                { Html::from(select(filter.kind.unwrap_or_default(), kinds, kind)) }
            </label>
            { text("events-message", text::events::MESSAGE, example.unwrap_or_default(), &filter.message, message) }
            { text("events-text", text::events::TEXT, text::events::ANY_WORDS.to_owned(), &filter.text, words) }
            <button type="button" onclick={clear} disabled={filter.is_open()}
                title={filter.is_open().then_some(text::events::UNFILTERED)}>{ text::events::CLEAR }</button>
        </div>
    }
}
