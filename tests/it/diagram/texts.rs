//! Texts of the picture: none over another, none over a mark, none beside the arrow of another message.

use std::{collections::BTreeSet, fmt::Write as _};

use worldlines::{
    app::{Lens, Room, Shown, interesting_end},
    diagram::{
        Arrow, ArrowEnd, Detail, Features, Layout, Orientation, Point, Scene, Window, sign_at,
        strips, text_width,
    },
    formats::bundled,
    runs::Outcome,
};

/// Widths of the page, each with the width and the height of the diagram's place in it (`ui::first_picture`), in CSS
/// pixels.
const PAGES: [(u32, f64, f64); 4] =
    [(1440, 1406.0, 560.0), (1280, 1246.0, 460.0), (768, 728.0, 560.0), (390, 372.0, 465.0)];
/// Height of the numbers of the time axis, with the diagram's border.
const RULER: f64 = 28.0;
/// Largest number of elements of a diagram with all its details.
const WEIGHT: usize = 2_000;
/// Size of the texts of the diagram, and the height of a line of them.
const SIZE: (f64, f64) = (12.0, 14.0);
/// Overlap that is not visible, in CSS pixels.
const UNSEEN: f64 = 0.5;

/// A rectangle: left, top, right, bottom.
type Area = [f64; 4];

fn around(at: Point, width: f64, height: f64) -> Area {
    [at.x - width / 2.0, at.y - height / 2.0, at.x + width / 2.0, at.y + height / 2.0]
}

fn meet(a: &Area, b: &Area) -> bool {
    a[0] + UNSEEN < b[2] && b[0] + UNSEEN < a[2] && a[1] + UNSEEN < b[3] && b[1] + UNSEEN < a[3]
}

/// Runs of all bundled examples, each with its path.
fn examples() -> Vec<(String, Outcome)> {
    let bundled = bundled::bundled().into_iter();
    bundled.map(|it| (it.path().to_string(), it.outcome().expect("it runs"))).collect()
}

/// Pictures of a run as the page draws them at its beginning, in its middle and at its end.
fn pictures(run: &Outcome, size: (f64, f64)) -> Vec<(Layout, Scene)> {
    zoomed(run, size, 1.0)
}

/// The same at a scale, as a multiple of the one that the page begins with.
fn zoomed(run: &Outcome, (width, height): (f64, f64), zoom: f64) -> Vec<(Layout, Scene)> {
    let features = Features::with_forests(run.protocol, &run.scenario, &run.trace);
    let features = features.judged(&run.report.judgements);
    let nodes = run.scenario.nodes.len();
    let longest = run.scenario.names().map(|name| name.chars().count()).max().unwrap_or(0);
    let room = Room {
        width,
        height: Some(height - RULER),
        names: (longest as f64 * 9.5 + 30.0).clamp(92.0, 190.0),
        strips: strips(run.protocol, &run.trace),
    };
    let shown = Shown { nodes, marks: features.busiest(), end: interesting_end(run) };
    let lens = match zoom {
        1.0 => Lens::default(),
        _ => Lens::default().zoomed(zoom, shown, room),
    };
    let layout = features.layout(&run.trace, nodes, lens.frame(shown, room));
    let seen = match layout.orientation() {
        Orientation::Horizontal => room.width - room.names,
        Orientation::Vertical => height,
    };
    let furthest = (layout.length() - seen).max(0.0);
    let mut windows: Vec<_> =
        [0.0, 0.5, 1.0].map(|share| Window::around(share * furthest, seen, layout.length())).into();
    windows.dedup();
    let draw = |window| {
        let layout = layout.near(&run.trace, window).unwrap_or_else(|| layout.clone());
        let drawn = (run.protocol, &run.scenario, &run.trace);
        let scene = Scene::part(&features, drawn, &layout, window, WEIGHT - 9 * nodes.min(100));
        (layout, scene)
    };
    windows.into_iter().map(draw).collect()
}

/// Texts of a picture, each with the kind of its element.
fn texts(layout: &Layout, scene: &Scene) -> Vec<(&'static str, String, Area)> {
    let mut texts: Vec<_> = scene
        .texts()
        .map(|(label, half)| ("text", label.text.clone(), around(label.at, 2.0 * half, SIZE.1)))
        .collect();
    for flag in &scene.flags {
        texts.push(("caption", (flag.caption + 1).to_string(), around(flag.at, 16.0, 16.0)));
    }
    for tick in &scene.ticks {
        let width = text_width(&tick.label, SIZE.0);
        let middle = match layout.orientation() {
            Orientation::Horizontal => Point { x: tick.along, y: scene.height + 12.0 },
            Orientation::Vertical => Point { x: 3.0 + width / 2.0, y: tick.along - 8.0 },
        };
        texts.push(("moment", tick.label.clone(), around(middle, width, SIZE.1 - 2.0)));
    }
    texts
}

/// Marks of a picture that no text may cover.
fn marks(layout: &Layout, scene: &Scene) -> Vec<(String, Area)> {
    let mut marks = Vec::new();
    for mark in &scene.marks {
        marks.push((format!("{:?}", mark.shape), around(mark.at, 10.0, 10.0)));
        if mark.shape.is_sign() {
            let at = sign_at(mark.at, layout.orientation());
            marks.push((format!("{:?}", mark.shape), around(at, 13.0, 13.0)));
        }
    }
    for arrow in &scene.arrows {
        if matches!(arrow.end, ArrowEnd::Cross(_)) {
            marks.push(("loss".to_owned(), around(arrow.to, 11.0, 11.0)));
        }
        if arrow.oddity.is_some() && scene.detail == Detail::Full {
            marks.push(("oddity".to_owned(), around(arrow.sign, 12.0, 12.0)));
        }
    }
    for curve in scene.plots.iter().flat_map(|plot| &plot.curves) {
        let sign = |at: &Point| ("end of a curve".to_owned(), around(*at, 9.0, 9.0));
        marks.extend(curve.points.last().map(sign));
    }
    marks
}

