//! Logs of vector timestamps: ShiViz, GoVector, TSViz.
//!
//! An entry has a host, a clock as JSON (`{"a": 2, "b": 1}`) and a text. A file may begin with the regular expression of
//! its entries and the one that separates runs; without them, the common shapes are recognised: host and clock in one line,
//! the text in the next or in the one before, or all in one line. Messages are not in such a log: where a clock knows more
//! of another host than the clock before it, a message from that host was received.

use std::collections::BTreeMap;

use regex_lite::{Regex, RegexBuilder};
use serde_json::Value as Json;

use super::{
    Recording,
    builder::{Builder, MAX_EVENT},
    foreign::Foreign,
    order::levels,
    places::{cut, line, shortened},
    recorded::Abstraction,
};
use crate::{
    formats::{self, Problem},
    kernel::{NodeId, count_of},
};

/// Name of the format.
const FORMAT: &str = "log with vector clocks";
/// Expected form of an entry.
const ENTRY: &str = "a host and its vector clock: host {\"host\": 1}";
/// Virtual ms between two events of which one follows the other.
const STEP: u64 = 10;
/// Largest size of a compiled expression, in bytes.
const EXPRESSION: usize = 1 << 18;

/// An entry of the log.
#[derive(Debug)]
struct LogEntry {
    line: usize,
    host: String,
    clock: BTreeMap<String, u64>,
    text: String,
}

/// True if a text has the first lines of such a log.
pub(super) fn is_log(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let head: Vec<&str> = lines.by_ref().take(8).collect();
    match head.first() {
        Some(first) if first.contains("(?<") => true,
        // A text of JSON, or a log whose lines begin with a bracket: then the clock counts a word before it.
        Some(first) if first.starts_with('{') => false,
        Some(first) if first.starts_with('[') => counts_a_word(first),
        _ => head.iter().any(|line| is_stamped(line)),
    }
}

/// True for a line with a host before a clock.
fn is_stamped(line: &str) -> bool {
    split(line)
        .is_some_and(|(before, clock, _)| !before.trim().is_empty() && clock_of(clock).is_ok())
}

/// True for a line with a clock that counts a word before it.
fn counts_a_word(line: &str) -> bool {
    split(line).is_some_and(|(before, clock, _)| {
        let clock = clock_of(clock).unwrap_or_default();
        before.split_whitespace().any(|word| clock.contains_key(word))
    })
}

/// Parts of a line: before the clock, the clock, after it.
fn split(line: &str) -> Option<(&str, &str, &str)> {
    let begin = line.find('{')?;
    let end = line.rfind('}')?;
    (begin < end).then(|| (&line[..begin], &line[begin..=end], &line[end + 1..]))
}

/// Reads a clock.
fn clock_of(text: &str) -> Result<BTreeMap<String, u64>, String> {
    let json = formats::parse(text).map_err(|_| shortened(text))?;
    let Json::Object(fields) = &json else { return Err(shortened(text)) };
    let count = |(host, count): (&String, &Json)| {
        Some((host.clone(), count.as_u64().filter(|it| u32::try_from(*it).is_ok())?))
    };
    fields.iter().map(count).collect::<Option<_>>().ok_or_else(|| shortened(text))
}

/// Reads a log, by its own expression or by its shape.
pub(super) fn read(text: &str) -> Result<Recording, Problem> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    if first.contains("(?<") {
        let separator = lines.next().unwrap_or_default();
        let separator = Some(separator).filter(|it| !it.trim().is_empty());
        return by_expression(text, first, separator);
    }
    let entries = by_shape(text)?;
    recording(entries, Vec::new())
}

/// Reads the entries of one of the common shapes.
fn by_shape(text: &str) -> Result<Vec<LogEntry>, Problem> {
    let lines: Vec<(usize, &str)> =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).collect();
    let is_pure = |line: &str| {
        split(line).is_some_and(|(before, clock, after)| {
            let is_host = before.trim_end();
            after.trim().is_empty() && !is_host.trim().contains(' ') && clock_of(clock).is_ok()
        })
    };
    let stamped: Vec<bool> = lines.iter().map(|(_, line)| is_stamped(line)).collect();
    let in_pairs = stamped.iter().filter(|it| **it).count() * 2 <= lines.len() + 1;
    // In pairs each clock has a line of its own; otherwise the text is in the same line.
    if in_pairs && lines.iter().zip(&stamped).all(|((_, line), it)| !it || is_pure(line)) {
        let is_first = stamped.first().copied().unwrap_or_default();
        return by_pairs(&lines, is_first);
    }
    lines.into_iter().map(|(number, text)| one_line(number, text)).collect()
}

