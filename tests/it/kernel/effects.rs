//! Execution of effects and faults by the kernel, seen through a process made for this test.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;
use worldlines::kernel::{
    Context, Delay, Detection, Detector, EventKind, Fault, Group, Indication, MAX_EVENTS,
    MessageName, NodeId, NodeSet, Order, PerMillion, Plan, Process, Protocol, Request, RequestKind,
    RequestSpec, Scenario, Side, Simulation, Trace, With, run, spell,
};

use crate::common::{self, crash, node};

/// Executes its requests, and indicates its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Parrot {
    heard: Vec<String>,
    kept: u32,
    life: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
enum Ask {
    /// Indicate, send to all, indicate again.
    #[display("say {_0}")]
    Say(String),
    /// Set the alarm of this name.
    #[display("wake {_0} {_1}")]
    Wake(String, u32),
    #[display("hush {_0}")]
    Hush(String),
    /// Count up, and keep the count.
    #[display("keep")]
    Keep,
    /// Throw a die.
    #[display("throw")]
    Throw,
    /// Talk to oneself for ever.
    #[display("mutter")]
    Mutter,
}

impl Request for Ask {
    const KINDS: &'static [RequestKind] =
        &[RequestKind { name: "say", help: "Anything.", with: With::Text { label: "words" } }];

