//! A run that was recorded elsewhere: it takes the place of the run of the page until the reader leaves it.
//!
//! The state keeps the page as it was before. A recorded run cannot be changed: actions that would change it do nothing,
//! and those that open another run begin from the page before it.

use std::{collections::VecDeque, rc::Rc};

use super::{
    Action, Hand, Lens, Making, MeasureAction, Playhead, Refused, Run, SearchAction, Shared, State,
    Study, Unread,
    state::{self, act},
    text,
};
use crate::{
    formats::{Problem, lines, link, without_mark},
    import::{
        Abstraction, Arriving, Imported, LINE, Options, Recording, import_with, is_scenario,
        is_unknown, run_errand, write_errand,
    },
    kernel::capitalised,
    runs::Outcome,
    split::part,
};

/// Recorded runs in the state of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imports {
    /// Text that is being read.
    pub reading: Option<Shared<Source>>,
    /// Recorded run that is shown.
    pub shown: Option<Recorded>,
}

/// A recorded run that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Facts about it that are not in the run.
    pub record: Shared<Record>,
    /// The page before it.
    pub(super) before: Shared<State>,
}

/// Facts about a recorded run.
#[derive(Clone, Debug)]
pub struct Record {
    /// The text that it was read from.
    pub source: Shared<Source>,
    /// Name of the format.
    pub format: String,
    /// The meaning of a ms, and what the run does not show, in sentences.
    pub notes: Vec<String>,
    /// Abstraction by whose properties it is judged.
    pub judged_as: Abstraction,
    /// Abstractions by which it can be judged, nothing first.
    pub choices: &'static [Abstraction],
}

/// A text to import.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name of the file; empty for a text that was pasted.
    pub name: String,
    /// The text.
    pub text: Rc<str>,
    /// The reader's choices.
    pub options: Options,
}

/// Action on recorded runs.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportAction {
    /// Begins to read a text of any format: a link and a scenario are opened, another record is imported.
    Read(Shared<Source>),
    /// Delivers the run of a text.
    Show(Shared<Record>, Run),
    /// Opens a text that was found to be a scenario.
    Open(Shared<Source>),
    /// Reports why a text cannot be read, and true if it has none of the known formats.
    Refuse(Shared<Source>, String, bool),
    /// Reports why a file cannot be read at all.
    Reject(String),
    /// Stops reading.
    Cancel,
    /// Goes back to the run from before.
    Leave,
}

/// Functions that read texts.
#[derive(Debug)]
pub struct TextImport {
    /// Reads a text at once.
    pub read: fn(&Shared<Source>) -> ImportAction,
    /// Returns the errand of a worker that reads a long text; none if it is a scenario.
    pub errand: fn(&Source) -> Option<String>,
    /// Does the next piece of a long import. Returns the action once it is done.
    pub advance: fn(&mut LongImport) -> Option<ImportAction>,
    /// Runs such an errand in the worker, and says the run in texts.
    pub work: fn(&str, &mut dyn FnMut(String)),
}

part! {
    /// The import of recorded runs.
    pub import_texts: TextImport = TextImport { read, errand, advance, work: run_errand };
}

/// Greatest length of the title of a recorded run, in characters.
const MAX_TITLE: usize = 100;
/// Greatest length of a refused text, in bytes, that is shown to be corrected.
const CORRECTED: usize = 64 * 1024;

fn read(source: &Shared<Source>) -> ImportAction {
    let Source { text, options, .. } = &**source;
    if options.expression.is_none() && is_scenario(text) {
        return ImportAction::Open(source.clone());
    }
    match import_with(text, options) {
        Ok(Imported::Scenario(_)) => ImportAction::Open(source.clone()),
        Ok(Imported::Run(recording)) => {
            let (record, outcome) = parts(source, *recording);
            ImportAction::Show(record, Run::of(outcome))
        }
        Err(problem) => refusal(source, &problem, is_unknown(&problem)),
    }
}

/// Takes a recording apart into facts and a run, whose title is the name of the file or of the format.
fn parts(source: &Shared<Source>, recording: Recording) -> (Shared<Record>, Outcome) {
    let Recording { mut outcome, format, notes, judged_as, choices } = recording;
    outcome.scenario.title = match source.name.as_str() {
        "" => capitalised(&format),
        name => name.chars().take(MAX_TITLE).collect(),
    };
    let source = source.clone();
    (Shared::new(Record { source, format, notes, judged_as, choices }), outcome)
}

