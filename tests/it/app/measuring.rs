//! A measurement over many runs: what is proposed, what the worker says, and what the panel shows.

use worldlines::{
    app::{
        Action, Edit, Errand, MeasureAction, Measured, SEEDS_TRIED, Said, Shared, State, heard,
        reduce, run_errand,
    },
    formats::bundled,
    kernel::{Delay, PerMillion},
};

use crate::common::protocol;

fn act(state: &State, action: MeasureAction) -> State {
    reduce(state, Action::Measure(action))
}

fn shown(state: &State) -> Measured {
    state.measuring.shown(&state.run)
}

fn opened(id: &str) -> State {
    let example = bundled::best_of(protocol(id)).expect("it is bundled");
    reduce(&State::opening(), Action::Open(example))
}

/// Measures the runs with these values.
fn measure(state: &State, values: &str) -> State {
    run(act(state, MeasureAction::Start(values.to_owned())))
}

/// Runs the errand of the state as its worker would, and hears all of it.
fn run(mut state: State) -> State {
    let errand: Shared<Errand> = state.measuring.errand().expect("it is sent").clone();
    let mut said = Vec::new();
    run_errand(&errand.write(), &mut |text| said.push(text));
    for text in said {
        let said = heard(&text).expect("the page knows what the worker says");
        state = act(&state, MeasureAction::Hear(errand.clone(), said));
    }
    state
}

#[test]
fn measurement_over_seeds_has_a_row_for_each_seed() {
    let state = measure(&opened("reliable-broadcast"), "1..5");
    let measured = shown(&state);
    let values: Vec<_> = measured.rows.iter().map(|row| row.value.as_str()).collect();
    assert_eq!(values, ["1", "2", "3", "4", "5"]);
    assert!(measured.rows.iter().all(|row| row.runs == 1 && row.messages > Some(0)));
    assert!(!measured.running && measured.failed.is_none());
}

#[test]
fn measurement_over_a_parameter_proposes_its_values_and_has_ten_runs_for_each() {
    let state = act(&opened("paxos"), MeasureAction::Vary("timeout".to_owned()));
    assert_eq!(shown(&state).values, "100,200,400", "the default");
    let edit = Edit::Parameter("timeout", 60.into());
    assert_eq!(shown(&reduce(&state, Action::Apply(edit))).values, "30,60,120", "the run's own");
    let measured = shown(&measure(&state, "100,400"));
    assert_eq!(measured.rows.iter().map(|row| row.runs).collect::<Vec<_>>(), [10, 10]);
    let state = act(&state, MeasureAction::Vary("quorum".to_owned()));
    assert_eq!(shown(&state).values, "majority,one");
}

#[test]
fn measurement_of_values_that_do_not_exist_says_what_is_expected() {
    let state = act(&opened("paxos"), MeasureAction::Vary("quorum".to_owned()));
    let measured = shown(&measure(&state, "most"));
    let why = measured.failed.expect("it fails");
    assert!(why.contains("most") && why.contains("majority"), "{why}");
    assert!(measured.rows.is_empty() && !measured.running);
    assert_eq!(measured.values, "most", "the reader's text stays");
    let many = shown(&measure(&opened("paxos"), "1..201"));
    assert_eq!(many.failed.as_deref(), Some("values: found 201, expected at most 200 values"));
}

#[test]
fn measurement_is_of_the_run_that_is_shown() {
    let state = measure(&opened("paxos"), "1..2");
    let started = act(&state, MeasureAction::Start("1..2".to_owned()));
    let other = bundled::best_of(protocol("maekawa")).expect("it is bundled");
    let elsewhere = reduce(&started, Action::Open(other));
    assert!(started.measuring.errand().is_some());
    assert!(elsewhere.measuring.errand().is_none());
    assert!(shown(&reduce(&state, Action::Open(other))).rows.is_empty());
    // Back at its run the measurement does not start anew, which would add its rows once more.
    let back = reduce(&reduce(&state, Action::Open(other)), Action::Undo);
    assert_eq!(shown(&back).rows.len(), 2);
    let back = reduce(&elsewhere, Action::Undo);
    assert!(back.measuring.errand().is_none() && !shown(&back).running);
}

#[test]
fn seeds_are_counted_for_each_property_with_the_first_that_violates_it() {
    let mut state = opened("best-effort-broadcast");
    let mut scenario = state.scenario().clone();
    scenario.faults.clear();
    scenario.network.loss = PerMillion(100_000);
    state = reduce(&state, Action::Apply(Edit::Replace(Box::new(scenario))));
    let state = run(act(&state, MeasureAction::Seeds));
    let measured = shown(&state);
    assert_eq!(measured.rows.len() as u64, SEEDS_TRIED);
    assert!(measured.is_over_seeds() && !measured.is_same_run());
    let all = measured.violations(&state.run, None);
    assert_eq!(all.len(), state.run.protocol.promises.len());
    let agreement = all.iter().find(|it| it.property == "agreement").expect("it is promised");
    assert!(agreement.seeds > 0 && (agreement.seeds as u64) < SEEDS_TRIED, "{agreement:?}");
    assert_eq!(measured.violations(&state.run, Some("agreement")).first(), Some(agreement));
    // The run with that seed violates the property, runs with the seeds before it do not, and the count stays.
    let first = agreement.first.expect("it is violated");
    for seed in state.scenario().seed..=first {
        let other = reduce(&state, Action::Apply(Edit::Seed(seed)));
        let mut judgements = other.run.report.judgements.iter();
        let judgement =
            judgements.find(|it| it.property.name == "agreement").expect("it is judged");
        assert_eq!(judgement.verdict.is_violated(), seed == first, "seed {seed}");
        assert_eq!(shown(&other).violations(&other.run, None), all);
    }
    let other = reduce(&state, Action::Apply(Edit::Until(5)));
    assert!(shown(&other).rows.is_empty(), "it is another run");
}

#[test]
fn run_without_random_events_is_the_same_with_all_seeds() {
    let mut scenario = opened("best-effort-broadcast").scenario().clone();
    scenario.network.delay = Delay { min: 10, max: 10 };
    scenario.seed = u64::from(u32::MAX);
    let state = opened("best-effort-broadcast");
    let state = reduce(&state, Action::Apply(Edit::Replace(Box::new(scenario))));
    let measured = shown(&run(act(&state, MeasureAction::Seeds)));
    assert!(measured.is_same_run() && measured.rows.len() as u64 == SEEDS_TRIED);
}

#[test]
fn cancelled_measurement_keeps_its_rows_and_hears_nothing_more() {
    let started = act(&opened("paxos"), MeasureAction::Start("1..3".to_owned()));
    let errand = started.measuring.errand().expect("it is sent").clone();
    let row = Said::Measured(worldlines::app::MeasuredRow {
        value: "1".to_owned(),
        ..Default::default()
    });
    let one = act(&started, MeasureAction::Hear(errand.clone(), row.clone()));
    let cancelled = act(&one, MeasureAction::Cancel);
    assert_eq!(shown(&cancelled).rows.len(), 1);
    let late = act(&cancelled, MeasureAction::Hear(errand, row));
    assert_eq!(shown(&late), shown(&cancelled));
}
