//! Elements of the diagram as text, as the page draws them when the run is over.

use super::markup::{class_attribute, escaped, path, title};
use crate::{
    app::text,
    diagram::{
        Across, Arrow, Band, Bar, Barrier, Curve, Detail, Field, HeldBack, Label, Lane, LaneState,
        Layout, Mark, MarkShape, Merged, Oddity, Orientation, Piece, Plot, Point, SINGLE_CURVES,
        Scene, Stretch, Strike, Waiting, Wall, deadlock_sentence, event_sentence, fault_sentence,
        message_sentence,
        path::{bent, head, line, px, strokes},
        shapes::{self, ENDS, Placed, ShapePart, TWICE, name_of_mark, name_of_oddity, of_mark},
        sign_at, tint,
    },
    kernel::{EventId, NodeId, spell, visible},
    runs::Outcome,
};

/// Distance of a text's baseline below its middle.
const BASELINE: f64 = 4.2;

/// A run and the picture of it.
#[derive(Clone, Copy)]
pub(super) struct Drawing<'a> {
    pub(super) run: &'a Outcome,
    pub(super) scene: &'a Scene,
    pub(super) layout: &'a Layout,
}

/// Returns a group of elements with a class and further attributes.
fn group(class: &str, attributes: &str, elements: &str) -> String {
    format!("<g class=\"{class}\"{attributes}>{elements}</g>\n")
}

/// Returns a rectangle with these two opposite corners.
pub(super) fn rect(one: Point, other: Point) -> String {
    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
    let (width, height) = ((one.x - other.x).abs(), (one.y - other.y).abs());
    format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        px(x),
        px(y),
        px(width),
        px(height)
    )
}

/// Returns a text around its centre.
fn label(label: &Label) -> String {
    super::markup::text("label", label.at.x, label.at.y + BASELINE, &visible(&label.text))
}

fn label_of(text: Option<&Label>) -> String {
    text.map(label).unwrap_or_default()
}

/// Returns an attribute with the first event after which an element is there.
fn since(event: EventId) -> String {
    format!(" data-since=\"{event}\"")
}

/// Returns a disc around a point.
pub(super) fn disc(class: &str, at: Point, radius: f64) -> String {
    format!(
        "<circle{} cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
        class_attribute(class),
        px(at.x),
        px(at.y),
        px(radius)
    )
}

/// Returns a shape around a point.
fn shape(parts: &[ShapePart], at: Point, orientation: Orientation) -> String {
    let draw = |part: &ShapePart| match part.at(at, orientation) {
        Placed::Disc(class, radius) => disc(class, at, radius),
        Placed::Path(class, d) => path(class, &d),
    };
    parts.iter().map(draw).collect()
}

/// Returns the shape of a mark; a sign stands beside its line, on a pole.
fn mark_shape(of: MarkShape, at: Point, orientation: Orientation) -> String {
    if !of.is_sign() {
        return shape(of_mark(of), at, orientation);
    }
    let sign = sign_at(at, orientation);
    path("pole", &line(at, sign)) + &shape(of_mark(of), sign, Orientation::Horizontal)
}

/// Returns the second filling of a delivery's mark.
fn twice(at: Point, attributes: &str) -> String {
    format!("<g class=\"stable\"{attributes}>{}</g>", shape(TWICE, at, Orientation::Horizontal))
}

/// Returns the sign of an oddity.
fn oddity_sign(oddity: Oddity, at: Point) -> String {
    let sign = shape(shapes::of_oddity(oddity), at, Orientation::Horizontal);
    format!("<g class=\"oddity\">{sign}</g>")
}

/// Returns the sign at the end of a node's curves.
fn curve_sign(node: NodeId, at: Point) -> String {
    shape(ENDS[node.index() % ENDS.len()], at, Orientation::Horizontal)
}

/// Returns the class of a node's curves.
fn curve_class(node: NodeId) -> String {
    format!("curve style-{}", node.index() % ENDS.len())
}

