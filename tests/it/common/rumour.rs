//! A protocol for the kernel's tests: it uses every function of a context, and its messages can be
//! forged, written by hand and damaged.

use derive_more::Display;
use serde::Serialize;
use serde_json::Value as Json;
use worldlines::{
    abstractions::{Value, broadcast::Broadcast},
    kernel::{
        Context, Group, Indication, Keys, NodeId, Process, Protocol, Request, RequestKind, Signed,
        Time, With,
    },
};

/// Sends what it is asked to, at once and again later; relays what it receives from a node
/// that is not the author; indicates what it receives, and the value of its clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Rumour {
    heard: Vec<String>,
    life: u32,
}

/// Requests: `broadcast` with a text to tell everyone, `transmit` over the medium, `look` at the clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub(crate) enum Ask {
    #[display("broadcast {_0}")]
    Broadcast(Value),
    #[display("transmit {_0}")]
    Transmit(Value),
    #[display("look")]
    Look,
}

impl Request for Ask {
    const KINDS: &'static [RequestKind] = &[
        RequestKind {
            name: "broadcast",
            help: "Tells everyone, twice.",
            with: With::Text { label: "text" },
        },
        RequestKind {
            name: "transmit",
            help: "Tells all who can hear.",
            with: With::Text { label: "text" },
        },
        RequestKind { name: "look", help: "Looks at the clock.", with: With::Nothing },
    ];

    fn read(name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        match name {
            "broadcast" => {
                Broadcast::read(name, with, &[]).map(|Broadcast(it)| Self::Broadcast(it))
            }
            "transmit" => Value::read(with).map(Self::Transmit),
            _ => Ok(Self::Look),
        }
    }
}

/// A text, signed by its author.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{text}")]
pub(crate) struct Tale {
    text: String,
    signed: Signed<String>,
}

impl Tale {
    fn new(signed: Signed<String>) -> Self {
        Self { text: signed.value().clone(), signed }
    }

    fn is_intact(&self) -> bool {
        self.text == *self.signed.value()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{text} at {clock}")]
pub(crate) struct Heard {
    text: String,
    clock: Time,
}

impl Indication for Heard {
    fn kind(&self) -> &'static str {
        "hear"
    }
}

impl Process for Rumour {
    type Parameters = ();
    type Request = Ask;
    type Indication = Heard;
    type Message = Tale;
    type Timer = Tale;

    fn new(_group: Group, (): &()) -> Self {
        Self { heard: Vec::new(), life: 0 }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, ask: Ask) {
        match ask {
            Ask::Broadcast(text) => {
                let tale = Tale::new(ctx.sign(text.to_string()));
                ctx.send_others(tale.clone());
                ctx.set_timer(tale, 40);
            }
            Ask::Transmit(text) => ctx.transmit(Tale::new(ctx.sign(text.to_string()))),
            Ask::Look => {
                let clock = ctx.clock();
                ctx.indicate(Heard { text: "tick".to_owned(), clock });
            }
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Tale) {
        let signer = message.signed.signer();
        let broken = if message.is_intact() { "" } else { ", broken," };
        let text = format!("{message} of {signer}{broken} from {from}");
        if self.heard.len() < 8 {
            self.heard.push(text.clone());
            ctx.store();
        }
        ctx.indicate(Heard { text, clock: ctx.clock() });
        if signer == from && self.heard.len() < 4 {
            ctx.multicast(ctx.neighbours(), message);
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, tale: Tale) {
        ctx.send_others(tale);
    }

    fn recover(stored: &Self, fresh: Self) -> Self {
        Self { heard: stored.heard.clone(), ..fresh }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.life += 1;
        ctx.note(format!("heard {}", self.heard.len()));
    }

    /// The opposite text, under the sender's own name.
    fn forge(message: &Tale, _to: NodeId, keys: Keys) -> Option<Tale> {
        Some(Tale::new(keys.sign(format!("not {message}"))))
    }

    /// A text, or a text and its author.
    fn read_message(with: &Json, nodes: &[String], keys: Keys) -> Result<Tale, String> {
        let text = |json: &Json| json.as_str().map(str::to_owned);
        let read = || match with {
            Json::Object(fields) => {
                let name = fields.get("signer")?.as_str()?;
                let signer = nodes.iter().position(|node| node == name)?;
                keys.sign_as(NodeId::new(signer), text(fields.get("text")?)?)
            }
            other => Some(keys.sign(text(other)?)),
        };
        read().map(Tale::new).ok_or_else(|| "a text, or {\"signer\", \"text\"}".to_owned())
    }

    /// The text is its own encoding, of 7 bits a character.
    fn corrupt(message: &Tale, bits: &[u32]) -> Option<Tale> {
        let mut bytes = message.text.clone().into_bytes();
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length > 0)?;
        for bit in bits {
            let bit = bit % (length * 7);
            bytes[(bit / 7) as usize] ^= 1 << (bit % 7);
        }
        let text = String::from_utf8(bytes).ok()?;
        Some(Tale { text, signed: message.signed.clone() })
    }
}

pub(crate) const RUMOUR: Protocol = Protocol {
    id: "rumour",
    name: "Rumour",
    summary: "Tells what it hears.",
    source: "the kernel's tests",
    ..Protocol::of::<Rumour>()
};
