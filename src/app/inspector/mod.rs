//! The workbench's view of a run: the nodes' states, the code that ran, numbers.

mod chart;
mod facts;
mod listing;
mod numbers;
mod past;
mod source;
mod tree;
mod workings;

pub use chart::{CHART, Chart, Line, charts};
pub use facts::{Fact, facts};
pub use listing::{Listing, Marks, Place, SourceFile};
pub use numbers::{Numbers, OfNode, Spread};
pub use past::{NodeState, Past, Payload, Status, Subject};
pub use source::{Handler, Ran, last_ran, ran};
pub use tree::{Branch, BranchStatus};
pub use workings::Workings;
