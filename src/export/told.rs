//! A run in words as elements of a page.

use super::{
    svg::escaped,
    words::{Line, paragraphs},
};
use crate::runs::Outcome;

/// Returns the paragraphs of a run in words as elements of HTML that are XML as well.
pub(super) fn told(run: &Outcome) -> String {
    let paragraph = |lines: Vec<Line>| {
        let lines: Vec<_> = lines.iter().map(|line| escaped(&line.said)).collect();
        format!("<p>{}</p>\n", lines.join("<br/>\n"))
    };
    paragraphs(run).into_iter().map(paragraph).collect()
}
