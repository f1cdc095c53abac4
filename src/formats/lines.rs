//! JSON laid out in lines for editing, and the places of its values.

use std::ops::Range;

/// Maximum length, in bytes, of a list or an object on one line.
const WIDTH: usize = 88;
/// Spaces by which each level is indented.
const INDENT: usize = 2;

/// Returns JSON laid out in lines: every part that fits is on one line, but the whole never is.
#[must_use]
pub fn laid_out(json: &str) -> String {
    let mut scan = Scan { text: json, at: 0 };
    let mut out = String::with_capacity(json.len() * 3 / 2);
    scan.lay_out(0, &mut out);
    out
}

/// Returns the bytes of a JSON text that a problem's path leads to: the field with its name, or the item. If
/// it is missing, the object or list that should contain it.
#[must_use]
pub fn place_of(json: &str, path: &str) -> Range<usize> {
    let mut scan = Scan { text: json, at: 0 };
    scan.space();
    let start = scan.at;
    scan.value();
    let mut found = start..scan.at;
    scan.at = start;
    let mut path = path;
    while let Some((step, rest)) = next_step(path) {
        let Some(place) = scan.enter(step) else { break };
        (found, path) = (place, rest);
    }
    found
}

/// Returns the line and the column, from 1, of a byte of a text.
#[must_use]
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(at)];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}

/// A step of a path.
#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

/// Returns the first step of `faults[2].crash` or `["a name"].node`, and the rest of the path.
fn next_step(path: &str) -> Option<(Step<'_>, &str)> {
    if let Some(quoted) = path.strip_prefix("[\"") {
        let end = quoted.find("\"]")?;
        return Some((Step::Field(&quoted[..end]), &quoted[end + 2..]));
    }
    if let Some(number) = path.strip_prefix('[') {
        let (number, rest) = number.split_once(']')?;
        return Some((Step::Item(number.parse().ok()?), rest));
    }
    let name = path.strip_prefix('.').unwrap_or(path);
    let end = name.find(['.', '[']).unwrap_or(name.len());
    (end > 0).then(|| (Step::Field(&name[..end]), &name[end..]))
}

/// A position in a JSON text; in any other text it stops somewhere.
struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn here(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.here().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Advances if this byte comes next.
    fn takes(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.here() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Passes over a value and returns its text.
    fn value(&mut self) -> &'a str {
        self.space();
        let start = self.at;
        let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
        while let Some(byte) = self.here() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => in_text = !in_text,
                _ if in_text => {}
                b'[' | b'{' => depth += 1,
                b']' | b'}' | b',' | b':' if depth == 0 => break,
                b']' | b'}' => depth -= 1,
                byte if depth == 0 && byte.is_ascii_whitespace() => break,
                _ => {}
            }
            self.at += 1;
            if depth == 0 && !in_text && matches!(byte, b'"' | b']' | b'}') {
                break;
            }
        }
        &self.text[start..self.at]
    }

    /// Goes to the value that a step leads to, and returns its place, its name included.
    fn enter(&mut self, step: Step) -> Option<Range<usize>> {
        let open = if matches!(step, Step::Field(_)) { b'{' } else { b'[' };
        if !self.takes(open) {
            return None;
        }
        for index in 0.. {
            self.space();
            let start = self.at;
            let meant = match step {
                Step::Item(wanted) => index == wanted,
                Step::Field(name) => {
                    let written = self.value();
                    self.takes(b':');
                    self.space();
                    written.strip_prefix('"').and_then(|it| it.strip_suffix('"')) == Some(name)
                }
            };
            let value = self.at;
            self.value();
            if meant && value < self.at {
                let place = start..self.at;
                self.at = value;
                return Some(place);
            }
            if !self.takes(b',') {
                break;
            }
        }
        None
    }

    fn lay_out(&mut self, indent: usize, out: &mut String) {
        self.space();
        let start = self.at;
        let value = self.value();
        let end = self.at;
        let holds = matches!(value.as_bytes(), [b'[', b']'] | [b'{', b'}']);
        let open = value.as_bytes().first().copied().filter(|byte| matches!(byte, b'[' | b'{'));
        let line = if open.is_some() { on_one_line(value) } else { value.to_owned() };
        if open.is_none() || holds || indent > 0 && indent + line.len() <= WIDTH {
            out.push_str(&line);
            return;
        }
        self.at = start + 1;
        out.push_str(&value[..1]);
        loop {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent + INDENT));
            if open == Some(b'{') {
                out.push_str(self.value());
                self.takes(b':');
                out.push_str(": ");
            }
            self.lay_out(indent + INDENT, out);
            if !self.takes(b',') {
                break;
            }
            out.push(',');
        }
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
        // In a text that ends too soon no bracket closes it.
        out.extend(value.chars().next_back().filter(|last| matches!(last, ']' | '}')));
        self.at = end;
    }
}

/// Returns JSON without line breaks, with a space after each comma and colon.
fn on_one_line(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    let (mut in_text, mut escaped) = (false, false);
    for letter in json.chars() {
        if !in_text && letter.is_ascii_whitespace() {
            continue;
        }
        out.push(letter);
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            ',' | ':' if !in_text => out.push(' '),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_that_fits_stays_on_one_line() {
        let laid = laid_out(r#"{"nodes":["a, b","c:\"d"],"faults":[],"x":1}"#);
        assert_eq!(
            laid,
            "{\n  \"nodes\": [\"a, b\", \"c:\\\"d\"],\n  \"faults\": [],\n  \"x\": 1\n}"
        );
        let long = format!("{{\"list\":[{}]}}", ["{\"a\":[1,2]}"; 12].join(","));
        let laid = laid_out(&long);
        assert_eq!(laid.lines().count(), 16);
        assert_eq!(laid.lines().nth(2), Some("    {\"a\": [1, 2]},"));
        assert_eq!(laid_out(&laid), laid, "what is laid out stays as it is");
    }

    #[test]
    fn json_path_leads_to_its_line() {
        let text = "{\n \"a\": 1,\n \"b\": [\n  {\"c\": 2},\n  {\"c\":\n   {\"d e\": 3}}\n ]\n}";
        let line = |path| line_and_column(text, place_of(text, path).start);
        for (path, place) in [
            ("", (1, 1)),
            ("a", (2, 2)),
            ("b", (3, 2)),
            ("b[0]", (4, 3)),
            ("b[0].c", (4, 4)),
            ("b[1].c[\"d e\"]", (6, 5)),
            ("b[1].c.missing", (5, 4)),
            ("b[7]", (3, 2)),
            ("nowhere", (1, 1)),
        ] {
            assert_eq!(line(path), place, "{path}");
        }
        assert_eq!(&text[place_of(text, "a")], "\"a\": 1");
    }

    #[test]
    fn invalid_json_layout_terminates() {
        for text in [
            "",
            "{",
            "[",
            "{\"a",
            "{\"a\":",
            "[1,",
            "}",
            "\"\\",
            "{,}",
            "é",
            "[[[",
            "[[\"é",
            "{\"a\":[\"é",
        ] {
            for path in ["", "a", "[0]", "a[\"", "[9", "é"] {
                let place = place_of(text, path);
                assert!(place.end <= text.len(), "{text} {path}");
                assert!(line_and_column(text, place.start).0 >= 1);
            }
            let _ = laid_out(text);
        }
    }
}
