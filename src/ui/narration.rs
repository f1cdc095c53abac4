//! The run in words, to read and to have read out.

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use super::Send;
use crate::{
    app::{Action, Playhead, Run, text},
    export::{self, Line},
    kernel::Time,
    split::part,
    web,
};

/// The script that speaks.
const VOICE: &str = "voice.js";

#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) playhead: Playhead,
    /// True if the future is hidden.
    pub(super) hidden: bool,
    pub(super) send: Send,
}

part! {
    /// The run in words.
    narration: fn(&Props) -> Html = |props| html! { <Words ..props.clone() /> };
}

/// The run in words, which is fetched when it is first shown.
#[component]
pub(super) fn Narration(props: &Props) -> Html {
    // Only of the view: true if the part is here, false if it could not be fetched.
    let here = use_state_eq(|| narration::here().map(|_| true));
    use_effect_with((), {
        let here = here.setter();
        move |()| {
            spawn_local(async move { here.set(Some(narration::fetch().await.is_ok())) });
        }
    });
    match (*here, narration::here()) {
        (Some(true), Some(draw)) => draw(props),
        (Some(false), _) => html! { <p class="missing" role="alert">{ text::parts::FAILED }</p> },
        _ => html! { <p class="missing" role="status">{ text::parts::FETCHING }</p> },
    }
}

/// State of the voice.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Voice {
    Silent,
    /// It begins.
    Awaited,
    /// Place of the line that is read.
    Reads(usize),
    NotFetched,
    /// The browser has no voice, or stopped.
    Failed,
}

/// Lines of the paragraphs, and the number of lines of each.
type NarratedLines = (Vec<Line>, Vec<usize>);

/// The text, and the voice.
#[component]
fn Words(props: &Props) -> Html {
    let Props { run, playhead, hidden, send } = props;
    let told: Rc<NarratedLines> = use_memo(run.clone(), |run| {
        let paragraphs = export::paragraphs(run);
        let lengths = paragraphs.iter().map(Vec::len).collect();
        (paragraphs.concat(), lengths)
    });
    // Only of the view: an answer of the browser, which passes by itself.
    let voice = use_state_eq(|| Voice::Silent);
    use_voice(&told, run, &voice, send);
    let now = playhead.time as Time;
    // Summary and verdicts tell the end.
    let is_told = |line: &Line| !hidden || line.at.is_some_and(|at| at <= now);
    let last = told.0.iter().rposition(|line| line.at.is_some_and(|at| at <= now));
    let line = |(place, line): (usize, &Line)| {
        let at = line.at;
        let seek = send.reform(move |_: MouseEvent| Action::Seek(at.unwrap_or_default() as f64));
        let is_current = match *voice {
            Voice::Reads(read) => read == place,
            _ => last == Some(place),
        };
        let class = classes!(
            (at.is_some_and(|at| at > now)).then_some("to-come"),
            is_current.then_some("present")
        );
        let current = is_current.then_some("true");
        if at.is_some() {
            html! { <button class={classes!("link", class)} onclick={seek} aria-current={current}>{ &line.said }</button> }
        } else {
            html! { <span {class} aria-current={current}>{ &line.said }</span> }
        }
    };
    let mut paragraphs = Vec::new();
    let mut lines = told.0.iter().enumerate();
    for length in &told.1 {
        let lines: Vec<Html> =
            lines.by_ref().take(*length).filter(|(_, it)| is_told(it)).map(line).collect();
        if !lines.is_empty() {
            paragraphs.push(html! { <p>{ for lines }</p> });
        }
    }
    html! {
        <>
            { controls(&told, *hidden, &voice) }
            if paragraphs.is_empty() {
                <p class="why">{ text::narration::NONE_YET }</p>
            }
            <div class="narration" lang="en">{ for paragraphs }</div>
        </>
    }
}

/// Hears which line is read, and brings the playhead to its moment. The voice stops with the component, and when the run is another one.
#[hook]
fn use_voice(told: &Rc<NarratedLines>, run: &Run, voice: &UseStateHandle<Voice>, send: &Send) {
    let latest = use_mut_ref(|| Rc::clone(told));
    latest.replace(Rc::clone(told));
    use_effect_with(run.clone(), {
        let (voice, send) = (voice.setter(), send.clone());
        move |_| {
            let listener = {
                let voice = voice.clone();
                web::on_told("worldlines-spoken", move |answer| {
                    let told = Rc::clone(&latest.borrow());
                    let line =
                        answer.parse().ok().and_then(|it: usize| Some((it, told.0.get(it)?)));
                    voice.set(match line {
                        Some((place, _)) => Voice::Reads(place),
                        None if answer == "failed" => Voice::Failed,
                        None => Voice::Silent,
                    });
                    if let Some(at) = line.and_then(|(_, line)| line.at) {
                        send.emit(Action::Seek(at as f64));
                    }
                })
            };
            move || {
                drop(listener);
                voice.set(Voice::Silent);
                web::tell("worldlines-hush", "");
            }
        }
    });
}

/// The button that has the run read out; a hint where the browser cannot, or where it would tell what is hidden.
fn controls(told: &Rc<NarratedLines>, hidden: bool, voice: &UseStateHandle<Voice>) -> Html {
    if hidden {
        return html! { <p class="hint">{ text::narration::HIDDEN }</p> };
    }
    if !web::has_interface("speechSynthesis") {
        return html! {};
    }
    let speaks = matches!(**voice, Voice::Awaited | Voice::Reads(_));
    let speak = {
        let (told, voice) = (Rc::clone(told), voice.setter());
        Callback::from(move |_: MouseEvent| {
            if speaks {
                web::tell("worldlines-hush", "");
                return voice.set(Voice::Silent);
            }
            voice.set(Voice::Awaited);
            let lines: Vec<&str> = told.0.iter().map(|line| line.said.as_str()).collect();
            let lines = serde_json::Value::from(lines).to_string();
            let voice = voice.clone();
            web::run_script(VOICE, move |runs| {
                if runs {
                    web::tell("worldlines-speak", &lines);
                } else {
                    voice.set(Voice::NotFetched);
                }
            });
        })
    };
    let said = match **voice {
        Voice::NotFetched => text::parts::FAILED,
        Voice::Failed => text::narration::NO_VOICE,
        _ => "",
    };
    html! {
        <p class="speaking">
            <button type="button" id="read-out" onclick={speak} aria-pressed={speaks.to_string()} title={text::narration::READ_HELP}>
                { if speaks { text::narration::STOP } else { text::narration::READ } }
            </button>
            <span role="status">{ said }</span>
        </p>
    }
}
