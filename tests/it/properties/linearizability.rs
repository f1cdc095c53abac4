//! The search for the order of one register's operations: correct on random histories, and fast if many overlap.

use worldlines::abstractions::{
    Value,
    register::{
        just_in_time::{MOST_CONFIGURATIONS, MOST_OPEN, RegisterHistory},
        linearization::{Answered, Limit, Linearization, Register, RegisterOperation},
    },
};

use crate::common::chance::Chance;

/// One event of a register's history, by the number of the operation.
#[derive(Clone, Debug)]
enum Step {
    Write(usize, i64),
    Read(usize),
    Answer(usize, Option<i64>),
    Abandon(usize),
}

/// The verdicts on a history, answer by answer, up to the first answer that no order explains.
fn judged(steps: &[Step]) -> (Vec<Answered>, usize) {
    let mut history = RegisterHistory::default();
    let mut said = Vec::new();
    for step in steps {
        match step {
            Step::Write(id, value) => {
                history.invoke(*id, RegisterOperation::Write((*value).into()));
            }
            Step::Read(id) => history.invoke(*id, RegisterOperation::Read),
            Step::Abandon(id) => history.abandon(*id),
            Step::Answer(id, value) => {
                said.push(history.answer(*id, value.map(Value::from).as_ref()));
            }
        }
        if said.last() == Some(&Answered::Impossible) {
            break;
        }
    }
    (said, history.explored())
}

/// The same, from the search that tries all operations in all orders.
fn judged_slowly(steps: &[Step]) -> Vec<Answered> {
    let mut search = Linearization::<Register>::default();
    let mut said = Vec::new();
    for step in steps {
        match step {
            Step::Write(id, value) => {
                search.invoke(*id, RegisterOperation::Write((*value).into()));
            }
            Step::Read(id) => search.invoke(*id, RegisterOperation::Read),
            Step::Abandon(id) => search.abandon(*id),
            Step::Answer(id, value) => {
                said.push(search.answer(*id, value.map(Value::from).as_ref()));
            }
        }
        if said.last() == Some(&Answered::Impossible) {
            break;
        }
    }
    said
}

/// Parts of a random history.
#[derive(Clone, Copy)]
struct Shape {
    clients: usize,
    operations: usize,
    values: u64,
    /// Percentage of a client's steps that are crashes.
    crashes: u64,
    /// Percentage of reads with a random answer.
    wild: u64,
    /// Percentage of operations that are reads.
    reads: u64,
}

/// A history in which every operation takes effect at one moment, and some reads have random answers.
fn random(chance: &mut Chance, shape: Shape) -> Vec<Step> {
    /// An operation without an answer: its call, and its answer once it has taken effect.
    struct Open {
        id: usize,
        write: Option<i64>,
        effect: Option<Option<i64>>,
    }
    let mut clients: Vec<Option<Open>> = (0..shape.clients).map(|_| None).collect();
    let (mut value, mut next, mut steps) = (None, 0, Vec::new());
    while next < shape.operations || clients.iter().any(Option::is_some) {
        let client = &mut clients[chance.below(shape.clients)];
        match client {
            None if next < shape.operations => {
                let reads = chance.percent(shape.reads);
                let write = (!reads).then(|| chance.between(1, shape.values) as i64);
                steps.push(write.map_or(Step::Read(next), |value| Step::Write(next, value)));
                *client = Some(Open { id: next, write, effect: None });
                next += 1;
            }
            None => {}
            Some(open) if chance.percent(shape.crashes) => {
                if chance.percent(50) && open.effect.is_none() {
                    value = open.write.or(value);
                }
                steps.push(Step::Abandon(open.id));
                *client = None;
            }
            Some(open) => match open.effect {
                None => {
                    value = open.write.or(value);
                    open.effect = Some(if open.write.is_some() { None } else { value });
                }
                Some(answer) => {
                    let any = open.write.is_none() && chance.percent(shape.wild);
                    let mut anything = || Some(chance.between(0, shape.values) as i64);
                    let answer = if any { anything() } else { answer };
                    steps.push(Step::Answer(open.id, answer.filter(|it| *it != 0)));
                    *client = None;
                }
            },
        }
    }
    steps
}

#[test]
fn register_linearizability_agrees_with_trying_all_orders() {
    let mut chance = Chance::new(1301);
    let mut counts = [0; 2];
    for round in 0..6000 {
        let shape = Shape {
            clients: chance.between(2, 7) as usize,
            operations: chance.between(2, 14) as usize,
            values: chance.between(1, 4),
            crashes: [0, 0, 10, 25][chance.below(4)],
            wild: [0, 15, 60][chance.below(3)],
            reads: [30, 50, 70][chance.below(3)],
        };
        let steps = random(&mut chance, shape);
        let (said, expected) = (judged(&steps).0, judged_slowly(&steps));
        assert_eq!(said, expected, "{round}: {steps:?}");
        counts[usize::from(said.last() != Some(&Answered::Impossible))] += 1;
    }
    assert!(counts.iter().all(|count| *count > 1000), "{counts:?}");
}

