//! A run as a person would like to read it: in a terminal, in a code review, in a golden file.

use std::{borrow::Cow, fmt::Write as _};

use serde_json::Value as Json;

use super::{
    outcome::find_causes,
    trace::{Spelt, cause_sentence, unused},
};
use crate::kernel::{
    Breach, Class, EventId, EventKind, Fate, Judgement, Kind, MAX_EVENTS, NodeId, Packet, Protocol,
    Report, Scenario, Trace, Verdict, spell,
};

/// The whole run: one line per event, then what [`summary`] says, each violation with its witness.
#[must_use]
pub fn render(
    scenario: &Scenario,
    protocol: &'static Protocol,
    trace: &Trace,
    report: &Report,
) -> String {
    find_causes(scenario, protocol, trace, report);
    let view = View { scenario, trace };
    let mut text = view.heading(protocol);
    let rows: Vec<_> = (0..trace.events.len()).map(|id| view.row(id)).collect();
    text.push('\n');
    text.push_str(&table(&rows, ""));
    text.push('\n');
    text.push_str(&view.verdicts(report, true));
    text
}

/// What is said about the run: its verdicts, its class, what was broken, what it cost.
#[must_use]
pub fn summary(
    scenario: &Scenario,
    protocol: &'static Protocol,
    trace: &Trace,
    report: &Report,
) -> String {
    find_causes(scenario, protocol, trace, report);
    let view = View { scenario, trace };
    format!("{}\n{}", view.heading(protocol), view.verdicts(report, false))
}

/// The cells of one line: when, where, what, about which message, and the rest.
type Row = [String; 5];

/// A run, and the names of its nodes.
#[derive(Clone, Copy)]
struct View<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
}

