//! Two runs side by side: the one that is shown, and the same scenario under another protocol, with another seed or value of a
//! parameter, or before a change; or another run of the reader.

use std::rc::Rc;

use super::{
    Edit, Refused, Run, Shared, Since, State,
    changes::earlier,
    draft::shown,
    interesting_end,
    runner::Runner,
    text,
    tour::{others, under},
};
use crate::{
    analysis::Judgement,
    diagram::{Parting, Seen, parting, parting_sentence},
    formats::link::{self, Compared, Decoded},
    kernel::{Scenario, Time, visible},
    protocols,
    runs::Outcome,
};

/// The run for the comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Against {
    /// The same scenario under another protocol, by its id.
    Protocol(&'static str),
    /// The same scenario with this change: another seed, another value of a parameter.
    With(Box<Edit>),
    /// Another run of the reader.
    Own(Rc<OwnRun>),
    /// An earlier run.
    Earlier(Since),
    /// A run of the link that was opened, by its place among those beside the first.
    Linked(usize),
}

/// A run that the reader saved, or the work of another tab. It is read when it is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRun {
    /// Name of it among all of them that never changes: its key in the storage.
    pub id: String,
    /// Its name in the list.
    pub name: String,
    /// The text that holds it.
    pub kept: KeptRun,
}

/// Text that holds a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptRun {
    /// Fragment of a link.
    Link(String),
    /// Draft of a tab.
    Draft(String),
}

impl OwnRun {
    /// Returns its scenario; none if the text is damaged.
    fn scenario(&self) -> Option<Scenario> {
        match &self.kept {
            KeptRun::Link(fragment) => link::decode(fragment).ok().map(|decoded| decoded.scenario),
            KeptRun::Draft(draft) => shown(draft),
        }
    }
}

/// Runs that a link put beside its first one.
#[derive(Debug)]
pub struct Linked {
    /// Scenario that the reader's changes are compared with, as it was when the link was opened.
    origin: Rc<Scenario>,
    /// The runs, with their digests.
    pub runs: Vec<Compared>,
}

/// A second run beside the one that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// Its kind.
    pub against: Against,
    /// The run.
    pub run: Run,
    /// The first difference between the runs, if they differ.
    pub parting: Option<Parting>,
    /// The same, in a sentence.
    pub sentence: Shared<String>,
    /// Names of the runs, the shown one first.
    pub names: [String; 2],
    /// Runs of the link that it is one of.
    linked: Option<Shared<Linked>>,
}

/// Returns the runs that can be compared with the one that is shown, each with its name; `origin` is the scenario as it
/// was opened. A recorded run cannot run under a protocol.
#[must_use]
pub fn offers(run: &Outcome, origin: &Scenario) -> Vec<(&'static str, &'static str)> {
    if run.is_recorded() {
        return Vec::new();
    }
    others(run, origin).into_iter().map(|entry| (entry.id, entry.name)).collect()
}

/// The judgement of a property in each run, none where it is not judged.
pub type Pair<'a> = [Option<&'a Judgement>; 2];

impl Compare {
    /// Returns none, too, if the run takes long to compute.
    fn of(state: &State, against: Against, runner: &mut Runner) -> Option<Self> {
        let linked = state.linked_runs();
        let seen_of = |run: &Run| match run.protocol.id == state.run.protocol.id {
            true => Seen::Messages,
            false => Seen::Application,
        };
        let this_run = || text::compare::THIS_RUN.to_owned();
        let (run, seen, names) = match against.clone() {
            Against::Linked(place) => {
                let run = runner.run(linked?.runs.get(place)?.scenario.clone()).ok()??;
                let names = linked_names(&state.run, &run, place);
                let seen = seen_of(&run);
                (run, seen, names)
            }
            Against::With(edit) => {
                let name = name_of(&edit)?;
                let run = runner.run(edit.apply(state.scenario()).ok()?).ok()??;
                (run, Seen::Messages, [this_run(), name])
            }
            Against::Own(own) => {
                let run = runner.run(own.scenario()?).ok()??;
                let seen = seen_of(&run);
                (run, seen, [this_run(), text::compare::titled(&visible(&own.name))])
            }
            Against::Protocol(id) => {
                let protocol = protocols::find(id)?;
                let run = under(&state.run, &state.origin, protocol, runner)?;
                let names = [state.run.protocol, protocol].map(|it| text::compare::under(it.name));
                (run, Seen::Application, names)
            }
            Against::Earlier(since) => {
                let before = match since {
                    Since::Change => text::compare::BEFORE_CHANGE,
                    Since::Opening => text::compare::AS_OPENED,
                };
                let names = [this_run(), before.to_owned()];
                (earlier(state, since, runner)?, Seen::Messages, names)
            }
        };
        if runner.wanted.is_some() {
            return None;
        }
        let parting = parting([&state.run.trace, &run.trace], seen);
        let runs = [&state.run, &run];
        let waits = runs.map(|run| &run.features().waits);
        let sentence = parting_sentence(
            parting,
            runs.map(|run| (&run.scenario, &run.trace)),
            [&names[0], &names[1]],
            waits.map(|waits| &waits[..]),
        );
        // The others of the link stay in it as long as this is one of them.
        let is_of =
            |linked: &&Shared<Linked>| linked.runs.iter().any(|it| it.scenario == run.scenario);
        let (sentence, linked) = (Shared::new(sentence), linked.filter(is_of).cloned());
        Some(Self { against, run, parting, sentence, names, linked })
    }

