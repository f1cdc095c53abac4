//! The playground without a screen: what a reader sees is a function of [`State`], and whatever a reader
//! does is an [`Action`] that [`reduce`] answers with the next state.

mod asking;
mod draft;
mod edit;
mod filter;
mod inspector;
mod lens;
mod listing;
mod playback;
mod prose;
mod run;
mod shared;
mod source;
mod state;
mod studies;
mod tour;
mod tree;
mod view;

pub use asking::{Field, Input, fields, request, shapes};
pub use draft::{Draft, Offer};
pub use edit::{Edit, next_name};
pub use filter::{Entry, Filter, Story, told};
pub use inspector::{NodeState, Past, Payload, Status, Subject};
pub use lens::{Lens, Room, Shown};
pub use listing::{Handler, Listing, Shade, shades};
pub use playback::{Playhead, SPEEDS, fitting_speed};
pub use prose::{Block, Span};
pub use run::{Run, interesting_end, judge_at};
pub use shared::Shared;
pub use source::{Ran, last_ran, ran, source_file};
pub use state::{Action, Page, Refused, Selection, State, reduce};
pub use studies::Studies;
pub use tour::{OPENING, TOUR, Variant, Ways};
pub use tree::{Branch, Difference};
pub use view::Panel;
