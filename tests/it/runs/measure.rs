//! Measures of series of runs, against counts and times that are known.

use worldlines::{
    formats::{self, measure},
    kernel::Protocol,
    protocols,
    runs::measure::{Measures, Over, Series, Spread},
};

fn protocol(id: &str) -> &'static Protocol {
    protocols::find(id).expect("it is registered")
}

fn measured(id: &str, over: &str, seeds: u64) -> Series {
    let protocol = protocol(id);
    let over = measure::over("--over", protocol, over).expect("it may vary");
    let series =
        measure::operation(protocol, None, None, over, seeds).expect("it has an operation");
    series.finish().expect("it can be run")
}

fn messages(row: &Measures) -> i64 {
    row.messages.total / row.messages.runs as i64
}

#[test]
fn messages_over_nodes_are_those_of_every_formula() {
    for (_, protocol) in protocols::catalogue() {
        for cost in protocol.costs {
            let sizes: Vec<usize> = (cost.least..cost.least + 4).collect();
            let series = measure::operation(
                protocol,
                Some(cost.operation),
                None,
                Over::Nodes(sizes.clone()),
                1,
            );
            let series =
                series.and_then(|it| it.finish().map_err(Into::into)).expect("it can be run");
            let counted: Vec<i64> = series.rows().iter().map(messages).collect();
            let formula: Vec<i64> = sizes.iter().map(|n| (cost.value)(*n) as i64).collect();
            assert_eq!(counted, formula, "{}: {}", protocol.id, cost.operation);
        }
    }
}

/// Two message delays for the votes and one for the decision; the coordinator decides after two.
#[test]
fn latency_of_two_phase_commit_is_three_message_delays() {
    let series = measured("two-phase-commit", "nodes=2,5,9", 1);
    for row in series.rows() {
        assert_eq!((row.latency.total, row.delay), (30, Some(10)), "{} nodes", row.value);
    }
    let text = measure::to_text(&series);
    assert!(
        text.lines()
            .nth(2)
            .is_some_and(|line| line.split_whitespace().eq(["2", "1", "3", "3", "0"])),
        "{text}"
    );
}

/// P1 asks at 11 ms. With a pause of 1 it has passed the token on at 1, gets it back at 44 and leaves at 64. With a pause
/// of 90 it still has the token and leaves at 31.
#[test]
fn parameter_changes_the_latency_of_the_token_ring() {
    let protocol = protocol("token-ring-lock");
    let over = measure::over("--over", protocol, "pause=1,90").expect("it may vary");
    let cost = protocol.costs[1].operation;
    let series = measure::operation(protocol, Some(cost), Some(4), over, 1).expect("there is one");
    let rows = series.finish().expect("it can be run").rows().to_vec();
    assert_eq!(rows.iter().map(|row| row.latency.total).collect::<Vec<_>>(), [53, 20]);
    assert_eq!(rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), ["1", "90"]);
}

#[test]
fn runs_are_done_one_at_a_time_and_counted_by_seed() {
    let protocol = protocol("paxos");
    let over = measure::over("--over", protocol, "quorum=majority,one").expect("it may vary");
    let mut series =
        measure::operation(protocol, None, None, over, 3).expect("it has an operation");
    assert_eq!((series.runs(), series.rows().len()), (6, 0));
    assert_eq!(series.step(), Ok(true));
    assert_eq!((series.rows().len(), series.rows()[0].runs), (1, 1));
    let series = series.finish().expect("it can be run");
    assert_eq!(series.rows().iter().map(|row| row.runs).collect::<Vec<_>>(), [3, 3]);
    assert_eq!(series.rows()[0].metrics.len(), protocol.metrics.len());
}

#[test]
fn violating_runs_of_a_scenario_are_counted() {
    let path = "reliable/best-effort-broadcast/sender-crashes-half-way";
    let bundled = formats::bundled::find(path).expect("it is bundled");
    let outcome = bundled.outcome().expect("it runs");
    let over = measure::over("--over", outcome.protocol, "seed=1..5").expect("it may vary");
    let series =
        measure::scenario(outcome.protocol, outcome.scenario, over, 9).expect("a seed may vary");
    let series = series.finish().expect("it can be run");
    assert_eq!(series.rows().len(), 5);
    assert!(series.rows().iter().all(|row| (row.violating, row.runs) == (1, 1)));
}

#[test]
fn mean_is_rounded_to_tenths() {
    let of = |runs, total| Spread { runs, total, ..Spread::default() }.mean_in_tenths(1);
    assert_eq!([of(0, 0), of(2, 5), of(3, 10), of(3, 20)], [None, Some(25), Some(33), Some(67)]);
    assert_eq!(of(3, -10), Some(-33));
    assert_eq!(Spread { runs: 2, total: 50, ..Spread::default() }.mean_in_tenths(10), Some(25));
}
