//! A state or a payload as a tree, with its differences from the previous one.

use serde_json::Value as Json;

use crate::app::text;
use crate::{analysis::common_ends, kernel::spell};

/// Number of characters below which a value is written in one line, without a subtree.
const SHORT: usize = 44;
/// Number of entries shown of a long list, in addition to those that differ.
const MANY: usize = 40;

/// Number of lines reserved for differences.
const SPARED: usize = 12;

/// A part of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    /// Its name: a field, or an index of a list.
    pub label: String,
    /// The value in a line, or the number of entries below it.
    pub text: String,
    /// The previous value, if it was different.
    pub was: Option<String>,
    /// Kind of difference from the previous value.
    pub change: BranchStatus,
    /// True if it or an entry below it is different.
    pub touched: bool,
    /// Entries below it.
    pub entries: Vec<Branch>,
    /// Number of unchanged entries below it that are left out.
    pub more: usize,
}

/// Kind of difference from the previous value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BranchStatus {
    /// Unchanged, except possibly below it.
    #[default]
    Same,
    /// The entry is new.
    New,
    /// The value has changed.
    Changed,
    /// The entry has been removed.
    Gone,
}

impl Branch {
    /// Returns an entry without entries below it.
    #[must_use]
    pub fn line(label: String, before: Option<String>, after: Option<String>) -> Self {
        let change = match (&before, &after) {
            (None, Some(_)) => BranchStatus::New,
            (Some(_), None) => BranchStatus::Gone,
            (before, after) if before == after => BranchStatus::Same,
            _ => BranchStatus::Changed,
        };
        let was = before.clone().filter(|_| change == BranchStatus::Changed);
        let text = after.or(before).unwrap_or_default();
        let touched = change != BranchStatus::Same;
        Self { label, text, was, change, touched, ..Self::default() }
    }
}

/// Returns the fields of a state or a payload; one entry without a name if it has no fields.
pub(super) fn entries(
    before: Option<&Json>,
    after: Option<&Json>,
    names: &[String],
) -> Vec<Branch> {
    let tree = Tree { names };
    match after.or(before) {
        Some(Json::Object(_)) => tree.below(before, after),
        _ => vec![tree.entry(String::new(), before, after)],
    }
}

/// Returns a value in a line.
fn words(value: &Json, names: &[String]) -> String {
    let list = |words: Vec<String>| words.join(", ");
    match value {
        Json::Null => "none".to_owned(),
        Json::String(text) => spell(text, names),
        Json::Array(items) if items.is_empty() => "empty".to_owned(),
        Json::Object(fields) if fields.is_empty() => "empty".to_owned(),
        Json::Array(items) => {
            format!("[{}]", list(items.iter().map(|item| words(item, names)).collect()))
        }
        Json::Object(fields) => {
            let field = |(name, value): (&String, &Json)| {
                let inner = words(value, names);
                let inner = if value.is_object() { format!("({inner})") } else { inner };
                format!("{} {inner}", label(name, names))
            };
            list(fields.iter().map(field).collect())
        }
        plain => plain.to_string(),
    }
}

/// Returns a field's name as shown to the reader.
fn label(name: &str, names: &[String]) -> String {
    spell(name, names).replace('_', " ")
}

struct Tree<'a> {
    names: &'a [String],
}

impl Tree<'_> {
    fn entry(&self, label: String, before: Option<&Json>, after: Option<&Json>) -> Branch {
        let text = |value: Option<&Json>| value.map(|value| words(value, self.names));
        let (was, is) = (text(before), text(after));
        let short =
            |text: &Option<String>| text.as_ref().is_none_or(|text| text.chars().count() <= SHORT);
        let inner = matches!(after.or(before), Some(Json::Object(_) | Json::Array(_)));
        if !inner || short(&was) && short(&is) {
            return Branch::line(label, was, is);
        }
        let mut entry = Branch::line(label, was, is);
        entry.entries = self.below(before, after);
        if matches!(entry.change, BranchStatus::Changed) {
            entry.change = BranchStatus::Same;
        }
        entry.was = None;
        entry.text = match after.or(before) {
            Some(Json::Array(items)) => text::tree::items(items.len()),
            _ => String::new(),
        };
        entry.more = shorten(&mut entry.entries);
        entry
    }

    /// Returns the entries of an object or a list: a previous value of another kind counts as missing.
    fn below(&self, before: Option<&Json>, after: Option<&Json>) -> Vec<Branch> {
        if let Some(Json::Array(_)) = after.or(before) {
            let items = |list: Option<&Json>| list.and_then(Json::as_array).cloned();
            let (before, after) = (items(before), items(after));
            return self.items(&before.unwrap_or_default(), &after.unwrap_or_default());
        }
        let fields = |object: Option<&Json>| object.and_then(Json::as_object).cloned();
        let (before, after) =
            (fields(before).unwrap_or_default(), fields(after).unwrap_or_default());
        let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
        let fields = after.iter().chain(gone).map(|(name, _)| {
            self.entry(label(name, self.names), before.get(name), after.get(name))
        });
        fields.collect()
    }

    /// Returns the entries of a list. Inserted or removed items are one difference: see [`common_ends`].
    fn items(&self, before: &[Json], after: &[Json]) -> Vec<Branch> {
        let (head, tail) = common_ends(before, after);
        let place = |place: usize| format!("[{place}]");
        let same = |place_: usize, item: &Json| self.entry(place(place_), Some(item), Some(item));
        let mut entries: Vec<_> =
            after[..head].iter().enumerate().map(|(index, item)| same(index, item)).collect();
        let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
        for index in 0..old.len().max(new.len()) {
            entries.push(self.entry(place(head + index), old.get(index), new.get(index)));
        }
        let rest = after.len() - tail;
        entries
            .extend(after[rest..].iter().enumerate().map(|(index, item)| same(rest + index, item)));
        entries
    }
}

