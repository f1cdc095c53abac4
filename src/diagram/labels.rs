//! Labels that do not lie on one another.

use super::Point;

/// How high a line of label text is.
const HEIGHT: f64 = 14.0;
/// How wide a character of label text is, on average, at the size that the style sheet gives it; bold
/// ones included.
const WIDTH: f64 = 7.0;

/// How many characters of a label are drawn; the rest is in its element's sentence.
const LENGTH: usize = 26;

/// A label's text, not too long.
pub(super) fn elide(text: &str) -> String {
    elide_to(text, LENGTH)
}

/// A text of at most so many characters.
pub(super) fn elide_to(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}

/// A box that a label or a mark takes up.
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

/// What is taken already. Areas are kept by column, so that asking costs what is near, not what there is.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The picture: what does not fit into it is cut.
    whole: Area,
    columns: Vec<Vec<Area>>,
}

/// How wide a column is.
const COLUMN: f64 = 160.0;

/// Its columns; what is left of the picture counts as the first.
fn columns(area: &Area) -> std::ops::RangeInclusive<usize> {
    (area.left / COLUMN) as usize..=(area.right / COLUMN) as usize
}

impl Placed {
    /// Nothing is taken yet of a picture of this size.
    pub(super) fn new(width: f64, height: f64) -> Self {
        let whole = Area { left: 0.0, top: 0.0, right: width, bottom: height };
        Self { whole, columns: Vec::new() }
    }

    fn add(&mut self, area: Area) {
        for column in columns(&area) {
            if self.columns.len() <= column {
                self.columns.resize_with(column + 1, Vec::new);
            }
            self.columns[column].push(area);
        }
    }

    fn is_free(&self, area: &Area) -> bool {
        !columns(area)
            .flat_map(|column| self.columns.get(column).into_iter().flatten())
            .any(|other| other.meets(area))
    }

    /// Takes up the place of a mark.
    pub(super) fn block(&mut self, centre: Point, size: f64) {
        self.add(Area::around(centre, size, size));
    }

    /// Takes up the place of a line.
    pub(super) fn block_line(&mut self, from: Point, to: Point, thick: f64) {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let steps = (dx.hypot(dy) / thick).ceil().max(1.0);
        for step in 0..=steps as u32 {
            let share = f64::from(step) / steps;
            self.block(Point { x: from.x + dx * share, y: from.y + dy * share }, thick);
        }
    }

    /// Takes up the place of a text that stands there already.
    pub(super) fn take(&mut self, text: &str, centre: Point) {
        self.add(Area::around(centre, text.chars().count() as f64 * WIDTH + 4.0, HEIGHT));
    }

    /// The first of the places where the text fits, which is then taken; none if it fits nowhere.
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
    fn a_label_takes_the_first_free_place_and_none_if_all_are_taken() {
        let mut placed = Placed::new(400.0, 200.0);
        let (here, there) = (Point { x: 200.0, y: 50.0 }, Point { x: 200.0, y: 80.0 });
        assert_eq!(placed.place("m1", [here, there]), Some(here));
        assert_eq!(placed.place("m2", [here, there]), Some(there));
        assert_eq!(placed.place("m3", [here, there]), None);
        assert_eq!(placed.place("m3", [Point { x: 250.0, y: 50.0 }]).map(|p| p.x), Some(250.0));
    }

    #[test]
    fn what_would_be_cut_at_the_edge_stands_elsewhere() {
        let mut placed = Placed::new(100.0, 50.0);
        let (cut, whole) = (Point { x: 90.0, y: 20.0 }, Point { x: 60.0, y: 20.0 });
        assert_eq!(placed.place("label", [cut, whole]), Some(whole));
        assert_eq!(placed.place("label", [Point { x: 60.0, y: 48.0 }]), None);
    }

    #[test]
    fn areas_meet_across_columns() {
        let mut placed = Placed::new(400.0, 200.0);
        placed.block(Point { x: COLUMN, y: 20.0 }, 10.0);
        assert_eq!(placed.place("wide label", [Point { x: COLUMN - 30.0, y: 20.0 }]), None);
    }
}
