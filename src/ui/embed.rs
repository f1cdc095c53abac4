//! The way between the program and the page that embeds it.
//!
//! The component draws nothing. It tells the script of the embed (`www/embedded.js`) what happens, and hears its wishes; the script speaks
//! with the page around it (docs/embedding.md). Of an exercise it tells another script (`www/report.js`) each attempt, and hears from it
//! the result of an earlier session (docs/exercises.md).

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use serde_json::{Value, json};
use yew::{platform::spawn_local, prelude::*};

use super::Send;
use crate::{
    app::{
        Action, Allowed, Edit, Exercise, FITTING, Playhead, Refused, Run, SPEEDS, Shared,
        millionths, missing_for, text,
    },
    formats::{exercise::attempt_json, scenario},
    kernel::{Kind, PerMillion, Scenario, Time, Verdict, spell},
    protocols,
    split::NotFetched,
    web,
};

/// Event by which the script hears.
pub(super) const TOLD: &str = "worldlines-told";
/// Event by which it asks.
pub(super) const ASKED: &str = "worldlines-asked";
/// For how long, in real ms, a run that is played in a loop rests at its end.
const REST: u32 = 1_500;
/// Event that tells of an attempt at the exercise.
const ATTEMPT: &str = "worldlines-attempt";
/// Event that tells something for the course site's log.
const NOTE: &str = "worldlines-note";
/// Event by which the result code of an earlier session comes.
const RESTORE: &str = "worldlines-restore";

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
    pub(super) exercise: Option<Shared<Exercise>>,
    /// The exercise as the page was opened with it; none while another run is shown.
    pub(super) assigned: Option<Rc<Scenario>>,
    pub(super) send: Send,
}

/// The way to the script and back.
#[component]
pub(super) fn Embed(props: &Props) -> Html {
    let Props {
        run,
        fragment,
        edited,
        playhead,
        playing,
        shown_until,
        refused,
        exercise,
        assigned,
        send,
    } = props;
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
    use_effect_with(refused.as_ref().map(|it| (it.why.clone(), it.is_file)), |refused| {
        if let Some((why, is_file)) = refused {
            tell(&json!({"worldlines": "error", "message": why, "file": is_file}));
        }
    });
    // A locked run can only be looked at: nothing is attempted.
    let is_locked = web::is_locked() && web::allowed().is_none();
    let attempted = exercise.as_ref().filter(|_| assigned.is_some() && !is_locked);
    let attempted = attempted.map(|it| (it.judgement.clone(), it.code.clone()));
    use_effect_with((run.clone(), attempted), |(_, attempted)| {
        if let Some((judgement, code)) = attempted {
            tell_attempt(judgement.as_deref(), code.as_deref());
        }
    });
    let untouched = use_mut_ref(|| None);
    untouched.replace(assigned.clone().filter(|_| !edited));
    use_effect_with((), {
        let send = send.clone();
        move |()| {
            let listener = web::on_told(RESTORE, move |code| {
                let (send, untouched) = (send.clone(), Rc::clone(&untouched));
                spawn_local(async move {
                    let Some(exercise) = untouched.borrow().clone() else { return };
                    let attempt = attempt(&exercise, &code).await;
                    // The reader may have begun in the meantime.
                    if untouched.borrow().as_ref() != Some(&exercise) {
                        return;
                    }
                    match attempt {
                        Ok(attempt) => send.emit(Action::Apply(Edit::Replace(Box::new(attempt)))),
                        Err(why) => note("unrestored", &json!({"why": why})),
                    }
                });
            });
            move || drop(listener)
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

/// Tells the page around an embed; elsewhere none listens.
fn tell(message: &Value) {
    if web::is_embedded() {
        web::tell(TOLD, &message.to_string());
    }
}

fn note(name: &str, data: &Value) {
    web::tell(NOTE, &json!({"name": name, "data": data}).to_string());
}

/// Tells the score: null before anything was tried, 0 for an attempt that does not reach the goal, 1 for one that does,
/// with its result code.
fn tell_attempt(judgement: Option<&str>, code: Option<&str>) {
    let score = match (judgement, code) {
        (_, Some(_)) => Some(1),
        (Some(_), None) => Some(0),
        (None, None) => None,
    };
    let state = code.unwrap_or_default();
    web::tell(ATTEMPT, &json!({"score": score, "state": state}).to_string());
    if let Some(score) = score {
        note("attempt", &json!({"reached": score == 1, "why": judgement}));
    }
}

/// Returns the scenario of a result code, once the protocol that it needs is here.
async fn attempt(exercise: &Scenario, code: &str) -> Result<Scenario, String> {
    let (attempt, _) = attempt_json(exercise, code).map_err(|problem| problem.to_string())?;
    for id in missing_for(&attempt) {
        let not_fetched = |NotFetched| text::pictures::NOT_FETCHED.to_owned();
        protocols::fetch(id).await.map_err(not_fetched)?;
    }
    scenario::from_json(&attempt).map_err(|problem| problem.to_string())
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
