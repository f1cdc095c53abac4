//! Elements of the picture, in the language of the diagram.

use std::ops::Range;

use super::{
    Across, Arrow, Band, Bar, Barrier, Features, Field, Label, Lane, LaneState, Layout, Mark,
    Merged, Plot, Point, Stretch, Strike, Wait, Waiting, Wall, Window, arrows,
    crowd::Kinds,
    cuts, deadlock, density,
    labels::{Placed, half_bold, half_width, moment},
    mark_shape,
    marks::{self, Urgency},
    measures, sections,
    thin::{calm, thinned},
    views, walls,
};
use crate::kernel::{EventId, Message, MessageId, NodeId, Protocol, Scenario, Trace};

/// Number of elements of a mark and of a message, with their texts.
const FULL: (usize, usize) = (3, 6);
/// Number of elements of a mark and of a message, without texts.
const LEAN: (usize, usize) = (2, 1);
/// Largest number of picked events, and of picked messages, that are drawn.
const PICKED: usize = 100;
/// Length of lines beyond the visible part.
const LANE_ENDS: f64 = 40.0;
/// Largest number of waiting messages drawn.
const BARS: usize = 150;
/// Largest number of fault marks drawn one by one while the others merge.
const ALONE: usize = 240;
/// Largest number of captions with a sign.
const FLAGS: usize = 60;

/// Width of a caption's sign, in CSS pixels, and its distance from the caption's moment.
const FLAG: f64 = 18.0;

/// Elements drawn of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Width of the picture, in CSS pixels.
    pub width: f64,
    /// Height of the picture.
    pub height: f64,
    /// Merging of the time axis that is drawn.
    pub window: Window,
    /// Level of detail.
    pub detail: Detail,
    /// Merged elements, if there are too many to draw one by one.
    pub merged: Option<Merged>,
    /// Lines of the nodes.
    pub lanes: Vec<Lane>,
    /// Numbers behind the lines: rounds, terms, views.
    pub bands: Vec<Band>,
    /// Curves below the lines.
    pub plots: Vec<Plot>,
    /// Arrows of the circle of nodes that wait for each other in a deadlock.
    pub circle: Vec<Waiting>,
    /// Messages.
    pub arrows: Vec<Arrow>,
    /// Events.
    pub marks: Vec<Mark>,
    /// Messages that wait between receipt and delivery.
    pub held_back: Vec<HeldBack>,
    /// Partitions and dead links.
    pub walls: Vec<Wall>,
    /// Views.
    pub barriers: Vec<Barrier>,
    /// Stays in the critical section.
    pub sections: Vec<Bar>,
    /// Simultaneous stays of two nodes.
    pub clashes: Vec<Field>,
    /// Undone work.
    pub strikes: Vec<Strike>,
    /// Recorded global states and recovery lines.
    pub across: Vec<Across>,
    /// Places of the captions.
    pub flags: Vec<Flag>,
    /// Moments on the time axis.
    pub ticks: Vec<Tick>,
}

/// Level of detail of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All elements one by one, with texts where there is room.
    Full,
    /// All elements one by one, without texts.
    Lean,
    /// Marks and messages merge; faults do not.
    Merged,
}

/// A message that waits between its receipt and its delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldBack {
    /// The receipt.
    pub received: EventId,
    /// The delivery; none if it still waits when the run ends.
    pub delivered: Option<EventId>,
    /// Start of the bar.
    pub from: Point,
    /// End.
    pub to: Point,
}

/// Place of a caption's sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flag {
    /// The caption, by its place in the scenario.
    pub caption: usize,
    /// Place of the sign.
    pub at: Point,
}

/// A moment on the time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Position along the axis.
    pub along: f64,
    /// Its text, in virtual ms.
    pub label: String,
}

/// Limits of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Largest number of elements, about.
    elements: usize,
    /// Factor of the distances within which elements of a long run merge.
    rough: f64,
}

impl Limit {
    /// Limit of a picture that the next frame replaces, as during a zoom; `elements` is the limit at rest.
    #[must_use]
    pub const fn passing(elements: usize) -> Self {
        Self { elements: elements / 6, rough: 2.0 }
    }
}

impl From<usize> for Limit {
    fn from(elements: usize) -> Self {
        Self { elements, rough: 1.0 }
    }
}

impl Scene {
    /// Draws all of a run, all marks one by one.
    #[must_use]
    pub fn new(protocol: &Protocol, scenario: &Scenario, trace: &Trace, layout: &Layout) -> Self {
        let features = Features::new(protocol, scenario, trace);
        Self::part(&features, (protocol, scenario, trace), layout, Window::WHOLE, usize::MAX)
    }

