//! Properties of shared objects.

use std::collections::{BTreeMap, VecDeque};

use worldlines::{
    abstractions::{
        Value,
        register::{
            Access, CONVERGENCE, LINEARIZABILITY, NO_LOST_ACKNOWLEDGED_UPDATE, Operation, Reply,
            TERMINATION,
            linearization::{
                Answered, KeyValueMap, Linearization, Register, RegisterOperation, Specification,
            },
        },
    },
    kernel::{NodeId, Request, Verdict},
};

use crate::common::{
    chance::Chance,
    scene::{Case, Scene, What, case, compare, says, says_so_far},
};

pub(crate) const CASES: &[Case] = &[
    case(&LINEARIZABILITY, linearizability),
    case(&NO_LOST_ACKNOWLEDGED_UPDATE, no_lost_acknowledged_update),
    case(&CONVERGENCE, convergence),
    case(&TERMINATION, termination),
];

/// An operation of a history, and its answer if it has one.
#[derive(Clone, Debug)]
struct Run {
    node: NodeId,
    asked: usize,
    operation: Operation,
    answer: Option<(usize, Option<Value>)>,
}

/// Every operation, with its number at its node since the node's last start.
fn runs(scene: &Scene) -> Vec<(Run, u32)> {
    let asked = scene.asked::<Operation>();
    let number = |one: usize| {
        let me = &asked[one];
        let same_life = |at| !scene.crashes_between(me.node, at, me.at);
        asked.iter().filter(|it| it.node == me.node && it.at <= me.at && same_life(it.at)).count()
            as u32
    };
    (0..asked.len())
        .map(|one| {
            let (me, number) = (&asked[one], number(one));
            let answers = scene.told::<Reply>().into_iter();
            let answer = answers
                .filter(|it| it.node == me.node && it.at > me.at)
                .filter(|it| !scene.crashes_between(me.node, me.at, it.at))
                .find_map(|it| match it.it {
                    Reply::Respond { request, value } if request == number => Some((it.at, value)),
                    _ => None,
                });
            let operation = me.it.clone();
            (Run { node: me.node, asked: me.at, operation, answer }, number)
        })
        .collect()
}

/// The objects, one at a time.
#[derive(Clone, Default)]
struct Objects {
    registers: BTreeMap<Value, Value>,
    queue: VecDeque<Value>,
}

impl Objects {
    fn apply(&mut self, operation: &Operation) -> Option<Value> {
        match operation.clone() {
            Operation::Read { key } => self.registers.get(&key).cloned(),
            Operation::Write { key, value } => {
                self.registers.insert(key, value);
                None
            }
            Operation::Enqueue(value) => {
                self.queue.push_back(value);
                None
            }
            Operation::Dequeue => self.queue.pop_front(),
        }
    }
}

/// True if some order of all answered operations and some others, by the time, gives the answers: every order
/// is tried.
fn some_order(done: &mut Vec<Run>, objects: &Objects, rest: &[Run]) -> bool {
    let in_time = |order: &[Run]| {
        order.iter().enumerate().all(|(place, later)| {
            order[..place].iter().all(|earlier| {
                later.answer.as_ref().is_none_or(|(answered, _)| *answered > earlier.asked)
            })
        })
    };
    if rest.iter().all(|run| run.answer.is_none()) && in_time(done) {
        return true;
    }
    (0..rest.len()).any(|place| {
        let mut rest = rest.to_vec();
        let next = rest.remove(place);
        let mut objects = objects.clone();
        let answer = objects.apply(&next.operation);
        if next.answer.as_ref().is_some_and(|(_, told)| *told != answer) {
            return false;
        }
        done.push(next);
        let found = some_order(done, &objects, &rest);
        done.pop();
        found
    })
}

fn linearizability(scene: &Scene) -> bool {
    let runs: Vec<_> = runs(scene).into_iter().map(|(run, _)| run).collect();
    some_order(&mut Vec::new(), &Objects::default(), &runs)
}

