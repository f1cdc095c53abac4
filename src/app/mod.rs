//! The playground without a screen: what a reader sees is a function of [`State`], and whatever a reader
//! does is an [`Action`] that [`reduce`] answers with the next state.

mod asking;

mod edit;
mod hands;
mod lasso;
mod playback;
mod run;
mod shared;
mod shift;
mod state;
mod tour;
mod view;
mod walk;
mod writing;

pub use asking::{Field, Input, fields, request, shapes};

pub use edit::{Edit, next_name};
pub use hands::Hand;
pub use lasso::Area;
pub use playback::{Playhead, SPEEDS, fitting_speed};
pub use run::{Run, interesting_end, judge_at};
pub use shared::Shared;
pub use shift::{End, Handle, handle_of};
pub use state::{Action, Page, Refused, Selection, State, reduce};
pub use tour::{OPENING, TOUR, Variant, Ways};
pub use view::Panel;
pub use walk::Toward;
pub use writing::{Checked, MOST_AT_ONCE, Writing, Wrong, written};
