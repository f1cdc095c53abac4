//! The run in words, to read and to have read out.

use std::{cell::Cell, rc::Rc};

use yew::{platform::spawn_local, prelude::*};

use super::Send;
use crate::{
    app::{Action, Playhead, Run, text},
    export::{Line, Telling},
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

/// The voice, and the number of wishes that it should read or be silent. A script that is fetched for an earlier wish reads
/// nothing.
#[derive(Clone)]
struct Speech {
    voice: UseStateHandle<Voice>,
    wishes: Rc<Cell<u32>>,
}

impl Speech {
    fn hush(&self) {
        self.wishes.set(self.wishes.get() + 1);
        self.voice.set(Voice::Silent);
        web::tell("worldlines-hush", "");
    }

    fn read(&self, lines: &[Line]) {
        let wish = self.wishes.get() + 1;
        self.wishes.set(wish);
        self.voice.set(Voice::Awaited);
        let lines: Vec<&str> = lines.iter().map(|line| line.said.as_str()).collect();
        let lines = serde_json::Value::from(lines).to_string();
        let speech = self.clone();
        web::run_script(VOICE, move |runs| {
            if speech.wishes.get() != wish {
                return;
            }
            if runs {
                web::tell("worldlines-speak", &lines);
            } else {
                speech.voice.set(Voice::NotFetched);
            }
        });
    }
}

/// The text, and the voice.
#[component]
fn Words(props: &Props) -> Html {
    let Props { run, playhead, hidden, send } = props;
    let (hidden, now) = (*hidden, playhead.time as Time);
    let telling = use_memo(run.clone(), |run| Telling::of(run));
    let part = (run.clone(), playhead.cursor, now, hidden);
    let told =
        use_memo(part, |(run, events, now, hidden)| telling.told(run, *events, *now, *hidden));
    // Only of the view: an answer of the browser, which passes by itself.
    let voice = use_state_eq(|| Voice::Silent);
    let speech = Speech { voice, wishes: use_memo((), |()| Cell::new(0)) };
    use_voice(&speech, (run, hidden), &telling, send);
    let mut timed = told.iter().flatten().filter_map(|(place, line)| Some((*place, line.at?)));
    let is_none_yet = hidden && timed.clone().next().is_none();
    let last = timed.rfind(|(_, at)| *at <= now).map(|(place, _)| place);
    let line = |(place, line): &(usize, Line)| {
        let at = line.at;
        let seek = send.reform(move |_: MouseEvent| Action::Seek(at.unwrap_or_default() as f64));
        let is_current = match *speech.voice {
            Voice::Reads(read) => read == *place,
            _ => last == Some(*place),
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
    let is_over = playhead.is_at_end(run);
    let lines = move || telling.aloud(is_over);
    html! {
        <>
            if hidden {
                <p class="hint">{ text::narration::HIDDEN }</p>
            } else if web::has_interface("speechSynthesis") {
                { controls(&speech, lines) }
            }
            if is_none_yet {
                <p class="why">{ text::narration::NONE_YET }</p>
            }
            <div class="narration" lang="en">
                { for told.iter().map(|lines| html! { <p>{ for lines.iter().map(line) }</p> }) }
            </div>
        </>
    }
}

/// Hears which line is read, and brings the playhead to its moment. The voice stops with the component, when the run is another
/// one, and when its future is hidden: it would tell it.
#[hook]
fn use_voice(speech: &Speech, of: (&Run, bool), telling: &Rc<Telling>, send: &Send) {
    let (speech, telling, send) = (speech.clone(), Rc::clone(telling), send.clone());
    use_effect_with((of.0.clone(), of.1), move |(run, _)| {
        let lines = telling.aloud(true);
        // Of a long run the last events may be told by no line.
        let last = lines.iter().filter_map(|line| line.at).next_back();
        let is_end_untold = last < run.trace.events.last().map(|event| event.time);
        let listener = {
            let voice = speech.voice.setter();
            web::on_told("worldlines-spoken", move |answer| {
                let line = answer.parse().ok().and_then(|it: usize| Some((it, lines.get(it)?)));
                voice.set(match line {
                    Some((place, _)) => Voice::Reads(place),
                    None if answer == "failed" => Voice::Failed,
                    None => Voice::Silent,
                });
                let Some((place, line)) = line else { return };
                match line.at {
                    Some(at) => send.emit(Action::Seek(at as f64)),
                    // The end is told once it is shown.
                    None if place > 0 && is_end_untold => send.emit(Action::Jump(usize::MAX)),
                    None => {}
                }
            })
        };
        move || {
            drop(listener);
            speech.hush();
        }
    });
}

/// The button that has the run read out.
fn controls(speech: &Speech, lines: impl Fn() -> Vec<Line> + 'static) -> Html {
    let speaks = matches!(*speech.voice, Voice::Awaited | Voice::Reads(_));
    let onclick = {
        let speech = speech.clone();
        Callback::from(
            move |_: MouseEvent| {
                if speaks { speech.hush() } else { speech.read(&lines()) }
            },
        )
    };
    let said = match *speech.voice {
        Voice::NotFetched => text::parts::FAILED,
        Voice::Failed => text::narration::NO_VOICE,
        _ => "",
    };
    html! {
        <p class="speaking">
            <button type="button" id="read-out" {onclick} aria-pressed={speaks.to_string()} title={text::narration::READ_HELP}>
                { if speaks { text::narration::STOP } else { text::narration::READ } }
            </button>
            <span role="status">{ said }</span>
        </p>
    }
}
