//! The playground without a screen: the page is a function of [`State`], and each [`Action`] of the reader leads to the
//! next state through [`reduce`].

mod allowed;
mod asking;
mod breaking;
mod changes;
mod compare;
mod cut;
mod deeds;
mod derived;
mod draft;
mod edit;
mod emphasis;
mod errand;
mod exercise;
mod fetching;
mod file;
mod filter;
mod hands;
mod hints;
mod hunt;
mod importing;
mod inspector;
mod keys;
mod lacks;
mod lasso;
mod legend;
mod lens;
mod measuring;
mod menu;
mod pending;
mod picks;
mod playback;
mod refusal;
mod rest;
mod run;
mod runner;
mod saved;
mod searching;
mod shared;
mod sharing;
mod shift;
mod state;
mod stride;
mod study;
#[expect(missing_docs, reason = "a text says what it is")]
pub mod text;
mod tour;
mod view;
mod walk;
mod words;
mod writing;

pub use allowed::Allowed;
pub use asking::{Choice, Field, Input, fields, request, shapes};
pub use changes::{Changes, Comparison, Found, MOST_HELD, Showing, Since};
pub use compare::{Against, Compare, KeptRun, Linked, OwnRun, Pair, offers};
pub use cut::{CutLine, Move, Post};
pub use deeds::{Deed, DeedTime, deeds};
pub use draft::{Draft, Offer};
pub use edit::{Edit, next_name};
pub use emphasis::emphasis;
pub use errand::{
    Errand, FoundRun, MOST_DELAYS, Said, SearchPart, as_found, failed, heard, run_errand,
};
pub use exercise::Exercise;
pub use fetching::{
    Awaited, FetchAction, ProgramPart, missing_for, missing_for_errand, missing_to_begin,
};
pub use file::fetched_text;
pub use filter::{Filter, Story, StoryEntry, told};
pub use hands::Hand;
pub use hints::{acts_on_nodes, first_step, hints};
pub use hunt::Hunt;
pub use importing::{
    ImportAction, Imports, LongImport, Record, Recorded, Source, TextImport, import_texts,
};
pub use inspector::{
    Branch, BranchStatus, CHART, Chart, Fact, Handler, Line, Listing, Marks, NodeState, Numbers,
    OfNode, Past, Payload, Place, Ran, SourceFile, Spread, Status, Subject, Workings, charts,
    facts, last_ran, ran,
};
pub use keys::{Chord, Group, IN_DIAGRAM, InDiagram, SHORTCUTS, Shortcut, in_diagram, shortcut};
pub use lacks::{Lack, lacks};
pub use lasso::Area;
pub use legend::meaning;
pub use lens::{Lens, Room, Shown};
pub use measuring::{
    MeasureAction, Measured, MeasuredRow, Measuring, SEED, SEEDS_TRIED, Violations,
};
pub use menu::{Does, Filled, Form, Menu, MenuEntry, MenuForm, MenuItem, millionths};
pub use pending::Pending;
pub use playback::{FITTING, Playhead, SPEEDS, faster, fitting_pace, speed_name};
pub use run::{Judged, Making, Remains, Run, RunData, begins, interesting_end, judge_at};
pub use saved::Saved;
pub use searching::{SearchAction, SearchOptions, SearchTask, Searching, termination};
pub use shared::Shared;
pub use sharing::{
    Colours, Controls, EMBED_HEIGHTS, EmbedForm, FileKind, PICTURE_WIDTHS, PictureSize, Sharing,
};
pub use shift::{End, Handle, handle_of};
pub use state::edits;
pub use state::{Action, Assigned, Page, Refused, Selection, State, Unread, reduce};
pub use stride::{Stride, violations};
pub use study::{Ask, Study};
pub use tour::{OPENING, TOUR, Variant, Ways};
pub use view::{Panel, Table, Tables};
pub use walk::Toward;
pub use writing::{Checked, MOST_AT_ONCE, Writing, Wrong, written};
