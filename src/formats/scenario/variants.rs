//! Variants of an exercise: the same task with other names, times and draws, one for each student (docs/exercises.md).
//!
//! A [`Variant`] holds the differences from the exercise. A hash of the student's key, which a link carries in `&v=`,
//! picks it. So the teacher keeps no list of students and variants.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::{
    bounds, goal_of,
    names::node_names,
    rename::{rename_in_words, rename_node},
    times,
};
use crate::{
    formats::{json::Place, problem::Problem},
    kernel::{Delay, MAX_NODES, MAX_TIME, NodeId, Scenario, Time},
};

/// Largest number of variants of an exercise.
pub const MAX_VARIANTS: usize = 1000;
/// Greatest length of a student's id that stands in a link as it is, in characters.
const MAX_KEY: usize = 64;

const FIELDS: &[&str] = &["nodes", "seed", "later", "delay"];

/// Difference of a variant from its exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// Other names of the nodes, in the order of their places; none if they stay.
    pub nodes: Option<Vec<String>>,
    /// Another seed.
    pub seed: Option<u64>,
    /// Virtual ms by which requests, faults, captions and the horizon are later.
    pub later: Time,
    /// Another delay of the network.
    pub delay: Option<Delay>,
}

impl Variant {
    fn read(place: &Place, nodes: usize) -> Result<Self, Problem> {
        let fields = place.object(FIELDS)?;
        let mut variant = Self::default();
        if let Some(names) = fields.find("nodes") {
            let expected = format!("the names of {nodes} nodes");
            let list = names.list(&expected, MAX_NODES)?;
            let list = list.iter().map(|name| name.text(&expected).map(str::to_owned));
            let list = list.collect::<Result<Vec<_>, _>>()?;
            if list.len() != nodes {
                return Err(names.problem(expected));
            }
            node_names(&list).map_err(|problem| Problem {
                path: format!("{}.{}", place.path(), problem.path),
                ..problem
            })?;
            variant.nodes = Some(list);
        }
        if let Some(seed) = fields.find("seed") {
            variant.seed = Some(seed.whole(bounds::SEEDS)?);
        }
        if let Some(later) = fields.find("later") {
            variant.later = later.whole(bounds::TIMES)?;
        }
        if let Some(delay) = fields.find("delay") {
            variant.delay = Some(times::delay(&delay)?);
        }
        Ok(variant)
    }

    fn to_json(&self) -> Json {
        let mut fields = Map::new();
        if let Some(nodes) = &self.nodes {
            fields.insert("nodes".to_owned(), json!(nodes));
        }
        if let Some(seed) = self.seed {
            fields.insert("seed".to_owned(), json!(seed));
        }
        if self.later > 0 {
            fields.insert("later".to_owned(), json!(self.later));
        }
        if let Some(delay) = self.delay {
            fields.insert("delay".to_owned(), json!([delay.min, delay.max]));
        }
        Json::Object(fields)
    }

    /// Returns the exercise with these differences, which has no further variants.
    ///
    /// # Errors
    /// If it breaks a rule of scenarios then, such as the bound on times.
    pub fn of(&self, exercise: &Scenario) -> Result<Scenario, Problem> {
        let mut variant = without_variants(exercise.clone());
        if let Some(names) = &self.nodes {
            rename_all(&mut variant, names);
        }
        if let Some(seed) = self.seed {
            variant.seed = seed;
        }
        if let Some(delay) = self.delay {
            variant.network.delay = delay;
        }
        let postpone = |time: &mut Time| *time = time.saturating_add(self.later).min(MAX_TIME + 1);
        variant.requests.iter_mut().for_each(|request| postpone(&mut request.at));
        variant.captions.iter_mut().for_each(|caption| postpone(&mut caption.at));
        let times = variant.faults.iter_mut().flat_map(|fault| fault.times_mut());
        times.flatten().for_each(postpone);
        postpone(&mut variant.until);
        variant.check()
    }
}

/// Gives all nodes other names, which may be those of other nodes before: each passes by a name of one word that no text has.
fn rename_all(scenario: &mut Scenario, names: &[String]) {
    let free = |place: usize| format!("node{place}ofTheExercise");
    for place in 0..names.len() {
        let before = scenario.nodes[place].clone();
        rename_everywhere(scenario, place, &before, free(place));
    }
    for (place, name) in names.iter().enumerate() {
        rename_everywhere(scenario, place, &free(place), name.clone());
    }
}

