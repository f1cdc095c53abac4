//! What nodes may still come to send, before something that is put off: looked ahead node by node.
//!
//! What a node may do depends on its state and on what may come to it, and the same two are met in many states of the
//! system: so it is worked out once for them. Each envelope comes as often as it is on its way, or as often as the
//! node likes where that is not known. What the nodes may send each other in turn is added until nothing is new.
//! That is more than can happen, never less.

use std::{hash::Hash, rc::Rc};

use super::{
    ids::{Ids, Memo},
    local::{Effect, Stimulus},
    world::World,
};
use crate::kernel::{Fingerprinter, NodeId};

/// How many answers are looked at for one node, before it may do anything.
const ANSWERS: usize = 1200;
/// How many states a node may come to, and as many kinds of envelopes it may send and be sent.
const SPOTS: usize = 192;
const SENT: usize = 128;
/// How many of its spots in one state are told apart.
const ALIKE: usize = 6;
const MAIL: usize = 64;

/// What may come to a node: the envelopes in order, each with a last bit that is set if it may come more than once.
pub(super) type Mail = Vec<u32>;

/// What may come of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Out {
    /// What it may send, as mail.
    sent: Mail,
    /// To whom, by bits.
    pub(super) to: u128,
    /// Whether it may tell something that an aim takes notice of.
    pub(super) tells: bool,
    /// Whether it may do anything: it was not looked at to the end.
    pub(super) wild: bool,
    /// Of a turn that is put off: whether it makes no difference to anything that comes before it, and whether it
    /// tells something that an aim takes notice of.
    pub(super) commutes: bool,
    pub(super) says: bool,
}

impl Out {
    fn anything() -> Self {
        Self { to: u128::MAX, tells: true, wild: true, ..Self::default() }
    }
}

/// A turn that is put off: at which node, by its effect; and whether the node may crash before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Later {
    pub(super) node: NodeId,
    pub(super) effect: u32,
    pub(super) crashes: bool,
}

/// What was found out so far.
#[derive(Clone)]
pub(super) struct Outlook {
    mails: Ids<()>,
    /// By a node's state and its mail; and by a turn that is put off and the node's mail.
    free: Memo,
    without: Memo,
    outs: Vec<Rc<Out>>,
    /// Of two answers of a node in one state, whether it makes no difference which comes first; and the same where
    /// the node may crash.
    swaps: [Memo; 2],
    /// How many answers were looked at.
    pub(super) work: u64,
}

/// A state that a node may come to, and what of its mail it has used up then.
#[derive(Clone, Copy, Debug)]
struct Spot {
    local: u32,
    used: u64,
    /// What it may have sent by then, by bits, and what more than once.
    sent: [u128; 2],
}

/// A look ahead at one node.
struct Look<'a> {
    node: NodeId,
    mail: &'a [u32],
    later: Option<(Later, Stimulus)>,
    spots: Vec<Spot>,
    /// From which spot to which, and what is sent on the way.
    ways: Vec<(usize, usize, [u128; 2])>,
    sent: Vec<u32>,
    tells: bool,
    says: bool,
    work: usize,
    swaps: &'a mut [Memo; 2],
}

/// It would take too much to find out, or something makes a difference.
struct Stop;

impl Outlook {
    pub(super) const fn new() -> Self {
        Self {
            mails: Ids::new(),
            free: Memo::new(),
            without: Memo::new(),
            outs: Vec::new(),
            swaps: [Memo::new(), Memo::new()],
            work: 0,
        }
    }

    /// What may come of a node in this state with this mail; with something put off, until that.
    pub(super) fn out(
        &mut self,
        world: &mut World,
        (node, local): (NodeId, u32),
        mail: &[u32],
        later: Option<Later>,
    ) -> Rc<Out> {
        self.work += 1;
        let mut taken = Fingerprinter::new();
        mail.hash(&mut taken);
        let number = self.mails.of(taken.fingerprint(), || ());
        let (memo, one, two) = match later {
            None => (&self.free, local, number),
            Some(it) => (&self.without, it.effect, number << 1 | u32::from(it.crashes)),
        };
        if let Some(known) = memo.get(one, two) {
            return Rc::clone(&self.outs[known as usize]);
        }
        let out = Rc::new(self.look(world, (node, local), mail, later));
        let memo = if later.is_none() { &mut self.free } else { &mut self.without };
        memo.insert(one, two, self.outs.len() as u32);
        self.outs.push(Rc::clone(&out));
        out
    }

