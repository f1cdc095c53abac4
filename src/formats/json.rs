//! Reads JSON from strangers: bounds first, no duplicate fields, and a path to every error.

use std::{borrow::Cow, fmt, ops::RangeInclusive};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

use super::problem::{Problem, alternatives, quoted, shown};
use crate::kernel::{PerMillion, has_reserved, is_unseen};

/// Maximum length of a text, in bytes.
pub const MAX_TEXT: usize = 1 << 20;
/// Maximum nesting of objects and lists.
pub(super) const MAX_NESTING: usize = 32;
/// Maximum length of a value for a protocol, in bytes of JSON.
pub(super) const MAX_VALUE: usize = 4096;
/// The greatest whole number that every language's JSON keeps exactly.
pub const MAX_WHOLE: u64 = (1 << 53) - 1;

/// Returns JSON in which no character is unseen ([`is_unseen`]): each is escaped as JSON has it, so that a
/// reader of the JSON gets the same texts. Outside its texts JSON has no such character except line breaks
/// and tabs, which stay.
#[must_use]
pub fn visible_json(json: &str) -> Cow<'_, str> {
    let unseen = |c: char| is_unseen(c) && !matches!(c, '\n' | '\r' | '\t');
    if !json.contains(unseen) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if unseen(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Returns a text without byte order marks at its beginning, which are no part of it: some programs write one.
#[must_use]
pub fn without_mark(text: &str) -> &str {
    text.trim_start_matches('\u{FEFF}')
}

/// Reads a text as JSON.
///
/// # Errors
/// If it is too long, nests too deeply (checked before anything is built), is no JSON, or has a field twice.
pub fn parse(text: &str) -> Result<Json, Problem> {
    parse_within(text, MAX_TEXT)
}

/// Parses like [`parse`], with another limit of length, in bytes.
///
/// # Errors
/// Those of [`parse`], and a longer text.
pub fn parse_within(text: &str, most: usize) -> Result<Json, Problem> {
    if text.len() > most {
        let found = format!("{} bytes", text.len());
        return Err(Problem::new("", found, format!("at most {most}")));
    }
    if nests_too_deeply(text) {
        return Err(too_deep(""));
    }
    match serde_json::from_str(text) {
        Ok(Strict(value)) => Ok(value),
        Err(error) => Err(malformed(&error)),
    }
}

fn too_deep(path: &str) -> Problem {
    let found = format!("more than {MAX_NESTING} levels of nesting");
    Problem::new(path, found, format!("at most {MAX_NESTING}"))
}

/// Returns the brackets of a JSON text that are in none of its strings, with their places; found without building.
fn brackets(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut in_text, mut escaped) = (false, false);
    text.bytes().enumerate().filter(move |(_, byte)| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' | b']' | b'}' => return !in_text,
            _ => {}
        }
        false
    })
}

/// True if brackets nest too deeply.
fn nests_too_deeply(text: &str) -> bool {
    let mut depth = 0_usize;
    brackets(text).any(|(_, bracket)| {
        let opens = matches!(bracket, b'[' | b'{');
        depth = if opens { depth + 1 } else { depth.saturating_sub(1) };
        depth > MAX_NESTING
    })
}

/// Returns a JSON text without the items of its lists, such as requests and faults, which may be thousands.
#[must_use]
pub fn without_items(text: &str) -> String {
    let (mut kept, mut from, mut lists) = (String::new(), 0, 0_usize);
    for (place, bracket) in brackets(text) {
        match bracket {
            b'[' => {
                if lists == 0 {
                    kept.push_str(&text[from..=place]);
                }
                lists += 1;
            }
            b']' if lists > 0 => {
                lists -= 1;
                from = place;
            }
            _ => {}
        }
    }
    if lists == 0 {
        kept.push_str(&text[from..]);
    }
    kept
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let mut what = error.to_string();
    if let Some(end) = what.rfind(" at line ") {
        what.truncate(end);
    }
    let (found, expected) = match error.classify() {
        serde_json::error::Category::Data => (what, "each field once"),
        _ => (format!("a syntax error ({what})"), "JSON"),
    };
    let found = format!("{found} at line {line}, column {column}");
    Problem { at: Some((line, column)), ..Problem::new("", found, expected) }
}

/// Name under which serde_json hands over the text of a number that is no machine integer, as the only field
/// of an object. An object from outside that looks the same is read as the same number. No name of ours is
/// like it, so no other meaning is lost.
const NUMBER: &str = "$serde_json::private::Number";

