//! Parts of a picture: heading, names, diagram, captions, verdicts, legend.

use super::{
    elements::{Drawing, badge},
    legend::legend,
    markup::{self, BOLD, escaped, text, wrapped},
    measure::{HEADS, Measures, NAME, RULER},
    options::{Extent, SvgOptions},
};
use crate::{
    diagram::{Orientation, Plot, Point, deadlock_sentence, path::px, signs},
    export::status_words,
    kernel::{NodeId, Verdict, visible},
    runs::Outcome,
};

/// Size of the heading, of sentences, and of their lines.
const HEADING: (f64, f64) = (16.0, 22.0);
const SENTENCE: (f64, f64) = (14.0, 19.5);
/// Space between two parts.
const SPACE: f64 = 14.0;
/// Width of a verdict's sign.
const SIGN: f64 = 18.0;

/// Returns a run's title, or the name of its protocol.
#[must_use]
pub fn heading(run: &Outcome) -> String {
    match run.scenario.title.as_str() {
        "" => run.protocol.name.to_owned(),
        title => visible(title).into_owned(),
    }
}

/// State of the run when it ends.
fn ending(run: &Outcome) -> String {
    let end = run.trace.end;
    match (run.trace.exhausted, run.trace.quiescent) {
        (true, _) => format!("Stopped at {end} ms"),
        (_, true) => format!("At rest at {end} ms"),
        (_, false) => format!("Not yet at rest at {end} ms"),
    }
}

/// A picture that grows downwards.
struct Sheet {
    out: String,
    y: f64,
    width: f64,
}

impl Sheet {
    /// Adds lines of text, each broken to the width behind `x`, in a class.
    fn lines(&mut self, class: &str, x: f64, (size, height): (f64, f64), words: &str) {
        let bold = if class == "wl-heading" { BOLD } else { 1.0 };
        for line in wrapped(words, size * bold, self.width - x) {
            self.y += height;
            self.out += &(text(class, x, self.y - (height - size), &line) + "\n");
        }
    }

    /// Adds elements at the left edge that take this height.
    fn add(&mut self, elements: &str, x: f64, height: f64) {
        self.out +=
            &format!("<g transform=\"translate({} {})\">\n{elements}</g>\n", px(x), px(self.y));
        self.y += height;
    }
}

/// Returns the elements of a picture without its margin, their width and their height.
pub(super) fn body(
    drawing: &Drawing<'_>,
    measures: &Measures,
    options: &SvgOptions,
    extent: Extent,
) -> (String, f64, f64) {
    let run = drawing.run;
    let mut sheet = Sheet { out: String::new(), y: 0.0, width: measures.width };
    if extent == Extent::Whole {
        sheet.lines("wl-heading", 0.0, HEADING, &heading(run));
        let named = if run.scenario.title.is_empty() { None } else { Some(run.protocol.name) };
        let ending = format!("{}, in virtual time", ending(run));
        let under: Vec<_> = named.map(str::to_owned).into_iter().chain([ending]).collect();
        sheet.lines("wl-soft", 0.0, (12.0, 17.0), &under.join(" · "));
        sheet.y += 8.0;
    }
    diagram(drawing, measures, extent == Extent::Diagram, &mut sheet);
    if extent == Extent::Whole {
        captions(run, &mut sheet);
        verdicts(run, &mut sheet);
    }
    if extent != Extent::Diagram {
        let signs = signs(&measures.features, run.protocol, &run.scenario, &run.trace);
        sheet.y += SPACE;
        let (legend, height) = legend(run, &signs, measures.width);
        sheet.add(&legend, 0.0, height);
    }
    if extent == Extent::Whole {
        origin(options, &mut sheet);
    }
    (sheet.out, measures.width, sheet.y)
}

