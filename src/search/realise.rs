//! Gives an order of events its times: a scenario whose run goes that way.
//!
//! What has to come before what is a system of differences: a message comes no sooner than its delay after it was
//! sent, a timer goes off just when it has to, what comes to one node comes in the order that is wanted. The earliest
//! moments that satisfy all of them are longest ways in a graph (Bellman 1958); where there is a circle, no times do.

use super::{
    local::{Content, Envelope, Stimulus},
    world::{Kind, Turn, World},
};
use crate::kernel::{
    Delay, Detector, Did, Fault, Input, MAX_TIME, MessageName, NodeId, Packet, Scenario, Solo,
    Step, Time,
};

/// The turns of a run, each with the state before it.
pub(super) type Path = Vec<(Vec<u32>, Turn)>;

/// The scenario whose run takes these turns, with the requests as they stand; none if no times let it.
pub(super) fn realise(world: &World, path: &Path, minds_order: bool) -> Option<Scenario> {
    let mut run = Unrolled::new(world);
    path.iter().for_each(|(state, turn)| run.take(world, state, *turn));
    run.scenario(minds_order)
}

/// A run without times: what happened, and what that bears on.
struct Unrolled {
    scenario: Scenario,
    solos: Vec<Solo>,
    /// By node: how many of its requests have come.
    asked: Vec<usize>,
    happenings: Vec<Happening>,
    /// By node: those at it, in order.
    at: Vec<Vec<usize>>,
    messages: Vec<Message>,
    timers: Vec<Timer>,
    reports: Vec<Report>,
    requests: Vec<Vec<usize>>,
}

/// Something that comes to a node.
struct Happening {
    node: NodeId,
    what: What,
    /// Whether it crashes in the middle of its answer, after so many sends.
    cut: Option<u32>,
    tells: bool,
}

enum What {
    Arrival,
    Report,
    Timer,
    Request(usize),
    Crash,
    Recovery,
}

/// A message on its way, or a second copy of one.
struct Message {
    envelope: Envelope,
    packet: Packet,
    name: MessageName,
    is_copy: bool,
    /// At which happening it was sent; none if when the run began.
    sent: Option<usize>,
    /// At which it came.
    came: Option<usize>,
    is_lost: bool,
}

struct Timer {
    node: NodeId,
    packet: Packet,
    set: Option<usize>,
    after: Time,
    /// At which happening it went off, and at which it was called off or set anew.
    fired: Option<usize>,
    cancelled: Option<Option<usize>>,
}

struct Report {
    of: NodeId,
    to: NodeId,
    is_crash: bool,
    since: usize,
    came: Option<usize>,
    is_off: bool,
}

impl Unrolled {
    fn new(world: &World) -> Self {
        let mut scenario = world.plan.scenario().clone();
        // All messages take the least time, unless something delays them.
        let least = |delay: Delay| Delay { min: delay.min, max: delay.min };
        scenario.network.delay = least(scenario.network.delay);
        scenario.network.links.iter_mut().for_each(|link| link.delay = least(link.delay));
        let nodes = scenario.nodes.len();
        let mut run = Self {
            scenario,
            solos: (0..nodes).map(|node| Solo::new(&world.plan, NodeId::new(node))).collect(),
            asked: vec![0; nodes],
            happenings: Vec::new(),
            at: vec![Vec::new(); nodes],
            messages: Vec::new(),
            timers: Vec::new(),
            reports: Vec::new(),
            requests: world.locals.requests.clone(),
        };
        for node in (0..nodes).map(NodeId::new) {
            let step = run.solos[node.index()].handle(&world.plan, node, Input::Init, None);
            run.answered(world, node, None, step);
        }
        run
    }

    fn take(&mut self, world: &World, state: &[u32], turn: Turn) {
        match turn {
            Turn::Lost { place } => {
                if let Some(message) = self.on_the_way(world, state[place]) {
                    self.messages[message].is_lost = true;
                }
            }
            Turn::Doubled { place } => {
                if let Some(message) = self.on_the_way(world, state[place]) {
                    let Message { envelope, packet, name, sent, .. } = &self.messages[message];
                    let (envelope, packet) = (envelope.clone(), packet.clone());
                    let (name, sent) = (*name, *sent);
                    let copy = Message {
                        envelope,
                        packet,
                        name,
                        is_copy: true,
                        sent,
                        came: None,
                        is_lost: false,
                    };
                    self.messages.push(copy);
                }
            }
            Turn::Happens { node, effect, place, fault } => {
                let effect = &world.locals.effects[effect as usize];
                let cut = match (fault, effect.stimulus) {
                    (Some(Kind::Crash), Stimulus::Crash) => None,
                    (Some(Kind::Crash), _) => Some(effect.sends),
                    _ => None,
                };
                let envelope = place.map(|place| state[place]);
                self.happen(world, node, (effect.stimulus, envelope), cut);
                if !effect.told.is_empty() {
                    self.happenings.last_mut().expect("it has just happened").tells = true;
                }
            }
        }
    }

