//! Requests without which no run violates a property.

use crate::kernel::Protocol;

/// Nodes of the requests that are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Any nodes, at one time.
    Any,
    /// One node.
    One,
    /// Different nodes, one after the other.
    Others,
}

/// Requests that a violation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Least number of requests.
    pub count: usize,
    /// Their name.
    pub name: &'static str,
    /// Nodes that receive them.
    pub by: By,
}

/// Returns a need.
#[must_use]
pub const fn need(count: usize, name: &'static str, by: By) -> Need {
    Need { count, name, by }
}

/// Requests without which no run violates a property, of a protocol that accepts such requests.
#[must_use]
pub fn needs(protocol: &Protocol, property: &str) -> Vec<Need> {
    let keeps_fifo = protocol.promises.iter().any(|it| it.name == "FIFO order");
    let all: &[Need] = match property {
        "FIFO order" | "FIFO delivery" => {
            &[need(2, "broadcast", By::One), need(2, "send", By::One)]
        }
        "causal order" if keeps_fifo => &[need(2, "broadcast", By::Others)],
        "causal order" | "total order" | "uniform total order" | "total order within a label" => {
            &[need(2, "broadcast", By::Any)]
        }
        "mutual exclusion" | "happened-before fairness" => &[need(2, "acquire", By::Any)],
        "starvation freedom" => &[need(1, "acquire", By::Any)],
        "validity" | "agreement" | "uniform agreement" | "no duplication" | "no creation"
        | "atomicity" | "same-view delivery" | "virtual synchrony" => {
            &[need(1, "broadcast", By::Any), need(1, "propose", By::Any), need(1, "send", By::Any)]
        }
        "reliable delivery" | "exactly-once effect" => &[need(1, "send", By::Any)],
        "linearizability" => &[need(1, "write", By::Any), need(1, "read", By::Any)],
        "no lost acknowledged update" => &[need(1, "write", By::Any)],
        "recorded state complete" | "consistent cut" => {
            &[need(1, "transfer", By::Any), need(1, "snapshot", By::Any)]
        }
        "snapshot completion" => &[need(1, "snapshot", By::Any)],
        "commit agreement" | "stability" => &[need(1, "begin", By::Any)],
        _ => &[],
    };
    let kinds = protocol.behaviour.requests;
    all.iter().filter(|need| kinds.iter().any(|kind| kind.name == need.name)).copied().collect()
}