/// Adds the diagram with the nodes' names and the numbers of its time axis.
fn diagram(drawing: &Drawing<'_>, measures: &Measures, bare: bool, sheet: &mut Sheet) {
    let Measures { layout, scene, names, .. } = measures;
    let run = drawing.run;
    let horizontal = layout.orientation() == Orientation::Horizontal;
    let left = ((measures.width - names - scene.width) / 2.0).max(0.0);
    let top = if horizontal { 0.0 } else { HEADS };
    let mut out = format!(
        "<rect class=\"wl-rule\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n",
        px(names + scene.width),
        px(measures.height)
    );
    for node in (0..run.scenario.nodes.len()).map(NodeId::new) {
        let across = layout.across(node);
        let at = match horizontal {
            true => Point { x: names / 2.0, y: across },
            false => Point { x: across, y: HEADS / 2.0 },
        };
        out += &name(drawing, measures, node, at);
    }
    out.extend(scene.plots.iter().map(|plot| metric(run, plot, horizontal, *names)));
    out +=
        &format!("<g class=\"wl-diagram\" transform=\"translate({} {})\">\n", px(*names), px(top));
    out += &drawing.elements(!bare);
    out += "</g>\n<g class=\"ruler\">\n";
    for tick in &scene.ticks {
        let (class, x, y) = match horizontal {
            true => ("wl-middle", names + tick.along, scene.height + 16.0),
            false => ("", 4.0, top + tick.along - 4.0),
        };
        out += &(text(class, x, y, &tick.label) + "\n");
    }
    if horizontal {
        out += &text("wl-end", names - 8.0, scene.height + RULER - 10.0, "ms");
    }
    out += "</g>\n";
    sheet.add(&out, left, measures.height);
}

/// Returns a node's name in its frame.
fn name(drawing: &Drawing<'_>, measures: &Measures, node: NodeId, at: Point) -> String {
    let run = drawing.run;
    let name = run.scenario.name(node);
    let is_router = run.scenario.network.topology.routers().contains(node);
    let (class, kind) = match () {
        () if measures.features.traitors().contains(node) => ("wl-node traitor", "traitor"),
        () if is_router => ("wl-node router", "router"),
        () => ("wl-node", ""),
    };
    let room =
        if measures.names > 0.0 { measures.names - 12.0 } else { measures.layout.gap() - 6.0 };
    let shown = cut(&name, NAME * BOLD, room - 14.0);
    let half = ((markup::width(&shown, NAME * BOLD) + 14.0) / 2.0).min(room / 2.0);
    let frame = |more: f64| {
        format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            px(at.x - half - more),
            px(at.y - 12.0 - more),
            px(2.0 * (half + more)),
            px(2.0 * (12.0 + more)),
            if is_router { "0" } else { "6" }
        )
    };
    let mut out = format!("<g class=\"{class}\">");
    if shown != name {
        out += &markup::title(&name);
    }
    if kind == "traitor" {
        out += &frame(2.5);
    }
    out += &frame(0.0);
    out += &text("", at.x, at.y + 4.5, &shown);
    if !kind.is_empty() {
        out += &text("wl-kind", at.x, at.y + 26.0, kind);
    }
    out + "</g>\n"
}

/// Returns a text that fits, with an ellipsis if it was too long.
fn cut(name: &str, size: f64, room: f64) -> String {
    let mut shown = name.to_owned();
    while markup::width(&shown, size) > room && shown.chars().count() > 1 {
        shown = shown.chars().take(shown.chars().count().saturating_sub(2)).collect();
        shown.push('…');
    }
    shown
}

/// Returns the name and the unit of a metric, beside its curves.
fn metric(run: &Outcome, plot: &Plot, horizontal: bool, names: f64) -> String {
    let metric = &run.protocol.metrics[plot.metric];
    let middle = |one: f64, other: f64| f64::midpoint(one, other);
    let (at, room) = match horizontal {
        true => {
            let y = middle(plot.from.y, plot.to.y);
            (Point { x: names / 2.0, y }, names - 8.0)
        }
        false => {
            let room = (plot.from.x - plot.to.x).abs();
            (Point { x: middle(plot.from.x, plot.to.x), y: HEADS / 2.0 }, room)
        }
    };
    let mut lines: Vec<_> =
        wrapped(metric.name, 12.0 * BOLD, room).into_iter().map(|line| ("", line)).collect();
    lines.extend(wrapped(metric.unit, 12.0, room).into_iter().map(|line| ("wl-kind", line)));
    let top = at.y - lines.len() as f64 * 6.5 + 9.5;
    let mut out = "<g class=\"wl-metric\">".to_owned();
    for (place, (class, line)) in lines.iter().enumerate() {
        out += &text(class, at.x, top + place as f64 * 14.0, line);
    }
    out + "</g>\n"
}

