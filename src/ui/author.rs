//! The words of a run where they stand: its title, its captions, and the goal that makes an exercise of it.

use yew::prelude::*;

use super::{
    Send,
    fields::{
        ControlKind, Number, Props as Control, choice, fault_count, field, named, number, part,
        protocol_word, select,
    },
};
use crate::{
    app::{Action, Run, State, text},
    formats::scenario::{MAX_CAPTION, MAX_TITLE, goal_json, goal_of},
    kernel::{Caption, EventKind, NodeId, Scenario, Time, spell},
    runs::{Goal, Want},
    search::{Budget, KINDS},
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Moment at which a new caption begins, in virtual ms.
    pub(super) now: Time,
    /// The heading where the run has no title.
    pub(super) heading: AttrValue,
    pub(super) send: Send,
}

impl Props {
    pub(super) fn of(state: &State, send: &Send) -> Self {
        Self {
            run: state.run.clone(),
            now: state.playhead.time as Time,
            heading: state.heading().into(),
            send: send.clone(),
        }
    }
}

/// Id of the field of the title.
const TITLE: &str = "author-title";

/// The fields, in the place of the words.
#[component]
pub(super) fn Author(props: &Props) -> Html {
    let Props { run, heading, send, .. } = props;
    use_effect_with((), |()| web::focus_by_id(TITLE));
    let done = send.reform(|_: MouseEvent| Action::Author(false));
    let title = Control {
        id: Some(TITLE.into()),
        label: Some(text::author::TITLE.into()),
        onchange: Some(writes(run, send, |scenario, title| scenario.title = title)),
        ..part(ControlKind::Text(MAX_TITLE as u32), run.scenario.title.clone())
    };
    html! {
        <section class="author" aria-label={text::author::LABEL}>
            <div class="row">
                <h2 class="unseen" lang="en">{ heading }</h2>
                { Html::from(title) }
                <button type="button" id="author-done" class="primary" onclick={done}>{ text::author::DONE }</button>
            </div>
            <ol class="captions">
                { for run.scenario.captions.iter().enumerate().map(|(place, caption)| row(props, place, caption)) }
            </ol>
            { new_caption(props) }
            { exercise(run, send) }
            <p class="hint">{ text::author::HINT }</p>
        </section>
    }
}

/// A callback that writes a value into the scenario.
fn writes<T: 'static>(
    run: &Run,
    send: &Send,
    write: impl Fn(&mut Scenario, T) + 'static,
) -> Callback<T> {
    let run = run.clone();
    send.reform(move |value: T| {
        let mut next = run.scenario.clone();
        write(&mut next, value);
        Action::Write(Box::new(next))
    })
}

/// A caption: its number in the diagram, its place there, its text.
fn row(props: &Props, place: usize, caption: &Caption) -> Html {
    let Props { run, send, .. } = props;
    let change = |set: fn(&mut Caption, String)| {
        writes(run, send, move |scenario, value: String| {
            if let Some(caption) = scenario.captions.get_mut(place) {
                set(caption, value);
            }
        })
    };
    let at = writes(run, send, move |scenario, at: u64| {
        if let Some(caption) = scenario.captions.get_mut(place) {
            caption.at = at;
        }
    });
    let remove = writes(run, send, move |scenario, _: MouseEvent| {
        if place < scenario.captions.len() {
            scenario.captions.remove(place);
        }
    });
    let node = change(|caption, value| {
        caption.node = value.parse().map_or(caption.node, NodeId::new);
    });
    let words = Control {
        label: Some(text::author::caption(place + 1).into()),
        onchange: Some(change(|caption, words| caption.text = words)),
        ..part(ControlKind::Text(MAX_CAPTION as u32), caption.text.clone())
    };
    html! {
        <li key={place}>
            <span class="badge" aria-hidden="true">{ place + 1 }</span>
            { Html::from(words) }
            <span class="times">
                { nodes(run, caption.node, node) }
                { text::deeds::AT }{ " " }
                { number(Number { value: caption.at, label: Some(text::author::time(place + 1)), onchange: at, ..Number::default() }) }
                { " ms" }
            </span>
            <button type="button" class="icon" onclick={remove} aria-label={text::author::remove(place + 1)} title={text::author::remove(place + 1)}>{ "✕" }</button>
        </li>
    }
}

fn nodes(run: &Run, node: NodeId, onchange: Callback<String>) -> Html {
    let names = run.scenario.names().enumerate();
    let names = names.map(|(index, name)| named(index.to_string(), name)).collect();
    let label = Some(text::author::NODE.into());
    Control { label, ..select(node.index().to_string(), names, onchange) }.into()
}

/// A field for one more caption, at the playhead.
fn new_caption(props: &Props) -> Html {
    let Props { run, now, send, .. } = props;
    let now = *now;
    // At the node of the last event: the caption is probably about that.
    let last = run.trace.events_until(now).checked_sub(1);
    let node = last.map_or(NodeId::new(0), |last| run.trace.events[last].node);
    let add = writes(run, send, move |scenario, words: String| {
        if !words.is_empty() {
            scenario.captions.push(Caption { at: now, node, text: words });
        }
    });
    let place = run.scenario.captions.len() + 1;
    let control = Control {
        id: Some("author-caption".into()),
        label: Some(text::author::NEW.into()),
        onchange: Some(add),
        ..part(ControlKind::Text(MAX_CAPTION as u32), String::new())
    };
    html! {
        <label class="new-caption" key={place}>
            <span>{ text::author::new(now) }</span>
            { Html::from(control) }
        </label>
    }
}

