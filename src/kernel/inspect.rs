//! JSON of states and payloads, for the inspector and the trace.
//!
//! `serde_json::to_value` does the same, but brings the errors of all possible JSON with every field of every
//! protocol. States and payloads have no such errors: this code is half as large.

use std::fmt;

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::{Map, Value as Json};

/// Returns a state or a payload as JSON, nodes as their characters (see [`NodeId`](super::NodeId)).
pub(super) fn inspect(what: &impl Serialize) -> Json {
    match what.serialize(Inspector) {
        Ok(json) => json,
    }
}

/// An error that never occurs: tests/it/protocols/conformance.rs inspects every state and payload.
#[derive(Debug)]
enum Impossible {}

impl fmt::Display for Impossible {
    fn fmt(&self, _f: &mut fmt::Formatter) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Impossible {}

impl Error for Impossible {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        refuse()
    }
}

fn refuse() -> ! {
    panic!("states and payloads are made of texts, whole numbers, lists and objects")
}

#[derive(Clone, Copy)]
struct Inspector;

/// A list, and the variant that it belongs to.
struct List(Option<&'static str>, Vec<Json>);

/// An object, the variant that it belongs to, and the key whose value comes next.
struct Object(Option<&'static str>, Map<String, Json>, String);

/// Wraps the content of a variant in an object with one field.
fn within(variant: Option<&'static str>, json: Json) -> Json {
    match variant {
        None => json,
        Some(variant) => {
            // Not collected: that would sort the fields first.
            let mut object = Map::new();
            object.insert(variant.to_owned(), json);
            Json::Object(object)
        }
    }
}

impl List {
    fn of(variant: Option<&'static str>) -> Self {
        Self(variant, Vec::new())
    }

    fn end(self) -> Json {
        within(self.0, Json::Array(self.1))
    }
}

impl Object {
    fn of(variant: Option<&'static str>) -> Self {
        Self(variant, Map::new(), String::new())
    }

    fn put(&mut self, key: &str, value: Json) {
        self.1.insert(key.to_owned(), value);
    }

    fn end(self) -> Json {
        within(self.0, Json::Object(self.1))
    }
}

impl Serializer for Inspector {
    type Ok = Json;
    type Error = Impossible;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = List;
    type SerializeMap = Object;
    type SerializeStruct = Object;
    type SerializeStructVariant = Object;

    fn serialize_bool(self, it: bool) -> Result<Json, Impossible> {
        Ok(Json::Bool(it))
    }
    fn serialize_i8(self, it: i8) -> Result<Json, Impossible> {
        self.serialize_i64(it.into())
    }
    fn serialize_i16(self, it: i16) -> Result<Json, Impossible> {
        self.serialize_i64(it.into())
    }
    fn serialize_i32(self, it: i32) -> Result<Json, Impossible> {
        self.serialize_i64(it.into())
    }
    fn serialize_i64(self, it: i64) -> Result<Json, Impossible> {
        Ok(it.into())
    }
    fn serialize_u8(self, it: u8) -> Result<Json, Impossible> {
        self.serialize_u64(it.into())
    }
    fn serialize_u16(self, it: u16) -> Result<Json, Impossible> {
        self.serialize_u64(it.into())
    }
    fn serialize_u32(self, it: u32) -> Result<Json, Impossible> {
        self.serialize_u64(it.into())
    }
    fn serialize_u64(self, it: u64) -> Result<Json, Impossible> {
        Ok(it.into())
    }
    fn serialize_f32(self, _it: f32) -> Result<Json, Impossible> {
        refuse()
    }
    fn serialize_f64(self, _it: f64) -> Result<Json, Impossible> {
        refuse()
    }
    fn serialize_char(self, it: char) -> Result<Json, Impossible> {
        Ok(Json::String(it.into()))
    }
    fn serialize_str(self, it: &str) -> Result<Json, Impossible> {
        Ok(Json::String(it.to_owned()))
    }
    fn serialize_bytes(self, _it: &[u8]) -> Result<Json, Impossible> {
        refuse()
    }
    fn serialize_none(self) -> Result<Json, Impossible> {
        Ok(Json::Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, it: &T) -> Result<Json, Impossible> {
        it.serialize(self)
    }
    fn serialize_unit(self) -> Result<Json, Impossible> {
        Ok(Json::Null)
    }
    fn serialize_unit_struct(self, _name: &'static str) -> Result<Json, Impossible> {
        Ok(Json::Null)
    }
    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Json, Impossible> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        it: &T,
    ) -> Result<Json, Impossible> {
        it.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        it: &T,
    ) -> Result<Json, Impossible> {
        Ok(within(Some(variant), it.serialize(self)?))
    }
    fn serialize_seq(self, _len: Option<usize>) -> Result<List, Impossible> {
        Ok(List::of(None))
    }
    fn serialize_tuple(self, _len: usize) -> Result<List, Impossible> {
        Ok(List::of(None))
    }
    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<List, Impossible> {
        Ok(List::of(None))
    }
    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<List, Impossible> {
        Ok(List::of(Some(variant)))
    }
    fn serialize_map(self, _len: Option<usize>) -> Result<Object, Impossible> {
        Ok(Object::of(None))
    }
    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Object, Impossible> {
        Ok(Object::of(None))
    }
    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Object, Impossible> {
        Ok(Object::of(Some(variant)))
    }
}

/// Serde has a trait for every kind of list, all of the same form.
macro_rules! a_list {
    ($($kind:ident::$add:ident),*) => {$(
        impl $kind for List {
            type Ok = Json;
            type Error = Impossible;

            fn $add<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Impossible> {
                self.1.push(it.serialize(Inspector)?);
                Ok(())
            }

            fn end(self) -> Result<Json, Impossible> {
                Ok(List::end(self))
            }
        }
    )*};
}
a_list!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

/// Serde has a trait for every kind of object.
macro_rules! an_object {
    ($($kind:ident),*) => {$(
        impl $kind for Object {
            type Ok = Json;
            type Error = Impossible;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                it: &T,
            ) -> Result<(), Impossible> {
                let value = it.serialize(Inspector)?;
                self.put(key, value);
                Ok(())
            }

            fn end(self) -> Result<Json, Impossible> {
                Ok(Object::end(self))
            }
        }
    )*};
}
an_object!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Object {
    type Ok = Json;
    type Error = Impossible;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Impossible> {
        self.2 = match key.serialize(Inspector)? {
            Json::String(text) => text,
            number => number.to_string(),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Impossible> {
        let value = it.serialize(Inspector)?;
        self.1.insert(std::mem::take(&mut self.2), value);
        Ok(())
    }

    fn end(self) -> Result<Json, Impossible> {
        Ok(Object::end(self))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    struct Everything {
        none: Option<u8>,
        some: Option<i64>,
        truth: bool,
        list: Vec<(char, String)>,
        by_number: BTreeMap<u32, Shape>,
        by_name: BTreeMap<&'static str, ()>,
        wrapped: Wrapped,
        pair: Pair,
    }

    #[derive(Serialize)]
    struct Wrapped(u64);

    #[derive(Serialize)]
    struct Pair(i32, u16);

    #[derive(Serialize)]
    enum Shape {
        Word,
        Newtype(i8),
        Tuple(u8, u8),
        Fields { a: Option<Wrapped> },
    }

    #[test]
    fn inspected_value_equals_serde_json() {
        let kinds = [
            Shape::Word,
            Shape::Newtype(-1),
            Shape::Tuple(1, 2),
            Shape::Fields { a: Some(Wrapped(u64::MAX)) },
        ];
        let everything = Everything {
            none: None,
            some: Some(i64::MIN),
            truth: true,
            list: vec![('a', "b\"".to_owned()), ('ö', String::new())],
            by_number: (1..).zip(kinds).collect(),
            by_name: [("x", ())].into(),
            wrapped: Wrapped(7),
            pair: Pair(-3, 3),
        };
        let expected = serde_json::to_value(&everything).expect("it serialises");
        assert_eq!(inspect(&everything), expected);
    }
}