fn no_lost_acknowledged_update(scene: &Scene) -> bool {
    let runs = runs(scene);
    let writes = |of: &Value| -> Vec<(Run, Value)> {
        let of_key = runs.iter().filter_map(|(run, _)| match &run.operation {
            Operation::Write { key, value } if key == of => Some((run.clone(), value.clone())),
            _ => None,
        });
        of_key.collect()
    };
    let acknowledged_before =
        |write: &Run, at: usize| write.answer.as_ref().is_some_and(|(ack, _)| *ack < at);
    runs.iter().all(|(read, _)| {
        let (Operation::Read { key }, Some((answered, value))) = (&read.operation, &read.answer)
        else {
            return true;
        };
        let writes = writes(key);
        writes.iter().filter(|(write, _)| acknowledged_before(write, read.asked)).all(
            |(write, _)| {
                writes.iter().any(|(source, written)| {
                    source.asked < *answered
                        && Some(written) == value.as_ref()
                        && !acknowledged_before(source, write.asked)
                })
            },
        )
    })
}

fn convergence(scene: &Scene) -> bool {
    let held = |node: NodeId| {
        let mut held = BTreeMap::new();
        for told in scene.told::<Reply>() {
            if let Reply::Hold { key, value } = told.it
                && told.node == node
            {
                held.insert(key, value);
            }
        }
        held
    };
    let replicas: Vec<_> =
        scene.up_in_the_end().into_iter().map(held).filter(|held| !held.is_empty()).collect();
    replicas.iter().all(|one| replicas.iter().all(|two| one == two))
}

/// Requests of a correct process since its last crash are answered.
fn termination(scene: &Scene) -> bool {
    let correct = scene.correct();
    let end = scene.steps.len();
    runs(scene).iter().all(|(run, _)| {
        let crashes = || scene.crashes_between(run.node, run.asked, end);
        run.answer.is_some() || !correct.contains(run.node) || crashes()
    })
}

/// Objects that a random history uses.
#[derive(Clone, Copy)]
enum Kind {
    Register,
    Queue,
    Map,
    Both,
}

fn random_operation(chance: &mut Chance, kind: Kind) -> Operation {
    let key = || Value::from("x");
    let value = Value::from(chance.between(1, 2) as i64);
    match (kind, chance.percent(50)) {
        (Kind::Register, true) => Operation::Read { key: key() },
        (Kind::Register, false) => Operation::Write { key: key(), value },
        (Kind::Queue, true) => Operation::Dequeue,
        (Kind::Queue, false) => Operation::Enqueue(value),
        (Kind::Map, read) => {
            let key = Value::from(if chance.percent(50) { "x" } else { "y" });
            if read { Operation::Read { key } } else { Operation::Write { key, value } }
        }
        (Kind::Both, true) => random_operation(chance, Kind::Map),
        (Kind::Both, false) => random_operation(chance, Kind::Queue),
    }
}

/// Answers an operation: mostly as objects would if each operation took effect at its answer.
fn random_answer(scene: Scene, chance: &mut Chance, me: usize, wild: u64) -> Scene {
    let all = runs(&scene);
    let open: Vec<_> = all
        .iter()
        .filter(|(run, _)| run.node.index() == me && run.answer.is_none())
        .filter(|(run, _)| !scene.crashes_between(run.node, run.asked, scene.steps.len()))
        .collect();
    if open.is_empty() {
        return scene;
    }
    let (run, request) = open[chance.below(open.len())];
    let mut answered: Vec<_> = all.iter().filter(|(run, _)| run.answer.is_some()).collect();
    answered.sort_by_key(|(run, _)| run.answer.as_ref().map(|(at, _)| *at));
    let mut objects = Objects::default();
    for (before, _) in answered {
        objects.apply(&before.operation);
    }
    if chance.percent(wild) {
        // An operation that has no answer yet may have taken effect.
        let others: Vec<_> = all.iter().filter(|(run, _)| run.answer.is_none()).collect();
        objects.apply(&others[chance.below(others.len())].0.operation);
    }
    let mut value = objects.apply(&run.operation);
    let asks = matches!(run.operation, Operation::Read { .. } | Operation::Dequeue);
    if asks && chance.percent(wild) {
        value = [None, Some(Value::from(1)), Some(Value::from(2))][chance.below(3)].clone();
    }
    scene.tell(me, Reply::Respond { request: *request, value })
}

