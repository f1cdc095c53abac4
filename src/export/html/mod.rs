//! A run as one file of HTML: the picture, the verdicts, the run in words, and a player. It needs no network.

use serde_json::json;

use super::{
    sentence, status_words,
    svg::{Figure, LICENCE, SvgOptions, escaped, heading, tokens},
    told::told,
};
use crate::{
    analysis::Judgement,
    diagram::Orientation,
    kernel::{Time, count_of, visible},
    runs::Outcome,
};

const PLAYER: &str = include_str!("player.js");
const STYLE: &str = include_str!("page.css");
/// Largest number of events that are played: a file has a sentence for each.
pub const MOST_PLAYED: usize = 5_000;

/// Returns a run as an HTML document that opens from a file: the picture, the verdicts, the run in words as its text
/// alternative, and a player that steps through the events and plays them. Without scripts, or with more
/// than [`MOST_PLAYED`] events, the picture is static. `bare` leaves out all but picture and player.
#[must_use]
pub fn html(run: &Outcome, options: &SvgOptions) -> String {
    let figure = Figure::of(run, options);
    let heading = escaped(&heading(run));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'\">\n\
         <meta name=\"generator\" content=\"Worldlines\">\n<link rel=\"license\" href=\"{LICENCE}\">\n\
         <title>{heading}</title>\n<style>\n{}{STYLE}</style>\n</head>\n<body>\n<main>\n",
        tokens(options.theme)
    );
    if !options.bare {
        page += &format!("<h1>{heading}</h1>\n<p class=\"soft\">{}</p>\n", run.protocol.name);
    }
    page += &format!("<figure>\n{}</figure>\n", figure.svg);
    let plays = run.trace.events.len() <= MOST_PLAYED;
    if !plays {
        page += &format!(
            "<p class=\"soft\">The run has {}: too many to play here.</p>\n",
            count_of(run.trace.events.len(), "event")
        );
    }
    if !options.bare {
        page += &captions(run);
        page += "<h2>Verdicts</h2>\n";
        for promised in [true, false] {
            page += &verdicts(run, promised);
        }
        page +=
            &format!("<details>\n<summary>The run in words</summary>\n{}</details>\n", told(run));
        page += &origin(options);
    }
    page += "</main>\n";
    if plays {
        page += &format!(
            "<script type=\"application/json\" id=\"run\">{}</script>\n<script>\n{PLAYER}</script>\n",
            data(run, &figure)
        );
    }
    page + "</body>\n</html>\n"
}

/// Returns the data of the player, without a character that could end their element.
fn data(run: &Outcome, figure: &Figure) -> String {
    let layout = &figure.layout;
    let tenths = |length: f64| json!((length * 10.0).round() as i64);
    let events = &run.trace.events;
    let along: Vec<_> = (0..=events.len()).map(|it| tenths(layout.playhead(it, 0.0))).collect();
    let times: Vec<Time> = events.iter().map(|event| event.time).collect();
    let said: Vec<_> = (0..events.len()).map(|event| sentence(run, event)).collect();
    let captions = run.scenario.captions.iter();
    let captions: Vec<_> = captions.map(|it| tenths(layout.along_time(it.at as f64))).collect();
    let data = json!({
        "down": layout.orientation() == Orientation::Vertical,
        "breadth": figure.breadth.round() as i64,
        "origin": tenths(layout.along_time(0.0)),
        // Tenths of a pixel in a thousand ms.
        "scale": (layout.scale() * 10_000.0).round() as i64,
        "end": layout.end(),
        "after": along,
        "time": times,
        "said": said,
        "captions": captions,
    });
    data.to_string().replace('<', "\\u003c")
}

fn captions(run: &Outcome) -> String {
    if run.scenario.captions.is_empty() {
        return String::new();
    }
    let captions = run.scenario.captions.iter();
    let items: String =
        captions.map(|it| format!("<li>{}</li>\n", escaped(&visible(&it.text)))).collect();
    format!("<ol class=\"captions\">\n{items}</ol>\n")
}

fn verdicts(run: &Outcome, promised: bool) -> String {
    let all = run.report.judgements.iter().filter(|it| it.promised == promised);
    let items: String = all.map(|it| verdict(run, it)).collect();
    match (items.is_empty(), promised) {
        (true, _) => String::new(),
        (false, true) => format!("<ul class=\"verdicts\">\n{items}</ul>\n"),
        (false, false) => format!(
            "<p class=\"soft\">Beyond the promise</p>\n<ul class=\"verdicts\">\n{items}</ul>\n"
        ),
    }
}

fn verdict(run: &Outcome, judgement: &Judgement) -> String {
    let (sign, words) = status_words(run, judgement);
    format!(
        "<li class=\"{}\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span><b title=\"{}\">{}</b> {}</li>\n",
        judgement.verdict.status(),
        escaped(judgement.property.statement),
        escaped(judgement.property.name),
        escaped(&words)
    )
}

fn origin(options: &SvgOptions) -> String {
    let address = options.address();
    let link = address.map_or_else(String::new, |link| {
        format!("<a href=\"{}\">Open this run in Worldlines</a> · ", escaped(link))
    });
    format!(
        "<p class=\"soft\"><small>{link}Worldlines · <a href=\"{LICENCE}\">CC BY 4.0</a></small></p>\n"
    )
}