/// Leaves out the entries beyond this number of lines, and adds a line with their number. Unchanged entries are left
/// out first.
pub(super) fn pruned(mut entries: Vec<Branch>, lines: &mut usize) -> Vec<Branch> {
    let more = prune(&mut entries, lines);
    if more > 0 {
        let text = Some(text::tree::more(more));
        entries.push(Branch::line("…".to_owned(), text.clone(), text));
    }
    entries
}

/// Returns the number of entries that were left out, without those below other ones.
fn prune(entries: &mut Vec<Branch>, lines: &mut usize) -> usize {
    let before = entries.len();
    entries.retain_mut(|entry| {
        let stays = *lines > if entry.touched { 0 } else { SPARED };
        if stays {
            *lines -= 1;
            entry.more += prune(&mut entry.entries, lines);
        }
        stays
    });
    before - entries.len()
}

/// Leaves out unchanged entries of a long list and returns their number.
fn shorten(entries: &mut Vec<Branch>) -> usize {
    let (before, mut place) = (entries.len(), 0);
    if before <= MANY {
        return 0;
    }
    entries.retain(|entry| {
        place += 1;
        place <= MANY || entry.touched
    });
    before - entries.len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{analysis::difference, kernel::NodeId};

    fn show(entries: &[Branch], indent: usize, lines: &mut Vec<String>) {
        for entry in entries {
            let sign = match entry.change {
                BranchStatus::Same => " ",
                BranchStatus::New => "+",
                BranchStatus::Changed => "~",
                BranchStatus::Gone => "-",
            };
            let was = entry.was.as_ref().map(|was| format!(" (was {was})")).unwrap_or_default();
            let line = format!("{sign}{}{}: {}{was}", "  ".repeat(indent), entry.label, entry.text);
            lines.push(line);
            show(&entry.entries, indent + 1, lines);
        }
    }

    fn lines(before: &Json, after: &Json) -> Vec<String> {
        let mut lines = Vec::new();
        show(&entries(Some(before), Some(after), &["Alice".to_owned()]), 0, &mut lines);
        lines
    }

    #[test]
    fn short_value_is_one_line_with_its_former_value() {
        let before = json!({"clock": [1, 0], "next_node": NodeId::new(0), "gone": null});
        let after =
            json!({"clock": [1, 1], "next_node": NodeId::new(0), "new": {"a": [], "b": {"c": 1}}});
        let expected = [
            "~clock: [1, 1] (was [1, 0])",
            "+new: a empty, b (c 1)",
            " next node: Alice",
            "-gone: none",
        ];
        assert_eq!(lines(&before, &after), expected);
    }

    #[test]
    fn long_list_with_an_insertion_has_one_difference() {
        let long = |name: &str| json!({"payload": name, "and": "a text of some thirty characters"});
        let before = json!({"queue": [long("a"), long("c")]});
        let after = json!({"queue": [long("a"), long("b"), long("c")]});
        let entries = entries(Some(&before), Some(&after), &[]);
        let queue = &entries[0];
        assert_eq!((queue.text.as_str(), queue.change), ("3 items", BranchStatus::Same));
        let changes: Vec<_> = queue.entries.iter().map(|entry| entry.change).collect();
        assert_eq!(changes, [BranchStatus::Same, BranchStatus::New, BranchStatus::Same]);
        assert!(queue.touched && !queue.entries[0].touched);
    }

    #[test]
    fn long_list_shows_few_items_and_all_differences() {
        let before: Vec<_> = (0..5_000).collect();
        let mut after = before.clone();
        after[4_000] = -1;
        let entries = entries(Some(&json!({ "l": before })), Some(&json!({ "l": after })), &[]);
        assert_eq!((entries[0].entries.len(), entries[0].more), (MANY + 1, 5_000 - MANY - 1));
        assert_eq!(entries[0].entries[MANY].label, "[4000]");
    }

    #[test]
    fn pruned_state_has_few_lines_and_keeps_what_is_different() {
        let long = |last: &str| {
            let list: Vec<_> = (0..30).map(|it| json!({"a": [it, "x".repeat(60)]})).collect();
            json!({"many": list, "other": list, "last": last})
        };
        let all = entries(Some(&long("a")), Some(&long("b")), &[]);
        let mut lines = 40;
        let kept = pruned(all, &mut lines);
        fn count(entries: &[Branch]) -> usize {
            entries.iter().map(|it| 1 + count(&it.entries)).sum()
        }
        assert!(count(&kept) <= 41, "{}", count(&kept));
        assert!(kept.iter().any(|it| it.label == "last" && it.touched));
    }

    #[test]
    fn changed_state_is_marked_at_each_difference() {
        let trees = [
            json!({"a": [1, 2, {"b": "c"}], "d": {}}),
            json!({"a": [1, {"b": "d"}], "d": {"e": 1}}),
            json!({"a": {"f": "a text that is longer than what has room in one line of a tree"}}),
            json!([1, 2, 3]),
        ];
        for before in &trees {
            for after in &trees {
                let entries = entries(Some(before), Some(after), &[]);
                let touched = entries.iter().any(|entry| entry.touched);
                assert_eq!(touched, !difference(before, after).is_empty(), "{before} {after}");
            }
        }
    }
}
