//! `worldlines grade`: a folder of result codes becomes a table, whatever the files hold.

use std::{fs, path::PathBuf};

use serde_json::Value as Json;
use worldlines::{
    formats::{exercise, scenario},
    kernel::{Fault, MessageName, NodeId, Scenario},
    runs::Outcome,
};

use crate::common::command_line::{file, printed, refused, worldlines};

pub(super) const EXERCISE: &str =
    "static/scenarios/ordering/fifo-multicast/exercise-reply-first.json";

/// The code of an attempt that delays the first message from P1 to P2.
pub(super) fn code(by: u64) -> String {
    let text = fs::read_to_string(EXERCISE).expect("it is there");
    let exercise = scenario::read(&text).expect("it is a scenario");
    let p = NodeId::new;
    let message = MessageName { from: p(0), to: p(1), number: 1 };
    let faults = vec![Fault::Delay { message, by }];
    let goal = scenario::goal_of(&exercise).expect("it has a goal");
    let tried = Outcome::of(Scenario { faults, ..exercise }).expect("it can be run");
    exercise::code(&goal, &tried)
}

/// An empty folder for a test.
pub(super) fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("it can be made");
    path
}

pub(super) fn name(path: &std::path::Path) -> &str {
    path.to_str().expect("it is UTF-8")
}

