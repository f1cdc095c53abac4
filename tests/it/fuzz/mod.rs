//! Arbitrary scenarios: no scenario makes the kernel loop, overflow or panic.
//!
//! `cargo test` replays the corpus and tries some more inputs. To search for new ones for ten minutes:
//!
//! ```text
//! FUZZ_SECONDS=600 cargo test --release --test it -- --ignored --nocapture fuzz::search
//! ```
//!
//! `cargo xtask test --long` tries twenty thousand.
//!
//! An input is a protocol's id and a string of bytes, read as a scenario by `arbitrary.rs`. It is kept in
//! `tests/corpus/` if it shows something that no input before it showed: see `check::Features`. In the end, inputs are
//! removed that are slow, or that show nothing that others do not show.

mod arbitrary;
mod check;
mod hostile;

use std::{
    env, fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use worldlines::{kernel::Protocol, protocols};

use arbitrary::Input;
use check::{Checked, Features, check};

use crate::common::{budget::fuzzed, chance::Chance, folder};

/// Number of events of the runs of an input of the corpus, at most.
const QUICK: usize = 4_000;
/// Number of bytes of an input, at most: longer inputs show nothing more.
const LONGEST: usize = 600;

/// Returns the inputs that are kept, in the order of their names.
fn corpus() -> Vec<(PathBuf, Input)> {
    let entries = fs::read_dir(folder("tests/corpus")).expect("the corpus is there");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let file = fs::read(&path).expect("it is a file");
        let input = Input::read(&file);
        let input = input.unwrap_or_else(|| panic!("{} names no protocol", path.display()));
        (path, input)
    };
    paths.into_iter().map(read).collect()
}

fn random_protocol(chance: &mut Chance) -> &'static Protocol {
    let all: Vec<_> = protocols::catalogue().map(|(_, protocol)| protocol).collect();
    chance.one_of(&all)
}

fn random_input(chance: &mut Chance) -> Input {
    let length = chance.below(LONGEST);
    let bytes = (0..length).map(|_| chance.byte()).collect();
    Input { protocol: random_protocol(chance), bytes }
}

/// Makes another input from one of these.
fn mutate(chance: &mut Chance, inputs: &[Input]) -> Input {
    if inputs.is_empty() || chance.percent(5) {
        return random_input(chance);
    }
    let Input { mut protocol, bytes: mut input } = chance.one_of(inputs);
    if chance.percent(20) {
        protocol = random_protocol(chance);
    }
    for _ in 0..chance.between(1, 6) {
        let at = chance.below(input.len() + 1);
        match chance.below(6) {
            0 => input.insert(at, chance.byte()),
            1 => input.truncate(at),
            2 if at < input.len() => {
                input.remove(at);
            }
            3 => {
                let other = &inputs[chance.below(inputs.len())].bytes;
                input.truncate(at);
                input.extend_from_slice(&other[chance.below(other.len() + 1)..]);
            }
            _ if at < input.len() => input[at] = chance.byte(),
            _ => input.push(chance.byte()),
        }
    }
    input.truncate(LONGEST);
    Input { protocol, bytes: input }
}

#[test]
fn fuzz_corpus_replayed_passes_all_checks_and_reaches_every_fault() {
    let corpus = corpus();
    assert!(corpus.len() >= 50, "only {} inputs are kept", corpus.len());
    let mut features = Features::new();
    for (path, input) in &corpus {
        println!("{}", path.display());
        features.extend(check(input).features);
    }
    // The corpus covers its goal: every kind of fault with an effect in a run, and every kind of loss.
    for word in ["corrupt", "forge", "traitor", "drift", "partition", "omit", "cut"] {
        assert!(features.contains(&format!("rumour {word} true")), "no {word} met anything");
    }
    for why in ["loss", "drop", "partition", "cut", "omission", "crashed", "corrupt", "unlinked"] {
        let lost = |feature: &String| feature.ends_with(&format!(" lose {why}"));
        assert!(features.iter().any(lost), "nothing was lost by {why}");
    }
}

#[test]
fn fuzz_mutations_of_the_corpus_pass_all_checks() {
    let mut chance = Chance::new(42);
    let seeds: Vec<_> = corpus().into_iter().map(|(_, input)| input).collect();
    for number in 0..fuzzed() {
        let input = mutate(&mut chance, &seeds);
        println!("{number}: {} {:?}", input.protocol.id, input.bytes);
        check(&input);
    }
}

#[test]
#[ignore = "runs as long as FUZZ_SECONDS says"]
#[expect(clippy::disallowed_methods, reason = "the time that a search may take is that of a clock")]
fn search_for_new_inputs() {
    let seconds = env::var("FUZZ_SECONDS").ok().and_then(|it| it.parse().ok()).unwrap_or(60);
    let seed = env::var("FUZZ_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let (begin, mut chance) = (Instant::now(), Chance::new(seed));
    let mut kept: Vec<_> = corpus().into_iter().map(|(_, input)| input).collect();
    let mut features: Features = kept.iter().flat_map(|input| check(input).features).collect();
    let latest = folder("target").join("fuzz-latest.bin");
    let latest = env::var("FUZZ_LATEST").map_or(latest, PathBuf::from);
    let (mut tried, mut slowest) = (0_u64, Duration::ZERO);
    while begin.elapsed() < Duration::from_secs(seconds) {
        let input = mutate(&mut chance, &kept);
        // If the check does not return, this is the input that it checked.
        fs::write(&latest, input.write()).expect("the latest input can be written");
        let before = begin.elapsed();
        let found = check(&input).features;
        let took = begin.elapsed() - before;
        if took > slowest {
            slowest = took;
            println!("{tried}: {took:?} for {} {:?}", input.protocol.id, input.bytes);
        }
        tried += 1;
        if found.is_subset(&features) {
            continue;
        }
        features.extend(found);
        let name = format!("{seed:03}-{:05}.bin", kept.len());
        fs::write(folder("tests/corpus").join(name), input.write())
            .expect("the corpus can be written");
        kept.push(input);
    }
    println!(
        "{tried} inputs, {} features, {} kept, slowest {slowest:?}",
        features.len(),
        kept.len()
    );
    prune();
}

/// Removes long inputs from the corpus, and those that show nothing that richer ones do not show.
fn prune() {
    let measure = |(path, input): (PathBuf, Input)| (path, check(&input));
    let mut measured: Vec<_> = corpus().into_iter().map(measure).collect();
    let mut shown = Features::new();
    loop {
        let news = |checked: &Checked| checked.features.difference(&shown).count();
        let quick = measured.iter().filter(|(_, checked)| checked.events < QUICK);
        let Some((path, checked)) = quick.max_by_key(|it| news(&it.1)).cloned() else { break };
        if news(&checked) == 0 {
            break;
        }
        shown.extend(checked.features);
        measured.retain(|it| it.0 != path);
    }
    for (path, _) in &measured {
        fs::remove_file(path).expect("the corpus can be written");
    }
    println!("{} features are left, {} inputs removed", shown.len(), measured.len());
}
