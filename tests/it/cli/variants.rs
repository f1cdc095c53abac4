//! `worldlines variants`: each student has a variant of an exercise, equally hard, and a neighbour's code fails.

use std::fs;

use serde_json::json;
use worldlines::{
    app::{Action, State, reduce},
    formats::{
        bundled, exercise, link,
        scenario::{self, Variant, key_of, variant_for, variants_of},
        search::Asked,
    },
    kernel::Scenario,
    runs::{ExerciseVerdict, Outcome},
    search::{Budget, Finding, Search, Workers},
};

use super::grade::{EXERCISE, folder, name};
use crate::common::command_line::{file, printed, refused, worldlines};

/// The exercise with this number of variants, and what is said of them.
fn made(exercise: &str, count: &str) -> (String, String) {
    let output = worldlines(&["variants", exercise, "--count", count], "");
    let said = String::from_utf8(output.stderr).expect("it prints UTF-8");
    assert_eq!(output.status.code(), Some(0), "{said}");
    (String::from_utf8(output.stdout).expect("it prints UTF-8"), said)
}

/// A solution within a budget, found by a search of its own.
fn solution(exercise: &Scenario, budget: Budget) -> Option<Scenario> {
    let asked = Asked::of(exercise.clone()).expect("its protocol is known");
    let mut search = Search::new(Asked { budget, ..asked }.task()).expect("its requests are read");
    let mut found: Option<Finding> = None;
    while !search.is_over() {
        found = found.or(search.advance(Workers::all_cores()).into_iter().next());
    }
    let made = Scenario { until: exercise.until, goal: exercise.goal.clone(), ..found?.before };
    (exercise::tried(exercise, &made) == Some(ExerciseVerdict::Reached)).then_some(made)
}

/// The code of a variant's least solution.
fn code(variant: &Scenario) -> String {
    let goal = scenario::goal_of(variant).expect("it is an exercise");
    let made = solution(variant, goal.within.clone()).expect("it has a solution");
    exercise::code(&goal, &Outcome::of(made).expect("it can be run"))
}

#[test]
fn variants_of_each_bundled_exercise_need_the_same_least_number_of_faults() {
    let mut count = 0;
    for bundled in bundled::bundled() {
        let exercise = bundled.scenario().expect("it is valid");
        let Some(goal) = scenario::goal_of(&exercise) else { continue };
        let path = file("bundled-exercise.json", scenario::write(&exercise));
        let (text, said) = made(&path, "4");
        let exercise = scenario::read(&text).expect("it is a scenario");
        assert_eq!(scenario::write(&exercise) + "\n", text, "it is in its canonical form");
        let variants = variants_of(&exercise).expect("they are valid");
        assert_eq!(variants.len(), 4);
        count += 1;
        if goal.within.all() == 0 {
            assert!(said.contains("solved by the same protocols"), "{said}");
            continue;
        }
        let runs: Vec<Scenario> =
            variants.iter().map(|it| it.of(&exercise).expect("it is a scenario")).collect();
        for variant in &runs {
            let most = goal.within.all();
            assert!(said.contains(&format!("each needs {most} fault")), "{said}");
            assert!(solution(variant, goal.within.clone()).is_some());
            assert!(solution(variant, goal.within.with_all(most - 1)).is_none());
        }
    }
    assert!(count >= 5);
}