/// Returns a bent arrow with its head.
fn bent_arrow(from: Point, towards: Point, to: Point) -> String {
    path("stroke", &bent(from, towards, to)) + &path("head", &head(towards, to))
}

impl Drawing<'_> {
    /// Returns all elements of the diagram but the numbers of its time axis, with the numbers of captions if they are wanted.
    pub(super) fn elements(&self, with_flags: bool) -> String {
        let scene = self.scene;
        let mut out = String::new();
        out.extend(scene.ticks.iter().map(|tick| self.tick(tick.along)));
        out.extend(scene.bands.iter().map(|it| self.band(it)));
        out.extend(scene.walls.iter().map(|it| self.wall(it)));
        out.extend(scene.clashes.iter().map(clash));
        out.extend(scene.lanes.iter().map(|it| self.lane(it)));
        out.extend(scene.sections.iter().map(|it| self.section(it)));
        out.extend(scene.strikes.iter().map(strike));
        out.extend(scene.barriers.iter().map(|it| self.barrier(it)));
        out.extend(scene.across.iter().map(across));
        out.extend(scene.held_back.iter().map(held_back));
        out.extend(scene.merged.iter().map(|it| self.merged(it)));
        out.extend(scene.arrows.iter().map(|it| self.arrow(it)));
        out.extend(scene.marks.iter().map(|it| self.mark(it)));
        out.extend(scene.circle.iter().map(|it| self.waiting(it)));
        out.extend(scene.plots.iter().map(|it| self.plot(it)));
        let flags = scene.flags.iter().filter(|_| with_flags);
        out.extend(flags.map(|flag| self.flag(flag.caption, flag.at)));
        out
    }

    /// True if elements have texts.
    fn is_full(&self) -> bool {
        self.scene.detail == Detail::Full
    }

    fn tick(&self, along: f64) -> String {
        let Scene { width, height, .. } = self.scene;
        let d = match self.layout.orientation() {
            Orientation::Horizontal => format!("M{} 0V{}", px(along), px(*height)),
            Orientation::Vertical => format!("M0 {}H{}", px(along), px(*width)),
        };
        format!("<g class=\"ruler\">{}</g>\n", path("tick", &d))
    }

    fn band(&self, band: &Band) -> String {
        let metric = &self.run.protocol.metrics[band.metric];
        let name = self.run.scenario.name(band.node);
        let start = match self.layout.orientation() {
            Orientation::Horizontal => Point { x: band.from.x, y: band.to.y },
            Orientation::Vertical => Point { x: band.to.x, y: band.from.y },
        };
        let elements = title(&text::spans::band(&name, metric.name, band.value))
            + &rect(band.from, band.to)
            + &path("", &line(band.from, start))
            + &label_of(band.label.as_ref());
        group(&format!("band {}", tint(band.value)), "", &elements)
    }

    fn wall(&self, wall: &Wall) -> String {
        let scenario = &self.run.scenario;
        let sentence = fault_sentence(scenario, &scenario.faults[wall.fault]);
        let elements =
            title(&visible(&sentence)) + &rect(wall.from, wall.to) + &label_of(wall.label.as_ref());
        group("wall", "", &elements)
    }

    fn lane(&self, lane: &Lane) -> String {
        let mut class = "lane".to_owned();
        class += if lane.router { " router" } else { "" };
        class += if lane.traitor { " traitor" } else { "" };
        let stretch = |it: &Stretch| {
            let state = match it.state {
                LaneState::Up => "up",
                LaneState::Down => "crashed",
                LaneState::Paused => "paused",
            };
            let d = line(it.from, it.to);
            path(state, &d) + &if lane.traitor { path("gap", &d) } else { String::new() }
        };
        let stretches: String = lane.stretches.iter().map(stretch).collect();
        let name = self.run.scenario.name(lane.node);
        group(&class, "", &(title(&name) + &stretches))
    }

    fn section(&self, bar: &Bar) -> String {
        let clashes = self.scene.clashes.iter().any(|field| {
            let clash = field.clash;
            (clash.first == bar.stay.node || clash.second == bar.stay.node)
                && bar.stay.entered <= clash.from
                && bar.stay.left.is_none_or(|left| left > clash.from)
        });
        let class = if clashes { "section clashing" } else { "section" };
        let d = line(bar.from, bar.to);
        group(class, &since(bar.stay.entered), &(path("rim", &d) + &path("", &d)))
    }

    fn barrier(&self, barrier: &Barrier) -> String {
        let members = spell(&barrier.members.to_string(), &self.run.scenario.nodes);
        let elements = title(&text::spans::view(barrier.id, &members))
            + &pieces(&barrier.pieces, "ties")
            + &pieces(&barrier.pieces, "spine")
            + &label_of(barrier.label.as_ref());
        let first = barrier.pieces.iter().map(|piece| piece.since).min();
        group("barrier", &first.map(since).unwrap_or_default(), &elements)
    }

    fn merged(&self, merged: &Merged) -> String {
        let mut elements = String::new();
        for sheaf in &merged.sheaves {
            let name = |node| self.run.scenario.name(node);
            let names = (name(sheaf.from), name(sheaf.to));
            let words =
                text::picture::sheaf((&names.0, &names.1), sheaf.count, sheaf.lost, sheaf.forged);
            // Only the page can be enlarged.
            let words = words.split(": ").next().unwrap_or_default();
            elements +=
                &format!("<path class=\"sheaf\" d=\"{}\">{}</path>", sheaf.outline(), title(words));
        }
        elements += &path("strokes", &merged.strokes_path());
        elements += &path("bars", &merged.bars_path(self.layout.orientation()));
        elements.extend(merged.sign_paths().iter().map(|(class, d)| path(class, d)));
        elements.extend(merged.sheaves.iter().map(|sheaf| label_of(sheaf.label.as_ref())));
        group("merged", "", &elements)
    }

    fn arrow(&self, arrow: &Arrow) -> String {
        let Outcome { scenario, trace, .. } = self.run;
        let mut class =
            format!("{} {}", if self.is_full() { "arrow" } else { "lean" }, arrow.end.name());
        if let Some(oddity) = arrow.oddity {
            class += " ";
            class += name_of_oddity(oddity);
        }
        let name = scenario.message_name(trace.messages[arrow.message].name);
        let mut attributes = format!(" data-message=\"{}\"", escaped(&name));
        if arrow.copy > 0 {
            attributes += &format!(" data-copy=\"{}\"", arrow.copy);
        }
        attributes += &format!(" data-sent=\"{}\"", arrow.sent);
        if let Some(ended) = arrow.ended {
            attributes += &format!(" data-ended=\"{ended}\"");
        }
        if !self.is_full() {
            return format!("<path class=\"{class}\"{attributes} d=\"{}\"/>\n", arrow.lean_path());
        }
        let paths = arrow.paths(arrow.oddity);
        let mut elements = title(&message_sentence(scenario, trace, arrow.message));
        elements += &path("stroke", &paths.stroke);
        if arrow.oddity == Some(Oddity::Forged) {
            elements += &path("gap", &paths.straight);
        }
        if let Some(oddity) = arrow.oddity {
            elements += &oddity_sign(oddity, arrow.sign);
        }
        if let Some((end, d)) = &paths.end {
            elements += &path(end, d);
        }
        elements += &label_of(arrow.label.as_ref());
        group(&class, &attributes, &elements)
    }

    fn mark(&self, mark: &Mark) -> String {
        let Outcome { scenario, trace, .. } = self.run;
        let mut elements = String::new();
        if self.is_full() {
            let sentence = event_sentence(scenario, trace, mark.event);
            elements += &title(&text::marks::at(trace.events[mark.event].time, &sentence));
        }
        elements += &mark_shape(mark.shape, mark.at, self.layout.orientation());
        if let Some(stable) = mark.stable {
            elements += &twice(mark.at, &since(stable));
        }
        elements += &label_of(mark.label.as_ref());
        let attributes = format!(" data-event=\"{}\"", mark.event);
        group(&format!("mark {}", name_of_mark(mark.shape)), &attributes, &elements)
    }

    fn waiting(&self, waiting: &Waiting) -> String {
        let sentence = deadlock_sentence(&self.run.scenario, &self.run.trace).unwrap_or_default();
        let arrow = bent_arrow(waiting.from, waiting.towards, waiting.to);
        let last = self.run.trace.events.len().saturating_sub(1);
        group("waiting", &since(last), &(title(&sentence) + &arrow))
    }

    fn plot(&self, plot: &Plot) -> String {
        let metric = &self.run.protocol.metrics[plot.metric];
        let words = format!("{} ({}): {}", metric.name, metric.unit, metric.help);
        let mut elements = title(&words) + &rect(plot.from, plot.to);
        for grid in &plot.grid {
            elements += &path("grid", &line(grid.from, grid.to));
            elements += &label(&grid.label);
        }
        let alone = plot.curves.len() <= SINGLE_CURVES;
        elements.extend(plot.curves.iter().map(|curve| self.curve(curve, alone)));
        group("plot", "", &elements)
    }

    fn curve(&self, curve: &Curve, alone: bool) -> String {
        let mut elements =
            title(&self.run.scenario.name(curve.node)) + &path("stroke", &curve.stroke());
        if alone {
            elements.extend(curve.points.last().map(|&end| curve_sign(curve.node, end)));
            elements += &label_of(curve.label.as_ref());
        }
        group(&curve_class(curve.node), "", &elements)
    }

    fn flag(&self, caption: usize, at: Point) -> String {
        let number = (caption + 1).to_string();
        let words = title(&visible(&self.run.scenario.captions[caption].text));
        group("flag", &format!(" data-caption=\"{caption}\""), &(words + &badge(&number, at)))
    }
}

