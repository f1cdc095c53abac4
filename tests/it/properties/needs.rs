//! A monitor depends only on what it declares: for another observation of a run that differs only in
//! the rest, its verdict is the same. A search that leaves orders out relies on that, and on more that is tested here: that
//! monitors with the same fingerprint behave equally from then on, and that only a failure mends a violation of safety.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    hash::{Hash, Hasher},
    rc::Rc,
};

use worldlines::{
    abstractions::{link, mutex, order, register},
    analysis::{Watching, trigger},
    formats::bundled,
    kernel::{
        Detection, EventId, EventKind, Fingerprinter, Kind, MAX_NODES, Monitor, Needs, NodeId,
        Observation, Past, Property, Protocol, Scenario, Seen, Setting, Trace, Verdict,
    },
    protocols,
};

use crate::common::{
    self,
    budget::RETOLD,
    chance::Chance,
    random_scenario::{Weather, random_scenario},
    run_valid, setting,
};

/// Number of random runs in which a wrong declaration is found: some show only in few runs.
const MANY_RUNS: u64 = 600;
/// Number of orders in which each run is observed.
const WAYS: usize = 10;
/// Largest number of observations.
const LONGEST: usize = 400;

/// One observation of a run by a monitor.
#[derive(Clone)]
struct Sight<'a> {
    seen: Observation<'a>,
    past: Past,
    /// By node: number of its events that are known here.
    clock: Vec<u32>,
    /// Number of its own node's events that the others knew, according to their messages.
    echo: u32,
    /// Event that the node answered; the indications of one answer stay together.
    answers: EventId,
    /// True if that was a timer.
    by_timer: bool,
}

impl Sight<'_> {
    fn node(&self) -> usize {
        self.seen.node.index()
    }

    fn own(&self) -> u32 {
        self.clock[self.node()]
    }

    const fn is_request(&self) -> bool {
        matches!(self.seen.what, Seen::Request(_))
    }

    const fn is_indication(&self) -> bool {
        matches!(self.seen.what, Seen::Indication(_))
    }

    const fn is_failure(&self) -> bool {
        matches!(self.seen.what, Seen::Crash | Seen::Recover | Seen::Traitor)
    }

    /// Node whose failure it reports: itself, or the node of the report.
    fn failing(&self) -> Option<NodeId> {
        match self.seen.what {
            Seen::Crash | Seen::Recover => Some(self.seen.node),
            Seen::Detect(Detection::Suspect(node) | Detection::Restore(node)) => Some(node),
            _ => None,
        }
    }
}

/// Records the causal past of every observation.
#[derive(Clone, Default)]
struct Recorder(Rc<RefCell<Vec<Past>>>);

impl Hash for Recorder {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

impl Monitor for Recorder {
    fn observe(&mut self, _seen: &Observation) {}

    fn needs(&self) -> Needs {
        Needs::PAST
    }

    fn observe_after(&mut self, _seen: &Observation, past: &Past) {
        self.0.borrow_mut().push(past.clone());
    }

    fn verdict(&self, _over: bool) -> Verdict {
        Verdict::Holds
    }
}

/// Observations of a run by monitors.
fn account(trace: &Trace, nodes: usize) -> Vec<Sight<'_>> {
    let recorder = Recorder::default();
    Watching::new(vec![Box::new(recorder.clone())], &common::crash_stop(nodes))
        .advance(trace, usize::MAX);
    let pasts = recorder.0.borrow();
    let mut clocks = vec![vec![0; nodes]; nodes];
    let mut echoes = vec![0; nodes];
    let mut sent: Vec<Vec<u32>> = Vec::new();
    let mut account = Vec::new();
    for (id, event) in trace.events.iter().enumerate() {
        let node = event.node.index();
        clocks[node][node] += 1;
        match event.kind {
            EventKind::Send(_) => sent.push(clocks[node].clone()),
            EventKind::Receive(message) => {
                echoes[node] = echoes[node].max(sent[message][node]);
                for (mine, other) in clocks[node].iter_mut().zip(&sent[message]) {
                    *mine = (*mine).max(*other);
                }
            }
            _ => {}
        }
        let Some(seen) = Observation::of(id, event) else { continue };
        let start = trace.events.len() + node;
        let answers = match event.kind {
            EventKind::Indicate { .. } => trigger(trace, id).unwrap_or(start),
            _ => id,
        };
        let by_timer =
            trace.events.get(answers).is_some_and(|it| matches!(it.kind, EventKind::Timer(_)));
        let past = pasts[account.len()].clone();
        let (clock, echo) = (clocks[node].clone(), echoes[node]);
        account.push(Sight { seen, past, clock, echo, answers, by_timer });
        if account.len() == LONGEST {
            break;
        }
    }
    account
}

