//! Physical clocks, and three ways to synchronise them.
//!
//! Implements: PhysicalClock, with a skew bound. Uses: FairLossPointToPointLinks.
//! Model: crash-recovery; synchronous: delays of at most U; clocks that drift by at most ρ. Messages may be
//! lost, doubled or out of order.
//! Source: Cristian 1989, "Probabilistic Clock Synchronization"; Gusella and Zatti 1989, "The Accuracy of the
//! Clock Synchronization Achieved by TEMPO in Berkeley UNIX 4.3BSD"; Mills 1991, "Internet Time
//! Synchronization: The Network Time Protocol", and RFC 5905.
//!
//! A node's *hardware* clock H goes at its own rate, between 1 − ρ and 1 + ρ, and was set to anything. Its
//! *software* clock is H and an adjustment, and that is what it shows. All three ways rest on one exchange: ask
//! at T1, by one's own clock, a clock that gets the question at T2 and answers at T3, by its own; the
//! answer is there at T4. What the other clock is ahead by, and how long the messages took, is estimated as
//!
//! > θ = ((T2 − T1) + (T3 − T4)) / 2,  δ = (T4 − T1) − (T3 − T2).
//!
//! - **Cristian**: every period a node asks the time server, the first node, and sets its clock by the answer.
//!   An answer that took longer than 2U is no answer.
//! - **NTP**: the same; but of the last few samples the one with the least distance counts, which is δ/2 and
//!   what the clocks may have drifted apart since. A slow exchange does not spoil what a fast one has told.
//! - **Berkeley**: every period the master, the first node, asks everybody, takes the average of the clocks
//!   that are not further apart than the tolerance, its own among them, and tells each node by how much to
//!   change its clock. No clock is taken to be right, and one that is far off drags nobody along.
//!
//! *Why the bound holds.* Let the two messages take d1 and d2. At T4 the other clock is ahead by θ but for half
//! of what the delays differ, |d1 − d2|/2, for what the clocks drifted apart meanwhile, 2ρ(d1 + d2) at most,
//! and for less than 1.5 ms, since readings are whole ms. Delays are in \[0, U\], so they differ by no more
//! than U; and by no more than d1 + d2, which the asker has measured: where the network has no bound, that
//! alone counts. From then on the clocks drift apart by 2ρ in a ms at most. So t ms later a clock is from its
//! reference, which is the server's or the master's clock, no further than
//!
//! > e = min(d1 + d2, U)/2 + 2ρ(d1 + d2 + t) + 2,
//!
//! with half a ms for the reading itself. Two clocks with e and e' are no further apart than e + e', at most
//! twice the greater: so each promises a skew of **2e**, and all that is in it the node knows. Just after the
//! exchange that is U, the drift and 4 ms. The longer ago it is, be it that messages are lost or that the
//! server is down, the less is promised; and before the first one nothing.
//!
//! In Berkeley the reference itself moves: when the master changes its clock, a node that missed the round is
//! left behind. So there a promise ends before the next round can begin. That is a period after this one's
//! question, and the question was asked no more than U before it was answered: the promise ends a period less
//! U after the answer. A master that restarts has forgotten its adjustment, and waits for a period.
//!
//! *Where it breaks.* δ says how long both messages took, and nothing says how long each. If the delays are
//! **asymmetric** beyond the bound, as 5 ms there and 55 ms back where U is 30, the round trip is as it
//! should be and the estimate is wrong by 25: the **skew bound** breaks. With `none` nothing is ever done: the
//! promise is that of a clock that has just been set, and **drift alone** breaks it.
//!
//! Where it departs from the papers: a clock is set at once and may go back, where they slow it down; the
//! least delay is taken to be 0; an exchange that failed is repeated in the next period, and no new master is
//! elected; NTP has one server, so there is nothing to select from, and its poll interval is fixed.

