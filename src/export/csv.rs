//! A run as a table of comma-separated values (RFC 4180): a row for each event.

use super::sentence;
use crate::{
    formats::csv_row as row,
    kernel::{Fate, MessageId},
    runs::Outcome,
};

const HEAD: [&str; 10] =
    ["event", "time_ms", "node", "kind", "message", "from", "to", "sent_ms", "fate", "sentence"];

/// Returns a run as a table, a row for each event and a line for each row, with `\r\n` at its end. Times are in virtual
/// ms. For the send, the receipt and the loss of a message the row has the message's name, its ends, when it was sent and
/// what became of it (`received`, `lost`, `in flight`).
/// Cells that a spreadsheet would take for a formula get an apostrophe: see [`csv_row`](crate::formats::csv_row).
#[must_use]
pub fn csv(run: &Outcome) -> String {
    let mut table = row(&HEAD.map(str::to_owned));
    for (id, event) in run.trace.events.iter().enumerate() {
        let [message, from, to, sent, fate] = match event.kind.message() {
            Some(message) => about(run, message),
            None => Default::default(),
        };
        table += &row(&[
            id.to_string(),
            event.time.to_string(),
            run.scenario.name(event.node),
            event.kind.name().to_owned(),
            message,
            from,
            to,
            sent,
            fate,
            sentence(run, id),
        ]);
    }
    table
}

/// Name, ends, time of sending and fate of a message.
fn about(run: &Outcome, id: MessageId) -> [String; 5] {
    let message = &run.trace.messages[id];
    let fate = match message.overall() {
        Fate::InTransit { .. } => "in flight",
        Fate::Received(_) => "received",
        Fate::Lost(..) => "lost",
    };
    [
        run.scenario.message_name(message.name),
        run.scenario.name(message.name.from),
        run.scenario.name(message.name.to),
        run.trace.events[message.sent].time.to_string(),
        fate.to_owned(),
    ]
}