/// Returns a number in a disc.
pub(super) fn badge(number: &str, at: Point) -> String {
    format!("<circle cx=\"{}\" cy=\"{}\" r=\"8\"/>", px(at.x), px(at.y))
        + &format!("<text x=\"{}\" y=\"{}\">{number}</text>", px(at.x), px(at.y + 4.0))
}

/// Returns the pieces of a line across, each with the event since which it is there.
fn pieces(pieces: &[Piece], class: &str) -> String {
    let piece = |it: &Piece| {
        format!("<path class=\"{class}\"{} d=\"{}\"/>", since(it.since), line(it.from, it.to))
    };
    pieces.iter().map(piece).collect()
}

fn clash(field: &Field) -> String {
    group("clash", &since(field.clash.from), &rect(field.from, field.to))
}

fn strike(strike: &Strike) -> String {
    let elements = path("", &strokes(strike.from, strike.to));
    group("strike", &since(strike.undone.until), &elements)
}

fn across(across: &Across) -> String {
    let class = if across.snapshot.is_some() { "cut" } else { "recovery-line" };
    let mut elements = pieces(&across.pieces, "spine");
    elements.extend(across.posts.iter().map(|post| {
        let corner = |by: f64| Point { x: post.x + by, y: post.y + by };
        rect(corner(-9.0), corner(9.0))
    }));
    group(&format!("crossing {class}"), "", &elements)
}

fn held_back(bar: &HeldBack) -> String {
    let words = match bar.delivered {
        Some(_) => text::picture::HELD_BACK,
        None => text::picture::STILL_HELD_BACK,
    };
    format!(
        "<path class=\"held-back\"{} d=\"{}\">{}</path>\n",
        since(bar.received),
        line(bar.from, bar.to),
        title(words)
    )
}
