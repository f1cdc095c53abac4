//! Traces as JSON, version 1 (docs/trace.md).
//!
//! The document is made while it is written: a run of a million events needs no second copy in memory.

use std::{borrow::Cow, io};

use serde::{Serialize, Serializer};
use serde_json::{Value as Json, ser::Formatter};

use super::visible_json;
use crate::{
    analysis::{Cause, Judgement, MOST_TESTED, Report, deadlock, find_causes},
    kernel::{
        Event, EventId, EventKind, Fate, Message, Metric, NodeId, Packet, Protocol, Scenario, Time,
        Trace, Verdict, spell_exactly,
    },
};

/// The version of the format.
pub const VERSION: u64 = 1;

/// Returns the trace as canonical JSON: fields in the order of docs/trace.md, no spaces, the fields of data
/// sorted by name.
#[must_use]
pub fn to_json(
    scenario: &Scenario,
    protocol: &'static Protocol,
    trace: &Trace,
    report: &Report,
) -> String {
    find_causes(protocol, scenario, trace, report);
    serde_json::to_string(&Document::new(scenario, protocol, trace, report)).expect(SERIALISES)
}

/// Writes the same while it is made, so that the text of a run of a million events is never held in memory.
/// Unseen characters are escaped ([`visible_json`]), so that a terminal shows them and executes none of them.
///
/// # Errors
/// Those of the writer.
pub fn write_json(
    out: &mut impl io::Write,
    scenario: &Scenario,
    protocol: &'static Protocol,
    trace: &Trace,
    report: &Report,
) -> io::Result<()> {
    find_causes(protocol, scenario, trace, report);
    let document = Document::new(scenario, protocol, trace, report);
    document.serialize(&mut serde_json::Serializer::with_formatter(out, Visible))?;
    Ok(())
}

/// A trace that is written in slices, so that a page stays responsive: together they are the bytes of [`write_json`]. Causes are
/// written if they have been found. Each call must be given the same run.
#[derive(Clone, Debug, Default)]
pub struct Slices {
    /// The lists that are not yet complete, the last one first, each with the text after it. None before the first slice.
    rest: Option<Vec<(List, String)>>,
    /// Number of items of the current list that are written.
    written: usize,
}

/// A long list of a trace.
#[derive(Clone, Copy, Debug)]
enum List {
    Events,
    Messages,
    Series,
}

