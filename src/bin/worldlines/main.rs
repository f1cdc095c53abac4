//! The command line (docs/command-line.md): lists protocols, runs scenarios, makes and opens links.
//!
//! All that it knows is in the library; here are only arguments, files and exit codes.

// In a browser there is no command line; Cargo wants every program compiled beside a test, even there.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod check;
mod input;
mod search;

use std::{
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use worldlines::{
    formats::{Outcome, catalogue, cost, link, scenario},
    kernel::Scenario,
};

use input::{Input, about};

/// Distributed protocols as simulated nodes: every run is determined by its scenario.
#[derive(Parser)]
#[command(name = "worldlines", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the catalogue of protocols.
    List {
        /// As JSON, with parameters, requests, properties and bundled scenarios.
        #[arg(long)]
        json: bool,
    },
    /// Run a scenario; say what its properties came to.
    Run {
        /// A scenario's file, a link, or - for standard input.
        #[arg(value_name = "FILE or LINK")]
        source: String,
        #[command(flatten)]
        form: Form,
    },
    /// Print a scenario's link, from its # on.
    Link {
        /// A scenario's file, or - for standard input.
        #[arg(value_name = "FILE")]
        source: String,
    },
    /// Count what the operations of a protocol cost when nothing fails, beside the formulas.
    Cost {
        /// The protocol's id.
        #[arg(value_name = "PROTOCOL")]
        protocol: String,
        /// The sizes of the groups, both included.
        #[arg(long, value_name = "FROM..TO", default_value = "3..16")]
        nodes: String,
    },
    /// Print a link's scenario.
    Open {
        /// A link, or - for standard input.
        #[arg(value_name = "LINK")]
        source: String,
    },
    /// Look for a violation; print the smallest scenario that shows it.
    Search(search::Search),
    /// Join the results of all parts of a search that was divided with --shard.
    Merge(search::Merge),
    /// Print the smallest scenario that shows what a scenario shows.
    Shrink(search::Shrink),
    /// Say why a property is violated.
    Explain(search::Explain),
    /// Say whether a result code reaches an exercise's goal.
    Check(check::Check),
}

#[derive(Args)]
#[group(multiple = false)]
struct Form {
    /// Print the trace as JSON.
    #[arg(long)]
    json: bool,
    /// Print the run for a person to read, event by event.
    #[arg(long)]
    text: bool,
    /// Print the SHA-256 of the trace's JSON.
    #[arg(long)]
    digest: bool,
}

fn main() -> ExitCode {
    let output = match execute(Arguments::parse().command) {
        Ok(output) => output,
        Err(why) => {
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "worldlines: {why}");
            return ExitCode::from(2);
        }
    };
    match io::stdout().write_all(output.as_bytes()).and_then(|()| io::stdout().flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has seen enough: `worldlines run … --text | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "worldlines: standard output: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What the command prints, or one line that says what is wrong with its input.
fn execute(command: Command) -> Result<String, String> {
    match command {
        Command::List { json: true } => Ok(catalogue::to_json() + "\n"),
        Command::List { json: false } => Ok(catalogue::to_text()),
        Command::Run { source, form } => {
            let input = Input::of(&source)?;
            let outcome = run(&source, input.scenario)?;
            if let Some(expected) = input.digest {
                warn_if_different(&outcome, &expected);
            }
            Ok(match form {
                Form { json: true, .. } => outcome.json() + "\n",
                Form { text: true, .. } => outcome.text(),
                Form { digest: true, .. } => outcome.digest() + "\n",
                _ => outcome.summary(),
            })
        }
        Command::Link { source } => {
            let outcome = run(&source, Input::of(&source)?.scenario)?;
            let fragment = link::fragment(&outcome.scenario, Some(&outcome.digest()));
            warn_if_long(&fragment);
            Ok(fragment + "\n")
        }
        Command::Cost { protocol, nodes } => {
            let sizes = cost::sizes(&nodes).map_err(|why| format!("--nodes: {why}"))?;
            let protocol = catalogue::find("PROTOCOL", &protocol).map_err(|it| it.to_string())?;
            cost::to_text(protocol, sizes)
        }
        Command::Search(search) => search.execute(),
        Command::Merge(merge) => merge.execute(),
        Command::Shrink(shrink) => shrink.execute(),
        Command::Explain(explain) => explain.execute(),
        Command::Check(check) => check.execute(),
        Command::Open { source } => Ok(scenario::write(&Input::of_link(&source)?.scenario) + "\n"),
    }
}

fn run(source: &str, scenario: Scenario) -> Result<Outcome, String> {
    Outcome::of(scenario).map_err(|problem| about(source, &problem))
}

fn warn_if_different(outcome: &Outcome, expected: &str) {
    let here = outcome.short_digest();
    if here != expected {
        let _ = writeln!(
            io::stderr(),
            "worldlines: this version runs the scenario differently from the one that made the link \
             (digest {expected} there, {here} here)"
        );
    }
}

fn warn_if_long(fragment: &str) {
    if fragment.len() > link::LONG_LINK {
        let _ = writeln!(
            io::stderr(),
            "worldlines: the link has {} characters; some programs cut links of more than {}",
            fragment.len(),
            link::LONG_LINK
        );
    }
}
