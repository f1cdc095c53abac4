//! Every template of a message makes a sentence with any values in its places.

use std::collections::BTreeMap;

use serde_json::json;
use worldlines::{
    app::{
        Action, Against, Ask, Edit, Form, Hand, Hunt, Move, Said, Since, State, Stride, offers,
        reduce,
    },
    diagram::{
        deadlock_sentence, event_sentence, explain, fault_sentence, message_sentence,
        request_sentence,
    },
    formats::{bundled, scenario},
    kernel::{
        EventKind, Fault, MAX_TIME, MessageName, NetworkSpec, NodeId, NodeSet, ParameterValue,
        PerMillion, RequestSpec, Scenario, Side, Verdict, spell,
    },
    protocols,
    runs::Outcome,
    search::Target,
};

use crate::common::prose::wrong_with;

/// The sentences, each once, by the template's name.
#[derive(Default)]
struct Sentences(BTreeMap<String, &'static str>);

impl Sentences {
    fn hear(&mut self, what: &'static str, text: &str) {
        if !text.is_empty() {
            self.0.insert(text.to_owned(), what);
        }
    }

    fn of_run(&mut self, run: &Outcome) {
        let (scenario, trace) = (&run.scenario, &run.trace);
        let names = &scenario.nodes;
        for event in 0..trace.events.len().min(400) {
            // A note is the protocol's own text.
            if matches!(trace.events[event].kind, EventKind::Note(_)) {
                continue;
            }
            self.hear("event", &spell(&event_sentence(scenario, trace, event), names));
        }
        for message in 0..trace.messages.len().min(200) {
            self.hear("message", &message_sentence(scenario, trace, message));
        }
        for request in &scenario.requests {
            self.hear("request", &request_sentence(scenario, request));
        }
        for fault in &scenario.faults {
            self.hear("fault", &fault_sentence(scenario, fault));
        }
        for judgement in &run.report.judgements {
            let why = match &judgement.verdict {
                Verdict::Holds => continue,
                Verdict::Undecided(why) => why.to_string(),
                Verdict::Violated { why, .. } => why.clone(),
            };
            self.hear("verdict", &spell(&why, names));
        }
        for judgement in run.report.judgements.iter().filter(|it| it.verdict.is_violated()) {
            if let Some(breach) = run.report.broke(judgement, trace) {
                self.hear("breach", &spell(&breach.why, names));
            }
            if let Some(cause) = run.report.cause(judgement) {
                let said = cause.said(|fault| fault_sentence(scenario, &scenario.faults[fault]));
                self.hear("cause", &spell(&said, names));
            }
        }
        if let Some(circle) = deadlock_sentence(scenario, trace) {
            self.hear("deadlock", &circle);
        }
    }

    fn of_state(&mut self, state: &State) {
        self.of_run(&state.run);
        self.hear("heading", &state.heading());
        self.hear("announcement", &state.announcement);
        if let Some(refused) = &state.refused {
            self.hear("refusal", &refused.why);
        }
        if let Some(found) = &state.changes.found {
            self.hear("what changed", &found.sentence);
        }
        if let Some(compare) = &state.compare {
            self.hear("side by side", &compare.sentence);
        }
        if let Some(cut) = &state.study.cut {
            self.hear("cut", &cut.sentence());
        }
        if let Some(wrong) = state.writing.as_ref().and_then(|writing| writing.wrong()) {
            self.hear("what is written", &format!("Line {}: {}", wrong.line, wrong.why));
        }
    }

    fn check(self) {
        assert!(self.0.len() > 50, "only {} sentences", self.0.len());
        // A mistake in a text has its place in that text.
        let of_text = ["what is written", "a lie", "a link"];
        let mistake = |text: &str, what: &&str| match wrong_with(text) {
            None if !of_text.contains(what) => notation_in(text),
            wrong => wrong,
        };
        let wrong = self.0.iter().filter_map(|(text, what)| Some((what, mistake(text, what)?)));
        let wrong: Vec<String> = wrong.map(|(what, why)| format!("{what}: {why}")).collect();
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), self.0.len(), wrong.join("\n"));
    }
}

