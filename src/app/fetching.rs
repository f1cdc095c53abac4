//! Parts of the program that are fetched when they are first needed: the packs of protocols, changes, links.
//!
//! An action that needs a part that is not here leaves the state unchanged, except for an [`Awaited`]: the missing parts,
//! and the action. The caller fetches them and reports it. Then the action is repeated, from the state at that time.
//! Actions that need the same part wait together: a drag is several. No other module has to handle the wait, except where a part of the page can do without.

use serde_json::Value as Json;

use super::{
    Action, Against, Edit, Hand, KeptRun, OPENING, Shared, State,
    derived::derived,
    draft,
    state::{edits, needs_edits},
};
use crate::{
    formats::{
        link::{self, links},
        parse, without_items, without_mark,
    },
    kernel::Scenario,
    protocols,
    split::NotFetched,
};

/// Part of the program that actions need, besides the packs of protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramPart {
    /// Changes of the scenario, comparisons, exercises and drafts.
    Edits,
    /// Links and digests.
    Links,
}

impl ProgramPart {
    /// All of them, the one first that is needed soonest.
    pub const ALL: [Self; 2] = [Self::Edits, Self::Links];

    /// True if it is here.
    #[must_use]
    pub fn is_here(self) -> bool {
        match self {
            Self::Edits => edits::here().is_some(),
            Self::Links => links::here().is_some(),
        }
    }

    /// Fetches it, unless it is here.
    ///
    /// # Errors
    /// If it could not be fetched. The next call tries again.
    pub async fn fetch(self) -> Result<(), NotFetched> {
        match self {
            Self::Edits => edits::fetch().await,
            Self::Links => links::fetch().await,
        }
    }
}

/// Actions that wait for packs or parts of the program.
#[derive(Clone, Debug)]
pub struct Awaited {
    /// Ids of the protocols whose packs are missing.
    pub protocols: Vec<&'static str>,
    /// Parts of the program that are missing.
    pub parts: Vec<ProgramPart>,
    /// The actions, in their order.
    actions: Vec<Action>,
}

/// Action on what is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchAction {
    /// Reports that a part of the program has arrived.
    Arrived,
    /// Reports that a part could not be fetched: the pack of this protocol, or, if none, another part.
    Failed(Option<&'static str>),
    /// Tries again to fetch what the reader's action needs.
    Again,
}

/// Ids of protocols, each once.
#[derive(Default)]
struct Ids(Vec<&'static str>);

impl Ids {
    /// Adds a protocol, if it exists and its pack is not here.
    fn add(&mut self, id: &str) {
        let Some(entry) = protocols::entry(id).filter(|entry| !protocols::is_here(entry.id)) else {
            return;
        };
        if !self.0.contains(&entry.id) {
            self.0.push(entry.id);
        }
    }

    /// Adds the protocols without which the text of a scenario cannot be read: its own, or, if that is here and the goal
    /// is a property that no protocol here has, all others.
    fn add_json(&mut self, json: &Json) {
        let id = json.get("protocol").and_then(Json::as_str).unwrap_or_default();
        self.add(id);
        let Some(goal) = json.get("goal").filter(|_| protocols::is_here(id)) else { return };
        let wanted = ["violate", "keep"].into_iter().find_map(|want| goal.get(want)?.as_str());
        let is_known = |name: &str| {
            let mut here = protocols::catalogue().flat_map(|(_, protocol)| protocol.properties());
            here.any(|(property, _)| property.name == name)
        };
        if wanted.is_some_and(|name| !is_known(name)) {
            protocols::index().for_each(|entry| self.add(entry.id));
        }
    }

    fn add_text(&mut self, text: &str) {
        // The reader of the whole text says what is wrong with it.
        if let Ok(json) = parse(&without_items(text)) {
            self.add_json(&json);
        }
    }

    /// Adds those of a link, or of the JSON of a scenario.
    fn add_link(&mut self, text: &str) {
        let text = without_mark(text);
        if text.trim_start().starts_with('{') {
            return self.add_text(text);
        }
        match link::texts(text) {
            Ok(texts) => texts.iter().for_each(|text| self.add_text(text)),
            Err(_) => self.add_opening(),
        }
    }

    fn add_opening(&mut self) {
        self.add_path(OPENING);
    }

    /// Adds the protocol of a bundled scenario.
    fn add_path(&mut self, path: &str) {
        if let Some(id) = path.split('/').nth(1) {
            self.add(id);
        }
    }

    /// Adds those of the scenarios of a draft.
    fn add_draft(&mut self, text: &str) {
        draft::scenarios(text).iter().for_each(|text| self.add_text(text));
    }
}

/// Returns the protocols whose packs are missing for the page to open on an address's fragment, in a tab that wrote
/// this draft before. When they are here, others may be missing.
#[must_use]
pub fn missing_to_begin(fragment: &str, draft: Option<&str>) -> Vec<&'static str> {
    let mut ids = Ids::default();
    // It stands in for a long run, and for a link that cannot be opened.
    ids.add_opening();
    if !fragment.is_empty() {
        ids.add_link(fragment);
        draft.into_iter().for_each(|draft| ids.add_draft(draft));
    }
    ids.0
}

