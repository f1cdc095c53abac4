//! Pictures of merged events and messages: nothing that matters vanishes, and numbers are as counted.

use worldlines::{
    app::{Lens, Room, Shown, interesting_end},
    diagram::{Detail, Features, Layout, Limit, MarkShape, Scene, Window, mark_shape},
    kernel::{EventId, EventKind, NodeId, RequestSpec, Scenario, Verdict},
    protocols,
    runs::Outcome,
};

use crate::common::{
    chance::Chance,
    random_scenario::{Weather, random_scenario},
};

const ROOM: Room = Room { width: 1000.0, height: None, names: 100.0, strips: 0.0 };
/// Largest distance of a sign from its event: the width of a bin.
const NEAR: f64 = 16.0;

/// Features of a run, from its forests or without them.
fn features(run: &Outcome, forests: bool) -> Features {
    let (protocol, scenario, trace) = (run.protocol, &run.scenario, &run.trace);
    let features = match forests {
        true => Features::with_forests(protocol, scenario, trace),
        false => Features::new(protocol, scenario, trace),
    };
    features.judged(&run.report.judgements)
}

/// A merged picture of a part of a run, at a scale.
fn merged(run: &Outcome, features: &Features, zoom: f64, share: f64) -> (Layout, Scene) {
    limited(run, features, (zoom, share), 0.into())
}

/// The same within a limit.
fn limited(
    run: &Outcome,
    features: &Features,
    (zoom, share): (f64, f64),
    limit: Limit,
) -> (Layout, Scene) {
    let (nodes, end) = (run.scenario.nodes.len(), interesting_end(run));
    let shown = Shown { nodes, marks: features.busiest(), end };
    let lens = Lens::default().whole(shown, ROOM).zoomed(zoom, shown, ROOM);
    let layout = features.layout(&run.trace, nodes, lens.frame(shown, ROOM));
    let window = Window::around(share * layout.length(), ROOM.width, layout.length());
    let layout = layout.near(&run.trace, window).unwrap_or(layout);
    let drawn = (run.protocol, &run.scenario, &run.trace);
    let scene = Scene::part(features, drawn, &layout, window, limit);
    (layout, scene)
}

/// True for events that no picture may leave out.
fn is_notable(shape: MarkShape) -> bool {
    use MarkShape::{
        Abort, Commit, Crash, Decision, Leader, Pause, Recovery, Rollback, Traitor, View,
    };
    matches!(
        shape,
        Crash | Recovery | Pause | Traitor | Rollback | View | Decision | Leader | Commit | Abort
    )
}

/// Checks that everything that matters in the window is in the picture.
fn all_is_there(run: &Outcome, (layout, scene): &(Layout, Scene), what: &str) {
    let Some(merged) = &scene.merged else {
        // There is nothing in the window that could merge.
        assert_eq!(scene.detail, Detail::Full);
        return;
    };
    let at = |event: EventId| (run.trace.events[event].node, layout.along_event(event));
    let seen = |event: EventId| scene.window.meets(at(event).1, at(event).1);
    let stands_for = |sign: EventId, event: EventId| {
        let ((one, here), (other, there)) = (at(sign), at(event));
        one == other && (here - there).abs() <= NEAR
    };
    for (event, it) in run.trace.events.iter().enumerate().filter(|(event, _)| seen(*event)) {
        if matches!(it.kind, EventKind::Lose(..)) {
            let there = merged.losses.iter().any(|sign| stands_for(sign.event, event));
            assert!(there, "{what}: loss {event}");
        }
        let Some(shape) = mark_shape(&it.kind).filter(|shape| is_notable(*shape)) else { continue };
        let marked = scene.marks.iter().any(|mark| mark.event == event);
        let mut signs = merged.signs.iter().filter(|(of, _)| *of == shape);
        let there = marked || signs.any(|(_, sign)| stands_for(sign.event, event));
        assert!(there, "{what}: {shape:?} {event}");
    }
    for judgement in &run.report.judgements {
        let Verdict::Violated { witness, .. } = &judgement.verdict else { continue };
        let Some(&event) = witness.last().filter(|event| seen(**event)) else { continue };
        let there = merged.violations.iter().any(|sign| sign.event == event);
        assert!(there, "{what}: violation {event}");
    }
}