/// Distance of a rectangle and the line of an arrow.
fn distance(area: &Area, arrow: &Arrow) -> f64 {
    let steps = 64;
    let at = |step: u32| {
        let share = f64::from(step) / f64::from(steps);
        let x = arrow.from.x + (arrow.to.x - arrow.from.x) * share;
        let y = arrow.from.y + (arrow.to.y - arrow.from.y) * share;
        let aside = (area[0] - x).max(x - area[2]).max(0.0);
        aside.hypot((area[1] - y).max(y - area[3]).max(0.0))
    };
    (0..=steps).map(at).fold(f64::INFINITY, f64::min)
}

#[test]
fn text_of_an_example_covers_no_other_text_and_no_mark() {
    let (mut drawn, mut faults) = (0, String::new());
    for (path, run) in examples() {
        for (page, width, height) in PAGES {
            let mut seen = BTreeSet::new();
            for (layout, scene) in pictures(&run, (width, height)) {
                let texts = texts(&layout, &scene);
                drawn += texts.len();
                for (place, (kind, text, area)) in texts.iter().enumerate() {
                    for (other, its_text, its_area) in &texts[place + 1..] {
                        if meet(area, its_area) {
                            seen.insert(format!("{kind} {text:?} over {other} {its_text:?}"));
                        }
                    }
                    for (mark, its_area) in marks(&layout, &scene) {
                        if meet(area, &its_area) {
                            seen.insert(format!("{kind} {text:?} over a mark: {mark}"));
                        }
                    }
                }
            }
            for fault in seen {
                let _ = writeln!(faults, "{path} at {page}: {fault}");
            }
        }
    }
    assert!(drawn > 5_000, "{drawn} texts");
    assert!(faults.is_empty(), "{} faults:\n{faults}", faults.lines().count());
}

#[test]
fn text_of_a_message_is_nearer_to_its_arrow_than_to_others() {
    let (mut drawn, mut missing, mut faults) = (0, 0, String::new());
    for (path, run) in examples() {
        for (page, width, height) in PAGES {
            let mut seen = BTreeSet::new();
            for (_, scene) in pictures(&run, (width, height)) {
                if scene.detail != Detail::Full {
                    continue;
                }
                for arrow in &scene.arrows {
                    let Some(label) = &arrow.label else {
                        let says = |it: &&Arrow| {
                            let text = it.label.as_ref().map_or("", |label| label.text.as_str());
                            it.from == arrow.from && text.contains(" ×")
                        };
                        missing += usize::from(!scene.arrows.iter().any(|it| says(&it)));
                        continue;
                    };
                    drawn += 1;
                    let area = around(label.at, text_width(&label.text, SIZE.0), SIZE.1);
                    // "m1 ×3" is the text of several messages.
                    let is_own = |it: &&Arrow| {
                        let same = it.from == arrow.from;
                        same && (it.to == arrow.to || label.text.contains(" ×"))
                    };
                    let (own, others): (Vec<_>, Vec<_>) = scene.arrows.iter().partition(is_own);
                    let nearest = |of: &[&Arrow]| {
                        of.iter().map(|it| distance(&area, it)).fold(f64::INFINITY, f64::min)
                    };
                    let (own, nearest) = (nearest(&own), nearest(&others));
                    if nearest < own + 2.0 {
                        seen.insert(format!("{:?} ({own:.0}, {nearest:.0})", label.text));
                    }
                }
            }
            for fault in seen {
                let _ = writeln!(faults, "{path} at {page}: {fault}");
            }
        }
    }
    assert!(missing * 2 < drawn, "{missing} messages without a text, {drawn} texts");
    assert!(faults.is_empty(), "{} faults of {drawn} texts:\n{faults}", faults.lines().count());
}

/// Place of a message's text in units of its arrow: share of its length, and side.
fn relative(arrow: &Arrow, at: Point) -> (f64, bool) {
    let (dx, dy) = (arrow.to.x - arrow.from.x, arrow.to.y - arrow.from.y);
    let (x, y) = (at.x - arrow.from.x, at.y - arrow.from.y);
    ((x * dx + y * dy) / (dx * dx + dy * dy), x * dy - y * dx > 0.0)
}

#[test]
fn text_of_a_message_seldom_changes_its_place_between_neighbouring_scales() {
    let (mut both, mut moved) = (0, 0);
    for (_, run) in examples() {
        for (_, width, height) in [PAGES[0], PAGES[3]] {
            let mut before: Vec<(usize, usize, String, (f64, bool))> = Vec::new();
            for step in 0..6 {
                let zoom = 1.05_f64.powi(step);
                let (_, scene) = zoomed(&run, (width, height), zoom).remove(0);
                let of = |arrow: &Arrow| {
                    let label = arrow.label.as_ref()?;
                    let place = relative(arrow, label.at);
                    Some((arrow.message, arrow.copy, label.text.clone(), place))
                };
                let now: Vec<_> = scene.arrows.iter().filter_map(of).collect();
                for (message, copy, text, (share, side)) in &before {
                    let same = now.iter().find(|it| (it.0, it.1, &it.2) == (*message, *copy, text));
                    let Some((.., (its_share, its_side))) = same else { continue };
                    both += 1;
                    moved += usize::from((share - its_share).abs() > 0.05 || side != its_side);
                }
                before = now;
            }
        }
    }
    assert!(both > 5_000 && moved * 10 < both, "{moved} of {both} texts moved");
}