    /// Who is meant by an envelope: of several that are alike, the one that was sent first.
    fn on_the_way(&self, world: &World, envelope: u32) -> Option<usize> {
        let envelope = world.locals.envelopes.get(envelope);
        self.messages
            .iter()
            .position(|it| it.envelope == *envelope && it.came.is_none() && !it.is_lost)
    }

    fn happen(
        &mut self,
        world: &World,
        node: NodeId,
        (stimulus, envelope): (Stimulus, Option<u32>),
        cut: Option<u32>,
    ) {
        let (plan, number, index) = (&world.plan, self.happenings.len(), node.index());
        let (what, step) = match stimulus {
            Stimulus::Arrival(_) => {
                let envelope = envelope.expect("what arrives was in an envelope");
                let (what, input) = self.arrive(world, envelope, number);
                (what, self.solos[index].handle(plan, node, input, cut))
            }
            Stimulus::Timer(timer) => {
                let packet = world.locals.packets.get(timer).clone();
                let running =
                    |it: &&mut Timer| it.node == node && it.packet == packet && it.is_running();
                if let Some(timer) = self.timers.iter_mut().find(running) {
                    timer.fired = Some(number);
                }
                (What::Timer, self.solos[index].ring(plan, node, &packet, cut))
            }
            Stimulus::Request => {
                let request = self.requests[index][self.asked[index]];
                self.asked[index] += 1;
                let input = Input::Request(plan.request(request).clone());
                (What::Request(request), self.solos[index].handle(plan, node, input, cut))
            }
            Stimulus::Crash => {
                self.solos[index].crash();
                (What::Crash, Step::default())
            }
            Stimulus::Recovery => (What::Recovery, self.solos[index].recover(plan, node)),
        };
        let falls = cut.is_some() || matches!(what, What::Crash);
        let rises = matches!(what, What::Recovery);
        self.at[index].push(number);
        self.happenings.push(Happening { node, what, cut, tells: false });
        self.answered(world, node, Some(number), step);
        if falls || rises {
            self.report(node, number);
        }
    }

    fn arrive(&mut self, world: &World, envelope: u32, number: usize) -> (What, Input) {
        let Envelope { from, to, what } = world.locals.envelopes.get(envelope).clone();
        match what {
            Content::Message(_) => {
                let message = self.on_the_way(world, envelope).expect("it was sent");
                self.messages[message].came = Some(number);
                let packet = self.messages[message].packet.clone();
                (What::Arrival, Input::Message { from, packet })
            }
            Content::Report(detection) => {
                if let Some(report) = self.reports.iter_mut().find(|it| it.is_open(from, to)) {
                    report.came = Some(number);
                }
                (What::Report, Input::Detection(detection))
            }
        }
    }

    /// What a node's answer puts on its way, and which timers run from then on.
    fn answered(&mut self, world: &World, node: NodeId, number: Option<usize>, step: Step) {
        for did in step.did {
            match did {
                Did::Sent { to, packet } => {
                    for to in to {
                        self.post(world, node, to, &packet, number);
                    }
                }
                Did::Set { timer, after } => {
                    self.timers.push(Timer {
                        node,
                        packet: timer,
                        set: number,
                        after,
                        fired: None,
                        cancelled: None,
                    });
                }
                Did::Told(_) => {}
            }
        }
        // Of the timers only those run that the node says run; of two alike the later.
        let running = self.solos[node.index()].timers().to_vec();
        let mut seen = Vec::new();
        for timer in self.timers.iter_mut().rev().filter(|it| it.node == node && it.is_running()) {
            if running.contains(&timer.packet) && !seen.contains(&timer.packet) {
                seen.push(timer.packet.clone());
            } else {
                timer.cancelled = Some(number);
            }
        }
        self.timers.retain(|it| it.cancelled != Some(it.set));
    }

