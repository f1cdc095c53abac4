//! `import`: a foreign record of a run.

use std::io::{self, Write};

use clap::Args;
use worldlines::{
    formats::quoted,
    import::{Abstraction, Imported, MAX_IMPORT, Options, Recording, import_with},
    kernel::sentence,
};

use crate::{
    Failure, Form, in_form,
    input::{about, contents, named},
    picture::PictureArgs,
    run,
};

/// Reads a foreign record of a run, and prints it as a trace.
#[derive(Args)]
pub(crate) struct ImportArgs {
    /// A log with vector clocks (ShiViz, GoVector), a trace of states (ITF, TLC), a history of operations (Jepsen,
    /// Maelstrom, Porcupine), a trace or a scenario; - is standard input.
    #[arg(value_name = "FILE")]
    source: String,
    /// A regular expression with the groups host, clock and event, for a log of another shape.
    #[arg(long, value_name = "REGEX")]
    expression: Option<String>,
    /// The abstraction whose properties are judged: nothing, broadcast, consensus, mutex or register.
    #[arg(long = "as", value_name = "ABSTRACTION")]
    judged_as: Option<String>,
    #[command(flatten)]
    form: Form,
    #[command(flatten)]
    picture: PictureArgs,
}

impl ImportArgs {
    pub(crate) fn execute(self, out: &mut impl Write) -> Result<String, Failure> {
        let Self { source, expression, judged_as, form, picture } = self;
        picture.check(form.is_picture(), form.is_pixels())?;
        let judged_as = judged_as.map(|name| abstraction(&name)).transpose()?;
        let text = contents(&source, MAX_IMPORT)?;
        let options = Options { expression, judged_as };
        let imported = import_with(&text, &options);
        let outcome = match imported.map_err(|problem| about(&source, &problem))? {
            Imported::Scenario(scenario) => {
                if let Some(it) = judged_as {
                    let found = quoted(it.name());
                    return Err(format!(
                        "--as: found {found}, expected no --as: a scenario is judged by its own protocol"
                    )
                    .into());
                }
                run(&source, *scenario, None)?
            }
            Imported::Run(recording) => {
                refuse_other(judged_as, &recording)?;
                let name = named(&source);
                let said = format!("{name}: {}. {}", recording.format, recording.notes.join(" "));
                // With standard error closed there is no place to say it.
                let _ = writeln!(io::stderr(), "worldlines: {}", sentence(said.trim().to_owned()));
                recording.outcome
            }
        };
        match in_form(&source, form, &picture, &outcome, out)? {
            Some(text) => Ok(text),
            None => {
                outcome.write_json(out)?;
                Ok("\n".to_owned())
            }
        }
    }
}

fn abstraction(name: &str) -> Result<Abstraction, String> {
    let found = Abstraction::named(name);
    let names: Vec<&str> = Abstraction::ALL.iter().map(|it| it.name()).collect();
    found.ok_or_else(|| {
        format!("--as: found {}, expected one of {}", quoted(name), names.join(", "))
    })
}

/// Refuses an abstraction by which a text of this format cannot be judged.
fn refuse_other(wanted: Option<Abstraction>, recording: &Recording) -> Result<(), String> {
    let Some(wanted) = wanted.filter(|it| !recording.choices.contains(it)) else { return Ok(()) };
    let choices: Vec<&str> = recording.choices.iter().map(|it| it.name()).collect();
    Err(format!(
        "--as: found {}, expected {} for this format: {}",
        quoted(wanted.name()),
        choices.join(", "),
        recording.format
    ))
}
