//! Pictures, read by an XML parser that knows nothing of how they were written.

use roxmltree::{Document, Node};
use worldlines::{
    diagram::{Oddity, mark_shape, strips},
    export::{SvgOptions, Theme, svg},
    formats::{link, scenario},
    kernel::Fate,
    runs::Outcome,
};

use super::{hostile, runs};

fn parsed(text: &str) -> Document<'_> {
    Document::parse(text).expect("it is well-formed")
}

/// All elements with an attribute.
fn with<'a, 'b>(svg: &'a Document<'b>, attribute: &'a str) -> impl Iterator<Item = Node<'a, 'b>> {
    svg.descendants().filter(move |node| node.has_attribute(attribute))
}

fn number(node: Node<'_, '_>, attribute: &str) -> f64 {
    node.attribute(attribute).unwrap_or("0").parse().expect("a number")
}

/// Classes of an element.
fn classes<'a>(node: Node<'a, '_>) -> Vec<&'a str> {
    node.attribute("class").unwrap_or_default().split(' ').collect()
}

/// Sum of the translations of an element and those around it.
fn moved(node: Node<'_, '_>) -> (f64, f64) {
    let (mut x, mut y) = (0.0, 0.0);
    for around in node.ancestors() {
        let Some(transform) = around.attribute("transform") else { continue };
        let by = transform.strip_prefix("translate(").and_then(|it| it.strip_suffix(')'));
        let (dx, dy) = by.and_then(|it| it.split_once(' ')).expect("a translation");
        x += dx.parse::<f64>().expect("a number");
        y += dy.parse::<f64>().expect("a number");
    }
    (x, y)
}

/// Texts of an element, those of `text` elements only.
fn texts(svg: &Document<'_>) -> Vec<String> {
    let all =
        svg.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    all.filter_map(|node| node.text().map(str::to_owned)).collect()
}

#[test]
fn every_bundled_run_has_one_element_for_each_event_and_copy_of_a_message() {
    for (path, run) in runs() {
        let text = svg(&run, &SvgOptions::default());
        let picture = parsed(&text);
        let drawn: Vec<usize> = with(&picture, "data-event")
            .map(|node| node.attribute("data-event").expect("it has one").parse().expect("an id"))
            .collect();
        let events = run.trace.events.iter().enumerate();
        let expected = events.filter(|(_, event)| mark_shape(&event.kind).is_some());
        assert_eq!(drawn, expected.map(|(id, _)| id).collect::<Vec<_>>(), "{path}");

        let arrows: Vec<_> = with(&picture, "data-message").collect();
        let mut expected = Vec::new();
        for message in &run.trace.messages {
            for (copy, fate) in message.fates().enumerate() {
                let end = match fate {
                    Fate::Received(_) => "received",
                    Fate::Lost(..) => "lost",
                    Fate::InTransit { .. } => "open",
                };
                expected.push((
                    run.scenario.message_name(message.name),
                    (copy > 0).then(|| copy.to_string()),
                    end,
                    message.sent.to_string(),
                    fate.event().map(|event| event.to_string()),
                ));
            }
        }
        assert_eq!(arrows.len(), expected.len(), "{path}");
        for (arrow, (name, copy, end, sent, ended)) in arrows.iter().zip(&expected) {
            assert_eq!(arrow.attribute("data-message"), Some(name.as_str()), "{path}");
            assert_eq!(arrow.attribute("data-copy"), copy.as_deref(), "{path}");
            assert!(classes(*arrow).contains(end), "{path}: {name}");
            assert_eq!(arrow.attribute("data-sent"), Some(sent.as_str()), "{path}");
            assert_eq!(arrow.attribute("data-ended"), ended.as_deref(), "{path}");
        }
    }
}

