//! The adversary of Fischer, Lynch and Paterson: with delays alone, each of them finite, it keeps consensus undecided for
//! as long as the run goes on; if it cannot, it names the cause of the decision.

use worldlines::{
    app::{Errand, FoundRun, Said, heard, run_errand},
    formats::{bundled, link, scenario},
    kernel::{EventKind, Fate, Fault, Property, Protocol, Scenario, Time, Trace, run},
    protocols,
    search::{DecisionCause, Undecided, adversary},
};

use crate::common::command_line::{refused, worldlines};

/// More delays than necessary.
const MOST: usize = 200;

fn termination(protocol: &'static Protocol) -> &'static Property {
    let mut properties = protocol.properties().map(|(property, _)| property);
    properties.find(|it| it.name == "termination").expect("it has termination")
}

/// A bundled scenario without its faults.
fn plain(protocol: &'static Protocol, name: &str) -> Scenario {
    let bundled = bundled::of_protocol(protocol.id).find(|it| it.name == name);
    let given = bundled.expect("it is bundled").scenario().expect("it is read");
    Scenario { faults: Vec::new(), captions: Vec::new(), ..given }
}

fn find(id: &str) -> &'static Protocol {
    protocols::find(id).expect("it is in the catalogue")
}

/// Time of the first decision.
fn decides(trace: &Trace) -> Option<Time> {
    let told = |kind: &EventKind| matches!(kind, EventKind::Indicate { kind: "decide", .. });
    trace.events.iter().find(|event| told(&event.kind)).map(|event| event.time)
}

/// Times at which the delayed messages arrive: all of them do. There are no faults but delays, and no process decides.
fn arrivals(protocol: &'static Protocol, kept: &Undecided) -> Vec<Time> {
    let Undecided { scenario, delays, longest, .. } = kept;
    assert_eq!((scenario.faults.len(), scenario.faults.is_empty()), (*delays, false));
    let trace = run(protocol, scenario).expect("its requests are read");
    assert_eq!(decides(&trace), None, "no process decides");
    assert!(trace.unused_faults.is_empty() && !trace.exhausted);
    let lost = |fate: &Fate| matches!(fate, Fate::Lost(..));
    assert!(!trace.messages.iter().any(|message| lost(&message.fate)), "nothing is lost");
    // The same run, up to a later horizon.
    let longer = Scenario { until: scenario.until * 4, ..scenario.clone() };
    let trace = run(protocol, &longer).expect("its requests are read");
    let arrival = |fault: &Fault| {
        let Fault::Delay { message, by } = fault else { panic!("{fault:?} is no delay") };
        assert!(by <= longest);
        let message = trace.messages.iter().find(|it| it.name == *message).expect("it is sent");
        let Fate::Received(event) = message.fate else { panic!("{message:?} does not come") };
        assert!(trace.events[message.sent].time <= scenario.until);
        trace.events[event].time
    };
    scenario.faults.iter().map(arrival).collect()
}

#[test]
fn adversary_keeps_paxos_undecided_in_runs_of_any_length() {
    let paxos = find("paxos");
    for name in ["random-back-off", "next-proposer-carries-on", "accept-before-a-majority-promised"]
    {
        let plain = plain(paxos, name);
        let trace = run(paxos, &plain).expect("its requests are read");
        let decided = decides(&trace).expect("the plain scenario decides");
        for until in [10 * decided, 40 * decided] {
            let given = Scenario { until, ..plain.clone() };
            let kept = adversary(paxos, &given, termination(paxos), MOST);
            let kept = kept.unwrap_or_else(|why| panic!("{name} {until}: {why}"));
            let arrivals = arrivals(paxos, &kept);
            let late = arrivals.iter().filter(|at| **at > until).count();
            assert_eq!((late, arrivals.iter().max()), (kept.late, Some(&kept.last)));
            assert!(late < arrivals.len() && kept.last < 2 * until + 1000, "{name}: {kept}");
            let otherwise = kept.otherwise.as_ref().expect("it is known what it kept off");
            assert_eq!(otherwise.at, decided);
            let said = format!("and no process decides before {until} ms. Without them ");
            assert!(kept.to_string().contains(&said), "{kept}");
            assert_eq!(kept.scenario.until, until);
        }
    }
}

#[test]
fn adversary_leaves_no_unneeded_delay() {
    let paxos = find("paxos");
    let given = Scenario { until: 1200, ..plain(paxos, "random-back-off") };
    let kept = adversary(paxos, &given, termination(paxos), MOST).expect("it is kept undecided");
    for place in 0..kept.delays {
        let mut fewer = kept.scenario.clone();
        fewer.faults.remove(place);
        let trace = run(paxos, &fewer).expect("its requests are read");
        assert!(decides(&trace).is_some(), "without {:?}", kept.scenario.faults[place]);
    }
}

#[test]
fn adversary_fails_against_a_protocol_that_decides_by_a_timer() {
    let byzantine = find("interactive-consistency");
    let given = plain(byzantine, "three-generals");
    let why = adversary(byzantine, &given, termination(byzantine), MOST);
    let why = why.expect_err("rounds go on whatever is delayed");
    assert_eq!((why.delays, &why.cause), (0, &DecisionCause::Timer(None)));
    assert!(why.to_string().contains("since a timer expires there, whatever is delayed."), "{why}");
    let commit = find("two-phase-commit");
    let given = plain(commit, "coordinator-comes-back");
    let why = adversary(commit, &given, termination(commit), MOST);
    let why = why.expect_err("the coordinator aborts what takes too long");
    let DecisionCause::Timer(Some(instead)) = &why.cause else { panic!("{why}") };
    assert_eq!((why.decided.indication.as_str(), instead.indication.as_str()), ("commit", "abort"));
}

