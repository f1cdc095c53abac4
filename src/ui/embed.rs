//! The way between the program and the page that embeds it.
//!
//! The component draws nothing. It tells the script of the embed (`www/embedded.js`) what happens, and hears its wishes; the script speaks
//! with the page around it (docs/embedding.md).

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use serde_json::{Value, json};
use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Allowed, FITTING, Playhead, Refused, Run, SPEEDS, millionths, text},
    kernel::{Kind, PerMillion, Time, Verdict, spell},
    web,
};

/// Event by which the script hears.
pub(super) const TOLD: &str = "worldlines-told";
/// Event by which it asks.
pub(super) const ASKED: &str = "worldlines-asked";
/// For how long, in real ms, a run that is played in a loop rests at its end.
const REST: u32 = 1_500;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) run: Run,
    /// The address's fragment for the run; empty while it is made.
    pub(super) fragment: AttrValue,
    /// True if the reader has changed the run.
    pub(super) edited: bool,
    pub(super) playhead: Playhead,
    pub(super) playing: bool,
    /// Last moment that is shown, in virtual ms.
    pub(super) shown_until: Time,
    pub(super) refused: Option<Refused>,
    pub(super) send: Send,
}

/// The way to the script and back.
#[component]
pub(super) fn Embed(props: &Props) -> Html {
    let Props { run, fragment, edited, playhead, playing, shown_until, refused, send } = props;
    let is_playing = use_mut_ref(|| false);
    is_playing.replace(*playing);
    use_effect_with((), {
        let (send, is_playing) = (send.clone(), Rc::clone(&is_playing));
        move |()| {
            let listener = web::on_told(ASKED, move |wish| {
                if let Some(action) = action(&wish, *is_playing.borrow()) {
                    send.emit(action);
                }
            });
            move || drop(listener)
        }
    });
    use_effect_with((), {
        let send = send.clone();
        move |()| {
            if let Some(names) = web::allowed() {
                send.emit(Action::Allow(Allowed::of(&names)));
            }
            match web::speed().map(|given| (speed_of(&given), given)) {
                Some((Some(speed), _)) => send.emit(Action::Speed(speed)),
                Some((None, given)) => tell(&error(&text::embed::no_speed(&given, &speeds()))),
                None => {}
            }
        }
    });
    use_loop(*playing, playhead.time >= *shown_until as f64, send);
    use_effect_with(run.clone(), |run| tell(&verdicts(run)));
    use_effect_with((fragment.clone(), *edited), |(fragment, edited)| {
        if !fragment.is_empty() {
            tell(&json!({"worldlines": "scenario", "link": fragment.as_str(), "edited": edited}));
        }
    });
    let time = playhead.time as u64;
    use_effect_with((time, playhead.cursor, *playing), |&(time, events, playing)| {
        tell(&json!({"worldlines": "time", "time": time, "events": events, "playing": playing}));
    });
    use_effect_with(refused.as_ref().map(|it| it.why.clone()), |why| {
        if let Some(why) = why {
            tell(&error(why));
        }
    });
    Html::default()
}

/// Starts the run over when it was played to its end, if the page around says so and the reader does not prefer less motion.
#[hook]
fn use_loop(playing: bool, over: bool, send: &Send) {
    let was_playing = use_mut_ref(|| false);
    let send = send.clone();
    use_effect_with((playing, over), move |&(playing, over)| {
        let ended = was_playing.replace(playing) && !playing && over;
        let loops = ended && web::loops() && !web::prefers_reduced_motion();
        let timeout = loops.then(|| Timeout::new(REST, move || send.emit(Action::Toggle)));
        move || drop(timeout)
    });
}

/// Returns the speed that is written like this, as a factor of the one that fits the run.
fn speed_of(text: &str) -> Option<u32> {
    SPEEDS.into_iter().find(|speed| Some(factor(*speed)) == millionths(text))
}

/// Returns a speed as a factor of the one that fits the run.
const fn factor(speed: u32) -> PerMillion {
    PerMillion(speed * (PerMillion::ONE.0 / FITTING))
}

/// Returns all speeds, as they are written.
fn speeds() -> String {
    SPEEDS.map(|speed| factor(speed).to_string()).join(", ")
}

fn error(why: &str) -> Value {
    json!({"worldlines": "error", "message": why})
}

fn tell(message: &Value) {
    web::tell(TOLD, &message.to_string());
}

/// The verdicts on the whole run, with the reasons in the nodes' names.
fn verdicts(run: &Run) -> Value {
    let report = &run.report;
    let verdict = |judgement: &crate::analysis::Judgement| {
        let why = match &judgement.verdict {
            Verdict::Violated { why, .. } | Verdict::Undecided(why) => {
                Some(spell(why, &run.scenario.nodes))
            }
            Verdict::Holds => None,
        };
        let kind = match judgement.property.kind {
            Kind::Safety => "safety",
            Kind::Liveness => "liveness",
        };
        json!({
            "property": judgement.property.name,
            "kind": kind,
            "status": judgement.verdict.status(),
            "why": why,
        })
    };
    let verdicts: Vec<_> = report.judgements.iter().map(verdict).collect();
    let class = report.class.map(|class| class.to_string());
    json!({
        "worldlines": "verdict",
        "protocol": run.protocol.id,
        "end": run.trace.end,
        "verdicts": verdicts,
        "class": class,
    })
}

/// The action for a wish of the script, which has checked its form.
fn action(wish: &str, playing: bool) -> Option<Action> {
    let wish: Value = serde_json::from_str(wish).ok()?;
    match wish.get("worldlines")?.as_str()? {
        "load" => Some(Action::Load(wish.get("scenario")?.as_str()?.to_owned())),
        "play" if !playing => Some(Action::Toggle),
        "pause" if playing => Some(Action::Toggle),
        "seek" => Some(Action::Seek(wish.get("time")?.as_f64()?)),
        _ => None,
    }
}