/// Adds the captions, each with the number of its sign in the diagram.
fn captions(run: &Outcome, sheet: &mut Sheet) {
    for (place, caption) in run.scenario.captions.iter().enumerate() {
        sheet.y += if place == 0 { SPACE } else { 4.0 };
        let at = Point { x: 9.0, y: sheet.y + SENTENCE.1 - 5.5 - 4.5 };
        let number = badge(&(place + 1).to_string(), at);
        sheet.out += &format!("<g class=\"flag\">{number}</g>\n");
        sheet.lines("wl-said", 26.0, SENTENCE, &visible(&caption.text));
    }
}

/// Adds the verdicts: those that do not hold with their sentences, one below the other; the others on common lines.
fn verdicts(run: &Outcome, sheet: &mut Sheet) {
    sheet.y += SPACE;
    for (promised, lead) in [(true, ""), (false, "Beyond the promise")] {
        let all = || run.report.judgements.iter().filter(move |it| it.promised == promised);
        if all().next().is_some() && !lead.is_empty() {
            sheet.y += 4.0;
            sheet.lines("wl-soft", 0.0, (12.0, 18.0), lead);
        }
        for judgement in all() {
            if judgement.verdict == Verdict::Holds {
                continue;
            }
            let class = if judgement.verdict.is_violated() { "wl-bad" } else { "wl-open" };
            let (sign, words) = status_words(run, judgement);
            let first = sheet.y + SENTENCE.1 - (SENTENCE.1 - SENTENCE.0);
            sheet.out += &(text(class, 2.0, first, sign) + "\n");
            let words = format!("{} {words}", judgement.property.name);
            sheet.lines("wl-said", SIGN, SENTENCE, &words);
        }
        let holding = all().filter(|it| it.verdict == Verdict::Holds);
        let names: Vec<_> = holding.map(|it| it.property.name).collect();
        holds(&names, sheet);
    }
    if let Some(circle) = deadlock_sentence(&run.scenario, &run.trace) {
        sheet.y += 4.0;
        sheet.lines("wl-said", 0.0, SENTENCE, &format!("{circle}."));
    }
}

/// Adds the names of properties that hold, each behind its sign, as many on a line as fit.
fn holds(names: &[&str], sheet: &mut Sheet) {
    let (size, height) = SENTENCE;
    let mut x = 0.0;
    for (place, name) in names.iter().enumerate() {
        let wide = SIGN + markup::width(name, size) + 16.0;
        if place == 0 || x + wide - 16.0 > sheet.width {
            (x, sheet.y) = (0.0, sheet.y + height);
        }
        let y = sheet.y - (height - size);
        sheet.out += &text("wl-good", x + 2.0, y, "✓");
        sheet.out += &(text("wl-said", x + SIGN, y, name) + "\n");
        x += wide;
    }
}

/// Adds the origin of the picture and its licence.
fn origin(options: &SvgOptions, sheet: &mut Sheet) {
    let words = "Worldlines · CC BY 4.0";
    sheet.y += 12.0;
    let out = match options.address() {
        Some(link) => format!(
            "<a class=\"wl-link\" href=\"{}\">{}</a>\n",
            escaped(link),
            text("", 0.0, 10.0, &format!("Open this run in {words}"))
        ),
        None => text("wl-small", 0.0, 10.0, words) + "\n",
    };
    sheet.add(&out, 0.0, 14.0);
}