/// Verdict of a monitor so far, and if the run ends here.
type Said = [&'static str; 2];

fn said(monitor: &dyn Monitor) -> Said {
    [false, true].map(|over| monitor.verdict(over).status())
}

fn tell(monitor: &mut dyn Monitor, sight: &Sight, with_past: bool) {
    if with_past {
        monitor.observe_after(&sight.seen, &sight.past);
    } else {
        monitor.observe(&sight.seen);
    }
}

fn hear(mut monitor: Box<dyn Monitor>, account: &[Sight]) -> Said {
    let with_past = monitor.needs().past;
    account.iter().for_each(|sight| tell(monitor.as_mut(), sight, with_past));
    said(monitor.as_ref())
}

/// A way to observe a run differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// At other times.
    Times,
    /// By other ids.
    Ids,
    /// As in a search, which counts each node's events separately.
    IdsOfSearch,
    /// As in a search in which no order counts.
    NoIds,
    /// Events of different nodes, in another order.
    Orders,
    /// Events of one node as well.
    OwnOrders,
    /// Requests, elsewhere.
    MovedRequests,
    /// Requests, left out.
    NoRequests,
}

impl Way {
    /// Ways that a monitor must not notice, in the order in which they are removed.
    fn all(needs: Needs) -> Vec<Self> {
        let mut ways = Vec::new();
        if !needs.order {
            ways.push(if needs.sequence { Self::Orders } else { Self::OwnOrders });
        }
        if !needs.requests {
            ways.extend([Self::MovedRequests, Self::NoRequests]);
        }
        if !needs.time {
            ways.push(Self::Times);
        }
        match (needs.ids, needs.sequence) {
            (true, _) => {}
            (false, true) => ways.extend([Self::Ids, Self::IdsOfSearch]),
            (false, false) => ways.extend([Self::Ids, Self::IdsOfSearch, Self::NoIds]),
        }
        ways
    }

    fn go<'a>(self, account: &[Sight<'a>], chance: &mut Chance) -> Vec<Sight<'a>> {
        let mut account = account.to_vec();
        match self {
            Self::Times => {
                let mut time = 0;
                let pace = chance.between(0, 3);
                for sight in &mut account {
                    time += chance.between(0, pace);
                    sight.seen.time = time;
                }
            }
            Self::Ids => {
                let mut next: Vec<usize> = Vec::new();
                for sight in &mut account {
                    let node = sight.node();
                    while next.len() <= node {
                        next.push(chance.below(3) * 1000);
                    }
                    next[node] += 1 + chance.below(40);
                    // No two events have the same id.
                    sight.seen.id = next[node] * MAX_NODES + node;
                }
            }
            Self::IdsOfSearch => {
                let mut told = vec![0; MAX_NODES];
                for sight in &mut account {
                    told[sight.node()] += 1;
                    sight.seen.id = told[sight.node()] * MAX_NODES + sight.node();
                }
            }
            Self::NoIds => {
                for (place, sight) in account.iter_mut().enumerate() {
                    sight.seen.id = if sight.is_request() { place + 1 } else { 0 };
                }
            }
            Self::Orders => account = ordered(&account, false, chance),
            Self::OwnOrders => account = ordered(&account, true, chance),
            Self::MovedRequests => {
                let (asked, mut told): (Vec<_>, Vec<_>) =
                    account.into_iter().partition(Sight::is_request);
                for sight in asked {
                    let place = chance.below(told.len() + 1);
                    told.insert(place, sight);
                }
                account = told;
                renumber(&mut account);
            }
            Self::NoRequests => account.retain(|sight| !sight.is_request()),
        }
        account
    }
}

