//! No output contains a raw character that is invisible or changes the display of the rest, for any scenario:
//! random scenarios with hostile names and payloads, and every text about their runs.

use serde_json::Value as Json;
use worldlines::{
    diagram::{
        Frame, Layout, Orientation, Scene, cell_text, event_sentence, explain, fault_sentence,
        message_sentence, request_sentence,
    },
    formats::{exercise, link, scenario, visible_json},
    kernel::{Fault, Scenario, is_unseen, visible},
    protocols,
    runs::Outcome,
    search::Target,
};

use crate::common::{
    budget::ESCAPED,
    bundled,
    chance::Chance,
    command_line::{HALF_WAY, file, worldlines},
    random_scenario::{Weather, random_scenario},
};

/// One of each kind: controls, ends of lines, directions, without width, selectors, tags, fillers, private use.
const HOSTILE: [char; 30] = [
    '\n',
    '\r',
    '\t',
    '\u{1b}',
    '\u{7}',
    '\0',
    '\u{7f}',
    '\u{85}',
    '\u{9b}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{180e}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{2800}',
    '\u{3164}',
    '\u{feff}',
    '\u{fe0f}',
    '\u{fffb}',
    '\u{e0041}',
    '\u{f0000}',
];

/// The same by the names of Unicode, stated independently: categories Cc, Cf, Zl, Zp, Co and characters that are default
/// ignorable, in the planes where the tests draw.
fn hides(c: char) -> bool {
    c.is_control()
        || HOSTILE.contains(&c)
        || matches!(c as u32, 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xE000..=0xF8FF
            | 0xFE00..=0xFE0F | 0xE_0000..=0xE_0FFF | 0xF_0000..=0x10_FFFF)
}

/// A few characters of any kind, hostile ones among them.
fn any_text(chance: &mut Chance, most: u64) -> String {
    let any = |chance: &mut Chance| match chance.below(4) {
        0 | 1 => HOSTILE[chance.below(HOSTILE.len())],
        2 => char::from(chance.between(0x20, 0x7e) as u8),
        _ => char::from_u32(chance.between(0, 0x10_FFFF) as u32).unwrap_or('é'),
    };
    (0..chance.between(1, most)).map(|_| any(chance)).filter(|c| !is_node(*c)).collect()
}

/// Stands for a node inside a run: the reader refuses it.
fn is_node(c: char) -> bool {
    ('\u{E000}'..='\u{E07F}').contains(&c)
}

/// A node's name that the reader accepts, made unique by its number.
fn any_name(chance: &mut Chance, number: usize) -> String {
    let clean = |c: &char| !c.is_control() && !matches!(c, '>' | '#');
    let text: String = any_text(chance, 12).chars().filter(clean).collect();
    format!("{text}{number}")
}

/// Puts hostile names and texts into a scenario, wherever its protocol accepts them.
fn poison(chance: &mut Chance, scenario: &mut Scenario) {
    let protocol = protocols::find(&scenario.protocol).expect("it is registered");
    let before = std::mem::take(&mut scenario.nodes);
    scenario.nodes = (0..before.len()).map(|number| any_name(chance, number)).collect();
    let nodes = &scenario.nodes;
    for request in &mut scenario.requests {
        let Some(with) = &request.with else { continue };
        let renamed = each_text(with, &mut |text| {
            before.iter().position(|it| it == text).map(|place| nodes[place].clone())
        });
        let poisoned = each_text(&renamed, &mut |text| {
            (!nodes.iter().any(|it| it == text)).then(|| format!("{text}{}", any_text(chance, 6)))
        });
        let read = protocol.behaviour.read_request;
        let takes = read(&request.name, Some(&poisoned), nodes).is_ok();
        request.with = Some(if takes { poisoned } else { renamed });
    }
    // The text of a traitor's lie uses the original names.
    scenario.faults.retain(|fault| !matches!(fault, Fault::Forge { .. }));
    scenario.title = any_text(chance, 20).chars().filter(|c| !c.is_control()).collect();
}

/// A value with some of its texts replaced.
fn each_text(value: &Json, other: &mut impl FnMut(&str) -> Option<String>) -> Json {
    match value {
        Json::String(text) => other(text).map_or_else(|| value.clone(), Json::String),
        Json::Array(items) => items.iter().map(|item| each_text(item, other)).collect(),
        Json::Object(fields) => {
            let field = |(name, value): (&String, &Json)| (name.clone(), each_text(value, other));
            Json::Object(fields.iter().map(field).collect())
        }
        plain => plain.clone(),
    }
}

/// Fails if a text of one line has a raw unseen character.
fn assert_plain(what: &str, text: &str) {
    let found = text.chars().find(|c| hides(*c));
    assert_eq!(found, None, "{what}: {text:?}");
}

