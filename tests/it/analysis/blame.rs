//! Breaches of assumptions and causes of violations: the inputs that were judged wrongly, with what is
//! right, and rules that hold for every run.

use worldlines::{
    analysis::{Judgement, report},
    diagram::{event_sentence, explain, message_sentence},
    formats::scenario,
    kernel::{
        Delay, EventKind, Fate, Fault, Kind, Message, MessageName, ParameterValue, PerMillion,
        Rule, Scenario, Side, Timing, Trace, Verdict, spell,
    },
    protocols,
    runs::Outcome,
    search::{Objective, Target, minimise},
};

use crate::common::{
    self,
    budget::CAUSES,
    bundled,
    chance::Chance,
    crash, files, folder, node, protocol,
    random_scenario::{Weather, random_scenario},
    run_valid,
};

fn case(name: &str) -> Outcome {
    let cases = files(&folder("tests/cases"), ".json");
    let found = cases.iter().find(|(path, _)| path == name);
    let (_, text) = found.unwrap_or_else(|| panic!("{name} is no case"));
    let scenario = scenario::read(text).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let outcome = Outcome::of(scenario).expect("it was read");
    outcome.find_causes();
    outcome
}

fn judgement<'a>(outcome: &'a Outcome, property: &str) -> &'a Judgement {
    let mut judgements = outcome.report.judgements.iter();
    judgements.find(|it| it.property.name == property).expect("a property of the protocol")
}

/// Asserts the breach behind a violated property: the culprit's path and the sentence.
#[track_caller]
fn blames(name: &str, property: &str, culprit: &str, why: &str) {
    let outcome = case(name);
    let judgement = judgement(&outcome, property);
    assert!(judgement.verdict.is_violated(), "{name}: {property}: {:?}", judgement.verdict);
    let broke = outcome.report.broke(judgement, &outcome.trace).expect("an assumption is broken");
    let said = spell(&broke.why, &outcome.scenario.nodes);
    assert_eq!((broke.culprit.as_str(), said.as_str()), (culprit, why), "{name}: {property}");
}

