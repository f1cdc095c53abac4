//! The catalogue that the gallery of the page shows.

use std::collections::BTreeSet;

use serde_json::Value;
use worldlines::{export::gallery, formats::bundled};

fn examples(gallery: &Value) -> Vec<&Value> {
    let families = gallery["families"].as_array().expect("it has families");
    let protocols = families.iter().flat_map(|it| it["protocols"].as_array().expect("protocols"));
    protocols.flat_map(|it| it["examples"].as_array().expect("examples")).collect()
}

#[test]
fn gallery_has_every_bundled_scenario_once_and_each_with_a_picture() {
    let gallery: Value = serde_json::from_str(&gallery().expect("it is made")).expect("it is JSON");
    let all = examples(&gallery);
    let paths: BTreeSet<String> =
        all.iter().map(|it| it["path"].as_str().expect("a path").to_owned()).collect();
    let bundled: BTreeSet<String> = bundled::bundled().iter().map(|it| it.path()).collect();
    assert_eq!(all.len(), paths.len(), "no example is there twice");
    assert_eq!(paths, bundled);
    for example in all {
        let path = example["path"].as_str().expect("a path");
        assert!(!example["title"].as_str().expect("a title").is_empty(), "{path} has no title");
        let drawn = ["messages", "lost", "indications"].map(|it| example[it].as_str().expect(it));
        assert!(drawn.iter().any(|outline| !outline.is_empty()), "{path} has an empty picture");
    }
}

#[test]
fn gallery_names_what_a_crash_half_way_through_a_best_effort_broadcast_breaks() {
    // Cachin, Guerraoui and Rodrigues, section 3.2: some correct processes may deliver the message and others not.
    let gallery: Value = serde_json::from_str(&gallery().expect("it is made")).expect("it is JSON");
    let path = "reliable/best-effort-broadcast/sender-crashes-half-way";
    let example = examples(&gallery).into_iter().find(|it| it["path"] == path);
    let example = example.expect("it is bundled");
    let violates = example["violates"].as_array().expect("a list");
    assert!(violates.contains(&Value::from("agreement")), "{violates:?}");
    assert!(!violates.contains(&Value::from("no creation")), "{violates:?}");
    // One of the two messages is sent, and the sender crashes once.
    assert_eq!(example["messages"].as_str().expect("outlines").matches('M').count(), 1);
    assert_eq!(example["crashes"].as_str().expect("outlines").matches('M').count(), 1);
}