/// Gives every observation the id and the time that it has in a run of this order.
fn renumber(account: &mut [Sight]) {
    let mut times: Vec<u64> = account.iter().map(|sight| sight.seen.time).collect();
    times.sort_unstable();
    let mut ids: Vec<usize> = account.iter().map(|sight| sight.seen.id).collect();
    ids.sort_unstable();
    for (sight, (time, id)) in account.iter_mut().zip(times.into_iter().zip(ids)) {
        sight.seen.time = time;
        sight.seen.id = id;
    }
}

/// The same run in another order, in which no event precedes its causes.
fn ordered<'a>(account: &[Sight<'a>], within: bool, chance: &mut Chance) -> Vec<Sight<'a>> {
    let nodes = account.first().map_or(0, |sight| sight.clock.len());
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (number, sight) in account.iter().enumerate() {
        rows[sight.node()].push(number);
    }
    if within {
        for row in &mut rows {
            *row = reordered(account, row, chance);
        }
    }
    let mut places = vec![0; account.len()];
    for row in &rows {
        row.iter().enumerate().for_each(|(place, number)| places[*number] = place);
    }
    // By event and node: number of that node's events that must precede it.
    let mut before = vec![vec![0; nodes]; account.len()];
    for (number, sight) in account.iter().enumerate() {
        for (earlier, other) in account[..number].iter().enumerate() {
            let led_to_it = sight.clock[other.node()] >= other.own();
            let failed = other.failing().is_some() && other.failing() == sight.failing();
            if other.node() != sight.node() && (led_to_it || failed) {
                let least = &mut before[number][other.node()];
                *least = (*least).max(places[earlier] + 1);
            }
        }
    }
    let mut next = vec![0; nodes];
    let mut told = Vec::new();
    let stays = [0, 50, 90, 100][chance.below(4)];
    let mut last = None;
    while told.len() < account.len() {
        let ready = |node: &usize| {
            let number = rows[*node].get(next[*node]);
            number.is_some_and(|it| before[*it].iter().zip(&next).all(|(least, has)| least <= has))
        };
        let all: Vec<usize> = (0..nodes).filter(ready).collect();
        if all.is_empty() {
            // A report of a failure may separate two events that no message separates.
            return ordered(account, false, chance);
        }
        let node = match last {
            Some(last) if all.contains(&last) && chance.percent(stays) => last,
            _ => all[chance.below(all.len())],
        };
        told.push(account[rows[node][next[node]]].clone());
        next[node] += 1;
        last = Some(node);
    }
    renumber(&mut told);
    told
}

/// Events of one node, in another order: indications of different answers, where the one did not lead to the
/// other. A request may come earlier than it did, since it needs no earlier indication.
fn reordered(account: &[Sight], row: &[usize], chance: &mut Chance) -> Vec<usize> {
    let mut answers: Vec<Vec<usize>> = Vec::new();
    for &number in row {
        match answers.last_mut() {
            Some(last) if account[last[0]].answers == account[number].answers => last.push(number),
            _ => answers.push(vec![number]),
        }
    }
    let told_only = |answer: &[usize]| answer.iter().all(|it| account[*it].is_indication());
    let asked_only = |answer: &[usize]| answer.iter().all(|it| account[*it].is_request());
    for _ in 0..3 * answers.len() {
        if answers.len() < 2 {
            break;
        }
        let place = chance.below(answers.len() - 1);
        let (one, two) = (&answers[place], &answers[place + 1]);
        let (last, first) = (&account[one[one.len() - 1]], &account[two[0]]);
        // A timer may have been set by an earlier event.
        let free = told_only(two) && !first.by_timer || asked_only(two);
        if told_only(one) && free && first.echo < last.own() {
            answers.swap(place, place + 1);
        }
    }
    answers.concat()
}