#[test]
fn code_of_a_neighbour_fails() {
    let (text, _) = made(EXERCISE, "5");
    let path = file("five-variants.json", &text);
    let exercise = scenario::read(&text).expect("it is a scenario");
    let class = folder("variants-class");
    let ids = ["anna", "bert@example.edu", "s1003", "dora", "emil"];
    let own: Vec<(usize, Scenario)> = ids
        .iter()
        .map(|id| variant_for(&exercise, id).expect("it is valid").expect("there are variants"))
        .collect();
    let codes: Vec<String> = own.iter().map(|(_, variant)| code(variant)).collect();
    for (id, code) in ids.iter().zip(&codes) {
        fs::write(class.join(id), code).expect("it is written");
        assert_eq!(printed(&["check", &path, code, "--student", id], ""), "reached\n");
    }
    let table = printed(&["grade", &path, name(&class)], "");
    assert_eq!(table.matches(",reached,1,\r\n").count(), ids.len(), "{table}");
    let mut neighbours = 0;
    for (id, (number, _)) in ids.iter().zip(&own) {
        for (code, (other, _)) in codes.iter().zip(&own) {
            let said = printed(&["check", &path, code, "--student", id], "");
            assert_eq!(said == "reached\n", number == other, "{id}: {said}");
            neighbours += usize::from(number != other);
            if number != other {
                assert!(said.contains("another variant"), "{said}");
            }
        }
    }
    assert!(neighbours > 4, "they do not all have the same variant");
    let copied = folder("variants-copied");
    fs::write(copied.join("anna"), &codes[ids.len() - 1]).expect("it is written");
    let is_same = own[0].0 == own[ids.len() - 1].0;
    let table = printed(&["grade", &path, name(&copied)], "");
    assert_eq!(table.contains("anna,not reached,0"), !is_same, "{table}");
    // The exercise itself is no student's variant.
    let base = scenario::without_variants(exercise);
    let said = printed(&["check", &path, &code(&base), "--student", "anna"], "");
    assert!(said.starts_with("not reached: "), "{said}");
    let said = refused(&["check", &path, &codes[0]], "");
    assert!(said.contains("found 5 variants, expected --student ID"), "{said}");
    let said = refused(&["check", EXERCISE, &codes[0], "--student", "anna"], "");
    assert!(said.contains("--student: found an exercise without variants"), "{said}");
}

#[test]
fn link_with_a_key_opens_the_variant_of_the_student() {
    let (text, _) = made(EXERCISE, "5");
    let path = file("linked-variants.json", &text);
    let exercise = scenario::read(&text).expect("it is a scenario");
    let students = file("students.txt", "\u{FEFF}anna\r\nBert@Example.edu\r\n\r\ns1003\n");
    let table = printed(&["variants", &path, "--students", &students], "");
    let mut rows = table.split_terminator("\r\n");
    assert_eq!(rows.next(), Some("id,variant,link"));
    let ids = ["anna", "bert@example.edu", "s1003"];
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), ids.len());
    for (row, id) in rows.into_iter().zip(ids) {
        let cells: Vec<&str> = row.splitn(3, ',').collect();
        let (number, variant) = variant_for(&exercise, id).expect("valid").expect("there are some");
        assert_eq!((cells[0].to_lowercase().as_str(), cells[1]), (id, number.to_string().as_str()));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "#=&._-".contains(c);
        assert!(cells[2].chars().all(is_plain), "{}", cells[2]);
        let decoded = link::decode(cells[2]).expect("it is a link");
        assert_eq!(decoded.scenario, variant);
        // The digest is that of the variant's run.
        assert!(!printed(&["run", cells[2]], "").is_empty());
        // The page opens the variant, and nothing tells of the others.
        let state = reduce(&State::opening(), Action::Load(cells[2].to_owned()));
        assert_eq!((state.scenario(), &state.refused), (&variant, &None));
        let told = json!({"address": "exercise.json", "v": id}).to_string();
        let state = reduce(&State::awaiting_file(), Action::File(told, Some(text.clone())));
        assert_eq!((state.scenario(), &state.refused), (&variant, &None));
    }
    // A site that escapes the id, or leaves it out.
    let whole = link::fragment(&exercise, None);
    let escaped = link::decode(&format!("{whole}&v=bert%40example.edu")).expect("it is a link");
    let own = variant_for(&exercise, "bert@example.edu").expect("valid").expect("there are some").1;
    assert_eq!(escaped.scenario, own);
    assert_eq!(link::decode(&whole).expect("it is a link").scenario, exercise);
    let state = reduce(&State::opening(), Action::Load(whole.clone()));
    assert_eq!(*state.scenario(), scenario::without_variants(exercise.clone()));
    assert!(link::holds(&whole, state.scenario()), "the address stays");
    // A link with an empty id has always picked a variant, and opens for ever; a learning system that knows no student does not.
    let empty = variant_for(&exercise, &key_of("")).expect("valid").expect("there are some").1;
    assert_eq!(link::decode(&format!("{whole}&v=")).expect("it is a link").scenario, empty);
    assert_eq!(
        link::open(&text, Some(" ")).expect_err("it names no student").to_string(),
        "v: found nothing, expected the id of a student: each has a variant"
    );
    let mine = folder("variants-of-nobody");
    for arguments in [
        &["check", &*path, "w1.x", "--student", ""][..],
        &["grade", &path, name(&mine), "--student", ""],
    ] {
        let said = refused(arguments, "");
        assert_eq!(said, "worldlines: --student: found \"\", expected the id of a student");
    }
    // The digest of the exercise is not that of a variant's run.
    assert_eq!(printed(&["link", &path], "").trim_end(), whole);
    // A key is a key of a run without variants too.
    let plain = printed(&["link", EXERCISE], "");
    assert!(link::decode(&format!("{}&v=anna", plain.trim_end())).is_ok());
}

