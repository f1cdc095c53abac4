//! Searches for violations: `search`, `merge`, `shrink` and `explain`.

use std::{
    collections::BTreeSet,
    io::{self, IsTerminal, Write},
};

use clap::Args;
use worldlines::{
    app::{MOST_DELAYS, as_found},
    diagram::explain,
    formats::{
        MAX_TEXT, MAX_WHOLE, link, quoted,
        search::{self as format, Asked, Found, Results},
        visible_json,
    },
    kernel::{Kind, MAX_TIME, Property, Protocol, Scenario, Verdict, count_of, visible},
    runs::Outcome,
    search::{
        Budget, DEFAULT_RUNS, Method, Objective, Search, Shard, Stage, Target, Workers, adversary,
        minimise,
    },
};

use crate::{
    input::{about, about_named, check_once, contents, decoded},
    scenario_line, too_long,
    usage::whole,
};

#[derive(Args)]
pub(crate) struct SearchArgs {
    /// A scenario's file, a link, or - for standard input.
    #[arg(value_name = "FILE or LINK")]
    source: String,
    /// A property to be violated; may be given several times. By default all that the protocol promises.
    #[arg(long, value_name = "PROPERTY")]
    property: Vec<String>,
    /// Budget of faults: crash=1,drop=2; all=2 allows at most two faults in total. By default some of each
    /// kind, and three in total.
    #[arg(long, value_name = "FAULTS")]
    faults: Option<String>,
    /// Approximate maximum of runs with systematic faults, and again of runs with random faults.
    #[arg(long, value_name = "RUNS", default_value_t = DEFAULT_RUNS, value_parser = runs, allow_negative_numbers = true)]
    budget: u64,
    /// Number of threads; by default the number of cores. The result does not depend on it.
    #[arg(long, value_name = "N", value_parser = jobs, allow_negative_numbers = true)]
    jobs: Option<u64>,
    /// Seed of random choices.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
    /// Do only one part of the search: 3/16 is part 3 of 16. `merge` joins the results.
    #[arg(long, value_name = "PART/OF", allow_hyphen_values = true)]
    shard: Option<String>,
    /// Keep all assumptions of the protocol.
    #[arg(long)]
    inside_model: bool,
    /// Print the full results as JSON.
    #[arg(long)]
    json: bool,
    /// Delay messages so that nothing is decided before the run ends: the adversary of Fischer, Lynch and
    /// Paterson. By default it prevents termination.
    #[arg(long)]
    adversary: bool,
    /// For the adversary: horizon of the run, in virtual ms, instead of the scenario's.
    #[arg(long, value_name = "MS", value_parser = horizon, allow_negative_numbers = true)]
    until: Option<u64>,
}

fn runs(text: &str) -> Result<u64, String> {
    whole(text, 1..=format::MOST_RUNS)
}

fn jobs(text: &str) -> Result<u64, String> {
    whole(text, 1..=Workers::MOST as u64)
}

/// Reads any number that the results as JSON keep exactly.
fn seed(text: &str) -> Result<u64, String> {
    whole(text, 0..=MAX_WHOLE)
}

/// Reads a horizon. It is limited because the adversary runs a scenario beyond its horizon.
fn horizon(text: &str) -> Result<u64, String> {
    whole(text, 1..=MAX_TIME / 4)
}

impl SearchArgs {
    pub(crate) fn execute(self) -> Result<String, String> {
        if self.adversary {
            return self.keep_undecided();
        }
        if self.until.is_some() {
            return Err("--until: found without --adversary, expected both".to_owned());
        }
        let asked = self.asked()?;
        let workers = self.jobs.map_or_else(Workers::all_cores, |jobs| Workers::of(jobs as usize));
        let results = carry_out(asked, workers);
        Ok(told(&results, self.json))
    }

    /// Lets the adversary keep the protocol undecided.
    fn keep_undecided(&self) -> Result<String, String> {
        let others = [
            ("--faults", self.faults.is_some()),
            ("--shard", self.shard.is_some()),
            ("--inside-model", self.inside_model),
            ("--json", self.json),
            ("--jobs", self.jobs.is_some()),
            ("--seed", self.seed != 0),
            ("--budget", self.budget != DEFAULT_RUNS),
        ];
        if let Some((other, _)) = others.into_iter().find(|(_, given)| *given) {
            return Err(format!(
                "{other}: found with --adversary, which only delays messages, expected one of them"
            ));
        }
        let asked = self.asked()?;
        let property = against(&self.property, asked.protocol)?;
        let mut scenario = asked.scenario;
        if let Some(until) = self.until {
            scenario.until = until;
        }
        let (printed, said) = match adversary(asked.protocol, &scenario, property, MOST_DELAYS) {
            Ok(kept) => {
                let link = link_of(&kept.scenario);
                (scenario_line(&kept.scenario), format!("{kept}\n{link}\n"))
            }
            Err(inevitable) => (String::new(), format!("{inevitable}\n")),
        };
        let _ = io::stderr().write_all(said.as_bytes());
        Ok(printed)
    }