/// Runs of a protocol: bundled ones, with their faults and without, and random ones.
fn runs(protocol: &'static Protocol, number: u64) -> Vec<(Trace, usize)> {
    let mut scenarios = Vec::new();
    for file in bundled::of_protocol(protocol.id) {
        let scenario = file.scenario().expect("a test reads them all");
        if !scenario.faults.is_empty() {
            scenarios.push(Scenario { faults: Vec::new(), ..scenario.clone() });
        }
        scenarios.push(scenario);
    }
    for seed in 0..number {
        let weather = if seed % 4 == 0 { Weather::Fair } else { Weather::Foul };
        scenarios.push(random_scenario(protocol, &mut Chance::new(7_000 + seed), weather));
    }
    let size = |scenario: &Scenario| scenario.nodes.len();
    scenarios.iter().map(|scenario| (run_valid(scenario), size(scenario))).collect()
}

/// Other possible indications: some left out, some replaced by an earlier indication of some node.
/// So a monitor also observes behaviour that no protocol has.
fn garbled<'a>(account: &[Sight<'a>], chance: &mut Chance) -> Vec<Sight<'a>> {
    let mut account = account.to_vec();
    let odds = [5, 30][chance.below(2)];
    for place in 0..account.len() {
        if !account[place].is_indication() || !chance.percent(odds) {
            continue;
        }
        let other = &account[chance.below(account.len())];
        let known = other.clock.iter().zip(&account[place].clock).all(|(one, two)| one <= two);
        if other.is_indication() && known {
            account[place].seen.what = other.seen.what;
        }
    }
    account.retain(|sight| !sight.is_indication() || !chance.percent(odds));
    account
}

/// Numbers of trials.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    tellings: usize,
    /// Number of these with a run that violates the property.
    violated: usize,
}

/// Shows a monitor a run in ways that one with these needs must not notice.
fn retell(
    property: &Property,
    needs: Needs,
    (account, setting): (&[Sight], Setting),
    chance: &mut Chance,
) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let ways = Way::all(needs);
    for _ in 0..WAYS {
        let most = if chance.percent(50) { account.len() } else { chance.below(account.len() + 1) };
        let account = if chance.percent(50) {
            account[..most].to_vec()
        } else {
            garbled(&account[..most], chance)
        };
        let mut gone: Vec<Way> = ways.iter().copied().filter(|_| chance.percent(50)).collect();
        if gone.is_empty() {
            gone.push(ways[chance.below(ways.len())]);
        }
        let told = gone.iter().fold(account.clone(), |told, way| way.go(&told, chance));
        let before = hear((property.monitor)(&setting), &account);
        let after = hear((property.monitor)(&setting), &told);
        if before != after {
            let told: Vec<_> = told.iter().map(|sight| sight.seen).collect();
            return Err(format!("{property:?}, by {gone:?}: {before:?}, {after:?}: {told:#?}"));
        }
        tally.tellings += 1;
        tally.violated += usize::from(before[1] == "violated");
    }
    Ok(tally)
}

/// True with group membership: then the bound nodes depend on the order in time, whatever a monitor says. A search refuses
/// processes that join on request ([`Unfit::Members`](worldlines::search::Unfit::Members)); those that join at the start
/// have joined before anything else happens in it.
fn has_members(protocol: &Protocol, runs: &[(Trace, usize)]) -> bool {
    let joins = |trace: &Trace| {
        let mut kinds = trace.events.iter().map(|event| &event.kind);
        kinds.any(|kind| matches!(kind, EventKind::Indicate { kind, .. } if *kind == "joined"))
    };
    protocol.behaviour.requests.iter().any(|kind| kind.name == "join")
        || runs.iter().any(|(trace, _)| joins(trace))
}

