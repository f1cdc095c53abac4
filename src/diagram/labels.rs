//! Placement of labels: none over another one or over a mark, and those of messages beside their own arrows.

use super::{Layout, Orientation, Point};

/// Size of the texts of the diagram, in CSS pixels: the smallest size of the page, as in the style sheet.
const SIZE: f64 = 12.0;
/// Height of a line of label text.
const HEIGHT: f64 = 14.0;
/// Half of it.
pub(super) const HALF_HEIGHT: f64 = HEIGHT / 2.0;
/// Free space before and after a label.
const PAD: f64 = 2.0;
/// Smallest distance of a label from the arrows of other messages, beyond that from its own.
const CLEAR: f64 = 2.5;

/// Largest number of characters drawn of a label; the sentence of its element has the full text.
const LENGTH: usize = 26;

/// Widths of characters in font sizes, generous ones: those of DejaVu Sans, which is wider than most.
const NARROW: f64 = 0.4;
const MIDDLE: f64 = 0.62;
const CAPITAL: f64 = 0.72;
const WIDE: f64 = 1.05;
/// Factor of the width of bold text.
pub const BOLD: f64 = 1.12;
/// First of the wide scripts: ideographs, kana, emoji.
const FIRST_WIDE: char = '\u{1100}';

/// Returns the estimated width of a text at this font size, in CSS pixels; of bold text, at the size times [`BOLD`].
#[must_use]
pub fn text_width(text: &str, size: f64) -> f64 {
    let one = |character: char| match character {
        ' ' | '!' | '\'' | '(' | ')' | ',' | '.' | ':' | ';' | 'I' | '[' | ']' | 'f' | 'i'
        | 'j' | 'l' | 'r' | 't' | '|' => NARROW,
        '%' | '@' | 'M' | 'W' | 'm' | 'w' | '—' | '…' => WIDE,
        'A'..='Z' | '+' | '<' | '=' | '>' => CAPITAL,
        FIRST_WIDE.. => WIDE,
        '\u{370}'.. => CAPITAL,
        _ => MIDDLE,
    };
    text.chars().map(one).sum::<f64>() * size
}

/// Returns half the estimated width of a label.
pub(super) fn half_width(text: &str) -> f64 {
    text_width(text, SIZE) / 2.0
}

/// Returns half the estimated width of a bold label.
pub(super) fn half_bold(text: &str) -> f64 {
    half_width(text) * BOLD
}

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
#[derive(Clone, Copy, Debug, PartialEq)]
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

    /// Area of a text of this half width.
    fn of_text(half: f64, centre: Point) -> Self {
        Self::around(centre, 2.0 * (half + PAD), HEIGHT)
    }

    /// Part of a line within the area, in shares of its length (Liang and Barsky); none if it does not meet it.
    fn share_of(&self, (from, to): Line) -> Option<(f64, f64)> {
        let (mut first, mut last) = (0.0_f64, 1.0_f64);
        for (at, by, least, most) in [
            (from.x, to.x - from.x, self.left, self.right),
            (from.y, to.y - from.y, self.top, self.bottom),
        ] {
            if by == 0.0 {
                if at < least || at > most {
                    return None;
                }
                continue;
            }
            let (one, other) = ((least - at) / by, (most - at) / by);
            first = first.max(one.min(other));
            last = last.min(one.max(other));
        }
        (first <= last).then_some((first, last))
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

/// Line of an arrow, from its start to its end.
pub(super) type Line = (Point, Point);

/// A place for a label of a message: its centre, and its distance from the message's arrow.
pub(super) type Beside = (Point, f64);

/// Areas that are taken, and arrows. They are kept by stretch of the longer side of the picture, so that the cost of a
/// query depends only on nearby ones.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The picture; labels must fit into it.
    whole: Area,
    /// The part of it that is drawn; areas elsewhere are not kept.
    seen: Area,
    /// True if stretches are one below the other.
    down: bool,
    columns: Vec<Column>,
}

/// Areas and arrows in one stretch of the picture.
#[derive(Clone, Debug, Default)]
struct Column {
    areas: Vec<Area>,
    lines: Vec<Line>,
}

/// Width of a stretch.
const COLUMN: f64 = 160.0;
/// Distance beyond the drawn part within which areas are kept: a text may reach into it.
const BEYOND: f64 = 200.0;