    /// Returns the link to the run that is shown, with this one beside it; the link itself, too, if that would be too long, or
    /// the part [`edits`](mod@super::edits) is not here.
    #[must_use]
    pub fn in_link(&self, fragment: &str, first: &Scenario) -> String {
        let with = super::edits::here().and_then(|edits| (edits.in_link)(self, fragment, first));
        with.unwrap_or_else(|| fragment.to_owned())
    }

    pub(super) fn in_link_now(&self, fragment: &str, first: &Scenario) -> Option<String> {
        // The digest of a long run takes too long.
        let digest = (!self.run.is_long()).then(|| self.run.digest());
        let mut runs = vec![Compared { scenario: self.run.scenario.clone(), digest }];
        let others = self.linked.iter().flat_map(|linked| &linked.runs);
        runs.extend(others.filter(|other| other.scenario != self.run.scenario).cloned());
        link::with_comparison(fragment, first, &runs)
    }

    /// Returns every property that is judged in at least one of the runs.
    #[must_use]
    pub fn verdicts<'a>(&'a self, shown: &'a Outcome) -> Vec<Pair<'a>> {
        let (mine, theirs) = (&shown.report.judgements, &self.run.report.judgements);
        let find = |list: &'a [Judgement], name: &str| {
            list.iter().find(|judgement| judgement.property.name == name)
        };
        let of_mine = mine.iter().map(|it| [Some(it), find(theirs, it.property.name)]);
        let rest = theirs.iter().filter(|it| find(mine, it.property.name).is_none());
        of_mine.chain(rest.map(|it| [None, Some(it)])).collect()
    }

    /// Returns the last moment worth showing in either run.
    #[must_use]
    fn end(&self) -> Time {
        interesting_end(&self.run)
    }
}

/// Returns the name of a run with this change; none for changes that are not offered.
fn name_of(edit: &Edit) -> Option<String> {
    match edit {
        Edit::Seed(seed) => Some(text::compare::with("seed", &seed.to_string())),
        Edit::Parameter(name, value) => Some(text::compare::with(name, &value.to_string())),
        _ => None,
    }
}

/// Returns the change that makes one scenario of the other, if it is another seed or another value of a parameter.
fn change_between(mine: &Scenario, theirs: &Scenario) -> Option<Edit> {
    let parameters = protocols::find(&mine.protocol)?.behaviour.parameters.iter();
    let values = parameters.filter_map(|it| {
        let value = theirs.params.get(it.name).cloned().unwrap_or_else(|| it.default());
        Some(Edit::Parameter(it.name, value))
            .filter(|_| mine.params.get(it.name) != theirs.params.get(it.name))
    });
    let seed = (mine.seed != theirs.seed).then_some(Edit::Seed(theirs.seed));
    let mut edits = seed.into_iter().chain(values);
    edits.find(|edit| edit.clone().apply(mine).is_ok_and(|made| made == *theirs))
}

/// Names of a run and of one that a link puts beside it.
fn linked_names(mine: &Run, theirs: &Run, place: usize) -> [String; 2] {
    let title = &theirs.scenario.title;
    let this_run = text::compare::THIS_RUN.to_owned();
    if !title.is_empty() && *title != mine.scenario.title {
        return [this_run, text::compare::titled(&visible(title))];
    }
    if mine.protocol.id != theirs.protocol.id {
        return [mine, theirs].map(|run| text::compare::under(run.protocol.name));
    }
    let change = change_between(&mine.scenario, &theirs.scenario);
    if let Some(name) = change.as_ref().and_then(name_of) {
        return [this_run, name];
    }
    [this_run, text::compare::numbered(place + 2)]
}

impl Linked {
    /// Returns the names of the runs for a list of them, the first being that of place 0.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let name = |(place, run): (usize, &Compared)| match &*run.scenario.title {
            "" => text::compare::number(place + 2),
            title => visible(title).into_owned(),
        };
        self.runs.iter().enumerate().map(name).collect()
    }
}

