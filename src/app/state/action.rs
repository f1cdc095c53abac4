//! Actions: everything that changes the state of the page.

use std::rc::Rc;

use super::{
    super::{
        Against, Allowed, Ask, Comparison, Edit, FetchAction, Filter, Found, Hand, ImportAction,
        Lens, MeasureAction, Panel, Pending, Run, SearchAction, Shared, Sharing, Showing, Since,
        Stride, Tables,
    },
    Selection,
};
use crate::{
    formats::bundled::Bundled,
    kernel::{NodeId, Scenario},
};

/// Action of a reader, of a worker, or of time.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Opens a bundled scenario.
    Open(&'static Bundled),
    /// Opens the bundled scenario with this path.
    Example(Rc<str>),
    /// Opens the example that shows this protocol best.
    Protocol(&'static str),
    /// Opens a link.
    Load(String),
    /// Opens the file that the address asks for: what the script told of it (`www/source.js`), as JSON, and its text; none if
    /// it could not be fetched.
    File(String, Option<String>),
    /// Changes the scenario.
    Apply(Edit),
    /// Changes the scenario while a pointer moves: all until [`Settle`](Self::Settle) is one change.
    Adjust(Edit),
    /// Ends a drag: the pointer is released.
    Settle,
    /// Cancels a drag: everything is as before it.
    Abandon,
    /// Opens the fields of the title, the captions and the goal, or closes them.
    Author(bool),
    /// Sets title, captions and goal: the scenario with them.
    Write(Box<Scenario>),
    /// Undoes the last change.
    Undo,
    /// Redoes it.
    Redo,
    /// Goes back to the scenario as it was opened.
    Reset,
    /// Plays the run, or pauses it.
    Toggle,
    /// Passes real time, in ms.
    Tick(f64),
    /// Steps this number of events forward, or back.
    Step(isize),
    /// Steps to the next stop of this kind, or, if false, to the one before.
    Stride(Stride, bool),
    /// Goes to this moment, in virtual ms.
    Seek(f64),
    /// Goes to the moment after this number of events.
    Jump(usize),
    /// Sets the speed, in hundredths of the speed that fits the run.
    Speed(u32),
    /// Selects something and opens its menu, or selects nothing.
    Select(Option<Selection>),
    /// Handles pointer, keys and typing that do not change the scenario by themselves.
    Hand(Hand),
    /// Shows a violated property's witness, or none.
    Explain(Option<&'static str>),
    /// Goes to the moment of a violation, and shows its witness.
    Break(&'static str),
    /// Goes to the moment at which an assumption of the property was broken.
    Breach(&'static str),
    /// Changes the questions on the order of events, or the way to step through time.
    Study(Ask),
    /// Changes the view of the diagram.
    Look(Lens),
    /// Shows a tab of the workbench, or closes it.
    Show(Option<Panel>),
    /// Shows this node first among the states; none for the node of the current event.
    Inspect(Option<NodeId>),
    /// Shows indications of this kind in the table of deliveries; none for all kinds.
    Indications(Option<&'static str>),
    /// Chooses a table of the tab of the tables, or its columns.
    Tabulate(Tables),
    /// Seeks the causes of violations in a long run.
    SeekCauses,
    /// Filters the list of events.
    Filter(Filter),
    /// Delivers the long run that was being computed.
    Computed(Shared<Pending>, Run),
    /// Stops waiting for it: everything stays as it is.
    Cancel,
    /// Delivers the digest of a long run.
    Digested(String),
    /// Delivers the differences of long runs.
    Compared(Shared<Comparison>, Found),
    /// Shows the differences, or hides them.
    Differ(Showing),
    /// Compares the run with another earlier one.
    Since(Since),
    /// Puts another run beside this one, or removes it.
    Compare(Option<Against>),
    /// Puts the runs of the page's address beside the one that is shown, which is its first.
    Pair(String),
    /// Changes the search panel, or delivers a message of its worker.
    Search(SearchAction),
    /// Acts on the measurement over many runs.
    Measure(MeasureAction),
    /// Opens or closes the share dialog, or changes a choice in it.
    Share(Sharing),
    /// Opens or closes the gallery of all examples.
    Gallery(bool),
    /// Shows the run alone and large, for a lecture, or the whole page again.
    Present(bool),
    /// Imports a run that was recorded elsewhere, or leaves it.
    Import(ImportAction),
    /// Continues the work of a closed tab, from its draft.
    Restore(String),
    /// Reports on parts of the program that are fetched.
    Fetch(FetchAction),
    /// Dismisses the refusal.
    Dismiss,
    /// Says which changes the page around an embed leaves to its readers.
    Allow(Allowed),
}
