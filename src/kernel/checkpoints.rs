//! Any moment of a run that is over.
//!
//! A run is determined by its scenario, so any state can be had by running up to it. To keep that short,
//! the state is copied now and then while the run is recorded; a seek starts from the nearest copy before
//! it. There are never more than [`MAX_CHECKPOINTS`]: when there is no room left, every second one goes,
//! and from then on they are taken half as often. So a run of any length is gone through again for at most
//! a small part of it, and what is kept is a fixed number of states: a protocol whose state grows with the
//! run (it remembers all that it has delivered) would, with a checkpoint for every so many events, need
//! memory that grows with the square of the run.

use super::{
    EventId, Plan, Simulation, Trace,
    log::{Log, Reached},
};

/// How many checkpoints a run keeps at most.
pub const MAX_CHECKPOINTS: usize = 64;

/// How far the checkpoints of a short run are apart, in steps and events.
const LEAST_SPACING: usize = 256;

/// States of a run, from which all others are a short way.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    /// In the order of the run; the first is its start.
    kept: Vec<Checkpoint>,
    /// How far they are apart, in steps and events.
    spacing: usize,
    /// How far the run has been gone through; none once it is over.
    front: Option<Box<Front>>,
}

/// The end of what has been gone through.
#[derive(Clone, Debug)]
struct Front {
    state: Simulation,
    reached: Reached,
    steps: usize,
    /// At which count of steps and events the next checkpoint is due.
    next: usize,
}

#[derive(Clone, Debug)]
struct Checkpoint {
    state: Simulation,
    reached: Reached,
}

/// A state of a run, found again.
#[derive(Clone, Debug)]
pub struct Revisited {
    /// The state.
    pub state: Simulation,
    /// How many steps were taken again to come to it.
    pub steps: usize,
    /// How many events happened in them.
    pub events: usize,
    reached: Reached,
}

impl Revisited {
    /// How many events have happened.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.reached.events
    }
}

impl Checkpoints {
    /// Runs a scenario from start to end, as [`run`](super::run) does, with checkpoints on the way.
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

    /// The start of a run that is recorded already: [`go_on`](Self::go_on) goes through it once more.
    #[must_use]
    pub fn begin(plan: &Plan) -> Self {
        let state = Simulation::new(plan);
        let checkpoints = Self::of_start(&state);
        let front = Front { state, reached: Reached::default(), steps: 0, next: LEAST_SPACING };
        Self { front: Some(Box::new(front)), ..checkpoints }
    }

    /// Goes on through the run for so many steps, with checkpoints on the way. False once it is over.
    ///
    /// `plan` and `trace` are those of this run. A page does it piece by piece, so as not to stand still.
    pub fn go_on(&mut self, plan: &Plan, trace: &Trace, steps: usize) -> bool {
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

    /// How many events have been gone through; none once those are all. Up to there a seek is short, and
    /// beyond it takes the whole way from there.
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
        self.kept.push(Checkpoint { state: state.clone(), reached });
    }

    /// The state when the first `events` events have happened: after the handler that caused the last of
    /// them, however many it caused, and after whatever left no event (a timer was set at the start, a
    /// crash met nobody) before the moment of the next. So none of them is the state before the run unless
    /// something comes later than 0 ms, and all of them is the state in which the run ended.
    ///
    /// `plan` and `trace` are those of this run.
    #[must_use]
    pub fn seek(&self, plan: &Plan, trace: &Trace, events: EventId) -> Revisited {
        self.seek_near(plan, trace, events, None)
    }

    /// The same, from a state of this run that was found before, if that is nearer: who looks at one moment
    /// after the other need not begin at a checkpoint each time.
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
        Revisited { state, steps, events: reached.events - start.events, reached }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.kept.len()
    }

    /// How far they are apart at least, in steps and events. At most it is twice that, and one step.
    #[must_use]
    pub const fn spacing(&self) -> usize {
        self.spacing
    }
}
