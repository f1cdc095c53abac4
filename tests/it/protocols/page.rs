//! docs/protocols.md lists the contents of the registry. `cargo xtask bless` writes it.

use std::{env, fmt::Write as _, fs};

use worldlines::{
    formats::bundled::{self, Bundled},
    kernel::{Break, Cost, Property, Protocol},
    protocols::{self, FAMILIES},
};

use crate::common::folder;

const PAGE: &str = "docs/protocols.md";

/// The names of properties, in a line.
fn names(properties: &[Property]) -> String {
    let names: Vec<_> = properties.iter().map(|property| property.name).collect();
    names.join(", ")
}

fn cost(cost: &Cost) -> String {
    let terms = cost.terms.iter().map(|term| format!("; {}: {}", term.letter, term.meaning));
    format!("{}: {}{}", cost.operation, cost.formula(), terms.collect::<String>())
}

/// A way to break a protocol, and the scenario that shows it.
fn way(family: &str, protocol: &Protocol, way: &Break) -> String {
    let path = format!("../static/scenarios/{family}/{}/{}.json", protocol.id, way.scenario);
    format!("- [{}]({path}) → {}\n", way.when, names(way.violates))
}

/// Place of a protocol's heading on the page.
fn anchor(id: &str) -> String {
    let name = protocols::find(id).map_or(id, |protocol| protocol.name);
    let kept = name.chars().filter(|it| it.is_alphanumeric() || " -".contains(*it));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn entry(page: &mut String, family: &str, protocol: &Protocol) {
    let Protocol { id, name, summary, source, .. } = protocol;
    let _ = write!(page, "\n### {name}\n\n`{id}`. {summary} *{source}*\n\n");
    let _ = writeln!(page, "Promises: {}.", names(protocol.promises));
    if !protocol.beyond.is_empty() {
        let _ = writeln!(page, "Judged as well: {}.", names(protocol.beyond));
    }
    for it in protocol.probable {
        let (name, percent, situation) = (it.property.name, it.percent, it.situation);
        let _ = writeln!(
            page,
            "With probability: {name} in at least {percent} % of the runs ({situation})."
        );
    }
    if !protocol.uses.is_empty() {
        let link = |id: &&str| format!("[{id}](#{})", anchor(id));
        let uses: Vec<_> = protocol.uses.iter().map(link).collect();
        let _ = writeln!(page, "\nUses: {}.", uses.join(", "));
    }
    let model: Vec<_> = protocol.assumptions().map(|assumption| assumption.statement()).collect();
    let _ = writeln!(page, "\nFailure model: {}.", protocol.failures);
    let _ = writeln!(page, "\nAssumes: {}.", model.join("; "));
    if let Some(time) = protocol.perpetual {
        let only = time.only.map(|(parameter, value)| format!(" where {parameter} is {value}"));
        let only = only.unwrap_or_default();
        let _ = writeln!(page, "\nNever rests{only}. Time to serve: {}.", time.statement);
    }
    if !protocol.costs.is_empty() {
        let costs: Vec<_> = protocol.costs.iter().map(cost).collect();
        let _ = writeln!(page, "\nCosts, in messages, when nothing fails: {}.", costs.join("; "));
    }
    let _ = writeln!(page, "\nBreaks when");
    page.push('\n');
    for each in protocol.breaks {
        page.push_str(&way(family, protocol, each));
    }
    let others = bundled::of_protocol(id)
        .filter(|bundled| protocol.breaks.iter().all(|way| way.scenario != bundled.name));
    let is_exercise =
        |bundled: &&Bundled| bundled.scenario().is_ok_and(|scenario| scenario.goal.is_some());
    let (exercises, holding): (Vec<&Bundled>, Vec<_>) = others.partition(is_exercise);
    for (heading, those) in [("Holds in", holding), ("Exercises", exercises)] {
        if !those.is_empty() {
            let _ = writeln!(page, "\n{heading}\n");
        }
        for bundled in those {
            let path = bundled.path();
            let _ = writeln!(page, "- [{}](../static/scenarios/{path}.json)", bundled.title());
        }
    }
}

fn page() -> String {
    let count: usize = FAMILIES.iter().map(|family| family.protocols.len()).sum();
    let mut page = format!(
        "# Protocols\n\nThe {count} protocols by family, each with its promised properties, its assumptions, its costs, \
         and scenarios that\nbreak it. `cargo xtask bless` writes this page from the protocols' files.\n"
    );
    for family in FAMILIES {
        let _ = write!(page, "\n## {}\n", family.name);
        let protocols = family.protocols.iter().filter_map(|it| protocols::find(it.id));
        for protocol in protocols {
            entry(&mut page, family.id, protocol);
        }
    }
    page
}

#[test]
fn protocols_page_equals_the_registry() {
    let (path, now) = (folder(PAGE), page());
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &now).expect("the page can be written");
    }
    let before = fs::read_to_string(&path).expect("the page is there: `cargo xtask bless`");
    assert!(before == now, "{PAGE} says something else: `cargo xtask bless`");
}