#[test]
fn every_bundled_picture_says_title_names_verdicts_and_licence() {
    for (path, run) in runs() {
        let link = link::fragment(&run.scenario, Some(&run.digest()));
        let options = SvgOptions { link: Some(link.clone()), ..SvgOptions::default() };
        let text = svg(&run, &options);
        let picture = parsed(&text);
        let root = picture.root_element();
        assert_eq!(root.attribute("role"), Some("img"), "{path}");
        let first = root.first_element_child().expect("it has elements");
        assert!(first.has_tag_name(("http://www.w3.org/2000/svg", "title")), "{path}");
        let (said, title) = (texts(&picture).join(" "), first.text().unwrap_or_default());
        assert_eq!(title, run.scenario.title, "{path}");
        let without_spaces = |text: &str| text.replace(' ', "");
        assert!(without_spaces(&said).contains(&without_spaces(title)), "{path}: {said}");
        for name in run.scenario.names() {
            assert!(said.contains(&name), "{path}: {name}");
        }
        for judgement in &run.report.judgements {
            assert!(said.contains(judgement.property.name), "{path}: {judgement:?}");
        }
        let signs = |sign: &str| texts(&picture).iter().filter(|text| *text == sign).count();
        let violated = run.report.judgements.iter().filter(|it| it.verdict.is_violated()).count();
        assert_eq!(signs("✗"), violated, "{path}");
        let source = picture.descendants().find(|node| node.tag_name().name() == "source");
        assert_eq!(source.and_then(|node| node.text()), Some(link.as_str()), "{path}");
        assert!(text.contains("https://creativecommons.org/licenses/by/4.0/"));
    }
}