    /// Draws the part of a run inside a window, in as much detail as the limit on the number of elements allows. If
    /// there are more elements, they lose their texts; if there are far more, they merge.
    #[must_use]
    pub fn part(
        features: &Features,
        run: (&Protocol, &Scenario, &Trace),
        layout: &Layout,
        window: Window,
        limit: impl Into<Limit>,
    ) -> Self {
        let limit = limit.into();
        let (protocol, scenario, trace) = run;
        let place = (layout, window);
        let messages = messages_in(features, trace, layout, window);
        let events = layout.events_in(window);
        let mut scene = Self::bare(features, run, place);
        scene.bands = measures::bands(
            features,
            (protocol, trace),
            &scene.lanes,
            (layout, window, limit.rough),
        );
        scene.walls = walls::walls(scenario, layout, window);
        let rest = limit.elements.saturating_sub(scene.weight());
        let detail = detail(trace, events.clone(), messages.clone(), rest);
        scene.detail = detail;
        let mut placed = scene.placed(layout);
        let merges = detail == Detail::Merged;
        let rough = limit.rough;
        let part = density::Merging { features, scenario, trace, layout, window, rough };
        let faults = if merges { part.alone(&events, ALONE) } else { Vec::new() };
        let others = events.clone().filter(|_| !merges);
        let alone = faults.iter().copied().chain(others);
        let mut marks = marks::marks(alone, &features.stable, trace, layout, &mut placed);
        let all_alone = marks.len() <= ALONE;
        if merges {
            let place =
                |mark: &Mark| (trace.events[mark.event].node.index(), layout.unpoint(mark.at).0);
            marks = thinned(marks, ALONE, place, |_, _| ());
        }
        let alone = messages.clone().filter(|_| !merges);
        scene.arrows = arrows::arrows(alone, features, (scenario, trace), place, &mut placed);
        for flag in &mut scene.flags {
            flag.at = placed.settle(FLAG, &flag_places(layout, flag.at));
        }
        scene.plots = measures::plots(
            features,
            run,
            &scene.lanes,
            (layout, window, limit.rough),
            &mut placed,
        );
        scene.barriers = views::barriers(&features.views, scenario, trace, place, &mut placed);
        let mut label = |urgency, placed: &mut Placed| {
            if detail == Detail::Full {
                marks::label(&mut marks, urgency, scenario, trace, layout, placed);
            }
        };
        label(Urgency::First, &mut placed);
        label(Urgency::Second, &mut placed);
        measures::label_bands(&mut scene.bands, layout, &mut placed);
        if detail == Detail::Full {
            arrows::label(&mut scene.arrows, (scenario, trace), place, &mut placed);
        }
        walls::label(&mut scene.walls, scenario, layout, &mut placed);
        label(Urgency::Last, &mut placed);
        scene.merged = merges.then(|| part.merge(events, messages, &mut placed));
        if let Some(merged) = scene.merged.as_mut().filter(|_| all_alone) {
            // Each of them has a mark.
            merged.signs.retain(|(shape, _)| !Kinds::is_alone(*shape));
        }
        scene.marks = marks;
        scene
    }

    /// Places in the window that texts can take.
    pub(super) fn placed(&self, layout: &Layout) -> Placed {
        let (from, to) = (self.window.from.max(0.0), self.window.to.min(layout.length()));
        let across = self.width.max(self.height);
        let mut placed = Placed::new(self.width, self.height)
            .within(layout.point(from, 0.0), layout.point(to, across));
        for tick in &self.ticks {
            if let Some((centre, half)) = moment(layout, tick.along, &tick.label) {
                placed.take(half, centre);
            }
        }
        placed
    }

    /// Places in the window that further texts can take.
    pub(super) fn taken(&self, layout: &Layout) -> Placed {
        let mut placed = self.placed(layout);
        self.marks.iter().for_each(|mark| marks::block(mark, layout, &mut placed));
        self.arrows.iter().for_each(|arrow| arrows::block(arrow, &mut placed));
        self.flags.iter().for_each(|flag| placed.block(flag.at, FLAG));
        self.texts().for_each(|(label, half)| placed.take(half, label.at));
        measures::spare(&self.plots, layout, &mut placed);
        placed
    }

