//! The corpus of published links, `tests/golden/links/`: each opens for ever, with the same scenario, the same run, and the
//! same verdicts on the properties that were known when it was made (docs/link.md).
//!
//! A file has the link, then for each of its runs (a comparison has several) the canonical scenario, the digest of the run,
//! and a line with status and name for each property.
//! The corpus is append only, and no test rewrites a file of it. A new link begins as `NAME.new`, a scenario or a link, of
//! which `cargo xtask bless` makes `NAME.txt`.

use std::{collections::BTreeSet, env, fs, path::PathBuf, sync::Once};

use serde_json::Value as Json;
use worldlines::{
    formats::{link, scenario},
    protocols,
    runs::Outcome,
};

use crate::common::{
    faults::{FAULTS, kind_of},
    folder,
};

const FOLDER: &str = "tests/golden/links";
/// Links that were made before the digest was frozen: the program says that their runs differ.
const EARLIER: [&str; 3] =
    ["everything-at-its-bounds.txt", "the-contracts-example.txt", "the-least.txt"];

/// A link that was published.
pub(super) struct Golden {
    pub(super) path: PathBuf,
    pub(super) link: String,
    scenario: String,
    digest: String,
    /// Status and name of each property that was known.
    verdicts: Vec<String>,
    /// Scenario, digest and verdicts of the runs beside the first one.
    compared: Vec<(String, String, Vec<String>)>,
}

/// The runs of a file: each begins with its scenario.
fn runs_in(lines: &[String]) -> Vec<(String, String, Vec<String>)> {
    let is_scenario = |line: &String| line.starts_with('{');
    let mut runs: Vec<(String, String, Vec<String>)> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some(_) if is_scenario(line) => runs.push((line.clone(), String::new(), Vec::new())),
            Some((_, digest, _)) if digest.is_empty() => digest.clone_from(line),
            Some((_, _, verdicts)) => verdicts.push(line.clone()),
            None => runs.push((line.clone(), String::new(), Vec::new())),
        }
    }
    runs
}

