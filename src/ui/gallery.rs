//! The gallery: all bundled scenarios by family, with small pictures, searched by words and by what they violate.

use std::rc::Rc;

use serde_json::Value;
use yew::prelude::*;

use super::{Send, saved::OwnRuns};
use crate::{
    app::{Action, Edit, State, text},
    kernel::Scenario,
    protocols, web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// Id of the protocol that runs; empty for a recorded run.
    pub(super) here: AttrValue,
    /// Path of the bundled scenario that is shown, unless the reader changed it.
    pub(super) path: Option<AttrValue>,
    /// Protocols that take the requests of the run: ids and names.
    pub(super) offers: Rc<[(&'static str, &'static str)]>,
    /// Fragment of the link of the run that is shown; empty while it is made.
    pub(super) fragment: AttrValue,
    /// The run's heading.
    pub(super) heading: AttrValue,
    /// A scenario of its protocol and its nodes, without requests and faults.
    pub(super) blank: AttrValue,
    pub(super) send: Send,
}

/// The gallery's properties for a state.
pub(super) fn props(
    state: &State,
    path: Option<&str>,
    offers: &[(&'static str, &'static str)],
    fragment: &str,
    send: &Send,
) -> Props {
    let is_own = state.imports.shown.is_none();
    Props {
        here: state.run.protocol.id.into(),
        path: path.map(|path| path.to_owned().into()),
        offers: offers.into(),
        fragment: if is_own { fragment.to_owned().into() } else { AttrValue::default() },
        heading: state.heading().into(),
        blank: blank(state.own().scenario()).into(),
        send: send.clone(),
    }
}

/// Returns a scenario of the same protocol and nodes without requests and faults, as JSON.
fn blank(scenario: &Scenario) -> String {
    let nodes = &scenario.nodes;
    let json = serde_json::json!({ "version": 1, "protocol": scenario.protocol, "nodes": nodes });
    json.to_string()
}

/// The catalogue: none while it is fetched, an error if that failed.
type Catalogue = Option<Result<Rc<Value>, ()>>;