#[test]
fn key_of_a_student_is_plain_and_its_own_key() {
    for id in ["anna", "S-1_000", "Bert@Example.edu", "Zoë", "", "a b", &"x".repeat(300)] {
        let key = key_of(id);
        assert!(key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{key}");
        assert!((1..=64).contains(&key.len()));
        assert_eq!(key_of(&key), key);
        assert_eq!(key_of(&format!(" {id}\n")), key);
    }
    assert_eq!(key_of("ANNA"), "anna");
    assert_ne!(key_of("a@b"), key_of("a@c"));
}

#[test]
fn variant_renames_the_nodes_everywhere() {
    let text = r#"{"version": 1, "title": "Keep P1 from P2", "protocol": "fifo-multicast",
        "nodes": 3, "captions": [{"at": 5, "node": "P1", "text": "P1, not P11"}],
        "faults": [{"drop": {"message": "P1>P2#1"}}], "until": 100,
        "goal": {"tell": {"node": "P1", "first": "deliver P2"}, "within": "drop=1",
                 "variants": [{"nodes": ["P2", "P3", "P1"], "later": 7}, {}]}}"#;
    let exercise = scenario::read(text).expect("it is a scenario");
    let variants = variants_of(&exercise).expect("they are valid");
    assert_eq!(variants[1], Variant::default());
    let variant = variants[0].of(&exercise).expect("it is a scenario");
    let written = scenario::write(&variant);
    for part in [
        r#""title":"Keep P2 from P3""#,
        r#""nodes":["P2","P3","P1"]"#,
        r#"{"at":12,"node":"P2","text":"P2, not P11"}"#,
        r#"{"drop":{"message":"P2>P3#1"}}"#,
        r#""until":107"#,
        r#""goal":{"tell":{"node":"P2","first":"deliver P2"},"within":"drop=1"}"#,
    ] {
        assert!(written.contains(part), "{part}: {written}");
    }
}

