//! Merged marks and messages as paths of SVG: one for each kind of them.

use super::{Apart, Heap, MarkShape, Merged, Orientation, Point, Sheaf, path::push_whole};

/// Instructions of a path, in whole pixels.
#[derive(Default)]
struct Path(String);

impl Path {
    fn number(&mut self, sign: char, number: f64) -> &mut Self {
        self.0.push(sign);
        push_whole(&mut self.0, number);
        self
    }

    fn point(&mut self, sign: char, at: Point) -> &mut Self {
        self.number(sign, at.x).number(' ', at.y)
    }

    /// Adds instructions that begin at a place.
    fn shape(&mut self, at: Point, instructions: &str) {
        self.point('M', at).0.push_str(instructions);
    }
}

/// Signs for marks that never merge: shapes, class, and how they are drawn.
const SIGNS: [(&[MarkShape], &str, &str); 5] = [
    (&[MarkShape::Crash, MarkShape::Traitor], "crashes", "m-5 -5l10 10m0 -10l-10 10"),
    (&[MarkShape::Recovery], "recoveries", "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"),
    (&[MarkShape::Pause, MarkShape::Rollback], "pauses", "m-2 -5v10m4 -10v10"),
    (&[MarkShape::View], "views", "m0 -14v28"),
    (
        &[MarkShape::Decision, MarkShape::Leader, MarkShape::Commit, MarkShape::Abort],
        "decisions",
        "v-14h7l-2 3l2 3h-7",
    ),
];

impl Merged {
    /// Returns the path of the strokes that stand for messages.
    #[must_use]
    pub fn strokes_path(&self) -> String {
        let mut strokes = Path::default();
        for (from, to) in &self.strokes {
            strokes.point('M', *from).point('L', *to);
        }
        strokes.0
    }

    /// Returns the path of the bars that stand for events: as high as their number has binary digits.
    #[must_use]
    pub fn bars_path(&self, orientation: Orientation) -> String {
        let mut bars = Path::default();
        for Heap { at, count } in &self.bars {
            let half = f64::from(2 + 2 * (32 - count.leading_zeros()).min(8));
            match orientation {
                Orientation::Horizontal => {
                    bars.number('M', at.x).number(' ', at.y - half).number('v', 2.0 * half)
                }
                Orientation::Vertical => {
                    bars.number('M', at.x - half).number(' ', at.y).number('h', 2.0 * half)
                }
            };
        }
        bars.0
    }

    /// Returns the paths of signs for what never merges, each with its class.
    #[must_use]
    pub fn sign_paths(&self) -> Vec<(&'static str, String)> {
        let of_marks = SIGNS.iter().map(|(shapes, class, instructions)| {
            let of_them = self.signs.iter().filter(|(shape, _)| shapes.contains(shape));
            (*class, signs(instructions, of_them.map(|(_, sign)| sign)))
        });
        let others = [
            ("losses", signs("m-3 -3l6 6m0 -6l-6 6", self.losses.iter())),
            ("violations", signs("m-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0", self.violations.iter())),
        ];
        of_marks.chain(others).filter(|(_, path)| !path.is_empty()).collect()
    }
}

impl Sheaf {
    /// Returns the outline of the band.
    #[must_use]
    pub fn outline(&self) -> String {
        let mut outline = Path::default();
        for (place, corner) in self.corners.iter().enumerate() {
            outline.point(if place == 0 { 'M' } else { 'L' }, *corner);
        }
        outline.0
    }
}

fn signs<'a>(instructions: &str, signs: impl Iterator<Item = &'a Apart>) -> String {
    let mut path = Path::default();
    signs.for_each(|sign| path.shape(sign.at, instructions));
    path.0
}
