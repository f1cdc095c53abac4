//! Links that compare runs: several scenarios in one link.

use std::io::{self, Write};

use worldlines::{
    formats::{
        MOST_COMPARED,
        link::{self, Compared, Decoded},
        scenario::without_variants,
    },
    runs::Outcome,
};

use super::{
    Failure,
    input::{about_named, check_once, decoded},
    run, run_as_promised, too_long,
};

/// Returns the link to the runs of these scenarios, the first one with the others beside it.
pub(crate) fn link_of(sources: &[String]) -> Result<String, Failure> {
    check_once(sources)?;
    let mut runs = Vec::new();
    for source in sources {
        // The name of a file tells which of several runs is wrong; a link has none.
        let is_nameless = sources.len() > 1 && link::is_link(source);
        let number = is_nameless.then_some(runs.len() + 1);
        let Decoded { scenario, compared, .. } =
            decoded(source).map_err(|why| numbered(number, &why))?;
        let is_numbered = is_nameless || !compared.is_empty();
        let scenarios = std::iter::once(scenario).chain(compared.into_iter().map(|it| it.scenario));
        for scenario in scenarios {
            let number = is_numbered.then_some(runs.len() + 1);
            runs.push((source, run(source, scenario, number)?));
        }
    }
    let Some(((source, first), others)) = runs.split_first() else { return Ok(String::new()) };
    let fragment = first.fragment();
    if fragment.len() > link::MAX_LINK {
        return Err(about_named(source, &too_long(&fragment)).into());
    }
    if others.is_empty() {
        return Ok(fragment);
    }
    if others.len() > MOST_COMPARED {
        return Err(
            format!("found {} runs, expected at most {}", runs.len(), MOST_COMPARED + 1).into()
        );
    }
    let compared = |(_, run): &(&String, Outcome)| Compared {
        scenario: without_variants(run.scenario.clone()),
        digest: Some(run.digest()),
    };
    let compared: Vec<Compared> = others.iter().map(compared).collect();
    let with = |count: usize| link::with_comparison(&fragment, &first.scenario, &compared[..count]);
    with(compared.len()).ok_or_else(|| {
        // The first one that does not fit beside those before it.
        let place = (1..=compared.len()).find(|count| with(*count).is_none());
        let place = place.unwrap_or(compared.len());
        let most = link::MAX_LINK;
        let why = format!("found too many differences from the first run, expected a link of at most {most} characters");
        about_named(runs[place].0, &numbered(Some(place + 1), &why)).into()
    })
}

/// Returns a problem with the number of its run, if it is one of several.
pub(crate) fn numbered(number: Option<usize>, problem: &str) -> String {
    match number {
        Some(number) => format!("run {number}: {problem}"),
        None => problem.to_owned(),
    }
}

/// Returns the verdicts on each run of a link, with a line of its place before each if there are several.
pub(crate) fn summaries(
    source: &str,
    first: &Outcome,
    compared: Vec<Compared>,
) -> Result<String, Failure> {
    if compared.is_empty() {
        return Ok(first.summary());
    }
    let count = compared.len() + 1;
    let mut text = format!("Run 1 of {count}\n{}", first.summary());
    for (place, Compared { scenario, digest }) in compared.into_iter().enumerate() {
        let number = place + 2;
        let outcome = run_as_promised(source, scenario, digest.as_deref(), Some(number))?;
        text += &format!("\nRun {number} of {count}\n{}", outcome.summary());
    }
    Ok(text)
}

/// Says that an output has the first run only.
pub(crate) fn warn_if_others(compared: &[Compared]) {
    if !compared.is_empty() {
        let count = compared.len() + 1;
        let _ = writeln!(
            io::stderr(),
            "worldlines: the link compares {count} runs, and this output has the first: worldlines open prints the scenario of each"
        );
    }
}
