//! Requests to decide, and decisions.

use std::hash::Hash;

use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    abstractions::Value,
    kernel::{Indication, NodeId, Payload, Request, RequestKind, Scenario, With},
};

/// ⟨Propose | v⟩: v is to be decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("propose {_0}")]
pub struct Propose<V>(pub V);

impl Request for Propose<Value> {
    const KINDS: &'static [RequestKind] = &[RequestKind {
        name: "propose",
        help: "Propose a value.",
        with: With::Text { label: "value" },
    }];

    fn read(_name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Value::read(with).map(Self)
    }
}

/// Has the first node propose a value, for [`Cost::perform`](crate::kernel::Cost::perform).
pub fn one_proposal(scenario: &mut Scenario) {
    scenario.ask(0, NodeId::new(0), "propose", Some("v".into()));
}

/// ⟨Decide | v⟩: v is decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("decide {value}")]
pub struct Decide<V> {
    /// The decision.
    pub value: V,
}

impl<V: Payload> Indication for Decide<V> {
    fn kind(&self) -> &'static str {
        "decide"
    }
}
