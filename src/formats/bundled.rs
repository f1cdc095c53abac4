//! The bundled scenarios: `static/scenarios/<family>/<protocol>/<name>.json`.

use std::sync::OnceLock;

use super::{Problem, scenario};
use crate::{
    kernel::{Protocol, Scenario, sort_by_key},
    protocols,
    runs::Outcome,
};

// `const ALL: &[Bundled]`, sorted by path, made by build.rs.
include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// Scenarios in the order of [`ALL`], each read when it is first asked for.
static READ: [OnceLock<Result<Scenario, Problem>>; ALL.len()] =
    [const { OnceLock::new() }; ALL.len()];

/// A bundled scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Id of its family.
    pub family: &'static str,
    /// Id of its protocol.
    pub protocol: &'static str,
    /// Name of its file, without `.json`.
    pub name: &'static str,
    /// Its JSON.
    pub text: &'static str,
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
        let place = ALL.iter().position(|other| other == self);
        let place = place.expect("only this file makes them, all of them in the list");
        READ[place].get_or_init(|| scenario::read(self.text))
    }

    /// Runs the scenario.
    ///
    /// # Errors
    /// As [`scenario`](Self::scenario).
    pub fn outcome(&self) -> Result<Outcome, Problem> {
        Ok(Outcome::of(self.scenario()?)?)
    }

    /// Returns the same sends under several protocols, in the order of the catalogue: this scenario, and
    /// those of its name that differ from it only in the protocol, its parameters, title, captions and goal.
    #[must_use]
    pub fn variants(&self) -> Vec<&'static Self> {
        let sends = |bundled: &Self| {
            let scenario = bundled.scenario().ok()?;
            let (protocol, title) = (String::new(), String::new());
            let (params, captions) = Default::default();
            Some(Scenario { protocol, title, params, captions, ..scenario })
        };
        let mine = sends(self);
        let namesakes = ALL.iter().filter(|other| other.name == self.name);
        let mut variants: Vec<_> = namesakes.filter(|other| sends(other) == mine).collect();
        let place = |id| protocols::catalogue().position(|(_, protocol)| protocol.id == id);
        sort_by_key(&mut variants, |variant| place(variant.protocol));
        variants
    }

    /// Returns its title; empty if it has none.
    #[must_use]
    pub fn title(&self) -> String {
        self.read().as_ref().map(|scenario| scenario.title.clone()).unwrap_or_default()
    }
}

/// Returns all of them, sorted by path.
#[must_use]
pub fn bundled() -> &'static [Bundled] {
    ALL
}

/// Returns the scenario with this path.
#[must_use]
pub fn find(path: &str) -> Option<&'static Bundled> {
    ALL.iter().find(|bundled| bundled.path() == path)
}

/// Returns the scenarios of a protocol, sorted by name.
pub fn of_protocol(id: &str) -> impl Iterator<Item = &'static Bundled> {
    ALL.iter().filter(move |bundled| bundled.protocol == id)
}

/// Returns the best example of a protocol, [`Protocol::example`], or else its first; never an exercise.
#[must_use]
pub fn best_of(protocol: &Protocol) -> Option<&'static Bundled> {
    let no_exercise =
        |it: &&Bundled| it.read().as_ref().is_ok_and(|scenario| scenario.goal.is_none());
    let named = of_protocol(protocol.id).find(|it| it.name == protocol.example);
    named.or_else(|| of_protocol(protocol.id).find(no_exercise))
}