impl Placed {
    /// A picture of this size in which no area is taken.
    pub(super) fn new(width: f64, height: f64) -> Self {
        let whole = Area { left: 0.0, top: 0.0, right: width, bottom: height };
        let down = height > width;
        Self { whole, seen: whole.with_margin(BEYOND), down, columns: Vec::new() }
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

    /// Keeps further labels within the rectangle between two corners.
    pub(super) const fn confine(&mut self, one: Point, other: Point) {
        self.whole = Area { left: one.x, top: one.y, right: other.x, bottom: other.y };
    }

    /// Columns of an area within the drawn part: a small number for an area of any size.
    fn columns(&self, area: &Area) -> std::ops::Range<usize> {
        let side = |area: &Area| match self.down {
            true => (area.top, area.bottom),
            false => (area.left, area.right),
        };
        let ((start, end), (from, to)) = (side(&self.seen), side(area));
        let column = |at: f64| ((at - start).max(0.0) / COLUMN) as usize;
        if to.min(end) < from.max(start) {
            return 0..0;
        }
        column(from)..column(to.min(end)) + 1
    }

    /// Columns of an area, to be changed.
    fn columns_mut(&mut self, area: &Area) -> &mut [Column] {
        let range = self.columns(area);
        if self.columns.len() < range.end {
            self.columns.resize_with(range.end, Column::default);
        }
        &mut self.columns[range]
    }

    fn add(&mut self, area: Area) {
        self.columns_mut(&area).iter_mut().for_each(|column| column.areas.push(area));
    }

    /// Columns near an area.
    fn near(&self, area: &Area) -> impl Iterator<Item = &Column> {
        self.columns(area).filter_map(|column| self.columns.get(column))
    }

    fn is_free(&self, area: &Area) -> bool {
        area.is_within(&self.whole)
            && !self.near(area).flat_map(|it| &it.areas).any(|other| other.meets(area))
    }

    /// Takes the area of a mark.
    pub(super) fn block(&mut self, centre: Point, size: f64) {
        self.add(Area::around(centre, size, size));
    }

    /// Takes the area of the drawn part of a line.
    pub(super) fn block_line(&mut self, from: Point, to: Point, thick: f64) {
        let Some((first, last)) = self.seen.share_of((from, to)) else { return };
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx.hypot(dy) * (last - first);
        let steps = (length / thick).ceil().max(1.0);
        for step in 0..=steps as u32 {
            let share = first + (last - first) * f64::from(step) / steps;
            self.block(Point { x: from.x + dx * share, y: from.y + dy * share }, thick);
        }
    }

    /// Adds the line of an arrow, which labels of other messages keep clear of.
    pub(super) fn add_line(&mut self, line: Line) {
        let (from, to) = line;
        let area = Area {
            left: from.x.min(to.x),
            top: from.y.min(to.y),
            right: from.x.max(to.x),
            bottom: from.y.max(to.y),
        };
        self.columns_mut(&area).iter_mut().for_each(|column| column.lines.push(line));
    }

    /// Takes the area of a text that is already placed, given half its width.
    pub(super) fn take(&mut self, half: f64, centre: Point) {
        self.add(Area::of_text(half, centre));
    }

    /// Gives back the area of a label.
    pub(super) fn release(&mut self, half: f64, centre: Point) {
        let area = Area::of_text(half, centre);
        for column in self.columns_mut(&area) {
            if let Some(place) = column.areas.iter().rposition(|other| *other == area) {
                column.areas.remove(place);
            }
        }
    }

    /// Returns the first place at which a text of this half width fits, and takes it; none if it fits nowhere.
    pub(super) fn place(
        &mut self,
        half: f64,
        candidates: impl IntoIterator<Item = Point>,
    ) -> Option<Point> {
        let fits = |centre: &Point| self.is_free(&Area::of_text(half, *centre));
        let centre = candidates.into_iter().find(fits)?;
        self.take(half, centre);
        Some(centre)
    }

    /// Does the same for the text of messages with these arrows: it stands at one of them and keeps farther from all others.
    pub(super) fn place_beside(
        &mut self,
        half: f64,
        candidates: impl IntoIterator<Item = Beside>,
        own: &[Line],
    ) -> Option<Point> {
        let fits = |&(centre, distance): &Beside| {
            let area = Area::of_text(half, centre);
            let clear = area.with_margin(distance + CLEAR);
            let at_it = |line: &Line| area.with_margin(distance).share_of(*line).is_some();
            let mut others = self.near(&clear).flat_map(|it| &it.lines);
            self.is_free(&area)
                && own.iter().any(at_it)
                && !others.any(|line| clear.share_of(*line).is_some() && !own.contains(line))
        };
        let (centre, _) = candidates.into_iter().find(fits)?;
        self.take(half, centre);
        Some(centre)
    }

    /// Returns the first of these places at which a mark of this size covers nothing, or the first of all, and takes it.
    pub(super) fn settle(&mut self, size: f64, candidates: &[Point]) -> Point {
        let is_free = |centre: &&Point| self.is_free(&Area::around(**centre, size, size));
        let centre = *candidates.iter().find(is_free).unwrap_or(&candidates[0]);
        self.block(centre, size);
        centre
    }
}

/// Returns the centre of the text of a moment on the time axis where it stands within the picture, and half its width.
pub(super) fn moment(layout: &Layout, along: f64, text: &str) -> Option<(Point, f64)> {
    let half = half_width(text);
    let centre = Point { x: 3.0 + half, y: along - 8.0 };
    (layout.orientation() == Orientation::Vertical).then_some((centre, half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_takes_the_first_free_place_and_none_if_all_are_taken() {
        let mut placed = Placed::new(400.0, 200.0);
        let (here, there) = (Point { x: 200.0, y: 50.0 }, Point { x: 200.0, y: 80.0 });
        assert_eq!(placed.place(half_width("m1"), [here, there]), Some(here));
        assert_eq!(placed.place(half_width("m2"), [here, there]), Some(there));
        assert_eq!(placed.place(half_width("m3"), [here, there]), None);
        assert_eq!(
            placed.place(half_width("m3"), [Point { x: 250.0, y: 50.0 }]).map(|p| p.x),
            Some(250.0)
        );
    }

    #[test]
    fn label_at_the_edge_takes_another_place() {
        let mut placed = Placed::new(100.0, 50.0);
        let (cut, whole) = (Point { x: 90.0, y: 20.0 }, Point { x: 60.0, y: 20.0 });
        assert_eq!(placed.place(half_width("label"), [cut, whole]), Some(whole));
        assert_eq!(placed.place(half_width("label"), [Point { x: 60.0, y: 48.0 }]), None);
    }

    #[test]
    fn placed_line_to_a_far_place_costs_only_its_drawn_part() {
        let mut placed = Placed::new(1e12, 400.0)
            .within(Point { x: 5e8, y: 0.0 }, Point { x: 5e8 + 1_000.0, y: 400.0 });
        placed.block_line(Point { x: 0.0, y: 200.0 }, Point { x: 1e12, y: 200.0 }, 5.0);
        placed.block(Point { x: 1e11, y: 200.0 }, 14.0);
        let areas: usize = placed.columns.iter().map(|it| it.areas.len()).sum();
        assert!((250..1_000).contains(&areas), "{areas}");
        let on_it = Point { x: 5e8 + 500.0, y: 200.0 };
        let beside = Point { x: 5e8 + 500.0, y: 240.0 };
        assert_eq!(placed.place(half_width("m1"), [on_it, beside]), Some(beside));
    }

    #[test]
    fn label_of_a_message_keeps_clear_of_other_arrows_but_not_of_its_own() {
        let mut placed = Placed::new(400.0, 200.0);
        let at = |x, y| Point { x, y };
        let (own, other) = ((at(0.0, 100.0), at(400.0, 100.0)), (at(0.0, 80.0), at(400.0, 80.0)));
        placed.add_line(own);
        placed.add_line(other);
        let (above, below) = ((at(200.0, 91.0), 2.0), (at(200.0, 109.0), 2.0));
        let half = half_width("m1");
        let place = |placed: &mut Placed, of| placed.place_beside(half, [above, below], &[of]);
        assert_eq!(place(&mut placed, own), Some(below.0));
        placed.release(half, below.0);
        assert_eq!(place(&mut placed, own), Some(below.0));
        assert_eq!(place(&mut placed, other), None, "both are nearer to the arrow below");
    }

    #[test]
    fn areas_meet_across_columns() {
        let mut placed = Placed::new(400.0, 200.0);
        placed.block(Point { x: COLUMN, y: 20.0 }, 10.0);
        assert_eq!(
            placed.place(half_width("wide label"), [Point { x: COLUMN - 30.0, y: 20.0 }]),
            None
        );
    }
}
