//! Geometry: every event has its place, arrows point forward in time, labels do not overlap.

use worldlines::{
    app::interesting_end,
    diagram::{
        ArrowEnd, Frame, Label, LaneState, Layout, MarkShape, Orientation, Scene, event_sentence,
        fault_sentence, message_sentence, waits,
    },
    formats::bundled,
    kernel::{Fate, Fault, MessageName, NodeId, NodeSet, PerMillion, Strategy},
    protocols,
    runs::Outcome,
};

use crate::common::{
    budget::DRAWN,
    chance::Chance,
    random_scenario::{Weather, random_scenario},
};

const FRAMES: [(Orientation, f64, f64); 2] =
    [(Orientation::Horizontal, 930.0, 118.0), (Orientation::Vertical, 430.0, 120.0)];

fn pictures(run: &Outcome) -> Vec<(Layout, Scene)> {
    let end = interesting_end(run);
    let frames = FRAMES.map(|(orientation, length, gap)| Frame {
        orientation,
        length,
        gap,
        end,
        apart: 1.0,
    });
    let draw = |frame| {
        let layout = Layout::new(&run.trace, run.scenario.nodes.len(), frame);
        let scene = Scene::new(run.protocol, &run.scenario, &run.trace, &layout);
        (layout, scene)
    };
    frames.map(draw).into()
}

fn opened(path: &str) -> Outcome {
    let bundled = bundled::find(path).expect("it is bundled");
    bundled.outcome().expect("it runs")
}

/// Every bundled run, and many random ones of every protocol.
fn runs() -> Vec<Outcome> {
    let bundled = bundled::bundled().into_iter().map(|each| each.outcome().expect("it runs"));
    let random = protocols::catalogue().flat_map(|(_, protocol)| {
        (0..DRAWN.runs()).map(|seed| {
            let scenario = random_scenario(protocol, &mut Chance::new(seed), Weather::Foul);
            Outcome::of(scenario).expect("it runs")
        })
    });
    bundled.chain(random).collect()
}

#[test]
fn marks_of_one_lane_keep_their_distance_and_the_order_of_events() {
    for run in runs() {
        for (layout, scene) in pictures(&run) {
            let mut last = vec![f64::NEG_INFINITY; run.scenario.nodes.len()];
            for mark in &scene.marks {
                let node = run.trace.events[mark.event].node;
                let (along, across) = layout.unpoint(mark.at);
                assert!(along - last[node.index()] > 9.999, "{}", run.text());
                assert_eq!(across, layout.across(node));
                last[node.index()] = along;
            }
        }
    }
}

#[test]
fn arrow_of_every_message_points_forward_and_ends_with_its_fate() {
    for run in runs() {
        for (layout, scene) in pictures(&run) {
            let copies: usize =
                run.trace.messages.iter().map(|message| 1 + message.copies.len()).sum();
            assert_eq!(scene.arrows.len(), copies);
            for arrow in &scene.arrows {
                let message = &run.trace.messages[arrow.message];
                let ((from, start), (to, end)) =
                    (layout.unpoint(arrow.from), layout.unpoint(arrow.to));
                assert!(to > from, "{:?}", message.name);
                assert_eq!(start, layout.across(message.name.from));
                let there = layout.across(message.name.to);
                match arrow.end {
                    ArrowEnd::Head => assert_eq!(end, there),
                    ArrowEnd::Cross(_) => assert!((end - start).abs() < (there - start).abs()),
                    ArrowEnd::Open => assert_eq!(arrow.ended, None),
                }
            }
        }
    }
}

/// The smallest size of a label in any font.
fn covers(label: &Label) -> [f64; 4] {
    let half = label.text.chars().count() as f64 * 2.7;
    [label.at.x - half, label.at.y - 5.0, label.at.x + half, label.at.y + 5.0]
}

