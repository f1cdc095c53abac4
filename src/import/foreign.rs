//! Payloads of imported runs.

use std::{fmt, hash::Hash, rc::Rc};

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value as Json;

use crate::kernel::{Packet, visible};

/// A payload that no protocol of ours made: its label, and its data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Foreign {
    label: Rc<str>,
    /// Canonical JSON.
    data: Data,
}

impl Foreign {
    /// Returns a packet with this label and data. Characters that stand for nodes are shown as their codes.
    pub(super) fn packet(label: &str, data: &Json) -> Packet {
        Packet::new(Self { label: visible(label).into(), data: Data::of(data) })
    }

    /// Returns a packet whose data is its text.
    pub(super) fn text(text: &str) -> Packet {
        Self::packet(text, &Json::String(text.to_owned()))
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.label)
    }
}

impl Serialize for Foreign {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.data.serialize(serializer)
    }
}

/// JSON of texts, whole numbers, lists and objects, as payloads have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Data {
    Nothing,
    Truth(bool),
    Whole(i64),
    Text(String),
    List(Vec<Self>),
    Fields(Vec<(String, Self)>),
}

impl Data {
    fn of(json: &Json) -> Self {
        let text = |text: &str| visible(text).into_owned();
        match json {
            Json::Null => Self::Nothing,
            Json::Bool(truth) => Self::Truth(*truth),
            Json::Number(number) => {
                number.as_i64().map_or_else(|| Self::Text(number.to_string()), Self::Whole)
            }
            Json::String(it) => Self::Text(text(it)),
            Json::Array(values) => Self::List(values.iter().map(Self::of).collect()),
            Json::Object(fields) => {
                Self::Fields(fields.iter().map(|(name, it)| (text(name), Self::of(it))).collect())
            }
        }
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Truth(truth) => serializer.serialize_bool(*truth),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values),
            Self::Fields(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
