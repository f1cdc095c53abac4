//! How the reader looks at the diagram: which way time runs, and how large it is.

use crate::{
    diagram::{Frame, Layout, Orientation},
    kernel::Time,
};

/// Below this width time runs top down, unless the reader wants it otherwise; in CSS pixels.
const NARROW: f64 = 640.0;
/// How long the time axis is when time runs top down.
const TALL: f64 = 430.0;
/// How much of the axis each mark of the busiest line needs, so that they can be told apart.
const MARK_ROOM: f64 = 17.0;
/// How many screens a picture may be long at first; of a longer one the whole is shown.
const SCREENS: f64 = 12.0;
/// How long the axis can be made. Browsers draw nothing beyond some 30 million pixels.
const LONGEST: f64 = 8_000_000.0;
/// How many pixels a virtual ms may have at least, when the reader looks as near as can be.
const LARGEST: f64 = 120.0;
/// How many times the room that its marks need a line may have then.
const ROOMY: f64 = 4.0;

/// How the reader looks at the diagram.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lens {
    /// Which way time runs; none for whichever suits the screen.
    pub orientation: Option<Orientation>,
    /// How many CSS pixels a virtual ms has; none for what suits the run.
    pub scale: Option<f64>,
}

/// What there is room for, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// How wide the diagram's place is.
    pub width: f64,
    /// How much of it the nodes' names take where time runs to the right.
    pub names: f64,
    /// How much of it curves take where time runs down.
    pub strips: f64,
}

/// What has to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// How many lines.
    pub nodes: usize,
    /// How many marks the busiest of them has.
    pub marks: usize,
    /// Until when, in virtual ms.
    pub end: Time,
}

impl Lens {
    /// Which way time runs.
    #[must_use]
    pub fn orientation(self, room: Room) -> Orientation {
        let suited =
            if room.width < NARROW { Orientation::Vertical } else { Orientation::Horizontal };
        self.orientation.unwrap_or(suited)
    }

    /// The frame in which a run is drawn.
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
            Orientation::Horizontal => (470.0 / nodes).clamp(58.0, 128.0),
        };
        let apart = if needed > 0.0 { (length / needed).min(1.0) } else { 1.0 };
        Frame { orientation, length, gap, end: shown.end, apart }
    }

    /// Nearer by this factor, or farther where it is below 1.
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

    /// The whole run at once.
    #[must_use]
    pub fn whole(self, shown: Shown, room: Room) -> Self {
        self.zoomed(0.0, shown, room)
    }
}

/// How long the axis is when all of the run is seen.
fn whole(orientation: Orientation, room: Room) -> f64 {
    match orientation {
        Orientation::Vertical => TALL,
        Orientation::Horizontal => (room.width - room.names).max(120.0),
    }
}