/// Renames a node in the scenario, and in the words about it.
fn rename_everywhere(scenario: &mut Scenario, place: usize, before: &str, after: String) {
    rename_in_words(&mut scenario.title, before, &after);
    for caption in &mut scenario.captions {
        rename_in_words(&mut caption.text, before, &after);
    }
    rename_node(scenario, NodeId::new(place), after);
}

/// Returns the variants of an exercise; none if there is only one form of it, or if it is no exercise.
///
/// # Errors
/// The first error in them, with its path.
pub fn variants_of(scenario: &Scenario) -> Result<Vec<Variant>, Problem> {
    let Some(variants) = goal_of(scenario).and_then(|goal| goal.variants) else {
        return Ok(Vec::new());
    };
    let place = Place::at("goal.variants".to_owned(), &variants);
    let variants = place.list("a list of variants", MAX_VARIANTS)?;
    variants.iter().map(|place| Variant::read(place, scenario.nodes.len())).collect()
}

/// True if an exercise has variants.
#[must_use]
pub fn has_variants(exercise: &Scenario) -> bool {
    let variants = exercise.goal.as_ref().and_then(|goal| goal.get("variants"));
    variants.and_then(Json::as_array).is_some_and(|variants| !variants.is_empty())
}

/// Returns an exercise with these variants instead of its own.
#[must_use]
pub fn with_variants(exercise: &Scenario, variants: &[Variant]) -> Scenario {
    let mut exercise = without_variants(exercise.clone());
    if let Some(Json::Object(goal)) = &mut exercise.goal
        && !variants.is_empty()
    {
        let list = variants.iter().map(Variant::to_json).collect();
        goal.insert("variants".to_owned(), Json::Array(list));
    }
    exercise
}

/// Returns an exercise with its variants in their canonical form: without defaults, and none at all instead of an empty list.
pub(super) fn canonical(exercise: Scenario) -> Scenario {
    let has_list = exercise.goal.as_ref().is_some_and(|goal| goal.get("variants").is_some());
    match variants_of(&exercise) {
        Ok(variants) if has_list => with_variants(&exercise, &variants),
        _ => exercise,
    }
}

/// Returns an exercise without its variants.
#[must_use]
pub fn without_variants(mut exercise: Scenario) -> Scenario {
    if let Some(Json::Object(goal)) = &mut exercise.goal {
        goal.remove("variants");
    }
    exercise
}

/// Returns the key of a student for a link: the id in lower case, or, where it has other characters than letters, digits,
/// `-` and `_`, the beginning of its hash. A key is its own key.
#[must_use]
pub fn key_of(id: &str) -> String {
    let id = id.trim().to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=MAX_KEY).contains(&id.len()) && id.chars().all(is_plain) {
        return id;
    }
    Sha256::digest(id.as_bytes())[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the number of the variant that a student has, from 1, and the exercise as this variant; none if the exercise
/// has no variants.
///
/// # Errors
/// If the id is empty, or if a variant breaks a rule of scenarios.
pub fn variant_for(exercise: &Scenario, id: &str) -> Result<Option<(usize, Scenario)>, Problem> {
    if id.trim().is_empty() && has_variants(exercise) {
        return Err(Problem::new("v", "nothing", "the id of a student: each has a variant"));
    }
    variant_by_key(exercise, id)
}

/// Returns the same for the key in a link, which may be empty.
///
/// The number is 1 + the first eight bytes of the SHA-256 of the [key](key_of), as a big-endian number, modulo the
/// number of variants.
///
/// # Errors
/// If a variant breaks a rule of scenarios.
pub(in crate::formats) fn variant_by_key(
    exercise: &Scenario,
    id: &str,
) -> Result<Option<(usize, Scenario)>, Problem> {
    let variants = variants_of(exercise)?;
    if variants.is_empty() {
        return Ok(None);
    }
    let place = (hashed(&key_of(id)) % variants.len() as u64) as usize;
    let variant = variants[place].of(exercise).map_err(|problem| Problem {
        path: format!("goal.variants[{place}]: {}", problem.path),
        ..problem
    })?;
    Ok(Some((place + 1, variant)))
}

/// Returns the first eight bytes of the SHA-256 of a text as a number.
pub(in crate::formats) fn hashed(text: &str) -> u64 {
    let hash = Sha256::digest(text.as_bytes());
    hash[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
