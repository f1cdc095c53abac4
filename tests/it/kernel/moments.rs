//! Faults of one node at one moment, in every combination, against the rule of docs/order-of-events.md written out
//! again; and the reports of the perfect failure detector, against its definition.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;
use worldlines::{
    kernel::{
        Context, Delay, Detection, Detector, Event, EventKind, Failures, Fault, Group, Indication,
        NodeId, NodeSet, Process, Protocol, Request, RequestKind, RequestSpec, Scenario, Time,
        Timing, Trace, With, run,
    },
    protocols,
};

use crate::common::{
    self,
    budget::COMPARED,
    chance::Chance,
    crash, node,
    random_scenario::{Weather, random_scenario},
};

/// Indicates every input, and then sends to all others.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Greeter;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
struct Word(&'static str);

impl Request for Word {
    const KINDS: &'static [RequestKind] =
        &[RequestKind { name: "greet", help: "Anything.", with: With::Nothing }];

    fn read(_name: &str, _with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Ok(Self("asked"))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Tell(&'static str);

impl fmt::Display for Tell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Indication for Tell {
    fn kind(&self) -> &'static str {
        self.0
    }
}

impl Greeter {
    fn greet(ctx: &mut Context<Self>, why: &'static str) {
        ctx.indicate(Tell(why));
        // Only requests of the application are answered by all, otherwise greetings would never end.
        if why != "greeted" {
            ctx.send_others(Word(why));
        }
    }
}

impl Process for Greeter {
    type Parameters = ();
    type Request = Word;
    type Indication = Tell;
    type Message = Word;
    type Timer = Word;

    fn new(_group: Group, (): &()) -> Self {
        Self
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        ctx.set_timer(Word("alarm"), MOMENT);
        Self::greet(ctx, "started");
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Word(why): Word) {
        Self::greet(ctx, why);
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, _from: NodeId, _word: Word) {
        Self::greet(ctx, "greeted");
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, _timer: Word) {
        Self::greet(ctx, "rung");
    }

    fn on_detection(&mut self, _ctx: &mut Context<Self>, _detection: Detection) {}

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        Self::greet(ctx, "restarted");
    }
}

const GREETER: Protocol = Protocol {
    id: "greeter",
    name: "Greeter",
    summary: "Tells whatever comes to it.",
    source: "this test",
    failures: Failures::CrashRecovery,
    ..Protocol::of::<Greeter>()
};

fn play(scenario: &Scenario) -> Trace {
    run(&GREETER, scenario).expect("greeters understand")
}

const MOMENT: Time = 50;
const P1: usize = 0;

/// A fault of P1 at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strike {
    Crash,
    CrashAfter(u32),
    Recover,
    Pause(Time),
}

const STRIKES: [Strike; 6] = [
    Strike::Crash,
    Strike::CrashAfter(0),
    Strike::CrashAfter(3),
    Strike::Recover,
    Strike::Pause(60),
    Strike::Pause(70),
];

/// State of P1 at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Up,
    Down,
    PausedUntil(Time),
}

/// P1 is asked at 45 and at the moment, and P2's greetings come at 40 and at the moment.
fn scenario_of(before: Before, strikes: &[Strike]) -> Scenario {
    let mut scenario = common::scenario("greeter", 3, 10);
    scenario.until = 100;
    let ask =
        |at, place| RequestSpec { at, node: node(place), name: "greet".to_owned(), with: None };
    scenario.requests = vec![ask(45, P1), ask(MOMENT, P1), ask(30, 1), ask(40, 1)];
    match before {
        Before::Up => {}
        Before::Down => scenario.faults.push(crash(5, P1, None)),
        Before::PausedUntil(until) => {
            scenario.faults.push(Fault::Pause { node: node(P1), at: 35, until });
        }
    }
    let node = node(P1);
    scenario.faults.extend(strikes.iter().map(|strike| match *strike {
        Strike::Crash => Fault::Crash { node, at: MOMENT, after_sends: None },
        Strike::CrashAfter(sends) => Fault::Crash { node, at: MOMENT, after_sends: Some(sends) },
        Strike::Recover => Fault::Recover { node, at: MOMENT },
        Strike::Pause(until) => Fault::Pause { node, at: MOMENT, until },
    }));
    scenario
}