#[test]
fn merged_picture_at_any_scale_leaves_out_no_fault_loss_view_decision_or_violation() {
    for (seed, (_, protocol)) in protocols::catalogue().enumerate() {
        let mut chance = Chance::new(seed as u64 + 100);
        for _ in 0..3 {
            let scenario = random_scenario(protocol, &mut chance, Weather::Foul);
            let run = Outcome::of(scenario).expect("it runs");
            for forests in [false, true] {
                let features = features(&run, forests);
                for zoom in [1.0, 2.5, 7.0, 40.0] {
                    for share in [0.0, 0.4, 0.9] {
                        let place = (zoom, share);
                        for limit in [0.into(), Limit::passing(0)] {
                            let picture = limited(&run, &features, place, limit);
                            let what = format!("{}, {forests}, {place:?}, {limit:?}", protocol.id);
                            all_is_there(&run, &picture, &what);
                        }
                    }
                }
            }
        }
    }
}

/// Broadcasts among three, many each millisecond, with losses and crashes.
fn crowd() -> Outcome {
    let mut scenario = Scenario::new("reliable-broadcast", Scenario::numbered(3));
    scenario.requests = (0..400)
        .map(|index| RequestSpec {
            at: index as u64 / 8,
            node: NodeId::new(index % 3),
            name: "broadcast".to_owned(),
            with: Some(format!("m{index}").into()),
        })
        .collect();
    scenario.network.loss = worldlines::kernel::PerMillion(20_000);
    scenario.until = 400;
    Outcome::of(scenario).expect("it runs")
}

#[test]
fn merged_picture_of_many_faults_has_a_sign_in_every_bin() {
    let mut run = crowd();
    let faults = (0..600).map(|at| {
        let (node, at) = (NodeId::new(at % 3), at as u64 / 3);
        match at % 2 {
            0 => worldlines::kernel::Fault::Crash { node, at, after_sends: None },
            _ => worldlines::kernel::Fault::Recover { node, at },
        }
    });
    run.scenario.faults = faults.collect();
    let run = Outcome::of(run.scenario).expect("it runs");
    for forests in [false, true] {
        let features = features(&run, forests);
        for zoom in [1.0, 3.0] {
            for limit in [0.into(), Limit::passing(0)] {
                let picture = limited(&run, &features, (zoom, 0.2), limit);
                all_is_there(&run, &picture, &format!("{forests}, {zoom}, {limit:?}"));
            }
        }
    }
}

#[test]
fn bars_from_forests_count_as_those_of_events_one_by_one() {
    let run = crowd();
    let features = features(&run, true);
    let (layout, scene) = merged(&run, &features, 1.0, 0.0);
    let bars = scene.merged.expect("it merges").bars;
    for bar in bars {
        let (along, across) = layout.unpoint(bar.at);
        let is_in = |event: &EventId| {
            let it = &run.trace.events[*event];
            let here = layout.along_event(*event);
            let in_bin = (along - 2.0..along + 2.0).contains(&here);
            in_bin && layout.across(it.node) == across && it.kind.name() != "lose"
        };
        let count = (0..run.trace.events.len()).filter(is_in).count();
        assert_eq!(count, bar.count as usize, "at {along}");
    }
}

#[test]
fn passing_picture_counts_the_same_events_in_fewer_bars() {
    let run = crowd();
    let features = features(&run, true);
    let count_of = |limit: Limit| {
        let (_, scene) = limited(&run, &features, (1.0, 0.0), limit);
        let bars = scene.merged.expect("it merges").bars;
        (bars.len(), bars.iter().map(|bar| bar.count).sum::<u32>())
    };
    let (at_rest, passing) = (count_of(0.into()), count_of(Limit::passing(0)));
    assert!(passing.0 * 4 <= at_rest.0 * 3, "{passing:?} of {at_rest:?}");
    // A bin of very many events counts some losses as events.
    assert!(passing.1.abs_diff(at_rest.1) * 200 < at_rest.1, "{passing:?} of {at_rest:?}");
}

#[test]
fn crowded_messages_are_bands_with_their_numbers() {
    let run = crowd();
    assert!(run.trace.messages.len() > 2_000);
    for forests in [false, true] {
        let features = features(&run, forests);
        let (layout, scene) = merged(&run, &features, 1.0, 0.0);
        let merged = scene.merged.expect("it merges");
        assert!(!merged.sheaves.is_empty());
        for sheaf in &merged.sheaves {
            let [first, last, ..] = sheaf.corners.map(|corner| layout.unpoint(corner).0);
            let sent = |it: &&worldlines::kernel::Message| {
                let along = layout.along_event(it.sent);
                let pair = (it.name.from, it.name.to) == (sheaf.from, sheaf.to);
                pair && (first..=last).contains(&along)
            };
            let count = run.trace.messages.iter().filter(sent).count();
            // Without forests, lost messages have columns of their own.
            assert!(sheaf.count <= count, "{} of {count}", sheaf.count);
            assert!(sheaf.count * 10 >= count * 8, "{} of {count}", sheaf.count);
            assert!(sheaf.count as f64 >= (last - first) * 0.4);
        }
    }
}