impl View<'_> {
    fn spell(self, text: &str) -> String {
        one_line(&spell(text, &self.scenario.nodes))
    }

    fn heading(self, protocol: &Protocol) -> String {
        let mut heading = String::new();
        if !self.scenario.title.is_empty() {
            heading = format!("{}\n", one_line(&self.scenario.title));
        }
        let nodes: Vec<_> = self.scenario.nodes.iter().map(|name| one_line(name)).collect();
        let end = self.trace.end;
        let ended = match (self.trace.exhausted, self.trace.quiescent) {
            (true, _) => format!("stopped after {MAX_EVENTS} events, at {end} ms"),
            (_, true) => format!("at rest at {end} ms"),
            (_, false) => format!("not yet at rest at {end} ms"),
        };
        format!("{heading}{}: {}; {ended}\n", protocol.id, nodes.join(", "))
    }

    fn row(self, id: EventId) -> Row {
        let event = &self.trace.events[id];
        let message = event.kind.message().map(|message| &self.trace.messages[message]);
        let about = message.map(|message| one_line(&self.scenario.message_name(message.name)));
        let mut rest = match &event.kind {
            EventKind::Request { packet, .. } | EventKind::Timer(packet) => {
                self.spell(&packet.to_string())
            }
            EventKind::Indicate { kind, packet } => self.indication(kind, packet),
            EventKind::Note(note) => self.spell(note),
            EventKind::Detect(detection) => self.spell(&detection.node().to_string()),
            EventKind::Traitor(strategy) => strategy.name().to_owned(),
            _ => String::new(),
        };
        if let Some(message) = message {
            rest = self.spell(&message.packet.to_string());
        }
        match (&event.kind, message) {
            (EventKind::Lose(_, loss), _) => rest = format!("{rest} ({})", loss.why()),
            (EventKind::Send(_), Some(message)) => {
                if let Some(truth) = message.truth() {
                    rest = format!("{rest} (instead of {})", self.spell(&truth.to_string()));
                }
            }
            (EventKind::Receive(_), Some(message)) => {
                if let Some(damaged) =
                    message.damaged().filter(|_| message.fate == Fate::Received(id))
                {
                    rest = format!("{} (was {rest})", self.spell(&damaged.to_string()));
                }
            }
            _ => {}
        }
        [
            format!("{} ms", event.time),
            one_line(self.scenario.name(event.node)),
            event.kind.name().to_owned(),
            about.unwrap_or_default(),
            rest,
        ]
    }

    /// What was told, and whatever else its data says: `m1 (from Alice, seq 1)`.
    fn indication(self, kind: &str, packet: &Packet) -> String {
        let shown = self.spell(&packet.to_string());
        let shown = shown.strip_prefix(kind).unwrap_or(&shown).trim_start().to_owned();
        let names = &self.scenario.nodes;
        let data = serde_json::to_value(Spelt { value: Cow::Owned(packet.inspect()), names });
        let Ok(Json::Object(fields)) = data else { return shown };
        let said = |(name, value): (&String, &Json)| {
            let value = match value {
                Json::String(text) => one_line(text),
                other => other.to_string(),
            };
            (value != shown).then(|| format!("{} {value}", one_line(name)))
        };
        let more: Vec<_> = fields.iter().filter_map(said).collect();
        if more.is_empty() { shown } else { format!("{shown} ({})", more.join(", ")) }
    }

    fn verdicts(self, report: &Report, with_witnesses: bool) -> String {
        let mut text = String::new();
        let longest = report.judgements.iter().map(|j| j.property.name.chars().count()).max();
        let width = longest.unwrap_or_default();
        for (heading, promised) in [("Promised", true), ("Beyond the promise", false)] {
            let mut judgements = report.judgements.iter().filter(|j| j.promised == promised);
            let Some(first) = judgements.next() else { continue };
            text.push_str(&format!("{heading}\n"));
            for judgement in std::iter::once(first).chain(judgements) {
                self.judgement(&mut text, report, judgement, width, with_witnesses);
            }
        }
        let class = report.class.map_or_else(
            || "open: a promise is undecided".to_owned(),
            |class| format!("{class} ({})", meaning(class)),
        );
        let _ = writeln!(text, "Class: {class}");
        if let Some(circle) = self.deadlock() {
            let _ = writeln!(text, "Deadlock: {circle}");
        }
        let unused = unused(self.trace);
        if !unused.is_empty() {
            let _ = writeln!(text, "Unused: {}", unused.join(", "));
        }
        let _ = writeln!(text, "Messages: {}", self.trace.messages.len());
        text
    }

    /// Who waits for whom in a circle, where the run rests in one: `Alice waits for Bob, who waits for Alice`.
    fn deadlock(self) -> Option<String> {
        let (first, rest) = self.trace.deadlock.split_first()?;
        let name = |node: &NodeId| one_line(self.scenario.name(*node));
        let rest: String =
            rest.iter().map(|node| format!("{}, who waits for ", name(node))).collect();
        let first = name(first);
        Some(format!("{first} waits for {rest}{first}"))
    }

    fn judgement(
        self,
        text: &mut String,
        report: &Report,
        judgement: &Judgement,
        width: usize,
        with_witnesses: bool,
    ) {
        let property = judgement.property;
        let kind = match property.kind {
            Kind::Safety => "safety",
            Kind::Liveness => "liveness",
        };
        let said = match &judgement.verdict {
            Verdict::Holds => "holds".to_owned(),
            Verdict::Undecided(why) => format!("undecided: {}", self.spell(why)),
            Verdict::Violated { why, .. } => {
                let at = Report::violated_at(judgement, self.trace).unwrap_or(self.trace.end);
                format!("violated at {at} ms: {}", self.spell(why))
            }
        };
        let _ = writeln!(text, "  {:width$}  {kind:8}  {said}", property.name);
        let indent = " ".repeat(width + 14);
        if let Some(Breach { rule, why, culprit, .. }) = report.broke(judgement, self.trace) {
            let (why, assumed) = (self.spell(why), rule.statement());
            let _ = writeln!(text, "{indent}broken by {culprit}: {why}; assumed: {assumed}");
        }
        if let Some(cause) = cause_sentence(report, judgement) {
            let _ = writeln!(text, "{indent}cause: {}", self.spell(&cause));
        }
        if let (true, Verdict::Violated { witness, .. }) = (with_witnesses, &judgement.verdict) {
            let rows: Vec<_> = witness.iter().map(|&id| self.row(id)).collect();
            text.push_str(&table(&rows, &format!("{indent}witness: ")));
        }
    }
}

/// What a class says about safety and liveness.
const fn meaning(class: Class) -> &'static str {
    match class {
        Class::Masking => "safe and live",
        Class::FailSafe => "safe, not live",
        Class::NonMasking => "live, not safe",
        Class::Intolerant => "neither safe nor live",
    }
}

/// Rows with their columns aligned: times to the right, everything else to the left.
fn table(rows: &[Row], indent: &str) -> String {
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let [time, node, what, about] = [width(0), width(1), width(2), width(3)];
    let mut text = String::new();
    for [a, b, c, d, e] in rows {
        let mut line = format!("{indent}{a:>time$}  {b:node$}  {c:what$}");
        if about > 0 {
            let _ = write!(line, "  {d:about$}");
        }
        let _ = write!(line, "  {e}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A text with its control characters escaped: whatever a reader wrote, a line stays a line.
fn one_line(text: &str) -> String {
    let escaped = |c: char| match c.is_control() {
        true => c.escape_default().collect::<String>(),
        false => c.to_string(),
    };
    text.chars().map(escaped).collect()
}
