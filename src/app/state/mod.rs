//! State of the page, and the actions of a reader: [`reduce`] leads from one state to the next.

mod action;
mod change;
mod changing;
mod opening;
mod playing;
mod reduce;
mod selection;

use std::{cell::OnceCell, rc::Rc};

pub use self::changing::edits;
pub use self::{
    action::Action,
    opening::Assigned,
    reduce::reduce,
    selection::{Page, Refused, Selection, Unread},
};
pub(super) use self::{
    change::{apply, apply_as, apply_from},
    changing::needs_edits,
    opening::{load_variant, open},
    reduce::act,
};
use super::{
    Allowed, Area, Awaited, Changes, Compare, Exercise, FITTING, Filled, Filter, Imports, Lens,
    Linked, Measuring, OPENING, Panel, Pending, Playhead, Run, Searching, Shared, Sharing, Study,
    Tables, Ways, Writing, derived::derived, fitting_pace, interesting_end, walk::Place,
};
use crate::{
    formats::bundled::{self, Bundled},
    kernel::{NodeId, Scenario, Time},
    runs::Outcome,
};

/// All that the page shows. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The scenario and its run.
    pub run: Run,
    /// The scenario as it was opened, before the reader's changes.
    pub origin: Rc<Scenario>,
    /// Exercise whose score the page around may want.
    pub assigned: Assigned,
    /// Scenario with the title and captions that the reader wrote, as it was when they were written; none if the reader
    /// wrote none.
    pub written: Option<Rc<Scenario>>,
    /// Number of times that another run was loaded: the page leads the reader to it.
    pub loads: u32,
    /// Pages that undo goes back to, the latest last.
    pub undo: Vec<Page>,
    /// Pages that redo goes forward to, the latest last.
    pub redo: Vec<Page>,
    /// True during a drag: its steps are one change.
    pub adjusting: bool,
    /// True if the reader prefers less motion: nothing moves by itself.
    pub calm: bool,
    /// Changes that the reader may make: all of them, but for an embed.
    pub allowed: Allowed,
    /// Part of the run that is told.
    pub playhead: Playhead,
    /// True while the run is played.
    pub playing: bool,
    /// Speed of playback, in hundredths of `pace`.
    pub speed: u32,
    /// Speed that fits the run, in virtual ms per second.
    pub pace: f64,
    /// Last moment that is shown, in virtual ms.
    pub shown_until: Time,
    /// Selection in the diagram.
    pub selection: Option<Selection>,
    /// True if the menu of the selection is open.
    pub menu: bool,
    /// Values that the reader has entered in forms of the menu, where they are checked or were refused.
    pub filled: Vec<Filled>,
    /// Place of the last selection: the keyboard continues from it.
    pub(super) place: Option<Place>,
    /// True if every drag over the diagram draws a lasso, on a line and by a finger too.
    pub armed: bool,
    /// Area of the lasso that is being drawn.
    pub lasso: Option<Area>,
    /// Number of times that a key cancelled a drag or a lasso: the pointer has to let go of it.
    pub called_off: u32,
    /// Scenario as the reader writes it, where it differs from the one that is shown.
    pub writing: Option<Writing>,
    /// Name of the violated property whose witness is shown.
    pub explained: Option<&'static str>,
    /// Questions on the order of events, and the way to step through time.
    pub study: Study,
    /// View of the diagram: orientation, scale and the like.
    pub lens: Lens,
    /// Tab that the workbench shows; none while it is closed.
    pub panel: Option<Panel>,
    /// Node that the tab of the states shows first; none for the node of the current event.
    pub inspected: Option<NodeId>,
    /// Kind of indication that the table of deliveries shows, if the run has it; none for all kinds.
    pub indications: Option<&'static str>,
    /// The reader's choices in the tab of the tables.
    pub tables: Tables,
    /// True if the reader asked for the causes of violations, which are not sought by themselves in a long run.
    pub causes_wanted: bool,
    /// Filter of the list of events.
    pub filter: Filter,
    /// Differences that the reader's changes made.
    pub changes: Changes,
    /// Run that stands beside the one that is shown.
    pub compare: Option<Compare>,
    /// Runs that the link put beside its first one.
    pub(super) linked: Option<Shared<Linked>>,
    /// Search panel: options, errand and results.
    pub searching: Searching,
    /// Measurement over many runs.
    pub measuring: Measuring,
    /// True if the run is shown alone and large.
    pub presenting: bool,
    /// True if the title, the captions and the goal are written where they stand.
    pub authoring: bool,
    /// True if the gallery of all examples is open.
    pub gallery: bool,
    /// Share dialog, with the choices in it.
    pub sharing: Sharing,
    /// Exercise that was opened, with the judgement of the reader's attempt.
    pub exercise: Option<Shared<Exercise>>,
    /// Ways on from here: variants under other protocols, and the next stop of the tour.
    pub ways: Shared<Ways>,
    /// Run that was recorded elsewhere, and the text that is being read.
    pub imports: Imports,
    /// Input of the reader that was refused. A text stays until it is dismissed.
    pub refused: Option<Refused>,
    /// Number of refusals: fields that still show the refused value have to be drawn again.
    pub refusals: u32,
    /// Announcement for screen readers: the effect of the last change.
    pub announcement: String,
    /// Long run that is being computed.
    pub pending: Option<Shared<Pending>>,
    /// Action that waits for packs of protocols.
    pub awaited: Option<Shared<Awaited>>,
    /// True if they could not be fetched.
    pub fetch_failed: bool,
    /// True if the run that is shown only stands in for the pending one.
    pub stands_in: bool,
    /// Digest that the link promised, until it is compared with the run's.
    pub promised: Option<String>,
    /// Long runs that were computed for the action in progress.
    pub(super) computed: Vec<Run>,
    /// Scenario whose run the action in progress lacks.
    pub(super) wanted: Option<Shared<Scenario>>,
}

