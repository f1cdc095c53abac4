//! Placement of labels without overlaps.

use super::Point;

/// Height of a line of label text.
const HEIGHT: f64 = 14.0;
/// Average width of a character of label text, at the size in the style sheet, bold ones included.
const WIDTH: f64 = 7.0;

/// Largest number of characters drawn of a label; the sentence of its element has the full text.
const LENGTH: usize = 26;

/// Shortens the text of a label.
pub(super) fn elide(text: &str) -> String {
    elide_to(text, LENGTH)
}

/// Shortens a text to at most so many characters.
pub(super) fn elide_to(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}

/// Box of a label or a mark.
#[derive(Clone, Copy, Debug)]
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    fn around(centre: Point, width: f64, height: f64) -> Self {
        Self {
            left: centre.x - width / 2.0,
            top: centre.y - height / 2.0,
            right: centre.x + width / 2.0,
            bottom: centre.y + height / 2.0,
        }
    }

    /// Returns the area enlarged by a margin on every side.
    fn with_margin(self, margin: f64) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    fn is_within(&self, whole: &Self) -> bool {
        self.left >= whole.left
            && self.top >= whole.top
            && self.right <= whole.right
            && self.bottom <= whole.bottom
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// Areas that are taken. They are kept by column, so that the cost of a query depends only on nearby areas.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The picture; labels must fit into it.
    whole: Area,
    /// The part of it that is drawn; areas elsewhere are not kept.
    seen: Area,
    columns: Vec<Vec<Area>>,
}

/// Width of a column.
const COLUMN: f64 = 160.0;
/// Distance beyond the drawn part within which areas are kept: a text may reach into it.
const BEYOND: f64 = 200.0;

impl Placed {
    /// A picture of this size in which no area is taken.
    pub(super) fn new(width: f64, height: f64) -> Self {
        let whole = Area { left: 0.0, top: 0.0, right: width, bottom: height };
        Self { whole, seen: whole.with_margin(BEYOND), columns: Vec::new() }
    }

    /// Restricts the drawn part to the rectangle between two corners.
    pub(super) fn within(self, one: Point, other: Point) -> Self {
        let seen = Area { left: one.x, top: one.y, right: other.x, bottom: other.y };
        let seen = seen.with_margin(BEYOND);
        let seen = Area {
            left: seen.left.max(self.seen.left),
            top: seen.top.max(self.seen.top),
            right: seen.right.min(self.seen.right),
            bottom: seen.bottom.min(self.seen.bottom),
        };
        Self { seen, ..self }
    }

    /// Columns of an area within the drawn part: a small number for an area of any size.
    fn columns(&self, area: &Area) -> std::ops::Range<usize> {
        let column = |at: f64| ((at - self.seen.left).max(0.0) / COLUMN) as usize;
        let right = area.right.min(self.seen.right);
        if right < area.left.max(self.seen.left) {
            return 0..0;
        }
        column(area.left)..column(right) + 1
    }

    fn add(&mut self, area: Area) {
        for column in self.columns(&area) {
            if self.columns.len() <= column {
                self.columns.resize_with(column + 1, Vec::new);
            }
            self.columns[column].push(area);
        }
    }

    fn is_free(&self, area: &Area) -> bool {
        !self
            .columns(area)
            .flat_map(|column| self.columns.get(column).into_iter().flatten())
            .any(|other| other.meets(area))
    }

    /// Takes the area of a mark.
    pub(super) fn block(&mut self, centre: Point, size: f64) {
        self.add(Area::around(centre, size, size));
    }

    /// Takes the area of the drawn part of a line.
    pub(super) fn block_line(&mut self, from: Point, to: Point, thick: f64) {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        // The drawn part of the line, in shares of its length (Liang and Barsky).
        let (mut first, mut last) = (0.0_f64, 1.0_f64);
        let seen = self.seen;
        for (at, by, least, most) in
            [(from.x, dx, seen.left, seen.right), (from.y, dy, seen.top, seen.bottom)]
        {
            if by == 0.0 {
                if at < least || at > most {
                    return;
                }
                continue;
            }
            let (one, other) = ((least - at) / by, (most - at) / by);
            first = first.max(one.min(other));
            last = last.min(one.max(other));
        }
        if first > last {
            return;
        }
        let length = dx.hypot(dy) * (last - first);
        let steps = (length / thick).ceil().max(1.0);
        for step in 0..=steps as u32 {
            let share = first + (last - first) * f64::from(step) / steps;
            self.block(Point { x: from.x + dx * share, y: from.y + dy * share }, thick);
        }
    }

    /// Takes the area of a text that is already placed.
    pub(super) fn take(&mut self, text: &str, centre: Point) {
        self.add(Area::around(centre, text.chars().count() as f64 * WIDTH + 4.0, HEIGHT));
    }

    /// Returns the first place at which the text fits, and takes it; none if it fits nowhere.
    pub(super) fn place(
        &mut self,
        text: &str,
        candidates: impl IntoIterator<Item = Point>,
    ) -> Option<Point> {
        let width = text.chars().count() as f64 * WIDTH + 4.0;
        let fitting = candidates.into_iter().find_map(|centre| {
            let area = Area::around(centre, width, HEIGHT);
            (area.is_within(&self.whole) && self.is_free(&area)).then_some((centre, area))
        });
        let (centre, area) = fitting?;
        self.add(area);
        Some(centre)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_takes_the_first_free_place_and_none_if_all_are_taken() {
        let mut placed = Placed::new(400.0, 200.0);
        let (here, there) = (Point { x: 200.0, y: 50.0 }, Point { x: 200.0, y: 80.0 });
        assert_eq!(placed.place("m1", [here, there]), Some(here));
        assert_eq!(placed.place("m2", [here, there]), Some(there));
        assert_eq!(placed.place("m3", [here, there]), None);
        assert_eq!(placed.place("m3", [Point { x: 250.0, y: 50.0 }]).map(|p| p.x), Some(250.0));
    }

    #[test]
    fn label_at_the_edge_takes_another_place() {
        let mut placed = Placed::new(100.0, 50.0);
        let (cut, whole) = (Point { x: 90.0, y: 20.0 }, Point { x: 60.0, y: 20.0 });
        assert_eq!(placed.place("label", [cut, whole]), Some(whole));
        assert_eq!(placed.place("label", [Point { x: 60.0, y: 48.0 }]), None);
    }

    #[test]
    fn placed_line_to_a_far_place_costs_only_its_drawn_part() {
        let mut placed = Placed::new(1e12, 400.0)
            .within(Point { x: 5e8, y: 0.0 }, Point { x: 5e8 + 1_000.0, y: 400.0 });
        placed.block_line(Point { x: 0.0, y: 200.0 }, Point { x: 1e12, y: 200.0 }, 5.0);
        placed.block(Point { x: 1e11, y: 200.0 }, 14.0);
        let areas: usize = placed.columns.iter().map(Vec::len).sum();
        assert!((250..1_000).contains(&areas), "{areas}");
        let on_it = Point { x: 5e8 + 500.0, y: 200.0 };
        let beside = Point { x: 5e8 + 500.0, y: 240.0 };
        assert_eq!(placed.place("m1", [on_it, beside]), Some(beside));
    }

    #[test]
    fn areas_meet_across_columns() {
        let mut placed = Placed::new(400.0, 200.0);
        placed.block(Point { x: COLUMN, y: 20.0 }, 10.0);
        assert_eq!(placed.place("wide label", [Point { x: COLUMN - 30.0, y: 20.0 }]), None);
    }
}