/// The gallery. It is on the page only while it is open.
#[component]
pub(super) fn Gallery(props: &Props) -> Html {
    let Props { send, .. } = props;
    let dialog = use_node_ref();
    // Only of the view: what the network has brought, and the words that are looked for.
    let catalogue = use_state(|| None as Catalogue);
    let wanted = use_state(String::new);
    let fetch = {
        let catalogue = catalogue.setter();
        move || {
            let catalogue = catalogue.clone();
            web::fetch_text(&web::file_of_build("gallery.json"), move |text| {
                let read = text.and_then(|text| serde_json::from_str(&text).ok());
                catalogue.set(Some(read.map(Rc::new).ok_or(())));
            });
        }
    };
    use_effect_with((), {
        let (dialog, fetch) = (dialog.clone(), fetch.clone());
        move |()| {
            if let Some(dialog) = dialog.cast() {
                web::show_dialog(&dialog, true);
            }
            fetch();
        }
    });
    let close = {
        let dialog = dialog.clone();
        // The browser closes it first, and so puts the focus back where it was.
        Callback::from(move |_: MouseEvent| {
            if let Some(dialog) = dialog.cast() {
                web::show_dialog(&dialog, false);
            }
        })
    };
    let onclose = send.reform(|_: Event| Action::Gallery(false));
    let oninput = {
        let wanted = wanted.setter();
        Callback::from(move |event: InputEvent| wanted.set(web::value_of(&event)))
    };
    let again = Callback::from(move |_: MouseEvent| fetch());
    html! {
        <dialog class="gallery" ref={dialog} {onclose} aria-labelledby="gallery-title">
            <div class="head">
                <h2 id="gallery-title">{ text::gallery::TITLE }</h2>
                <input type="search" id="gallery-search" placeholder={text::gallery::SEARCH} aria-label={text::gallery::SEARCH}
                    value={(*wanted).clone()} {oninput} />
                <button type="button" class="close icon plain" onclick={close} aria-label={text::sharing::CLOSE}
                    title={text::sharing::CLOSE_HELP}>{ "✕" }</button>
            </div>
            if wanted.is_empty() {
                <OwnRuns fragment={props.fragment.clone()} heading={props.heading.clone()} blank={props.blank.clone()} send={send.clone()} />
            }
            { match &*catalogue {
                None => html! { <p role="status">{ text::gallery::FETCHING }</p> },
                Some(Err(())) => html! {
                    <p role="alert">
                        { text::gallery::FAILED }{ " " }<button onclick={again}>{ text::fetching::AGAIN }</button>
                    </p>
                },
                Some(Ok(catalogue)) => families(props, catalogue, &wanted),
            } }
        </dialog>
    }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn string<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// True if each word is in one of the texts.
fn holds(texts: &[&str], wanted: &str) -> bool {
    let text = texts.join(" ").to_lowercase();
    wanted.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

fn families(props: &Props, catalogue: &Value, wanted: &str) -> Html {
    let mut found = 0;
    let mut drawn = Vec::new();
    for family in list(catalogue, "families") {
        let mut rows = Vec::new();
        for protocol in list(family, "protocols") {
            let examples: Vec<_> = list(protocol, "examples")
                .iter()
                .filter(|it| matches(it, protocol, family, wanted))
                .collect();
            found += examples.len();
            if !examples.is_empty() {
                rows.push(row(props, protocol, &examples));
            }
        }
        if !rows.is_empty() {
            drawn.push(html! {
                <section key={string(family, "name").to_owned()}><h3 lang="en">{ string(family, "name") }</h3>{ for rows }</section>
            });
        }
    }
    html! {
        <>
            <p class="hint" role="status">{ text::gallery::found(found) }</p>
            { for drawn }
        </>
    }
}

fn matches(example: &Value, protocol: &Value, family: &Value, wanted: &str) -> bool {
    let violates: Vec<_> = list(example, "violates").iter().filter_map(Value::as_str).collect();
    let exercise = if example["exercise"] == true { text::gallery::EXERCISE } else { "" };
    let texts = [
        string(family, "name"),
        string(protocol, "name"),
        string(protocol, "id"),
        string(example, "title"),
        string(example, "text"),
        exercise,
        &violates.join(" "),
    ];
    holds(&texts, wanted)
}

/// A protocol with its scenarios.
fn row(props: &Props, protocol: &Value, examples: &[&Value]) -> Html {
    let Props { here, offers, send, .. } = props;
    let id = protocols::entry(string(protocol, "id")).map_or("", |entry| entry.id);
    let is_here = here.as_str() == id;
    let keeps = !is_here && offers.iter().any(|(other, _)| *other == id);
    let keep = send.reform(move |_: MouseEvent| Action::Apply(Edit::Protocol(id)));
    let close = send.reform(|_: MouseEvent| Action::Gallery(false));
    let keep = Callback::from(move |event: MouseEvent| {
        close.emit(event.clone());
        keep.emit(event);
    });
    html! {
        <div class={classes!("of-protocol", is_here.then_some("here"))} key={id}>
            <h4 lang="en">
                <a href={format!("p/{id}/")} data-protocol={id} onclick={open(send, Action::Protocol(id))}>{ string(protocol, "name") }</a>
            </h4>
            <p lang="en">
                { string(protocol, "summary") }
                if keeps {
                    { " " }
                    <button class="link" data-keep={id} onclick={keep} lang={text::LANGUAGE} title={text::gallery::KEEP_HELP}>{ text::gallery::KEEP }</button>
                }
            </p>
            <ul>{ for examples.iter().map(|example| card(props, example)) }</ul>
        </div>
    }
}

/// Follows a link within the page, unless the reader wants it elsewhere.
fn open(send: &Send, action: Action) -> Callback<MouseEvent> {
    let send = send.clone();
    Callback::from(move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        event.prevent_default();
        send.emit(Action::Gallery(false));
        send.emit(action.clone());
    })
}

/// A scenario: the link that stays, and in the page the way to it.
fn card(props: &Props, example: &Value) -> Html {
    let path = string(example, "path");
    let is_here = props.path.as_deref() == Some(path);
    let (_, address) = path.split_once('/').unwrap_or_default();
    let onclick = open(&props.send, Action::Example(path.into()));
    let violates = list(example, "violates");
    html! {
        <li key={path.to_owned()}>
            <a class="card" href={format!("p/{address}/")} data-path={path.to_owned()} {onclick} aria-current={is_here.then_some("true")} lang="en">
                { picture(example) }
                <b>{ string(example, "title") }</b>
                <span class="what">{ string(example, "text") }</span>
                <span class="tags">
                    if example["exercise"] == true {
                        <span class="tag" lang={text::LANGUAGE}>{ text::gallery::EXERCISE }</span>
                    }
                    { for violates.iter().filter_map(Value::as_str).map(|name| html! {
                        <span class="violated"><span class="sign">{ "✗" }</span>{ name }</span>
                    }) }
                </span>
            </a>
        </li>
    }
}

fn picture(example: &Value) -> Html {
    let lines = example["lines"].as_u64().unwrap_or(1).max(1);
    let outline = |name: &str| string(example, name).to_owned();
    let lanes: String = (0..lines).map(|line| format!("M4 {}H156", line * 16 + 8)).collect();
    html! {
        <svg viewBox={format!("0 0 160 {}", lines * 16)} preserveAspectRatio="none" aria-hidden="true">
            <path class="lanes" d={lanes} />
            <path class="messages" d={outline("messages")} />
            <path class="lost" d={outline("lost")} />
            <path class="indications" d={outline("indications")} />
            <path class="crashes" d={outline("crashes")} />
        </svg>
    }
}
