//! Arbitrary scenarios: nothing that a scenario contains makes the kernel loop, overflow or panic.
//!
//! `cargo test` replays the corpus and tries a few thousand inputs more. To look for new ones for ten minutes:
//!
//! ```text
//! FUZZ_SECONDS=600 cargo test --release --test it -- --ignored --nocapture fuzz::search
//! ```
//!
//! Or a fixed number of inputs, without looking for new ones:
//!
//! ```text
//! FUZZ_INPUTS=20000 FUZZ_SEED=1 cargo test --release --test it -- --ignored fuzz::many
//! ```
//!
//! An input is a string of bytes, read as a scenario by `arbitrary.rs`; it is kept in `tests/corpus/` if it
//! makes something happen that none before it did: see `check::Features`. In the end those are removed that are
//! slow, or that show nothing that others do not show.

mod arbitrary;
mod check;
mod hostile;

use std::{
    env, fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use check::{Features, check};

use crate::common::{chance::Chance, folder};

/// What a test that is run every day can spend on one input.
const QUICK: Duration = Duration::from_millis(20);
/// Longer inputs say nothing more.
const LONGEST: usize = 600;

/// The inputs that are kept, in the order of their names.
fn corpus() -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder("tests/corpus")).expect("the corpus is there");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some()).collect();
    paths.sort();
    let read = |path: PathBuf| (fs::read(&path).map(|bytes| (path, bytes))).expect("it is a file");
    paths.into_iter().map(read).collect()
}

fn random_input(chance: &mut Chance) -> Vec<u8> {
    let length = chance.below(LONGEST);
    (0..length).map(|_| chance.below(256) as u8).collect()
}

/// Another input, made of one of these.
fn mutate(chance: &mut Chance, inputs: &[Vec<u8>]) -> Vec<u8> {
    if inputs.is_empty() || chance.percent(5) {
        return random_input(chance);
    }
    let mut input = inputs[chance.below(inputs.len())].clone();
    for _ in 0..chance.between(1, 6) {
        let at = chance.below(input.len() + 1);
        match chance.below(6) {
            0 => input.insert(at, chance.below(256) as u8),
            1 => input.truncate(at),
            2 if at < input.len() => {
                input.remove(at);
            }
            3 => {
                let other = &inputs[chance.below(inputs.len())];
                input.truncate(at);
                input.extend_from_slice(&other[chance.below(other.len() + 1)..]);
            }
            _ if at < input.len() => input[at] = chance.below(256) as u8,
            _ => input.push(chance.below(256) as u8),
        }
    }
    input.truncate(LONGEST);
    input
}

#[test]
fn the_corpus_is_replayed() {
    let corpus = corpus();
    assert!(corpus.len() >= 50, "only {} inputs are kept", corpus.len());
    let mut features = Features::new();
    for (path, input) in &corpus {
        println!("{}", path.display());
        features.extend(check(input));
    }
    // The corpus reaches what it is for: every kind of fault with a part in a run, and every loss.
    for word in ["corrupt", "forge", "traitor", "drift", "partition", "omit", "cut"] {
        assert!(features.contains(&format!("rumour {word} true")), "no {word} met anything");
    }
    for why in ["loss", "drop", "partition", "cut", "omission", "crashed", "corrupt", "unlinked"] {
        let lost = |feature: &String| feature.ends_with(&format!(" lose {why}"));
        assert!(features.iter().any(lost), "nothing was lost by {why}");
    }
}

#[test]
fn arbitrary_scenarios_are_read_run_and_judged() {
    let mut chance = Chance::new(42);
    let seeds: Vec<_> = corpus().into_iter().map(|(_, input)| input).collect();
    for number in 0..400 {
        let input = mutate(&mut chance, &seeds);
        println!("{number}: {input:?}");
        check(&input);
    }
}

#[test]
#[ignore = "tries as many inputs as FUZZ_INPUTS says"]
fn many() {
    let number = |name: &str| env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    let inputs = number("FUZZ_INPUTS").unwrap_or(20_000);
    let mut chance = Chance::new(number("FUZZ_SEED").unwrap_or(1));
    let seeds: Vec<_> = corpus().into_iter().map(|(_, input)| input).collect();
    let latest = folder("target").join("fuzz-many-latest.bin");
    for _ in 0..inputs {
        let input = mutate(&mut chance, &seeds);
        fs::write(&latest, &input).expect("the latest input can be written");
        check(&input);
    }
}

#[test]
#[ignore = "runs as long as FUZZ_SECONDS says"]
#[expect(clippy::disallowed_methods, reason = "the time that a search may take is that of a clock")]
fn search() {
    let seconds = env::var("FUZZ_SECONDS").ok().and_then(|it| it.parse().ok()).unwrap_or(60);
    let seed = env::var("FUZZ_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let (begin, mut chance) = (Instant::now(), Chance::new(seed));
    let mut kept: Vec<_> = corpus().into_iter().map(|(_, input)| input).collect();
    let mut features: Features = kept.iter().flat_map(|input| check(input)).collect();
    let latest = folder("target").join("fuzz-latest.bin");
    let latest = env::var("FUZZ_LATEST").map_or(latest, PathBuf::from);
    let (mut tried, mut slowest) = (0_u64, Duration::ZERO);
    while begin.elapsed() < Duration::from_secs(seconds) {
        let input = mutate(&mut chance, &kept);
        // Where the check does not come back, this is what it was busy with.
        fs::write(&latest, &input).expect("the latest input can be written");
        let before = begin.elapsed();
        let found = check(&input);
        let took = begin.elapsed() - before;
        if took > slowest {
            slowest = took;
            println!("{tried}: {took:?} for {input:?}");
        }
        tried += 1;
        if found.is_subset(&features) {
            continue;
        }
        features.extend(found);
        let name = format!("{seed:03}-{:05}.bin", kept.len());
        fs::write(folder("tests/corpus").join(name), &input).expect("the corpus can be written");
        kept.push(input);
    }
    println!(
        "{tried} inputs, {} features, {} kept, slowest {slowest:?}",
        features.len(),
        kept.len()
    );
    prune();
}

/// Leaves of the corpus what is quick and shows something: the richest inputs first.
#[expect(clippy::disallowed_methods, reason = "what is slow is found by a clock")]
fn prune() {
    let measure = |(path, input): (PathBuf, Vec<u8>)| {
        let begin = Instant::now();
        let features = check(&input);
        (path, features, begin.elapsed())
    };
    let mut measured: Vec<_> = corpus().into_iter().map(measure).collect();
    let mut shown = Features::new();
    loop {
        let news = |features: &Features| features.difference(&shown).count();
        let quick = measured.iter().filter(|(_, _, took)| *took < QUICK);
        let Some((path, features, _)) = quick.max_by_key(|it| news(&it.1)).cloned() else { break };
        if news(&features) == 0 {
            break;
        }
        shown.extend(features);
        measured.retain(|it| it.0 != path);
    }
    for (path, _, _) in &measured {
        fs::remove_file(path).expect("the corpus can be written");
    }
    println!("{} features are left, {} inputs removed", shown.len(), measured.len());
}
