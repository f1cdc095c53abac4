//! The asynchronous system of a scenario as a model for Stateright, stated directly.
//!
//! It follows the definition of the system, not the implementation of the search: nothing here has a
//! number, and a node's earlier steps are not remembered. A state has the state of each node, the messages in transit and
//! the remaining faults; a turn runs the process.
//!
//! Stateright's workers move states between threads, and a node's process cannot move: so a state names it by
//! its fingerprint, and every thread has a desk with the processes themselves. A desk knows the start and the states that
//! it has reached itself: so there is only one worker.

#![allow(dead_code, reason = "who measures asks for no promise")]

use std::{
    cell::RefCell,
    hash::{BuildHasherDefault, Hash},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hashbrown::HashMap;
use stateright::{Model, Property};
use worldlines::kernel::{
    Detection, Detector, Did, Fingerprinter, Input, NodeId, Order, Packet, Plan, Protocol,
    Scenario, Solo, Step,
};

/// Identity of an item.
type Print = u128;
type Table<T> = HashMap<Print, T, BuildHasherDefault<Fingerprinter>>;

/// Number of faults that may still happen: of each kind, and in total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Faults {
    crash: u8,
    recover: u8,
    drop: u8,
    duplicate: u8,
    all: u8,
}

impl Faults {
    /// Reads `crash=1,drop=2`, as a budget is written.
    pub(crate) fn read(text: &str) -> Self {
        let mut faults = Self { crash: 0, recover: 0, drop: 0, duplicate: 0, all: u8::MAX };
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (kind, count) = part.split_once('=').expect("a kind and a count");
            let count = count.parse().expect("a number");
            match kind {
                "crash" => faults.crash = count,
                "recover" => faults.recover = count,
                "drop" => faults.drop = count,
                "duplicate" => faults.duplicate = count,
                "all" => faults.all = count,
                _ => panic!("{kind} is no fault of the asynchronous system"),
            }
        }
        let sum = faults.crash + faults.recover + faults.drop + faults.duplicate;
        faults.all = faults.all.min(sum);
        faults
    }
}

/// A message in transit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Flight {
    from: u8,
    to: u8,
    what: Print,
}

/// A report of the perfect failure detector in transit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Report {
    about: u8,
    to: u8,
    is_up: bool,
}

/// State of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    /// Its process and its timers.
    holds: Print,
    /// Number of requests received.
    asked: u8,
}

/// Events that an application sees at a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Heard {
    Asked(Arc<str>),
    Told(Arc<str>),
    Crash,
    Recovery,
}

/// Events of each node, in order.
pub(crate) type Logs = [Vec<Heard>];

/// A state of the system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    places: Vec<Place>,
    /// By link; those of one link in the order in which they were sent, if that counts.
    messages: Vec<Flight>,
    reports: Vec<Report>,
    left: Faults,
    /// Empty if nothing reads it.
    logs: Vec<Vec<Heard>>,
}

/// Possible turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Arrives(usize),
    Reported(usize),
    Rings(u8, Print),
    Asks(u8),
    Crashes(u8),
    Recovers(u8),
    Lost(usize),
    Doubled(usize),
    /// A message or a request arrives while its node is down.
    Missed(usize),
    Ignored(u8),
}

/// A turn; with a crash of the node that executes it, just after this many sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    what: What,
    cut: Option<u32>,
}

/// A promised property as a predicate on what was seen: true if it is violated.
#[derive(Clone, Copy)]
pub(crate) enum Promise {
    /// Nothing is asked: all states are explored.
    Nothing,
    /// It is violated as soon as this is true.
    Never(fn(&Logs) -> bool),
    /// It is violated if only faults can still happen, and this is true.
    NotInTheEnd(fn(&Logs) -> bool),
}

/// A scenario's system.
pub(crate) struct Judge {
    protocol: &'static Protocol,
    scenario: Scenario,
    faults: Faults,
    promise: Promise,
    /// Identity of the model, for the desks.
    number: u64,
}

