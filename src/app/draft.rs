//! The reader's work as a text that outlives the tab: the scenario, its origin, and the history of undo and redo.
//!
//! A draft is stored in the browser and is not a public format: a version that cannot read it opens without it. Nothing
//! in this module fails: a damaged draft counts as missing.

use std::{cmp::Reverse, rc::Rc};

use super::{
    Action, Assigned, Page, Panel, Playhead, Run, State, derived::derived, pending::followed,
    reduce, state::edits, words::heading,
};
use crate::{
    formats::{link, scenario},
    kernel::{Scenario, Time, sort_by_key},
    protocols,
    runs::Outcome,
};

/// Version at the beginning of a draft; other versions are not read.
const VERSION: &str = "1";
/// Largest number of characters that the scenarios of undo and redo may add to a draft. They are similar, and so the
/// stored text is a small part of it.
const HISTORIES: usize = 128 * 1024;
/// Largest size of an unpacked draft, in bytes: two scenarios of the largest size and the histories.
const LONGEST: usize = 4 << 20;
/// Number of lines before the scenarios: the version, the place in time, and the page with its two histories.
const HEAD: usize = 5;
/// Number of drafts that stay in storage.
const KEPT: usize = 20;
/// Time after which a draft is deleted, in real ms: thirty days.
const AGE: u64 = 30 * 24 * 3600 * 1000;
/// Compression level: low, because a draft is written after every change.
const LEVEL: u8 = 3;

/// A draft in the browser's storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The tab that wrote it.
    pub tab: String,
    /// Time of writing, in real ms since 1970.
    pub written: u64,
    /// Text that [`State::draft`] returned.
    pub text: String,
}

/// Work that the reader can continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The tab that wrote it.
    pub tab: String,
    /// Its heading on the page.
    pub title: String,
    /// Number of changes that can be undone.
    pub changes: usize,
    /// The draft.
    pub text: String,
}

impl Draft {
    /// Reads a draft from the text stored under a tab's key: see [`stored`](Self::stored).
    #[must_use]
    pub fn read(tab: &str, value: &str) -> Option<Self> {
        let (written, text) = value.split_once(' ')?;
        let written = written.parse().ok()?;
        Some(Self { tab: tab.to_owned(), written, text: text.to_owned() })
    }

    /// Returns the text to store.
    #[must_use]
    pub fn stored(&self) -> String {
        format!("{} {}", self.written, self.text)
    }

    /// Returns the latest work of the closed tabs, if it is worth continuing, and the part [`edits`](mod@edits) is here.
    #[must_use]
    pub fn to_offer(drafts: &[Self], open: &[String]) -> Option<Offer> {
        (edits::here()?.offer)(drafts, open)
    }

    pub(super) fn to_offer_now(drafts: &[Self], open: &[String]) -> Option<Offer> {
        let mut left: Vec<_> = drafts.iter().filter(|draft| !open.contains(&draft.tab)).collect();
        sort_by_key(&mut left, |draft| Reverse(draft.written));
        left.into_iter().find_map(|draft| {
            let work = Contents::read(&draft.text)?;
            let changed = work.now.scenario != work.now.origin;
            let protocol = protocols::find(&work.now.scenario.protocol)?.name;
            let title = heading(&work.now.scenario, changed, protocol);
            let changes = work.undo.len();
            let tab = draft.tab.clone();
            changed.then(|| Offer { tab, title, changes, text: draft.text.clone() })
        })
    }

    /// Returns the closed tabs whose drafts are too old or too many.
    #[must_use]
    pub fn outdated(drafts: &[Self], open: &[String], now: u64) -> Vec<String> {
        let mut latest: Vec<_> = drafts.iter().collect();
        sort_by_key(&mut latest, |draft| Reverse(draft.written));
        let old = latest.into_iter().enumerate().filter(|(place, draft)| {
            (*place >= KEPT || now.saturating_sub(draft.written) > AGE)
                && !open.contains(&draft.tab)
        });
        old.map(|(_, draft)| draft.tab.clone()).collect()
    }
}

