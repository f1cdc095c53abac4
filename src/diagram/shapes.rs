//! Shapes of marks and signs: tables of lines and discs, so that each costs the page a few bytes only. With their names
//! in the style sheet.

use super::{MarkShape, Oddity, Orientation, Point, path::px};

/// Corners in half pixels from the middle; of marks on a line, along it and across it.
pub type Corners = &'static [(i8, i8)];

/// A part of a shape, each with its class in the style sheet.
#[derive(Debug)]
pub enum ShapePart {
    /// A field.
    Field(&'static str, Corners),
    /// A line that is open.
    Line(&'static str, Corners),
    /// A disc of this radius, in half pixels.
    Disc(&'static str, u8),
}
use ShapePart::{Disc, Field, Line};

const SQUARE: ShapePart = Field("", &[(-12, -12), (12, -12), (12, 12), (-12, 12)]);
const DIAMOND: ShapePart = Field("", &[(0, -14), (14, 0), (0, 14), (-14, 0)]);
const ROUND: ShapePart = Disc("plate", 14);

/// The second filling of a delivery's mark: around the first one, with a gap between them.
pub const TWICE: &[ShapePart] = &[
    Field("", &[(0, -17), (17, 0), (0, 17), (-17, 0)]),
    Field("gap", &[(0, -12), (12, 0), (0, 12), (-12, 0)]),
    Field("", &[(0, -7), (7, 0), (0, 7), (-7, 0)]),
];
/// A host, and a router, in the picture of a network.
pub const HOST: &[ShapePart] = &[Disc("", 18)];
/// See [`HOST`].
pub const ROUTER: &[ShapePart] = &[Field("", &[(-16, -16), (16, -16), (16, 16), (-16, 16)])];

/// Marks at the ends of curves, in turn.
pub const ENDS: &[&[ShapePart]] = &[
    &[Disc("sign", 8)],
    &[Field("sign", &[(-8, -8), (8, -8), (8, 8), (-8, 8)])],
    &[Field("sign", &[(0, -10), (10, 8), (-10, 8)])],
    &[Field("sign", &[(0, -11), (11, 0), (0, 11), (-11, 0)])],
    &[Field("sign", &[(0, 10), (10, -8), (-10, -8)])],
    &[Field("sign", &[(-10, -4), (10, -4), (10, 4), (-10, 4)])],
];

/// The shape of a mark; of a sign, without its pole.
#[must_use]
pub const fn of_mark(shape: MarkShape) -> &'static [ShapePart] {
    match shape {
        MarkShape::Request => &[Field("", &[(0, -4), (-10, -24), (10, -24)])],
        MarkShape::Receipt => &[Disc("", 10)],
        MarkShape::Delivery => &[DIAMOND],
        MarkShape::Answer => &[Field(
            "plate",
            &[(-16, -12), (16, -12), (16, 6), (2, 6), (-6, 14), (-6, 6), (-16, 6)],
        )],
        MarkShape::Refusal => &[ROUND, Line("sign", &[(-8, 0), (8, 0)])],
        MarkShape::View => &[Field("", &[(-6, -26), (6, -26), (6, 26), (-6, 26)])],
        MarkShape::Enter => &[Line("", &[(8, -18), (0, -18), (0, 18), (8, 18)])],
        MarkShape::Exit => &[Line("", &[(-8, -18), (0, -18), (0, 18), (-8, 18)])],
        MarkShape::Decision => {
            &[Field("plate", &[(-14, -14), (16, -14), (9, -4), (16, 6), (-14, 6)])]
        }
        MarkShape::Leader => &[Field(
            "plate",
            &[(-16, 10), (-16, -12), (-7, -2), (0, -14), (7, -2), (16, -12), (16, 10)],
        )],
        MarkShape::Commit => &[
            Field("plate", &[(-14, -14), (14, -14), (14, 14), (-14, 14)]),
            Line("sign", &[(-8, 0), (-2, 7), (8, -8)]),
        ],
        MarkShape::Abort => &[
            Field(
                "plate",
                &[(-6, -14), (6, -14), (14, -6), (14, 6), (6, 14), (-6, 14), (-14, 6), (-14, -6)],
            ),
            Line("sign", &[(-6, -6), (6, 6)]),
            Line("sign", &[(-6, 6), (6, -6)]),
        ],
        MarkShape::Suspicion => &[
            ROUND,
            Line("sign", &[(-5, -5), (-2, -9), (3, -8), (5, -5), (4, -2), (0, 1), (0, 3)]),
            Line("sign", &[(0, 7), (0, 9)]),
        ],
        MarkShape::Restoration => {
            &[ROUND, Line("sign", &[(0, 9), (0, -8)]), Line("sign", &[(-6, -2), (0, -8), (6, -2)])]
        }
        MarkShape::Reading => &[Line("", &[(0, -12), (0, 12)])],
        MarkShape::Record | MarkShape::Checkpoint => &[SQUARE],
        MarkShape::Snapshot => &[
            Field("", &[(-14, -14), (14, -14), (14, 14), (-14, 14)]),
            Field("", &[(-6, -6), (6, -6), (6, 6), (-6, 6)]),
        ],
        MarkShape::Rollback => {
            &[Field("", &[(-16, 0), (0, -12), (0, 12)]), Field("", &[(0, 0), (16, -12), (16, 12)])]
        }
        MarkShape::Flag => &[Field("plate", &[(-10, -14), (16, -6), (-10, 2)])],
        MarkShape::Crash => &[Line("", &[(-16, -16), (16, 16)]), Line("", &[(-16, 16), (16, -16)])],
        MarkShape::Recovery => &[Disc("", 15), Disc("core", 6)],
        MarkShape::Pause => &[Line("", &[(-6, -14), (-6, 14)]), Line("", &[(6, -14), (6, 14)])],
        MarkShape::Traitor => &[
            ROUND,
            Field("dark", &[(0, -14), (-7, -12), (-12, -7), (-14, 0), (-12, 7), (-7, 12), (0, 14)]),
        ],
        MarkShape::Storage => &[
            Field("", &[(-9, -6), (-5, -9), (5, -9), (9, -6), (9, 6), (5, 9), (-5, 9), (-9, 6)]),
            Line("", &[(-9, -6), (-5, -3), (5, -3), (9, -6)]),
        ],
        MarkShape::Timer => &[Field("", &[(-7, -9), (7, -9), (-7, 9), (7, 9)])],
        MarkShape::Note => &[Disc("", 5)],
    }
}

/// The sign on an odd message's arrow.
#[must_use]
pub const fn of_oddity(oddity: Oddity) -> &'static [ShapePart] {
    match oddity {
        Oddity::Forged => of_mark(MarkShape::Traitor),
        Oddity::Corrupt => {
            &[Field("dark", &[(4, -16), (-9, 2), (-1, 2), (-4, 16), (9, -3), (1, -3)])]
        }
        Oddity::Duplicate => {
            &[Disc("plate", 12), Line("", &[(-4, -4), (0, -7), (4, -4), (-4, 7), (5, 7)])]
        }
        Oddity::Late => &[Disc("plate", 12), Line("", &[(0, -8), (0, 0), (6, 3)])],
    }
}

/// The name of a shape, for the style sheet.
#[must_use]
pub const fn name_of_mark(shape: MarkShape) -> &'static str {
    match shape {
        MarkShape::Request => "request",
        MarkShape::Receipt => "receipt",
        MarkShape::Delivery => "delivery",
        MarkShape::Answer => "answer",
        MarkShape::Refusal => "refusal",
        MarkShape::View => "view",
        MarkShape::Enter | MarkShape::Exit => "bracket",
        MarkShape::Decision => "decision",
        MarkShape::Leader => "leader",
        MarkShape::Commit => "commit",
        MarkShape::Abort => "abort",
        MarkShape::Suspicion => "suspicion",
        MarkShape::Restoration => "restoration",
        MarkShape::Reading => "reading",
        MarkShape::Record => "record",
        MarkShape::Snapshot => "snapshot",
        MarkShape::Checkpoint => "checkpoint",
        MarkShape::Rollback => "rollback",
        MarkShape::Flag => "indication",
        MarkShape::Timer => "timer",
        MarkShape::Crash => "crash",
        MarkShape::Recovery => "recovery",
        MarkShape::Pause => "pause",
        MarkShape::Traitor => "two-faced",
        MarkShape::Storage => "storage",
        MarkShape::Note => "note",
    }
}

