//! Clauses joined to a sentence about one node.

use crate::diagram::Clause;
use crate::kernel::joined;

/// Most clauses that are joined without naming the node again.
const MOST_JOINED: usize = 4;

/// Returns clauses about one node as one sentence, without a mark at its end: `Bob receives m1 and delivers it; its clock
/// shows 3`.
pub(super) fn statement(node: &str, clauses: Vec<Clause>) -> String {
    let mut segments: Vec<String> = Vec::new();
    let mut doing: Vec<String> = Vec::new();
    let close = |doing: &mut Vec<String>, segments: &mut Vec<String>| {
        if !doing.is_empty() {
            let who = if segments.is_empty() { node } else { "it" };
            segments.push(format!("{who} {}", joined(doing)));
            doing.clear();
        }
    };
    for clause in clauses {
        match clause {
            Clause::Does(what) => {
                // A list after a colon would swallow the next clause.
                let is_last = what.contains(':') || doing.len() + 1 == MOST_JOINED;
                doing.push(what);
                if is_last {
                    close(&mut doing, &mut segments);
                }
            }
            Clause::Its(what) => {
                close(&mut doing, &mut segments);
                let whose =
                    if segments.is_empty() { format!("{node}'s") } else { "its".to_owned() };
                segments.push(format!("{whose} {what}"));
            }
        }
    }
    close(&mut doing, &mut segments);
    segments.join("; ")
}