    fn look(
        &mut self,
        world: &mut World,
        (node, local): (NodeId, u32),
        mail: &[u32],
        later: Option<Later>,
    ) -> Out {
        let later = later.map(|it| (it, world.locals.effects[it.effect as usize].stimulus));
        let spots = vec![Spot { local, used: 0, sent: [0; 2] }];
        let (ways, sent) = (Vec::new(), Vec::new());
        let (tells, says, work) = (false, false, 0);
        let swaps = &mut self.swaps;
        let mut look = Look { node, mail, later, spots, ways, sent, tells, says, work, swaps };
        let done = look.all(world);
        let work = look.work as u64;
        let out = done.map_or_else(|Stop| Out::anything(), |()| look.out(world));
        self.work += work;
        out
    }
}

impl Look<'_> {
    fn all(&mut self, world: &mut World) -> Result<(), Stop> {
        if self.mail.len() > MAIL {
            return Err(Stop);
        }
        let mut place = 0;
        while let Some(&spot) = self.spots.get(place) {
            let later = self.check(world, spot.local)?;
            for stimulus in world.own_stimuli(self.node, spot.local) {
                if self.later.is_none_or(|(_, it)| it != stimulus) {
                    self.go(world, place, (stimulus, 0), later)?;
                }
            }
            for (number, code) in self.mail.iter().enumerate() {
                let bit = 1 << number;
                if spot.used & bit == 0 {
                    let bit = if code & 1 == 0 { bit } else { 0 };
                    self.go(world, place, (Stimulus::Arrival(code >> 1), bit), later)?;
                }
            }
            place += 1;
        }
        Ok(())
    }

    /// What comes of what is put off in this state, if it may be put off up to there.
    fn check(&mut self, world: &mut World, here: u32) -> Result<Option<u32>, Stop> {
        let Some((later, stimulus)) = self.later else { return Ok(None) };
        let effect = world.locals.answer(&world.plan, self.node, here, stimulus);
        self.says |= world.is_noticed(effect);
        self.work += 1;
        // If it crashes before it, nothing may be missed.
        if later.crashes && (self.says || !is_forgotten(world, self.node, here, stimulus)) {
            return Err(Stop);
        }
        Ok(Some(effect))
    }

    fn go(
        &mut self,
        world: &mut World,
        from: usize,
        (stimulus, bit): (Stimulus, u64),
        later: Option<u32>,
    ) -> Result<(), Stop> {
        let Spot { local, used, .. } = self.spots[from];
        self.work += 1;
        if self.work > ANSWERS {
            return Err(Stop);
        }
        if !world.can_come(local, stimulus) {
            return Ok(());
        }
        let effect = world.locals.answer(&world.plan, self.node, local, stimulus);
        if later.is_some_and(|later| !self.swaps(world, later, effect)) {
            return Err(Stop);
        }
        let effect = Rc::clone(&world.locals.effects[effect as usize]);
        self.tells |= world.noticed(&effect.told).next().is_some();
        let mut sent = [0; 2];
        for envelope in &effect.sent {
            let place = self.sent.iter().position(|it| it == envelope).unwrap_or_else(|| {
                self.sent.push(*envelope);
                self.sent.len() - 1
            });
            if place >= SENT {
                return Err(Stop);
            }
            sent = more(sent, [1 << place, 0]);
        }
        let to = self.spot(effect.next, used | bit, effect.sent.is_empty())?;
        self.ways.push((from, to, sent));
        Ok(())
    }

    /// Whether it makes no difference which of two answers comes first, of which the first may be put off.
    fn swaps(&mut self, world: &mut World, one: u32, other: u32) -> bool {
        let crashes = self.later.is_some_and(|(later, _)| later.crashes);
        let known = &mut self.swaps[usize::from(crashes)];
        if let Some(known) = known.get(one, other) {
            return known == 1;
        }
        self.work += 3;
        let Effect { local, stimulus, .. } = *world.locals.effects[one as usize];
        let both = [stimulus, world.locals.effects[other as usize].stimulus];
        let swaps = swaps(world, (self.node, local), both, crashes);
        known.insert(one, other, u32::from(swaps));
        swaps
    }

    /// The place of a spot. One that has used up less will do, if nothing is sent on the way: all the same may come of
    /// it. Nor are many told apart that differ in nothing else: what all of them have used up has to do for the others.
    fn spot(&mut self, local: u32, used: u64, silent: bool) -> Result<usize, Stop> {
        let is_it = |it: &Spot| {
            it.local == local && (it.used == used || silent && it.used & used == it.used)
        };
        if let Some(place) = self.spots.iter().position(is_it) {
            return Ok(place);
        }
        let alike = self.spots.iter().filter(|it| it.local == local);
        let (count, common) = alike.fold((0, used), |(n, common), it| (n + 1, common & it.used));
        let used = if count < ALIKE { used } else { common };
        let known = |it: &Spot| it.local == local && it.used == used;
        if count >= ALIKE
            && let Some(place) = self.spots.iter().position(known)
        {
            return Ok(place);
        }
        if self.spots.len() >= SPOTS {
            return Err(Stop);
        }
        self.spots.push(Spot { local, used, sent: [0; 2] });
        Ok(self.spots.len() - 1)
    }

    fn out(mut self, world: &World) -> Out {
        let mut grows = !self.sent.is_empty();
        while grows {
            grows = false;
            for &(from, to, sent) in &self.ways {
                let [once, often] = more(self.spots[from].sent, sent);
                let met = &mut self.spots[to].sent;
                grows |= (once & !met[0]) | (often & !met[1]) != 0;
                *met = [met[0] | once, met[1] | often];
            }
        }
        let all = self
            .spots
            .iter()
            .fold([0; 2], |[once, often], spot| [once | spot.sent[0], often | spot.sent[1]]);
        let code = |(place, envelope): (usize, &u32)| envelope << 1 | (all[1] >> place & 1) as u32;
        let mut sent: Mail = self.sent.iter().enumerate().map(code).collect();
        sent.sort_unstable();
        let to = |code: &u32| 1 << world.locals.envelopes.get(code >> 1).to.index();
        Out {
            to: sent.iter().map(to).fold(0, |to, one: u128| to | one),
            sent,
            tells: self.tells,
            wild: false,
            commutes: self.later.is_some(),
            says: self.says,
        }
    }
}

