//! Byzantine agreement: indications, and the properties that hold for loyal processes.
//!
//! Requests are consensus's [`Propose`](super::consensus::Propose), and so is the decision of one value,
//! [`Decide`]. Properties: Lamport, Shostak and Pease 1982, *The Byzantine Generals Problem* (IC1, IC2);
//! Pease, Shostak and Lamport 1980, *Reaching Agreement in the Presence of Faults* (vectors); Dolev, Lynch,
//! Pinter, Stark and Weihl 1986, *Reaching Approximate Agreement in the Presence of Faults*.
//!
//! A loyal process is a correct one in the sense of [`Roster::correct`](crate::kernel::Roster::correct). Requests to the
//! others and their indications are never judged.

use std::fmt;

use serde::Serialize;

use super::{
    Value,
    consensus::{Agreement, Decide, Decision, Decisions, proposal},
    naming::spoken,
    watch::{Violation, WatchCorrect, safety_of_correct},
};
use crate::kernel::{
    EventId, Indication, Kind, Needs, NodeId, Observation, Property, Seen, SortedMap,
};

/// By node: its value as the process finds it; none where no value has a majority.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Vector(pub Vec<Option<Value>>);

/// `(1, 2, ⊥, 4)`, as the papers write it.
impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, value) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "(" } else { ", " })?;
            match value {
                Some(value) => write!(f, "{value}")?,
                None => f.write_str("⊥")?,
            }
        }
        f.write_str(")")
    }
}

/// The decision of an approximate agreement, in the small unit of which the proposals are whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("decide {value}")]
pub struct Settle {
    /// The decision.
    pub value: i64,
    /// ε: the promised bound on its distance from the decisions of others.
    pub within: u64,
}

impl Indication for Settle {
    fn kind(&self) -> &'static str {
        "decide"
    }
}

/// IC1.
pub const IC1: Property = Property {
    name: "IC1",
    kind: Kind::Safety,
    statement: "All loyal lieutenants obey the same order.",
    monitor: |setting| safety_of_correct(Agreement::<Value>::new(setting, false)),
};

/// IC2. The commander is the process that is asked to propose first.
pub const IC2: Property = Property {
    name: "IC2",
    kind: Kind::Safety,
    statement: "If the commanding general is loyal, then every loyal lieutenant obeys the order he \
                sends.",
    monitor: |setting| {
        safety_of_correct(Obedience { commander: None, decisions: Decisions::new(setting) })
    },
};

/// Vector agreement.
pub const VECTOR_AGREEMENT: Property = Property {
    name: "vector agreement",
    kind: Kind::Safety,
    statement: "All loyal processes decide on the same vector of values.",
    monitor: |setting| safety_of_correct(Agreement::<Vector>::new(setting, false)),
};

/// Vector validity.
pub const VECTOR_VALIDITY: Property = Property {
    name: "vector validity",
    kind: Kind::Safety,
    statement: "If the private value of a loyal process p is v, then every loyal process decides on \
                a vector whose element for p is v.",
    monitor: |setting| {
        safety_of_correct(VectorValidity {
            proposals: SortedMap::new(),
            decisions: Decisions::new(setting),
        })
    },
};

/// ε-agreement.
pub const EPSILON_AGREEMENT: Property = Property {
    name: "ε-agreement",
    kind: Kind::Safety,
    statement: "Any two loyal processes decide on values that are within ε of each other.",
    monitor: |setting| safety_of_correct(EpsilonAgreement(Decisions::new(setting))),
};

/// Range validity.
pub const RANGE_VALIDITY: Property = Property {
    name: "range validity",
    kind: Kind::Safety,
    statement: "Any loyal process decides on a value within the range of the values that loyal \
                processes had proposed.",
    monitor: |setting| {
        safety_of_correct(RangeValidity {
            proposals: SortedMap::new(),
            decisions: Decisions::new(setting),
        })
    },
};

impl Decision for Vector {
    fn told<'a>(seen: &Observation<'a>) -> Option<&'a Self> {
        let Seen::Indication(packet) = seen.what else { return None };
        packet.get::<Decide<Self>>().map(|decide| &decide.value)
    }

    fn spoken(&self) -> String {
        let element = |value: &Option<Value>| value.as_ref().map_or("⊥".to_owned(), spoken);
        let elements: Vec<_> = self.0.iter().map(element).collect();
        format!("({})", elements.join(", "))
    }
}

impl Decision for Settle {
    fn told<'a>(seen: &Observation<'a>) -> Option<&'a Self> {
        let Seen::Indication(packet) = seen.what else { return None };
        packet.get()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Obedience {
    commander: Option<(NodeId, EventId, Value)>,
    decisions: Decisions<Value>,
}

