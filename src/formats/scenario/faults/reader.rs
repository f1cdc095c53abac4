//! Reading of faults: an object with one field, the fault's name.

use super::super::{
    super::{json::Place, problem::Problem},
    bounds,
    names::Nodes,
    times::{span, time},
};
use crate::kernel::{Fault, MAX_BITS, PerMillion, Side, Strategy};

/// Reads one fault.
pub(in crate::formats::scenario) fn read(place: &Place, nodes: Nodes) -> Result<Fault, Problem> {
    let object = place.open_object()?;
    if let Some(name) = object.names().find(|name| !Fault::KINDS.contains(name)) {
        return Err(object.unknown("fault", name, Fault::KINDS));
    }
    let mut names = object.names();
    let (Some(kind), None) = (names.next(), names.next()) else {
        return Err(place.problem("one fault in each object, such as {\"drop\": …}"));
    };
    let fault = object.get(kind);
    match kind {
        "drop" | "delay" | "duplicate" | "corrupt" => read_on_message(kind, &fault, nodes),
        "forge" => read_forge(&fault, nodes),
        "partition" => {
            let fields = fault.object(&["groups", "at", "until"])?;
            let groups = nodes.groups(&fields.get("groups"))?;
            let (at, until) = span(&fields.get("at"), &fields.get("until"))?;
            Ok(Fault::Partition { groups, at, until })
        }
        "cut" => {
            let fields = fault.object(&["from", "to", "at", "until"])?;
            let from = nodes.node(&fields.get("from"))?;
            let to = nodes.node(&fields.get("to"))?;
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
        "corrupt" => {
            let fields = fault.object(&["message", "bits"])?;
            let message = nodes.message(&fields.get("message"))?;
            Ok(Fault::Corrupt { message, bits: read_bits(&fields.get("bits"))? })
        }
        _ => {
            let fields = fault.object(&["message"])?;
            Ok(Fault::Drop { message: nodes.message(&fields.get("message"))? })
        }
    }
}

fn read_bits(place: &Place) -> Result<Vec<u32>, Problem> {
    let bits = place.list("a list of bits", MAX_BITS)?;
    bits.iter().map(|bit| bit.count(bounds::BITS)).collect()
}

fn read_forge(fault: &Place, nodes: Nodes) -> Result<Fault, Problem> {
    let fields = fault.object(&["message", "with"])?;
    let message = nodes.message(&fields.get("message"))?;
    let place = fields.get("with");
    let with =
        place.value().cloned().ok_or_else(|| place.problem("the content of the forged message"))?;
    Ok(Fault::Forge { message, with })
}

fn read_on_node(kind: &str, fault: &Place, nodes: Nodes) -> Result<Fault, Problem> {
    match kind {
        "crash" => {
            let fields = fault.object(&["node", "at", "after_sends", "after_writes"])?;
            let node = nodes.node(&fields.get("node"))?;
            let at = time(&fields.get("at"))?;
            let after_sends =
                fields.find("after_sends").map(|sends| sends.count(0..=u32::MAX)).transpose()?;
            let Some(writes) = fields.find("after_writes") else {
                return Ok(Fault::Crash { node, at, after_sends });
            };
            if after_sends.is_some() {
                return Err(writes.problem("nothing: the crash has after_sends already"));
            }
            Ok(Fault::CrashWriting { node, at, after_writes: writes.count(0..=u32::MAX)? })
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
        "traitor" => {
            let fields = fault.object(&["node", "strategy"])?;
            let node = nodes.node(&fields.get("node"))?;
            let strategy =
                fields.find("strategy").map(|place| read_strategy(&place)).transpose()?;
            let strategy = strategy.unwrap_or(Strategy::Scripted);
            Ok(Fault::Traitor { node, strategy })
        }
        "drift" => {
            let fields = fault.object(&["node", "rate", "offset"])?;
            let node = nodes.node(&fields.get("node"))?;
            let rate = fields.find("rate").map(|rate| rate.rate(bounds::CLOCK_RATES));
            let rate = rate.transpose()?.unwrap_or(PerMillion::ONE);
            let offset = fields.find("offset").map(|offset| time(&offset)).transpose()?;
            Ok(Fault::Drift { node, rate, offset: offset.unwrap_or(0) })
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

fn read_strategy(place: &Place) -> Result<Strategy, Problem> {
    let word = place.word(&Strategy::ALL.map(Strategy::name))?;
    let strategy = Strategy::ALL.into_iter().find(|strategy| strategy.name() == word);
    strategy.ok_or_else(|| place.problem("a strategy"))
}
