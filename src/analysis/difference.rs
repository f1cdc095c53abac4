//! Difference between two states, for the inspector.

use serde_json::{Map, Value as Json};

use crate::kernel::sort;

/// A change at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonChange {
    /// Path: `state.delivered[2].seq`; empty for the whole state.
    pub path: String,
    /// Old value; none if it is new.
    pub before: Option<Json>,
    /// New value; none if it is gone.
    pub after: Option<Json>,
}

/// Returns the deepest changes between two trees, in the order of the trees. An insertion into a list, or a removal,
/// is one change: the items after it only move.
#[must_use]
pub fn difference(before: &Json, after: &Json) -> Vec<JsonChange> {
    let mut changes = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut changes);
    changes
}

fn compare(
    path: String,
    before: Option<&Json>,
    after: Option<&Json>,
    changes: &mut Vec<JsonChange>,
) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Json::Object(before)), Some(Json::Object(after))) => {
            compare_fields(&path, before, after, changes);
        }
        (Some(Json::Array(before)), Some(Json::Array(after))) => {
            compare_items(&path, before, after, changes);
        }
        _ => changes.push(JsonChange { path, before: before.cloned(), after: after.cloned() }),
    }
}

fn compare_fields(
    path: &str,
    before: &Map<String, Json>,
    after: &Map<String, Json>,
    changes: &mut Vec<JsonChange>,
) {
    let mut names: Vec<_> = before.keys().chain(after.keys()).collect();
    sort(&mut names);
    names.dedup();
    for name in names {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        compare(path, before.get(name), after.get(name), changes);
    }
}

/// Skips the common ends of both lists and compares the rest place by place. Removed items have their places in the
/// list before, all others their places in the list after.
fn compare_items(path: &str, before: &[Json], after: &[Json], changes: &mut Vec<JsonChange>) {
    let (head, tail) = common_ends(before, after);
    let before = &before[head..before.len() - tail];
    let after = &after[head..after.len() - tail];
    for place in 0..before.len().max(after.len()) {
        let path = format!("{path}[{}]", head + place);
        compare(path, before.get(place), after.get(place), changes);
    }
}

/// Numbers of equal items at the beginning of two lists and, among the rest, at the end.
#[must_use]
pub fn common_ends(before: &[Json], after: &[Json]) -> (usize, usize) {
    let shorter = before.len().min(after.len());
    let alike = |(one, other): &(&Json, &Json)| one == other;
    let head = before.iter().zip(after).take_while(alike).count();
    let ends = before.iter().rev().zip(after.iter().rev());
    (head, ends.take(shorter - head).take_while(alike).count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Changes as `path: before → after`.
    fn changes(before: &Json, after: &Json) -> Vec<String> {
        let show = |value: Option<Json>| value.map_or("–".to_owned(), |value| value.to_string());
        let changes = difference(before, after).into_iter();
        changes.map(|it| format!("{}: {} → {}", it.path, show(it.before), show(it.after))).collect()
    }

    #[test]
    fn equal_trees_have_no_difference() {
        let tree = json!({"a": [1, {"b": null}], "c": "d"});
        assert_eq!(changes(&tree, &tree), [""; 0]);
    }

    #[test]
    fn difference_names_the_deepest_change() {
        let before = json!({"a": {"x": 1, "y": 2}, "gone": true, "same": []});
        let after = json!({"a": {"x": 1, "y": 3}, "new": [1], "same": []});
        let expected = ["a.y: 2 → 3", "gone: true → –", "new: – → [1]"];
        assert_eq!(changes(&before, &after), expected);
    }

    #[test]
    fn difference_of_lists_aligns_after_an_insertion_or_removal() {
        assert_eq!(changes(&json!([1, 2, 3]), &json!([2, 3])), ["[0]: 1 → –"]);
        assert_eq!(changes(&json!([1, 3]), &json!([1, 2, 3])), ["[1]: – → 2"]);
        assert_eq!(changes(&json!([7, 7]), &json!([7])), ["[1]: 7 → –"]);
        assert_eq!(changes(&json!([]), &json!([1, 2])), ["[0]: – → 1", "[1]: – → 2"]);
        let deep =
            changes(&json!({"l": [{"n": 1}, {"n": 2}]}), &json!({"l": [{"n": 1}, {"n": 5}]}));
        assert_eq!(deep, ["l[1].n: 2 → 5"]);
    }

    #[test]
    fn another_kind_of_value_is_one_change() {
        assert_eq!(changes(&json!({"a": [1]}), &json!({"a": {"b": 1}})), [r#"a: [1] → {"b":1}"#]);
        assert_eq!(changes(&json!(1), &json!(2)), [": 1 → 2"]);
    }

    #[test]
    fn difference_distinguishes_null_from_absence() {
        assert_eq!(changes(&json!({"a": null}), &json!({})), ["a: null → –"]);
    }
}
