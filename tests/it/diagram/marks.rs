//! The marks of indications and metrics, on hand-made runs: every protocol with such indications is
//! drawn so.

use worldlines::{
    abstractions::{
        Value,
        broadcast::Deliver,
        checkpoint::{Ledger, Recorded},
        commit,
        consensus::Decide,
        detection::Notice,
        election::Leader,
        membership::GroupIndication,
        mutex::Access,
    },
    diagram::{
        Features, Frame, Layout, MarkShape, Oddity, Orientation, Scene, Sign, clashes, cuts,
        deadlock_sentence, event_sentence, graph, mark_shape, recoveries, signs, stays, views,
    },
    kernel::{
        Behaviour, Drawn, Event, EventKind, Fate, Indication, Message, MessageName, Metric, NodeId,
        NodeSet, Packet, Protocol, Sample, Scenario, Strategy, Tampering, Time, Topology, Trace,
    },
};

use crate::common::rumour::RUMOUR;

/// A protocol with both kinds of metrics. Its messages are delivered by groups.
const MEASURED: Protocol = Protocol {
    metrics: &[
        Metric { name: "round", unit: "", help: "Its round.", drawn: Drawn::Band, value: |_| 0 },
        Metric {
            name: "waiting",
            unit: "messages",
            help: "Its queue.",
            drawn: Drawn::Curve,
            value: |_| 0,
        },
    ],
    behaviour: Behaviour {
        delivers: |told| told.get::<GroupIndication>()?.delivers(),
        ..RUMOUR.behaviour
    },
    ..RUMOUR
};

/// A hand-made run of this many nodes.
struct Hand {
    scenario: Scenario,
    trace: Trace,
    now: Time,
}

impl Hand {
    fn new(nodes: usize) -> Self {
        let scenario = Scenario::new("rumour", Scenario::numbered(nodes));
        Self { scenario, trace: Trace { quiescent: true, ..Trace::default() }, now: 0 }
    }

    fn event(mut self, node: usize, kind: EventKind) -> Self {
        self.now += 10;
        self.trace.end = self.now;
        self.trace.events.push(Event { time: self.now, node: NodeId::new(node), kind });
        self
    }

    fn tell(self, node: usize, told: impl Indication) -> Self {
        let kind = told.kind();
        self.event(node, EventKind::Indicate { kind, packet: Packet::new(told) })
    }

    /// A message that is received 10 ms after it was sent.
    fn message(mut self, from: usize, to: usize, tampering: Option<Tampering>) -> Self {
        let (id, sent) = (self.trace.messages.len(), self.trace.events.len());
        self.trace.messages.push(Message {
            name: MessageName { from: NodeId::new(from), to: NodeId::new(to), number: 1 },
            packet: Packet::new(Value::from("m")),
            sent,
            fate: Fate::Received(sent + 1),
            copies: Vec::new(),
            transmission: None,
            tampering: tampering.map(Box::new),
        });
        self = self.event(from, EventKind::Send(id));
        self.event(to, EventKind::Receive(id))
    }

    fn sample(mut self, node: usize, values: [i64; 2]) -> Self {
        let events = self.trace.events.len();
        let node = NodeId::new(node);
        self.trace.samples.push(Sample { time: self.now, events, node, values: values.to_vec() });
        self
    }

    /// Its picture, in both directions of time.
    fn pictures(&self) -> Vec<(Layout, Scene)> {
        let frames =
            [(Orientation::Horizontal, 900.0, 100.0), (Orientation::Vertical, 430.0, 120.0)];
        let draw = |(orientation, length, gap)| {
            let frame = Frame { orientation, length, gap, end: self.now.max(1), apart: 1.0 };
            let layout = Layout::new(&self.trace, self.scenario.nodes.len(), frame);
            let scene = Scene::new(&MEASURED, &self.scenario, &self.trace, &layout);
            (layout, scene)
        };
        frames.map(draw).into()
    }

    fn signs(&self) -> Vec<Sign> {
        {
            let features = Features::new(&MEASURED, &self.scenario, &self.trace);
            signs(&features, &MEASURED, &self.scenario, &self.trace)
        }
    }

    fn shapes(&self) -> Vec<MarkShape> {
        self.trace.events.iter().filter_map(|event| mark_shape(&event.kind)).collect()
    }

    fn sentences(&self) -> Vec<String> {
        let events = 0..self.trace.events.len();
        events.map(|event| event_sentence(&self.scenario, &self.trace, event)).collect()
    }
}

fn set(nodes: &[usize]) -> NodeSet {
    nodes.iter().map(|&node| NodeId::new(node)).collect()
}