/// JSON in which no object has the same field twice: the usual reader would silently take the last one.
struct Strict(Json);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    /// Numbers come as text. This short refusal keeps the writing of doubles out of the page.
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Json, E> {
        Err(E::custom("a number that was rounded"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format!("the field {} again", quoted(&name))));
            }
            let Strict(value) = object.next_value()?;
            match (name.as_str(), value) {
                (NUMBER, Json::String(digits)) => return Ok(as_number(digits)),
                (_, value) => fields.insert(name, value),
            };
        }
        Ok(fields.into())
    }
}

/// Returns a text as the number that it spells. `str::parse` would carry the writing of doubles into the
/// page, 10 KB of it. The check is made later, by [`millionths`], through which every such number passes.
fn as_number(digits: String) -> Json {
    Number::from_string_unchecked(digits).into()
}

/// Returns this number of millionths as the shortest decimal without an exponent.
pub(super) fn decimal(millionths: i64) -> Json {
    let (sign, size) = (if millionths < 0 { "-" } else { "" }, millionths.unsigned_abs());
    let text = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    as_number(text.to_owned())
}

/// Returns a number in exact millionths; none if it has more than six decimals or is far too large.
///
/// Computed from the digits, since doubles do not represent decimals exactly.
fn millionths(number: &Number) -> Option<i128> {
    let text = number.to_string();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.as_str()),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let shift = exponent.parse::<i64>().ok()? - fraction.len() as i64 + 6;
    if digits == 0 {
        return Some(0);
    }
    let scaled = match u32::try_from(shift) {
        Ok(up) => digits.checked_mul(10_i128.checked_pow(up)?)?,
        Err(_) => {
            let down = 10_i128.checked_pow(u32::try_from(-shift).ok()?)?;
            (digits % down == 0).then_some(digits / down)?
        }
    };
    Some(sign * scaled)
}

/// Returns the whole number that this is, `10.0` included: JSON knows only one kind of number.
fn whole(number: &Number) -> Option<i128> {
    let millionths = millionths(number)?;
    (millionths % 1_000_000 == 0).then_some(millionths / 1_000_000)
}

/// A value in a document, or a missing one, and the path that leads to it.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    path: String,
    value: Option<&'a Json>,
}

impl<'a> Place<'a> {
    /// Returns the whole document.
    pub(super) fn root(value: &'a Json) -> Self {
        Self { path: String::new(), value: Some(value) }
    }

    /// Returns a value at this path of a document.
    pub(super) fn at(path: String, value: &'a Json) -> Self {
        Self { path, value: Some(value) }
    }