    fn read(name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        let words = with.and_then(Json::as_str).unwrap_or_default();
        let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
        Ok(match name {
            "say" => Self::Say(words.to_owned()),
            "wake" => Self::Wake(first.to_owned(), rest.parse().map_err(|_| "a number")?),
            "hush" => Self::Hush(words.to_owned()),
            "keep" => Self::Keep,
            "throw" => Self::Throw,
            "mutter" => Self::Mutter,
            _ => return Err("a known word".to_owned()),
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Tell(String);

impl fmt::Display for Tell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Indication for Tell {
    fn kind(&self) -> &'static str {
        "tell"
    }
}

impl Process for Parrot {
    type Parameters = ();
    type Request = Ask;
    type Indication = Tell;
    type Message = String;
    type Timer = String;

    fn new(_group: Group, (): &()) -> Self {
        Self { heard: Vec::new(), kept: 0, life: 0 }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, ask: Ask) {
        match ask {
            Ask::Say(word) => {
                ctx.indicate(Tell("before".to_owned()));
                ctx.send_all(word);
                ctx.indicate(Tell("after".to_owned()));
            }
            Ask::Wake(name, after) => ctx.set_timer(name, after.into()),
            Ask::Hush(name) => ctx.cancel_timer(name),
            Ask::Keep => {
                self.kept += 1;
                ctx.store();
                self.kept += 100;
            }
            Ask::Throw => {
                let throw = ctx.choose(1000);
                ctx.indicate(Tell(throw.to_string()));
            }
            Ask::Mutter => ctx.send(ctx.me(), "mutter".to_owned()),
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, word: String) {
        if word == "mutter" {
            ctx.send(ctx.me(), word);
            return;
        }
        ctx.indicate(Tell(format!("{word} from {from}")));
        self.heard.push(word);
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: String) {
        ctx.note(format!("{timer} rang"));
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        ctx.note(detection.to_string());
    }

    fn recover(stored: &Self, fresh: Self) -> Self {
        Self { kept: stored.kept, ..fresh }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.life += 1;
        ctx.indicate(Tell(format!("kept {}, heard {}", self.kept, self.heard.len())));
    }
}

const PARROT: Protocol = Protocol {
    id: "parrot",
    name: "Parrot",
    summary: "Does what it is asked to.",
    source: "this test",
    ..Protocol::of::<Parrot>()
};

/// Parrots on a network in which every message takes 10 ms.
fn parrots(size: usize) -> Scenario {
    common::scenario("parrot", size, 10)
}

fn ask(at: u64, index: usize, name: &str, with: &str) -> RequestSpec {
    RequestSpec { at, node: node(index), name: name.to_owned(), with: Some(with.into()) }
}

fn name(from: usize, to: usize, number: u32) -> MessageName {
    MessageName { from: node(from), to: node(to), number }
}

fn play(scenario: &Scenario) -> Trace {
    run(&PARROT, scenario).expect("parrots understand")
}

/// A trace in words: `10 P2 receive P1>P2#1`.
fn words(scenario: &Scenario, trace: &Trace) -> Vec<String> {
    let say = |event: &worldlines::kernel::Event| {
        let what = match &event.kind {
            EventKind::Send(message) | EventKind::Receive(message) => {
                scenario.message_name(trace.messages[*message].name)
            }
            EventKind::Lose(message, loss) => {
                let name = scenario.message_name(trace.messages[*message].name);
                format!("{name} {}", loss.why())
            }
            EventKind::Request { packet, .. }
            | EventKind::Indicate { packet, .. }
            | EventKind::Timer(packet) => packet.to_string(),
            EventKind::Note(note) => note.to_string(),
            EventKind::Detect(detection) => detection.node().to_string(),
            _ => String::new(),
        };
        let said = format!("{} {} {} {what}", event.time, event.node, event.kind.name());
        spell(said.trim_end(), &scenario.nodes)
    };
    trace.events.iter().map(say).collect()
}

/// The events of these kinds, in words.
fn of_kinds(scenario: &Scenario, trace: &Trace, kinds: &[&str]) -> Vec<String> {
    let words = words(scenario, trace);
    let told = words.into_iter().zip(&trace.events);
    told.filter(|(_, event)| kinds.contains(&event.kind.name())).map(|(word, _)| word).collect()
}

#[test]
fn message_to_oneself_is_handled_at_once_and_not_traced() {
    let mut scenario = parrots(2);
    scenario.requests = vec![ask(5, 0, "say", "hi")];
    let trace = play(&scenario);
    let expected = [
        "5 P1 request say hi",
        "5 P1 tell before",
        "5 P1 send P1>P2#1",
        "5 P1 tell after",
        "5 P1 tell hi from P1",
        "15 P2 receive P1>P2#1",
        "15 P2 tell hi from P1",
    ];
    assert_eq!(words(&scenario, &trace), expected);
    assert_eq!(trace.messages.len(), 1);
    assert!(trace.quiescent && !trace.exhausted && trace.end == scenario.until);
}

#[test]
fn crash_after_k_sends_cuts_the_effects_just_after_the_kth() {
    let cut = |sends: Option<u32>| {
        let mut scenario = parrots(4);
        scenario.requests = vec![ask(5, 0, "say", "hi")];
        scenario.faults = vec![crash(5, 0, sends)];
        let trace = play(&scenario);
        let words = words(&scenario, &trace);
        words.into_iter().filter(|word| word.starts_with("5 ")).collect::<Vec<_>>()
    };
    let (asked, before, crashed) = ("5 P1 request say hi", "5 P1 tell before", "5 P1 crash");
    assert_eq!(cut(None), [crashed], "before anything else of that moment");
    assert_eq!(cut(Some(0)), [asked, before, crashed]);
    assert_eq!(cut(Some(1)), [asked, before, "5 P1 send P1>P2#1", crashed]);
    let two = [asked, before, "5 P1 send P1>P2#1", "5 P1 send P1>P3#1", crashed];
    assert_eq!(cut(Some(2)), two);
    assert_eq!(cut(Some(9)).last().map(String::as_str), Some(crashed), "at the moment's end");
    assert!(cut(Some(9)).contains(&"5 P1 tell hi from P1".to_owned()));
}

#[test]
fn events_of_one_moment_have_a_fixed_order() {
    let mut scenario = parrots(4);
    scenario.network.detector = Detector::Perfect(10);
    scenario.requests = vec![
        ask(10, 2, "say", "second"),
        ask(10, 1, "say", "first"),
        ask(0, 2, "wake", "b 10"),
        ask(0, 1, "wake", "a 10"),
        ask(0, 1, "say", "x"),
        ask(0, 2, "say", "y"),
    ];
    scenario.faults = vec![
        crash(0, 3, None),
        Fault::Pause { node: node(0), at: 10, until: 20 },
        Fault::Recover { node: node(3), at: 10 },
    ];
    let trace = play(&scenario);
    let words = words(&scenario, &trace);
    let at_10: Vec<_> = words.iter().filter(|word| word.starts_with("10 ")).collect();
    let expected = [
        // Faults, in the scenario's order; P4 is up again, so its crash is no longer reported.
        "10 P1 pause",
        "10 P4 recover",
        "10 P4 tell kept 0, heard 0",
        // Receipts by the message's name. P1 is paused: its inputs wait.
        "10 P3 receive P2>P3#1",
        "10 P3 tell x from P2",
        "10 P4 receive P2>P4#1",
        "10 P4 tell x from P2",
        "10 P2 receive P3>P2#1",
        "10 P2 tell y from P3",
        "10 P4 receive P3>P4#1",
        "10 P4 tell y from P3",
        // Timers by node, in whatever order they were set.
        "10 P2 timer a",
        "10 P2 note a rang",
        "10 P3 timer b",
        "10 P3 note b rang",
        // Requests in the scenario's order.
        "10 P3 request say second",
        "10 P3 tell before",
        "10 P3 send P3>P1#2",
        "10 P3 send P3>P2#2",
        "10 P3 send P3>P4#2",
        "10 P3 tell after",
        "10 P3 tell second from P3",
        "10 P2 request say first",
    ];
    assert_eq!(at_10[..expected.len()], expected);
}

#[test]
fn partition_stops_messages_between_its_sides_while_it_lasts() {
    let mut scenario = parrots(3);
    scenario.requests = [0, 6, 9, 15, 20, 30].map(|at| ask(at, 0, "say", "hi")).into();
    let groups = vec![[node(0), node(1)].into_iter().collect::<NodeSet>()];
    scenario.faults = vec![Fault::Partition { groups, at: 12, until: 20 }];
    let trace = play(&scenario);
    let to_p3 = of_kinds(&scenario, &trace, &["receive", "lose"]);
    let to_p3: Vec<_> = to_p3.iter().filter(|word| word.contains(">P3#")).collect();
    let expected = [
        "10 P3 receive P1>P3#1",
        "12 P3 lose P1>P3#2 partition",
        "12 P3 lose P1>P3#3 partition",
        "15 P3 lose P1>P3#4 partition",
        "30 P3 receive P1>P3#5",
        "40 P3 receive P1>P3#6",
    ];
    assert_eq!(to_p3, expected, "P3, named in no group, is alone");
    let to_p2 = of_kinds(&scenario, &trace, &["receive"]);
    assert_eq!(to_p2.iter().filter(|word| word.contains(">P2#")).count(), 6);
}

#[test]
fn cut_stops_one_direction_and_omission_one_side() {
    let lost = |fault: Fault| {
        let mut scenario = parrots(3);
        scenario.requests = (0..3).map(|index| ask(5, index, "say", "hi")).collect();
        scenario.faults = vec![fault];
        let trace = play(&scenario);
        of_kinds(&scenario, &trace, &["lose"])
    };
    let (at, until) = (0, 100);
    let cut = lost(Fault::Cut { from: node(0), to: node(1), at, until });
    assert_eq!(cut, ["5 P2 lose P1>P2#1 cut"]);
    let send = lost(Fault::Omit { node: node(0), side: Side::Send, at, until });
    assert_eq!(send, ["5 P2 lose P1>P2#1 omission", "5 P3 lose P1>P3#1 omission"]);
    let receive = lost(Fault::Omit { node: node(0), side: Side::Receive, at, until });
    assert_eq!(receive, ["15 P1 lose P2>P1#1 omission", "15 P1 lose P3>P1#1 omission"]);
    let over = lost(Fault::Omit { node: node(0), side: Side::Receive, at, until: 15 });
    assert_eq!(over, [""; 0], "a span ends just before its `until`");
}

#[test]
fn message_faults_drop_delay_and_duplicate_by_name() {
    let mut scenario = parrots(2);
    scenario.requests = [0, 1, 2, 3].map(|at| ask(at, 0, "say", "hi")).into();
    scenario.faults = vec![
        Fault::Drop { message: name(0, 1, 1) },
        Fault::Delay { message: name(0, 1, 2), by: 7 },
        Fault::Duplicate { message: name(0, 1, 3), after: 20 },
        Fault::Drop { message: name(0, 1, 5) },
        Fault::Delay { message: name(1, 0, 1), by: 1 },
    ];
    let trace = play(&scenario);
    let expected = [
        "5 P2 lose P1>P2#1 drop",
        "12 P2 receive P1>P2#3",
        "13 P2 receive P1>P2#4",
        "18 P2 receive P1>P2#2",
        "32 P2 receive P1>P2#3",
    ];
    assert_eq!(of_kinds(&scenario, &trace, &["receive", "lose"]), expected);
    assert_eq!(trace.unused_faults, [3, 4], "those met no message");
}

#[test]
fn fifo_link_keeps_the_order_and_another_link_does_not() {
    let overtaken = |order| {
        let mut scenario = parrots(2);
        scenario.network.duplicate = PerMillion(500_000);
        scenario.network.delay = Delay { min: 0, max: 50 };
        scenario.network.order = order;
        scenario.requests = (0..40).map(|at| ask(at, 0, "say", "hi")).collect();
        let trace = play(&scenario);
        let received = trace.events.iter().filter_map(|event| match event.kind {
            EventKind::Receive(message) => Some(trace.messages[message].name.number),
            _ => None,
        });
        // A duplicate may arrive at any time after the original: it overtakes no message.
        let mut firsts: Vec<u32> = Vec::new();
        for number in received {
            if !firsts.contains(&number) {
                firsts.push(number);
            }
        }
        assert_eq!(firsts.len(), 40);
        !firsts.is_sorted()
    };
    assert!(overtaken(Order::Any));
    assert!(!overtaken(Order::Fifo));
}

#[test]
fn network_loses_and_duplicates_with_the_given_probability() {
    let mut scenario = parrots(2);
    scenario.network.loss = PerMillion(200_000);
    scenario.network.duplicate = PerMillion(100_000);
    scenario.requests = (0..1000).map(|at| ask(at, 0, "say", "hi")).collect();
    scenario.until = 5000;
    let trace = play(&scenario);
    let lost = of_kinds(&scenario, &trace, &["lose"]).len();
    let doubled = trace.messages.iter().filter(|message| !message.copies.is_empty()).count();
    assert!((150..250).contains(&lost), "{lost} of 1000 lost");
    assert!((70..130).contains(&doubled), "{doubled} of 1000 doubled");
}

#[test]
fn paused_node_does_nothing_until_it_resumes() {
    let mut scenario = parrots(2);
    scenario.requests =
        vec![ask(0, 0, "say", "hi"), ask(1, 1, "wake", "a 5"), ask(12, 1, "say", "me too")];
    scenario.faults = vec![
        Fault::Pause { node: node(1), at: 4, until: 30 },
        Fault::Pause { node: node(1), at: 20, until: 25 },
    ];
    let trace = play(&scenario);
    let p2: Vec<_> =
        words(&scenario, &trace).into_iter().filter(|word| word.contains(" P2 ")).collect();
    let expected = [
        "1 P2 request wake a 5",
        "4 P2 pause",
        "30 P2 resume",
        "30 P2 receive P1>P2#1",
        "30 P2 tell hi from P1",
        "30 P2 timer a",
        "30 P2 note a rang",
        "30 P2 request say me too",
        "30 P2 tell before",
        "30 P2 send P2>P1#1",
        "30 P2 tell after",
        "30 P2 tell me too from P2",
    ];
    assert_eq!(p2, expected);
    assert_eq!(trace.unused_faults, [1], "it was paused already");
}

#[test]
fn recovered_node_has_its_stable_storage_and_nothing_else() {
    let mut scenario = parrots(2);
    scenario.requests = vec![
        ask(0, 1, "say", "hi"),
        ask(20, 0, "keep", ""),
        ask(21, 0, "wake", "a 50"),
        ask(35, 0, "say", "nobody hears this"),
    ];
    scenario.faults = vec![crash(30, 0, None), Fault::Recover { node: node(0), at: 40 }];
    let trace = play(&scenario);
    let expected = ["20 P1 persist", "30 P1 crash", "40 P1 recover"];
    assert_eq!(of_kinds(&scenario, &trace, &["persist", "crash", "recover", "timer"]), expected);
    let told = of_kinds(&scenario, &trace, &["tell"]);
    // The stored state is that at the end of the handler, not at the call.
    assert_eq!(told.last().map(String::as_str), Some("40 P1 tell kept 101, heard 0"));
    assert_eq!(trace.unused_requests, [3]);
}

#[test]
fn node_that_is_down_loses_arriving_messages() {
    let mut scenario = parrots(2);
    scenario.requests = vec![ask(0, 0, "say", "hi")];
    scenario.faults = vec![crash(5, 1, None), crash(7, 1, None)];
    let trace = play(&scenario);
    assert_eq!(of_kinds(&scenario, &trace, &["lose"]), ["10 P2 lose P1>P2#1 crashed"]);
    assert_eq!(trace.unused_faults, [1], "it was down already");
}

/// Three writes and a greeting of both others, all at 10; then P1 crashes there, and recovers at 20.
fn writing(faults: Vec<Fault>) -> (Scenario, Trace) {
    let mut scenario = parrots(3);
    let keep = || ask(10, 0, "keep", "");
    scenario.requests = vec![keep(), keep(), ask(10, 0, "say", "hi"), keep()];
    scenario.faults = faults;
    scenario.faults.push(Fault::Recover { node: node(0), at: 20 });
    let trace = play(&scenario);
    (scenario, trace)
}

#[test]
fn crash_after_writes_cuts_after_that_write_and_keeps_the_written() {
    let cut = |after_writes| Fault::CrashWriting { node: node(0), at: 10, after_writes };
    let done = |after_writes| {
        let (scenario, trace) = writing(vec![cut(after_writes)]);
        let own = trace.events.iter().filter(|event| event.node == node(0));
        let now = own.filter(|event| event.time == 10).map(|event| event.kind.name());
        let now: Vec<&str> =
            now.filter(|kind| ["persist", "send", "crash"].contains(kind)).collect();
        let told = of_kinds(&scenario, &trace, &["tell"]);
        let back = told.iter().find(|it| it.starts_with("20 ")).cloned().unwrap_or_default();
        (now.join(" "), back)
    };
    // A write stores the state at the end of the handler: 101 more with each.
    let kept = |count: u32| format!("20 P1 tell kept {count}, heard 0");
    assert_eq!(done(0), ("crash".to_owned(), kept(0)));
    assert_eq!(done(1), ("persist crash".to_owned(), kept(101)));
    assert_eq!(done(2), ("persist persist crash".to_owned(), kept(202)));
    assert_eq!(done(3), ("persist persist send send persist crash".to_owned(), kept(303)));
    // If it has made fewer writes, it stops at the end of the moment.
    assert_eq!(done(9), ("persist persist send send persist crash".to_owned(), kept(303)));
}

#[test]
fn crash_after_sends_or_writes_strikes_at_whichever_comes_first() {
    let sends = |after_sends| crash(10, 0, Some(after_sends));
    let writes = |after_writes| Fault::CrashWriting { node: node(0), at: 10, after_writes };
    let unused = |faults: Vec<Fault>| writing(faults).1.unused_faults;
    assert_eq!(unused(vec![sends(1), writes(2)]), [0]);
    assert_eq!(unused(vec![sends(1), writes(3)]), [1]);
    assert_eq!(unused(vec![writes(3), sends(2)]), [0]);
    assert_eq!(unused(vec![writes(4), sends(3)]), [1], "both have room: the first in the list");
    assert_eq!(unused(vec![writes(2), writes(1)]), [0]);
}

#[test]
fn perfect_detector_reports_crashes_to_all_after_its_bound_and_nothing_else() {
    let mut scenario = parrots(4);
    scenario.network.detector = Detector::Perfect(20);
    scenario.faults = vec![
        crash(10, 0, None),
        crash(20, 1, None),
        Fault::Recover { node: node(1), at: 25 },
        crash(28, 3, None),
    ];
    let trace = play(&scenario);
    // P1 is down and gets no report. P2 was up again before its crash would have been reported; it recovers at
    // 25, and by 45 it knows of the crash that was reported to the others while it was new.
    let expected = ["30 P3 suspect P1", "45 P2 suspect P1", "48 P2 suspect P4", "48 P3 suspect P4"];
    assert_eq!(of_kinds(&scenario, &trace, &["suspect", "restore"]), expected);
}

#[test]
fn timer_of_a_name_can_be_replaced_and_stopped() {
    let mut scenario = parrots(1);
    scenario.requests = vec![
        ask(0, 0, "wake", "a 10"),
        ask(0, 0, "wake", "b 10"),
        ask(0, 0, "wake", "c 10"),
        ask(5, 0, "wake", "a 10"),
        ask(5, 0, "hush", "b"),
    ];
    let trace = play(&scenario);
    assert_eq!(of_kinds(&scenario, &trace, &["timer"]), ["10 P1 timer c", "15 P1 timer a"]);
}

#[test]
fn run_is_at_rest_when_no_node_has_work_left() {
    let rests = |requests: Vec<RequestSpec>, faults: Vec<Fault>, until: u64| {
        let mut scenario = parrots(2);
        scenario.network.detector = Detector::Perfect(20);
        (scenario.requests, scenario.faults, scenario.until) = (requests, faults, until);
        play(&scenario).quiescent
    };
    assert!(rests(vec![], vec![], 0));
    assert!(!rests(vec![ask(0, 0, "say", "hi")], vec![], 9), "a message is on its way");
    assert!(rests(vec![ask(0, 0, "say", "hi")], vec![], 10));
    assert!(!rests(vec![ask(0, 0, "wake", "a 50")], vec![], 49), "a timer runs");
    assert!(rests(vec![ask(0, 0, "wake", "a 50"), ask(1, 0, "hush", "a")], vec![], 49));
    assert!(rests(vec![ask(0, 0, "wake", "a 50")], vec![crash(5, 0, None)], 49));
    assert!(!rests(vec![], vec![crash(5, 0, None)], 24), "a crash is still to be reported");
    assert!(rests(vec![], vec![crash(5, 0, None)], 25));
    assert!(rests(vec![ask(30, 0, "say", "hi")], vec![], 20), "what is asked later is another run");
}

#[test]
fn choices_of_a_process_depend_on_seed_place_and_count_only() {
    let throws = |seed: u64, place: usize, nodes: [&str; 2]| {
        let mut scenario = Scenario::new("parrot", nodes.map(str::to_owned).into());
        scenario.seed = seed;
        scenario.requests = (0..5).map(|at| ask(at, place, "throw", "")).collect();
        let trace = play(&scenario);
        of_kinds(&scenario, &trace, &["tell"])
            .iter()
            .map(|word| word.rsplit(' ').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let first = throws(1, 0, ["Alice", "Bob"]);
    assert_eq!(first, throws(1, 0, ["Bob", "Alice"]), "a name is no part of it");
    assert_ne!(first, throws(1, 1, ["Bob", "Alice"]));
    assert_ne!(first, throws(2, 0, ["Alice", "Bob"]));
    assert!(first.iter().any(|throw| *throw != first[0]));
}

#[test]
fn process_that_messages_itself_for_ever_is_stopped() {
    let mut scenario = parrots(2);
    scenario.requests = vec![ask(5, 0, "mutter", "")];
    let trace = play(&scenario);
    assert!(trace.exhausted && !trace.quiescent);
    assert!(trace.events.len() <= MAX_EVENTS);
}

#[test]
fn simulation_copied_in_the_middle_continues_the_same_run() {
    let mut scenario = parrots(3);
    scenario.requests = (0..5).map(|at| ask(at * 7, 0, "say", "hi")).collect();
    let plan = Plan::new(&PARROT, &scenario).expect("parrots understand");
    let (mut simulation, mut trace) = (Simulation::new(&plan), Trace::default());
    for _ in 0..10 {
        assert!(simulation.step(&plan, &mut trace));
    }
    let (mut copy, mut copied) = (simulation.clone(), trace.clone());
    while simulation.step(&plan, &mut trace) {}
    while copy.step(&plan, &mut copied) {}
    assert_eq!(trace, copied);
    assert_eq!(trace, play(&scenario));
    assert_eq!(simulation.up(), NodeSet::first(3));
    assert_eq!(simulation.inspect(node(1))["state"]["heard"].as_array().map(Vec::len), Some(5));
}

#[test]
fn request_that_the_protocol_does_not_know_is_refused_by_its_place() {
    let mut scenario = parrots(2);
    scenario.requests = vec![ask(0, 0, "say", "hi"), ask(0, 0, "fly", "")];
    assert_eq!(run(&PARROT, &scenario), Err((1, "a known word".to_owned())));
}