fn view(id: u32, members: &[usize]) -> GroupIndication {
    GroupIndication::View { id, members: set(members) }
}

fn delivery(from: usize, seq: u32) -> GroupIndication {
    let (from, payload) = (NodeId::new(from), Value::from("m"));
    GroupIndication::Deliver(Deliver { from, seq, payload })
}

fn ledger() -> Ledger {
    Ledger { balance: 70, sent: vec![], received: vec![], in_flight: vec![30], channels: vec![] }
}

fn enter() -> Access {
    Access::Enter { token: None }
}

#[test]
fn indication_of_every_kind_has_its_own_shape_and_sentence() {
    let (bob, term) = (NodeId::new(1), None);
    let hand = Hand::new(2)
        .tell(0, delivery(1, 1))
        .tell(0, view(2, &[0, 1]))
        .tell(0, GroupIndication::Respond { members: set(&[0, 1]) })
        .tell(0, GroupIndication::Refuse { why: "the group is closed" })
        .tell(0, enter())
        .tell(0, Access::Exit {})
        .tell(0, Decide { value: Value::from(5) })
        .tell(0, Leader { leader: bob, term })
        .tell(0, commit::CommitIndication::Decided(commit::Outcome::Commit {}))
        .tell(0, commit::CommitIndication::Decided(commit::Outcome::Abort {}))
        .tell(0, Notice::Suspect { node: bob })
        .tell(0, Notice::Restore { node: bob })
        .tell(0, Recorded::Record { snapshot: 3, balance: 70, sent: vec![] })
        .tell(0, Recorded::Snapshot { snapshot: 3, state: ledger() })
        .tell(0, Recorded::Checkpoint { index: 4 })
        .tell(0, Recorded::Rollback { index: 4, sent: vec![], received: vec![] })
        .tell(0, Recorded::Receive { from: bob, seq: 1, amount: 7 })
        .event(0, EventKind::Traitor(Strategy::Flip));
    let mut shapes = hand.shapes();
    shapes.sort_unstable();
    shapes.dedup();
    assert_eq!(shapes.len(), hand.trace.events.len() - 1, "both deliveries look alike: {shapes:?}");
    let expected = [
        "P1 delivers m",
        "P1 installs view 2: P1 and P2",
        "P1 answers P1 and P2",
        "P1 refuses (the group is closed)",
        "P1 enters the critical section",
        "P1 leaves the critical section",
        "P1 decides 5",
        "P1 accepts P2 as leader",
        "P1 commits",
        "P1 aborts",
        "P1 suspects P2",
        "P1 no longer suspects P2",
        "P1 records its state for snapshot 3: 70",
        "P1's part of snapshot 3: 70 + 30, is complete",
        "P1 saves checkpoint 4",
        "P1 rolls back to checkpoint 4",
        "P1 delivers 7",
        "P1 is a traitor: it lies to every node",
    ];
    assert_eq!(hand.sentences(), expected);
}

#[test]
fn view_is_drawn_as_a_barrier_through_its_installations() {
    let hand = Hand::new(4)
        .tell(2, view(1, &[0, 2, 3]))
        .tell(0, view(1, &[0, 2, 3]))
        .tell(0, view(2, &[0, 3]))
        .tell(3, view(1, &[0, 2, 3]))
        .tell(3, view(2, &[3]));
    let views: Vec<_> =
        views(&hand.trace).into_iter().map(|it| (it.id, it.members, it.installed)).collect();
    let expected =
        [(1, set(&[0, 2, 3]), vec![1, 0, 3]), (2, set(&[0, 3]), vec![2]), (2, set(&[3]), vec![4])];
    assert_eq!(views, expected, "who disagrees on the members does not meet the others");
    for (layout, scene) in hand.pictures() {
        let first = &scene.barriers[0];
        let label = first.label.as_ref().map(|label| label.text.as_str());
        assert!(label.is_some_and(|it| it.starts_with("view 1")), "{label:?}");
        let corners: Vec<_> = first.pieces[1..first.pieces.len() - 1]
            .iter()
            .flat_map(|piece| [piece.from, piece.to])
            .collect();
        let at = |event| layout.event_point(&hand.trace, event);
        assert_eq!(corners, [at(1), at(0), at(0), at(3)]);
        // It is drawn if both of its ends are.
        assert_eq!(first.pieces.iter().map(|it| it.since).collect::<Vec<_>>(), [1, 1, 3, 3]);
        let [.., last] = &first.pieces[..] else { panic!("it has pieces") };
        assert!(layout.unpoint(last.to).1 > layout.across(NodeId::new(3)), "it reaches beyond");
    }
}