/// The kinds of P1's events at the moment, and for each fault true if it had an effect; by the rule.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of strike")]
fn expected(before: Before, strikes: &[Strike]) -> (Vec<&'static str>, Vec<bool>) {
    let mut told = Vec::new();
    let mut met = vec![false; strikes.len()];
    let mut up = before != Before::Down;
    let mut paused = match before {
        Before::PausedUntil(until) => Some(until),
        _ => None,
    };
    // Inputs that wait for the end of a pause; and true if the alarm that was set at the start still runs.
    let mut waits = paused.is_some();
    let mut alarm = up;
    let mut lost = 0;
    let mut restarts = false;
    let mut doomed: Option<(usize, u32)> = None;
    for (place, strike) in strikes.iter().enumerate() {
        match *strike {
            Strike::Crash if up => {
                (up, paused, doomed, restarts, alarm) = (false, None, None, false, false);
                // The greeting of 40 that waited is lost; the request is forgotten.
                lost += usize::from(std::mem::take(&mut waits));
                met[place] = true;
                told.push("crash");
            }
            Strike::CrashAfter(sends) if up && doomed.is_none_or(|(_, left)| sends < left) => {
                doomed = Some((place, sends));
            }
            Strike::Recover if !up => {
                (up, restarts, met[place]) = (true, true, true);
                told.push("recover");
            }
            Strike::Pause(until) if up && paused.is_none_or(|already| already < until) => {
                if paused.is_none() {
                    told.push("pause");
                }
                (paused, met[place]) = (Some(until), true);
            }
            _ => {}
        }
    }
    if paused == Some(MOMENT) {
        paused = None;
        told.push("resume");
    }
    // Actions of P1: each is indicated, and some include two sends.
    let mut deeds: Vec<&[&str]> = Vec::new();
    const GREETS: &[&str] = &["send", "send"];
    let acts = up && paused.is_none();
    if acts && restarts {
        deeds.extend([&["restarted"][..], GREETS]);
    }
    for _ in 0..lost {
        deeds.push(&["lose"]);
    }
    if acts {
        deeds.extend(waits.then_some(&["receive", "greeted"][..]));
        deeds.push(&["receive", "greeted"]);
        deeds.extend(if alarm { vec![&["timer", "rung"][..], GREETS] } else { vec![] });
        for _ in 0..=usize::from(waits) {
            deeds.extend([&["request", "asked"][..], GREETS]);
        }
    } else if !up {
        deeds.push(&["lose"]);
    }
    let mut done: Vec<&str> = deeds.concat();
    if let Some((place, sends)) = doomed {
        met[place] = true;
        let mut left = sends;
        let cut = done.iter().position(|deed| {
            let cuts = *deed == "send" && left == 0;
            left = left.saturating_sub(u32::from(*deed == "send"));
            cuts
        });
        // It stops just after its last allowed send, or just before the first.
        if let Some(mut cut) = cut {
            if sends > 0 {
                cut = 1 + done[..cut].iter().rposition(|deed| *deed == "send").expect("a send");
            }
            done.truncate(cut);
        } else if sends > 0 && done.iter().filter(|deed| **deed == "send").count() == sends as usize
        {
            let last = done.iter().rposition(|deed| *deed == "send").expect("a send");
            done.truncate(last + 1);
        }
        done.push("crash");
        // Inputs that wait for the end of a pause are lost after the moment, and later inputs find P1 down.
    }
    told.extend(done);
    (told, met)
}

