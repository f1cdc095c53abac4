//! Ways from one example to the next, and from one protocol to another.

use std::rc::Rc;

use super::{
    Edit, Page, Refused, Run, State,
    edit::{leave_out, takes_request, to_leave_out},
    rest::let_it_rest,
    runner::Runner,
    state::{apply, apply_from, edits, open},
    text,
    words::ChangeOrigin,
};
use crate::{
    analysis::Judgement,
    formats::bundled::{self, Bundled},
    kernel::{Protocol, RequestSpec, Scenario, sentence},
    protocols::{self, IndexEntry},
    runs::Outcome,
};

/// Stops of the tour for newcomers, in order, by path. The page opens on the first.
pub const TOUR: [&str; 6] = [
    "reliable/best-effort-broadcast/sender-crashes-half-way",
    "ordering/fifo-multicast/three-orders",
    "mutex/maekawa/deadlock",
    "recovery/snapshot/marker-overtakes",
    "byzantine/interactive-consistency/three-generals",
    "consensus/paxos/duelling-proposers",
];

/// The example that the page opens on.
pub const OPENING: &str = TOUR[0];

/// Largest number of left-out items that are named.
const NAMED: usize = 4;

/// Ways on from a scenario, however much of it was changed.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// The same sends under several protocols, the one that runs among them; none if it is the only one.
    pub variants: Vec<Variant>,
    /// The stop of the tour that this is, by its place in [`TOUR`].
    pub stop: Option<usize>,
    /// Protocols that may have variants, but are not here.
    pub missing: Vec<&'static str>,
}

/// A protocol that can run the same sends.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// Verdicts that distinguish the variants, at the end of the run under this one: of the properties that are judged
    /// under all variants, those that are not promised by all or whose verdicts differ. They are in the order in which
    /// they are first promised.
    pub verdicts: Vec<Judgement>,
}

impl Ways {
    /// Returns the ways on from a run of a scenario that was opened as `origin`.
    #[must_use]
    pub fn from(run: &Run, origin: &Scenario) -> Self {
        let Some(here) = example(run, origin) else { return Self::default() };
        let variants = here.variants();
        let is_variant = |path: &str| variants.iter().any(|variant| variant.path() == path);
        let stop = TOUR.iter().position(|path| is_variant(path));
        let namesakes = here.namesakes.iter().copied();
        let missing: Vec<_> = namesakes.filter(|id| !protocols::is_here(id)).collect();
        if variants.len() < 2 || !missing.is_empty() {
            return Self { variants: Vec::new(), stop, missing };
        }
        let variants = edits::here().map(|edits| (edits.variants)(run, here, &variants));
        Self { variants: variants.unwrap_or_default(), stop, missing }
    }
}

/// Runs the variants of an example; none if a run takes long, since the reader has not asked for it.
pub(super) fn run_variants(run: &Run, here: &Bundled, variants: &[&Bundled]) -> Vec<Variant> {
    let runs = variants.iter().map(|there| run_as(run, here, there));
    let runs: Option<Vec<_>> = runs.collect();
    runs.map(|runs| compare(&runs)).unwrap_or_default()
}

/// Returns the bundled scenario that a run was made of, if it still runs that scenario's protocol.
fn example(run: &Outcome, origin: &Scenario) -> Option<&'static Bundled> {
    if origin.protocol != run.protocol.id || origin.title.is_empty() {
        return None;
    }
    let mut examples = bundled::of_protocol(&origin.protocol);
    examples.find(|example| {
        example.title() == origin.title && example.scenario().as_ref() == Ok(origin)
    })
}

/// Returns the run of one variant's scenario under another variant's protocol; none if it takes long.
fn run_as(run: &Run, here: &Bundled, there: &Bundled) -> Option<Run> {
    if here.protocol == there.protocol {
        return Some(run.clone());
    }
    let protocol = protocols::find(there.protocol)?;
    let (from, to) = (here.scenario().ok()?, there.scenario().ok()?);
    let run = Runner::default().run(carry_over(&run.scenario, &from, &to, protocol)).ok()??;
    Some(let_it_rest(run, &mut Runner::default()))
}

/// Returns the verdicts that distinguish runs of the same sends.
fn compare(runs: &[Run]) -> Vec<Variant> {
    let of = |run: &Run, name: &str| {
        run.report.judgements.iter().find(|judgement| judgement.property.name == name).cloned()
    };
    let apart = |name: &str| {
        let all: Option<Vec<_>> = runs.iter().map(|run| of(run, name)).collect();
        all.is_some_and(|all| {
            all.iter().any(|one| !one.promised || one.verdict.status() != all[0].verdict.status())
        })
    };
    // The protocol that promises least comes first in the catalogue.
    let judgements = runs.iter().flat_map(|run| &run.report.judgements);
    let mut names: Vec<&str> = Vec::new();
    for judgement in judgements.clone().filter(|it| it.promised).chain(judgements) {
        let name = judgement.property.name;
        if !names.contains(&name) && apart(name) {
            names.push(name);
        }
    }
    let variant = |run: &Run| Variant {
        protocol: run.protocol,
        verdicts: names.iter().filter_map(|name| of(run, name)).collect(),
    };
    runs.iter().map(variant).collect()
}