/// The first piece of notation in a sentence that is none of a reader's: a message's id, JSON, a path in the scenario.
fn notation_in(text: &str) -> Option<String> {
    let number = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    let id = text.split_whitespace().any(|word| {
        word.split_once('>').is_some_and(|(_, after)| {
            after.split_once('#').is_some_and(|(node, rest)| !node.is_empty() && number(rest))
        })
    });
    let json = ["{\"", "\":", "::", "faults[", "requests["].into_iter().any(|it| text.contains(it));
    (id || json).then(|| format!("notation: {text:?}"))
}

#[test]
fn notation_is_found_in_sentences() {
    for text in ["Alice>Bob#1 is dropped", "it sends {\"drop\": 1}", "without faults[0]", "a::b"] {
        assert!(notation_in(text).is_some(), "{text}");
    }
    assert_eq!(notation_in("m1 from Alice to Bob (message 2) took 5 > 4 ms: #1"), None);
}

fn opened() -> impl Iterator<Item = State> {
    bundled::bundled().into_iter().map(|it| {
        let state = reduce(&State::opening(), Action::Open(it));
        // A node called 1 is no number: "1 crashes" is a sentence.
        let numbers = state.scenario().nodes.iter().enumerate();
        let numbers = numbers.filter(|(_, name)| name.parse::<u32>().is_ok());
        let edits = numbers.map(|(at, name)| Edit::Rename(NodeId::new(at), format!("N{name}")));
        let edits: Vec<_> = edits.collect();
        edits.into_iter().fold(state, |state, edit| reduce(&state, Action::Apply(edit)))
    })
}

/// Changes of each kind that have an effect in a run.
fn changes(state: &State) -> Vec<Edit> {
    let node = NodeId::new(0);
    let last = NodeId::new(state.scenario().nodes.len() - 1);
    let message = state.run.trace.messages.first().map(|message| message.name);
    let message = message.unwrap_or(MessageName { from: node, to: last, number: 1 });
    let mut edits = vec![
        Edit::AddFault(Fault::Drop { message }),
        Edit::AddFault(Fault::Delay { message, by: 1 }),
        Edit::AddFault(Fault::Delay { message, by: 400 }),
        Edit::AddFault(Fault::Duplicate { message, after: 5 }),
        Edit::AddFault(Fault::Corrupt { message, bits: vec![0] }),
        Edit::AddFault(Fault::Crash { node, at: 15, after_sends: None }),
        Edit::AddFault(Fault::Crash { node: last, at: 0, after_sends: None }),
        Edit::AddFault(Fault::Crash { node, at: 10, after_sends: Some(1) }),
        Edit::AddFault(Fault::Pause { node: last, at: 5, until: 60 }),
        Edit::AddFault(Fault::Cut { from: node, to: last, at: 0, until: 90 }),
        Edit::Nodes(state.scenario().nodes.len() + 1),
        Edit::Nodes(1),
        Edit::Nodes(0),
        Edit::Seed(5),
        Edit::Until(1),
        Edit::Rename(node, String::new()),
        Edit::Rename(node, state.scenario().name(last).to_owned()),
    ];
    if !state.scenario().requests.is_empty() {
        edits.push(Edit::RemoveRequest(0));
    }
    if !state.scenario().faults.is_empty() {
        edits.push(Edit::RemoveFault(0));
    }
    edits
}

#[test]
fn sentences_on_runs_and_changes_are_complete() {
    let mut said = Sentences::default();
    for state in opened() {
        said.of_state(&state);
        for edit in changes(&state) {
            said.of_state(&reduce(&state, Action::Apply(edit)));
        }
    }
    said.check();
}