impl Judge {
    pub(crate) fn new(
        protocol: &'static Protocol,
        scenario: Scenario,
        budget: &str,
        promise: Promise,
    ) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self { protocol, scenario, faults: Faults::read(budget), promise, number }
    }

    const fn watches(&self) -> bool {
        !matches!(self.promise, Promise::Nothing)
    }

    fn is_fifo(&self) -> bool {
        self.scenario.network.order == Order::Fifo
    }

    /// Works at this thread's desk.
    fn at_desk<T>(&self, work: impl FnOnce(&mut Desk) -> T) -> T {
        thread_local! {
            static DESK: RefCell<Option<(u64, Desk)>> = const { RefCell::new(None) };
        }
        DESK.with_borrow_mut(|slot| {
            if slot.as_ref().is_none_or(|(number, _)| *number != self.number) {
                *slot = Some((self.number, Desk::new(self)));
            }
            let (_, desk) = slot.as_mut().expect("it was just set up");
            work(desk)
        })
    }

    fn is_kept(&self, state: &State) -> bool {
        match self.promise {
            Promise::Nothing => true,
            Promise::Never(broken) => !broken(&state.logs),
            Promise::NotInTheEnd(broken) => !broken(&state.logs) || !self.is_at_rest(state),
        }
    }

    /// True if only faults can still happen.
    fn is_at_rest(&self, state: &State) -> bool {
        let mut turns = Vec::new();
        self.actions(state, &mut turns);
        let is_fault = |turn: &Turn| {
            let by_nature = matches!(
                turn.what,
                What::Crashes(_) | What::Recovers(_) | What::Lost(_) | What::Doubled(_)
            );
            by_nature || turn.cut.is_some()
        };
        turns.iter().all(is_fault)
    }
}

/// A process with its timers.
struct Held {
    solo: Solo,
    timers: Vec<(Print, Packet)>,
}

/// The items that states name.
struct Desk {
    plan: Plan<'static>,
    processes: Table<Rc<Held>>,
    messages: Table<Packet>,
    /// By node: its requests, in the order of their times.
    requests: Vec<Vec<usize>>,
    fifo: bool,
    perfect: bool,
    start: State,
}

fn print_of(packet: &Packet) -> Print {
    let mut taken = Fingerprinter::new();
    packet.identify(&mut taken);
    taken.fingerprint()
}

const fn node(index: u8) -> NodeId {
    NodeId::new(index as usize)
}

impl Desk {
    fn new(judge: &Judge) -> Self {
        let scenario = &judge.scenario;
        let plan = Plan::owned(judge.protocol, scenario.clone());
        let plan = plan.expect("the protocol reads its requests");
        let nodes = scenario.nodes.len();
        let mut requests = vec![Vec::new(); nodes];
        for (index, request) in scenario.requests.iter().enumerate() {
            requests[request.node.index()].push(index);
        }
        for mine in &mut requests {
            mine.sort_by_key(|index| scenario.requests[*index].at);
        }
        let start = State {
            places: vec![Place { holds: 0, asked: 0 }; nodes],
            messages: Vec::new(),
            reports: Vec::new(),
            left: judge.faults,
            logs: vec![Vec::new(); if judge.watches() { nodes } else { 0 }],
        };
        let mut desk = Self {
            plan,
            processes: Table::default(),
            messages: Table::default(),
            requests,
            fifo: judge.is_fifo(),
            perfect: matches!(scenario.network.detector, Detector::Perfect(_)),
            start: start.clone(),
        };
        let mut begun = start;
        for me in 0..nodes as u8 {
            let mut solo = Solo::new(&desk.plan, node(me));
            let step = solo.handle(&desk.plan, node(me), Input::Init, None);
            desk.put(&mut begun, me, solo);
            desk.spread(&mut begun, me, step);
        }
        desk.start = begun;
        desk
    }

    fn held(&self, state: &State, me: u8) -> &Rc<Held> {
        &self.processes[&state.places[usize::from(me)].holds]
    }

    fn is_up(&self, state: &State, me: u8) -> bool {
        self.held(state, me).solo.is_up()
    }

    /// Stores a process in its place.
    fn put(&mut self, state: &mut State, me: u8, solo: Solo) {
        let mut timers: Vec<_> =
            solo.timers().iter().map(|timer| (print_of(timer), timer.clone())).collect();
        timers.sort_by_key(|(print, _)| *print);
        let mut taken = Fingerprinter::new();
        solo.identify(&mut taken);
        me.hash(&mut taken);
        timers.iter().for_each(|(print, _)| print.hash(&mut taken));
        let print = taken.fingerprint();
        self.processes.entry(print).or_insert_with(|| Rc::new(Held { solo, timers }));
        state.places[usize::from(me)].holds = print;
    }