fn random_of(chance: &mut Chance, kind: Kind, operations: usize) -> Scene {
    let wild = [0, 20, 80][chance.below(3)];
    Scene::random(chance, 22, |scene, chance, me| {
        let asked = scene.asked::<Operation>().len();
        if asked < operations && chance.percent(50) {
            let operation = random_operation(chance, kind);
            return scene.ask(me, operation);
        }
        if chance.percent(10) {
            let value = Value::from(1 + i64::from(chance.percent(20)));
            return scene.tell(me, Reply::Hold { key: "x".into(), value });
        }
        random_answer(scene, chance, me, wild)
    })
}

#[test]
fn register_monitors_agree_with_the_definitions_on_random_histories() {
    compare(101, CASES, |chance| {
        let kind = [Kind::Register, Kind::Register, Kind::Both][chance.below(3)];
        random_of(chance, kind, 5)
    });
}

#[test]
fn linearizability_search_agrees_with_trying_all_orders() {
    let mut chance = Chance::new(102);
    for kind in [Kind::Register, Kind::Queue, Kind::Map, Kind::Both] {
        let mut counts = [0; 2];
        for _ in 0..2000 {
            let scene = random_of(&mut chance, kind, 6);
            let holds = linearizability(&scene);
            let verdict = scene.judge(&LINEARIZABILITY, true);
            assert_eq!(verdict.is_violated(), !holds, "{verdict:?} {scene:?}");
            counts[usize::from(holds)] += 1;
        }
        assert!(counts.iter().all(|count| *count >= 150), "{counts:?}");
    }
}

#[test]
fn linearizability_of_each_key_is_linearizability_of_the_map() {
    let mut chance = Chance::new(103);
    for _ in 0..1000 {
        let scene = random_of(&mut chance, Kind::Map, 8);
        let mut map = Linearization::<KeyValueMap>::default();
        let mut possible = true;
        let runs = runs(&scene);
        for at in 0..scene.steps.len() {
            for (run, _) in &runs {
                if run.asked == at {
                    let operation = match run.operation.clone() {
                        Operation::Read { key } => (key, RegisterOperation::Read),
                        Operation::Write { key, value } => (key, RegisterOperation::Write(value)),
                        _ => panic!("a map is read and written"),
                    };
                    map.invoke(at, operation);
                }
                if let Some((answered, value)) = &run.answer
                    && *answered == at
                    && possible
                {
                    possible = map.answer(run.asked, value.as_ref()) == Answered::Possible;
                }
            }
        }
        assert_eq!(scene.judge(&LINEARIZABILITY, true).is_violated(), !possible, "{scene:?}");
    }
}

fn write(scene: Scene, node: usize, value: i64) -> Scene {
    scene.ask(node, Operation::Write { key: "x".into(), value: value.into() })
}

fn read(scene: Scene, node: usize) -> Scene {
    scene.ask(node, Operation::Read { key: "x".into() })
}

fn respond(scene: Scene, node: usize, request: u32, value: Option<i64>) -> Scene {
    scene.tell(node, Reply::Respond { request, value: value.map(Value::from) })
}

/// Bob writes 1, which is acknowledged; then he writes 2, which is not yet.
fn second_write() -> Scene {
    write(respond(write(Scene::new(4), 1, 1), 1, 1, None), 1, 2)
}

