//! The table of events.

use worldlines::export::csv;

use super::{hostile, runs};

/// Reads a table as RFC 4180 says.
fn read(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(signs.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            sign => cell.push(sign),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the table ends with a line's end");
    rows
}

#[test]
fn table_has_a_row_for_each_event_and_a_head() {
    for (path, run) in runs() {
        let rows = read(&csv(&run));
        assert_eq!(rows.len(), run.trace.events.len() + 1, "{path}");
        assert!(rows.iter().all(|row| row.len() == 10), "{path}");
        for (id, (row, event)) in rows[1..].iter().zip(&run.trace.events).enumerate() {
            let expected = [id.to_string(), event.time.to_string(), run.scenario.name(event.node)];
            assert_eq!(row[..3], expected, "{path}");
            let name = event
                .kind
                .message()
                .map(|message| run.scenario.message_name(run.trace.messages[message].name));
            assert_eq!(row[4], name.unwrap_or_default(), "{path}");
            assert_eq!(row[4].is_empty(), row[8].is_empty(), "a message has a fate");
        }
    }
}

#[test]
fn table_keeps_every_sign_and_begins_no_formula() {
    let run = hostile();
    let rows = read(&csv(&run));
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
    let nodes: Vec<&str> = rows[1..].iter().map(|row| row[2].as_str()).collect();
    assert!(nodes.contains(&"'=A,\"1") && nodes.contains(&"end;&"), "{nodes:?}");
    assert!(rows.iter().any(|row| row[9].contains("x\": {;}%%<b>#1, end")), "{rows:?}");
}