use std::collections::VecDeque;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::clock::{ClockRequest, Drift, Reading, Received, SKEW_BOUND, Stamp},
    kernel::{
        Break, Context, Drawn, Failures, Group, Metric, NodeId, ParameterValue, Process, Protocol,
        Rule, Scenario, SortedMap, Time, TimeToServe, sort,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "physical-clock",
    name: "Physical clocks",
    summary: "Clocks that drift, and how Cristian, Berkeley and NTP keep them together.",
    source: "Cristian 1989, Probabilistic Clock Synchronization; Gusella and Zatti 1989, The Accuracy of the \
             Clock Synchronization Achieved by TEMPO in Berkeley UNIX 4.3BSD; Mills 1991, Internet Time \
             Synchronization: The Network Time Protocol; RFC 5905",
    failures: Failures::CrashRecovery,
    model: &[
        Rule::ClocksRunTrue.where_(Parameters::synchronisation, "none"),
        Rule::ClocksSetRight.where_(Parameters::synchronisation, "none"),
        Rule::Synchrony.where_(Parameters::synchronisation, "cristian"),
        Rule::Synchrony.where_(Parameters::synchronisation, "berkeley"),
        Rule::Synchrony.where_(Parameters::synchronisation, "ntp"),
        Rule::DriftAtMost(Parameters::max_drift).where_(Parameters::synchronisation, "cristian"),
        Rule::DriftAtMost(Parameters::max_drift).where_(Parameters::synchronisation, "berkeley"),
        Rule::DriftAtMost(Parameters::max_drift).where_(Parameters::synchronisation, "ntp"),
    ],
    promises: &[SKEW_BOUND],
    breaks: &[
        Break {
            when: "delays are asymmetric beyond the bound",
            scenario: "asymmetric-delay",
            violates: &[SKEW_BOUND],
            broken: &[Rule::Synchrony],
        },
        Break {
            when: "nothing synchronises clocks that drift",
            scenario: "drift-alone",
            violates: &[SKEW_BOUND],
            broken: &[Rule::ClocksRunTrue],
        },
    ],
    costs: &[
        crate::cost!("one synchronisation of everybody (Cristian)", n >= 2 => 2 * (n - 1), |it| {
            once(it, "cristian")
        }),
        crate::cost!("one synchronisation of everybody (NTP)", n >= 2 => 2 * (n - 1), |it| once(it, "ntp")),
        crate::cost!("one synchronisation of everybody (Berkeley)", n >= 2 => 3 * (n - 1), |it| {
            once(it, "berkeley")
        }),
    ],
    metrics: &[Metric {
        name: "clock error",
        unit: "ms",
        help: "By how much the software clock is ahead of virtual time; the curves' distance is the skew.",
        drawn: Drawn::Curve,
        value: |node| {
            node.clock as i64 + node.process::<PhysicalClock>().adjustment - node.time as i64
        },
    }],
    perpetual: Some(TimeToServe::NOTHING_IS_OWED),
    ..Protocol::of::<PhysicalClock>()
};

/// Everybody is synchronised when the run begins, and not again before it ends.
fn once(scenario: &mut Scenario, synchronisation: &str) {
    let period = u32::try_from(2 * scenario.until).unwrap_or(u32::MAX);
    scenario.params.insert("period".to_owned(), ParameterValue::Integer(period));
    let way = ParameterValue::Choice(synchronisation.to_owned());
    scenario.params.insert("synchronisation".to_owned(), way);
}

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How the clocks are kept together.
        synchronisation: Synchronisation = Cristian;
        /// How long from one synchronisation to the next, by the clock of who begins it.
        period: u32 = 500, in 50..=1_000_000 "ms";
        /// ρ: how much a clock is taken to gain or lose at most, in millionths of the time that passes.
        max_drift: u32 = 10_000, in 0..=100_000 "ppm";
        /// NTP: of how many samples the best counts.
        samples: u32 = 4, in 1..=8 "samples";
        /// Berkeley: how far apart clocks may be to be averaged.
        tolerance: u32 = 200, in 0..=1_000_000 "ms";
    }
    /// How clocks are kept together.
    pub enum Synchronisation {
        /// Not at all.
        None = "none",
        /// Everybody asks a time server, and sets the clock by its answer.
        Cristian = "cristian",
        /// A master asks everybody, and tells each how far it is from the average.
        Berkeley = "berkeley",
        /// Everybody asks a time server, and goes by the best of the last answers.
        Ntp = "ntp",
    }
}

/// The time server, or the master.
const SERVER: NodeId = NodeId::new(0);