/// The paths of the files with this ending, sorted.
fn paths(ending: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder(FOLDER)).expect("the corpus is there");
    let mut paths: Vec<_> = files.map(|file| file.expect("it can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == ending));
    paths.sort();
    paths
}

/// The whole corpus, with new links if they are to be added.
pub(super) fn corpus() -> Vec<Golden> {
    static BLESSED: Once = Once::new();
    if env::var_os("UPDATE_GOLDEN").is_some() {
        BLESSED.call_once(bless);
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("it can be read");
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let (link, runs) = lines.split_first().unwrap_or_else(|| panic!("{path:?} has a link"));
        let mut runs = runs_in(runs).into_iter();
        let (scenario, digest, verdicts) =
            runs.next().unwrap_or_else(|| panic!("{path:?} has a scenario"));
        let (link, compared) = (link.clone(), runs.collect());
        Golden { path, link, scenario, digest, verdicts, compared }
    };
    paths("txt").into_iter().map(read).collect()
}

/// The verdicts on a run as lines of a file.
fn verdicts(run: &Outcome) -> Vec<String> {
    let judgements = run.report.judgements.iter();
    judgements.map(|it| format!("{} {}", it.verdict.status(), it.property.name)).collect()
}

fn opened(link: &str, path: &str) -> (link::Decoded, Outcome) {
    let decoded = link::decode(link).unwrap_or_else(|problem| panic!("{path}: {problem}"));
    let run = Outcome::of(decoded.scenario.clone()).expect("what was read can be run");
    (decoded, run)
}

/// Makes a file of the corpus of each `NAME.new`. It never writes over a file.
fn bless() {
    for new in paths("new") {
        let path = new.with_extension("txt");
        assert!(
            !path.exists(),
            "{} is frozen: choose another name for the new link",
            path.display()
        );
        let text = fs::read_to_string(&new).expect("it can be read");
        let link = if !text.trim_start().starts_with('{') {
            text.trim().to_owned()
        } else {
            let scenario = scenario::read(&text).unwrap_or_else(|why| panic!("{new:?}: {why}"));
            let digest = Outcome::of(scenario.clone()).expect("it runs").digest();
            link::fragment(&scenario, Some(&digest))
        };
        let (decoded, run) = opened(&link, &new.to_string_lossy());
        let scenario = scenario::write(&decoded.scenario);
        let mut lines = [vec![link, scenario, run.digest()], verdicts(&run)].concat();
        for compared in decoded.compared {
            let run = Outcome::of(compared.scenario).expect("what was read can be run");
            lines.extend([scenario::write(&run.scenario), run.digest()]);
            lines.extend(verdicts(&run));
        }
        fs::write(&path, lines.join("\n") + "\n").expect("it can be written");
        fs::remove_file(&new).expect("it can be removed");
    }
}

#[test]
fn published_link_opens_with_the_same_run_and_the_same_verdicts() {
    let corpus = corpus();
    assert!(corpus.len() >= 87, "files are missing from the corpus");
    assert!(paths("new").is_empty(), "a new link is to be added: `cargo xtask bless`");
    for golden in corpus {
        let path = golden.path.display().to_string();
        let (decoded, run) = opened(&golden.link, &path);
        assert_eq!(scenario::write(&decoded.scenario), golden.scenario, "{path}");
        assert_eq!(scenario::read(&golden.scenario), Ok(decoded.scenario.clone()), "{path}");
        assert_eq!(run.digest(), golden.digest, "{path} runs differently: it must not");
        if let Some(digest) = decoded.digest {
            let is_earlier = EARLIER.iter().any(|name| golden.path.ends_with(name));
            let is_same = golden.digest.starts_with(&digest);
            assert_eq!(is_same, !is_earlier, "{path}: the page says that the run differs, or not");
        }
        let now = verdicts(&run);
        assert!(!golden.verdicts.is_empty(), "{path} has no verdict");
        for verdict in &golden.verdicts {
            assert!(now.contains(verdict), "{path}: it was {verdict}, now {now:#?}");
        }
        assert_eq!(decoded.compared.len(), golden.compared.len(), "{path}");
        for (other, (scenario, digest, then)) in decoded.compared.iter().zip(&golden.compared) {
            assert_eq!(scenario::write(&other.scenario), *scenario, "{path}");
            let run = Outcome::of(other.scenario.clone()).expect("what was read can be run");
            assert_eq!(run.digest(), *digest, "{path} runs differently: it must not");
            assert!(other.digest.as_ref().is_none_or(|it| digest.starts_with(it)), "{path}");
            let now = verdicts(&run);
            assert!(!then.is_empty() && then.iter().all(|it| now.contains(it)), "{path}: {now:#?}");
        }
        let fragment = link::fragment(&decoded.scenario, None);
        if fragment.len() <= link::MAX_LINK {
            let again = link::decode(&fragment).expect("a link of ours opens");
            assert_eq!(again.scenario, decoded.scenario, "{path}");
        }
    }
}

#[test]
fn published_links_cover_every_protocol_request_and_parameter() {
    let (mut seen, mut set, mut asked) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for golden in corpus() {
        let scenario = scenario::read(&golden.scenario).expect("it is valid");
        let protocol = protocols::find(&scenario.protocol).expect("it is known");
        seen.insert(protocol.id);
        asked.extend(scenario.requests.iter().map(|it| (protocol.id, it.name.clone())));
        let text: Json = serde_json::from_str(&golden.scenario).expect("it is JSON");
        let params = text["params"].as_object().cloned().unwrap_or_default();
        set.extend(params.into_iter().map(|(name, _)| (protocol.id, name)));
    }
    for (_, protocol) in protocols::catalogue() {
        assert!(seen.contains(protocol.id), "{} has no published link", protocol.id);
        for request in protocol.behaviour.requests {
            let wanted = (protocol.id, request.name.to_owned());
            assert!(asked.contains(&wanted), "no published link asks {wanted:?}");
        }
        for parameter in protocol.behaviour.parameters {
            let wanted = (protocol.id, parameter.name.to_owned());
            assert!(set.contains(&wanted), "no published link sets {wanted:?}");
        }
    }
}

#[test]
fn published_links_cover_every_fault_with_an_effect() {
    let mut used = BTreeSet::new();
    for golden in corpus() {
        let (decoded, run) = opened(&golden.link, &golden.path.to_string_lossy());
        let faults = decoded.scenario.faults.iter().enumerate();
        let with_effect = faults.filter(|(place, _)| !run.trace.unused_faults.contains(place));
        used.extend(with_effect.map(|(_, fault)| kind_of(fault)));
    }
    let missing: Vec<_> = FAULTS.iter().filter(|kind| !used.contains(*kind)).collect();
    assert!(missing.is_empty(), "no published link has {missing:?} with an effect");
}

/// True if a value is in the JSON, at this path of names; a list has what one of its items has.
fn has(json: &Json, path: &[&str]) -> bool {
    match path.split_first() {
        None => true,
        Some((name, rest)) => match json {
            Json::Array(items) => items.iter().any(|item| has(item, path)),
            Json::Object(fields) => fields.get(*name).is_some_and(|inner| has(inner, rest)),
            Json::String(text) => text == name && rest.is_empty(),
            _ => false,
        },
    }
}

#[test]
fn published_links_cover_the_network_and_the_texts() {
    let corpus = corpus();
    let texts: Vec<Json> =
        corpus.iter().map(|it| serde_json::from_str(&it.scenario).expect("it is JSON")).collect();
    for wanted in [
        "network timing synchronous",
        "network delay",
        "network order fifo",
        "network loss",
        "network duplicate",
        "network corrupt",
        "network detector perfect",
        "network topology ring",
        "network topology line",
        "network topology tree",
        "network topology links",
        "network topology routers",
        "network medium shared",
        "network links delay",
        "network links rate",
        "network links queue",
        "seed",
        "until",
        "title",
        "captions text",
        "goal violate",
        "goal tell",
        "goal keep",
        "goal within",
    ] {
        let path: Vec<_> = wanted.split(' ').collect();
        assert!(texts.iter().any(|text| has(text, &path)), "no published link has {wanted}");
    }
    let is_foreign = |name: &Json| name.as_str().is_some_and(|it| !it.is_ascii());
    let has_names =
        |text: &Json| text["nodes"].as_array().is_some_and(|it| it.iter().any(is_foreign));
    assert!(texts.iter().any(has_names), "no published link has names of another script");
    assert!(texts.iter().any(|text| text["nodes"].is_number()), "none has numbered nodes");
    let keys = |key: &str| corpus.iter().any(|it| it.link.contains(key));
    for key in
        ["#s=deflate.", "#s=json.", "&v=", "&d=", "&c=deflate.", "&e=", "&t=", "&ui=", "%26d%3D"]
    {
        assert!(keys(key), "no published link has {key}");
    }
    let longest = corpus.iter().map(|it| it.link.len()).max();
    assert_eq!(longest, Some(link::MAX_LINK), "the longest link that is allowed");
}
