//! Random runs: while no assumption of a protocol is broken, all promised properties hold.

use std::collections::BTreeSet;

use worldlines::{
    analysis::report,
    formats::scenario,
    kernel::{
        Detector, Domain, Fault, Kind, Medium, Order, Parameter, ParameterValue, Protocol, Rule,
        Scenario, Timing, Topology, Trace, Verdict,
    },
    protocols,
};

use crate::common::{
    budget::INSIDE_MODEL,
    chance::Chance,
    faults::{FAULTS, kind_of},
    random_scenario::{Weather, random_scenario},
    run_valid,
};

/// Numbers of random scenarios of a protocol.
#[derive(Default)]
struct Tally {
    /// Number of runs inside the model of safety.
    safe: u64,
    /// Number of runs inside the whole model.
    inside: u64,
    /// Number of these with a fault that struck.
    with_faults: u64,
    /// Kinds of networks, and of faults that struck, in runs inside the model.
    kinds: BTreeSet<&'static str>,
    /// Values of parameters in runs inside the model of safety or inside that of liveness, by name.
    values: BTreeSet<(String, String)>,
    /// The first promised property that is violated inside the model.
    violated: Option<String>,
}

/// Runs random scenarios until a promised property is violated inside the model.
fn try_protocol(protocol: &'static Protocol) -> Tally {
    let mut tally = Tally::default();
    for seed in 0..INSIDE_MODEL.runs() {
        let weather = if seed % 10 == 0 { Weather::Foul } else { Weather::Fair };
        let scenario = random_scenario(protocol, &mut Chance::new(seed), weather);
        let trace = run_valid(&scenario);
        let report = report(protocol, &scenario, &trace);
        let inside = |kind| report.breaches_of(kind).next().is_none();
        let mut decided = true;
        for judgement in report.judgements.iter().filter(|judgement| judgement.promised) {
            let kept = match judgement.verdict {
                Verdict::Holds => true,
                // The horizon came before the obligation was due.
                Verdict::Undecided(_) if !trace.quiescent => {
                    decided = false;
                    true
                }
                _ => !inside(judgement.property.kind),
            };
            if !kept {
                let written = scenario::write(&scenario);
                let found = format!("{}, seed {seed}: {judgement:?}\n{written}", protocol.id);
                return Tally { violated: Some(found), ..tally };
            }
        }
        let (safe, live) = (inside(Kind::Safety), decided && inside(Kind::Liveness));
        tally.safe += u64::from(safe);
        if safe && live {
            tally.add(&scenario, &trace);
        }
        if safe || live {
            tally.add_values(protocol, &scenario);
        }
    }
    tally
}

impl Tally {
    /// Adds a run inside the model.
    fn add(&mut self, scenario: &Scenario, trace: &Trace) {
        self.inside += 1;
        let struck = |fault: &usize| trace.unused_faults.binary_search(fault).is_err();
        let struck: Vec<usize> = (0..scenario.faults.len()).filter(struck).collect();
        self.with_faults += u64::from(!struck.is_empty());
        self.kinds.extend(struck.iter().map(|fault| kind_of(&scenario.faults[*fault])));
        self.kinds.extend(struck.iter().filter_map(|fault| set_wrongly(&scenario.faults[*fault])));
        self.kinds.extend(kinds_of_network(scenario));
    }

    /// Adds the values of parameters.
    fn add_values(&mut self, protocol: &Protocol, scenario: &Scenario) {
        self.values.extend(protocol.behaviour.parameters.iter().map(|parameter| {
            let value = scenario.params.get(parameter.name).cloned();
            let value = value.unwrap_or_else(|| parameter.default());
            (parameter.name.to_owned(), value.to_string())
        }));
    }
}

/// A clock that drifts may also be set wrongly.
fn set_wrongly(fault: &Fault) -> Option<&'static str> {
    matches!(fault, Fault::Drift { offset: 1.., .. }).then_some("clock set wrongly")
}

/// Kinds of networks that must be drawn.
const NETWORKS: [&str; 21] = [
    "asynchronous",
    "synchronous",
    "any order",
    "FIFO",
    "loss",
    "duplicates",
    "corruption",
    "no detector",
    "perfect detector",
    "full",
    "ring",
    "line",
    "tree",
    "links",
    "routers",
    "links between pairs",
    "shared medium",
    "link at the bound",
    "slow link without a bound",
    "link with a rate",
    "link with a queue",
];