/// Fails if a line of a text has a raw unseen character.
fn assert_plain_lines(what: &str, text: &str) {
    text.split('\n').for_each(|line| assert_plain(what, line));
}

/// Every text of the library about a run.
fn check_texts(outcome: &Outcome) {
    let Outcome { scenario, protocol, trace, report } = outcome;
    assert_plain_lines("text", &outcome.text());
    assert_plain_lines("summary", &outcome.summary());
    for event in 0..trace.events.len().min(300) {
        assert_plain("event", &event_sentence(scenario, trace, event));
        for clear in [false, true] {
            assert_plain("cell", &cell_text(protocol, scenario, trace, event, clear));
        }
    }
    for message in 0..trace.messages.len().min(100) {
        assert_plain("message", &message_sentence(scenario, trace, message));
    }
    scenario.faults.iter().for_each(|it| assert_plain("fault", &fault_sentence(scenario, it)));
    scenario.requests.iter().for_each(|it| assert_plain("ask", &request_sentence(scenario, it)));
    scenario.names().for_each(|name| assert_plain("name", &name));
    if trace.events.len() < 400
        && let Some(violated) = report.judgements.iter().find(|it| it.verdict.is_violated())
    {
        let target = Target::Violation(violated.property);
        let explanation = explain(outcome, &target).expect("it is violated");
        assert_plain("explanation", &explanation.text());
    }
    check_picture(outcome);
    let mut json = Vec::new();
    outcome.write_json(&mut json).expect("a list takes it");
    let json = String::from_utf8(json).expect("it is UTF-8");
    assert_plain("JSON", &json);
    let [shown, exact] = [&json, &outcome.json()].map(|it| serde_json::from_str::<Json>(it).ok());
    assert_eq!(shown, exact, "what is escaped is read as it was");
    assert!(exact.is_some());
}

/// The labels of the diagram.
fn check_picture(outcome: &Outcome) {
    let Outcome { scenario, protocol, trace, .. } = outcome;
    let frame = Frame {
        orientation: Orientation::Horizontal,
        length: 20_000.0,
        gap: 60.0,
        end: trace.end.clamp(1, 1000),
        apart: 1.0,
    };
    let layout = Layout::new(trace, scenario.nodes.len(), frame);
    let scene = Scene::new(protocol, scenario, trace, &layout);
    let arrows = scene.arrows.iter().filter_map(|it| it.label.as_ref());
    let marks = scene.marks.iter().filter_map(|it| it.label.as_ref());
    let walls = scene.walls.iter().filter_map(|it| it.label.as_ref());
    let barriers = scene.barriers.iter().filter_map(|it| it.label.as_ref());
    let plots = scene.plots.iter().flat_map(|it| &it.curves).filter_map(|it| it.label.as_ref());
    for label in arrows.chain(marks).chain(walls).chain(barriers).chain(plots) {
        assert_plain("label", &label.text);
    }
}

#[test]
fn texts_of_every_protocol_escape_hostile_names_and_payloads() {
    let mut chance = Chance::new(2026);
    let (mut hostile, mut runs) = (0, 0);
    for (_, protocol) in protocols::catalogue() {
        for round in 0..ESCAPED.runs() {
            let weather = if round % 2 == 0 { Weather::Foul } else { Weather::Fair };
            let mut scenario = random_scenario(protocol, &mut chance, weather);
            scenario.until = scenario.until.min(2_000);
            poison(&mut chance, &mut scenario);
            let written = scenario::write(&scenario);
            let Ok(read) = scenario::read(&written) else { continue };
            assert_eq!(scenario::read(&visible_json(&written)), Ok(read.clone()));
            let outcome = Outcome::of(read).expect("it was read");
            hostile += usize::from(outcome.json().contains(hides));
            runs += 1;
            if outcome.trace.events.len() < 20_000 {
                check_texts(&outcome);
            }
        }
    }
    assert!(hostile > 40, "only {hostile} of {runs} runs say anything hostile");
}

#[test]
fn text_has_the_same_number_of_lines_for_every_payload() {
    let mut chance = Chance::new(7);
    let plain = scenario::read(HALF_WAY).expect("it is a scenario");
    for id in ["best-effort-broadcast", "reliable-broadcast", "fifo-multicast", "abcast"] {
        let with = |text: &str| {
            let mut scenario = Scenario { protocol: id.to_owned(), ..plain.clone() };
            scenario.requests[0].with = Some(text.into());
            Outcome::of(scenario).expect("it is valid").text().lines().count()
        };
        let lines = with("m1");
        for _ in 0..100 {
            let text = any_text(&mut chance, 40);
            assert_eq!(with(&text), lines, "{id}: {text:?}");
        }
    }
}