impl State {
    /// Returns the runs that the link of this page puts beside its first one; none once another scenario was opened.
    #[must_use]
    pub fn linked_runs(&self) -> Option<&Shared<Linked>> {
        self.linked.as_ref().filter(|linked| linked.origin == self.origin)
    }
}

/// Puts the runs of a link beside the one that is shown, which is the link's first: the next of them at once.
pub(super) fn paired(mut state: State, runs: Vec<Compared>, runner: &mut Runner) -> State {
    if runs.is_empty() {
        return state;
    }
    state.linked = Some(Shared::new(Linked { origin: Rc::clone(&state.origin), runs }));
    let Some(compare) = Compare::of(&state, Against::Linked(0), runner) else { return state };
    let state = as_promised(state, &compare);
    let compare = as_chosen(&state, compare);
    put(state, Some(compare))
}

/// Returns the comparison as the reader who made the link had chosen it, where the second run is the same scenario under
/// another protocol, with another seed or with another value of a parameter: it then follows changes.
fn as_chosen(state: &State, compare: Compare) -> Compare {
    let protocol = compare.run.protocol;
    let against = match protocol.id == state.run.protocol.id {
        true => change_between(state.scenario(), &compare.run.scenario)
            .map(|edit| Against::With(Box::new(edit))),
        false => Some(Against::Protocol(protocol.id)),
    };
    let Some(against) = against else { return compare };
    let mut runner = Runner::knowing(vec![compare.run.clone()]);
    let chosen = Compare::of(state, against, &mut runner);
    chosen.filter(|chosen| chosen.run.scenario == compare.run.scenario).unwrap_or(compare)
}

/// Puts the runs of the page's address beside the one that is shown, if that is its first one: the reader's work was
/// restored from a draft.
pub(super) fn pair(state: State, fragment: &str) -> State {
    let Ok(Decoded { scenario, compared, .. }) = link::decode(fragment) else { return state };
    if scenario != *state.scenario() {
        return state;
    }
    let mut runner = state.runner();
    let next = paired(state.clone(), compared, &mut runner);
    if runner.wanted.is_some() { state.waits(runner) } else { next }
}

/// Puts a second run beside the one that is shown, or removes it.
pub(super) fn compare(state: State, against: Option<Against>) -> State {
    let mut runner = state.runner();
    let name = match &against {
        Some(Against::Own(own)) => Some(visible(&own.name).into_owned()),
        _ => None,
    };
    let compare = against.and_then(|against| Compare::of(&state, against, &mut runner));
    if runner.wanted.is_some() {
        return state.waits(runner);
    }
    if let (None, Some(name)) = (&compare, name) {
        let why = text::compare::unreadable(&name);
        let refused = Some(Refused::after(state.refused.as_ref(), why));
        return State { refused, ..state };
    }
    let state = match &compare {
        Some(compare) => as_promised(state, compare),
        None => state,
    };
    put(state, compare)
}

fn put(state: State, compare: Option<Compare>) -> State {
    let shown_until = interesting_end(&state.run);
    let told = compare.as_ref().filter(|_| !state.study.future_hidden);
    let announcement = told.map(|it| String::clone(&it.sentence));
    let announcement = announcement.unwrap_or_else(|| state.announcement.clone());
    lengthened(State { compare, shown_until, announcement, ..state })
}

/// Says so if a run of a link has another digest than the link has.
fn as_promised(state: State, compare: &Compare) -> State {
    let Against::Linked(place) = compare.against else { return state };
    let linked = compare.linked.as_ref().and_then(|linked| linked.runs.get(place));
    let digest = linked.and_then(|run| run.digest.as_ref());
    // That of a long run takes too long.
    if digest.is_none_or(|it| compare.run.is_long() || compare.run.digest().starts_with(it)) {
        return state;
    }
    let why = text::opening::OTHER_VERSION.to_owned();
    State { refused: Some(Refused::after(state.refused.as_ref(), why)), ..state }
}

/// Updates the second run after an action.
pub(super) fn follow(state: &State, next: State) -> State {
    let changed = next.wanted.is_none() && next.run != state.run;
    let Some(compare) = next.compare.as_ref().filter(|_| changed) else {
        return next;
    };
    let against = compare.against.clone();
    let same = !matches!(against, Against::Protocol(id) if id == next.run.protocol.id);
    let mut runner = state.runner().and(compare.run.clone());
    let compare = same.then(|| Compare::of(&next, against, &mut runner)).flatten();
    if runner.wanted.is_some() {
        return next.waits(runner);
    }
    lengthened(State { compare, ..next })
}

/// Makes the axis as long as the longer run, except while it must not move.
fn lengthened(state: State) -> State {
    let end = state.compare.as_ref().filter(|_| !state.adjusting).map_or(0, Compare::end);
    State { shown_until: state.shown_until.max(end), ..state }
}