#[test]
fn critical_section_is_a_bar_and_two_at_once_are_marked_as_overlapping() {
    let hand = Hand::new(3)
        .tell(0, enter())
        .tell(0, Access::Exit {})
        .tell(1, enter())
        .tell(2, enter())
        .event(1, EventKind::Crash)
        .event(1, EventKind::Recover);
    let stays = stays(&hand.trace);
    let ends: Vec<_> = stays.iter().map(|stay| (stay.entered, stay.left)).collect();
    assert_eq!(ends, [(0, Some(1)), (2, Some(4)), (3, None)], "a crash ends a stay");
    let clashes = clashes(&stays);
    let [clash] = clashes[..] else { panic!("there is one: {clashes:?}") };
    assert_eq!((clash.first, clash.second), (NodeId::new(1), NodeId::new(2)));
    assert_eq!((clash.from, clash.until), (3, Some(4)));
    for (layout, scene) in hand.pictures() {
        assert_eq!(scene.sections.len(), 3);
        let [field] = scene.clashes[..] else { panic!("there is one") };
        let ((from, one), (to, other)) = (layout.unpoint(field.from), layout.unpoint(field.to));
        assert_eq!((from, to), (layout.along_event(3), layout.along_event(4)));
        assert_eq!((one, other), (layout.across(clash.first), layout.across(clash.second)));
    }
    assert!(hand.signs().contains(&Sign::Clash));
}

#[test]
fn message_is_stable_once_every_member_of_the_view_has_delivered_it() {
    let hand = Hand::new(3)
        .tell(0, delivery(0, 1))
        .tell(1, delivery(0, 1))
        .tell(2, delivery(0, 1))
        .tell(0, delivery(0, 2))
        .tell(0, view(2, &[0, 1]))
        .tell(1, view(2, &[0, 1]))
        .tell(1, delivery(1, 1))
        .tell(0, delivery(1, 1));
    for (_, scene) in hand.pictures() {
        let stable: Vec<_> =
            scene.marks.iter().filter_map(|mark| Some((mark.event, mark.stable?))).collect();
        assert_eq!(stable, [(0, 2), (1, 2), (2, 2), (6, 7), (7, 7)]);
    }
    assert!(hand.signs().contains(&Sign::Stable));
}

#[test]
fn message_is_stable_without_deliveries_of_routers() {
    let mut hand = Hand::new(3).tell(0, delivery(0, 1)).tell(2, delivery(0, 1));
    assert!(!hand.signs().contains(&Sign::Stable));
    let links = vec![[NodeId::new(0), NodeId::new(1)], [NodeId::new(1), NodeId::new(2)]];
    hand.scenario.network.topology = Topology::Links { links, routers: set(&[1]) };
    assert!(hand.signs().contains(&Sign::Stable));
    let (_, scene) = hand.pictures().remove(0);
    assert_eq!(
        scene.lanes.iter().map(|lane| lane.router).collect::<Vec<_>>(),
        [false, true, false]
    );
}

#[test]
fn snapshot_cut_passes_through_the_recorded_states() {
    let record = |snapshot| Recorded::Record { snapshot, balance: 70, sent: vec![] };
    let complete = |snapshot| Recorded::Snapshot { snapshot, state: ledger() };
    let hand = Hand::new(3)
        .tell(2, record(1))
        .tell(0, record(1))
        .tell(1, record(2))
        .tell(2, complete(1))
        .tell(1, record(1));
    let recorded: Vec<_> =
        cuts(&hand.trace).into_iter().map(|cut| (cut.snapshot, cut.recorded)).collect();
    assert_eq!(recorded, [(1, vec![1, 4, 0]), (2, vec![2])]);
    for (layout, scene) in hand.pictures() {
        let at = |event| layout.event_point(&hand.trace, event);
        let pieces: Vec<_> =
            scene.across[0].pieces.iter().map(|it| (it.from, it.to, it.since)).collect();
        assert_eq!(pieces, [(at(1), at(4), 4), (at(4), at(0), 4)]);
    }
    assert!(hand.signs().contains(&Sign::Cut));
}

