//! The story of a run: its events, captions and faults in words, and the reader's filter.

use super::{Playhead, text};
use crate::{
    diagram::{event_sentence, fault_sentence},
    kernel::{
        EventId, Fault, MessageId, MessageName, NodeId, Scenario, Time, Trace, sort_by_key, visible,
    },
    runs::Outcome,
};

/// An entry of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoryEntry {
    /// An event.
    Event(EventId),
    /// A caption, by its place in the scenario.
    Caption(usize),
    /// The beginning of a fault that leaves no event, by its place in the scenario, and its time.
    Fault(usize, Time),
    /// The end of that fault.
    Over(usize, Time),
}

impl StoryEntry {
    /// Returns the time of the entry, in virtual ms.
    #[must_use]
    pub fn time(self, run: &Outcome) -> Time {
        match self {
            Self::Event(event) => run.trace.events[event].time,
            Self::Caption(caption) => run.scenario.captions[caption].at,
            Self::Fault(_, at) | Self::Over(_, at) => at,
        }
    }

    /// Returns its kind, as in the trace.
    #[must_use]
    pub fn kind(self, run: &Outcome) -> &'static str {
        match self {
            Self::Event(event) => run.trace.events[event].kind.name(),
            Self::Caption(_) => "caption",
            Self::Fault(..) | Self::Over(..) => "fault",
        }
    }

    /// Returns its node; none if it concerns several.
    #[must_use]
    pub fn node(self, run: &Outcome) -> Option<NodeId> {
        match self {
            Self::Event(event) => Some(run.trace.events[event].node),
            Self::Caption(caption) => Some(run.scenario.captions[caption].node),
            Self::Fault(fault, _) | Self::Over(fault, _) => match run.scenario.faults[fault] {
                Fault::Omit { node, .. } | Fault::Drift { node, .. } => Some(node),
                _ => None,
            },
        }
    }

    /// Returns its text.
    #[must_use]
    pub fn sentence(self, run: &Outcome) -> String {
        let fault = |place: usize| fault_sentence(&run.scenario, &run.scenario.faults[place]);
        match self {
            Self::Event(event) => event_sentence(&run.scenario, &run.trace, event),
            Self::Caption(caption) => visible(&run.scenario.captions[caption].text).into_owned(),
            Self::Fault(place, _) => fault(place),
            Self::Over(place, _) => match run.scenario.faults[place] {
                Fault::Partition { .. } => text::filter::HEALS.to_owned(),
                _ => text::filter::over(&fault(place)),
            },
        }
    }

    fn message(self, run: &Outcome) -> Option<MessageName> {
        match self {
            Self::Event(event) => {
                let message = run.trace.events[event].kind.message()?;
                Some(run.trace.messages[message].name)
            }
            Self::Fault(fault, _) | Self::Over(fault, _) => message_of(&run.scenario.faults[fault]),
            Self::Caption(_) => None,
        }
    }
}

/// All entries of a run, in the order of time: captions and faults come before the events of the same moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The entries.
    pub entries: Vec<StoryEntry>,
    /// The kinds among them, in the order of their first appearance.
    pub kinds: Vec<&'static str>,
}