#[test]
fn labels_do_not_overlap_and_are_not_cut_off() {
    let mut drawn = 0;
    for run in runs() {
        for (_, scene) in pictures(&run) {
            let of_marks = scene.marks.iter().filter_map(|mark| mark.label.as_ref());
            let of_arrows = scene.arrows.iter().filter_map(|arrow| arrow.label.as_ref());
            let of_walls = scene.walls.iter().filter_map(|wall| wall.label.as_ref());
            let of_views = scene.barriers.iter().filter_map(|barrier| barrier.label.as_ref());
            let of_bands = scene.bands.iter().filter_map(|band| band.label.as_ref());
            let curves = scene.plots.iter().flat_map(|plot| &plot.curves);
            let of_curves = curves.filter_map(|curve| curve.label.as_ref());
            let of_measures = of_bands.chain(of_curves);
            let all = of_marks.chain(of_arrows).chain(of_walls).chain(of_views).chain(of_measures);
            let labels: Vec<_> = all.map(covers).collect();
            drawn += labels.len();
            for (place, a) in labels.iter().enumerate() {
                assert!(a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= scene.width && a[3] <= scene.height);
                for b in &labels[place + 1..] {
                    let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
                    assert!(apart, "{a:?} {b:?} {}", run.text());
                }
            }
        }
    }
    assert!(drawn > 5_000, "{drawn} labels");
}

#[test]
fn texts_of_the_lines_keep_off_the_curves_of_metrics() {
    let mut drawn = 0;
    for run in runs() {
        for (layout, scene) in
            pictures(&run).into_iter().filter(|(_, scene)| !scene.plots.is_empty())
        {
            let of_marks = scene.marks.iter().filter_map(|mark| mark.label.as_ref());
            let of_arrows = scene.arrows.iter().filter_map(|arrow| arrow.label.as_ref());
            for label in of_marks.chain(of_arrows) {
                let [left, top, right, bottom] = covers(label);
                let far = |x, y| layout.unpoint(worldlines::diagram::Point { x, y }).1;
                let reach = far(right, bottom).max(far(left, top));
                // The strip of a metric begins with 12 pixels without a curve.
                assert!(reach <= layout.breadth() + 12.0, "{}: {}", label.text, run.text());
                drawn += 1;
            }
        }
    }
    assert!(drawn > 1_000, "{drawn} labels");
}

#[test]
fn opening_scene_labels_everything() {
    let run = opened("reliable/best-effort-broadcast/sender-crashes-half-way");
    for (_, scene) in pictures(&run) {
        let shapes: Vec<_> = scene.marks.iter().map(|mark| mark.shape).collect();
        use MarkShape::{Crash, Delivery, Receipt, Request};
        assert_eq!(shapes, [Request, Crash, Receipt, Delivery]);
        let texts = scene.marks.iter().filter_map(|mark| Some(mark.label.as_ref()?.text.as_str()));
        assert_eq!(texts.collect::<Vec<_>>(), ["broadcast m1", "deliver m1"]);
        assert!(scene.arrows.iter().all(|arrow| arrow.label.is_some()));
        let alice: Vec<_> = scene.lanes[0].stretches.iter().map(|stretch| stretch.state).collect();
        assert_eq!(alice, [LaneState::Up, LaneState::Down]);
        assert_eq!(scene.flags.len(), run.scenario.captions.len());
    }
}

#[test]
fn layout_after_an_edit_moves_only_what_changed() {
    let before = opened("reliable/best-effort-broadcast/receiver-crashes");
    let message = MessageName { from: NodeId::new(0), to: NodeId::new(2), number: 1 };
    let mut scenario = before.scenario.clone();
    scenario.faults.push(Fault::Delay { message, by: 9 });
    let after = Outcome::of(scenario).expect("it runs");
    // One axis for both: the page keeps it while the reader drags a message.
    let end = interesting_end(&after);
    for (orientation, length, gap) in FRAMES {
        let frame = Frame { orientation, length, gap, end, apart: 1.0 };
        let arrows = |run: &Outcome| {
            let layout = Layout::new(&run.trace, run.scenario.nodes.len(), frame);
            let scene = Scene::new(run.protocol, &run.scenario, &run.trace, &layout);
            let named = scene.arrows.into_iter();
            named.map(|a| (run.trace.messages[a.message].name, a.from, a.to)).collect::<Vec<_>>()
        };
        for (one, other) in arrows(&before).into_iter().zip(arrows(&after)) {
            assert_eq!(one == other, one.0 != message, "{one:?} {other:?}");
        }
    }
}

#[test]
fn reply_that_overtakes_is_drawn_waiting_for_its_question() {
    let run = opened("ordering/causal-multicast/reply-overtakes");
    let waits = waits(run.protocol, &run.scenario, &run.trace);
    let [wait] = waits[..] else { panic!("one message waits: {waits:?}") };
    assert_eq!(run.scenario.name(wait.node), "Carol");
    let sentence = |event| event_sentence(&run.scenario, &run.trace, event);
    assert!(sentence(wait.received).starts_with("Carol receives yes"));
    assert_eq!(wait.delivered.map(sentence).as_deref(), Some("Carol delivers yes"));

    let run = opened("ordering/causal-multicast/question-never-comes");
    let for_ever = worldlines::diagram::waits(run.protocol, &run.scenario, &run.trace);
    assert!(for_ever.iter().any(|wait| wait.delivered.is_none()), "{for_ever:?}");
}

