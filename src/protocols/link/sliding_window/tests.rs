//! Tests of the rules of RFC 5681 and RFC 6298, each with its number.

use super::{estimate::Estimate, *};
use crate::{
    kernel::{Delay, Fault, LinkSpec, MessageName, PerMillion, Scenario, Time, run},
    protocols::testing::{deliveries, group, node, send, sends},
};

/// A round trip takes 20 ms; the first node sends so many segments at once.
fn segments(count: usize) -> Scenario {
    let mut scenario = group(&PROTOCOL, 2);
    scenario.requests = (1..=count).map(|it| send(0, 1, 2, &format!("s{it}"))).collect();
    scenario.until = 100_000;
    scenario
}

fn drop_segment(number: u32) -> Fault {
    Fault::Drop { message: MessageName { from: node(1), to: node(2), number } }
}

/// The first node's segments with their times: `20 s2`.
fn sent(scenario: &Scenario) -> Vec<String> {
    let all = sends(&PROTOCOL, scenario).into_iter();
    all.filter(|it| it.contains("P1>P2")).map(|it| it.replace("P1>P2 ", "")).collect()
}

/// Times of a segment's copies.
fn times(scenario: &Scenario, segment: &str) -> Vec<Time> {
    let copies = sent(scenario).into_iter();
    let copies = copies.filter_map(|it| it.strip_suffix(&format!(" {segment}")).map(str::to_owned));
    copies.map(|time| time.parse().expect("a time")).collect()
}

#[test]
fn sliding_window_slow_start_doubles_in_a_round_trip() {
    // RFC 5681, equation 2: at most one segment more for each ack of new data.
    let scenario = segments(15);
    let sent = sent(&scenario);
    let in_round =
        |time: Time| sent.iter().filter(|it| it.starts_with(&format!("{time} "))).count();
    assert_eq!([0, 20, 40, 60].map(in_round), [1, 2, 4, 8]);
}

#[test]
fn sliding_window_receivers_window_bounds_the_flight() {
    let mut scenario = segments(9);
    scenario.set(Parameters::window, 1);
    let expected: Vec<String> = (1..=9).map(|it| format!("{} s{it}", 20 * (it - 1))).collect();
    assert_eq!(sent(&scenario), expected, "stop-and-wait");
    scenario.set(Parameters::window, 3);
    let sent = sent(&scenario);
    assert_eq!(sent[3..], ["40 s4", "40 s5", "40 s6", "60 s7", "60 s8", "60 s9"]);
}

#[test]
fn sliding_window_third_duplicate_ack_resends_and_two_do_not() {
    // RFC 5681, section 3.2, step 2.
    let mut scenario = segments(7);
    scenario.faults = vec![drop_segment(4)];
    assert_eq!(times(&scenario, "s4"), [40, 60], "segments 5, 6 and 7 are acknowledged by 4");
    let mut scenario = segments(6);
    scenario.faults = vec![drop_segment(4)];
    let timeout = times(&scenario, "s4")[1];
    assert!(timeout > 60, "two duplicate acks are taken for a reordering; {timeout}");
}

#[test]
fn sliding_window_loss_halves_what_is_in_flight_and_grows_by_one_in_a_round_trip() {
    // RFC 5681, equations 3 and 4, and section 3.2, step 6. Eight segments are in transit: 8 to 15.
    let mut scenario = segments(40);
    scenario.faults = vec![drop_segment(8)];
    let sent = sent(&scenario);
    let in_round =
        |time: Time| sent.iter().filter(|it| it.starts_with(&format!("{time} "))).count();
    assert_eq!(in_round(60), 8);
    // The window after the recovery is 4, then 5, then 6.
    assert_eq!([100, 120, 140].map(in_round), [4, 5, 6]);
}

#[test]
fn sliding_window_timeout_begins_again_with_one_segment() {
    // RFC 5681, section 3.1: the loss window is one segment; the threshold is half of what was in transit.
    let mut scenario = segments(30);
    scenario.faults = (8..=15).map(drop_segment).collect();
    let sent = sent(&scenario);
    let again = times(&scenario, "s8")[1];
    let in_round = |round: Time| {
        sent.iter().filter(|it| it.starts_with(&format!("{} ", again + 20 * round))).count()
    };
    assert_eq!([0, 1, 2, 3, 4].map(in_round), [1, 2, 4, 5, 6], "slow start to 4, then one more");
}