#[test]
fn nothing_of_a_bundled_picture_reaches_over_its_edge() {
    for (path, run) in runs() {
        for width in [None, Some(420.0)] {
            let text = svg(&run, &SvgOptions { width, ..SvgOptions::default() });
            let picture = parsed(&text);
            let root = picture.root_element();
            let (wide, high) = (number(root, "width"), number(root, "height"));
            assert!(text.len() < 300_000, "{path}: {} bytes", text.len());
            // If the time axis points down, nodes and curves have a minimum width, so many nodes need a wider picture.
            let least = run.scenario.nodes.len() as f64 * 84.0 + strips(run.protocol, &run.trace);
            if let Some(width) = width.filter(|width| least + 28.0 <= *width) {
                assert!((wide - width).abs() < 0.5, "{path}: {wide} at {width}");
            }
            for node in picture.descendants() {
                let (x, y) = moved(node);
                let at = |from: f64, to: f64| {
                    let inside = x + from >= 0.0 && x + to <= wide && y >= 0.0 && y <= high;
                    assert!(inside, "{path} at {width:?}: {node:?} in {wide} by {high}");
                };
                match node.tag_name().name() {
                    "text" => {
                        let (left, middle) = (number(node, "x"), classes(node));
                        let own = node.text().unwrap_or_default().chars().count() as f64 * 5.5;
                        let parent = node.parent().map(classes).unwrap_or_default();
                        let is_middle = ["label", "wl-middle"].iter().any(|it| middle.contains(it))
                            || ["wl-node", "wl-metric", "flag"]
                                .iter()
                                .any(|it| parent.contains(it));
                        match () {
                            () if is_middle => at(left - own / 2.0, left + own / 2.0),
                            () if middle.contains(&"wl-end") => at(left - own, left),
                            () => at(left, left + own),
                        }
                        assert!(y + number(node, "y") < high, "{path}: {node:?}");
                    }
                    "circle" => at(
                        number(node, "cx") - number(node, "r"),
                        number(node, "cx") + number(node, "r"),
                    ),
                    "rect" => at(number(node, "x"), number(node, "x") + number(node, "width")),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn forged_messages_are_drawn() {
    let mut total = 0;
    for (path, run) in runs() {
        let text = svg(&run, &SvgOptions { bare: true, ..SvgOptions::default() });
        let picture = parsed(&text);
        let drawn = |class: &str| {
            with(&picture, "data-message").filter(|it| classes(*it).contains(&class)).count()
        };
        let forged = run.trace.messages.iter().filter(|it| it.truth().is_some());
        let copies: usize = forged.map(|it| it.fates().count()).sum();
        assert_eq!(drawn("forged"), copies, "{path}");
        if copies > 0 {
            assert!(text.contains(".arrow.forged .stroke{"), "{path}: {:?}", Oddity::Forged);
        }
        total += copies;
    }
    assert!(total > 0, "no run has a forged message");
}

#[test]
fn picture_of_hostile_texts_is_well_formed_and_says_them() {
    let run = hostile();
    let text = svg(
        &run,
        &SvgOptions { link: Some("https://x.org/?a=\"><b>&".into()), ..SvgOptions::default() },
    );
    let picture = parsed(&text);
    let said = texts(&picture);
    for name in run.scenario.names() {
        assert!(said.contains(&name), "{name}: {said:?}");
    }
    assert!(said.iter().any(|text| text.contains("x\": {;}%%<b>#1")), "{said:?}");
    let link = picture.descendants().find_map(|node| node.attribute("href"));
    assert_eq!(link, Some("https://x.org/?a=\"><b>&"));

    let text = r#"{ "version": 1, "title": "</title><script>alert(1)</script>\u202e]]>", "protocol": "best-effort-broadcast", "nodes": 2,
        "captions": [{ "at": 0, "node": "P1", "text": "<!-- \u200b & <style>" }] }"#;
    let run = Outcome::of(scenario::read(text).expect("it is a scenario")).expect("it runs");
    let text = svg(&run, &SvgOptions::default());
    let picture = parsed(&text);
    assert!(!picture.descendants().any(|node| node.tag_name().name() == "script"));
    assert!(texts(&picture).iter().any(|text| text == "<!-- \\u200b & <style>"), "{text}");
}

#[test]
fn link_of_another_scheme_is_no_link_in_the_picture() {
    let options = SvgOptions { link: Some("javascript:alert(1)".into()), ..SvgOptions::default() };
    let text = svg(&hostile(), &options);
    assert!(parsed(&text).descendants().all(|node| node.attribute("href").is_none()));
}

#[test]
fn equal_runs_have_equal_pictures_and_themes_differ_in_colours_alone() {
    let (_, run) = runs().next().expect("there is a run");
    let (_, again) = runs().next().expect("there is a run");
    let of = |run: &Outcome, theme| svg(run, &SvgOptions { theme, ..SvgOptions::default() });
    assert_eq!(of(&run, Theme::Auto), of(&again, Theme::Auto));
    let body = |text: &str| text.split("</style>").nth(1).expect("it has a style").to_owned();
    let [light, dark] = [Theme::Light, Theme::Dark].map(|theme| of(&run, theme));
    assert_eq!(body(&light), body(&dark));
    assert!(light.contains("fill:#ffffff") && dark.contains("fill:#10171e"));
    assert!(of(&run, Theme::Auto).contains("@media (prefers-color-scheme:dark)"));
}

#[test]
fn picture_of_a_run_of_many_thousand_events_stays_small() {
    let requests: Vec<String> = (0..3_000)
        .map(|at| {
            format!(
                r#"{{"at":{},"node":"P{}","do":"broadcast","with":"m{at}"}}"#,
                at * 3,
                at % 5 + 1
            )
        })
        .collect();
    let text = format!(
        r#"{{"version":1,"protocol":"reliable-broadcast","nodes":5,"requests":[{}],"until":20000,
            "faults":[{{"crash":{{"node":"P2","at":4000}}}}]}}"#,
        requests.join(",")
    );
    let run = Outcome::of(scenario::read(&text).expect("it is a scenario")).expect("it runs");
    assert!(run.trace.events.len() > 50_000, "{}", run.trace.events.len());
    let text = svg(&run, &SvgOptions::default());
    assert!(text.len() < 500_000, "{}", text.len());
    let picture = parsed(&text);
    assert!(with(&picture, "data-event").count() <= 240);
    assert!(number(picture.root_element(), "width") <= 960.0);
    assert!(text.contains("class=\"merged\"") && text.contains("mark crash"));
}