#[test]
fn regularity_with_a_concurrent_write_allows_the_old_and_the_new_value() {
    for value in [1, 2] {
        says(&LINEARIZABILITY, &respond(read(second_write(), 0), 0, 1, Some(value)), None);
    }
    let stale = respond(read(second_write(), 0), 0, 1, None);
    let why = "Alice's read of x answered nothing, which no order of the operations explains: Bob's write of 1 to x had completed before";
    says(&LINEARIZABILITY, &stale, Some((why, &[0, 1, 3, 4])));
    let lost = "Alice's read of x answered nothing, although 1 had been acknowledged before";
    says(&NO_LOST_ACKNOWLEDGED_UPDATE, &stale, Some((lost, &[0, 3, 4])));
}

#[test]
fn linearizability_forbids_new_then_old_and_regularity_allows_it() {
    let new = respond(read(second_write(), 0), 0, 1, Some(2));
    let old = respond(read(new, 2), 2, 1, Some(1));
    let why = "Carol's read of x answered 1, which no order of the operations explains: Alice's read of x had answered 2 before";
    says(&LINEARIZABILITY, &old, Some((why, &[0, 1, 2, 3, 4, 5, 6])));
    says(&NO_LOST_ACKNOWLEDGED_UPDATE, &old, None);
}

#[test]
fn linearizability_lets_an_unanswered_write_take_effect_later_or_never() {
    let crashed = second_write().crash(1);
    let old = respond(read(crashed, 0), 0, 1, Some(1));
    let then_new = respond(read(old, 0), 0, 2, Some(2));
    says(&LINEARIZABILITY, &then_new, None);
    let and_old_again = respond(read(then_new, 0), 0, 3, Some(1));
    let why = "Alice's read of x answered 1, which no order of the operations explains: Alice's earlier read of x had answered 2 before";
    says(&LINEARIZABILITY, &and_old_again, Some((why, &[0, 1, 2, 6, 7, 8, 9])));
}

#[test]
fn linearizability_forbids_two_orders_of_writes_for_two_readers() {
    let reads = |scene: Scene, node, values: [i64; 2]| {
        let first = respond(read(scene, node), node, 1, Some(values[0]));
        respond(read(first, node), node, 2, Some(values[1]))
    };
    let both = write(write(Scene::new(4), 0, 1), 1, 2);
    says(&LINEARIZABILITY, &reads(both.clone(), 2, [1, 2]), None);
    says(&LINEARIZABILITY, &reads(both.clone(), 2, [2, 1]), None);
    let differ = reads(reads(both, 2, [1, 2]), 3, [1, 2]);
    let why = "Dave's read of x answered 1, which no order of the operations explains: Carol's read of x had answered 2 before";
    says(&LINEARIZABILITY, &differ, Some((why, &[0, 1, 4, 5, 6, 7])));
}

#[test]
fn linearizability_of_a_queue_gives_each_value_once_in_order() {
    // Herlihy and Wing's Figure 1: two overlapping enqueues, taken out in either order.
    let enqueue =
        |scene: Scene, node, value: i64| scene.ask(node, Operation::Enqueue(value.into()));
    let dequeue = |scene: Scene, node| scene.ask(node, Operation::Dequeue);
    let overlapping = enqueue(enqueue(Scene::new(4), 0, 1), 1, 2);
    let done = respond(respond(overlapping, 1, 1, None), 0, 1, None);
    for (first, second) in [(1, 2), (2, 1)] {
        let one = respond(dequeue(done.clone(), 2), 2, 1, Some(first));
        says(&LINEARIZABILITY, &respond(dequeue(one.clone(), 3), 3, 1, Some(second)), None);
        let twice = respond(dequeue(one, 3), 3, 1, Some(first));
        let why =
            format!("Dave's dequeue answered {first}, which no order of the operations explains");
        says(&LINEARIZABILITY, &twice, Some((&why, &[6, 7])));
    }
    let in_turn = enqueue(respond(enqueue(Scene::new(4), 0, 1), 0, 1, None), 0, 2);
    let wrong = respond(dequeue(respond(in_turn, 0, 2, None), 2), 2, 1, Some(2));
    let why = "Carol's dequeue answered 2, which no order of the operations explains";
    says(&LINEARIZABILITY, &wrong, Some((why, &[4, 5])));
}