/// The kinds of goals, and no goal.
const WANTS: [(&str, &str); 4] = [
    ("", text::author::NO_GOAL),
    ("violate", text::author::VIOLATE),
    ("keep", text::author::KEEP),
    ("tell", text::author::TELL),
];

/// The goal, if the run is to be an exercise.
fn exercise(run: &Run, send: &Send) -> Html {
    let goal = goal_of(&run.scenario);
    let want = goal.as_ref().map_or("", |goal| match goal.want {
        Want::Violate(_) => "violate",
        Want::Keep(_) => "keep",
        Want::Tell { .. } => "tell",
    });
    let first = run.protocol.properties().next().map_or("", |(property, _)| property.name);
    let indication = indications(run).into_iter().next();
    let onchange = writes(run, send, move |scenario, kind: String| {
        let before = goal_of(scenario);
        let named = before.as_ref().and_then(|goal| match &goal.want {
            Want::Violate(name) | Want::Keep(name) => Some(name.clone()),
            Want::Tell { .. } => None,
        });
        let name = named.unwrap_or_else(|| first.to_owned());
        let (node, said) =
            indication.clone().unwrap_or((NodeId::new(0), text::author::SAID.to_owned()));
        let want = match kind.as_str() {
            "violate" => Want::Violate(name),
            "keep" => Want::Keep(name),
            "tell" => Want::Tell { node, first: said, then: None },
            _ => {
                scenario.goal = None;
                return;
            }
        };
        let is_keep = matches!(want, Want::Keep(_));
        let within = before.map_or_else(|| Budget::NONE.with("crash", 1), |goal| goal.within);
        let within = if is_keep { Budget::NONE } else { within };
        scenario.goal = Some(goal_json(&Goal { want, within, variants: None }));
    });
    let wants = WANTS.into_iter().map(|(value, words)| choice(value, words)).collect();
    let wants = Control { id: Some("author-goal".into()), ..select(want, wants, onchange) };
    html! {
        <div class="goal">
            { field(text::author::EXERCISE, text::author::EXERCISE_HELP, wants.into()) }
            { for goal.map(|goal| of_goal(run, &goal, send)) }
        </div>
    }
}

/// A callback that changes the goal.
fn sets<T: 'static>(run: &Run, send: &Send, set: impl Fn(&mut Goal, T) + 'static) -> Callback<T> {
    writes(run, send, move |scenario, value| {
        if let Some(mut goal) = goal_of(scenario) {
            set(&mut goal, value);
            // Those of the goal before would not fit.
            goal.variants = None;
            scenario.goal = Some(goal_json(&goal));
        }
    })
}

fn of_goal(run: &Run, goal: &Goal, send: &Send) -> Html {
    let want = match &goal.want {
        Want::Violate(name) | Want::Keep(name) => {
            let names = run.protocol.properties().map(|(property, _)| property.name);
            let names = names.map(protocol_word).collect();
            let onchange = sets(run, send, |goal, chosen: String| match &mut goal.want {
                Want::Violate(name) | Want::Keep(name) => *name = chosen,
                Want::Tell { .. } => {}
            });
            field(text::author::PROPERTY, "", select(name.clone(), names, onchange).into())
        }
        Want::Tell { node, first, .. } => {
            let of_node = sets(run, send, |goal, chosen: String| {
                if let (Want::Tell { node, .. }, Ok(index)) = (&mut goal.want, chosen.parse()) {
                    *node = NodeId::new(index);
                }
            });
            let mut said: Vec<_> = indications(run).into_iter().map(|(_, said)| said).collect();
            said.push(first.clone());
            said.sort_unstable();
            said.dedup();
            let said = said.into_iter().map(protocol_word).collect();
            let of_first = sets(run, send, |goal, chosen: String| {
                if let Want::Tell { first, .. } = &mut goal.want {
                    *first = chosen;
                }
            });
            html! {
                <>
                    { field(text::author::NODE, "", nodes(run, *node, of_node)) }
                    { field(text::author::SAYS, text::author::SAYS_HELP, select(first.clone(), said, of_first).into()) }
                </>
            }
        }
    };
    html! {
        <>
            { want }
            if !matches!(goal.want, Want::Keep(_)) { { within(run, &goal.within, send) } }
        </>
    }
}

/// The faults that may be added to reach the goal.
fn within(run: &Run, now: &Budget, send: &Send) -> Html {
    let kind = |kind: &'static str| {
        let onchange = sets(run, send, move |goal, count: u64| {
            goal.within = goal.within.with(kind, count as u32);
        });
        fault_count(kind, now, onchange)
    };
    html! {
        <details class="may-go-wrong">
            <summary>{ text::author::WITHIN }{ now.to_string() }</summary>
            <div class="kinds">{ for KINDS.into_iter().map(kind) }</div>
        </details>
    }
}

/// The indications of the run, each once, with a node that gives it.
fn indications(run: &Run) -> Vec<(NodeId, String)> {
    let mut all: Vec<(NodeId, String)> = Vec::new();
    for event in &run.trace.events {
        let EventKind::Indicate { packet, .. } = &event.kind else { continue };
        let said = spell(&packet.to_string(), &run.scenario.nodes);
        if !all.iter().any(|(_, other)| *other == said) {
            all.push((event.node, said));
        }
        if all.len() == MOST {
            break;
        }
    }
    all
}

/// Largest number of indications that are offered.
const MOST: usize = 40;
