//! A run as text: for a terminal, a code review, a golden file.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use serde_json::Value as Json;

use super::trace::{Spelt, cause_sentence, unused};
use crate::{
    analysis::{Breach, Judgement, Report, deadlock, find_causes},
    kernel::{
        EventId, EventKind, Fate, Kind, MAX_EVENTS, NodeId, Packet, Protocol, Scenario, Trace,
        Verdict, spell, visible,
    },
};

/// Returns the whole run as text: one line per event, then [`summary`], each violation with its witness.
#[must_use]
pub fn render(
    scenario: &Scenario,
    protocol: &'static Protocol,
    trace: &Trace,
    report: &Report,
) -> String {
    let mut text = Vec::new();
    write(&mut text, scenario, protocol, trace, report).expect("a list takes whatever is written");
    String::from_utf8(text).expect("what is written is text")
}

/// Writes the same line by line: the text of a run of a million events is never held in memory.
///
/// # Errors
/// Those of the writer.
pub fn write(
    out: &mut impl Write,
    scenario: &Scenario,
    protocol: &'static Protocol,
    trace: &Trace,
    report: &Report,
) -> io::Result<()> {
    find_causes(protocol, scenario, trace, report);
    let view = View { scenario, trace };
    writeln!(out, "{}", view.heading(protocol))?;
    view.table(out, || 0..trace.events.len(), "")?;
    writeln!(out)?;
    view.verdicts(out, report, true)
}

/// Returns the verdicts on the run, its class, broken assumptions and costs.
#[must_use]
pub fn summary(
    scenario: &Scenario,
    protocol: &'static Protocol,
    trace: &Trace,
    report: &Report,
) -> String {
    find_causes(protocol, scenario, trace, report);
    let view = View { scenario, trace };
    let mut text = Vec::new();
    view.verdicts(&mut text, report, false).expect("a list takes whatever is written");
    let verdicts = String::from_utf8(text).expect("what is written is text");
    format!("{}\n{verdicts}", view.heading(protocol))
}

/// Aligned cells of a line: time, node, event, message.
type Columns = [String; 4];

/// A run, and the names of its nodes.
#[derive(Clone, Copy)]
struct View<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
}

