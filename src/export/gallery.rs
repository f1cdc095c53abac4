//! The catalogue as data: every bundled scenario with its title, first caption, what it breaks, and a small picture.
//!
//! The build of the page writes it beside the program as `gallery.json`; the gallery of the page fetches it.

use serde_json::{Value, json};

use crate::{
    formats::{Problem, bundled},
    kernel::{EventKind, Fate, visible},
    protocols::{self, Bundled},
    runs::Outcome,
};

/// Width of a small picture, in its own units; its lines are [`LINE`] apart.
const WIDTH: f64 = 160.0;
/// Distance of two lines of a small picture. The first is half of it below the edge.
const LINE: f64 = 16.0;
/// Most messages, and most events of a kind, that a small picture shows.
const MOST_SHOWN: usize = 80;
/// Most lines of a small picture.
const MOST_LINES: usize = 8;

/// Returns the catalogue as JSON: `{"families": [{"name", "protocols": [{"id", "name", "summary", "examples": [{"path",
/// "title", "text", "exercise", "violates", "lines", "messages", "lost", "crashes", "indications"}]}]}]}`. The last four
/// are outlines of paths in a picture that is 160 wide and has 16 for each of the `lines`.
///
/// # Errors
/// The first mistake in a bundled scenario; a test reads them all.
pub fn gallery() -> Result<String, Problem> {
    let mut families = Vec::new();
    for family in protocols::FAMILIES {
        let mut all = Vec::new();
        for entry in family.protocols {
            let Some(protocol) = protocols::find(entry.id) else { continue };
            let examples: Result<Vec<_>, _> = bundled::of_protocol(entry.id).map(example).collect();
            all.push(json!({
                "id": entry.id,
                "name": entry.name,
                "summary": protocol.summary,
                "examples": examples?,
            }));
        }
        families.push(json!({"name": family.name, "protocols": all}));
    }
    Ok(json!({"families": families}).to_string())
}

fn example(bundled: &Bundled) -> Result<Value, Problem> {
    let run = bundled.outcome()?;
    let scenario = &run.scenario;
    let text = scenario.captions.first().map(|caption| caption.text.clone());
    let violated = run.report.judgements.iter().filter(|it| it.verdict.is_violated());
    let violated: Vec<_> = violated.map(|judgement| judgement.property.name).collect();
    let [messages, lost, crashes, indications] = outlines(&run);
    Ok(json!({
        "path": bundled.path(),
        "title": visible(&scenario.title),
        "text": visible(&text.unwrap_or_default()),
        "exercise": scenario.goal.is_some(),
        "violates": violated,
        "lines": scenario.nodes.len().min(MOST_LINES),
        "messages": messages,
        "lost": lost,
        "crashes": crashes,
        "indications": indications,
    }))
}

/// Outlines of the messages, the lost ones, crashes and indications.
fn outlines(run: &Outcome) -> [String; 4] {
    let trace = &run.trace;
    let end = trace.events.last().map_or(1, |event| event.time).max(1) as f64;
    let x = |event: usize| (trace.events[event].time as f64 / end * (WIDTH - 8.0) + 4.0).round();
    let y = |node: usize| LINE / 2.0 + node as f64 * LINE;
    let is_shown = |node: usize| node < MOST_LINES;
    let (mut messages, mut lost) = (Vec::new(), Vec::new());
    for message in &trace.messages {
        let (from, to) = (message.name.from.index(), message.name.to.index());
        let fate = message.overall();
        let (Some(end), true) = (fate.event(), is_shown(from) && is_shown(to)) else { continue };
        let path = format!("M{} {}L{} {}", x(message.sent), y(from), x(end), y(to));
        let is_lost = matches!(fate, Fate::Lost(..));
        add(if is_lost { &mut lost } else { &mut messages }, path);
    }
    let (mut crashes, mut indications) = (Vec::new(), Vec::new());
    for (place, event) in trace.events.iter().enumerate() {
        let node = event.node.index();
        let at = || (x(place), y(node));
        match event.kind {
            EventKind::Crash if is_shown(node) => {
                let (x, y) = at();
                add(&mut crashes, format!("M{} {}l6 6m0-6l-6 6", x - 3.0, y - 3.0));
            }
            EventKind::Indicate { .. } if is_shown(node) => {
                let (x, y) = at();
                add(&mut indications, format!("M{x} {y}h0"));
            }
            _ => {}
        }
    }
    [messages, lost, crashes, indications].map(|paths| paths.concat())
}

/// Adds an outline, unless it is there already or there are enough: the first ones in time are shown.
fn add(paths: &mut Vec<String>, path: String) {
    if paths.len() < MOST_SHOWN && !paths.contains(&path) {
        paths.push(path);
    }
}