#[test]
fn monitor_depends_only_on_its_stated_needs() {
    let mut all = Tally::default();
    let (mut monitors, mut traces) = (0, 0);
    let mut wrong = Vec::new();
    for (_, protocol) in protocols::catalogue() {
        let runs = runs(protocol, RETOLD.runs());
        traces += runs.len();
        let has_members = has_members(protocol, &runs);
        let accounts: Vec<_> =
            runs.iter().map(|(trace, nodes)| (account(trace, *nodes), *nodes)).collect();
        for (property, _) in protocol.properties() {
            let needs = (property.monitor)(&setting(protocol, 1)).needs();
            if Way::all(needs).is_empty() || has_members {
                continue;
            }
            monitors += 1;
            let mut chance = Chance::new(1);
            for (account, nodes) in &accounts {
                match retell(property, needs, (account, setting(protocol, *nodes)), &mut chance) {
                    Ok(tally) => {
                        all.tellings += tally.tellings;
                        all.violated += tally.violated;
                    }
                    Err(why) => {
                        wrong.push(format!("{}: {why}", protocol.id));
                        break;
                    }
                }
            }
        }
    }
    println!("{monitors} monitors, {traces} runs: {all:?}");
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n\n"));
}

/// Depends on the node that indicates first, although it does not declare this need.
#[derive(Clone, Debug, Default, Hash)]
struct Liar {
    first: Option<NodeId>,
}

impl Monitor for Liar {
    fn observe(&mut self, seen: &Observation) {
        if matches!(seen.what, Seen::Indication(_)) {
            self.first.get_or_insert(seen.node);
        }
    }

    fn needs(&self) -> Needs {
        Needs::SEQUENCE
    }

    fn verdict(&self, _over: bool) -> Verdict {
        match self.first.map(NodeId::index) {
            None | Some(0) => Verdict::Holds,
            Some(_) => Verdict::Violated { why: "it lies".to_owned(), witness: Vec::new() },
        }
    }
}

const LIE: Property = Property {
    name: "lie",
    kind: Kind::Safety,
    statement: "The first node is the first to tell anything.",
    monitor: |_| Box::<Liar>::default(),
};

/// True if a property would be found to need more than this.
fn is_found_out(protocol: &str, property: &Property, needs: Needs) -> bool {
    let protocol = common::protocol(protocol);
    let runs = runs(protocol, MANY_RUNS);
    let mut chance = Chance::new(2);
    runs.iter().any(|(trace, nodes)| {
        let account = account(trace, *nodes);
        retell(property, needs, (&account, setting(protocol, *nodes)), &mut chance).is_err()
    })
}

#[test]
fn monitor_that_understates_its_needs_is_found_out() {
    let liars: [(&str, &Property, Needs); 9] = [
        ("reliable-broadcast", &LIE, Needs::SEQUENCE),
        ("retransmit-until-ack", &link::FIFO_DELIVERY, Needs::NOTHING),
        ("fifo-multicast", &order::FIFO_ORDER, Needs::NOTHING),
        ("fifo-multicast", &order::FIFO_ORDER, Needs { requests: false, ..Needs::SEQUENCE }),
        ("reliable-broadcast", &order::TOTAL_ORDER, Needs::NOTHING),
        ("reliable-broadcast", &order::REAL_TIME_ORDER, Needs::IDS),
        ("token-ring-lock", &mutex::MUTUAL_EXCLUSION, Needs::SEQUENCE),
        ("quorum-register", &register::NO_LOST_ACKNOWLEDGED_UPDATE, Needs::ORDER),
        (
            "ricart-agrawala",
            &mutex::STARVATION_FREEDOM,
            Needs { requests: false, ..Needs::NOTHING },
        ),
    ];
    for (protocol, property, needs) in liars {
        assert!(is_found_out(protocol, property, needs), "{protocol}: {property:?} {needs:?}");
    }
    assert!(!is_found_out("fifo-multicast", &order::FIFO_ORDER, Needs::SEQUENCE));
}