fn refusal(source: &Shared<Source>, problem: &Problem, is_unknown: bool) -> ImportAction {
    // An expression that does not fit can be corrected.
    let is_unknown = is_unknown || source.options.expression.is_some();
    ImportAction::Refuse(source.clone(), located(&source.text, problem), is_unknown)
}

fn errand(source: &Source) -> Option<String> {
    let Source { text, options, .. } = source;
    let is_own = options.expression.is_none() && is_scenario(text);
    (!is_own).then(|| write_errand(text, options))
}

/// Number of lines that are read, or of events that are judged, in a piece of a long import.
const PIECE: usize = 50;
/// Number of events that are judged in the time in which a line is read.
const FASTER: usize = 8;

/// An import that a worker does: the run arrives in texts of lines, and is made ready for its picture.
#[derive(Debug)]
pub struct LongImport {
    source: Shared<Source>,
    arriving: Arriving,
    /// Texts that have come, and the place in the first of them.
    heard: VecDeque<String>,
    place: usize,
    making: Option<(Shared<Record>, Making)>,
}

impl LongImport {
    /// Returns the import before its first text.
    #[must_use]
    pub fn new(source: Shared<Source>) -> Self {
        let (heard, arriving) = (VecDeque::new(), Arriving::default());
        Self { source, arriving, heard, place: 0, making: None }
    }

    /// Takes the next text of the worker.
    pub fn hear(&mut self, text: String) {
        self.heard.push_back(text);
    }

    /// True if nothing can be done before the next text comes.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.heard.is_empty() && !self.arriving.is_complete() && self.making.is_none()
    }
}

fn advance(import: &mut LongImport) -> Option<ImportAction> {
    if let Some((record, making)) = &mut import.making {
        let run = making.advance(PIECE)?;
        return Some(ImportAction::Show(record.clone(), run));
    }
    if let Some(text) = import.heard.front() {
        for line in text[import.place..].split_inclusive('\n').take(PIECE) {
            import.place += line.len();
            import.arriving.hear(line);
        }
        if import.place == text.len() {
            import.place = 0;
            import.heard.pop_front();
        }
        return None;
    }
    if import.arriving.is_lost() {
        let why = text::importing::NOT_FETCHED.to_owned();
        return Some(ImportAction::Refuse(import.source.clone(), why, false));
    }
    if let Some((problem, is_unknown)) = import.arriving.refused() {
        return Some(refusal(&import.source, problem, is_unknown));
    }
    if let Some(recording) = import.arriving.advance(PIECE * FASTER) {
        let (record, outcome) = parts(&import.source, recording);
        import.making = Some((record, Making::reading(outcome)));
    }
    None
}

/// Returns a problem with its line.
fn located(text: &str, problem: &Problem) -> String {
    let is_named = problem.path.is_empty() || problem.path.starts_with(LINE);
    if is_named || problem.at.is_some() || problem.path == "expression" {
        return problem.to_string();
    }
    let (line, _) = lines::line_and_column(text, lines::place_of(text, &problem.path).start);
    text::importing::at_line(line, &problem.to_string())
}

/// Does an action of the reader on recorded runs.
pub(super) fn reduce(state: State, action: ImportAction) -> State {
    let is_read = |state: &State, source: &Shared<Source>| {
        state.imports.reading.as_ref().is_some_and(|reading| reading == source)
    };
    match action {
        ImportAction::Read(source) => {
            let text = trimmed(&source.text);
            if source.options.expression.is_none() && link::is_link(text) {
                return open(&stopped(state), text);
            }
            let imports = Imports { reading: Some(source), ..state.imports };
            State { imports, ..state }
        }
        ImportAction::Cancel => stopped(state),
        ImportAction::Show(record, run) if is_read(&state, &record.source) => {
            show(stopped(state), record, run)
        }
        ImportAction::Open(source) if is_read(&state, &source) => {
            open(&stopped(state), trimmed(&source.text))
        }
        ImportAction::Refuse(source, why, is_unknown) if is_read(&state, &source) => {
            let is_short = source.text.len() <= CORRECTED && !is_unknown;
            let text = if is_short { source.text.to_string() } else { String::new() };
            let unread = Some(Unread { source, is_unknown });
            let refused = Some(Refused { text, why, is_file: false, unread });
            State { refused, refusals: state.refusals + 1, ..stopped(state) }
        }
        ImportAction::Reject(why) => {
            let refused = Some(Refused::after(state.refused.as_ref(), why));
            State { refused, refusals: state.refusals + 1, ..stopped(state) }
        }
        ImportAction::Leave => left(state),
        // The reader has cancelled it, or reads another text.
        _ => state,
    }
}

