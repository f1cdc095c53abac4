//! Forms of a menu: their fields, and the edit that follows from what the reader enters.

use super::{
    super::{Allowed, Edit, Field, Input, request, text},
    possible::{forged, read_bits},
};
use crate::{
    kernel::{
        Fault, MessageName, NodeId, NodeSet, PerMillion, RequestKind, Side, Strategy, Time, With,
        sentence,
    },
    runs::Outcome,
};

/// Duration of a fault that is offered first, in virtual ms.
pub(super) const LASTS: Time = 100;

/// Purpose of a form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// A request to a node.
    Request {
        /// The node.
        node: NodeId,
        /// Its time.
        at: Time,
        /// Its kind.
        kind: &'static RequestKind,
        /// The shape of its value.
        with: With,
    },
    /// The delay of a message.
    Delay(MessageName),
    /// The flipped bits of a message.
    Corrupt(MessageName),
    /// The content of a traitor's message.
    Forge(MessageName),
    /// A partition that begins at this time: the nodes of one side and the duration.
    Partition {
        /// Its beginning.
        at: Time,
    },
    /// The strategy of a traitor.
    Traitor(NodeId),
    /// The rate and the offset of a clock.
    Drift(NodeId),
    /// The side, the beginning and the end of an omission.
    Omit(NodeId),
    /// The direction, the beginning and the end of the cut of a link of this node.
    Cut(NodeId),
}

/// Values that the reader has entered in a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The form.
    pub form: Form,
    /// Values of the fields, in their order.
    pub typed: Vec<String>,
    /// Reason why they are refused; empty if they are not.
    pub why: String,
}

/// Reads a decimal in millionths: digits, and up to six after a point. Reading floating point would
/// weigh 20,000 bytes (docs/size.md).
#[must_use]
pub fn millionths(text: &str) -> Option<PerMillion> {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = format!("{rest:0<6}");
    let fits = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit());
    let rest: u32 = fits.then(|| digits.parse().ok())??;
    let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    whole.checked_mul(PerMillion::ONE.0)?.checked_add(rest).map(PerMillion)
}

/// Returns a field with a label beside it.
pub(super) fn field(label: impl Into<String>, input: Input, offered: impl ToString) -> Field {
    Field { label: label.into(), input, offered: offered.to_string(), help: "", is_named: true }
}

/// Returns both directions of each link of a node.
pub(super) fn links(size: usize, node: NodeId) -> Vec<(NodeId, NodeId)> {
    let others = (0..size).map(NodeId::new).filter(|other| *other != node);
    others.flat_map(|other| [(node, other), (other, node)]).collect()
}

impl Form {
    /// Returns the kind of the change that it makes, by its name in [`Allowed`].
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Request { .. } => Allowed::REQUEST,
            Self::Delay(_) => "delay",
            Self::Corrupt(_) => "corrupt",
            Self::Forge(_) => "forge",
            Self::Partition { .. } => "partition",
            Self::Traitor(_) => "traitor",
            Self::Drift(_) => "drift",
            Self::Omit(_) => "omit",
            Self::Cut(_) => "cut",
        }
    }

    /// Returns the edit that follows from the values of the fields.
    ///
    /// # Errors
    /// The reason why they are refused, in a sentence.
    pub fn edit(self, run: &Outcome, typed: &[String]) -> Result<Edit, String> {
        let word = |place: usize| typed.get(place).map_or("", |word| word.trim());
        let number = |place| word(place).parse().map_err(|_| text::menu::NUMBER.to_owned());
        let fault = match self {
            Self::Request { node, at, kind, with } => {
                let scenario = &run.scenario;
                let asked = (kind.name, with);
                return request(run.protocol, scenario, (node, at), asked, typed)
                    .map(Edit::AddRequest);
            }
            Self::Forge(message) => return forged(run, message, word(0)),
            Self::Delay(message) => Fault::Delay { message, by: number(0)? },
            Self::Corrupt(message) => Fault::Corrupt { message, bits: read_bits(word(0))? },
            Self::Partition { at } => {
                let everyone = NodeSet::first(run.scenario.nodes.len());
                let is_here = |node: &NodeId| word(node.index()) == "true";
                let side = everyone.into_iter().filter(is_here).collect::<NodeSet>();
                let groups = vec![side, everyone.without(side)];
                if groups.iter().any(|group| group.is_empty()) {
                    return Err(text::moment::EMPTY_SIDE.to_owned());
                }
                let lasts: Time = number(run.scenario.nodes.len())?;
                Fault::Partition { groups, at, until: at.saturating_add(lasts) }
            }
            Self::Traitor(node) => {
                let chosen = Strategy::ALL.into_iter().find(|it| it.name() == word(0));
                Fault::Traitor { node, strategy: chosen.unwrap_or(Strategy::Scripted) }
            }
            Self::Drift(node) => {
                let rate = millionths(word(0)).ok_or(text::menu::NUMBER)?;
                Fault::Drift { node, rate, offset: number(1)? }
            }
            Self::Omit(node) => {
                let side = if word(0) == "send" { Side::Send } else { Side::Receive };
                Fault::Omit { node, side, at: number(1)?, until: number(2)? }
            }
            Self::Cut(node) => {
                let links = links(run.scenario.nodes.len(), node);
                let link = word(0).parse().ok().and_then(|place: usize| links.get(place).copied());
                let (from, to) = link.ok_or(text::wrongs::ONE_NODE)?;
                Fault::Cut { from, to, at: number(1)?, until: number(2)? }
            }
        };
        let edit = Edit::AddFault(fault);
        edit.clone().made(&run.scenario).map_err(sentence)?;
        Ok(edit)
    }

    /// Reason why the values of the fields are refused; empty if they are not.
    pub(super) fn why_not(self, run: &Outcome, typed: &[String]) -> String {
        self.edit(run, typed).err().unwrap_or_default()
    }
}
