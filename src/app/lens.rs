//! The reader's view of the diagram: the direction of time, and the scale.

use crate::{
    diagram::{Frame, Layout, Orientation},
    kernel::Time,
};

/// Width below which time runs top down, unless the reader chose otherwise; in CSS pixels.
const NARROW: f64 = 640.0;
/// Length of the time axis when time runs top down and the height of its place is not known.
const TALL: f64 = 430.0;
/// Least length of it.
const LEAST_TALL: f64 = 180.0;
/// Height of the nodes' names above it.
const NAMES_ROW: f64 = 44.0;
/// Height of the lines together when time runs to the right and the height of their place is not known.
const BREADTH: f64 = 470.0;
/// Smallest and largest distance of two lines then, and the largest in a place of known height.
const GAPS: [f64; 3] = [58.0, 128.0, 176.0];
/// Length of the axis for each mark of the busiest line, so that the marks can be told apart.
const MARK_ROOM: f64 = 17.0;
/// Largest initial length of a picture, in screens; a longer one is shown as a whole.
const SCREENS: f64 = 12.0;
/// Largest length of the axis. Browsers draw nothing beyond some 30 million pixels.
const LONGEST: f64 = 8_000_000.0;
/// Least number of pixels of a virtual ms at the largest scale.
const LARGEST: f64 = 120.0;
/// Largest length of a line at that scale, as a multiple of the length that its marks need.
const ROOMY: f64 = 4.0;

/// The reader's view of the diagram.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lens {
    /// Direction of time; none for the one that suits the screen.
    pub orientation: Option<Orientation>,
    /// Number of CSS pixels of a virtual ms; none for the scale that suits the run.
    pub scale: Option<f64>,
}

/// Room on the screen, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Width of the diagram's place.
    pub width: f64,
    /// Height of the diagram's place without its ruler; none if it grows with the diagram.
    pub height: Option<f64>,
    /// Part of the width that the nodes' names take where time runs to the right.
    pub names: f64,
    /// Part of the width that the curves take where time runs down, and of the height where it runs to the right.
    pub strips: f64,
}

/// Size of the run that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Number of lines.
    pub nodes: usize,
    /// Number of marks of the busiest line.
    pub marks: usize,
    /// End of the run, in virtual ms.
    pub end: Time,
}

impl Lens {
    /// Returns the direction of time.
    #[must_use]
    pub fn orientation(self, room: Room) -> Orientation {
        let suited =
            if room.width < NARROW { Orientation::Vertical } else { Orientation::Horizontal };
        self.orientation.unwrap_or(suited)
    }

    /// Returns the frame in which a run is drawn.
    #[must_use]
    pub fn frame(self, shown: Shown, room: Room) -> Frame {
        let orientation = self.orientation(room);
        let needed = shown.marks as f64 * MARK_ROOM;
        let whole = whole(orientation, room);
        let legible = needed.max(whole);
        let length = match self.scale {
            Some(scale) => Layout::length_at(scale, shown.end).max(whole),
            None if legible > whole * SCREENS => whole,
            None => legible,
        };
        let nodes = shown.nodes as f64;
        let gap = match orientation {
            Orientation::Vertical => {
                let widest = if room.width < NARROW { 160.0 } else { 250.0 };
                ((room.width - 8.0 - room.strips) / nodes).clamp(84.0, widest)
            }
            Orientation::Horizontal => {
                let [least, usual, most] = GAPS;
                match room.height {
                    Some(height) => ((height - room.strips) / nodes).floor().clamp(least, most),
                    None => (BREADTH / nodes).clamp(least, usual),
                }
            }
        };
        let apart = if needed > 0.0 { (length / needed).min(1.0) } else { 1.0 };
        Frame { orientation, length, gap, end: shown.end, apart }
    }

    /// Changes the scale by this factor: nearer above 1, farther below 1.
    #[must_use]
    pub fn zoomed(self, factor: f64, shown: Shown, room: Room) -> Self {
        let frame = self.frame(shown, room);
        let whole = whole(frame.orientation, room);
        let pad = Layout::length_at(0.0, shown.end);
        let end = shown.end.max(1) as f64;
        let needed = shown.marks as f64 * MARK_ROOM;
        let longest = (pad + end * LARGEST).max(needed * ROOMY).min(LONGEST);
        let length = (frame.length * factor).max(whole).min(longest);
        Self { scale: Some((length.max(whole) - pad) / end), ..self }
    }

    /// Returns the view of the whole run.
    #[must_use]
    pub fn whole(self, shown: Shown, room: Room) -> Self {
        self.zoomed(0.0, shown, room)
    }
}

/// Returns the length of the axis when all of the run is visible.
fn whole(orientation: Orientation, room: Room) -> f64 {
    match orientation {
        Orientation::Vertical => {
            room.height.map_or(TALL, |height| (height - NAMES_ROW).floor().max(LEAST_TALL))
        }
        Orientation::Horizontal => (room.width - room.names).max(120.0),
    }
}
