//! Tests of the exchange and of the three algorithms over it.

use super::{berkeley::fault_tolerant_average, exchange::Sample, *};
use crate::{
    analysis::report,
    kernel::{Delay, EventKind, Fault, MessageName, PerMillion, Timing, Trace, run},
    protocols::testing::{crash, group, late, node, slow},
};

const U: Time = 30;

/// A group of this size with a bound on delays, in which all clocks are read at these moments.
fn clocks(way: &str, size: usize, reads: &[Time]) -> Scenario {
    let mut scenario = group(&PROTOCOL, size);
    scenario.network.timing = Timing::Synchronous(U);
    scenario.set(WAY, way);
    for at in reads {
        for number in 1..=size {
            scenario.ask(*at, node(number), "step", None);
        }
    }
    scenario
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

/// Returns the readings of the clocks, in their order.
fn readings(scenario: &Scenario) -> Vec<i64> {
    let trace = run(&PROTOCOL, scenario).expect("steps are valid requests");
    stamps(&trace).map(|(_, clock, _)| clock).collect()
}

#[test]
fn exchange_four_timestamps_give_offset_and_delay() {
    // 50 ahead; 10 ms there, 10 at the server, 10 back.
    let expected = Sample { offset: 50, delay: 20, taken: 130 };
    assert_eq!(Sample::of([100, 160, 170], 130), expected);
}

#[test]
fn cristian_asymmetric_delays_cause_an_error_of_half_their_difference() {
    let mut scenario = clocks("cristian", 2, &[100]);
    scenario.faults = vec![ahead(2, 90)];
    assert_eq!(readings(&scenario), [100, 100]);
    scenario.network.links = vec![slow(2, 1, 0), slow(1, 2, U)];
    assert_eq!(readings(&scenario), [100, 85]);
    scenario.network.links = vec![slow(2, 1, U), slow(1, 2, 0)];
    assert_eq!(readings(&scenario), [100, 115]);
}

#[test]
fn cristian_answer_that_took_longer_than_two_delays_is_ignored() {
    let mut scenario = clocks("cristian", 2, &[100]);
    scenario.faults = vec![ahead(2, 50)];
    scenario.set(Parameters::max_drift, 0);
    scenario.network.links = vec![slow(1, 2, 50)];
    assert_eq!(readings(&scenario), [100, 80], "2U with the question's 10 ms");
    scenario.network.links = vec![slow(1, 2, 51)];
    assert_eq!(readings(&scenario), [100, 150]);
}

#[test]
fn ntp_slow_exchange_does_not_spoil_the_result_of_a_fast_one() {
    let slow = late(1, 2, 2, 20);
    for (way, shown) in [("cristian", 690), ("ntp", 700)] {
        let mut scenario = clocks(way, 2, &[700]);
        scenario.set(Parameters::max_drift, 100);
        scenario.faults = vec![slow.clone(), ahead(2, 40)];
        assert_eq!(readings(&scenario), [700, shown], "{way}");
    }
}

/// The figure of the textbooks: clocks at 3:00, 3:25 and 2:50 meet at 3:05.
#[test]
fn berkeley_average_is_of_the_largest_set_of_clocks_within_the_tolerance() {
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
    assert_eq!(readings(&scenario), [115; 3], "duplicates change no clock again");
}

#[test]
fn berkeley_node_that_does_not_answer_is_left_out() {
    let mut scenario = clocks("berkeley", 3, &[200]);
    scenario.faults = vec![ahead(1, 10), ahead(2, 30), crash(0, 3, 0)];
    assert_eq!(readings(&scenario), [220; 2]);
    // Without a delay bound the coordinator waits for answers until the next round.
    scenario.network.timing = Timing::Asynchronous;
    assert_eq!(readings(&scenario), [210, 230]);
    scenario.requests.iter_mut().for_each(|request| request.at = 600);
    assert_eq!(readings(&scenario), [620; 2]);
}

/// The clock of the coordinator moves, and P2 does not learn of it: its promise has ended by then.
#[test]
fn berkeley_promises_nothing_beyond_the_next_round() {
    let back = |number, at| Fault::Recover { node: node(number), at };
    let lost = |number| {
        let message = MessageName { from: node(1), to: node(2), number };
        Fault::Drop { message }
    };
    // P3 recovers with a clock that has not been set; or the coordinator does.
    let faults = [
        vec![ahead(3, 420), crash(300, 3, 0), back(3, 301), lost(3)],
        vec![ahead(2, 420), crash(300, 1, 0), back(1, 301), lost(3), lost(4)],
    ];
    for faults in faults {
        let mut scenario = clocks("berkeley", 3, &[290, 400, 560, 620, 870]);
        scenario.set(Parameters::tolerance, 1000);
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

/// P2 and P3 measure the same round trip: the promised skew can happen, but for the rounding.
#[test]
fn skew_bound_is_tight_but_for_rounding() {
    let mut scenario = clocks("ntp", 3, &[62]);
    scenario.set(Parameters::max_drift, 0);
    scenario.network.links = vec![slow(2, 1, 0), slow(1, 2, U), slow(3, 1, U), slow(1, 3, 0)];
    let trace = run(&PROTOCOL, &scenario).expect("steps are valid requests");
    let told: Vec<_> = stamps(&trace).map(|(_, clock, skew)| (clock, skew)).collect();
    assert_eq!(told, [(62, Some(0)), (47, Some(U + 4)), (77, Some(U + 4))]);
}

#[test]
fn skew_bound_is_absent_before_the_first_exchange_and_grows_after_it() {
    let mut scenario = clocks("cristian", 2, &[10, 50, 150, 250]);
    scenario.faults = vec![crash(100, 1, 0)];
    let trace = run(&PROTOCOL, &scenario).expect("steps are valid requests");
    let at_p2 = stamps(&trace).filter(|(who, ..)| *who == node(2));
    let skews: Vec<_> = at_p2.map(|(.., skew)| skew).collect();
    assert_eq!(skews, [None, Some(30), Some(34), Some(38)]);
}

/// Clocks as wrong as they may be; messages that are lost, duplicated and delayed within the bound; nodes that crash and
/// recover, the server among them. All clocks are read every 41 ms.
#[test]
fn skew_bound_holds_with_lost_messages_and_crashes() {
    let reads: Vec<Time> = (1..60).map(|nth| 41 * nth).collect();
    for way in ["cristian", "berkeley", "ntp"] {
        let (mut inside, mut promises) = (0, 0);
        for seed in 0..120 {
            let mut scenario = clocks(way, 4, &reads);
            (scenario.seed, scenario.until) = (seed, 2500);
            scenario.set(Parameters::period, 300);
            scenario.set(Parameters::max_drift, 20_000);
            scenario.network.loss = PerMillion(seed as u32 % 3 * 100_000);
            if seed % 2 == 0 {
                // As asymmetric as may be.
                let links = [slow(1, 2, 0), slow(2, 1, U), slow(1, 3, U), slow(3, 1, 0)];
                scenario.network.links = links.into();
            } else {
                // A duplicate takes as long again.
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
