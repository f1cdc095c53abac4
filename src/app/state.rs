//! What a reader sees, and what a reader can do.

use std::rc::Rc;

use super::{
    Against, Area, Ask, Changes, Compare, Edit, FITTING, Filter, Hand, Lens, OPENING, Panel,
    Pending, Playhead, Run, SPEEDS, Shared, Showing, Since, Stride, Study, Writing,
    breaking::{breached_at, broken_at, visit},
    changes, compare,
    draft::restore,
    file::open_file,
    fitting_pace, hands, interesting_end,
    pending::{done, go_on, settled},
    picks::held,
    rest::let_it_rest,
    stride, study,
    tour::{change_protocol, open_protocol},
    walk::Place,
    words::{self, ChangeOrigin},
};
use crate::{
    formats::{
        Problem,
        bundled::{self, Bundled},
        link::{self, Decoded},
        scenario,
    },
    kernel::{EventId, MessageName, NodeId, Scenario, Time},
    runs::Outcome,
};

/// How many changes can be undone.
const HISTORY: usize = 500;

/// All that the page shows. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The scenario and its run.
    pub run: Run,
    /// The scenario as it was opened, before the reader's changes.
    pub origin: Rc<Scenario>,
    /// What the reader has written of the run, title and captions, and nobody else: with the scenario that it was
    /// written for. None if nothing.
    pub written: Option<Rc<Scenario>>,
    /// Number of times that another run was loaded: the reader is led to it.
    pub loads: u32,
    /// What undo goes back to, the latest last.
    pub undo: Vec<Page>,
    /// What redo goes forward to, the latest last.
    pub redo: Vec<Page>,
    /// Whether a drag is under way: its steps are one change.
    pub adjusting: bool,
    /// Whether nothing moves by itself: the reader prefers less motion.
    pub calm: bool,
    /// How much of the run is told.
    pub playhead: Playhead,
    /// Whether time runs by itself.
    pub playing: bool,
    /// How fast, in hundredths of `pace`.
    pub speed: u32,
    /// The speed that fits the run, in virtual ms per second.
    pub pace: f64,
    /// The last moment that is shown, in virtual ms.
    pub shown_until: Time,
    /// What the reader has picked in the diagram.
    pub selection: Option<Selection>,
    /// Whether the menu of what is picked is open.
    pub menu: bool,
    /// Where the last thing was that the reader picked, to go on from with the keyboard.
    pub(super) place: Option<Place>,
    /// Whether every drag over the diagram draws a lasso, on a line and by a finger too.
    pub armed: bool,
    /// What a lasso encloses while it is drawn.
    pub lasso: Option<Area>,
    /// How often something under way was called off by a key: the hand that does it has to let go.
    pub called_off: u32,
    /// The scenario as the reader writes it, where that is not what is shown.
    pub writing: Option<Writing>,
    /// The violated property whose witness is shown, by its name.
    pub explained: Option<&'static str>,
    /// What is asked of the order of events, and how time is gone through.
    pub study: Study,
    /// How the reader looks at the diagram.
    pub lens: Lens,
    /// What the workbench shows; none while it is closed.
    pub panel: Option<Panel>,
    /// The node that the tab of the states shows first; none for the one that the moment is about.
    pub inspected: Option<NodeId>,
    /// What of the list of events is asked for.
    pub filter: Filter,
    /// What the reader's changes changed.
    pub changes: Changes,
    /// The run that stands beside the one that is shown.
    pub compare: Option<Compare>,
    /// What the reader gave that could not be taken. A text stays until it is dismissed.
    pub refused: Option<Refused>,
    /// How often something was refused: fields that still show it have to be drawn again.
    pub refusals: u32,
    /// What a screen reader announces: what the last change did.
    pub announcement: String,
    /// The long run that is waited for.
    pub pending: Option<Shared<Pending>>,
    /// Whether what is shown only stands in for that: nobody has asked for it.
    pub stands_in: bool,
    /// The digest that the link promised, as long as nobody knows whether the run has it.
    pub promised: Option<String>,
    /// The long runs that were computed for the action that is being done.
    pub(super) computed: Vec<Run>,
    /// The scenario whose run the action lacks that is being done.
    pub(super) wanted: Option<Shared<Scenario>>,
}