#[test]
fn sliding_window_timeout_follows_the_round_trip() {
    // RFC 6298, rule 2.2: R = 100 gives SRTT = 100, RTTVAR = 50, RTO = 300.
    let mut estimate = Estimate::new(1000);
    assert_eq!(estimate.timeout(), 1000);
    estimate.measure(100);
    assert_eq!(estimate.timeout(), 300);
    // Rule 2.3 with R = 180: RTTVAR = 3/4 * 50 + 1/4 * 80 = 57.5, SRTT = 110.
    estimate.measure(180);
    assert_eq!(estimate.timeout(), 110 + 230);
    // A round trip that does not vary: the variation fades, and the timeout comes near to it.
    for _ in 0..100 {
        estimate.measure(100);
    }
    assert!((100..=108).contains(&estimate.timeout()), "{}", estimate.timeout());
}

#[test]
fn sliding_window_timeout_doubles_up_to_a_minute() {
    // RFC 6298, rules 5.5 and 2.5.
    let mut estimate = Estimate::new(200);
    estimate.back_off();
    assert_eq!(estimate.timeout(), 400);
    for _ in 0..20 {
        estimate.back_off();
    }
    assert_eq!(estimate.timeout(), 60_000);
    let mut scenario = segments(1);
    scenario.faults = (1..=3).map(drop_segment).collect();
    assert_eq!(times(&scenario, "s1"), [0, 200, 600, 1400]);
}

#[test]
fn sliding_window_resent_segment_is_not_measured() {
    // RFC 6298, section 3 (Karn): the ack may be of either copy. The timeout stays 400 ms.
    let mut scenario = segments(1);
    scenario.requests.push(send(300, 1, 2, "s2"));
    scenario.faults = vec![drop_segment(1), drop_segment(3)];
    assert_eq!(times(&scenario, "s2"), [300, 700]);
}

#[test]
fn sliding_window_fixed_timeout_below_the_round_trip_repeats_every_segment() {
    let mut scenario = segments(4);
    scenario.set(Parameters::timeout, 7);
    scenario.set(Parameters::timing, "fixed");
    let fixed = sent(&scenario).len();
    assert!(fixed > 8, "{fixed} segments: more than two for each message");
    scenario.set(Parameters::timing, "adaptive");
    let adaptive = sent(&scenario).len();
    assert!(adaptive < fixed, "{adaptive} against {fixed}: only the first timeout is too short");
}

#[test]
fn sliding_window_delivers_all_once_and_in_order_whatever_is_lost() {
    let mut scenario = segments(12);
    scenario.network.loss = PerMillion(300_000);
    scenario.network.duplicate = PerMillion(200_000);
    scenario.network.delay = Delay { min: 5, max: 60 };
    // Timeouts that double take minutes.
    scenario.until = 10_000_000;
    let expected: Vec<String> = (1..=12).map(|it| format!("s{it}")).collect();
    for seed in 0..100 {
        scenario.seed = seed;
        let told = deliveries(&PROTOCOL, &scenario);
        let texts: Vec<_> = told.iter().filter_map(|it| it.rsplit(' ').next()).collect();
        assert_eq!(texts, expected, "seed {seed}");
        assert!(run(&PROTOCOL, &scenario).expect("a valid request").quiescent, "seed {seed}");
    }
}

#[test]
fn sliding_window_finds_the_rate_of_a_slow_link() {
    // 10 segments in 100 ms, 3 may wait. Each segment arrives, and after the first losses at most a third is sent twice.
    let mut scenario = segments(60);
    let link = LinkSpec::new(node(1), node(2), Delay { min: 10, max: 10 });
    scenario.network.links = vec![LinkSpec { rate: Some(10), queue: Some(3), ..link }];
    let trace = run(&PROTOCOL, &scenario).expect("a valid request");
    assert!(trace.quiescent);
    assert_eq!(deliveries(&PROTOCOL, &scenario).len(), 60);
    let sent = sent(&scenario).len();
    assert!((61..=80).contains(&sent), "{sent}");
}
