//! Emphasis in the picture: a violation's witness, or the past and the future of a picked element; the messages that pass
//! the reader's filter.

use super::Only;
use crate::{
    analysis::{Chain, Places, Reached, chain, cone, counted, outcome_of},
    kernel::{EventId, EventKind, MessageId, Trace},
};

/// Role of an event or a message in the emphasis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Proof of the violation.
    Witness,
    /// The picked element.
    Itself,
    /// An event or message that led to the picked element, or may have.
    Past,
    /// An effect, or a possible effect, of the picked element.
    Future,
    /// None of these: drawn faintly.
    Aside,
    /// None of these, where only messages are filtered: drawn as ever.
    Plain,
}

/// Subject of the emphasis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Causes of a violation.
    Violation,
    /// Past and future of an event.
    Event(EventId),
    /// Chain of causes of a message, and its effects.
    Message(MessageId),
    /// Messages that pass the reader's filter.
    Filter,
}

/// Emphasised elements of a picture. Computed once in a pass over the run; each query is then a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emphasis {
    /// Subject.
    pub asked: Asked,
    /// Elements emphasised as past or as witness.
    back: Reached,
    /// Elements emphasised as future.
    ahead: Reached,
    /// Chain that led to a violation.
    pub witness: Option<Chain>,
    /// Filter on messages: those that do not pass are drawn faintly, unless they are the witness or the picked element.
    pub only: Only,
    /// Numbers of events in the past, in the future, and in neither; consecutive sends count as one.
    pub counts: [usize; 3],
    /// Number of events that have a place in the order: without crashes, pauses and losses, and with one for each multicast.
    pub in_order: usize,
    /// For an event, by node: the last event of its past and the first of its future.
    pub reaches: Vec<(Option<EventId>, Option<EventId>)>,
}

/// Largest number of events drawn one by one in a picture without the detail for all.
const FEW: usize = 200;

impl Emphasis {
    /// Emphasises a violation's witness.
    #[must_use]
    pub fn witness(chain: Chain) -> Self {
        Self {
            asked: Asked::Violation,
            back: Reached::default(),
            ahead: Reached::default(),
            witness: Some(chain),
            only: Only::default(),
            counts: [0; 3],
            in_order: 0,
            reaches: Vec::new(),
        }
    }

    /// Emphasises nothing but the messages that pass a filter.
    #[must_use]
    pub fn filter(only: Only) -> Self {
        Self {
            asked: Asked::Filter,
            back: Reached::default(),
            ahead: Reached::default(),
            witness: None,
            only,
            counts: [0; 3],
            in_order: 0,
            reaches: Vec::new(),
        }
    }

    /// Emphasises the events that may have influenced an event, and those that it may have influenced.
    #[must_use]
    pub fn event(trace: &Trace, nodes: usize, event: EventId) -> Self {
        let cone = cone(trace, event);
        let reaches = reaches(trace, nodes, event, [&cone.past.events, &cone.future.events]);
        let begins = counted(trace, nodes);
        let [past, future] = [&cone.past, &cone.future].map(|it| it.events.common(&begins));
        let itself = usize::from(crate::analysis::counts(&trace.events[event].kind));
        let aside = begins.len().saturating_sub(past + future + itself);
        Self {
            asked: Asked::Event(event),
            back: cone.past,
            ahead: cone.future,
            witness: None,
            only: Only::default(),
            counts: [past, future, aside],
            in_order: begins.len(),
            reaches,
        }
    }

    /// Emphasises a message's chain of causes, and its effects.
    #[must_use]
    pub fn message(trace: &Trace, nodes: usize, message: MessageId) -> Self {
        let cause = chain(trace, &[trace.messages[message].sent]);
        let ahead = outcome_of(trace, nodes, message);
        let back = Reached {
            events: Places::with(trace.events.len(), &cause.events),
            messages: Places::with(trace.messages.len(), &cause.messages),
        };
        let begins = counted(trace, nodes);
        let past = back.events.len() - 1;
        let future = ahead.events.common(&begins);
        let aside = begins.len().saturating_sub(past + future + 1);
        Self {
            asked: Asked::Message(message),
            back,
            ahead,
            witness: None,
            only: Only::default(),
            counts: [past, future, aside],
            in_order: begins.len(),
            reaches: Vec::new(),
        }
    }

    /// Role of an event.
    #[must_use]
    pub fn of_event(&self, event: EventId) -> Role {
        match (&self.witness, self.asked) {
            (Some(chain), _) if chain.events.contains(&event) => Role::Witness,
            (_, Asked::Event(asked)) if asked == event => Role::Itself,
            (_, Asked::Filter) => Role::Plain,
            _ if self.back.events.contains(event) => Role::Past,
            _ if self.ahead.events.contains(event) => Role::Future,
            _ => Role::Aside,
        }
    }

    /// Role of a message.
    #[must_use]
    pub fn of_message(&self, trace: &Trace, message: MessageId) -> Role {
        match (&self.witness, self.asked) {
            (Some(chain), _) if chain.messages.contains(&message) => Role::Witness,
            (_, Asked::Message(asked)) if asked == message => Role::Itself,
            _ if !self.only.lets(&trace.messages[message]) => Role::Aside,
            (_, Asked::Filter) => Role::Plain,
            _ if self.back.messages.contains(message) => Role::Past,
            _ if self.ahead.messages.contains(message) => Role::Future,
            _ => Role::Aside,
        }
    }

    /// Emphasised events and messages, if they are few; those of a witness always.
    #[must_use]
    pub fn standing_out(&self) -> (Vec<EventId>, Vec<MessageId>) {
        if let Some(chain) = &self.witness {
            let events = chain.events.iter().copied().collect();
            return (events, chain.messages.iter().copied().collect());
        }
        let few = |back: &Places, ahead: &Places| -> Vec<usize> {
            let all = back.len() + ahead.len() <= FEW;
            all.then(|| back.iter().chain(ahead.iter())).into_iter().flatten().collect()
        };
        let events = few(&self.back.events, &self.ahead.events);
        (events, few(&self.back.messages, &self.ahead.messages))
    }
}

/// By node, the end of the past and the beginning of the future. At its own node the event is both.
fn reaches(
    trace: &Trace,
    nodes: usize,
    event: EventId,
    [past, future]: [&Places; 2],
) -> Vec<(Option<EventId>, Option<EventId>)> {
    let mut reaches = vec![(None, None); nodes];
    for (id, at) in trace.events.iter().enumerate() {
        if matches!(at.kind, EventKind::Lose(..)) {
            continue;
        }
        let (last, first) = &mut reaches[at.node.index()];
        if id == event || past.contains(id) {
            *last = Some(id);
        }
        if first.is_none() && (id == event || future.contains(id)) {
            *first = Some(id);
        }
    }
    reaches
}