#[test]
fn variants_have_one_canonical_form() {
    let written = |variants: &str| {
        let text = format!(
            r#"{{"version": 1, "protocol": "fifo-multicast", "nodes": 2,
                "goal": {{"violate": "FIFO order", "within": "drop=1", "variants": {variants}}}}}"#
        );
        scenario::write(&scenario::read(&text).expect("it is valid"))
    };
    assert!(written("[]").ends_with(r#""goal":{"violate":"FIFO order","within":"drop=1"}}"#));
    let canonical = r#""variants":[{"delay":[5,7],"nodes":["B","A"],"seed":3},{}]"#;
    for variants in [
        r#"[{"nodes": ["B", "A"], "seed": 3, "delay": [5, 7]}, {}]"#,
        r#"[{"delay": [5, 7], "later": 0, "seed": 3.0, "nodes": ["B", "A"]}, {"later": 0}]"#,
    ] {
        let written = written(variants);
        assert!(written.contains(canonical), "{written}");
    }
}

#[test]
fn variants_with_a_mistake_are_refused_with_their_place() {
    let refusal = |variants: &str| {
        let text = format!(
            r#"{{"version": 1, "protocol": "fifo-multicast", "nodes": 2,
                "goal": {{"violate": "FIFO order", "within": "drop=1", "variants": {variants}}}}}"#
        );
        scenario::read(&text).expect_err(variants).to_string()
    };
    for (variants, begins, says) in [
        ("5", "goal.variants: ", "a list of variants"),
        (r#"[{"node": 3}]"#, "goal.variants[0].node: ", "did you mean \"nodes\"?"),
        (r#"[{}, {"nodes": ["A"]}]"#, "goal.variants[1].nodes: ", "the names of 2 nodes"),
        (r#"[{"nodes": ["A", "A"]}]"#, "goal.variants[0].nodes[1]: ", "no other node"),
        (r#"[{"nodes": ["A", "B>"]}]"#, "goal.variants[0].nodes[1]: ", "1 to 24 characters"),
        (r#"[{"nodes": 2}]"#, "goal.variants[0].nodes: ", "names"),
        (r#"[{"seed": -1}]"#, "goal.variants[0].seed: ", "a whole number"),
        (r#"[{"later": "x"}]"#, "goal.variants[0].later: ", "a whole number"),
        (r#"[{"delay": [3, 2]}]"#, "goal.variants[0].delay", "a whole number from 3"),
    ] {
        let said = refusal(variants);
        assert!(said.starts_with(begins) && said.contains(says), "{said}");
    }
    // A variant that breaks a bound of its own is refused when it is picked.
    let late = r#"{"version": 1, "protocol": "fifo-multicast", "nodes": 2, "until": 1000000000,
        "goal": {"violate": "FIFO order", "within": "drop=1", "variants": [{"later": 5}]}}"#;
    let exercise = scenario::read(late).expect("the exercise is valid");
    let said = variant_for(&exercise, "anna").expect_err("it is too late").to_string();
    assert!(said.starts_with("goal.variants[0]: until: "), "{said}");
}

#[test]
fn variants_that_cannot_be_made_are_refused() {
    let said = refused(&["variants", EXERCISE, "--count", "0"], "");
    assert!(
        said.contains("--count: found \"0\", expected a whole number from 1 to 1000"),
        "{said}"
    );
    let said = refused(&["variants", EXERCISE], "");
    assert!(said.contains("--count"), "{said}");
    let plain = file("plain.json", crate::common::command_line::HALF_WAY);
    let said = refused(&["variants", &plain, "--count", "2"], "");
    assert!(said.contains("goal: found nothing, expected an exercise's goal"), "{said}");
    let text = fs::read_to_string(EXERCISE).expect("it is there");
    let hard = file(
        "unsolvable.json",
        text.replace("\"then\": \"deliver m1\"", "\"then\": \"deliver m7\""),
    );
    let said = refused(&["variants", &hard, "--count", "2"], "");
    assert!(said.contains("one that the search reaches within the goal's faults"), "{said}");
    let easy = file("trivial.json", text.replace(", \"then\": \"deliver m1\"", ""));
    let said = refused(&["variants", &easy, "--count", "2"], "");
    assert!(said.contains("reached without a fault"), "{said}");
    let students = file("twice.txt", "anna\nbert\nanna\n");
    let (text, _) = made(EXERCISE, "2");
    let path = file("two-variants.json", text);
    let said = refused(&["variants", &path, "--students", &students], "");
    assert!(said.ends_with("line 3: found \"anna\" again, expected each id once"), "{said}");
    let students = file("nobody.txt", "\u{FEFF}\r\n \n");
    let said = refused(&["variants", &path, "--students", &students], "");
    assert!(said.ends_with("nobody.txt: found no id, expected one a line"), "{said}");
    let students = file("one.txt", "anna\n");
    let said = refused(&["variants", EXERCISE, "--students", &students], "");
    assert!(said.contains("found no variants, expected some"), "{said}");
}
