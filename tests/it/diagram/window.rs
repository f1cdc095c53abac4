//! Drawing of a run: only the visible part, as fine as the space allows.

use worldlines::{
    app::{Lens, Room, Shown, interesting_end},
    diagram::{
        Arrow, Detail, Features, Frame, Layout, MarkShape, Orientation, Scene, Window, overview,
    },
    kernel::{Delay, Fault, NetworkSpec, NodeId, PerMillion, RequestSpec, Scenario},
    protocols,
    runs::Outcome,
};

use crate::common::{
    chance::Chance,
    random_scenario::{Weather, random_scenario},
};

const ROOM: Room = Room { width: 1000.0, height: None, names: 100.0, strips: 0.0 };

/// Broadcasts, one each millisecond, with a crash and losses among them.
fn long_run(requests: usize) -> Outcome {
    let protocol = "reliable-broadcast";
    let mut scenario = Scenario::new(protocol, Scenario::numbered(5));
    scenario.requests = (0..requests)
        .map(|index| RequestSpec {
            at: index as u64,
            node: NodeId::new(index % 5),
            name: "broadcast".to_owned(),
            with: Some(format!("m{index}").into()),
        })
        .collect();
    let loss = PerMillion(5_000);
    scenario.network =
        NetworkSpec { loss, delay: Delay { min: 10, max: 30 }, ..NetworkSpec::default() };
    let at = requests as u64 / 2;
    scenario.faults.push(Fault::Crash { node: NodeId::new(1), at, after_sends: None });
    scenario.until = requests as u64 + 200;
    Outcome::of(scenario).expect("it runs")
}

fn features(run: &Outcome) -> Features {
    Features::new(run.protocol, &run.scenario, &run.trace)
}

fn shown(run: &Outcome) -> Shown {
    let marks = features(run).busiest();
    Shown { nodes: run.scenario.nodes.len(), marks, end: interesting_end(run) }
}

fn part(run: &Outcome, frame: Frame, window: Window, limit: usize) -> (Layout, Scene) {
    let layout = Layout::new(&run.trace, run.scenario.nodes.len(), frame);
    let drawn = (run.protocol, &run.scenario, &run.trace);
    let scene = Scene::part(&features(run), drawn, &layout, window, limit);
    (layout, scene)
}

#[test]
fn window_shows_the_same_marks_at_the_same_places_as_the_whole_scene() {
    for (seed, (_, protocol)) in protocols::catalogue().enumerate() {
        let mut chance = Chance::new(seed as u64);
        let scenario = random_scenario(protocol, &mut chance, Weather::Foul);
        let run = Outcome::of(scenario).expect("it runs");
        for orientation in [Orientation::Horizontal, Orientation::Vertical] {
            let lens = Lens { orientation: Some(orientation), scale: None };
            let frame = lens.frame(shown(&run), ROOM);
            let (layout, whole) = part(&run, frame, Window::WHOLE, usize::MAX);
            for tenth in 0..10 {
                let from = layout.length() / 10.0 * f64::from(tenth);
                let window = Window { from, to: from + layout.length() / 6.0 };
                let (_, seen) = part(&run, frame, window, usize::MAX);
                let along = |point| layout.unpoint(point).0;
                let wanted =
                    whole.marks.iter().filter(|it| window.meets(along(it.at), along(it.at)));
                let there = |at| seen.marks.iter().any(|mark| mark.event == at);
                assert!(wanted.clone().all(|mark| there(mark.event)), "{}", protocol.id);
                for mark in &seen.marks {
                    assert!(
                        whole.marks.iter().any(|it| (it.event, it.at) == (mark.event, mark.at))
                    );
                }
                let meets = |from, to| window.meets(along(from), along(to));
                let mut wanted = whole.arrows.iter().filter(|it| meets(it.from, it.to));
                let mut drawn = seen.arrows.iter();
                assert!(wanted.by_ref().zip(drawn.by_ref()).all(|(one, other)| {
                    (one.message, one.copy, one.from, one.to)
                        == (other.message, other.copy, other.from, other.to)
                }));
                assert!(wanted.next().is_none() && drawn.next().is_none(), "{}", protocol.id);
                let bars = whole.held_back.iter().filter(|it| meets(it.from, it.to)).count();
                assert_eq!(seen.held_back.len(), bars);
                let bars = whole.sections.iter().filter(|it| meets(it.from, it.to)).count();
                assert_eq!(seen.sections.len(), bars);
            }
        }
    }
}