impl View<'_> {
    fn spell(self, text: &str) -> String {
        spell(text, &self.scenario.nodes)
    }

    fn heading(self, protocol: &Protocol) -> String {
        let mut heading = String::new();
        if !self.scenario.title.is_empty() {
            heading = format!("{}\n", visible(&self.scenario.title));
        }
        let nodes: Vec<_> = self.scenario.names().collect();
        let end = self.trace.end;
        let ended = match (self.trace.exhausted, self.trace.quiescent) {
            (true, _) => format!("stopped after {MAX_EVENTS} events, at {end} ms"),
            (_, true) => format!("at rest at {end} ms"),
            (_, false) => format!("not yet at rest at {end} ms"),
        };
        // An imported run has a protocol without an id.
        let what = if protocol.id.is_empty() { protocol.name } else { protocol.id };
        format!("{heading}{what}: {}; {ended}\n", nodes.join(", "))
    }

    /// Returns the aligned cells of an event's line.
    fn columns(self, id: EventId) -> Columns {
        let event = &self.trace.events[id];
        let message = event.kind.message().map(|message| self.trace.messages[message].name);
        let about = message.map(|name| self.scenario.message_name(name));
        [
            format!("{} ms", event.time),
            self.scenario.name(event.node),
            event.kind.name().to_owned(),
            about.unwrap_or_default(),
        ]
    }

    /// Returns the last cell of a line: the rest of the event's data.
    fn rest(self, id: EventId) -> String {
        let event = &self.trace.events[id];
        let message = event.kind.message().map(|message| &self.trace.messages[message]);
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
        rest
    }

    /// Writes events with aligned columns: times to the right, everything else to the left. The events are
    /// iterated twice, first for the widths of the columns.
    fn table<I: Iterator<Item = EventId>>(
        self,
        out: &mut impl Write,
        events: impl Fn() -> I,
        indent: &str,
    ) -> io::Result<()> {
        let mut widths = [0; 4];
        for id in events() {
            for (width, cell) in widths.iter_mut().zip(self.columns(id)) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let [time, node, what, about] = widths;
        for id in events() {
            let [a, b, c, d] = self.columns(id);
            let mut line = format!("{indent}{a:>time$}  {b:node$}  {c:what$}");
            if about > 0 {
                line.push_str(&format!("  {d:about$}"));
            }
            line.push_str("  ");
            line.push_str(&self.rest(id));
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Returns an indication with the rest of its data: `m1 (from Alice, seq 1)`.
    fn indication(self, kind: &str, packet: &Packet) -> String {
        let shown = self.spell(&packet.to_string());
        let shown = shown.strip_prefix(kind).unwrap_or(&shown).trim_start().to_owned();
        let names = &self.scenario.nodes;
        let data = serde_json::to_value(Spelt { value: Cow::Owned(packet.inspect()), names });
        let Ok(Json::Object(fields)) = data else { return shown };
        let said = |(name, value): (&String, &Json)| {
            let value = match value {
                Json::String(text) => visible(text).into_owned(),
                other => visible(&other.to_string()).into_owned(),
            };
            (value != shown).then(|| format!("{} {value}", visible(name)))
        };
        let more: Vec<_> = fields.iter().filter_map(said).collect();
        if more.is_empty() { shown } else { format!("{shown} ({})", more.join(", ")) }
    }

    fn verdicts(
        self,
        out: &mut impl Write,
        report: &Report,
        with_witnesses: bool,
    ) -> io::Result<()> {
        let longest = report.judgements.iter().map(|j| j.property.name.chars().count()).max();
        let width = longest.unwrap_or_default();
        for (heading, promised) in [("Promised", true), ("Beyond the promise", false)] {
            let mut judgements = report.judgements.iter().filter(|j| j.promised == promised);
            let Some(first) = judgements.next() else { continue };
            writeln!(out, "{heading}")?;
            for judgement in std::iter::once(first).chain(judgements) {
                self.judgement(out, report, judgement, width, with_witnesses)?;
            }
        }
        let class = report.class.map_or_else(
            || "open: a promised property is undecided".to_owned(),
            |class| format!("{class} ({})", class.meaning()),
        );
        // An imported run promises nothing.
        if report.judgements.iter().any(|judgement| judgement.promised) {
            writeln!(out, "Class: {class}")?;
        }
        if let Some(circle) = self.deadlock() {
            writeln!(out, "Deadlock: {circle}")?;
        }
        let unused = unused(self.trace);
        if !unused.is_empty() {
            writeln!(out, "Unused: {}", unused.join(", "))?;
        }
        writeln!(out, "Messages: {}", self.trace.messages.len())
    }

    /// Returns the circle of a deadlock, if the run ends in one: `Alice waits for Bob, which waits for Alice`.
    fn deadlock(self) -> Option<String> {
        let circle = deadlock(self.trace);
        let (first, rest) = circle.split_first()?;
        let name = |node: &NodeId| self.scenario.name(*node);
        let rest: String =
            rest.iter().map(|node| format!("{}, which waits for ", name(node))).collect();
        let first = name(first);
        Some(format!("{first} waits for {rest}{first}"))
    }

    fn judgement(
        self,
        out: &mut impl Write,
        report: &Report,
        judgement: &Judgement,
        width: usize,
        with_witnesses: bool,
    ) -> io::Result<()> {
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
        writeln!(out, "  {:width$}  {kind:8}  {said}", property.name)?;
        let indent = " ".repeat(width + 14);
        if let Some(Breach { rule, why, culprit, .. }) = report.broke(judgement, self.trace) {
            let (why, assumed) = (self.spell(why), rule.statement());
            writeln!(out, "{indent}broken by {culprit}: {why}; assumed: {assumed}")?;
        }
        if let Some(cause) = cause_sentence(report, judgement) {
            writeln!(out, "{indent}cause: {}", self.spell(&cause))?;
        }
        if let (true, Verdict::Violated { witness, .. }) = (with_witnesses, &judgement.verdict) {
            let witness = || witness.iter().copied();
            self.table(out, witness, &format!("{indent}witness: "))?;
        }
        Ok(())
    }
}
