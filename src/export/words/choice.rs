//! The events of a long run that are told.

use std::collections::BTreeMap;

use crate::{
    analysis::Report,
    kernel::{EventId, EventKind, Loss, Trace, Verdict, count_of},
};

/// Largest number of events that are told one by one. Of a longer run the most important ones are told.
pub const MOST_TOLD: usize = 400;

/// The events that are told.
#[derive(Debug)]
pub(super) struct Choice {
    /// Their ids, in the order of the run.
    pub(super) told: Vec<EventId>,
    /// Place in `told` of the first event after a gap in which events of all kinds are left out, and their number.
    pub(super) gap: Option<(usize, usize)>,
    /// Numbers of the events that are left out, by their names.
    left_out: BTreeMap<&'static str, usize>,
}

impl Choice {
    /// Chooses all events of a short run. Of a long one the kinds of events that matter least are left out; if even the
    /// most important ones are too many, those in the middle of the run as well.
    pub(super) fn of(trace: &Trace, report: &Report) -> Self {
        let ranks = ranks(trace, report);
        let within = |most: u8| {
            let ids = ranks.iter().enumerate().filter(move |(_, rank)| **rank <= most);
            ids.map(|(id, _)| id)
        };
        let fits = |most: &u8| within(*most).count() <= MOST_TOLD;
        let (mut told, mut gap) = (Vec::new(), None);
        match (0..=LEAST).rev().find(fits) {
            Some(most) => told.extend(within(most)),
            None => {
                told.extend(within(0).take(MOST_TOLD / 2));
                let first = told.len();
                let important = within(0).count();
                told.extend(within(0).skip(important - MOST_TOLD / 2));
                gap = Some((first, told[first] - told[first - 1] - 1));
            }
        }
        let mut left_out = BTreeMap::new();
        let mut rest = told.iter().peekable();
        for (id, event) in trace.events.iter().enumerate() {
            if rest.next_if_eq(&&id).is_none() {
                *left_out.entry(family(&event.kind)).or_default() += 1;
            }
        }
        Self { told, gap, left_out }
    }

    /// Returns the choice among the first `events` events.
    pub(super) fn until(mut self, events: usize) -> Self {
        self.told.retain(|id| *id < events);
        self.gap = self.gap.filter(|(first, _)| *first < self.told.len());
        self
    }

    /// Returns the numbers of events that are left out, in a sentence.
    pub(super) fn left_out(&self) -> Option<String> {
        let events: usize = self.left_out.values().sum();
        let kinds = self.left_out.iter().map(|(kind, count)| count_of(*count, kind));
        let kinds: Vec<String> = kinds.collect();
        let all = count_of(events + self.told.len(), "event");
        (events > 0).then(|| {
            let told = self.told.len();
            format!(
                "Of {all} only the {told} most important are told; left out: {}.",
                kinds.join(", ")
            )
        })
    }
}

/// Least important rank.
const LEAST: u8 = 3;

/// Rank of each event, from 0, the most important. Evidence of a violation is always important.
fn ranks(trace: &Trace, report: &Report) -> Vec<u8> {
    let mut ranks: Vec<u8> = trace.events.iter().map(|event| rank(&event.kind)).collect();
    for judgement in &report.judgements {
        if let Verdict::Violated { witness, .. } = &judgement.verdict {
            witness.iter().for_each(|id| ranks[*id] = 0);
        }
    }
    ranks
}

const fn rank(kind: &EventKind) -> u8 {
    match kind {
        EventKind::Lose(_, Loss::Luck | Loss::Crashed | Loss::Unlinked | Loss::Queue)
        | EventKind::Note(_) => 1,
        EventKind::Indicate { kind, .. } if is_delivery(kind) => 1,
        EventKind::Send(_) | EventKind::Receive(_) => 2,
        EventKind::Timer(_) | EventKind::Persist => LEAST,
        _ => 0,
    }
}

const fn is_delivery(kind: &str) -> bool {
    matches!(kind.as_bytes(), b"deliver")
}

/// Name of one event of a kind, as it is counted.
const fn family(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Request { .. } => "request",
        EventKind::Send(_) => "send",
        EventKind::Receive(_) => "receipt",
        EventKind::Lose(..) => "loss",
        EventKind::Timer(_) => "timer",
        EventKind::Crash => "crash",
        EventKind::Recover => "recovery",
        EventKind::Pause => "pause",
        EventKind::Resume => "end of a pause",
        EventKind::Persist => "write to stable storage",
        EventKind::Note(_) => "note",
        EventKind::Indicate { kind, .. } if is_delivery(kind) => "delivery",
        EventKind::Indicate { .. } => "indication",
        EventKind::Detect(_) => "report of the failure detector",
        EventKind::Traitor(_) => "traitor",
    }
}
