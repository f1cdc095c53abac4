//! A run in words beside a playhead: no more is told than has been shown.

use super::{Choice, Line, Moments, identity, paragraphs};
use crate::{kernel::Time, runs::Outcome};

/// A run in words, of which a part can be told.
#[derive(Clone, Debug)]
pub struct Telling {
    paragraphs: Vec<Vec<Line>>,
    /// Title, protocol and nodes. The summary tells the end too.
    opening: Line,
}

/// A line that is told, with its place among all lines.
pub type ToldLine = (usize, Line);

impl Telling {
    /// Returns a run in words.
    #[must_use]
    pub fn of(run: &Outcome) -> Self {
        Self { paragraphs: paragraphs(run), opening: Line { at: None, said: identity(run) } }
    }

    /// Returns all lines for a voice, in order: each with its place as in [`told`](Self::told). The first one tells the end
    /// only if the end is shown.
    #[must_use]
    pub fn aloud(&self, is_over: bool) -> Vec<Line> {
        let mut lines = self.paragraphs.concat();
        if let Some(first) = lines.first_mut().filter(|_| !is_over) {
            first.clone_from(&self.opening);
        }
        lines
    }

    /// Returns the paragraphs that are told once the first `events` events of the run have been shown, at the moment `now`
    /// in virtual ms. Summary, messages in transit and verdicts are told at the end of the run. With a hidden future the
    /// moments to come are left out, and so are those events of `now` that have not been shown.
    #[must_use]
    pub fn told(
        &self,
        run: &Outcome,
        events: usize,
        now: Time,
        is_future_hidden: bool,
    ) -> Vec<Vec<ToldLine>> {
        let is_over = events >= run.trace.events.len();
        let mut place = 0..;
        let mut told = Vec::with_capacity(self.paragraphs.len());
        for paragraph in &self.paragraphs {
            let lines = paragraph.iter().zip(&mut place).filter_map(|(line, place)| {
                let line = match line.at {
                    Some(at) if is_future_hidden && at > now => return None,
                    None if !is_over && place > 0 => return None,
                    None if !is_over => &self.opening,
                    _ => line,
                };
                Some((place, line.clone()))
            });
            told.push(lines.collect::<Vec<_>>());
        }
        if is_future_hidden && is_cut(run, events) {
            cut(run, events, &mut told);
        }
        told.retain(|lines| !lines.is_empty());
        told
    }
}

/// True if only some events of a moment are among the first `events` ones.
fn is_cut(run: &Outcome, events: usize) -> bool {
    let [last, next] =
        [events.checked_sub(1), Some(events)].map(|id| run.trace.events.get(id?).map(|it| it.time));
    last.is_some() && last == next
}

/// Tells the moment of the last event that has been shown again, without its other events.
fn cut(run: &Outcome, events: usize, told: &mut [Vec<ToldLine>]) {
    let now = run.trace.events[events - 1].time;
    let choice = Choice::of(&run.trace, &run.report).until(events);
    let mut shown = Moments::new(run).tell(&choice);
    shown.retain(|line| line.at == Some(now));
    let paragraph =
        told.iter_mut().find(|lines| lines.iter().any(|(_, line)| line.at == Some(now)));
    if let Some(lines) = paragraph {
        let place = lines.iter().position(|(_, line)| line.at == Some(now)).unwrap_or_default();
        let number = lines[place].0;
        lines.retain(|(_, line)| line.at != Some(now));
        lines.splice(place..place, shown.into_iter().map(|line| (number, line)));
    }
}
