//! What a reader asks of the order of events: what led to what, logical time, a cut, what is still to come.
//! None of it is in the scenario.

use crate::diagram::Clocks;

use super::{CutLine, Move, Selection, Shared, State, Stride, text};

/// What is asked of the order of events, and how time is gone through.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Whether what is still to come is hidden, not just veiled: a teacher asks what will happen.
    ///
    /// Then neither the picture nor the verdicts, the lists or the names of things tell it.
    pub future_hidden: bool,
    /// Whether what led to something that is picked stands out, and what came of it.
    pub causality: bool,
    /// Which logical time is shown, if any.
    pub clocks: Option<Clocks>,
    /// The cut that the reader has drawn.
    pub cut: Option<Shared<CutLine>>,
    /// What a step goes to.
    pub stride: Stride,
    /// Whether single letters are shortcuts: who dictates to the machine wants none (WCAG 2.1.4).
    pub letters: bool,
    /// Whether the sheet of the shortcuts is open.
    pub sheet: bool,
}

/// A change of [`Study`].
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Hides what is still to come, or shows it through the veil again.
    Future,
    /// What led to things that are picked stands out, or does not.
    Causality,
    /// Shows logical time, or none.
    Clocks(Option<Clocks>),
    /// Draws a cut, moves it, or takes it away.
    Cut(Move),
    /// Steps go to this from now on.
    Stride(Stride),
    /// Single letters are shortcuts, or are none.
    Letters(bool),
    /// Opens or closes the sheet of the shortcuts.
    Sheet(bool),
}

impl Default for Study {
    fn default() -> Self {
        Self {
            future_hidden: false,
            causality: true,
            clocks: None,
            cut: None,
            stride: Stride::Event,
            letters: true,
            sheet: false,
        }
    }
}

impl State {
    /// What past and future are shown of: what is picked, unless that is not asked, or something is being
    /// dragged.
    #[must_use]
    pub fn asked_about(&self) -> Option<Selection> {
        self.selection.filter(|_| self.study.causality && !self.adjusting)
    }

    /// How many events may be told of: those that have happened where the future is hidden, all otherwise.
    #[must_use]
    pub fn told(&self) -> usize {
        if self.study.future_hidden { self.playhead.cursor } else { self.run.trace.events.len() }
    }
}

pub(super) fn ask(state: State, ask: Ask) -> State {
    let mut study = state.study.clone();
    let mut announcement = state.announcement.clone();
    match ask {
        Ask::Future => {
            study.future_hidden = !study.future_hidden;
            let said = if study.future_hidden { text::future::HIDDEN } else { text::future::SHOWN };
            announcement = said.to_owned();
        }
        Ask::Causality => study.causality = !study.causality,
        Ask::Clocks(clocks) => study.clocks = clocks,
        Ask::Cut(how) => {
            study.cut = match (&study.cut, how) {
                (Some(_), Move::Toggle) => None,
                (Some(cut), how) => Some(Shared::new(cut.moved(how, state.playhead))),
                (None, _) => Some(Shared::new(CutLine::at(&state.run, state.playhead))),
            };
        }
        Ask::Stride(stride) => study.stride = stride,
        Ask::Letters(letters) => study.letters = letters,
        Ask::Sheet(sheet) => study.sheet = sheet,
    }
    State { study, announcement, ..state }
}