#[test]
fn synchrony_blames_a_message_in_flight_past_its_bound() {
    let late = "HEARTBEAT from A to B (message 2), sent at 100 ms, had not arrived 30 ms later";
    blames("breach-still-in-transit", "strong accuracy", "faults[0]", late);
    let outcome = case("breach-still-in-transit");
    let breach = Rule::Synchrony.breach(outcome.protocol, &outcome.scenario, &outcome.trace);
    let breach = breach.expect("the message is late");
    assert_eq!(breach.since(&outcome.trace), 130);
    assert!(outcome.trace.events[breach.from - 1].time < 130);
    assert!(outcome.json().contains(r#""culprit":"faults[0]","at":130"#));
}

#[test]
fn cause_is_a_loss_even_if_a_crash_follows_long_after() {
    let lost = "m from P1 to P2 was lost (drop)";
    blames("loss-excused-by-later-crash", "validity", "faults[0]", lost);
    let gap = "m from B to A was lost (drop), and message 2 from B to A arrived without it";
    blames("gap-on-a-fifo-link", "virtual synchrony", "faults[0]", gap);
    let gap = "m from P1 to P2 was lost (drop), and message 2 from P1 to P2 arrived without it";
    blames("lost-by-one-that-crashes-later", "virtual synchrony", "faults[0]", gap);
}

#[test]
fn cause_of_violated_liveness_is_the_fault_without_which_it_holds() {
    let omitted = "PREPARE 1.A from A to B was lost (omission)";
    blames("wrong-fault-blamed", "termination", "faults[4]", omitted);
    let outcome = case("wrong-fault-blamed");
    let cause = outcome.report.cause(judgement(&outcome, "termination")).expect("it was sought");
    assert!(cause.paths().contains(&"faults[4]".to_owned()));
    assert!(!cause.paths().iter().any(|path| path != "faults[4]" && path.starts_with("faults")));
}

#[test]
fn cause_of_two_duplicates_names_both_faults() {
    let name = "duplicated-by-hand-and-by-chance";
    blames(name, "no duplication", "faults[0]", "m from P1 to P2 arrived twice");
    let outcome = case(name);
    let cause = outcome.report.cause(judgement(&outcome, "no duplication")).expect("it was sought");
    assert_eq!(cause.paths(), [""; 0], "neither is enough by itself");
    assert_eq!(cause.paths_together(), ["faults[0]", "network.duplicate"]);
}

#[test]
fn cause_is_a_fault_that_struck_and_has_a_path() {
    let name = "culprit-without-a-path";
    let back = "P1 recovered at 115 ms";
    blames(name, "no duplication", "faults[1]", back);
    blames(name, "no creation", "faults[1]", back);
    let name = "culprit-that-struck-nothing";
    blames(name, "validity", "faults[1]", "P2 crashed at 11 ms");
    let lost = "1: m from P2 to P3 was lost (loss)";
    blames("lost-but-a-copy-arrived", "agreement", "network.loss", lost);
}

#[test]
fn explanation_of_a_crash_beyond_the_last_send_takes_few_runs() {
    let outcome = case("explain-after-sends");
    let mut violated = outcome.report.judgements.iter().filter(|it| it.verdict.is_violated());
    let property = violated.next().expect("A crashes, and its crash is not detected").property;
    let target = Target::Violation(property);
    let text = explain(&outcome, &target).expect("it is violated").text();
    assert!(text.contains("A crashed, and no failure detector reports it"), "{text}");
    let objective = Objective::at(target);
    assert!(
        minimise(outcome.protocol, &objective, &outcome.scenario, 1000).expect("it lasts").complete
    );
}

const FIRST: MessageName = MessageName { from: node_(0), to: node_(1), number: 1 };

const fn node_(index: usize) -> worldlines::kernel::NodeId {
    worldlines::kernel::NodeId::new(index)
}

/// Three nodes on a network in which every message takes 10 ms; the first broadcasts two messages.
fn two_messages() -> Scenario {
    let mut scenario = common::scenario("reliable-broadcast", 3, 10);
    scenario.requests = vec![common::broadcast(0, 0, "m1"), common::broadcast(5, 0, "m2")];
    scenario
}

fn breach(rule: Rule, scenario: &Scenario) -> Option<(String, String)> {
    let trace = run_valid(scenario);
    let breach = rule.breach(protocol(&scenario.protocol), scenario, &trace)?;
    Some((spell(&breach.why, &scenario.nodes), breach.culprit))
}

#[test]
fn synchrony_blames_a_late_message_of_any_fate() {
    let mut scenario = two_messages();
    scenario.network.timing = Timing::Synchronous(10);
    scenario.faults = vec![Fault::Delay { message: FIRST, by: 300 }];
    let late = "m1 from P1 to P2, sent at 0 ms, had not arrived 10 ms later".to_owned();
    let late = Some((late, "faults[0]".to_owned()));
    let mut died = scenario.clone();
    died.faults.push(crash(100, 1, None));
    assert_eq!(breach(Rule::Synchrony, &died), late, "it finds its receiver down");
    let mut cut = scenario.clone();
    cut.faults.push(Fault::Cut { from: node(0), to: node(1), at: 100, until: 200 });
    assert_eq!(breach(Rule::Synchrony, &cut), late, "it runs into a wall later");
    // A receiver that was down when it was due missed nothing.
    died.faults[1] = crash(9, 1, None);
    assert_eq!(breach(Rule::Synchrony, &died), None);
    // A message that is lost in time is lost, not late.
    cut.faults = vec![Fault::Drop { message: FIRST }];
    assert_eq!(breach(Rule::Synchrony, &cut), None);
    // A message that waits for a paused receiver arrived in time.
    let pause = Fault::Pause { node: node(1), at: 8, until: 60 };
    scenario.faults = vec![pause];
    let trace = run_valid(&scenario);
    let breaches = Rule::Synchrony.breaches(protocol("reliable-broadcast"), &scenario, &trace, 9);
    assert_eq!(breaches.iter().map(|it| it.culprit.as_str()).collect::<Vec<_>>(), ["faults[0]"]);
}

#[test]
fn fifo_blames_an_overtaken_message_of_any_fate() {
    let mut scenario = two_messages();
    let delay = Fault::Delay { message: FIRST, by: 300 };
    scenario.faults = vec![delay.clone(), crash(100, 1, None)];
    let overtaken = Some(("m1 from P1 to P2 was overtaken".to_owned(), "faults[0]".to_owned()));
    assert_eq!(breach(Rule::FifoChannels, &scenario), overtaken, "it finds its receiver down");
    scenario.faults = vec![delay];
    scenario.until = 100;
    assert_eq!(breach(Rule::FifoChannels, &scenario), overtaken, "it is still in transit");
    scenario.faults = vec![Fault::Drop { message: FIRST }];
    let gap = "m1 from P1 to P2 was lost (drop), and message 2 from P1 to P2 arrived without it"
        .to_owned();
    assert_eq!(breach(Rule::FifoChannels, &scenario), Some((gap, "faults[0]".to_owned())));
    // A crash of the receiver leaves no gap: it misses messages while it is down.
    scenario.faults = vec![crash(7, 1, None), Fault::Recover { node: node(1), at: 12 }];
    assert_eq!(breach(Rule::FifoChannels, &scenario), None);
}

/// The original of P1's first message is lost at its receiver, and a copy of it is due long after.
fn original_lost() -> Scenario {
    let mut scenario = two_messages();
    let omission = Fault::Omit { node: node(1), side: Side::Receive, at: 10, until: 11 };
    scenario.faults = vec![omission, Fault::Duplicate { message: FIRST, after: 500 }];
    scenario
}

#[test]
fn cause_of_a_late_copy_is_the_loss_of_its_original() {
    let mut scenario = original_lost();
    scenario.network.timing = Timing::Synchronous(10);
    let of = |said: &str| Some((said.to_owned(), "faults[0]".to_owned()));
    let late = of("m1 from P1 to P2 took 510 ms, more than 10: its original was lost (omission)");
    assert_eq!(breach(Rule::Synchrony, &scenario), late);
    let overtaken = of("m1 from P1 to P2 was overtaken: its original was lost (omission)");
    assert_eq!(breach(Rule::FifoChannels, &scenario), overtaken);
    assert_eq!(breach(Rule::ReliableChannels, &scenario), None, "its copy arrived");
    // An original that is lost after it was due was late before.
    scenario.faults[0] = Fault::Omit { node: node(1), side: Side::Receive, at: 310, until: 311 };
    scenario.faults.push(Fault::Delay { message: FIRST, by: 300 });
    let of = |said: &str| Some((said.to_owned(), "faults[2]".to_owned()));
    let late = of("m1 from P1 to P2 took 810 ms, more than 10");
    assert_eq!(breach(Rule::Synchrony, &scenario), late);
    assert_eq!(breach(Rule::FifoChannels, &scenario), of("m1 from P1 to P2 was overtaken"));
    scenario.faults.remove(1);
    assert_eq!(breach(Rule::FifoChannels, &scenario).expect("overtaken").1, "faults[1]");
}

#[test]
fn cause_stays_the_loss_if_a_copy_finds_its_receiver_down() {
    let mut scenario = original_lost();
    let lost = Some(("m1 from P1 to P2 was lost (omission)".to_owned(), "faults[0]".to_owned()));
    for (crashed, expected) in [(300, &lost), (11, &lost), (10, &None), (9, &None)] {
        scenario.faults.truncate(2);
        scenario.faults.push(crash(crashed, 1, None));
        for rule in [Rule::ReliableChannels, Rule::NoLoss] {
            assert_eq!(breach(rule, &scenario), *expected, "{rule:?}: a crash at {crashed} ms");
        }
    }
    // The opposite case: the original finds it down, and the copy is lost after its recovery.
    scenario.faults = vec![
        crash(5, 1, None),
        Fault::Recover { node: node(1), at: 100 },
        Fault::Duplicate { message: FIRST, after: 500 },
        Fault::Omit { node: node(1), side: Side::Receive, at: 510, until: 511 },
    ];
    assert_eq!(breach(Rule::NoLoss, &scenario), None);
}

#[test]
fn loss_counts_by_the_moment_the_message_was_due() {
    let lost = |name: &str| Some((format!("{name} was lost (drop)"), "faults[0]".to_owned()));
    for delay in [10, 15] {
        let mut scenario = two_messages();
        scenario.network.delay = Delay { min: delay, max: delay };
        scenario.faults = vec![Fault::Drop { message: FIRST }, crash(delay, 1, None)];
        assert_eq!(breach(Rule::ReliableChannels, &scenario), None, "{delay} ms");
        scenario.faults[1] = crash(delay + 1, 1, None);
        assert_eq!(
            breach(Rule::ReliableChannels, &scenario),
            lost("m1 from P1 to P2"),
            "{delay} ms"
        );
        // A receiver that has recovered when the message is due would have received it.
        scenario.faults[1] = crash(3, 1, None);
        scenario.faults.push(Fault::Recover { node: node(1), at: delay });
        assert_eq!(breach(Rule::NoLoss, &scenario), lost("m1 from P1 to P2"), "{delay} ms");
        scenario.faults[2] = Fault::Recover { node: node(1), at: delay + 1 };
        assert_eq!(breach(Rule::NoLoss, &scenario), None, "{delay} ms");
    }
    // A sender that recovers and sends at one moment is up when it sends.
    let mut scenario = two_messages();
    scenario.requests.truncate(1);
    scenario.requests[0].at = 50;
    let back = Fault::Recover { node: node(0), at: 50 };
    scenario.faults = vec![Fault::Drop { message: FIRST }, crash(20, 0, None), back];
    assert_eq!(breach(Rule::ReliableChannels, &scenario), lost("m1 from P1 to P2"));
}

#[test]
fn synchrony_with_a_bound_of_zero_counts_one_millisecond() {
    let mut scenario = two_messages();
    scenario.network.timing = Timing::Synchronous(0);
    scenario.network.delay = Delay { min: 1, max: 1 };
    assert_eq!(breach(Rule::Synchrony, &scenario), None);
    scenario.network.delay = Delay { min: 2, max: 2 };
    let late = ("m1 from P1 to P2 took 2 ms, more than 1".to_owned(), "network.delay".to_owned());
    assert_eq!(breach(Rule::Synchrony, &scenario), Some(late));
    // If a timeout is as long as a period, a heartbeat without delay arrives after it.
    let mut scenario = common::scenario("heartbeat-detector", 2, 0);
    scenario.network.timing = Timing::Synchronous(0);
    scenario.until = 500;
    scenario.params.insert("timeout".to_owned(), ParameterValue::Integer(100));
    let outcome = Outcome::of(scenario).expect("it has no requests");
    let accuracy = judgement(&outcome, "strong accuracy");
    assert!(accuracy.verdict.is_violated());
    let broke = outcome.report.broke(accuracy, &outcome.trace).expect("the timeout is too short");
    assert_eq!(broke.culprit, "params.timeout");
}

#[test]
fn explain_says_what_chance_loses() {
    let mut scenario = two_messages();
    scenario.network.loss = PerMillion::ONE;
    let outcome = Outcome::of(scenario).expect("requests that can be read");
    let target = Target::Violation(judgement(&outcome, "agreement").property);
    let text = explain(&outcome, &target).expect("it is violated").text();
    assert!(text.starts_with("No fault has an effect. 4 messages are lost by chance."), "{text}");
}

/// The explanation of the first violation of a property, and the sentences of its events.
fn explained(scenario: Scenario, property: &str) -> (String, Vec<String>) {
    let outcome = Outcome::of(scenario).expect("requests that can be read");
    let target = Target::Violation(judgement(&outcome, property).property);
    let explanation = explain(&outcome, &target).expect("it is violated");
    let events = explanation.path.iter();
    let events = events.map(|id| event_sentence(&outcome.scenario, &outcome.trace, *id));
    (explanation.text(), events.collect())
}

#[test]
fn explain_quotes_texts_that_look_like_numbers_or_like_nothing() {
    let mut scenario = common::scenario("paxos", 3, 10);
    let one = ParameterValue::Choice("one".to_owned());
    scenario.params.insert("quorum".to_owned(), one.clone());
    scenario.ask(0, node(0), "propose", Some(1.into()));
    scenario.ask(0, node(2), "propose", Some("1".into()));
    let (_, events) = explained(scenario, "agreement");
    for said in ["P1: propose 1", "P3: propose \"1\"", "P1 decides 1", "P3 decides \"1\""] {
        assert!(events.iter().any(|it| it == said), "{said}: {events:?}");
    }
    let mut scenario = common::scenario("quorum-register", 3, 10);
    scenario.params.insert("quorum".to_owned(), one);
    let write = serde_json::json!({"key": "x", "value": "nothing"});
    scenario.ask(0, node(0), "write", Some(write));
    scenario.ask(1, node(1), "read", Some("x".into()));
    let (text, events) = explained(scenario, "linearizability");
    assert!(text.contains("P2's read of x answered nothing"), "{text}");
    assert!(text.contains("P1's write of \"nothing\" to x"), "{text}");
    assert!(events.iter().any(|it| it == "P2 answers nothing to read x"), "{events:?}");
    let mut scenario = two_messages();
    scenario.requests = vec![common::broadcast(0, 0, "")];
    scenario.faults = vec![crash(0, 0, Some(1))];
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(0));
    let (_, events) = explained(scenario, "agreement");
    assert_eq!(events[..2], ["P1: broadcast \"\"", "P1 sends \"\" to P2"]);
}

#[test]
fn explain_writes_names_as_they_are_and_begins_other_words_with_a_capital() {
    let mut scenario = two_messages();
    scenario.nodes = ["n ", "no", "ß"].map(str::to_owned).into();
    let cut = |to: usize| Fault::Cut { from: node(0), to: node(to), at: 0, until: 100 };
    scenario.faults = vec![cut(1), cut(2)];
    let (text, _) = explained(scenario, "agreement");
    assert!(
        text.starts_with("The link from n\\u0020 to no is cut (0 ms) and the link from"),
        "{text}"
    );
    assert!(text.contains(". n\\u0020 delivered m1, no and ß never did."), "{text}");
}

/// Runs of every protocol with faults outside its model that violate a property.
fn random_violations(per_protocol: u64, mut look: impl FnMut(&Outcome, &str)) {
    for (place, (_, protocol)) in protocols::catalogue().enumerate() {
        for round in 0..per_protocol {
            let seed = 1_000 * place as u64 + round;
            let mut chance = Chance::new(seed);
            let mut scenario = random_scenario(protocol, &mut chance, Weather::Foul);
            scenario.until = scenario.until.min(3_000);
            let outcome = Outcome::of(scenario).expect("requests that can be read");
            let violates = outcome.report.judgements.iter().any(|it| it.verdict.is_violated());
            if violates && outcome.trace.events.len() < 2_000 {
                outcome.find_causes();
                look(&outcome, &format!("{} {seed}", protocol.id));
            }
        }
    }
}

/// True if a path leads to an item of the scenario that had an effect, if it is a fault or a request.
fn is_there(outcome: &Outcome, path: &str) -> bool {
    let Outcome { scenario, trace, .. } = outcome;
    let index = |list: &str| {
        let rest = path.strip_prefix(list)?.strip_prefix('[')?;
        rest.split(']').next()?.parse::<usize>().ok()
    };
    if let Some(fault) = index("faults") {
        return fault < scenario.faults.len() && !trace.unused_faults.contains(&fault);
    }
    if let Some(request) = index("requests") {
        return request < scenario.requests.len() && !trace.unused_requests.contains(&request);
    }
    if let Some(link) = index("network.links") {
        return link < scenario.network.links.len();
    }
    if let Some(parameter) = path.strip_prefix("params.") {
        let mut parameters = outcome.protocol.behaviour.parameters.iter();
        return parameters.any(|it| it.name == parameter);
    }
    let others = ["until", "nodes"];
    let network = [
        "loss",
        "duplicate",
        "corrupt",
        "order",
        "delay",
        "timing",
        "topology",
        "medium",
        "detector",
    ];
    others.contains(&path) || network.iter().any(|it| path == format!("network.{it}"))
}

fn ways(message: &Message) -> Vec<Fate> {
    std::iter::once(message.fate).chain(message.copies.iter().copied()).collect()
}

/// The moments at which copies of a message arrived.
fn arrivals(trace: &Trace, message: &Message) -> Vec<u64> {
    let received = |way: Fate| match way {
        Fate::Received(event) => Some(trace.events[event].time),
        _ => None,
    };
    let mut times: Vec<u64> = ways(message).into_iter().filter_map(received).collect();
    times.sort_unstable();
    times
}

/// Checks a sentence on a breach against the events; none if its kind is not checked.
#[expect(clippy::too_many_lines, reason = "one arm for each sentence")]
fn is_true(outcome: &Outcome, why: &str, culprit: &str) -> Option<(&'static str, bool)> {
    let Outcome { scenario, trace, .. } = outcome;
    let (why, original) = match why.split_once(": its original was lost (") {
        Some((why, _)) => (why, true),
        None => (why, false),
    };
    let of = |name: &str| {
        let mut messages = trace.messages.iter();
        let is_it =
            |it: &&Message| it.words(scenario) == name || scenario.message_words(it.name) == name;
        messages.find(is_it).expect("a message of the run")
    };
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let struck = |is: &dyn Fn(&Fault) -> bool| {
        let place = culprit.strip_prefix("faults[").and_then(|it| it.strip_suffix(']'));
        place.is_some_and(|place| is(&scenario.faults[place.parse::<usize>().expect("a place")]))
    };
    if let Some((name, rest)) = why.split_once(" was lost (") {
        let lost = ways(of(name)).iter().all(|way| matches!(way, Fate::Lost(..)));
        let gap = rest.split_once("), and ").is_none_or(|(_, later)| {
            let later = of(later.strip_suffix(" arrived without it").unwrap_or(later));
            !rest.contains("arrived without") || !arrivals(trace, later).is_empty()
        });
        return Some(("lost", lost && (gap || rest.contains("later message of its link"))));
    }
    if let Some(name) = why.strip_suffix(" arrived twice") {
        return Some(("twice", arrivals(trace, of(name)).len() > 1));
    }
    if let Some((name, rest)) = why.split_once(" took ") {
        let (took, bound) = rest.split_once(" ms, more than ").expect("both");
        let message = of(name);
        let time = arrivals(trace, message)[0] - trace.events[message.sent].time;
        let original = !original || matches!(message.fate, Fate::Lost(..));
        return Some(("late", original && time == number(took) && time > number(bound)));
    }
    if let Some((name, rest)) = why.split_once(", sent at ") {
        let (sent, rest) = rest.split_once(" ms, had not arrived ").expect("both");
        let due = number(sent) + number(rest.strip_suffix(" ms later").expect("a bound"));
        let message = of(name);
        let on_time = arrivals(trace, message).iter().any(|time| *time <= due);
        let sent_then = trace.events[message.sent].time == number(sent);
        return Some(("missing", sent_then && !on_time && due <= trace.end));
    }
    if let Some(name) = why.strip_suffix(" was overtaken") {
        let message = of(name);
        let own = arrivals(trace, message).first().copied().unwrap_or(u64::MAX);
        let later = trace.messages.iter().filter(|it| {
            (it.name.from, it.name.to) == (message.name.from, message.name.to)
                && it.name.number > message.name.number
        });
        let mut first = later.filter_map(|it| arrivals(trace, it).first().copied());
        return Some(("overtaken", first.any(|time| time <= own)));
    }
    let at = |text: &str, kind: &EventKind| {
        let (who, time) = text.split_once(" at ").expect("when");
        let time = number(time.split([' ', ',']).next().expect("a time"));
        let aside = [", a router,", ", in the middle of its writes,"];
        let who = aside.iter().fold(who, |who, aside| who.trim_end_matches(aside));
        let mut events = trace.events.iter();
        let happened =
            events.any(|it| it.time == time && it.kind == *kind && scenario.name(it.node) == who);
        (who.to_owned(), time, happened)
    };
    if let Some((who, rest)) = why.split_once(" crashed at ") {
        let (who, time, happened) = at(&format!("{who} at {rest}"), &EventKind::Crash);
        let struck = struck(&|fault| match fault {
            Fault::Crash { node, at, .. } | Fault::CrashWriting { node, at, .. } => {
                scenario.name(*node) == who && *at == time
            }
            _ => false,
        });
        return Some(("crash", happened && struck));
    }
    if let Some((who, rest)) = why.split_once(" recovered at ") {
        let (who, time, happened) = at(&format!("{who} at {rest}"), &EventKind::Recover);
        let struck = struck(&|fault| match fault {
            Fault::Recover { node, at } => scenario.name(*node) == who && *at == time,
            _ => false,
        });
        return Some(("recovery", happened && struck));
    }
    if let Some((who, rest)) = why.split_once(" paused at ") {
        let (_, _, happened) = at(&format!("{who} at {rest}"), &EventKind::Pause);
        return Some(("pause", happened && struck(&|it| matches!(it, Fault::Pause { .. }))));
    }
    None
}

#[test]
fn cause_of_every_violated_promise_struck_and_its_sentence_is_true() {
    let mut checked: Vec<(&'static str, u32)> = Vec::new();
    random_violations(CAUSES.runs(), |outcome, name| {
        let Outcome { scenario, trace, report, protocol, .. } = outcome;
        for judgement in report.judgements.iter().filter(|it| it.verdict.is_violated()) {
            let Verdict::Violated { witness, .. } = &judgement.verdict else { continue };
            let completed = match judgement.property.kind {
                Kind::Safety => witness.iter().max().copied(),
                Kind::Liveness => None,
            };
            let mut outside = report.breaches_of(judgement.property.kind);
            let outside = outside.any(|it| completed.is_none_or(|event| it.is_present_at(event)));
            let broke = report.broke(judgement, trace);
            assert_eq!(broke.is_some(), outside, "{name}: {}", judgement.property.name);
        }
        // Every breach, not only those that are blamed.
        for assumption in protocol.assumptions().filter(|it| it.applies(&scenario.params)) {
            for breach in assumption.breaches(protocol, scenario, trace, 20) {
                let why = spell(&breach.why, &scenario.nodes);
                let culprit = breach.culprit.as_str();
                assert!(is_there(outcome, culprit), "{name}: {culprit}: {why}");
                if let Some((kind, holds)) = is_true(outcome, &why, culprit) {
                    assert!(holds, "{name}: {culprit}: {why}\n{}", scenario::write(scenario));
                    match checked.iter_mut().find(|(other, _)| *other == kind) {
                        Some((_, count)) => *count += 1,
                        None => checked.push((kind, 1)),
                    }
                }
            }
        }
    });
    for kind in ["lost", "twice", "late", "missing", "overtaken", "crash", "recovery", "pause"] {
        let count = checked.iter().find(|(other, _)| *other == kind).map_or(0, |(_, count)| *count);
        assert!(count > 0, "{kind}: {checked:?}");
    }
}

/// The scenario without one of its faults, as a reader would write it.
fn without(scenario: &Scenario, fault: usize) -> Scenario {
    let mut edited = scenario.clone();
    edited.faults.remove(fault);
    as_written(edited)
}

/// The scenario as it reads back. The random lies of traitors are not always readable.
fn as_written(scenario: Scenario) -> Scenario {
    scenario::read(&scenario::write(&scenario)).unwrap_or(scenario)
}

/// Makes every edit that is reported to help, and every one that is reported not to. Returns the number of both.
fn edits_are_as_said(outcome: &Outcome, name: &str) -> [usize; 2] {
    let Outcome { scenario, report, protocol, trace } = outcome;
    let mut counts = [0, 0];
    for place in 0..scenario.faults.len() {
        let edited = Outcome::of(without(scenario, place)).expect("requests that can be read");
        for judgement in report.judgements.iter().filter(|it| it.verdict.is_violated()) {
            let cause = report.cause(judgement).expect("it was sought");
            let path = format!("faults[{place}]");
            let said = cause.until.is_none() && cause.paths().contains(&path);
            let property = judgement.property.name;
            let holds = edited
                .report
                .judgements
                .iter()
                .any(|it| it.property.name == property && it.verdict == Verdict::Holds);
            let is_complete = cause.left_out == 0 && cause.until.is_none();
            if said || (is_complete && !trace.unused_faults.contains(&place)) {
                assert_eq!(said, holds, "{name}: {property} without {path}");
                counts[usize::from(said)] += 1;
            }
        }
    }
    for judgement in report.judgements.iter().filter(|it| it.verdict.is_violated()) {
        let target = Target::Violation(judgement.property);
        let explanation = explain(outcome, &target).expect("it is violated");
        let Some(nearest) = explanation.nearest else { continue };
        let written = as_written(nearest.scenario);
        let trace = run_valid(&written);
        let said = report_of(protocol.id, &written, &trace, judgement.property.name);
        let text = explanation.sentences.join(" ");
        assert_eq!(said, Verdict::Holds, "{name}: {text}");
        let longer = written.until != scenario.until;
        let tells = text.contains(&format!("until {} ms", written.until));
        assert!(!longer || tells, "{name}: {text}");
    }
    counts
}

fn report_of(id: &str, scenario: &Scenario, trace: &Trace, property: &str) -> Verdict {
    let mut judgements = report(protocol(id), scenario, trace).judgements.into_iter();
    let judgement = judgements.find(|it| it.property.name == property);
    judgement.expect("a property of the protocol").verdict
}

#[test]
fn cause_removed_from_a_bundled_scenario_makes_the_property_hold() {
    let mut counts = [0, 0];
    for (path, text) in bundled() {
        let scenario = scenario::read(&text).expect("a bundled scenario");
        let outcome = Outcome::of(scenario).expect("it was read");
        outcome.find_causes();
        let [not, helps] = edits_are_as_said(&outcome, &path);
        counts = [counts[0] + not, counts[1] + helps];
    }
    assert!(counts[0] > 3 && counts[1] > 30, "{counts:?}");
}

#[test]
fn cause_removed_from_a_random_run_makes_the_property_hold() {
    let mut counts = [0, 0];
    random_violations(CAUSES.runs().div_ceil(10), |outcome, name| {
        if outcome.trace.events.len() > 300 {
            return;
        }
        let [not, helps] = edits_are_as_said(outcome, name);
        counts = [counts[0] + not, counts[1] + helps];
    });
    assert!(counts[0] > 10 && counts[1] > 10, "{counts:?}");
}

#[test]
fn explanation_of_a_long_run_stops_at_its_bounds_and_says_so() {
    let mut scenario = common::scenario("reliable-broadcast", 3, 10);
    scenario.requests = (0..900).map(|at| common::broadcast(at * 3, 0, "m")).collect();
    let drops = (1..=900).map(|number| Fault::Drop { message: MessageName { number, ..FIRST } });
    let more = (1..=900).map(|number| {
        let message = MessageName { from: node(2), to: node(1), number };
        Fault::Drop { message }
    });
    scenario.faults = drops.chain(more).collect();
    scenario.until = 5_000;
    let outcome = Outcome::of(scenario).expect("requests that can be read");
    let judgement = judgement(&outcome, "agreement");
    assert!(judgement.verdict.is_violated());
    let target = Target::Violation(judgement.property);
    let explanation = explain(&outcome, &target).expect("it is violated");
    let text = explanation.text();
    assert!(text.contains("more repairs were not tested"), "{text}");
    assert!(text.contains("not every change was tried"), "{text}");
    assert!(text.contains("and 1788 more faults have an effect"), "{text}");
}

#[test]
fn message_sentence_counts_the_copies_that_the_network_sends() {
    let mut scenario = original_lost();
    let said = |scenario: &Scenario| message_sentence(scenario, &run_valid(scenario), 0);
    let received = "m1 from P1 to P2, sent at 0 ms, received at 510 ms, duplicated by the network";
    assert_eq!(said(&scenario), received);
    scenario.faults.push(Fault::Duplicate { message: FIRST, after: 30 });
    let received =
        "m1 from P1 to P2, sent at 0 ms, received at 40 ms, with 2 duplicates by the network";
    assert_eq!(said(&scenario), received);
}