/// Sixteen operations that all overlap, so many of them writes, answered in a random order; and two reads
/// after them, one after the other.
fn sixteen_at_once(chance: &mut Chance, writes: usize, values: usize) -> Vec<Step> {
    let mut steps: Vec<Step> = (0..16)
        .map(|id| if id < writes { Step::Write(id, (id % values) as i64) } else { Step::Read(id) })
        .collect();
    let mut open: Vec<usize> = (0..16).collect();
    while !open.is_empty() {
        let id = open.swap_remove(chance.below(open.len()));
        let value = (id >= writes).then(|| (chance.below(writes) % values) as i64);
        steps.push(Step::Answer(id, value));
    }
    for id in 16..18 {
        let value = (chance.below(writes) % values) as i64;
        steps.extend([Step::Read(id), Step::Answer(id, Some(value))]);
    }
    steps
}

#[test]
fn register_linearizability_of_sixteen_concurrent_operations_takes_few_configurations() {
    let mut chance = Chance::new(1302);
    let (mut most, mut counts) = (0, [0; 2]);
    for _ in 0..600 {
        let writes = 1 + chance.below(15);
        let values = [writes, writes, 1 + chance.below(writes)][chance.below(3)];
        let steps = sixteen_at_once(&mut chance, writes, values);
        let (said, explored) = judged(&steps);
        most = most.max(explored);
        match said.last() {
            Some(Answered::Possible) => counts[0] += 1,
            Some(Answered::Impossible) => counts[1] += 1,
            other => panic!("{other:?}: {steps:?}"),
        }
    }
    println!("at most {most} configurations; {counts:?}");
    assert!(most <= MOST_CONFIGURATIONS / 10, "{most}");
    assert!(counts.iter().all(|count| *count >= 20), "{counts:?}");
}

#[test]
fn register_linearizability_of_a_thousand_operations_takes_few_configurations() {
    let mut chance = Chance::new(1303);
    for (values, reads, crashes) in [(3, 50, 0), (1000, 50, 0), (1000, 80, 1), (2, 20, 1)] {
        let shape = Shape { clients: 8, operations: 1000, values, crashes, wild: 0, reads };
        let (said, explored) = judged(&random(&mut chance, shape));
        assert!(said.iter().all(|it| *it == Answered::Possible), "{:?}", said.last());
        println!("{values} values, {reads} % reads: {explored} configurations");
        assert!(explored <= MOST_CONFIGURATIONS / 10, "{explored}");
    }
}

#[test]
fn register_linearizability_with_one_slow_client_stays_cheap() {
    let mut chance = Chance::new(1304);
    let shape = Shape { clients: 7, operations: 1000, values: 9, crashes: 0, wild: 0, reads: 50 };
    for slow in [Step::Read(5000), Step::Write(5000, 3)] {
        let mut steps = vec![slow];
        steps.extend(random(&mut chance, shape));
        steps.push(Step::Answer(5000, matches!(steps[0], Step::Read(_)).then_some(3)));
        let (said, explored) = judged(&steps);
        println!("{explored} configurations");
        assert!(said.iter().all(|it| *it == Answered::Possible), "{:?}", said.last());
        assert!(explored <= MOST_CONFIGURATIONS / 10, "{explored}");
    }
}

/// All writes differ, all operations overlap, and no order explains the last answer.
#[test]
fn register_linearizability_of_the_worst_histories_ends_at_its_limit() {
    let worst = |clients: usize| {
        let writes = (0..clients).map(|id| Step::Write(id, id as i64));
        let reads = (0..clients).map(|id| Step::Read(1000 + id));
        let answers = (0..clients).map(|id| Step::Answer(1000 + id, Some(id as i64)));
        let acknowledged = (0..clients).map(|id| Step::Answer(id, None));
        let never = [Step::Read(2000), Step::Answer(2000, Some(-1))];
        writes.chain(reads).chain(answers).chain(acknowledged).chain(never).collect::<Vec<_>>()
    };
    let (said, explored) = judged(&worst(8));
    assert_eq!(said.last(), Some(&Answered::Impossible), "{explored}");
    println!("8 writes and 8 reads: {explored} configurations");
    let (said, explored) = judged(&worst(60));
    assert_eq!(said.last(), Some(&Answered::GaveUp(Limit::Configurations(MOST_CONFIGURATIONS))));
    assert!(explored <= MOST_CONFIGURATIONS, "{explored}");
    let open = (0..=MOST_OPEN).map(|id| Step::Write(id, id as i64));
    let steps: Vec<_> = open.chain([Step::Answer(0, None)]).collect();
    assert_eq!(judged(&steps).0, [Answered::GaveUp(Limit::Open(MOST_OPEN))]);
}
