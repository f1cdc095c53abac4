//! What may be looked for: a property's violation, or something that a node is told.

use std::fmt;

use crate::kernel::{
    Kind, Monitor, Needs, NodeId, Observation, Property, Seen, Setting, Verdict, spell,
    spell_exactly, visible,
};

/// What a run may be looked through for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// It violates a property.
    Violation(&'static Property),
    /// A node tells its application something, perhaps before something else.
    Indicated(IndicationPattern),
}

/// Something that a node tells its application, as the diagram writes it: `deliver m2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IndicationPattern {
    /// Which node.
    pub node: NodeId,
    /// What it tells.
    pub first: String,
    /// What it tells later, and not before; none if it need not tell anything else.
    pub then: Option<String>,
    /// The nodes' names, as both texts have them.
    pub nodes: Vec<String>,
}

impl Target {
    /// Whether a finite prefix of a run shows it.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Violation(property) => property.kind,
            Self::Indicated(_) => Kind::Safety,
        }
    }

    /// The property, if it is a property's violation.
    #[must_use]
    pub const fn property(&self) -> Option<&'static Property> {
        match self {
            Self::Violation(property) => Some(property),
            Self::Indicated(_) => None,
        }
    }

    /// Its name where several things are looked for: the property's, or what is told.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Violation(property) => property.name.to_owned(),
            Self::Indicated(_) => self.to_string(),
        }
    }

    /// The monitor that says *violated* of a run that shows it.
    #[must_use]
    pub fn monitor(&self, setting: &Setting) -> Box<dyn Monitor> {
        match self {
            Self::Violation(property) => (property.monitor)(setting),
            Self::Indicated(pattern) => {
                Box::new(IndicationMonitor { pattern: pattern.clone(), matched: Matched::Nothing })
            }
        }
    }
}

/// In words: `a violation of agreement`, `Bob tells: deliver m2, and later deliver m1`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Violation(property) => write!(f, "a violation of {}", property.name),
            Self::Indicated(IndicationPattern { node, first, then, nodes }) => {
                f.write_str(&spell(&format!("{node} tells: {first}"), nodes))?;
                then.iter().try_for_each(|then| write!(f, ", and later {}", visible(then)))
            }
        }
    }
}

/// What has been heard of a telling so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Matched {
    Nothing,
    First,
    Both,
    /// What should come later came first.
    Wrong,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct IndicationMonitor {
    pattern: IndicationPattern,
    matched: Matched,
}

impl Monitor for IndicationMonitor {
    fn observe(&mut self, seen: &Observation) {
        let IndicationPattern { node, first, then, nodes } = &self.pattern;
        let Seen::Indication(packet) = seen.what else { return };
        if seen.node != *node {
            return;
        }
        let told = spell_exactly(&packet.to_string(), nodes);
        self.matched = match (self.matched, then) {
            (Matched::Nothing, None) if told == *first => Matched::Both,
            (Matched::Nothing, Some(_)) if told == *first => Matched::First,
            (Matched::Nothing, Some(then)) if told == *then => Matched::Wrong,
            (Matched::First, Some(then)) if told == *then => Matched::Both,
            (matched, _) => matched,
        };
    }

    fn needs(&self) -> Needs {
        Needs::SEQUENCE
    }

    fn verdict(&self, _over: bool) -> Verdict {
        match self.matched {
            Matched::Both => {
                Verdict::Violated { why: "it was told so".to_owned(), witness: Vec::new() }
            }
            _ => Verdict::Holds,
        }
    }
}