impl WatchCorrect for Obedience {
    const NEEDS: Needs = Needs::ORDER;

    fn observe(&mut self, seen: &Observation) {
        self.decisions.observe(seen);
        if let Some(order) = proposal(seen) {
            self.commander.get_or_insert_with(|| (seen.node, seen.id, order.clone()));
        }
    }

    fn violated(&self) -> Option<Violation> {
        let (commander, request, order) = self.commander.as_ref()?;
        if !self.decisions.correct().contains(*commander) {
            return None;
        }
        let (node, event, decision) =
            self.decisions.of_correct().find(|(.., decision)| *decision != order)?;
        let (order, decision) = (spoken(order), spoken(decision));
        let why = format!("{commander} proposed {order}, {node} decided {decision}");
        Some(Violation::new(why, [*request, event]))
    }
}

/// By node: its private value, the first that it is asked to propose.
type Proposals = SortedMap<NodeId, (EventId, Value)>;

fn note(proposals: &mut Proposals, seen: &Observation) {
    if let Some(value) = proposal(seen) {
        proposals.entry(seen.node).or_insert_with(|| (seen.id, value.clone()));
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct VectorValidity {
    proposals: Proposals,
    decisions: Decisions<Vector>,
}

impl WatchCorrect for VectorValidity {
    fn observe(&mut self, seen: &Observation) {
        note(&mut self.proposals, seen);
        self.decisions.observe(seen);
    }

    fn violated(&self) -> Option<Violation> {
        let correct = self.decisions.correct();
        let wrong = self.decisions.of_correct().flat_map(|(node, event, vector)| {
            let loyal = self.proposals.iter().filter(|(p, _)| correct.contains(**p));
            loyal.filter_map(move |(p, (request, value))| {
                let element = vector.0.get(p.index()).and_then(Option::as_ref);
                (element != Some(value)).then_some((
                    event.max(*request),
                    p,
                    value,
                    node,
                    event,
                    request,
                    vector,
                ))
            })
        });
        let (_, p, value, node, event, request, vector) =
            wrong.min_by_key(|(completed, p, ..)| (*completed, *p))?;
        let (value, vector) = (spoken(value), vector.spoken());
        let why = format!("{p} proposed {value}, {node} decided {vector}");
        Some(Violation::new(why, [*request, event]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct EpsilonAgreement(Decisions<Settle>);

impl WatchCorrect for EpsilonAgreement {
    fn observe(&mut self, seen: &Observation) {
        self.0.observe(seen);
    }

    fn violated(&self) -> Option<Violation> {
        let decided: Vec<_> = self.0.of_correct().collect();
        let mut pairs = decided
            .iter()
            .enumerate()
            .flat_map(|(later, two)| decided[..later].iter().map(move |one| (*one, *two)));
        let far = |((.., one), (.., two)): &((_, _, &Settle), (_, _, &Settle))| {
            one.value.abs_diff(two.value) > one.within.max(two.within)
        };
        let ((p, first, one), (q, second, two)) = pairs.find(far)?;
        let within = one.within.max(two.within);
        let why = format!(
            "{p} decided {}, {q} decided {}: more than {within} apart",
            one.value, two.value
        );
        Some(Violation::new(why, [first, second]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct RangeValidity {
    proposals: Proposals,
    decisions: Decisions<Settle>,
}

impl WatchCorrect for RangeValidity {
    const NEEDS: Needs = Needs::IDS;

    fn observe(&mut self, seen: &Observation) {
        note(&mut self.proposals, seen);
        self.decisions.observe(seen);
    }

    fn violated(&self) -> Option<Violation> {
        let correct = self.decisions.correct();
        self.decisions.of_correct().find_map(|(node, event, Settle { value, .. })| {
            let loyal = self.proposals.iter().filter(|(p, _)| correct.contains(**p));
            let numbers = loyal.filter_map(|(_, (request, value))| match value {
                Value::Number(number) if *request < event => Some(*number),
                _ => None,
            });
            let (least, most) = numbers.fold((i64::MAX, i64::MIN), |(least, most), number| {
                (least.min(number), most.max(number))
            });
            let why = match *value {
                value if (least..=most).contains(&value) => return None,
                _ if least > most => {
                    format!("{node} decided {value}, but no loyal process had proposed a value")
                }
                _ => format!("{node} decided {value}, outside {least} to {most}"),
            };
            Some(Violation::new(why, [event]))
        })
    }
}
