//! Trace to geometry: elements of the picture and their places. No Yew, no browser.
//!
//! [`Layout`] places every event along its node's line; [`Scene`] holds the elements in the language of the diagram;
//! `describe` describes an element in a sentence. Lengths are in CSS pixels. Floating point is allowed here, since
//! no decision of a run depends on the drawing.

mod arrows;
mod changes;
mod crowd;
mod cutline;
mod cuts;
mod deadlock;
mod deliveries;
mod density;
mod describe;
mod elements;
mod emphasis;
mod explanation;
mod features;
mod forest;
mod ghosts;
pub mod key;
mod labels;
mod layout;
mod legend;
mod marks;
mod measures;
mod merged;
mod only;
pub mod path;
mod queues;
mod rounds;
mod scene;
mod sections;
pub mod shapes;
mod stable;
mod thin;
mod timestamps;
mod topology;
mod traffic;
mod views;
mod waits;
mod walls;

pub use arrows::{Arrow, ArrowEnd, ArrowPaths};
pub use changes::{Change, Difference, How, Parting, Seen, Told, parting, parting_sentence};
pub use cutline::{cut_along, cut_at};
pub use cuts::{Across, Cut, Strike, Undone, cuts, recoveries};
pub use deadlock::{Waiting, deadlock_sentence};
pub use deliveries::{Against, Cell, Column, Deliveries, cell_text};
pub use density::{Apart, Heap, Merged, Overview, Sheaf, overview};
pub use describe::{
    Clause, event_clause, event_sentence, fault_sentence, message_sentence, message_so_far,
    request_sentence, strategy_words,
};
pub use elements::{Label, Lane, LaneState, Oddity, Stretch, traitors};
pub use emphasis::{Asked, Emphasis, Role};
pub use explanation::explain;
pub use features::{Features, Reading};
pub use ghosts::{Ghosts, Side};
pub use labels::{BOLD, text_width};
pub use layout::{Frame, Layout, Orientation, Point, Window};
pub use legend::{Sign, signs};
pub use marks::{Mark, MarkShape, mark_shape, sign_at};
pub use measures::{Band, Curve, Plot, SINGLE_CURVES, STRIP, measured, strips, tint};
pub use only::{Only, kind_of, kinds};
pub use queues::{Queue, Queued, Queues};
pub use rounds::{RoundCell, RoundRow, Rounds, states_values};
pub use scene::{Detail, Flag, HeldBack, Limit, Scene, Tick};
use sections::Stay;
pub use sections::{Bar, Clash, Field, clashes, stays};
pub use timestamps::{Clocks, Timestamp, full as timestamp_sentence, timestamp, timestamps};
pub use topology::{Graph, Link, Place, graph, roomy_graph};
pub use traffic::{Flight, NodeNow, Scenery, Traffic};
pub use views::{Barrier, Piece, View, views};
pub use waits::{Wait, waits};
pub use walls::Wall;
