//! Hand-made and random histories of any abstraction, and the comparison of a monitor with the plain
//! definition of its property.

use worldlines::kernel::{
    Detection, Event, EventKind, Failures, Indication, Kind, NodeId, NodeSet, Observation, Packet,
    Payload, Property, Request, Verdict, spell,
};

use super::chance::Chance;

/// Observation of an event by monitors.
#[derive(Clone, Debug)]
pub(crate) enum What {
    Ask(Packet),
    Tell(&'static str, Packet),
    Detect(Detection),
    Crash,
    Recover,
}

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) time: u64,
    pub(crate) node: NodeId,
    pub(crate) what: What,
}

/// A history of a group of this size.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) nodes: usize,
    /// Failure model by which it is judged.
    pub(crate) failures: Failures,
    pub(crate) steps: Vec<Step>,
    now: u64,
}

/// A request or an indication: its place in the history, its node, its content.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) at: usize,
    pub(crate) node: NodeId,
    pub(crate) it: T,
}

impl Scene {
    /// An empty history.
    pub(crate) const fn new(nodes: usize) -> Self {
        Self { nodes, failures: Failures::CrashStop, steps: Vec::new(), now: 0 }
    }

    fn step(mut self, node: usize, what: What) -> Self {
        self.steps.push(Step { time: self.now, node: NodeId::new(node), what });
        self
    }

    /// A request of the application at this node.
    pub(crate) fn ask(self, node: usize, request: impl Request) -> Self {
        self.step(node, What::Ask(Packet::new(request)))
    }

    /// An indication to the application at this node.
    pub(crate) fn tell(self, node: usize, indication: impl Indication) -> Self {
        let kind = indication.kind();
        self.step(node, What::Tell(kind, Packet::new(indication)))
    }

    /// A report of the scenario's detector to this node.
    pub(crate) fn detect(self, node: usize, detection: Detection) -> Self {
        self.step(node, What::Detect(detection))
    }

    /// The node crashes.
    pub(crate) fn crash(self, node: usize) -> Self {
        self.step(node, What::Crash)
    }

    /// The node recovers.
    pub(crate) fn recover(self, node: usize) -> Self {
        self.step(node, What::Recover)
    }

    /// Time passes.
    pub(crate) const fn wait(mut self, time: u64) -> Self {
        self.now += time;
        self
    }

    /// The next step of a random history: now and then a fault, otherwise an action by `act` of a node that is up
    /// at that time.
    pub(crate) fn random_step(
        self,
        chance: &mut Chance,
        act: impl FnOnce(Self, &mut Chance, usize) -> Self,
    ) -> Self {
        let node = chance.below(self.nodes);
        let up = self.up(NodeId::new(node), self.steps.len());
        match chance.between(1, 100) {
            1..=3 if up => self.crash(node),
            1..=30 if !up => self.recover(node),
            _ if !up => self,
            _ => act(self, chance, node),
        }
    }

    /// A random history, with a step for each call of `act` and each fault.
    pub(crate) fn random(
        chance: &mut Chance,
        length: u64,
        mut act: impl FnMut(Self, &mut Chance, usize) -> Self,
    ) -> Self {
        let mut scene = Self::new(chance.between(2, 4) as usize);
        for _ in 0..chance.between(2, length) {
            scene = scene.random_step(chance, &mut act);
        }
        scene
    }

    /// All requests of one type.
    pub(crate) fn asked<T: Payload>(&self) -> Vec<At<T>> {
        self.all(|what| match what {
            What::Ask(packet) => packet.get().cloned(),
            _ => None,
        })
    }

    /// All indications of one type.
    pub(crate) fn told<T: Payload>(&self) -> Vec<At<T>> {
        self.all(|what| match what {
            What::Tell(_, packet) => packet.get().cloned(),
            _ => None,
        })
    }

    /// All steps for which this function returns a value.
    pub(crate) fn all<T>(&self, make: impl Fn(&What) -> Option<T>) -> Vec<At<T>> {
        let steps = self.steps.iter().enumerate();
        steps
            .filter_map(|(at, step)| make(&step.what).map(|it| At { at, node: step.node, it }))
            .collect()
    }

    /// All nodes.
    pub(crate) fn everyone(&self) -> NodeSet {
        NodeSet::first(self.nodes)
    }

    /// The correct nodes of its failure model: those that never crash; with recovery, those that are up for good.
    pub(crate) fn correct(&self) -> NodeSet {
        if self.failures == Failures::CrashRecovery {
            return self.up_in_the_end();
        }
        let crashed = self.all(|what| matches!(what, What::Crash).then_some(()));
        self.everyone().without(crashed.iter().map(|crash| crash.node).collect())
    }

    /// True if the node is up just before this place.
    pub(crate) fn up(&self, node: NodeId, at: usize) -> bool {
        let last = self.steps[..at]
            .iter()
            .rev()
            .find(|step| step.node == node && matches!(step.what, What::Crash | What::Recover));
        !last.is_some_and(|step| matches!(step.what, What::Crash))
    }

    /// Nodes that are up at the end.
    pub(crate) fn up_in_the_end(&self) -> NodeSet {
        self.everyone().into_iter().filter(|node| self.up(*node, self.steps.len())).collect()
    }

