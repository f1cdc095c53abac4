//! The partial-order reduction leaves out only equivalent orders in random protocols: their
//! behaviour is a random table, nearly the same in each state, so that many turns could be left out except for some
//! small difference.

use std::ops::Range;

use derive_more::Display;
use serde::Serialize;
use serde_json::{Value as Json, json};
use worldlines::{
    kernel::{
        Context, Delay, Detection, Detector, Group, Indication, NodeId, Order, ParameterValue,
        Process, Protocol, Request, RequestKind, Scenario, Topology, With,
    },
    search::Objective,
};

use crate::common::{
    chance::Chance,
    compared::{
        BUDGETS, Diaries, EVER, Limits, ORDER, SEQUENCE, SET, Tally, UNASKED, compare_all, report,
    },
};

/// Numbers of states, and of kinds of messages, requests and timers.
const STATES: usize = 4;
const KINDS: usize = 3;
const LAST: usize = KINDS - 1;
const ASKS: usize = 2;
const TIMERS: usize = 2;

mod tuned {
    worldlines::parameters! {
        /// Parameters of the random protocol.
        pub struct Drawn {
            /// Seed of the table.
            table: u32 = 0, in 0..=4_000_000_000 "";
        }
    }
}

/// A node whose behaviour is a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Table {
    table: u32,
    state: usize,
}

/// Inputs of the process.
#[derive(Clone, Copy, Debug)]
enum Comes {
    Start,
    Asked(usize),
    Heard(usize, usize),
    Rings(usize),
    Detected(usize, bool),
    Back,
}

impl Comes {
    fn code(self) -> u64 {
        let (kind, one, two) = match self {
            Self::Start => (0, 0, 0),
            Self::Asked(what) => (1, what, 0),
            Self::Heard(from, what) => (2, what, from),
            Self::Rings(timer) => (3, timer, 0),
            Self::Detected(node, down) => (4, node, usize::from(down)),
            Self::Back => (5, 0, 0),
        };
        kind << 16 | (one as u64) << 8 | two as u64
    }
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    /// To all nodes of this bit set.
    Send(usize, usize),
    Tell(usize),
    Set(usize),
    Cancel(usize),
    Store,
}

/// Parameters by which a table is drawn.
#[derive(Clone, Copy, Debug)]
struct Style {
    /// Rule by which a state follows from the last one.
    next: usize,
    /// Frequency of differences in one state, and of indications, in percent.
    odd: u64,
    tells: u64,
    /// True if the node and the sender of an input matter.
    by_node: bool,
    by_sender: bool,
    /// True if a message may be answered by one of its kind, and a timer may set itself.
    circles: bool,
    starts: bool,
}

impl Table {
    fn style(&self) -> Style {
        let mut chance = Chance::new(u64::from(self.table));
        Style {
            next: chance.below(6),
            odd: [0, 15, 40, 70][chance.below(4)],
            tells: [10, 30, 50][chance.below(3)],
            by_node: chance.percent(50),
            by_sender: chance.percent(30),
            circles: chance.percent(25),
            starts: chance.percent(25),
        }
    }