impl State {
    /// Returns the state of a page that opens on the opening example.
    #[must_use]
    pub fn opening() -> Self {
        thread_local! {
            /// Run of the opening example, which also stands in for a long run until that is computed.
            static OPENED: OnceCell<Run> = const { OnceCell::new() };
        }
        let run = || {
            let opening = bundled::find(OPENING).expect("tests/it/app/ opens it");
            Run::of(opening.outcome().expect("tests/it/app/ runs it"))
        };
        Self::shows(OPENED.with(|opened| opened.get_or_init(run).clone()))
    }

    /// Returns the state of a page that opens on a link. A damaged link opens the example, with the problem. Where the
    /// run is long, the example stands in for it until it is computed.
    pub(super) fn arriving(text: &str) -> Self {
        let stand_in = Self { stands_in: true, ..Self::opening() };
        reduce(&stand_in, Action::Load(text.to_owned()))
    }

    /// Returns the scenario that the page around has assigned, if it is the one at work.
    #[must_use]
    pub fn assigned_exercise(&self) -> Option<Rc<Scenario>> {
        match &self.assigned {
            Assigned::Scenario(scenario) if *scenario == self.origin => Some(Rc::clone(scenario)),
            _ => None,
        }
    }

    /// Returns the state for a reader who may not change the run, if it is locked.
    #[must_use]
    pub fn locked(self, locked: bool) -> Self {
        Self { allowed: if locked { Allowed::NONE } else { self.allowed }, ..self }
    }

    /// Returns the state of a page that begins with a hidden future, or not.
    #[must_use]
    pub fn with_future_hidden(mut self, hidden: bool) -> Self {
        self.study.future_hidden = hidden;
        self
    }

    /// Returns the state without motion: for readers who prefer less of it.
    #[must_use]
    pub fn calmed(self) -> Self {
        let calm = Self { calm: true, ..self };
        if calm.playing { reduce(&calm, Action::Jump(usize::MAX)) } else { calm }
    }

    pub(super) fn of(run: Outcome) -> Self {
        Self::shows(Run::of(run))
    }

    pub(super) fn shows(run: Run) -> Self {
        derived(Self {
            origin: Rc::new(run.scenario.clone()),
            assigned: Assigned::Undecided,
            written: None,
            loads: 0,
            undo: Vec::new(),
            redo: Vec::new(),
            adjusting: false,
            calm: false,
            allowed: Allowed::ALL,
            playhead: Playhead::start(),
            playing: true,
            speed: FITTING,
            pace: fitting_pace(&run),
            shown_until: interesting_end(&run),
            selection: None,
            menu: false,
            filled: Vec::new(),
            place: None,
            armed: false,
            lasso: None,
            called_off: 0,
            writing: None,
            explained: None,
            study: Study::default(),
            lens: Lens::default(),
            panel: None,
            inspected: None,
            indications: Some("deliver"),
            tables: Tables::default(),
            causes_wanted: false,
            filter: Filter::default(),
            changes: Changes::default(),
            compare: None,
            linked: None,
            searching: Searching::default(),
            measuring: Measuring::default(),
            presenting: false,
            authoring: false,
            gallery: false,
            sharing: Sharing::default(),
            exercise: None,
            ways: Shared::new(Ways::default()),
            imports: Imports::default(),
            refused: None,
            refusals: 0,
            announcement: String::new(),
            pending: None,
            awaited: None,
            fetch_failed: false,
            stands_in: false,
            promised: None,
            computed: Vec::new(),
            wanted: None,
            run,
        })
    }

    pub(super) fn page(&self) -> Page {
        Page {
            scenario: Rc::new(self.run.scenario.clone()),
            origin: Rc::clone(&self.origin),
            written: self.written.clone(),
        }
    }

    /// Returns the scenario that is shown.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.run.scenario
    }

    /// Returns the page without a recorded run: the one that the reader goes back to.
    #[must_use]
    pub fn own(&self) -> &Self {
        self.imports.shown.as_ref().map_or(self, |recorded| &recorded.before)
    }

    /// True if the reader has changed what was opened.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        *self.origin != self.run.scenario
    }

    /// Returns the address's fragment for what is shown, digest included: `s=deflate.…&d=…`.
    #[must_use]
    pub fn fragment(&self) -> String {
        self.run.fragment()
    }

    /// Returns the path of the bundled scenario that is shown unchanged.
    #[must_use]
    pub fn bundled_path(&self) -> Option<String> {
        let mut kin = bundled::of_protocol(self.run.protocol.id);
        kin.find(|bundled| bundled.scenario().as_ref() == Ok(self.scenario())).map(Bundled::path)
    }
}