/// What whole ms take away from one clock's promise: 1.5 ms in the exchange, and half of what is lost when two
/// clocks are read.
const ROUNDING: Time = 2;

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PhysicalClock {
    synchronisation: Synchronisation,
    period: Time,
    max_drift: Drift,
    samples: usize,
    tolerance: i64,
    /// U, where there is one.
    delay_bound: Option<Time>,
    /// What the software clock shows more than the hardware clock, in ms.
    adjustment: i64,
    /// What the clock was last set by.
    set_by: Option<Sample>,
    /// T1 of the question that is not answered yet.
    asked: Option<i64>,
    /// NTP: the last samples, the newest first.
    filter: VecDeque<Sample>,
    /// Berkeley, at the master: how far those are ahead who have answered.
    ahead: SortedMap<NodeId, i64>,
    /// Berkeley: the master's last question.
    answered: Option<Answered>,
    /// By receiver: how many of the application's messages it was sent.
    sent: SortedMap<NodeId, u32>,
}

/// What an exchange tells. Readings are of the hardware clock, which nobody sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
struct Sample {
    /// θ: how far the other clock was ahead.
    offset: i64,
    /// δ: how long the two messages took.
    trip: Time,
    /// T4: when that was.
    taken: i64,
}

impl Sample {
    /// The offset and the delay by the four timestamps of an exchange. The clocks' drift may make the delay
    /// less than nothing, if there was hardly any.
    fn of([t1, t2, t3]: [i64; 3], t4: i64) -> Self {
        let offset = ((t2 - t1) + (t3 - t4)).div_euclid(2);
        let trip = (t4 - t1) - (t3 - t2);
        Self { offset, trip: trip.max(0).unsigned_abs(), taken: t4 }
    }
}

/// A question of the master's that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
struct Answered {
    t1: i64,
    /// When, by the hardware clock.
    at: i64,
    /// Whether the clock was changed as the master says: a second copy must not change it again.
    adjusted: bool,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// The application's message of this number, from 1.
    #[display("m{_0}")]
    Application(u32),
    /// What time is it?
    #[display("time?")]
    Question {
        /// When it was asked, by the asker's hardware clock.
        t1: i64,
    },
    /// It is this time.
    #[display("{t3}")]
    Answer {
        /// That of the question.
        t1: i64,
        /// When the question arrived.
        t2: i64,
        /// When the answer was sent.
        t3: i64,
    },
    /// Change your clock.
    #[display("{by:+}")]
    Adjust {
        /// That of the question.
        t1: i64,
        /// By how much.
        by: i64,
    },
}

/// The alarms.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// It is time to synchronise.
    #[display("period")]
    Period,
    /// Berkeley: who has not answered by now will not.
    #[display("close")]
    Close,
}

impl Process for PhysicalClock {
    type Parameters = Parameters;
    type Request = ClockRequest;
    type Indication = Stamp;
    type Message = Message;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            synchronisation: parameters.synchronisation,
            period: parameters.period.into(),
            max_drift: Drift::new(parameters.max_drift),
            samples: parameters.samples as usize,
            tolerance: parameters.tolerance.into(),
            delay_bound: group.delay_bound,
            adjustment: 0,
            set_by: None,
            asked: None,
            filter: VecDeque::new(),
            ahead: SortedMap::new(),
            answered: None,
            sent: SortedMap::new(),
        }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        self.begin_round(ctx);
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        match self.synchronisation {
            // The master has forgotten its adjustment: nobody may still go by it when it moves the clocks.
            Synchronisation::Berkeley => ctx.set_timer(Timer::Period, self.period),
            _ => self.begin_round(ctx),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: ClockRequest) {
        self.stamp(ctx, None);
        if let ClockRequest::Send { to } = request {
            let number = self.sent.entry(to).or_default();
            *number += 1;
            ctx.send(to, Message::Application(*number));
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Application(seq) => self.stamp(ctx, Some(Received { from, seq })),
            Message::Question { t1 } => self.answer(ctx, from, t1),
            Message::Answer { t1, t2, t3 } => self.on_answer(ctx, from, [t1, t2, t3]),
            Message::Adjust { t1, by } => self.on_adjust(t1, by),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        match timer {
            Timer::Period => self.begin_round(ctx),
            Timer::Close => self.close_round(ctx),
        }
    }
}