    fn asked(&self) -> Result<Asked, String> {
        let scenario = decoded(&self.source)?.scenario;
        let mut asked = Asked::of(scenario).map_err(|problem| about(&self.source, &problem))?;
        if !self.property.is_empty() {
            let named = self.property.iter().map(|name| property(asked.protocol, name));
            let mut named = named.collect::<Result<Vec<_>, _>>()?;
            let mut seen = BTreeSet::new();
            named.retain(|property| seen.insert(property.name));
            asked.targets = named.into_iter().map(Target::Violation).collect();
        }
        if let Some(faults) = &self.faults {
            asked.budget = budget(faults)?;
        }
        if let Some(shard) = &self.shard {
            asked.shard = Shard::read(shard).ok_or_else(|| {
                format!(
                    "--shard: found {}, expected a part and the number of parts, up to {}: 3/16",
                    quoted(shard),
                    Shard::MOST
                )
            })?;
        }
        asked.limit = self.budget;
        asked.seed = self.seed;
        asked.inside_model = self.inside_model;
        Ok(asked)
    }
}

/// Returns the property that the adversary prevents: termination, unless a property is named.
fn against(named: &[String], protocol: &'static Protocol) -> Result<&'static Property, String> {
    let found = match named {
        [] => property(protocol, "termination")?,
        [name] => property(protocol, name)?,
        _ => return Err("--property: found several with --adversary, expected one".to_owned()),
    };
    if found.kind == Kind::Safety {
        return Err(format!(
            "--property: found {}, which is safety, expected a liveness property for --adversary",
            found.name
        ));
    }
    Ok(found)
}

#[derive(Args)]
pub(crate) struct MergeArgs {
    /// The files from `search --shard … --json`, one for each part.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Print the full results as JSON.
    #[arg(long)]
    json: bool,
}

impl MergeArgs {
    pub(crate) fn execute(self) -> Result<String, String> {
        let read = |file: &String| {
            format::read(&contents(file, MAX_TEXT)?).map_err(|problem| about(file, &problem))
        };
        check_once(&self.files)?;
        let parts = self.files.iter().map(read).collect::<Result<_, _>>()?;
        let results = format::merge(parts).map_err(|problem| {
            let place = problem.path.trim_matches(['[', ']']).parse::<usize>();
            match place.ok().and_then(|place| self.files.get(place)) {
                Some(file) => {
                    let problem = worldlines::formats::Problem { path: String::new(), ..problem };
                    about(file, &problem)
                }
                None => problem.to_string(),
            }
        })?;
        Ok(told(&results, self.json))
    }
}

#[derive(Args)]
pub(crate) struct ShrinkArgs {
    /// A scenario's file, a link, or - for standard input.
    #[arg(value_name = "FILE or LINK")]
    source: String,
    /// The violated property to preserve; by default the first one that is promised.
    #[arg(long, value_name = "PROPERTY")]
    property: Option<String>,
}

impl ShrinkArgs {
    pub(crate) fn execute(self) -> Result<String, String> {
        let outcome = outcome(&self.source)?;
        let property = violated(&self.source, &outcome, self.property.as_deref())?;
        let objective = Objective::at(Target::Violation(property));
        let patience = outcome.scenario.until;
        let minimised = minimise(outcome.protocol, &objective, &outcome.scenario, patience);
        let minimised = minimised.ok_or_else(|| {
            let name = property.name;
            let why =
                format!("found that {name} holds in a longer run, expected a violation that lasts");
            about_named(&self.source, &why)
        })?;
        if !minimised.complete {
            let _ = writeln!(
                io::stderr(),
                "worldlines: the minimisation stopped after {} runs: a smaller scenario may show the same",
                minimised.runs
            );
        }
        Ok(scenario_line(&minimised.scenario))
    }
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// A scenario's file, a link, or - for standard input.
    #[arg(value_name = "FILE or LINK")]
    source: String,
    /// The violated property; by default the first one that is promised.
    #[arg(long, value_name = "PROPERTY")]
    property: Option<String>,
}

impl ExplainArgs {
    pub(crate) fn execute(self) -> Result<String, String> {
        let outcome = outcome(&self.source)?;
        let property = violated(&self.source, &outcome, self.property.as_deref())?;
        let explanation = explain(&outcome, &Target::Violation(property)).expect("it is violated");
        let mut text = explanation.text() + "\n";
        for event in explanation.path {
            let time = outcome.trace.events[event].time;
            let said =
                worldlines::diagram::event_sentence(&outcome.scenario, &outcome.trace, event);
            text.push_str(&format!("{time:>6} ms  {said}\n"));
        }
        Ok(text)
    }
}

fn outcome(source: &str) -> Result<Outcome, String> {
    let scenario = decoded(source)?.scenario;
    Outcome::of(scenario).map_err(|why| about(source, &why.into()))
}

fn property(protocol: &'static Protocol, name: &str) -> Result<&'static Property, String> {
    format::property("--property", protocol, name).map_err(|problem| problem.to_string())
}

fn budget(text: &str) -> Result<Budget, String> {
    worldlines::formats::budget("--faults", text).map_err(|problem| problem.to_string())
}

/// Returns the violated property of this name; without a name the first one that is violated, promised ones
/// first.
fn violated(
    source: &str,
    outcome: &Outcome,
    name: Option<&str>,
) -> Result<&'static Property, String> {
    let judgements = &outcome.report.judgements;
    let Some(name) = name else {
        let mut violated = judgements.iter().filter(|it| it.verdict.is_violated());
        return violated.next().map(|it| it.property).ok_or_else(|| {
            about_named(source, "found a run without violations, expected a violation")
        });
    };
    let property = property(outcome.protocol, name)?;
    let judgement = judgements.iter().find(|it| it.property.name == name);
    match judgement.map(|it| &it.verdict) {
        Some(Verdict::Violated { .. }) => Ok(property),
        verdict => Err(format!(
            "--property: found {name}, which {} in this run, expected a violated property",
            match verdict {
                Some(Verdict::Undecided(_)) => "is undecided",
                _ => "holds",
            }
        )),
    }
}

/// Number of steps of a search, each of some milliseconds, between two progress reports.
const SAID_EVERY: u64 = 8;

/// Searches, and reports the progress if standard error is a terminal.
fn carry_out(asked: Asked, workers: Workers) -> Results {
    let mut search = Search::new(asked.task()).expect("its requests were read");
    let mut findings = Vec::new();
    let looking = io::stderr().is_terminal();
    let mut steps = 0_u64;
    while !search.is_over() {
        findings
            .extend(search.advance(workers).into_iter().map(|finding| as_found(&asked, finding)));
        steps += 1;
        if looking && steps.is_multiple_of(SAID_EVERY) {
            say_how_far(&asked, &search);
        }
    }
    if looking {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    findings.sort_by_key(|found: &Found| {
        asked.targets.iter().position(|target| *target == found.target)
    });
    Results { coverage: search.coverage(), asked, findings }
}

fn say_how_far(asked: &Asked, search: &Search) {
    let progress = search.progress();
    let stage = match progress.stage {
        Stage::Systematic => "runs with faults".to_owned(),
        Stage::Interleavings(objective) => {
            format!("orders of events, for {}", asked.targets[objective].name())
        }
        Stage::Pct(objective) => format!("random orders, for {}", asked.targets[objective].name()),
        Stage::Random => "runs with random faults".to_owned(),
        Stage::Over => "done".to_owned(),
    };
    let (explored, queue) = (format::counted(progress.explored), format::counted(progress.queue));
    let depth = progress.depth;
    let line = format!("\r\x1b[K{stage}: {explored} explored, {queue} waiting, depth {depth}");
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Returns the text for standard output, and prints the rest on standard error.
fn told(results: &Results, as_json: bool) -> String {
    if as_json {
        return visible_json(&format::write(results)).into_owned() + "\n";
    }
    let mut said = String::new();
    for (place, target) in results.asked.targets.iter().enumerate() {
        match results.findings.iter().find(|found| found.target == *target) {
            Some(found) => said.push_str(&story(found)),
            None => said.push_str(&format::sentence(&results.asked, &results.coverage, place)),
        }
        said.push('\n');
    }
    let _ = io::stderr().write_all(said.as_bytes());
    results.findings.iter().map(|found| scenario_line(&found.scenario)).collect()
}

fn story(found: &Found) -> String {
    let Found { target, scenario, by, explanation } = found;
    let how = match by {
        // The explanation of a livelock is complete.
        Method::Systematic | Method::Livelock { .. } => String::new(),
        Method::Exhaustive { steps, shortest: true } => {
            format!(
                " The shortest order of events that shows it takes {}.",
                count_of(*steps as usize, "step")
            )
        }
        Method::Exhaustive { steps, .. } => {
            format!(" An order of events shows it in {}.", count_of(*steps as usize, "step"))
        }
        Method::Pct => " A random order of events shows it.".to_owned(),
        Method::Random => " Random faults showed it.".to_owned(),
    };
    let link = link_of(scenario);
    let what = match target {
        Target::Violation(property) => format!("{} is violated", property.name),
        Target::Indicated(_) => target.to_string(),
    };
    format!("{what}. {}{how}\n{link}\n", visible(explanation))
}

fn link_of(scenario: &Scenario) -> String {
    let outcome = Outcome::of(scenario.clone());
    let fragment =
        outcome.map_or_else(|_| link::fragment(scenario, None), |outcome| outcome.fragment());
    if fragment.len() > link::MAX_LINK { too_long(&fragment) } else { fragment }
}