#[test]
fn faults_of_one_moment_strike_in_their_order_before_the_node_acts() {
    let befores = [Before::Up, Before::Down, Before::PausedUntil(MOMENT), Before::PausedUntil(65)];
    let mut lists: Vec<Vec<Strike>> = vec![vec![]];
    for length in 0..3 {
        let longer = lists.iter().filter(|list| list.len() == length).flat_map(|list| {
            STRIKES.map(|strike| list.iter().copied().chain([strike]).collect::<Vec<_>>())
        });
        let longer: Vec<_> = longer.collect();
        lists.extend(longer);
    }
    for before in befores {
        for strikes in &lists {
            let scenario = scenario_of(before, strikes);
            let trace = play(&scenario);
            let at_moment =
                trace.events.iter().filter(|it| it.time == MOMENT && it.node == node(P1));
            let kinds: Vec<&str> = at_moment.map(|event| event.kind.name()).collect();
            let (told, met) = expected(before, strikes);
            // After a crash in the middle, all later arrivals are lost.
            let crashed = kinds.iter().rposition(|kind| *kind == "crash");
            let kept = match crashed {
                Some(place) if told.last() == Some(&"crash") => &kinds[..=place],
                _ => &kinds[..],
            };
            assert_eq!(kept, told, "{before:?}, then {strikes:?}");
            assert!(kinds[kept.len()..].iter().all(|kind| *kind == "lose"), "{kinds:?}");
            let first = scenario.faults.len() - strikes.len();
            let unused: Vec<usize> = (0..strikes.len()).filter(|it| !met[*it]).collect();
            let listed: Vec<usize> =
                trace.unused_faults.iter().filter_map(|it| it.checked_sub(first)).collect();
            assert_eq!(listed, unused, "{before:?}, then {strikes:?}");
        }
    }
}

#[test]
fn node_starts_once_in_each_life_and_is_idle_while_down_or_paused() {
    let mut restarts = 0;
    for seed in 0..3_000 {
        let mut chance = Chance::new(seed);
        let mut scenario = common::scenario("greeter", 2, 10);
        scenario.until = 100;
        for _ in 0..chance.between(1, 6) {
            let at = chance.between(0, 3) * 10;
            let node = node(P1);
            scenario.faults.push(match chance.below(4) {
                0 => Fault::Crash { node, at, after_sends: None },
                1 => Fault::Crash { node, at, after_sends: Some(chance.below(3) as u32) },
                2 => Fault::Recover { node, at },
                _ => Fault::Pause { node, at, until: at + 10 * chance.between(1, 3) },
            });
        }
        let trace = play(&scenario);
        let (mut up, mut paused, mut started) = (true, false, false);
        for event in trace.events.iter().filter(|event| event.node == node(P1)) {
            match event.kind.name() {
                "crash" => (up, paused, started) = (false, false, true),
                "recover" => (up, started) = (true, false),
                "pause" => paused = true,
                "resume" => paused = false,
                "lose" => {}
                kind => {
                    assert!(up && !paused, "{kind} at {} of {scenario:#?}", event.time);
                    if kind == "started" || kind == "restarted" {
                        assert!(!started, "a second start of {scenario:#?}");
                        restarts += usize::from(kind == "restarted");
                        started = true;
                    } else {
                        assert!(started, "{kind} comes before the start of {scenario:#?}");
                    }
                }
            }
        }
    }
    assert!(restarts > 500, "only {restarts} restarts");
}

/// Times at which a node was up, from the events of the run.
fn up_at(trace: &Trace, node: NodeId, time: Time) -> bool {
    let turns = trace.events.iter().filter(|event| event.node == node && event.time <= time);
    turns.fold(true, |up, event| match event.kind {
        EventKind::Crash => false,
        EventKind::Recover => true,
        _ => up,
    })
}