impl PhysicalClock {
    /// What the hardware clock shows.
    fn hardware(ctx: &Context<Self>) -> i64 {
        ctx.clock() as i64
    }

    /// An event, its time, and what is promised of that.
    fn stamp(&self, ctx: &mut Context<Self>, received: Option<Received>) {
        let clock = Reading::Scalar(Self::hardware(ctx) + self.adjustment);
        let skew = self.error(ctx).map(|error| 2 * error);
        ctx.indicate(Stamp { clock, received, skew });
    }

    /// Cristian, NTP: asks the server. Berkeley: the master asks everybody.
    fn begin_round(&mut self, ctx: &mut Context<Self>) {
        let is_server = ctx.me() == SERVER;
        let whom = match self.synchronisation {
            Synchronisation::Cristian | Synchronisation::Ntp if !is_server => SERVER.into(),
            Synchronisation::Berkeley if is_server => {
                self.close_round(ctx);
                ctx.group().others()
            }
            _ => return,
        };
        let t1 = Self::hardware(ctx);
        self.asked = Some(t1);
        ctx.multicast(whom, Message::Question { t1 });
        ctx.set_timer(Timer::Period, self.period);
        if let (Synchronisation::Berkeley, Some(longest)) = (self.synchronisation, self.longest()) {
            ctx.set_timer(Timer::Close, longest + 1);
        }
    }

    fn answer(&mut self, ctx: &mut Context<Self>, from: NodeId, t1: i64) {
        let now = Self::hardware(ctx) + self.adjustment;
        ctx.send(from, Message::Answer { t1, t2: now, t3: now });
        let is_slave = self.synchronisation == Synchronisation::Berkeley;
        if is_slave && self.answered.is_none_or(|last| last.t1 < t1) {
            self.answered = Some(Answered { t1, at: Self::hardware(ctx), adjusted: false });
        }
    }

    fn on_answer(&mut self, ctx: &mut Context<Self>, from: NodeId, [t1, t2, t3]: [i64; 3]) {
        if self.asked != Some(t1) {
            return;
        }
        let sample = Sample::of([t1, t2, t3], Self::hardware(ctx));
        if self.longest().is_some_and(|longest| sample.trip > longest) {
            ctx.note(format!("the answer of {from} took {} ms: it tells too little", sample.trip));
            return;
        }
        match self.synchronisation {
            Synchronisation::None => {}
            Synchronisation::Cristian => {
                self.asked = None;
                self.set(sample);
            }
            Synchronisation::Ntp => {
                self.asked = None;
                self.filter.truncate(self.samples - 1);
                self.filter.push_front(sample);
                let best = self.filter.iter().min_by_key(|it| self.distance(it, sample.taken));
                self.set(*best.unwrap_or(&sample));
            }
            Synchronisation::Berkeley => {
                self.ahead.entry(from).or_insert(sample.offset - self.adjustment);
                if self.ahead.len() == ctx.group().others().len() {
                    self.close_round(ctx);
                }
            }
        }
    }

    fn set(&mut self, sample: Sample) {
        self.adjustment = sample.offset;
        self.set_by = Some(sample);
    }

    /// Berkeley: the master knows what it will, and tells everybody by how much to change the clock.
    fn close_round(&mut self, ctx: &mut Context<Self>) {
        let Some(t1) = self.asked.take() else { return };
        ctx.cancel_timer(Timer::Close);
        let clocks = self.ahead.values().copied().chain([0]).collect();
        let average = fault_tolerant_average(clocks, self.tolerance);
        for (node, ahead) in std::mem::take(&mut self.ahead) {
            ctx.send(node, Message::Adjust { t1, by: average - ahead });
        }
        let offset = self.adjustment + average;
        self.set(Sample { offset, trip: 0, taken: Self::hardware(ctx) });
    }

    fn on_adjust(&mut self, t1: i64, by: i64) {
        let Some(answered) = &mut self.answered else { return };
        if answered.t1 != t1 || answered.adjusted {
            return;
        }
        answered.adjusted = true;
        let taken = answered.at;
        // Only the master has measured how long the exchange took.
        let trip = self.longest().unwrap_or_default();
        self.set(Sample { offset: self.adjustment + by, trip, taken });
    }