    /// Texts of the elements, each with half its estimated width in CSS pixels.
    pub fn texts(&self) -> impl Iterator<Item = (&Label, f64)> {
        fn plain(label: &Label) -> (&Label, f64) {
            (label, half_width(&label.text))
        }
        fn bold(label: &Label) -> (&Label, f64) {
            (label, half_bold(&label.text))
        }
        let marks = self.marks.iter().filter_map(|it| it.label.as_ref());
        let walls = self.walls.iter().filter_map(|it| it.label.as_ref());
        let barriers = self.barriers.iter().filter_map(|it| it.label.as_ref());
        let bands = self.bands.iter().filter_map(|it| it.label.as_ref());
        let arrows = self.arrows.iter().filter_map(|it| it.label.as_ref());
        let grids = self.plots.iter().flat_map(|it| &it.grid).map(|it| &it.label);
        let curves = self.plots.iter().flat_map(|it| &it.curves);
        let curves = curves.filter_map(|it| it.label.as_ref());
        let sheaves = self.merged.iter().flat_map(|it| &it.sheaves);
        let sheaves = sheaves.filter_map(|it| it.label.as_ref());
        let all_bold = marks.chain(walls).chain(barriers).chain(bands).map(bold);
        all_bold.chain(arrows.chain(grids).chain(curves).chain(sheaves).map(plain))
    }

    /// Approximate number of elements other than marks and messages.
    fn weight(&self) -> usize {
        let pieces = |lane: &Lane| 3 + lane.stretches.len() * (1 + usize::from(lane.traitor));
        let lanes = self.lanes.iter().map(pieces).sum::<usize>();
        let across = self.across.iter().map(|it| 1 + it.posts.len() + 2 * it.pieces.len());
        lanes
            + across.sum::<usize>()
            + 5 * self.bands.len()
            + 7 * self.walls.len()
            + 2 * (self.held_back.len() + self.clashes.len() + self.ticks.len())
            + 3 * (self.sections.len() + self.strikes.len() + self.flags.len() + self.circle.len())
    }

    /// Draws the elements without texts; only their marks take places from texts.
    fn bare(
        features: &Features,
        (protocol, scenario, trace): (&Protocol, &Scenario, &Trace),
        (layout, window): (&Layout, Window),
    ) -> Self {
        let place = (layout, window);
        let size = size(protocol, trace, layout);
        Self {
            width: size.x,
            height: size.y,
            window,
            detail: Detail::Full,
            merged: None,
            lanes: lanes(features, scenario, place),
            bands: Vec::new(),
            plots: Vec::new(),
            circle: deadlock::circle(trace, layout),
            arrows: Vec::new(),
            marks: Vec::new(),
            held_back: held_back(&features.waits, trace, place),
            walls: Vec::new(),
            barriers: Vec::new(),
            sections: sections::bars(&features.stays, layout, window),
            clashes: sections::fields(&features.clashes, layout, window),
            strikes: cuts::strikes(&features.recoveries, layout, window),
            across: cuts::across(&features.cuts, &features.recoveries, trace, place),
            flags: flags(scenario, layout, window),
            ticks: ticks(layout, window),
        }
    }

    /// Draws these events and messages one by one even if others merge, so that the reader always sees picked ones.
    #[must_use]
    pub fn picked(
        features: &Features,
        (scenario, trace): (&Scenario, &Trace),
        (layout, window): (&Layout, Window),
        events: &[EventId],
        messages: &[MessageId],
    ) -> (Vec<Mark>, Vec<Arrow>) {
        let whole = layout.length().max(layout.breadth());
        let (from, to) = (window.from.max(0.0), window.to.min(layout.length()));
        let mut placed = Placed::new(whole, whole)
            .within(layout.point(from, 0.0), layout.point(to, layout.breadth()));
        let seen = |event: &EventId| {
            let along = layout.along_event(*event);
            window.meets(along, along)
        };
        let events = events.iter().copied().filter(seen).take(PICKED);
        let marks = marks::marks(events, &features.stable, trace, layout, &mut placed);
        let messages = messages.iter().copied().take(PICKED * 8);
        let place = (layout, window);
        let mut arrows = arrows::arrows(messages, features, (scenario, trace), place, &mut placed);
        arrows.truncate(PICKED);
        (marks, arrows)
    }
}

/// Highest level of detail at which a picture has at most so many elements. Of a message that neither begins nor
/// ends in the window, only the stroke is drawn.
fn detail(
    trace: &Trace,
    events: Range<EventId>,
    messages: Range<MessageId>,
    limit: usize,
) -> Detail {
    let weighs = |count: usize, each: usize| count.saturating_mul(each);
    if weighs(messages.len(), LEAN.1) > limit {
        return Detail::Merged;
    }
    let is_mark = |event: &EventId| mark_shape(&trace.events[*event].kind).is_some();
    let ends_here = |message: &Message| {
        let end = message.fate.event();
        events.contains(&message.sent) || end.is_some_and(|event| events.contains(&event))
    };
    let ending = trace.messages[messages.clone()].iter().filter(|it| ends_here(it)).count();
    // More of them would not be looked at.
    let marks = events.clone().filter(is_mark).take(limit.saturating_add(1)).count();
    let strokes = weighs(messages.len(), LEAN.1);
    match () {
        () if weighs(marks, FULL.0) + weighs(ending, FULL.1) + strokes <= limit => Detail::Full,
        () if weighs(marks, LEAN.0) + strokes <= limit => Detail::Lean,
        () => Detail::Merged,
    }
}