/// Reads entries of two lines, with the clock in the first or in the second.
fn by_pairs(lines: &[(usize, &str)], clock_is_first: bool) -> Result<Vec<LogEntry>, Problem> {
    let entry = |pair: &[(usize, &str)]| {
        let [(one, first), rest @ ..] = pair else { return Err(missing(0, "nothing")) };
        let Some((other, second)) = rest.first() else {
            return Err(Problem::new(
                line(one + 1),
                format!("{} and no further line", shortened(first)),
                "two lines for each event: host and clock, and the text",
            ));
        };
        let (number, stamp, said) =
            if clock_is_first { (one, first, second) } else { (other, second, first) };
        let (host, clock, after) = split(stamp).ok_or_else(|| missing(*number, stamp))?;
        if host.trim().is_empty() || !after.trim().is_empty() {
            return Err(missing(*number, stamp));
        }
        let clock = clock_of(clock).map_err(|_| missing(*number, stamp))?;
        let (host, text) = (host.trim().to_owned(), said.trim().to_owned());
        Ok(LogEntry { line: number + 1, host, clock, text })
    };
    lines.chunks(2).map(entry).collect()
}

fn missing(number: usize, found: &str) -> Problem {
    Problem::new(line(number + 1), shortened(found.trim()), ENTRY)
}

/// Reads an entry of one line: `host "text" {clock}` or `host {clock} text`.
fn one_line(number: usize, text: &str) -> Result<LogEntry, Problem> {
    let wrong = || missing(number, text);
    let (before, clock, after) = split(text).ok_or_else(wrong)?;
    let clock = clock_of(clock).map_err(|_| wrong())?;
    let before = before.trim();
    let (host, middle) = before.split_once(char::is_whitespace).unwrap_or((before, ""));
    // The host may stand elsewhere: it is the one that the clock counts.
    let known = before.split_whitespace().find(|word| clock.contains_key(*word));
    let host = if clock.contains_key(host) { host } else { known.unwrap_or(host) };
    if host.is_empty() {
        return Err(wrong());
    }
    let said = format!("{} {}", middle.trim(), after.trim());
    let said = said.trim().trim_matches('"').to_owned();
    Ok(LogEntry { line: number + 1, host: host.to_owned(), clock, text: said })
}

/// Reads a log by a regular expression with the groups `host`, `clock` and `event`; the text may begin with it.
pub(super) fn by_expression(
    text: &str,
    expression: &str,
    separator: Option<&str>,
) -> Result<Recording, Problem> {
    let compiled = compile(expression)?;
    let own = text.starts_with(expression);
    // The head is no part of the log: the expression and the separator.
    let head: usize = if own { text.split_inclusive('\n').take(2).map(str::len).sum() } else { 0 };
    let mut notes = Vec::new();
    let mut log = &text[head..];
    if let Some(separator) = separator {
        let separator = compile_any(separator)?;
        let mut runs = separator.split(log).filter(|run| !run.trim().is_empty());
        log = runs.next().unwrap_or(&log[log.len()..]);
        let more = runs.count();
        if more > 0 {
            notes.push(format!("Only the first run is shown; {} left out.", are(more, "run")));
        }
    }
    let from = log.as_ptr() as usize - text.as_ptr() as usize;
    let (mut entries, mut skipped, mut end) = (Vec::new(), 0, 0);
    let mut place = Lines::new(text);
    for found in compiled.captures_iter(log) {
        let Some(whole) = found.get(0) else { continue };
        skipped += log[end..whole.start()].lines().filter(|it| !it.trim().is_empty()).count();
        end = whole.end();
        let group = |name: &str| found.name(name).map_or("", |it| it.as_str());
        // The line of the clock, which is what may be wrong.
        let at = found.name("clock").map_or(whole.start(), |it| it.start());
        let number = place.of(from + at);
        let clock = clock_of(group("clock").trim()).map_err(|found| {
            Problem::new(line(number), found, "a vector clock as JSON: {\"host\": 1}")
        })?;
        let (host, text) = (group("host").trim().to_owned(), group("event").trim().to_owned());
        entries.push(LogEntry { line: number, host, clock, text });
    }
    skipped += log[end..].lines().filter(|it| !it.trim().is_empty()).count();
    if entries.is_empty() {
        let first = log.lines().find(|it| !it.trim().is_empty()).unwrap_or("nothing");
        return Err(Problem::new(
            line(place.of(from)),
            shortened(first.trim()),
            format!("an entry that matches {}", shortened(expression)),
        ));
    }
    if skipped > 0 {
        notes.push(format!("{} not matched by the expression.", are(skipped, "line")));
    }
    recording(entries, notes)
}