impl State {
    /// Returns the state of a page that opens on an address's fragment, empty if it has none, in a tab that wrote this
    /// draft before. The address takes precedence: if it holds the same scenario, the work continues; otherwise undo
    /// goes back to the work.
    ///
    /// Without the part [`edits`](mod@edits) it opens on the first example.
    #[must_use]
    pub fn begin(fragment: &str, draft: Option<&str>) -> Self {
        match edits::here() {
            Some(edits) if !fragment.is_empty() => (edits.begin)(fragment, draft),
            _ => Self::opening(),
        }
    }

    pub(super) fn begin_now(fragment: &str, draft: Option<&str>) -> Self {
        let Some((draft, work)) = draft.and_then(|draft| Some((draft, Contents::read(draft)?)))
        else {
            return Self::arriving(fragment);
        };
        let shown = link::encode(&work.now.scenario);
        let is_shown = fragment.split('&').any(|field| field.trim_start_matches('#') == shown);
        // A long run is computed first.
        // The work on the address's run goes on; another run is opened by the address.
        let assigned = match is_shown {
            true => Assigned::Scenario(Rc::clone(&work.now.origin)),
            false => Assigned::Undecided,
        };
        let waiting = Self { stands_in: true, assigned: assigned.clone(), ..Self::opening() };
        let begun = reduce(&waiting, Action::Restore(draft.to_owned()));
        if begun.pending.is_some() {
            return match is_shown {
                true => followed(begun, Action::Pair(fragment.to_owned())),
                false => followed(begun, Action::Load(fragment.to_owned())),
            };
        }
        let Some(restored) = Self::restored(draft) else { return Self::arriving(fragment) };
        let then = if is_shown { Action::Pair } else { Action::Load };
        reduce(&Self { assigned, ..restored }, then(fragment.to_owned()))
    }

    /// Returns the work as a text; none if there is nothing to lose, or the part [`edits`](mod@edits) is not here.
    #[must_use]
    pub fn draft(&self) -> Option<String> {
        (edits::here()?.draft)(self, HISTORIES)
    }

    /// Returns the same without undo and redo, for use when storage is nearly full.
    #[must_use]
    pub fn short_draft(&self) -> Option<String> {
        (edits::here()?.draft)(self, 0)
    }

    pub(super) fn draft_within(&self, histories: usize) -> Option<String> {
        // A recorded run is no work: the run before it is.
        if let Some(recorded) = &self.imports.shown {
            return recorded.before.draft_within(histories);
        }
        if self.undo.is_empty() && self.redo.is_empty() && !self.is_edited() {
            return None;
        }
        let mut texts = Texts::default();
        let now = texts.pair(&self.page());
        let most = texts.length() + histories;
        let undo = texts.latest(&self.undo, most);
        let redo = texts.latest(&self.redo, most);
        let Playhead { time, cursor } = self.playhead;
        let panel = self.panel.map_or("", Panel::name);
        let place = format!("{} {cursor} {panel}", time as Time);
        let head = [VERSION.to_owned(), place, now, undo.join(" "), redo.join(" ")];
        let lines: Vec<_> = head.into_iter().chain(texts.0).collect();
        Some(link::pack(&lines.join("\n"), LEVEL))
    }

    /// Reads the work that [`draft`](Self::draft) wrote; none if it is damaged or its scenario no longer runs.
    #[must_use]
    pub fn restored(draft: &str) -> Option<Self> {
        let work = Contents::read(draft)?;
        let run = Outcome::of((*work.now.scenario).clone()).ok()?;
        Some(Self::at_work(work, Run::of(run)))
    }

    fn at_work(work: Contents, run: Run) -> Self {
        let Contents { now, undo, redo, time, cursor, panel } = work;
        let Page { origin, written, .. } = now;
        let state = Self::shows(run);
        let mut playhead = Playhead::after(&state.run, cursor);
        if playhead.time <= time {
            let at = Playhead::at(&state.run, time.min(state.shown_until as f64));
            playhead = if at.cursor == playhead.cursor { at } else { playhead };
        }
        derived(Self { origin, written, undo, redo, playhead, panel, playing: false, ..state })
    }
}