#[test]
fn linearizability_search_beyond_its_limit_says_so() {
    let mut scene = Scene::new(2);
    for value in 0..30 {
        scene = scene.ask(0, Operation::Enqueue(value.into()));
    }
    let scene = respond(scene, 0, 1, None);
    let Verdict::Undecided(why) = scene.judge(&LINEARIZABILITY, true) else { panic!("it holds?") };
    let limit = "the operations on the queue overlap in too many ways: the search for their order stopped at its \
                 limit of 20000 configurations";
    assert_eq!(why, limit);
}

#[test]
fn linearizability_search_ignores_reads_of_crashed_clients() {
    let mut search = Linearization::<Register>::default();
    for request in 0..40 {
        search.invoke(request, RegisterOperation::Read);
        search.abandon(request);
    }
    search.invoke(40, RegisterOperation::Write("x".into()));
    assert_eq!(search.answer(40, None), Answered::Possible);
    assert_eq!(search.explored(), 1);
    assert_eq!(KeyValueMap::default().apply(&("x".into(), RegisterOperation::Read)), None);
}

#[test]
fn convergence_judges_small_histories() {
    let hold = |value: i64| Reply::Hold { key: "x".into(), value: value.into() };
    let apart = Scene::new(3).tell(0, hold(1)).tell(1, hold(2));
    let why = "Alice holds 1 under x, Bob 2, at the end";
    says(&CONVERGENCE, &apart, Some((why, &[1])));
    says_so_far(&CONVERGENCE, &apart, "Alice holds 1 under x, Bob 2");
    says(&CONVERGENCE, &apart.clone().crash(1), None);
    says(&CONVERGENCE, &apart.tell(0, hold(2)), None);
}

#[test]
fn operation_of_a_correct_client_must_be_answered() {
    let asked = read(Scene::new(2), 1);
    let starved = Some(("Bob's read of x was never answered", &[0][..]));
    says(&TERMINATION, &asked, starved);
    says_so_far(&TERMINATION, &asked, "Bob's read of x has no answer yet");
    says(&TERMINATION, &asked.clone().crash(1), None);
    says(&TERMINATION, &respond(asked, 1, 1, None), None);
}

#[test]
fn register_without_a_queue_is_judged_for_linearizability() {
    let write = Access::Write { key: "x".into(), value: 1.into() };
    let written = respond(Scene::new(2).ask(0, write), 0, 1, None);
    let stale = respond(written.ask(1, Access::Read { key: "x".into() }), 1, 1, None);
    let why = "Bob's read of x answered nothing, which no order of the operations explains: Alice's write of 1 to x had completed before";
    says(&LINEARIZABILITY, &stale, Some((why, &[0, 1, 2, 3])));
    let queue = Access::KINDS.iter().find(|kind| kind.name == "invoke");
    assert!(queue.is_none(), "{queue:?}");
}

#[test]
fn operations_of_requests_are_read() {
    let json = |name, json: serde_json::Value| Operation::read(name, Some(&json), &[]);
    assert_eq!(json("read", "x".into()), Ok(Operation::Read { key: "x".into() }));
    let write = Operation::Write { key: "x".into(), value: 1.into() };
    assert_eq!(json("write", serde_json::json!({"key": "x", "value": 1})), Ok(write));
    assert_eq!(json("invoke", "dequeue".into()), Ok(Operation::Dequeue));
    assert_eq!(json("invoke", serde_json::json!({"enqueue": 1})), Ok(Operation::Enqueue(1.into())));
    assert!(json("invoke", "fly".into()).is_err() && json("write", "x".into()).is_err());
}

#[test]
fn indications_of_objects_are_seen_by_monitors() {
    let scene = respond(read(Scene::new(1), 0), 0, 1, None);
    assert!(matches!(scene.steps[1].what, What::Tell("respond", _)));
}
