//! Parts of a run's picture that do not depend on scale, computed once for each run.

use std::{ops::Range, rc::Rc};

use super::{
    Clash, Cut, Frame, LaneState, Layout, MarkShape, Oddity, Stay, Undone, View, Wait, clashes,
    crowd::{Crowd, Gathering},
    cuts,
    elements::oddity,
    mark_shape, recoveries,
    stable::Stability,
    stays, views,
    waits::Holding,
};
use crate::{
    analysis::Judgement,
    kernel::{
        EventId, EventKind, Fate, Fault, MessageName, NodeSet, Protocol, Scenario, SortedSet,
        Trace, Verdict,
    },
};

/// Parts of a run's picture that depend neither on its size nor on the visible window.
#[derive(Clone, Debug)]
pub struct Features {
    /// By node: the events at which it crashes, pauses and resumes.
    pub(super) turns: Vec<Vec<(EventId, LaneState)>>,
    /// Deliveries of messages that become stable, each with the delivery that makes the message stable.
    pub(super) stable: Vec<(EventId, EventId)>,
    /// Messages that wait for their delivery.
    pub waits: Vec<Wait>,
    pub(super) stays: Vec<Stay>,
    pub(super) clashes: Vec<Clash>,
    pub(super) views: Vec<View>,
    pub(super) cuts: Vec<Cut>,
    pub(super) recoveries: Vec<Vec<Undone>>,
    pub(super) delayed: SortedSet<MessageName>,
    /// By node: the places of its samples in the trace.
    pub(super) samples: Vec<Vec<usize>>,
    /// By metric: least and greatest value.
    pub(super) extremes: Vec<(i64, i64)>,
    /// By message: the last event at which it or an earlier message ends; the run's last event if one of them is still
    /// in transit.
    pub(super) reach: Vec<EventId>,
    /// Nodes that may lie.
    pub(super) traitors: NodeSet,
    /// Shapes of the marks that occur.
    pub(super) shapes: Shapes,
    /// True if messages were lost.
    pub(super) loses: bool,
    /// Oddities of messages that occur.
    pub(super) oddities: Vec<Oddity>,
    /// Events that complete violations.
    pub(super) violations: Vec<EventId>,
    /// Forests over the events and messages of a long run.
    pub(super) crowd: Option<Crowd>,
    busiest: usize,
}

/// Number of events from which on a run is drawn from its forests.
const CROWDED: usize = 1 << 14;

/// Marks that occur, as a set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shapes(u32);

impl Shapes {
    fn insert(&mut self, shape: MarkShape) {
        self.0 |= 1 << shape as u32;
    }

    /// True if this shape occurs.
    pub(super) const fn contains(self, shape: MarkShape) -> bool {
        self.0 & 1 << shape as u32 != 0
    }
}

impl Features {
    /// Looks through a run.
    #[must_use]
    pub fn new(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Self {
        let mut reading = Reading::new(protocol, scenario);
        while !reading.advance((protocol, scenario, trace), usize::MAX) {}
        reading.finish()
    }

    /// The same with forests, however short the run is.
    #[must_use]
    pub fn with_forests(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Self {
        let mut gathering = Gathering::new(scenario.nodes.len(), protocol.metrics.len());
        while !gathering.advance(trace, usize::MAX) {}
        let crowd = Some(gathering.finish());
        Self { crowd, ..Self::new(protocol, scenario, trace) }
    }

    /// Adds the violations of the run.
    #[must_use]
    pub fn judged(self, judgements: &[Judgement]) -> Self {
        let last = judgements.iter().filter_map(|judgement| match &judgement.verdict {
            Verdict::Violated { witness, .. } => witness.last().copied(),
            _ => None,
        });
        Self { violations: last.collect(), ..self }
    }

    /// Returns the layout of the run in a frame; for a long run, before a window is chosen ([`Layout::near`]).
    #[must_use]
    pub fn layout(&self, trace: &Trace, nodes: usize, frame: Frame) -> Layout {
        match &self.crowd {
            Some(crowd) => Layout::far(Rc::clone(&crowd.times), nodes, frame),
            None => Layout::new(trace, nodes, frame),
        }
    }

    /// True if the run is drawn from forests over its events and messages.
    #[must_use]
    pub const fn is_crowded(&self) -> bool {
        self.crowd.is_some()
    }

    /// Nodes that may lie.
    #[must_use]
    pub const fn traitors(&self) -> NodeSet {
        self.traitors
    }

    /// Largest number of marks on one line.
    #[must_use]
    pub const fn busiest(&self) -> usize {
        self.busiest
    }
}

/// Features of a run that is being looked through, in slices.
#[derive(Debug)]
pub struct Reading {
    features: Features,
    /// By node: number of its marks.
    marks: Vec<usize>,
    stability: Option<Stability>,
    holding: Option<Holding>,
    gathering: Option<Gathering>,
    /// Pass through the run, and number of items that it has seen.
    pass: usize,
    seen: usize,
}

/// A run that is looked through.
type Looked<'a> = (&'a Protocol, &'a Scenario, &'a Trace);

impl Reading {
    /// Begins.
    #[must_use]
    pub fn new(protocol: &Protocol, scenario: &Scenario) -> Self {
        let size = scenario.nodes.len();
        let features = Features {
            turns: vec![Vec::new(); size],
            stable: Vec::new(),
            waits: Vec::new(),
            stays: Vec::new(),
            clashes: Vec::new(),
            views: Vec::new(),
            cuts: Vec::new(),
            recoveries: Vec::new(),
            delayed: delayed(scenario),
            samples: vec![Vec::new(); size],
            extremes: vec![(0, 0); protocol.metrics.len()],
            reach: Vec::new(),
            traitors: NodeSet::EMPTY,
            shapes: Shapes::default(),
            loses: false,
            oddities: Vec::new(),
            violations: Vec::new(),
            crowd: None,
            busiest: 0,
        };
        Self {
            features,
            marks: vec![0; size],
            stability: Some(Stability::new(scenario)),
            holding: Some(Holding::default()),
            gathering: Some(Gathering::new(size, protocol.metrics.len())),
            pass: 0,
            seen: 0,
        }
    }

