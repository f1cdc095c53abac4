//! The command line (docs/command-line.md): lists protocols, runs scenarios, makes and opens links.
//!
//! The library does the work; this program has only arguments, files and exit codes.

// In a browser there is no command line, but Cargo compiles every program beside a test, even there.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod check;
mod compare;
mod export;
mod grade;
mod import;
mod input;
mod measure;
mod pages;
mod picture;
mod pixels;
mod scorm;
mod search;
mod usage;
mod variants;

use std::{
    io::{self, BufWriter, ErrorKind, Write},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use worldlines::{
    formats::{
        Problem, catalogue, cost,
        link::{self, Decoded},
        scenario, visible_json,
    },
    kernel::Scenario,
    runs::Outcome,
};

use input::{about_named, decoded, decoded_link};

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
    /// Run a scenario; print the verdicts on its properties.
    Run {
        /// A scenario's file, a link, or - for standard input.
        #[arg(value_name = "FILE or LINK")]
        source: String,
        #[command(flatten)]
        form: Form,
        #[command(flatten)]
        picture: picture::PictureArgs,
    },
    /// Read a foreign record of a run; print it as a trace.
    Import(import::ImportArgs),
    /// Print a scenario's link, from its # on; of several, a link that compares their runs.
    Link {
        /// A scenario's file, a link, or - for standard input; up to eight runs in all.
        #[arg(value_name = "FILE or LINK", required = true)]
        sources: Vec<String>,
    },
    /// Count the messages of a protocol's operations in failure-free runs, beside the formulas.
    Cost {
        /// The protocol's id.
        #[arg(value_name = "PROTOCOL")]
        protocol: String,
        /// Sizes of the groups, both included.
        #[arg(long, value_name = "FROM..TO", default_value = "3..16", allow_hyphen_values = true)]
        nodes: String,
    },
    /// Measure a series of runs: over group sizes, the values of a parameter, or seeds.
    Measure(measure::MeasureArgs),
    /// Print a link's scenario; of a comparison, each in a line.
    Open {
        /// A link, or - for standard input.
        #[arg(value_name = "LINK")]
        source: String,
    },
    /// Search for a violation; print the smallest scenario that shows it.
    Search(search::SearchArgs),
    /// Join the results of all parts of a search that was divided with --shard.
    Merge(search::MergeArgs),
    /// Minimise a scenario: print the smallest one that shows the same violation.
    Shrink(search::ShrinkArgs),
    /// Explain why a property is violated.
    Explain(search::ExplainArgs),
    /// Check if a result code reaches an exercise's goal.
    Check(check::Check),
    /// Make variants of an exercise, one for each student, that are equally hard.
    Variants(variants::VariantsArgs),
    /// Pack an exercise and the page for a learning system (SCORM 1.2).
    Scorm(scorm::ScormArgs),
    /// Check the result codes of a folder, a file for each student.
    Grade(grade::GradeArgs),
    /// Write a static page for each protocol and each bundled scenario.
    Pages(pages::PagesArgs),
}

#[derive(Args)]
#[group(multiple = false)]
struct Form {
    /// Print the trace as JSON.
    #[arg(long)]
    json: bool,
    /// Print the run as text, event by event.
    #[arg(long)]
    text: bool,
    /// Print the digest of the run: a SHA-256 of its events and of what became of its messages. A link has its first eight
    /// digits.
    #[arg(long)]
    digest: bool,
    /// Write the run as a log that ShiViz opens; - is standard output.
    #[arg(long, value_name = "OUT")]
    shiviz: Option<String>,
    /// Write the run as a sequence diagram of Mermaid.
    #[arg(long, value_name = "OUT")]
    mermaid: Option<String>,
    /// Write the events as a table of comma-separated values.
    #[arg(long, value_name = "OUT")]
    csv: Option<String>,
    /// Write the run as a LaTeX document that draws it with TikZ.
    #[arg(long, value_name = "OUT")]
    tikz: Option<String>,
    /// Write the run in sentences.
    #[arg(long, value_name = "OUT")]
    words: Option<String>,
    /// Write the run as a picture, an SVG document that stands alone.
    #[arg(long, value_name = "OUT")]
    svg: Option<String>,
    /// Write the run as a picture of pixels.
    #[arg(long, value_name = "OUT")]
    png: Option<String>,
    /// Write the run as one file of HTML: the picture, the verdicts, and a player that needs no network.
    #[arg(long, value_name = "OUT")]
    html: Option<String>,
    /// Write the HTML that embeds the run in a page: the element, and within it the picture for readers without scripts. Needs --base.
    #[arg(long, value_name = "OUT")]
    embed: Option<String>,
}

impl Form {
    /// True if the output is a picture of pixels.
    const fn is_pixels(&self) -> bool {
        self.png.is_some()
    }

    /// True if the output is a picture.
    const fn is_picture(&self) -> bool {
        self.svg.is_some() || self.png.is_some() || self.html.is_some() || self.embed.is_some()
    }
}

/// Reason for the failure of a command.
pub(crate) enum Failure {
    /// One line that describes the error in its input.
    Input(String),
    /// Standard output cannot be written.
    Output(io::Error),
}

