//! Labels that do not lie on one another.

use super::Point;

/// How high a line of label text is.
const HEIGHT: f64 = 14.0;
/// How wide a character of label text is, on average, at the size that the style sheet gives it.
const WIDTH: f64 = 6.4;

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

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// What is taken already. Areas are kept by column, so that asking costs what is near, not what there is.
#[derive(Debug, Default)]
pub(super) struct Placed {
    columns: std::collections::BTreeMap<i64, Vec<Area>>,
}

/// How wide a column is.
const COLUMN: f64 = 160.0;

fn columns(area: &Area) -> std::ops::RangeInclusive<i64> {
    (area.left / COLUMN).floor() as i64..=(area.right / COLUMN).floor() as i64
}

impl Placed {
    fn add(&mut self, area: Area) {
        for column in columns(&area) {
            self.columns.entry(column).or_default().push(area);
        }
    }

    fn is_free(&self, area: &Area) -> bool {
        !columns(area)
            .flat_map(|column| self.columns.get(&column).into_iter().flatten())
            .any(|other| other.meets(area))
    }

    /// Takes up the place of a mark.
    pub(super) fn block(&mut self, centre: Point, size: f64) {
        self.add(Area::around(centre, size, size));
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
            (area.left >= 0.0 && area.top >= 0.0 && self.is_free(&area)).then_some((centre, area))
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
        let mut placed = Placed::default();
        let (here, there) = (Point { x: 200.0, y: 50.0 }, Point { x: 200.0, y: 80.0 });
        assert_eq!(placed.place("m1", [here, there]), Some(here));
        assert_eq!(placed.place("m2", [here, there]), Some(there));
        assert_eq!(placed.place("m3", [here, there]), None);
        assert_eq!(placed.place("m3", [Point { x: 250.0, y: 50.0 }]).map(|p| p.x), Some(250.0));
    }

    #[test]
    fn areas_meet_across_columns() {
        let mut placed = Placed::default();
        placed.block(Point { x: COLUMN, y: 20.0 }, 10.0);
        assert_eq!(placed.place("wide label", [Point { x: COLUMN - 30.0, y: 20.0 }]), None);
    }
}