/// Size of the whole picture.
fn size(protocol: &Protocol, trace: &Trace, layout: &Layout) -> Point {
    layout.point(layout.length(), layout.breadth() + measures::strips(protocol, trace))
}

/// A range of messages that includes all visible ones and few others.
fn messages_in(
    features: &Features,
    trace: &Trace,
    layout: &Layout,
    window: Window,
) -> Range<MessageId> {
    let first = features.reach.partition_point(|&end| layout.front(end) < window.from);
    let events = layout.events_in(window);
    let last = trace.messages.partition_point(|message| message.sent < events.end);
    first.min(last)..last
}

fn lanes(
    features: &Features,
    scenario: &Scenario,
    (layout, window): (&Layout, Window),
) -> Vec<Lane> {
    // A little more than the visible part: strokes have ends.
    let (first, last) = (window.from - LANE_ENDS, window.to + LANE_ENDS);
    let mut lanes: Vec<_> = (0..scenario.nodes.len())
        .map(NodeId::new)
        .map(|node| {
            let at = |along: f64| layout.point(along.max(first).min(last), layout.across(node));
            let (mut from, mut state) = (0.0, LaneState::Up);
            let mut stretches = Vec::new();
            let mut add = |from: f64, to: f64, state| {
                if window.meets(from, to) {
                    stretches.push(Stretch { from: at(from), to: at(to), state });
                }
            };
            for &(event, next) in &features.turns[node.index()] {
                let to = layout.along_event(event);
                add(from, to, state);
                (from, state) = (to, next);
            }
            add(from, layout.length().max(from), state);
            let router = scenario.network.topology.routers().contains(node);
            Lane { node, stretches, router, traitor: features.traitors.contains(node) }
        })
        .collect();
    calm(&mut lanes, layout);
    lanes
}

fn held_back(waits: &[Wait], trace: &Trace, (layout, window): (&Layout, Window)) -> Vec<HeldBack> {
    let end = layout.along_time(layout.end() as f64);
    let events = layout.events_in(window);
    let seen = |wait: &&Wait| {
        // Places are computed only of what can be there.
        if wait.received >= events.end || wait.delivered.is_some_and(|end| end < events.start) {
            return false;
        }
        let to = wait.delivered.map_or(end, |event| layout.along_event(event));
        window.meets(layout.along_event(wait.received), to)
    };
    let bar = |&Wait { node, received, delivered }: &Wait| {
        let to = delivered.map_or(end, |event| layout.along_event(event));
        HeldBack {
            received,
            delivered,
            from: layout.event_point(trace, received),
            to: layout.point(to, layout.across(node)),
        }
    };
    waits.iter().filter(seen).take(BARS).map(bar).collect()
}

fn flags(scenario: &Scenario, layout: &Layout, window: Window) -> Vec<Flag> {
    let captions = scenario.captions.iter().enumerate();
    let seen = captions.filter(|(_, caption)| {
        let along = layout.along_time(caption.at as f64);
        caption.at <= layout.end() && window.meets(along - FLAG, along)
    });
    let at = |along: f64, node| layout.point(along - FLAG, layout.across(node) - FLAG);
    let flags = seen
        .map(|(caption, it)| Flag { caption, at: at(layout.along_time(it.at as f64), it.node) });
    let place =
        |flag: &Flag| (scenario.captions[flag.caption].node.index(), layout.unpoint(flag.at).0);
    thinned(flags.collect(), FLAGS, place, |_, _| ())
}

/// Possible places of a caption's sign, the best first: before its moment and above its line, farther before it, after it.
fn flag_places(layout: &Layout, at: Point) -> [Point; 6] {
    let (along, across) = layout.unpoint(at);
    let places = [(0.0, 0.0), (0.0, 2.0), (-1.0, 0.0), (-1.0, 2.0), (2.0, 0.0), (2.0, 2.0)];
    places.map(|(on, over)| layout.point(along + on * FLAG, across + over * FLAG))
}

/// Round moments, about 90 pixels apart.
fn ticks(layout: &Layout, window: Window) -> Vec<Tick> {
    let steps = (0..9).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    let wide = |step: &u64| layout.along_time(*step as f64) - layout.along_time(0.0) >= 70.0;
    let step = steps.into_iter().find(wide).unwrap_or(layout.end().max(1));
    let first = layout.time_at(window.from.max(0.0)) as u64 / step;
    let last = layout.time_at(window.to) as u64 / step;
    (first..=last)
        .map(|count| count * step)
        .map(|time| Tick { along: layout.along_time(time as f64), label: format!("{time}") })
        .collect()
}
