//! A run told in words from beginning to end, and what of that a reader asks for.

use super::Playhead;
use crate::{
    diagram::{event_sentence, fault_sentence},
    kernel::{
        EventId, Fault, MessageId, MessageName, NodeId, Scenario, Time, Trace, sort_by_key, visible,
    },
    runs::Outcome,
};

/// What is told at one moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoryEntry {
    /// An event.
    Event(EventId),
    /// A caption, by its place in the scenario.
    Caption(usize),
    /// A fault that is no event of its own, by its place in the scenario, and when it begins to matter.
    Fault(usize, Time),
    /// It is over.
    Over(usize, Time),
}

impl StoryEntry {
    /// When it is told, in virtual ms.
    #[must_use]
    pub fn time(self, run: &Outcome) -> Time {
        match self {
            Self::Event(event) => run.trace.events[event].time,
            Self::Caption(caption) => run.scenario.captions[caption].at,
            Self::Fault(_, at) | Self::Over(_, at) => at,
        }
    }

    /// Its kind, as in the trace.
    #[must_use]
    pub fn kind(self, run: &Outcome) -> &'static str {
        match self {
            Self::Event(event) => run.trace.events[event].kind.name(),
            Self::Caption(_) => "caption",
            Self::Fault(..) | Self::Over(..) => "fault",
        }
    }

    /// Whose it is; none for what concerns several.
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

    /// What is told.
    #[must_use]
    pub fn sentence(self, run: &Outcome) -> String {
        let fault = |place: usize| fault_sentence(&run.scenario, &run.scenario.faults[place]);
        match self {
            Self::Event(event) => event_sentence(&run.scenario, &run.trace, event),
            Self::Caption(caption) => visible(&run.scenario.captions[caption].text).into_owned(),
            Self::Fault(place, _) => fault(place),
            Self::Over(place, _) => match run.scenario.faults[place] {
                Fault::Partition { .. } => "the network heals".to_owned(),
                _ => format!("no longer: {}", fault(place)),
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

/// Everything that is told of a run, in the order of time: captions and faults before the events of their
/// moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// What is told.
    pub entries: Vec<StoryEntry>,
    /// The kinds of it that there are, in the order in which they come first.
    pub kinds: Vec<&'static str>,
}

impl Story {
    /// Tells a run.
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

/// How many of these entries have been told at the playhead.
#[must_use]
pub fn told(run: &Outcome, entries: &[StoryEntry], playhead: Playhead) -> usize {
    entries.partition_point(|entry| match entry {
        StoryEntry::Event(event) => *event < playhead.cursor,
        other => other.time(run) as f64 <= playhead.time,
    })
}

/// Captions, and faults that leave no event of their own.
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
                // What is never sent suffers nothing.
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

/// The message that a fault strikes by name, where that leaves no event. (A dropped one is lost.)
const fn message_of(fault: &Fault) -> Option<MessageName> {
    match fault {
        Fault::Delay { message, .. }
        | Fault::Duplicate { message, .. }
        | Fault::Corrupt { message, .. }
        | Fault::Forge { message, .. } => Some(*message),
        _ => None,
    }
}

/// What a reader asks for; nothing asked for is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what is this node's.
    pub node: Option<NodeId>,
    /// Only what is of this kind.
    pub kind: Option<&'static str>,
    /// Only what is about messages whose names hold this: `Alice>Bob#1`.
    pub message: String,
    /// Only what holds this text, in whatever letters.
    pub text: String,
}

impl Filter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// What of a story is asked for. What costs the least is asked first.
    #[must_use]
    pub fn of(&self, run: &Outcome, story: &Story) -> Vec<StoryEntry> {
        if self.is_open() {
            return story.entries.clone();
        }
        let lets = |entry: &&StoryEntry| {
            self.kind.is_none_or(|kind| entry.kind(run) == kind)
                && self.node.is_none_or(|node| entry.node(run) == Some(node))
                && self.lets_message(run, **entry)
                && holds(&entry.sentence(run), &self.text)
        };
        story.entries.iter().filter(lets).copied().collect()
    }

    fn lets_message(&self, run: &Outcome, entry: StoryEntry) -> bool {
        self.message.is_empty()
            || entry
                .message(run)
                .is_some_and(|name| holds(&run.scenario.message_name(name), &self.message))
    }
}

/// Whether a text holds another, large and small letters being one.
fn holds(text: &str, sought: &str) -> bool {
    let sought = sought.as_bytes();
    sought.is_empty()
        || text.as_bytes().windows(sought.len()).any(|part| part.eq_ignore_ascii_case(sought))
}