/// Returns a reader's scenario, made of the example `from`, under the protocol of its variant `to`.
fn carry_over(mine: &Scenario, from: &Scenario, to: &Scenario, protocol: &Protocol) -> Scenario {
    let mut params = to.params.clone();
    let changed = mine.params.iter().filter(|(name, value)| from.params.get(*name) != Some(value));
    for (name, value) in changed {
        if protocol.behaviour.parameters.iter().any(|it| it.name == name && it.admits(value)) {
            params.insert(name.clone(), value.clone());
        }
    }
    let mut next = Scenario { protocol: to.protocol.clone(), params, ..mine.clone() };
    leave_out(&mut next, protocol);
    next
}

/// Returns the example of a protocol that is shown first: the variant of the opened one, or else the one that shows
/// best how the protocol works.
fn best_example(state: &State, protocol: &Protocol) -> Option<&'static Bundled> {
    let here = example(&state.run, &state.origin).map(Bundled::variants).unwrap_or_default();
    let variant = here.into_iter().find(|there| there.protocol == protocol.id);
    variant.or_else(|| bundled::best_of(protocol))
}

/// Opens the best example of a protocol. In an exercise the protocol may be the thing to change: the scenario stays
/// there, as far as the protocol supports it.
pub(super) fn open_protocol(state: State, id: &str) -> State {
    let Some(protocol) = protocols::find(id) else { return state };
    if protocol.id == state.run.protocol.id {
        return state;
    }
    match best_example(&state, protocol) {
        Some(example) if state.origin.goal.is_none() => open(state, example),
        _ => change_protocol(state, id),
    }
}

/// Changes the protocol and keeps the reader's changes, as far as the protocol supports them. Where the opened example
/// has a variant for the protocol, the variant becomes the origin.
pub(super) fn change_protocol(state: State, id: &str) -> State {
    let Some(protocol) = protocols::find(id) else { return state };
    if protocol.id == state.run.protocol.id {
        return state;
    }
    let scenario = state.scenario();
    let left_out = to_leave_out(scenario, protocol);
    let changed = match variant(&state.run, &state.origin, protocol) {
        Some((from, to)) => {
            let next = carry_over(scenario, &from, &to, protocol);
            let before = Page { origin: Rc::new(to), ..state.page() };
            let edit = Edit::Replace(Box::new(next));
            apply_from(state, &before, edit, false, ChangeOrigin::ByHand)
        }
        None => apply(state, Edit::Protocol(protocol.id)),
    };
    if changed.run.protocol.id == protocol.id { say(changed, &left_out) } else { changed }
}

/// Returns the other protocols that accept all requests of a run's scenario, the variants of its example first. Of a
/// protocol that is not here only the names of the requests are known.
#[must_use]
pub(super) fn others(run: &Outcome, origin: &Scenario) -> Vec<&'static IndexEntry> {
    let scenario = &run.scenario;
    let variants = example(run, origin).map(Bundled::variants).unwrap_or_default();
    let variants = variants.into_iter().filter_map(|variant| protocols::entry(variant.protocol));
    let mut others: Vec<&'static IndexEntry> = variants.collect();
    let takes_all = |entry: &IndexEntry| {
        let protocol = protocols::find(entry.id);
        let takes = |request: &RequestSpec| match protocol {
            Some(protocol) => takes_request(protocol, request, &scenario.nodes),
            None => entry.may_take(&request.name),
        };
        !scenario.requests.is_empty() && scenario.requests.iter().all(takes)
    };
    for entry in protocols::index() {
        if !others.contains(&entry) && takes_all(entry) {
            others.push(entry);
        }
    }
    others.retain(|other| other.id != run.protocol.id);
    others
}

/// Returns a run's scenario under another protocol; none, too, if the run takes long.
pub(super) fn under(
    run: &Outcome,
    origin: &Scenario,
    protocol: &'static Protocol,
    runner: &mut Runner,
) -> Option<Run> {
    let next = match variant(run, origin, protocol) {
        Some((from, to)) => carry_over(&run.scenario, &from, &to, protocol),
        None => Edit::Protocol(protocol.id).apply(&run.scenario).ok()?,
    };
    let run = runner.run(next).ok()??;
    Some(let_it_rest(run, runner))
}

/// Returns the example that a run was made of, and its variant under another protocol.
fn variant(run: &Outcome, origin: &Scenario, protocol: &Protocol) -> Option<(Scenario, Scenario)> {
    let here = example(run, origin)?;
    let there = here.variants().into_iter().find(|there| there.protocol == protocol.id)?;
    Some((here.scenario().ok()?, there.scenario().ok()?))
}

/// Tells the reader what was left out.
fn say(state: State, left_out: &[String]) -> State {
    if left_out.is_empty() {
        return state;
    }
    let name = state.run.protocol.name;
    let named = left_out[..left_out.len().min(NAMED)].join("; ");
    let more = match left_out.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => text::tour::more(more),
    };
    let left_out = sentence(text::tour::left_out(name, &named, &more));
    let why = text::tour::undo(&left_out);
    let refused = Refused::after(state.refused.as_ref(), why);
    State { refused: Some(refused), ..state }
}
