//! Runs as HTML: their data, their text, their limits. `tests/e2e/recorded.test.mjs` plays them in a browser.

use serde_json::Value as Json;
use worldlines::{
    export::{MOST_PLAYED, SvgOptions, Theme, html, words},
    formats::scenario,
    runs::Outcome,
};

use super::{hostile, runs};

/// The text between two others, each of which occurs once.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("{from} in {text}"));
    assert!(!rest.contains(from), "{from} twice");
    rest.split_once(to).expect("it ends").0
}

fn data(page: &str) -> Json {
    let data = between(page, "<script type=\"application/json\" id=\"run\">", "</script>");
    serde_json::from_str(data).expect("it is JSON")
}

#[test]
fn every_bundled_run_has_a_sentence_and_a_place_for_each_event() {
    for (path, run) in runs() {
        let page = html(&run, &SvgOptions::default());
        let data = data(&page);
        let events = run.trace.events.len();
        let list = |name: &str| data[name].as_array().expect("a list").clone();
        let said = list("said");
        assert_eq!(said.len(), events, "{path}");
        assert!(said.iter().all(|it| it.as_str().is_some_and(|it| !it.is_empty())), "{path}");
        let after: Vec<i64> =
            list("after").iter().map(|it| it.as_i64().expect("a length")).collect();
        assert_eq!(after.len(), events + 1, "{path}");
        assert!(after.is_sorted(), "{path}");
        let times: Vec<u64> = list("time").iter().map(|it| it.as_u64().expect("a time")).collect();
        let expected: Vec<u64> = run.trace.events.iter().map(|event| event.time).collect();
        assert_eq!(times, expected, "{path}");
        assert_eq!(list("captions").len(), run.scenario.captions.len(), "{path}");
        let items = page.matches("<li class=\"").count();
        assert_eq!(items, run.report.judgements.len(), "{path}");
    }
}

#[test]
fn file_has_the_run_in_words_and_asks_no_host() {
    let (_, run) = runs().next().expect("there is a run");
    let page = html(&run, &SvgOptions::default());
    let told = between(&page, "<details>", "</details>");
    for line in words(&run).lines().filter(|line| !line.contains(['<', '&', '\'', '"'])) {
        assert!(told.contains(line), "{line}");
    }
    assert!(page.contains("default-src 'none'"));
    for asks in [" src=", "@import", "url(http", "<link rel=\"stylesheet"] {
        assert!(!page.contains(asks), "{asks}");
    }
    let bare = html(&run, &SvgOptions { bare: true, ..SvgOptions::default() });
    assert!(!bare.contains("<h1>") && !bare.contains("<details>") && bare.contains("id=\"run\""));
    let dark = html(&run, &SvgOptions { theme: Theme::Dark, ..SvgOptions::default() });
    assert!(dark.contains("--paper:#10171e;") && !dark.contains("prefers-color-scheme"));
}

#[test]
fn hostile_texts_end_no_element() {
    let page = html(&hostile(), &SvgOptions::default());
    let data = data(&page);
    let said = data["said"].to_string();
    assert!(said.contains("<b>#1"), "{said}");
    assert!(!page.contains("<b>#1"));
}

#[test]
fn run_of_too_many_events_is_a_picture_without_a_player() {
    let requests: Vec<String> = (0..800)
        .map(|at| format!(r#"{{"at":{at},"node":"P1","do":"broadcast","with":"m{at}"}}"#))
        .collect();
    let text = format!(
        r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":4,"requests":[{}],"until":2000}}"#,
        requests.join(",")
    );
    let run = Outcome::of(scenario::read(&text).expect("it is a scenario")).expect("it runs");
    assert!(run.trace.events.len() > MOST_PLAYED);
    let page = html(&run, &SvgOptions::default());
    assert!(page.contains("too many to play here") && !page.contains("<script"), "{page}");
    assert!(page.len() < 600_000, "{}", page.len());
}