fn are(count: usize, one: &str) -> String {
    format!("{} {}", count_of(count, one), if count == 1 { "is" } else { "are" })
}

/// Numbers of lines, for places that only grow.
struct Lines<'a> {
    text: &'a str,
    seen: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, seen: 0, number: 1 }
    }

    fn of(&mut self, place: usize) -> usize {
        let between = self.text.as_bytes().get(self.seen..place).unwrap_or_default();
        self.number += between.iter().filter(|byte| **byte == b'\n').count();
        self.seen = self.seen.max(place);
        self.number
    }
}

/// Compiles the expression of entries.
fn compile(expression: &str) -> Result<Regex, Problem> {
    let compiled = compile_any(expression)?;
    for group in ["host", "clock", "event"] {
        if !compiled.capture_names().flatten().any(|name| name == group) {
            return Err(Problem::new(
                "expression",
                shortened(expression),
                format!("a group (?<{group}>…)"),
            ));
        }
    }
    Ok(compiled)
}

fn compile_any(expression: &str) -> Result<Regex, Problem> {
    if expression.len() > LONGEST {
        let found = format!("{} bytes", expression.len());
        return Err(Problem::new("expression", found, format!("at most {LONGEST}")));
    }
    let mut builder = RegexBuilder::new(&escaped_braces(expression));
    builder.multi_line(true).size_limit(EXPRESSION);
    builder.build().map_err(|why| {
        Problem::new(
            "expression",
            format!("{} ({why})", shortened(expression)),
            "a regular expression",
        )
    })
}

/// Greatest length of an expression, in bytes.
const LONGEST: usize = 1_000;

/// Returns an expression of JavaScript with each brace that begins no repetition escaped: there it stands for itself.
fn escaped_braces(expression: &str) -> String {
    let mut escaped = String::new();
    let mut open = false;
    let signs: Vec<char> = expression.trim_end_matches(['\r', '\n']).chars().collect();
    let mut place = 0;
    while let Some(&sign) = signs.get(place) {
        place += 1;
        match sign {
            '\\' => {
                escaped.push(sign);
                escaped.extend(signs.get(place));
                place += 1;
            }
            '{' => {
                let rest = &signs[place..];
                let end = rest.iter().position(|it| *it == '}').unwrap_or(0);
                let is_count =
                    end > 0 && rest[..end].iter().all(|it| it.is_ascii_digit() || *it == ',');
                open = is_count;
                escaped.push_str(if is_count { "{" } else { "\\{" });
            }
            '}' if !open => escaped.push_str("\\}"),
            '}' => {
                open = false;
                escaped.push('}');
            }
            sign => escaped.push(sign),
        }
    }
    escaped
}