impl Slices {
    /// Appends at most this many more items of the lists to a text. True once the trace is complete.
    pub fn advance(
        &mut self,
        out: &mut String,
        (scenario, protocol): (&Scenario, &'static Protocol),
        (trace, report): (&Trace, &Report),
        most: usize,
    ) -> bool {
        let rest = self.rest.get_or_insert_with(|| {
            let frame = text_of(&Document::with(scenario, protocol, trace, report, 0));
            let (head, rest) = lists(&frame);
            out.push_str(head);
            rest
        });
        let view = View { scenario, trace };
        let series = Series { view, metrics: protocol.metrics, most };
        for _ in 0..most {
            let Some((list, after)) = rest.last() else { return true };
            let place = self.written;
            let item = match list {
                List::Events => trace
                    .events
                    .get(place)
                    .map(|event| text_of(&EventObject::new(view, place, event))),
                List::Messages => {
                    trace.messages.get(place).map(|it| text_of(&MessageObject::new(view, it)))
                }
                List::Series => (place < series.len()).then(|| text_of(&series.item(place))),
            };
            self.written += 1;
            match item {
                Some(item) => {
                    if place > 0 {
                        out.push(',');
                    }
                    out.push_str(&item);
                }
                None => {
                    out.push_str(after);
                    rest.pop();
                    self.written = 0;
                }
            }
        }
        rest.is_empty()
    }
}

/// Divides a trace whose lists are empty: the text before the first item, and the lists, the last one first, each with the text
/// after it. Quotes within a string are escaped, so the names of the lists are found nowhere else.
fn lists(frame: &str) -> (&str, Vec<(List, String)>) {
    let (head, rest) = frame.split_once(r#""events":[],"messages":[]"#).expect("a trace has them");
    let head = &frame[..head.len() + r#""events":["#.len()];
    let mut lists = vec![(List::Events, r#"],"messages":["#.to_owned())];
    match rest.rsplit_once(r#""series":[]"#) {
        Some((before, after)) => lists.extend([
            (List::Messages, format!(r#"]{before}"series":["#)),
            (List::Series, format!("]{after}")),
        ]),
        None => lists.push((List::Messages, format!("]{rest}"))),
    }
    lists.reverse();
    (head, lists)
}

/// Returns the text that [`write_json`] writes for a part of a trace.
fn text_of(part: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let done = part.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Visible));
    done.expect(SERIALISES);
    String::from_utf8(bytes).expect(SERIALISES)
}

/// Writes JSON compactly, with its unseen characters escaped.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        writer.write_all(visible_json(fragment).as_bytes())
    }
}

const SERIALISES: &str = "texts, numbers, lists and objects with text keys always serialise";

/// The whole trace, for any serialiser.
#[derive(Serialize)]
pub struct Document<'a> {
    version: u64,
    protocol: Option<&'a str>,
    nodes: &'a [String],
    end: Time,
    quiescent: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    exhausted: bool,
    events: Events<'a>,
    messages: Messages<'a>,
    verdicts: Vec<VerdictObject<'a>>,
    class: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deadlock: Vec<&'a str>,
    unused: Vec<String>,
    metrics: Metrics<'a>,
}

impl<'a> Document<'a> {
    /// Returns the trace of a run with its verdicts.
    #[must_use]
    pub fn new(
        scenario: &'a Scenario,
        protocol: &Protocol,
        trace: &'a Trace,
        report: &'a Report,
    ) -> Self {
        Self::with(scenario, protocol, trace, report, usize::MAX)
    }

    /// The same with at most this many items of each long list.
    fn with(
        scenario: &'a Scenario,
        protocol: &Protocol,
        trace: &'a Trace,
        report: &'a Report,
        most: usize,
    ) -> Self {
        let view = View { scenario, trace };
        let verdict = |judgement| VerdictObject::new(view, report, judgement);
        Self {
            version: VERSION,
            protocol: Some(protocol.id).filter(|id| !id.is_empty()),
            nodes: &scenario.nodes,
            end: trace.end,
            quiescent: trace.quiescent,
            exhausted: trace.exhausted,
            events: Events(view, most),
            messages: Messages(view, most),
            verdicts: report.judgements.iter().map(verdict).collect(),
            class: report.class.map(|class| class.to_string()),
            deadlock: deadlock(trace).into_iter().map(|node| scenario.exact_name(node)).collect(),
            unused: unused(trace),
            metrics: Metrics {
                messages: trace.sends(),
                series: Series { view, metrics: protocol.metrics, most },
            },
        }
    }
}

/// Returns a payload as the trace encodes it: the `data` of an event, in canonical JSON. Its length in bytes
/// is the size of a message.
#[must_use]
pub fn payload_text(packet: &Packet, names: &[String]) -> String {
    let value = Cow::Owned(packet.inspect());
    serde_json::to_string(&Spelt { value, names }).expect(SERIALISES)
}

/// Returns the paths of the faults and requests that had no effect.
pub(super) fn unused(trace: &Trace) -> Vec<String> {
    let faults = trace.unused_faults.iter().map(|index| format!("faults[{index}]"));
    faults.chain(trace.unused_requests.iter().map(|index| format!("requests[{index}]"))).collect()
}

/// Counts and metrics of a run.
#[derive(Serialize)]
struct Metrics<'a> {
    messages: usize,
    #[serde(skip_serializing_if = "Series::is_empty")]
    series: Series<'a>,
}

/// Values of the protocol's metrics over time.
struct Series<'a> {
    view: View<'a>,
    metrics: &'static [Metric],
    most: usize,
}

impl<'a> Series<'a> {
    const fn is_empty(&self) -> bool {
        self.metrics.is_empty()
    }

    fn len(&self) -> usize {
        self.metrics.len() * self.view.scenario.nodes.len()
    }

    /// Returns the series at this place: by metric, then by node.
    fn item(&self, place: usize) -> SeriesObject<'a> {
        let View { scenario, trace } = self.view;
        let (metric, node) = (place / scenario.nodes.len(), place % scenario.nodes.len());
        let node = NodeId::new(node);
        SeriesObject {
            metric: self.metrics[metric].name,
            unit: self.metrics[metric].unit,
            node: scenario.exact_name(node),
            points: points(trace, metric, node),
        }
    }
}

impl Serialize for Series<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.len().min(self.most)).map(|place| self.item(place)))
    }
}

#[derive(Serialize)]
struct SeriesObject<'a> {
    metric: &'static str,
    unit: &'static str,
    node: &'a str,
    points: Vec<(Time, i64)>,
}