/// The rows of a table without its head: id, verdict and score, and the reason.
fn rows(table: &str) -> Vec<(String, String)> {
    let mut lines = table.split_terminator("\r\n");
    assert_eq!(lines.next(), Some("id,verdict,score,why"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        (cells[..3].join(","), cells[3].to_owned())
    };
    lines.map(row).collect()
}

#[test]
fn grade_of_a_folder_has_a_row_for_each_student() {
    let class = folder("class");
    let hand_in = |id: &str, text: &[u8]| fs::write(class.join(id), text).expect("it is written");
    hand_in("anna.txt", code(60).as_bytes());
    hand_in("bert", format!("\u{FEFF}{}\r\n", code(60)).as_bytes());
    hand_in("c.d@example.edu", format!("My code is {}.", code(60)).as_bytes());
    hand_in("dora.TXT", code(5).as_bytes());
    let (begin, end) = (code(60)[..20].to_owned(), code(60)[20..].to_owned());
    hand_in("emil", format!("{begin}\r\n{end}\n").as_bytes());
    let wide = code(60).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    hand_in("fritz.txt", &[&[0xFF, 0xFE][..], &wide].concat());
    hand_in(".DS_Store", b"the system's");
    let table = printed(&["grade", EXERCISE, name(&class)], "");
    let said = rows(&table);
    let grades: Vec<&str> = said.iter().map(|(grade, _)| grade.as_str()).collect();
    assert_eq!(
        grades,
        [
            "anna,reached,1",
            "bert,reached,1",
            "c.d@example.edu,reached,1",
            "dora,not reached,0",
            "emil,reached,1",
            "fritz,reached,1"
        ]
    );
    assert_eq!(said[3].1, "the run does not show it yet");
    let out = file("grades.csv", "");
    let summary = printed(&["grade", EXERCISE, name(&class), "--csv", &out, "--points", "5"], "");
    assert_eq!(summary, "5 of 6 reached the goal.\n");
    assert_eq!(
        fs::read_to_string(&out).expect("it is there"),
        table.replace("reached,1", "reached,5")
    );
}

#[test]
fn grade_of_bad_files_has_their_reasons() {
    let class = folder("bad-class");
    let hand_in = |id: &str, text: &[u8]| fs::write(class.join(id), text).expect("it is written");
    hand_in("01-empty", b" \r\n");
    hand_in("02-huge", &vec![b'a'; 70_000]);
    hand_in("03-bytes", &[b'w', 0xFF]);
    hand_in("04-words", b"I did not do it");
    hand_in("05-two", format!("{} {}", code(60), code(70)).as_bytes());
    hand_in("06-cut", &code(60).as_bytes()[..30]);
    hand_in("07-odd-utf-16", &[0xFF, 0xFE, b'w']);
    hand_in("08-twice", code(60).as_bytes());
    hand_in("08-twice.txt", code(60).as_bytes());
    hand_in("=HYPERLINK(1)", code(60).as_bytes());
    let bomb = "AAAA".repeat(10_000);
    hand_in("09-damaged", format!("w1.{bomb}.01234567").as_bytes());
    fs::create_dir(class.join("10-folder")).expect("it can be made");
    let mut expected = vec![
        ("01-empty", "empty file"),
        ("02-huge", "more than 65536 bytes"),
        ("03-bytes", "no UTF-8 from byte 1"),
        ("04-words", "I did not do it"),
        ("05-two", "2 result codes"),
        ("06-cut", "expected"),
        ("07-odd-utf-16", "UTF-16"),
        ("08-twice", "two files for this id"),
        ("08-twice", "two files for this id"),
        ("09-damaged", "copied whole"),
        ("10-folder", "a folder"),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", class.join("11-link")).expect("it can be made");
        fs::write(class.join("12-\u{1b}[2J\n\u{202e}"), code(60)).expect("it is written");
        expected.push(("11-link", "a symbolic link"));
    }
    let table = printed(&["grade", EXERCISE, name(&class)], "");
    let said = rows(&table);
    for ((grade, why), (id, expected)) in said.iter().zip(&expected) {
        assert_eq!(*grade, format!("{id},unreadable,0"), "{why}");
        assert!(why.contains(expected), "{id}: {why}");
    }
    let rest: Vec<&str> = said[expected.len()..].iter().map(|(grade, _)| grade.as_str()).collect();
    let formula = "'=HYPERLINK(1),reached,1";
    #[cfg(unix)]
    assert_eq!(rest, ["12-\\u001b[2J\\n\\u202e,reached,1", formula]);
    #[cfg(not(unix))]
    assert_eq!(rest, [formula]);
    assert!(!table.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn grade_for_gradescope_is_its_results_json() {
    let class = folder("gradescope-class");
    fs::write(class.join("code.txt"), code(60)).expect("it is written");
    let json = |arguments: &[&str]| -> Json {
        let all = [&["grade", EXERCISE, name(&class), "--gradescope", "-"], arguments].concat();
        serde_json::from_str(&printed(&all, "")).expect("it is JSON")
    };
    let one = json(&["--points", "10", "--student", "anna"]);
    let test = serde_json::json!({
        "name": "anna", "score": 10, "max_score": 10, "status": "passed", "output": "reached", "visibility": "visible",
    });
    assert_eq!(one, serde_json::json!({"tests": [test]}));
    fs::write(class.join("draft.txt"), code(5)).expect("it is written");
    assert_eq!(json(&["--points", "10", "--student", "anna"]), one, "the best file counts");
    let two = json(&[]);
    assert_eq!(two["tests"].as_array().map(Vec::len), Some(2));
    assert_eq!(two["tests"][1]["output"], "not reached: the run does not show it yet");
    assert_eq!(two["tests"][1]["visibility"], "hidden", "no student reads of another one");
    let out = folder("gradescope-out");
    printed(&["grade", EXERCISE, name(&class), "--gradescope", name(&out)], "");
    let draft = fs::read_to_string(out.join("draft.json")).expect("there is one for each student");
    let draft: Json = serde_json::from_str(&draft).expect("it is JSON");
    assert_eq!(
        (&draft["tests"][0]["score"], &draft["tests"][0]["status"]),
        (&0.into(), &"failed".into())
    );
    let nothing = folder("gradescope-nothing");
    let said = printed(&["grade", EXERCISE, name(&nothing), "--gradescope", "-"], "");
    let said: Json = serde_json::from_str(&said).expect("it is JSON");
    assert_eq!(said["score"], 0);
}

#[test]
fn grade_that_cannot_begin_is_refused() {
    let class = folder("refused-class");
    let plain = file("no-exercise.json", crate::common::command_line::HALF_WAY);
    let said = refused(&["grade", &plain, name(&class)], "");
    assert!(said.ends_with("found no goal, expected an exercise"), "{said}");
    let said = refused(&["grade", EXERCISE, "no-such-folder"], "");
    assert!(said.starts_with("worldlines: no-such-folder: "), "{said}");
    let said = refused(&["grade", EXERCISE, name(&class), "--points", "0"], "");
    assert!(
        said.contains("--points: found \"0\", expected a whole number from 1 to 1000"),
        "{said}"
    );
    let said = refused(&["grade", EXERCISE, name(&class), "--csv", "-", "--gradescope", "-"], "");
    assert!(said.contains("one table on standard output"), "{said}");
    let said = refused(&["grade", EXERCISE, name(&class), "--csv", "no-such-folder/out.csv"], "");
    assert!(said.starts_with("worldlines: no-such-folder/out.csv: "), "{said}");
    let output = worldlines(&["grade", EXERCISE, name(&class)], "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "id,verdict,score,why\r\n");
}
