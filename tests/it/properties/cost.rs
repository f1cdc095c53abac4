//! Cost of judging.

use worldlines::{
    abstractions::register::{
        just_in_time::RegisterHistory,
        linearization::{Answered, Linearization, Queue, QueueOperation, RegisterOperation},
    },
    analysis::judge,
    kernel::{Plan, Simulation, Trace},
};

use crate::common::{broadcast, protocol, scenario};

/// A long history with four clients at a time costs a bounded number of configurations per answer: the prefix
/// is never searched again.
#[test]
fn linearizability_search_costs_as_much_as_operations_overlap() {
    let explored = |answers: usize| {
        let mut search = RegisterHistory::default();
        for round in 0..answers / 4 {
            let first = round * 4;
            for client in 0..4 {
                let value = i64::try_from(first + client).expect("it is small");
                search.invoke(first + client, RegisterOperation::Write(value.into()));
            }
            for client in (0..4).rev() {
                assert_eq!(search.answer(first + client, None), Answered::Possible);
            }
        }
        search.explored()
    };
    let (short, twice, long) = (explored(1_000), explored(2_000), explored(100_000));
    let each = twice - short;
    assert_eq!(
        long - short,
        99 * each,
        "the cost of an answer does not depend on what came before"
    );
    assert!(long <= 100_000 * 64, "{long}");
}

#[test]
fn linearizability_search_of_a_short_queue_stays_fast() {
    let mut search = Linearization::<Queue>::default();
    for round in 0..50_000_i64 {
        let request = usize::try_from(round).expect("it is positive") * 2;
        search.invoke(request, QueueOperation::Enqueue(round.into()));
        assert_eq!(search.answer(request, None), Answered::Possible);
        search.invoke(request + 1, QueueOperation::Dequeue);
        assert_eq!(search.answer(request + 1, Some(&round.into())), Answered::Possible);
    }
    assert_eq!(search.explored(), 100_000);
}

/// Takes seconds and measures time: `cargo test --release --test it -- --ignored --nocapture properties::cost`.
#[test]
#[ignore = "it measures time"]
#[allow(clippy::disallowed_methods, reason = "it measures time")]
fn judging_a_long_run_costs_less_than_simulating_it() {
    let mut scenario = scenario("causal-multicast", 5, 10);
    scenario.until = 1_000_000;
    scenario.requests =
        (0..7_000).map(|number| broadcast(number * 3, number as usize % 5, "m")).collect();
    let protocol = protocol("causal-multicast");
    let plan = Plan::new(protocol, &scenario).expect("the requests can be read");
    let start = std::time::Instant::now();
    let mut trace = Trace::default();
    let mut simulation = Simulation::new(&plan);
    while simulation.step(&plan, &mut trace) {}
    let simulated = start.elapsed();
    let start = std::time::Instant::now();
    let judgements = judge(protocol, &scenario, &trace, trace.events.len());
    let judged = start.elapsed();
    println!(
        "{} events: simulated in {simulated:?}, {} properties judged in {judged:?}",
        trace.events.len(),
        judgements.len()
    );
    assert!(judged < simulated);
}