#[test]
#[expect(clippy::too_many_lines, reason = "one run, then its checks")]
fn perfect_detector_with_recoveries_is_complete_and_accurate() {
    const BOUND: Time = 20;
    let (mut suspicions, mut restorations, mut after_return) = (0, 0, 0);
    for seed in 0..2_000 {
        let mut chance = Chance::new(seed);
        let mut scenario = common::scenario("greeter", 3, 10);
        scenario.until = 400;
        scenario.network.detector = Detector::Perfect(BOUND);
        for _ in 0..chance.between(2, 9) {
            let (node, at) = (node(chance.below(3)), chance.between(0, 25) * 5);
            scenario.faults.push(match chance.below(2) {
                0 => Fault::Crash { node, at, after_sends: None },
                _ => Fault::Recover { node, at },
            });
        }
        let trace = play(&scenario);
        let changes: Vec<Time> = trace.events.iter().map(|event| event.time).collect();
        // Belief of each node about each other node, and the last report that it received.
        let mut suspects = [NodeSet::EMPTY; 3];
        for event in &trace.events {
            let own = &mut suspects[event.node.index()];
            match event.kind {
                EventKind::Crash => *own = NodeSet::EMPTY,
                EventKind::Detect(Detection::Suspect(about)) => {
                    suspicions += 1;
                    assert!(
                        !up_at(&trace, about, event.time),
                        "it suspects who is up: {scenario:#?}"
                    );
                    assert!(
                        own.insert(about),
                        "it suspects again without taking back: {scenario:#?}"
                    );
                    let returned =
                        |it: &&Event| it.node == event.node && it.kind == EventKind::Recover;
                    let last =
                        trace.events.iter().filter(returned).rfind(|it| it.time <= event.time);
                    after_return +=
                        usize::from(last.is_some_and(|it| it.time + BOUND == event.time));
                }
                EventKind::Detect(Detection::Restore(about)) => {
                    restorations += 1;
                    assert!(own.contains(about), "it takes back what it never said: {scenario:#?}");
                    own.remove(about);
                }
                _ => {}
            }
        }
        // At every moment, each fact as old as the bound is known.
        let nodes = [0, 1, 2].map(node);
        for &now in changes.iter().filter(|now| **now >= BOUND) {
            for (me, about) in nodes.iter().flat_map(|me| nodes.map(|about| (*me, about))) {
                let turns = |it: &&Event| {
                    matches!(it.kind, EventKind::Crash | EventKind::Recover)
                        && (it.node == me || it.node == about)
                        && it.time > now - BOUND
                        && it.time <= now
                };
                if me == about
                    || !up_at(&trace, me, now)
                    || trace.events.iter().any(|it| turns(&it))
                {
                    continue;
                }
                let believed = trace.events.iter().filter(|it| it.node == me && it.time <= now);
                let suspected = believed.fold(false, |suspected, event| match event.kind {
                    EventKind::Crash => false,
                    EventKind::Detect(Detection::Suspect(it)) if it == about => true,
                    EventKind::Detect(Detection::Restore(it)) if it == about => false,
                    _ => suspected,
                });
                let is_down = !up_at(&trace, about, now);
                assert_eq!(suspected, is_down, "{me:?} of {about:?} at {now}: {scenario:#?}");
            }
        }
    }
    let seen = [suspicions, restorations, after_return];
    assert!(seen.iter().all(|count| *count > 200), "too few of {seen:?}");
}

/// Between two crashes of a node there was a recovery, and a node that gets reports of both crashes gets one of the recovery.
#[test]
fn perfect_detector_reports_a_recovery_after_the_next_crash() {
    let mut scenario = common::scenario("greeter", 2, 10);
    scenario.network.detector = Detector::Perfect(20);
    let recover = |at| Fault::Recover { node: node(P1), at };
    scenario.faults = vec![crash(10, P1, None), recover(50), crash(60, P1, None), recover(100)];
    let told = |scenario: &Scenario| -> Vec<String> {
        let trace = play(scenario);
        let reports = trace.events.iter().filter(|it| matches!(it.kind, EventKind::Detect(_)));
        reports.map(|it| format!("{} {}", it.time, it.kind.name())).collect()
    };
    assert_eq!(told(&scenario), ["30 suspect", "70 restore", "80 suspect", "120 restore"]);
    // Within one moment the recovery also comes first.
    scenario.faults = vec![crash(10, P1, None), recover(50), crash(50, P1, None)];
    assert_eq!(told(&scenario), ["30 suspect", "70 restore", "70 suspect"]);
}

/// A timeout computed from a bound of 0 ms must let time pass, otherwise a node retries for ever.
#[test]
fn protocol_on_a_network_without_delays_lets_time_pass() {
    for (_, protocol) in protocols::catalogue() {
        for seed in 0..COMPARED.runs() {
            let mut scenario = random_scenario(protocol, &mut Chance::new(seed), Weather::Foul);
            scenario.network.timing = Timing::Synchronous(0);
            scenario.network.delay = Delay { min: 0, max: 0 };
            scenario.until = scenario.until.min(1_500);
            let trace = run(protocol, &scenario).expect("its requests are read");
            let moments = trace.events.chunk_by(|one, other| one.time == other.time);
            let most = moments.map(<[_]>::len).max().unwrap_or_default();
            assert!(most < 5_000, "{most} events at one moment of {scenario:#?}");
        }
    }
}