#[test]
fn scene_from_far_away_merges_marks_except_faults() {
    let run = long_run(200);
    let lens = Lens::default().whole(shown(&run), ROOM);
    let frame = lens.frame(shown(&run), ROOM);
    assert_eq!(frame.length, 900.0);
    let (layout, scene) = part(&run, frame, Window::WHOLE, 2_000);
    assert_eq!(scene.detail, Detail::Merged);
    assert!(scene.arrows.is_empty());
    let [crash] = &scene.marks[..] else { panic!("{:?}", scene.marks) };
    assert_eq!(crash.shape, MarkShape::Crash);
    let merged = scene.merged.expect("it merges");
    let events = run.trace.events.iter().filter(|event| event.kind.name() != "lose").count();
    assert_eq!(merged.bars.iter().map(|bar| bar.count as usize).sum::<usize>(), events);
    assert!(merged.bars.len() < 1_200 && merged.strokes.len() < 8_000);
    assert!(!merged.losses.is_empty());
    // Everything stays within the frame although thousands of marks crowd on its lines.
    assert!(layout.length() < 960.0, "{}", layout.length());
}

#[test]
fn scene_from_nearby_shows_every_mark_with_its_text() {
    let run = long_run(200);
    let mut lens = Lens::default().whole(shown(&run), ROOM);
    let mut seen = Vec::new();
    for _ in 0..16 {
        let frame = lens.frame(shown(&run), ROOM);
        let window = Window::around(frame.length / 2.0, 900.0, frame.length);
        let (_, scene) = part(&run, frame, window, 2_000);
        let ends = |it: &&Arrow| [it.from, it.to].iter().any(|at| window.meets(at.x, at.x));
        let full = scene.detail == Detail::Full;
        let ending = scene.arrows.iter().filter(ends).count();
        let elements = scene.arrows.len()
            + scene.marks.len() * if full { 3 } else { 2 }
            + if full { ending * 6 } else { 0 };
        assert!(elements <= 2_100, "{elements}");
        seen.push(scene.detail);
        lens = lens.zoomed(1.5, shown(&run), ROOM);
    }
    seen.dedup();
    assert_eq!(seen, [Detail::Merged, Detail::Lean, Detail::Full]);
    // And it is bounded.
    assert_eq!(
        lens.zoomed(1e9, shown(&run), ROOM),
        lens.zoomed(1e9, shown(&run), ROOM).zoomed(1.5, shown(&run), ROOM)
    );
}

#[test]
fn lens_on_a_short_run_gives_marks_room_and_on_a_very_long_run_shows_the_whole() {
    let frame = |marks| Lens::default().frame(Shown { nodes: 3, marks, end: 100 }, ROOM);
    assert_eq!((frame(10).length, frame(10).apart), (900.0, 1.0));
    assert_eq!((frame(100).length, frame(100).apart), (1700.0, 1.0));
    assert_eq!(frame(20_000).length, 900.0);
    assert!(frame(20_000).apart < 0.01);
    let narrow = Room { width: 390.0, ..ROOM };
    assert_eq!(Lens::default().orientation(narrow), Orientation::Vertical);
    let turned = Lens { orientation: Some(Orientation::Horizontal), scale: None };
    assert_eq!(turned.orientation(narrow), Orientation::Horizontal);
}

#[test]
fn window_covers_the_visible_part_at_every_scroll_position() {
    for scrolled in 0..2_000 {
        let scrolled = f64::from(scrolled) * 4.1;
        let Window { from, to } = Window::around(scrolled, 800.0, 10_000.0);
        assert!(from <= scrolled.min(9_200.0) && to >= (scrolled + 800.0).min(10_000.0));
        assert!(to - from <= 800.0 * 1.76, "{from} {to}");
    }
    assert_eq!(Window::around(50.0, 800.0, 1_200.0), Window::WHOLE);
}

#[test]
fn overview_counts_all_events_and_shows_faults_and_violations() {
    let run = long_run(60);
    let end = interesting_end(&run);
    let features = features(&run).judged(&run.report.judgements);
    let sum = overview(&features, &run.trace, 5, (100, end));
    let events = sum.counts.iter().flatten().sum::<u32>() as usize;
    let losses = run.trace.events.iter().filter(|event| event.kind.name() == "lose").count();
    assert_eq!(events + losses + sum.faults.len(), run.trace.events.len());
    assert_eq!(sum.faults.iter().map(|(node, _)| *node).collect::<Vec<_>>(), [NodeId::new(1)]);
    assert!(!sum.losses.is_empty() && sum.losses.len() <= losses);
    let violated = run.report.judgements.iter().filter(|it| it.verdict.is_violated()).count();
    assert_eq!(sum.violations.len(), violated);
}