fn kinds_of_network(scenario: &Scenario) -> Vec<&'static str> {
    let network = &scenario.network;
    let mut kinds = vec![
        match network.timing {
            Timing::Asynchronous => "asynchronous",
            Timing::Synchronous(_) => "synchronous",
        },
        match network.order {
            Order::Any => "any order",
            Order::Fifo => "FIFO",
        },
        match network.detector {
            Detector::None => "no detector",
            Detector::Perfect(_) => "perfect detector",
        },
        match &network.topology {
            Topology::Full => "full",
            Topology::Ring => "ring",
            Topology::Line => "line",
            Topology::Tree => "tree",
            Topology::Links { routers, .. } if routers.is_empty() => "links",
            Topology::Links { .. } => "routers",
        },
        match network.medium {
            Medium::Links => "links between pairs",
            Medium::Shared => "shared medium",
        },
    ];
    let odds = [
        (network.loss, "loss"),
        (network.duplicate, "duplicates"),
        (network.corrupt, "corruption"),
    ];
    kinds.extend(odds.into_iter().filter(|(odds, _)| odds.0 > 0).map(|(_, kind)| kind));
    for link in &network.links {
        match network.timing.bound() {
            Some(bound) if link.delay.min == bound => kinds.push("link at the bound"),
            None if link.delay.min > network.delay.max => kinds.push("slow link without a bound"),
            _ => {}
        }
        kinds.extend(link.rate.map(|_| "link with a rate"));
        kinds.extend(link.queue.map(|_| "link with a queue"));
    }
    kinds
}

/// Returns the value of this parameter that the model requires always and for all properties, if there is one.
fn asked_for(protocol: &Protocol, parameter: &Parameter) -> Option<&'static str> {
    protocol.assumptions().find_map(|it| match it.rule {
        Rule::ParameterIs(name, value)
            if name.name() == parameter.name
                && it.conditions().next().is_none()
                && it.kind.is_none() =>
        {
            Some(value)
        }
        _ => None,
    })
}

/// Returns the values of a parameter that the model allows and that were never drawn.
fn missing_values(protocol: &Protocol, parameter: &Parameter, tally: &Tally) -> Vec<String> {
    let own = tally.values.iter().filter(|(name, _)| name == parameter.name);
    let drawn: BTreeSet<&str> = own.map(|(_, value)| value.as_str()).collect();
    let allowed: Vec<String> = match parameter.domain {
        _ if asked_for(protocol, parameter).is_some() => vec![parameter.default().to_string()],
        Domain::Flag { .. } => ["false", "true"].map(str::to_owned).into(),
        Domain::Choice { choices, .. } => choices.iter().map(|it| it.0.to_owned()).collect(),
        // Numbers are drawn near their defaults, or from the least up to the size of the group.
        Domain::Integer { .. } if drawn.len() < 3 => {
            vec![format!("a third value beside {drawn:?}")]
        }
        Domain::Integer { default, unit: "ms" | "ppm", .. } => {
            vec![ParameterValue::Integer(default).to_string()]
        }
        Domain::Integer { min, .. } => vec![ParameterValue::Integer(min).to_string()],
    };
    allowed.into_iter().filter(|value| !drawn.contains(value.as_str())).collect()
}

#[test]
fn protocols_inside_their_models_keep_promises_under_all_that_models_allow() {
    let runs = INSIDE_MODEL.runs();
    let mut kinds = BTreeSet::new();
    let mut complaints = Vec::new();
    for (_, protocol) in protocols::catalogue() {
        let tally = try_protocol(protocol);
        let Tally { safe, inside, with_faults, .. } = tally;
        let id = protocol.id;
        if let Some(violated) = tally.violated {
            complaints.push(violated);
            continue;
        }
        println!(
            "{id}: {safe} runs inside the model of safety, {inside} of all, {with_faults} of these with faults"
        );
        if inside < runs / 5 {
            complaints.push(format!("{id}: only {inside} of {runs} runs are inside the model"));
        }
        if with_faults < runs / 15 {
            complaints.push(format!("{id}: a fault struck in only {with_faults} of {runs} runs"));
        }
        for parameter in protocol.behaviour.parameters {
            let missing = missing_values(protocol, parameter, &tally);
            let name = parameter.name;
            complaints.extend(missing.iter().map(|it| format!("{id}: {name} was never {it}")));
        }
        kinds.extend(tally.kinds);
    }
    let wanted = FAULTS.into_iter().chain(NETWORKS);
    let missing = wanted.filter(|kind| !kinds.contains(kind));
    complaints
        .extend(missing.map(|kind| format!("no protocol's run inside its model had: {kind}")));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
