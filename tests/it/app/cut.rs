//! The cut that a reader draws, and logical time beside the marks.

use worldlines::{
    analysis::{Frontier, Lines, Stamps},
    app::{Action, Ask, CutLine, Edit, Move, Post, State, reduce},
    diagram::{
        Clocks, Cut, Frame, Layout, Orientation, Scene, cut_along, cut_at, cuts,
        timestamp_sentence, timestamps,
    },
    formats::bundled,
    kernel::{Event, EventKind, Fate, Fault, NodeId, Order},
    runs::Outcome,
};

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn ask(state: &State, how: Move) -> State {
    reduce(state, Action::Study(Ask::Cut(how)))
}

fn cut(state: &State) -> &CutLine {
    state.study.cut.as_ref().expect("a cut is drawn")
}

fn places(state: &State) -> Vec<usize> {
    cut(state).posts.iter().map(|post| post.places).collect()
}

/// Note 001's example at its end: Alice is asked and sends, and crashes; Bob receives and delivers.
fn opening() -> State {
    reduce(&State::opening(), Action::Jump(usize::MAX))
}

#[test]
fn cut_starts_consistent_at_the_playhead() {
    for bundled in bundled::bundled().into_iter().step_by(4) {
        let opened = reduce(&State::opening(), Action::Open(bundled));
        let events = opened.run.trace.events.len();
        for cursor in (0..=events).step_by(events / 9 + 1) {
            let state = ask(&reduce(&opened, Action::Jump(cursor)), Move::Toggle);
            let drawn = cut(&state);
            assert!(drawn.sentence().starts_with("Consistent"), "{}", bundled.path());
            for (line, post) in drawn.posts.iter().enumerate() {
                let all = drawn.lines.places(node(line));
                assert!(all[..post.places].iter().all(|it| *it < cursor));
            }
            assert_eq!(ask(&state, Move::Toggle).study.cut, None);
        }
    }
}

#[test]
fn cut_moves_one_event_a_step_and_stops_at_the_ends() {
    let state = ask(&opening(), Move::Toggle);
    assert_eq!(
        places(&state),
        [2, 2, 0],
        "asked and sent is one place; the crash; nothing at Carol"
    );
    let back = ask(&state, Move::Step(node(1), -1));
    assert_eq!(places(&back), [2, 1, 0]);
    assert_eq!(places(&ask(&back, Move::Step(node(1), 1))), places(&state));
    assert_eq!(places(&ask(&state, Move::Step(node(0), 99))), [2, 2, 0]);
    assert_eq!(places(&ask(&state, Move::Step(node(0), -99))), [0, 2, 0]);
    assert_eq!(places(&ask(&state, Move::Step(node(2), 1))), [2, 2, 0]);
}

#[test]
fn cut_with_orphan_messages_is_found_and_mended() {
    let state = ask(&ask(&opening(), Move::Toggle), Move::Step(node(0), -99));
    assert_eq!(cut(&state).crossing.orphans, [0]);
    assert!(cut(&state).sentence().starts_with("Inconsistent: 1 message received before"));
    let mended = ask(&state, Move::Mend);
    assert_eq!(places(&mended), [0, 0, 0], "Bob delivered only what he had received");
    assert!(cut(&mended).crossing.is_consistent());
    let transit = ask(&ask(&opening(), Move::Toggle), Move::Step(node(1), -99));
    assert_eq!(cut(&transit).crossing.in_transit, [0]);
    assert!(cut(&transit).crossing.is_consistent());
}

#[test]
fn cut_at_the_end_counts_no_lost_message_as_in_transit() {
    let mut lost = 0;
    for bundled in bundled::bundled() {
        let opened = reduce(&State::opening(), Action::Open(bundled));
        let state = ask(&reduce(&opened, Action::Jump(usize::MAX)), Move::Toggle);
        let messages = state.run.trace.messages.iter().enumerate();
        let under_way = messages.filter(|(_, it)| matches!(it.overall(), Fate::InTransit { .. }));
        let under_way: Vec<_> = under_way.map(|(id, _)| id).collect();
        assert_eq!(cut(&state).crossing.in_transit, under_way, "{}", bundled.path());
        let is_lost = |event: &Event| matches!(event.kind, EventKind::Lose(..));
        lost += state.run.trace.events.iter().filter(|event| is_lost(event)).count();
    }
    assert!(lost > 0);
}

#[test]
fn cut_moved_forth_and_back_is_unchanged() {
    let start = ask(&reduce(&opening(), Action::Jump(0)), Move::Toggle);
    let (mut there, mut seen) = (start.clone(), vec![places(&start)]);
    for _ in 0..4 {
        there = ask(&there, Move::Shift(1));
        seen.push(places(&there));
    }
    seen.dedup();
    assert_eq!(seen, [vec![0, 0, 0], vec![2, 0, 0], vec![2, 2, 0]]);
    for _ in 0..4 {
        there = ask(&there, Move::Shift(-1));
    }
    assert_eq!(places(&there), [0, 0, 0]);
}

