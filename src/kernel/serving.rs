//! Time to serve: the time in which a protocol that never rests meets an obligation.
//!
//! The run of such a protocol ends at its horizon. An obligation that is younger than the time to serve when
//! the run ends is *undecided*: the horizon came before it was due. Its age counts from the event that
//! created it, or from the last crash or recovery if that is later, since a failure may restart the work.

use std::fmt;

use super::{
    Choice, Detector, Fault, Parameter, ParameterName, ParameterValue, ParameterValues, PerMillion,
    Scenario, Time, assumption::value_of,
};

/// The longest time that a protocol takes to meet an obligation as long as its assumptions hold.
#[derive(Clone, Copy)]
pub struct TimeToServe {
    /// The value of a parameter without which the runs become quiescent; none if they never do.
    pub only: Option<Choice>,
    /// The bound in words: `a timeout, a period and the longest delay`.
    pub statement: &'static str,
    /// Returns the bound in virtual ms, with no slow clock and no pause: [`Serving::time`] adds those.
    pub bound: fn(&Serving) -> Time,
}

impl TimeToServe {
    /// For protocols that promise safety only.
    pub const NOTHING_IS_OWED: Self =
        Self { only: None, statement: "none: no liveness is promised", bound: |_| 0 };

    /// True if a scenario with these parameters never rests.
    #[must_use]
    pub fn applies(&self, values: &ParameterValues) -> bool {
        self.only.is_none_or(|(parameter, value)| value_of(values, parameter) == value)
    }
}

impl fmt::Debug for TimeToServe {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.statement)
    }
}

/// A scenario as a bound on time sees it.
#[derive(Clone, Copy, Debug)]
pub struct Serving<'a> {
    /// Parameters of the protocol.
    pub(super) parameters: &'a [Parameter],
    pub(super) scenario: &'a Scenario,
}

impl<'a> Serving<'a> {
    /// Returns the number of nodes.
    #[must_use]
    pub const fn nodes(&self) -> Time {
        self.scenario.nodes.len() as Time
    }

    /// Returns the scenario, for bounds that depend on its requests.
    #[must_use]
    pub const fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    /// Returns the value of a parameter that is a whole number; 0 if it is no number.
    #[must_use]
    pub fn integer(&self, parameter: ParameterName) -> Time {
        match self.value(parameter) {
            ParameterValue::Integer(value) => value.into(),
            _ => 0,
        }
    }

    /// True if a parameter has this value.
    #[must_use]
    pub fn is(&self, parameter: ParameterName, word: &str) -> bool {
        self.value(parameter).to_string() == word
    }

    /// Returns the value of the protocol's own parameter of this name: a layer's has another default.
    fn value(&self, parameter: ParameterName) -> ParameterValue {
        let mut own = self.parameters.iter();
        let own = own.find(|it| it.name == parameter.name()).unwrap_or(parameter.parameter());
        let value = self.scenario.params.get(parameter.name()).cloned();
        value.unwrap_or_else(|| own.default())
    }

    /// Returns the longest time that a message may take: the network's delays, the time in a link's queue,
    /// and the delays added by hand. Where nothing bounds a queue, a message may wait as long as the run
    /// lasts.
    #[must_use]
    pub fn delay(&self) -> Time {
        self.delay_behind(Time::MAX)
    }

    /// Returns the same for a message that waits behind at most this number of others on its link.
    #[must_use]
    pub fn delay_behind(&self, others: Time) -> Time {
        let network = &self.scenario.network;
        let links = network.links.iter().map(|link| {
            let before = link.queue.map_or(others, |queue| others.min(queue.into()));
            let wait = link.rate.map_or(0, |rate| before.saturating_mul(100).div_ceil(rate.into()));
            link.delay.max.saturating_add(wait.min(self.scenario.until))
        });
        let longest = links.chain([network.delay.max]).max().unwrap_or(0);
        let added = self.scenario.faults.iter().map(|fault| match *fault {
            Fault::Delay { by, .. } => by,
            Fault::Duplicate { after, .. } => after,
            _ => 0,
        });
        added.fold(longest, Time::saturating_add)
    }

    /// Returns the time after which the scenario's failure detector reports a crash; 0 if there is none.
    #[must_use]
    pub const fn detection(&self) -> Time {
        match self.scenario.network.detector {
            Detector::Perfect(after) => after,
            Detector::None => 0,
        }
    }

    /// Returns the number of tries that may fail, for a protocol that retries: one for each message that is
    /// dropped by hand, and as many as chance makes fail together with a probability of one in a million. A
    /// try is taken to be three messages. A queue may be full at each try.
    #[must_use]
    pub fn failed_tries(&self) -> Time {
        if self.scenario.network.links.iter().any(|link| link.queue.is_some()) {
            return self.scenario.until;
        }
        let by_hand = self.faults(|it| matches!(it, Fault::Drop { .. } | Fault::Corrupt { .. }));
        let one = u64::from(PerMillion::ONE.0);
        let network = &self.scenario.network;
        let arrives = one.saturating_sub((network.loss.0 + network.corrupt.0).into());
        let fails = one - arrives * arrives / one * arrives / one;
        // A link that loses everything is no bad luck: it breaks an assumption.
        if fails == one {
            return by_hand;
        }
        let (mut tries, mut odds) = (0, one);
        while odds > 1 && fails > 0 {
            odds = odds * fails / one;
            tries += 1;
        }
        by_hand + tries
    }

    /// Returns the total time of the partitions, cuts and omissions that end before the run does.
    #[must_use]
    pub fn walls(&self) -> Time {
        let walls = self.scenario.faults.iter().map(|fault| match *fault {
            Fault::Partition { at, until, .. }
            | Fault::Cut { at, until, .. }
            | Fault::Omit { at, until, .. }
                if until < self.scenario.until =>
            {
                until.saturating_sub(at)
            }
            _ => 0,
        });
        walls.fold(0, Time::saturating_add)
    }

    /// Returns the number of crashes in the scenario.
    #[must_use]
    pub fn crashes(&self) -> Time {
        self.faults(|fault| matches!(fault, Fault::Crash { .. } | Fault::CrashWriting { .. }))
    }

    /// Returns the number of requests with one of these names.
    #[must_use]
    pub fn requests(&self, names: &[&str]) -> Time {
        let requests = self.scenario.requests.iter();
        requests.filter(|request| names.contains(&request.name.as_str())).count() as Time
    }

    /// Returns the number of faults for which this is true.
    fn faults(&self, counts: impl Fn(&Fault) -> bool) -> Time {
        self.scenario.faults.iter().filter(|fault| counts(fault)).count() as Time
    }

    /// Returns a bound in the time of the slowest clock: its timers go off later.
    pub(super) fn slowed(&self, bound: Time) -> Time {
        let rates = self.scenario.faults.iter().filter_map(|fault| match fault {
            Fault::Drift { rate, .. } => Some(*rate),
            _ => None,
        });
        let slowest = rates.fold(PerMillion::ONE, PerMillion::min);
        let one = Time::from(PerMillion::ONE.0);
        bound.saturating_mul(one).div_ceil(Time::from(slowest.0).max(1))
    }

    /// Returns the total time of all pauses.
    pub(super) fn pauses(&self) -> Time {
        let pauses = self.scenario.faults.iter().map(|fault| match *fault {
            Fault::Pause { at, until, .. } => until.saturating_sub(at),
            _ => 0,
        });
        pauses.fold(0, Time::saturating_add)
    }
}