/// Changes that no scenario admits, at every place that a change by hand reaches.
fn impossible_changes(state: &State) -> Vec<Edit> {
    let scenario = state.scenario();
    let node = NodeId::new(0);
    let last = NodeId::new(scenario.nodes.len() - 1);
    let message = MessageName { from: node, to: last, number: 1 };
    let late = MAX_TIME + 1;
    let network = |change: &dyn Fn(&mut NetworkSpec)| {
        let mut network = scenario.network.clone();
        change(&mut network);
        Edit::Network(network)
    };
    let request = |name: &str, with| RequestSpec { at: 0, node, name: name.to_owned(), with };
    let lie = json!({"no": [{"such": "message"}]});
    let mut edits = vec![
        Edit::AddFault(Fault::Forge { message, with: lie.clone() }),
        Edit::AddFault(Fault::Delay { message, by: late }),
        Edit::AddFault(Fault::Corrupt { message, bits: vec![3, 3] }),
        Edit::AddFault(Fault::Crash { node, at: late, after_sends: None }),
        Edit::AddFault(Fault::Pause { node, at: 9, until: 9 }),
        Edit::AddFault(Fault::Omit { node, side: Side::Send, at: 9, until: 9 }),
        Edit::AddFault(Fault::Drift { node, rate: PerMillion(3), offset: 0 }),
        Edit::AddFault(Fault::Partition { groups: vec![NodeSet::EMPTY], at: 0, until: 9 }),
        Edit::AddRequest(request("jump", None)),
        Edit::AddRequest(request(
            state.run.protocol.behaviour.requests.first().map_or("jump", |kind| kind.name),
            Some(lie),
        )),
        Edit::Nodes(100_000),
        Edit::Rename(node, "a\nb".to_owned()),
        Edit::Rename(node, "a>b".to_owned()),
        Edit::Parameter("no-such-parameter", 3.into()),
        Edit::Until(late),
        network(&|network| network.delay.max = late),
        network(&|network| network.loss = PerMillion(2_000_000)),
    ];
    for parameter in state.run.protocol.behaviour.parameters {
        edits.push(Edit::Parameter(
            parameter.name,
            ParameterValue::Choice("no such value".to_owned()),
        ));
    }
    edits
}

#[test]
fn changes_that_are_refused_are_named_without_a_path() {
    let mut said = Sentences::default();
    let mut refusals = BTreeMap::<String, usize>::new();
    for state in opened() {
        for edit in impossible_changes(&state) {
            let place = format!("{edit:?}").split(['(', ' ']).take(2).collect::<Vec<_>>().join(" ");
            let next = reduce(&state, Action::Apply(edit.clone()));
            let Some(refused) = &next.refused else { continue };
            assert_eq!(next.scenario(), state.scenario(), "{edit:?} changes nothing");
            *refusals.entry(place).or_default() += 1;
            for path in ["faults", "requests", "params.", "network.", "nodes[", "until:"] {
                let is_there =
                    refused.why.contains(&format!("{path}[")) || refused.why.starts_with(path);
                assert!(!is_there, "{edit:?}: {}", refused.why);
            }
            said.of_state(&next);
        }
    }
    // All but what a later change makes possible.
    assert!(refusals.len() >= 14, "{refusals:?}");
    said.check();
}

#[test]
fn sentences_on_steps_cuts_and_second_runs_are_complete() {
    let mut said = Sentences::default();
    for state in opened() {
        let strides = [Stride::Delivery, Stride::Violation, Stride::Node(NodeId::new(0))];
        for stride in strides {
            for forward in [false, true] {
                let ended = reduce(&state, Action::Jump(if forward { usize::MAX } else { 0 }));
                said.of_state(&reduce(&ended, Action::Stride(stride, forward)));
            }
        }
        for cursor in [1, 4, 9] {
            let there = reduce(&state, Action::Jump(cursor));
            let cut = reduce(&there, Action::Study(Ask::Cut(Move::Toggle)));
            said.of_state(&cut);
            let step = Ask::Cut(Move::Step(NodeId::new(0), 3));
            said.of_state(&reduce(&cut, Action::Study(step)));
        }
        for (id, _) in offers(&state.run, &state.origin) {
            said.of_state(&reduce(&state, Action::Compare(Some(Against::Protocol(id)))));
        }
        let edited = reduce(&state, Action::Apply(Edit::Seed(7)));
        let before = Action::Compare(Some(Against::Earlier(Since::Opening)));
        said.of_state(&reduce(&edited, before));
        for (_, protocol) in protocols::catalogue() {
            said.of_state(&reduce(&edited, Action::Apply(Edit::Protocol(protocol.id))));
        }
    }
    said.check();
}