    /// How long an exchange takes at most, by the hardware clock: 2U; none where the network has no bound.
    fn longest(&self) -> Option<Time> {
        self.delay_bound.map(|bound| self.max_drift.shows_at_most(2 * bound))
    }

    /// e: how far the clock may be from its reference; none where it cannot tell.
    fn error(&self, ctx: &Context<Self>) -> Option<Time> {
        let now = Self::hardware(ctx);
        let is_server = ctx.me() == SERVER;
        match self.synchronisation {
            Synchronisation::None => self.delay_bound.map(|bound| bound.div_ceil(2)),
            Synchronisation::Cristian | Synchronisation::Ntp if is_server => Some(0),
            Synchronisation::Berkeley if is_server => self.set_by.map(|_| 0),
            Synchronisation::Cristian | Synchronisation::Ntp => {
                self.set_by.map(|sample| self.distance(&sample, now))
            }
            Synchronisation::Berkeley => {
                let sample = self.set_by?;
                let period = self.max_drift.passes_at_least(self.period);
                let age = self.max_drift.passes_at_most(now.abs_diff(sample.taken));
                (age + self.delay_bound? <= period).then(|| self.distance(&sample, now))
            }
        }
    }

    /// e, where the clock is set by this sample.
    fn distance(&self, sample: &Sample, now: i64) -> Time {
        let trip = self.max_drift.passes_at_most(sample.trip);
        let age = self.max_drift.passes_at_most(now.abs_diff(sample.taken));
        let half = trip.min(self.delay_bound.unwrap_or(Time::MAX)).div_ceil(2);
        half + self.max_drift.apart(trip + age) + ROUNDING
    }
}