/// True if a scenario can be read from a text: the packs that this needs are here.
pub(super) fn is_readable(text: &str) -> bool {
    let mut ids = Ids::default();
    ids.add_text(text);
    ids.0.is_empty()
}

/// Returns the protocols whose packs are missing for an errand of a worker.
#[must_use]
pub fn missing_for_errand(text: &str) -> Vec<&'static str> {
    let mut ids = Ids::default();
    let json = parse(text).unwrap_or_default();
    let with = json.get("with").unwrap_or(&Json::Null);
    ids.add_json(with.get("scenario").unwrap_or(with));
    ids.0
}

/// Returns the protocols whose packs are missing for the JSON of a scenario to be read.
#[must_use]
pub fn missing_for(scenario: &Json) -> Vec<&'static str> {
    let mut ids = Ids::default();
    ids.add_json(scenario);
    ids.0
}

/// Returns the protocols whose packs are missing for an action.
fn missing(state: &State, action: &Action) -> Vec<&'static str> {
    let mut ids = Ids::default();
    let mut page = |scenario: &Scenario| ids.add(&scenario.protocol);
    match action {
        Action::Example(path) => ids.add_path(path),
        Action::Protocol(id)
        | Action::Apply(Edit::Protocol(id))
        | Action::Compare(Some(Against::Protocol(id))) => ids.add(id),
        Action::Apply(Edit::Replace(scenario)) => page(scenario),
        Action::Compare(Some(Against::Own(own))) => match &own.kept {
            KeptRun::Link(fragment) => ids.add_link(fragment),
            KeptRun::Draft(draft) => ids.add_draft(draft),
        },
        Action::Undo => state.undo.last().into_iter().for_each(|to| page(&to.scenario)),
        Action::Redo => state.redo.last().into_iter().for_each(|to| page(&to.scenario)),
        Action::Reset => page(&state.origin),
        Action::Load(text) if text.trim_matches('#').is_empty() => ids.add_opening(),
        Action::Load(text) | Action::File(_, Some(text)) | Action::Pair(text) => ids.add_link(text),
        Action::Restore(draft) => ids.add_draft(draft),
        Action::Hand(Hand::Take) => {
            state.writing.iter().for_each(|writing| ids.add_text(&writing.text));
        }
        _ => {}
    }
    ids.0
}

/// Returns the missing parts that an action needs.
fn missing_parts(action: &Action) -> Vec<ProgramPart> {
    let reads = matches!(
        action,
        Action::Load(_)
            | Action::File(..)
            | Action::Restore(_)
            | Action::Pair(_)
            | Action::Compare(Some(Against::Own(_)))
    );
    let needs = |part: &ProgramPart| match part {
        ProgramPart::Edits => needs_edits(action),
        ProgramPart::Links => reads,
    };
    ProgramPart::ALL.into_iter().filter(|part| needs(part) && !part.is_here()).collect()
}

