//! The application's payload.

use std::rc::Rc;

use serde::Serialize;
use serde_json::Value as Json;

use crate::kernel::has_reserved;

/// A value that an application broadcasts, proposes or stores: a text or a whole number, cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Value {
    /// A text: `m1`.
    Text(Rc<str>),
    /// A whole number.
    Number(i64),
}

impl Value {
    /// Reads one from a scenario.
    ///
    /// # Errors
    /// The expected form.
    pub fn read(json: Option<&Json>) -> Result<Self, String> {
        let text = |text: &str| (!has_reserved(text)).then(|| Self::from(text));
        let value = match json {
            Some(Json::String(it)) => text(it),
            Some(Json::Number(it)) => it.as_i64().map(Self::Number),
            _ => None,
        };
        value.ok_or_else(|| "a text or a whole number".to_owned())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn value_is_read_and_written_unchanged() {
        for json in [json!("m1"), json!(""), json!(-7), json!(i64::MAX)] {
            let value = Value::read(Some(&json)).expect("a text or a whole number");
            assert_eq!(serde_json::to_value(&value).expect("values serialise"), json);
        }
        assert_eq!(Value::from("m1").to_string(), "m1");
        assert_eq!(Value::from(-7).to_string(), "-7");
    }

    #[test]
    fn json_of_another_type_is_refused() {
        let foreign = [json!(null), json!(1.5), json!(u64::MAX), json!([1]), json!("\u{E000}")];
        for json in foreign.iter().map(Some).chain([None]) {
            assert_eq!(Value::read(json), Err("a text or a whole number".to_owned()), "{json:?}");
        }
    }
}
