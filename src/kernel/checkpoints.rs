//! Checkpoints, from which any moment of a run is restored.
//!
//! A run is determined by its scenario, so any state can be reached by a re-run. To keep the re-run short,
//! the state is copied from time to time while the run is recorded. A seek starts from the nearest copy
//! before its target. There are never more than [`MAX_CHECKPOINTS`]: when there is no room left, every second
//! one is removed, and from then on they are taken half as often. So a seek repeats at most a small part of
//! the run, and a fixed number of states is kept. With a checkpoint for every fixed number of events, a
//! protocol whose state grows with the run (for example, the set of delivered messages) would need memory
//! that grows with the square of the run.

use super::{
    EventId, Plan, Simulation, Trace,
    log::{Log, Reached},
};

/// Largest number of checkpoints of a run.
pub const MAX_CHECKPOINTS: usize = 64;

/// Distance of the checkpoints of a short run, in steps and events.
const LEAST_SPACING: usize = 256;

/// Checkpoints of a run, from which all other states are near.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    /// Checkpoints in the order of the run; the first is its start.
    kept: Vec<Checkpoint>,
    /// Distance of the checkpoints, in steps and events.
    spacing: usize,
    /// State up to which the run has been recorded; none once it is over.
    front: Option<Box<Front>>,
}

/// The last state that has been reached while recording.
#[derive(Clone, Debug)]
struct Front {
    state: Simulation,
    reached: Reached,
    steps: usize,
    /// Count of steps and events at which the next checkpoint is due.
    next: usize,
}

#[derive(Clone, Debug)]
struct Checkpoint {
    state: Simulation,
    reached: Reached,
}

/// A state of a run that a seek has restored.
#[derive(Clone, Debug)]
pub struct Revisited {
    /// The restored state.
    pub state: Simulation,
    /// Number of steps that were repeated to reach it.
    pub steps: usize,
    /// Number of events in those steps.
    pub events: usize,
    reached: Reached,
}

impl Revisited {
    /// Returns the number of events that have happened.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.reached.events
    }
}

impl Checkpoints {
    /// Runs a scenario from start to end, as [`run`](super::run) does, and keeps checkpoints.
    #[must_use]
    pub fn record(plan: &Plan) -> (Trace, Self) {
        let (mut state, mut trace) = (Simulation::new(plan), Trace::default());
        let mut checkpoints = Self::of_start(&state);
        let (mut steps, mut next) = (0, LEAST_SPACING);
        while state.step(plan, &mut trace) {
            steps += 1;
            if steps + trace.events.len() >= next {
                checkpoints.keep(&state, Reached::end(&trace));
                next = steps + trace.events.len() + checkpoints.spacing;
            }
        }
        (trace, checkpoints)
    }

    fn of_start(state: &Simulation) -> Self {
        let start = Checkpoint { state: state.clone(), reached: Reached::default() };
        Self { kept: vec![start], spacing: LEAST_SPACING, front: None }
    }

    /// Returns the start of a run that is recorded already: [`advance`](Self::advance) repeats it.
    #[must_use]
    pub fn begin(plan: &Plan) -> Self {
        let state = Simulation::new(plan);
        let checkpoints = Self::of_start(&state);
        let front = Front { state, reached: Reached::default(), steps: 0, next: LEAST_SPACING };
        Self { front: Some(Box::new(front)), ..checkpoints }
    }

    /// Repeats up to this number of steps of the run and keeps checkpoints. False once it is over.
    ///
    /// `plan` and `trace` are those of this run. A page does it in pieces, so as to stay responsive.
    pub fn advance(&mut self, plan: &Plan, trace: &Trace, steps: usize) -> bool {
        let Some(mut front) = self.front.take() else { return false };
        for _ in 0..steps {
            let mut log = Log::Known { trace, reached: front.reached };
            if !front.state.advance(plan, &mut log) {
                return false;
            }
            front.reached = log.reached();
            front.steps += 1;
            if front.steps + front.reached.events >= front.next {
                self.keep(&front.state, front.reached);
                front.next = front.steps + front.reached.events + self.spacing;
            }
        }
        self.front = Some(front);
        true
    }

    /// Returns the number of events up to which there are checkpoints; none once they cover the run. A seek
    /// up to there is short; beyond it, it repeats the whole rest of the way.
    #[must_use]
    pub fn reached(&self) -> Option<EventId> {
        self.front.as_ref().map(|front| front.reached.events)
    }

    fn keep(&mut self, state: &Simulation, reached: Reached) {
        if self.kept.len() == MAX_CHECKPOINTS {
            let mut place = 0;
            self.kept.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.spacing *= 2;
        }
        debug_assert!(
            self.kept.last().is_none_or(|last| {
                last.state.now() <= state.now() && last.reached.events <= reached.events
            }),
            "checkpoints are sorted by time"
        );
        self.kept.push(Checkpoint { state: state.clone(), reached });
        debug_assert!(self.kept.len() <= MAX_CHECKPOINTS, "there is a fixed number of checkpoints");
    }

    /// Returns the state after the first `events` events. It is the state after the handler that caused the
    /// last of them has ended, even if that handler caused more. It also includes all steps without an event
    /// before the moment of the next event (a timer was set at the start, a crash struck a node that was
    /// down). So the state for 0 events is the state before the run only if no event happens at 0 ms, and the
    /// state for all events is the last state of the run.
    ///
    /// `plan` and `trace` are those of this run.
    #[must_use]
    pub fn seek(&self, plan: &Plan, trace: &Trace, events: EventId) -> Revisited {
        self.seek_near(plan, trace, events, None)
    }

    /// Returns the same, starting from a state of this run that was restored before, if that is nearer than
    /// any checkpoint. This makes it cheap to look at one moment after the other.
    #[must_use]
    pub fn seek_near(
        &self,
        plan: &Plan,
        trace: &Trace,
        events: EventId,
        near: Option<&Revisited>,
    ) -> Revisited {
        let next = |events: EventId| trace.events.get(events).map(|event| event.time);
        let is_before = |state: &Simulation, reached: Reached| {
            let (now, reached) = (state.now(), reached.events);
            reached < events || reached == events && next(events).is_none_or(|next| now < next)
        };
        let kept = self.kept.partition_point(|it| is_before(&it.state, it.reached));
        let kept = &self.kept[kept.saturating_sub(1)];
        let near = near.filter(|it| {
            it.reached.events > kept.reached.events && is_before(&it.state, it.reached)
        });
        let (state, start) = near.map_or((&kept.state, kept.reached), |it| (&it.state, it.reached));
        let mut state = state.clone();
        let mut log = Log::Known { trace, reached: start };
        let mut steps = 0;
        let goes_on = |state: &Simulation, reached: EventId| {
            let next = next(reached);
            reached < events || next.is_none_or(|next| state.due().is_some_and(|due| due < next))
        };
        while goes_on(&state, log.events()) && state.advance(plan, &mut log) {
            steps += 1;
        }
        let reached = log.reached();
        debug_assert!(
            reached.events >= events.min(trace.events.len()),
            "a seek reaches the moment that was asked for"
        );
        Revisited { state, steps, events: reached.events - start.events, reached }
    }

    /// Returns the number of checkpoints.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.kept.len()
    }

    /// Returns the least distance of two checkpoints, in steps and events. The largest is twice that, plus
    /// one step.
    #[must_use]
    pub const fn spacing(&self) -> usize {
        self.spacing
    }
}
