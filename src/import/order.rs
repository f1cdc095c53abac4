//! The order of events that vector clocks give.

/// Returns a level for each event: one more than the greatest of those that it follows, from 0. `after[e]` are the
/// events before `e`.
///
/// # Errors
/// An event that follows itself.
pub(super) fn levels(after: &[Vec<usize>]) -> Result<Vec<u64>, usize> {
    let mut open: Vec<usize> = after.iter().map(Vec::len).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); after.len()];
    for (event, before) in after.iter().enumerate() {
        for earlier in before {
            followers[*earlier].push(event);
        }
    }
    let mut levels = vec![0; after.len()];
    let mut ready: Vec<usize> = (0..after.len()).filter(|event| open[*event] == 0).collect();
    let mut done = 0;
    while let Some(event) = ready.pop() {
        done += 1;
        for &next in &followers[event] {
            levels[next] = levels[next].max(levels[event] + 1);
            open[next] -= 1;
            if open[next] == 0 {
                ready.push(next);
            }
        }
    }
    match open.iter().position(|count| *count > 0) {
        Some(event) if done < after.len() => Err(event),
        _ => Ok(levels),
    }
}
