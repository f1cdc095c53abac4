//! Happened-before fairness: the only property that depends on the order of events.

use worldlines::{
    abstractions::mutex::{Access, Acquire, DEFAULT_HOLD, HAPPENED_BEFORE_FAIRNESS},
    analysis::judge,
    kernel::{
        Event, EventKind, Fate, Loss, Message, MessageName, Packet, Property, Protocol, Scenario,
        Trace, Verdict, spell,
    },
    protocols,
};

use crate::common::{chance::Chance, node};

/// The property that is compared with its definition.
pub(crate) const DEFINED: &Property = &HAPPENED_BEFORE_FAIRNESS;

/// Events of a history, message by message.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Ask(usize),
    Enter(usize),
    Crash(usize),
    /// From, to.
    Send(usize, usize),
    /// The message that was sent in this place arrives, or is lost in transit.
    Receive(usize),
    Lose(usize),
}

/// Any protocol will do: only its promised properties are used.
fn judged(nodes: usize, trace: &Trace, events: usize) -> Verdict {
    let some = protocols::catalogue().next().expect("there are protocols").1;
    let protocol = Protocol { promises: &[HAPPENED_BEFORE_FAIRNESS], beyond: &[], ..*some };
    let scenario = Scenario::new(protocol.id, Scenario::numbered(nodes));
    judge(&protocol, &scenario, trace, events).remove(0).verdict
}

fn node_of(steps: &[Step], step: Step) -> usize {
    match step {
        Step::Ask(node) | Step::Enter(node) | Step::Crash(node) | Step::Send(node, _) => node,
        Step::Receive(sent) | Step::Lose(sent) => match steps[sent] {
            Step::Send(_, to) => to,
            other => panic!("{other:?} is no message"),
        },
    }
}

fn trace(steps: &[Step]) -> Trace {
    let mut trace = Trace { quiescent: true, ..Trace::default() };
    let packet = || Packet::new(Acquire { hold: DEFAULT_HOLD });
    let message =
        |sent: usize| steps[..sent].iter().filter(|it| matches!(it, Step::Send(..))).count();
    for (at, &step) in steps.iter().enumerate() {
        let kind = match step {
            Step::Ask(_) => EventKind::Request { index: 0, packet: packet() },
            Step::Enter(_) => EventKind::Indicate {
                kind: "enter",
                packet: Packet::new(Access::Enter { token: None }),
            },
            Step::Crash(_) => EventKind::Crash,
            Step::Send(from, to) => {
                trace.messages.push(Message {
                    name: MessageName { from: node(from), to: node(to), number: at as u32 },
                    packet: packet(),
                    sent: at,
                    fate: Fate::InTransit { due: 99 },
                    copies: Vec::new(),
                    transmission: None,
                    tampering: None,
                });
                EventKind::Send(trace.messages.len() - 1)
            }
            Step::Receive(sent) => EventKind::Receive(message(sent)),
            Step::Lose(sent) => EventKind::Lose(message(sent), Loss::Luck),
        };
        trace.events.push(Event { time: at as u64, node: node(node_of(steps, step)), kind });
    }
    trace
}

/// True if one step happened before another: there is a path from it along lines and messages.
fn happened_before(steps: &[Step], one: usize, other: usize) -> bool {
    let mut reached = vec![false; steps.len()];
    reached[one] = true;
    for at in one + 1..=other {
        let here = node_of(steps, steps[at]);
        let along_its_line = (one..at).any(|it| reached[it] && node_of(steps, steps[it]) == here);
        let by_message = matches!(steps[at], Step::Receive(sent) if reached[sent]);
        reached[at] = along_its_line || by_message;
    }
    reached[other]
}

/// The entry that serves a request: that of its turn, unless its node crashes before.
fn entry_of(steps: &[Step], request: usize) -> Option<usize> {
    let node = node_of(steps, steps[request]);
    let start = (0..request).rev().find(|&at| steps[at] == Step::Crash(node)).unwrap_or(0);
    let end = (request..steps.len()).find(|&at| steps[at] == Step::Crash(node));
    let mut waiting = Vec::new();
    let life = steps.iter().enumerate().take(end.unwrap_or(steps.len())).skip(start);
    for (at, &step) in life {
        if step == Step::Ask(node) {
            waiting.push(at);
        } else if step == Step::Enter(node) && !waiting.is_empty() && waiting.remove(0) == request {
            return Some(at);
        }
    }
    None
}

