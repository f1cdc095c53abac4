//! Scenarios are read, refused and written as docs/scenario.md says.

use worldlines::{formats::scenario, kernel::Scenario};

/// CONTRACT's own example, as it stands.
const EXAMPLE: &str = r#"{
  "version": 1,
  "title": "The sender crashes half-way",
  "protocol": "best-effort-broadcast",
  "params": {},
  "nodes": ["Alice", "Bob", "Carol"],
  "seed": 7,
  "network": {
    "timing": "asynchronous",
    "delay": [10, 30],
    "order": "any",
    "loss": 0.0, "duplicate": 0.0, "corrupt": 0.0,
    "links": [{"from": "Alice", "to": "Carol", "delay": [80, 80]}]
  },
  "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}],
  "faults": [{"crash": {"node": "Alice", "at": 10, "after_sends": 1}}],
  "until": 500,
  "captions": [{"at": 10, "node": "Alice", "text": "Bob gets it, Carol never does."}]
}"#;

fn read(text: &str) -> Scenario {
    scenario::read(text).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

#[test]
fn the_canonical_form_leaves_defaults_out() {
    let canonical = concat!(
        r#"{"version":1,"title":"The sender crashes half-way","protocol":"best-effort-broadcast","#,
        r#""nodes":["Alice","Bob","Carol"],"seed":7,"#,
        r#""network":{"links":[{"from":"Alice","to":"Carol","delay":[80,80]}]},"#,
        r#""requests":[{"at":10,"node":"Alice","do":"broadcast","with":"m1"}],"#,
        r#""faults":[{"crash":{"node":"Alice","at":10,"after_sends":1}}],"until":500,"#,
        r#""captions":[{"at":10,"node":"Alice","text":"Bob gets it, Carol never does."}]}"#,
    );
    let scenario = read(EXAMPLE);
    assert_eq!(scenario::write(&scenario), canonical);
    assert_eq!(read(canonical), scenario);
}