/// What is there once at least, and more than once, with more.
const fn more([once, often]: [u128; 2], [once_more, often_more]: [u128; 2]) -> [u128; 2] {
    [once | once_more, often | often_more | once & once_more]
}

/// Adds an envelope to mail.
pub(super) fn add(mail: &mut Mail, code: u32) {
    let place = mail.partition_point(|it| it >> 1 < code >> 1);
    match mail.get_mut(place) {
        Some(it) if *it >> 1 == code >> 1 => *it |= 1,
        _ => mail.insert(place, code),
    }
}

/// What may come to the nodes of a state, and of them.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// What is on its way, by node; and whether anything of it may be doubled.
    base: Vec<Mail>,
    doubles: bool,
    /// The same without what is put off.
    own: Mail,
    /// With what the nodes may send each other.
    mails: Vec<Mail>,
    next: Vec<Mail>,
    /// What may come of each node of what is on its way; and of all of that.
    begun: Vec<Rc<Out>>,
    outs: Vec<Rc<Out>>,
}

impl View {
    /// Looks at each node with just what is on its way.
    pub(super) fn open(
        &mut self,
        outlook: &mut Outlook,
        world: &mut World,
        state: &[u32],
        doubles: bool,
    ) {
        self.doubles = doubles;
        self.base.resize(world.nodes, Mail::new());
        self.base.iter_mut().for_each(Vec::clear);
        for envelope in &state[world.head()..] {
            let to = world.locals.envelopes.get(*envelope).to.index();
            add(&mut self.base[to], envelope << 1 | u32::from(doubles));
        }
        self.begun.clear();
        for (node, mail) in self.base.iter().enumerate() {
            self.begun.push(outlook.out(world, (NodeId::new(node), state[node]), mail, None));
        }
    }

    /// To whom a node may send something of itself, by bits.
    pub(super) fn sends_to(&self, node: usize) -> u128 {
        self.begun[node].to
    }

    /// Whether anything may be told by the other nodes before any of those moves that are `still`; or who may send
    /// those anything, by its bit.
    pub(super) fn without(
        &mut self,
        outlook: &mut Outlook,
        world: &mut World,
        state: &[u32],
        still: u128,
    ) -> Result<bool, u128> {
        self.mails.clone_from(&self.base);
        self.outs.clone_from(&self.begun);
        self.spread(outlook, world, state, still, None)?;
        Ok((0..world.nodes).any(|node| still >> node & 1 == 0 && self.outs[node].tells))
    }

    /// Whether a turn makes no difference to anything that may come before it, by what it brings and at which place
    /// that is. With whether anything of that is told at other nodes, and whether the turn tells anything itself.
    pub(super) fn before(
        &mut self,
        outlook: &mut Outlook,
        world: &mut World,
        state: &[u32],
        (later, place): (Later, Option<usize>),
    ) -> Option<[bool; 2]> {
        let node = later.node.index();
        let brings = place.map(|place| state[place]);
        self.own.clear();
        for (at, envelope) in state.iter().enumerate().skip(world.head()) {
            let to = world.locals.envelopes.get(*envelope).to;
            if to == later.node && Some(at) != place && !is_behind(world, brings, *envelope) {
                add(&mut self.own, envelope << 1 | u32::from(self.doubles));
            }
        }
        let out = outlook.out(world, (later.node, state[node]), &self.own, Some(later));
        if !out.commutes {
            return None;
        }
        self.mails.clone_from(&self.base);
        self.mails[node].clone_from(&self.own);
        self.outs.clone_from(&self.begun);
        self.outs[node] = out;
        self.spread(outlook, world, state, 0, Some((later, brings))).ok()?;
        let others = (0..world.nodes).filter(|other| *other != node);
        let tells = others.into_iter().any(|other| self.outs[other].tells);
        Some([tells, self.outs[node].says])
    }

