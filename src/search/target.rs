//! Targets of a search: the violation of a property, or an indication.

use std::fmt;

use crate::kernel::{
    Kind, Monitor, Needs, NodeId, Observation, Property, Seen, Setting, Verdict, spell,
    spell_exactly, visible,
};

/// Target of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The violation of a property.
    Violation(&'static Property),
    /// An indication at a node, perhaps before another one.
    Indicated(IndicationPattern),
}

/// Pattern of indications at one node, in the words of the diagram: `deliver m2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IndicationPattern {
    /// The node.
    pub node: NodeId,
    /// The indication.
    pub first: String,
    /// An indication that must follow and not precede it; none if nothing must follow.
    pub then: Option<String>,
    /// Names of the nodes, as used in both texts.
    pub nodes: Vec<String>,
}

impl Target {
    /// Kind of the target: safety if a finite prefix of a run reaches it.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Violation(property) => property.kind,
            Self::Indicated(_) => Kind::Safety,
        }
    }

    /// Returns the property, if the target is a violation.
    #[must_use]
    pub const fn property(&self) -> Option<&'static Property> {
        match self {
            Self::Violation(property) => Some(property),
            Self::Indicated(_) => None,
        }
    }

    /// Short name: the property's, or the indications.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Violation(property) => property.name.to_owned(),
            Self::Indicated(_) => self.to_string(),
        }
    }

    /// Returns the monitor that is *violated* when a run reaches the target.
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

/// In words: `a violation of agreement`, `Bob indicates: deliver m2, and later deliver m1`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Violation(property) => write!(f, "a violation of {}", property.name),
            Self::Indicated(IndicationPattern { node, first, then, nodes }) => {
                f.write_str(&spell(&format!("{node} indicates: {first}"), nodes))?;
                then.iter().try_for_each(|then| write!(f, ", and later {}", visible(then)))
            }
        }
    }
}

/// Progress in matching a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Matched {
    Nothing,
    First,
    Both,
    /// The second indication came first.
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