/// Returns the moments at which one of a node's metrics changes, with its values. Between two of them it
/// changes linearly.
fn points(trace: &Trace, metric: usize, node: NodeId) -> Vec<(Time, i64)> {
    let samples = trace.samples.iter().filter(|sample| sample.node == node);
    let values = samples.filter_map(|it| Some((it.time, *it.values.get(metric)?)));
    let mut points: Vec<(Time, i64)> = Vec::new();
    for point in values {
        if points.last() == Some(&point) {
            continue;
        }
        // A sample taken for another metric is redundant if this one changed neither before nor after.
        if let [.., before, last] = points.as_mut_slice()
            && before.1 == last.1
            && last.1 == point.1
        {
            *last = point;
        } else {
            points.push(point);
        }
    }
    points
}

/// A run, and the names of its nodes.
#[derive(Clone, Copy)]
struct View<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
}

impl<'a> View<'a> {
    fn spell(self, text: &str) -> String {
        spell_exactly(text, &self.scenario.nodes)
    }

    fn data(self, value: Json) -> Spelt<'a> {
        Spelt { value: Cow::Owned(value), names: &self.scenario.nodes }
    }

    fn message_name(self, message: &Message) -> String {
        self.scenario.exact_message_name(message.name)
    }
}

/// Returns a payload as the trace shows it: canonical JSON with the nodes' names in it.
#[must_use]
pub fn data(packet: &Packet, nodes: &[String]) -> String {
    let value = Cow::Owned(packet.inspect());
    serde_json::to_string(&Spelt { value, names: nodes }).expect(SERIALISES)
}

/// JSON with the nodes' names in it. Fields are sorted here, whatever order the library keeps them in.
pub(super) struct Spelt<'a> {
    pub(super) value: Cow<'a, Json>,
    pub(super) names: &'a [String],
}

impl Serialize for Spelt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = |value| Spelt { value: Cow::Borrowed(value), names: self.names };
        match &*self.value {
            Json::String(text) => serializer.serialize_str(&spell_exactly(text, self.names)),
            Json::Array(values) => serializer.collect_seq(values.iter().map(inner)),
            Json::Object(fields) => {
                let mut spelt: Vec<(String, &Json)> = Vec::with_capacity(fields.len());
                for (name, value) in fields {
                    let name = spell_exactly(name, self.names);
                    let place = spelt.partition_point(|(other, _)| *other <= name);
                    spelt.insert(place, (name, value));
                }
                serializer.collect_map(spelt.into_iter().map(|(name, value)| (name, inner(value))))
            }
            plain => plain.serialize(serializer),
        }
    }
}

/// Events, at most so many of them.
struct Events<'a>(View<'a>, usize);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let events = self.0.trace.events.iter().enumerate().take(self.1);
        serializer.collect_seq(events.map(|(id, event)| EventObject::new(self.0, id, event)))
    }
}

#[derive(Serialize)]
struct EventObject<'a> {
    id: EventId,
    time: Time,
    node: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Spelt<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl<'a> EventObject<'a> {
    fn new(view: View<'a>, id: EventId, event: &Event) -> Self {
        let message = event.kind.message().map(|message| &view.trace.messages[message]);
        let mut object = Self {
            id,
            time: event.time,
            node: view.scenario.exact_name(event.node),
            kind: event.kind.name(),
            name: None,
            message: message.map(|message| view.message_name(message)),
            label: None,
            data: None,
            text: None,
            why: None,
        };
        match &event.kind {
            EventKind::Request { index, .. } => {
                let request = &view.scenario.requests[*index];
                object.name = Some(request.name.clone());
                object.data = request.with.clone().map(|with| view.data(with));
            }
            EventKind::Send(message) => {
                let packet = &view.trace.messages[*message].packet;
                object.label = Some(view.spell(&packet.to_string()));
                object.data = Some(view.data(packet.inspect()));
            }
            EventKind::Lose(_, loss) => object.why = Some(loss.why()),
            EventKind::Timer(packet) => object.name = Some(view.spell(&packet.to_string())),
            EventKind::Note(note) => object.text = Some(view.spell(note)),
            EventKind::Indicate { packet, .. } => object.data = Some(view.data(packet.inspect())),
            EventKind::Detect(detection) => {
                let about = view.scenario.exact_name(detection.node());
                object.data = Some(view.data(serde_json::json!({ "node": about })));
            }
            EventKind::Traitor(strategy) => object.name = Some(strategy.name().to_owned()),
            EventKind::Receive(message) => {
                let message = &view.trace.messages[*message];
                let damaged = message.damaged().filter(|_| message.fate == Fate::Received(id));
                object.label = damaged.map(|packet| view.spell(&packet.to_string()));
                object.data = damaged.map(|packet| view.data(packet.inspect()));
            }
            EventKind::Crash
            | EventKind::Recover
            | EventKind::Pause
            | EventKind::Resume
            | EventKind::Persist => {}
        }
        object
    }
}

