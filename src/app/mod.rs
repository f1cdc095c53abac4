//! The playground without a screen: what a reader sees is a function of [`State`], and whatever a reader
//! does is an [`Action`] that [`reduce`] answers with the next state.

mod asking;
mod changes;
mod compare;
mod draft;
mod edit;
mod filter;
mod lens;
mod playback;
mod run;
mod shared;
mod state;
mod tour;
mod view;

pub use asking::{Field, Input, fields, request, shapes};
pub use changes::{Changes, Found, Showing, Since};
pub use compare::{Against, Compare, Pair, offers};
pub use draft::{Draft, Offer};
pub use edit::{Edit, next_name};
pub use filter::{Entry, Filter, Story, told};
pub use lens::{Lens, Room, Shown};
pub use playback::{Playhead, SPEEDS, fitting_speed};
pub use run::{Run, interesting_end, judge_at};
pub use shared::Shared;
pub use state::{Action, Page, Refused, Selection, State, reduce};
pub use tour::{OPENING, TOUR, Variant, Ways};
pub use view::Panel;