    fn post(
        &mut self,
        world: &World,
        from: NodeId,
        to: NodeId,
        packet: &Packet,
        sent: Option<usize>,
    ) {
        let same = self.messages.iter().filter(|it| !it.is_copy);
        let before = same.filter(|it| it.name.from == from && it.name.to == to).count();
        let name = MessageName { from, to, number: before as u32 + 1 };
        let known = |what: &Content| match what {
            Content::Message(known) => *world.locals.packets.get(*known) == *packet,
            Content::Report(_) => false,
        };
        let envelope = world
            .locals
            .envelopes
            .iter()
            .find(|it| it.from == from && it.to == to && known(&it.what));
        // What nobody could receive is in no envelope, and counts all the same.
        let nowhere = Envelope { from, to, what: Content::Message(u32::MAX) };
        let is_lost = envelope.is_none();
        let envelope = envelope.cloned().unwrap_or(nowhere);
        let (packet, came) = (packet.clone(), None);
        self.messages.push(Message { envelope, packet, name, is_copy: false, sent, came, is_lost });
    }

    /// What the perfect failure detector is to tell from then on: see `World::report`.
    fn report(&mut self, of: NodeId, since: usize) {
        if !matches!(self.scenario.network.detector, Detector::Perfect(_)) {
            return;
        }
        let is_up = |node: NodeId| self.solos[node.index()].is_up();
        let is_back = is_up(of);
        let mut fresh = Vec::new();
        for other in (0..self.solos.len()).map(NodeId::new).filter(|other| *other != of) {
            let report =
                |of, to, is_crash| Report { of, to, is_crash, since, came: None, is_off: false };
            match (is_back, is_up(other)) {
                (false, true) => fresh.push(report(of, other, true)),
                (true, false) => fresh.push(report(other, of, true)),
                (true, true) => {
                    let untold = |it: &&mut Report| it.is_open(of, other) && it.is_crash;
                    match self.reports.iter_mut().find(untold) {
                        Some(untold) => untold.is_off = true,
                        None => fresh.push(report(of, other, false)),
                    }
                }
                (false, false) => {}
            }
        }
        if !is_back {
            for report in self.reports.iter_mut().filter(|it| it.to == of && it.came.is_none()) {
                report.is_off = true;
            }
        }
        self.reports.append(&mut fresh);
    }
}

impl Report {
    /// True if it is about the one, for the other, and still to be told.
    fn is_open(&self, of: NodeId, to: NodeId) -> bool {
        self.of == of && self.to == to && self.came.is_none() && !self.is_off
    }
}

impl Timer {
    const fn is_running(&self) -> bool {
        self.fired.is_none() && self.cancelled.is_none()
    }
}

/// That one thing comes at least so much after another, in virtual ms.
struct After {
    one: usize,
    other: usize,
    by: i64,
}

/// The place among the times of a happening, or of the start of the run.
const fn place(happening: Option<usize>) -> usize {
    match happening {
        Some(number) => number + 1,
        None => 0,
    }
}

impl Unrolled {
    /// The scenario, if times can be found.
    fn scenario(self, minds_order: bool) -> Option<Scenario> {
        let times = self.times(minds_order)?;
        let mut scenario = self.scenario.clone();
        for (happening, time) in self.happenings.iter().zip(&times[1..]) {
            let (node, at) = (happening.node, *time);
            match happening.what {
                What::Crash => {
                    scenario.faults.push(Fault::Crash { node, at, after_sends: None });
                }
                What::Recovery => scenario.faults.push(Fault::Recover { node, at }),
                _ => {}
            }
            if happening.cut.is_some() {
                scenario.faults.push(Fault::Crash { node, at, after_sends: happening.cut });
            }
        }
        let end = times.iter().max().copied().unwrap_or_default() + 1;
        self.messages.iter().for_each(|it| self.hinder(it, &times, end, &mut scenario));
        let until = scenario.until.max(end + 1);
        (until <= MAX_TIME).then_some(Scenario { until, ..scenario })
    }

    /// The earliest times that satisfy all that is wanted, the start of the run before the happenings; none if none
    /// do.
    fn times(&self, minds_order: bool) -> Option<Vec<Time>> {
        let mut wanted = Vec::new();
        self.wanted(minds_order, &mut |one, other, by| wanted.push(After { one, other, by }));
        let mut times = vec![0_i64; self.happenings.len() + 1];
        // As many rounds as there are happenings are enough, unless there is a circle.
        for _ in 0..=times.len() {
            let mut moved = false;
            for After { one, other, by } in &wanted {
                let least = times[*other] + by;
                if times[*one] < least {
                    times[*one] = least;
                    moved = true;
                }
            }
            // The run begins at 0 ms, and not later.
            if times[0] > 0 {
                return None;
            }
            if !moved {
                return times.into_iter().map(|time| Time::try_from(time).ok()).collect();
            }
        }
        None
    }

