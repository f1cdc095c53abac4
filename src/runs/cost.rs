//! Cost of a protocol's operations in messages: counted, and by the formula.

use crate::kernel::{self, Cost, Delay, Protocol, Provision, Scenario};

/// Longest time that an operation may take, in virtual ms.
const HORIZON: u64 = 10_000;
/// Delay of every message, in virtual ms.
const DELAY: u64 = 10;

/// Cost of one operation in a group of one size, in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The size.
    pub nodes: usize,
    /// Number of messages sent. A transmission on a shared medium counts once.
    pub counted: usize,
    /// Value of the formula.
    pub formula: usize,
    /// Values of its other letters, in their order.
    pub terms: Vec<(&'static str, usize)>,
}

/// Returns the scenario in which an operation is performed once in a group of this size, and nothing fails. Where a
/// parameter chooses a layer, there is none: its messages, such as heartbeats, would be counted.
#[must_use]
pub fn scenario(protocol: &Protocol, cost: &Cost, nodes: usize) -> Scenario {
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(nodes));
    scenario.network.delay = Delay { min: DELAY, max: DELAY };
    scenario.until = HORIZON;
    if let Some(Provision { without: (parameter, value), .. }) = protocol.provision {
        scenario.set(parameter, value);
    }
    (cost.perform)(&mut scenario);
    scenario
}

/// Performs an operation in a group of this size, counts messages, and evaluates the formula.
///
/// # Errors
/// If the protocol cannot read a request of its own `perform`; a test tries them all.
pub fn measure(protocol: &Protocol, cost: &Cost, nodes: usize) -> Result<Row, String> {
    let scenario = scenario(protocol, cost, nodes);
    let trace = kernel::run(protocol, &scenario).map_err(|(_, expected)| expected)?;
    let terms: Vec<_> = cost.terms.iter().map(|term| (term.letter, (term.value)(nodes))).collect();
    Ok(Row { nodes, counted: trace.sends(), formula: (cost.value)(nodes), terms })
}
