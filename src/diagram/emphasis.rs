//! What stands out in the picture, and what recedes: a violation's witness; what led to something that is
//! picked, and what came of it.

use crate::{
    analysis::{Chain, Places, Reached, chain, cone, counted, outcome_of},
    kernel::{EventId, EventKind, MessageId, Trace},
};

/// How an event or a message stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It proves the violation.
    Witness,
    /// It is what is asked about.
    Itself,
    /// It led to that, or may have.
    Past,
    /// It came of that, or may have.
    Future,
    /// None of these: it recedes.
    Aside,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// How a violation came about.
    Violation,
    /// What happened before an event and what after it.
    Event(EventId),
    /// What caused a message, step by step, and what came of it.
    Message(MessageId),
}

/// What stands out in a picture. Worked out once for what is asked, in a pass over the run; a look-up from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emphasis {
    /// What is asked.
    pub asked: Asked,
    /// What stands out as past, or as witness.
    back: Reached,
    /// What stands out as future.
    ahead: Reached,
    /// What led to a violation.
    pub witness: Option<Chain>,
    /// How many events are in the past, in the future, and neither: sends in a row are one.
    pub counts: [usize; 3],
    /// Of an event, by node: the last event of its past and the first of its future.
    pub reaches: Vec<(Option<EventId>, Option<EventId>)>,
}

/// How many events may stand out by themselves in a picture that is not fine enough for all.
const FEW: usize = 200;

impl Emphasis {
    /// A violation's witness.
    #[must_use]
    pub fn witness(chain: Chain) -> Self {
        Self {
            asked: Asked::Violation,
            back: Reached::default(),
            ahead: Reached::default(),
            witness: Some(chain),
            counts: [0; 3],
            reaches: Vec::new(),
        }
    }

    /// What may have influenced an event, and what it may have influenced.
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
            counts: [past, future, aside],
            reaches,
        }
    }

    /// A message's chain back to its cause, and what came of it.
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
            counts: [past, future, aside],
            reaches: Vec::new(),
        }
    }

    /// How an event stands out.
    #[must_use]
    pub fn of_event(&self, event: EventId) -> Role {
        match (&self.witness, self.asked) {
            (Some(chain), _) if chain.events.contains(&event) => Role::Witness,
            (_, Asked::Event(asked)) if asked == event => Role::Itself,
            _ if self.back.events.contains(event) => Role::Past,
            _ if self.ahead.events.contains(event) => Role::Future,
            _ => Role::Aside,
        }
    }

    /// How a message stands out.
    #[must_use]
    pub fn of_message(&self, message: MessageId) -> Role {
        match (&self.witness, self.asked) {
            (Some(chain), _) if chain.messages.contains(&message) => Role::Witness,
            (_, Asked::Message(asked)) if asked == message => Role::Itself,
            _ if self.back.messages.contains(message) => Role::Past,
            _ if self.ahead.messages.contains(message) => Role::Future,
            _ => Role::Aside,
        }
    }

    /// The events and messages that stand out, where they are few: of a witness all.
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

/// By node, how far the past reaches and from where on the future. The event itself is the end of its own
/// node's past and the beginning of its future.
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
