//! Links that compare runs: several scenarios in one link.

use std::io::{self, Write};

use worldlines::{
    formats::{
        MOST_COMPARED,
        link::{self, Compared},
        scenario::{variants_of, without_variants},
    },
    runs::Outcome,
};

use super::{
    Failure,
    input::{Input, about_named, named},
    run, run_as_promised, too_long,
};

/// Returns the link to the runs of these scenarios, the first one with the others beside it.
pub(crate) fn link_of(sources: &[String]) -> Result<String, Failure> {
    let mut runs = Vec::new();
    for source in sources {
        let Input { scenario, compared, .. } = Input::of(source)?;
        let scenarios = std::iter::once(scenario).chain(compared.into_iter().map(|it| it.scenario));
        for scenario in scenarios {
            runs.push((source, run(source, scenario)?));
        }
    }
    let Some(((source, first), others)) = runs.split_first() else { return Ok(String::new()) };
    // A key that is appended picks a variant, which has a run of its own.
    let has_variants = variants_of(&first.scenario).is_ok_and(|variants| !variants.is_empty());
    let digest = Some(first.digest()).filter(|_| !has_variants);
    let fragment = link::fragment(&first.scenario, digest.as_deref());
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
    link::with_comparison(&fragment, &first.scenario, &compared).ok_or_else(|| {
        let files = sources.iter().map(|source| named(source)).collect::<Vec<_>>().join(", ");
        let most = link::MAX_LINK;
        format!("{files}: found runs that differ too much for one link, expected a link of at most {most} characters").into()
    })
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
        let outcome = run_as_promised(source, scenario, digest.as_deref())?;
        text += &format!("\nRun {} of {count}\n{}", place + 2, outcome.summary());
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
