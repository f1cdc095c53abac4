//! Hearsay: values, and reports of values, among processes that cannot trust each other.

use std::{fmt, rc::Rc};

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::Value;
use crate::kernel::{NodeId, RoundMessage, Statement, sort};

/// Spelling of the default value, which stands for a missing one.
const DEFAULT: &str = "⊥";

/// The message of a node: its value, or, by node, the message that it has received. That may be hearsay in its turn.
///
/// It is cheap to clone, and its parts are shared: hearsay of hearsay takes no more memory than a vector.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Hearsay {
    /// Value of the node; none is ⊥, the default.
    #[serde(serialize_with = "default_too")]
    Value(Option<Value>),
    /// By node: its message; none, shown as `-`, for the sender itself.
    Of(Rc<[Option<Hearsay>]>),
}

/// In JSON `null` is `-`, so that ⊥ has to be a text.
fn default_too<S: Serializer>(value: &Option<Value>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(serializer),
        None => serializer.serialize_str(DEFAULT),
    }
}

impl Hearsay {
    /// Returns the message that stands for silence: ⊥ of `size` nodes, at this depth.
    #[must_use]
    pub fn silence(depth: usize, size: usize) -> Self {
        (1..depth).fold(Self::Value(None), |said, _| Self::Of(vec![Some(said); size].into()))
    }

    /// 1 for a value, 2 for a vector of values, 3 for a vector of vectors…
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::Value(_) => 1,
            Self::Of(all) => 1 + all.iter().flatten().map(Self::depth).max().unwrap_or(1),
        }
    }

    /// Returns the reported message of this node.
    #[must_use]
    pub fn of(&self, node: NodeId) -> Option<&Self> {
        match self {
            Self::Value(_) => None,
            Self::Of(all) => all.get(node.index())?.as_ref(),
        }
    }

    /// Returns the value, if it is one and not ⊥.
    #[must_use]
    pub const fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(Some(value)) => Some(value),
            _ => None,
        }
    }

    /// Returns the values in this message of `from`, each with the nodes that told it: in the first round the value of
    /// `from` itself, later the values that `from` reports.
    #[must_use]
    pub fn statements(&self, from: NodeId) -> RoundMessage {
        let mut statements = Vec::new();
        self.tell(&mut vec![from], &mut statements);
        RoundMessage { round: self.depth() as u32, statements }
    }

    fn tell(&self, path: &mut Vec<NodeId>, statements: &mut Vec<Statement>) {
        let Self::Of(all) = self else {
            statements.push(Statement { path: path.clone(), value: self.to_string() });
            return;
        };
        for (index, said) in all.iter().enumerate() {
            if let Some(said) = said {
                path.push(NodeId::new(index));
                said.tell(path, statements);
                path.pop();
            }
        }
    }

    /// Returns the lie of a traitor: every value in it in a version for this receiver.
    #[must_use]
    pub fn lie(&self, to: NodeId) -> Self {
        match self {
            Self::Value(value) => Self::Value(Some(version(value.as_ref(), to.index() + 1))),
            Self::Of(all) => {
                let lie = |said: &Option<Self>| said.as_ref().map(|said| said.lie(to));
                Self::Of(all.iter().map(lie).collect())
            }
        }
    }

    /// Reads a message in the form in which it is shown: a value, or a list of `size`, by node.
    ///
    /// # Errors
    /// The form that was expected instead.
    pub fn read(with: &Json, size: usize) -> Result<Self, String> {
        Self::parse(with, size).ok_or_else(|| {
            format!("a value, or a list of {size}: for each node its supposed statement, or null")
        })
    }

    fn parse(with: &Json, size: usize) -> Option<Self> {
        let Json::Array(list) = with else {
            let value = Value::read(Some(with)).ok()?;
            return Some(Self::Value(Some(value).filter(|value| *value != DEFAULT.into())));
        };
        (list.len() == size).then_some(())?;
        let one = |said: &Json| match said {
            Json::Null => Some(None),
            said => Self::parse(said, size).map(Some),
        };
        list.iter().map(one).collect::<Option<_>>().map(Self::Of)
    }

    /// Spells it as note 004 does, at any length: `(-, v2, v3, v4)`.
    #[must_use]
    pub fn in_full(&self) -> String {
        self.spelt(", ")
    }

    fn spelt(&self, between: &str) -> String {
        match self {
            Self::Value(None) => DEFAULT.to_owned(),
            Self::Value(Some(value)) => value.to_string(),
            Self::Of(all) => {
                let one =
                    |said: &Option<Self>| said.as_ref().map_or("-".to_owned(), |it| it.spelt(","));
                let list: Vec<_> = all.iter().map(one).collect();
                format!("({})", list.join(between))
            }
        }
    }
}