/// The name of an oddity, for the style sheet.
#[must_use]
pub const fn name_of_oddity(oddity: Oddity) -> &'static str {
    match oddity {
        Oddity::Forged => "forged",
        Oddity::Corrupt => "corrupt",
        Oddity::Duplicate => "copy",
        Oddity::Late => "late",
    }
}

/// A part of a shape at its place in the picture.
#[derive(Debug)]
pub enum Placed {
    /// A line, with its class and its path.
    Path(&'static str, String),
    /// A disc, with its class and its radius.
    Disc(&'static str, f64),
}

impl ShapePart {
    /// Returns the part of a shape around a point, turned where time runs down.
    #[must_use]
    pub fn at(&self, at: Point, orientation: Orientation) -> Placed {
        let place = |&(along, across): &(i8, i8)| {
            let (x, y) = match orientation {
                Orientation::Horizontal => (along, across),
                Orientation::Vertical => (across, along),
            };
            format!("{} {}", px(at.x + f64::from(x) / 2.0), px(at.y + f64::from(y) / 2.0))
        };
        let line = |corners: Corners, end: &str| {
            format!("M{}{end}", corners.iter().map(place).collect::<Vec<_>>().join("L"))
        };
        match *self {
            Disc(class, radius) => Placed::Disc(class, f64::from(radius) / 2.0),
            Field(class, corners) => Placed::Path(class, line(corners, "Z")),
            Line(class, corners) => Placed::Path(class, line(corners, "")),
        }
    }
}
