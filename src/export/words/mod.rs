//! A run in words: sentences to read, to copy, to have read out, and the text alternative of a picture.
//!
//! A summary comes first, then the moments of the run, then the verdicts. The trace as a table with all data is
//! `formats::text`.

mod choice;
mod moments;
mod parts;
mod statement;
mod telling;

use choice::Choice;
pub use choice::MOST_TOLD;
use moments::Moments;
pub use parts::Line;
use parts::{MOST_LISTED, clipped, listed};
pub use telling::{Telling, ToldLine};

use crate::{
    analysis::{Breach, Judgement, Report},
    diagram::{deadlock_sentence, fault_sentence},
    kernel::{
        Fate, Fault, Kind, MAX_EVENTS, PerMillion, Scenario, Trace, Verdict, count_of, joined,
        sentence, spell, visible,
    },
    runs::Outcome,
};

/// Returns a run in sentences, as plain text in paragraphs: `At 31 ms Bob receives m1 from Alice and delivers it.`
/// Times are in virtual ms. Causes of violations are told if they have been found
/// ([`find_causes`](crate::analysis::find_causes)).
///
/// At most [`MOST_TOLD`] events are told one by one. The summary of a longer run says how many are left out.
#[must_use]
pub fn words(run: &Outcome) -> String {
    let paragraph =
        |lines: Vec<Line>| lines.into_iter().map(|line| line.said).collect::<Vec<_>>().join("\n");
    let paragraphs: Vec<_> = paragraphs(run).into_iter().map(paragraph).collect();
    paragraphs.join("\n\n") + "\n"
}

/// Returns the paragraphs of a run in words: see [`words`].
pub(super) fn paragraphs(run: &Outcome) -> Vec<Vec<Line>> {
    let choice = Choice::of(&run.trace, &run.report);
    let timeless = |said: &str| Line { at: None, said: said.to_owned() };
    let told = Moments::new(run);
    let mut paragraphs = vec![vec![timeless(&summary(run, &choice))], told.tell(&choice)];
    paragraphs.push(told.in_transit().iter().map(|said| timeless(said)).collect());
    paragraphs.push(ending(run).lines().map(timeless).collect());
    paragraphs.retain(|lines| !lines.is_empty());
    paragraphs
}

/// Title, protocol and nodes.
fn identity(run: &Outcome) -> String {
    let Outcome { scenario, protocol, .. } = run;
    let title = match &*scenario.title {
        "" => String::new(),
        title => sentence(visible(title).into_owned()) + " ",
    };
    let nodes = listed(scenario.names().collect(), "node");
    let count = count_of(scenario.nodes.len(), "node");
    format!("{title}{} with {count}: {nodes}.", protocol.name)
}

/// Title, protocol, nodes, duration, messages, faults, and the number of events that are left out.
fn summary(run: &Outcome, choice: &Choice) -> String {
    let Outcome { scenario, trace, .. } = run;
    let mut said = vec![identity(run)];
    let end = trace.end;
    said.push(match (trace.exhausted, trace.quiescent) {
        (true, _) => format!("The run is stopped after {MAX_EVENTS} events, at {end} ms."),
        (_, true) => format!("The run ends at {end} ms, at rest."),
        (_, false) => format!("The run ends at {end} ms, not yet at rest."),
    });
    said.push(messages(trace));
    said.extend(chances(scenario));
    said.push(faults(scenario, trace));
    said.extend(choice.left_out());
    said.join(" ")
}

/// Number of messages, and their fates.
fn messages(trace: &Trace) -> String {
    let (mut received, mut lost, mut in_transit) = (0, 0, 0);
    for message in &trace.messages {
        match message.overall() {
            Fate::Received(_) => received += 1,
            Fate::Lost(..) => lost += 1,
            Fate::InTransit { .. } => in_transit += 1,
        }
    }
    if trace.messages.is_empty() {
        return "No message is sent.".to_owned();
    }
    let fates = [
        (received, "received"),
        (lost, "lost"),
        (in_transit, "still in transit when the run ends"),
    ];
    let fates = fates.into_iter().filter(|(count, _)| *count > 0);
    let fates: Vec<String> = fates.map(|(count, what)| format!("{count} {what}")).collect();
    format!("{} sent: {}.", count_of(trace.messages.len(), "message"), fates.join(", "))
}

