//! A small JSON reader for Cargo's descriptions of packages: only the standard library is used here.

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    /// `null`, `true`, `false` or a number, as written.
    Word(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Fields in their order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a document. None if it is no JSON.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value()?;
        reader.space();
        (reader.at == text.len()).then_some(value)
    }

    /// Returns the field of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Returns the field of this name, if it is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the items of the list in this field; none if there is no such list.
    pub(crate) fn list(&self, name: &str) -> &[Self] {
        match self.get(name) {
            Some(Self::List(items)) => items,
            _ => &[],
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn peek(&mut self) -> Option<char> {
        self.space();
        self.text[self.at..].chars().next()
    }

    fn takes(&mut self, sign: char) -> bool {
        let there = self.peek() == Some(sign);
        self.at += if there { sign.len_utf8() } else { 0 };
        there
    }

    fn value(&mut self) -> Option<Json> {
        match self.peek()? {
            '"' => self.string().map(Json::Text),
            '[' => self.items('[', ']', Self::value).map(Json::List),
            '{' => self.items('{', '}', Self::field).map(Json::Object),
            _ => {
                let rest = &self.text[self.at..];
                let end = rest.find([',', ']', '}', ' ', '\n']).unwrap_or(rest.len());
                self.at += end;
                (end > 0).then(|| Json::Word(rest[..end].to_owned()))
            }
        }
    }

    fn field(&mut self) -> Option<(String, Json)> {
        self.space();
        let name = self.string()?;
        if !self.takes(':') {
            return None;
        }
        Some((name, self.value()?))
    }

    /// Reads the items between two brackets, separated by commas.
    fn items<T>(
        &mut self,
        open: char,
        close: char,
        item: fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut items = Vec::new();
        if !self.takes(open) {
            return None;
        }
        while !self.takes(close) {
            if !items.is_empty() && !self.takes(',') {
                return None;
            }
            items.push(item(self)?);
        }
        Some(items)
    }

    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut rest = self.text[self.at..].strip_prefix('"')?.char_indices();
        while let Some((at, c)) = rest.next() {
            match c {
                '"' => {
                    self.at += 1 + at + 1;
                    return Some(text);
                }
                '\\' => match rest.next()?.1 {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    'b' => text.push('\u{8}'),
                    'f' => text.push('\u{c}'),
                    'u' => {
                        let digits: String = rest.by_ref().take(4).map(|(_, c)| c).collect();
                        let unit = u32::from_str_radix(&digits, 16).ok()?;
                        // Halves of surrogate pairs are no characters; the documents read here have none.
                        text.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    plain => text.push(plain),
                },
                plain => text.push(plain),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_whole() {
        let read = Json::read(r#" {"a": [1, "x\n\"\u00e9", {}], "b": null, "c": {"d": "e"}} "#);
        let read = read.expect("it is JSON");
        assert_eq!(read.list("a")[1], Json::Text("x\n\"é".to_owned()));
        assert_eq!(read.get("b"), Some(&Json::Word("null".to_owned())));
        assert_eq!(read.get("c").and_then(|c| c.text("d")), Some("e"));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1", "[1 2]", "{\"a\" 1}", "\"a", "{} {}", "[,]"] {
            assert_eq!(Json::read(text), None, "{text}");
        }
    }
}