    /// Sends a node's messages, and records its indications.
    fn spread(&mut self, state: &mut State, me: u8, step: Step) {
        assert!(!step.looked && !step.endless, "not a system without time");
        for did in step.did {
            match did {
                Did::Sent { to, packet } => {
                    let what = print_of(&packet);
                    self.messages.entry(what).or_insert(packet);
                    for to in to.and(self.plan.neighbours(node(me))) {
                        let flight = Flight { from: me, to: to.index() as u8, what };
                        let place = match self.fifo {
                            true => state
                                .messages
                                .partition_point(|it| (it.from, it.to) <= (me, flight.to)),
                            false => state.messages.partition_point(|it| *it <= flight),
                        };
                        state.messages.insert(place, flight);
                    }
                }
                Did::Told(packet) => note(state, me, || Heard::Told(packet.to_string().into())),
                Did::Set { .. } => {}
            }
        }
    }

    /// Effects of a process on an input, and its next state.
    fn run(&self, state: &State, turn: Turn) -> (u8, Solo, Step) {
        let Turn { what, cut } = turn;
        let (me, input) = match what {
            What::Arrives(place) => {
                let Flight { from, to, what } = state.messages[place];
                let packet = self.messages[&what].clone();
                (to, Input::Message { from: node(from), packet })
            }
            What::Reported(place) => {
                let Report { about, to, is_up } = state.reports[place];
                let about = node(about);
                let says =
                    if is_up { Detection::Restore(about) } else { Detection::Suspect(about) };
                (to, Input::Detection(says))
            }
            What::Asks(me) => (me, Input::Request(self.request(state, me).clone())),
            What::Rings(me, print) => {
                let held = self.held(state, me);
                let mut solo = held.solo.clone();
                let (_, timer) =
                    held.timers.iter().find(|(it, _)| *it == print).expect("the timer runs");
                let step = solo.ring(&self.plan, node(me), timer, cut);
                return (me, solo, step);
            }
            _ => unreachable!("a fault is no answer"),
        };
        let mut solo = self.held(state, me).solo.clone();
        let step = solo.handle(&self.plan, node(me), input, cut);
        (me, solo, step)
    }

    fn request(&self, state: &State, me: u8) -> &Packet {
        let asked = state.places[usize::from(me)].asked;
        self.plan.request(self.requests[usize::from(me)][usize::from(asked)])
    }