    fn chance(&self, me: NodeId, comes: Comes, state: usize) -> Chance {
        let style = self.style();
        let comes = match comes {
            Comes::Heard(_, what) if !style.by_sender => Comes::Heard(0, what),
            other => other,
        };
        let me = if style.by_node { me.index() as u64 + 1 } else { 0 };
        let place = comes.code() << 8 | (state as u64) << 4 | me;
        Chance::new(u64::from(self.table) ^ place.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn deed(style: Style, comes: Comes, size: usize, chance: &mut Chance) -> Option<Deed> {
        // A process that receives the last message indicates it.
        let tells = if matches!(comes, Comes::Heard(_, LAST)) { 70 } else { style.tells };
        if chance.percent(tells) {
            return Some(Deed::Tell(chance.below(3)));
        }
        // Later messages are of a higher kind, so that the run ends.
        let least = match comes {
            Comes::Heard(_, what) if !style.circles => what + 1,
            Comes::Heard(_, what) => what,
            Comes::Rings(_) if !style.circles => 1,
            _ => 0,
        };
        let timer = match comes {
            Comes::Rings(timer) if !style.circles => timer + 1,
            _ => 0,
        };
        match chance.below(10) {
            0..=5 if least < KINDS => {
                let kind = chance.between(least as u64, KINDS as u64 - 1) as usize;
                Some(Deed::Send(chance.between(1, (1 << size) - 1) as usize, kind))
            }
            6 if timer < TIMERS => {
                Some(Deed::Set(chance.between(timer as u64, TIMERS as u64 - 1) as usize))
            }
            7 => Some(Deed::Cancel(chance.below(TIMERS))),
            8 => Some(Deed::Store),
            _ => None,
        }
    }

    /// Effects and next state: much the same in each state.
    fn answer(&self, me: NodeId, size: usize, comes: Comes) -> (usize, Vec<Deed>) {
        let style = self.style();
        let mut chance = self.chance(me, comes, STATES);
        let step = if chance.percent(40) { 0 } else { chance.below(STATES) };
        let mut next = match style.next {
            0..=2 => self.state | step,
            3 => (self.state + step) % STATES,
            4 => self.state.max(step),
            _ if step == 0 => self.state,
            _ => step,
        };
        let count = if matches!(comes, Comes::Start) { 1 } else { chance.below(4) };
        let mut deeds: Vec<Deed> =
            (0..count).filter_map(|_| Self::deed(style, comes, size, &mut chance)).collect();
        let mut here = self.chance(me, comes, self.state);
        if here.percent(style.odd) {
            match here.below(10) {
                0 => next = here.below(STATES),
                1 | 2 => deeds.reverse(),
                3 | 4 => drop(deeds.pop()),
                5..=7 => deeds.extend(Self::deed(style, comes, size, &mut here)),
                _ => {
                    deeds.pop();
                    deeds.extend(Self::deed(style, comes, size, &mut here));
                }
            }
        }
        if matches!(comes, Comes::Start) && !style.starts {
            deeds.clear();
        }
        (next, deeds)
    }

    fn act(&mut self, ctx: &mut Context<Self>, comes: Comes) {
        let size = ctx.group().size;
        let (next, deeds) = self.answer(ctx.me(), size, comes);
        self.state = next;
        for deed in deeds {
            match deed {
                Deed::Send(to, kind) => {
                    // To oneself only messages that lead to a higher kind: otherwise it would never end.
                    let rises = !matches!(comes, Comes::Heard(_, what) if what >= kind);
                    for node in (0..size).filter(|node| to >> node & 1 == 1) {
                        if rises || node != ctx.me().index() {
                            ctx.send(NodeId::new(node), Word(kind));
                        }
                    }
                }
                Deed::Tell(what) => ctx.indicate(Said(what)),
                Deed::Set(timer) => ctx.set_timer(Alarm(timer), 10),
                Deed::Cancel(timer) => ctx.cancel_timer(Alarm(timer)),
                Deed::Store => ctx.store(),
            }
        }
    }
}

impl Process for Table {
    type Parameters = tuned::Drawn;
    type Request = Ask;
    type Indication = Said;
    type Message = Word;
    type Timer = Alarm;

    fn new(_group: Group, drawn: &tuned::Drawn) -> Self {
        Self { table: drawn.table, state: 0 }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        self.act(ctx, Comes::Start);
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, ask: Ask) {
        self.act(ctx, Comes::Asked(ask.0));
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, word: Word) {
        self.act(ctx, Comes::Heard(from.index(), word.0));
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, alarm: Alarm) {
        self.act(ctx, Comes::Rings(alarm.0));
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        self.act(
            ctx,
            match detection {
                Detection::Suspect(node) => Comes::Detected(node.index(), true),
                Detection::Restore(node) => Comes::Detected(node.index(), false),
            },
        );
    }

    fn recover(stored: &Self, _fresh: Self) -> Self {
        stored.clone()
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.act(ctx, Comes::Back);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("do {_0}")]
struct Ask(usize);

impl Request for Ask {
    const KINDS: &'static [RequestKind] = &[RequestKind {
        name: "do",
        help: "Does something.",
        with: With::Number { label: "what", unit: "", default: 0, optional: true },
    }];

    fn read(_name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Ok(Self(with.and_then(Json::as_u64).unwrap_or_default() as usize % ASKS))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("word {_0}")]
struct Word(usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("said {_0}")]
struct Said(usize);

impl Indication for Said {
    fn kind(&self) -> &'static str {
        "say"
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("alarm {_0}")]
struct Alarm(usize);

static TABLE: Protocol = Protocol {
    id: "table",
    name: "Tables",
    summary: "Each does what its table says.",
    source: "the search's tests",
    ..Protocol::of::<Table>()
};

/// A few nodes with requests.
fn system(chance: &mut Chance) -> Scenario {
    let size = chance.between(2, 3) as usize;
    let mut scenario = Scenario::new(TABLE.id, Scenario::numbered(size));
    scenario.network.delay = Delay { min: 10, max: 10 };
    let table = ParameterValue::Integer(chance.between(0, 4_000_000_000) as u32);
    scenario.params.insert("table".to_owned(), table);
    if chance.percent(50) {
        scenario.network.order = Order::Fifo;
    }
    if chance.percent(30) {
        scenario.network.detector = Detector::Perfect(20);
    }
    if chance.percent(20) {
        scenario.network.topology = Topology::Line;
    }
    for at in 0..chance.between(1, 3) {
        let what = json!(chance.below(ASKS));
        scenario.ask(at, NodeId::new(chance.below(size)), "do", Some(what));
    }
    scenario
}

/// Diaries of one kind out of all.
fn diaries(kind: usize) -> Vec<Objective> {
    match kind {
        0 => Diaries::<SET>::objectives(),
        1 => Diaries::<SEQUENCE>::objectives(),
        2 => Diaries::<ORDER>::objectives(),
        3 => Diaries::<{ SET | UNASKED }>::objectives(),
        4 => Diaries::<{ SEQUENCE | UNASKED }>::objectives(),
        5 => Diaries::<{ ORDER | UNASKED }>::objectives(),
        6 => Diaries::<{ SET | EVER }>::objectives(),
        7 => Diaries::<{ SEQUENCE | EVER }>::objectives(),
        8 => Diaries::<{ ORDER | EVER }>::objectives(),
        9 => Diaries::<{ SET | UNASKED | EVER }>::objectives(),
        10 => Diaries::<{ SEQUENCE | UNASKED | EVER }>::objectives(),
        _ => Diaries::<{ ORDER | UNASKED | EVER }>::objectives(),
    }
}

fn try_tables(seeds: Range<u64>, limits: Limits) -> (Vec<String>, Tally) {
    let (mut bad, mut tally) = (Vec::new(), Tally::default());
    for seed in seeds {
        let mut chance = Chance::new(seed);
        let scenario = system(&mut chance);
        let budget = BUDGETS[chance.below(BUDGETS.len())];
        let groups = [chance.below(3), 3 + chance.below(3), 6 + chance.below(6)].map(diaries);
        bad.extend(compare_all(&TABLE, &scenario, budget, &groups, limits, &mut tally));
    }
    (bad, tally)
}

#[test]
fn reduction_of_random_tables_keeps_all_results() {
    let (bad, tally) = try_tables(0..2000, Limits { states: 250, turns: 2000 });
    println!("{tally:?}");
    report(&bad);
    assert!(tally.less < tally.full && tally.found > 0, "{tally:?}");
}

#[test]
#[ignore = "it takes minutes"]
fn reduction_of_many_random_tables_keeps_all_results() {
    let number =
        |name, other| std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(other);
    let (first, count) = (number("FIRST", 1_000_000), number("COUNT", 100_000));
    let (bad, tally) = try_tables(first..first + count, Limits { states: 3000, turns: 40_000 });
    println!("{tally:?}");
    report(&bad);
}