#[test]
fn rollback_marks_the_events_after_its_checkpoint_as_undone() {
    let back = |index| Recorded::Rollback { index, sent: vec![], received: vec![] };
    let hand = Hand::new(3)
        .tell(0, Recorded::Checkpoint { index: 1 })
        .tell(1, Recorded::Checkpoint { index: 1 })
        .tell(0, Recorded::Checkpoint { index: 2 })
        .tell(0, back(2))
        .tell(1, back(1))
        .tell(2, back(0))
        .tell(0, back(1));
    let undone: Vec<Vec<_>> = recoveries(&hand.trace)
        .into_iter()
        .map(|all| all.into_iter().map(|it| (it.from, it.until)).collect())
        .collect();
    let (first, second) = (vec![(Some(2), 3), (Some(1), 4), (None, 5)], vec![(Some(0), 6)]);
    assert_eq!(undone, [first, second], "who goes back twice does so in another recovery");
    for (layout, scene) in hand.pictures() {
        let at = |event| layout.event_point(&hand.trace, event);
        let start = layout.point(layout.along_time(0.0), layout.across(NodeId::new(2)));
        assert_eq!(scene.across[0].posts, [at(2), at(1), start]);
        assert_eq!(scene.strikes.len(), 4);
        assert_eq!((scene.strikes[0].from, scene.strikes[0].to), (at(2), at(3)));
    }
    let signs = hand.signs();
    assert!(signs.contains(&Sign::Undone) && signs.contains(&Sign::RecoveryLine));
}

#[test]
fn band_lasts_while_its_value_stays_and_its_node_is_up() {
    let stamp = || Notice::Suspect { node: NodeId::new(1) };
    let hand = Hand::new(2)
        .sample(0, [0, 0])
        .tell(0, stamp())
        .sample(0, [1, 0])
        .tell(0, stamp())
        .sample(0, [1, 3])
        .tell(0, stamp())
        .sample(0, [2, 1])
        .event(0, EventKind::Crash)
        .event(0, EventKind::Recover)
        .tell(1, stamp());
    for (layout, scene) in hand.pictures() {
        let spans: Vec<_> = scene
            .bands
            .iter()
            .map(|band| (band.value, layout.unpoint(band.from).0, layout.unpoint(band.to).0))
            .collect();
        let along = |event: usize| layout.along_event(event);
        let last = layout.along_time(hand.now as f64);
        let expected = [(1, along(0), along(2)), (2, along(2), along(3)), (2, along(4), last)];
        assert_eq!(spans, expected);
        let numbers: Vec<_> = scene
            .bands
            .iter()
            .filter_map(|band| Some(band.label.as_ref()?.text.as_str()))
            .collect();
        assert!(numbers.contains(&"1") && numbers.contains(&"2"), "{numbers:?}");
    }
    assert!(hand.signs().contains(&Sign::Band(0)));
}

#[test]
fn curve_is_straight_between_samples_and_jumps_at_events() {
    let stamp = || Notice::Suspect { node: NodeId::new(1) };
    let hand = Hand::new(2)
        .sample(0, [0, 0])
        .tell(0, stamp())
        .sample(0, [0, 4])
        .tell(1, stamp())
        .sample(1, [0, -3])
        .tell(0, stamp());
    for (layout, scene) in hand.pictures() {
        let [plot] = &scene.plots[..] else { panic!("one metric is a curve") };
        let nodes: Vec<_> = plot.curves.iter().map(|curve| curve.node.index()).collect();
        assert_eq!(nodes, [0, 1]);
        let axis: Vec<_> = plot.grid.iter().map(|grid| grid.label.text.as_str()).collect();
        assert_eq!(axis, ["-3", "4", "0"]);
        let alongs: Vec<_> =
            plot.curves[0].points.iter().map(|&point| layout.unpoint(point).0).collect();
        assert_eq!(alongs[..2], [layout.along_time(0.0), layout.along_event(0)]);
        let across: Vec<_> =
            plot.curves[0].points.iter().map(|&point| layout.unpoint(point).1).collect();
        assert!(across.iter().all(|it| *it > layout.breadth()), "beside the lines");
        let up = across[1] < across[0];
        assert_eq!(up, layout.orientation() == Orientation::Horizontal, "upwards, or to the right");
        assert!(plot.curves.iter().all(|curve| curve.label.is_some()));
        let whole = layout.unpoint(plot.to);
        assert!(scene.width >= plot.to.x.min(plot.from.x) && whole.1 > layout.breadth());
    }
}

#[test]
fn curve_ends_at_the_last_crash_of_its_node() {
    let hand = Hand::new(2)
        .sample(0, [0, 2])
        .sample(1, [0, 2])
        .event(0, EventKind::Crash)
        .event(1, EventKind::Crash)
        .event(1, EventKind::Recover);
    for (layout, scene) in hand.pictures() {
        let ends: Vec<_> = scene.plots[0]
            .curves
            .iter()
            .map(|curve| layout.unpoint(*curve.points.last().expect("it has points")).0)
            .collect();
        assert_eq!(ends, [layout.along_event(0), layout.along_time(hand.now as f64)]);
    }
}