#[test]
fn command_line_prints_no_raw_character_of_a_scenario() {
    let payload =
        "m\n  10 ms  Bob  deliver  fake\u{202e}\u{200b}\u{1b}[31m\u{7}\u{9b}\u{7f}\u{e0041}";
    let mut scenario = scenario::read(HALF_WAY).expect("it is a scenario");
    scenario.nodes = ["A\u{202e}lice", "Bob\u{200b}", "\u{2066}"].map(str::to_owned).into();
    scenario.requests[0].with = Some(payload.into());
    scenario.title = "half\u{202e}way\u{2028}".to_owned();
    let text = scenario::write(&scenario);
    let benign = worldlines(&["run", "--text", "-"], HALF_WAY).stdout;
    let healthy = scenario::write(&Scenario { faults: Vec::new(), ..scenario.clone() });
    let search = ["search", "-", "--budget", "50", "--faults", "crash=1"];
    let link = link::fragment(&scenario, None);
    for (arguments, input) in [
        (&["run", "-"][..], &text),
        (&["run", "--text", "-"], &text),
        (&["run", "--json", "-"], &text),
        (&["explain", "-"], &text),
        (&["shrink", "-"], &text),
        (&["open", &link], &text),
        (&search, &healthy),
        (&[&search[..], &["--json"]].concat(), &healthy),
    ] {
        let output = worldlines(arguments, input);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        for printed in [output.stdout, output.stderr] {
            let printed = String::from_utf8(printed).expect("it prints UTF-8");
            assert_plain_lines(arguments[0], &printed);
        }
    }
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines(&worldlines(&["run", "--text", "-"], &text).stdout), lines(&benign));
    let opened = worldlines(&["open", &link], "").stdout;
    let opened = scenario::read(&String::from_utf8_lossy(&opened));
    assert_eq!(opened.as_ref(), Ok(&scenario), "what is escaped is read as it was");
}

#[test]
fn error_is_one_line_without_raw_characters() {
    let mut chance = Chance::new(11);
    // No argument contains a NUL.
    let odd = |chance: &mut Chance| format!("x{}", any_text(chance, 30).replace('\0', ""));
    for round in 0..40 {
        let text = odd(&mut chance);
        let json = format!("{{\"version\":1,\"protocol\":{}}}", Json::from(text.as_str()));
        let field = format!("{{\"version\":1,{}:3}}", Json::from(text.as_str()));
        let inside = file(&format!("odd-{round}.json"), &json);
        for (arguments, input) in [
            (vec!["run", &text], ""),
            (vec![&text], ""),
            (vec!["run", "-"], &json),
            (vec!["run", "-"], &field),
            (vec!["run", "-"], &text),
            (vec!["run", &inside], ""),
            (vec!["open", &text], ""),
            (vec!["cost", &text], ""),
            (vec!["cost", "abcast", "--nodes", &text], ""),
            (vec!["search", "-", "--property", &text], HALF_WAY),
            (vec!["search", "-", "--faults", &text], HALF_WAY),
            (vec!["search", "-", "--shard", &text], HALF_WAY),
            (vec!["search", "-", "--budget", &text], HALF_WAY),
            (vec!["search", "-", "--jobs", &text], HALF_WAY),
            (vec!["explain", "-", "--property", &text], HALF_WAY),
            (vec!["merge", &text], ""),
            (vec!["check", "-", &text], HALF_WAY),
        ] {
            let output = worldlines(&arguments, input);
            let said = String::from_utf8(output.stderr).expect("it prints UTF-8");
            let line = said.strip_suffix('\n').expect("it is a line");
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
            assert!(line.starts_with("worldlines: ") && output.stdout.is_empty(), "{said}");
            assert_plain("error", line);
        }
    }
}

#[test]
fn unseen_characters_are_those_of_unicode() {
    for c in HOSTILE {
        assert!(is_unseen(c) && hides(c), "{c:?}");
    }
    for code in 0..=0x10_FFFF_u32 {
        let Some(c) = char::from_u32(code) else { continue };
        assert!(!hides(c) || is_unseen(c), "{code:x}");
        // Letters of any script, digits, signs and the space stay as they are.
        assert!(!c.is_ascii_graphic() && c != ' ' || !is_unseen(c), "{code:x}");
    }
    for c in "éßøжשع日本한あहि🐦…–’→ \u{202f}\u{a0}".chars() {
        assert!(!is_unseen(c), "{c:?}");
    }
}

#[test]
fn bundled_texts_need_no_escape() {
    for (name, text) in bundled() {
        let scenario = scenario::read(&text).expect("it is a scenario");
        let captions = scenario.captions.iter().map(|caption| caption.text.as_str());
        for text in captions.chain([scenario.title.as_str()]) {
            assert_eq!(visible(text), text, "{name}");
        }
        if let Some(goal) = &scenario::goal_of(&scenario) {
            assert_plain(&name, &exercise::sentence(&scenario, goal));
        }
    }
}