/// What undo and redo go to: a scenario, what it was when it was opened, and what the reader has written of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub(super) scenario: Rc<Scenario>,
    pub(super) origin: Rc<Scenario>,
    pub(super) written: Option<Rc<Scenario>>,
}

/// Something that a reader can pick in the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// A message.
    Message(MessageName),
    /// An event.
    Event(EventId),
    /// A moment of a node.
    Moment {
        /// Whose.
        node: NodeId,
        /// When, in virtual ms.
        at: Time,
    },
}

/// A link or a change that could not be taken, with the reader's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What the reader gave; empty for a change by hand.
    pub text: String,
    /// What is wrong with it, in a line.
    pub why: String,
}

/// Something that a reader does, or time.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Opens a bundled scenario.
    Open(&'static Bundled),
    /// Opens the example of this protocol that shows it best.
    Protocol(&'static str),
    /// Opens a link.
    Load(String),
    /// Opens the file that the address asks for, by its name; without a text it could not be fetched.
    File(String, Option<String>),
    /// Changes the scenario.
    Apply(Edit),
    /// Changes the scenario while a pointer moves: all until [`Settle`](Self::Settle) is one change.
    Adjust(Edit),
    /// The pointer is released.
    Settle,
    /// The drag is called off: everything is as before it.
    Abandon,
    /// Takes the last change back.
    Undo,
    /// Makes it again.
    Redo,
    /// Goes back to the scenario as it was opened.
    Reset,
    /// Lets time run, or stops it.
    Toggle,
    /// So many real milliseconds have passed.
    Tick(f64),
    /// So many events forward, or back.
    Step(isize),
    /// To the next of what is stepped to, or, if false, to the one before.
    Stride(Stride, bool),
    /// To this moment, in virtual ms.
    Seek(f64),
    /// To the moment after so many events.
    Jump(usize),
    /// So many hundredths of the speed that fits the run.
    Speed(u32),
    /// Picks something and opens its menu, or nothing.
    Select(Option<Selection>),
    /// What hands and keys do to the diagram, and to the scenario's text, beside changing it.
    Hand(Hand),
    /// Shows a violated property's witness, or none.
    Explain(Option<&'static str>),
    /// To where a property is violated, with its witness.
    Break(&'static str),
    /// To where what the property relies on was broken.
    Breach(&'static str),
    /// Asks something of the order of events, or goes through time otherwise.
    Study(Ask),
    /// Looks at the diagram otherwise.
    Look(Lens),
    /// Shows a panel of the workbench, or closes it.
    Show(Option<Panel>),
    /// Shows this node first among the states; none for the one that the moment is about.
    Inspect(Option<NodeId>),
    /// Asks for a part of the list of events.
    Filter(Filter),
    /// The long run that was waited for is there.
    Computed(Shared<Pending>, Run),
    /// It is not waited for any longer: everything stays as it is.
    Cancel,
    /// The digest of a long run is known.
    Digested(String),
    /// Shows what has changed, or hides it.
    Differ(Showing),
    /// Holds the run against another one.
    Since(Since),
    /// Puts another run beside this one, or takes it away.
    Compare(Option<Against>),
    /// Goes on with the work of a tab that was closed, from its draft.
    Restore(String),
    /// The reader has read what could not be opened.
    Dismiss,
}

impl State {
    /// The state of a page that opens on a bundled scenario.
    #[must_use]
    pub fn opening() -> Self {
        let opening = bundled::find(OPENING).expect("tests/it/app/ opens it");
        let run = opening.outcome().expect("tests/it/app/ runs it");
        Self::of(run)
    }

    /// The state of a page that opens on a link, or, where the link is damaged, on the opening example with what
    /// is wrong. Where the run is long, the example stands in for it until it is computed.
    pub(super) fn arriving(text: &str) -> Self {
        let stand_in = Self { stands_in: true, ..Self::opening() };
        reduce(&stand_in, Action::Load(text.to_owned()))
    }

    /// The same, with nothing that moves by itself: for readers who prefer less motion.
    #[must_use]
    pub fn calmed(self) -> Self {
        let calm = Self { calm: true, ..self };
        if calm.playing { reduce(&calm, Action::Jump(usize::MAX)) } else { calm }
    }

    pub(super) fn of(run: Outcome) -> Self {
        Self::shows(Run::of(run))
    }

    pub(super) fn shows(run: Run) -> Self {
        Self {
            origin: Rc::new(run.scenario.clone()),
            written: None,
            loads: 0,
            undo: Vec::new(),
            redo: Vec::new(),
            adjusting: false,
            calm: false,
            playhead: Playhead::start(),
            playing: true,
            speed: FITTING,
            pace: fitting_pace(&run),
            shown_until: interesting_end(&run),
            selection: None,
            menu: false,
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
            filter: Filter::default(),
            changes: Changes::default(),
            compare: None,
            refused: None,
            refusals: 0,
            announcement: String::new(),
            pending: None,
            stands_in: false,
            promised: None,
            computed: Vec::new(),
            wanted: None,
            run,
        }
    }

    pub(super) fn page(&self) -> Page {
        Page {
            scenario: Rc::new(self.run.scenario.clone()),
            origin: Rc::clone(&self.origin),
            written: self.written.clone(),
        }
    }

    /// The scenario that is shown.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.run.scenario
    }

    /// Whether the reader has changed what was opened.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        *self.origin != self.run.scenario
    }

    /// The address's fragment for what is shown, digest included: `s=deflate.…&d=…`.
    #[must_use]
    pub fn fragment(&self) -> String {
        link::fragment(&self.run.scenario, Some(&self.run.digest()))
    }

    /// The bundled scenario that is shown unchanged, by its path.
    #[must_use]
    pub fn bundled_path(&self) -> Option<String> {
        let mut kin = bundled::of_protocol(self.run.protocol.id);
        kin.find(|bundled| bundled.scenario().as_ref() == Ok(self.scenario())).map(Bundled::path)
    }
}

/// A link's scenario, or that of a scenario's own text, as a file beside the page has it.
fn read_link(text: &str) -> Result<Decoded, Refused> {
    let decoded = match text.trim_start().starts_with('{') {
        true => scenario::read(text).map(|scenario| Decoded { scenario, digest: None }),
        false => link::decode(text),
    };
    decoded.map_err(|problem| refused(text, &problem))
}

fn refused(text: &str, problem: &Problem) -> Refused {
    Refused { text: text.to_owned(), why: problem.to_string() }
}

/// The state of a link's run. The digest of a long one is looked at later.
fn linked(text: &str, run: Run, digest: Option<String>) -> State {
    let state = State { promised: digest, ..State::shows(run) };
    if state.promised.is_none() || state.run.is_long() {
        return state;
    }
    let digest = state.run.digest();
    let state = digested(state, &digest);
    match state.refused {
        Some(refused) => {
            State { refused: Some(Refused { text: text.to_owned(), ..refused }), ..state }
        }
        None => state,
    }
}

/// The run's digest is known: it may not be what the link promised.
fn digested(state: State, digest: &str) -> State {
    match state.promised {
        Some(then) if !digest.starts_with(&then) => {
            let why = "This link was made with another version of Worldlines, in which the run went \
                       otherwise: what you see is what happens today.";
            let refused = Some(Refused { text: String::new(), why: why.to_owned() });
            State { promised: None, refused, ..state }
        }
        _ => State { promised: None, ..state },
    }
}

/// The state after an action.
#[must_use]
pub fn reduce(state: &State, action: Action) -> State {
    match action {
        Action::Computed(pending, run) => go_on(state.clone(), &pending, run),
        Action::Cancel => State { pending: None, stands_in: false, ..state.clone() },
        action => {
            let passing = changes::is_passing(&action);
            let next = act(state.clone(), action.clone());
            let next = compare::follow(state, changes::follow(state, next, passing));
            held(state, done(state, &action, next))
        }
    }
}

fn act(state: State, action: Action) -> State {
    match action {
        Action::Open(bundled) => open(state, bundled),
        Action::Load(text) => load(state, &text),
        Action::File(file, text) => open_file(state, &file, text.as_deref()),
        Action::Protocol(id) => open_protocol(state, id),
        Action::Apply(Edit::Protocol(id)) => change_protocol(state, id),
        Action::Apply(edit @ Edit::Replace(_)) => {
            let loads = state.loads + 1;
            apply(State { loads, ..state }, edit)
        }
        Action::Apply(edit) => apply(state, edit),
        Action::Adjust(edit) => apply_as(state, edit, true, ChangeOrigin::ByHand),
        Action::Settle => settle(state),
        Action::Abandon => abandon(state),
        Action::Undo if state.adjusting => hands::reduce(state, Hand::Escape),
        Action::Redo if state.adjusting => state,
        Action::Undo => undo(state),
        Action::Redo => redo(state),
        Action::Reset => {
            let origin = Box::new((*state.origin).clone());
            apply_as(state, Edit::Replace(origin), false, ChangeOrigin::Opened)
        }
        Action::Toggle => toggle(state),
        Action::Tick(real) => tick(state, real),
        Action::Step(by) if state.compare.is_some() => {
            let steps = 0..by.unsigned_abs();
            steps.fold(state, |state, _| stride::step(state, Stride::Event, by > 0))
        }
        Action::Step(by) if by > 0 && state.is_over() => state,
        Action::Step(by) => {
            let cursor = state.playhead.cursor.saturating_add_signed(by);
            State { playhead: Playhead::after(&state.run, cursor), playing: false, ..state }
        }
        Action::Stride(by, forward) => stride::step(state, by, forward),
        Action::Seek(time) => {
            let time = time.min(state.shown_until as f64);
            State { playhead: Playhead::at(&state.run, time), playing: false, ..state }
        }
        Action::Jump(cursor) => {
            let mut playhead = Playhead::after(&state.run, cursor);
            if playhead.is_at_end(&state.run) {
                playhead.time = playhead.time.max(state.shown_until as f64);
            }
            State { playhead, playing: false, ..state }
        }
        Action::Speed(speed) => {
            State { speed: speed.clamp(SPEEDS[0], SPEEDS[SPEEDS.len() - 1]), ..state }
        }
        Action::Select(selection) => hands::select(state, selection, true),
        Action::Hand(hand) => hands::reduce(state, hand),
        Action::Explain(explained) => State { explained, ..state },
        Action::Break(name) => visit(state, name, broken_at),
        Action::Breach(name) => visit(state, name, breached_at),
        Action::Study(ask) => study::ask(state, ask),
        Action::Look(lens) => State { lens, ..state },
        Action::Show(panel) => State { panel, ..state },
        Action::Inspect(inspected) => State { inspected, ..state },
        Action::Filter(filter) => State { filter, ..state },
        Action::Digested(digest) => digested(state, &digest),
        Action::Differ(showing) => changes::show(state, showing),
        Action::Since(since) => changes::since(state, since),
        Action::Compare(against) => compare::compare(state, against),
        Action::Restore(draft) => restore(state, &draft),
        Action::Computed(..) | Action::Cancel => state,
        Action::Dismiss => State { refused: None, ..state },
    }
}

pub(super) fn open(state: State, bundled: &Bundled) -> State {
    match bundled.outcome() {
        Ok(run) => replace_all(state, State::of(run)),
        Err(problem) => refuse(state, &problem),
    }
}

pub(super) fn load(state: State, text: &str) -> State {
    // The address of the page without a fragment: where the reader came from.
    if text.trim_matches('#').is_empty() {
        return replace_all(state, State::opening());
    }
    let mut runner = state.runner();
    let opened = read_link(text).and_then(|Decoded { scenario, digest }| {
        let run = runner.run(scenario).map_err(|problem| refused(text, &problem))?;
        Ok(run.map(|run| linked(text, run, digest)))
    });
    match opened {
        Ok(Some(opened)) => replace_all(state, opened),
        Ok(None) => state.waits(runner),
        Err(refused) => State { refused: Some(refused), refusals: state.refusals + 1, ..state },
    }
}

/// Another scenario takes the page; what was there can be had back.
fn replace_all(state: State, opened: State) -> State {
    let before = state.page();
    let mut undo = state.undo;
    // Nobody has seen what stood in for it.
    if *before.scenario != opened.run.scenario && !state.stands_in {
        push(&mut undo, before);
    }
    // How the reader looks at runs stays; how large, depends on the run.
    let lens = Lens { scale: None, ..state.lens };
    let study = Study { cut: None, ..state.study };
    let (speed, panel, refusals) = (state.speed, state.panel, state.refusals);
    let loads = state.loads + 1;
    // What is typed and could not be taken is never lost.
    let writing = state.writing.filter(Writing::stands);
    let opened = State { undo, lens, study, speed, panel, refusals, loads, writing, ..opened };
    if state.calm { opened.calmed() } else { opened }
}

fn push(history: &mut Vec<Page>, page: Page) {
    if history.len() == HISTORY {
        history.remove(0);
    }
    history.push(page);
}

pub(super) fn apply(state: State, edit: Edit) -> State {
    apply_as(state, edit, false, ChangeOrigin::ByHand)
}

pub(super) fn apply_as(state: State, edit: Edit, adjust: bool, change: ChangeOrigin) -> State {
    let page = state.page();
    apply_from(state, &page, edit, adjust, change)
}

/// Changes the scenario. `before` is what was changed: its origin may be another one than that of what is shown.
pub(super) fn apply_from(
    state: State,
    before: &Page,
    edit: Edit,
    adjust: bool,
    change: ChangeOrigin,
) -> State {
    // A whole scenario is as it was written, a name changes nothing else, and a run ends when the reader says;
    // any other change by hand may need more time to be seen.
    let as_it_is = adjust || matches!(edit, Edit::Replace(_) | Edit::Rename(..) | Edit::Until(_));
    let next = match edit.apply(state.scenario()) {
        Ok(next) => words::after(before, next, change),
        Err(problem) => return refuse(state, &problem),
    };
    if *next.scenario == *state.scenario() {
        return State { written: next.written, ..state };
    }
    let mut runner = state.runner();
    let run = match runner.run((*next.scenario).clone()) {
        // What was opened is as it was opened.
        Ok(Some(run)) if as_it_is || next.scenario == next.origin => run,
        Ok(Some(run)) => let_it_rest(run, &mut runner),
        Ok(None) => return state.waits(runner),
        Err(problem) => return refuse(state, &problem),
    };
    if runner.wanted.is_some() {
        return state.waits(runner);
    }
    let mut undo = state.undo.clone();
    if !state.adjusting {
        push(&mut undo, state.page());
    }
    // A drag that is called off forgets nothing.
    let redo = if adjust { state.redo.clone() } else { Vec::new() };
    let Page { origin, written, .. } = next;
    State { undo, redo, origin, written, adjusting: adjust, ..show(state, run, adjust) }
}

pub(super) fn refuse(state: State, problem: &Problem) -> State {
    // The text of a link that could not be opened is not lost by another refusal.
    let text = state.refused.as_ref().map(|refused| refused.text.clone()).unwrap_or_default();
    let refused = Refused { text, why: problem.to_string() };
    State { refused: Some(refused), refusals: state.refusals + 1, ..state }
}

/// The state with another run in it: the reader's place in time and what still makes sense stay.
fn show(state: State, run: Run, adjust: bool) -> State {
    let was_at_end = state.playhead.is_at_end(&state.run);
    let same_protocol = run.protocol.id == state.run.protocol.id;
    let shown_until = match (adjust, same_protocol) {
        // The axis must not move under the reader's finger.
        (true, _) => state.shown_until,
        // Nor must it shrink with each change; undo goes back to what was shown.
        (false, true) => interesting_end(&run).max(state.shown_until.min(run.scenario.until)),
        (false, false) => interesting_end(&run),
    };
    let playhead = if was_at_end && !state.playing {
        Playhead { time: shown_until as f64, cursor: run.trace.events.len() }
    } else {
        Playhead::at(&run, state.playhead.time.min(shown_until as f64))
    };
    // A run that takes much longer than before would take as much longer to tell.
    let pace = if shown_until > 4 * state.shown_until { fitting_pace(&run) } else { state.pace };
    let announcement = if state.study.future_hidden {
        "The run was recomputed; what is still to come stays hidden.".to_owned()
    } else {
        announce(&state.run, &run)
    };
    State {
        announcement,
        writing: state.writing.clone().filter(|writing| writing.outlives(&run.scenario)),
        // What the reader has typed stays; what was said of an earlier change does not.
        refused: state.refused.clone().filter(|refused| !refused.text.is_empty()),
        playhead,
        shown_until,
        pace,
        run,
        ..state
    }
}

/// What a change did to the verdicts, for those who do not see the picture.
fn announce(before: &Outcome, after: &Outcome) -> String {
    let status = |run: &Outcome, name: &str| {
        let mut judgements = run.report.judgements.iter();
        judgements.find(|j| j.property.name == name).map(|j| j.verdict.status())
    };
    let changed = after.report.judgements.iter().filter_map(|judgement| {
        let name = judgement.property.name;
        let now = judgement.verdict.status();
        (status(before, name) != Some(now)).then(|| format!("{name}: {now}"))
    });
    let changed: Vec<_> = changed.collect();
    if changed.is_empty() {
        "The run was recomputed; every verdict is as before.".to_owned()
    } else {
        format!("The run was recomputed. {}.", changed.join(", "))
    }
}

fn settle(state: State) -> State {
    if let Some(settled) = settled(&state) {
        return settled;
    }
    if !state.adjusting {
        return state;
    }
    let mut runner = state.runner();
    let run = state.run.clone();
    let run = if state.is_edited() { let_it_rest(run, &mut runner) } else { run };
    if runner.wanted.is_some() {
        return state.waits(runner);
    }
    let mut state = State { adjusting: false, ..show(state, run, false) };
    // There and back again is no change.
    if state.undo.last().is_some_and(|page| *page.scenario == state.run.scenario) {
        state.undo.pop();
    } else {
        state.redo.clear();
    }
    state
}

pub(super) fn abandon(state: State) -> State {
    let state = State { pending: None, ..state };
    if !state.adjusting {
        return state;
    }
    let redo = state.redo.clone();
    State { redo, ..undo(state) }
}

fn undo(mut state: State) -> State {
    let Some(page) = state.undo.pop() else { return state };
    let current = state.page();
    state.redo.push(current);
    travel(state, &page)
}

fn redo(mut state: State) -> State {
    let Some(page) = state.redo.pop() else { return state };
    let current = state.page();
    push(&mut state.undo, current);
    travel(state, &page)
}

fn travel(state: State, to: &Page) -> State {
    let mut runner = state.runner();
    match runner.run((*to.scenario).clone()) {
        Ok(None) => state.waits(runner),
        Ok(Some(run)) => {
            // The axis too is as it was.
            let shown_until = interesting_end(&run);
            let shown = show(State { shown_until, ..state }, run, false);
            let Page { origin, written, .. } = to.clone();
            State { origin, written, adjusting: false, ..shown }
        }
        Err(problem) => refuse(state, &problem),
    }
}

fn toggle(state: State) -> State {
    if state.playing {
        return State { playing: false, ..state };
    }
    let over = state.playhead.time >= state.shown_until as f64;
    let playhead = if over { Playhead::start() } else { state.playhead };
    State { playing: true, playhead, ..state }
}

fn tick(state: State, real: f64) -> State {
    if !state.playing {
        return state;
    }
    // A tab that was in the background does not leap.
    let speed = state.pace * f64::from(state.speed) / f64::from(FITTING);
    let time = state.playhead.time + real.min(250.0) / 1000.0 * speed;
    let end = state.shown_until as f64;
    State { playhead: Playhead::at(&state.run, time.min(end)), playing: time < end, ..state }
}