/// A value and a vector in full; for longer ones their number of parts.
impl fmt::Display for Hearsay {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match (self, self.depth()) {
            (Self::Of(all), depth @ 3..) => {
                let (count, what) = (all.iter().flatten().count(), ["vector", "bundle"]);
                let ending = if count == 1 { "" } else { "s" };
                write!(f, "{count} {}{ending}", what[usize::from(depth > 3)])
            }
            (short, _) => f.write_str(&short.in_full()),
        }
    }
}

/// Returns a version of a value by a number: `v2³` for a text, a greater number for a number.
fn version(value: Option<&Value>, number: usize) -> Value {
    let superscript = |digit: char| match digit {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        // The others are in a row, from ⁰ on.
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    };
    let mark: String = number.to_string().chars().map(superscript).collect();
    match value {
        Some(Value::Number(value)) => Value::Number(value.wrapping_add(number as i64)),
        Some(Value::Text(text)) => Value::from(format!("{text}{mark}").as_str()),
        None => Value::from(format!("x{mark}").as_str()),
    }
}

/// Returns the value of more than half of these; ⊥ if there is none, or if that is ⊥.
#[must_use]
pub fn majority(mut values: Vec<Option<Value>>) -> Option<Value> {
    sort(&mut values);
    // More than half of a sorted list reach its middle.
    let middle = values.get(values.len() / 2)?;
    let count = values.iter().filter(|value| *value == middle).count();
    (2 * count > values.len()).then(|| middle.clone())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hearsay_reads_back_as_it_is_shown() {
        let cases = [
            (json!("v"), "v", 1),
            (json!(7), "7", 1),
            (json!("⊥"), "⊥", 1),
            (json!([null, "⊥", 7]), "(-, ⊥, 7)", 2),
            (json!([null, null, null]), "(-, -, -)", 2),
            (json!([null, ["v", null, "w"], ["v", "w", null]]), "2 vectors", 3),
            (json!([null, [[null, "v", "w"], null, null], null]), "1 bundle", 4),
        ];
        for (with, drawn, depth) in cases {
            let said = Hearsay::read(&with, 3).expect("it is hearsay");
            assert_eq!((said.to_string().as_str(), said.depth()), (drawn, depth));
            assert_eq!(serde_json::to_value(&said).expect("hearsay serialises"), with);
        }
        let nested = Hearsay::read(&json!([null, ["v", null, "w"], "x"]), 3).expect("hearsay");
        assert_eq!(nested.in_full(), "(-, (v,-,w), x)");
        for with in [json!(null), json!(["v"]), json!({"P1": "v"}), json!([null, true, "v"])] {
            let expected = "a value, or a list of 3: for each node its supposed statement, or null";
            assert_eq!(Hearsay::read(&with, 3), Err(expected.to_owned()));
        }
    }

    #[test]
    fn silence_has_the_depth_of_the_missing_message() {
        for depth in 1..=4 {
            assert_eq!(Hearsay::silence(depth, 3).depth(), depth);
        }
        let silence = Hearsay::silence(3, 3);
        let node = NodeId::new;
        let innermost = silence.of(node(0)).and_then(|said| said.of(node(2)));
        assert_eq!(innermost, Some(&Hearsay::Value(None)));
        assert_eq!(innermost.and_then(Hearsay::value), None);
    }

    #[test]
    fn traitor_lie_differs_for_each_receiver() {
        let said = Hearsay::read(&json!([null, "v", ["⊥", 7, null]]), 3).expect("hearsay");
        assert_eq!(said.lie(NodeId::new(1)).in_full(), "(-, v², (x²,9,-))");
        assert_eq!(said.lie(NodeId::new(119)).in_full(), "(-, v¹²⁰, (x¹²⁰,127,-))");
    }

    #[test]
    fn majority_needs_more_than_half() {
        let most = |values: &[&str]| {
            let some = |value: &&str| (*value != "⊥").then(|| Value::from(*value));
            majority(values.iter().map(some).collect()).map(|value| value.to_string())
        };
        assert_eq!(most(&["a", "b", "a"]).as_deref(), Some("a"));
        assert_eq!(most(&["a", "b"]), None);
        assert_eq!(most(&["⊥", "b", "⊥"]), None);
        assert_eq!(most(&["⊥", "b", "b"]).as_deref(), Some("b"));
        assert_eq!(most(&[]), None);
    }
}