/// Messages, at most so many of them.
struct Messages<'a>(View<'a>, usize);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let messages = self.0.trace.messages.iter().take(self.1);
        serializer.collect_seq(messages.map(|message| MessageObject::new(self.0, message)))
    }
}

#[derive(Serialize)]
struct MessageObject<'a> {
    id: String,
    from: &'a str,
    to: &'a str,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    truth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    damaged: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transmission: Option<u32>,
    sent: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<Time>,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<FateObject>,
}

impl<'a> MessageObject<'a> {
    fn new(view: View<'a>, message: &Message) -> Self {
        let FateObject { received, fate, why } = FateObject::new(view, message.overall());
        let label = |packet: &Packet| view.spell(&packet.to_string());
        Self {
            id: view.message_name(message),
            from: view.scenario.exact_name(message.name.from),
            to: view.scenario.exact_name(message.name.to),
            label: label(&message.packet),
            truth: message.truth().map(label),
            damaged: message.damaged().map(label),
            transmission: message.transmission,
            sent: view.trace.events[message.sent].time,
            received,
            fate,
            why,
            copies: match message.copies.is_empty() {
                true => Vec::new(),
                false => message.fates().map(|fate| FateObject::new(view, fate)).collect(),
            },
        }
    }
}

#[derive(Serialize)]
struct FateObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<Time>,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl FateObject {
    fn new(view: View, fate: Fate) -> Self {
        match fate {
            Fate::InTransit { .. } => Self { received: None, fate: "in flight", why: None },
            Fate::Received(event) => {
                let received = Some(view.trace.events[event].time);
                Self { received, fate: "received", why: None }
            }
            Fate::Lost(_, loss) => Self { received: None, fate: "lost", why: Some(loss.why()) },
        }
    }
}

#[derive(Serialize)]
struct VerdictObject<'a> {
    property: &'static str,
    kind: String,
    promised: bool,
    status: &'static str,
    at: Option<Time>,
    witness: &'a [EventId],
    why: Option<String>,
    broke: Option<BreachObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<CauseObject>,
}

/// The cause of a violation.
#[derive(Serialize)]
struct CauseObject {
    tested: bool,
    tried: usize,
    left_out: usize,
    holds_without: Vec<String>,
    holds_without_all: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    said: String,
}

impl CauseObject {
    fn new(view: View, report: &Report, judgement: &Judgement) -> Option<Self> {
        let said = view.spell(&cause_sentence(report, judgement)?);
        let cause = report.cause(judgement);
        Some(Self {
            tested: cause.is_some(),
            tried: cause.map_or(0, |cause| cause.tried),
            left_out: cause.map_or(0, |cause| cause.left_out),
            holds_without: cause.map(Cause::paths).unwrap_or_default(),
            holds_without_all: cause.map(Cause::paths_together).unwrap_or_default(),
            until: cause.and_then(|cause| cause.until),
            said,
        })
    }
}

/// Returns the cause of a violation in words, with faults as paths; none if nothing is violated.
pub(super) fn cause_sentence(report: &Report, judgement: &Judgement) -> Option<String> {
    judgement.verdict.is_violated().then(|| match (report.cause(judgement), report.causes.get()) {
        (Some(cause), _) => cause.said(|fault| format!("faults[{fault}]")),
        (None, Some(_)) => {
            "The cause was not tested: an imported run cannot be repeated.".to_owned()
        }
        (None, None) => {
            format!("The cause was not tested: the run has more than {MOST_TESTED} events.")
        }
    })
}

#[derive(Serialize)]
struct BreachObject<'a> {
    assumption: String,
    culprit: &'a str,
    at: Time,
    why: String,
}

impl<'a> VerdictObject<'a> {
    fn new(view: View, report: &'a Report, judgement: &'a Judgement) -> Self {
        let (why, witness): (_, &[EventId]) = match &judgement.verdict {
            Verdict::Holds => (None, &[]),
            Verdict::Undecided(why) => (Some(why), &[]),
            Verdict::Violated { why, witness } => (Some(why), witness),
        };
        let broke = report.broke(judgement, view.trace).map(|breach| BreachObject {
            assumption: breach.rule.statement(),
            culprit: &breach.culprit,
            at: breach.since(view.trace),
            why: view.spell(&breach.why),
        });
        Self {
            property: judgement.property.name,
            kind: judgement.property.kind.to_string(),
            promised: judgement.promised,
            status: judgement.verdict.status(),
            at: Report::violated_at(judgement, view.trace),
            witness,
            why: why.map(|why| view.spell(why)),
            broke,
            cause: CauseObject::new(view, report, judgement),
        }
    }
}
