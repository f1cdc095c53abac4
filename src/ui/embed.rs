//! The way between the program and the page that embeds it.
//!
//! The component draws nothing. It tells the script of the embed (`www/embedded.js`) what happens, and hears its wishes; the script speaks
//! with the page around it (docs/embedding.md).

use std::rc::Rc;

use serde_json::{Value, json};
use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Playhead, Refused, Run},
    kernel::{Kind, Verdict, spell},
    web,
};

/// Event by which the script hears.
pub(super) const TOLD: &str = "worldlines-told";
/// Event by which it asks.
pub(super) const ASKED: &str = "worldlines-asked";

#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) run: Run,
    /// The address's fragment for the run; empty while it is made.
    pub(super) fragment: AttrValue,
    /// True if the reader has changed the run.
    pub(super) edited: bool,
    pub(super) playhead: Playhead,
    pub(super) playing: bool,
    pub(super) refused: Option<Refused>,
    pub(super) send: Send,
}

/// The way to the script and back.
#[component]
pub(super) fn Embed(props: &Props) -> Html {
    let Props { run, fragment, edited, playhead, playing, refused, send } = props;
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
            tell(&json!({"worldlines": "error", "message": why}));
        }
    });
    Html::default()
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