fn trimmed(text: &str) -> &str {
    without_mark(text).trim()
}

fn stopped(state: State) -> State {
    State { imports: Imports { reading: None, ..state.imports }, ..state }
}

/// Opens a link or a scenario that the reader gave: its protocol may have to be fetched first.
fn open(state: &State, text: &str) -> State {
    let chosen = State { assigned: state.assigned.clone().chosen(), ..state.clone() };
    state::reduce(&chosen, Action::Load(text.to_owned()))
}

/// Shows a recorded run, whole.
fn show(state: State, record: Shared<Record>, run: Run) -> State {
    // A drag ends here.
    let state = if state.adjusting { state::reduce(&state, Action::Settle) } else { state };
    let again = state
        .imports
        .shown
        .as_ref()
        .is_some_and(|shown| Rc::ptr_eq(&shown.record.source.text, &record.source.text));
    let before = match &state.imports.shown {
        Some(recorded) => recorded.before.clone(),
        None => Shared::new(State {
            playing: false,
            refused: state.refused.clone().filter(|refused| refused.unread.is_none()),
            pending: None,
            awaited: None,
            ..state.clone()
        }),
    };
    let shown = Some(Recorded { record, before });
    let imports = Imports { reading: None, shown };
    // The same run with other verdicts: everything stays as it is.
    if again {
        let origin = Rc::new(run.scenario.clone());
        return State { run, origin, imports, refused: None, explained: None, ..state };
    }
    let opened = State::shows(run);
    let playhead =
        Playhead { time: opened.shown_until as f64, cursor: opened.run.trace.events.len() };
    State {
        imports,
        playhead,
        playing: false,
        calm: state.calm,
        allowed: state.allowed,
        assigned: state.assigned,
        lens: Lens { scale: None, ..state.lens },
        study: Study { cut: None, future_hidden: false, ..state.study },
        speed: state.speed,
        panel: state.panel,
        refusals: state.refusals,
        loads: state.loads + 1,
        searching: state.searching,
        measuring: state.measuring,
        sharing: state.sharing,
        ..opened
    }
}

/// Returns the page before the recorded run. Searches go on meanwhile.
fn left(state: State) -> State {
    let Some(recorded) = &state.imports.shown else { return state };
    let before = State::clone(&recorded.before);
    State {
        loads: state.loads + 1,
        refusals: state.refusals,
        allowed: state.allowed,
        assigned: state.assigned,
        searching: state.searching,
        measuring: state.measuring,
        computed: state.computed,
        wanted: None,
        ..before
    }
}

/// Does an action while a recorded run is shown.
pub(super) fn act_on_recorded(state: State, action: Action) -> State {
    if changes_run(&action) {
        return state;
    }
    let opens = matches!(
        action,
        Action::Open(_)
            | Action::Example(_)
            | Action::Protocol(_)
            | Action::Load(_)
            | Action::File(..)
            | Action::Restore(_)
    );
    if !opens {
        return act(state, action);
    }
    let next = act(left(state.clone()), action);
    // A refused link changes nothing.
    if next.refusals > state.refusals && next.wanted.is_none() {
        return State { refused: next.refused, refusals: next.refusals, ..state };
    }
    next
}

/// True if an action changes a run, or needs one that can be run again.
const fn changes_run(action: &Action) -> bool {
    match action {
        Action::Settle
        | Action::Abandon
        | Action::Differ(_)
        | Action::Since(_)
        | Action::Compare(_)
        | Action::SeekCauses
        | Action::Search(SearchAction::Start(..))
        | Action::Measure(MeasureAction::Start(_)) => true,
        Action::Hand(Hand::Arm(_) | Hand::Lasso(_)) => true,
        _ => action.changes_scenario(),
    }
}