impl From<String> for Failure {
    fn from(why: String) -> Self {
        Self::Input(why)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn main() -> ExitCode {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let done = match usage::read::<Arguments>() {
        Ok(Some(arguments)) => execute(arguments.command, &mut out),
        Ok(None) => return ExitCode::SUCCESS,
        Err(why) => Err(why.into()),
    };
    match done.and_then(|()| Ok(out.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Input(why)) => {
            // With standard error closed there is no place to report it.
            let _ = writeln!(io::stderr(), "worldlines: {why}");
            ExitCode::from(2)
        }
        // The reader has closed the pipe: `worldlines run … --text | head`.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            let _ = writeln!(io::stderr(), "worldlines: standard output: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Executes a command and prints its output.
fn execute(command: Command, out: &mut impl Write) -> Result<(), Failure> {
    let text = match command {
        Command::List { json: true } => catalogue::to_json() + "\n",
        Command::List { json: false } => catalogue::to_text(),
        Command::Run { source, form, picture } => {
            picture.check(form.is_picture(), form.is_pixels())?;
            let Decoded { scenario, digest, compared } = decoded(&source)?;
            let number = (!compared.is_empty()).then_some(1);
            let outcome = run_as_promised(&source, scenario, digest.as_deref(), number)?;
            match in_form(&source, form, &picture, &outcome, out)? {
                Some(text) => {
                    compare::warn_if_others(&compared);
                    text
                }
                None => compare::summaries(&source, &outcome, compared)?,
            }
        }
        Command::Import(import) => import.execute(out)?,
        Command::Link { sources } => {
            let fragment = compare::link_of(&sources)?;
            warn_if_long(&fragment);
            fragment + "\n"
        }
        Command::Cost { protocol, nodes } => {
            let sizes = cost::sizes(&nodes).map_err(|why| format!("--nodes: {why}"))?;
            let protocol = catalogue::find("PROTOCOL", &protocol).map_err(|it| it.to_string())?;
            cost::to_text(protocol, sizes)?
        }
        Command::Measure(measure) => measure.execute()?,
        Command::Search(search) => search.execute()?,
        Command::Merge(merge) => merge.execute()?,
        Command::Shrink(shrink) => shrink.execute()?,
        Command::Explain(explain) => explain.execute()?,
        Command::Check(check) => check.execute()?,
        Command::Variants(variants) => variants.execute()?,
        Command::Scorm(scorm) => scorm.execute()?,
        Command::Grade(grade) => grade.execute()?,
        Command::Pages(pages) => pages.execute()?,
        Command::Open { source } => {
            let Decoded { scenario, compared, .. } = decoded_link(&source)?;
            let scenarios =
                std::iter::once(&scenario).chain(compared.iter().map(|it| &it.scenario));
            scenarios.map(scenario_line).collect()
        }
    };
    Ok(out.write_all(text.as_bytes())?)
}

/// Returns the run in the form that was asked for, for standard output, unless it is written to a file; none if no form
/// was.
pub(crate) fn in_form(
    source: &str,
    form: Form,
    picture: &picture::PictureArgs,
    outcome: &Outcome,
    out: &mut impl Write,
) -> Result<Option<String>, Failure> {
    Ok(Some(match form {
        Form { json: true, .. } => {
            outcome.write_json(out)?;
            "\n".to_owned()
        }
        Form { text: true, .. } => {
            outcome.write_text(out)?;
            String::new()
        }
        Form { digest: true, .. } => outcome.digest() + "\n",
        Form { shiviz: Some(out), .. } => export::written(&out, export::shiviz(outcome))?,
        Form { mermaid: Some(out), .. } => {
            let text = export::mermaid(source, outcome)?;
            export::written(&out, text)?
        }
        Form { csv: Some(out), .. } => export::written(&out, export::csv(outcome))?,
        Form { tikz: Some(out), .. } => export::written(&out, export::tikz(source, outcome)?)?,
        Form { words: Some(out), .. } => export::written(&out, export::words(outcome))?,
        Form { png: Some(file), .. } => {
            let pixels = pixels::png(picture, outcome)?;
            if file == "-" {
                out.write_all(&pixels)?;
            } else {
                export::save(&file, &pixels)?;
            }
            String::new()
        }
        Form { html: Some(out), .. } => export::written(&out, picture.html(outcome))?,
        Form { embed: Some(out), .. } => export::written(&out, picture.embed(source, outcome)?)?,
        Form { svg: Some(out), .. } => export::written(&out, picture.svg(outcome))?,
        _ => return Ok(None),
    }))
}

/// Returns a scenario in its canonical form, for a terminal.
pub(crate) fn scenario_line(scenario: &Scenario) -> String {
    visible_json(&scenario::write(scenario)).into_owned() + "\n"
}

/// Returns the reason why a link is not printed: it is too long to be opened.
pub(crate) fn too_long(fragment: &str) -> String {
    format!(
        "found a link of {} characters, expected at most {}: put the scenario's file on a web server and open it with \
         ?src=ADDRESS",
        fragment.len(),
        link::MAX_LINK
    )
}

/// Runs a scenario of a source; `number` is that of the run, if the source has several.
pub(crate) fn run(
    source: &str,
    scenario: Scenario,
    number: Option<usize>,
) -> Result<Outcome, String> {
    Outcome::of(scenario).map_err(|why| {
        let problem = Problem::from(why).to_string();
        about_named(source, &compare::numbered(number, &problem))
    })
}

/// Runs a scenario, and says so if a link promised another digest.
pub(crate) fn run_as_promised(
    source: &str,
    scenario: Scenario,
    digest: Option<&str>,
    number: Option<usize>,
) -> Result<Outcome, String> {
    let outcome = run(source, scenario, number)?;
    if let Some(expected) = digest {
        warn_if_different(&outcome, expected, number);
    }
    Ok(outcome)
}

fn warn_if_different(outcome: &Outcome, expected: &str, number: Option<usize>) {
    let here = outcome.short_digest();
    if here != expected {
        let why = format!(
            "this version runs the scenario differently from the one that made the link (digest {expected} there, {here} \
             here)"
        );
        let _ = writeln!(io::stderr(), "worldlines: {}", compare::numbered(number, &why));
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
