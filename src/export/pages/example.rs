//! The page of a bundled scenario: what it shows, its picture, its properties, the run in words.

use super::{
    card::card,
    document::{Document, Place, escaped_text},
    file::{Content, SiteFile, link_to, path_of},
};
use crate::{
    analysis::Judgement,
    export::{
        Theme, status_words,
        svg::{Figure, SvgOptions, escaped, heading},
        told::told,
    },
    formats::{
        bundled::{self, Bundled},
        exercise,
        scenario::goal_of,
    },
    kernel::spell,
    runs::Outcome,
};

/// Name of a card.
pub(super) const CARD: &str = "card.png";
/// Names of the pictures.
const LIGHT: &str = "picture.svg";
const DARK: &str = "picture-dark.svg";

/// Returns the files of the page of a bundled scenario.
pub(super) fn files(base: Option<&str>, bundled: &Bundled, run: &Outcome) -> Vec<SiteFile> {
    let path = path_of(bundled);
    let fragment = run.fragment();
    let picture = |theme| {
        let link = format!("{}{fragment}", base.unwrap_or_default());
        let options = SvgOptions { theme, link: Some(link), ..SvgOptions::default() };
        Figure::of(run, &options).svg
    };
    let light = picture(Theme::Light);
    let page = page(base, bundled, run, &fragment, size(&light));
    let file = |name: &str, content| SiteFile { path: format!("{path}{name}"), content };
    vec![
        file("index.html", Content::Text(page)),
        file(LIGHT, Content::Text(light)),
        file(DARK, Content::Text(picture(Theme::Dark))),
        file(CARD, Content::Card(card(run))),
    ]
}

/// Returns the attributes of a picture's size.
fn size(svg: &str) -> &str {
    let from = svg.find("width=\"").unwrap_or_default();
    let to = svg.find(" viewBox=").unwrap_or(from);
    svg.get(from..to).unwrap_or_default()
}

fn page(
    base: Option<&str>,
    bundled: &Bundled,
    run: &Outcome,
    fragment: &str,
    size: &str,
) -> String {
    let title = heading(run);
    let name = escaped(&title);
    let protocol = run.protocol;
    let mut main =
        format!("<h1>{name}</h1>\n<p class=\"soft\">{}</p>\n", escaped_text(protocol.name));
    if let Some(goal) = goal_of(&run.scenario) {
        let goal = exercise::sentence(&run.scenario, &goal);
        main += &format!("<p><b>Exercise.</b> {}</p>\n", escaped_text(&goal));
    }
    let address = escaped(&format!("../../../{fragment}"));
    main += &format!(
        "<p><a class=\"open\" href=\"{address}\">Open this run in the playground</a></p>\n\
         <figure role=\"group\" aria-label=\"Space-time diagram\" tabindex=\"0\">\n<picture>\n\
         <source media=\"(prefers-color-scheme: dark)\" srcset=\"{DARK}\"/>\n\
         <img src=\"{LIGHT}\" {size} alt=\"Space-time diagram of the run “{name}”. The run in words is below.\" \
         aria-describedby=\"words\"/>\n</picture>\n</figure>\n"
    );
    main += &captions(run);
    main += "<h2>Properties</h2>\n";
    for (promised, lead) in [(true, ""), (false, "<h3>Beyond the promise</h3>\n")] {
        let all = run.report.judgements.iter().filter(|it| it.promised == promised);
        let items: String = all.map(|it| verdict(run, it)).collect();
        if !items.is_empty() {
            main += &format!("{lead}<ul class=\"verdicts\">\n{items}</ul>\n");
        }
    }
    if let Some(class) = run.report.class {
        main += &format!("<p>The run is {class}: it is {}.</p>\n", class.meaning());
    }
    main += &format!(
        "<section id=\"words\" aria-labelledby=\"words-title\">\n<h2 id=\"words-title\">The run in words</h2>\n{}</section>\n",
        told(run)
    );
    main += &format!(
        "<h2>The protocol</h2>\n<p><a href=\"../\">{}</a>: {}</p>\n<p>Source: {}</p>\n",
        escaped_text(protocol.name),
        escaped_text(protocol.summary),
        escaped_text(protocol.source)
    );
    let others: String = bundled::of_protocol(bundled.protocol)
        .filter(|other| other.name != bundled.name)
        .map(|other| format!("<li>{}</li>\n", link_to(other, "../")))
        .collect();
    if !others.is_empty() {
        main += &format!("<h2>Other examples</h2>\n<ul>\n{others}</ul>\n");
    }
    let document = Document {
        path: &path_of(bundled),
        title: &title,
        description: &description(run),
        places: &[
            Place { name: "Protocols", href: Some("../../") },
            Place { name: protocol.name, href: Some("../") },
            Place { name: &title, href: None },
        ],
        card: Some(CARD),
        main: &main,
    };
    document.html(base)
}

/// Returns the captions as one text, or the protocol's summary if there are none.
fn description(run: &Outcome) -> String {
    let captions: Vec<&str> = run.scenario.captions.iter().map(|it| it.text.as_str()).collect();
    let said =
        if captions.is_empty() { run.protocol.summary.to_owned() } else { captions.join(" ") };
    format!("{}: {said}", run.protocol.name)
}

fn captions(run: &Outcome) -> String {
    if run.scenario.captions.is_empty() {
        return String::new();
    }
    let items: String = run
        .scenario
        .captions
        .iter()
        .map(|it| {
            format!(
                "<li>{} <span class=\"soft\">({} ms, {})</span></li>\n",
                escaped_text(&it.text),
                it.at,
                escaped(&run.scenario.name(it.node))
            )
        })
        .collect();
    format!("<h2>The run, step by step</h2>\n<ol>\n{items}</ol>\n")
}

fn verdict(run: &Outcome, judgement: &Judgement) -> String {
    let (sign, words) = status_words(run, judgement);
    format!(
        "<li class=\"{}\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span><b>{}</b> {}\
         <br/><span class=\"soft\">{}</span></li>\n",
        judgement.verdict.status(),
        escaped(judgement.property.name),
        escaped(&words),
        escaped(&spell(judgement.property.statement, &run.scenario.nodes))
    )
}