/// No request is granted before another that happened before it and whose node is still up and waiting.
fn is_fair(steps: &[Step]) -> bool {
    let requests: Vec<_> =
        (0..steps.len()).filter(|&at| matches!(steps[at], Step::Ask(_))).collect();
    requests.iter().all(|&second| {
        let Some(granted) = entry_of(steps, second) else { return true };
        requests.iter().filter(|&&first| first < second).all(|&first| {
            let node = node_of(steps, steps[first]);
            let other = node != node_of(steps, steps[second]);
            let crashed = steps[first..granted].contains(&Step::Crash(node));
            let overtaken = entry_of(steps, first).is_none_or(|entered| entered > granted);
            !(other && !crashed && overtaken && happened_before(steps, first, second))
        })
    })
}

fn random(chance: &mut Chance) -> (usize, Vec<Step>) {
    let nodes = chance.between(2, 3) as usize;
    let mut steps = Vec::new();
    for _ in 0..chance.between(6, 26) {
        let me = chance.below(nodes);
        let other = (me + 1 + chance.below(nodes - 1)) % nodes;
        let open = (0..steps.len()).filter(|&at| {
            let ended = |it: &Step| *it == Step::Receive(at) || *it == Step::Lose(at);
            matches!(steps[at], Step::Send(..)) && !steps.iter().any(ended)
        });
        let open: Vec<_> = open.collect();
        steps.push(match chance.between(1, 100) {
            1..=20 => Step::Ask(me),
            21..=33 => Step::Enter(me),
            34..=35 => Step::Crash(me),
            36..=70 if !open.is_empty() => Step::Receive(open[chance.below(open.len())]),
            71..=73 if !open.is_empty() => Step::Lose(open[chance.below(open.len())]),
            _ => Step::Send(me, other),
        });
    }
    (nodes, steps)
}

#[test]
fn fairness_monitor_agrees_with_the_definition_on_every_prefix() {
    let (mut fair, mut unfair) = (0, 0);
    for seed in 0..3_000 {
        let (nodes, steps) = random(&mut Chance::new(seed));
        let trace = trace(&steps);
        for events in 0..=steps.len() {
            let holds = is_fair(&steps[..events]);
            let verdict = judged(nodes, &trace, events);
            assert_eq!(!verdict.is_violated(), holds, "{:?}: {verdict:?}", &steps[..events]);
        }
        *(if is_fair(&steps) { &mut fair } else { &mut unfair }) += 1;
    }
    assert!(fair > 100 && unfair > 100, "{fair} fair, {unfair} unfair");
}

#[test]
fn fairness_makes_a_later_request_wait_for_a_known_earlier_one() {
    use Step::{Ask, Crash, Enter, Lose, Receive, Send};
    let says = |steps: &[Step]| match judged(2, &trace(steps), steps.len()) {
        Verdict::Violated { why, witness } => {
            Some((spell(&why, &["Alice".to_owned(), "Bob".to_owned()]), witness))
        }
        _ => None,
    };
    let knew = [Ask(0), Send(0, 1), Receive(1), Ask(1), Enter(1)];
    let why = "Bob entered before Alice, whose request happened before Bob's".to_owned();
    assert_eq!(says(&knew), Some((why, vec![0, 3, 4])));
    assert_eq!(says(&[Ask(0), Ask(1), Enter(1)]), None, "they are concurrent");
    assert_eq!(says(&[Ask(0), Send(0, 1), Lose(1), Ask(1), Enter(1)]), None, "it never came");
    assert_eq!(says(&[Ask(0), Send(0, 1), Ask(1), Receive(1), Enter(1)]), None, "it came too late");
    assert_eq!(says(&[Ask(0), Send(0, 1), Receive(1), Ask(1), Crash(0), Enter(1)]), None);
    assert_eq!(says(&[Ask(0), Send(0, 1), Receive(1), Ask(1), Enter(0), Enter(1)]), None);
}
