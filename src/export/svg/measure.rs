//! Sizes of a picture.

use super::markup::{self, BOLD};
use crate::{
    app::{Lens, Room, Shown, interesting_end},
    diagram::{Detail, Features, Layout, Orientation, Scene, Window, strips},
    runs::Outcome,
};

/// Space around the picture.
pub(super) const MARGIN: f64 = 14.0;
/// Size of the nodes' names.
pub(super) const NAME: f64 = 14.0;
/// Height of the nodes' names where time runs down.
pub(super) const HEADS: f64 = 44.0;
/// Room for the numbers of the time axis.
pub(super) const RULER: f64 = 26.0;
/// Width of a picture whose marks need no more.
const WIDTH: f64 = 960.0;
/// Smallest width of the column of names.
const NAMES: f64 = 70.0;
/// Largest number of elements of a diagram with all its details.
const WEIGHT: usize = 2_000;

/// A diagram and its place in the picture.
pub(super) struct Measures {
    pub(super) features: Features,
    pub(super) layout: Layout,
    pub(super) scene: Scene,
    /// Width of the column of names; 0 where they stand above their lines.
    pub(super) names: f64,
    /// Width and height of the diagram with names and time axis.
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Measures {
    /// Returns the diagram of a run for a width of the picture in CSS pixels.
    pub(super) fn of(run: &Outcome, width: Option<f64>) -> Self {
        let features = Features::new(run.protocol, &run.scenario, &run.trace);
        let features = features.judged(&run.report.judgements);
        let nodes = run.scenario.nodes.len();
        let names = names(run);
        let room = Room {
            height: None,
            width: width.unwrap_or(WIDTH) - 2.0 * MARGIN,
            names,
            strips: strips(run.protocol, &run.trace),
        };
        let shown = Shown { nodes, marks: features.busiest(), end: interesting_end(run) };
        let draw = |lens: Lens| {
            let frame = lens.frame(shown, room);
            let layout = features.layout(&run.trace, nodes, frame);
            let layout = layout.near(&run.trace, Window::WHOLE).unwrap_or(layout);
            let drawn = (run.protocol, &run.scenario, &run.trace);
            let scene = Scene::part(&features, drawn, &layout, Window::WHOLE, WEIGHT);
            (layout, scene)
        };
        let whole = Lens::default().whole(shown, room);
        let (layout, scene) = match width {
            Some(_) => draw(whole),
            None => Some(draw(Lens::default()))
                .filter(|(_, scene)| scene.detail == Detail::Full)
                .unwrap_or_else(|| draw(whole)),
        };
        let horizontal = layout.orientation() == Orientation::Horizontal;
        let names = if horizontal { names } else { 0.0 };
        let height = scene.height + if horizontal { RULER } else { HEADS };
        let width = (names + scene.width).max(width.map_or(0.0, |width| width - 2.0 * MARGIN));
        Self { features, layout, scene, names, width, height }
    }
}

/// Width of the column of names.
fn names(run: &Outcome) -> f64 {
    let longest =
        run.scenario.names().map(|name| markup::width(&name, NAME * BOLD)).fold(0.0, f64::max);
    (longest + 36.0).max(NAMES)
}