/// Replaces the page with another tab's work; undo brings the previous page back.
pub(super) fn restore(state: State, draft: &str) -> State {
    let Some(work) = Contents::read(draft) else { return state };
    let mut runner = state.runner();
    let restored = match runner.run((*work.now.scenario).clone()) {
        Ok(Some(run)) => State::at_work(work, run),
        Ok(None) => return state.waits(runner),
        Err(_) => return state,
    };
    let mut undo = state.undo.clone();
    if state.is_edited() {
        undo.push(state.page());
    }
    undo.extend(restored.undo);
    let loads = state.loads + 1;
    let (calm, refusals, searching) = (state.calm, state.refusals, state.searching);
    let assigned = state.assigned;
    State { undo, loads, calm, refusals, searching, assigned, ..restored }
}

/// Returns the scenario that a draft shows; none if the draft is damaged.
pub(super) fn shown(draft: &str) -> Option<Scenario> {
    Contents::read(draft).map(|work| (*work.now.scenario).clone())
}

/// Returns the texts of the scenarios in a draft; none if it is damaged.
pub(super) fn scenarios(draft: &str) -> Vec<String> {
    let text = link::unpack(draft, LONGEST).unwrap_or_default();
    text.lines().skip(HEAD).map(str::to_owned).collect()
}

/// Contents of a draft.
struct Contents {
    now: Page,
    undo: Vec<Page>,
    redo: Vec<Page>,
    time: f64,
    cursor: usize,
    panel: Option<Panel>,
}

impl Contents {
    fn read(draft: &str) -> Option<Self> {
        let text = link::unpack(draft, LONGEST)?;
        let mut lines = text.lines();
        if lines.next()? != VERSION {
            return None;
        }
        let mut place = lines.next()?.split(' ');
        let (time, cursor) = (place.next()?.parse::<Time>().ok()?, place.next()?.parse().ok()?);
        // A name may contain spaces.
        let panel = place.collect::<Vec<_>>().join(" ");
        let panel = Panel::ALL.into_iter().find(|it| it.name() == panel);
        let (now, undo, redo) = (lines.next()?, lines.next()?, lines.next()?);
        let texts: Vec<_> = lines.collect();
        // Each scenario is parsed once, even if several changes refer to it.
        let mut read: Vec<Option<Rc<Scenario>>> = vec![None; texts.len()];
        let mut scenario = |index: &str| {
            let index: usize = index.parse().ok()?;
            let slot = read.get_mut(index)?;
            if slot.is_none() {
                *slot = Some(Rc::new(scenario::read(texts[index]).ok()?));
            }
            slot.clone()
        };
        let mut page = |pair: &str| {
            let mut places = pair.split('.');
            let (now, origin) = (places.next()?, places.next()?);
            let written = match places.next() {
                Some(written) => Some(scenario(written)?),
                None => None,
            };
            Some(Page { scenario: scenario(now)?, origin: scenario(origin)?, written })
        };
        let now = page(now)?;
        let mut pages =
            |pairs: &str| -> Vec<Page> { pairs.split_whitespace().filter_map(&mut page).collect() };
        let (undo, redo) = (pages(undo), pages(redo));
        Some(Self { now, undo, redo, time: time as f64, cursor, panel })
    }
}

/// The distinct scenarios of a draft.
#[derive(Default)]
struct Texts(Vec<String>);

impl Texts {
    fn length(&self) -> usize {
        self.0.iter().map(String::len).sum()
    }

    fn place(&mut self, scenario: &Scenario) -> usize {
        let text = scenario::write(scenario);
        self.0.iter().position(|other| *other == text).unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        })
    }

    fn pair(&mut self, page: &Page) -> String {
        let pair = format!("{}.{}", self.place(&page.scenario), self.place(&page.origin));
        match &page.written {
            Some(written) => format!("{pair}.{}", self.place(written)),
            None => pair,
        }
    }

    /// Returns the latest pages of a history that fit, the latest last.
    fn latest(&mut self, history: &[Page], most: usize) -> Vec<String> {
        let mut pairs = Vec::new();
        for page in history.iter().rev() {
            if self.length() >= most {
                break;
            }
            pairs.push(self.pair(page));
        }
        pairs.reverse();
        pairs
    }
}