impl Story {
    /// Returns the story of a run.
    #[must_use]
    pub fn of(run: &Outcome) -> Self {
        let mut asides = asides(&run.scenario, &run.trace);
        sort_by_key(&mut asides, |aside| aside.time(run));
        let mut asides = asides.into_iter().peekable();
        let mut entries = Vec::with_capacity(run.trace.events.len() + asides.len());
        for (id, event) in run.trace.events.iter().enumerate() {
            while let Some(aside) = asides.next_if(|aside| aside.time(run) <= event.time) {
                entries.push(aside);
            }
            entries.push(StoryEntry::Event(id));
        }
        entries.extend(asides);
        let mut kinds = Vec::new();
        for entry in &entries {
            let kind = entry.kind(run);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Self { entries, kinds }
    }
}

/// Number of these entries up to the playhead.
#[must_use]
pub fn told(run: &Outcome, entries: &[StoryEntry], playhead: Playhead) -> usize {
    entries.partition_point(|entry| match entry {
        StoryEntry::Event(event) => *event < playhead.cursor,
        other => other.time(run) as f64 <= playhead.time,
    })
}

/// Returns captions, and faults that leave no event of their own.
fn asides(scenario: &Scenario, trace: &Trace) -> Vec<StoryEntry> {
    let mut asides: Vec<_> = (0..scenario.captions.len()).map(StoryEntry::Caption).collect();
    let mut names: Vec<(MessageName, MessageId)> = Vec::new();
    for (place, fault) in scenario.faults.iter().enumerate() {
        match *fault {
            Fault::Partition { at, until, .. }
            | Fault::Cut { at, until, .. }
            | Fault::Omit { at, until, .. } => {
                asides.extend([StoryEntry::Fault(place, at), StoryEntry::Over(place, until)]);
            }
            Fault::Drift { .. } => asides.push(StoryEntry::Fault(place, 0)),
            _ => {
                let Some(name) = message_of(fault) else { continue };
                if names.is_empty() {
                    let messages = trace.messages.iter().enumerate();
                    names = messages.map(|(id, message)| (message.name, id)).collect();
                    sort_by_key(&mut names, |&(name, _)| name);
                }
                // A message that is never sent cannot be hit by a fault.
                if let Ok(found) = names.binary_search_by_key(&name, |&(name, _)| name) {
                    let sent = trace.messages[names[found].1].sent;
                    asides.push(StoryEntry::Fault(place, trace.events[sent].time));
                }
            }
        }
    }
    asides.retain(|aside| !matches!(aside, StoryEntry::Over(_, until) if *until >= trace.end));
    asides
}

/// Returns the message that a fault names, if the fault leaves no event. (A dropped message leaves a loss.)
const fn message_of(fault: &Fault) -> Option<MessageName> {
    match fault {
        Fault::Delay { message, .. }
        | Fault::Duplicate { message, .. }
        | Fault::Corrupt { message, .. }
        | Fault::Forge { message, .. } => Some(*message),
        _ => None,
    }
}

/// The reader's filter. An empty filter lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only entries of this node.
    pub node: Option<NodeId>,
    /// Only entries of this kind.
    pub kind: Option<&'static str>,
    /// Only entries about messages whose names contain this text: `Alice>Bob#1`.
    pub message: String,
    /// Only entries that contain this text, in upper or lower case.
    pub text: String,
}

impl Filter {
    /// True if it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the entries that pass the filter. The cheapest tests come first.
    #[must_use]
    pub fn of(&self, run: &Outcome, story: &Story) -> Vec<StoryEntry> {
        if self.is_open() {
            return story.entries.clone();
        }
        story.entries.iter().filter(|entry| self.lets(run, **entry)).copied().collect()
    }

    /// True if an entry passes the filter.
    #[must_use]
    pub fn lets(&self, run: &Outcome, entry: StoryEntry) -> bool {
        self.kind.is_none_or(|kind| entry.kind(run) == kind)
            && self.node.is_none_or(|node| entry.node(run) == Some(node))
            && self.lets_message(run, entry)
            && (self.text.is_empty() || holds(&entry.sentence(run), &self.text))
    }

    /// True if a test of the filter needs the words of an entry.
    #[must_use]
    pub const fn reads(&self) -> bool {
        !self.message.is_empty() || !self.text.is_empty()
    }

    fn lets_message(&self, run: &Outcome, entry: StoryEntry) -> bool {
        self.message.is_empty()
            || entry
                .message(run)
                .is_some_and(|name| holds(&run.scenario.message_name(name), &self.message))
    }
}

/// True if a text contains another one, in upper or lower case.
fn holds(text: &str, sought: &str) -> bool {
    let sought = sought.as_bytes();
    sought.is_empty()
        || text.as_bytes().windows(sought.len()).any(|part| part.eq_ignore_ascii_case(sought))
}