/// Returns the state that waits for the packs that an action needs; none if they are here.
pub(super) fn waits(state: &State, action: &Action) -> Option<State> {
    let parts = missing_parts(action);
    // A link tells which protocols it needs when it can be read.
    let protocols = if parts.is_empty() { missing(state, action) } else { Vec::new() };
    if protocols.is_empty() && parts.is_empty() {
        return None;
    }
    let mut actions = match &state.awaited {
        Some(awaited) if !parts.is_empty() && awaited.parts == parts => awaited.actions.clone(),
        _ => Vec::new(),
    };
    // Of the steps of a drag the last one counts.
    let is_step = |action: &Action| matches!(action, Action::Adjust(_));
    actions.pop_if(|last| is_step(last) && is_step(action));
    actions.push(action.clone());
    let awaited = Awaited { protocols, parts, actions };
    Some(State { awaited: Some(Shared::new(awaited)), fetch_failed: false, ..state.clone() })
}

pub(super) fn reduce(state: &State, action: FetchAction) -> State {
    match action {
        FetchAction::Arrived => arrived(state),
        FetchAction::Failed(protocol) => {
            // A failure in the background is no message: the page does without.
            let is_awaited = |awaited: &Shared<Awaited>| match protocol {
                Some(id) => awaited.protocols.contains(&id),
                None => !awaited.parts.is_empty(),
            };
            let failed = state.awaited.as_ref().is_some_and(is_awaited);
            State { fetch_failed: state.fetch_failed || failed, ..state.clone() }
        }
        FetchAction::Again => State { fetch_failed: false, ..state.clone() },
    }
}

/// Continues after a part has arrived: with the actions that waited for it, and with the ways on.
fn arrived(state: &State) -> State {
    let Some(awaited) = state.awaited.clone() else { return derived(state.clone()) };
    let is_here = awaited.protocols.iter().all(|id| protocols::is_here(id))
        && awaited.parts.iter().all(|part| part.is_here());
    if !is_here {
        return state.clone();
    }
    let waited = State { awaited: None, fetch_failed: false, ..state.clone() };
    awaited.actions.iter().fold(waited, |state, action| super::reduce(&state, action.clone()))
}

impl State {
    /// Returns the parts of the program that the reader's action waits for.
    #[must_use]
    pub fn parts_to_fetch(&self) -> Vec<ProgramPart> {
        let awaited = self.awaited.iter().filter(|_| !self.fetch_failed);
        let parts = awaited.flat_map(|awaited| awaited.parts.iter().copied());
        parts.filter(|part| !part.is_here()).collect()
    }

    /// True while another run that the reader chose is fetched: a change of the settings would be made to the run that it
    /// is about to replace.
    #[must_use]
    pub fn fetches_run(&self) -> bool {
        let awaited = self.awaited.iter().filter(|_| !self.fetch_failed);
        let is_choice = |action: &Action| {
            matches!(
                action,
                Action::Example(_)
                    | Action::Protocol(_)
                    | Action::Load(_)
                    | Action::File(..)
                    | Action::Restore(_)
            )
        };
        awaited.flat_map(|awaited| &awaited.actions).any(is_choice)
    }

    /// Returns the protocols that the reader's action waits for.
    #[must_use]
    pub fn to_fetch(&self) -> Vec<&'static str> {
        let awaited = self.awaited.iter().filter(|_| !self.fetch_failed);
        let mut ids = Ids::default();
        awaited.for_each(|awaited| awaited.protocols.iter().for_each(|id| ids.add(id)));
        ids.0
    }

    /// Returns the protocols of the variants of the example that are not here: the page can do without.
    #[must_use]
    pub fn to_fetch_beside(&self) -> Vec<&'static str> {
        let mut ids = Ids::default();
        self.ways.missing.iter().for_each(|id| ids.add(id));
        ids.0
    }
}