#[test]
fn cut_outlives_an_edit_and_ends_with_its_run() {
    let state = ask(&opening(), Move::Toggle);
    let crash = Fault::Crash { node: node(1), at: 5, after_sends: None };
    let edited = reduce(&state, Action::Apply(Edit::AddFault(crash)));
    assert_eq!(places(&edited), [2, 1, 0], "Bob does nothing any more but crash");
    let other = bundled::bundled().into_iter().last().expect("there are some");
    assert_eq!(reduce(&state, Action::Open(other)).study.cut, None);
    let wrong = Move::To(vec![Post { places: 1, time: 3.0 }]);
    assert_eq!(
        cut(&ask(&state, wrong)).posts,
        cut(&state).posts,
        "a post for each line, or none is moved"
    );
}

fn drawn(state: &State, orientation: Orientation) -> (Layout, Scene) {
    let run = &state.run;
    let end = state.shown_until;
    let frame = Frame { orientation, length: 900.0, gap: 110.0, end, apart: 1.0 };
    let layout = Layout::new(&run.trace, run.scenario.nodes.len(), frame);
    let scene = Scene::new(run.protocol, &run.scenario, &run.trace, &layout);
    (layout, scene)
}

#[test]
fn cut_is_grasped_where_it_is_drawn() {
    for bundled in bundled::bundled().into_iter().step_by(3) {
        let state = ask(&reduce(&State::opening(), Action::Open(bundled)), Move::Toggle);
        let (layout, _) = drawn(&state, Orientation::Horizontal);
        let lines = &cut(&state).lines;
        for line in (0..lines.nodes()).map(node) {
            let mut before = 0.0;
            for places in 0..=lines.places(line).len() {
                for time in [0.0, 20.0, 1e6] {
                    let along = cut_along(&layout, lines, line, places, time);
                    assert_eq!(cut_at(&layout, lines, line, along).0, places);
                    assert!(along >= before);
                }
                before = cut_along(&layout, lines, line, places, 0.0);
            }
        }
    }
}

#[test]
fn timestamps_stand_beside_their_events_without_overlap() {
    for bundled in bundled::bundled().into_iter().step_by(6) {
        let state = reduce(&State::opening(), Action::Open(bundled));
        let (run, nodes) = (&state.run, state.scenario().nodes.len());
        let stamps = Stamps::of(&run.trace, nodes);
        for (orientation, clocks) in
            [(Orientation::Horizontal, Clocks::Vector), (Orientation::Vertical, Clocks::Lamport)]
        {
            let (layout, scene) = drawn(&state, orientation);
            let parts = (&run.scenario, &run.trace);
            let shown = timestamps(&scene, &layout, parts, &stamps, clocks);
            let half = |text: &str| text.chars().count() as f64 * 3.5;
            for (place, one) in shown.iter().enumerate() {
                let at = layout.event_point(&run.trace, one.event);
                assert!((one.label.at.y - at.y).abs() < 50.0);
                let full =
                    timestamp_sentence(&run.scenario, &run.trace, &stamps, clocks, one.event);
                assert_eq!(full, one.full);
                let texts = shown[..place].iter().map(|other| &other.label);
                let marks = scene.marks.iter().filter_map(|mark| mark.label.as_ref());
                for other in texts.chain(marks) {
                    let apart = (other.at.x - one.label.at.x).abs();
                    let clear = apart >= half(&other.text) + half(&one.label.text)
                        || (other.at.y - one.label.at.y).abs() >= 13.0;
                    assert!(clear, "{} and {} in {}", other.text, one.label.text, bundled.path());
                }
            }
            assert!(shown.len() * 2 > scene.marks.len().min(30), "{}", bundled.path());
        }
    }
}

/// True if the cut tool calls every recorded state of a run consistent; none if a node did not record one.
fn tool_says(run: &Outcome) -> Option<bool> {
    let nodes = run.scenario.nodes.len();
    let lines = Lines::of(&run.trace, nodes);
    let recorded = cuts(&run.trace);
    let complete = recorded.iter().all(|cut| cut.recorded.len() == nodes);
    let is_consistent = |cut: &Cut| {
        let mut places = vec![0; nodes];
        for event in &cut.recorded {
            let node = run.trace.events[*event].node;
            // Messages that are sent with the record are in one place with it.
            places[node.index()] = lines.places(node).partition_point(|place| place < event) + 1;
        }
        lines.crossing(&Frontier(places)).is_consistent()
    };
    (complete && !recorded.is_empty()).then(|| recorded.iter().all(is_consistent))
}

#[test]
fn cut_tool_agrees_with_the_snapshot_property() {
    let mut said = [0, 0];
    for bundled in bundled::of_protocol("snapshot") {
        for seed in 0..80 {
            let mut scenario = bundled.scenario().expect("it is sound");
            scenario.seed = seed;
            if seed > 0 {
                // Wide delays, so that transfers overtake markers.
                scenario.network.delay.max = scenario.network.delay.min + 60;
                scenario.network.order = Order::Any;
            }
            let run = Outcome::of(scenario).expect("it runs");
            let mut judgements = run.report.judgements.iter();
            let judged = judgements.find(|it| it.property.name == "consistent cut");
            let holds = !judged.expect("it is promised").verdict.is_violated();
            if let Some(tool) = tool_says(&run) {
                assert_eq!(tool, holds, "{} with seed {seed}", bundled.path());
                said[usize::from(holds)] += 1;
            }
        }
    }
    assert!(said.iter().all(|count| *count > 5), "{said:?} violated and not");
}