    /// Looks at so many further items. True once all has been seen.
    pub fn advance(&mut self, run: Looked, items: usize) -> bool {
        let (protocol, scenario, trace) = run;
        let count = match self.pass {
            0..=2 => trace.events.len(),
            3 => trace.messages.len(),
            4 => trace.samples.len(),
            _ => 0,
        };
        let until = self.seen.saturating_add(items).min(count);
        let seen = self.seen..until;
        self.seen = until;
        let features = &mut self.features;
        let mut done = until == count;
        match self.pass {
            0 => self.see_events(trace, seen),
            1 => {
                if let Some(stability) = &mut self.stability {
                    seen.for_each(|event| stability.see(protocol, event, &trace.events[event]));
                }
            }
            2 => {
                if let Some(holding) = &mut self.holding {
                    seen.for_each(|event| holding.see((protocol, scenario, trace), event));
                }
            }
            3 => self.see_messages(trace, seen),
            4 => self.see_samples(trace, seen),
            5 => features.stable = self.stability.take().map_or_else(Vec::new, Stability::finish),
            6 => features.waits = self.holding.take().map_or_else(Vec::new, Holding::finish),
            7 => {
                features.stays = stays(trace);
                features.clashes = clashes(&features.stays);
            }
            8 => features.views = views(trace),
            9 => features.cuts = cuts(trace),
            10 => features.recoveries = recoveries(trace),
            _ if trace.events.len() < CROWDED => {}
            _ => {
                done = self.gathering.as_mut().is_none_or(|it| it.advance(trace, items));
                if done {
                    features.crowd = self.gathering.take().map(Gathering::finish);
                }
            }
        }
        if done {
            (self.pass, self.seen) = (self.pass + 1, 0);
        }
        self.pass > 11
    }

    fn see_events(&mut self, trace: &Trace, events: Range<EventId>) {
        let features = &mut self.features;
        for id in events {
            let event = &trace.events[id];
            let node = event.node.index();
            match event.kind {
                EventKind::Crash => features.turns[node].push((id, LaneState::Down)),
                EventKind::Recover | EventKind::Resume => {
                    features.turns[node].push((id, LaneState::Up));
                }
                EventKind::Pause => features.turns[node].push((id, LaneState::Paused)),
                EventKind::Traitor(_) => {
                    features.traitors.insert(event.node);
                }
                _ => {}
            }
            if let Some(shape) = mark_shape(&event.kind) {
                features.shapes.insert(shape);
                self.marks[node] += 1;
            }
        }
    }

    fn see_messages(&mut self, trace: &Trace, messages: Range<usize>) {
        let last = trace.events.len().saturating_sub(1);
        let features = &mut self.features;
        let mut reach = features.reach.last().copied().unwrap_or(0);
        for message in &trace.messages[messages] {
            let delayed = features.delayed.contains(&message.name);
            for (copy, fate) in message.fates().enumerate() {
                reach = reach.max(fate.event().unwrap_or(last));
                features.loses |= matches!(fate, Fate::Lost(..));
                let odd = oddity(message, copy, delayed);
                features.oddities.extend(odd.filter(|odd| !features.oddities.contains(odd)));
            }
            features.reach.push(reach);
        }
    }

    fn see_samples(&mut self, trace: &Trace, samples: Range<usize>) {
        let features = &mut self.features;
        for place in samples {
            let sample = &trace.samples[place];
            features.samples[sample.node.index()].push(place);
            for ((least, greatest), &value) in features.extremes.iter_mut().zip(&sample.values) {
                *least = value.min(*least);
                *greatest = value.max(*greatest);
            }
        }
    }

    /// Returns the features once all has been seen.
    #[must_use]
    pub fn finish(self) -> Features {
        Features { busiest: self.marks.into_iter().max().unwrap_or(0), ..self.features }
    }
}

/// Messages that faults delay.
fn delayed(scenario: &Scenario) -> SortedSet<MessageName> {
    let delayed = scenario.faults.iter().filter_map(|fault| match *fault {
        Fault::Delay { message, .. } => Some(message),
        _ => None,
    });
    delayed.collect()
}