/// The average of as many clocks as there are that are not further apart than the tolerance.
fn fault_tolerant_average(mut clocks: Vec<i64>, tolerance: i64) -> i64 {
    sort(&mut clocks);
    let from = |first: usize| {
        let end = clocks.partition_point(|clock| clock - clocks[first] <= tolerance);
        &clocks[first..end]
    };
    // Of several such sets the last: the one of the fastest clocks, since time had better not go back.
    let largest = (0..clocks.len()).map(from).max_by_key(|set| set.len()).unwrap_or_default();
    largest.iter().sum::<i64>().div_euclid(largest.len().max(1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::report,
        kernel::{Delay, EventKind, Fault, MessageName, PerMillion, Timing, Trace, run},
        protocols::testing::{crash, group, node, slow},
    };

    const U: Time = 30;

    /// So many nodes, a bound on the delays, and everybody read at these moments.
    fn clocks(way: &str, size: usize, reads: &[Time]) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.network.timing = Timing::Synchronous(U);
        let way = ParameterValue::Choice(way.to_owned());
        scenario.params.insert("synchronisation".to_owned(), way);
        for at in reads {
            for number in 1..=size {
                scenario.ask(*at, node(number), "step", None);
            }
        }
        scenario
    }

    fn set(scenario: &mut Scenario, name: &str, value: u32) {
        scenario.params.insert(name.to_owned(), ParameterValue::Integer(value));
    }

    fn drift(number: usize, rate: u32, offset: Time) -> Fault {
        Fault::Drift { node: node(number), rate: PerMillion(rate), offset }
    }

    fn ahead(number: usize, by: Time) -> Fault {
        drift(number, 1_000_000, by)
    }

    fn stamps(trace: &Trace) -> impl Iterator<Item = (NodeId, i64, Option<Time>)> {
        trace.events.iter().filter_map(|event| {
            let EventKind::Indicate { packet, .. } = &event.kind else { return None };
            let Stamp { clock: Reading::Scalar(clock), skew, .. } = packet.get()? else {
                return None;
            };
            Some((event.node, *clock, *skew))
        })
    }

    /// What the clocks show, in the order in which they are read.
    fn readings(scenario: &Scenario) -> Vec<i64> {
        let trace = run(&PROTOCOL, scenario).expect("steps are valid requests");
        stamps(&trace).map(|(_, clock, _)| clock).collect()
    }

    #[test]
    fn four_timestamps_tell_the_offset_and_the_delay() {
        // 50 ahead; 10 ms there, 10 at the server, 10 back.
        let expected = Sample { offset: 50, trip: 20, taken: 130 };
        assert_eq!(Sample::of([100, 160, 170], 130), expected);
    }

    #[test]
    fn the_error_is_half_of_what_the_delays_differ() {
        let mut scenario = clocks("cristian", 2, &[100]);
        scenario.faults = vec![ahead(2, 90)];
        assert_eq!(readings(&scenario), [100, 100]);
        scenario.network.links = vec![slow(2, 1, 0), slow(1, 2, U)];
        assert_eq!(readings(&scenario), [100, 85]);
        scenario.network.links = vec![slow(2, 1, U), slow(1, 2, 0)];
        assert_eq!(readings(&scenario), [100, 115]);
    }

    #[test]
    fn an_answer_that_took_too_long_is_no_answer() {
        let mut scenario = clocks("cristian", 2, &[100]);
        scenario.faults = vec![ahead(2, 50)];
        set(&mut scenario, "max-drift", 0);
        scenario.network.links = vec![slow(1, 2, 50)];
        assert_eq!(readings(&scenario), [100, 80], "2U with the question's 10 ms");
        scenario.network.links = vec![slow(1, 2, 51)];
        assert_eq!(readings(&scenario), [100, 150]);
    }

    #[test]
    fn a_slow_exchange_does_not_spoil_what_a_fast_one_told() {
        let message = MessageName { from: node(1), to: node(2), number: 2 };
        let late = Fault::Delay { message, by: 20 };
        for (way, shown) in [("cristian", 690), ("ntp", 700)] {
            let mut scenario = clocks(way, 2, &[700]);
            set(&mut scenario, "max-drift", 100);
            scenario.faults = vec![late.clone(), ahead(2, 40)];
            assert_eq!(readings(&scenario), [700, shown], "{way}");
        }
    }

    /// As in the textbooks' picture: clocks at 3:00, 3:25 and 2:50 meet at 3:05.
    #[test]
    fn the_average_is_that_of_the_clocks_that_are_near_each_other() {
        assert_eq!(fault_tolerant_average(vec![0, 25, -10], 60), 5);
        assert_eq!(fault_tolerant_average(vec![0, 25, -10, 600], 60), 5, "one is far off");
        assert_eq!(fault_tolerant_average(vec![0, 100], 60), 100, "time does not go back");
    }

    #[test]
    fn berkeley_meets_in_the_middle() {
        let mut scenario = clocks("berkeley", 3, &[100]);
        scenario.faults = [(1, 10), (2, 35), (3, 0)].map(|(n, at)| ahead(n, at)).into();
        assert_eq!(readings(&scenario), [115; 3]);
        scenario.network.duplicate = PerMillion::ONE;
        assert_eq!(readings(&scenario), [115; 3], "nobody does it twice");
    }

    #[test]
    fn berkeley_does_without_who_does_not_answer() {
        let mut scenario = clocks("berkeley", 3, &[200]);
        scenario.faults = vec![ahead(1, 10), ahead(2, 30), crash(0, 3, 0)];
        assert_eq!(readings(&scenario), [220; 2]);
        // Where nothing tells when it is too late for an answer, the master waits for the next round.
        scenario.network.timing = Timing::Asynchronous;
        assert_eq!(readings(&scenario), [210, 230]);
        scenario.requests.iter_mut().for_each(|request| request.at = 600);
        assert_eq!(readings(&scenario), [620; 2]);
    }

    /// The master moves, and P2 does not hear of it: what was promised before has ended by then.
    #[test]
    fn berkeley_promises_nothing_beyond_the_next_round() {
        let back = |number, at| Fault::Recover { node: node(number), at };
        let lost = |number| {
            let message = MessageName { from: node(1), to: node(2), number };
            Fault::Drop { message }
        };
        // P3 comes back with a clock that nobody has set; or the master itself does.
        let faults = [
            vec![ahead(3, 420), crash(300, 3, 0), back(3, 301), lost(3)],
            vec![ahead(2, 420), crash(300, 1, 0), back(1, 301), lost(3), lost(4)],
        ];
        for faults in faults {
            let mut scenario = clocks("berkeley", 3, &[290, 400, 560, 620, 870]);
            set(&mut scenario, "tolerance", 1000);
            (scenario.faults, scenario.until) = (faults, 900);
            let trace = run(&PROTOCOL, &scenario).expect("steps are valid requests");
            let at_p2 = stamps(&trace).filter(|(who, ..)| *who == node(2));
            let promises: Vec<_> = at_p2.map(|(.., skew)| skew.is_some()).collect();
            assert_eq!(promises, [true, true, false, false, false]);
            let [.., server, stranded, _] = readings(&scenario)[..] else { panic!("15 readings") };
            assert!(server.abs_diff(stranded) > 60, "{server} and {stranded}");
            let report = report(&PROTOCOL, &scenario, &trace);
            assert!(report.breaches.is_empty() && !report.judgements[0].verdict.is_violated());
        }
    }

    /// P2 and P3 see the same round trip: what is promised may happen, but for the rounding.
    #[test]
    fn the_promise_is_hardly_more_than_what_can_happen() {
        let mut scenario = clocks("ntp", 3, &[62]);
        set(&mut scenario, "max-drift", 0);
        scenario.network.links = vec![slow(2, 1, 0), slow(1, 2, U), slow(3, 1, U), slow(1, 3, 0)];
        let trace = run(&PROTOCOL, &scenario).expect("steps are valid requests");
        let told: Vec<_> = stamps(&trace).map(|(_, clock, skew)| (clock, skew)).collect();
        assert_eq!(told, [(62, Some(0)), (47, Some(U + 4)), (77, Some(U + 4))]);
    }

    #[test]
    fn nothing_is_promised_before_the_first_time_and_less_with_every_ms() {
        let mut scenario = clocks("cristian", 2, &[10, 50, 150, 250]);
        scenario.faults = vec![crash(100, 1, 0)];
        let trace = run(&PROTOCOL, &scenario).expect("steps are valid requests");
        let at_p2 = stamps(&trace).filter(|(who, ..)| *who == node(2));
        let skews: Vec<_> = at_p2.map(|(.., skew)| skew).collect();
        assert_eq!(skews, [None, Some(30), Some(34), Some(38)]);
    }

    /// Clocks as wrong as they may be, and messages that are lost, doubled and late, but not too late; servers
    /// and others that crash and come back; everybody read every 41 ms.
    #[test]
    fn the_promise_is_kept_whatever_is_lost_and_whoever_crashes() {
        let reads: Vec<Time> = (1..60).map(|nth| 41 * nth).collect();
        for way in ["cristian", "berkeley", "ntp"] {
            let (mut inside, mut promises) = (0, 0);
            for seed in 0..120 {
                let mut scenario = clocks(way, 4, &reads);
                (scenario.seed, scenario.until) = (seed, 2500);
                set(&mut scenario, "period", 300);
                set(&mut scenario, "max-drift", 20_000);
                scenario.network.loss = PerMillion(seed as u32 % 3 * 100_000);
                if seed % 2 == 0 {
                    // As asymmetric as may be.
                    let links = [slow(1, 2, 0), slow(2, 1, U), slow(1, 3, U), slow(3, 1, 0)];
                    scenario.network.links = links.into();
                } else {
                    // A second copy takes as long again.
                    scenario.network.delay = Delay { min: 0, max: U / 2 };
                    scenario.network.duplicate = PerMillion(200_000);
                }
                for number in 1..=4 {
                    let rate = 980_000 + 20_000 * (seed as u32 / 3_u32.pow(number - 1) % 3);
                    let offset = seed * 17 % 50 * u64::from(number);
                    scenario.faults.push(drift(number as usize, rate, offset));
                }
                let (who, at) = (1 + seed as usize % 3, 500 + seed * 13);
                scenario.faults.push(crash(at, who, 0));
                scenario.faults.push(Fault::Recover { node: node(who), at: at + 100 + seed * 5 });
                let trace = run(&PROTOCOL, &scenario).expect("steps are valid requests");
                let report = report(&PROTOCOL, &scenario, &trace);
                if report.breaches.is_empty() {
                    inside += 1;
                    promises += stamps(&trace).filter(|(.., skew)| skew.is_some()).count();
                    let verdict = &report.judgements[0].verdict;
                    assert!(!verdict.is_violated(), "{way}, seed {seed}: {verdict:?}");
                }
            }
            assert!(inside >= 100 && promises > 100 * inside, "{way}: {promises} in {inside} runs");
        }
    }
}
