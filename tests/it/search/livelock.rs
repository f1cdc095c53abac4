//! Deadlocks, and nodes that give way to each other for ever: both are found without a single
//! fault, by the orders of events alone; a cycle that a process could leave at any time is neither.

use derive_more::Display;
use serde::Serialize;
use serde_json::Value as Json;
use worldlines::{
    analysis::deadlock,
    app::as_found,
    diagram::explain,
    formats::{
        bundled, scenario,
        search::{Asked, Found, Results, read, write},
    },
    kernel::{
        Context, Delay, Group, Indication, Kind, Monitor, NodeId, Observation, Process, Property,
        Protocol, Request, RequestKind, Scenario, Seen, Setting, Verdict, With, run,
    },
    runs::Outcome,
    search::{
        Budget, Coverage, DEFAULT_RUNS, Exhaustive, Finding, InterleavingCoverage, Method,
        Objective, Search, Shard, Target, Task, Workers,
    },
};

/// A node that wants to go through a door lets the other go first, which lets it go first, and so on, unless it has
/// decided to go before the other gives way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Polite {
    bold: bool,
    modest: bool,
}

/// Requests of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
enum Ask {
    /// To give way for ever.
    #[display("yield")]
    Yield,
    /// The same, each time after a delay.
    #[display("hesitate")]
    Hesitate,
    /// To give way until it receives one message to go.
    #[display("insist")]
    Insist,
    /// To go if the other gives way, unless it has given way itself before.
    #[display("dare")]
    Dare,
    /// To go if one timer expires before another, and otherwise to begin again.
    #[display("cook")]
    Cook,
}

