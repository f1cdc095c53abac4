//! English.

mod canvas;
mod frame;
mod hands;
mod judging;
mod panels;

pub use canvas::*;
pub use frame::*;
pub use hands::*;
pub use judging::*;
pub use panels::*;