    /// Returns its path.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the value, if there is one.
    pub(super) fn value(&self) -> Option<&'a Json> {
        self.value
    }

    /// Returns the problem that something else is expected here.
    pub(super) fn problem(&self, expected: impl Into<String>) -> Problem {
        Problem::new(&self.path, self.value.map_or("nothing".to_owned(), shown), expected)
    }

    /// Returns the object, if it has no other fields than these.
    pub(super) fn object(&self, known: &[&str]) -> Result<Object<'a>, Problem> {
        let object = self.open_object()?;
        match object.fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(object.unknown("field", name, known)),
            None => Ok(object),
        }
    }

    /// Returns the object, with any fields.
    pub(super) fn open_object(&self) -> Result<Object<'a>, Problem> {
        match self.value {
            Some(Json::Object(fields)) => Ok(Object { path: self.path.clone(), fields }),
            _ => Err(self.problem("an object")),
        }
    }

    /// Returns the list, if it has at most `most` items.
    pub(super) fn list(&self, expected: &str, most: usize) -> Result<Vec<Self>, Problem> {
        let Some(Json::Array(values)) = self.value else { return Err(self.problem(expected)) };
        if values.len() > most {
            let found = format!("{} of them", values.len());
            return Err(Problem::new(&self.path, found, format!("at most {most}")));
        }
        let place =
            |(index, value)| Self { path: format!("{}[{index}]", self.path), value: Some(value) };
        Ok(values.iter().enumerate().map(place).collect())
    }

    /// Returns the whole number, if it is in this range.
    pub(super) fn whole(&self, range: RangeInclusive<u64>) -> Result<u64, Problem> {
        let (least, most) = (*range.start(), *range.end());
        self.any_whole()
            .and_then(|number| u64::try_from(number).ok())
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.problem(format!("a whole number from {least} to {most}")))
    }

    /// Returns the whole number as a count, if it is in this range.
    pub(super) fn count(&self, range: RangeInclusive<u32>) -> Result<u32, Problem> {
        let number = self.whole(u64::from(*range.start())..=u64::from(*range.end()))?;
        Ok(u32::try_from(number).expect("the range is that of the type"))
    }

    /// Returns the whole number, if it is one.
    pub(super) fn any_whole(&self) -> Option<i128> {
        match self.value {
            Some(Json::Number(number)) => whole(number),
            _ => None,
        }
    }

    /// Returns a number from 0 to 1 with at most six decimals.
    pub(super) fn probability(&self) -> Result<PerMillion, Problem> {
        self.rate(PerMillion(0)..=PerMillion::ONE)
    }

    /// Returns a number of this range with at most six decimals.
    pub(super) fn rate(&self, range: RangeInclusive<PerMillion>) -> Result<PerMillion, Problem> {
        let read = match self.value {
            Some(Json::Number(number)) => millionths(number),
            _ => None,
        };
        let rate = read.and_then(|rate| u32::try_from(rate).ok()).map(PerMillion);
        rate.filter(|rate| range.contains(rate)).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            self.problem(format!("a number from {least} to {most} with at most six decimals"))
        })
    }

    /// Returns the text.
    pub(super) fn text(&self, expected: &str) -> Result<&'a str, Problem> {
        self.text_or(&|| expected.to_owned())
    }

    /// Returns the text. The expectation is put into words only if it is not met: a scenario has thousands of texts.
    pub(super) fn text_or(&self, expected: &dyn Fn() -> String) -> Result<&'a str, Problem> {
        match self.value {
            Some(Json::String(text)) => Ok(text),
            _ => Err(self.problem(expected())),
        }
    }

    /// Returns a text of one line that can be drawn.
    pub(super) fn line(&self, most: usize) -> Result<&'a str, Problem> {
        let expected = format!("a text of at most {most} characters, without control characters");
        let text = self.text(&expected)?;
        self.speaks_for_itself(text)?;
        let fits = text.chars().count() <= most && !text.chars().any(char::is_control);
        if fits { Ok(text) } else { Err(self.problem(expected)) }
    }

    /// Refuses the characters that stand for nodes inside a run: a text with one of them would be drawn with
    /// a node's name in it.
    pub(super) fn speaks_for_itself(&self, text: &str) -> Result<(), Problem> {
        if has_reserved(text) {
            return Err(self.problem("a text without the private-use characters U+E000 to U+E07F"));
        }
        Ok(())
    }

    /// One of these words.
    pub(super) fn word<'w>(&self, words: &[&'w str]) -> Result<&'w str, Problem> {
        let written = match self.value {
            Some(Json::String(text)) => text.as_str(),
            _ => return Err(self.problem(alternatives(words.iter().copied()))),
        };
        words.iter().find(|word| **word == written).copied().ok_or_else(|| {
            self.problem(alternatives(words.iter().copied()))
                .with_closest(written, words.iter().copied())
        })
    }

    /// Returns a value that is passed on as it is, so that it comes out of the canonical form as it went in: its texts
    /// can be drawn, its numbers are exact, whole ones are written without a point, and it nests no deeper than this.
    pub(super) fn freely(&self, levels: usize) -> Result<Json, Problem> {
        let tidy = self.tidy(self.value.unwrap_or(&Json::Null), levels)?;
        // It is copied into every message that carries it, and into the trace.
        if tidy.to_string().len() > MAX_VALUE {
            return Err(self.problem(format!("a value of at most {MAX_VALUE} bytes of JSON")));
        }
        Ok(tidy)
    }

    fn tidy(&self, value: &Json, levels: usize) -> Result<Json, Problem> {
        let deeper = || levels.checked_sub(1).ok_or_else(|| too_deep(&self.path));
        Ok(match value {
            Json::Null | Json::Bool(_) => value.clone(),
            Json::Number(number) => self.exact(number)?,
            Json::String(text) => {
                self.speaks_for_itself(text)?;
                value.clone()
            }
            Json::Array(values) => {
                let levels = deeper()?;
                let values = values.iter().map(|value| self.tidy(value, levels));
                values.collect::<Result<Vec<_>, _>>()?.into()
            }
            Json::Object(fields) => {
                let levels = deeper()?;
                let mut tidy = Map::new();
                for (name, value) in fields {
                    self.speaks_for_itself(name)?;
                    tidy.insert(name.clone(), self.tidy(value, levels)?);
                }
                tidy.into()
            }
        })
    }

    /// A number that survives being written and read again.
    fn exact(&self, number: &Number) -> Result<Json, Problem> {
        let most = i128::from(MAX_WHOLE);
        let fits = |value: &i128| (-most..=most).contains(value);
        if let Some(whole) = whole(number).filter(fits) {
            let whole = i64::try_from(whole).expect("it is below 2^53");
            return Ok(whole.into());
        }
        match millionths(number).filter(fits) {
            Some(millionths) => {
                let millionths = i64::try_from(millionths).expect("it is below 2^53");
                Ok(decimal(millionths))
            }
            None => Err(self.problem(
                "numbers of at most six decimals, whole ones up to 2^53−1, others up to 9·10^9",
            )),
        }
    }
}