/// The text with one letter too many or too few in one of its words.
fn misspelt(text: &str) -> Vec<String> {
    let quoted: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    let words = quoted.chunks(2).filter(|pair| pair.len() == 2 && pair[1] > pair[0] + 3);
    let mut texts = Vec::new();
    for pair in words {
        let word = &text[pair[0] + 1..pair[1]];
        let short = word.char_indices().next_back().map_or(word, |(last, _)| &word[..last]);
        for other in [short, &format!("{word}x"), ""] {
            texts.push(format!("{}{other}{}", &text[..=pair[0]], &text[pair[1]..]));
        }
    }
    texts
}

#[test]
fn sentences_on_misspelt_input_are_complete() {
    let mut said = Sentences::default();
    // The largest files.
    for state in opened().step_by(5) {
        for text in misspelt(&scenario::write(state.scenario())) {
            let typed = reduce(&state, Action::Hand(Hand::Type(text)));
            if let Some(wrong) = typed.writing.as_ref().and_then(|writing| writing.wrong()) {
                said.hear("what is written", &format!("Line {}: {}", wrong.line, wrong.why));
            }
        }
        let Some(message) = state.run.trace.messages.first() else { continue };
        for typed in ["", "{", "{}", "[]", "1", "\"a\"", "{\"nod\": \"Bo\"}"] {
            if let Err(why) = Form::Forge(message.name).edit(&state.run, &[typed.to_owned()]) {
                said.hear("a lie", &why);
            }
        }
    }
    for link in ["", "#", "s=", "s=deflat.x", "s=deflate.x", "s=json.e30", "x", "s=json.eyJhIjox"] {
        let loaded = reduce(&State::opening(), Action::Load(link.to_owned()));
        if let Some(refused) = loaded.refused {
            said.hear("a link", &refused.why);
        }
    }
    said.check();
}

#[test]
fn sentences_of_explanations_are_complete() {
    let mut said = Sentences::default();
    for state in opened() {
        for judgement in &state.run.report.judgements {
            let target = Target::Violation(judgement.property);
            let explanation = explain(&state.run, &target);
            explanation.into_iter().for_each(|it| said.hear("explanation", &it.text()));
        }
    }
    said.check();
}

#[test]
fn sentences_on_searches_are_complete_for_none_one_and_many() {
    let mut said = Sentences::default();
    for explored in [0, 1, 2, 184_302] {
        for depth in [0, 1, 2] {
            for stage in ["runs", "orders", "walks", "chance"] {
                let property = (depth == 1).then(|| "agreement".to_owned());
                let stage = stage.to_owned();
                let progress = Said::Progress { stage, property, explored, queue: depth, depth };
                let hunt = Hunt::default().after(progress);
                said.hear("progress", &hunt.progress);
                said.hear("called off", &hunt.called_off());
            }
        }
    }
    let sized = |nodes: usize, faults: usize| {
        let mut scenario = Scenario::new("bully", Scenario::numbered(nodes));
        for at in 0..faults {
            let node = NodeId::new(0);
            scenario.faults.push(Fault::Crash { node, at: at as u64, after_sends: None });
        }
        scenario
    };
    let sizes = [(1, 0), (1, 1), (4, 1), (4, 2), (5, 3)];
    for (nodes, faults) in sizes {
        for (most_nodes, most_faults) in sizes {
            let (small, before) = (sized(nodes, faults), sized(most_nodes, most_faults));
            let sentence = Hunt::made_smaller(&small, &before);
            assert_eq!(sentence.contains("instead"), (nodes, faults) != (most_nodes, most_faults));
            said.hear("made smaller", &sentence);
        }
    }
    let same = sized(4, 2);
    let otherwise = Scenario { seed: 3, ..same.clone() };
    assert!(Hunt::made_smaller(&same, &same).starts_with("Nothing can be removed"));
    assert!(Hunt::made_smaller(&same, &otherwise).contains("simpler"));
    said.check();
}

#[test]
fn check_of_sentences_notices_a_missing_part() {
    let wrong = [
        "Your last work: , 5 changes",
        "did you mean \"captions\"?.",
        "4 nodes instead of 4",
        "1 messages",
        "found , expected a name",
        "It ends: ",
        "“” crashes",
    ];
    for text in wrong {
        assert!(wrong_with(text).is_some(), "{text}");
    }
    for text in
        ["1 message, 2 copies", "Bob says \"\"", "Did you mean \"a\"?", "3 nodes instead of 4"]
    {
        assert_eq!(wrong_with(text), None);
    }
}
