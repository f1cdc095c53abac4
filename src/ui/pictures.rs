//! The program without a screen, in a hidden frame of another page: it draws still pictures of runs for the embeds of that
//! page, one after the other (`www/embed.js`).

use gloo_timers::future::TimeoutFuture;
use serde_json::{Value, json};
use yew::platform::spawn_local;

use super::embed::{ASKED, TOLD};
use crate::{
    analysis::{Judgement, Report},
    app::{OPENING, ProgramPart, fetched_text, missing_to_begin, text},
    export::{SvgOptions, Theme, beginning, file_stem, svg},
    formats::{Problem, bundled, link},
    kernel::{Scenario, Time},
    protocols,
    runs::{Outcome, Work},
    split::{NotFetched, part},
    web,
};

/// Number of events that are computed before other work of the page may be done.
const PART: usize = 2_000;
/// Widths that a picture may have, in CSS pixels.
const WIDTHS: (f64, f64) = (240.0, 4_000.0);

part! { pictures: fn() = draw_all; }

/// Draws every picture that is asked for, once the part is here that does.
pub(super) fn serve() {
    spawn_local(async {
        let fetched = pictures::fetch().await;
        match pictures::here().filter(|_| fetched.is_ok()) {
            Some(draw_all) => draw_all(),
            None => web::say_not_fetched(),
        }
    });
}

/// Answers each wish by itself: the script has one picture drawn after the other.
fn draw_all() {
    spawn_local(async {
        if ProgramPart::Links.fetch().await.is_err() {
            return web::say_not_fetched();
        }
        let listener = web::on_told(ASKED, |wish| {
            spawn_local(async move {
                let Ok(wish) = serde_json::from_str::<Value>(&wish) else { return };
                let id = wish.get("id");
                let told = match picture(&wish).await {
                    Ok(svg) => json!({"worldlines": "picture", "id": id, "svg": svg}),
                    // A fault of a file is not for every page around (`www/embedded.js`).
                    Err(why) => {
                        let is_file = wish.get("file").is_some_and(Value::is_string);
                        json!({"worldlines": "picture", "id": id, "message": why, "file": is_file})
                    }
                };
                web::tell(TOLD, &told.to_string());
            });
        });
        // The frame draws as long as it is there.
        listener.into_iter().for_each(web::Listener::forget);
        web::tell(TOLD, &json!({"worldlines": "time", "time": 0}).to_string());
    });
}

/// Draws a picture: SVG, with the run in words as its text alternative.
async fn picture(wish: &Value) -> Result<String, String> {
    let field = |name: &str| wish.get(name).and_then(Value::as_str);
    let given = match field("file") {
        Some(told) => fetched_text(told).map_err(|problem| problem.to_string())?,
        None => field("scenario").unwrap_or_default().to_owned(),
    };
    for id in missing_to_begin(&given, None) {
        let not_fetched = |NotFetched| text::pictures::NOT_FETCHED.to_owned();
        protocols::fetch(id).await.map_err(not_fetched)?;
    }
    let scenario = scenario_of(&given, field("v")).map_err(|problem| problem.to_string())?;
    let mut run = match wish.get("until").and_then(Value::as_f64) {
        Some(until) => {
            let begun = run_of(beginning(&scenario, until as Time)).await?;
            // Faults on messages that are sent later.
            if begun.trace.unused_faults.is_empty() {
                begun
            } else {
                let mut scenario = begun.scenario.clone();
                begun.trace.remove_unused_faults(&mut scenario);
                run_of(scenario).await?
            }
        }
        None => run_of(scenario).await?,
    };
    if let Some(wanted) = field("property") {
        keep_property(&mut run.report, wanted);
    }
    TimeoutFuture::new(0).await;
    let width = wish.get("width").and_then(Value::as_f64);
    let options = SvgOptions {
        theme: match field("theme") {
            Some("dark") => Theme::Dark,
            Some("light") => Theme::Light,
            _ => Theme::Auto,
        },
        width: width.map(|width| width.max(WIDTHS.0).min(WIDTHS.1)),
        bare: false,
        link: None,
    };
    Ok(svg(&run, &options))
}

/// Runs a scenario in slices.
async fn run_of(scenario: Scenario) -> Result<Outcome, String> {
    let mut work = Work::new(scenario).map_err(|why| Problem::from(why).to_string())?;
    while !work.advance(PART) {
        TimeoutFuture::new(0).await;
    }
    Ok(work.finish())
}

/// Removes all verdicts but that on this property, if it is there; its name may have hyphens for spaces.
fn keep_property(report: &mut Report, wanted: &str) {
    let wanted = file_stem(wanted);
    let is_wanted = |it: &Judgement| file_stem(it.property.name) == wanted;
    if report.judgements.iter().any(is_wanted) {
        report.judgements.retain(is_wanted);
        report.class = None;
    }
}

/// Reads the scenario of a picture: of a link or a file, or the opening example if the text is empty. `key`, the id of a
/// student, picks a variant of an exercise.
fn scenario_of(text: &str, key: Option<&str>) -> Result<Scenario, Problem> {
    if let Some(opening) = bundled::find(OPENING).filter(|_| text.is_empty()) {
        return opening.scenario();
    }
    link::open(text, key).map(|opened| opened.scenario)
}
