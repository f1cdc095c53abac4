//! The reader's questions on the order of events: causality, logical time, a cut, the future. They are not part of the
//! scenario.

use crate::diagram::{Clocks, Only};

use super::{CutLine, Move, Selection, Shared, State, Stride, text};

/// The questions on the order of events, and the way to step through time.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// True if the future is hidden completely, not just veiled: a teacher asks for a prediction.
    ///
    /// Then the picture, the verdicts, the lists and the titles do not show it either.
    pub future_hidden: bool,
    /// True if the causes and effects of the selection are emphasised.
    pub causality: bool,
    /// Logical time that is shown, if any.
    pub clocks: Option<Clocks>,
    /// Messages that the reader wants to see; the others are drawn faintly.
    pub only: Only,
    /// The cut that the reader has drawn.
    pub cut: Option<Shared<CutLine>>,
    /// Target of a step.
    pub stride: Stride,
    /// True if single letters are shortcuts: users of speech input need to turn them off (WCAG 2.1.4).
    pub letters: bool,
    /// True if the sheet of the shortcuts is open.
    pub sheet: bool,
}

/// A change of [`Study`].
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Hides the future, or shows it through the veil again.
    Future,
    /// Turns the emphasis on causes and effects on or off.
    Causality,
    /// Shows logical time, or none.
    Clocks(Option<Clocks>),
    /// Shows only these messages; the others are drawn faintly.
    Only(Only),
    /// Draws a cut, moves it, or removes it.
    Cut(Move),
    /// Sets the target of a step.
    Stride(Stride),
    /// Turns single-letter shortcuts on or off.
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
            only: Only::default(),
            cut: None,
            stride: Stride::Event,
            letters: true,
            sheet: false,
        }
    }
}

impl State {
    /// Returns the selection whose causes and effects are shown; none if the emphasis is off, or during a drag.
    #[must_use]
    pub fn asked_about(&self) -> Option<Selection> {
        self.selection.filter(|_| self.study.causality && !self.adjusting)
    }

    /// Number of events that may be shown: those that have happened if the future is hidden, otherwise all.
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
        Ask::Only(only) => study.only = only,
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
