//! Several runs of one scenario in a link: each but the first as its differences, a JSON merge patch (RFC 7396).

use serde_json::{Map, Value as Json};

use super::{
    Problem,
    json::parse,
    problem::shown,
    scenario::{self, without_variants},
};
use crate::kernel::Scenario;

/// Greatest number of runs beside the first one.
pub const MOST_COMPARED: usize = 7;

/// Returns the differences of other scenarios from the first one, as a list of merge patches; none if [`read`] could not
/// read them: if there are too many, or they are too large.
pub(super) fn write(first: &Scenario, others: &[&Scenario]) -> Option<String> {
    let from = json_of(first)?;
    let patches: Option<Vec<Json>> =
        others.iter().map(|other| Some(difference(&from, &json_of(other)?))).collect();
    let text = Json::Array(patches?).to_string();
    let again = read(&text, first).ok()?;
    again.iter().eq(others.iter().copied()).then_some(text)
}

/// Reads the scenarios that differ from the first one by these merge patches.
///
/// # Errors
/// The first error in the list, or in a scenario. Its path begins with `c[N]`.
pub(super) fn read(text: &str, first: &Scenario) -> Result<Vec<Scenario>, Problem> {
    let patches = patches(text)?;
    let from = json_of(first).unwrap_or_default();
    let scenario = |(place, patch): (usize, Json)| {
        let path = format!("c[{place}]");
        if !patch.is_object() {
            return Err(Problem::new(path, shown(&patch), "an object of differences"));
        }
        let read = scenario::from_json(&merged(from.clone(), patch));
        read.map(without_variants).map_err(|problem| {
            let path = match &*problem.path {
                "" => path,
                inside => format!("{path}.{inside}"),
            };
            Problem { path, ..problem }
        })
    };
    patches.into_iter().enumerate().map(scenario).collect()
}

/// Returns the texts of the scenarios, without checking them.
pub(super) fn texts(text: &str, first: &str) -> Vec<String> {
    let (Ok(patches), Ok(from)) = (patches(text), parse(first)) else { return Vec::new() };
    patches.into_iter().map(|patch| merged(from.clone(), patch).to_string()).collect()
}

fn patches(text: &str) -> Result<Vec<Json>, Problem> {
    match parse(text).map_err(|problem| problem.of("c"))? {
        Json::Array(patches) if (1..=MOST_COMPARED).contains(&patches.len()) => Ok(patches),
        Json::Array(patches) => Err(Problem::new(
            "c",
            format!("{} runs beside the first", patches.len()),
            format!("1 to {MOST_COMPARED}"),
        )),
        other => Err(Problem::new("c", shown(&other), "a list of differences")),
    }
}

fn json_of(scenario: &Scenario) -> Option<Json> {
    parse(&scenario::write(&without_variants(scenario.clone()))).ok()
}

/// Applies a merge patch. The depth of both is limited, as [`parse`] has read them.
fn merged(target: Json, patch: Json) -> Json {
    let Json::Object(patch) = patch else { return patch };
    let mut fields = match target {
        Json::Object(fields) => fields,
        _ => Map::new(),
    };
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            let before = fields.remove(&name).unwrap_or_default();
            fields.insert(name, merged(before, value));
        }
    }
    Json::Object(fields)
}

/// Returns the merge patch that leads from one value to another.
fn difference(from: &Json, to: &Json) -> Json {
    let (Json::Object(from), Json::Object(to)) = (from, to) else { return to.clone() };
    let mut patch = Map::new();
    for name in from.keys().filter(|name| !to.contains_key(*name)) {
        patch.insert(name.clone(), Json::Null);
    }
    for (name, value) in to {
        match from.get(name) {
            Some(same) if same == value => {}
            Some(other) => {
                patch.insert(name.clone(), difference(other, value));
            }
            None => {
                patch.insert(name.clone(), value.clone());
            }
        }
    }
    Json::Object(patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merge_patch_is_applied_as_the_standard_has_it() {
        // The examples of RFC 7396, appendix A.
        for (target, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
            (r#"{"a":"foo"}"#, "null", "null"),
            (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"a":1,"e":null}"#),
            ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let [target, patch, result] =
                [target, patch, result].map(|text| parse(text).expect("it is JSON"));
            assert_eq!(merged(target.clone(), patch.clone()), result, "{target} {patch}");
        }
    }

    #[test]
    fn difference_leads_from_one_to_the_other() {
        let values = [
            "{}",
            r#"{"a":1}"#,
            r#"{"a":{"b":[1,{"c":null}]},"d":"x"}"#,
            r#"{"a":{"b":[],"e":{"f":1}}}"#,
            r#"{"a":{"e":{}},"d":"y"}"#,
        ];
        let values = values.map(|text| parse(text).expect("it is JSON"));
        for from in &values {
            for to in &values {
                assert_eq!(merged(from.clone(), difference(from, to)), *to, "{from} {to}");
            }
        }
    }
}
