//! A run as the frames of an animation: the picture of the whole run, and the moments at which it is shown.

use super::svg::{Figure, SvgOptions, colour};
use crate::{app::interesting_end, diagram::Orientation, kernel::Time, runs::Outcome};

/// Greatest number of frames.
pub const MOST_FRAMES: usize = 200;
/// Greatest time between two frames, in real ms, as long as the number of frames allows it.
const STEP: f64 = 100.0;
/// Least time between two frames, in real ms.
const LEAST: f64 = 40.0;
/// Time for which the last frame is shown, in real ms.
const LAST: u64 = 2_000;
/// Width of the diagram, in CSS pixels.
const WIDTH: f64 = 960.0;

/// A frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shot {
    /// Number of events that have happened.
    pub cursor: usize,
    /// Place of the playhead along the axis of time, in the picture's units; none when the run is over.
    pub place: Option<f64>,
    /// Time for which it is shown, in real ms.
    pub duration: u64,
}

/// The frames of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// The diagram of the whole run, as SVG.
    pub svg: String,
    /// True if time runs down.
    pub down: bool,
    /// Length of the playhead, in the picture's units.
    pub breadth: f64,
    /// Colour of a message that is under way, and of the playhead.
    pub colours: [String; 2],
    /// The frames, in their order.
    pub shots: Vec<Shot>,
}

impl Film {
    /// Returns the frames of a run that is shown at this pace, in virtual ms per second.
    #[must_use]
    pub fn of(run: &Outcome, options: &SvgOptions, pace: f64) -> Self {
        let theme = options.theme.of_pixels();
        let options =
            SvgOptions { theme, width: Some(WIDTH), bare: true, link: options.link.clone() };
        let Figure { svg, layout, breadth } = Figure::of(run, &options);
        let times = times(run, pace);
        // Rounded from the beginning: the rounding of frames does not add up.
        let real = |time: f64| (time / pace * 1_000.0).round() as u64;
        let shot = |(place, time): (usize, &f64)| {
            let cursor = run.trace.events_until(*time as Time);
            let next = times.get(place + 1);
            let place = next.map(|_| layout.playhead(cursor, *time));
            let duration = next.map_or(LAST, |next| real(*next) - real(*time));
            Shot { cursor, place, duration }
        };
        let shots = times.iter().enumerate().map(shot).collect();
        let down = layout.orientation() == Orientation::Vertical;
        let colours = ["message", "accent"].map(|name| colour(theme, name).to_owned());
        Self { svg, down, breadth, colours, shots }
    }
}

/// Returns the moments of the frames, in virtual ms: those of events, with others between them where they are far apart. If there are too
/// many, the moments are spaced equally.
fn times(run: &Outcome, pace: f64) -> Vec<f64> {
    let end = interesting_end(run) as f64;
    let real = |time: f64| time / pace * 1_000.0;
    let events = run.trace.events.iter().map(|event| event.time as f64);
    let mut times = vec![0.0];
    for time in events.filter(|time| *time < end).chain([end]) {
        let last = times.last().copied().unwrap_or_default();
        let apart = real(time - last);
        if apart < LEAST && time < end {
            continue;
        }
        let steps = (apart / STEP).ceil().clamp(1.0, MOST_FRAMES as f64);
        times.extend((1..=steps as u32).map(|step| last + (time - last) * f64::from(step) / steps));
        if times.len() > MOST_FRAMES {
            let last = (MOST_FRAMES - 1) as f64;
            return (0..MOST_FRAMES).map(|place| end * place as f64 / last).collect();
        }
    }
    times
}
