//! The constraints on the times of a run, and their earliest solution.

use super::run::{EventCause, SentMessage, UntimedRun};
use crate::{
    kernel::{Detector, Fault, MAX_TIME, MessageName, NodeId, Scenario, Time},
    search::transitions::Content,
};

/// A difference constraint: `one` is at least `by` virtual ms after `other`.
struct TimeConstraint {
    one: usize,
    other: usize,
    by: i64,
}

/// Index of an event's time, or of the start of the run.
pub(super) const fn place(event: Option<usize>) -> usize {
    match event {
        Some(number) => number + 1,
        None => 0,
    }
}

impl UntimedRun {
    /// Returns the scenario, if the constraints have a solution.
    pub(super) fn scenario(self, observes_order: bool) -> Option<Scenario> {
        let times = self.times(observes_order)?;
        let mut scenario = self.scenario.clone();
        for (event, time) in self.events.iter().zip(&times[1..]) {
            let (node, at) = (event.node, *time);
            match event.cause {
                EventCause::Crash => {
                    scenario.faults.push(Fault::Crash { node, at, after_sends: None });
                }
                EventCause::Recovery => scenario.faults.push(Fault::Recover { node, at }),
                _ => {}
            }
            if event.cut.is_some() {
                scenario.faults.push(Fault::Crash { node, at, after_sends: event.cut });
            }
        }
        let end = times.iter().max().copied().unwrap_or_default() + 1;
        self.messages.iter().for_each(|it| self.add_message_faults(it, &times, end, &mut scenario));
        let until = scenario.until.max(end + 1);
        (until <= MAX_TIME).then_some(Scenario { until, ..scenario })
    }

    /// Returns the earliest times that satisfy all constraints, the start of the run first; none if there are none.
    fn times(&self, observes_order: bool) -> Option<Vec<Time>> {
        let mut constraints = Vec::new();
        self.constraints(observes_order, &mut |one, other, by| {
            constraints.push(TimeConstraint { one, other, by })
        });
        let mut times = vec![0_i64; self.events.len() + 1];
        // One round for each event is enough, unless there is a positive cycle.
        for _ in 0..=times.len() {
            let mut moved = false;
            for TimeConstraint { one, other, by } in &constraints {
                let least_delay = times[*other] + by;
                if times[*one] < least_delay {
                    times[*one] = least_delay;
                    moved = true;
                }
            }
            // The run starts at 0 ms.
            if times[0] > 0 {
                return None;
            }
            if !moved {
                debug_assert!(self.is_in_order(&times), "events at a node keep their order");
                return times.into_iter().map(|time| Time::try_from(time).ok()).collect();
            }
        }
        None
    }

    /// True if the times of the events at each node increase.
    fn is_in_order(&self, times: &[i64]) -> bool {
        let time = |event: &usize| times[place(Some(*event))];
        self.events_of.iter().all(|own| own.is_sorted_by(|one, other| time(one) < time(other)))
    }

    fn constraints(&self, observes_order: bool, after: &mut impl FnMut(usize, usize, i64)) {
        for own in &self.events_of {
            own.first().iter().for_each(|first| after(place(Some(**first)), 0, 1));
            own.windows(2).for_each(|pair| after(place(Some(pair[1])), place(Some(pair[0])), 1));
        }
        for message in self.messages.iter().filter(|message| message.received.is_some()) {
            after(
                place(message.received),
                place(message.sent),
                self.least_delay(message.name) as i64,
            );
        }
        self.report_constraints(after);
        self.timer_constraints(after);
        let observed =
            self.events.iter().enumerate().filter(|(_, it)| it.is_observed && observes_order);
        let observed: Vec<usize> = observed.map(|(number, _)| place(Some(number))).collect();
        observed.windows(2).for_each(|pair| after(pair[1], pair[0], 1));
        for (number, event) in self.events.iter().enumerate() {
            if let EventCause::Request(index) = event.cause {
                let (number, at) = (place(Some(number)), self.scenario.requests[index].at as i64);
                after(number, 0, at);
                after(0, number, -at);
            }
        }
        for (node, requests) in self.requests.iter().enumerate() {
            if let Some(next) = requests.get(self.requests_made[node]) {
                let at = self.scenario.requests[*next].at as i64;
                self.pending_after(NodeId::new(node), 0, at, after);
            }
        }
    }

    fn report_constraints(&self, after: &mut impl FnMut(usize, usize, i64)) {
        let Detector::Perfect(bound) = self.scenario.network.detector else { return };
        for report in &self.reports {
            let since = place(Some(report.since));
            if report.received.is_some() {
                let received = place(report.received);
                after(received, since, bound as i64);
                after(since, received, -(bound as i64));
            } else if !report.is_cancelled {
                self.pending_after(report.to, since, bound as i64, after);
            }
        }
    }

    fn timer_constraints(&self, after: &mut impl FnMut(usize, usize, i64)) {
        for timer in &self.timers {
            let (set, span) = (place(timer.set), timer.after as i64);
            if timer.fired.is_some() {
                after(place(timer.fired), set, span);
                after(set, place(timer.fired), -span);
            } else if timer.cancelled.is_some() {
                after(set, place(timer.cancelled.flatten()), 1 - span);
            } else {
                self.pending_after(timer.node, set, span, after);
            }
        }
    }

    /// A pending event at a node comes after the last event there.
    fn pending_after(
        &self,
        node: NodeId,
        since: usize,
        span: i64,
        after: &mut impl FnMut(usize, usize, i64),
    ) {
        let last = place(self.events_of[node.index()].last().copied());
        if last != since {
            after(since, last, 1 - span);
        }
    }

    /// Delay of a message without faults, in virtual ms.
    fn least_delay(&self, name: MessageName) -> Time {
        let network = &self.scenario.network;
        let links = network.links.iter().rev();
        let link = links.clone().find(|link| link.from == name.from && link.to == name.to);
        link.map_or(network.delay, |link| link.delay).min
    }

    /// Adds the fault that delays, drops or duplicates a message as required.
    fn add_message_faults(
        &self,
        message: &SentMessage,
        times: &[Time],
        end: Time,
        scenario: &mut Scenario,
    ) {
        let name = message.name;
        let first = self.messages.iter().find(|it| !it.is_copy && it.name == name);
        let time = |event: Option<usize>| event.map(|number| times[number + 1]);
        let natural = time(message.sent).unwrap_or_default() + self.least_delay(name);
        if message.is_lost {
            // A message without a link is lost without a fault.
            if !message.is_copy && message.envelope.what != Content::Message(u32::MAX) {
                scenario.faults.push(Fault::Drop { message: name });
            }
        } else if message.is_copy {
            let received = first.and_then(|first| time(first.received));
            if let (Some(received), Some(again)) = (received, time(message.received)) {
                let after = again.saturating_sub(received).max(1);
                scenario.faults.push(Fault::Duplicate { message: name, after });
            }
        } else {
            let constraints = time(message.received).unwrap_or_else(|| natural.max(end));
            if constraints > natural {
                scenario.faults.push(Fault::Delay { message: name, by: constraints - natural });
            }
        }
    }
}