impl Request for Ask {
    const KINDS: &'static [RequestKind] = &[
        RequestKind { name: "yield", help: "Gives way for ever.", with: With::Nothing },
        RequestKind { name: "hesitate", help: "The same, slowly.", with: With::Nothing },
        RequestKind { name: "insist", help: "Gives way for a while.", with: With::Nothing },
        RequestKind { name: "dare", help: "Makes up its mind to go.", with: With::Nothing },
        RequestKind { name: "cook", help: "Boils an egg and sings.", with: With::Nothing },
    ];

    fn read(name: &str, _with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Ok(match name {
            "yield" => Self::Yield,
            "hesitate" => Self::Hesitate,
            "insist" => Self::Insist,
            "cook" => Self::Cook,
            _ => Self::Dare,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
enum Word {
    #[display("AFTER YOU")]
    AfterYou,
    #[display("AFTER YOU, slowly")]
    Slowly,
    #[display("GO")]
    Go,
}

/// It goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("pass")]
struct Pass;

impl Indication for Pass {
    fn kind(&self) -> &'static str {
        "pass"
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
enum Alarm {
    #[display("wait")]
    Wait,
    #[display("egg")]
    Egg,
    #[display("song")]
    Song,
}

impl Process for Polite {
    type Parameters = ();
    type Request = Ask;
    type Indication = Pass;
    type Message = Word;
    type Timer = Alarm;

    fn new(_group: Group, (): &()) -> Self {
        Self { bold: false, modest: false }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, ask: Ask) {
        match ask {
            Ask::Yield => ctx.send_others(Word::AfterYou),
            Ask::Hesitate => ctx.send_others(Word::Slowly),
            Ask::Insist => {
                ctx.send_others(Word::AfterYou);
                ctx.send_others(Word::Go);
            }
            Ask::Dare => self.bold = !self.modest,
            Ask::Cook => Self::cook(ctx),
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, word: Word) {
        if self.bold || word == Word::Go {
            self.bold = true;
            return ctx.indicate(Pass);
        }
        self.modest = true;
        match word {
            Word::Slowly => ctx.set_timer(Alarm::Wait, 15),
            _ => ctx.send(from, Word::AfterYou),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, alarm: Alarm) {
        match alarm {
            Alarm::Wait => ctx.send_others(Word::Slowly),
            Alarm::Song => self.modest = true,
            Alarm::Egg if self.modest => {
                self.modest = false;
                Self::cook(ctx);
            }
            Alarm::Egg => ctx.indicate(Pass),
        }
    }
}

impl Polite {
    fn cook(ctx: &mut Context<Self>) {
        ctx.set_timer(Alarm::Egg, 10);
        ctx.set_timer(Alarm::Song, 30);
    }
}

const PASSAGE: Property = Property {
    name: "passage",
    kind: Kind::Liveness,
    statement: "If a process asks, a process eventually passes.",
    monitor: |_| Box::new(Door { asked: false, passed: false }),
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Door {
    asked: bool,
    passed: bool,
}

impl Monitor for Door {
    fn observe(&mut self, seen: &Observation) {
        self.asked |= matches!(seen.what, Seen::Request(_));
        self.passed |= matches!(seen.what, Seen::Indication(_));
    }

    fn verdict(&self, over: bool) -> Verdict {
        match (self.asked && !self.passed, over) {
            (false, _) => Verdict::Holds,
            (true, false) => Verdict::Undecided("no process has passed yet".to_owned()),
            (true, true) => {
                Verdict::Violated { why: "no process ever passed".to_owned(), witness: Vec::new() }
            }
        }
    }
}

static POLITE: Protocol = Protocol {
    id: "polite",
    name: "Polite nodes",
    summary: "Each gives way to the other.",
    source: "the search's tests",
    promises: &[PASSAGE],
    ..Protocol::of::<Polite>()
};

/// The first of two nodes is asked this, and the second decides just before it hears of it: by chance, for
/// the message could have arrived sooner.
fn door(ask: &str) -> Scenario {
    let mut scenario = Scenario::new(POLITE.id, Scenario::numbered(2));
    let (dare, max) = if ask == "hesitate" { (50, 40) } else { (35, 20) };
    scenario.network.delay = Delay { min: 10, max };
    scenario.ask(20, NodeId::new(0), ask, None);
    scenario.ask(dare, NodeId::new(1), "dare", None);
    scenario.until = 400;
    let with = |seed| Scenario { seed, ..scenario.clone() };
    let rests = |scenario: &Scenario| run(&POLITE, scenario).is_ok_and(|trace| trace.quiescent);
    (0..100).map(with).find(rests).unwrap_or(scenario)
}

/// Findings for a property if at most two messages are late, and the coverage of the orders of events.
fn search(
    protocol: &'static Protocol,
    scenario: &Scenario,
    property: &'static Property,
) -> (Option<Finding>, InterleavingCoverage) {
    let mut search = Search::new(Task {
        protocol,
        scenario: scenario.clone(),
        objectives: vec![Objective::at(Target::Violation(property))],
        budget: Budget::of(&[("delay", 2)]),
        seed: 0,
        limit: DEFAULT_RUNS,
        shard: Shard::WHOLE,
    })
    .expect("its requests are read");
    let mut found = Vec::new();
    while !search.is_over() {
        found.extend(search.advance(Workers::ONE));
    }
    (found.pop(), search.coverage().orders.remove(0))
}

/// The livelock for the first node's request, its stem and its cycle; its scenario shows it until its end.
fn livelock(ask: &str) -> (Scenario, u32, u32) {
    let plain = run(&POLITE, &door(ask)).expect("it is asked something");
    assert!(plain.quiescent, "the plain run comes to rest");
    let (found, covered) = search(&POLITE, &door(ask), &PASSAGE);
    let found = found.expect("it is found");
    let Method::Livelock { stem, cycle } = found.by else { panic!("{:?} {covered:?}", found.by) };
    (found.scenario, stem, cycle)
}

#[test]
fn search_finds_deadlock_of_maekawa_by_orders_of_events_alone() {
    let mut bundled = bundled::of_protocol("maekawa");
    let bundled = bundled.find(|it| it.name == "deadlock").expect("it is bundled");
    let given = bundled.scenario().expect("it is read");
    let plain = Scenario { faults: Vec::new(), captions: Vec::new(), ..given };
    let outcome = Outcome::of(plain.clone()).expect("it runs");
    let starvation = outcome.protocol.properties().map(|(it, _)| it);
    let starvation = starvation.into_iter().find(|it| it.kind == Kind::Liveness);
    let starvation = starvation.expect("there is starvation freedom");
    let objectives = [Objective::at(Target::Violation(starvation))];
    let mut orders =
        Exhaustive::new(outcome.protocol, plain.clone(), &objectives, &Budget::NONE, false)
            .expect("it can be searched");
    let mut sightings = Vec::new();
    while !orders.is_over() {
        sightings.extend(orders.advance(100, &[true]));
    }
    // Two requests; each voter receives both; and the two requesters without a vote learn it.
    let steps = 2 + 2 * 2 + 2;
    assert_eq!(sightings.first().map(|it| it.depth), Some(steps), "without any fault");
    let (found, _) = search(outcome.protocol, &plain, starvation);
    let found = found.expect("it is found");
    let written = scenario::write(&found.scenario);
    let shown = Outcome::of(scenario::read(&written).expect("it is a scenario")).expect("it runs");
    assert!(shown.trace.quiescent && deadlock(&shown.trace).len() == 2, "{written}");
    let explained = explain(&shown, &Target::Violation(starvation)).expect("it is violated").text();
    assert!(explained.contains(" Deadlock: ") && explained.contains("wait for each other."));
}

#[test]
fn search_does_not_call_a_late_message_a_deadlock() {
    let text = r#"{"version": 1, "protocol": "best-effort-broadcast", "nodes": ["Alice", "Bob"],
        "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}],
        "faults": [{"drop": {"message": "Alice>Bob#1"}}], "until": 500}"#;
    let outcome = Outcome::of(scenario::read(text).expect("it is a scenario")).expect("it runs");
    let violated = outcome.report.judgements.iter().find(|it| it.verdict.is_violated());
    let property = violated.expect("something is violated").property;
    let explained = explain(&outcome, &Target::Violation(property)).expect("it is violated").text();
    assert!(!explained.contains("Deadlock"), "{explained}");
}

#[test]
fn search_finds_livelock_of_nodes_that_give_way_for_ever() {
    for (ask, way, round) in [("yield", 4, 2), ("hesitate", 5, 4)] {
        let (scenario, stem, cycle) = livelock(ask);
        assert_eq!((stem, cycle), (way, round), "{ask}");
        // Whenever it ends: it goes on, and no process passes.
        for until in [scenario.until, scenario.until * 5] {
            let longer = Scenario { until, ..scenario.clone() };
            let trace = run(&POLITE, &longer).expect("it is asked something");
            assert!(!trace.quiescent && trace.messages.len() > 5, "{ask}");
            assert!(
                Objective::at(Target::Violation(&PASSAGE))
                    .is_reached_in(&Setting::of(&POLITE, &scenario), &trace),
                "{ask}"
            );
        }
    }
}

#[test]
fn search_does_not_call_an_unfair_cycle_a_livelock() {
    let given = door("insist");
    let objectives = [Objective::at(Target::Violation(&PASSAGE))];
    let budget = Budget::read("").expect("nothing is a budget");
    let mut explore = Exhaustive::new(&POLITE, given.clone(), &objectives, &budget, false)
        .expect("it can be searched");
    while !explore.is_over() {
        assert!(explore.advance(10, &[true]).is_empty(), "nothing comes to rest before GO comes");
    }
    assert!(explore.is_complete() && explore.states() > 4, "there is a circle");
    let (found, covered) = search(&POLITE, &given, &PASSAGE);
    assert!(found.is_none() && covered.complete && !covered.untimed, "{found:?} {covered:?}");
}

#[test]
fn livelock_is_written_and_read_as_a_livelock() {
    let text = r#"{"version": 1, "protocol": "paxos", "nodes": ["Alice", "Bob"], "until": 500}"#;
    let asked = Asked::of(scenario::read(text).expect("it is a scenario")).expect("it is known");
    let found = Found {
        target: asked.targets[0].clone(),
        scenario: asked.scenario.clone(),
        by: Method::Livelock { stem: 4, cycle: 2 },
        explanation: "They go round.".to_owned(),
    };
    let orders = vec![InterleavingCoverage::default(); asked.targets.len()];
    let coverage =
        Coverage { runs: 1, distinct: 1, complete: None, exhausted: false, random: 0, orders };
    let written = write(&Results { asked, findings: vec![found.clone()], coverage });
    assert!(written.contains(r#""by":"livelock","stem":4,"cycle":2"#), "{written}");
    assert_eq!(read(&written).expect("it is read").findings, [found]);
}

#[test]
fn livelock_is_explained_as_a_livelock() {
    let text = r#"{"version": 1, "protocol": "paxos", "nodes": ["Alice", "Bob"], "until": 500}"#;
    let scenario = scenario::read(text).expect("it is a scenario");
    let asked = Asked::of(scenario.clone()).expect("it is known");
    let explained = |by| {
        let before = scenario.clone();
        as_found(&asked, Finding { objective: 0, scenario: scenario.clone(), before, by })
            .explanation
    };
    let livelock = explained(Method::Livelock { stem: 4, cycle: 2 });
    assert!(livelock.contains("after 4 steps the run repeats a cycle of 2 steps"), "{livelock}");
    assert!(!explained(Method::Random).contains("livelock"));
}

#[test]
fn livelock_that_no_delays_allow_is_not_shown_and_not_ruled_out() {
    let mut given = door("cook");
    given.requests.truncate(1);
    let (found, covered) = search(&POLITE, &given, &PASSAGE);
    assert!(found.is_none(), "the egg is always done first: {found:?}");
    assert!(covered.complete && covered.untimed, "{covered:?}");
}
