//! Trace to geometry: what is drawn where. No Yew, no browser.
//!
//! [`Layout`] places every event along its node's line; [`Scene`] holds the elements in the language of
//! the diagram; `describe` says in a sentence what an element shows. Lengths are in CSS pixels;
//! floating point is at home here, since nothing that is drawn decides anything.

mod describe;
mod labels;
mod layout;
mod scene;
mod waits;

pub use describe::{event_sentence, fault_sentence, message_sentence, request_sentence};
pub use layout::{Frame, Layout, Orientation, Point};
pub use scene::{
    Arrow, ArrowEnd, Flag, HeldBack, Label, Lane, LaneState, Mark, MarkShape, Scene, Stretch, Tick,
    Wall, mark_shape,
};
pub use waits::{Wait, waits};