    /// True if the node crashes between these two places.
    pub(crate) fn crashes_between(&self, node: NodeId, from: usize, to: usize) -> bool {
        let mut steps = self.steps[from..to].iter();
        steps.any(|step| step.node == node && matches!(step.what, What::Crash))
    }

    /// Its first steps.
    pub(crate) fn prefix(&self, steps: usize) -> Self {
        Self { steps: self.steps[..steps].to_vec(), ..*self }
    }

    /// Verdict of a property's monitor.
    pub(crate) fn judge(&self, property: &Property, over: bool) -> Verdict {
        let mut monitor = (property.monitor)(&super::in_model(self.failures, self.nodes));
        for (id, step) in self.steps.iter().enumerate() {
            let kind = match step.what.clone() {
                What::Ask(packet) => EventKind::Request { index: 0, packet },
                What::Tell(kind, packet) => EventKind::Indicate { kind, packet },
                What::Detect(detection) => EventKind::Detect(detection),
                What::Crash => EventKind::Crash,
                What::Recover => EventKind::Recover,
            };
            let event = Event { time: step.time, node: step.node, kind };
            monitor.observe(&Observation::of(id, &event).expect("monitors see all steps"));
        }
        monitor.verdict(over)
    }
}

/// True if a property holds for a history, by the textbook's definition: slow, and obviously right.
pub(crate) type Definition = fn(&Scene) -> bool;

/// A property, its definition, and a flag: true if a later crash or rollback can mend a violation.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) property: &'static Property,
    pub(crate) definition: Definition,
    pub(crate) mended: bool,
}

/// A case of a property whose violations are final.
pub(crate) const fn case(property: &'static Property, definition: Definition) -> Case {
    Case { property, definition, mended: false }
}

/// A case of a safety property whose violations can be mended.
pub(crate) const fn mended(property: &'static Property, definition: Definition) -> Case {
    Case { property, definition, mended: true }
}

/// Expected verdict, for a property that holds or not.
pub(crate) fn status(kind: Kind, holds: bool, over: bool) -> &'static str {
    match (holds, kind) {
        (true, _) => "holds",
        (false, Kind::Liveness) if !over => "undecided",
        (false, _) => "violated",
    }
}

/// Asserts that monitors agree with the definitions on every prefix of random histories; that a witness is
/// in order; and that the last event of a safety property's completes the violation. Each property must be
/// violated and hold in at least 20 of the histories.
#[track_caller]
pub(crate) fn compare(seed: u64, cases: &[Case], random: impl Fn(&mut Chance) -> Scene) {
    let mut chance = Chance::new(seed);
    let mut counts = vec![[0; 2]; cases.len()];
    for number in 0..800 {
        let mut scene = random(&mut chance);
        if number % 2 == 1 {
            scene.failures = Failures::CrashRecovery;
        }
        for (case, counts) in cases.iter().zip(&mut counts) {
            let property = case.property;
            let mut held = true;
            for steps in 0..=scene.steps.len() {
                let prefix = scene.prefix(steps);
                let holds = (case.definition)(&prefix);
                for over in [false, true] {
                    let verdict = prefix.judge(property, over);
                    let expected = status(property.kind, holds, over);
                    assert_eq!(verdict.status(), expected, "{property:?}: {verdict:?} {prefix:?}");
                    let Verdict::Violated { witness, .. } = verdict else { continue };
                    assert!(witness.is_sorted() && witness.last().is_some_and(|at| *at < steps));
                    if property.kind == Kind::Safety && held && !case.mended {
                        assert_eq!(*witness.last().expect("there is one"), steps - 1);
                    }
                }
                assert!(held || !holds || case.mended || property.kind == Kind::Liveness);
                held = holds;
            }
            counts[usize::from(held)] += 1;
        }
    }
    for (case, [violated, held]) in cases.iter().zip(counts) {
        let property = case.property;
        assert!(violated >= 20 && held >= 20, "{property:?}: {violated} violated, {held} held");
    }
}

/// Asserts the verdict at the end of a history: holds, or a sentence and its witness.
#[track_caller]
pub(crate) fn says(property: &Property, scene: &Scene, expected: Option<(&str, &[usize])>) {
    let names = ["Alice", "Bob", "Carol", "Dave"].map(str::to_owned);
    let verdict = scene.judge(property, true);
    let said = match &verdict {
        Verdict::Violated { why, witness } => Some((spell(why, &names), witness.as_slice())),
        Verdict::Holds => None,
        Verdict::Undecided(_) => panic!("in the end nothing is undecided"),
    };
    assert_eq!(said.as_ref().map(|(why, witness)| (why.as_str(), *witness)), expected);
}

/// Asserts the sentence on a liveness property before the end of the run.
#[track_caller]
pub(crate) fn says_so_far(property: &Property, scene: &Scene, expected: &str) {
    let names = ["Alice", "Bob", "Carol", "Dave"].map(str::to_owned);
    let verdict = scene.judge(property, false);
    let Verdict::Undecided(why) = verdict else { panic!("{verdict:?}") };
    assert_eq!(spell(&why, &names), expected);
}
