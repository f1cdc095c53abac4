//! Rows of comma-separated values (RFC 4180).

/// Returns a row, with `\r\n` at its end.
///
/// Spreadsheets take a cell for a formula that begins with `=`, `+`, `-`, `@` or a tab: such a cell gets an apostrophe
/// before it.
#[must_use]
pub fn csv_row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",") + "\r\n"
}

fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
