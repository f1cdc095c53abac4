//! Runs that the reader saved by name. They are stored in the browser, each as the link that opens it.

/// A saved run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Last part of its key in the storage.
    pub id: String,
    /// Time of saving, in real ms since 1970.
    pub written: u64,
    /// Its name, in one line.
    pub name: String,
    /// Fragment of the link that opens it.
    pub fragment: String,
}

impl Saved {
    /// Reads a saved run from the text stored under its id: see [`stored`](Self::stored). None if the text is damaged.
    #[must_use]
    pub fn read(id: &str, value: &str) -> Option<Self> {
        let (head, name) = value.split_once('\n')?;
        let (written, fragment) = head.split_once(' ')?;
        let written = written.parse().ok()?;
        if name.is_empty() || fragment.is_empty() {
            return None;
        }
        Some(Self {
            id: id.to_owned(),
            written,
            name: name.to_owned(),
            fragment: fragment.trim_start_matches('#').to_owned(),
        })
    }

    /// Returns the text to store: the time and the fragment in the first line, the name in the second.
    #[must_use]
    pub fn stored(&self) -> String {
        let name: Vec<_> = self.name.split_whitespace().collect();
        format!("{} {}\n{}", self.written, self.fragment, name.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_run_is_read_as_it_was_stored() {
        let saved = Saved {
            id: "17".to_owned(),
            written: 1_700_000_000_000,
            name: "Two  lines\nof a name".to_owned(),
            fragment: "s=deflate.abc&d=0123".to_owned(),
        };
        let read = Saved::read("17", &saved.stored()).expect("it is whole");
        assert_eq!(read, Saved { name: "Two lines of a name".to_owned(), ..saved });
    }

    #[test]
    fn damaged_text_is_no_saved_run() {
        for text in ["", "17", "17 s=x", "x s=y\nname", "17 \nname", "17 s=x\n"] {
            assert_eq!(Saved::read("1", text), None, "{text:?}");
        }
    }
}