    fn wanted(&self, minds_order: bool, after: &mut impl FnMut(usize, usize, i64)) {
        for own in &self.at {
            own.first().iter().for_each(|first| after(place(Some(**first)), 0, 1));
            own.windows(2).for_each(|pair| after(place(Some(pair[1])), place(Some(pair[0])), 1));
        }
        for message in self.messages.iter().filter(|message| message.came.is_some()) {
            after(place(message.came), place(message.sent), self.least(message.name) as i64);
        }
        self.wanted_of_reports(after);
        self.wanted_of_timers(after);
        let told = self.happenings.iter().enumerate().filter(|(_, it)| it.tells && minds_order);
        let told: Vec<usize> = told.map(|(number, _)| place(Some(number))).collect();
        told.windows(2).for_each(|pair| after(pair[1], pair[0], 1));
        for (number, happening) in self.happenings.iter().enumerate() {
            if let What::Request(index) = happening.what {
                let (number, at) = (place(Some(number)), self.scenario.requests[index].at as i64);
                after(number, 0, at);
                after(0, number, -at);
            }
        }
        for (node, requests) in self.requests.iter().enumerate() {
            if let Some(next) = requests.get(self.asked[node]) {
                let at = self.scenario.requests[*next].at as i64;
                self.not_yet(NodeId::new(node), 0, at, after);
            }
        }
    }

    fn wanted_of_reports(&self, after: &mut impl FnMut(usize, usize, i64)) {
        let Detector::Perfect(bound) = self.scenario.network.detector else { return };
        for report in &self.reports {
            let since = place(Some(report.since));
            if report.came.is_some() {
                let came = place(report.came);
                after(came, since, bound as i64);
                after(since, came, -(bound as i64));
            } else if !report.is_off {
                self.not_yet(report.to, since, bound as i64, after);
            }
        }
    }

    fn wanted_of_timers(&self, after: &mut impl FnMut(usize, usize, i64)) {
        for timer in &self.timers {
            let (set, span) = (place(timer.set), timer.after as i64);
            if timer.fired.is_some() {
                after(place(timer.fired), set, span);
                after(set, place(timer.fired), -span);
            } else if timer.cancelled.is_some() {
                after(set, place(timer.cancelled.flatten()), 1 - span);
            } else {
                self.not_yet(timer.node, set, span, after);
            }
        }
    }

    /// What is still to come to a node comes after all that has.
    fn not_yet(
        &self,
        node: NodeId,
        since: usize,
        span: i64,
        after: &mut impl FnMut(usize, usize, i64),
    ) {
        let last = place(self.at[node.index()].last().copied());
        if last != since {
            after(since, last, 1 - span);
        }
    }

    /// How long a message takes that nothing delays, in virtual ms.
    fn least(&self, name: MessageName) -> Time {
        let network = &self.scenario.network;
        let links = network.links.iter().rev();
        let link = links.clone().find(|link| link.from == name.from && link.to == name.to);
        link.map_or(network.delay, |link| link.delay).min
    }

    /// What makes a message come when it has to, or not at all.
    fn hinder(&self, message: &Message, times: &[Time], end: Time, scenario: &mut Scenario) {
        let name = message.name;
        let first = self.messages.iter().find(|it| !it.is_copy && it.name == name);
        let time = |happening: Option<usize>| happening.map(|number| times[number + 1]);
        let natural = time(message.sent).unwrap_or_default() + self.least(name);
        if message.is_lost {
            // What cannot get there is lost without anything being done.
            if !message.is_copy && message.envelope.what != Content::Message(u32::MAX) {
                scenario.faults.push(Fault::Drop { message: name });
            }
        } else if message.is_copy {
            let came = first.and_then(|first| time(first.came));
            if let (Some(came), Some(again)) = (came, time(message.came)) {
                let after = again.saturating_sub(came).max(1);
                scenario.faults.push(Fault::Duplicate { message: name, after });
            }
        } else {
            let wanted = time(message.came).unwrap_or_else(|| natural.max(end));
            if wanted > natural {
                scenario.faults.push(Fault::Delay { message: name, by: wanted - natural });
            }
        }
    }
}