/// Returns the run of a log.
fn recording(entries: Vec<LogEntry>, mut notes: Vec<String>) -> Result<Recording, Problem> {
    let mut builder = Builder::default();
    let mut hosts = Vec::new();
    for entry in &entries {
        hosts.push(builder.node(&entry.host, &line(entry.line))?);
    }
    let by_number = numbered(&entries)?;
    let from = senders(&entries, &by_number)?;
    let mut after = from.clone();
    let mut last: BTreeMap<NodeId, usize> = BTreeMap::new();
    for (event, host) in in_order(&entries, &hosts) {
        after[event].extend(last.insert(host, event));
    }
    let levels = levels(&after).map_err(|event| {
        let entry = &entries[event];
        Problem::new(
            line(entry.line),
            format!(
                "event {} of {}, which happens before itself",
                own(entry),
                cut(&entry.host, 24)
            ),
            "clocks of a run",
        )
    })?;
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|event| (levels[*event], hosts[*event], *event));
    let mut receivers: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
    for (event, senders) in from.iter().enumerate() {
        senders.iter().for_each(|sender| receivers[*sender].push(event));
    }
    let mut messages = BTreeMap::new();
    for event in order {
        let (time, node, text) = (levels[event] * STEP, hosts[event], &entries[event].text);
        for sender in &from[event] {
            if let Some(message) = messages.remove(&(*sender, event)) {
                builder.receive(time, message);
            }
        }
        builder.event(time, node, if text.is_empty() { "event" } else { text });
        for receiver in &receivers[event] {
            let packet = Foreign::text(&cut(text, MAX_EVENT));
            let message = builder.send(time, node, hosts[*receiver], packet);
            messages.insert((event, *receiver), message);
        }
    }
    notes.insert(
        0,
        format!("Times are logical: an event is {STEP} ms after the last event before it."),
    );
    notes.push("Messages are inferred from the clocks.".to_owned());
    let end = builder.last() + STEP;
    builder.finish((FORMAT, notes), Abstraction::Nothing, (end, false))
}

/// Number of an event at its host.
fn own(entry: &LogEntry) -> u64 {
    entry.clock.get(&entry.host).copied().unwrap_or_default()
}

/// Events with their hosts, those of each host by their numbers.
fn in_order(entries: &[LogEntry], hosts: &[NodeId]) -> Vec<(usize, NodeId)> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|event| (hosts[*event], own(&entries[*event])));
    order.into_iter().map(|event| (event, hosts[event])).collect()
}

/// The events of each host by their numbers, which go from 1 without a gap.
fn numbered(entries: &[LogEntry]) -> Result<BTreeMap<(&str, u64), usize>, Problem> {
    let mut by_number = BTreeMap::new();
    for (event, entry) in entries.iter().enumerate() {
        let host = cut(&entry.host, 24);
        let number = own(entry);
        if number == 0 {
            let found = format!("a clock without {host}");
            return Err(Problem::new(
                line(entry.line),
                found,
                format!("{host} in its own clock, from 1"),
            ));
        }
        if by_number.insert((entry.host.as_str(), number), event).is_some() {
            let found = format!("event {number} of {host} again");
            return Err(Problem::new(line(entry.line), found, "each event once"));
        }
    }
    for (&(host, number), &event) in &by_number {
        if number > 1 && !by_number.contains_key(&(host, number - 1)) {
            let shown = cut(host, 24);
            return Err(Problem::new(
                line(entries[event].line),
                format!("event {number} of {shown} without the one before it"),
                format!("event {} of {shown}", number - 1),
            ));
        }
    }
    Ok(by_number)
}

/// For each event, the events of other hosts whose messages it received: the latest ones that it knows and that the event
/// before it at its host did not know, but for those that another of them knows.
fn senders(
    entries: &[LogEntry],
    by_number: &BTreeMap<(&str, u64), usize>,
) -> Result<Vec<Vec<usize>>, Problem> {
    let before = |entry: &LogEntry| {
        let number = own(entry).checked_sub(1)?;
        by_number.get(&(entry.host.as_str(), number)).map(|event| &entries[*event])
    };
    let mut all = Vec::new();
    for entry in entries {
        let known = before(entry).map(|it| &it.clock);
        let mut news = Vec::new();
        for (host, number) in &entry.clock {
            let old = known.and_then(|it| it.get(host)).copied().unwrap_or_default();
            if *host == entry.host || *number <= old {
                continue;
            }
            let event = by_number.get(&(host.as_str(), *number)).copied().ok_or_else(|| {
                let host = cut(host, 24);
                Problem::new(
                    line(entry.line),
                    format!("{host} at {number} in the clock"),
                    format!("an event {number} of {host} in the log"),
                )
            })?;
            news.push(event);
        }
        let is_direct = |event: &usize| {
            let (host, number) = (&entries[*event].host, own(&entries[*event]));
            let knows = |other: &usize| {
                other != event && entries[*other].clock.get(host).is_some_and(|it| *it >= number)
            };
            !news.iter().any(knows)
        };
        all.push(news.iter().copied().filter(is_direct).collect());
    }
    Ok(all)
}