/// Faults of the network by chance.
fn chances(scenario: &Scenario) -> Option<String> {
    let network = &scenario.network;
    let chances =
        [(network.loss, "lost"), (network.duplicate, "duplicated"), (network.corrupt, "damaged")];
    let chances = chances.into_iter().filter(|(chance, _)| *chance != PerMillion(0));
    let chances: Vec<String> =
        chances.map(|(chance, what)| format!("{what} with probability {chance}")).collect();
    (!chances.is_empty()).then(|| format!("A message is {}.", joined(&chances)))
}

/// The faults of the scenario, with their times.
fn faults(scenario: &Scenario, trace: &Trace) -> String {
    let said = |(place, fault): (usize, &Fault)| {
        let unused = trace.unused_faults.contains(&place);
        let unused = if unused { " (without effect)" } else { "" };
        let when = match fault.times() {
            [Some(at), Some(until)] => format!(" from {at} ms to {until} ms"),
            [Some(at), None] => format!(" at {at} ms"),
            _ => String::new(),
        };
        clipped(fault_sentence(scenario, fault)) + &when + unused
    };
    let count = scenario.faults.len();
    let some: Vec<String> =
        scenario.faults.iter().enumerate().take(MOST_LISTED).map(said).collect();
    let more = match count.saturating_sub(MOST_LISTED) {
        0 => String::new(),
        more => format!("; and {}", count_of(more, "further fault")),
    };
    match count {
        0 => "There are no faults.".to_owned(),
        1 => format!("There is one fault: {}.", some.join("; ")),
        _ => format!("There are {}: {}{more}.", count_of(count, "fault"), some.join("; ")),
    }
}

/// The verdicts, a line each; then the class and a deadlock.
fn ending(run: &Outcome) -> String {
    let Outcome { scenario, trace, report, .. } = run;
    let mut lines = Vec::new();
    let names = |status: fn(&Verdict) -> bool, promised: bool| {
        let which = report.judgements.iter();
        let which = which.filter(|it| it.promised == promised && status(&it.verdict));
        which.map(|it| it.property.name.to_owned()).collect::<Vec<String>>()
    };
    let holds = |verdict: &Verdict| *verdict == Verdict::Holds;
    for (promised, which) in [(true, "promised"), (false, "other")] {
        let names = names(holds, promised);
        if !names.is_empty() {
            let (what, verb) =
                if names.len() == 1 { ("property", "holds") } else { ("properties", "hold") };
            lines.push(format!("The {which} {what} {} {verb}.", joined(&names)));
        }
    }
    lines.extend(report.judgements.iter().filter_map(|it| verdict(run, it)));
    lines.extend(
        report.class.map(|class| format!("The run is {class}: it is {}.", class.meaning())),
    );
    lines.extend(deadlock_sentence(scenario, trace).map(sentence));
    lines.join("\n")
}

/// A violated or undecided property, with the broken assumption and the cause.
fn verdict(run: &Outcome, judgement: &Judgement) -> Option<String> {
    let Outcome { scenario, trace, report, .. } = run;
    let say = |text: &str| spell(text, &scenario.nodes);
    let which = if judgement.promised { "promised property" } else { "property" };
    let name = judgement.property.name;
    let mut said = match &judgement.verdict {
        Verdict::Holds => return None,
        Verdict::Undecided(why) => {
            return Some(sentence(format!(
                "The {which} {name} is undecided: {}",
                clipped(say(why))
            )));
        }
        Verdict::Violated { why, .. } => {
            let at = match judgement.property.kind {
                Kind::Safety => Report::violated_at(judgement, trace),
                Kind::Liveness => None,
            };
            let at = at.map(|at| format!(" at {at} ms")).unwrap_or_default();
            sentence(format!("The {which} {name} is violated{at}: {}", clipped(say(why))))
        }
    };
    if let Some(Breach { rule, why, .. }) = report.broke(judgement, trace) {
        let why = clipped(say(why));
        said += &sentence(format!(" This assumption is broken: {} ({why})", rule.statement()));
    }
    if let Some(cause) = report.cause(judgement) {
        let cause = cause.said(|fault| fault_sentence(scenario, &scenario.faults[fault]));
        said += &format!(" {}", say(&cause));
    }
    Some(said)
}
