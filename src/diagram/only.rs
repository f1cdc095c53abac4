//! Filter on the messages of a picture: those that do not pass are drawn faintly, and nothing moves.

use std::rc::Rc;

use serde_json::Value as Json;

use crate::kernel::{Message, NodeId, Packet, Trace};

/// Number of messages that are searched for kinds.
const SEARCHED: usize = 4_000;

/// Messages that the reader wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only {
    /// Only messages that this node sends or receives; none for those of all nodes.
    pub node: Option<NodeId>,
    /// Only messages of this kind; none for all kinds.
    pub kind: Option<Rc<str>>,
}

impl Only {
    /// True if all messages pass.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.node.is_none() && self.kind.is_none()
    }

    /// True if a message passes.
    #[must_use]
    pub fn lets(&self, message: &Message) -> bool {
        let name = message.name;
        self.node.is_none_or(|node| [name.from, name.to].contains(&node))
            && self
                .kind
                .as_deref()
                .is_none_or(|kind| kind_of(&message.packet).as_deref() == Some(kind))
    }
}

/// Returns the kind of a message: the word in capitals that its text begins with, as in `PROMISE 1.P2`. None for a message
/// that only carries a text of its application.
#[must_use]
pub fn kind_of(packet: &Packet) -> Option<String> {
    let text = packet.to_string();
    let word = text.split(' ').next().unwrap_or_default();
    let is_letter = |letter: char| letter.is_ascii_uppercase() || matches!(letter, '-' | '_');
    if word.len() < 2 || !word.chars().all(is_letter) {
        return None;
    }
    // The application's text may be in capitals, too: it is no variant of a type.
    let is_variant = match packet.inspect() {
        Json::String(value) => value != text,
        Json::Object(fields) => fields.len() == 1,
        _ => false,
    };
    is_variant.then(|| word.to_owned())
}

/// Returns the kinds of messages of a run, in the order of their first occurrence; of a long run those at its beginning.
#[must_use]
pub fn kinds(trace: &Trace) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut last = None;
    for message in trace.messages.iter().take(SEARCHED) {
        // Copies of one payload to several receivers follow each other.
        if last.replace(&message.packet) == Some(&message.packet) {
            continue;
        }
        let kind = kind_of(&message.packet);
        kinds.extend(kind.filter(|kind| !kinds.contains(kind)));
    }
    kinds
}