#[test]
fn partition_is_drawn_as_a_wall_between_its_sides_only() {
    let mut scenario = opened("reliable/best-effort-broadcast/receiver-crashes").scenario;
    let side: NodeSet = [NodeId::new(0), NodeId::new(1)].into_iter().collect();
    scenario.faults = vec![Fault::Partition { groups: vec![side], at: 12, until: 40 }];
    let run = Outcome::of(scenario).expect("it runs");
    for (layout, scene) in pictures(&run) {
        let places: Vec<_> = scene
            .walls
            .iter()
            .map(|wall| {
                let ((from, one), (to, other)) =
                    (layout.unpoint(wall.from), layout.unpoint(wall.to));
                assert!((layout.time_at(from) - 12.0).abs() < 0.01);
                assert!((layout.time_at(to) - 40.0).abs() < 0.01);
                layout.lanes_at((one + other) / 2.0)
            })
            .collect();
        // Alice and Bob are together; Carol and Dave, left out, are alone.
        assert_eq!(places, [1.5, 2.5]);
        let lost = scene.arrows.iter().filter(|arrow| matches!(arrow.end, ArrowEnd::Cross(_)));
        let crosses: Vec<_> =
            lost.map(|arrow| layout.lanes_at(layout.unpoint(arrow.to).1)).collect();
        assert!(!crosses.is_empty());
        // Alice's messages end at the first wall on their path, and Dave's at his own.
        assert!(crosses.iter().all(|cross| [1.5, 2.5].contains(cross)), "{crosses:?}");
    }
    let sentence = fault_sentence(&run.scenario, &run.scenario.faults[0]);
    assert_eq!(sentence, "the network is partitioned: Alice and Bob | Carol | Dave");
}

#[test]
fn fault_of_every_kind_has_a_sentence() {
    let scenario = opened("reliable/best-effort-broadcast/receiver-crashes").scenario;
    let (alice, bob) = (NodeId::new(0), NodeId::new(1));
    let message = MessageName { from: alice, to: bob, number: 1 };
    let say = |fault| fault_sentence(&scenario, &fault);
    let corrupt = |bits| say(Fault::Corrupt { message, bits });
    assert_eq!(corrupt(vec![3]), "1 bit of message 1 from Alice to Bob flipped in transit");
    assert_eq!(corrupt(vec![3, 4]), "2 bits of message 1 from Alice to Bob flipped in transit");
    let forge = Fault::Forge { message, with: "no".into() };
    assert_eq!(say(forge), "message 1 from Alice to Bob says \"no\" instead");
    let drift = |rate, offset| say(Fault::Drift { node: bob, rate: PerMillion(rate), offset });
    assert_eq!(drift(1_000_000, 0), "Bob's clock is right");
    assert_eq!(drift(1_000_000, 5), "Bob's clock begins 5 ms ahead");
    assert_eq!(drift(1_010_000, 0), "Bob's clock runs at 1.01 times the correct rate");
    assert_eq!(
        drift(500_000, 7),
        "Bob's clock begins 7 ms ahead and runs at 0.5 times the correct rate"
    );
    let strategies = Strategy::ALL.map(|strategy| say(Fault::Traitor { node: bob, strategy }));
    assert!(strategies.iter().all(|it| it.starts_with("Bob is a traitor: it ")), "{strategies:?}");
    assert!(
        strategies.iter().all(|it| strategies.iter().filter(|other| *other == it).count() == 1)
    );
}

#[test]
fn sentence_uses_the_readers_names_of_nodes() {
    for run in runs() {
        let no_glyphs = |sentence: &str| {
            assert!(!worldlines::kernel::has_reserved(sentence), "{sentence:?}");
        };
        for event in 0..run.trace.events.len() {
            no_glyphs(&event_sentence(&run.scenario, &run.trace, event));
        }
        for (place, message) in run.trace.messages.iter().enumerate() {
            let sentence = message_sentence(&run.scenario, &run.trace, place);
            no_glyphs(&sentence);
            let is_lost = matches!(message.overall(), Fate::Lost(..));
            assert_eq!(sentence.contains("lost ("), is_lost, "{sentence}");
        }
    }
}