    /// Adds what the nodes may send each other until nothing is new.
    fn spread(
        &mut self,
        outlook: &mut Outlook,
        world: &mut World,
        state: &[u32],
        still: u128,
        later: Option<(Later, Option<u32>)>,
    ) -> Result<(), u128> {
        let moves = |node: &usize| still >> node & 1 == 0;
        loop {
            self.next.clone_from(&self.base);
            if let Some((later, _)) = later {
                self.next[later.node.index()].clone_from(&self.own);
            }
            for node in (0..world.nodes).filter(moves) {
                let out = &self.outs[node];
                if out.wild || out.to & still > 0 {
                    return Err(1 << node);
                }
                for &code in &out.sent {
                    let to = world.locals.envelopes.get(code >> 1).to;
                    let behind = later.is_some_and(|(later, brings)| {
                        later.node == to && is_behind(world, brings, code >> 1)
                    });
                    if !behind {
                        add(&mut self.next[to.index()], code | u32::from(self.doubles));
                    }
                }
            }
            let mut grows = false;
            for node in (0..world.nodes).filter(moves) {
                if self.next[node] == self.mails[node] {
                    continue;
                }
                grows = true;
                let it = later.map(|(it, _)| it).filter(|it| it.node.index() == node);
                let at = (NodeId::new(node), state[node]);
                self.outs[node] = outlook.out(world, at, &self.next[node], it);
            }
            if !grows {
                return Ok(());
            }
            std::mem::swap(&mut self.mails, &mut self.next);
        }
    }
}

/// Whether something does not come before what a turn brings: it is behind it on its link.
fn is_behind(world: &World, brings: Option<u32>, envelope: u32) -> bool {
    world.keeps_order() && brings.is_some_and(|it| world.is_same_link(it, envelope))
}

/// Whether a crash leaves nothing of a turn.
fn is_forgotten(world: &mut World, node: NodeId, here: u32, stimulus: Stimulus) -> bool {
    let mut next = |local, stimulus| {
        let number = world.locals.answer(&world.plan, node, local, stimulus);
        world.locals.effects[number as usize].next
    };
    let there = next(here, stimulus);
    next(here, Stimulus::Crash) == next(there, Stimulus::Crash)
}

/// Whether, in this state of a node, it is all the same which of two things comes first.
fn swaps(
    world: &mut World,
    (node, here): (NodeId, u32),
    [one, other]: [Stimulus; 2],
    crashes: bool,
) -> bool {
    let mut answer = |local, stimulus| {
        let number = world.locals.answer(&world.plan, node, local, stimulus);
        (number, Rc::clone(&world.locals.effects[number as usize]))
    };
    let ((_, one_first), (other_number, other_first)) = (answer(here, one), answer(here, other));
    let (_, one_second) = answer(other_first.next, one);
    let (other_later, other_second) = answer(one_first.next, other);
    let fits = world.can_come(other_first.next, one) && world.can_come(one_first.next, other);
    if !fits || one_second.next != other_second.next {
        return false;
    }
    if other_first.sent != other_second.sent || one_first.sent != one_second.sent {
        return false;
    }
    if world.keeps_order() && share_a_link(world, &one_first.sent, &other_first.sent) {
        return false;
    }
    let told = |first: &Effect, second: &Effect| {
        let mut told: Vec<u32> =
            world.noticed(&first.told).chain(world.noticed(&second.told)).collect();
        if !world.minds_sequence() {
            told.sort_unstable();
        }
        told
    };
    if told(&one_first, &other_second) != told(&other_first, &one_second) {
        return false;
    }
    if !crashes {
        return true;
    }
    // If it crashes in the middle of the other one, nothing may be left of this one.
    if other_first.sends + other_second.sends > 0 {
        return false;
    }
    let first = world.locals.cut(&world.plan, node, other_number, 0);
    let second = world.locals.cut(&world.plan, node, other_later, 0);
    let [first, second] = [first, second].map(|it| &world.locals.effects[it as usize]);
    (first.next, &first.told) == (second.next, &second.told)
}

/// Whether some of these envelopes go the same link as some of those.
fn share_a_link(world: &World, these: &[u32], those: &[u32]) -> bool {
    these.iter().any(|one| those.iter().any(|other| world.is_same_link(*one, *other)))
}
