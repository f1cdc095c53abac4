//! Interactive consistency beside OM(m), the algorithm of Lamport, Shostak and Pease 1982, written from its
//! definition: both find the same values for all lies of the traitors, even if there are too many traitors.

use serde_json::Value as Json;
use worldlines::{
    analysis::report,
    kernel::{
        EventKind, Fault, MessageName, ParameterValue, Scenario, Strategy, Timing, Trace, Verdict,
        spell,
    },
};

use crate::common::{chance::Chance, node, protocol, run_valid, scenario};

const VALUES: [&str; 4] = ["⊥", "a", "b", "c"];

/// One execution: the values, the traitors, and a lie of theirs for every path and receiver.
struct Council {
    size: usize,
    m: usize,
    /// By general: its proposal; ⊥ for none.
    own: Vec<&'static str>,
    traitors: Vec<usize>,
    seed: u64,
}

impl Council {
    /// Value that the last general of a path, a traitor, claims to this receiver to have received along the path.
    fn lie(&self, path: &[usize], to: usize) -> &'static str {
        let names = path.iter().chain([&to]);
        let key = names.fold(self.seed, |key, name| key * 31 + *name as u64 + 1);
        VALUES[Chance::new(key).below(VALUES.len())]
    }

    /// Value that `to` receives from the last general of the path, relayed by the earlier ones.
    fn received(&self, path: &[usize], to: usize) -> &'static str {
        let (&sender, before) = path.split_last().expect("a path has a sender");
        if self.traitors.contains(&sender) {
            self.lie(path, to)
        } else if before.is_empty() {
            self.own[sender]
        } else {
            self.received(before, sender)
        }
    }

    /// OM(m), the last general of the path being the commander: the value that this lieutenant uses.
    ///
    /// (1) The commander sends his value to every lieutenant. (2) Each lieutenant acts as the commander in
    /// OM(m − 1) to send the value that he received to each of the other lieutenants. (3) He uses the majority of
    /// the value that he received and those that he obtained from the others. OM(0) ends with step (1).
    fn oral_messages(&self, m: usize, path: &[usize], lieutenant: usize) -> &'static str {
        let received = self.received(path, lieutenant);
        if m == 0 {
            return received;
        }
        let others = (0..self.size).filter(|it| *it != lieutenant && !path.contains(it));
        let obtained = others.map(|it| {
            let path: Vec<_> = path.iter().copied().chain([it]).collect();
            self.oral_messages(m - 1, &path, lieutenant)
        });
        let all: Vec<_> = obtained.chain([received]).collect();
        let count = |value: &str| all.iter().filter(|it| **it == value).count();
        VALUES.into_iter().find(|value| 2 * count(value) > all.len()).unwrap_or("⊥")
    }

    /// The vector that a loyal general finds.
    fn vector(&self, me: usize) -> String {
        let find = |commander| match commander {
            commander if commander == me => self.own[me],
            commander => self.oral_messages(self.m, &[commander], me),
        };
        format!("({})", (0..self.size).map(find).collect::<Vec<_>>().join(", "))
    }

    /// A traitor's message of the round after this many names: the innermost index is the first of the path.
    fn message(&self, round: usize, path: &mut Vec<usize>, to: usize) -> Json {
        if round == 1 {
            let reversed: Vec<_> = path.iter().rev().copied().collect();
            return self.lie(&reversed, to).into();
        }
        let one = |general| {
            path.push(general);
            let said = self.message(round - 1, path, to);
            path.pop();
            said
        };
        (0..self.size).map(one).collect()
    }

    fn scenario(&self) -> Scenario {
        let mut scenario = scenario("interactive-consistency", self.size, 10);
        scenario.network.timing = Timing::Synchronous(10);
        scenario.params.insert("traitors".to_owned(), ParameterValue::Integer(self.m as u32));
        for (general, value) in self.own.iter().enumerate().filter(|(_, value)| **value != "⊥") {
            scenario.ask(0, node(general), "propose", Some((*value).into()));
        }
        for &traitor in &self.traitors {
            let strategy = Strategy::Scripted;
            scenario.faults.push(Fault::Traitor { node: node(traitor), strategy });
            for to in (0..self.size).filter(|to| *to != traitor) {
                for round in 1..=self.m + 1 {
                    let (from, number) = (node(traitor), round as u32);
                    let message = MessageName { from, to: node(to), number };
                    let with = self.message(round, &mut vec![traitor], to);
                    scenario.faults.push(Fault::Forge { message, with });
                }
            }
        }
        scenario
    }
}

/// By general: its decision.
fn decisions(scenario: &Scenario, trace: &Trace) -> Vec<String> {
    let mut decided = vec![String::new(); scenario.nodes.len()];
    for event in &trace.events {
        if let EventKind::Indicate { packet, .. } = &event.kind {
            let text = packet.to_string().replace("decide ", "");
            decided[event.node.index()] = spell(&text, &scenario.nodes);
        }
    }
    decided
}

/// Compares this many random councils of this size; returns the number in which all promised properties hold.
fn compare(size: usize, m: usize, traitors: usize, councils: u64) -> u64 {
    let mut consistent = 0;
    for seed in 0..councils {
        let mut chance = Chance::new(seed);
        let own = (0..size).map(|_| VALUES[chance.below(VALUES.len())]).collect();
        let mut all: Vec<usize> = (0..size).collect();
        let traitors: Vec<_> = (0..traitors).map(|_| all.remove(chance.below(all.len()))).collect();
        let council = Council { size, m, own, traitors, seed };
        let scenario = council.scenario();
        let trace = run_valid(&scenario);
        let decided = decisions(&scenario, &trace);
        for me in all {
            assert_eq!(decided[me], council.vector(me), "{size} {m} seed {seed}: general {me}");
        }
        let report = report(protocol("interactive-consistency"), &scenario, &trace);
        let holds = report.judgements.iter().all(|it| it.verdict == Verdict::Holds);
        consistent += u64::from(holds);
        // Inside n > 3m the verdicts are OM(m)'s theorem.
        assert!(holds || !report.breaches.is_empty(), "{size} {m} seed {seed}");
    }
    consistent
}

#[test]
fn interactive_consistency_within_the_bound_finds_what_om_finds() {
    for (size, m, councils) in [(4, 1, 1000), (5, 1, 300), (7, 2, 400), (8, 2, 60), (10, 3, 3)] {
        for traitors in 0..=m {
            let councils = councils / (1 + (m - traitors) as u64 * 4);
            assert_eq!(compare(size, m, traitors, councils), councils, "n {size}, m {m}");
        }
    }
}

#[test]
fn interactive_consistency_beyond_the_bound_finds_what_om_finds() {
    for (size, m, traitors, councils) in [
        (3, 1, 1, 500),
        (4, 1, 2, 500),
        (5, 2, 2, 500),
        (6, 2, 2, 300),
        (7, 2, 3, 300),
        (7, 2, 4, 100),
    ] {
        let consistent = compare(size, m, traitors, councils);
        assert!(consistent < councils, "n {size}, m {m}, {traitors} traitors: all hold");
    }
    // More rounds than the group has members to pass a value on.
    for (size, m, traitors) in [(2, 1, 1), (2, 3, 1), (3, 3, 1), (3, 2, 2), (4, 3, 2)] {
        compare(size, m, traitors, 200);
    }
}