/// An object in a document.
#[derive(Clone, Debug)]
pub(super) struct Object<'a> {
    path: String,
    fields: &'a Map<String, Json>,
}

impl<'a> Object<'a> {
    /// Returns a field, present or missing.
    pub(super) fn get(&self, name: &str) -> Place<'a> {
        Place { path: self.path_of(name), value: self.fields.get(name) }
    }

    /// Returns a field, if it is present.
    pub(super) fn find(&self, name: &str) -> Option<Place<'a>> {
        let value = self.fields.get(name)?;
        Some(Place { path: self.path_of(name), value: Some(value) })
    }

    /// Returns the names of its fields, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.fields.keys().map(String::as_str)
    }

    /// Returns the problem that a name is unknown.
    pub(super) fn unknown<'k>(
        &self,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'k (impl AsRef<str> + 'k + ?Sized), IntoIter: Clone>,
    ) -> Problem {
        let known = known.into_iter().map(AsRef::as_ref);
        let found = format!("the unknown {what} {}", quoted(name));
        Problem::new(self.path_of(name), found, alternatives(known.clone()))
            .with_closest(name, known)
    }

    fn path_of(&self, name: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        match (name.chars().all(plain) && name.len() <= 40, self.path.is_empty()) {
            (true, true) => name.to_owned(),
            (true, false) => format!("{}.{name}", self.path),
            (false, _) => format!("{}[{}]", self.path, quoted(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).expect("a number")
    }

    #[test]
    fn decimals_are_read_exactly() {
        for (text, expected) in [
            ("0.05", Some(50_000)),
            ("1e-6", Some(1)),
            ("1e-7", None),
            ("0.1234567", None),
            ("-0.5", Some(-500_000)),
            ("-0.0", Some(0)),
            ("1.0", Some(1_000_000)),
            ("1.5e3", Some(1_500_000_000)),
            ("1e300", None),
            ("1e-300", None),
            ("0e300", Some(0)),
            ("18446744073709551615", Some(18_446_744_073_709_551_615_000_000)),
        ] {
            assert_eq!(millionths(&number(text)), expected, "{text}");
        }
    }

    #[test]
    fn every_six_decimals_are_read_as_they_are_written() {
        for odds in (-1_000_000..=1_000_000).step_by(7) {
            assert_eq!(millionths(&number(&decimal(odds).to_string())), Some(i128::from(odds)));
        }
        for (odds, text) in [(0, "0"), (1_000_000, "1"), (-50_000, "-0.05"), (1, "0.000001")] {
            assert_eq!(decimal(odds).to_string(), text);
        }
    }

    #[test]
    fn nesting_is_seen_before_anything_is_built() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(MAX_NESTING)).is_ok());
        let problem = parse(&nested(MAX_NESTING + 1)).expect_err("too deep");
        assert_eq!(
            problem.to_string(),
            "found more than 32 levels of nesting, expected at most 32"
        );
        assert!(parse(&nested(MAX_TEXT / 2)).is_err());
        assert!(parse(&format!("\"{}\"", r#"[{\""#.repeat(99))).is_ok());
    }

    #[test]
    fn json_value_is_passed_on_unchanged() {
        let value = serde_json::json!({"b": [1.0, -2.5, 0.000_001], "a": null});
        let tidy = Place::root(&value).freely(MAX_NESTING).expect("tidy");
        assert_eq!(tidy.to_string(), r#"{"a":null,"b":[1,-2.5,0.000001]}"#);
        assert_eq!(parse(&tidy.to_string()), Ok(tidy));
        for bad in [serde_json::json!(0.123_456_7), serde_json::json!(1e18)] {
            assert!(Place::root(&bad).freely(MAX_NESTING).is_err(), "{bad}");
        }
    }
}