/// Common behaviour of two monitors with the same fingerprint.
struct Met {
    monitor: Box<dyn Monitor>,
    /// Order of its observations: the other monitor had another order.
    history: u64,
    said: Said,
}

fn print(monitor: &dyn Monitor) -> u128 {
    let mut taken = Fingerprinter::new();
    monitor.identify(&mut taken);
    taken.fingerprint()
}

/// Number of times that a monitor equalled another one after another history, or the first error.
fn meet(
    property: &Property,
    (account, setting): (&[Sight], Setting),
    met: &mut BTreeMap<(usize, u128), Met>,
) -> Result<usize, String> {
    let mut monitor = (property.monitor)(&setting);
    let mut taken = Fingerprinter::new();
    let mut count = 0;
    for sight in account {
        monitor.observe(&sight.seen);
        (sight.seen.id, sight.seen.node).hash(&mut taken);
        sight.answers.hash(&mut taken);
        let (history, said_now) = (taken.finish(), said(monitor.as_ref()));
        let key = (setting.nodes, print(monitor.as_ref()));
        let Some(other) = met.get(&key) else {
            met.insert(key, Met { monitor: monitor.clone(), history, said: said_now });
            continue;
        };
        if other.said != said_now {
            return Err(format!("{property:?}: {:?}, {said_now:?}", other.said));
        }
        if other.history == history {
            continue;
        }
        count += 1;
        // They are the same for all later events.
        for next in account {
            let mut both = [&monitor, &other.monitor].map(Clone::clone);
            both.iter_mut().for_each(|it| it.observe(&next.seen));
            let [one, two] = both.map(|it| (print(it.as_ref()), said(it.as_ref())));
            if one != two {
                return Err(format!("{property:?}: {one:?}, {two:?} after {:?}", next.seen));
            }
        }
    }
    Ok(count)
}

#[test]
fn monitors_with_equal_fingerprints_judge_alike() {
    let mut wrong = Vec::new();
    let (mut monitors, mut all) = (0, 0);
    for (_, protocol) in protocols::catalogue() {
        let runs = runs(protocol, RETOLD.runs());
        let mut chance = Chance::new(3);
        for (property, _) in protocol.properties() {
            let needs = (property.monitor)(&setting(protocol, 1)).needs();
            if needs.time || needs.past {
                continue;
            }
            monitors += 1;
            let mut met = BTreeMap::new();
            for (trace, nodes) in runs.iter().take(RETOLD.runs() as usize) {
                let mut account = account(trace, *nodes);
                account.truncate(30);
                for _ in 0..4 {
                    let mut told = ordered(&account, true, &mut chance);
                    for sight in &mut told {
                        sight.seen.time = 0;
                    }
                    let ids = if needs.sequence { Way::IdsOfSearch } else { Way::NoIds };
                    let told = if needs.ids { told } else { ids.go(&told, &mut chance) };
                    match meet(property, (&told, setting(protocol, *nodes)), &mut met) {
                        Ok(count) => all += count,
                        Err(why) => wrong.push(format!("{}: {why}", protocol.id)),
                    }
                }
            }
        }
    }
    println!("{monitors} monitors met {all} times");
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n\n"));
}

/// A search that takes several turns at once checks only the resulting state.
#[test]
fn violation_of_safety_is_undone_by_a_failure_only() {
    for (_, protocol) in protocols::catalogue() {
        for (trace, nodes) in runs(protocol, RETOLD.runs()) {
            let account = account(&trace, nodes);
            let safe = protocol.properties().filter(|(it, _)| it.kind == Kind::Safety);
            for (property, _) in safe {
                let mut monitor = (property.monitor)(&setting(protocol, nodes));
                let with_past = monitor.needs().past;
                let mut violated = false;
                for sight in &account {
                    tell(monitor.as_mut(), sight, with_past);
                    let now = monitor.verdict(false).is_violated();
                    let why = format!("{}: {property:?} at {:?}", protocol.id, sight.seen);
                    assert!(now || !violated || sight.is_failure(), "{why}");
                    violated = now;
                }
            }
        }
    }
}