    /// All turns that are possible in a state.
    fn turns(&self, state: &State, turns: &mut Vec<Turn>) {
        let faults = |left: u8| left > 0 && state.left.all > 0;
        let (crashes, returns) = (faults(state.left.crash), faults(state.left.recover));
        let mut answers = Vec::new();
        for (place, flight) in state.messages.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| state.messages[before]);
            if before == Some(*flight) && !self.fifo {
                continue;
            }
            let is_first = before.is_none_or(|it| (it.from, it.to) != (flight.from, flight.to));
            if is_first || !self.fifo {
                if self.is_up(state, flight.to) {
                    answers.push(What::Arrives(place));
                } else if returns {
                    turns.push(Turn { what: What::Missed(place), cut: None });
                }
            }
            let lost = faults(state.left.drop).then_some(What::Lost(place));
            let doubled = faults(state.left.duplicate).then_some(What::Doubled(place));
            turns.extend(lost.into_iter().chain(doubled).map(|what| Turn { what, cut: None }));
        }
        for (place, report) in state.reports.iter().enumerate() {
            // A recovery is reported before the crash that follows it.
            let before = Report { is_up: true, ..*report };
            if report.is_up || !state.reports.contains(&before) {
                answers.push(What::Reported(place));
            }
        }
        for me in 0..state.places.len() as u8 {
            let asked = usize::from(state.places[usize::from(me)].asked);
            let asks = asked < self.requests[usize::from(me)].len();
            if !self.is_up(state, me) {
                if returns {
                    turns.push(Turn { what: What::Recovers(me), cut: None });
                    turns.extend(asks.then_some(Turn { what: What::Ignored(me), cut: None }));
                }
                continue;
            }
            answers.extend(self.held(state, me).timers.iter().map(|it| What::Rings(me, it.0)));
            answers.extend(asks.then_some(What::Asks(me)));
            turns.extend(crashes.then_some(Turn { what: What::Crashes(me), cut: None }));
        }
        for what in answers {
            let whole = Turn { what, cut: None };
            turns.push(whole);
            if crashes {
                let (_, _, step) = self.run(state, whole);
                let sent = step.did.iter().filter(|did| matches!(did, Did::Sent { .. })).count();
                turns.extend((0..=sent as u32).map(|sent| Turn { what, cut: Some(sent) }));
            }
        }
    }

    fn take(&mut self, before: &State, turn: Turn) -> State {
        let mut state = before.clone();
        match turn.what {
            What::Lost(place) => {
                state.messages.remove(place);
                state.left.drop -= 1;
                state.left.all -= 1;
            }
            What::Doubled(place) => {
                state.messages.insert(place, before.messages[place]);
                state.left.duplicate -= 1;
                state.left.all -= 1;
            }
            What::Missed(place) => {
                state.messages.remove(place);
            }
            What::Ignored(me) => state.places[usize::from(me)].asked += 1,
            What::Crashes(me) => {
                let mut solo = self.held(before, me).solo.clone();
                solo.crash();
                self.put(&mut state, me, solo);
                self.fall(&mut state, me);
            }
            What::Recovers(me) => {
                let mut solo = self.held(before, me).solo.clone();
                let step = solo.recover(&self.plan, node(me));
                self.put(&mut state, me, solo);
                note(&mut state, me, || Heard::Recovery);
                self.spread(&mut state, me, step);
                state.left.recover -= 1;
                state.left.all -= 1;
                self.report(&mut state, me, true);
            }
            _ => self.answer(before, &mut state, turn),
        }
        state
    }

    fn answer(&mut self, before: &State, state: &mut State, turn: Turn) {
        let (me, solo, step) = self.run(before, turn);
        match turn.what {
            What::Arrives(place) => {
                state.messages.remove(place);
            }
            What::Reported(place) => {
                state.reports.remove(place);
            }
            What::Asks(_) => {
                let asks = self.request(before, me);
                note(state, me, || Heard::Asked(asks.to_string().into()));
                state.places[usize::from(me)].asked += 1;
            }
            _ => {}
        }
        self.put(state, me, solo);
        self.spread(state, me, step);
        if turn.cut.is_some() {
            self.fall(state, me);
        }
    }

    /// Effects of a crash other than that its node is down.
    fn fall(&self, state: &mut State, me: u8) {
        note(state, me, || Heard::Crash);
        state.left.crash -= 1;
        state.left.all -= 1;
        self.report(state, me, false);
    }

    /// The failure detector reports a crash to the nodes that are up, a recovery to those of them that know of the crash, and
    /// to a recovered node the other nodes that are down.
    fn report(&self, state: &mut State, about: u8, is_up: bool) {
        if !self.perfect {
            return;
        }
        if !is_up {
            state.reports.retain(|report| report.to != about);
        }
        for other in (0..state.places.len() as u8).filter(|other| *other != about) {
            let crash = |about, to| Report { about, to, is_up: false };
            let post = match (is_up, self.is_up(state, other)) {
                (false, true) => crash(about, other),
                (true, false) => crash(other, about),
                (true, true) => {
                    let untold = state.reports.iter().position(|it| *it == crash(about, other));
                    if let Some(untold) = untold {
                        state.reports.remove(untold);
                        continue;
                    }
                    Report { about, to: other, is_up: true }
                }
                (false, false) => continue,
            };
            state.reports.push(post);
        }
        state.reports.sort_unstable();
    }
}

/// Records an item, if it is read.
fn note(state: &mut State, me: u8, heard: impl FnOnce() -> Heard) {
    if let Some(log) = state.logs.get_mut(usize::from(me)) {
        log.push(heard());
    }
}

impl Model for Judge {
    type State = State;
    type Action = Turn;

    fn init_states(&self) -> Vec<State> {
        vec![self.at_desk(|desk| desk.start.clone())]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Turn>) {
        self.at_desk(|desk| desk.turns(state, actions));
    }

    fn next_state(&self, before: &State, turn: Turn) -> Option<State> {
        Some(self.at_desk(|desk| desk.take(before, turn)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("the promise is kept", Self::is_kept)]
    }
}
