//! The bundled scenarios: `static/scenarios/<family>/<protocol>/<name>.json`.

use std::cell::RefCell;

use super::{Problem, scenario};
pub use crate::protocols::Bundled;
use crate::{
    kernel::{Protocol, Scenario, sort_by_key},
    protocols,
    runs::Outcome,
};

thread_local! {
    /// Scenarios that were read, each by its text. They stay: there are as many as files.
    static READ: RefCell<Vec<(&'static str, &'static Result<Scenario, Problem>)>> =
        const { RefCell::new(Vec::new()) };
}

impl Bundled {
    /// Returns its path, which is unique: `reliable/best-effort-broadcast/half-way`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}/{}", self.family, self.protocol, self.name)
    }

    /// Returns the scenario. Its file is read once.
    ///
    /// # Errors
    /// The first mistake in its file; a test reads them all.
    pub fn scenario(&self) -> Result<Scenario, Problem> {
        self.read().clone()
    }

    fn read(&self) -> &'static Result<Scenario, Problem> {
        let known = READ.with_borrow(|known| {
            known.iter().find(|(text, _)| std::ptr::eq(*text, self.text)).map(|(_, read)| *read)
        });
        known.unwrap_or_else(|| {
            let read: &Result<_, _> = Box::leak(Box::new(scenario::read_bundled(self.text)));
            READ.with_borrow_mut(|known| known.push((self.text, read)));
            read
        })
    }

    /// Runs the scenario.
    ///
    /// # Errors
    /// As [`scenario`](Self::scenario).
    pub fn outcome(&self) -> Result<Outcome, Problem> {
        Ok(Outcome::of(self.scenario()?)?)
    }

    /// Returns the same sends under several protocols, in the order of the catalogue: this scenario, and
    /// those of its name that differ from it only in the protocol, its parameters, title, captions and goal. Those of
    /// protocols that are not here are missing.
    #[must_use]
    pub fn variants(&self) -> Vec<&'static Self> {
        let sends = |bundled: &Self| {
            let scenario = bundled.scenario().ok()?;
            let (protocol, title) = (String::new(), String::new());
            let (params, captions) = Default::default();
            Some(Scenario { protocol, title, params, captions, ..scenario })
        };
        let mine = sends(self);
        let namesakes = bundled().into_iter().filter(|other| other.name == self.name);
        let mut variants: Vec<_> = namesakes.filter(|other| sends(other) == mine).collect();
        let place = |id| protocols::index().position(|entry| entry.id == id);
        sort_by_key(&mut variants, |variant| place(variant.protocol));
        variants
    }

    /// Returns its title; empty if it has none.
    #[must_use]
    pub fn title(&self) -> String {
        self.read().as_ref().map(|scenario| scenario.title.clone()).unwrap_or_default()
    }
}

/// Returns all that are here, sorted by path.
#[must_use]
pub fn bundled() -> Vec<&'static Bundled> {
    let mut all: Vec<_> = protocols::packs().into_iter().flat_map(|pack| pack.bundled).collect();
    sort_by_key(&mut all, |it| (it.family, it.protocol, it.name));
    all
}

/// Returns the scenario with this path, if its protocol is here.
#[must_use]
pub fn find(path: &str) -> Option<&'static Bundled> {
    let (_, of) = path.split_once('/')?;
    let (protocol, _) = of.split_once('/')?;
    of_protocol(protocol).find(|bundled| bundled.path() == path)
}

/// Returns the scenarios of a protocol, sorted by name; none if the protocol is not here.
pub fn of_protocol(id: &str) -> impl Iterator<Item = &'static Bundled> {
    protocols::bundled_of(id).iter()
}

/// Returns the best example of a protocol, [`Protocol::example`], or else its first; never an exercise.
#[must_use]
pub fn best_of(protocol: &Protocol) -> Option<&'static Bundled> {
    let no_exercise =
        |it: &&Bundled| it.read().as_ref().is_ok_and(|scenario| scenario.goal.is_none());
    let named = of_protocol(protocol.id).find(|it| it.name == protocol.example);
    named.or_else(|| of_protocol(protocol.id).find(no_exercise))
}
