//! Faults as JSON: an object with one field, the fault's name.

use super::{
    super::{json::Place, problem::Problem},
    names::Nodes,
    reader::time,
};
use crate::kernel::{Fault, MAX_TIME, Side, Time};

/// The faults that there are, in the order of the table in docs/scenario.md.
const KINDS: &[&str] =
    &["drop", "delay", "duplicate", "crash", "recover", "pause", "partition", "cut", "omit"];

/// Reads one fault.
pub(super) fn read(place: &Place, nodes: Nodes) -> Result<Fault, Problem> {
    let object = place.open_object()?;
    if let Some(name) = object.names().find(|name| !KINDS.contains(name)) {
        return Err(object.unknown("fault", name, KINDS.iter().copied()));
    }
    let mut names = object.names();
    let (Some(kind), None) = (names.next(), names.next()) else {
        return Err(place.problem("one fault in each object, such as {\"drop\": …}"));
    };
    let fault = object.get(kind);
    match kind {
        "drop" | "delay" | "duplicate" => read_on_message(kind, &fault, nodes),
        "partition" => {
            let fields = fault.object(&["groups", "at", "until"])?;
            let groups = nodes.groups(&fields.get("groups"))?;
            let (at, until) = span(&fields.get("at"), &fields.get("until"))?;
            Ok(Fault::Partition { groups, at, until })
        }
        "cut" => {
            let fields = fault.object(&["from", "to", "at", "until"])?;
            let from = nodes.node(&fields.get("from"))?;
            let to = nodes.other(&fields.get("to"), from)?;
            let (at, until) = span(&fields.get("at"), &fields.get("until"))?;
            Ok(Fault::Cut { from, to, at, until })
        }
        _ => read_on_node(kind, &fault, nodes),
    }
}

fn read_on_message(kind: &str, fault: &Place, nodes: Nodes) -> Result<Fault, Problem> {
    match kind {
        "delay" => {
            let fields = fault.object(&["message", "by"])?;
            let message = nodes.message(&fields.get("message"))?;
            Ok(Fault::Delay { message, by: time(&fields.get("by"))? })
        }
        "duplicate" => {
            let fields = fault.object(&["message", "after"])?;
            let message = nodes.message(&fields.get("message"))?;
            Ok(Fault::Duplicate { message, after: time(&fields.get("after"))? })
        }
        _ => {
            let fields = fault.object(&["message"])?;
            Ok(Fault::Drop { message: nodes.message(&fields.get("message"))? })
        }
    }
}

fn read_on_node(kind: &str, fault: &Place, nodes: Nodes) -> Result<Fault, Problem> {
    match kind {
        "crash" => {
            let fields = fault.object(&["node", "at", "after_sends"])?;
            let node = nodes.node(&fields.get("node"))?;
            let at = time(&fields.get("at"))?;
            let after_sends = fields.find("after_sends").map(|sends| sends.count(0)).transpose()?;
            Ok(Fault::Crash { node, at, after_sends })
        }
        "recover" => {
            let fields = fault.object(&["node", "at"])?;
            let node = nodes.node(&fields.get("node"))?;
            Ok(Fault::Recover { node, at: time(&fields.get("at"))? })
        }
        "pause" => {
            let fields = fault.object(&["node", "at", "until"])?;
            let node = nodes.node(&fields.get("node"))?;
            let (at, until) = span(&fields.get("at"), &fields.get("until"))?;
            Ok(Fault::Pause { node, at, until })
        }
        _ => {
            let fields = fault.object(&["node", "side", "at", "until"])?;
            let node = nodes.node(&fields.get("node"))?;
            let side = match fields.get("side").word(&["send", "receive"])? {
                "send" => Side::Send,
                _ => Side::Receive,
            };
            let (at, until) = span(&fields.get("at"), &fields.get("until"))?;
            Ok(Fault::Omit { node, side, at, until })
        }
    }
}

/// From when till when: at least one moment.
fn span(at: &Place, until: &Place) -> Result<(Time, Time), Problem> {
    let at = at.whole(0..=MAX_TIME - 1)?;
    Ok((at, until.whole(at + 1..=MAX_TIME)?))
}
