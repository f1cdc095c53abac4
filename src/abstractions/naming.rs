//! Names of values and messages in sentences. Each name has one meaning.
//!
//! Two messages may have the same text, a text may be empty, and a text may look like a number. So a message whose
//! text is not unique is named by its sender and sequence number, too, and a text that could be misread is quoted. All
//! sentences about messages are made with [`named`].

use std::fmt;

use super::Value;
use crate::kernel::NodeId;

/// Words for no value: in sentences, among the values of a vector, in an answer.
const NO_VALUE: [&str; 3] = ["nothing", "⊥", "–"];

/// Returns a value as sentences show it: quoted where it is empty, looks like a number or like no value, or contains
/// a character that names in sentences contain.
#[must_use]
pub fn spoken(value: &Value) -> String {
    let Value::Text(text) = value else { return value.to_string() };
    let misread = |c: char| "\"(),".contains(c);
    let padded = text.trim() != &**text;
    let is_other = text.parse::<i64>().is_ok() || NO_VALUE.contains(&&**text);
    if text.is_empty() || is_other || padded || text.contains(misread) {
        return format!("\"{}\"", text.replace('"', "\\\""));
    }
    text.to_string()
}

/// A message: the n-th broadcast of a process, or its n-th message to another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mention {
    /// The process that broadcasts or sends it.
    pub from: NodeId,
    /// The process that it is sent to; none if it is broadcast.
    pub to: Option<NodeId>,
    /// Sequence number there, from 1.
    pub seq: u32,
    /// Text of the message.
    pub payload: Value,
}

impl Mention {
    /// True if it is the same message, whatever its text.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        (self.from, self.to, self.seq) == (other.from, other.to, other.seq)
    }
}

/// Shown by sender and number: `Alice's broadcast 2`.
impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { from, to, seq, .. } = self;
        match to {
            None => write!(f, "{from}'s broadcast {seq}"),
            Some(to) => write!(f, "{from}'s message {seq} to {to}"),
        }
    }
}

/// Returns the name of a message in a sentence: its text if no other message has it, or else with sender and number.
#[must_use]
pub fn named<'a>(message: &Mention, others: impl IntoIterator<Item = &'a Value>) -> String {
    let text = spoken(&message.payload);
    if others.into_iter().any(|other| spoken(other) == text) {
        return format!("{text} ({message})");
    }
    text
}

/// A sentence. It names its messages only when it is said, since a later message may have the same text as one of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sentence(Vec<SentencePart>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum SentencePart {
    Words(String),
    Message(Mention),
}

impl Sentence {
    /// Begins a sentence with these words.
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self(vec![SentencePart::Words(words.into())])
    }

    /// Appends a message.
    pub(super) fn message(mut self, message: Mention) -> Self {
        self.0.push(SentencePart::Message(message));
        self
    }

    /// Appends these words.
    pub(super) fn words(mut self, words: impl Into<String>) -> Self {
        self.0.push(SentencePart::Words(words.into()));
        self
    }

    /// Returns the sentence, with a name for each message.
    pub(super) fn say(&self, name: impl Fn(&Mention) -> String) -> String {
        let parts = self.0.iter().map(|part| match part {
            SentencePart::Words(words) => words.clone(),
            SentencePart::Message(message) => name(message),
        });
        parts.collect()
    }
}

impl From<String> for Sentence {
    fn from(words: String) -> Self {
        Self::new(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(seq: u32, payload: &str) -> Mention {
        Mention { from: NodeId::new(0), to: None, seq, payload: payload.into() }
    }

    #[test]
    fn naming_text_that_could_be_misread_is_quoted() {
        let cases = [
            ("m1", "m1"),
            ("", "\"\""),
            ("1", "\"1\""),
            ("a b", "a b"),
            ("ß", "ß"),
            ("nothing", "\"nothing\""),
            ("⊥", "\"⊥\""),
        ];
        for (text, expected) in cases {
            assert_eq!(spoken(&text.into()), expected);
        }
        assert_eq!([spoken(&1.into()), spoken(&" m".into())], ["1", "\" m\""]);
        assert_eq!(spoken(&"say \"m\"".into()), "\"say \\\"m\\\"\"");
    }

    #[test]
    fn naming_messages_with_one_text_have_sender_and_number() {
        let name = |others: &[Value]| named(&mention(2, "ok"), others);
        assert_eq!(name(&["no".into()]), "ok");
        assert_eq!(name(&["ok".into()]), format!("ok ({}'s broadcast 2)", NodeId::new(0)));
        assert_eq!(named(&mention(1, "1"), &[1.into()]), "\"1\"");
    }

    #[test]
    fn naming_sentence_names_its_messages_when_it_is_said() {
        let sentence = Sentence::new("it delivered ").message(mention(1, "ok")).words(" twice");
        assert_eq!(sentence.say(|it| it.payload.to_string()), "it delivered ok twice");
    }
}