#[test]
fn adversary_uses_at_most_the_allowed_delays() {
    let paxos = find("paxos");
    let given = Scenario { until: 2000, ..plain(paxos, "random-back-off") };
    let why = adversary(paxos, &given, termination(paxos), 3).expect_err("it takes more");
    assert!(why.cause == DecisionCause::TooManyDelays && why.delays <= 3, "{why}");
}

#[test]
fn adversary_uses_no_delay_where_a_run_is_undecided_anyway() {
    let paxos = find("paxos");
    let given = plain(paxos, "duelling-proposers");
    let kept = adversary(paxos, &given, termination(paxos), MOST).expect("no process decides");
    assert_eq!((kept.scenario, kept.delays, kept.otherwise), (given, 0, None));
}

#[test]
fn adversary_in_a_worker_keeps_the_run_undecided() {
    let errand = |id: &str, name: &str| {
        let given = plain(find(id), name);
        let mut said = Vec::new();
        let errand = Errand::Adversary(Box::new(given), termination(find(id))).write();
        run_errand(&errand, &mut |text| said.extend(heard(&text)));
        said
    };
    let said = errand("paxos", "random-back-off");
    let [Said::Found(found), Said::Done] = &said[..] else { panic!("{said:?}") };
    let FoundRun { property, scenario: kept, explanation: why, .. } = found;
    let trace = run(find("paxos"), kept).expect("its requests are read");
    assert_eq!((property.as_str(), decides(&trace)), ("termination", None));
    assert!(why.contains("no process decides before 200 ms"), "{why}");
    let said = errand("two-phase-commit", "coordinator-comes-back");
    let [Said::Covered(_, why), Said::Done] = &said[..] else { panic!("{said:?}") };
    assert!(why.starts_with("It cannot be kept undecided"), "{why}");
    let safety = r#"{"do": "adversary", "property": "agreement", "with": "#;
    let given = scenario::write(&plain(find("paxos"), "random-back-off"));
    let problem = Errand::read(&format!("{safety}{given}}}")).expect_err("it never decides that");
    assert!(problem.to_string().contains("a liveness property"), "{problem}");
}

#[test]
fn adversary_keeps_the_given_delays() {
    let paxos = find("paxos");
    let mut given = Scenario { until: 1200, ..plain(paxos, "next-proposer-carries-on") };
    let message = run(paxos, &given).expect("its requests are read").messages[0].name;
    given.faults = vec![Fault::Delay { message, by: 3 }];
    let kept = adversary(paxos, &given, termination(paxos), MOST).expect("it is kept undecided");
    let Fault::Delay { by, .. } = kept.scenario.faults[0] else { panic!("it was a delay") };
    assert!(by >= 3 && kept.scenario.faults.len() >= kept.delays);
    let trace = run(paxos, &kept.scenario).expect("its requests are read");
    assert_eq!(decides(&trace), None);
}

#[test]
fn adversary_on_the_command_line_prints_scenario_and_result() {
    let given = scenario::write(&plain(find("paxos"), "random-back-off"));
    let searched = |arguments: &[&str], input: &str| {
        let output = worldlines(&[&["search", "-", "--adversary"], arguments].concat(), input);
        assert_eq!(output.status.code(), Some(0));
        let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
        (text(output.stdout), text(output.stderr))
    };
    let (printed, said) = searched(&["--until", "1500"], &given);
    let kept = scenario::read(printed.trim()).expect("it prints a scenario");
    let trace = run(find("paxos"), &kept).expect("its requests are read");
    assert_eq!((kept.until, decides(&trace)), (1500, None));
    assert!(said.contains("and no process decides before 1500 ms."), "{said}");
    let link = said.lines().find(|line| link::is_link(line)).expect("there is a link");
    let linked = link::decode(link).expect("it is a link").scenario;
    assert_eq!(scenario::write(&linked), printed.trim());
    let commit = plain(find("two-phase-commit"), "coordinator-comes-back");
    let (printed, said) = searched(&["--property", "termination"], &scenario::write(&commit));
    assert_eq!((printed.as_str(), said.lines().count()), ("", 1), "{said}");
    assert!(said.starts_with("It cannot be kept undecided"), "{said}");
}

#[test]
fn adversary_with_wrong_arguments_is_refused_in_one_line() {
    let paxos = scenario::write(&plain(find("paxos"), "random-back-off"));
    let mutex = scenario::write(&plain(find("maekawa"), "deadlock"));
    for (arguments, input, expected) in [
        (&["--adversary", "--faults", "drop=1"][..], &paxos, "--faults: found with --adversary"),
        (&["--adversary", "--json"], &paxos, "--json: found with --adversary"),
        (&["--adversary", "--shard", "1/2"], &paxos, "--shard: found with --adversary"),
        (&["--adversary", "--property", "agreement"], &paxos, "agreement, which is safety"),
        (&["--adversary", "--until", "0"], &paxos, "--until: found \"0\", expected"),
        (&["--until", "500"], &paxos, "--until: found without --adversary"),
        (&["--adversary"], &mutex, "expected a property of maekawa"),
    ] {
        let said = refused(&[&["search", "-"], arguments].concat(), input);
        assert!(said.contains(expected), "{said}");
    }
    let both = ["--adversary", "--property", "termination", "--property", "validity"];
    let said = refused(&[&["search", "-"], &both[..]].concat(), &paxos);
    assert!(said.contains("several"), "{said}");
}