#[test]
fn message_that_is_forged_or_corrupted_is_drawn_differently() {
    let tampering = |truth: Option<&str>, damaged: Option<&str>| {
        let packet = |text: Option<&str>| text.map(|text| Packet::new(Value::from(text)));
        Some(Tampering { truth: packet(truth), damaged: packet(damaged) })
    };
    let hand = Hand::new(2)
        .message(0, 1, tampering(Some("attack"), None))
        .message(0, 1, tampering(None, Some("n")))
        .message(0, 1, None);
    for (_, scene) in hand.pictures() {
        let odd: Vec<_> = scene.arrows.iter().map(|arrow| arrow.oddity).collect();
        assert_eq!(odd, [Some(Oddity::Forged), Some(Oddity::Corrupt), None]);
        let said: Vec<_> =
            scene.arrows.iter().map(|it| it.label.as_ref().map(|it| it.text.as_str())).collect();
        assert_eq!(said, [Some("m"), Some("m → n"), Some("m")]);
    }
    let signs = hand.signs();
    assert!(signs.contains(&Sign::Odd(Oddity::Forged)));
    assert!(signs.contains(&Sign::Odd(Oddity::Corrupt)));
}

#[test]
fn deadlock_is_drawn_and_has_a_sentence() {
    let mut hand = Hand::new(3).tell(0, enter());
    assert_eq!(deadlock_sentence(&hand.scenario, &hand.trace), None);
    hand.trace.waits_for = [2, 0, 1].map(|next| NodeSet::from(NodeId::new(next))).into();
    let said = deadlock_sentence(&hand.scenario, &hand.trace);
    assert_eq!(said.as_deref(), Some("Deadlock: P1 → P3 → P2 → P1 wait for each other"));
    for (layout, scene) in hand.pictures() {
        let pairs: Vec<_> =
            scene.circle.iter().map(|it| (it.node.index(), it.for_whom.index())).collect();
        assert_eq!(pairs, [(0, 2), (2, 1), (1, 0)]);
        for waiting in &scene.circle {
            assert_eq!(layout.unpoint(waiting.from).1, layout.across(waiting.node));
            assert_eq!(layout.unpoint(waiting.to).1, layout.across(waiting.for_whom));
        }
    }
}

#[test]
fn network_of_routers_is_laid_out_without_overlap() {
    let pairs = |links: &[(usize, usize)]| -> Vec<_> {
        links.iter().map(|&(one, other)| [NodeId::new(one), NodeId::new(other)]).collect()
    };
    let given = |links: &[(usize, usize)], routers: &[usize]| Topology::Links {
        links: pairs(links),
        routers: set(routers),
    };
    let star: Vec<_> = (1..9).map(|node| (0, node)).collect();
    let grid: Vec<_> = (0..9)
        .flat_map(|node| {
            let right = (node % 3 < 2).then_some((node, node + 1));
            let down = (node < 6).then_some((node, node + 3));
            [right, down].into_iter().flatten()
        })
        .collect();
    let all = [
        (5, Topology::Ring),
        (12, Topology::Ring),
        (5, Topology::Line),
        (7, Topology::Tree),
        (9, given(&star, &[0])),
        (9, given(&grid, &[4])),
        (6, given(&[(0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (2, 5)], &[0, 1, 2, 3])),
        (4, given(&[(0, 1), (2, 3)], &[])),
        (128, Topology::Ring),
        (128, Topology::Tree),
    ];
    for (size, topology) in all {
        let mut scenario = Scenario::new("rumour", Scenario::numbered(size));
        scenario.network.topology = topology.clone();
        let graph = graph(&scenario).expect("it is not full");
        let expected: usize = topology.neighbours(size).iter().map(|it| it.len()).sum();
        assert_eq!(graph.links.len(), expected / 2);
        for (place, one) in graph.places.iter().enumerate() {
            assert_eq!(one.router, topology.routers().contains(one.node));
            assert!(one.at.x > 9.0 && one.at.x < graph.width - 9.0, "{topology:?}");
            assert!(one.at.y > 9.0 && one.at.y < graph.height - 9.0, "{topology:?}");
            if size < 20 {
                assert!(one.label.is_some(), "{topology:?} has room for {place}");
            }
            for other in &graph.places[..place] {
                let apart = (one.at.x - other.at.x).hypot(one.at.y - other.at.y);
                assert!(apart >= 30.0, "{topology:?}: {apart}");
            }
        }
        assert_eq!(Some(graph), worldlines::diagram::graph(&scenario), "it is always the same");
    }
    assert_eq!(graph(&Scenario::new("rumour", Scenario::numbered(3))), None);
}
